//! Products that are spreadsheets: the output for Excel, the same as a workbook, and one record for each recipient.
//!
//! What a cell holds was written by anybody, and the program that opens the file takes cells for formulas and for numbers.
//! How each cell is written is decided in one place (`dialect`); no product here writes a cell by itself.

mod book;
mod dialect;
mod excel;
mod guard;
mod people;
mod recipients;
mod text_file;
mod totals;
mod workbook;

pub use self::excel::excel;
pub use self::recipients::{RecipientsForm, recipients};
pub use self::workbook::workbook;

use std::path::Path;

use self::book::Book;
use self::dialect::Kind;
use self::text_file::TextFile;
use super::{Finished, Made};
use crate::input::Column as Meaning;

/// A column of a product.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    kind: Kind,
    /// Where it is in the output, if it is one of its columns.
    place: usize,
}

/// What one of this program's columns holds.
fn kind_of_ours(name: &str) -> Kind {
    match name {
        "status" => Kind::Status,
        "joinWebUrl" | "dialinUrl" => Kind::Link,
        "tollNumber" | "tollFreeNumber" => Kind::Phone,
        "httpStatus" | "attempts" | "record" => Kind::Number,
        "meetingId" | "joinMeetingId" | "passcode" | "conferenceId" | "organizerId" | "tenantId" | "threadId"
        | "messageId" | "requestId" | "clientRequestId" => Kind::Id,
        _ => Kind::Free,
    }
}

/// The columns of an output.
fn columns(finished: &Finished) -> Vec<Column> {
    let meaning = |place| finished.columns().meaning(place);
    let kind = |place, name: &str, is_ours| match meaning(place) {
        _ if is_ours => kind_of_ours(name.trim()),
        // Where a date or an amount is to be expected, what looks like a telephone number is none.
        None | Some(Meaning::ExternalId | Meaning::Subject) => Kind::Any,
        Some(_) => Kind::Free,
    };
    let names = finished.names().into_iter().enumerate();
    names.map(|(place, (name, is_ours))| Column { kind: kind(place, &name, is_ours), name, place }).collect()
}

/// Whether a file is to be a workbook, by its name.
fn is_workbook(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"))
}

/// A sheet that is being written, whatever it is in.
enum Sheet {
    Text(Box<TextFile>),
    Book(Box<Book>),
}

impl Sheet {
    /// Adds a record.
    fn add<'a>(&mut self, cells: impl Iterator<Item = (&'a str, Kind)>) -> anyhow::Result<()> {
        match self {
            Self::Text(file) => file.add(cells),
            Self::Book(book) => book.add(cells),
        }
    }

    /// It is whole.
    fn finish(self) -> anyhow::Result<Made> {
        match self {
            Self::Text(file) => file.finish(),
            Self::Book(book) => book.finish(),
        }
    }
}

#[cfg(test)]
mod book_tests;
#[cfg(all(test, target_os = "linux"))]
mod bounded_tests;
#[cfg(test)]
mod malicious_tests;
#[cfg(test)]
mod office_tests;
#[cfg(test)]
mod tests;
