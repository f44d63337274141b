//! Reading a file from a place of one's own, and writing it at one, whoever else reads or writes it meanwhile.

use std::fs::File;
use std::io::{self, Chain, Read};

use csv::Terminator;

use crate::input::read_at;

/// Records are read at a draught of so many bytes; most lines have fewer.
const DRAUGHT: usize = 4096;

/// A file from a place on.
pub(super) struct ReadAt<'a> {
    file: &'a File,
    place: u64,
}

impl<'a> ReadAt<'a> {
    pub(super) fn new(file: &'a File, place: u64) -> Self {
        Self { file, place }
    }
}

impl Read for ReadAt<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(self.file, buffer, self.place)?;
        self.place += read as u64;
        Ok(read)
    }
}

/// Writes all of it at a place. Without going there first a line is one call to the system, not two.
pub(super) fn write_at(file: &File, bytes: &[u8], place: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, bytes, place);
    #[cfg(windows)]
    {
        use std::io::{Seek as _, SeekFrom, Write as _};
        let mut file = file;
        file.seek(SeekFrom::Start(place))?;
        file.write_all(bytes)
    }
}

/// Records from one place of a file to another.
pub(super) struct Records<'a> {
    lines: csv::Reader<Chain<&'static [u8], io::Take<ReadAt<'a>>>>,
    from: u64,
}

impl<'a> Records<'a> {
    /// The first record begins at `from`; nothing is read beyond `to`.
    pub(super) fn new(file: &'a File, from: u64, to: u64, terminator: Terminator) -> Self {
        // At its very beginning the reader takes U+FEFF for a byte-order mark, though it may be in a cell; a blank line
        // before it is no record.
        const BEGINNING: &[u8] = b"\n";
        let bytes = BEGINNING.chain(ReadAt::new(file, from).take(to.saturating_sub(from)));
        let mut lines = csv::ReaderBuilder::new();
        let lines = lines.has_headers(false).flexible(true).terminator(terminator).buffer_capacity(DRAUGHT);
        Self { lines: lines.from_reader(bytes), from }
    }

    /// Reads the next record; false when there is none.
    pub(super) fn read(&mut self, record: &mut csv::ByteRecord) -> io::Result<bool> {
        Ok(self.lines.read_byte_record(record)?)
    }

    /// Where the next record begins, or blank lines before it.
    pub(super) fn place(&self) -> u64 {
        // Without the blank line, which is read with the first record.
        self.from + self.lines.position().byte().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn records_are_read_from_any_place_to_any_other_and_begin_with_whatever_they_begin_with() {
        let mut file = tempfile::tempfile().expect("a file");
        let lines = ["\u{feff}x,1\n", "\"two\nlines\",2\n", "\u{feff}y,3\n"];
        file.write_all(lines.concat().as_bytes()).expect("room");
        let places = [0, lines[0].len(), lines[0].len() + lines[1].len(), lines.concat().len()];
        let places = places.map(|place| place as u64);
        for (first, from) in places[..3].iter().enumerate() {
            let mut records = Records::new(&file, *from, places[3], Terminator::Any(b'\n'));
            let (mut record, mut ends) = (csv::ByteRecord::new(), vec![records.place()]);
            while records.read(&mut record).expect("records") {
                assert_eq!(record[1], *(first + ends.len()).to_string().as_bytes());
                assert!(ends.len() + first == 2 || record[0].starts_with("\u{feff}".as_bytes()));
                ends.push(records.place());
            }
            assert_eq!(ends, places[first..]);
            let mut none = Records::new(&file, *from, *from, Terminator::CRLF);
            assert!(!none.read(&mut record).expect("nothing"));
        }
    }
}
