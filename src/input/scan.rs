//! What the CSV reader does not tell: on which line each record begins, and whether the last quotation mark was
//! closed. `csv`'s own line number is one short after CRLF and wrong after blank lines, and a quotation mark that is
//! never closed swallows the rest of a file into one cell without an error.
//!
//! The bytes pass through unchanged, but for the byte-order mark. This module splits records exactly as `csv` does
//! (RFC 4180, blank lines are no records) and refuses what is no text in UTF-8's family.

use std::collections::VecDeque;
use std::io::{self, Read};

use anyhow::{Context as _, Result, bail};

/// Where in a record the scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Before a record; line ends here are blank lines.
    Record,
    /// Before a cell.
    Cell,
    /// In a cell that is not quoted, or after the closing mark of one that is.
    Bare,
    /// Inside quotation marks.
    Quoted,
    /// After a quotation mark inside quotation marks: the end of the cell, or half of a doubled one.
    Mark,
}

/// A reader that watches the bytes go by.
pub(super) struct Scan<R> {
    inner: R,
    /// What was read in order to look at the first bytes, and has not been passed on.
    head: VecDeque<u8>,
    at: At,
    line: u64,
    after_cr: bool,
    /// The lines on which records begin that have been read but not yet taken; no more than one buffer holds.
    begins: VecDeque<u64>,
    ended: bool,
}

impl<R: Read> Scan<R> {
    /// Looks at the first bytes: passes over UTF-8's byte-order mark and refuses UTF-16.
    pub(super) fn open(mut inner: R) -> Result<Self> {
        let mut head = Vec::new();
        inner.by_ref().take(4).read_to_end(&mut head).context("the input cannot be read")?;
        match head.as_slice() {
            [0xef, 0xbb, 0xbf, ..] => drop(head.drain(..3)),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                bail!("the input is UTF-16 (what Excel calls Unicode text): save it as \"CSV UTF-8 (comma delimited)\"")
            }
            [b'P', b'K', 3, 4] => {
                bail!("the input is an Excel workbook or a zip file: save the sheet as \"CSV UTF-8 (comma delimited)\"")
            }
            _ => {}
        }
        let (begins, at) = (VecDeque::new(), At::Record);
        Ok(Self { inner, head: head.into(), at, line: 1, after_cr: false, begins, ended: false })
    }

    /// Takes the line on which the record begins that `csv` has just returned.
    pub(super) fn begin_record(&mut self) -> u64 {
        self.begins.pop_front().unwrap_or(self.line)
    }

    /// Whether nothing begins after the record that was taken last.
    pub(super) fn is_last_record(&self) -> bool {
        self.ended && self.begins.is_empty()
    }

    /// Whether the input ended inside quotation marks.
    pub(super) fn ended_inside_quotes(&self) -> bool {
        self.ended && self.at == At::Quoted
    }

    fn watch(&mut self, byte: u8) {
        let ends_line = matches!(byte, b'\r' | b'\n');
        if ends_line {
            let second_half = byte == b'\n' && self.after_cr;
            self.line += u64::from(!second_half);
        }
        self.after_cr = byte == b'\r';
        if self.at == At::Record && !ends_line {
            self.begins.push_back(self.line);
        }
        self.at = match (self.at, byte) {
            (At::Quoted, b'"') => At::Mark,
            (At::Quoted, _) | (At::Record | At::Cell | At::Mark, b'"') => At::Quoted,
            (_, b',') => At::Cell,
            (_, b'\r' | b'\n') => At::Record,
            _ => At::Bare,
        };
    }
}

impl<R: Read> Read for Scan<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = if self.head.is_empty() { self.inner.read(buffer)? } else { self.head.read(buffer)? };
        for &byte in &buffer[..read] {
            self.watch(byte);
        }
        self.ended = read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(text: &str) -> (Vec<u64>, bool) {
        let mut scan = Scan::open(text.as_bytes()).expect("text");
        io::copy(&mut scan, &mut io::sink()).expect("no read error");
        let unclosed = scan.ended_inside_quotes();
        (scan.begins.into(), unclosed)
    }

    #[test]
    fn records_begin_where_a_person_counts_them() {
        for (text, lines) in [
            ("a,b\n1,2\n3,4", vec![1, 2, 3]),
            ("a,b\r\n1,2\r\n3,4\r\n", vec![1, 2, 3]),
            ("a,b\r1,2\r3,4\r", vec![1, 2, 3]),
            ("\u{feff}a,b\n\n\n1,2\r\n\r\n3,4", vec![1, 4, 6]),
            ("\"a\nx\",b\n1,\"2\r\n\r\n2\"\n3,4", vec![1, 3, 6]),
            ("a,b\n\"say \"\"hi\"\"\n\",2\n3,4", vec![1, 2, 4]),
            ("", vec![]),
        ] {
            assert_eq!(begins(text), (lines, false), "{text:?}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_noticed() {
        for (text, unclosed) in
            [("a\n\"b\nc\n", true), ("a\n\"b\"\nc\n", false), ("a\n\"b\"\"\nc", true), ("a\nb\"c\n", false)]
        {
            assert_eq!(begins(text).1, unclosed, "{text:?}");
        }
    }
}
