//! What earlier outputs have of meetings that are made once: each that is known, and each row of which nobody knows.
//! Looked into, never written.
//!
//! Whoever makes meetings by this must not overlook one. So what cannot be understood here is an error, and no line is
//! passed over but those that say for certain that there is no meeting.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use csv::{ByteRecord, Terminator};

use super::earlier::beginning;
use super::layout::LineColumns;
use super::line::outcome;
use super::read_at::Records;
use super::resaved::{is_output, lines_of};
use crate::input::{Cells, Parser};
use crate::keys::{KeyHash, Keys};
use crate::meeting::{ExternalId, Meeting, Organizer};
use crate::outcome::{Answer, Outcome, Status, Trouble};

/// What the earlier outputs have for a row.
#[derive(Debug)]
pub struct Has {
    /// What the line's row asked for, if that can be read now.
    pub asked: Option<Meeting>,
    /// How it ended: with a meeting, or uncertain.
    pub outcome: Outcome,
    /// How many requests that took.
    pub attempts: u32,
}

/// Earlier outputs, each read once from end to end; of each line that counts 16 bytes are kept for each name of its
/// meeting.
pub struct Made {
    files: Vec<MadeFile>,
    /// The links of meetings that a line says to be gone, whatever other lines say: none comes back.
    gone: HashSet<String>,
    /// How a row ended whose line is not whole.
    torn: Trouble,
}

struct MadeFile {
    file: File,
    own: Lines,
    meetings: Keys,
    in_doubt: Keys,
    /// The rows that certainly have no meeting.
    without: Keys,
}

/// What it takes to understand the lines of an output.
pub struct Lines {
    parser: Parser,
    places: LineColumns,
}

impl Made {
    /// With none so far; `torn` is how a row ended whose line is not whole.
    pub fn new(torn: Trouble) -> Self {
        Self { files: Vec::new(), gone: HashSet::new(), torn }
    }

    /// Reads an earlier output; says whether there is one. Fails when it is no output of this program, or when it has a
    /// line that may be about a meeting and cannot be understood.
    pub fn read(&mut self, path: &Path, input: &Parser) -> Result<bool> {
        let Some(file) = lines_of(path, input.reading())? else { return Ok(false) };
        let (mut lines, mut record) = beginning(&file)?;
        let places = LineColumns::of_header(&record);
        ensure!(is_output(&record), "it is no output of this program: status or joinWebUrl is missing");
        let parser = input.under(&record).context("it is no output of this program")?;
        let [meetings, in_doubt, without] = std::array::from_fn(|_| Keys::default());
        let own = Lines { parser, places };
        let mut made = MadeFile { file: file.try_clone()?, own, meetings, in_doubt, without };
        let (mut number, mut unread) = (0_u64, None);
        loop {
            let place = lines.place();
            if !lines.read(&mut record)? {
                break;
            }
            number += 1;
            if let Some(number) = unread {
                bail!("its line for record {number} is not as this program wrote it");
            }
            // Only the last line may be torn.
            unread = (!made.enter(&record, place, &self.torn)?).then_some(number);
            self.gone.extend(made.own.gone(&Cells(record.clone())));
        }
        self.files.push(made);
        Ok(true)
    }

    /// What there is for a row's meeting: the meeting, wherever it is, before what is not known of it.
    pub fn find(&mut self, key: &(Organizer, ExternalId)) -> io::Result<Option<Has>> {
        let hash = KeyHash::of(key);
        for is_known in [true, false] {
            for file in &mut self.files {
                let keys = if is_known { &file.meetings } else { &file.in_doubt };
                let Some(place) = keys.place(hash) else { continue };
                let record = file.line(place)?;
                let has = file.own.has(&record, &self.torn).filter(|has| !is_gone(&self.gone, has));
                if let Some(has) = has.filter(|has| file.own.names(&record, &has.outcome).contains(key)) {
                    return Ok(Some(has));
                }
            }
        }
        self.namesake(key)
    }

    /// A row in doubt of the same externalId whose organizer is named otherwise, and may be the same person.
    fn namesake(&mut self, key: &(Organizer, ExternalId)) -> io::Result<Option<Has>> {
        let has = |keys: &dyn Fn(&MadeFile) -> &Keys, files: &[MadeFile], hash| {
            files.iter().any(|file| keys(file).place(hash).is_some())
        };
        // It has stood beside the others under its own name.
        if has(&|file| &file.without, &self.files, KeyHash::of(key)) {
            return Ok(None);
        }
        let anybody = KeyHash::of(&(Organizer::Named(String::new()), key.1.clone()));
        for number in 0..self.files.len() {
            for place in self.files[number].in_doubt.others(anybody).collect::<Vec<_>>() {
                let record = self.files[number].line(place)?;
                let own = &mut self.files[number].own;
                let Some(is) = own.key(&record).filter(|is| is.1 == key.1 && may_be_same(&is.0, &key.0)) else {
                    continue;
                };
                let found = own.has(&record, &self.torn);
                if found.is_some() && !has(&|file| &file.meetings, &self.files, KeyHash::of(&is)) {
                    return Ok(found);
                }
            }
        }
        Ok(None)
    }

    /// What a row has that is itself a line of an earlier output.
    pub fn own(&self, lines: &mut Lines, cells: &Cells) -> Option<Has> {
        let Cells(record) = cells;
        let is_line = lines.places.status(record)?.is_ok() || !lines.places.link(record).is_empty();
        lines.has(record, &self.torn).filter(|has| is_line && !is_gone(&self.gone, has))
    }
}

/// Whether what a line has is known to be gone.
fn is_gone(gone: &HashSet<String>, has: &Has) -> bool {
    has.outcome.answer().is_some_and(|answer| gone.contains(&answer.meeting.join_web_url))
}

/// Whether two organizers may be one person: of two object ids that is known.
fn may_be_same(one: &Organizer, other: &Organizer) -> bool {
    !matches!((one, other), (Organizer::User(one), Organizer::User(other)) if one != other)
}

impl MadeFile {
    fn line(&self, place: u64) -> io::Result<ByteRecord> {
        let mut record = ByteRecord::new();
        Records::new(&self.file, place, u64::MAX, Terminator::CRLF).read(&mut record)?;
        Ok(record)
    }

    /// Takes a line down, if it counts; false when it is none.
    fn enter(&mut self, record: &ByteRecord, place: u64, torn: &Trouble) -> Result<bool> {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return Ok(true);
        }
        let Some(status) = self.own.places.status(record) else { return Ok(false) };
        let Some(Has { outcome, .. }) = self.own.has(record, torn) else {
            if let Some(key) = self.own.key(record) {
                self.without.put(KeyHash::of(&key), place);
            }
            return Ok(true);
        };
        let names = self.own.names(record, &outcome);
        if names.is_empty() {
            let cells: Vec<_> = record.iter().take(3).map(String::from_utf8_lossy).collect();
            bail!("the line that begins with '{}' may tell of a meeting, and not whose it is", cells.join(","));
        }
        let keys = if outcome.answer().is_some() { &mut self.meetings } else { &mut self.in_doubt };
        for name in names {
            keys.put(KeyHash::of(&name), place);
        }
        Ok(status.is_ok())
    }
}

impl Lines {
    /// Of the rows of an input, if they are lines of an output.
    pub fn of_input(parser: &Parser) -> Option<Self> {
        let header = parser.columns().header();
        is_output(header).then(|| Self { parser: parser.clone(), places: LineColumns::of_header(header) })
    }

    /// What a line has; nothing if it says that there is no meeting.
    fn has(&mut self, record: &ByteRecord, torn: &Trouble) -> Option<Has> {
        let cells = Cells(record.clone());
        let status = self.places.status(record)?;
        let read = outcome(self.places.fields(record), Vec::new()).map(|(outcome, attempts)| (had(outcome), attempts));
        let has_answer = read.as_ref().is_some_and(|(outcome, _)| outcome.answer().is_some());
        if status.is_ok_and(|status| status.is_without_meeting() && (status.is_over() || !has_answer)) {
            return None;
        }
        let is_told = |outcome: &Outcome| match outcome {
            Outcome::Uncertain(trouble) => !trouble.cause.is_empty(),
            other => other.answer().is_some_and(|answer| !answer.meeting.join_web_url.is_empty()),
        };
        let (outcome, attempts) =
            read.filter(|(outcome, _)| is_told(outcome)).unwrap_or_else(|| (Outcome::Uncertain(torn.clone()), 1));
        Some(Has { asked: self.parser.meeting(&cells).ok(), outcome, attempts })
    }

    /// The link of a meeting that a line says to be gone.
    pub fn gone(&self, Cells(record): &Cells) -> Option<String> {
        let is_gone = self.places.status(record)?.is_ok_and(Status::is_over);
        Some(self.places.link(record)).filter(|link| is_gone && !link.is_empty())
    }

    /// What a line calls its meeting itself.
    fn key(&self, record: &ByteRecord) -> Option<(Organizer, ExternalId)> {
        let cells = Cells(record.clone());
        self.parser.organizer(&cells).zip(self.parser.external_id(&cells))
    }

    /// By what a line's meeting may be asked for: whoever is named otherwise in this run is known by what Graph has told.
    fn names(&self, record: &ByteRecord, outcome: &Outcome) -> Vec<(Organizer, ExternalId)> {
        let cells = Cells(record.clone());
        let Some(id) = self.parser.external_id(&cells) else { return Vec::new() };
        let told = outcome.answer().map(|answer| &answer.meeting);
        let lower = |name: &String| name.to_ascii_lowercase();
        let by_id = told.and_then(|told| told.organizer_id.as_ref()).map(|id| Organizer::User(lower(id)));
        let by_name = told.and_then(|told| told.organizer_upn.as_ref()).map(|name| Organizer::Named(lower(name)));
        let organizers = [self.parser.organizer(&cells), by_id, by_name];
        organizers.into_iter().flatten().map(|organizer| (organizer, id.clone())).collect()
    }
}

/// A row of which only the look at its meeting came to nothing has it still.
fn had(outcome: Outcome) -> Outcome {
    let (Outcome::Refused(trouble) | Outcome::Failed(trouble, _)) = &outcome else { return outcome };
    let Some(had) = &trouble.own.had else { return outcome };
    Outcome::Differs(Answer { meeting: (**had).clone(), ..Answer::default() }, String::new())
}

#[cfg(test)]
#[path = "made_tests.rs"]
mod tests;
