//! Calendars: each meeting as a file of its own, and all of them as one feed (iCalendar, RFC 5545; iTIP, RFC 5546).
//!
//! Meetings made with createOrGet are in nobody's calendar; these files bring them there. Times are in UTC, which needs no
//! `VTIMEZONE`. Nothing is sent, nobody's files are overwritten but ours, and no meeting is cancelled: the file of one that
//! is in the output no more stays as it is.
//!
//! # How changes are counted
//!
//! An event's UID is made from organizer and externalId and stays. Its SEQUENCE is read back from the file that is about
//! to be replaced: it is one more when anything that the event says has changed, and then DTSTAMP is new; otherwise both
//! stay, and a file that would be the same is not touched. The same in another language is no change: DTSTAMP alone is
//! new then. Where a folder and a feed are written together, the higher number counts for both. Where the last file is gone, or a meeting was not in the last feed, it begins with 0 again. A
//! file that is damaged, or that somebody else made, is left as it is, and that is told.
//!
//! # Quirks that were minded
//!
//! - `METHOD:PUBLISH` has no ATTENDEE (RFC 5546, 3.2.1). It should have an ORGANIZER by the same table, but RFC 5545
//!   (3.8.4.3) forbids one where nothing is scheduled in a group, and Outlook then asks for an answer to nobody and hangs
//!   (civicrm-core#28954); the description names the organizer instead.
//! - `METHOD:REQUEST` is one event per file (RFC 5546, 3.2.2), so that a feed is always PUBLISH; and it needs an ORGANIZER
//!   and at least one ATTENDEE. Without either the file is PUBLISH. Opened by somebody who is not among the attendees it
//!   cannot be accepted (dotnet-foundation/wg-maintainers#64): it is to be mailed, not to be put on a web page.
//! - Outlook wants METHOD before all events, and UID, DTSTAMP and SEQUENCE in each (alphagov/calendars#17); it takes
//!   SEQUENCE over ([MS-OXCICAL], 2.1.3.1.1.20.22).
//! - Google takes no byte-order mark (ical-org/ical.net#445, #823), and wants CRLF and padded times
//!   (kapten-alloc-web#10); a long `VTIMEZONE` first garbles its text (TimeTree-Exporter#157), so there is none.
//! - Nextcloud stumbles over what is no character (nextcloud/calendar#6043); such are dropped.
//! - `X-MICROSOFT-SKYPETEAMSMEETINGURL` is what Exchange writes in events of Teams, and what many programs find the link
//!   by. Whether Outlook shows its button for it is not documented; the description and URL have the link, too.
//! - An event that ends when it starts has no DTEND, which must be later than DTSTART (RFC 5545, 3.8.2.2).
//! - The UID is a bare UUID, as RFC 7986 (5.3) wants it.

mod content;
mod event;
mod feed;
mod own;
mod published;
mod tell;

use std::path::Path;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};

use self::content::raw;
use self::event::{Event, instant};
use self::feed::Feed;
use self::own::Own;
use self::published::{Known, SEQUENCE_MAX, Said, details};
pub use self::tell::Calendars;
use super::words::Labels;
use super::{Finished, make_folder, settle};

const BEGIN: &str = "BEGIN:VCALENDAR";
const END: &str = "END:VCALENDAR";

/// What our files are told by. It names no version: another one does not change a meeting.
const PRODUCT: &str = "-//convoke//Teams meetings//EN";

/// What a file is to whoever opens it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// News of a meeting, for everybody.
    #[default]
    Publish,
    /// An invitation to those whom the row names, to be mailed to them.
    Request,
}

/// What is to be made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The folder for a file per meeting.
    pub dir: Option<&'a Path>,
    /// The file for all of them.
    pub feed: Option<&'a Path>,
    /// What the files in the folder are; a feed is news.
    pub method: Method,
}

/// Makes the files of all meetings and the feed, in one walk. Files that are there and not ours stay.
pub fn calendar(finished: &Finished, asked: &Asked<'_>, words: &Labels, now: DateTime<Utc>) -> Result<Calendars> {
    if let Some(dir) = asked.dir {
        make_folder(dir).with_context(|| format!("the folder {} cannot be made", dir.display()))?;
    }
    let mut made = Calendars::default();
    let mut feed = match asked.feed {
        Some(path) => Feed::open(path, &mut made)?,
        None => None,
    };
    let mut entries = finished.entries()?;
    while let Some(entry) = entries.next().transpose()? {
        let Some(meeting) = entry.meeting().filter(|_| entry.is_first) else { continue };
        let Some(event) = Event::of(&entry, meeting, words) else {
            made.without_start += 1;
            continue;
        };
        let own = match asked.dir {
            Some(dir) => {
                let is_request = asked.method == Method::Request;
                let people = if is_request { entries.parser().recipients(&entry.row.cells) } else { Vec::new() };
                Own::of(dir, &entry, &event, asked.method, &people, &mut made)?
            }
            None => None,
        };
        // What a file of its own says more than the feed follows in it.
        let said = |known: Known, now: &Event| {
            let (words, people) = now.details.split_at(event.details.len());
            let is = |words: &[u8]| details(&[words, people].concat()) == known.details;
            let reworded = || Labels::all().iter().filter_map(|words| Event::of(&entry, meeting, words));
            let said = match () {
                () if is(words) => Said::Same,
                () if reworded().any(|event| is(&event.details)) => Said::Reworded,
                () => Said::Other,
            };
            (known, said)
        };
        let before = [
            feed.as_ref().and_then(|feed| feed.before(&event)).map(|known| said(known, &event)),
            own.as_ref().and_then(|own| Some(said(own.before()?, own.event()))),
        ];
        let [in_feed, in_own] = Number::after(before, now);
        if let Some(own) = own {
            own.write(in_own, &mut made)?;
        }
        if let Some(feed) = &mut feed {
            feed.put(&in_feed.event(&event))?;
        }
    }
    if let Some(feed) = feed {
        feed.finish(&mut made)?;
    }
    if let Some(dir) = asked.dir {
        settle(dir).with_context(|| format!("the files in {} cannot be kept safe", dir.display()))?;
    }
    Ok(made)
}

/// What a calendar has before its events.
fn head(method: Method) -> Vec<u8> {
    let mut head = format!("{BEGIN}\r\n").into_bytes();
    let method = if method == Method::Request { "REQUEST" } else { "PUBLISH" };
    for (name, value) in [("VERSION", "2.0"), ("PRODID", PRODUCT), ("CALSCALE", "GREGORIAN"), ("METHOD", method)] {
        raw(&mut head, name, value);
    }
    head
}

fn tail() -> Vec<u8> {
    format!("{END}\r\n").into_bytes()
}

/// How often an event has changed, and when it last did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Number {
    sequence: u32,
    stamp: DateTime<Utc>,
}

impl Number {
    /// Of an event in the feed and in a file of its own, by what was published of it there before. Both have the higher
    /// SEQUENCE; the DTSTAMP of one that says what it said stays.
    fn after(before: [Option<(Known, Said)>; 2], now: DateTime<Utc>) -> [Self; 2] {
        let Some(sequence) = before.iter().flatten().map(|(known, _)| known.sequence).max() else {
            return [Self { sequence: 0, stamp: now }; 2];
        };
        // The other one is older, whatever it says.
        let newest = |(known, _): &&(Known, Said)| known.sequence == sequence;
        if before.iter().flatten().filter(newest).any(|(_, said)| *said == Said::Other) {
            return [Self { sequence: (sequence + 1).min(SEQUENCE_MAX), stamp: now }; 2];
        }
        let same = before.iter().flatten().filter(newest).filter(|(_, said)| *said == Said::Same);
        let last = same.map(|(known, _)| known.stamp).max().unwrap_or(now);
        before.map(|place| {
            let stamp = match place.filter(|place| newest(&place)) {
                Some((known, Said::Same)) => known.stamp,
                Some(_) => now,
                None => last,
            };
            Self { sequence, stamp }
        })
    }

    /// All lines of the event.
    fn event(self, event: &Event) -> Vec<u8> {
        let mut lines = Vec::with_capacity(event.details.len() + 160);
        raw(&mut lines, "BEGIN", "VEVENT");
        raw(&mut lines, "UID", &event.uid.to_string());
        raw(&mut lines, "DTSTAMP", &instant(self.stamp));
        raw(&mut lines, "SEQUENCE", &self.sequence.to_string());
        lines.extend_from_slice(&event.details);
        raw(&mut lines, "END", "VEVENT");
        lines
    }
}

#[cfg(test)]
mod count_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod reader;
#[cfg(test)]
mod tests;
