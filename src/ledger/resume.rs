//! Going on where an earlier run stopped: the partial file is walked beside the input.
//!
//! A line stands if it is whole and has the input's cells of the record beside it. A torn tail is cut, since it is what
//! a crash leaves; anything else that does not fit is somebody's, and is refused rather than mended.

use std::io::{self, Read as _};

use anyhow::{Context as _, Error, anyhow};
use csv::ByteRecord;
use futures::{Stream, StreamExt as _};

use super::line::{outcome, written};
use super::read_at::{ReadAt, Records};
use super::{Before, Ledger, NEWLINE, Place};
use crate::input::{Row, shown};
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

/// What is to become of a line of an earlier run that has the cells of the record beside it.
#[derive(Debug, PartialEq, Eq)]
pub enum Stand {
    /// It holds.
    Stands,
    /// It and all that follow are written anew.
    Cut,
    /// This is not the command that wrote it; the text says by what that shows.
    Refused(String),
}

/// What a person can do about a partial file that does not fit.
const ADVICE: &str = "to discard it and start anew, add --restart (meetings that were made are found again, never made \
    twice); to keep it, move it away or name another output with -o";

impl Ledger {
    /// Walks what an earlier run wrote beside the rows, which it leaves at the first record without a line; without
    /// an earlier run it writes the header. Each line is shown to `stands` with its place in the file and its error; when one
    /// is to be cut with all that follow, its row is given back.
    pub async fn resume(
        &mut self,
        rows: impl Stream<Item = anyhow::Result<Row>> + Unpin,
        stands: impl FnMut(&Self, &mut Line, u64, &str) -> io::Result<Stand>,
    ) -> Result<Option<Row>, Misfit> {
        let Place::File { partial, .. } = &self.place else { return Ok(None) };
        let partial = partial.display().to_string();
        let broken = || format!("{partial} cannot be read");
        let length = self.file.metadata().with_context(broken).map_err(Misfit::Output)?.len();
        let mut head = Vec::new();
        let most = self.header.len() as u64;
        let read = ReadAt::new(&self.file, 0).take(most).read_to_end(&mut head);
        read.with_context(broken).map_err(Misfit::Output)?;
        if !self.header.starts_with(&head) {
            let why = "does not begin with the header that this input gives (--join-information adds a column to it)";
            return Err(Misfit::Other(anyhow!("{partial} {why}; {ADVICE}")));
        }
        let mut given_back = None;
        if length >= most {
            self.length = most;
            let walked = self.walk(rows, length, stands).await;
            given_back = walked.map_err(|misfit| misfit.about(&partial))?;
            self.before = if given_back.is_some() { Before::MoreLines } else { Before::Lines };
        }
        self.cut().with_context(|| format!("{partial} cannot be written")).map_err(Misfit::Output)?;
        Ok(given_back)
    }

    async fn walk(
        &mut self,
        mut rows: impl Stream<Item = anyhow::Result<Row>> + Unpin,
        length: u64,
        mut stands: impl FnMut(&Self, &mut Line, u64, &str) -> io::Result<Stand>,
    ) -> Result<Option<Row>, Misfit> {
        let broken = |error: io::Error| Misfit::Output(error.into());
        let file = self.file.try_clone().map_err(broken)?;
        let mut last = [0];
        ReadAt::new(&file, length - 1).read_exact(&mut last).map_err(broken)?;
        let mut lines = Records::new(&file, self.length, length, NEWLINE);
        let mut record = ByteRecord::new();
        while lines.read(&mut record).map_err(broken)? {
            let (number, end) = (self.lines + 1, lines.place());
            let is_last = end >= length;
            if !self.is_whole(&record, number) || is_last && last != *b"\n" {
                if is_last {
                    return Ok(None);
                }
                return Err(Misfit::Other(anyhow!("what it has for record {number} is no line of this program")));
            }
            let row = match rows.next().await {
                Some(row) => row.map_err(Misfit::Input)?,
                None => {
                    return Err(Misfit::Other(anyhow!("the input has no record {number} any more, and it has one")));
                }
            };
            self.compare(&row, &record)?;
            let is_canonical = written(&record).len() as u64 == end - self.length;
            let flaws = row.meeting.as_ref().err().cloned().unwrap_or_default();
            let error = self.layout.error(&record);
            let read =
                self.layout.last_fields(&record).and_then(|fields| outcome(fields, flaws)).filter(|_| is_canonical);
            let Some((outcome, attempts)) = read else {
                return Err(Misfit::Other(anyhow!("its line for record {number} is not as this program wrote it")));
            };
            let mut line = Line { row, outcome, attempts, remark: None };
            match stands(self, &mut line, self.length, &error).map_err(broken)? {
                Stand::Stands => {}
                Stand::Cut => return Ok(Some(line.row)),
                Stand::Refused(why) => return Err(Misfit::Other(Error::msg(why))),
            }
            (self.lines, self.length) = (number, end);
        }
        Ok(None)
    }

    fn is_whole(&self, record: &ByteRecord, number: u64) -> bool {
        let last = record.iter().next_back().unwrap_or_default();
        record.len() == self.kept.len() + self.layout.len() && last == number.to_string().as_bytes()
    }

    /// Fails when the record has other cells than the line beside it.
    fn compare(&self, row: &Row, line: &ByteRecord) -> Result<(), Misfit> {
        let cell = |column| row.cells.0.get(column).unwrap_or_default();
        match self
            .kept
            .iter()
            .zip(line)
            .map(|(&column, was)| (column, was, cell(column)))
            .find(|(_, was, is)| is != was)
        {
            None => Ok(()),
            Some((column, was, is)) => {
                let [name, was, is] = [self.names.get(column).unwrap_or_default(), was, is]
                    .map(|text| shown(&String::from_utf8_lossy(text)));
                let (record, at) = (row.record, row.at);
                Err(Misfit::Other(anyhow!(
                    "the input has changed since it was answered: record {record} ({at}) is the first that \
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
