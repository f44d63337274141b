//! The output for Excel: the same records and columns, so written that Excel shows what they say.

use std::path::Path;

use anyhow::Result;

use super::columns;
use super::dialect::Dialect;
use super::text_file::TextFile;
use crate::publish::{Finished, Made};

/// Writes the output for Excel.
pub fn excel(finished: &Finished, path: &Path, delimiter: u8) -> Result<Made> {
    let columns = columns(finished);
    let names = columns.iter().map(|column| column.name.as_str());
    let mut file = TextFile::new(path, Dialect::Excel { delimiter }, names)?;
    for entry in finished.entries()? {
        let entry = entry?;
        let cells: Vec<_> = columns.iter().map(|column| (entry.row.cells.text(column.place), column.kind)).collect();
        file.add(cells.iter().map(|(text, kind)| (&**text, *kind)))?;
    }
    file.finish()
}
