//! Where the bytes come from, and whether they stay what they were while they are read.

use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek as _, stdin};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};

use super::count;

/// A place to read a spreadsheet from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// An input that can be read.
pub struct Source {
    /// Its bytes. Reading to the end fails when the file was changed meanwhile, before the last record is taken for
    /// whole.
    pub bytes: Box<dyn Read + Send>,
    /// How many records it has, if it can be read twice: a pipe cannot.
    pub records: Option<u64>,
    /// How many bytes it has, likewise.
    pub length: Option<u64>,
    /// Tells whether it is still what it was.
    pub watch: Option<Arc<Watch>>,
}

impl Input {
    /// Opens it, and counts its records if it can be read twice.
    pub fn open(&self) -> Result<Source> {
        let Self::File(path) = self else {
            return Ok(Source { bytes: Box::new(stdin()), records: None, length: None, watch: None });
        };
        let mut file = File::open(path).with_context(|| format!("{self} cannot be opened"))?;
        let metadata = file.metadata().with_context(|| format!("{self} cannot be read"))?;
        ensure!(!metadata.is_dir(), "{self} is a directory: name a file");
        if !metadata.is_file() {
            return Ok(Source { bytes: Box::new(file), records: None, length: None, watch: None });
        }
        // What is wrong with the bytes is told when they are read as rows.
        let records = count(&file).ok();
        file.rewind().with_context(|| format!("{self} cannot be read"))?;
        let kept = file.try_clone().with_context(|| format!("{self} cannot be watched"))?;
        let watch = Arc::new(Watch { path: path.clone(), file: kept, begun: Stamp::of(&metadata) });
        let length = Some(metadata.len());
        Ok(Source { bytes: Box::new(Watched { file, watch: watch.clone() }), records, length, watch: Some(watch) })
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Stdin => f.write_str("standard input"),
        }
    }
}

/// What shows that somebody has written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { length: metadata.len(), modified: metadata.modified().ok() }
    }
}

/// An eye on a file that is being read.
#[derive(Debug)]
pub struct Watch {
    path: PathBuf,
    file: File,
    begun: Stamp,
}

/// What has become of the name of a file whose bytes are what they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// It still means this file.
    Kept,
    /// It means another file now: what was read is the whole of the one before.
    Replaced,
}

impl Watch {
    /// Fails when the file was written to since it was opened, or has been removed without another in its place.
    pub fn check(&self) -> io::Result<Name> {
        let path = self.path.display();
        let now = Stamp::of(&self.file.metadata()?);
        if now != self.begun {
            let (was, is) = (self.begun.length, now.length);
            return Err(io::Error::other(format!(
                "{path} was changed while it was read (it had {was} bytes and has {is} now); run the same command \
                 again when nothing writes to it"
            )));
        }
        match fs::metadata(&self.path) {
            Ok(there) if is_same(&there, &self.file.metadata()?) => Ok(Name::Kept),
            Ok(_) => Ok(Name::Replaced),
            Err(error) => Err(io::Error::other(format!(
                "{path} has vanished while it was read ({error}); put it back and run the same command again"
            ))),
        }
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    Stamp::of(one) == Stamp::of(other)
}

/// A file that is looked at once more when it ends: a last record that is still being written must not pass for whole.
struct Watched {
    file: File,
    watch: Arc<Watch>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            self.watch.check()?;
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Reading, Rows};

    #[test]
    fn a_last_record_is_not_taken_for_whole_when_the_file_was_changed_meanwhile() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("in.csv");
        fs::write(&path, "externalId\nA-1\nA-1").expect("a file");
        let source = Input::File(path.clone()).open().expect("a file");
        assert_eq!((source.records, source.length), (Some(2), Some(18)));
        let mut rows = Rows::open(source.bytes, Reading { me: true, default_zone: None }).expect("a header");
        assert!(rows.next().expect("a row").is_ok());
        // All that there was is in the reader's buffer by now; whether it is the whole is seen at the end.
        fs::OpenOptions::new().write(true).open(&path).expect("a file").set_len(15).expect("a file");
        let error = format!("{:#}", rows.next().expect("an end").expect_err("it was changed"));
        assert!(error.contains("was changed while it was read (it had 18 bytes and has 15 now)"), "{error}");
        assert!(source.watch.expect("it is a file").check().is_err());
    }
}
