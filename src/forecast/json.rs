//! The report for programs: one JSON object per line, the totals first, each with all members. The README says what they
//! are; they keep their names.

use std::io::{self, Write};

use serde::Serialize;

use super::item::{Case, Item, Totals};
use super::report::Circumstances;
use crate::input::At;
use crate::plan::Forecast;

/// The totals, and what was held against what.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sum<'a> {
    action: &'a str,
    input: String,
    against: Option<String>,
    read: bool,
    interrupted: bool,
    illegible: u64,
    rows: u64,
    new: u64,
    changed: u64,
    unchanged: u64,
    conflict: u64,
    invalid: u64,
    doubtful: u64,
    unknown: u64,
    gone: u64,
}

/// One row, or a meeting whose row is gone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    action: &'a str,
    record: Option<u64>,
    line: Option<u64>,
    row: Option<u64>,
    earlier_record: Option<u64>,
    external_id: Option<&'a str>,
    subject: Option<&'a str>,
    changes: Vec<Change<'a>>,
    why: &'a [String],
}

/// One member.
#[derive(Serialize)]
struct Change<'a> {
    field: String,
    from: Option<&'a str>,
    to: &'a str,
}

/// Writes the totals.
pub(super) fn totals(out: &mut dyn Write, plan: &Forecast, totals: &Totals, found: &Circumstances) -> io::Result<()> {
    let earlier = plan.earlier.as_ref().filter(|_| found.has_earlier);
    let against = earlier.map(|earlier| earlier.path.display().to_string());
    let sum = Sum {
        action: "totals",
        input: plan.input.to_string(),
        against,
        read: plan.reads.is_some(),
        interrupted: found.interrupted.is_some(),
        illegible: found.illegible,
        rows: totals.rows(),
        new: totals.of(Case::New),
        changed: totals.of(Case::Changed),
        unchanged: totals.of(Case::Unchanged),
        conflict: totals.of(Case::Conflict),
        invalid: totals.of(Case::Invalid),
        doubtful: totals.of(Case::Doubtful),
        unknown: totals.of(Case::Unknown),
        gone: totals.of(Case::Gone),
    };
    write(out, &sum)
}

/// Writes a row or a meeting, unless nothing changes.
pub(super) fn item(out: &mut dyn Write, item: &Item) -> io::Result<()> {
    if item.case == Case::Unchanged {
        return Ok(());
    }
    let (row, was) = (item.row.as_ref(), item.was.as_ref());
    let asked = row.and_then(|row| row.meeting.as_ref().ok()).or(was.map(|was| &was.asked));
    let (line, sheet_row) = match row.map(|row| row.at) {
        Some(At::Line(line)) => (Some(line), None),
        Some(At::SheetRow(row)) => (None, Some(row)),
        None => (None, None),
    };
    let id = row.map_or(asked.map(|asked| &asked.external_id), |row| row.external_id.as_ref());
    let changes = item.fields.iter();
    let changes =
        changes.map(|field| Change { field: field.member.to_string(), from: field.from.as_deref(), to: &field.to });
    let told = Told {
        action: item.case.as_str(),
        record: row.map(|row| row.record),
        line,
        row: sheet_row,
        earlier_record: was.map(|was| was.record),
        external_id: id.map(crate::meeting::ExternalId::as_str),
        subject: asked.and_then(|asked| asked.subject.as_deref()),
        changes: changes.collect(),
        why: &item.why,
    };
    write(out, &told)
}

fn write(mut out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")
}
