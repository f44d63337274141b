//! An earlier output, of which every meeting is known that there may be, as asked or not. It is read, never written, and
//! decides nothing: what a row comes to is for others to say.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use csv::{ByteRecord, Terminator};

use super::aliases::Aliases;
use super::earlier::beginning;
use super::layout::LineColumns;
use super::left::parser;
use super::read_at::Records;
use crate::input::{Cells, Parser};
use crate::keys::{KeyHash, Keys};
use crate::meeting::{ExternalId, Meeting, Organizer};
use crate::outcome::{Answer, Outcome};

/// What an earlier run has left of a row.
#[derive(Clone, Debug)]
pub struct Was {
    /// Which record the line answers.
    pub record: u64,
    /// What the row asked for.
    pub asked: Meeting,
    /// How it ended.
    pub outcome: Outcome,
}

impl Was {
    /// The meeting that was there.
    pub fn meeting(&self) -> Option<&Answer> {
        let is_gone = matches!(self.outcome, Outcome::Gone(_) | Outcome::Cancelled(_));
        self.outcome.answer().filter(|answer| !is_gone && !answer.meeting.join_web_url.is_empty())
    }

    /// Whether there may be a meeting: there is one, or nobody can say.
    pub fn may_have_meeting(&self) -> bool {
        self.meeting().is_some() || matches!(self.outcome, Outcome::Uncertain(_))
    }
}

/// An earlier output. It is read once from end to end; of each meeting 16 bytes are kept, and its line is read again when it
/// is asked for.
pub struct History {
    lines: Lines,
    index: Index,
}

/// Its lines.
struct Lines {
    file: File,
    parser: Parser,
    /// Where our columns are.
    places: LineColumns,
}

/// Where the line of each meeting is.
#[derive(Default)]
struct Index {
    keys: Keys,
    aliases: Aliases,
}

impl Lines {
    /// A line read back; `None` when it is none of this program, or asked for nothing.
    fn was(&mut self, record: ByteRecord) -> Option<Was> {
        let cells = Cells(record);
        let (outcome, _, _, record) = self.places.line(&cells, Vec::new())?;
        let asked = self.parser.meeting(&cells).ok()?;
        Some(Was { record, asked, outcome })
    }

    /// All of them, each with where it is.
    fn walk(&mut self, mut tell: impl FnMut(Was, u64) -> Result<()>) -> Result<()> {
        let file = self.file.try_clone()?;
        let (mut lines, _) = beginning(&file)?;
        let mut record = ByteRecord::new();
        loop {
            let place = lines.place();
            if !lines.read(&mut record)? {
                return Ok(());
            }
            if let Some(was) = self.was(record.clone()) {
                tell(was, place)?;
            }
        }
    }
}

impl Index {
    fn place(&self, meeting: &Meeting) -> Option<u64> {
        let by_id = self.keys.place(KeyHash::of(&self.aliases.key(meeting)));
        // A line that says no object id may stand before the one that does.
        by_id.or_else(|| self.keys.place(KeyHash::of(&meeting.key())))
    }
}

impl History {
    /// Opens it; `None` when there is no such file. Fails when it is no output of this program.
    pub fn open(path: &Path, input: &Parser) -> Result<Option<Self>> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let (_, header) = beginning(&file)?;
        let places = LineColumns::of_header(&header);
        ensure!(
            ["status", "joinWebUrl", "record"].into_iter().all(|name| places.has(name)),
            "it is no output of this program: status, joinWebUrl or record is missing"
        );
        let parser = parser(path, &header, input).context("it is no output of this program")?;
        let (mut lines, mut index) = (Lines { file, parser, places }, Index::default());
        lines.walk(|was, place| {
            if let Some(answer) = was.outcome.answer() {
                index.aliases.learn(&was.asked, answer);
            }
            if was.may_have_meeting() {
                index.keys.put(KeyHash::of(&index.aliases.key(&was.asked)), place);
            }
            Ok(())
        })?;
        Ok(Some(Self { lines, index }))
    }

    /// Whether it has no meeting at all.
    pub fn is_empty(&self) -> bool {
        self.index.keys.is_empty()
    }

    /// Whether it has an organizer of this name, which is in lower case.
    pub fn knows(&self, name: &str) -> bool {
        self.index.aliases.knows(name)
    }

    /// What Graph keys a meeting by, with the organizer's object id where an earlier line has it.
    pub fn key(&self, meeting: &Meeting) -> (Organizer, ExternalId) {
        self.index.aliases.key(meeting)
    }

    /// What an earlier run has left of the meeting that a row asks for.
    pub fn find(&mut self, meeting: &Meeting) -> io::Result<Option<Was>> {
        let Some(place) = self.index.place(meeting) else { return Ok(None) };
        let was = self.at(place)?;
        Ok(was.filter(|was| self.key(&was.asked) == self.key(meeting)))
    }

    /// The line at a place that [`places`](Self::places) gave.
    pub fn at(&mut self, place: u64) -> io::Result<Option<Was>> {
        let mut record = ByteRecord::new();
        Records::new(&self.lines.file, place, u64::MAX, Terminator::CRLF).read(&mut record)?;
        Ok(self.lines.was(record))
    }

    /// Where the lines are of those meetings that are wanted, each once, in the order of the file.
    pub fn places(&mut self, wanted: impl Fn(&Was, &(Organizer, ExternalId)) -> bool) -> Result<Vec<u64>> {
        let Self { lines, index } = self;
        let mut places = Vec::new();
        lines.walk(|was, place| {
            let is_first = was.may_have_meeting() && index.place(&was.asked) == Some(place);
            if is_first && wanted(&was, &index.aliases.key(&was.asked)) {
                places.push(place);
            }
            Ok(())
        })?;
        Ok(places)
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
