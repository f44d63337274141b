//! What is written, read back while the run goes on.

use std::io;

use csv::ByteRecord;

use super::line::outcome;
use super::read_at::Records;
use super::{Ledger, NEWLINE};
use crate::input::{Cells, Source};
use crate::outcome::Outcome;

/// A line that was written, read back.
pub struct Past {
    /// The input's cells, under its header.
    pub cells: Cells,
    /// Which record it answers.
    pub record: u64,
    /// How its row ended.
    pub outcome: Outcome,
}

impl Ledger {
    /// What is written so far, to be read whatever becomes of the ledger.
    pub fn source(&self) -> io::Result<Source> {
        Source::of_file(self.file.try_clone()?)
    }

    /// Reads a line back by its place in the file; `None` if it is none of ours.
    pub fn read(&self, offset: u64) -> io::Result<Option<Past>> {
        let mut record = ByteRecord::new();
        Records::new(&self.file, offset, self.length, NEWLINE).read(&mut record)?;
        Ok(self.past(&record))
    }

    fn past(&self, record: &ByteRecord) -> Option<Past> {
        let fields = self.layout.last_fields(record)?;
        let number = fields.last()?.parse().ok()?;
        let (outcome, _) = outcome(fields, Vec::new())?;
        let mut cells = vec![&b""[..]; self.names.len()];
        for (&column, cell) in self.kept.iter().zip(record) {
            cells[column] = cell;
        }
        Some(Past { cells: Cells(cells.into_iter().collect()), record: number, outcome })
    }
}
