//! A cell with a list of people, taken apart.
//!
//! People are separated by `;`, by the end of a line, or by a comma; but a comma also stands in the middle of
//! `Lind, Ada <ada@contoso.example>`. So it ends a person only where there is an address already. Where that leaves two
//! readings the cell is refused.

use std::ops::Range;

use crate::meeting::Role;

use super::super::flaw::Wrong;
use super::super::names::Column;
use super::People;
use super::address::{self, is_separator, object_id, trimmed};

/// How people are to be separated.
pub(super) const SEPARATE: &str = "put a semicolon (;) between two people";

/// Reads the text of a cell into `people`.
pub(super) fn read(people: &mut People, text: &str, column: Column, role: Option<Role>) {
    Reader { people, text, column }.list(0..text.len(), role, false);
}

/// One cell while it is being read.
pub(super) struct Reader<'a, 'b> {
    pub(super) people: &'a mut People,
    pub(super) text: &'b str,
    pub(super) column: Column,
}

/// What stands between two separators.
struct Piece {
    end: usize,
    /// Where the next one begins.
    next: usize,
    /// It was ended by a comma, which may be that of a name.
    soft: bool,
    /// Where it opens an address with `<`.
    angle: Option<usize>,
}

impl Reader<'_, '_> {
    /// `quoted`: the list is what stands in quotation marks within the cell.
    pub(super) fn list(&mut self, range: Range<usize>, role: Option<Role>, quoted: bool) {
        let mut at = range.start;
        while at < range.end {
            at = match self.plain(at..range.end, role) {
                Ok(next) => next,
                Err(begin) => self.odd(begin..range.end, role, quoted),
            };
        }
    }

    /// Reads somebody who is named by an address alone, with nothing odd about it: almost everybody is. Gives where to
    /// go on; or where somebody begins who is not.
    fn plain(&mut self, range: Range<usize>, role: Option<Role>) -> Result<usize, usize> {
        let bytes = &self.text.as_bytes()[..range.end];
        let begin = skip(bytes, range.start, |byte| byte == b' ' || is_separator(byte));
        let end = skip(bytes, begin, address::is_plain);
        let next = skip(bytes, end, |byte| byte == b' ');
        if begin == bytes.len() {
            return Ok(begin);
        }
        let name = &self.text[begin..end];
        if bytes.get(next).is_some_and(|byte| !is_separator(*byte)) || !address::is_one(name) {
            return Err(begin);
        }
        self.people.enter(name, None, role, self.column, begin..end);
        Ok(next)
    }

    /// Reads somebody who is not so plain; gives where to go on.
    fn odd(&mut self, range: Range<usize>, role: Option<Role>, quoted: bool) -> usize {
        let Range { mut start, end } = range;
        let (mut from, mut commas) = (start, 0);
        loop {
            let piece = self.piece(from..end, quoted);
            let own = &self.text[from..piece.end];
            let blank = own.trim_matches(address::is_blank).is_empty();
            if piece.angle.is_some() {
                self.person(start..piece.end, piece.angle, commas, role, quoted);
            } else if !blank && stands_alone(own) {
                if start < from {
                    self.person(start..from - 1, None, 0, role, quoted);
                }
                if let Some(next) = self.comma_for_a_dot(from..piece.end, &piece, end) {
                    return next;
                }
                self.person(from..piece.end, None, 0, role, quoted);
            } else if piece.soft {
                if blank && commas == 0 {
                    start = piece.next;
                } else {
                    commas += 1;
                }
                from = piece.next;
                continue;
            } else {
                self.person(start..piece.end, None, 0, role, quoted);
            }
            return piece.next;
        }
    }

    /// What goes up to the next separator; quotation marks and `<…>` keep those inside them.
    fn piece(&self, range: Range<usize>, quoted: bool) -> Piece {
        let bytes = &self.text.as_bytes()[..range.end];
        let (mut at, mut angle) = (range.start, None);
        while let Some(byte) = bytes.get(at) {
            let soft = matches!(byte, b',' | b'\t');
            if soft || is_separator(*byte) {
                return Piece { end: at, next: at + 1, soft, angle };
            }
            match byte {
                b'"' if !quoted && opens(&bytes[range.start..at]) => at = closing_quote(bytes, at).unwrap_or(at),
                b'<' => {
                    angle = angle.or(Some(at));
                    at = closing_angle(bytes, at).unwrap_or(at);
                }
                _ => {}
            }
            at += 1;
        }
        Piece { end: range.end, next: range.end, soft: false, angle }
    }

    /// `ada@contoso,example` is nobody's address and a slip of the finger. Gives where to go on after it.
    fn comma_for_a_dot(&mut self, own: Range<usize>, piece: &Piece, end: usize) -> Option<usize> {
        let first = &self.text[trimmed(self.text, own)?];
        if !piece.soft || !self.text[..piece.end].ends_with(first) || address::is_one(first) {
            return None;
        }
        let rest = &self.text[piece.next..end];
        let second = &rest[..rest.bytes().position(|byte| !address::is_plain(byte)).unwrap_or(rest.len())];
        if second.is_empty() || second.contains('@') || !address::is_one(&format!("{first}.{second}")) {
            return None;
        }
        let mend = format!("write a dot in its place: {first}.{second}");
        let wrong = Wrong::new(address::CANNOT_BE, mend).saying("the address has a comma where a dot belongs");
        self.people.wrong(self.column, wrong.of_part(piece.end..piece.next));
        Some(piece.next + second.len())
    }
}

/// Where the first byte is, from here on, that is not skipped.
fn skip(bytes: &[u8], from: usize, skipped: impl Fn(u8) -> bool) -> usize {
    bytes[from..].iter().position(|byte| !skipped(*byte)).map_or(bytes.len(), |at| from + at)
}

/// Whether it is, or was meant to be, somebody, and not the first part of a name that a comma divides.
pub(super) fn stands_alone(text: &str) -> bool {
    let has = |sign: &str| {
        let mut windows = text.as_bytes().windows(sign.len());
        windows.any(|window| window.eq_ignore_ascii_case(sign.as_bytes()))
    };
    text.contains(['@', '＠'])
        || has("(at)")
        || has("[at]")
        || has("://")
        || !text.contains(char::is_alphabetic)
        || is_quoted(text)
        || object_id(text.rsplit(':').next().unwrap_or(text)).is_some()
}

fn is_quoted(text: &str) -> bool {
    let text = text.trim_matches(address::is_blank);
    text.len() > 1 && text.starts_with('"') && text.ends_with('"')
}

/// Whether a quotation mark after this opens quoted text; one within a word does not.
fn opens(before: &[u8]) -> bool {
    before.last().is_none_or(|byte| matches!(byte, b' ' | b':' | b'(' | 0xa0 | 0xaf | 0x8b | 0xbf))
}

/// The quotation mark that closes the one at `open`; a double one does not.
pub(super) fn closing_quote(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    while at < bytes.len() {
        if bytes[at] == b'"' {
            if bytes.get(at + 1) != Some(&b'"') {
                return Some(at);
            }
            at += 1;
        }
        at += 1;
    }
    None
}

/// The `>` for the `<` at `open`, unless somebody else begins before it.
pub(super) fn closing_angle(bytes: &[u8], open: usize) -> Option<usize> {
    let end = |byte: &u8| matches!(byte, b'>' | b'<' | b';' | b'\n' | b'\r');
    let at = open + 1 + bytes[open + 1..].iter().position(end)?;
    (bytes[at] == b'>').then_some(at)
}
