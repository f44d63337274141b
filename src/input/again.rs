//! A second look at a place of an input: a row that went by, or the bytes of a cell.

use std::io::{self, Read};
use std::ops::Range;

use csv::ByteRecord;

use super::encoding::Text;
use super::records::{Form, Records};
use super::scan::{Begin, Within};
use super::store::Store;
use super::{At, Flaw, Parser, Row, conflicts};
use crate::meeting::Meeting;

/// How much is read at a draught; most records have less.
const DRAUGHT: usize = 4096;

/// Reads places of an input anew while its rows are read.
#[derive(Clone)]
pub struct Again {
    pub(super) store: Store,
    pub(super) form: Form,
    pub(super) parser: Parser,
}

impl Again {
    /// The row that is `ahead` rows after the one that begins at `offset`; it is called the record `record`, and on which
    /// line it is does not come out.
    pub fn row(&mut self, offset: u64, record: u64, ahead: u64) -> io::Result<Option<Row>> {
        let begin = Begin { line: 0, offset };
        let mut records = Records::with_draught(&self.store, &self.form, begin, DRAUGHT);
        let mut cells = ByteRecord::new();
        for _ in 0..ahead {
            records.read(&mut cells)?;
        }
        let found = records.read(&mut cells)?;
        Ok(found.map(|found| self.parser.row(record, &found, cells)))
    }

    /// What is wrong with a row that asks for the meeting of an earlier record.
    pub fn conflicts(&mut self, row: &Row, first: &Meeting, first_record: u64) -> Vec<Flaw> {
        conflicts(row, first, first_record, &mut self.parser)
    }

    /// Which bytes of the input a flaw of a row is about; `None` in a workbook.
    pub fn locate(&self, row: &Row, flaw: &Flaw) -> io::Result<Option<Range<u64>>> {
        if matches!(row.at, At::SheetRow(_)) {
            return Ok(None);
        }
        let Form { encoding, delimiter, .. } = self.form;
        let text = Text::from(&self.store, row.offset, encoding);
        let (mut within, mut cell, mut offset) = (Within::Record, 0, row.offset);
        // Where the cell's text begins, how much of it has gone by, and where the part begins and ends.
        let (mut text_begin, mut length, mut start, mut end) = (None, 0, None, None);
        for byte in io::BufReader::with_capacity(DRAUGHT, text).bytes() {
            let (byte, before, was) = (byte?, offset, within);
            within = was.after(byte, delimiter);
            if within == Within::Record || within == Within::Cell && flaw.cell == Some(cell) {
                break;
            }
            offset += encoding.width(byte);
            if within == Within::Cell {
                cell += 1;
            } else if flaw.cell == Some(cell) {
                let opens = within == Within::Quoted && matches!(was, Within::Record | Within::Cell);
                if opens {
                    text_begin = Some(offset);
                }
                if opens || within == Within::Mark {
                    continue;
                }
                // A quotation mark in the text is two in the input.
                let doubled = (was, within) == (Within::Mark, Within::Quoted);
                let before = before - if doubled { encoding.width(b'"') } else { 0 };
                if length == flaw.part.start {
                    start = Some(before);
                }
                length += 1;
                if length <= flaw.part.end {
                    end = Some(offset);
                }
            }
        }
        if flaw.cell.is_none() {
            // Half a character at the end of UTF-16 counts as a whole one.
            return Ok(Some(row.offset..offset.min(self.store.len()?)));
        }
        let start = start.or(end).or(text_begin).unwrap_or(offset);
        let end = end.unwrap_or(start).max(start).min(self.store.len()?);
        Ok(Some(start.min(end)..end))
    }
}
