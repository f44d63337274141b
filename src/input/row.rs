//! One record to a [`Meeting`], or to everything that is wrong with it.

use csv::ByteRecord;

use crate::meeting::{Attendee, ExternalId, Meeting, Organizer, Span};

use super::columns::{Column, Columns};
use super::flaw::{Flaw, Wrong, misshapen, ragged};
use super::times::UNKNOWN_ZONE;
use super::{Reading, Zones, people};

/// Understands one record under Graph's own rules (*onlineMeeting: createOrGet*), so that nothing is sent that Graph
/// would refuse.
pub(super) fn meeting(
    cells: &ByteRecord,
    columns: &Columns,
    reading: &Reading,
    zones: &mut Zones,
) -> Result<Meeting, Vec<Flaw>> {
    // Cells beyond the header that hold nothing are what spreadsheet programs leave behind.
    let lacking = cells.len() < columns.len();
    if lacking || cells.iter().skip(columns.len()).any(|cell| !cell.trim_ascii().is_empty()) {
        return Err(vec![ragged(cells, columns.len())]);
    }
    if columns.was_misshapen(cells) {
        return Err(vec![misshapen()]);
    }
    let mut sheet = Sheet { cells, columns, flaws: Vec::new() };
    let external_id = sheet.external_id();
    let organizer = if reading.me { Some(Organizer::Me) } else { sheet.organizer() };
    let subject = sheet.text(Column::Subject);
    let span = sheet.span(reading, zones);
    let attendees = sheet.attendees();
    let chat_thread_id = sheet.chat_thread_id();
    match (external_id, organizer, sheet.flaws.is_empty()) {
        (Some(external_id), Some(organizer), true) => {
            let subject = (!subject.is_empty()).then_some(subject);
            Ok(Meeting { external_id, organizer, subject, span, attendees, chat_thread_id })
        }
        _ => Err(sheet.flaws),
    }
}

/// What a record calls its meeting, when that much of it can be read.
pub(super) fn external_id(cells: &ByteRecord, columns: &Columns) -> Option<ExternalId> {
    Sheet { cells, columns, flaws: Vec::new() }.external_id()
}

/// A record while it is being read, with the flaws found so far.
struct Sheet<'a> {
    cells: &'a ByteRecord,
    columns: &'a Columns,
    flaws: Vec<Flaw>,
}

impl Sheet<'_> {
    fn flaw(&mut self, column: Column, wrong: Wrong) {
        let value = String::from_utf8_lossy(self.columns.cell(column, self.cells));
        self.flaws.push(wrong.in_cell(self.columns.name(column), &value));
    }

    /// A cell's text without the space around it; a flaw, and empty, when it is no UTF-8.
    fn text(&mut self, column: Column) -> String {
        if let Ok(text) = std::str::from_utf8(self.columns.cell(column, self.cells)) {
            return text.trim().to_owned();
        }
        let mend = "save the sheet as \"CSV UTF-8\"; it is probably in an older Windows encoding";
        self.flaw(column, Wrong::new("text that is not UTF-8", mend));
        String::new()
    }

    fn external_id(&mut self) -> Option<ExternalId> {
        let flaws = self.flaws.len();
        let text = self.text(Column::ExternalId);
        if text.contains(char::is_control) {
            let mend = "keep it on one line, without tabs; an id like MATH101-2027-02-03 will do";
            self.flaw(Column::ExternalId, Wrong::new("an externalId with a line break or control character", mend));
            return None;
        }
        let id = ExternalId::new(&text);
        if id.is_none() && flaws == self.flaws.len() {
            let mend = "give the row an id of its own; Graph finds the meeting by it when the row is sent again";
            self.flaw(Column::ExternalId, Wrong::new("the externalId is empty", mend));
        }
        id
    }

    fn organizer(&mut self) -> Option<Organizer> {
        let flaws = self.flaws.len();
        let text = self.text(Column::OrganizerUserId);
        let mend = "write the object id that Entra shows for the user, like 6b1e0000-0000-4000-8000-000000000001";
        if text.is_empty() {
            if flaws == self.flaws.len() {
                self.flaw(Column::OrganizerUserId, Wrong::new("the organizer is empty", mend));
            }
            return None;
        }
        if text.contains(|c: char| c == '@' || c.is_whitespace() || c.is_control()) {
            let wrong = Wrong::new("an organizer that is not an object id", mend)
                .saying("Graph takes the organizer by object id, not by name or address");
            self.flaw(Column::OrganizerUserId, wrong);
            return None;
        }
        Some(Organizer::User(text))
    }

    fn span(&mut self, reading: &Reading, zones: &mut Zones) -> Span {
        let zone = self.text(Column::TimeZone);
        let zone = Some(zone).filter(|zone| !zone.is_empty()).or_else(|| reading.default_zone.clone());
        let [start, end] = [Column::StartDateTime, Column::EndDateTime].map(|column| {
            let text = self.text(column);
            if text.is_empty() {
                return (false, None);
            }
            match zones.instant(&text, zone.as_deref()) {
                Ok(instant) => (true, Some(instant)),
                Err(wrong) => {
                    let column = if wrong.kind == UNKNOWN_ZONE { Column::TimeZone } else { column };
                    // Both times of a row may need the zone; it is one flaw.
                    if wrong.kind != UNKNOWN_ZONE || self.flaws.iter().all(|flaw| flaw.kind != UNKNOWN_ZONE) {
                        self.flaw(column, wrong);
                    }
                    (true, None)
                }
            }
        });
        match (start, end) {
            ((false, _), (true, _)) => {
                let mend = "write the start too, or leave both empty";
                self.flaw(Column::EndDateTime, Wrong::new("an end without a start", mend));
                Span::Instant
            }
            ((_, Some(start)), (_, Some(end))) if end < start => {
                let mend = "correct one of the two; a meeting past midnight ends on the next day";
                self.flaw(Column::EndDateTime, Wrong::new("the end is before the start", mend));
                Span::Instant
            }
            ((_, Some(start)), (_, Some(end))) => Span::Between(start, end),
            ((_, Some(start)), _) => Span::From(start),
            _ => Span::Instant,
        }
    }

    fn attendees(&mut self) -> Vec<Attendee> {
        let text = self.text(Column::Attendees);
        people::attendees(&text).unwrap_or_else(|wrongs| {
            for wrong in wrongs {
                self.flaw(Column::Attendees, wrong);
            }
            Vec::new()
        })
    }

    fn chat_thread_id(&mut self) -> Option<String> {
        let text = self.text(Column::ChatThreadId);
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            let mend = "write the channel's thread id, like 19:abc@thread.tacv2, or leave the cell empty";
            self.flaw(Column::ChatThreadId, Wrong::new("a chatThreadId that cannot be one", mend));
            return None;
        }
        (!text.is_empty()).then_some(text)
    }
}
