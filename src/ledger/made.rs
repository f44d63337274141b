//! What earlier outputs have of meetings that are made once: each that is known, and each row of which nobody knows.
//! Looked into, never written.
//!
//! Whoever makes meetings by this must not overlook one. So what cannot be understood here is an error, and no line is
//! passed over but those that say for certain that there is no meeting.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use csv::{ByteRecord, Terminator};

use super::earlier::beginning;
use super::layout::LineColumns;
use super::line::outcome;
use super::read_at::Records;
use crate::input::{Cells, Parser};
use crate::keys::{KeyHash, Keys};
use crate::meeting::{ExternalId, Meeting, Organizer};
use crate::outcome::{MadeBy, Outcome, Status, Trouble};

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
    /// How a row ended whose line is not whole.
    torn: Trouble,
}

struct MadeFile {
    file: File,
    parser: Parser,
    places: LineColumns,
    meetings: Keys,
    in_doubt: Keys,
}

impl Made {
    /// With none so far; `torn` is how a row ended whose line is not whole.
    pub fn new(torn: Trouble) -> Self {
        Self { files: Vec::new(), torn }
    }

    /// Reads an earlier output; says whether there is one. Fails when it is no output of this program, or when it has a
    /// line that may be about a meeting and cannot be understood.
    pub fn read(&mut self, path: &Path, input: &Parser) -> Result<bool> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            file => file?,
        };
        let (mut lines, mut record) = beginning(&file)?;
        let places = LineColumns::of_header(&record);
        ensure!(
            places.has("status") && places.has("joinWebUrl"),
            "it is no output of this program: status or joinWebUrl is missing"
        );
        let parser = input.under(&record).context("it is no output of this program")?;
        let (meetings, in_doubt) = (Keys::default(), Keys::default());
        let mut made = MadeFile { file: file.try_clone()?, parser, places, meetings, in_doubt };
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
                let mut record = ByteRecord::new();
                Records::new(&file.file, place, u64::MAX, Terminator::CRLF).read(&mut record)?;
                let has = file.has(&record, &self.torn);
                if let Some(has) = has.filter(|has| file.names(&record, &has.outcome).contains(key)) {
                    return Ok(Some(has));
                }
            }
        }
        Ok(None)
    }
}

impl MadeFile {
    /// Takes a line down, if it counts; false when it is none.
    fn enter(&mut self, record: &ByteRecord, place: u64, torn: &Trouble) -> Result<bool> {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return Ok(true);
        }
        let Some(status) = self.places.status(record) else { return Ok(false) };
        if status.is_ok_and(Status::is_without_meeting) {
            return Ok(true);
        }
        let Some(Has { outcome, .. }) = self.has(record, torn) else { return Ok(true) };
        let names = self.names(record, &outcome);
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

    /// What a line has; nothing if it says that there is no meeting.
    fn has(&mut self, record: &ByteRecord, torn: &Trouble) -> Option<Has> {
        let cells = Cells(record.clone());
        let asked = self.parser.meeting(&cells).ok();
        let status = self.places.status(record)?;
        if status.is_ok_and(Status::is_without_meeting) {
            return None;
        }
        let read = outcome(self.places.fields(record), Vec::new());
        let is_told = |outcome: &Outcome| match outcome {
            Outcome::Uncertain(trouble) => !trouble.cause.is_empty(),
            other => other.answer().is_some_and(|answer| !answer.meeting.join_web_url.is_empty()),
        };
        let (outcome, attempts) =
            read.filter(|(outcome, _)| is_told(outcome)).unwrap_or_else(|| (Outcome::Uncertain(torn.clone()), 1));
        Some(Has { asked, outcome, attempts })
    }

    /// By what a line's meeting may be asked for: whoever is named otherwise in this run is known by what Graph has told.
    fn names(&mut self, record: &ByteRecord, outcome: &Outcome) -> Vec<(Organizer, ExternalId)> {
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

/// Whether a file is an output of this program with a line that is so; anything else is none.
fn any(path: &Path, is_so: impl Fn(Status, &str) -> bool) -> bool {
    let look = || {
        let file = File::open(path).ok()?;
        let (mut lines, mut record) = beginning(&file).ok()?;
        let places = LineColumns::of_header(&record);
        while lines.read(&mut record).ok()? {
            // What is torn in its status is that of a row that was sent.
            let status = places.status(&record).map(|status| status.unwrap_or(Status::Uncertain));
            if status.is_some_and(|status| is_so(status, &places.made_by(&record))) {
                return Some(true);
            }
        }
        Some(false)
    };
    look().unwrap_or_default()
}

/// Whether a file has meetings, or rows in doubt, of a plain create.
pub fn has_plain_meetings(path: &Path) -> bool {
    any(path, |status, made_by| status == Status::Uncertain || made_by == MadeBy::Create.as_str())
}

/// Whether a file was written by a run that made meetings by createOrGet.
pub fn has_created_by_key(path: &Path) -> bool {
    any(path, |status, made_by| status == Status::Created && made_by == MadeBy::CreateOrGet.as_str())
}

#[cfg(test)]
#[path = "made_tests.rs"]
mod tests;
