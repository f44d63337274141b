//! Going on where an earlier run stopped: the partial file is walked beside the input.
//!
//! A line stands if it is whole and has the input's cells of the record beside it. A torn tail is cut, since it is what
//! a crash leaves; anything else that does not fit is somebody's, and is refused rather than mended.

use std::io::{self, Read};

use anyhow::{Context as _, Error, anyhow};
use csv::{ByteRecord, Terminator};

use super::line::{COLUMNS, last_fields, outcome, written};
use super::read_at::ReadAt;
use super::{Ledger, Place};
use crate::input::{Row, Rows, shown};
use crate::outcome::Line;

/// Why a partial file cannot be gone on with.
#[derive(Debug)]
pub enum Misfit {
    /// The input cannot be read.
    Input(Error),
    /// The partial file cannot be read or written.
    Output(Error),
    /// The partial file is not the beginning of an answer to this input.
    Other(Error),
}

/// What a person can do about a partial file that does not fit.
const ADVICE: &str = "to discard it and start anew, add --restart (meetings that were made are found again, never made \
    twice); to keep it, move it away or name another output with -o";

impl Ledger {
    /// Walks what an earlier run wrote beside the rows, which it leaves at the first record without a line; without
    /// an earlier run it writes the header. Each line is shown to `stands` with its place in the file; one that it
    /// refuses is cut with all that follow.
    pub fn resume<R: Read>(
        &mut self,
        rows: &mut Rows<R>,
        stands: impl FnMut(&Self, &mut Line, u64) -> io::Result<bool>,
    ) -> Result<(), Misfit> {
        let Place::File { partial, .. } = &self.place else { return Ok(()) };
        let partial = partial.display().to_string();
        let broken = || format!("{partial} cannot be read");
        let length = self.file.metadata().with_context(broken).map_err(Misfit::Output)?.len();
        let mut head = Vec::new();
        let most = self.header.len() as u64;
        let read = ReadAt::new(&self.file, 0).take(most).read_to_end(&mut head);
        read.with_context(broken).map_err(Misfit::Output)?;
        if !self.header.starts_with(&head) {
            let why = "does not begin with the header that this input gives";
            return Err(Misfit::Other(anyhow!("{partial} {why}; {ADVICE}")));
        }
        self.resumes = length >= most;
        if self.resumes {
            self.length = most;
            let walked = self.walk(rows, length, stands);
            walked.map_err(|misfit| misfit.about(&partial))?;
        }
        self.cut().with_context(|| format!("{partial} cannot be written")).map_err(Misfit::Output)
    }

    fn walk<R: Read>(
        &mut self,
        rows: &mut Rows<R>,
        length: u64,
        mut stands: impl FnMut(&Self, &mut Line, u64) -> io::Result<bool>,
    ) -> Result<(), Misfit> {
        let broken = |error: io::Error| Misfit::Output(error.into());
        let start = self.length;
        let file = self.file.try_clone().map_err(broken)?;
        let mut last = [0];
        ReadAt::new(&file, length - 1).read_exact(&mut last).map_err(broken)?;
        let mut lines = csv::ReaderBuilder::new();
        let lines = lines.has_headers(false).flexible(true).terminator(Terminator::Any(b'\n'));
        let mut lines = lines.from_reader(ReadAt::new(&file, start));
        let mut record = ByteRecord::new();
        while lines.read_byte_record(&mut record).map_err(|error| Misfit::Output(error.into()))? {
            let (number, end) = (self.lines + 1, start + lines.position().byte());
            let is_last = end >= length;
            if !self.is_whole(&record, number) || is_last && last != *b"\n" {
                if is_last {
                    return Ok(());
                }
                return Err(Misfit::Other(anyhow!("what it has for record {number} is no line of this program")));
            }
            let row = match rows.next() {
                Some(row) => row.map_err(Misfit::Input)?,
                None => {
                    return Err(Misfit::Other(anyhow!("the input has no record {number} any more, and it has one")));
                }
            };
            self.compare(&row, &record)?;
            let is_canonical = written(&record).len() as u64 == end - self.length;
            let flaws = row.meeting.as_ref().err().cloned().unwrap_or_default();
            let read = last_fields(&record).and_then(|fields| outcome(fields, flaws)).filter(|_| is_canonical);
            let Some((outcome, attempts)) = read else {
                return Err(Misfit::Other(anyhow!("its line for record {number} is not as this program wrote it")));
            };
            let mut line = Line { row, outcome, attempts, remark: None };
            if !stands(self, &mut line, self.length).map_err(broken)? {
                rows.put_back(line.row);
                return Ok(());
            }
            (self.lines, self.length) = (number, end);
        }
        Ok(())
    }

    fn is_whole(&self, record: &ByteRecord, number: u64) -> bool {
        let last = record.iter().next_back().unwrap_or_default();
        record.len() == self.kept.len() + COLUMNS.len() && last == number.to_string().as_bytes()
    }

    /// Fails when the record has other cells than the line beside it.
    fn compare(&self, row: &Row, line: &ByteRecord) -> Result<(), Misfit> {
        let pairs = self.kept.iter().zip(line).map(|(&column, was)| (column, was, row.cells.0.get(column)));
        match pairs.into_iter().find(|(_, was, is)| *is != Some(*was)) {
            None => Ok(()),
            Some((column, was, is)) => {
                let [name, was, is] = [self.names.get(column).unwrap_or_default(), was, is.unwrap_or_default()]
                    .map(|text| shown(&String::from_utf8_lossy(text)));
                let (record, line) = (row.record, row.line);
                Err(Misfit::Other(anyhow!(
                    "the input has changed since it was answered: record {record} (line {line}) is the first that \
                     differs; its {name} was '{was}' and is '{is}' now"
                )))
            }
        }
    }
}

impl Misfit {
    fn about(self, partial: &str) -> Self {
        match self {
            Self::Other(error) => {
                Self::Other(anyhow!("{partial} is not the beginning of an answer to this input: {error}; {ADVICE}"))
            }
            Self::Output(error) => Self::Output(error.context(format!("{partial} cannot be read"))),
            Self::Input(error) => Self::Input(error),
        }
    }
}
