//! What was published before, read back from its file: of each event how often it has changed, and what it was.
//!
//! It keeps some 50 octets of each event, whatever the file holds. A file that is not wholly ours is not read for its
//! numbers, since a number that falls would make clients keep the older event.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, NaiveDateTime, Utc};
use uuid::Uuid;

use super::content::LINE_MAX;
use super::{BEGIN, END, PRODUCT};

/// The most that SEQUENCE can be (RFC 5545, 3.3.8).
pub(super) const SEQUENCE_MAX: u32 = i32::MAX as u32;

/// A line of ours is shorter. One that has passed through other hands may be a little longer.
const LONGEST: u64 = 4 * LINE_MAX as u64;

/// What makes two events the same.
pub(super) type Details = [u8; 16];

/// An event as it was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// How often it had changed.
    pub(super) sequence: u32,
    /// When it was last changed.
    pub(super) stamp: DateTime<Utc>,
    /// What it was.
    pub(super) details: Details,
}

/// How an event that was published is to what it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// The same.
    Same,
    /// The same in other words, those of another language.
    Reworded,
    /// Something else.
    Other,
}

/// What is at a path.
#[derive(Debug)]
pub(super) enum Before {
    /// Nothing, or an empty file.
    Nothing,
    /// A calendar of ours, whole, and the digest of its octets.
    Ours(HashMap<Uuid, Known>, [u8; 32]),
    /// Something else; the text says what.
    Other(&'static str),
}

const FOREIGN: &str = "was not made by this program";
const DAMAGED: &str = "is damaged, so that nobody can tell how often its meetings have changed";

/// Of the content lines of an event that tell what it is.
pub(super) fn details(lines: &[u8]) -> Details {
    let mut digest = Context::new(&SHA256);
    lines.split_inclusive(|octet| *octet == b'\n').for_each(|line| take(&mut digest, trimmed(line)));
    shortened(digest)
}

fn take(digest: &mut Context, line: &[u8]) {
    digest.update(line);
    digest.update(b"\n");
}

fn shortened(digest: Context) -> Details {
    let mut details = [0; 16];
    details.copy_from_slice(&digest.finish().as_ref()[..16]);
    details
}

/// Without its break, whoever wrote that.
fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

impl Before {
    /// Reads what is at a path.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Nothing),
            Err(error) => return Err(error),
        };
        match (metadata.is_file(), metadata.len()) {
            (false, _) => Ok(Self::Other("is no file")),
            (true, 0) => Ok(Self::Nothing),
            (true, _) => Self::read(BufReader::with_capacity(1 << 16, File::open(path)?)),
        }
    }

    fn read(file: impl BufRead) -> io::Result<Self> {
        let mut lines = Lines { file, line: Vec::new(), whole: Context::new(&SHA256) };
        if lines.next()? != Some(BEGIN.as_bytes()) {
            return Ok(Self::Other(FOREIGN));
        }
        let product = format!("PRODID:{PRODUCT}");
        let (mut is_ours, mut events) = (false, HashMap::new());
        while let Some(line) = lines.next()? {
            match line {
                b"BEGIN:VEVENT" if !is_ours => break,
                b"BEGIN:VEVENT" => match lines.event()? {
                    Some((uid, known)) => events.insert(uid, known),
                    None => return Ok(Self::Other(DAMAGED)),
                },
                line if line == END.as_bytes() => {
                    let is_whole = is_ours && lines.next()?.is_none();
                    let mut whole = [0; 32];
                    whole.copy_from_slice(lines.whole.finish().as_ref());
                    return Ok(if is_whole { Self::Ours(events, whole) } else { Self::Other(FOREIGN) });
                }
                line => {
                    is_ours |= line == product.as_bytes();
                    continue;
                }
            };
        }
        Ok(Self::Other(if is_ours { DAMAGED } else { FOREIGN }))
    }
}

/// The lines as they stand in the file, one at a time.
struct Lines<R> {
    file: R,
    line: Vec<u8>,
    whole: Context,
}

impl<R: BufRead> Lines<R> {
    /// The next one without its break. One that is too long comes in pieces, which nobody takes for lines of ours.
    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        (&mut self.file).take(LONGEST).read_until(b'\n', &mut self.line)?;
        self.whole.update(&self.line);
        Ok((!self.line.is_empty()).then(|| trimmed(&self.line)))
    }

    /// What is between the lines that begin and end an event; `None` when it is not what we write.
    fn event(&mut self) -> io::Result<Option<(Uuid, Known)>> {
        let (mut uid, mut sequence, mut stamp) = (None, None, None);
        let mut digest = Context::new(&SHA256);
        while let Some(line) = self.next()? {
            let text = std::str::from_utf8(line).unwrap_or_default();
            if text == "END:VEVENT" {
                let details = shortened(digest);
                let known = sequence.zip(stamp).map(|(sequence, stamp)| Known { sequence, stamp, details });
                return Ok(uid.zip(known));
            }
            if text.starts_with("BEGIN:VEVENT") || text == END {
                return Ok(None);
            } else if let Some(value) = text.strip_prefix("UID:") {
                uid = Uuid::parse_str(value).ok();
            } else if let Some(value) = text.strip_prefix("SEQUENCE:") {
                sequence = value.parse().ok().filter(|sequence| *sequence <= SEQUENCE_MAX);
            } else if let Some(value) = text.strip_prefix("DTSTAMP:") {
                stamp = NaiveDateTime::parse_from_str(value, "%Y%m%dT%H%M%SZ").ok().map(|stamp| stamp.and_utc());
            } else {
                take(&mut digest, line);
            }
        }
        Ok(None)
    }
}
