//! The totals of a workbook: how rows ended, and what kept them from having their meeting.

use anyhow::Result;

use super::book::Book;
use super::dialect::Kind;
use crate::outcome::{Line, Outcome, Status};
use crate::publish::Entry;
use crate::tally::Tally;

/// The name of their sheet.
const NAME: &str = "Totals";
/// Of rows that were invalid when they were sent, and can be read now.
const INVALID_THEN: &str = "the row could not be read when it was sent; the column error tells why";

/// What is counted.
#[derive(Default)]
pub(super) struct Totals {
    tally: Tally,
    /// Invalid rows of which it is not known any more why.
    invalid_then: u64,
    first_invalid_then: u64,
}

impl Totals {
    /// Counts a line.
    pub(super) fn count(&mut self, entry: Entry) {
        let Entry { row, outcome, attempts, .. } = entry;
        if matches!(&outcome, Outcome::Invalid(flaws) if flaws.is_empty()) {
            self.invalid_then += 1;
            if self.invalid_then == 1 {
                self.first_invalid_then = row.record;
            }
        }
        self.tally.count(&Line { row, outcome, attempts, remark: None });
    }

    /// Writes their sheet.
    pub(super) fn write(&self, book: &mut Book) -> Result<()> {
        let head =
            [("status", Kind::Status), ("rows", Kind::Number), ("cause", Kind::Free), ("firstRecord", Kind::Number)];
        book.begin(NAME, head.map(|(name, kind)| (name.to_owned(), kind)).to_vec())?;
        let mut add = |status: &str, rows: u64, cause: &str, first: Option<u64>| {
            let (rows, first) = (rows.to_string(), first.map(|first| first.to_string()).unwrap_or_default());
            let texts = [status, &rows, cause, &first];
            book.add_again(texts.into_iter().zip(head.map(|(_, kind)| kind)))
        };
        for status in Status::ALL {
            add(status.as_str(), self.tally.of(status), "", None)?;
        }
        add("total", self.tally.rows(), "", None)?;
        for cause in self.tally.causes() {
            add(cause.status.as_str(), cause.rows, &cause.text, Some(cause.first_record))?;
        }
        if self.invalid_then > 0 {
            let first = Some(self.first_invalid_then);
            add(Status::Invalid.as_str(), self.invalid_then, INVALID_THEN, first)?;
        }
        Ok(())
    }
}
