//! Where the bytes come from.

use std::fmt;
use std::fs::File;
use std::io::{Read, stdin};
use std::path::PathBuf;

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

impl Input {
    /// Opens it, and counts its records if it can be read twice: a pipe cannot.
    pub fn open(&self) -> Result<(Box<dyn Read + Send>, Option<u64>)> {
        let Self::File(path) = self else { return Ok((Box::new(stdin()), None)) };
        let open = || File::open(path).with_context(|| format!("{self} cannot be opened"));
        let file = open()?;
        let kind = file.metadata().with_context(|| format!("{self} cannot be read"))?;
        ensure!(!kind.is_dir(), "{self} is a directory: name a file");
        // What is wrong with the bytes is told when they are read as rows.
        let total = if kind.is_file() { count(open()?).ok() } else { None };
        Ok((Box::new(file), total))
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
