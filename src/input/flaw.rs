//! What is wrong with a cell, said so that the person who made the sheet can mend it.

use std::fmt;
use std::ops::Range;

use csv::ByteRecord;

use super::conflict::{CONFLICT, SAME_KEY};
use super::form::delimiter_name;

/// How much of a value is shown in a message, in characters: enough to find the cell by.
const SHOWN_MAX: usize = 80;
/// How many of the cells are named that no column has a place for.
const EXTRA_MAX: usize = 10;
/// How many lines a record may go over without a word: a list of attendees or a description in a cell.
const LINES_MAX: usize = 5;

/// One thing that is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Which cell of the record; `None` when the whole record is meant, or a cell that the sheet has not.
    pub cell: Option<usize>,
    /// Which part of the cell's text as it stands, in bytes; nothing without a cell.
    pub part: Range<usize>,
    /// The column as the sheet's header names it; empty when the whole record is meant.
    pub column: String,
    /// The value of the cell, or the part of it that is wrong, shortened for people.
    pub value: String,
    /// The same words for every flaw of this kind, so that they can be counted.
    pub kind: &'static str,
    /// What is wrong with this value; `None` when the kind says it all.
    pub what: Option<String>,
    /// What to do about it.
    pub mend: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.column.is_empty() {
            write!(f, "{} '{}': ", self.column, self.value)?;
        }
        match &self.what {
            Some(what) => f.write_str(what)?,
            None => f.write_str(self.kind)?,
        }
        write!(f, "; {}", self.mend)
    }
}

/// What is wrong with a value and how to mend it, before it is known which cell it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) kind: &'static str,
    /// The part of the text that is meant, in bytes, when it is not the whole.
    pub(super) part: Option<Range<usize>>,
    pub(super) what: Option<String>,
    pub(super) mend: String,
}

impl Wrong {
    pub(super) fn new(kind: &'static str, mend: impl Into<String>) -> Self {
        Self { kind, part: None, what: None, mend: mend.into() }
    }

    /// Says it with the value's own particulars.
    pub(super) fn saying(mut self, what: impl Into<String>) -> Self {
        self.what = Some(what.into());
        self
    }

    /// Says which part of the text it is about.
    pub(super) fn of_part(mut self, part: Range<usize>) -> Self {
        self.part = Some(part);
        self
    }

    /// `text` is what was looked at: the cell without what `before` says stands before it, and perhaps not to its end.
    pub(super) fn in_cell(self, cell: Option<usize>, column: &str, before: usize, text: &str) -> Flaw {
        let part = self.part.filter(|part| text.get(part.clone()).is_some()).unwrap_or(0..text.len());
        let value = shown(&text[part.clone()]);
        let part = if cell.is_some() { part.start + before..part.end + before } else { 0..0 };
        Flaw { cell, part, column: column.to_owned(), value, kind: self.kind, what: self.what, mend: self.mend }
    }

    /// Of the record as a whole.
    fn in_record(self) -> Flaw {
        self.in_cell(None, "", 0, "")
    }
}

/// A value as a message shows it: one line, control characters visible, not longer than a person reads.
pub(crate) fn shown(value: &str) -> String {
    let mut text: String = value.chars().take(SHOWN_MAX).collect();
    if value.chars().nth(SHOWN_MAX).is_some() {
        text.push('…');
    }
    if !text.contains(char::is_control) {
        return text;
    }
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// The kind of flaw that a record has which runs to the end of the file.
pub(crate) const UNCLOSED: &str = "a quotation mark is opened and never closed";

/// The kind of flaw that a record has whose cells are too many or too few.
const RAGGED: &str = "the record has more or fewer cells than the header";

/// The kind of a flaw of which an output has the words alone, where they say more of the row than the kind does.
pub fn kind_told(what: &str) -> Option<&'static str> {
    let kinds = [(MISSHAPEN[0], RAGGED), (MISSHAPEN[1], UNCLOSED), (SAME_KEY, CONFLICT)];
    kinds.into_iter().find(|(words, _)| what.contains(words)).map(|(_, kind)| kind)
}

/// Whether all that is known of a record is that it did not fit its header once.
pub fn is_hearsay(flaws: &[Flaw]) -> bool {
    flaws.iter().any(|flaw| flaw.kind.contains(MISSHAPEN[2]))
}

/// By one of these the reasons are known that are about a whole record and not about a cell. An output has such a record
/// in the shape of its header, and nothing else shows there that it never fitted.
pub(super) const MISSHAPEN: [&str; 3] =
    [" cells where the header has ", " and never closed, so that all that follows ", " did not fit its header "];

/// An earlier output says that the record's cells did not fit, and it has not been said that they do now.
pub(super) fn misshapen() -> Flaw {
    Wrong::new(
        "the record did not fit its header when it was read from the sheet that it came from",
        "mend it there; or see to it that every cell of it is in its column here, and clear its status",
    )
    .in_record()
}

/// The record has more or fewer cells than the header has columns; nobody knows which cell belongs to which.
/// Without a delimiter the record is a row of a workbook.
pub(super) fn ragged(cells: &ByteRecord, columns: usize, delimiter: Option<u8>) -> Flaw {
    let mut what = format!("the record has {} cells where the header has {columns}", cells.len());
    if cells.len() > columns {
        let mut extra = cells.iter().skip(columns).filter(|cell| !cell.trim_ascii().is_empty());
        let named: Vec<_> = extra.by_ref().take(EXTRA_MAX).map(|cell| shown(&String::from_utf8_lossy(cell))).collect();
        let others = if extra.next().is_some() { " and more" } else { "" };
        what = format!("{what} (too many: '{}'{others})", named.join("', '"));
    }
    let lines = cells.iter().flatten().filter(|byte| **byte == b'\n').count() + 1;
    if lines > LINES_MAX {
        what = format!("{what}; it runs over {lines} lines, as when a quotation mark is missing or one too many");
    }
    let mend = match delimiter.map(delimiter_name) {
        None => "empty what stands to the right of the last column, or give it a name in the header".to_owned(),
        Some(name) if cells.len() > columns => {
            format!("put quotation marks around a cell that contains a {name}, or remove what is too much")
        }
        Some(name) => format!(
            "add the missing {name}s; or, if the row goes on in the next line, put quotation marks around the cell with the \
             line break"
        ),
    };
    Wrong::new(RAGGED, mend).saying(what).in_record()
}

/// The record runs to the end of the file because a quotation mark was never closed.
pub(super) fn unclosed_quote(cells: &ByteRecord) -> Flaw {
    let last = String::from_utf8_lossy(cells.iter().next_back().unwrap_or_default()).into_owned();
    Wrong::new(UNCLOSED, "close it, or double it if the text is to contain one")
    .saying(format!(
        "a quotation mark is opened before '{}' and never closed, so that all that follows in the file reads as one \
         cell of this record",
        shown(last.trim_end())
    ))
    .in_record()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_on_one_line_and_not_too_long() {
        assert_eq!(shown("plain ü"), "plain ü");
        assert_eq!(shown("two\r\nlines\u{7}"), "two\\r\\nlines\\u{7}");
        assert_eq!(shown(&"x".repeat(200)).chars().count(), SHOWN_MAX + 1);
    }
}
