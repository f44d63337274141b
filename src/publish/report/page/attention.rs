//! What needs attention, the most frequent first: each cause with its mend and its rows.

use std::io::{self, Write};

use super::heading::count;
use super::markup::{Text, class, counted, number};
use crate::outcome::Status;
use crate::publish::report::{Cause, Facts};

/// How many causes are read at once; more are folded.
const CAUSES_SHOWN: usize = 12;
/// How many records of a cause are read at once; more are folded.
const RECORDS_SHOWN: usize = 30;

/// Whether the row has, or had, a meeting of which somebody has to know more.
fn is_not_well(status: Status) -> bool {
    matches!(status, Status::Differs | Status::Expiring | Status::Expired | Status::Gone)
}

/// The causes.
pub(super) fn write(out: &mut impl Write, facts: &Facts) -> io::Result<()> {
    writeln!(out, "<section aria-labelledby=\"h-att\">\n<h2 id=\"h-att\">What needs attention first</h2>")?;
    let wanting = count(facts, |status| status.is_error() || is_not_well(status));
    if facts.causes.is_empty() {
        if wanting == 0 {
            writeln!(out, "<p class=\"well\">Nothing needs attention: no row went wrong.</p>")?;
        } else {
            writeln!(out, "<p>{}; the table below has what is wrong with each.</p>", counted(wanting, "row"))?;
        }
    }
    let (shown, folded) = facts.causes.split_at(facts.causes.len().min(CAUSES_SHOWN));
    for cause in shown {
        one(out, cause)?;
    }
    if !folded.is_empty() {
        writeln!(out, "<details><summary>{}</summary>", counted(folded.len() as u64, "more cause"))?;
        for cause in folded {
            one(out, cause)?;
        }
        writeln!(out, "</details>")?;
    }
    writeln!(out, "</section>")
}

fn one(out: &mut impl Write, cause: &Cause) -> io::Result<()> {
    writeln!(
        out,
        "<article class=\"cause {}\">\n<h3><span class=\"tag\">{}, {}</span> <bdi>{}</bdi></h3>",
        class(cause.status),
        counted(cause.rows, "row"),
        cause.status.as_str(),
        Text(&cause.what),
    )?;
    if !cause.mend.is_empty() {
        writeln!(out, "<p class=\"mend\"><strong>What to do:</strong> <bdi>{}</bdi></p>", Text(&cause.mend))?;
    }
    if !cause.paste.is_empty() {
        writeln!(
            out,
            "<div class=\"paste\"><p>To be pasted into Teams PowerShell, by an administrator:</p>\n\
             <pre tabindex=\"0\"><code>{}</code></pre></div>",
            Text(&cause.paste),
        )?;
    }
    records(out, cause)?;
    writeln!(out, "</article>")
}

fn records(out: &mut impl Write, cause: &Cause) -> io::Result<()> {
    if cause.records.is_empty() {
        return Ok(());
    }
    let link = |out: &mut dyn Write, record: &u64| write!(out, " <a href=\"#r{record}\">{}</a>", number(*record));
    let (shown, folded) = cause.records.split_at(cause.records.len().min(RECORDS_SHOWN));
    write!(out, "<p class=\"records\">{}", if cause.rows == 1 { "Record" } else { "Records" })?;
    shown.iter().try_for_each(|record| link(out, record))?;
    let beyond = cause.rows.saturating_sub(cause.records.len() as u64);
    if folded.is_empty() && beyond == 0 {
        return writeln!(out, "</p>");
    }
    if folded.is_empty() {
        return writeln!(out, " and {} more: the table has them</p>", number(beyond));
    }
    writeln!(out, "</p>\n<details class=\"more\"><summary>{} more</summary>", number(folded.len() as u64 + beyond))?;
    write!(out, "<p class=\"records\">")?;
    folded.iter().try_for_each(|record| link(out, record))?;
    if beyond > 0 {
        write!(out, " and {} more: the table has them", number(beyond))?;
    }
    writeln!(out, "</p></details>")
}
