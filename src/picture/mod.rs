//! The picture of a flaw: the cell in its row, with the wrong part marked, and what to do in words.
//!
//! It is for somebody who keeps a spreadsheet. Nothing in it steers a terminal, no line is longer than the terminal is
//! wide, and each mark stands under what it marks.

mod glyphs;
mod table;
mod words;

use std::ops::Range;

pub(crate) use self::glyphs::visible;
use self::table::{across, down};
pub(crate) use self::words::{Paint, wrapped};
use crate::input::{At, Column, Flaw, Input, Row, Rows, UNCLOSED};

/// How wide a picture is where there is no terminal, in columns.
pub const WIDTH: usize = 100;
/// Narrower terminals have to break the lines themselves.
const WIDTH_MIN: usize = 40;

/// What all pictures of one sheet have in common.
#[derive(Clone, Debug)]
pub struct Scene {
    file: String,
    sheet: Option<String>,
    names: Vec<String>,
    /// Where the column of the externalIds is.
    id: Option<usize>,
    width: usize,
    paint: Paint,
}

impl Scene {
    /// For the rows of an input, `width` columns wide.
    pub fn of(input: &Input, rows: &Rows, width: usize, color: bool) -> Self {
        let columns = rows.parser().columns();
        let names = columns.header().iter().map(|name| String::from_utf8_lossy(name).trim().to_owned());
        Self {
            file: visible(&input.to_string()),
            sheet: rows.about().sheet.clone(),
            names: names.collect(),
            id: columns.index(Column::ExternalId),
            width: width.max(WIDTH_MIN),
            paint: Paint(color),
        }
    }

    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    pub(crate) fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn paint(&self) -> Paint {
        self.paint
    }

    /// Where it is: `course.csv, record 12 (line 13)`.
    fn place(&self, row: &Row, flaw: &Flaw) -> String {
        let (file, record) = (&self.file, row.record);
        let sheet = self.sheet.as_deref().map(|sheet| format!("sheet '{}', ", visible(sheet))).unwrap_or_default();
        let cell = cell_name(row.at, flaw.cell).map(|cell| format!(", cell {cell}")).unwrap_or_default();
        format!("{file}, record {record} ({sheet}{}{cell})", row.at)
    }

    /// The picture, without a line end after the last line.
    pub fn picture(&self, row: &Row, flaw: &Flaw) -> String {
        let is_of_record = flaw.cell.is_none() && flaw.column.is_empty();
        let table =
            if is_of_record { down(self, &row.cells, flaw.kind == UNCLOSED) } else { across(self, &row.cells, flaw) };
        let what = flaw.what.as_deref().unwrap_or(flaw.kind);
        let lacking = flaw.cell.is_none() && !is_of_record;
        let what = if lacking { format!("{}: {what}", flaw.column) } else { what.to_owned() };
        let place = self.paint.bold(&wrapped("", &self.place(row, flaw), self.width));
        let what = wrapped("  ", &what, self.width);
        let mend = wrapped("  Mend: ", &flaw.mend, self.width);
        format!("{place}\n{table}{what}\n{mend}")
    }
}

/// What a workbook calls a cell: `D13`.
pub(crate) fn cell_name(at: At, cell: Option<usize>) -> Option<String> {
    let (At::SheetRow(row), Some(cell)) = (at, cell) else { return None };
    let (mut letters, mut rest) = (Vec::new(), cell + 1);
    while rest > 0 {
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default()));
        rest = (rest - 1) / 26;
    }
    Some(format!("{}{row}", letters.into_iter().rev().collect::<String>()))
}

/// The part of a cell's text that a flaw is about; the whole where the text has no such part, since it is damaged.
pub(crate) fn part(flaw: &Flaw, text: &str) -> Range<usize> {
    if text.get(flaw.part.clone()).is_some() { flaw.part.clone() } else { 0..text.len() }
}

#[cfg(test)]
mod tests;
