//! Reading a file from a place of one's own, whoever else reads or writes it meanwhile.

use std::fs::File;
use std::io::{self, Read};

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
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(self.file, buffer, self.place)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(self.file, buffer, self.place)?;
        self.place += read as u64;
        Ok(read)
    }
}
