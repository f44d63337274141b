//! Where the bytes come from, and whether they stay what they were while they are read.

use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, stdin};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};

use super::store::Store;

/// A place to read a spreadsheet from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// An input that can be read, from any place and more than once.
#[derive(Clone)]
pub struct Source {
    pub(super) store: Store,
    /// How many bytes it has.
    pub length: u64,
    /// Tells whether it is still what it was, when others may write to it.
    pub watch: Option<Arc<Watch>>,
}

impl Source {
    /// Bytes in memory.
    pub fn of(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Vec<u8> = bytes.into();
        Self { length: bytes.len() as u64, store: Store::Memory(bytes.into()), watch: None }
    }

    /// A file of this program's own, so much of it as there is now.
    pub fn of_file(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { store: Store::File(Arc::new(file), None), length, watch: None })
    }

    /// All its bytes, from the first.
    pub fn bytes(&self) -> impl Read + use<> {
        self.store.from(0)
    }

    /// What flows by once, kept in an unnamed file: the form of a spreadsheet is known only when all of it is.
    fn spooled(mut stream: impl Read) -> io::Result<Self> {
        let mut file = tempfile::tempfile()?;
        let length = io::copy(&mut stream, &mut file)?;
        Ok(Self { store: Store::File(Arc::new(file), None), length, watch: None })
    }
}

impl Input {
    /// Opens it. What is no file is read to its end first.
    pub fn open(&self) -> Result<Source> {
        let Self::File(path) = self else {
            return Source::spooled(stdin()).with_context(|| format!("{self} cannot be read"));
        };
        let file = File::open(path).with_context(|| format!("{self} cannot be opened"))?;
        let metadata = file.metadata().with_context(|| format!("{self} cannot be read"))?;
        ensure!(!metadata.is_dir(), "{self} is a directory: name a file");
        if !metadata.is_file() {
            return Source::spooled(file).with_context(|| format!("{self} cannot be read"));
        }
        let kept = file.try_clone().with_context(|| format!("{self} cannot be watched"))?;
        let watch = Arc::new(Watch { path: path.clone(), file: kept, begun: Stamp::of(&metadata) });
        let store = Store::File(Arc::new(file), Some(watch.clone()));
        Ok(Source { store, length: metadata.len(), watch: Some(watch) })
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
        let watch = source.watch.clone().expect("it is a file");
        let mut rows = Rows::open(source, Reading { me: true, ..Reading::default() }).expect("a header");
        assert_eq!(rows.about().records, 2);
        assert!(rows.next().expect("a row").is_ok());
        // All that there was is in the reader's buffer by now; whether it is the whole is seen at the end.
        fs::OpenOptions::new().write(true).open(&path).expect("a file").set_len(15).expect("a file");
        let error = format!("{:#}", rows.next().expect("an end").expect_err("it was changed"));
        assert!(error.contains("was changed while it was read (it had 18 bytes and has 15 now)"), "{error}");
        assert!(watch.check().is_err());
    }
}
