//! What the service makes up for a meeting: its thread, id, links, numbers and passcode.
//!
//! Everything follows from the meeting's origin. All hosts but that of the link are under the reserved `.example`, all
//! telephone numbers are the fictional 555-01xx.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::TENANT_ID;
use super::super::hash::Hash;
use super::Meeting;

/// The number of a meeting that joins by number, before it is known whether it is free.
pub(in crate::sim) fn code(origin: Hash) -> u64 {
    let digits = [12, 13, 14, 15];
    let text = origin.text("code").digits(origin.text("code length").pick(digits));
    text.parse().unwrap_or_default()
}

/// Where a meeting is found: what its id and its link are made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sim) struct Coordinates {
    pub(in crate::sim) organizer: Uuid,
    pub(in crate::sim) thread: String,
    /// 0, but in a channel.
    pub(in crate::sim) message: String,
}

impl Coordinates {
    pub(in crate::sim) fn of(meeting: &Meeting) -> Self {
        let organizer = meeting.organizer;
        match &meeting.channel {
            None => {
                let name = URL_SAFE_NO_PAD.encode(meeting.origin.text("thread").guid());
                Self { organizer, thread: format!("19:meeting_{name}@thread.v2"), message: "0".to_owned() }
            }
            // A post in the channel, named by its time in milliseconds, as in a link of a channel meeting.
            Some(thread) => {
                Self { organizer, thread: thread.to_string(), message: meeting.origin.text("message").digits(13) }
            }
        }
    }

    /// As live ids decode (base64 of these four, between stars).
    pub(in crate::sim) fn id(&self) -> String {
        STANDARD.encode(format!("1*{}*{}**{}", self.organizer, self.message, self.thread))
    }

    /// `None`: no id that Graph could have given.
    pub(in crate::sim) fn of_id(id: &str) -> Option<Self> {
        let decoded = String::from_utf8(STANDARD.decode(id).ok()?).ok()?;
        let (organizer, rest) = decoded.strip_prefix("1*")?.split_once('*')?;
        let (message, thread) = rest.split_once("**")?;
        let digits = !message.is_empty() && message.bytes().all(|byte| byte.is_ascii_digit());
        let coordinates = Self {
            organizer: Uuid::try_parse(organizer).ok()?,
            thread: thread.to_owned(),
            message: digits.then(|| message.to_owned())?,
        };
        (coordinates.id() == id).then_some(coordinates)
    }

    pub(in crate::sim) fn link(&self, base: &str) -> String {
        let context = format!(r#"{{"Tid":"{TENANT_ID}","Oid":"{}"}}"#, self.organizer);
        let (thread, message) = (percent_encoded(&self.thread), &self.message);
        format!("{base}l/meetup-join/{thread}/{message}?context={}", percent_encoded(&context))
    }

    /// `None`: no link that [`link`](Self::link) could have written.
    pub(in crate::sim) fn of_link(link: &str, base: &str) -> Option<Self> {
        let (path, context) = link.strip_prefix(base)?.strip_prefix("l/meetup-join/")?.split_once("?context=")?;
        let (thread, message) = path.split_once('/')?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned).ok();
        let context = decoded(context)?;
        let organizer = context.split_once(r#""Oid":""#)?.1.strip_suffix(r#""}"#)?;
        let organizer = Uuid::try_parse(organizer).ok()?;
        let coordinates = Self { organizer, thread: decoded(thread)?, message: message.to_owned() };
        (coordinates.link(base) == link).then_some(coordinates)
    }
}

/// `audioConferencing`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sim) struct AudioConferencing {
    pub(in crate::sim) conference_id: String,
    pub(in crate::sim) toll_number: String,
    toll_free_number: Option<String>,
    toll_numbers: [String; 1],
    toll_free_numbers: [String; 0],
    dialin_url: String,
}

impl AudioConferencing {
    /// One organizer in seven has no licence for it.
    pub(in crate::sim) fn of(meeting: &Meeting, seed: u64) -> Option<Self> {
        let organizer = Hash::seeded(seed).text("audio").text(&meeting.organizer.to_string());
        if organizer.below(7) == 0 {
            return None;
        }
        let conference_id = meeting.origin.text("conference").digits(9);
        let number = format!("+1 206-555-01{:02}", organizer.text("number").below(100));
        let bridge = Hash::seeded(seed).text("bridge").text(TENANT_ID).guid();
        Some(Self {
            dialin_url: format!("https://dialin.teams.example/{bridge}?id={conference_id}"),
            conference_id,
            toll_number: number.clone(),
            toll_free_number: None,
            toll_numbers: [number],
            toll_free_numbers: [],
        })
    }
}

/// Six letters and digits, if a passcode is required at all.
pub(in crate::sim) fn passcode(meeting: &Meeting) -> Option<String> {
    meeting.passcode_required.then(|| meeting.origin.text("passcode").letters(6))
}

/// Lower-case digits, as in Graph's links.
pub(super) fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut encoded, byte| {
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

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn ids_and_links_lead_back_to_where_they_came_from(thread in ".{1,40}", message in "[0-9]{1,13}", organizer: u128) {
            let coordinates = Coordinates { organizer: Uuid::from_u128(organizer), thread, message };
            let found = Coordinates::of_id(&coordinates.id());
            proptest::prop_assert_eq!(found.as_ref(), Some(&coordinates));
            let link = coordinates.link("https://teams.example/");
            let found = Coordinates::of_link(&link, "https://teams.example/");
            proptest::prop_assert_eq!(found.as_ref(), Some(&coordinates));
        }

        #[test]
        fn no_id_and_no_link_is_too_odd(text in ".*") {
            let _ = Coordinates::of_id(&text);
            let _ = Coordinates::of_id(&STANDARD.encode(&text));
            let _ = Coordinates::of_link(&format!("https://teams.example/{text}"), "https://teams.example/");
        }
    }
}
