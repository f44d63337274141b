//! A sheet as text: UTF-8 with the mark by which Excel and Word know it, and CRLF.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use csv::{Terminator, Writer, WriterBuilder};

use super::dialect::{Dialect, Kind, cut};
use crate::publish::{Draft, Made};
use crate::tally::plural;

/// Without it they read accents in the encoding of the machine.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A file of text that is being written.
pub(super) struct TextFile {
    writer: Writer<Draft>,
    dialect: Dialect,
    lines: u64,
    /// How many cells were cut.
    cut: u64,
}

impl TextFile {
    pub(super) fn new<'a>(path: &Path, dialect: Dialect, names: impl Iterator<Item = &'a str>) -> Result<Self> {
        let draft = || {
            let mut draft = Draft::private(path)?;
            draft.write_all(BYTE_ORDER_MARK)?;
            std::io::Result::Ok(draft)
        };
        let draft = draft().with_context(|| format!("{} cannot be written", path.display()))?;
        let mut builder = WriterBuilder::new();
        builder.terminator(Terminator::CRLF).delimiter(dialect.delimiter());
        let mut file = Self { writer: builder.from_writer(draft), dialect, lines: 0, cut: 0 };
        file.write(names.map(|name| (name, Kind::Free)))?;
        Ok(file)
    }

    fn write<'a>(&mut self, cells: impl Iterator<Item = (&'a str, Kind)>) -> Result<()> {
        for (text, kind) in cells {
            let cell = self.dialect.cell(text, kind);
            match cut(&cell) {
                None => self.writer.write_field(&*cell)?,
                Some(shorter) => {
                    self.cut += 1;
                    self.writer.write_field(shorter)?;
                }
            }
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    pub(super) fn add<'a>(&mut self, cells: impl Iterator<Item = (&'a str, Kind)>) -> Result<()> {
        self.lines += 1;
        self.write(cells)
    }

    pub(super) fn finish(self) -> Result<Made> {
        let draft = self.writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        draft.finish()?;
        Ok(Made { lines: self.lines, notices: cut_notice(self.cut).into_iter().collect() })
    }
}

/// That cells were cut, if any were.
pub(super) fn cut_notice(cells: u64) -> Option<String> {
    let was = if cells == 1 { "was" } else { "were" };
    (cells > 0).then(|| {
        format!(
            "{} {was} cut at 32,767 characters, the most that Excel takes; the output has all of it",
            plural(cells, "cell")
        )
    })
}
