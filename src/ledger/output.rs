//! Where an output goes.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::earlier::beginning;
use super::layout::LineColumns;

/// Whether a file is an output of this program, as its header says.
pub fn is_output(path: &Path) -> bool {
    let header = File::open(path).and_then(|file| Ok(beginning(&file)?.1));
    let places = header.map(|header| LineColumns::of_header(&header));
    places.is_ok_and(|places| ["status", "joinWebUrl", "record"].into_iter().all(|name| places.has(name)))
}

/// Where the output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// A file.
    File(PathBuf),
    /// Standard output.
    Stdout,
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Stdout => f.write_str("standard output"),
        }
    }
}
