//! What the CSV reader does not tell: on which line and at which byte each record begins, and whether the last quotation
//! mark was closed. `csv`'s own line number is one short after CRLF and wrong after blank lines, and a quotation mark that
//! is never closed swallows the rest of a file into one cell without an error.
//!
//! The bytes pass through unchanged. This module splits records exactly as `csv` does (RFC 4180, blank lines are no
//! records), and refuses zeros, which no text has.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::encoding::Encoding;

/// The most cells of a record: Excel's own limit of columns (Microsoft, *Excel specifications and limits*). A cell of no
/// bytes takes many in memory.
const CELLS_MAX: usize = 16_384;

/// Where in a record a byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
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

impl Within {
    /// Where the next byte is.
    pub(super) fn after(self, byte: u8, delimiter: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::Mark,
            (Self::Quoted, _) | (Self::Record | Self::Cell | Self::Mark, b'"') => Self::Quoted,
            (_, b'\r' | b'\n') => Self::Record,
            (_, byte) if byte == delimiter => Self::Cell,
            _ => Self::Bare,
        }
    }
}

/// Where a record begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Begin {
    /// The line of the text, from 1.
    pub(super) line: u64,
    /// The place in the input, in bytes.
    pub(super) offset: u64,
}

/// A reader that watches the bytes go by.
pub(super) struct Scan<R> {
    inner: R,
    encoding: Encoding,
    delimiter: u8,
    /// Which bytes mean something; most do not.
    is_special: [bool; 256],
    within: Within,
    /// Where the next byte is.
    here: Begin,
    after_cr: bool,
    /// How many cells of the record have begun.
    cells: usize,
    /// Where the records begin that have been read but not yet taken; no more than one buffer holds.
    begins: VecDeque<Begin>,
    ended: bool,
}

impl<R: Read> Scan<R> {
    /// Watches text that begins at `here`, before a record.
    pub(super) fn new(inner: R, encoding: Encoding, delimiter: u8, here: Begin) -> Self {
        let (within, begins) = (Within::Record, VecDeque::new());
        let mut is_special = [false; 256];
        for byte in [0, b'"', b'\r', b'\n', delimiter] {
            is_special[usize::from(byte)] = true;
        }
        Self { inner, encoding, delimiter, is_special, within, here, after_cr: false, cells: 0, begins, ended: false }
    }

    /// Takes where the record begins that `csv` has just returned.
    pub(super) fn begin_record(&mut self) -> Begin {
        self.begins.pop_front().unwrap_or(self.here)
    }

    /// Whether nothing begins after the record that was taken last.
    pub(super) fn is_last_record(&self) -> bool {
        self.ended && self.begins.is_empty()
    }

    /// Whether the input ended inside quotation marks.
    pub(super) fn ended_inside_quotes(&self) -> bool {
        self.ended && self.within == Within::Quoted
    }

    /// Bytes that mean nothing go by, all at once: nine in ten are such.
    fn pass(&mut self, plain: &[u8]) {
        if plain.is_empty() {
            return;
        }
        if self.within == Within::Record {
            self.begins.push_back(self.here);
        }
        if self.within != Within::Quoted {
            self.within = Within::Bare;
        }
        self.after_cr = false;
        self.here.offset += match self.encoding {
            Encoding::Utf8 => plain.len() as u64,
            encoding @ Encoding::Other(_) => plain.iter().map(|byte| encoding.width(*byte)).sum(),
        };
    }

    fn watch(&mut self, byte: u8) {
        let ends_line = matches!(byte, b'\r' | b'\n');
        if self.within == Within::Record && !ends_line {
            self.begins.push_back(self.here);
        }
        if ends_line {
            let second_half = byte == b'\n' && self.after_cr;
            self.here.line += u64::from(!second_half);
        }
        self.after_cr = byte == b'\r';
        self.here.offset += self.encoding.width(byte);
        self.within = self.within.after(byte, self.delimiter);
        match self.within {
            Within::Record => self.cells = 1,
            Within::Cell => self.cells += 1,
            Within::Bare | Within::Quoted | Within::Mark => {}
        }
    }
}

impl<R: Read> Read for Scan<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let mut rest = &buffer[..read];
        while !rest.is_empty() {
            let plain = rest.iter().position(|byte| self.is_special[usize::from(*byte)]).unwrap_or(rest.len());
            self.pass(&rest[..plain]);
            let Some(&byte) = rest.get(plain) else { break };
            if byte == 0 {
                return Err(zero(self.here.line));
            }
            self.watch(byte);
            if self.cells > CELLS_MAX {
                return Err(too_wide(self.here.line));
            }
            rest = &rest[plain + 1..];
        }
        self.ended = read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

fn too_wide(line: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!(
            "line {line} has more than {CELLS_MAX} cells, and no spreadsheet is so wide: a line break is missing, or what \
             stands between the cells is something else (--delimiter says what)"
        ),
    )
}

fn zero(line: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!(
            "line {line} has a NUL byte (a zero), which no text has: the file is damaged, or is no spreadsheet; save the \
             sheet again as \"CSV UTF-8\" or as .xlsx"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(text: &str) -> Scan<&[u8]> {
        let begin = Begin { line: 1, offset: 0 };
        let mut scan = Scan::new(text.as_bytes(), Encoding::Utf8, b',', begin);
        io::copy(&mut scan, &mut io::sink()).expect("no read error");
        scan
    }

    #[test]
    fn records_begin_where_a_person_counts_them() {
        for (text, lines) in [
            ("a,b\n1,2\n3,4", vec![1, 2, 3]),
            ("a,b\r\n1,2\r\n3,4\r\n", vec![1, 2, 3]),
            ("a,b\r1,2\r3,4\r", vec![1, 2, 3]),
            ("a,b\n\n\n1,2\r\n\r\n3,4", vec![1, 4, 6]),
            ("\"a\nx\",b\n1,\"2\r\n\r\n2\"\n3,4", vec![1, 3, 6]),
            ("a,b\n\"say \"\"hi\"\"\n\",2\n3,4", vec![1, 2, 4]),
            ("", vec![]),
        ] {
            let scan = scanned(text);
            assert_eq!(scan.begins.iter().map(|begin| begin.line).collect::<Vec<_>>(), lines, "{text:?}");
            assert!(!scan.ended_inside_quotes(), "{text:?}");
            let starts = scan.begins.iter().map(|begin| usize::try_from(begin.offset).expect("a short text"));
            assert!(starts.into_iter().all(|start| start == 0 || text[..start].ends_with(['\n', '\r'])), "{text:?}");
        }
    }

    #[test]
    fn a_record_of_more_cells_than_a_spreadsheet_can_have_is_refused() {
        let read = |text: String| {
            let scan = Scan::new(text.as_bytes(), Encoding::Utf8, b',', Begin { line: 1, offset: 0 });
            io::copy(&mut { scan }, &mut io::sink()).map_err(|error| error.to_string())
        };
        let wide = ",".repeat(CELLS_MAX - 1);
        assert!(read(format!("{wide}\n\"{wide},\"\n{wide}")).is_ok());
        let error = read(format!("{wide}\n{wide},\n")).expect_err("too wide");
        assert!(error.starts_with("line 2 has more than 16384 cells"), "{error}");
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_noticed() {
        for (text, unclosed) in
            [("a\n\"b\nc\n", true), ("a\n\"b\"\nc\n", false), ("a\n\"b\"\"\nc", true), ("a\nb\"c\n", false)]
        {
            assert_eq!(scanned(text).ended_inside_quotes(), unclosed, "{text:?}");
        }
    }
}
