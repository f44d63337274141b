//! Content lines of iCalendar (RFC 5545, 3.1): folded, escaped, in UTF-8 without a byte-order mark.
//!
//! It knows how a line is written and nothing of what lines there are.

use std::fmt::Write as _;

use super::super::text::clean;

/// The octets of a line at most, its break aside.
pub(super) const LINE_MAX: usize = 75;

/// Writes a line whose value is as it should be, but for its length. Folds never divide a character.
pub(super) fn raw(lines: &mut Vec<u8>, name: &str, value: &str) {
    let mut room = LINE_MAX;
    let mut octets = [0; 4];
    for c in name.chars().chain([':']).chain(value.chars()) {
        if c.len_utf8() > room {
            lines.extend_from_slice(b"\r\n ");
            room = LINE_MAX - 1;
        }
        room -= c.len_utf8();
        lines.extend_from_slice(c.encode_utf8(&mut octets).as_bytes());
    }
    lines.extend_from_slice(b"\r\n");
}

/// Writes a line whose value is text.
pub(super) fn text(lines: &mut Vec<u8>, name: &str, value: &str) {
    raw(lines, name, &escaped(value));
}

/// Text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '\n' => value.push_str("\\n"),
            '\\' | ';' | ',' => value.extend(['\\', c]),
            c => value.push(c),
        }
    }
    value
}

/// A parameter's value (RFC 5545, 3.2), which has no way to write a quotation mark, or a break, that Outlook reads.
pub(super) fn parameter(value: &str) -> String {
    format!("\"{}\"", clean(value).replace('"', "'").replace('\n', " "))
}

/// An address as a value (RFC 6068): what could mean something else is written as octets.
pub(super) fn mailto(address: &str) -> String {
    let mut value = String::from("mailto:");
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"@-._~!$'*+".contains(&byte) {
            value.push(char::from(byte));
        } else {
            write!(value, "%{byte:02X}").expect("a String takes everything");
        }
    }
    value
}
