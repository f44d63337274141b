//! Causes: what keeps rows from having their meeting as asked, and how each is mended, in bounded memory.
//!
//! A line has all of this as text. What can be told apart in it is; what cannot is told as it stands.

use super::Cause;
use crate::graph::parts;
use crate::input::{is_hearsay, kind_told};
use crate::outcome::{Outcome, Status, Trouble};
use crate::publish::Entry;

/// How many causes are kept apart; beyond that the rows of each status are counted together.
const CAUSES_MAX: usize = 100;
/// How many records of one cause are listed.
const RECORDS_MAX: usize = 1_000;
/// How many different commands of one cause are listed.
const PASTED_MAX: usize = 100;
/// What the causes are called that are not kept apart.
const OTHERS: &str = "other causes";
/// Where to look when nothing better is known.
const SEE_ERROR: &str = "the column error tells what to do for each row";
/// What is done about a meeting that is not as its row says.
const DIFFERS: &str = "createOrGet leaves a meeting as it was first made, whatever a row says later: run again with --update, \
    or change the row back; a new externalId makes another meeting";
/// What is done about one whose link ends.
const EXPIRES: &str = "to start or to change the meeting in Teams before then keeps its link for 60 days more";
/// What is done about one whose link has ended.
const RUN_AGAIN: &str = "run provision again with the same sheet, and send out the links that it writes";
/// What the column `drift` begins with for each member; the last with whose role it is.
const MEMBERS: [(&str, &str); 9] = [
    ("the row cannot be read, ", "the row cannot be read, so that its meeting was not compared"),
    ("joinWebUrl: Graph has ", "the link at Graph is not the line's"),
    ("organizer: Graph has ", "the organizer at Graph is not the line's"),
    ("externalId: Graph has '", "the externalId at Graph is not the row's"),
    ("subject: Graph has '", "the subject at Graph is not the row's"),
    ("startDateTime: Graph has ", "the start at Graph is not the row's"),
    ("endDateTime: Graph has ", "the end at Graph is not the row's"),
    ("attendees: Graph has ", "the attendees at Graph are not the row's"),
    ("role of ", "the role of an attendee at Graph is not the row's"),
];

/// The causes that were met.
#[derive(Default)]
pub(super) struct Causes(Vec<Met>);

struct Met {
    cause: Cause,
    /// What the first row is told to do, when it is not the same for all.
    is_own_mend: bool,
    pasted: Vec<String>,
}

impl Causes {
    /// Counts a line; a row with several flaws counts once for each of their kinds.
    pub(super) fn count(&mut self, entry: &Entry) {
        let record = entry.row.record;
        match &entry.outcome {
            outcome if outcome.unchanged().is_some() => {
                if let Some(failure) = outcome.unchanged() {
                    self.trouble(entry.status(), record, &failure.trouble);
                }
            }
            Outcome::Created(_)
            | Outcome::Updated(..)
            | Outcome::Existing(_)
            | Outcome::Carried(_)
            | Outcome::Cancelled(_)
            | Outcome::Skipped => {}
            Outcome::Expiring(..) => self.add(Status::Expiring, record, "the link stops working soon", EXPIRES, ""),
            Outcome::Expired(..) => self.add(Status::Expired, record, "the link has stopped working", RUN_AGAIN, ""),
            Outcome::Gone(_) => self.add(Status::Gone, record, "Graph has no such meeting any more", RUN_AGAIN, ""),
            Outcome::Differs(_, drift) => {
                let mut whats = members(drift);
                if whats.is_empty() {
                    whats.push("the meeting at Graph is not as the row says");
                }
                for what in whats {
                    self.add(Status::Differs, record, what, DIFFERS, "");
                }
            }
            Outcome::Invalid(flaws) if flaws.is_empty() || is_hearsay(flaws) => {
                for (what, mend) in of_error(&entry.error) {
                    self.add(Status::Invalid, record, what, mend, "");
                }
            }
            Outcome::Invalid(flaws) => {
                for (place, flaw) in flaws.iter().enumerate() {
                    if flaws[..place].iter().all(|earlier| earlier.kind != flaw.kind) {
                        self.add(Status::Invalid, record, flaw.kind, &flaw.mend, "");
                    }
                }
            }
            Outcome::Refused(trouble) | Outcome::Failed(trouble, _) | Outcome::Uncertain(trouble) => {
                self.trouble(entry.status(), record, trouble);
            }
        }
    }

    fn trouble(&mut self, status: Status, record: u64, trouble: &Trouble) {
        let (what, mend) = match parts(&trouble.cause) {
            Some(parts) => parts,
            None => match trouble.cause.split_once("; ") {
                Some((what, mend)) => (what.to_owned(), mend.to_owned()),
                None => (trouble.cause.clone(), SEE_ERROR.to_owned()),
            },
        };
        self.add(status, record, &what, &mend, &trouble.own.paste);
    }

    fn add(&mut self, status: Status, record: u64, what: &str, mend: &str, paste: &str) {
        let is = |met: &Met, what: &str| met.cause.status == status && met.cause.what == what;
        let known = self.0.iter().position(|met| is(met, what));
        let (what, mend) =
            if known.is_none() && self.0.len() >= CAUSES_MAX { (OTHERS, SEE_ERROR) } else { (what, mend) };
        let place = known.or_else(|| self.0.iter().position(|met| is(met, what))).unwrap_or_else(|| {
            let (what, mend, paste, records) = (what.to_owned(), mend.to_owned(), String::new(), Vec::new());
            let cause = Cause { status, what, mend, paste, rows: 0, records };
            self.0.push(Met { cause, is_own_mend: false, pasted: Vec::new() });
            self.0.len() - 1
        });
        let Met { cause, is_own_mend, pasted } = &mut self.0[place];
        cause.rows += 1;
        *is_own_mend |= cause.mend != mend;
        if cause.records.len() < RECORDS_MAX {
            cause.records.push(record);
        }
        // The policy is made once, however many it is granted to.
        for cmdlet in paste.split("; ").filter(|cmdlet| !cmdlet.is_empty()) {
            if pasted.len() < PASTED_MAX && pasted.iter().all(|own| own != cmdlet) {
                pasted.push(cmdlet.to_owned());
            }
        }
    }

    /// The most frequent first.
    pub(super) fn told(self) -> Vec<Cause> {
        let mut told: Vec<Cause> = self.0.into_iter().map(Met::told).collect();
        told.sort_by_key(|cause| (std::cmp::Reverse(cause.rows), cause.records.first().copied()));
        told
    }
}

impl Met {
    fn told(self) -> Cause {
        let Self { mut cause, is_own_mend, pasted } = self;
        if let (true, Some(first)) = (is_own_mend, cause.records.first()) {
            cause.mend = format!("{} (so for record {first}; {SEE_ERROR})", cause.mend);
        }
        Cause { paste: pasted.join("; "), ..cause }
    }
}

/// What the column `drift` says of each member. A subject may have anything in it, the words for others included; these
/// count only where they stand in their order.
fn members(drift: &str) -> Vec<&'static str> {
    let (mut left, mut found) = (&MEMBERS[..], Vec::new());
    for part in drift.split("; ") {
        let Some(place) = left.iter().position(|(begins, _)| part.starts_with(begins)) else { continue };
        found.push(left[place].1);
        // Roles, which are last, may come more than once.
        left = &left[(place + 1).min(left.len() - 1)..];
    }
    found.dedup();
    found
}

/// What the column `error` says of the flaws of a row that is not there to be read anew as it was.
fn of_error(error: &str) -> Vec<(&str, &str)> {
    let flaws = error.strip_prefix("record ").and_then(|rest| rest.split_once("): ")).map_or(error, |(_, flaws)| flaws);
    let mut found: Vec<(&str, &str)> = Vec::new();
    for flaw in flaws.split(" | ") {
        // The value is the row's own.
        let flaw = flaw.split_once("': ").map_or(flaw, |(_, flaw)| flaw);
        let (what, mend) = flaw.split_once("; ").unwrap_or((flaw, SEE_ERROR));
        let what = kind_told(what).unwrap_or(what);
        let what = if what.is_empty() { "the row was invalid, and its line does not say why" } else { what };
        if found.iter().all(|(own, _)| *own != what) {
            found.push((what, mend));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::CONFLICT;

    #[test]
    fn every_member_that_differs_is_found_once_whatever_a_subject_says() {
        let [unread, link, _, external_id, subject, start, end, attendees, role] = MEMBERS.map(|(_, what)| what);
        assert_eq!(members("subject: Graph has 'a; b'; endDateTime: Graph has x"), [subject, end]);
        assert_eq!(members("startDateTime: Graph has x; attendees: Graph has nobody"), [start, attendees]);
        assert_eq!(members("role of a@x.example: Graph has presenter; role of b: Graph has attendee"), [role]);
        let read = "joinWebUrl: Graph has x; externalId: Graph has 'y'; subject: Graph has 'z'; expires on w";
        assert_eq!(members(read), [link, external_id, subject]);
        assert_eq!(members("the row cannot be read, and was not compared (start: none; write one)"), [unread]);
        assert_eq!(members("something else"), [""; 0]);
    }

    #[test]
    fn an_error_is_taken_apart_into_what_is_wrong_and_what_to_do() {
        let error = "record 3 (line 4): startDateTime 'x': it is no time; write one | subject '; ': too long; cut it";
        assert_eq!(of_error(error), [("it is no time", "write one"), ("too long", "cut it")]);
        for (error, what) in [
            (
                "record 8 (line 9): start '9:15': record 1 has 9:15 here and this row 10:15, with the same organizer and externalId; x",
                CONFLICT,
            ),
            (
                "record 2 (line 3): the record has 9 cells where the header has 10 (too many: 'a; b'); x",
                "the record has more or fewer cells than the header",
            ),
            (
                "record 3 (line 4): a quotation mark is opened before 'a' and never closed, so that all that follows in the file reads as one cell of this record; x",
                "a quotation mark is opened and never closed",
            ),
        ] {
            assert_eq!(of_error(error)[0].0, what);
        }
        assert_eq!(of_error("odd"), [("odd", SEE_ERROR)]);
        assert_eq!(of_error("").len(), 1);
    }
}
