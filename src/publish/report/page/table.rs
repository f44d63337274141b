//! The table of all rows, written as the lines are read.
//!
//! It is cut into sections, each a table of its own under the one heading that is seen: a browser lays out only those that
//! are looked at, which it cannot do with the rows of one table.

use std::borrow::Cow;
use std::io::{self, Write};

use anyhow::{Context as _, Result};

use super::When;
use super::heading::meaning;
use super::markup::{Text, class, counted, is_web_link, number};
use crate::input::{Column, Columns, Parser};
use crate::outcome::Status;
use crate::publish::report::Facts;
use crate::publish::{Entry, Finished};

/// How many rows a section has; `page.css` and `page.js` know how high that is.
pub(super) const SECTION: u64 = 200;
/// The columns, in their order. `page.css` knows the words as well, for phones.
const COLUMNS: [&str; 8] =
    ["Subject", "Start", "Organizer", "Status", "Link", "External id", "Record", "What is wrong"];

/// Writes the table, and says how many rows there are.
pub(super) fn write(
    out: &mut impl Write,
    finished: &Finished,
    facts: &Facts,
    mut when: impl FnMut(&Entry, &Parser) -> When,
) -> Result<u64> {
    let unwritten = "the report cannot be written";
    search(out, facts).context(unwritten)?;
    let mut entries = finished.entries().context("the finished lines cannot be read again")?;
    let mut count = 0;
    while let Some(entry) = entries.next().transpose()? {
        if count % SECTION == 0 {
            section(out, count, finished.lines()).context(unwritten)?;
        }
        count += 1;
        let when = when(&entry, entries.parser());
        row(out, &entry, &when, finished.columns()).context(unwritten)?;
    }
    if count > 0 {
        writeln!(out, "</tbody></table></div>").context(unwritten)?;
    }
    writeln!(out, "</section>").context(unwritten)?;
    Ok(count)
}

/// The heading, and the search, which is there only with the script.
fn search(out: &mut impl Write, facts: &Facts) -> io::Result<()> {
    let total: u64 = facts.counts.iter().sum();
    writeln!(out, "<section id=\"rows\" aria-labelledby=\"h-row\">\n<h2 id=\"h-row\">All rows</h2>")?;
    writeln!(out, "<div class=\"chips\" id=\"chips\" role=\"group\" aria-label=\"Show rows by status\" hidden>")?;
    writeln!(out, "<button type=\"button\" data-s=\"\" aria-pressed=\"true\">all <b>{}</b></button>", number(total))?;
    for (status, count) in Status::ALL.into_iter().zip(facts.counts).filter(|(_, count)| *count > 0) {
        writeln!(
            out,
            "<button type=\"button\" class=\"{class}\" data-s=\"{class}\" data-w=\"{word}\" title=\"{}\" \
             aria-pressed=\"false\">{word} <b>{}</b></button>",
            meaning(status),
            number(count),
            class = class(status),
            word = status.as_str(),
        )?;
    }
    writeln!(
        out,
        "</div>\n<div class=\"stick\">\n<form id=\"form\" role=\"search\" hidden><label for=\"q\">Search the rows</label>\
         <input id=\"q\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" enterkeyhint=\"search\" \
         placeholder=\"Subject, person, date, id …\"><output id=\"told\" for=\"q\" aria-live=\"polite\">{}</output></form>",
        counted(total, "row"),
    )?;
    write!(out, "<div class=\"names\" aria-hidden=\"true\">")?;
    COLUMNS.iter().try_for_each(|name| write!(out, "<span>{name}</span>"))?;
    writeln!(out, "</div>\n</div>")
}

/// Begins a section, and ends the one before.
fn section(out: &mut impl Write, before: u64, total: u64) -> io::Result<()> {
    if before > 0 {
        writeln!(out, "</tbody></table></div>")?;
    }
    let last = total.min(before + SECTION);
    let size = if last - before < SECTION { " last" } else { "" };
    write!(
        out,
        "<div class=\"part{size}\"><table><caption>Rows {} to {}</caption><thead><tr>",
        number(before + 1),
        number(last)
    )?;
    COLUMNS.iter().try_for_each(|name| write!(out, "<th scope=\"col\">{name}</th>"))?;
    writeln!(out, "</tr></thead><tbody>")
}

/// What a row's cell says of this, when the row could not be read.
fn cell<'a>(entry: &'a Entry, columns: &Columns, column: Column) -> Cow<'a, str> {
    columns.index(column).map(|place| entry.row.cells.text(place)).unwrap_or_default()
}

/// What is known of it, or else what the row's cell says.
fn or_cell<'a>(known: &'a str, entry: &'a Entry, columns: &Columns, column: Column) -> Cow<'a, str> {
    if known.is_empty() { cell(entry, columns, column) } else { Cow::Borrowed(known) }
}

/// A row. Each cell ends in a space, so that the script can tell one from the next in the row's text.
fn row(out: &mut impl Write, entry: &Entry, when: &When, columns: &Columns) -> io::Result<()> {
    let (status, record) = (entry.status(), entry.row.record);
    let subject = or_cell(entry.subject(), entry, columns, Column::Subject);
    let external_id = or_cell(entry.external_id(), entry, columns, Column::ExternalId);
    write!(out, "<tr id=\"r{record}\" class=\"{}\"><th scope=\"row\">{} </th>", class(status), Text(&subject))?;
    if when.day.is_empty() && when.time.is_empty() {
        let typed = [Column::StartDateTime, Column::StartDate, Column::StartTime];
        let typed = typed.map(|column| cell(entry, columns, column).into_owned()).join(" ");
        text(out, typed.trim())?;
    } else {
        write!(out, "<td>{} <i>{} </i></td>", Text(&when.day), Text(&when.time))?;
    }
    organizer(out, &or_cell(entry.organizer(), entry, columns, Column::OrganizerUserId))?;
    text(out, status.as_str())?;
    link(out, entry.meeting().map_or("", |meeting| &meeting.join_web_url))?;
    text(out, &external_id)?;
    write!(out, "<td>{record} </td>")?;
    text(out, if entry.error.is_empty() { entry.drift() } else { &entry.error })?;
    writeln!(out, "</tr>")
}

/// A cell with nothing but text; one without text is left out on a phone.
fn text(out: &mut impl Write, text: &str) -> io::Result<()> {
    if text.is_empty() { write!(out, "<td></td>") } else { write!(out, "<td>{} </td>", Text(text)) }
}

/// An address may be broken before its host.
fn organizer(out: &mut impl Write, organizer: &str) -> io::Result<()> {
    match organizer.find('@') {
        Some(at) => write!(out, "<td>{}<wbr>{} </td>", Text(&organizer[..at]), Text(&organizer[at..])),
        None => text(out, organizer),
    }
}

/// A link, if it is one that a browser may be led by.
fn link(out: &mut impl Write, link: &str) -> io::Result<()> {
    if !is_web_link(link) {
        return text(out, link);
    }
    write!(out, "<td><a href=\"{}\" rel=\"noreferrer noopener\" target=\"_blank\">Join</a> </td>", Text(link))
}
