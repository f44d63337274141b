//! The rows of a sheet as records of CSV, written one at a time into a file without a name.
//!
//! A row with nothing but blanks is no record. This module refuses cells that are not in the order of reading, as no
//! program writes them, and a text that outgrows its bound.

use std::fmt;
use std::fs::File;
use std::io::Seek as _;

use anyhow::{Context as _, Result, ensure};

use super::damaged;

/// Excel's own bounds.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;
/// How many bytes of text are written. A sheet may name one long text from every cell, or put a cell into its last
/// column in every row, so that a small file has no end.
const TEXT_MOST: u64 = 4 << 30;

/// Where a cell is, counted from 0; shown as in Excel, `D13`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    row: u32,
    column: u32,
}

impl Place {
    /// A row and a column, which come from the file.
    pub(super) fn of((row, column): (u32, u32)) -> Result<Self> {
        ensure!(row < ROWS && column < COLUMNS, damaged("a cell is beyond the last row or column of Excel"));
        Ok(Self { row, column })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut rest, mut letters) = (self.column + 1, Vec::new());
        while rest > 0 {
            letters.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(rest as usize - 1) % 26]));
            rest = (rest - 1) / 26;
        }
        letters.iter().rev().try_for_each(|letter| write!(f, "{letter}"))?;
        write!(f, "{}", self.row + 1)
    }
}

/// The records so far, and the row that is being read.
pub(super) struct Records {
    writer: csv::Writer<File>,
    /// The cells of the row; their room is used again. Those from `used` on are empty.
    cells: Vec<String>,
    used: usize,
    last: Option<Place>,
    /// How many cells the header has.
    width: Option<usize>,
    written: u64,
}

impl Records {
    pub(super) fn begin() -> Result<Self> {
        let file =
            tempfile::tempfile().context("the workbook cannot be unfolded into the folder for temporary files")?;
        let writer = csv::WriterBuilder::new().flexible(true).buffer_capacity(1 << 16).from_writer(file);
        Ok(Self { writer, cells: Vec::new(), used: 0, last: None, width: None, written: 0 })
    }

    /// Where the text of the cell goes, which has none yet.
    pub(super) fn cell(&mut self, place: Place) -> Result<&mut String> {
        ensure!(self.last < Some(place), damaged(format_args!("cell {place} is not where it belongs")));
        if self.last.is_some_and(|last| last.row != place.row) {
            self.end_row()?;
        }
        self.last = Some(place);
        let at = place.column as usize;
        self.used = at + 1;
        if self.cells.len() <= at {
            self.cells.resize_with(at + 1, String::new);
        }
        Ok(&mut self.cells[at])
    }

    fn end_row(&mut self) -> Result<()> {
        let (Some(last), used) = (self.last, self.used) else { return Ok(()) };
        let filled = self.cells[..used].iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
        if self.cells[..filled].iter().any(|cell| !cell.trim().is_empty()) {
            let width = *self.width.get_or_insert(filled);
            let padding = width.saturating_sub(filled);
            let length: usize = self.cells[..filled].iter().map(|cell| cell.len() + 1).sum();
            self.written += (length + padding) as u64;
            ensure!(
                self.written <= TEXT_MOST,
                "its rows have more than {} million bytes of text: delete what is no meeting, also far to the right",
                TEXT_MOST >> 20
            );
            let number = (last.row + 1).to_string();
            let cells = self.cells[..filled].iter().map(String::as_str).chain(std::iter::repeat_n("", padding));
            let record = std::iter::once(number.as_str()).chain(cells);
            self.writer.write_record(record).context("the folder for temporary files cannot be written to")?;
        }
        self.cells[..used].iter_mut().for_each(String::clear);
        self.used = 0;
        Ok(())
    }

    /// The file, from its beginning, `None` when there is not even that.
    pub(super) fn end(mut self) -> Result<Option<File>> {
        self.end_row()?;
        if self.width.is_none() {
            return Ok(None);
        }
        let file = self.writer.into_inner().map_err(csv::IntoInnerError::into_error);
        let mut file = file.context("the folder for temporary files cannot be written to")?;
        file.rewind().context("the folder for temporary files cannot be read")?;
        Ok(Some(file))
    }
}
