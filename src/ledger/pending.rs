//! The line of a row that is on the wire, which must not be sent twice: on the disk before its request is sent, and
//! written over by the true one.
//!
//! Whenever the process or the power ends, the file has for such a row either this line, the true one, or something torn
//! that stands for this line; it never has nothing. So the true line is written over this one, with blank lines for what
//! this one is longer, and only then is the rest cut. That nothing was done is written by cutting this line: if that is
//! lost, a person looks for a meeting that is not there.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read as _};

use tracing::debug;

use super::read_at::{ReadAt, write_at};
use super::{Ledger, Place, Stand, folder};
use crate::input::Row;
use crate::outcome::{Line, Outcome, Trouble};

impl Ledger {
    /// Rows are sent once: what an earlier run has left of a line that is not whole is that of a row that was sent.
    /// `torn` is how such a row ended.
    pub fn keep_torn(&mut self, torn: Trouble) {
        self.torn = Some(Box::new(torn));
    }

    /// Writes the line that holds if this process ends before there is another, and waits until it is safe. It is the next
    /// that is due, since a line in a place that is not its own would be none.
    pub fn pend(&mut self, line: &Line) -> io::Result<()> {
        if line.row.record != self.lines + 1 {
            let record = line.row.record;
            return Err(io::Error::other(format!("record {record} is not the next; this is a defect of convoke")));
        }
        let bytes = self.line_bytes(line);
        self.cut_tail()?;
        let safe = write_at(&self.file, &bytes, self.length).and_then(|()| self.file.sync_data());
        if let Err(error) = safe {
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.pending = bytes.len() as u64;
        if let (Place::File { partial, .. }, false) = (&self.place, self.is_named) {
            // A file that is new has its name after a power cut only if its folder is safe, too.
            let folder = folder(partial);
            if let (Err(error), true) = (File::open(folder).and_then(|folder| folder.sync_all()), cfg!(unix)) {
                debug!("{} cannot be synced: {error}", folder.display());
            }
            self.is_named = true;
        }
        Ok(())
    }

    /// Nothing was done of what the line that is due stands for.
    pub fn take_back(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.pending) == 0 {
            return Ok(());
        }
        self.file.set_len(self.length)
    }

    /// Bytes that stand over those of the line that is due, to its end.
    pub(super) fn padded<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let missing = usize::try_from(self.pending).unwrap_or_default().saturating_sub(bytes.len());
        if missing == 0 { bytes.into() } else { [bytes, &vec![b'\n'; missing]].concat().into() }
    }

    /// How long the file is without the blank lines that a true line may have left behind it.
    pub(super) fn length_without_blank_lines(&self, mut length: u64) -> io::Result<u64> {
        let mut end = [0; 2];
        while length > self.header.len() as u64 {
            ReadAt::new(&self.file, length - 2).read_exact(&mut end)?;
            if end != *b"\n\n" {
                break;
            }
            length -= 1;
        }
        Ok(length)
    }

    /// A line that is not whole stands for a row that was sent, unless that is known better: it is written as such. The
    /// row is given back if it is known better.
    pub(super) fn stands_torn(
        &mut self,
        row: Row,
        length: u64,
        stands: &mut impl FnMut(&Self, &mut Line, u64, &str) -> io::Result<Stand>,
    ) -> io::Result<Option<Row>> {
        let trouble = self.torn.as_deref().cloned().unwrap_or_default();
        let mut line = Line { row, outcome: Outcome::Uncertain(trouble), attempts: 1, remark: None };
        // It says nothing itself.
        if stands(self, &mut line, self.length, "")? != Stand::Stands {
            return Ok(Some(line.row));
        }
        self.pending = length - self.length;
        self.append(&line)?;
        Ok(None)
    }
}

#[cfg(test)]
#[path = "pending_tests.rs"]
mod tests;
