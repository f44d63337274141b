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

/// The same where each row is sent once.
const ADVICE_ONCE: &str = "it alone knows of the meetings that it made: move it away and name it with --carry, so that none \
    is made twice";

/// How far a walk has come.
enum Walked {
    /// Through all lines.
    All,
    /// To what is left of the last line, of a row that was sent; this is the row.
    Torn(Box<Row>),
    /// To a line that is to be cut with all that follow; this is its row.
    Cut(Box<Row>),
}

impl Ledger {
    /// Walks what an earlier run wrote beside the rows, which it leaves at the first record without a line; without
    /// an earlier run it writes the header. Each line is shown to `stands` with its place in the file and its error; when one
    /// is to be cut with all that follow, its row is given back.
    pub async fn resume(
        &mut self,
        mut rows: impl Stream<Item = anyhow::Result<Row>> + Unpin,
        mut stands: impl FnMut(&Self, &mut Line, u64, &str) -> io::Result<Stand>,
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
            return Err(Misfit::Other(anyhow!("{partial} {why}; {}", self.advice())));
        }
        let mut given_back = None;
        if length >= most {
            self.length = most;
            let length = self.length_without_blank_lines(length).with_context(broken).map_err(Misfit::Output)?;
            let walked = self.walk(&mut rows, length, &mut stands).await;
            let walked = walked.map_err(|misfit| misfit.about(&partial, self.advice()))?;
            self.before = if matches!(walked, Walked::Cut(_)) { Before::MoreLines } else { Before::Lines };
            given_back = match walked {
                Walked::Cut(row) => Some(*row),
                Walked::Torn(row) => {
                    let stood = self.stands_torn(*row, length, &mut stands);
                    stood.with_context(|| format!("{partial} cannot be written")).map_err(Misfit::Output)?
                }
                Walked::All => None,
            };
        }
        self.cut().with_context(|| format!("{partial} cannot be written")).map_err(Misfit::Output)?;
        Ok(given_back)
    }

    async fn walk(
        &mut self,
        rows: &mut (impl Stream<Item = anyhow::Result<Row>> + Unpin),
        length: u64,
        stands: &mut impl FnMut(&Self, &mut Line, u64, &str) -> io::Result<Stand>,
    ) -> Result<Walked, Misfit> {
        let broken = |error: io::Error| Misfit::Output(error.into());
        let file = self.file.try_clone().map_err(broken)?;
        let mut last = [0];
        ReadAt::new(&file, length - 1).read_exact(&mut last).map_err(broken)?;
        let mut lines = Records::new(&file, self.length, length, NEWLINE);
        let mut record = ByteRecord::new();
        while lines.read(&mut record).map_err(broken)? {
            let (number, end) = (self.lines + 1, lines.place());
            let is_last = end >= length;
            let is_whole = self.is_whole(&record, number) && !(is_last && last != *b"\n");
            // What is torn before its status was never sent: the line is on the disk before that.
            let is_rest = last == *b"\n" && self.is_rest(&record);
            let was_sent = self.torn.is_some() && is_last && record.len() > self.kept.len() && !is_rest;
            if !is_whole && !was_sent {
                if is_last {
                    return Ok(Walked::All);
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
            let fields = if is_whole && is_canonical { self.layout.last_fields(&record) } else { None };
            let Some((outcome, attempts)) = fields.and_then(|fields| outcome(fields, flaws)) else {
                if was_sent {
                    return Ok(Walked::Torn(Box::new(row)));
                }
                return Err(Misfit::Other(anyhow!("its line for record {number} is not as this program wrote it")));
            };
            let mut line = Line { row, outcome, attempts, remark: None };
            match stands(self, &mut line, self.length, &error).map_err(broken)? {
                Stand::Stands => {}
                Stand::Cut => return Ok(Walked::Cut(Box::new(line.row))),
                Stand::Refused(why) => return Err(Misfit::Other(Error::msg(why))),
            }
            (self.lines, self.length) = (number, end);
        }
        Ok(Walked::All)
    }

    /// Whether it is what a shorter line has left of a longer one, over which it was written.
    fn is_rest(&self, record: &ByteRecord) -> bool {
        record.iter().next_back() == Some(self.lines.to_string().as_bytes())
    }

    fn advice(&self) -> &'static str {
        if self.torn.is_some() { ADVICE_ONCE } else { ADVICE }
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
    fn about(self, partial: &str, advice: &str) -> Self {
        match self {
            Self::Other(error) => {
                Self::Other(anyhow!("{partial} is not the beginning of an answer to this input: {error}; {advice}"))
            }
            Self::Output(error) => Self::Output(error.context(format!("{partial} cannot be read"))),
            Self::Input(error) => Self::Input(error),
        }
    }
}
