//! Register: which meetings the rows have asked for so far, so that each is asked for once.
//!
//! Rows under way are kept with their keys and hand on how they ended; of those whose line is written only a hash and
//! a place are kept ([`Keys`]), and the line is read back when it is needed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::rc::Rc;

use tokio::sync::watch;

use crate::input::{Absent, Cells, Flaw, Parser, Row, absent, conflicts, follows};
use crate::keys::{KeyHash, Keys};
use crate::ledger::{Ledger, Past, Stand};
use crate::meeting::{ExternalId, Meeting, Organizer, Who};
use crate::outcome::{Line, Outcome, Remark};

/// How many rows are looked at for one with the same externalId under another organizer. The first is it, but for one
/// key in a thousand when there are a million.
const NAMESAKES_MAX: usize = 4;

type Key = (Organizer, ExternalId);
type Refuses = Box<dyn Fn(&Who, Absent) -> bool>;

/// The meetings asked for so far.
pub struct Register {
    under_way: RefCell<HashMap<Key, UnderWay>>,
    written: RefCell<Keys>,
    parser: RefCell<Parser>,
    refuses: Refuses,
    /// Meetings are told apart by their ids, as lines have them.
    by_id: Option<ById>,
}

/// What a meeting that is known by its id is entered as, if a line has that.
type ById = Box<dyn Fn(&Outcome, &Cells) -> Option<Meeting>>;

struct UnderWay {
    first: Rc<First>,
    ended: watch::Receiver<Option<Outcome>>,
}

/// The row that asked for a meeting first.
pub struct First {
    /// Its record.
    pub record: u64,
    /// What it asked for.
    pub meeting: Meeting,
}

impl First {
    /// What the author of a later row for the same meeting should know.
    pub fn remark(&self, later: &Meeting) -> Option<Remark> {
        let same = later.attendees.is_empty() || later.attendees == self.meeting.attendees;
        let same = same && later.chat_thread_id == self.meeting.chat_thread_id;
        (!same).then_some(Remark::OtherAttendees(self.record))
    }

    /// How a later row ends when this one ended so.
    pub fn handed_on(&self, outcome: &Outcome) -> Outcome {
        match outcome {
            // Its flaws are of its own cells.
            Outcome::Invalid(_) => Outcome::Invalid(vec![follows(self.record)]),
            other => other.repeated(),
        }
    }
}

/// What a row that asks for a meeting is to do.
pub enum Turn {
    /// Nobody has asked for it: ask, and tell those who come later how it ended.
    Ask(watch::Sender<Option<Outcome>>),
    /// A row under way asks for it: wait for how that ends.
    Await(Rc<First>, watch::Receiver<Option<Outcome>>),
    /// A row has asked for it, and this is how it ended.
    Known(Rc<First>, Box<Outcome>),
}

impl Register {
    /// With nothing asked for yet. `parser` understands the cells of lines that are read back.
    pub fn new(parser: Parser) -> Self {
        let (under_way, written, parser) = (RefCell::default(), RefCell::default(), RefCell::new(parser));
        Self { under_way, written, parser, refuses: Box::new(|_, _| false), by_id: None }
    }

    /// Says whose row is not sent, of those who cannot be looked up; without it, nobody's.
    #[must_use]
    pub fn refusing(mut self, refuses: impl Fn(&Who, Absent) -> bool + 'static) -> Self {
        self.refuses = Box::new(refuses);
        self
    }

    /// Says what meeting a line is about that is read back; without it, the one that its row asks for.
    #[must_use]
    pub fn by_id(self, meeting: impl Fn(&Outcome, &Cells) -> Option<Meeting> + 'static) -> Self {
        Self { by_id: Some(Box::new(meeting)), ..self }
    }

    /// Enters the next row of the input. Rows must come in order.
    pub fn enter(&self, record: u64, meeting: &Meeting, ledger: &Ledger) -> io::Result<Turn> {
        let key = meeting.key();
        if let Some(UnderWay { first, ended }) = self.under_way.borrow().get(&key) {
            return Ok(Turn::Await(first.clone(), ended.clone()));
        }
        if let Some((first, outcome)) = self.read_back(&key, ledger)? {
            return Ok(Turn::Known(Rc::new(first), Box::new(outcome)));
        }
        let (tell, ended) = watch::channel(None);
        let first = Rc::new(First { record, meeting: meeting.clone() });
        self.under_way.borrow_mut().insert(key, UnderWay { first, ended });
        Ok(Turn::Ask(tell))
    }

    /// The row that asked first for this key and has its line, and how it ended.
    fn read_back(&self, key: &Key, ledger: &Ledger) -> io::Result<Option<(First, Outcome)>> {
        let Some(place) = self.written.borrow().place(KeyHash::of(key)) else { return Ok(None) };
        let past = self.first_at(place, ledger)?;
        Ok(past.filter(|(first, _)| first.meeting.key() == *key))
    }

    fn first_at(&self, place: u64, ledger: &Ledger) -> io::Result<Option<(First, Outcome)>> {
        let Some(Past { cells, record, outcome }) = ledger.read(place)? else { return Ok(None) };
        let meeting = match &self.by_id {
            Some(by_id) => by_id(&outcome, &cells),
            None => self.parser.borrow_mut().meeting(&cells).ok(),
        };
        Ok(meeting.map(|meeting| (First { record, meeting }, outcome)))
    }

    /// Whether rows are under way that ask for another organizer's meetings.
    pub fn asks_for_others(&self, organizer: &Organizer) -> bool {
        self.under_way.borrow().keys().any(|(other, _)| other != organizer)
    }

    /// What is wrong with a row that asks for the meeting of another.
    pub fn conflicts(&self, row: &Row, first: &First) -> Vec<Flaw> {
        conflicts(row, &first.meeting, first.record, &mut self.parser.borrow_mut())
    }

    /// What is wrong with a row that names somebody whom the directory does not have.
    pub fn absent(&self, row: &Row, who: &Who, why: Absent) -> Flaw {
        absent(row, who.as_str(), why, &self.parser.borrow())
    }

    /// What an earlier run has found wrong with a row's attendees, if it says nothing else and such rows are not sent
    /// now either.
    fn still_absent(&self, line: &Line, error: &str) -> Option<Outcome> {
        let meeting = line.row.meeting.as_ref().ok()?;
        let flaws = meeting.attendees.iter().filter_map(|attendee| {
            let whys = [Absent::Nobody, Absent::Several].into_iter().filter(|why| (self.refuses)(&attendee.who, *why));
            let mut flaws = whys.map(|why| self.absent(&line.row, &attendee.who, why));
            flaws.find(|flaw| error.contains(&flaw.to_string()))
        });
        let outcome = Outcome::Invalid(flaws.collect());
        let own = Line { row: line.row.clone(), outcome, attempts: 0, remark: None };
        (own.error() == error).then_some(own.outcome)
    }

    /// Takes down where the line of a row is, if it is the one that asked first for its meeting; says what its author
    /// should know.
    pub fn written(&self, line: &Line, place: u64, ledger: &Ledger) -> io::Result<Option<Remark>> {
        let Ok(meeting) = &line.row.meeting else { return Ok(None) };
        let key = meeting.key();
        let is_first = self.under_way.borrow().get(&key).is_some_and(|own| own.first.record == line.row.record);
        if !is_first {
            return Ok(None);
        }
        self.under_way.borrow_mut().remove(&key);
        self.written.borrow_mut().put(KeyHash::of(&key), place);
        self.namesake(&key, ledger)
    }

    /// The same for a line that an earlier run has written. It may not hold any more, though the cells are the same: the
    /// row was invalid, and a missing comma has been added or an option that it needs; or its times mean others now. `error`
    /// is what it says is wrong.
    pub fn recall(&self, line: &mut Line, error: &str, place: u64, ledger: &Ledger) -> io::Result<Stand> {
        let Ok(meeting) = &line.row.meeting else { return Ok(Stand::Stands) };
        let is_invalid = match line.outcome {
            Outcome::Skipped => return Ok(Stand::Stands),
            Outcome::Invalid(_) => true,
            _ => false,
        };
        if let Some(has) = line.outcome.other_start(meeting) {
            let record = line.row.record;
            return Ok(Stand::Refused(format!(
                "record {record} was answered with another start ({has}), as if with another --time-zone; use the one that \
                 it was begun with"
            )));
        }
        let (first, outcome) = match self.enter(line.row.record, meeting, ledger)? {
            Turn::Ask(_) => {
                if is_invalid {
                    let Some(outcome) = self.still_absent(line, error) else {
                        self.under_way.borrow_mut().remove(&meeting.key());
                        return Ok(Stand::Cut);
                    };
                    line.outcome = outcome;
                }
                line.remark = self.written(line, place, ledger)?;
                return Ok(Stand::Stands);
            }
            Turn::Await(first, _) => (first, None),
            Turn::Known(first, outcome) => (first, Some(outcome)),
        };
        if is_invalid {
            let flaws = self.conflicts(&line.row, &first);
            let of_first = outcome.filter(|outcome| flaws.is_empty() && matches!(**outcome, Outcome::Invalid(_)));
            line.outcome = of_first.map_or(Outcome::Invalid(flaws), |outcome| first.handed_on(&outcome));
            let stands = !matches!(&line.outcome, Outcome::Invalid(flaws) if flaws.is_empty());
            return Ok(if stands { Stand::Stands } else { Stand::Cut });
        }
        line.remark = first.remark(meeting);
        Ok(Stand::Stands)
    }

    /// Whether an earlier record has the same externalId under another organizer.
    fn namesake(&self, key: &Key, ledger: &Ledger) -> io::Result<Option<Remark>> {
        let places: Vec<u64> = self.written.borrow().others(KeyHash::of(key)).take(NAMESAKES_MAX).collect();
        for place in places {
            if let Some((first, _)) = self.first_at(place, ledger)?
                && first.meeting.external_id == key.1
                && first.meeting.key() != *key
            {
                return Ok(Some(Remark::SameIdOtherOrganizer(first.record)));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Reading, Rows, Source};
    use crate::ledger::Layout;
    use crate::outcome::Answer;

    const HEADER: &str = "externalId,organizerUserId,subject,attendees\n";

    /// Enters rows and answers each when the next has been entered; says what each was to do, and what was remarked.
    fn enter(rows: &str, answered_behind: usize) -> (Vec<String>, Vec<Option<Remark>>) {
        let reading = Reading::default();
        let rows = Rows::open(Source::of(format!("{HEADER}{rows}")), reading).expect("a header");
        let mut ledger =
            Ledger::to_writer(Box::new(io::sink()), rows.parser().columns(), Layout::default()).expect("a file");
        let register = Register::new(rows.parser().clone());
        let (mut turns, mut remarks, mut under_way) = (Vec::new(), Vec::new(), Vec::new());
        let mut answer = |ledger: &mut Ledger, line: Line| {
            let place = ledger.append(&line).expect("room");
            remarks.push(line.remark.or(register.written(&line, place, ledger).expect("a file")));
        };
        for row in rows {
            let row = row.expect("a row");
            let meeting = row.meeting.as_ref().expect("no flaws");
            let turn = register.enter(row.record, meeting, &ledger).expect("a file");
            let (turn, remark) = match turn {
                Turn::Ask(_) => ("ask".to_owned(), None),
                Turn::Await(first, _) => (format!("await {}", first.record), first.remark(meeting)),
                Turn::Known(first, outcome) => {
                    (format!("known {} {}", first.record, outcome.status().as_str()), first.remark(meeting))
                }
            };
            turns.push(turn);
            under_way.push(Line { row, outcome: Outcome::Created(Answer::default()), attempts: 1, remark });
            while under_way.len() > answered_behind {
                answer(&mut ledger, under_way.remove(0));
            }
        }
        for line in under_way {
            answer(&mut ledger, line);
        }
        (turns, remarks)
    }

    #[test]
    fn each_meeting_is_asked_for_once_whether_the_first_row_is_under_way_or_written() {
        let rows = "A,o,,\nA,O,,\nB,o,,\nA,p,,\nA,o,,x@a.example\nA,p,,\n";
        let remarks = [None, None, None, Some(Remark::SameIdOtherOrganizer(1)), Some(Remark::OtherAttendees(1)), None];
        let (turns, remarked) = enter(rows, 0);
        assert_eq!(turns, ["ask", "known 1 created", "ask", "ask", "known 1 created", "known 4 created"]);
        assert_eq!(remarked, remarks);
        let (turns, remarked) = enter(rows, 9);
        assert_eq!(turns, ["ask", "await 1", "ask", "ask", "await 1", "await 4"]);
        assert_eq!(remarked, remarks);
    }
}
