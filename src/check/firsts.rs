//! The rows that asked first for a meeting, read again from the input when a later row asks for the same one.

use std::collections::HashMap;
use std::rc::Rc;

use anyhow::{Context as _, Result};

use crate::input::{Again, Flaw, Row};
use crate::meeting::Meeting;

/// Of every so many records it is kept where it begins, in 8 bytes: a quarter of a byte for each record.
const STEP: u64 = 32;
/// How many first rows are kept once they have been read: a course's id on the row of every week is a common mistake, and
/// there may be thousands of courses.
const KEPT_MAX: usize = 4096;

/// The rows that were passed.
pub(crate) struct Firsts {
    again: Again,
    /// Where each record begins that follows upon a multiple of [`STEP`].
    offsets: Vec<u64>,
    kept: HashMap<u64, Option<Rc<Meeting>>>,
}

impl Firsts {
    pub(crate) fn new(again: Again) -> Self {
        Self { again, offsets: Vec::new(), kept: HashMap::new() }
    }

    /// What is wrong with a row that asks for the meeting of an earlier record.
    pub(crate) fn conflicts(&mut self, row: &Row, had: &Meeting, first: u64) -> Vec<Flaw> {
        self.again.conflicts(row, had, first)
    }

    /// The next row goes by.
    pub(crate) fn pass(&mut self, row: &Row) {
        if (row.record - 1).is_multiple_of(STEP) {
            self.offsets.push(row.offset);
        }
    }

    /// What a record that went by asked for, but for its attendees; `None` when it asks for nothing.
    pub(crate) fn meeting(&mut self, record: u64) -> Result<Option<Rc<Meeting>>> {
        if let Some(kept) = self.kept.get(&record) {
            return Ok(kept.clone());
        }
        let (place, ahead) = ((record - 1) / STEP, (record - 1) % STEP);
        let offset = self.offsets[usize::try_from(place).expect("a place in a list")];
        let row =
            self.again.row(offset, record, ahead).with_context(|| format!("record {record} cannot be read again"))?;
        let meeting = row.and_then(|row| row.meeting.ok());
        let meeting = meeting.map(|meeting| Rc::new(Meeting { attendees: Vec::new(), ..meeting }));
        if self.kept.len() >= KEPT_MAX {
            self.kept.clear();
        }
        self.kept.insert(record, meeting.clone());
        Ok(meeting)
    }
}
