//! How a cell is written, by what its column holds and what it looks like.
//!
//! What a column is said to hold is believed only of a cell that looks so; all else is free text.

use std::borrow::Cow;

use super::guard;

/// The most that a cell holds in Excel (*Excel specifications and limits*), in its own characters, of UTF-16.
pub(super) const CELL_MAX: usize = 32_767;
/// The longest text within a formula (the same).
const QUOTED_MAX: usize = 255;
/// What stands at the end of a cell that was cut.
const CUT: &str = " … (cut: a cell of a spreadsheet holds no more)";

/// For whom a file of text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// For mail merges: commas, and numbers bare but for those that any spreadsheet program would spoil for good.
    Plain,
    /// For Excel, which makes a number of what looks like one.
    Excel {
        /// What stands between two cells.
        delimiter: u8,
    },
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text that anybody may have written.
    Free,
    /// The same, in a column of which nothing is known: there may be ids and telephone numbers in it.
    Any,
    /// How a row ended.
    Status,
    Link,
    Id,
    Phone,
    Number,
}

/// What a cell is, by its column and its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Free,
    Link,
    Id,
    Phone,
    Number,
}

impl Form {
    pub(super) fn of(text: &str, kind: Kind) -> Self {
        match kind {
            Kind::Any if guard::looks_like_phone(text) => Self::Phone,
            Kind::Any if guard::looks_like_id(text) => Self::Id,
            Kind::Link if guard::is_link(text) => Self::Link,
            Kind::Id if guard::is_id(text) => Self::Id,
            Kind::Phone if guard::is_phone(text) => Self::Phone,
            Kind::Number if guard::is_number(text) => Self::Number,
            _ => Self::Free,
        }
    }
}

impl Dialect {
    /// What stands between two cells.
    pub(super) fn delimiter(self) -> u8 {
        match self {
            Self::Plain => b',',
            Self::Excel { delimiter } => delimiter,
        }
    }

    /// A cell as it is written, before what CSV does to it.
    pub(super) fn cell(self, text: &str, kind: Kind) -> Cow<'_, str> {
        let is_protected = match (self, Form::of(text, kind)) {
            (_, Form::Free) => return guard::guarded(text),
            (_, Form::Link | Form::Number) => false,
            (Self::Excel { .. }, Form::Phone) => true,
            (Self::Excel { .. }, Form::Id) => guard::would_change(text.trim_matches(' ')),
            (Self::Plain, Form::Phone | Form::Id) => guard::would_lose(text.trim_matches(' ')),
        };
        // A formula that is the text itself: the one way to say in CSV that something is no number.
        if is_protected && text.len() <= QUOTED_MAX { Cow::Owned(format!("=\"{text}\"")) } else { Cow::Borrowed(text) }
    }
}

/// The text cut to what a cell holds; `None` when it fits.
pub(super) fn cut(text: &str) -> Option<String> {
    // No character is more characters of UTF-16 than bytes of UTF-8.
    if text.len() <= CELL_MAX || text.encode_utf16().count() <= CELL_MAX {
        return None;
    }
    let mut left = CELL_MAX - CUT.encode_utf16().count();
    let end = text.char_indices().find(|(_, c)| {
        let fits = c.len_utf16() <= left;
        left -= if fits { c.len_utf16() } else { 0 };
        !fits
    });
    Some(format!("{}{CUT}", &text[..end.map_or(text.len(), |(end, _)| end)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXCEL: Dialect = Dialect::Excel { delimiter: b';' };

    #[test]
    fn a_cell_is_protected_for_excel_alone_and_guarded_for_all() {
        for (text, kind, excel, plain) in [
            ("+12065550100", Kind::Phone, "=\"+12065550100\"", "=\"+12065550100\""),
            ("+1 206-555-0100", Kind::Phone, "=\"+1 206-555-0100\"", "+1 206-555-0100"),
            ("012345", Kind::Id, "=\"012345\"", "=\"012345\""),
            ("+49 30 1234", Kind::Any, "=\"+49 30 1234\"", "+49 30 1234"),
            ("+49 30 1234", Kind::Free, "'+49 30 1234", "'+49 30 1234"),
            ("398120445571234", Kind::Id, "=\"398120445571234\"", "398120445571234"),
            ("398120445571234", Kind::Any, "=\"398120445571234\"", "398120445571234"),
            ("0042", Kind::Any, "=\"0042\"", "=\"0042\""),
            ("42", Kind::Any, "42", "42"),
            ("Kp7Ws2", Kind::Id, "Kp7Ws2", "Kp7Ws2"),
            ("=1+1", Kind::Id, "'=1+1", "'=1+1"),
            ("=1+1", Kind::Phone, "'=1+1", "'=1+1"),
            ("=1+1", Kind::Link, "'=1+1", "'=1+1"),
            ("=1+1", Kind::Number, "'=1+1", "'=1+1"),
            ("https://teams.example/l/=+@", Kind::Link, "https://teams.example/l/=+@", "https://teams.example/l/=+@"),
            ("3", Kind::Number, "3", "3"),
        ] {
            assert_eq!(
                (&*EXCEL.cell(text, kind), &*Dialect::Plain.cell(text, kind)),
                (excel, plain),
                "{text} {kind:?}"
            );
        }
    }

    #[test]
    fn what_is_too_long_for_a_cell_is_cut_and_says_so() {
        for sign in ["a", "ä", "会", "😀"] {
            let units = sign.encode_utf16().count();
            let fits = sign.repeat(CELL_MAX / units);
            assert_eq!(cut(&fits), None, "{sign}");
            let was_cut = cut(&format!("{fits}{sign}")).expect("it is too long");
            let length = was_cut.encode_utf16().count();
            assert!(was_cut.ends_with(CUT) && length <= CELL_MAX && length + units > CELL_MAX, "{sign}: {length}");
        }
    }
}
