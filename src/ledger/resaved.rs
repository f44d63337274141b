//! An earlier output as it is now, be it that Excel has saved it since: with semicolons, in UTF-16 or Windows-1252, or as a
//! workbook. Looked into, never written.
//!
//! Whoever would make a meeting a second time if a line is overlooked goes by this. So what seems to be an output and cannot
//! be read is an error; only what is none is passed over.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use csv::ByteRecord;

use super::earlier::beginning;
use super::layout::LineColumns;
use super::line::written;
use super::read_at::ReadAt;
use crate::input::{AskedForm, Input, Reading, Rows};
use crate::outcome::{MadeBy, Status};

/// So much of a file that is no output is searched for a sign that it was one.
const SEARCHED: u64 = 1 << 20;
/// The column that nothing else has.
const SIGN: &[u8] = b"madeBy";

/// The lines of a file, separated by commas and in UTF-8 whatever they are there; `None` when there is no such file. What is
/// no output of this program is given as it is.
pub(super) fn lines_of(path: &Path, reading: &Reading) -> Result<Option<File>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    if is_as_written(&file)? {
        return Ok(Some(file));
    }
    let form = AskedForm::default();
    let reading = Reading { me: true, map: reading.map.clone(), form, ..Reading::default() };
    let rows = Input::File(path.to_owned()).open().and_then(|source| Rows::open(source, reading));
    match rows {
        Ok(rows) if is_output(rows.parser().columns().header()) => transcribed(rows).map(Some),
        _ if !has_sign(&file)? => Ok(Some(file)),
        Ok(_) => bail!("it has the column madeBy, and status or joinWebUrl is missing"),
        Err(error) => Err(error).context("it has the column madeBy, and cannot be read"),
    }
}

/// Whether a header is that of an output.
pub(super) fn is_output(header: &ByteRecord) -> bool {
    let places = LineColumns::of_header(header);
    places.has("status") && places.has("joinWebUrl")
}

/// Whether a file is an output as this program writes it. The last line may be torn.
fn is_as_written(file: &File) -> io::Result<bool> {
    let (mut lines, mut record) = beginning(file)?;
    if !is_output(&record) {
        return Ok(false);
    }
    let mut is_damaged = false;
    while lines.read(&mut record)? {
        if is_damaged {
            return Ok(false);
        }
        is_damaged = record.iter().any(|cell| std::str::from_utf8(cell).is_err());
    }
    Ok(true)
}

fn transcribed(rows: Rows) -> Result<File> {
    let mut file = BufWriter::new(tempfile::tempfile()?);
    file.write_all(&written(rows.parser().columns().header()))?;
    for row in rows {
        file.write_all(&written(&row?.cells.0))?;
    }
    Ok(file.into_inner().map_err(io::IntoInnerError::into_error)?)
}

fn has_sign(file: &File) -> io::Result<bool> {
    let mut bytes = Vec::new();
    ReadAt::new(file, 0).take(SEARCHED).read_to_end(&mut bytes)?;
    // As UTF-16 has it, too.
    bytes.retain(|byte| *byte != 0);
    Ok(bytes.windows(SIGN.len()).any(|bytes| bytes == SIGN))
}

/// Whether a file is an output of this program with a line that is so; anything else is none.
fn any(path: &Path, reading: &Reading, is_so: impl Fn(Status, &str) -> bool) -> Result<bool> {
    let Some(file) = lines_of(path, reading)? else { return Ok(false) };
    let (mut lines, mut record) = beginning(&file)?;
    let places = LineColumns::of_header(&record);
    while lines.read(&mut record)? {
        if is_line(&places, &record, &is_so) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_line(places: &LineColumns, record: &ByteRecord, is_so: impl Fn(Status, &str) -> bool) -> bool {
    if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
        return false;
    }
    // What is torn in its status is that of a row that was sent.
    let status = places.status(record).map(|status| status.unwrap_or(Status::Uncertain));
    status.is_some_and(|status| is_so(status, &places.made_by(record)))
}

/// Whether a file has meetings, or rows in doubt, of a plain create. Fails when that cannot be told.
pub fn has_plain_meetings(path: &Path, reading: &Reading) -> Result<bool> {
    any(path, reading, |status, made_by| status == Status::Uncertain || made_by == MadeBy::Create.as_str())
}

/// Whether a file was written by a run that made meetings by createOrGet. Fails when that cannot be told.
pub fn has_created_by_key(path: &Path, reading: &Reading) -> Result<bool> {
    any(path, reading, |status, made_by| status == Status::Created && made_by == MadeBy::CreateOrGet.as_str())
}

/// Whether the rows of an input are lines of an output with meetings, or rows in doubt, of a plain create.
pub fn has_plain_rows(rows: &Rows) -> Result<bool> {
    let header = rows.parser().columns().header();
    if !is_output(header) {
        return Ok(false);
    }
    let places = LineColumns::of_header(header);
    for row in rows.anew()? {
        let cells = &row?.cells.0;
        let is_uncertain = places.status(cells) == Some(Ok(Status::Uncertain));
        if is_uncertain || places.made_by(cells) == MadeBy::Create.as_str() {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
#[path = "resaved_tests.rs"]
mod tests;
