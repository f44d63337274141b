//! One meeting: what is kept of it, and the onlineMeeting it is shown as
//! (resources/onlinemeeting, resources/onlinemeetingbase).
//!
//! Everything shown follows from the seed, the key and the first body; only the moment of
//! creation and the times it stands in for come from the clock. No link leads anywhere: all
//! hosts are under the reserved `.example`, all telephone numbers are the fictional 555-01xx.

use std::fmt::{self, Display};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::JOIN_URL_START;
use super::attendee::Attendee;
use super::edm;
use super::hash::Hash;
use super::request::Wanted;

/// What makes two requests the same meeting: `tenantId`, `userId` and `externalId`
/// (api/onlinemeeting-createorget).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) tenant: &'static str,
    /// A GUID in lower case.
    pub(super) organizer: String,
    pub(super) external_id: String,
}

impl Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tenant, organizer, external_id } = self;
        write!(out, "{tenant}/{organizer}/{external_id}")
    }
}

impl Key {
    pub(super) fn hash(&self, seed: u64) -> Hash {
        let Self { tenant, organizer, external_id } = self;
        Hash::seeded(seed).text(tenant).text(organizer).text(external_id)
    }
}

#[derive(Debug)]
pub(super) struct Meeting {
    key: Key,
    subject: Option<String>,
    created: DateTime<Utc>,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    attendees: Vec<Attendee>,
    thread: Option<String>,
}

impl Meeting {
    /// No start and no end: from now. No end: for an hour (api/onlinemeeting-createorget).
    pub(super) fn new(key: Key, wanted: Wanted, now: DateTime<Utc>) -> Self {
        let start = wanted.start.unwrap_or(now);
        Self {
            key,
            subject: wanted.subject,
            created: now,
            start,
            end: wanted.end.unwrap_or_else(|| edm::later(start, TimeDelta::hours(1))),
            attendees: wanted.attendees,
            thread: wanted.thread,
        }
    }

    pub(super) fn show(&self, seed: u64, version: &str, all_members: bool) -> Value {
        let made_up = MadeUp::of(self, seed);
        let (thread, url, code) = (&made_up.thread, &made_up.url, &made_up.code);
        json!({
            "@odata.context": format!("https://graph.example/{version}/$metadata#microsoft.graph.onlineMeeting"),
            "id": STANDARD.encode(format!("1*{}*0**{thread}", self.key.organizer)),
            "externalId": self.key.external_id,
            "subject": self.subject,
            "creationDateTime": edm::write_full(self.created),
            "startDateTime": edm::write(self.start),
            "endDateTime": edm::write(self.end),
            // 60 days after the end (Teams/limits-specifications-teams).
            "expiryDateTime": edm::write(edm::later(self.end, TimeDelta::days(60))),
            "joinUrl": url,
            "joinWebUrl": url,
            "meetingCode": code,
            "isBroadcast": false,
            "isEntryExitAnnounced": false,
            "allowedPresenters": "everyone",
            "allowMeetingChat": "enabled",
            "recordAutomatically": false,
            "videoTeleconferenceId": null,
            "meetingTemplateId": null,
            "joinMeetingIdSettings": {
                "isPasscodeRequired": true, "joinMeetingId": code, "passcode": made_up.passcode,
            },
            "lobbyBypassSettings": { "scope": "organization", "isDialInBypassEnabled": false },
            "audioConferencing": made_up.audio_conferencing,
            "chatInfo": { "threadId": thread, "messageId": "0", "replyChainMessageId": null },
            "joinInformation": { "content": made_up.invitation, "contentType": "html" },
            "participants": self.participants(seed, all_members),
        })
    }

    fn participants(&self, seed: u64, all_members: bool) -> Value {
        let directory = Hash::seeded(seed).text("user");
        let person = |id: &str, upn: Option<&str>, role: &str| {
            json!({ "upn": upn, "role": role, "identity": { "user": {
                "id": id, "displayName": null, "tenantId": self.key.tenant, "identityProvider": "AAD",
            }}})
        };
        let attendee = |attendee: &Attendee| {
            let upn = attendee.upn.as_deref();
            // An id is kept as it came, be it wrong; it is looked up only for a lone upn
            // (n8n-io/n8n#38850; pnp/cli-microsoft365, meeting-add).
            let id =
                attendee.id.clone().unwrap_or_else(|| directory.text(&upn.unwrap_or_default().to_lowercase()).guid());
            person(&id, upn, attendee.role.shown(all_members))
        };
        let organizer = &self.key.organizer;
        let name = directory.text(organizer).letters(6).to_lowercase();
        json!({
            "organizer": person(organizer, Some(&format!("{name}@contoso.example")), "presenter"),
            "attendees": self.attendees.iter().map(attendee).collect::<Vec<_>>(),
        })
    }
}

/// What the service makes up for a meeting.
struct MadeUp {
    thread: String,
    url: String,
    code: String,
    passcode: String,
    audio_conferencing: Value,
    invitation: String,
}

impl MadeUp {
    fn of(meeting: &Meeting, seed: u64) -> Self {
        let key = &meeting.key;
        let hash = key.hash(seed);
        let thread = meeting.thread.clone().unwrap_or_else(|| {
            let name = URL_SAFE_NO_PAD.encode(hash.text("thread").guid());
            format!("19:meeting_{name}@thread.v2")
        });
        let context = format!(r#"{{"Tid":"{}","Oid":"{}"}}"#, key.tenant, key.organizer);
        let url = format!(
            "{JOIN_URL_START}l/meetup-join/{}/0?context={}",
            percent_encoded(&thread),
            percent_encoded(&context),
        );
        let digits = [12, 13, 14, 15];
        let code = hash.text("code").digits(hash.text("code length").pick(digits));
        let passcode = hash.text("passcode").letters(6);
        let html = format!(
            "<div><p>Microsoft Teams meeting</p><p><a href=\"{url}\">Join the meeting</a></p>\
             <p>Meeting ID: {code} Passcode: {passcode}</p></div>"
        );
        // Form encoding, with '+' for a space (api/application-post-onlinemeetings).
        let escaped = percent_encoded(&html).replace("%20", "+");
        Self {
            audio_conferencing: audio_conferencing(key, seed),
            invitation: format!("data:text/html,{escaped}"),
            thread,
            url,
            code,
            passcode,
        }
    }
}

/// Null for one organizer in seven, who has no licence for it.
fn audio_conferencing(key: &Key, seed: u64) -> Value {
    let organizer = Hash::seeded(seed).text("audio").text(&key.organizer);
    if organizer.below(7) == 0 {
        return Value::Null;
    }
    let conference = key.hash(seed).text("conference").digits(9);
    let number = format!("+1 206-555-01{:02}", organizer.text("number").below(100));
    let bridge = Hash::seeded(seed).text("bridge").text(key.tenant).guid();
    json!({
        "conferenceId": conference,
        "tollNumber": number,
        "tollFreeNumber": null,
        "tollNumbers": [number],
        "tollFreeNumbers": [],
        "dialinUrl": format!("https://dialin.teams.example/{bridge}?id={conference}"),
    })
}

/// Lower-case digits, as in Graph's links.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.extend(char::from_digit(u32::from(digit), 16));
            }
        }
        encoded
    })
}
