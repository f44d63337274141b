//! The meeting in an answer of Graph's, read tolerantly: unknown members, nulls, values of another kind and members in
//! another case pass.
//!
//! It is read straight into what is wanted of it. Some two thirds of an answer are not; to build the rest as a tree of
//! maps first took almost twice the work.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use chrono::DateTime;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use super::join_information::decoded;
use super::wire::{at, text};
use crate::meeting::{Setting, Settings, graph_time};
use crate::outcome::{OnlineMeeting, Participant};

/// What is read of an answer beside what is read of all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted<'a> {
    /// Graph's own invitation.
    pub(super) invitations: bool,
    /// These settings: most meetings ask for none, and to read them takes as long as all else.
    pub(super) settings: &'a [Setting],
}

/// Reads an `onlineMeeting`. `None` when it is no JSON object or has no `joinWebUrl`, and so is no answer to the
/// question that was asked.
pub(super) fn online_meeting(body: &[u8], wanted: Wanted<'_>) -> Option<OnlineMeeting> {
    let Wanted { invitations, settings } = wanted;
    let Tolerant(read) = serde_json::from_slice::<Tolerant<Meeting>>(body).ok()?;
    let ParticipantInfo { upn: organizer_upn, identity: IdentitySet { user: organizer }, .. } =
        read.participants.organizer;
    let Information { content, kind } = &read.information;
    let invitation = invitations.then(|| decoded(content.as_deref(), kind.as_deref())).flatten();
    Some(OnlineMeeting {
        join_web_url: read.url?,
        id: read.id,
        subject: read.subject.0,
        creation: read.creation.and_then(|text| DateTime::parse_from_rfc3339(&text).ok()?.to_utc().into()),
        start: read.start.map(utc),
        end: read.end.map(utc),
        join_meeting_id: read.joining.id,
        passcode: read.joining.passcode,
        toll_number: read.audio.toll,
        toll_free_number: read.audio.toll_free,
        conference_id: read.audio.id,
        dialin_url: read.audio.url,
        organizer_id: organizer.id,
        organizer_upn,
        join_information: invitation,
        tenant_id: organizer.tenant,
        thread_id: read.chat.thread,
        message_id: read.chat.message,
        attendees: read.participants.attendees.map(|list| list.into_iter().map(participant).collect()),
        external_id: read.external_id,
        expiry: read.expiry.map(utc),
        settings: if settings.is_empty() { Settings::default() } else { self::settings(body, settings) },
        made_by: None,
    })
}

/// Those settings of an answer that are wanted and that it has.
fn settings(body: &[u8], wanted: &[Setting]) -> Settings {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let read = |setting: Setting| {
        let value = at(&body, setting.path())?;
        let Value::Array(list) = value else { return text(value, &[]) };
        let list: Vec<String> = list.iter().filter_map(|one| text(one, &[])).collect();
        Some(list.join(","))
    };
    wanted.iter().filter_map(|setting| Some((*setting, read(*setting)?))).collect()
}

fn participant(one: ParticipantInfo) -> Participant {
    Participant { upn: one.upn, id: one.identity.user.id, role: one.role }
}

fn utc(text: String) -> String {
    DateTime::parse_from_rfc3339(&text).map_or(text, |time| graph_time(time.to_utc()))
}

/// What can be read of a value: nothing where it is of another kind.
trait Read: Default {
    fn of_null() -> Self {
        Self::default()
    }

    /// It is text, or a number or a boolean as it is written.
    fn of_text(_: &str) -> Self {
        Self::default()
    }

    fn of_object<'de, A: MapAccess<'de>>(from: A) -> Result<Self, A::Error> {
        IgnoredAny.visit_map(from).map(|_| Self::default())
    }

    fn of_list<'de, A: SeqAccess<'de>>(from: A) -> Result<Self, A::Error> {
        IgnoredAny.visit_seq(from).map(|_| Self::default())
    }
}

type Text = Option<String>;

impl Read for Text {
    fn of_text(text: &str) -> Self {
        Some(text).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

/// Text of which it is known that there is none, when it is null.
#[derive(Default)]
struct Nullable(Text);

impl Read for Nullable {
    fn of_text(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }

    fn of_null() -> Self {
        Self(Some(String::new()))
    }
}

type List<T> = Option<Vec<T>>;

impl<T: Read> Read for List<T> {
    fn of_list<'de, A: SeqAccess<'de>>(mut from: A) -> Result<Self, A::Error> {
        let mut list = Vec::new();
        while let Some(Tolerant(one)) = from.next_element()? {
            list.push(one);
        }
        Ok(Some(list))
    }
}

/// An object of which these members are read, each into the field before it.
macro_rules! object {
    ($object:ident { $($field:ident: $kind:ty = $name:literal),+ $(,)? }) => {
        #[derive(Default)]
        struct $object {
            $($field: $kind,)+
        }

        impl Read for $object {
            fn of_object<'de, A: MapAccess<'de>>(mut from: A) -> Result<Self, A::Error> {
                $(let mut $field = Member::default();)+
                while let Some(Name(name)) = from.next_key()? {
                    match &*name {
                        $(own if own.eq_ignore_ascii_case($name) => $field.read(own == $name, &mut from)?,)+
                        _ => drop(from.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(Self { $($field: $field.value,)+ })
            }
        }
    };
}

object!(Meeting {
    url: Text = "joinWebUrl",
    id: Text = "id",
    subject: Nullable = "subject",
    creation: Text = "creationDateTime",
    start: Text = "startDateTime",
    end: Text = "endDateTime",
    expiry: Text = "expiryDateTime",
    external_id: Text = "externalId",
    joining: Joining = "joinMeetingIdSettings",
    audio: Audio = "audioConferencing",
    participants: Participants = "participants",
    chat: Chat = "chatInfo",
    information: Information = "joinInformation",
});
object!(Joining { id: Text = "joinMeetingId", passcode: Text = "passcode" });
object!(Audio {
    toll: Text = "tollNumber",
    toll_free: Text = "tollFreeNumber",
    id: Text = "conferenceId",
    url: Text = "dialinUrl",
});
object!(Participants { organizer: ParticipantInfo = "organizer", attendees: List<ParticipantInfo> = "attendees", });
object!(ParticipantInfo { upn: Text = "upn", identity: IdentitySet = "identity", role: Text = "role" });
object!(IdentitySet { user: Identity = "user" });
object!(Identity { id: Text = "id", tenant: Text = "tenantId" });
object!(Information { content: Text = "content", kind: Text = "contentType" });
object!(Chat { thread: Text = "threadId", message: Text = "messageId" });

/// A member's name, as it stands in the answer if it can be.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// A member of an object. Graph's own samples spell members in more than one way (`ConferenceId`), so that case does
/// not count; but what is spelt exactly goes before what is not.
#[derive(Default)]
struct Member<T> {
    value: T,
    is_exact: bool,
}

impl<T: Read> Member<T> {
    fn read<'de, A: MapAccess<'de>>(&mut self, is_exact: bool, from: &mut A) -> Result<(), A::Error> {
        let Tolerant(value) = from.next_value()?;
        if is_exact || !self.is_exact {
            *self = Self { value, is_exact };
        }
        Ok(())
    }
}

/// Any value, and what was read of it.
struct Tolerant<T>(T);

impl<'de, T: Read> Deserialize<'de> for Tolerant<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader(PhantomData)).map(Tolerant)
    }
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: Read> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::of_text(text))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<T, E> {
        Ok(T::of_text(&truth.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::of_text(&number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::of_text(&number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Ok(Number::from_f64(number).map(|number| T::of_text(&number.to_string())).unwrap_or_default())
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::of_null())
    }

    fn visit_map<A: MapAccess<'de>>(self, from: A) -> Result<T, A::Error> {
        T::of_object(from)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, from: A) -> Result<T, A::Error> {
        T::of_list(from)
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
