//! The file of the meetings whose rows have left, while it is written: beside its place, and readable by its owner only.

use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
use tempfile::NamedTempFile;

use super::lines::{COLUMNS, Line};
use crate::input::Column;
use crate::ledger::folder;
use crate::ledger::layout::Layout;
use crate::ledger::line::written;

/// The file while it is written; it takes its name when it is whole.
pub(super) struct Written {
    folder: PathBuf,
    layout: Layout,
    file: Option<BufWriter<NamedTempFile>>,
    pub(super) lines: u64,
}

impl Written {
    pub(super) fn new(path: &Path, layout: Layout) -> Self {
        Self { folder: folder(path).to_owned(), layout, file: None, lines: 0 }
    }

    /// The next line; its record is counted anew.
    pub(super) fn write(&mut self, line: &mut Line) -> Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                // Its owner alone may read what is made so.
                let mut file = BufWriter::new(NamedTempFile::new_in(&self.folder)?);
                let names = COLUMNS.map(Column::name).into_iter().chain(self.layout.columns());
                file.write_all(&written(names))?;
                none.insert(file)
            }
        };
        self.lines += 1;
        let mut fields = line.fields.clone();
        if let Some(record) = fields.last_mut() {
            *record = self.lines.to_string();
        }
        file.write_all(&written(line.sheet().into_iter().chain(self.layout.kept(fields))))?;
        Ok(())
    }

    /// Gives the file its name, or takes it away when it has no line.
    pub(super) fn finish(self, path: &Path) -> Result<()> {
        match self.file {
            None => fs::remove_file(path)?,
            Some(file) => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                file.persist(path).map_err(|error| error.error)?;
            }
        }
        Ok(())
    }
}
