//! Flaws and warnings for programs: one JSON object per line. The README says what each member is; they keep their names.

use std::io::Write;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::WRITING;
use super::count::{Severity, Told};
use crate::input::{Again, At, Column, Columns, Flaw, Row};
use crate::meeting::ExternalId;
use crate::picture::{Scene, cell_name, part};

/// One flaw or warning.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    file: &'a str,
    sheet: Option<&'a str>,
    record: Option<u64>,
    line: Option<u64>,
    row: Option<u64>,
    cell: Option<String>,
    external_id: Option<&'a str>,
    column: Option<&'a str>,
    canonical_column: Option<&'a str>,
    value: Option<&'a str>,
    part: Option<Part>,
    byte_offset: Option<u64>,
    byte_length: Option<u64>,
    severity: &'a str,
    kind: &'a str,
    what: &'a str,
    mend: &'a str,
}

/// Bytes of a cell's text in UTF-8.
#[derive(Serialize)]
struct Part {
    start: usize,
    end: usize,
}

/// Writes each as it is met.
pub(super) struct Json<W> {
    pub(super) out: W,
    pub(super) scene: Scene,
    pub(super) columns: Columns,
    pub(super) again: Again,
}

impl<W: Write> Json<W> {
    /// A warning about the whole sheet.
    pub(super) fn of_sheet(&mut self, kind: &str, what: &str, mend: &str) -> Result<()> {
        let scene = self.scene.clone();
        let (file, sheet, severity) = (scene.file(), scene.sheet(), word(Severity::Warning));
        self.write(&Item { file, sheet, severity, kind, what, mend, ..Item::default() })
    }

    fn write(&mut self, item: &Item) -> Result<()> {
        let written = serde_json::to_writer(&mut self.out, item).map_err(std::io::Error::from);
        written.and_then(|()| self.out.write_all(b"\n")).context(WRITING)
    }
}

/// The word for it.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Flaw => "flaw",
        Severity::Warning => "warning",
    }
}

impl<W: Write> Told for Json<W> {
    fn is_shown(&self, _: &'static str) -> bool {
        true
    }

    fn tell(&mut self, severity: Severity, row: &Row, flaw: &Flaw) -> Result<()> {
        let value = flaw.cell.map(|cell| row.cells.text(cell));
        let part = value.as_deref().map(|value| part(flaw, value));
        let placed = Flaw { part: part.clone().unwrap_or_default(), ..flaw.clone() };
        let bytes = self.again.locate(row, &placed).context("the input cannot be read again")?;
        let (line, sheet_row) = match row.at {
            At::Line(line) => (Some(line), None),
            At::SheetRow(row) => (None, Some(row)),
        };
        let meaning = flaw.cell.and_then(|cell| self.columns.meaning(cell));
        let scene = self.scene.clone();
        self.write(&Item {
            file: scene.file(),
            sheet: scene.sheet(),
            record: Some(row.record),
            line,
            row: sheet_row,
            cell: cell_name(row.at, flaw.cell),
            external_id: row.external_id.as_ref().map(ExternalId::as_str),
            column: Some(flaw.column.as_str()).filter(|column| !column.is_empty()),
            canonical_column: meaning.map(Column::name),
            value: value.as_deref(),
            part: part.map(|part| Part { start: part.start, end: part.end }),
            byte_offset: bytes.as_ref().map(|bytes| bytes.start),
            byte_length: bytes.as_ref().map(|bytes| bytes.end - bytes.start),
            severity: word(severity),
            kind: flaw.kind,
            what: flaw.what.as_deref().unwrap_or(flaw.kind),
            mend: &flaw.mend,
        })
    }

    fn count(&mut self, _: Severity, _: &Row, _: &'static str) {}
}
