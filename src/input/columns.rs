//! Which column of a sheet means what.
//!
//! A sheet's own names are looked up in the table of [`names`](super::names), or the person at the command line says
//! which is which (`--map`). Two columns for one meaning are refused, never chosen between.

use anyhow::{Result, bail};
use csv::ByteRecord;

use super::Cells;
use super::claims::{Mapped, ambiguous, best, claims, meanings};
use super::flaw::{MISSHAPEN, shown};
use super::names::{Column, Word, word};
use super::nearest::{all_missing, doubtful, missing};
use super::people::is_blank;

/// So much is looked at of a name, in bytes: what is longer is no name of a column that means something.
const NAME_MAX: usize = 1024;

/// The columns of one spreadsheet.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The header as it stands in the file.
    header: ByteRecord,
    /// The same as text, for messages.
    names: Vec<String>,
    /// Where each meaning is, in the order of [`Column::ALL`]; apart, since there are many and a run keeps several of these.
    places: Box<[Option<usize>; Column::ALL.len()]>,
    /// Where an earlier output has its status and its error.
    verdict: Option<(usize, usize)>,
}

/// How well a header makes sense: the greater, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score {
    /// Whether everything is there that a sheet must have.
    pub(super) is_complete: bool,
    /// How many of its cells have a known meaning.
    pub(super) known: usize,
}

impl Columns {
    /// Finds the meanings in a header: those of `map`, and for the others those of the names.
    pub(super) fn of_header(header: &ByteRecord, me: bool, map: &[Mapped]) -> Result<Self> {
        let names = texts(header);
        let (claims, mut problems) = claims(&names, map);
        let mut places = Box::new([None; Column::ALL.len()]);
        for meaning in meanings() {
            match best(&claims, meaning)[..] {
                [] => {}
                [only] => places[only.column.place()] = Some(only.place),
                ref several => problems.push(ambiguous(several, &names)),
            }
        }
        let place = |name| names.iter().position(|own: &String| own == name);
        let verdict = place("status").zip(place("error"));
        let mut columns = Self { header: header.clone(), names, places, verdict };
        columns.take_whole_times(map);
        problems.extend(columns.hours(map));
        let required = required(me).iter().filter(|column| columns.index(**column).is_none());
        // What two columns claim, or a --map that has failed, is told by now.
        let is_claimed = |column: &Column| claims.iter().any(|one| one.column == *column);
        let is_mapped = |column: &Column| map.iter().any(|(mapped, _)| mapped == column);
        let lacking: Vec<Column> =
            required.copied().filter(|column| !is_claimed(column) && !is_mapped(column)).collect();
        match all_missing(&lacking, &columns.unread(), &columns.names) {
            Some(problem) => problems.push(problem),
            None => problems.extend(lacking.into_iter().map(|one| missing(one, &columns.unread(), &columns.names))),
        }
        if problems.is_empty() { Ok(columns) } else { bail!("{}", problems.join("; ")) }
    }

    /// A start time without any column for a date holds both, and so does an end time; a `--map` is kept to its word.
    fn take_whole_times(&mut self, map: &[Mapped]) {
        if self.index(Column::StartDate).or(self.index(Column::EndDate)).is_some() {
            return;
        }
        for (time, whole) in [(Column::StartTime, Column::StartDateTime), (Column::EndTime, Column::EndDateTime)] {
            if map.iter().all(|(column, _)| *column != time) && self.index(whole).is_none() {
                self.places[whole.place()] = self.places[time.place()].take();
            }
        }
    }

    /// Refuses a duration in hours, unless the end is known by another column.
    fn hours(&self, map: &[Mapped]) -> Option<String> {
        let ends = [Column::EndDateTime, Column::EndTime, Column::Duration];
        if ends.into_iter().any(|column| self.index(column).is_some()) || map.iter().any(|(c, _)| ends.contains(c)) {
            return None;
        }
        let place = self.names.iter().position(|name| word(name) == Some(Word::Hours))?;
        let is_other = (0..self.places.len()).any(|column| self.places[column] == Some(place));
        (!is_other).then(|| {
            format!(
                "column {} ('{}') counts hours, and a duration is read in minutes: rename it to duration, and write \
                 90 or 1:30 for an hour and a half",
                place + 1,
                shown(&self.names[place])
            )
        })
    }

    /// Where a column is in each record; `None` where the sheet has no such column.
    pub fn index(&self, column: Column) -> Option<usize> {
        self.places[column.place()]
    }

    /// The columns that are read, in the order of [`Column::ALL`], each with the sheet's own name for it.
    pub fn read(&self) -> impl Iterator<Item = (Column, &str)> {
        Column::ALL.into_iter().filter(|column| self.index(*column).is_some()).map(|column| (column, self.name(column)))
    }

    /// The names of the columns that mean nothing, in the sheet's order.
    fn unread(&self) -> Vec<&str> {
        let is_unread = |place: &usize| !self.places.contains(&Some(*place));
        (0..self.names.len()).filter(is_unread).map(|place| self.names[place].as_str()).collect()
    }

    /// The columns that mean nothing though they are called almost like one that does and that the sheet has not: the
    /// sheet's own name, and what it may be meant for.
    pub fn doubtful(&self) -> Vec<(&str, Column)> {
        let lacking = Column::ALL.into_iter().filter(|column| self.index(*column).is_none());
        doubtful(&self.unread(), &lacking.collect::<Vec<_>>())
    }

    /// How many columns there are, without empty ones at the end.
    pub(super) fn len(&self) -> usize {
        self.names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1)
    }

    /// What a column of the sheet means, if anything.
    pub(crate) fn meaning(&self, place: usize) -> Option<Column> {
        Column::ALL.into_iter().find(|column| self.index(*column) == Some(place))
    }

    /// The name that the sheet has for a column.
    pub fn name(&self, column: Column) -> &str {
        self.index(column).map_or(column.name(), |place| &self.names[place])
    }

    /// A record's cell for a column; empty where the sheet has no such column.
    pub(super) fn cell<'a>(&self, column: Column, cells: &'a ByteRecord) -> &'a [u8] {
        self.index(column).and_then(|place| cells.get(place)).unwrap_or_default()
    }

    /// Whether a record says anything in a column.
    pub(crate) fn says(&self, column: Column, cells: &Cells) -> bool {
        // What is no UTF-8 says something, too.
        std::str::from_utf8(self.cell(column, &cells.0)).map_or(true, |text| !text.trim_matches(is_blank).is_empty())
    }

    /// Whether the sheet is an earlier output and says that this record is invalid because its cells did not fit.
    pub(super) fn was_misshapen(&self, cells: &ByteRecord) -> bool {
        let Some((status, error)) = self.verdict else { return false };
        let (Some(b"invalid"), Some(error)) = (cells.get(status), cells.get(error)) else { return false };
        let error = String::from_utf8_lossy(error);
        MISSHAPEN.iter().any(|reason| error.contains(reason))
    }

    /// The header as it stands in the file.
    pub(crate) fn header(&self) -> &ByteRecord {
        &self.header
    }
}

/// How well a header makes sense, so that the one can be found that was split at the right delimiter.
pub(super) fn score(header: &ByteRecord, me: bool, map: &[Mapped]) -> Score {
    let names = texts(header);
    // A name that holds what could be the delimiter was probably not split where it should have been.
    let is_whole = |place: usize| !names[place].contains([',', ';', '\t', '|']);
    let (claims, _) = claims(&names, map);
    let known = claims.into_iter().filter(|one| one.is_mapped || is_whole(one.place));
    let known: Vec<(usize, Column)> = known.map(|one| (one.place, one.column)).collect();
    let is_complete = required(me).iter().all(|column| known.iter().any(|(_, known)| known == column));
    let is_known = |place: &usize| known.iter().any(|(known, _)| known == place);
    Score { is_complete, known: (0..names.len()).filter(is_known).count() }
}

fn texts(header: &ByteRecord) -> Vec<String> {
    let beginning = |name: &[u8]| String::from_utf8_lossy(&name[..name.len().min(NAME_MAX)]).trim().to_owned();
    header.iter().map(beginning).collect()
}

fn required(me: bool) -> &'static [Column] {
    let required = &[Column::ExternalId, Column::OrganizerUserId];
    if me { &required[..1] } else { required }
}

#[cfg(test)]
#[path = "columns_tests.rs"]
mod tests;
