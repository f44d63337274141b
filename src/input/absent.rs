//! The flaw of an attendee whom the directory does not have, with the place of the name in its cell.

use super::flaw::{Flaw, Wrong};
use super::names::Column;
use super::{Parser, Row};

/// The kind of flaw that is found here.
pub const ABSENT: &str = "an attendee whom the directory does not have";
/// Where people are named.
const COLUMNS: [Column; 3] = [Column::Attendees, Column::Presenters, Column::Coorganizers];

/// What is wrong with a row that names somebody whom the directory does not have, or more than one of whom.
pub fn absent(row: &Row, name: &str, parser: &Parser) -> Flaw {
    let columns = &parser.columns;
    let mend = "write the name with which the person signs in; or invite the person as a guest first; or see \
                --unknown-attendees, which can keep an address or leave the person out";
    let place = COLUMNS.into_iter().find_map(|column| {
        let cell = String::from_utf8_lossy(columns.cell(column, &row.cells.0)).into_owned();
        let begin = cell.to_ascii_lowercase().find(&name.to_ascii_lowercase())?;
        Some((column, cell, begin))
    });
    let wrong = Wrong::new(ABSENT, mend).saying(format!("the directory does not have '{name}', or has more than one"));
    match place {
        Some((column, cell, begin)) => {
            let wrong = wrong.of_part(begin..begin + name.len());
            wrong.in_cell(columns.index(column), columns.name(column), 0, &cell)
        }
        None => wrong.in_cell(None, "", 0, ""),
    }
}
