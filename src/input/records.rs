//! Records of text, and where each begins. What they mean is not known here.

use std::io::{self, Chain, Read as _};

use csv::ByteRecord;

use super::At;
use super::encoding::{Encoding, Text};
use super::scan::{Begin, Scan};
use super::store::Store;

/// How much is read at a draught.
const DRAUGHT: usize = 1 << 16;

/// How the bytes of an input become records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) encoding: Encoding,
    /// What stands between two cells.
    pub(super) delimiter: u8,
    /// Where the header begins, after a byte-order mark and a line `sep=;`.
    pub(super) begin: Begin,
    /// The text was made of a workbook: each record begins with the number of its row in the sheet.
    pub(super) is_workbook: bool,
}

/// Records, one after the other, in bounded memory but for the record itself.
pub(super) struct Records {
    reader: Box<csv::Reader<Chain<&'static [u8], Scan<Text>>>>,
    is_workbook: bool,
}

/// A place to go on from, and whether the record there is whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) at: At,
    pub(super) offset: u64,
    /// It runs to the end of the input because a quotation mark was never closed.
    pub(super) is_unclosed: bool,
}

impl Records {
    /// From a place on at which a record begins, or blank lines before one.
    pub(super) fn from(store: &Store, form: &Form, begin: Begin) -> Self {
        Self::with_draught(store, form, begin, DRAUGHT)
    }

    pub(super) fn with_draught(store: &Store, form: &Form, begin: Begin, draught: usize) -> Self {
        // At its very beginning the reader takes U+FEFF for a byte-order mark, though it may be in a cell; a blank line
        // before it is no record.
        const BEGINNING: &[u8] = b"\n";
        let text = Text::from(store, begin.offset, form.encoding);
        let scan = Scan::new(text, form.encoding, form.delimiter, begin);
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).delimiter(form.delimiter).buffer_capacity(draught);
        Self { reader: Box::new(reader.from_reader(BEGINNING.chain(scan))), is_workbook: form.is_workbook }
    }

    /// Reads the next record; `None` when there is none. One with nothing in its cells is a blank line and no record.
    pub(super) fn read(&mut self, cells: &mut ByteRecord) -> io::Result<Option<Found>> {
        let (begin, is_unclosed) = loop {
            if !self.reader.read_byte_record(cells)? {
                return Ok(None);
            }
            let (_, scan) = self.reader.get_mut().get_mut();
            let begin = scan.begin_record();
            let is_unclosed = scan.ended_inside_quotes() && scan.is_last_record();
            // Spreadsheet programs write empty rows as nothing but delimiters.
            if is_unclosed || !cells.as_slice().trim_ascii_start().is_empty() {
                break (begin, is_unclosed);
            }
        };
        let Begin { line, offset } = begin;
        let mut at = At::Line(line);
        if self.is_workbook {
            let row = cells.get(0).and_then(|row| std::str::from_utf8(row).ok()?.parse().ok());
            at = At::SheetRow(row.unwrap_or_default());
            *cells = cells.iter().skip(1).collect();
        }
        Ok(Some(Found { at, offset, is_unclosed }))
    }
}
