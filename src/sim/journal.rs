//! The file that a simulator keeps between two runs: a line of JSON for each record, with a checksum before it, after
//! a line that says what the file is.
//!
//! A record is written whole and in one call, before anybody is answered, so that it outlives the death of this
//! program. It need not outlive the machine's: nothing is synced but a rewrite, and what the system had not yet written
//! then is lost. Whichever of the two it was, only the last line can be torn; the next run cuts it off and says so.
//! Damage anywhere else is refused and not mended, as is a file that is not a simulator's, and both are left as they
//! are. It knows nothing of what the records mean.

use std::borrow::Borrow;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::hash::Hash;

/// What every such file says of itself.
const KIND: &str = "convoke simulate";
/// No first line of ours is longer; so much of a file that may be anybody's is read.
const HEADER_MAX: u64 = 1024;
/// As many hexadecimal digits come before a record, and then a space.
const CHECKSUM: usize = 8;

/// The first line: what a run must have in common with the one that began the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// That of the records.
    pub(super) version: u32,
    /// All ids follow from it.
    pub(super) seed: u64,
}

/// The file, which is this process's alone until it ends.
#[derive(Debug)]
pub(super) struct Journal<T> {
    file: File,
    path: PathBuf,
    header: Header,
    /// How far the file is known to be whole.
    len: u64,
    /// Whether there may be something behind that.
    torn: bool,
    records: PhantomData<fn(T)>,
}

impl<T: Serialize + DeserializeOwned> Journal<T> {
    /// Opens the file or makes it, and hands over what it holds, one by one. If there is an error in the end, that is
    /// of no use.
    pub(super) fn open(path: &Path, header: &Header, take: impl FnMut(T)) -> Result<Self> {
        Self::claim(path, *header, take).with_context(|| format!("the state file {}", path.display()))
    }

    fn claim(path: &Path, header: Header, take: impl FnMut(T)) -> Result<Self> {
        let mut file = claim(path)?;
        let len = read(&mut file, path, header, take)?;
        make_private(&file)?;
        let mut journal = Self { file, path: path.to_owned(), header, len, torn: true, records: PhantomData };
        journal.cut_back()?;
        if len == 0 {
            journal.put(&header.line()?)?;
        }
        Ok(journal)
    }

    /// Writes a record. When that fails, the file is as it was before.
    pub(super) fn append(&mut self, record: &T) -> io::Result<()> {
        self.put(&line(record)?)
    }

    /// Puts these records in place of all that the file holds. When that fails, the file is as it was before.
    pub(super) fn rewrite(&mut self, records: impl IntoIterator<Item = impl Borrow<T>>) -> Result<()> {
        let written = self.replace(records);
        (self.file, self.len) =
            written.with_context(|| format!("the state file {} cannot be written anew", self.path.display()))?;
        self.torn = false;
        Ok(())
    }

    fn replace(&self, records: impl IntoIterator<Item = impl Borrow<T>>) -> Result<(File, u64)> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Readable by its owner only, as the file is that it replaces.
        let new = tempfile::Builder::new().prefix(".simulate-").tempfile_in(folder)?;
        let mut out = BufWriter::new(new.as_file());
        out.write_all(&self.header.line()?)?;
        for record in records {
            out.write_all(&line(record.borrow())?)?;
        }
        out.flush()?;
        drop(out);
        new.as_file().try_lock()?;
        new.as_file().sync_all()?;
        let len = new.as_file().metadata()?.len();
        let file = new.persist(&self.path)?;
        // From here on the file is the new one, whether or not that is on the disk by now.
        #[cfg(unix)]
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok((file, len))
    }

    fn put(&mut self, line: &[u8]) -> io::Result<()> {
        self.cut_back()?;
        self.torn = true;
        if let Err(why) = self.file.write_all(line) {
            // If this fails, too, the next to write begins with it.
            let _ = self.cut_back();
            return Err(why);
        }
        self.len += line.len() as u64;
        self.torn = false;
        Ok(())
    }

    /// What is written from now on cannot be, or can again.
    #[cfg(test)]
    pub(super) fn protect(&mut self, is_protected: bool) {
        let file = OpenOptions::new().read(true).write(!is_protected).open(&self.path);
        self.file = file.expect("it is there");
    }

    /// Takes off what is not whole.
    fn cut_back(&mut self) -> io::Result<()> {
        if self.torn {
            self.file.set_len(self.len)?;
            self.file.seek(SeekFrom::Start(self.len))?;
            self.torn = false;
        }
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct FirstLine {
    file: String,
    version: u32,
    seed: u64,
}

impl Header {
    fn line(self) -> io::Result<Vec<u8>> {
        let Self { version, seed } = self;
        let mut line = serde_json::to_vec(&FirstLine { file: KIND.into(), version, seed })?;
        line.push(b'\n');
        Ok(line)
    }

    fn check(self, line: &[u8]) -> Result<()> {
        let first = serde_json::from_slice::<FirstLine>(line).ok().filter(|first| first.file == KIND);
        let Some(FirstLine { version, seed, .. }) = first.filter(|_| line.ends_with(b"\n")) else {
            bail!("it is not a state file of `{KIND}` and is left as it is; name another file, or remove this one");
        };
        ensure!(version <= self.version, "it is of a newer version of this program; use that, or name another file");
        ensure!(version == self.version, "it is of an older version of this program; remove it, or name another file");
        ensure!(
            seed == self.seed,
            "it was begun with the seed {seed}, and its ids would not fit those of the seed {}; give it the seed \
             {seed}, or name another file",
            self.seed
        );
        Ok(())
    }
}

/// How long the file is without a torn last line. Nothing is written.
fn read<T: DeserializeOwned>(file: &mut File, path: &Path, header: Header, mut take: impl FnMut(T)) -> Result<u64> {
    let (mut reader, mut line) = (BufReader::new(file), Vec::new());
    reader.by_ref().take(HEADER_MAX).read_until(b'\n', &mut line)?;
    if header.line()?.starts_with(&line) && !line.ends_with(b"\n") {
        // It is new, or whoever made it was ended just then.
        return Ok(0);
    }
    header.check(&line)?;
    let (mut len, mut number, mut torn) = (line.len() as u64, 1, None);
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if torn.is_some() {
            bail!(
                "line {number} is damaged, and it is not the last; restore the file, or remove that line and do without"
            );
        }
        number += 1;
        let Some(json) = body(&line) else {
            torn = Some(line.len());
            continue;
        };
        let record = serde_json::from_slice(json);
        take(record.with_context(|| format!("line {number} is no record of this version; remove it"))?);
        len += line.len() as u64;
    }
    if let Some(torn) = torn {
        warn!("{}: the last line is torn, as by a crash; its {torn} bytes are cut off", path.display());
    }
    Ok(len)
}

fn line(record: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = vec![b' '; CHECKSUM + 1];
    serde_json::to_writer(&mut line, record)?;
    let sum = checksum(&line[CHECKSUM + 1..]);
    line[..CHECKSUM].copy_from_slice(sum.as_bytes());
    line.push(b'\n');
    Ok(line)
}

/// The JSON of a line, if it is whole.
fn body(line: &[u8]) -> Option<&[u8]> {
    let (sum, rest) = line.split_at_checked(CHECKSUM)?;
    let json = rest.strip_prefix(b" ")?.strip_suffix(b"\n")?;
    (sum == checksum(json).as_bytes()).then_some(json)
}

/// It tells a torn line from a whole one; it protects nothing.
fn checksum(json: &[u8]) -> String {
    format!("{:08x}", Hash::seeded(0).bytes(json).finish() >> 32)
}

/// Opens the file or makes it, and locks it.
fn claim(path: &Path) -> Result<File> {
    loop {
        if let Ok(there) = path.symlink_metadata() {
            ensure!(!there.is_dir(), "it is a directory; name a file");
            // Somebody else may own what a link leads to.
            ensure!(there.is_file(), "it is no ordinary file; name one that is, or that is not there yet");
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).context("it cannot be opened for reading and writing")?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!("another simulator is using it; stop that, or name another file"),
            Err(TryLockError::Error(error)) => bail!("it cannot be locked ({error}); put it on a disk of this machine"),
        }
        // Whoever had it may have put another in its place before it was locked here.
        if is_still_at(&file, path)? {
            return Ok(file);
        }
    }
}

#[cfg(unix)]
fn is_still_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let own = file.metadata()?;
    match fs::metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (own.dev(), own.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_still_at(_: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

/// What others could read up to now is the owner's from now on.
fn make_private(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
