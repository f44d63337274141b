//! Choice: which rows are sent, and when there have been too many that came to nothing.

mod chosen;
mod kept;
mod plain;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::rc::Rc;

pub use self::chosen::{Chosen, Meant};

pub use self::plain::Plain;
use crate::input::Row;
use crate::ledger::{Earlier, LineColumns};
use crate::outcome::{Answer, Outcome, Status};
use crate::tally::Tally;

/// A share of rows says little before so many have been answered.
const SHARE_ROWS_MIN: u64 = 100;

/// Which rows are sent.
#[derive(Default)]
pub struct Choice {
    /// Rows with a larger record number are not.
    pub limit: Option<u64>,
    /// Rows with another externalId are not.
    pub only: Option<BTreeSet<String>>,
    /// Those of them that no row has had so far.
    pub unseen: RefCell<BTreeSet<String>>,
    /// Rows without a meeting that is chosen are not.
    pub chosen: Option<Rc<Chosen>>,
    /// Rows that have their meeting in an earlier output keep it and are not, either.
    pub carry: Option<RefCell<Earlier>>,
    /// Where the columns of their lines are, if the rows are those of an output: what was skipped there is skipped again.
    pub lines: Option<LineColumns>,
    /// The same for meetings that are made once: whatever is known of a row stands.
    pub plain: Option<RefCell<Plain>>,
}

/// What a row has in an earlier output.
pub enum Carries {
    /// Nothing that keeps it from being sent.
    Nothing,
    /// How it ends, at the cost of so many requests then.
    Ends(Box<Outcome>, u32),
    /// A meeting, which is to be looked at again.
    Asks(Box<Answer>),
}

impl Choice {
    /// Whether the row is not among those to be sent.
    pub fn skips(&self, row: &Row) -> bool {
        let beyond = self.limit.is_some_and(|limit| row.record > limit);
        if let (Some(_), Some(id)) = (&self.only, &row.external_id) {
            self.unseen.borrow_mut().remove(id.as_str());
        }
        let unchosen = self.chosen.as_ref().is_some_and(|chosen| !chosen.has(row));
        let was_skipped = || {
            let line = self.lines.as_ref().and_then(|lines| lines.line(&row.cells, Vec::new()));
            matches!(line, Some((Outcome::Skipped, ..)))
        };
        let unnamed = self.only.as_ref().is_some_and(|only| !Self::names(only, row));
        beyond || unchosen || unnamed || was_skipped()
    }

    /// Whether the row is named one by one, so that it is to be sent whatever an earlier output has.
    fn insists(&self, row: &Row) -> bool {
        self.only.as_ref().is_some_and(|only| Self::names(only, row))
    }

    fn names(only: &BTreeSet<String>, row: &Row) -> bool {
        row.external_id.as_ref().is_some_and(|id| only.contains(id.as_str()))
    }

    /// Whether there is an earlier output.
    pub fn has_earlier(&self) -> bool {
        self.carry.is_some() || self.plain.as_ref().is_some_and(|plain| plain.borrow().any())
    }

    /// Whether there is an earlier output with meetings.
    pub fn carries_any(&self) -> bool {
        self.carry.as_ref().is_some_and(|carry| !carry.borrow().is_empty())
    }

    /// Whether each row is sent once, and a line of an earlier run never written anew.
    pub fn is_once(&self) -> bool {
        self.plain.is_some()
    }

    /// What the row has in an earlier output and keeps.
    pub fn carries(&self, row: &Row) -> io::Result<Carries> {
        if let Some(plain) = &self.plain {
            return plain.borrow_mut().carries(row, self.skips(row), self.insists(row));
        }
        let found = match (&self.carry, &row.meeting) {
            (Some(carry), Ok(meeting)) if !self.insists(row) || self.skips(row) => carry.borrow_mut().find(meeting)?,
            _ => None,
        };
        Ok(found.map_or(Carries::Nothing, |(outcome, attempts)| Carries::Ends(Box::new(outcome), attempts)))
    }
}

/// How many rows may come to nothing before the run is stopped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaxErrors {
    /// So many.
    Rows(u64),
    /// So many of a hundred rows that were answered, once there are enough to tell.
    Percent(f64),
}

impl MaxErrors {
    /// Whether there have been more, counted from when `before` was counted: a run that is resumed begins anew. The
    /// text says how many.
    pub fn exceeded(self, tally: &Tally, before: &Tally) -> Option<String> {
        let since = |wanted: fn(Status) -> bool| tally.count_of(wanted) - before.count_of(wanted);
        let errors = since(Status::is_error);
        let answered = since(|status| !matches!(status, Status::Skipped | Status::Carried));
        #[expect(clippy::cast_precision_loss, reason = "a percentage of rows needs no more")]
        let exceeded = match self {
            Self::Rows(most) => errors > most,
            Self::Percent(most) => answered >= SHARE_ROWS_MIN && errors as f64 * 100.0 > most * answered as f64,
        };
        exceeded.then(|| format!("{errors} of {answered} rows"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Line, Trouble};

    fn tally(refused: u64, skipped: u64, good: u64) -> Tally {
        let mut tally = Tally::default();
        let mut count = |times, outcome: &Outcome| {
            for record in 1..=times {
                let row = Row::blank(record);
                tally.count(&Line { row, outcome: outcome.clone(), attempts: 1, remark: None });
            }
        };
        count(refused, &Outcome::Refused(Trouble::default()));
        count(skipped, &Outcome::Skipped);
        count(good, &Outcome::Existing(Answer::default()));
        tally
    }

    #[test]
    fn errors_are_bounded_by_number_or_by_share_and_counted_anew_when_a_run_is_gone_on_with() {
        let exceeded = |most: MaxErrors, now: &Tally, before: &Tally| most.exceeded(now, before).is_some();
        let none = Tally::default();
        assert!(!exceeded(MaxErrors::Rows(3), &tally(3, 0, 0), &none));
        assert!(exceeded(MaxErrors::Rows(3), &tally(4, 0, 0), &none));
        assert!(!exceeded(MaxErrors::Rows(3), &tally(14, 0, 0), &tally(11, 0, 0)));
        assert!(!exceeded(MaxErrors::Percent(5.0), &tally(99, 0, 0), &none), "too few to tell");
        assert!(!exceeded(MaxErrors::Percent(5.0), &tally(5, 0, 95), &none));
        assert!(exceeded(MaxErrors::Percent(5.0), &tally(6, 0, 94), &none));
        assert!(!exceeded(MaxErrors::Percent(5.0), &tally(6, 94, 0), &none), "what is not sent is not answered");
        assert!(!exceeded(MaxErrors::Percent(5.0), &tally(106, 0, 194), &tally(101, 0, 99)));
    }
}
