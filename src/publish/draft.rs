//! A file that is being written beside its place: whoever looks there sees the one before or the whole of this one.

#[cfg(target_os = "linux")]
use std::fs::File;
use std::fs::{DirBuilder, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::ledger::folder;

/// How much is written at a draught.
const DRAUGHT: usize = 1 << 16;

/// A file that has not got its name yet; without [`finish`](Self::finish) it goes.
pub struct Draft {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl Draft {
    /// Of a file with links, which its owner alone may read.
    pub fn private(path: &Path) -> io::Result<Self> {
        Self::with_mode(path, 0o600)
    }

    /// Of a file without links, which other programs' users may read.
    pub fn public(path: &Path) -> io::Result<Self> {
        Self::with_mode(path, 0o644)
    }

    fn with_mode(path: &Path, mode: u32) -> io::Result<Self> {
        let mut builder = Builder::new();
        builder.prefix(".convoke-");
        #[cfg(unix)]
        builder.permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(mode));
        #[cfg(not(unix))]
        let _ = mode;
        let file = builder.tempfile_in(folder(path))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::with_capacity(DRAUGHT, file) })
    }

    /// It is whole: it takes its name, and is there after a power cut, too.
    pub fn finish(self) -> io::Result<()> {
        self.named(true)
    }

    /// The same for one of many in a folder, which are made safe together ([`settle`]).
    pub fn finish_in_folder(self) -> io::Result<()> {
        self.named(false)
    }

    fn named(self, synced: bool) -> io::Result<()> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        if synced {
            file.as_file().sync_all()?;
        }
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

/// Sees to it that a power cut loses none of a folder's files. To wait for the disk for each of thousands takes minutes.
pub fn settle(folder: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(File::open(folder)?)?;
    #[cfg(not(target_os = "linux"))]
    let _ = folder;
    Ok(())
}

/// Makes a folder for files with links, if it is not there; who may look into it may read the links.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
