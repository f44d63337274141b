//! Spreadsheet bytes to [`Row`]s, one at a time.
//!
//! Everything that can be known to be wrong with a row without asking Graph is found here, and a row with flaws is
//! still a row: it keeps its cells and its place. This module never guesses where a guess could move a meeting, and
//! it never stops at the first flaw. What it cannot read at all (no header, a required column missing, a read
//! error) ends the run with an `Err`.

mod absent;
mod again;
mod claims;
mod columns;
mod conflict;
mod encoding;
mod feed;
mod flaw;
mod fold;
mod foreign;
mod form;
mod legend;
mod names;
mod nearest;
mod oddities;
mod organizer;
mod people;
mod records;
mod row;
mod rows;
mod scan;
mod setting;
mod source;
mod store;
mod survey;
mod template;
mod times;
mod workbook;

use std::borrow::Cow;
use std::fmt;

use anyhow::Result;
use chrono::{DateTime, Utc};
use csv::ByteRecord;
use jiff::tz::Offset;

pub use self::absent::{Absent, absent, follows};
pub use self::again::Again;
pub use self::claims::{Mapped, parse_map};
pub use self::columns::Columns;
pub use self::conflict::{CONFLICT, conflicts};
pub use self::encoding::{Encoding, parse_encoding};
pub use self::feed::feed;
pub use self::flaw::{Flaw, is_hearsay, kind_told};
pub(crate) use self::flaw::{UNCLOSED, shown};
pub use self::form::{AskedForm, delimiter_name, delimiter_named};
pub use self::legend::legend;
pub use self::names::Column;
pub use self::organizer::{Known, Organizers};
pub use self::people::Recipient;
use self::records::Found;
use self::row::Understood;
pub use self::rows::Rows;
pub use self::setting::parse_set;
pub use self::source::{Input, Name, Source, Watch};
pub(crate) use self::store::read_at;
pub use self::template::template;
pub use self::times::{DateOrder, ZoneId, Zones};
use self::times::{Orders, Rules};

use crate::meeting::{ExternalId, Meeting, Organizer, Settings};

/// The cells of one record, as text in UTF-8 as far as it is text. Only `input`, `ledger` and `check` look inside.
#[derive(Clone, Debug, Default)]
pub struct Cells(pub(crate) ByteRecord);

impl Cells {
    /// A cell's text, its damages made visible; empty where there is none.
    pub fn text(&self, cell: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(self.0.get(cell).unwrap_or_default())
    }
}

/// Where a record begins, as the program shows it that the sheet was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// A line of a file of text, from 1.
    Line(u64),
    /// A row of a workbook's sheet, from 1.
    SheetRow(u64),
}

impl At {
    /// The number alone.
    pub fn number(self) -> u64 {
        match self {
            Self::Line(number) | Self::SheetRow(number) => number,
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::SheetRow(row) => write!(f, "row {row}"),
        }
    }
}

/// One record of the input.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which record it is, counted from 1; the header does not count.
    pub record: u64,
    /// Where it begins, for people.
    pub at: At,
    /// Where it begins, in bytes of the input; of a workbook in bytes of the text that was made of it.
    pub offset: u64,
    /// Its cells; if there are more or fewer than the header has columns, the row has a flaw.
    pub cells: Cells,
    /// What it calls its meeting, whatever else is wrong with it; `None` when that cell has a flaw itself.
    pub external_id: Option<ExternalId>,
    /// In which zone its start was read, if it has no offset of its own.
    pub zone: Option<ZoneId>,
    /// The offset of its own that its start has, if it has one.
    pub clock_offset: Option<Offset>,
    /// What it asks for, or everything that is wrong with it; never an empty list of flaws.
    pub meeting: Result<Meeting, Vec<Flaw>>,
    /// What is not wrong, but may well be meant otherwise.
    pub warnings: Vec<Flaw>,
}

#[cfg(test)]
impl Row {
    /// A row of which nothing is known but its place, on the line after it.
    pub(crate) fn blank(record: u64) -> Self {
        let (at, cells) = (At::Line(record + 1), Cells::default());
        let (external_id, zone, clock_offset, meeting) = (None, None, None, Err(vec![]));
        Self { record, at, offset: 0, cells, external_id, zone, clock_offset, meeting, warnings: vec![] }
    }
}

/// What the program was told about reading rows.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// All meetings belong to the signed-in user, so that no organizer column is needed.
    pub me: bool,
    /// The zone of local times in rows that name none.
    pub default_zone: Option<String>,
    /// Which of the sheet's columns is taken for which meaning, whatever their names, if it was said.
    pub map: Vec<Mapped>,
    /// In which order day and month are in dates like 03/02/2027, if it was said.
    pub dates: Option<DateOrder>,
    /// The form of the input, as far as it was said.
    pub form: AskedForm,
    /// What lies before it is past; nothing without it.
    pub now: Option<DateTime<Utc>>,
    /// What the directory has of organizers.
    pub organizers: Organizers,
    /// What meetings are set to whose rows say nothing else.
    pub settings: Settings,
    /// Meetings are made by a plain create, which takes settings that nothing else can.
    pub plain_create: bool,
}

/// How an input was read, so far as it was not said.
#[derive(Clone, Debug)]
pub struct About {
    /// How many records it has.
    pub records: u64,
    /// Its encoding.
    pub encoding: Encoding,
    /// What stands between two cells.
    pub delimiter: u8,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What was found out about it that could have been otherwise.
    pub notices: Vec<String>,
}

/// What it takes to understand a record: what the columns mean, and how times and organizers are read.
#[derive(Clone)]
pub struct Parser {
    columns: Columns,
    reading: Reading,
    /// None in a workbook.
    delimiter: Option<u8>,
    rules: Rules,
    zones: Box<Zones>,
}

impl Parser {
    /// For records under this header. Fails when a required column is missing, or when two columns have one meaning.
    pub(crate) fn of_header(header: &ByteRecord, reading: Reading) -> Result<Self> {
        let columns = Columns::of_header(header, reading.me, &reading.map)?;
        let mut zones = Box::new(Zones::new());
        let default_zone = reading.default_zone.as_ref().and_then(|name| zones.zone(name).ok());
        let orders = reading.dates.map(Orders::all).unwrap_or_default();
        let rules = Rules { default_zone, orders, now: reading.now };
        Ok(Self { columns, reading, delimiter: Some(b','), rules, zones })
    }

    /// The same for records under another header, which come from the same sheet.
    pub(crate) fn under(&self, header: &ByteRecord) -> Result<Self> {
        let mut parser = Self::of_header(header, self.reading.clone())?;
        parser.rules.orders = self.rules.orders;
        Ok(parser)
    }

    /// Whether another header is that of a sheet of meetings, perhaps of the signed-in user's.
    pub(crate) fn is_sheet(&self, header: &ByteRecord) -> bool {
        Columns::of_header(header, true, &self.reading.map).is_ok()
    }

    /// What the header says.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The zones that were met.
    pub fn zones(&self) -> &Zones {
        &self.zones
    }

    /// The zone of a record's local times, as this parser knows it.
    fn zone_of(&mut self, cells: &Cells) -> Option<ZoneId> {
        let name = String::from_utf8_lossy(self.columns.cell(Column::TimeZone, &cells.0));
        match name.trim() {
            "" => self.rules.default_zone,
            name => self.zones.zone(name).ok(),
        }
    }

    /// What a record asks for, or everything that is wrong with it.
    pub fn meeting(&mut self, cells: &Cells) -> Result<Meeting, Vec<Flaw>> {
        row::understand(&cells.0, self).meeting
    }

    /// How records are read.
    pub(crate) fn reading(&self) -> &Reading {
        &self.reading
    }

    /// What a record calls its meeting, whatever else is wrong with it.
    pub fn external_id(&self, cells: &Cells) -> Option<ExternalId> {
        row::external_id(&cells.0, self)
    }

    /// Whose meeting a record asks for, whatever else is wrong with it; spelt as in a meeting's key.
    pub fn organizer(&self, cells: &Cells) -> Option<Organizer> {
        row::organizer(&cells.0, self)
    }

    /// What can be read of a record that has flaws, but its times. `owner` has it if it does not say whose it is.
    pub fn legible(&self, cells: &Cells, owner: Option<Organizer>) -> Option<Meeting> {
        row::legible(&cells.0, self, owner)
    }

    /// Who is named in a record, and what the sheet calls them, whatever else is wrong with it; nobody when anything is
    /// wrong with those who are named.
    pub fn recipients(&self, cells: &Cells) -> Vec<Recipient> {
        row::recipients(&cells.0, self)
    }

    fn row(&mut self, record: u64, found: &Found, cells: ByteRecord) -> Row {
        let &Found { at, offset, is_unclosed } = found;
        let Understood { meeting, zone, offset: clock_offset, warnings } =
            if is_unclosed { Understood::only(flaw::unclosed_quote(&cells)) } else { row::understand(&cells, self) };
        let external_id = match &meeting {
            Ok(meeting) => Some(meeting.external_id.clone()),
            Err(_) => row::external_id(&cells, self),
        };
        Row { record, at, offset, cells: Cells(cells), external_id, zone, clock_offset, meeting, warnings }
    }
}

#[cfg(test)]
mod odd_tests;
#[cfg(test)]
mod tests;
