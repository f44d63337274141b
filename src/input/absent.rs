//! The flaw of an attendee whom the directory does not have, with the place of the name in its cell.

use super::flaw::{Flaw, Wrong};
use super::names::Column;
use super::{Parser, Row};

/// The kind of flaw of somebody whom the directory does not have.
const ABSENT: &str = "an attendee whom the directory does not have";
const SEVERAL: &str = "an attendee whom the directory has more than once";
const FOLLOWS: &str = "the first row for the same meeting names an attendee who cannot be looked up";
/// Where people are named.
const COLUMNS: [Column; 3] = [Column::Attendees, Column::Presenters, Column::Coorganizers];

/// Why a name is nobody's whom Graph could be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Nobody in the directory has it.
    Nobody,
    /// It is the mail address of more than one.
    Several,
}

/// What is wrong with a row that names somebody so.
pub fn absent(row: &Row, name: &str, why: Absent, parser: &Parser) -> Flaw {
    let columns = &parser.columns;
    let place = COLUMNS.into_iter().find_map(|column| {
        let cell = String::from_utf8_lossy(columns.cell(column, &row.cells.0)).into_owned();
        let begin = place(&cell.to_ascii_lowercase(), &name.to_ascii_lowercase())?;
        Some((column, cell, begin))
    });
    let wrong = match why {
        Absent::Nobody => Wrong::new(
            ABSENT,
            "write the name with which the person signs in; or invite the person as a guest first; or see \
             --unknown-attendees, which can keep an address or leave the person out",
        )
        .saying(format!("the directory does not have '{name}'")),
        Absent::Several => Wrong::new(
            SEVERAL,
            "write the name with which the person signs in, or the object id; or see --unknown-attendees, which can \
             leave the person out",
        )
        .saying(format!("'{name}' is the mail address of more than one user")),
    };
    match place {
        Some((column, cell, begin)) => {
            let wrong = wrong.of_part(begin..begin + name.len());
            wrong.in_cell(columns.index(column), columns.name(column), 0, &cell)
        }
        None => wrong.in_cell(None, "", 0, ""),
    }
}

/// What is wrong with a row that asks for the same meeting as an earlier one, which was not sent for its attendees.
pub fn follows(first_record: u64) -> Flaw {
    let what = format!(
        "record {first_record} asks for the same meeting first, and was not sent since it names an attendee who cannot be \
         looked up"
    );
    Wrong::new(FOLLOWS, "mend that record").saying(what).in_cell(None, "", 0, "")
}

/// Where a name is in a cell, as a whole: the end of another name is another name.
fn place(cell: &str, name: &str) -> Option<usize> {
    let goes_on = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || "-_.'+#".contains(char));
    let is_whole = |&(begin, _): &(usize, &str)| {
        !goes_on(cell[..begin].chars().next_back()) && !goes_on(cell[begin + name.len()..].chars().next())
    };
    let begin = cell.match_indices(name).find(is_whole).map(|(begin, _)| begin);
    begin.or_else(|| cell.find(name))
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_name_is_found_where_it_stands_alone() {
        assert_eq!(place("joann@a.example; ann@a.example", "ann@a.example"), Some(17));
        assert_eq!(place("ann@a.example.org;presenter:ann@a.example", "ann@a.example"), Some(28));
        assert_eq!((place("ann@a.example.", "ann@a.example"), place("ann", "bob")), (Some(0), None));
    }
}
