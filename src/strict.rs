//! `--strict`: an input is read from end to end before anything is sent, and no row of it may be invalid.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use anyhow::{Result, ensure};
use tracing::warn;

use crate::input::{Row, Rows};
use crate::keys::{KeyHash, Keys};
use crate::meeting::Meeting;
use crate::outcome::{Line, Outcome};
use crate::plan::Plan;
use crate::progress::{Progress, bar};
use crate::tally::{Tally, plural};

/// Reads the whole input and fails when any row of it is invalid; each that is, is told. It keeps 48 bytes a key while it
/// does.
pub fn refuse_any_flaw(plan: &Plan) -> Result<()> {
    let rows = Rows::open(plan.input.open()?.bytes, plan.reading.clone())?;
    let (mut tally, progress) = (Tally::default(), Progress::new(bar(false), None, false));
    let (mut keys, mut asked) = (Keys::default(), Vec::new());
    for row in rows {
        let row = row?;
        let flaws = match &row.meeting {
            Err(flaws) => flaws.len(),
            Ok(meeting) => {
                let hash = KeyHash::of(&meeting.key());
                let details = details(meeting);
                let second = KeyHash::second(&meeting.key());
                match keys.place(hash).and_then(|place| asked.get(usize::try_from(place).ok()?)) {
                    Some((_, key, _)) if *key != second => {}
                    Some((first, _, had)) if is_conflict(details, *had) => {
                        let record = row.record;
                        warn!(
                            record,
                            "record {record} (line {}): it asks for the meeting of record {first} with another subject \
                             or other times; make them the same, or give it an externalId of its own",
                            row.line
                        );
                        tally.count(&invalid(row));
                        continue;
                    }
                    Some(_) => {}
                    None => {
                        keys.put(hash, asked.len() as u64);
                        asked.push((row.record, second, details));
                    }
                }
                0
            }
        };
        if flaws > 0 {
            let line = invalid(row);
            let tell = tally.count(&line);
            progress.line(&line, tell, &tally);
        }
    }
    let invalid = tally.rows();
    ensure!(invalid == 0, "--strict: {} of {} invalid; nothing was sent", plural(invalid, "row"), plan.input);
    Ok(())
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
