//! Rejects: the rows that have no meeting, in the form of the input, each with its reason.

use std::fs::{self, File};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use csv::{ByteRecord, Terminator};

use super::folder;
use super::layout::is_ours;
use super::line::written;
use super::read_at::Records;
use crate::input::Parser;
use crate::outcome::{Line, Outcome, Status};

/// The column beside those of the input.
const REASON: &str = "reason";

/// The rows that have no meeting so far, in an unnamed file until all are known.
pub struct Rejects {
    path: PathBuf,
    spool: File,
    /// Which of the input's columns are kept: all but ours, and the reasons of an earlier time.
    kept: Vec<usize>,
    count: u64,
}

impl Rejects {
    /// Fails when rejects cannot be written there, or when what is there now is something else and would be lost.
    pub fn open(path: &Path, parser: &Parser) -> Result<Self> {
        tempfile::NamedTempFile::new_in(folder(path)).context("it cannot be written")?;
        match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).context("it cannot be read"),
            Ok(there) => ensure!(
                there.metadata()?.is_file() && holds_rejects(&there, parser)?,
                "there is a file that holds no rejects, and it would be overwritten; name another"
            ),
        }
        let names = parser.columns().header();
        let kept = (0..names.len()).filter(|&i| !is_ours(&names[i]) && names[i] != *REASON.as_bytes()).collect();
        let mut rejects = Self { path: path.to_owned(), spool: tempfile::tempfile()?, kept, count: 0 };
        rejects.write(rejects.kept.iter().map(|&i| names[i].to_vec()).collect(), REASON)?;
        Ok(rejects)
    }

    /// Takes down a row if it has no meeting. One that may have been made is not taken: rejects are there to be sent again.
    pub fn take(&mut self, line: &Line) -> io::Result<()> {
        let status = line.outcome.status();
        if !status.is_error() || status == Status::Uncertain {
            return Ok(());
        }
        let cells = &line.row.cells.0;
        let is_misshapen = match &line.outcome {
            Outcome::Invalid(flaws) => flaws.iter().any(|flaw| flaw.column.is_empty()),
            _ => false,
        };
        let cells: Vec<Vec<u8>> = if is_misshapen {
            // Nobody knows which cell is which, so all are kept, and the row fits as little as before: it is not to be
            // taken for mended.
            let surplus = if cells.len() == self.kept.len() { Some(Vec::new()) } else { None };
            cells.iter().map(<[u8]>::to_vec).chain(surplus).collect()
        } else {
            self.kept.iter().map(|&i| cells.get(i).unwrap_or_default().to_vec()).collect()
        };
        self.count += 1;
        self.write(cells, &line.error())
    }

    fn write(&mut self, mut cells: Vec<Vec<u8>>, reason: &str) -> io::Result<()> {
        cells.push(reason.into());
        self.spool.write_all(&written(&cells))
    }

    /// All rows are known: the file takes its name, or goes if there are none. Says how many there are.
    pub fn finish(&mut self) -> io::Result<u64> {
        if self.count == 0 {
            return match fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(0),
            };
        }
        let mut file = tempfile::NamedTempFile::new_in(folder(&self.path))?;
        self.spool.rewind()?;
        io::copy(&mut self.spool, &mut file)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(self.count)
    }
}

/// Whether a file is empty or what this module writes: a sheet of meetings with reasons.
fn holds_rejects(file: &File, parser: &Parser) -> io::Result<bool> {
    let mut header = ByteRecord::new();
    let is_empty = !Records::new(file, 0, u64::MAX, Terminator::CRLF).read(&mut header)?;
    Ok(is_empty || header.iter().next_back() == Some(REASON.as_bytes()) && parser.is_sheet(&header))
}
