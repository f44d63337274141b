//! Spreadsheet bytes to [`Row`]s, one at a time.
//!
//! Everything that can be known to be wrong with a row without asking Graph is found here, and a row with flaws is
//! still a row: it keeps its cells and its place. This module never guesses where a guess could move a meeting, and
//! it never stops at the first flaw. What it cannot read at all (no header, a required column missing, a read
//! error) ends the run with an `Err`.

mod columns;
mod conflict;
mod feed;
mod flaw;
mod people;
mod row;
mod scan;
mod source;
mod times;

use std::io::Read;

use anyhow::{Context as _, Result, bail};
use csv::ByteRecord;

pub(crate) use self::columns::is_sheet;
pub use self::columns::{Column, Columns};
pub use self::conflict::conflicts;
pub use self::feed::feed;
pub use self::flaw::Flaw;
pub(crate) use self::flaw::shown;
use self::scan::Scan;
pub use self::source::{Input, Name, Source, Watch};
pub use self::times::Zones;

use crate::meeting::{ExternalId, Meeting};

/// The cells of one record, exactly as they stand in the input. Only `input` and `ledger` look inside.
#[derive(Clone, Debug, Default)]
pub struct Cells(pub(crate) ByteRecord);

/// One record of the input.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which record it is, counted from 1; the header does not count.
    pub record: u64,
    /// The line of the file on which it begins, counted from 1.
    pub line: u64,
    /// Its cells; if there are more or fewer than the header has columns, the row has a flaw.
    pub cells: Cells,
    /// What it calls its meeting, whatever else is wrong with it; `None` when that cell has a flaw itself.
    pub external_id: Option<ExternalId>,
    /// What it asks for, or everything that is wrong with it; never an empty list of flaws.
    pub meeting: Result<Meeting, Vec<Flaw>>,
}

/// What the program was told about reading rows.
#[derive(Clone, Debug)]
pub struct Reading {
    /// All meetings belong to the signed-in user, so that no organizer column is needed.
    pub me: bool,
    /// The zone of local times in rows that name none.
    pub default_zone: Option<String>,
}

/// What it takes to understand a record: what the columns mean, and how times and organizers are read.
#[derive(Clone)]
pub struct Parser {
    columns: Columns,
    reading: Reading,
    zones: Zones,
}

impl Parser {
    /// For records under this header. Fails when a required column is missing, or when two columns have one meaning.
    pub(crate) fn of_header(header: &ByteRecord, reading: Reading) -> Result<Self> {
        Ok(Self { columns: Columns::of_header(header, reading.me)?, reading, zones: Zones::new() })
    }

    /// What the header says.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// What a record asks for, or everything that is wrong with it.
    pub fn meeting(&mut self, cells: &Cells) -> Result<Meeting, Vec<Flaw>> {
        row::meeting(&cells.0, &self.columns, &self.reading, &mut self.zones)
    }
}

/// The rows of a spreadsheet, read one after the other in bounded memory.
pub struct Rows<R> {
    reader: csv::Reader<Scan<R>>,
    parser: Parser,
    record: u64,
}

impl<R: Read> Rows<R> {
    /// Reads the header.
    ///
    /// Fails when there is none, when a required column is missing, or when two columns have one meaning.
    pub fn open(input: R, reading: Reading) -> Result<Self> {
        let scan = Scan::open(input)?;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(scan);
        let mut header = ByteRecord::new();
        if !reader.read_byte_record(&mut header).context("the first line cannot be read")? {
            bail!(
                "the input is empty: the first line must name the columns, at least externalId{}",
                if reading.me { "" } else { " and organizerUserId" }
            );
        }
        reader.get_mut().begin_record();
        if reader.get_ref().ended_inside_quotes() {
            bail!(
                "the first line opens a quotation mark that is never closed, so that the whole file reads as one \
                 header cell: close it"
            );
        }
        Ok(Self { reader, parser: Parser::of_header(&header, reading)?, record: 0 })
    }

    /// What its records are understood by.
    pub fn parser(&self) -> &Parser {
        &self.parser
    }

    fn read(&mut self) -> Result<Option<Row>> {
        let mut cells = ByteRecord::new();
        let record = self.record + 1;
        let more = self.reader.read_byte_record(&mut cells).with_context(|| format!("record {record} cannot be read"));
        if !more? {
            return Ok(None);
        }
        self.record = record;
        let scan = self.reader.get_mut();
        let line = scan.begin_record();
        let unclosed = scan.ended_inside_quotes() && scan.is_last_record();
        let cells = Cells(cells);
        let meeting = if unclosed { Err(vec![flaw::unclosed_quote(&cells.0)]) } else { self.parser.meeting(&cells) };
        let columns = self.parser.columns();
        let external_id = match &meeting {
            Ok(meeting) => Some(meeting.external_id.clone()),
            Err(_) => row::external_id(&cells.0, columns),
        };
        Ok(Some(Row { record, line, cells, external_id, meeting }))
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// Counts the records of an input without understanding them, for the progress bar.
pub fn count(input: impl Read) -> Result<u64> {
    let mut reader = csv::ReaderBuilder::new().has_headers(true).flexible(true).from_reader(Scan::open(input)?);
    let (mut record, mut count) = (ByteRecord::new(), 0);
    while reader.read_byte_record(&mut record)? {
        reader.get_mut().begin_record();
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests;
