//! Rejects: the rows that have no meeting, in the form of the input, each with its reason.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use csv::{ByteRecord, Terminator};

use super::Ledger;
use super::line::{ERROR, last_fields, outcome, written};
use super::read_at::ReadAt;

/// The column beside those of the input.
const REASON: &str = "reason";

/// Fails when rejects cannot be written there, or when what is there now is something else and would be lost.
pub fn check_rejects(path: &Path) -> Result<()> {
    let there = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return tempfile::NamedTempFile::new_in(folder(path)).map(drop).context("it cannot be written");
        }
        Err(error) => return Err(error).context("it cannot be read"),
    };
    ensure!(there.metadata()?.is_file(), "it is not a file");
    let mut header = ByteRecord::new();
    let mut lines = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&there);
    let is_ours = !lines.read_byte_record(&mut header)? || header.iter().next_back() == Some(REASON.as_bytes());
    ensure!(is_ours, "there is a file that holds no rejects, and it would be overwritten; name another");
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl Ledger {
    /// Writes the rows that have no meeting, ready to be mended and sent again; without any, the file goes. Says how
    /// many there are.
    pub fn write_rejects(&self, path: &Path) -> io::Result<u64> {
        let kept = |record: &ByteRecord| {
            let cells = self.kept.iter().zip(record).filter(|(column, _)| &self.names[**column] != REASON.as_bytes());
            cells.map(|(_, cell)| cell.to_vec()).collect::<Vec<_>>()
        };
        let mut lines = csv::ReaderBuilder::new();
        let lines = lines.has_headers(false).terminator(Terminator::Any(b'\n'));
        let mut lines = lines.from_reader(ReadAt::new(&self.file, 0).take(self.length));
        let mut record = ByteRecord::new();
        lines.read_byte_record(&mut record)?;
        let mut rejects = tempfile::NamedTempFile::new_in(folder(path))?;
        let mut write = |mut cells: Vec<Vec<u8>>, reason: &str| {
            cells.push(reason.into());
            rejects.write_all(&written(&cells.iter().collect()))
        };
        write(kept(&record), REASON)?;
        let mut count = 0;
        while lines.read_byte_record(&mut record)? {
            let fields = last_fields(&record).ok_or_else(|| io::Error::other("a line is not whole"))?;
            let reason = fields[ERROR].clone();
            if outcome(fields, Vec::new()).is_some_and(|(outcome, _)| outcome.status().is_error()) {
                write(kept(&record), &reason)?;
                count += 1;
            }
        }
        if count > 0 {
            rejects.as_file().sync_all()?;
            rejects.persist(path).map_err(|error| error.error)?;
        } else {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(count)
    }
}
