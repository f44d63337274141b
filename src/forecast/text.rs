//! The report for people: like a diff, one line for each row and one below it for each thing that changes. Nothing in it
//! steers a terminal but its colours, and no line is broken, so that it can be piped.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::compare::Field;
use super::item::{Case, Item, Totals};
use crate::input::{Parser, Row};
use crate::outcome::Member;
use crate::picture::{Paint, visible};
use crate::tally::plural;

/// In which words totals are told, in the order of [`Case::ALL`] without the last.
const WORDS: [&str; Case::ALL.len() - 1] =
    ["new", "changed", "unchanged", "in conflict", "invalid", "doubtful", "unknown"];

/// `312 rows: 12 new · 50 changed · 250 unchanged; 5 meetings are gone from the sheet`.
pub(super) fn totals(totals: &Totals) -> String {
    let cases = Case::ALL.into_iter().zip(WORDS);
    let is_told = |case: Case| totals.of(case) > 0 || case <= Case::Unchanged;
    let told = cases.filter(|(case, _)| is_told(*case)).map(|(case, word)| format!("{} {word}", totals.of(case)));
    let told = told.collect::<Vec<_>>().join(" · ");
    let gone = match totals.of(Case::Gone) {
        0 => String::new(),
        1 => "; 1 meeting is gone from the sheet".to_owned(),
        gone => format!("; {gone} meetings are gone from the sheet"),
    };
    format!("{}: {told}{gone}", plural(totals.rows(), "row"))
}

/// Writes a row or a meeting, if a run would do anything or somebody has to.
pub(super) fn item(out: &mut dyn Write, item: &Item, parser: &mut Parser, paint: Paint) -> io::Result<()> {
    let Some(mark) = mark(item.case) else { return Ok(()) };
    let head = format!("{mark} {}", head(item, parser));
    writeln!(out, "{}", painted(item.case, &visible(&head), paint))?;
    for field in &item.fields {
        let from = match &field.from {
            Some(from) => value(field, from, item.row.as_ref(), parser),
            None => "not asked for before".to_owned(),
        };
        let to = value(field, &field.to, item.row.as_ref(), parser);
        let only = if field.is_mendable() { "" } else { " (an update cannot change it)" };
        writeln!(out, "    {}: {} → {}{only}", visible(&field.member.to_string()), visible(&from), visible(&to))?;
    }
    for why in &item.why {
        writeln!(out, "    {}", visible(why))?;
    }
    Ok(())
}

fn mark(case: Case) -> Option<char> {
    Some(match case {
        Case::Unchanged => return None,
        Case::New => '+',
        Case::Changed => '~',
        Case::Gone => '-',
        Case::Conflict => '!',
        Case::Invalid => 'x',
        Case::Doubtful | Case::Unknown => '?',
    })
}

fn painted(case: Case, text: &str, paint: Paint) -> String {
    match case {
        Case::New => paint.green(text),
        Case::Changed | Case::Doubtful | Case::Unknown => paint.yellow(text),
        Case::Gone | Case::Conflict | Case::Invalid => paint.red(text),
        Case::Unchanged => text.to_owned(),
    }
}

/// Where it is, and what it is called: `record 12 (line 13): MATH101-7 'Algebra', 2027-02-03 09:00 (Europe/Berlin)`.
fn head(item: &Item, parser: &mut Parser) -> String {
    let asked = item.row.as_ref().and_then(|row| row.meeting.as_ref().ok());
    let asked = asked.or(item.was.as_ref().map(|was| &was.asked));
    let place = match (&item.row, &item.was) {
        (Some(row), _) => format!("record {} ({})", row.record, row.at),
        (None, Some(was)) => format!("record {} of the earlier output", was.record),
        (None, None) => String::new(),
    };
    let id = item.row.as_ref().map_or(asked.map(|asked| &asked.external_id), |row| row.external_id.as_ref());
    let id = id.map(|id| format!(": {}", id.as_str())).unwrap_or_default();
    let subject = asked.and_then(|asked| asked.subject.as_ref());
    let subject = subject.map(|subject| format!(" '{subject}'")).unwrap_or_default();
    let start = match item.case {
        Case::New | Case::Gone => asked.and_then(|asked| asked.span.start()),
        _ => None,
    };
    let start = start.map(|start| format!(", {}", moment(start, item.row.as_ref(), parser))).unwrap_or_default();
    format!("{place}{id}{subject}{start}")
}

fn moment(time: DateTime<Utc>, row: Option<&Row>, parser: &mut Parser) -> String {
    row.map_or_else(|| Parser::in_utc(time), |row| parser.shown(row, time))
}

/// A value in words for people: a time as the row's clocks have it.
fn value(field: &Field, value: &str, row: Option<&Row>, parser: &mut Parser) -> String {
    match field.member {
        Member::Start | Member::End => {
            let time = value.parse::<DateTime<Utc>>();
            time.map_or_else(|_| value.to_owned(), |time| moment(time, row, parser))
        }
        Member::Subject => format!("'{value}'"),
        Member::Attendees | Member::Setting(_) if value.is_empty() => "nobody".to_owned(),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_tell_what_there_is_and_always_what_a_run_would_do() {
        for (counts, wanted) in [
            ([0, 0, 0, 0, 0, 0, 0, 0], "0 rows: 0 new · 0 changed · 0 unchanged"),
            ([1, 0, 0, 0, 0, 0, 0, 1], "1 row: 1 new · 0 changed · 0 unchanged; 1 meeting is gone from the sheet"),
            (
                [12, 50, 250, 1, 2, 3, 4, 5],
                "322 rows: 12 new · 50 changed · 250 unchanged · 1 in conflict · 2 invalid · 3 doubtful · 4 unknown; 5 \
                 meetings are gone from the sheet",
            ),
        ] {
            let mut all = Totals::default();
            for (case, count) in Case::ALL.into_iter().zip(counts) {
                for _ in 0..count {
                    all.count(case);
                }
            }
            assert_eq!(totals(&all), wanted);
        }
    }
}
