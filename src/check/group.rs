//! Flaws of one kind: the pictures of the first, and in which records the others are.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write};

use super::count::Severity;
use crate::tally::plural;

/// How many pictures of one kind are drawn, unless all are asked for: enough to see what they have in common.
const PICTURES_MAX: u64 = 10;
/// How many runs of records are named.
const RUNS_MAX: usize = 12;

/// Flaws or warnings of one kind.
pub(super) struct Group {
    pub(super) kind: &'static str,
    pub(super) severity: Severity,
    pub(super) rows: u64,
    pub(super) first_record: u64,
    last_record: u64,
    drawn: u64,
    pictures: Pictures,
    rest: Runs,
}

/// The pictures: in memory as long as they are few, or else in an unnamed file.
enum Pictures {
    Few(String),
    All(BufWriter<File>),
}

impl Group {
    pub(super) fn new(kind: &'static str, severity: Severity, all: bool) -> io::Result<Self> {
        let pictures =
            if all { Pictures::All(BufWriter::new(tempfile::tempfile()?)) } else { Pictures::Few(String::new()) };
        let (rows, first_record, last_record) = (0, 0, 0);
        Ok(Self { kind, severity, rows, first_record, last_record, drawn: 0, pictures, rest: Runs::default() })
    }

    /// Whether one more is drawn.
    pub(super) fn has_room(&self) -> bool {
        matches!(self.pictures, Pictures::All(_)) || self.drawn < PICTURES_MAX
    }

    /// One more, which is drawn.
    pub(super) fn draw(&mut self, record: u64, picture: &str) -> io::Result<()> {
        self.count(record);
        self.drawn += 1;
        match &mut self.pictures {
            Pictures::Few(text) => {
                text.push_str(picture);
                text.push_str("\n\n");
                Ok(())
            }
            Pictures::All(file) => write!(file, "{picture}\n\n"),
        }
    }

    /// One more, of which no more than the record is kept.
    pub(super) fn pass(&mut self, record: u64) {
        self.count(record);
        self.rest.push(record);
    }

    fn count(&mut self, record: u64) {
        if self.rows == 0 {
            self.first_record = record;
        }
        self.rows += u64::from(self.rows == 0 || self.last_record != record);
        self.last_record = record;
    }

    /// Whether some are not drawn.
    pub(super) fn hides(&self) -> bool {
        self.rest.count > 0
    }

    /// Writes the pictures, and how many more there are.
    pub(super) fn write(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match &mut self.pictures {
            Pictures::Few(text) => out.write_all(text.as_bytes())?,
            Pictures::All(file) => {
                file.flush()?;
                file.get_mut().rewind()?;
                io::copy(file.get_mut(), out)?;
            }
        }
        match self.rest.count {
            0 => Ok(()),
            count => write!(
                out,
                "and {} more like {}, in {}\n\n",
                count,
                if self.drawn == 1 { "it" } else { "these" },
                self.rest
            ),
        }
    }

    /// How many rows, and of what.
    pub(super) fn title(&self) -> String {
        let word = if self.severity == Severity::Warning { "Warning, " } else { "" };
        format!("{word}{}: {}", plural(self.rows, "row"), self.kind)
    }
}

/// Runs of records, the first of them.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// The first record and the last.
    named: Vec<(u64, u64)>,
    count: u64,
    are_all: bool,
}

impl Runs {
    /// Takes the next record; they come in order.
    pub(super) fn push(&mut self, record: u64) {
        self.count += 1;
        self.are_all |= self.count == 1;
        let has_room = self.named.len() < RUNS_MAX;
        match self.named.last_mut() {
            Some((_, last)) if self.are_all && (*last == record || *last + 1 == record) => *last = record,
            _ if has_room => self.named.push((record, record)),
            _ => self.are_all = false,
        }
    }
}

impl std::fmt::Display for Runs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        for (first, last) in &self.named {
            let _ = match last - first {
                0 => write!(text, ", {first}"),
                1 => write!(text, ", {first}, {last}"),
                _ => write!(text, ", {first}–{last}"),
            };
        }
        let noun = if matches!(self.named.as_slice(), [(first, last)] if first == last) { "record" } else { "records" };
        let others = if self.are_all { "" } else { " and others" };
        write!(f, "{noun} {}{others}", text.trim_start_matches(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_named_in_runs_and_not_without_end() {
        let runs = |records: &[u64]| {
            let mut runs = Runs::default();
            for record in records {
                runs.push(*record);
            }
            runs.to_string()
        };
        assert_eq!(runs(&[14, 15, 16, 512, 600, 601]), "records 14–16, 512, 600, 601");
        assert_eq!(runs(&[7, 7]), "record 7");
        let odd: Vec<u64> = (0..1000).map(|n| 2 * n + 1).collect();
        assert_eq!(runs(&odd), "records 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and others");
    }

    #[test]
    fn a_row_counts_once_and_pictures_beyond_the_first_are_not_kept() {
        for (all, end) in [(false, "and 15 more like these, in records 3–5\n\n"), (true, "picture 25\n\n")] {
            let mut group = Group::new("kind", Severity::Flaw, all).expect("a file");
            for flaw in 1..=25 {
                let record = u64::div_ceil(flaw, 5);
                if group.has_room() {
                    group.draw(record, &format!("picture {flaw}")).expect("a file");
                } else {
                    group.pass(record);
                }
            }
            let mut written = Vec::new();
            group.write(&mut written).expect("memory");
            let written = String::from_utf8(written).expect("UTF-8");
            assert_eq!(group.title(), "5 rows: kind");
            assert!(written.starts_with("picture 1\n\npicture 2\n\n") && written.ends_with(end), "{written}");
        }
    }
}
