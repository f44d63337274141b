//! The lines of an output that have a meeting, each with what is known of its row. What a row comes to is for others to say.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::{Result, anyhow};
use chrono::{DateTime, Utc};
use csv::ByteRecord;

use super::{by_id, is_left, parser};
use crate::input::{Cells, Column, Parser};
use crate::keys::KeyHash;
use crate::ledger::aliases::Aliases;
use crate::ledger::earlier::beginning;
use crate::ledger::layout::{Fields, LineColumns};
use crate::meeting::{ExternalId, Meeting, Organizer, graph_time};
use crate::outcome::{Outcome, remembered};

/// What the file has before the columns of every output.
pub(super) const COLUMNS: [Column; 5] =
    [Column::ExternalId, Column::OrganizerUserId, Column::Subject, Column::StartDateTime, Column::EndDateTime];
/// What every output has, those of the first versions included.
const NEEDED: [&str; 4] = ["status", "joinWebUrl", "meetingId", "record"];

/// The lines of one of them.
pub(super) struct Lines {
    file: File,
    parser: Parser,
    pub(super) places: LineColumns,
}

/// A line with a meeting.
pub(super) struct Line<'a> {
    parser: &'a mut Parser,
    cells: Cells,
    pub(super) fields: Fields,
    outcome: Outcome,
    /// The meeting's.
    pub(super) id: KeyHash,
}

impl Lines {
    /// Opens a file, and learns the names of its organizers; `None` when it is not there. What is there and is no output is
    /// `None` as well, and fails where nothing else may be.
    pub(super) fn open(path: &Path, input: &Parser, aliases: &mut Aliases) -> Result<Option<Self>> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let (mut lines, header) = beginning(&file)?;
        let places = LineColumns::of_header(&header);
        if NEEDED.iter().any(|name| !places.has(name)) {
            let why = "it is something else, and would be overwritten";
            return if is_left(path) && path.metadata()?.len() > 0 { Err(anyhow!(why)) } else { Ok(None) };
        }
        let mut record = ByteRecord::new();
        let parser = match parser(path, &header, input) {
            Ok(parser) => parser,
            Err(why) => {
                while lines.read(&mut record)? {
                    if places.meeting(&Cells(record.clone())).is_some() {
                        return Err(why);
                    }
                }
                // There is nothing to lose.
                return Ok(None);
            }
        };
        while lines.read(&mut record)? {
            let cells = Cells(record.clone());
            let Some((outcome, ..)) = places.line(&cells, Vec::new()) else { continue };
            if let (Some(answer), Some(organizer), Some(id)) =
                (outcome.answer(), parser.organizer(&cells), parser.external_id(&cells))
            {
                aliases.learn(&Meeting::of_key((organizer, id)), answer);
            }
        }
        Ok(Some(Self { file, parser, places }))
    }

    /// Tells of each line with a meeting that can be asked for.
    pub(super) fn each(&mut self, mut tell: impl FnMut(&mut Line) -> Result<()>) -> Result<()> {
        let (mut lines, _) = beginning(&self.file)?;
        let mut record = ByteRecord::new();
        while lines.read(&mut record)? {
            let cells = Cells(record.clone());
            let Some((outcome, ..)) = self.places.line(&cells, Vec::new()) else { continue };
            let id = outcome.answer().and_then(|answer| by_id(answer.meeting.id.as_deref()?));
            if let (Some(id), true) = (id, outcome.status().has_meeting()) {
                let fields = self.places.fields(&cells.0);
                tell(&mut Line { parser: &mut self.parser, cells, fields, outcome, id })?;
            }
        }
        Ok(())
    }
}

impl Line<'_> {
    pub(super) fn link(&self) -> &str {
        self.outcome.answer().map_or("", |answer| answer.meeting.join_web_url.as_str())
    }

    fn organizer_id(&self) -> Option<&String> {
        self.outcome.answer()?.meeting.organizer_id.as_ref()
    }

    /// What the row asked for, as far as it can be read.
    fn asked(&mut self) -> Option<Meeting> {
        self.parser.meeting(&self.cells).ok().or_else(|| self.own_key().map(Meeting::of_key))
    }

    fn own_key(&self) -> Option<(Organizer, ExternalId)> {
        let told = || Some(Organizer::User(self.organizer_id()?.to_ascii_lowercase()));
        let organizer = self.parser.organizer(&self.cells).or_else(told)?;
        Some((organizer, self.parser.external_id(&self.cells)?))
    }

    pub(super) fn key(&self, aliases: &Aliases) -> Option<(Organizer, ExternalId)> {
        Some(aliases.key(&Meeting::of_key(self.own_key()?)))
    }

    /// The cells of [`COLUMNS`]: what Graph had, or else what the row asked for.
    pub(super) fn sheet(&mut self) -> [String; COLUMNS.len()] {
        let cell = |column| {
            let place = self.parser.columns().index(column);
            place.map(|place| self.cells.text(place).trim().to_owned()).unwrap_or_default()
        };
        let (id, own) = (cell(Column::ExternalId), cell(Column::OrganizerUserId));
        let organizer = self.organizer_id().cloned().unwrap_or(own);
        let asked = self.asked();
        let has = asked.as_ref().and_then(|asked| remembered(asked, &self.outcome)).unwrap_or_default();
        let (start, end) = asked.and_then(|asked| asked.span.times()).unzip();
        let time = |has: Option<String>, asked: Option<DateTime<Utc>>| {
            has.and_then(|text| text.parse().ok()).or(asked).map(graph_time).unwrap_or_default()
        };
        [id, organizer, has.subject.unwrap_or_default(), time(has.start, start), time(has.end, end)]
    }
}
