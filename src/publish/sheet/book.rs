//! A sheet as an Excel workbook, written row by row in bounded memory.
//!
//! Text is a string here and never a formula, so that nothing is guarded. What goes beyond one of Excel's limits
//! (*Excel specifications and limits*) is on a further sheet, or is there as text, and is told.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, IgnoreError, Url, Workbook, Worksheet};

use super::dialect::{Form, Kind, cut};
use super::text_file::cut_notice;
use crate::ledger::folder;
use crate::outcome::Status;
use crate::publish::text::clean;
use crate::publish::{Draft, Made};
use crate::tally::plural;

/// Rows of a sheet beside its header.
pub(super) const ROWS_MAX: u32 = 1_048_575;
/// Columns of a sheet.
pub(super) const COLUMNS_MAX: usize = 16_384;
/// Links of a sheet.
pub(super) const LINKS_MAX: u32 = 65_530;
/// Characters of a link.
const LINK_MAX: usize = 2_079;

/// The colours of a status: of the cell and of the word in it.
fn colours(status: Status) -> (u32, u32) {
    match status {
        Status::Created => (0xc6_efce, 0x00_6100),
        Status::Updated => (0xd5_f5e3, 0x0b_5345),
        Status::Existing => (0xdd_ebf7, 0x1f_4e78),
        Status::Carried => (0xe2_d9f3, 0x4b_2e83),
        Status::Differs => (0xff_eb9c, 0x7f_4a00),
        Status::Expiring => (0xfd_ebd0, 0x7e_5109),
        Status::Expired => (0xf6_ddcc, 0x6e_2c00),
        Status::Gone => (0xd6_dbdf, 0x28_3747),
        Status::Cancelled => (0xe5_e7e9, 0x42_4949),
        Status::Uncertain => (0xfa_dbd8, 0x78_281f),
        Status::Invalid => (0xfc_d5b4, 0x83_3c0b),
        Status::Refused => (0xff_c7ce, 0x9c_0006),
        Status::Failed => (0xf2_9ca3, 0x5c_0004),
        Status::Skipped => (0xe7_e6e6, 0x40_4040),
    }
}

/// How cells look.
struct Formats {
    header: Format,
    link: Format,
    text: Format,
    statuses: [Format; Status::ALL.len()],
}

impl Formats {
    fn new() -> Self {
        let status = |status| {
            let (cell, word) = colours(status);
            Format::new().set_background_color(Color::RGB(cell)).set_font_color(Color::RGB(word))
        };
        let header = Format::new().set_bold().set_background_color(Color::RGB(0x1f_3864));
        let header = header.set_font_color(Color::White).set_align(FormatAlign::VerticalCenter);
        Self {
            header: header.set_border_bottom(FormatBorder::Thin),
            link: Format::new().set_hyperlink(),
            // Excel's own for "text": what is typed over it stays text, too.
            text: Format::new().set_num_format("@"),
            statuses: Status::ALL.map(status),
        }
    }
}

/// A column of a sheet: its name, and what it holds.
pub(super) type Head = (String, Kind);

/// How wide a column is, in characters.
fn width(name: &str, kind: Kind) -> f64 {
    match kind {
        Kind::Status => 12.0,
        Kind::Number => 11.0,
        Kind::Link => 44.0,
        Kind::Phone => 18.0,
        Kind::Id if name == "passcode" => 12.0,
        Kind::Id => 20.0,
        Kind::Free | Kind::Any if matches!(name, "error" | "drift" | "subject") => 40.0,
        Kind::Free | Kind::Any => 22.0,
    }
}

/// A workbook that is being written.
pub(super) struct Book {
    path: PathBuf,
    workbook: Workbook,
    formats: Formats,
    /// The name of the sheet that is being written.
    name: String,
    head: Vec<Head>,
    /// Which sheet of that name it is, from 1.
    number: u32,
    /// The rows of it, its header not among them.
    rows: u32,
    /// How many more rows it takes.
    rows_max: u32,
    links: u32,
    /// All records.
    lines: u64,
    cut: u64,
    /// How many links are text since there are too many, or they are too long.
    bare: u64,
    /// How many sheets there are beyond the first for the same records.
    further: u32,
}

impl Book {
    pub(super) fn new(path: &Path) -> Result<Self> {
        let mut workbook = Workbook::new();
        let folder = folder(path);
        workbook.set_tempdir(folder).with_context(|| format!("nothing can be written to {}", folder.display()))?;
        Ok(Self {
            path: path.to_owned(),
            workbook,
            formats: Formats::new(),
            name: String::new(),
            head: Vec::new(),
            number: 0,
            rows: 0,
            rows_max: ROWS_MAX,
            links: 0,
            lines: 0,
            cut: 0,
            bare: 0,
            further: 0,
        })
    }

    /// Begins sheets of this name; they have this header.
    pub(super) fn begin(&mut self, name: &str, head: Vec<Head>) -> Result<()> {
        self.end()?;
        (self.name, self.head, self.number) = (name.to_owned(), head, 0);
        self.begin_next()
    }

    /// The same with another bound, for tests.
    #[cfg(test)]
    pub(super) fn with_rows_max(mut self, rows_max: u32) -> Self {
        self.rows_max = rows_max;
        self
    }

    fn begin_next(&mut self) -> Result<()> {
        self.number += 1;
        let name = if self.number == 1 { self.name.clone() } else { format!("{} {}", self.name, self.number) };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (column, (name, kind)) in (0..).zip(&self.head) {
            sheet.set_column_width(column, width(name, *kind))?;
            let name = cut(name).unwrap_or_else(|| clean(name).into_owned());
            sheet.write_string_with_format(0, column, name, &self.formats.header)?;
        }
        (self.rows, self.links) = (0, 0);
        Ok(())
    }

    fn sheet(&mut self) -> Result<&mut Worksheet> {
        let last = self.workbook.worksheets().len() - 1;
        Ok(self.workbook.worksheet_from_index(last)?)
    }

    /// Ends a sheet: what is known only of all its rows.
    fn end(&mut self) -> Result<()> {
        let Some(last) = self.head.len().checked_sub(1) else { return Ok(()) };
        let (rows, last) = (self.rows, u16::try_from(last).context("a sheet has more columns than Excel takes")?);
        let sheet = self.sheet()?;
        sheet.autofilter(0, 0, rows, last)?;
        sheet.ignore_error_range(0, 0, rows, last, IgnoreError::NumberStoredAsText)?;
        Ok(())
    }

    pub(super) fn add<'a>(&mut self, cells: impl Iterator<Item = (&'a str, Kind)>) -> Result<()> {
        self.lines += 1;
        self.add_again(cells)
    }

    /// Adds a record that has been counted.
    pub(super) fn add_again<'a>(&mut self, cells: impl Iterator<Item = (&'a str, Kind)>) -> Result<()> {
        if self.rows == self.rows_max {
            self.end()?;
            self.begin_next()?;
            self.further += 1;
        }
        self.rows += 1;
        let (row, last) = (self.rows, self.workbook.worksheets().len() - 1);
        let sheet = self.workbook.worksheet_from_index(last)?;
        for (column, (text, kind)) in (0..).zip(cells).filter(|(_, (text, _))| !text.is_empty()) {
            let format = match Form::of(text, kind) {
                Form::Link if self.links < LINKS_MAX && text.len() <= LINK_MAX => {
                    sheet.write_url_with_format(row, column, Url::new(text), &self.formats.link)?;
                    self.links += 1;
                    continue;
                }
                Form::Number => {
                    sheet.write_number(row, column, text.parse::<f64>()?)?;
                    continue;
                }
                Form::Link => {
                    self.bare += 1;
                    None
                }
                Form::Id | Form::Phone => Some(&self.formats.text),
                Form::Free if kind == Kind::Status => {
                    Status::of_name(text).map(|status| &self.formats.statuses[status as usize])
                }
                Form::Free => None,
            };
            let text = clean(text);
            let shorter = cut(&text);
            self.cut += u64::from(shorter.is_some());
            let text = shorter.unwrap_or_else(|| text.into_owned());
            match format {
                Some(format) => sheet.write_string_with_format(row, column, text, format)?,
                None => sheet.write_string(row, column, text)?,
            };
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Made> {
        self.end()?;
        let mut draft =
            Draft::private(&self.path).with_context(|| format!("{} cannot be written", self.path.display()))?;
        self.workbook.save_to_writer(&mut draft)?;
        draft.finish()?;
        let mut notices: Vec<String> = cut_notice(self.cut).into_iter().collect();
        if self.bare > 0 {
            let links = plural(self.bare, "link");
            notices.push(format!(
                "{links} cannot be clicked in the workbook and can be copied: Excel takes 65,530 links on a sheet, and 2,079 \
                 characters of a link"
            ));
        }
        if self.further > 0 {
            let sheets = plural(u64::from(self.further), "further sheet");
            notices.push(format!("what is beyond row 1,048,576, the last that Excel has, is on {sheets}"));
        }
        Ok(Made { lines: self.lines, notices })
    }
}
