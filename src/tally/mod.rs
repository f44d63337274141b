//! Tally: counts of how rows ended, from which the summary and the exit status are made.

mod cause;

use std::fmt::Write as _;
use std::time::Duration;

pub use self::cause::{Cause, Hit};

use crate::graph::is_of_organizer;
use crate::meeting::Meeting;
use crate::outcome::{Line, Outcome, Remark, Status, Trouble};

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

const DIFFERS: &str = "the meeting at Graph is not as the row says; the column drift tells how";
const EXPIRING: &str = "the link stops working soon; the column drift tells when";
const EXPIRED: &str = "the link has stopped working; the column drift tells since when";
const GONE: &str = "Graph has no such meeting any more";

/// What a run took.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// Requests sent, repetitions included.
    pub requests: u64,
    /// Names looked up in the directory.
    pub look_ups: u64,
    /// Time in which all look-ups were held, because the directory asked to wait.
    pub directory_held: Duration,
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
    first_record: u64,
    /// The earlier row that the first is about, if it is about one.
    earlier: Option<u64>,
}

/// The counts of a run.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: [u64; Status::ALL.len()],
    /// Rows whose meeting was to be changed and could not be.
    unchanged: u64,
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
        let kinds = line.row.warnings.iter().map(|warning| warning.kind);
        for (place, kind) in kinds.clone().enumerate() {
            // Each row counts once for a kind.
            if kinds.clone().position(|own| own == kind) == Some(place) {
                self.remarked(record, kind, None);
            }
        }
        if let Some(failure) = line.outcome.unchanged() {
            self.unchanged += 1;
            return self.cause(status, &failure.trouble.cause, record);
        }
        match &line.outcome {
            Outcome::Created(_)
            | Outcome::Updated(..)
            | Outcome::Existing(_)
            | Outcome::Carried(_)
            | Outcome::Cancelled(_)
            | Outcome::Skipped => true,
            Outcome::Differs(..) => self.cause(status, DIFFERS, record),
            Outcome::Expiring(..) => self.cause(status, EXPIRING, record),
            Outcome::Expired(..) => self.cause(status, EXPIRED, record),
            Outcome::Gone(_) => self.cause(status, GONE, record),
            Outcome::Refused(trouble) => {
                let tell = self.cause(status, &trouble.cause, record);
                let organizers = line.row.meeting.as_ref().ok().filter(|_| is_of_organizer(trouble));
                organizers.map_or(tell, |meeting| self.hit(trouble, meeting, record))
            }
            Outcome::Failed(trouble, _) | Outcome::Uncertain(trouble) => self.cause(status, &trouble.cause, record),
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
            let (text, organizers) = (text.to_owned(), Vec::new());
            self.causes.push(Cause { status, text, rows: 0, first_record: record, organizers });
            self.causes.len() - 1
        });
        self.causes[place].rows += 1;
        self.causes[place].rows <= if status == Status::Invalid { TOLD_INVALID_MAX } else { TOLD_MAX }
    }

    /// Counts a row for its organizer; says whether it is to be told.
    fn hit(&mut self, trouble: &Trouble, meeting: &Meeting, record: u64) -> bool {
        let own = self.causes.iter_mut().find(|own| own.status == Status::Refused && own.text == trouble.cause);
        own.is_some_and(|own| own.hit(trouble, meeting, record))
    }

    fn remark(&mut self, record: u64, remark: Remark) {
        let (text, earlier) = match remark {
            Remark::SameIdOtherOrganizer(earlier) => (
                "the externalId is an earlier row's under another organizer; to Graph that is a second meeting",
                Some(earlier),
            ),
            Remark::OtherAttendees(earlier) => (
                "other attendees, or another channel, than the first row for the same meeting has; only the first \
                  row's were sent",
                Some(earlier),
            ),
            Remark::OutsideKept => (
                "attendees who are not in the directory were kept as addresses from outside (--unknown-attendees)",
                None,
            ),
            Remark::UnknownDropped => {
                ("attendees who are not in the directory were left out (--unknown-attendees)", None)
            }
        };
        self.remarked(record, text, earlier);
    }

    fn remarked(&mut self, record: u64, text: &'static str, earlier: Option<u64>) {
        match self.remarked.iter_mut().find(|remarked| remarked.text == text) {
            Some(remarked) => remarked.rows += 1,
            None => self.remarked.push(Remarked { text, rows: 1, first_record: record, earlier }),
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

    /// Whether every row ended in one of the ways that are good, and nothing that was to be changed was not.
    pub fn all(&self, is_good: impl Fn(Status) -> bool) -> bool {
        self.unchanged == 0 && Status::ALL.into_iter().all(|status| is_good(status) || self.of(status) == 0)
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
            let Cause { status, text: why, rows, first_record, .. } = cause;
            let records = if *rows == 1 {
                format!("1 row, record {first_record}")
            } else {
                format!("{rows} rows, first record {first_record}")
            };
            let _ = writeln!(text, "  {} ({records}): {why}", status.as_str());
            text += &cause.of_whom();
        }
        for Remarked { text: why, rows, first_record, earlier } in &self.remarked {
            let (rows, see) = (plural(*rows, "row"), earlier.map(|earlier| format!(", see record {earlier}")));
            let see = see.unwrap_or_default();
            let _ = writeln!(text, "  warning ({rows}, first record {first_record}{see}): {why}");
        }
        let _ = write!(text, "{} in {}", plural(cost.requests, "request"), clock(cost.took));
        if cost.held >= HELD_MIN {
            let _ = write!(text, ", of which {} held because Graph asked to wait", clock(cost.held));
        }
        if cost.look_ups > 0 {
            let _ = write!(text, ", and {} of names", plural(cost.look_ups, "look-up"));
        }
        if cost.directory_held >= HELD_MIN {
            let _ = write!(text, ", held {} because the directory asked to wait", clock(cost.directory_held));
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
mod tests;
