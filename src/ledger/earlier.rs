//! Earlier outputs: looked into, never written.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use csv::{ByteRecord, Terminator};

use super::aliases::Aliases;
use super::layout::{Layout, LineColumns};
use super::left::parser;
use super::line::outcome;
use super::read_at::{ReadAt, Records};
use crate::input::{Cells, Parser};
use crate::keys::{KeyHash, Keys};
use crate::meeting::{Meeting, Organizer};
use crate::outcome::{Answer, OnlineMeeting, Outcome};

/// Excel puts it before what it saves.
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The lines of a file after its header, and that.
pub(super) fn beginning(file: &File) -> io::Result<(Records<'_>, ByteRecord)> {
    let mut head = Vec::new();
    ReadAt::new(file, 0).take(3).read_to_end(&mut head)?;
    let beginning = if head == BYTE_ORDER_MARK { 3 } else { 0 };
    let mut lines = Records::new(file, beginning, u64::MAX, Terminator::CRLF);
    let mut header = ByteRecord::new();
    lines.read(&mut header)?;
    Ok((lines, header))
}

/// An earlier output whose meetings are carried over. It is read once from end to end; of each line 16 bytes are kept,
/// and the line itself is read again when its row comes by.
pub struct Earlier {
    file: File,
    parser: Parser,
    /// What a line must have to be carried.
    layout: Layout,
    /// Where our columns are.
    places: LineColumns,
    keys: Keys,
    aliases: Aliases,
}

impl Earlier {
    /// Opens it; `None` when there is no such file. Fails when it is no output of this program.
    pub fn open(path: &Path, input: &Parser, layout: Layout) -> Result<Option<Self>> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let (mut lines, mut record) = beginning(&file)?;
        let places = LineColumns::of_header(&record);
        ensure!(
            places.has("status") && places.has("joinWebUrl"),
            "it is no output of this program: status or joinWebUrl is missing"
        );
        let parser = parser(path, &record, input).context("it is no output of this program")?;
        let aliases = Aliases::default();
        let mut earlier = Self { file: file.try_clone()?, parser, layout, places, keys: Keys::default(), aliases };
        loop {
            let place = lines.place();
            if !lines.read(&mut record)? {
                return Ok(Some(earlier));
            }
            if let Some((meeting, answer, _)) = earlier.has(&record) {
                earlier.aliases.learn(&meeting, &answer);
                let key = earlier.aliases.key(&meeting);
                earlier.keys.put(KeyHash::of(&key), place);
            }
        }
    }

    /// What a line's row asked for, its meeting if that is as asked, and how many requests it took.
    fn has(&mut self, record: &ByteRecord) -> Option<(Meeting, Answer, u32)> {
        let asked = self.parser.meeting(&Cells(record.clone())).ok()?;
        let (outcome, attempts) = outcome(self.places.fields(record), Vec::new())?;
        let answer = outcome.as_asked().filter(|answer| !answer.meeting.join_web_url.is_empty())?;
        // To ask again is how a row comes by what an earlier run was not asked for.
        let lacks = self.layout.join_information && answer.meeting.join_information.is_none()
            || asked.settings.iter().any(|(setting, _)| answer.meeting.settings.get(setting).is_none());
        if lacks {
            return None;
        }
        Some((asked, answer.clone(), attempts))
    }

    /// Whether it has no meeting at all.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The line that an unchanged row keeps, and how many requests it took then.
    pub fn find(&mut self, meeting: &Meeting) -> io::Result<Option<(Outcome, u32)>> {
        let key = self.aliases.key(meeting);
        // A line that says no object id may stand before the one that does.
        let place = self.keys.place(KeyHash::of(&key)).or_else(|| self.keys.place(KeyHash::of(&meeting.key())));
        let Some(place) = place else { return Ok(None) };
        let mut record = ByteRecord::new();
        Records::new(&self.file, place, u64::MAX, Terminator::CRLF).read(&mut record)?;
        let Some((asked, answer, attempts)) = self.has(&record) else { return Ok(None) };
        let is_same =
            self.aliases.key(&asked) == key && Meeting { organizer: meeting.organizer.clone(), ..asked } == *meeting;
        let carried = if is_same { Outcome::carried(meeting, answer) } else { None };
        Ok(carried.map(|carried| (carried, attempts)))
    }
}

/// What Graph keys a line's meeting by, under each name of its organizer: a later run may know them by another.
fn every_key(asked: &Meeting, answer: &Answer) -> Vec<KeyHash> {
    let OnlineMeeting { organizer_id, organizer_upn, .. } = &answer.meeting;
    let others = [organizer_id.clone().map(Organizer::User), organizer_upn.clone().map(Organizer::Named)];
    let others = others.into_iter().flatten().filter(|_| asked.organizer != Organizer::Me);
    let others = others.map(|organizer| Meeting { organizer, ..asked.clone() }.key());
    [asked.key()].into_iter().chain(others).map(|key| KeyHash::of(&key)).collect()
}

/// What a line's row asked for, as far as that can be read with what is said of the sheet today: a line that was written
/// under another time zone has its meeting all the same, and Graph's own columns have its times.
pub(super) fn asked(parser: &mut Parser, cells: &Cells, outcome: &Outcome) -> Option<Meeting> {
    let owner = outcome.answer().and_then(|answer| answer.meeting.organizer_id.clone()).map(Organizer::User);
    parser.meeting(cells).ok().or_else(|| parser.legible(cells, owner))
}

/// The meetings that an earlier output has, made by this program, that could not be set as asked. Nothing in what is no output
/// of this program.
pub fn unfinished(path: &Path, input: &Parser) -> Result<HashSet<KeyHash>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(HashSet::new()),
        file => file?,
    };
    let (mut lines, header) = beginning(&file)?;
    let places = LineColumns::of_header(&header);
    let Ok(mut parser) = parser(path, &header, input) else { return Ok(HashSet::new()) };
    let (mut keys, mut record) = (HashSet::new(), ByteRecord::new());
    while lines.read(&mut record)? {
        let cells = Cells(record.clone());
        let Some((outcome, ..)) = places.line(&cells, Vec::new()) else { continue };
        if let (Some(_), Some(answer)) = (outcome.unchanged().filter(|why| why.of_creation), outcome.answer())
            && let Some(asked) = asked(&mut parser, &cells, &outcome)
        {
            keys.extend(every_key(&asked, answer));
        }
    }
    Ok(keys)
}

/// Whether a file is an output with links that begin so.
pub fn has_links_of(path: &Path, beginning: &str) -> bool {
    has_links(path, |link| link.starts_with(beginning.as_bytes()))
}

/// Whether a file is an output with links that begin otherwise; so that a rehearsal does not replace real links.
pub fn has_links_not_of(path: &Path, make_believe: &str) -> bool {
    // A link at the end of a file that was cut off may be the beginning of the beginning.
    has_links(path, |link| !link.starts_with(make_believe.as_bytes()) && !make_believe.as_bytes().starts_with(link))
}

fn has_links(path: &Path, these: impl Fn(&[u8]) -> bool) -> bool {
    let links = || {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).ok()?;
        let place = reader.byte_headers().ok()?.iter().position(|name| name == b"joinWebUrl")?;
        let mut records = reader.byte_records().map_while(Result::ok);
        Some(records.any(|record| record.get(place).is_some_and(|link| !link.is_empty() && these(link))))
    };
    links().unwrap_or_default()
}
