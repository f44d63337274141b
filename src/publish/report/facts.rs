//! What a report tells, whatever its form: of the lines, in one walk, and of the run, if it is known.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use crate::meter::Measured;
use crate::outcome::Status;

/// What is told of an output.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// How many rows ended in each way, in the order of [`Status::ALL`].
    pub counts: [u64; Status::ALL.len()],
    /// What needs attention, the most frequent first.
    pub causes: Vec<Cause>,
    /// How many requests the rows took.
    pub attempts: u64,
    /// How many meetings there are on each day, each meeting once, by the day in its own zone.
    pub days: BTreeMap<NaiveDate, u64>,
    /// How many meetings each organizer has, the most first; those beyond the bound are counted together.
    pub organizers: Vec<(String, u64)>,
    /// The output.
    pub output: File,
    /// How the run went; unknown when the lines alone are there.
    pub run: Option<Run>,
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
    /// How long it is, in bytes.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
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
}
