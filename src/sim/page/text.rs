//! Texts of others on a page: made harmless, and made readable.
//!
//! It shortens nothing.

use std::fmt::{self, Display, Write as _};

/// A text to be shown as it is, whatever is in it; for elements and for attributes in quotes.
pub(super) struct Text<'a>(pub(super) &'a str);

impl Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for char in self.0.chars() {
            match char {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                // HTML has no way to say the other controls.
                '\n' | '\t' | '\r' => out.write_char(' ')?,
                char if char.is_control() => out.write_char(char::REPLACEMENT_CHARACTER)?,
                char => out.write_char(char)?,
            }
        }
        Ok(())
    }
}

/// `123456789012345` as Teams writes it: `123 456 789 012 345`.
pub(super) fn in_threes(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 3 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}
