//! The output as a workbook: all its records and columns, and a sheet of totals.

use std::path::Path;

use anyhow::Result;

use super::book::{Book, COLUMNS_MAX, LINKS_MAX};
use super::dialect::Kind;
use super::totals::Totals;
use super::{Column, columns};
use crate::publish::{Finished, Made};

/// The name of the sheet of the output's records.
const NAME: &str = "Meetings";
/// The name of the sheet of the columns that the first has no room for.
const MORE: &str = "More columns";

/// The column of the links that matter less.
const DIAL_IN: &str = "dialinUrl";

/// Writes the output as a workbook.
pub fn workbook(finished: &Finished, path: &Path) -> Result<Made> {
    let (mut columns, mut book, mut totals) = (columns(finished), Book::new(path)?, Totals::default());
    // Where the two links of each row would be too many, all those that lead to a meeting go first.
    let is_crowded = 2 * finished.lines() > LINKS_MAX.into();
    for column in columns.iter_mut().filter(|column| is_crowded && column.name == DIAL_IN) {
        column.kind = Kind::Free;
    }
    let mut more = 0;
    for (part, columns) in columns.chunks(COLUMNS_MAX).enumerate() {
        let name = if part == 0 { NAME } else { MORE };
        book.begin(name, columns.iter().map(|Column { name, kind, .. }| (name.clone(), *kind)).collect())?;
        for entry in finished.entries()? {
            let entry = entry?;
            let text = |column: &Column| (entry.row.cells.text(column.place), column.kind);
            let cells: Vec<_> = columns.iter().map(text).collect();
            let cells = cells.iter().map(|(text, kind)| (&**text, *kind));
            if part == 0 {
                book.add(cells)?;
                totals.count(entry);
            } else {
                book.add_again(cells)?;
            }
        }
        more = part;
    }
    totals.write(&mut book)?;
    let mut made = book.finish()?;
    if is_crowded {
        made.notices.push(format!("{DIAL_IN} is text in the workbook: Excel takes 65,530 links on a sheet"));
    }
    if more > 0 {
        made.notices
            .push(format!("the columns beyond the 16,384th, the last that Excel has, are on the sheet '{MORE}'"));
    }
    Ok(made)
}
