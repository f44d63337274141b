//! An Excel workbook (`.xlsx`) as it is, to the same text as a CSV file has.
//!
//! One sheet is read cell by cell and written into an unnamed file, so that the rows after it are read like any others and
//! a sheet may be larger than memory; only its table of texts is held. Hidden rows, and those that a filter hides, are
//! rows. This module refuses what is no workbook, what is damaged and what is too large; it does not know what the
//! columns mean, and it calculates no formula.

mod cell;
mod record;
mod refusal;
mod weigh;

use std::fmt::Display;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Context as _, Error, Result, anyhow, bail};
use calamine::{DataRef, Reader as _, Sheet, SheetType, SheetVisible, Xlsx, XlsxError};

use self::cell::Shown;
use self::record::{Place, Records};
use super::flaw::shown;
use super::oddities::is_hashes;

/// How alike two names of sheets must be (Jaro-Winkler, 0 to 1) for one to be offered in place of the other.
const ALIKE_MIN: f64 = 0.75;
/// How many sheets a message names.
const NAMED_MOST: usize = 10;
/// The text of a cell whose formula was never calculated, in the manner of Excel's own (`#N/A`). What a program other
/// than Excel writes may have no value beside the formula, and an empty cell would be a guess.
pub(super) const UNCALCULATED: &str = "#NOT CALCULATED!";
/// What Excel writes into a cell whose formula has failed.
const ERRORS: [&[u8]; 9] =
    [b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!", b"#DATA!", UNCALCULATED.as_bytes()];

/// A sheet as CSV: separated by commas, UTF-8, lines ended by LF, quoted where it has to be.
#[derive(Debug)]
pub(super) struct Transcript {
    /// One record for each row that is not blank, from its beginning. The first cell of each is not the sheet's: it is
    /// the number of the row, counted from 1. No record has fewer cells than the first, which is the header.
    pub(super) file: File,
    /// The name of the sheet.
    pub(super) sheet: String,
    /// The sheets that can be seen beside it, and were not read.
    pub(super) others: Vec<String>,
    /// The first cell, as `D13`, whose formula was never calculated, and how many there are.
    pub(super) uncalculated: Option<(String, usize)>,
}

/// Whether a file that begins so is to be read here, be it to say why it cannot be: a zip, or the old format of Office.
pub(super) fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(&refusal::ZIP) || head.starts_with(&refusal::OLE)
}

/// Whether the cell is what Excel shows of a formula that failed or in a column that is too narrow, or what is written
/// here of a formula never calculated.
pub(super) fn is_error(cell: &[u8]) -> bool {
    cell.first() == Some(&b'#') && (ERRORS.contains(&cell) || is_hashes(cell))
}

/// Reads the sheet of this name, or else the first that can be seen.
pub(super) fn transcribe(mut workbook: impl Read + Seek, sheet: Option<&str>) -> Result<Transcript> {
    let mut head = Vec::new();
    workbook.rewind().context("the workbook cannot be read")?;
    workbook.by_ref().take(8).read_to_end(&mut head).context("the workbook cannot be read")?;
    if head.starts_with(&refusal::OLE) {
        return Err(refusal::old(&mut workbook).context("the workbook cannot be read")?);
    }
    // What is read may be anybody's, and the reader has panicked on files that were made to harm.
    let read = catch_unwind(AssertUnwindSafe(|| {
        weigh::weigh(&mut workbook)?;
        workbook.rewind().context("the workbook cannot be read")?;
        read(BufReader::new(&mut workbook), sheet)
    }));
    read.unwrap_or_else(|_| Err(damaged("its parts contradict each other")))
}

fn read(workbook: impl Read + Seek, wanted: Option<&str>) -> Result<Transcript> {
    let mut book = Xlsx::new(workbook).map_err(unreadable)?;
    let sheets = book.sheets_metadata().to_vec();
    let sheet = chosen(&sheets, wanted)?.name.clone();
    let others: Vec<String> = sheets
        .iter()
        .filter(|other| is_offered(other) && other.name != sheet)
        .map(|other| other.name.clone())
        .collect();
    let within = || format!("sheet '{}'", shown(&sheet));
    let from_1904 = book.has_1904_epoch();
    let uncalculated = uncalculated(&mut book, &sheet).with_context(within)?;
    let mut missing = uncalculated.iter().copied().peekable();

    let mut cells = book.worksheet_cells_reader(&sheet).map_err(unreadable).with_context(within)?;
    let formats: Vec<Shown> = cells.styles().iter().map(Shown::of_style).collect();
    let mut records = Records::begin()?;
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(unreadable).with_context(within)? {
        let place = Place::of(cell.get_position()).with_context(within)?;
        let text = records.cell(place).with_context(within)?;
        let format = formats.get(style).copied().unwrap_or_default();
        cell::write(cell.get_value(), format, from_1904, text);
        if missing.next_if_eq(&place).is_some() {
            text.push_str(UNCALCULATED);
        }
    }
    let Some(file) = records.end().with_context(within)? else {
        let offer =
            if others.is_empty() { String::new() } else { format!("; --sheet reads another: {}", named(&others)) };
        bail!("sheet '{}' is empty: its first row must name the columns{offer}", shown(&sheet));
    };
    let uncalculated = uncalculated.first().map(|first| (first.to_string(), uncalculated.len()));
    Ok(Transcript { file, sheet, others, uncalculated })
}

/// The cells that have a formula and no value, in the order of the sheet.
fn uncalculated(book: &mut Xlsx<impl Read + Seek>, sheet: &str) -> Result<Vec<Place>> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let (mut found, mut last) = (Vec::new(), None);
    loop {
        let cell = match cells.next_cell_with_formula_metadata() {
            Ok(Some(cell)) => cell,
            Ok(None) => return Ok(found),
            Err(XlsxError::CellError(what)) => {
                let after = last.map_or("the first".to_owned(), |last: Place| format!("the next after {last}"));
                bail!("a cell ({after}) has the error {}: mend its formula, and save the workbook", shown(&what));
            }
            Err(why) => return Err(unreadable(why)),
        };
        let place = Place::of(cell.pos)?;
        last = Some(place);
        if cell.formula.is_some() && cell.value == DataRef::Empty {
            found.push(place);
        }
    }
}

/// Whether it can be seen and has rows.
fn is_offered(sheet: &Sheet) -> bool {
    sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet
}

/// The sheet of this name, as Excel compares names: without case. Or else the first that can be seen.
fn chosen<'a>(sheets: &'a [Sheet], wanted: Option<&str>) -> Result<&'a Sheet> {
    let offered: Vec<String> =
        sheets.iter().filter(|sheet| is_offered(sheet)).map(|sheet| sheet.name.clone()).collect();
    let Some(wanted) = wanted else {
        let first = sheets.iter().find(|sheet| is_offered(sheet));
        return first
            .context("the workbook has no sheet with rows that can be seen: name one by --sheet, or show it in Excel");
    };
    let fold = |name: &str| name.trim().to_lowercase();
    let found = sheets.iter().find(|sheet| sheet.name == wanted);
    if let Some(found) = found.or_else(|| sheets.iter().find(|sheet| fold(&sheet.name) == fold(wanted))) {
        if found.typ != SheetType::WorkSheet {
            bail!(
                "sheet '{}' is a chart or a dialog and has no rows: name another; there are {}",
                shown(wanted),
                named(&offered)
            );
        }
        return Ok(found);
    }
    let nearest = offered.iter().map(|own| (strsim::jaro_winkler(&fold(own), &fold(wanted)), own));
    let nearest = nearest.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(alike, _)| *alike >= ALIKE_MIN);
    let nearest = nearest.map_or(String::new(), |(_, own)| format!("the nearest is '{}'; ", shown(own)));
    bail!("the workbook has no sheet '{}'; {nearest}it has {}", shown(wanted), named(&offered))
}

fn named(sheets: &[String]) -> String {
    let names: Vec<String> = sheets.iter().take(NAMED_MOST).map(|name| format!("'{}'", shown(name))).collect();
    match sheets.len().saturating_sub(NAMED_MOST) {
        _ if names.is_empty() => "none that can be seen and has rows".to_owned(),
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

fn unreadable(why: XlsxError) -> Error {
    match why {
        XlsxError::Password => refusal::password(),
        XlsxError::NotAWorksheet(_) => anyhow!("it is a chart or a dialog and has no rows: name another by --sheet"),
        XlsxError::Unrecognized { typ: "sheet:type", .. } => anyhow!(
            "the workbook has a sheet of macros or of another kind that cannot be read: copy the sheet of meetings into a \
             new workbook and save that"
        ),
        why => damaged(why),
    }
}

/// Says what was found in the words of who found it, at the end: they help whoever is asked for help.
fn damaged(why: impl Display) -> Error {
    anyhow!(
        "the workbook is damaged, or only a part of it is here: fetch or save it once more; Excel may mend it by File > \
         Open > Browse > Open and Repair ({})",
        shown(&why.to_string())
    )
}

#[cfg(test)]
mod tests;
