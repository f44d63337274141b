//! One meeting as an event: what calendars show of it.
//!
//! Whatever can change is here, and the same meeting is the same octets each time; what counts the changes is not here.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use uuid::Uuid;

use super::super::Entry;
use super::super::text::clean;
use super::super::words::Labels;
use super::content::{mailto, parameter, raw, text};
use crate::input::Recipient;
use crate::meeting::Who;
use crate::outcome::OnlineMeeting;

/// Where it is, in every language.
const PLACE: &str = "Microsoft Teams";

/// How long a meeting is of which no end is known, as Graph has it.
const USUAL: TimeDelta = TimeDelta::hours(1);

/// A meeting as calendars show it.
#[derive(Clone)]
pub(super) struct Event {
    /// What it is known by in every calendar: made from organizer and externalId.
    pub(super) uid: Uuid,
    /// Its content lines, but for those that count changes.
    pub(super) details: Vec<u8>,
}

/// Why a meeting cannot be sent as a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoRequest {
    /// Nobody knows the organizer's address.
    Organizer,
    /// Nobody is asked, or nobody with an address.
    Attendees,
}

impl Event {
    /// `None` when nobody knows when it is.
    pub(super) fn of(entry: &Entry, meeting: &OnlineMeeting, words: &Labels) -> Option<Self> {
        let start = entry.start().filter(in_calendars)?;
        let end = entry.end().filter(|end| *end >= start && in_calendars(end)).unwrap_or(start + USUAL);
        let mut lines = Vec::with_capacity(2048);
        raw(&mut lines, "DTSTART", &instant(start));
        // RFC 5545 (3.6.1, 3.8.2.2) has no end that is the start: without one, an event ends when it starts.
        if instant(end) != instant(start) {
            raw(&mut lines, "DTEND", &instant(end));
        }
        text(&mut lines, "SUMMARY", summary(entry));
        text(&mut lines, "DESCRIPTION", &description(entry, meeting, words));
        text(&mut lines, "LOCATION", PLACE);
        if is_link(&meeting.join_web_url) {
            raw(&mut lines, "URL", &meeting.join_web_url);
            raw(&mut lines, "X-MICROSOFT-SKYPETEAMSMEETINGURL", &meeting.join_web_url);
        }
        raw(&mut lines, "STATUS", "CONFIRMED");
        raw(&mut lines, "TRANSP", "OPAQUE");
        Some(Self { uid: entry.key().uuid(), details: lines })
    }

    /// The same with those who are asked to come, and how many of them have no address.
    pub(super) fn request(&self, entry: &Entry, people: &[Recipient]) -> Result<(Self, u64), NoRequest> {
        let organizer = entry.organizer_address().ok_or(NoRequest::Organizer)?;
        let mut details = self.details.clone();
        raw(&mut details, &format!("ORGANIZER;CN={}", parameter(organizer)), &mailto(organizer));
        let mut without = 0;
        for Recipient { name, attendee } in people {
            let Some(address) = address(&attendee.who) else {
                without += 1;
                continue;
            };
            let asked = "CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE";
            let name = parameter(name.as_deref().unwrap_or(address));
            raw(&mut details, &format!("ATTENDEE;{asked};CN={name}"), &mailto(address));
        }
        if without == people.len() as u64 {
            Err(NoRequest::Attendees)
        } else {
            Ok((Self { uid: self.uid, details }, without))
        }
    }
}

fn address(who: &Who) -> Option<&str> {
    match who {
        Who::Upn(upn) | Who::User { upn, .. } => Some(upn.as_str()).filter(|upn| upn.contains('@')),
        Who::Id(_) => None,
    }
}

/// Whether iCalendar can write it: a year has four digits.
fn in_calendars(instant: &DateTime<Utc>) -> bool {
    (1..=9998).contains(&instant.year())
}

/// In UTC, to the second.
pub(super) fn instant(instant: DateTime<Utc>) -> String {
    instant.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Clients show nothing at all, or a word of their own, for an event without a title.
fn summary(entry: &Entry) -> &str {
    let names = [entry.subject(), entry.external_id()];
    names.into_iter().map(str::trim).find(|name| !clean(name).is_empty()).unwrap_or(PLACE)
}

fn description(entry: &Entry, meeting: &OnlineMeeting, words: &Labels) -> String {
    let mut description = format!("{}: {}\n", words.join, meeting.join_web_url);
    let organizer = entry.organizer_address().map(str::to_owned);
    for (label, value) in [
        (words.meeting_id, &meeting.join_meeting_id),
        (words.passcode, &meeting.passcode),
        (words.dial_in, &meeting.toll_number),
        (words.dial_in, &meeting.toll_free_number),
        (words.conference_id, &meeting.conference_id),
        (words.organizer, &organizer),
    ] {
        if let Some(value) = value {
            write!(description, "\n{label}: {value}").expect("a String takes everything");
        }
    }
    description.trim_end().to_owned()
}

/// Whether it can be followed as it stands: it may come from a cell that anybody wrote.
fn is_link(link: &str) -> bool {
    let is_sound = !link.contains(char::is_whitespace) && clean(link) == link;
    is_sound && (link.starts_with("https://") || link.starts_with("http://"))
}
