//! The meetings whose rows have left the sheet: their lines are kept in a file beside the output, which the next run writes
//! anew without them. What was deleted is not kept, as far as the result of `cancel` beside either file tells. Nobody is
//! asked, and nothing but that file is written.

mod lines;
mod written;

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use csv::ByteRecord;

use self::lines::Lines;
use self::written::Written;
use super::Present;
use super::aliases::Aliases;
use super::earlier::beginning;
use super::layout::{Layout, LineColumns};
use crate::input::{Cells, Parser, Reading, Row};
use crate::keys::{KeyHash, Keys};
use crate::meeting::{ExternalId, Organizer};
use crate::outcome::Outcome;

/// What the name of a result of `cancel` ends with.
pub const CANCELLED: &str = ".cancelled.csv";
/// How the name of the file ends.
const LEFT: &str = "left.csv";

/// The file beside an output in which the meetings are whose rows have left the sheet.
pub fn left(output: &Path) -> PathBuf {
    output.with_extension(LEFT)
}

/// Whether a file is called like one of them.
pub fn is_left(path: &Path) -> bool {
    let end = path.file_name().map(OsStr::as_encoded_bytes).and_then(|name| name.strip_suffix(LEFT.as_bytes()));
    end.is_some_and(|rest| rest.ends_with(b"."))
}

/// What records of such a header are understood by; `input` is that of the sheet, whose columns may have other names.
pub(super) fn parser(path: &Path, header: &ByteRecord, input: &Parser) -> Result<Parser> {
    if is_left(path) {
        Parser::of_header(header, Reading { map: Vec::new(), ..input.reading().clone() })
    } else {
        input.under(header)
    }
}

/// How many meetings there are in the file beside an output, without those that `cancel` has deleted since.
pub fn count_left(output: &Path) -> io::Result<u64> {
    let (path, mut count) = (left(output), 0);
    let deleted = deleted(&path, Keys::default())?;
    each(&path, |places, cells| {
        let id = places.meeting(cells).and_then(|(_, answer)| by_id(answer.meeting.id.as_deref()?));
        count += u64::from(id.is_some_and(|id| deleted.place(id).is_none()));
    })?;
    Ok(count)
}

/// What became of the file.
#[derive(Debug, PartialEq, Eq)]
pub struct Kept {
    /// The file, be it there or not.
    pub path: PathBuf,
    /// How many meetings of the earlier output are new in it.
    pub new: u64,
}

/// The meetings of an output that is about to be replaced, and of the file beside it, while the rows of the sheet go by.
pub struct Leaving {
    path: PathBuf,
    /// The output, if there is one.
    earlier: Option<Lines>,
    /// The file, if it is there.
    left: Option<Lines>,
    aliases: Aliases,
    present: Present,
    /// The ids of meetings that were deleted.
    deleted: Keys,
}

impl Leaving {
    /// Opens both, to be read as the sheet is; `None` when there are no meetings of earlier runs. Fails when there are, and
    /// cannot be read: they would be lost.
    pub fn open(output: &Path, input: &Parser) -> Result<Option<Self>> {
        let path = left(output);
        let mut aliases = Aliases::default();
        let earlier = Lines::open(output, input, &mut aliases).with_context(|| {
            format!("{} has meetings of an earlier run; move it away, so that none is lost", output.display())
        })?;
        let left = Lines::open(&path, input, &mut aliases).with_context(|| {
            format!("{} has meetings that left; move it away, so that none is lost", path.display())
        })?;
        if earlier.is_none() && left.is_none() {
            return Ok(None);
        }
        let deleted = deleted(output, deleted(&path, Keys::default())?)?;
        Ok(Some(Self { path, earlier, left, aliases, present: Present::default(), deleted }))
    }

    /// A row of the sheet goes by.
    pub fn pass(&mut self, row: &Row) {
        match &row.meeting {
            Ok(meeting) => self.present.asks(&self.aliases.key(meeting), row.record),
            Err(_) => self.present.has_flaws(row),
        }
    }

    /// All rows went by: the meetings that have none are in the file from now on, and those are not that have one. Links
    /// that are not `wanted` are not kept. A file in which nothing is left goes; where nothing changes, nothing is written.
    pub fn keep(mut self, wanted: impl Fn(&str) -> bool) -> Result<Kept> {
        let (mut seen, mut file) = (Keys::default(), Written::new(&self.path, self.layout()));
        let (mut new, mut dropped) = (0, 0);
        for (lines, is_new) in [(self.left.take(), false), (self.earlier.take(), true)] {
            let Some(mut lines) = lines else { continue };
            let Self { aliases, present, deleted, .. } = &self;
            lines.each(|line| {
                let stays = wanted(line.link()) && deleted.place(line.id).is_none() && seen.place(line.id).is_none();
                if stays && line.key(aliases).is_none_or(|key| !present.has(&key)) {
                    seen.put(line.id, file.lines);
                    new += u64::from(is_new);
                    return file.write(line);
                }
                dropped += u64::from(!is_new);
                Ok(())
            })?;
        }
        let Self { path, .. } = self;
        if new > 0 || dropped > 0 {
            file.finish(&path)?;
        }
        Ok(Kept { path, new })
    }

    fn layout(&self) -> Layout {
        let mut all = self.left.iter().chain(&self.earlier);
        Layout { join_information: all.any(|lines| lines.places.has("joinInformation")) }
    }
}

/// The ids of meetings that the result of `cancel` beside a file says are deleted.
fn deleted(path: &Path, mut ids: Keys) -> io::Result<Keys> {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(CANCELLED);
    each(&path.with_file_name(name), |places, cells| {
        if let Some((Outcome::Cancelled(answer) | Outcome::Gone(answer), ..)) = places.line(cells, Vec::new())
            && let Some(id) = answer.meeting.id.as_deref().and_then(by_id)
        {
            ids.put(id, 0);
        }
    })?;
    Ok(ids)
}

/// Tells of each record of an output; of none when it is not there.
fn each(path: &Path, mut tell: impl FnMut(&LineColumns, &Cells)) -> io::Result<()> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let (mut lines, header) = beginning(&file)?;
    let (places, mut record) = (LineColumns::of_header(&header), ByteRecord::new());
    while lines.read(&mut record)? {
        tell(&places, &Cells(record.clone()));
    }
    Ok(())
}

fn by_id(id: &str) -> Option<KeyHash> {
    Some(KeyHash::of(&(Organizer::Me, ExternalId::new(id)?)))
}

#[cfg(test)]
mod tests;
