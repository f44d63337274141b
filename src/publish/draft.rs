//! A file that is being written beside its place: whoever looks there sees the one before or the whole of this one.

use std::fs::Permissions;
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

    /// It is whole: it takes its name.
    pub fn finish(self) -> io::Result<()> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
