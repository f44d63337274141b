//! The domain: what a row asks for once it has been understood.
//!
//! Names and spelling are Graph's. Nothing here knows CSV or HTTP, and nothing here can be wrong: whatever
//! could be was refused when the row was read ([`crate::input`]).

mod setting;

use chrono::{DateTime, SecondsFormat, TimeDelta, Timelike as _, Utc};

pub use self::setting::{Kind, Setting, Settings};

/// The caller's own name for a meeting; with the tenant and the organizer it is the meeting's identity at Graph.
///
/// Never empty: an empty one would break the promise that a repeated call is harmless
/// (Graph, *onlineMeeting: createOrGet*).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExternalId(String);

impl ExternalId {
    /// Takes the text of a cell, trimmed; `None` when nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The text as Graph gets it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who the meeting belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Organizer {
    /// The signed-in user (`/me`, delegated tokens only).
    Me,
    /// A user by Entra object id (`/users/{id}`).
    User(String),
    /// A user by a name that has not been looked up; Graph's path takes object ids only.
    Named(String),
}

/// When the meeting is, as far as the row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// No times at all: Graph makes an instant meeting, from now for one hour.
    Instant,
    /// A start alone: Graph ends the meeting one hour later.
    From(DateTime<Utc>),
    /// Start and end, the end not before the start.
    Between(DateTime<Utc>, DateTime<Utc>),
}

impl Span {
    /// The start, when the row names one.
    pub fn start(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Instant => None,
            Self::From(start) | Self::Between(start, _) => Some(*start),
        }
    }

    /// Start and end, as Graph takes them: a start alone lasts one hour (Graph, *onlineMeeting: createOrGet*).
    pub fn times(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        match self {
            Self::Instant => None,
            Self::From(start) => Some((*start, *start + TimeDelta::hours(1))),
            Self::Between(start, end) => Some((*start, *end)),
        }
    }

    /// The end, when the row names one.
    pub fn end(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Instant | Self::From(_) => None,
            Self::Between(_, end) => Some(*end),
        }
    }
}

/// Somebody who is to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendee {
    /// Who it is.
    pub who: Who,
    /// As what.
    pub role: Role,
}

/// A person, by one of the names that Graph knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// By user principal name.
    Upn(String),
    /// By Entra object id.
    Id(String),
    /// By both, as the directory has them.
    User {
        /// The object id.
        id: String,
        /// The user principal name.
        upn: String,
    },
}

impl Who {
    /// The name as it was given, or the directory's.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Upn(text) | Self::Id(text) | Self::User { upn: text, .. } => text,
        }
    }

    /// Whether this is a name of theirs. Neither user principal names nor object ids know case in Entra.
    pub fn is(&self, name: &str) -> bool {
        let is = |own: &str| own.eq_ignore_ascii_case(name);
        match self {
            Self::Upn(own) | Self::Id(own) => is(own),
            Self::User { id, upn } => is(id) || is(upn),
        }
    }
}

/// What somebody is in a meeting (Graph, `onlineMeetingRole`), in the order in which a body has them. Producers are not
/// among them: they were for live events, of which there are no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// What everybody is of whom nothing else is said; it is not sent.
    #[default]
    Attendee,
    /// Somebody who may present where not all may.
    Presenter,
    /// Somebody who may change the meeting as the organizer may.
    Coorganizer,
}

impl Role {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Attendee, Self::Presenter, Self::Coorganizer];

    /// The role in Graph's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Attendee => "attendee",
            Self::Presenter => "presenter",
            Self::Coorganizer => "coorganizer",
        }
    }
}

/// A row that parsed: one meeting as the spreadsheet wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// The caller's own name for it.
    pub external_id: ExternalId,
    /// Who it belongs to.
    pub organizer: Organizer,
    /// The title; `None` when the cell is empty.
    pub subject: Option<String>,
    /// When it is.
    pub span: Span,
    /// Who is to join, without repetitions: attendees, then presenters, then coorganizers.
    pub attendees: Vec<Attendee>,
    /// The Teams channel thread it is held in (`chatInfo.threadId`, beta endpoint), if any.
    pub chat_thread_id: Option<String>,
    /// What it is to be set to beside; what is not named is left as it is.
    pub settings: Settings,
}

impl Meeting {
    /// A meeting of which nothing is known but what it is told by.
    pub fn of_key((organizer, external_id): (Organizer, ExternalId)) -> Self {
        let (subject, span, attendees, chat_thread_id) = (None, Span::Instant, Vec::new(), None);
        Self { external_id, organizer, subject, span, attendees, chat_thread_id, settings: Settings::default() }
    }

    /// Whether it says who is more than an attendee; one that does not asks for no roles.
    pub fn names_roles(&self) -> bool {
        self.attendees.iter().any(|attendee| attendee.role != Role::Attendee)
    }

    /// What Graph keys the meeting by, but for the tenant, which is one per run. Neither object ids nor names know case.
    pub fn key(&self) -> (Organizer, ExternalId) {
        let organizer = match &self.organizer {
            Organizer::Me => Organizer::Me,
            Organizer::User(id) => Organizer::User(id.to_ascii_lowercase()),
            Organizer::Named(name) => Organizer::Named(name.to_ascii_lowercase()),
        };
        (organizer, self.external_id.clone())
    }
}

#[cfg(test)]
impl Meeting {
    /// A meeting of which nothing is known but whose it is and what it is called.
    pub(crate) fn blank(organizer: Organizer, external_id: &str) -> Self {
        let external_id = ExternalId::new(external_id).expect("an id");
        Self::of_key((organizer, external_id))
    }
}

/// Writes an instant as Graph answers it: UTC with `Z`, and only as many fractional digits as it needs, at most 7.
pub fn graph_time(instant: DateTime<Utc>) -> String {
    let ticks = instant.nanosecond() / 100;
    if ticks == 0 {
        return instant.to_rfc3339_opts(SecondsFormat::Secs, true);
    }
    // chrono cannot print seven digits by itself (`%.7f` panics).
    let fraction = format!("{ticks:07}");
    format!("{}.{}Z", instant.format("%Y-%m-%dT%H:%M:%S"), fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn an_instant_is_written_in_utc_with_the_digits_it_needs() {
        for (given, written) in [
            ("2027-02-03T09:00:00+01:00", "2027-02-03T08:00:00Z"),
            ("2027-02-03T08:00:00.1234567Z", "2027-02-03T08:00:00.1234567Z"),
            ("2027-02-03T08:00:00.5000000Z", "2027-02-03T08:00:00.5Z"),
            ("2027-02-03T08:00:00.0000001Z", "2027-02-03T08:00:00.0000001Z"),
        ] {
            assert_eq!(graph_time(time(given)), written);
        }
    }

    #[test]
    fn an_external_id_is_trimmed_and_never_empty() {
        assert_eq!(ExternalId::new(" A-1\u{a0}").expect("an id").as_str(), "A-1");
        assert_eq!(ExternalId::new(" \u{a0}\t"), None);
    }
}
