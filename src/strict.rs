//! `--strict`: an input is read from end to end before anything is sent, and no row of it may be invalid.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use anyhow::{Result, ensure};
use tracing::warn;

use crate::input::{Row, Rows, Source};
use crate::keys::{KeyHash, Keys};
use crate::meeting::Meeting;
use crate::outcome::{Line, Outcome};
use crate::plan::Plan;
use crate::progress::{Progress, bar};
use crate::tally::{Tally, plural};

/// Reads the whole input and fails when any row of it is invalid; each that is, is told. It keeps 48 bytes a key while it
/// does.
pub fn refuse_any_flaw(plan: &Plan, source: Source) -> Result<()> {
    let rows = Rows::open(source, plan.reading.clone())?;
    let (mut tally, progress) = (Tally::default(), Progress::new(bar(false), None, false));
    let mut asked = Asked::default();
    for row in rows {
        let row = row?;
        let first = row.meeting.as_ref().ok().map(|meeting| asked.conflict(row.record, meeting));
        match first {
            Some(None) => {}
            Some(Some(first)) => {
                let record = row.record;
                warn!(
                    record,
                    "record {record} ({}): it asks for the meeting of record {first} with another subject or \
                     other times; make them the same, or give it an externalId of its own",
                    row.at
                );
                tally.count(&invalid(row));
            }
            None => {
                let line = invalid(row);
                let tell = tally.count(&line);
                progress.line(&line, tell, &tally);
            }
        }
    }
    let invalid = tally.rows();
    ensure!(invalid == 0, "--strict: {} of {} invalid; nothing was sent", plural(invalid, "row"), plan.input);
    Ok(())
}

/// The meetings asked for, each by the row that asked first.
#[derive(Default)]
struct Asked {
    keys: Keys,
    /// The record, a second hash of the key, and the details.
    firsts: Vec<(u64, u64, [u32; 3])>,
}

impl Asked {
    /// The record that asked for this meeting with other details, if there is one.
    fn conflict(&mut self, record: u64, meeting: &Meeting) -> Option<u64> {
        let key = meeting.key();
        let (hash, second, details) = (KeyHash::of(&key), KeyHash::second(&key), details(meeting));
        if let Some(place) = self.keys.place(hash) {
            let (first, own, had) = self.firsts[usize::try_from(place).expect("a place in a list")];
            return (own == second && is_conflict(details, had)).then_some(first);
        }
        self.keys.put(hash, self.firsts.len() as u64);
        self.firsts.push((record, second, details));
        None
    }
}

fn invalid(row: Row) -> Line {
    let outcome = Outcome::Invalid(row.meeting.as_ref().err().cloned().unwrap_or_default());
    Line { row, outcome, attempts: 0, remark: None }
}

/// Subject, start and end, as hashes: 32 bits each are enough to tell two rows of one key apart. 0 is for what a row
/// leaves empty and so does not ask for.
fn details(meeting: &Meeting) -> [u32; 3] {
    fn short(value: Option<impl Hash>) -> u32 {
        let Some(value) = value else { return 0 };
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        u32::try_from(hasher.finish() >> 32).unwrap_or_default().max(1)
    }
    [short(meeting.subject.as_ref()), short(meeting.span.start()), short(meeting.span.end())]
}

fn is_conflict(asked: [u32; 3], had: [u32; 3]) -> bool {
    asked.iter().zip(had).any(|(asked, had)| *asked != 0 && *asked != had)
}
