//! What a row says about time, and what becomes of it.

mod cells;
mod changes;
mod dates;
mod forms;
mod odd;
mod zones;

use super::*;
use crate::meeting::graph_time;

fn cells<'a>(start: &'a str, zone: &'a str) -> Cells<'a> {
    Cells { start_date_time: Some(start), time_zone: Some(zone), ..Cells::default() }
}

/// The start as Graph gets it, or what is wrong first.
fn start_of(cells: &Cells<'_>, rules: &Rules) -> Result<String, Wrong> {
    let spanned = Zones::new().span(cells, rules);
    match spanned.span {
        Some(span) => Ok(span.start().map_or_else(String::new, graph_time)),
        None => Err(spanned.wrongs.into_iter().next().expect("a reason").1),
    }
}

/// The same for one text that is a whole moment.
fn read(text: &str, zone: &str) -> Result<String, Wrong> {
    start_of(&cells(text, zone), &Rules::default())
}

/// The kind of the flaw of a text, and the part that is marked.
fn flaw<'a>(text: &'a str, zone: &str) -> (&'static str, Option<&'a str>) {
    let wrong = read(text, zone).expect_err(text);
    (wrong.kind, wrong.part.map(|part| &text[part]))
}
