//! One record to a [`Meeting`], or to everything that is wrong with it.

use csv::ByteRecord;
use jiff::tz::Offset;

use crate::meeting::{Attendee, ExternalId, Meeting, Organizer, Role, Setting, Settings, Span};

use super::columns::Columns;
use super::flaw::{Flaw, Wrong, misshapen, ragged};
use super::names::Column;
use super::oddities::{self, LOST_LEN};
use super::organizer::Organizers;
use super::people::{People, Recipient, is_blank};
use super::times::{self, Rules, Spanned, ZoneId, Zones};
use super::workbook::is_error;
use super::{Parser, Reading, setting, shown};

/// The most characters that a cell of a column with a meaning may hold: Excel's own limit (Microsoft, *Excel
/// specifications and limits*). What is longer is no cell that somebody has written.
const CELL_MAX: usize = 32_767;

/// What was understood of a record.
pub(super) struct Understood {
    pub(super) meeting: Result<Meeting, Vec<Flaw>>,
    pub(super) zone: Option<ZoneId>,
    pub(super) offset: Option<Offset>,
    pub(super) warnings: Vec<Flaw>,
}

impl Understood {
    /// Nothing but what is wrong with the record as a whole.
    pub(super) fn only(flaw: Flaw) -> Self {
        Self { meeting: Err(vec![flaw]), zone: None, offset: None, warnings: Vec::new() }
    }
}

/// Understands one record under Graph's own rules (*onlineMeeting: createOrGet*), so that nothing is sent that Graph
/// would refuse.
pub(super) fn understand(cells: &ByteRecord, parser: &mut Parser) -> Understood {
    let Parser { columns, reading, delimiter, rules, zones } = parser;
    // Cells beyond the header that hold nothing are what spreadsheet programs leave behind.
    let lacking = cells.len() < columns.len();
    if lacking || cells.iter().skip(columns.len()).any(|cell| !cell.trim_ascii().is_empty()) {
        return Understood::only(ragged(cells, columns.len(), *delimiter));
    }
    if columns.was_misshapen(cells) {
        return Understood::only(misshapen());
    }
    let mut sheet = Sheet { cells, columns, flaws: Vec::new(), warnings: Vec::new() };
    let external_id = sheet.external_id();
    let organizer = if reading.me { Some(Organizer::Me) } else { sheet.organizer(&reading.organizers) };
    let subject = sheet.subject();
    let (span, zone, offset) = sheet.span(rules, zones);
    let attendees = sheet.people();
    let chat_thread_id = sheet.chat_thread_id();
    let settings = sheet.settings(reading);
    let Sheet { flaws, warnings, .. } = sheet;
    let meeting = match (external_id, organizer, flaws.is_empty()) {
        (Some(external_id), Some(organizer), true) => {
            Ok(Meeting { external_id, organizer, subject, span, attendees, chat_thread_id, settings })
        }
        _ => Err(flaws),
    };
    Understood { meeting, zone, offset, warnings }
}

/// What a record calls its meeting, when that much of it can be read.
pub(super) fn external_id(cells: &ByteRecord, parser: &Parser) -> Option<ExternalId> {
    Sheet { cells, columns: &parser.columns, flaws: Vec::new(), warnings: Vec::new() }.external_id()
}

/// Whose meeting a record asks for, when that much of it can be read.
pub(super) fn organizer(cells: &ByteRecord, parser: &Parser) -> Option<Organizer> {
    if parser.reading.me {
        return Some(Organizer::Me);
    }
    let mut sheet = Sheet { cells, columns: &parser.columns, flaws: Vec::new(), warnings: Vec::new() };
    match sheet.organizer(&parser.reading.organizers)? {
        Organizer::User(id) => Some(Organizer::User(id.to_ascii_lowercase())),
        Organizer::Named(name) => Some(Organizer::Named(name.to_ascii_lowercase())),
        Organizer::Me => Some(Organizer::Me),
    }
}

/// What can be read of a record that has flaws, but its times. `owner` has it if it does not say whose it is.
pub(super) fn legible(cells: &ByteRecord, parser: &Parser, owner: Option<Organizer>) -> Option<Meeting> {
    let key = (organizer(cells, parser).or(owner)?, external_id(cells, parser)?);
    let mut sheet = Sheet { cells, columns: &parser.columns, flaws: Vec::new(), warnings: Vec::new() };
    let (subject, attendees, settings) = (sheet.subject(), sheet.people(), sheet.settings(&parser.reading));
    Some(Meeting { subject, attendees, settings, ..Meeting::of_key(key) })
}

/// Who is named in a record, whatever else is wrong with it; nobody when it is not known which cell is whose, or when
/// anything is wrong with those who are named.
pub(super) fn recipients(cells: &ByteRecord, parser: &Parser) -> Vec<Recipient> {
    let columns = &parser.columns;
    if cells.len() < columns.len() || columns.was_misshapen(cells) {
        return Vec::new();
    }
    let mut sheet = Sheet { cells, columns, flaws: Vec::new(), warnings: Vec::new() };
    let people = sheet.read_people();
    if sheet.flaws.is_empty() { people.recipients().unwrap_or_default() } else { Vec::new() }
}

/// A record while it is being read, with what was found so far.
struct Sheet<'a> {
    cells: &'a ByteRecord,
    columns: &'a Columns,
    flaws: Vec<Flaw>,
    warnings: Vec<Flaw>,
}

/// How many there are, if it is UTF-8; else no fewer.
fn characters(cell: &[u8]) -> usize {
    cell.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

impl<'a> Sheet<'a> {
    /// `text` is the one that [`Self::text`] gave.
    fn flaw(&mut self, column: Column, text: &str, wrong: Wrong) {
        let flaw = self.found(column, text, wrong);
        self.flaws.push(flaw);
    }

    fn found(&self, column: Column, text: &str, wrong: Wrong) -> Flaw {
        let cell = std::str::from_utf8(self.columns.cell(column, self.cells)).unwrap_or(text);
        let before = cell.len() - cell.trim_start_matches(is_blank).len();
        wrong.in_cell(self.columns.index(column), self.columns.name(column), before, text)
    }

    /// A cell's text without the space around it; a flaw, and empty, when it is no UTF-8.
    fn text(&mut self, column: Column) -> &'a str {
        let cell = self.columns.cell(column, self.cells);
        if cell.len() > CELL_MAX && characters(cell) > CELL_MAX {
            let mend = "shorten it; if it holds what should be other rows, a quotation mark is missing or one too many";
            let wrong = Wrong::new("a cell longer than a spreadsheet can hold", mend)
                .saying(format!("the cell has {} characters, and the most is {CELL_MAX}", characters(cell)));
            self.whole(column, wrong);
            return "";
        }
        if let Ok(text) = std::str::from_utf8(cell) {
            let text = text.trim_matches(is_blank);
            if let Some(lost) = oddities::lost(column, text) {
                self.flaw(column, text, lost);
                return "";
            }
            if !text.starts_with('#') || !is_error(text.as_bytes()) {
                return text;
            }
            self.flaw(column, text, oddities::error(text));
            return "";
        }
        let mend = "save the sheet as \"CSV UTF-8\"; parts of it are in an older encoding, or damaged";
        let text = String::from_utf8_lossy(cell);
        let wrong = Wrong::new("text that is not UTF-8", mend);
        let wrong = wrong.saying(format!("not all of '{}' is UTF-8, as the rest of the sheet is", shown(text.trim())));
        let lost = text.find(char::REPLACEMENT_CHARACTER);
        self.whole(column, lost.map_or(wrong.clone(), |lost| wrong.of_part(lost..lost + LOST_LEN)));
        ""
    }

    /// The same, when what is wrong with the cell was told.
    fn said(&self, column: Column) -> &'a str {
        std::str::from_utf8(self.columns.cell(column, self.cells)).unwrap_or_default().trim_matches(is_blank)
    }

    /// A flaw of a cell as it stands.
    fn whole(&mut self, column: Column, wrong: Wrong) {
        let cell = String::from_utf8_lossy(self.columns.cell(column, self.cells));
        self.flaws.push(wrong.in_cell(self.columns.index(column), self.columns.name(column), 0, &cell));
    }

    fn subject(&mut self) -> Option<String> {
        let text = self.text(Column::Subject);
        if let Some(place) = text.find(char::REPLACEMENT_CHARACTER) {
            let mend = "write the character anew; it was lost before the sheet came here";
            let wrong = Wrong::new("a character that was lost", mend).of_part(place..place + LOST_LEN);
            self.warnings.push(self.found(Column::Subject, text, wrong));
        }
        if let Some(wrong) = oddities::subject(text) {
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
        if let Some(wrong) = oddities::shortened(text) {
            self.flaw(Column::ExternalId, text, wrong);
            return None;
        }
        let id = ExternalId::new(text);
        if id.is_none() && flaws == self.flaws.len() {
            let mend = "give the row an id of its own; Graph finds the meeting by it when the row is sent again";
            self.flaw(Column::ExternalId, text, Wrong::new("the externalId is empty", mend));
        }
        id
    }

    fn organizer(&mut self, organizers: &Organizers) -> Option<Organizer> {
        let flaws = self.flaws.len();
        let text = self.text(Column::OrganizerUserId);
        if flaws < self.flaws.len() {
            return None;
        }
        organizers.read(text).map_err(|wrong| self.flaw(Column::OrganizerUserId, text, wrong)).ok()
    }

    fn span(&mut self, rules: &Rules, zones: &mut Zones) -> (Span, Option<ZoneId>, Option<Offset>) {
        let (columns, flaws) = (self.columns, self.flaws.len());
        let mut cell = |column| columns.index(column).map(|_| self.text(column));
        let cells = times::Cells {
            start_date_time: cell(Column::StartDateTime),
            start_date: cell(Column::StartDate),
            start_time: cell(Column::StartTime),
            end_date_time: cell(Column::EndDateTime),
            end_date: cell(Column::EndDate),
            end_time: cell(Column::EndTime),
            duration: cell(Column::Duration),
            time_zone: cell(Column::TimeZone),
        };
        let is_lacking = self.flaws.len() > flaws;
        let Spanned { span, zone, offset, wrongs, warnings } = zones.span(&cells, rules);
        for (column, wrong) in wrongs {
            // A cell that could not be read at all was told, and is not told again as one that is missing.
            if is_lacking && times::LACKS.contains(&wrong.kind) {
                continue;
            }
            self.flaw(column, self.said(column), wrong);
        }
        for (column, wrong) in warnings {
            self.warnings.push(self.found(column, self.said(column), wrong));
        }
        (span.unwrap_or(Span::Instant), zone, offset)
    }

    fn people(&mut self) -> Vec<Attendee> {
        self.read_people().finish().unwrap_or_else(|wrongs| {
            for (column, wrong) in wrongs {
                self.whole(column, wrong);
            }
            Vec::new()
        })
    }

    fn read_people(&mut self) -> People {
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
        people
    }

    fn chat_thread_id(&mut self) -> Option<String> {
        let text = self.text(Column::ChatThreadId);
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) || text.contains("://") {
            let mend = "write the channel's thread id, like 19:abc@thread.tacv2, or leave the cell empty";
            self.flaw(Column::ChatThreadId, text, Wrong::new("a chatThreadId that cannot be one", mend));
            return None;
        }
        (!text.is_empty()).then(|| text.to_owned())
    }
    /// What the row is to be set to: where it says nothing, what was said for all rows.
    fn settings(&mut self, reading: &Reading) -> Settings {
        let mut settings = reading.settings.clone();
        for setting in Setting::ALL {
            let column = Column::Setting(setting);
            let text = self.text(column);
            if text.is_empty() {
                continue;
            }
            match setting::read(setting, text) {
                Ok(value) => settings.set(setting, value),
                Err(wrongs) => wrongs.into_iter().for_each(|wrong| self.flaw(column, text, wrong)),
            }
            if !setting.is_updatable() && !reading.plain_create {
                self.flaw(column, text, setting::at_creation_only(setting));
            }
        }
        settings
    }
}
