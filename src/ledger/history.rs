//! An earlier output, of which every meeting is known that there may be, as asked or not. It is read, never written, and
//! decides nothing: what a row comes to is for others to say.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use csv::{ByteRecord, Terminator};

use super::aliases::Aliases;
use super::earlier::{asked, beginning};
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
        meeting(&self.outcome)
    }

    /// Whether there may be a meeting: there is one, or nobody can say.
    pub fn may_have_meeting(&self) -> bool {
        may_have_meeting(&self.outcome)
    }
}

fn meeting(outcome: &Outcome) -> Option<&Answer> {
    let is_gone = matches!(outcome, Outcome::Gone(_) | Outcome::Cancelled(_));
    outcome.answer().filter(|answer| !is_gone && !answer.meeting.join_web_url.is_empty())
}

fn may_have_meeting(outcome: &Outcome) -> bool {
    meeting(outcome).is_some() || matches!(outcome, Outcome::Uncertain(_))
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
    /// How many there are that cannot be read, of which nobody knows whether they have a meeting.
    illegible: u64,
}

/// Where the line of each meeting is.
#[derive(Default)]
struct Index {
    keys: Keys,
    /// Those that an earlier run was not to ask for.
    skipped: Keys,
    aliases: Aliases,
}

impl Lines {
    /// A line read back; `None` when it asked for nothing, or is none of this program, which is counted.
    fn was(&mut self, record: ByteRecord) -> Option<Was> {
        let cells = Cells(record);
        let Some((outcome, _, _, record)) = self.places.line(&cells, Vec::new()) else {
            self.illegible += 1;
            return None;
        };
        let asked = asked(&mut self.parser, &cells, &outcome);
        self.illegible += u64::from(asked.is_none() && may_have_meeting(&outcome));
        Some(Was { record, asked: asked?, outcome })
    }

    /// All of them, each with where it is.
    fn walk(&mut self, mut tell: impl FnMut(Was, u64) -> Result<()>) -> Result<()> {
        let file = self.file.try_clone()?;
        let (mut lines, _) = beginning(&file)?;
        let mut record = ByteRecord::new();
        self.illegible = 0;
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
        self.place_in(&self.keys, meeting)
    }

    fn place_in(&self, keys: &Keys, meeting: &Meeting) -> Option<u64> {
        let by_id = keys.place(KeyHash::of(&self.aliases.key(meeting)));
        // A line that says no object id may stand before the one that does.
        by_id.or_else(|| keys.place(KeyHash::of(&meeting.key())))
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
        let (mut lines, mut index) = (Lines { file, parser, places, illegible: 0 }, Index::default());
        lines.walk(|was, place| {
            if let Some(answer) = was.outcome.answer() {
                index.aliases.learn(&was.asked, answer);
            }
            let key = KeyHash::of(&index.aliases.key(&was.asked));
            if was.may_have_meeting() {
                index.keys.put(key, place);
            } else if matches!(was.outcome, Outcome::Skipped) {
                index.skipped.put(key, place);
            }
            Ok(())
        })?;
        Ok(Some(Self { lines, index }))
    }

    /// Whether it has no meeting at all.
    pub fn is_empty(&self) -> bool {
        self.index.keys.is_empty()
    }

    /// How many lines cannot be read, so that nobody knows whether they have a meeting, and whose.
    pub fn illegible(&self) -> u64 {
        self.lines.illegible
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
        self.of(self.index.place(meeting), meeting)
    }

    /// Whether the earlier run was not to ask for it, so that nobody knows whether Graph has it.
    pub fn has_skipped(&mut self, meeting: &Meeting) -> io::Result<bool> {
        let place = self.index.place_in(&self.index.skipped, meeting);
        Ok(self.of(place, meeting)?.is_some())
    }

    /// The line at a place, if it is about this meeting and not about another of the same hash.
    fn of(&mut self, place: Option<u64>, meeting: &Meeting) -> io::Result<Option<Was>> {
        let was = place.map(|place| self.at(place)).transpose()?.flatten();
        Ok(was.filter(|was| self.key(&was.asked) == self.key(meeting)))
    }

    /// How many meetings it has.
    pub fn meetings(&mut self) -> Result<u64> {
        Ok(self.places(|was, _| was.meeting().is_some())?.len() as u64)
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
