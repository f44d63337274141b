//! What a report tells, whatever its form: of the lines, in one walk, and of the run, if it is known.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, NaiveDate, Utc};

use super::causes::Causes;
use crate::input::Parser;
use crate::meter::Measured;
use crate::outcome::Status;
use crate::publish::{Entry, Finished};

/// On how many days there may be meetings, which is more than 27 years. Those of others are not counted by day, so that a
/// sheet of nonsense cannot fill memory.
const DAYS_MAX: usize = 10_000;
/// How many organizers are kept apart while it is counted.
const ORGANIZERS_MAX: usize = 20_000;
/// How many of them are told.
const ORGANIZERS_TOLD: usize = 1_000;
/// What the others are called, together.
const OTHER_ORGANIZERS: &str = "other organizers";
/// What an organizer is called of whom nothing is known but that it is who signed in.
const SIGNED_IN: &str = "the signed-in user";
/// How much of a file is read at a draught.
const DRAUGHT: usize = 1 << 16;

/// What is told of an output.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// How many rows ended in each way, in the order of [`Status::ALL`].
    pub counts: [u64; Status::ALL.len()],
    /// What needs attention, the most frequent first.
    pub causes: Vec<Cause>,
    /// How many requests the rows took.
    pub attempts: u64,
    /// How many meetings there are on each day, each meeting once.
    pub days: BTreeMap<NaiveDate, u64>,
    /// How many meetings each organizer has, the most first; those beyond the bound are counted together.
    pub organizers: Vec<(String, u64)>,
    /// The output.
    pub output: File,
    /// How the run went; unknown when the lines alone are there.
    pub run: Option<Run>,
}

impl Facts {
    /// Walks the lines once. `day` says on which day a meeting is for those whom it concerns; nothing if it has no time.
    pub fn gather(
        finished: &Finished,
        output: File,
        run: Option<Run>,
        mut day: impl FnMut(&Parser, &Entry) -> Option<NaiveDate>,
    ) -> Result<Self> {
        let mut facts = Self { output, run, ..Self::default() };
        let (mut causes, mut organizers) = (Causes::default(), Organizers::default());
        let mut entries = finished.entries()?;
        while let Some(entry) = entries.next().transpose()? {
            facts.counts[entry.status() as usize] += 1;
            facts.attempts += u64::from(entry.attempts);
            causes.count(&entry);
            if !entry.is_first || entry.meeting().is_none() {
                continue;
            }
            organizers.count(entry.organizer());
            if let Some(day) = day(entries.parser(), &entry)
                && (facts.days.len() < DAYS_MAX || facts.days.contains_key(&day))
            {
                *facts.days.entry(day).or_default() += 1;
            }
        }
        Ok(Self { causes: causes.told(), organizers: organizers.told(), ..facts })
    }

    /// How many rows have their line.
    pub fn rows(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// How many meetings each organizer has.
#[derive(Default)]
struct Organizers {
    /// By the name in small letters: addresses and object ids know no case. The name is as it was met first.
    known: HashMap<String, (String, u64)>,
    others: u64,
}

impl Organizers {
    fn count(&mut self, name: &str) {
        let name = if name.is_empty() { SIGNED_IN } else { name };
        let key = name.to_lowercase();
        if let Some((_, meetings)) = self.known.get_mut(&key) {
            *meetings += 1;
        } else if self.known.len() < ORGANIZERS_MAX {
            self.known.insert(key, (name.to_owned(), 1));
        } else {
            self.others += 1;
        }
    }

    fn told(self) -> Vec<(String, u64)> {
        let mut told: Vec<_> = self.known.into_values().collect();
        told.sort_by(|(one, most), (other, least)| least.cmp(most).then_with(|| one.cmp(other)));
        let beyond = told.split_off(told.len().min(ORGANIZERS_TOLD));
        let others = self.others + beyond.iter().map(|(_, meetings)| meetings).sum::<u64>();
        told.extend((others > 0).then(|| (OTHER_ORGANIZERS.to_owned(), others)));
        told
    }
}

/// Why rows have no meeting as asked.
#[derive(Clone, Debug)]
pub struct Cause {
    /// How the rows ended.
    pub status: Status,
    /// What is wrong, in words.
    pub what: String,
    /// What to do about it.
    pub mend: String,
    /// What is to be typed to mend it, if that is known.
    pub paste: String,
    /// How many rows.
    pub rows: u64,
    /// Their records, as many as are listed.
    pub records: Vec<u64>,
}

/// A file that was read or written.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its path, or `standard input`.
    pub name: String,
    /// How long it is, in bytes; of no meaning without the next.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal; empty when its bytes are not known.
    pub sha256: String,
}

impl File {
    /// Reads a file to its end.
    pub fn of(path: &Path) -> io::Result<Self> {
        Self::of_reader(path.display().to_string(), std::fs::File::open(path)?)
    }

    /// The same of anything that can be read.
    pub fn of_reader(name: String, mut reader: impl Read) -> io::Result<Self> {
        let (mut context, mut bytes, mut draught) = (Context::new(&SHA256), 0, vec![0; DRAUGHT]);
        loop {
            let read = match reader.read(&mut draught) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            context.update(&draught[..read]);
            bytes += read as u64;
        }
        let mut sha256 = String::new();
        context
            .finish()
            .as_ref()
            .iter()
            .for_each(|byte| write!(sha256, "{byte:02x}").expect("a String takes everything"));
        Ok(Self { name, bytes, sha256 })
    }
}

/// How a run went.
#[derive(Clone, Debug)]
pub struct Run {
    /// When it was started.
    pub began: DateTime<Utc>,
    /// How long it took.
    pub took: Duration,
    /// Every record has its line.
    pub complete: bool,
    /// The exit status.
    pub exit_status: u8,
    /// Why it ended early; empty when it did not.
    pub why: String,
    /// It was a rehearsal: nothing real was made.
    pub rehearsal: bool,
    /// How many rows had their line before, from a run that this one went on with.
    pub resumed: u64,
    /// What was measured.
    pub measured: Measured,
    /// In which everybody was held because Graph asked to wait.
    pub held: Duration,
    /// The same of the directory's look-ups.
    pub directory_held: Duration,
    /// How many names were looked up.
    pub look_ups: u64,
    /// How many requests per second Graph seemed to allow, if that was met.
    pub limit_per_s: Option<f64>,
    /// The options that the run had, each by its name, none of them secret.
    pub options: Vec<(String, String)>,
    /// The input.
    pub input: File,
    /// The output's name when it is complete, by which monitoring tells one job from another.
    pub job: String,
}

impl Run {
    /// When it ended.
    pub fn ended(&self) -> DateTime<Utc> {
        self.began + self.took
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
