//! One meeting: what is kept of it, and what follows from that.
//!
//! - `shown`: the onlineMeeting it is shown as; `made_up`: what the service makes up for it
//! - `settings`: what may be set; `members`: all else, by type; `wanted`: the body of createOrGet; `given`: those of create and update
//! - `by`: how it is found; `attendee`: its people; `language`: of the invitation
//!
//! Everything made up follows from the seed and from what made the meeting; only the moment of creation and the times
//! it stands in for come from the clock. It answers nothing; `meetings` does.

pub(super) mod attendee;
pub(super) mod by;
pub(super) mod given;
mod language;
mod made_up;
pub(super) mod members;
pub(super) mod settings;
mod shown;
pub(super) mod wanted;

use std::fmt::{self, Display};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::attendee::Attendee;
use self::settings::Settings;
use super::TENANT_ID;
use super::edm;
use super::hash::Hash;

pub(super) use language::Language;
pub(super) use made_up::{AudioConferencing, Coordinates, code, passcode};
pub(super) use shown::{People, View};

/// What makes two requests the same meeting: `userId` and `externalId`; the third, `tenantId`, is always the same
/// (api/onlinemeeting-createorget).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) organizer: Uuid,
    pub(super) external_id: Arc<str>,
}

impl Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { organizer, external_id } = self;
        write!(out, "{TENANT_ID}/{organizer}/{external_id}")
    }
}

impl Key {
    pub(super) fn hash(&self, seed: u64) -> Hash {
        let mut organizer = Uuid::encode_buffer();
        let organizer = self.organizer.hyphenated().encode_lower(&mut organizer);
        Hash::seeded(seed).text(TENANT_ID).text(organizer).text(&self.external_id)
    }
}

/// A meeting as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Meeting {
    pub(super) organizer: Uuid,
    pub(super) external_id: Option<Arc<str>>,
    /// What everything made up follows from.
    pub(super) origin: Hash,
    /// The `joinMeetingId`: digits, and nobody else's.
    pub(super) code: u64,
    /// Which of the beginnings of links its link has.
    pub(super) link: u16,
    pub(super) passcode_required: bool,
    pub(super) subject: Option<Box<str>>,
    pub(super) created: DateTime<Utc>,
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
    pub(super) attendees: Box<[Attendee]>,
    /// The thread of the channel that it is held in.
    pub(super) channel: Option<Box<str>>,
    /// `None`: all of them are the defaults.
    pub(super) settings: Option<Box<Settings>>,
}

impl Meeting {
    /// `None`: it was not made by createOrGet.
    pub(super) fn key(&self) -> Option<Key> {
        let external_id = self.external_id.clone()?;
        Some(Key { organizer: self.organizer, external_id })
    }
}

/// When a meeting is: no start and no end, from now; no end, for an hour (api/onlinemeeting-createorget).
pub(super) fn times(
    start: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> (DateTime<Utc>, DateTime<Utc>) {
    let start = start.unwrap_or(now);
    (start, end.unwrap_or_else(|| edm::later(start, TimeDelta::hours(1))))
}
