//! The bytes of an input, readable from any place and more than once: a file, or memory. What cannot be read twice is
//! made into a file before it comes here.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::source::Watch;

/// Bytes that can be read from any place, by several at once.
#[derive(Clone)]
pub(super) enum Store {
    /// A file, and the eye on it if others may write to it.
    File(Arc<File>, Option<Arc<Watch>>),
    /// Bytes in memory.
    Memory(Arc<[u8]>),
}

impl Store {
    /// A reader from a place on. At the end it fails when the file was changed meanwhile, before the last record is
    /// taken for whole.
    pub(super) fn from(&self, place: u64) -> StoreAt {
        StoreAt { store: self.clone(), place }
    }

    /// The first bytes, at most so many.
    pub(super) fn head(&self, most: usize) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.from(0).take(most as u64).read_to_end(&mut head)?;
        Ok(head)
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> io::Result<u64> {
        match self {
            Self::File(file, _) => Ok(file.metadata()?.len()),
            Self::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }
}

/// A store from a place on.
pub(super) struct StoreAt {
    store: Store,
    place: u64,
}

impl Read for StoreAt {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &self.store {
            Store::File(file, watch) => {
                let read = read_at(file, buffer, self.place)?;
                if let (0, false, Some(watch)) = (read, buffer.is_empty(), watch) {
                    watch.check()?;
                }
                read
            }
            Store::Memory(bytes) => {
                let place = usize::try_from(self.place).unwrap_or(bytes.len()).min(bytes.len());
                (&bytes[place..]).read(buffer)?
            }
        };
        self.place += read as u64;
        Ok(read)
    }
}

impl Seek for StoreAt {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.place.checked_add_signed(by),
            SeekFrom::End(by) => self.store.len()?.checked_add_signed(by),
        };
        self.place = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.place)
    }
}

/// Reads a file at a place, whoever else reads it meanwhile.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, buffer, place);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, buffer, place);
}
