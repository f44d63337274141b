//! The finished lines of an output, read back one at a time, as often as anybody likes.

use std::collections::HashSet;
use std::io;

use anyhow::{Context as _, Result, ensure};

use super::entry::{Entry, Key};
use crate::input::{Column, Columns, Reading, Rows, Source};
use crate::ledger::LineColumns;
use crate::outcome::Status;

/// An output whose lines are finished, or so many of them.
pub struct Finished {
    rows: Rows,
    places: LineColumns,
    /// How many there are.
    lines: u64,
}

impl Finished {
    /// Opens an output. Fails when it is none.
    pub fn open(source: Source, reading: Reading) -> Result<Self> {
        let rows = match Rows::open(source.clone(), reading.clone()) {
            // That of a run with --me has no organizers but those that Graph has told.
            Err(error) if !reading.me => Rows::open(source, Reading { me: true, ..reading }).map_err(|_| error)?,
            rows => rows?,
        };
        Self::of_rows(rows)
    }

    /// Of a run that ended before it had any.
    pub fn nothing() -> Result<Self> {
        Self::open(Source::of("externalId,status,joinWebUrl,record\n"), Reading { me: true, ..Reading::default() })
    }

    /// Of rows whose header has been read.
    pub fn of_rows(rows: Rows) -> Result<Self> {
        let places = LineColumns::of_header(rows.parser().columns().header());
        ensure!(
            places.has("status") && places.has("joinWebUrl"),
            "it is no output of this program: status or joinWebUrl is missing"
        );
        let lines = rows.about().records;
        Ok(Self { rows, places, lines })
    }

    /// The first of them alone: the others are not finished.
    #[must_use]
    pub fn first(self, lines: u64) -> Self {
        Self { lines, ..self }
    }

    /// How many there are.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The columns of the output: those of the input, and those of this program.
    pub fn columns(&self) -> &Columns {
        self.rows.parser().columns()
    }

    /// The names of the columns, in their order, and whether each is one of this program's.
    pub fn names(&self) -> Vec<(String, bool)> {
        let header = self.columns().header();
        header.iter().map(|name| (String::from_utf8_lossy(name).into_owned(), crate::ledger::is_ours(name))).collect()
    }

    /// All lines, from the first.
    pub fn entries(&self) -> io::Result<Entries<'_>> {
        let rows = self.rows.anew()?;
        Ok(Entries { finished: self, rows, left: self.lines, seen: HashSet::new(), made: HashSet::new() })
    }
}

/// The lines, one after the other. It keeps 16 bytes of each meeting.
pub struct Entries<'a> {
    finished: &'a Finished,
    rows: Rows,
    left: u64,
    seen: HashSet<Key>,
    /// Those that were made in the run.
    made: HashSet<Key>,
}

impl Entries<'_> {
    /// What the rows are read by: their zones, for one.
    pub fn parser(&self) -> &crate::input::Parser {
        self.rows.parser()
    }

    fn read(&mut self) -> Result<Option<Entry>> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(row) = self.rows.next().transpose()? else { return Ok(None) };
        self.left -= 1;
        let flaws = row.meeting.as_ref().err().cloned().unwrap_or_default();
        let (record, at) = (row.record, row.at);
        let line = self.finished.places.line(&row.cells, flaws);
        let (outcome, attempts, error, own_record) =
            line.with_context(|| format!("record {record} ({at}) is no line of this program"))?;
        let row = crate::input::Row { record: own_record, ..row };
        let zone = self.parser().columns().index(Column::TimeZone).map(|place| row.cells.text(place));
        let names_zone = row.clock_offset.is_some() || zone.is_some_and(|zone| !zone.trim().is_empty());
        let mut entry = Entry { row, outcome, attempts, error, is_first: true, is_new: false, names_zone };
        if entry.meeting().is_some() {
            let key = entry.key();
            entry.is_first = self.seen.insert(key);
            if entry.status() == Status::Created {
                self.made.insert(key);
            }
            entry.is_new = self.made.contains(&key);
        }
        Ok(Some(entry))
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
