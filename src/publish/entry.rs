//! One finished line, as products see it: what the row asks for, and the meeting that it has.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use jiff::tz::TimeZone;
use uuid::{Builder, Uuid};

use super::words::utc_offset;
use crate::input::{Row, Zones};
use crate::meeting::{Meeting, Organizer};
use crate::outcome::{Answer, OnlineMeeting, Outcome, Status};

/// How many characters of an externalId are in a file's name.
const STEM_CHARACTERS_MAX: usize = 60;

/// What a meeting is told by from all others, organizer and externalId, as one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; 16]);

impl Key {
    /// The organizer's object id knows no case.
    fn of(organizer: &str, external_id: &str) -> Self {
        let text = format!("{}\0{external_id}", organizer.to_ascii_lowercase());
        let mut key = [0; 16];
        key.copy_from_slice(&digest(&SHA256, text.as_bytes()).as_ref()[..16]);
        Self(key)
    }

    /// The same as a UUID, made from what it names (RFC 9562, version 8).
    pub fn uuid(self) -> Uuid {
        Builder::from_custom_bytes(self.0).into_uuid()
    }
}

/// A finished line.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The row, read anew from its cells. Its record is that of the input; its cells are those of the output.
    pub row: Row,
    /// How it ended, as the line has it.
    pub outcome: Outcome,
    /// How many requests it took.
    pub attempts: u32,
    /// The column `error`.
    pub error: String,
    /// The line is the first for its meeting.
    pub is_first: bool,
    /// The meeting was made in the run that wrote the line, for this row or an earlier one.
    pub is_new: bool,
    /// The row says in which zone its times are, so that they are read as they were in the run.
    pub names_zone: bool,
}

impl Entry {
    /// The status.
    pub fn status(&self) -> Status {
        self.outcome.status()
    }

    /// The meeting as Graph has it, if there is one with a link, be it not as the row says.
    pub fn meeting(&self) -> Option<&OnlineMeeting> {
        let Answer { meeting, .. } = self.outcome.answer().filter(|_| self.status().has_meeting())?;
        (!meeting.join_web_url.is_empty()).then_some(meeting)
    }

    /// What the row asks for; `None` when it has flaws.
    pub fn asked(&self) -> Option<&Meeting> {
        self.row.meeting.as_ref().ok()
    }

    /// What is not as the row says, in words; empty when nothing is known to be.
    pub fn drift(&self) -> &str {
        if self.status() == Status::Updated { "" } else { self.outcome.drift() }
    }

    /// The subject that the row asks for; empty when it names none.
    pub fn subject(&self) -> &str {
        self.asked().and_then(|asked| asked.subject.as_deref()).unwrap_or_default()
    }

    /// The externalId; empty when its cell has a flaw.
    pub fn external_id(&self) -> &str {
        self.row.external_id.as_ref().map_or("", |id| id.as_str())
    }

    /// Who organizes it, as well as a person can be told: by address, or else by object id.
    pub fn organizer(&self) -> &str {
        let upn = self.meeting().and_then(|meeting| meeting.organizer_upn.as_deref());
        let asked = || match &self.asked()?.organizer {
            Organizer::Named(name) => Some(name.as_str()),
            Organizer::User(_) | Organizer::Me => None,
        };
        upn.or_else(asked).or_else(|| self.organizer_id()).unwrap_or_default()
    }

    /// The organizer's address, if it is known.
    pub fn organizer_address(&self) -> Option<&str> {
        Some(self.organizer()).filter(|name| name.contains('@'))
    }

    /// The organizer's object id, if it is known.
    pub fn organizer_id(&self) -> Option<&str> {
        let asked = || match &self.asked()?.organizer {
            Organizer::User(id) => Some(id.as_str()),
            Organizer::Named(_) | Organizer::Me => None,
        };
        self.meeting().and_then(|meeting| meeting.organizer_id.as_deref()).or_else(asked)
    }

    /// When it begins.
    pub fn start(&self) -> Option<DateTime<Utc>> {
        let graph = self.meeting().and_then(|meeting| meeting.start.as_deref());
        self.time("startDateTime", graph, self.asked().and_then(|asked| asked.span.start()))
    }

    /// When it ends.
    pub fn end(&self) -> Option<DateTime<Utc>> {
        let graph = self.meeting().and_then(|meeting| meeting.end.as_deref());
        self.time("endDateTime", graph, self.asked().and_then(|asked| asked.span.end()))
    }

    /// The zone that the row's own times are in: the one that its start was read in, or the offset that its start has.
    /// `zones` are those of what read the row ([`Entries::parser`](super::Entries::parser)).
    pub fn own_zone(&self, zones: &Zones) -> Option<(String, TimeZone)> {
        if let Some(offset) = self.row.clock_offset {
            return Some((utc_offset(offset), TimeZone::fixed(offset)));
        }
        self.row.zone.map(|id| (zones.name(id).to_owned(), zones.time_zone(id).clone()))
    }

    /// The row is how people are to be told of it, be it that it was changed since. But where it does not say in which time
    /// zone that is, and the meeting was found to be as it says, Graph's word goes first: it may be read in another zone now.
    fn time(&self, member: &str, graph: Option<&str>, row: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let graph = graph.and_then(|text| text.parse().ok());
        if self.names_zone || self.drift().contains(member) { row.or(graph) } else { graph.or(row) }
    }

    /// What its meeting is told by from all others.
    pub fn key(&self) -> Key {
        let organizer = self.organizer_id().unwrap_or_else(|| self.organizer());
        Key::of(organizer, self.external_id())
    }

    /// A name for a file about the meeting, without an extension: so much of the externalId as every system takes, and a
    /// number made of the key, since that may be the same for two.
    pub fn file_stem(&self) -> String {
        let safe = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '_' };
        let mut stem: String = self.external_id().chars().take(STEM_CHARACTERS_MAX).map(safe).collect();
        // What begins with a dash is an option to the programs of a shell.
        if stem.starts_with('-') {
            stem.replace_range(..1, "_");
        }
        stem.push('-');
        let Key(key) = self.key();
        key[..6].iter().for_each(|byte| write!(stem, "{byte:02x}").expect("a String takes everything"));
        stem
    }
}
