//! Tally: counts of how rows ended, from which the summary and the exit status are made.

use std::fmt::Write as _;
use std::time::Duration;

use crate::outcome::{Line, Outcome, Remark, Status};

/// How many different causes are kept apart. Beyond it they are counted together, so that a service with a new
/// message for every row cannot fill memory.
const CAUSES_MAX: usize = 100;

/// How many rows of one cause are told one by one; the rest are in the file and in the summary. Flaws are mended cell
/// by cell, so that more of them are worth reading.
const TOLD_MAX: u64 = 3;
/// The same for rows with flaws.
const TOLD_INVALID_MAX: u64 = 20;
/// A hold that is shorter is not worth a word.
const HELD_MIN: Duration = Duration::from_millis(100);

/// Something that kept rows from having their meeting, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// How these rows ended.
    pub status: Status,
    /// What it was.
    pub text: String,
    /// How many rows it concerns.
    pub rows: u64,
    /// The first of them, by record number.
    pub first_record: u64,
}

/// What a run took.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// Requests sent, repetitions included.
    pub requests: u64,
    /// From the first row to the end.
    pub took: Duration,
    /// How many of them were told to wait.
    pub throttled: u64,
    /// What Graph seems to allow, in requests per second, if it was met.
    pub limit: Option<f64>,
    /// Time in which everybody was held by throttling.
    pub held: Duration,
    /// How many rows had their line before, from a run that this one went on with.
    pub resumed: u64,
}

/// Something about rows that is no flaw, how often, and the first of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Remarked {
    text: &'static str,
    rows: u64,
    /// The row, and the earlier one that it is about.
    first_records: (u64, u64),
}

/// The counts of a run.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: [u64; Status::ALL.len()],
    causes: Vec<Cause>,
    remarked: Vec<Remarked>,
}

impl Tally {
    /// Counts a finished line; says whether its cause is still rare enough to be told row by row.
    pub fn count(&mut self, line: &Line) -> bool {
        let status = line.outcome.status();
        self.counts[status as usize] += 1;
        let record = line.row.record;
        if let Some(remark) = line.remark {
            self.remark(record, remark);
        }
        match &line.outcome {
            Outcome::Created(_) | Outcome::Existing(_) | Outcome::Carried(_) | Outcome::Skipped => true,
            Outcome::Differs(..) => {
                self.cause(status, "the meeting at Graph is not as the row says; the column drift tells how", record)
            }
            Outcome::Refused(trouble) | Outcome::Failed(trouble, _) => self.cause(status, &trouble.cause, record),
            Outcome::Invalid(flaws) => {
                let mut kinds: Vec<&str> = flaws.iter().map(|flaw| flaw.kind).collect();
                kinds.sort_unstable();
                kinds.dedup();
                kinds.into_iter().map(|kind| self.cause(status, kind, record)).max().unwrap_or_default()
            }
        }
    }

    fn cause(&mut self, status: Status, text: &str, record: u64) -> bool {
        let find =
            |causes: &[Cause], text| causes.iter().position(|cause| cause.status == status && cause.text == text);
        let full = self.causes.len() >= CAUSES_MAX;
        let text = if full && find(&self.causes, text).is_none() { "other causes" } else { text };
        let place = find(&self.causes, text).unwrap_or_else(|| {
            self.causes.push(Cause { status, text: text.to_owned(), rows: 0, first_record: record });
            self.causes.len() - 1
        });
        self.causes[place].rows += 1;
        self.causes[place].rows <= if status == Status::Invalid { TOLD_INVALID_MAX } else { TOLD_MAX }
    }

    fn remark(&mut self, record: u64, remark: Remark) {
        let (text, earlier) = match remark {
            Remark::SameIdOtherOrganizer(earlier) => (
                "the externalId is an earlier row's under another organizer; to Graph that is a second meeting",
                earlier,
            ),
            Remark::OtherAttendees(earlier) => (
                "other attendees, or another channel, than the first row for the same meeting has; only the first \
                  row's were sent",
                earlier,
            ),
        };
        match self.remarked.iter_mut().find(|remarked| remarked.text == text) {
            Some(remarked) => remarked.rows += 1,
            None => self.remarked.push(Remarked { text, rows: 1, first_records: (record, earlier) }),
        }
    }

    /// How many rows ended in one of the ways that are wanted.
    pub fn count_of(&self, wanted: fn(Status) -> bool) -> u64 {
        Status::ALL.into_iter().filter(|status| wanted(*status)).map(|status| self.of(status)).sum()
    }

    /// How many rows ended so.
    pub fn of(&self, status: Status) -> u64 {
        self.counts[status as usize]
    }

    /// How many rows have their line.
    pub fn rows(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// What kept rows from having their meeting, the most frequent first.
    pub fn causes(&self) -> Vec<&Cause> {
        let mut causes: Vec<&Cause> = self.causes.iter().collect();
        causes.sort_by_key(|cause| (std::cmp::Reverse(cause.rows), cause.first_record));
        causes
    }

    /// Whether every record has a meeting as asked.
    pub fn all_as_asked(&self) -> bool {
        self.count_of(|status| !status.is_as_asked()) == 0
    }

    /// The counts that are not zero, in one line: `300 created · 2 invalid`.
    pub fn in_words(&self) -> String {
        let counted = Status::ALL.iter().filter(|status| self.of(**status) > 0);
        let words: Vec<String> = counted.map(|status| format!("{} {}", self.of(*status), status.as_str())).collect();
        if words.is_empty() { "nothing yet".to_owned() } else { words.join(" · ") }
    }

    /// The summary for a person at the end of a run.
    pub fn summary(&self, cost: &Cost, output: &str, rehearsal: bool) -> String {
        let rows = self.rows();
        let mut text = String::new();
        let counts = if rows == 0 { "no record was answered".to_owned() } else { self.in_words() };
        let _ = writeln!(text, "{}: {counts}", plural(rows, "row"));
        if cost.resumed > 0 {
            let _ = writeln!(text, "  {} of them had their line from an earlier run", cost.resumed);
        }
        for cause in self.causes() {
            let Cause { status, text: why, rows, first_record } = cause;
            let records = if *rows == 1 {
                format!("1 row, record {first_record}")
            } else {
                format!("{rows} rows, first record {first_record}")
            };
            let _ = writeln!(text, "  {} ({records}): {why}", status.as_str());
        }
        for Remarked { text: why, rows, first_records: (record, earlier) } in &self.remarked {
            let rows = plural(*rows, "row");
            let _ = writeln!(text, "  warning ({rows}, first record {record}, see record {earlier}): {why}");
        }
        let _ = write!(text, "{} in {}", plural(cost.requests, "request"), clock(cost.took));
        if cost.held >= HELD_MIN {
            let _ = write!(text, ", of which {} held because Graph asked to wait", clock(cost.held));
        }
        if cost.throttled > 0 {
            let _ = write!(text, "\n  {} told to wait", plural(cost.throttled, "request"));
        }
        if let Some(limit) = cost.limit {
            let _ = write!(text, "; Graph seems to allow about {limit:.1} per second");
        }
        let _ = write!(text, "\noutput: {output}");
        if rehearsal {
            text.push_str("\nThis was a rehearsal: nothing real was made, and the links lead nowhere.");
        }
        text
    }
}

/// A count with its noun: `1 row`, `2 rows`.
pub fn plural(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A duration as people say it: `0.4 s`, `12 s`, `3 min 20 s`, `30 min`, `1 h 2 min`.
pub fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ if (seconds / 60).is_multiple_of(60) => format!("{} h", seconds / 3600),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Flaw, Row};
    use crate::outcome::Trouble;

    fn line(record: u64, outcome: Outcome) -> Line {
        let row = Row::blank(record);
        Line { row, outcome, attempts: 2, remark: None }
    }

    fn invalid(kind: &'static str) -> Outcome {
        let flaw = Flaw {
            cell: Some(0),
            part: 0..1,
            column: "c".into(),
            value: "v".into(),
            kind,
            what: None,
            mend: "m".into(),
        };
        Outcome::Invalid(vec![flaw.clone(), flaw])
    }

    fn refused(cause: &str) -> Outcome {
        Outcome::Refused(Trouble { cause: cause.into(), ..Trouble::default() })
    }

    #[test]
    fn causes_are_grouped_with_their_rows_and_the_first_record() {
        let mut tally = Tally::default();
        for (record, outcome) in
            [(1, invalid("empty")), (2, refused("no policy")), (3, refused("no policy")), (4, Outcome::Skipped)]
        {
            tally.count(&line(record, outcome));
        }
        assert!(!tally.all_as_asked());
        let cost = Cost {
            requests: 8,
            throttled: 2,
            limit: Some(29.0),
            took: Duration::from_secs(75),
            held: Duration::from_millis(1500),
            resumed: 0,
        };
        assert_eq!(
            tally.summary(&cost, "out.csv", true),
            "4 rows: 1 invalid · 2 refused · 1 skipped\n  \
               refused (2 rows, first record 2): no policy\n  \
               invalid (1 row, record 1): empty\n\
             8 requests in 1 min 15 s, of which 1.5 s held because Graph asked to wait\n  \
               2 requests told to wait; Graph seems to allow about 29.0 per second\n\
             output: out.csv\n\
             This was a rehearsal: nothing real was made, and the links lead nowhere."
        );
    }

    #[test]
    fn what_is_remarked_is_summed_up_with_the_first_of_it() {
        let mut tally = Tally::default();
        for record in 1..=3 {
            let remark = (record > 1).then_some(Remark::SameIdOtherOrganizer(1));
            tally.count(&Line { remark, ..line(record, Outcome::Skipped) });
        }
        let summary = tally.summary(&Cost::default(), "out.csv", false);
        assert!(summary.contains("\n  warning (2 rows, first record 2, see record 1): the externalId"), "{summary}");
    }

    #[test]
    fn a_cause_is_told_row_by_row_only_while_it_is_rare() {
        let mut tally = Tally::default();
        let mut told =
            |outcome: &Outcome| (1..=50).filter(|&record| tally.count(&line(record, outcome.clone()))).count();
        assert_eq!([told(&refused("no policy")) as u64, told(&invalid("empty")) as u64], [TOLD_MAX, TOLD_INVALID_MAX]);
    }

    #[test]
    fn ever_new_causes_do_not_fill_memory() {
        let mut tally = Tally::default();
        for record in 1..=1000 {
            tally.count(&line(record, refused(&format!("cause {record}"))));
        }
        assert_eq!(tally.causes().len(), CAUSES_MAX + 1);
        assert_eq!(tally.causes()[0].rows, 900);
    }
}
