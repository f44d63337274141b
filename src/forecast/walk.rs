//! One walk through all rows: which meeting each is about, and what an earlier run has left of it. Nobody is asked, and of
//! each row 16 bytes are kept.

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
}

impl Walk {
    pub(super) fn new(rows: &Rows, history: Option<History>) -> Self {
        Self { history, present: Present::default(), firsts: Firsts::new(rows.again()), nameless: 0 }
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
            None => Sorted::As(Item::of(Case::New, row)),
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
        history.places(|was, key| was.meeting().is_some() && !present.has(key)).context(READING)
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
