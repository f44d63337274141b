//! Which meetings the rows of a sheet ask for, in 16 bytes a row. It decides whether a meeting has a row and nothing else:
//! one whose row has flaws has one.

use crate::input::Row;
use crate::keys::{KeyHash, Keys};
use crate::meeting::{ExternalId, Organizer};

/// The meetings that have a row.
#[derive(Debug, Default)]
pub struct Present {
    /// By which record each was asked for first.
    asked: Keys,
    /// The externalIds of rows with flaws.
    flawed: Keys,
}

impl Present {
    /// Which record asked first for a meeting.
    pub fn first(&self, key: &(Organizer, ExternalId)) -> Option<u64> {
        self.asked.place(KeyHash::of(key))
    }

    /// A row asks for a meeting.
    pub fn asks(&mut self, key: &(Organizer, ExternalId), record: u64) {
        self.asked.put(KeyHash::of(key), record);
    }

    /// A row cannot be sent; whatever has its externalId may be its meeting.
    pub fn has_flaws(&mut self, row: &Row) {
        if let Some(id) = &row.external_id {
            self.flawed.put(of_id(id), row.record);
        }
    }

    /// Whether a meeting has a row.
    pub fn has(&self, key: &(Organizer, ExternalId)) -> bool {
        self.first(key).or(self.flawed.place(of_id(&key.1))).is_some()
    }
}

fn of_id(id: &ExternalId) -> KeyHash {
    KeyHash::of(&(Organizer::Me, id.clone()))
}
