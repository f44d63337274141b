//! One walk through all rows: which meeting each is about, and what an earlier run has left of it. Nobody is asked, and of
//! each row 16 bytes are kept.

use std::cell::Cell;

use anyhow::{Context as _, Result};

use super::compare::with_line;
use super::item::{Case, Item};
use crate::check::Firsts;
use crate::input::{Flaw, Row, Rows};
use crate::ledger::{History, Present, Was};
use crate::meeting::{ExternalId, Meeting, Organizer};
use crate::outcome::{Extra, Outcome};

/// What an error is about when an earlier output cannot be read on.
const READING: &str = "the earlier output cannot be read";

/// What is told of a row that an earlier run left out.
const SKIPPED: &str = "the earlier run skipped it, so that it is not known whether it has its meeting; provision finds it if \
                       it has, and else makes it";

/// What is known of a row without asking.
pub(super) enum Sorted {
    /// What a run would do with it.
    As(Item),
    /// It is about a meeting that an earlier run has made.
    About(Row, Was),
}

/// The rows that went by.
pub(super) struct Walk {
    history: Option<History>,
    /// Which meetings they ask for.
    present: Present,
    firsts: Firsts,
    /// How many rows there were whose externalId cannot be read.
    pub(super) nameless: u64,
    /// Some row, when all went by, is about a meeting of the earlier output.
    pub(super) is_known: bool,
}

impl Walk {
    pub(super) fn new(rows: &Rows, history: Option<History>) -> Self {
        let (present, firsts) = (Present::default(), Firsts::new(rows.again()));
        Self { history, present, firsts, nameless: 0, is_known: false }
    }

    /// The next row of the input.
    pub(super) fn take(&mut self, row: Row) -> Result<Sorted> {
        self.firsts.pass(&row);
        let meeting = match &row.meeting {
            Ok(meeting) => meeting,
            Err(flaws) => {
                self.nameless += u64::from(row.external_id.is_none());
                self.present.has_flaws(&row);
                let why = flaws.iter().map(Flaw::to_string).collect();
                return Ok(Sorted::As(Item { why, ..Item::of(Case::Invalid, row) }));
            }
        };
        let key = self.key(meeting);
        let first = self.present.first(&key);
        let had = first.map(|first| self.firsts.meeting(first)).transpose()?.flatten();
        if let (Some(first), Some(had)) = (first, had.filter(|had| self.key(had) == key)) {
            let flaws = self.firsts.conflicts(&row, &had, first);
            if flaws.is_empty() {
                return Ok(Sorted::As(Item::of(Case::Unchanged, row)));
            }
            let why = flaws.iter().map(Flaw::to_string).collect();
            return Ok(Sorted::As(Item { why, ..Item::of(Case::Conflict, row) }));
        }
        self.present.asks(&key, row.record);
        let was = match &mut self.history {
            Some(history) => history.find(meeting).context(READING)?,
            None => None,
        };
        Ok(match was {
            None => {
                let is_skipped = self.history.as_mut().map(|history| history.has_skipped(meeting)).transpose();
                let is_skipped = is_skipped.context(READING)?.unwrap_or_default();
                let item = Item::of(Case::New, row);
                Sorted::As(if is_skipped { item.saying(SKIPPED) } else { item })
            }
            Some(was) => match &was.outcome {
                Outcome::Uncertain(trouble) => {
                    let why =
                        format!("an earlier run sent it, and nobody knows what came of that: {}", trouble.error());
                    Sorted::As(Item { was: Some(was), ..Item::of(Case::Doubtful, row) }.saying(why))
                }
                _ => Sorted::About(row, was),
            },
        })
    }

    fn key(&self, meeting: &Meeting) -> (Organizer, ExternalId) {
        self.history.as_ref().map_or_else(|| meeting.key(), |history| history.key(meeting))
    }

    /// The meetings of the earlier output, when all rows went by, that no row asks for; by the place of their line.
    pub(super) fn gone(&mut self) -> Result<Vec<u64>> {
        let Self { history, present, .. } = self;
        let Some(history) = history else { return Ok(Vec::new()) };
        let is_known = Cell::new(false);
        let is_gone = |was: &Was, key: &_| {
            let is_there = present.has(key);
            is_known.set(is_known.get() || is_there);
            was.meeting().is_some() && !is_there
        };
        let places = history.places(is_gone).context(READING)?;
        self.is_known = is_known.get();
        Ok(places)
    }

    /// The line at a place.
    pub(super) fn at(&mut self, place: u64) -> Result<Option<Was>> {
        let Some(history) = &mut self.history else { return Ok(None) };
        history.at(place).context(READING)
    }
}

/// How many of these meetings `provision --update` would change, as far as an earlier output can tell; of the rows that are
/// sent. Nobody is asked.
pub fn changes(rows: Rows, earlier: Option<History>, extra: Extra, is_sent: impl Fn(&Row) -> bool) -> Result<u64> {
    let mut walk = Walk::new(&rows, earlier);
    let mut count = 0;
    for row in rows {
        let row = row?;
        let is_sent = is_sent(&row);
        if let Sorted::About(row, was) = walk.take(row)?
            && let Ok(meeting) = &row.meeting
        {
            let is_changed = with_line(meeting, &was, extra).iter().any(super::compare::Field::is_mendable);
            count += u64::from(is_sent && is_changed);
        }
    }
    Ok(count)
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
