//! One record to a [`Meeting`], or to everything that is wrong with it.

use csv::ByteRecord;

use crate::meeting::{Attendee, ExternalId, Meeting, Organizer, Role, Span};

use super::columns::Columns;
use super::flaw::{Flaw, Wrong, misshapen, ragged};
use super::names::Column;
use super::people::{People, object_id};
use super::times::UNKNOWN_ZONE;
use super::{Parser, Reading, Zones};

/// The most that a cell of a column with a meaning may hold, in bytes: Excel's own limit in characters (Microsoft, *Excel
/// specifications and limits*). What is longer is no cell that somebody has written.
const CELL_MAX: usize = 32_767;

/// What was understood of a record.
pub(super) struct Understood {
    pub(super) meeting: Result<Meeting, Vec<Flaw>>,
    pub(super) warnings: Vec<Flaw>,
}

/// Understands one record under Graph's own rules (*onlineMeeting: createOrGet*), so that nothing is sent that Graph
/// would refuse.
pub(super) fn understand(cells: &ByteRecord, parser: &mut Parser) -> Understood {
    let Parser { columns, reading, delimiter, zones, .. } = parser;
    let only = |flaw| Understood { meeting: Err(vec![flaw]), warnings: Vec::new() };
    // Cells beyond the header that hold nothing are what spreadsheet programs leave behind.
    let lacking = cells.len() < columns.len();
    if lacking || cells.iter().skip(columns.len()).any(|cell| !cell.trim_ascii().is_empty()) {
        return only(ragged(cells, columns.len(), *delimiter));
    }
    if columns.was_misshapen(cells) {
        return only(misshapen());
    }
    let mut sheet = Sheet { cells, columns, flaws: Vec::new(), warnings: Vec::new() };
    let external_id = sheet.external_id();
    let organizer = if reading.me { Some(Organizer::Me) } else { sheet.organizer() };
    let subject = sheet.subject();
    let span = sheet.span(reading, zones);
    let attendees = sheet.people();
    let chat_thread_id = sheet.chat_thread_id();
    let Sheet { flaws, warnings, .. } = sheet;
    let meeting = match (external_id, organizer, flaws.is_empty()) {
        (Some(external_id), Some(organizer), true) => {
            Ok(Meeting { external_id, organizer, subject, span, attendees, chat_thread_id })
        }
        _ => Err(flaws),
    };
    Understood { meeting, warnings }
}

/// What a record calls its meeting, when that much of it can be read.
pub(super) fn external_id(cells: &ByteRecord, parser: &Parser) -> Option<ExternalId> {
    Sheet { cells, columns: &parser.columns, flaws: Vec::new(), warnings: Vec::new() }.external_id()
}

/// A record while it is being read, with what was found so far.
struct Sheet<'a> {
    cells: &'a ByteRecord,
    columns: &'a Columns,
    flaws: Vec<Flaw>,
    warnings: Vec<Flaw>,
}

/// What stands around the text of a cell and is not part of it: white space of all kinds, and marks that are not seen.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}')
}

impl<'a> Sheet<'a> {
    /// `text` is the one that [`Self::text`] gave.
    fn flaw(&mut self, column: Column, text: &str, wrong: Wrong) {
        let flaw = self.found(column, text, wrong);
        self.flaws.push(flaw);
    }

    fn found(&self, column: Column, text: &str, wrong: Wrong) -> Flaw {
        let cell = std::str::from_utf8(self.columns.cell(column, self.cells)).unwrap_or(text);
        let before = cell.len() - cell.trim_start_matches(is_space).len();
        wrong.in_cell(self.columns.index(column), self.columns.name(column), before, text)
    }

    /// A cell's text without the space around it; a flaw, and empty, when it is no UTF-8.
    fn text(&mut self, column: Column) -> &'a str {
        let cell = self.columns.cell(column, self.cells);
        if cell.len() > CELL_MAX {
            let mend = "shorten it; if it holds what should be other rows, a quotation mark is missing or one too many";
            let wrong = Wrong::new("a cell longer than a spreadsheet can hold", mend)
                .saying(format!("the cell has {} bytes, and the most is {CELL_MAX}", cell.len()));
            self.flaw(column, &String::from_utf8_lossy(cell), wrong);
            return "";
        }
        if let Ok(text) = std::str::from_utf8(cell) {
            return text.trim_matches(is_space);
        }
        let mend = "save the sheet as \"CSV UTF-8\"; parts of it are in an older encoding, or damaged";
        self.flaw(column, &String::from_utf8_lossy(cell), Wrong::new("text that is not UTF-8", mend));
        ""
    }

    fn subject(&mut self) -> Option<String> {
        let text = self.text(Column::Subject);
        if let Some(place) = text.find(char::REPLACEMENT_CHARACTER) {
            let mend = "write the character anew; it was lost before the sheet came here";
            let wrong = Wrong::new("a character that was lost", mend)
                .of_part(place..place + char::REPLACEMENT_CHARACTER.len_utf8());
            self.warnings.push(self.found(Column::Subject, text, wrong));
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn external_id(&mut self) -> Option<ExternalId> {
        let flaws = self.flaws.len();
        let text = self.text(Column::ExternalId);
        if text.contains(char::is_control) {
            let mend = "keep it on one line, without tabs; an id like MATH101-2027-02-03 will do";
            self.flaw(
                Column::ExternalId,
                text,
                Wrong::new("an externalId with a line break or control character", mend),
            );
            return None;
        }
        let id = ExternalId::new(text);
        if id.is_none() && flaws == self.flaws.len() {
            let mend = "give the row an id of its own; Graph finds the meeting by it when the row is sent again";
            self.flaw(Column::ExternalId, text, Wrong::new("the externalId is empty", mend));
        }
        id
    }

    fn organizer(&mut self) -> Option<Organizer> {
        let flaws = self.flaws.len();
        let text = self.text(Column::OrganizerUserId);
        let mend = "write the object id that Entra shows for the user, like 6b1e0000-0000-4000-8000-000000000001";
        if text.is_empty() {
            if flaws == self.flaws.len() {
                self.flaw(Column::OrganizerUserId, text, Wrong::new("the organizer is empty", mend));
            }
            return None;
        }
        if let Some(id) = object_id(text) {
            return Some(Organizer::User(id.to_owned()));
        }
        if text.contains(|c: char| c == '@' || c.is_whitespace() || c.is_control()) {
            let wrong = Wrong::new("an organizer that is not an object id", mend)
                .saying("Graph takes the organizer by object id, not by name or address");
            self.flaw(Column::OrganizerUserId, text, wrong);
            return None;
        }
        Some(Organizer::User(text.to_owned()))
    }

    fn span(&mut self, reading: &Reading, zones: &mut Zones) -> Span {
        let own_zone = self.text(Column::TimeZone);
        let zone = Some(own_zone).filter(|zone| !zone.is_empty()).or(reading.default_zone.as_deref());
        let [start, end] = [Column::StartDateTime, Column::EndDateTime].map(|column| {
            let text = self.text(column);
            if text.is_empty() {
                return (false, None);
            }
            match zones.instant(text, zone) {
                Ok(instant) => (true, Some(instant)),
                Err(wrong) => {
                    let (column, text) =
                        if wrong.kind == UNKNOWN_ZONE { (Column::TimeZone, own_zone) } else { (column, text) };
                    // Both times of a row may need the zone; it is one flaw.
                    if wrong.kind != UNKNOWN_ZONE || self.flaws.iter().all(|flaw| flaw.kind != UNKNOWN_ZONE) {
                        self.flaw(column, text, wrong);
                    }
                    (true, None)
                }
            }
        });
        match (start, end) {
            ((false, _), (true, _)) => {
                let mend = "write the start too, or leave both empty";
                let text = self.text(Column::EndDateTime);
                self.flaw(Column::EndDateTime, text, Wrong::new("an end without a start", mend));
                Span::Instant
            }
            ((_, Some(start)), (_, Some(end))) if end < start => {
                let mend = "correct one of the two; a meeting past midnight ends on the next day";
                let text = self.text(Column::EndDateTime);
                self.flaw(Column::EndDateTime, text, Wrong::new("the end is before the start", mend));
                Span::Instant
            }
            ((_, Some(start)), (_, Some(end))) => Span::Between(start, end),
            ((_, Some(start)), _) => Span::From(start),
            _ => Span::Instant,
        }
    }

    fn people(&mut self) -> Vec<Attendee> {
        let mut people = People::default();
        for (column, role) in [
            (Column::Attendees, None),
            (Column::Presenters, Some(Role::Presenter)),
            (Column::Coorganizers, Some(Role::Coorganizer)),
        ] {
            if !self.text(column).is_empty() {
                people.read(&String::from_utf8_lossy(self.columns.cell(column, self.cells)), column, role);
            }
        }
        people.finish().unwrap_or_else(|wrongs| {
            for (column, wrong) in wrongs {
                let cell = String::from_utf8_lossy(self.columns.cell(column, self.cells));
                self.flaws.push(wrong.in_cell(self.columns.index(column), self.columns.name(column), 0, &cell));
            }
            Vec::new()
        })
    }

    fn chat_thread_id(&mut self) -> Option<String> {
        let text = self.text(Column::ChatThreadId);
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            let mend = "write the channel's thread id, like 19:abc@thread.tacv2, or leave the cell empty";
            self.flaw(Column::ChatThreadId, text, Wrong::new("a chatThreadId that cannot be one", mend));
            return None;
        }
        (!text.is_empty()).then(|| text.to_owned())
    }
}
