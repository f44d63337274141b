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
use serde_json::Number;

use crate::meeting::graph_time;
use crate::outcome::{OnlineMeeting, Participant};

/// Reads an `onlineMeeting`. `None` when it is no JSON object or has no `joinWebUrl`, and so is no answer to the
/// question that was asked.
pub(super) fn online_meeting(body: &[u8]) -> Option<OnlineMeeting> {
    let Tolerant(read) = serde_json::from_slice::<Tolerant<Meeting>>(body).ok()?;
    let ParticipantInfo { upn: organizer_upn, identity: IdentitySet { user: organizer }, .. } =
        read.participants.organizer;
    Some(OnlineMeeting {
        join_web_url: read.url?,
        id: read.id,
        subject: read.subject,
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
        join_information: None,
        tenant_id: organizer.tenant,
        thread_id: read.chat.thread,
        message_id: read.chat.message,
        attendees: read.participants.attendees.map(|list| list.into_iter().map(participant).collect()),
    })
}

fn participant(one: ParticipantInfo) -> Participant {
    Participant { upn: one.upn, id: one.identity.user.id, role: one.role }
}

fn utc(text: String) -> String {
    DateTime::parse_from_rfc3339(&text).map_or(text, |time| graph_time(time.to_utc()))
}

/// What can be read of a value: nothing where it is of another kind.
trait Read: Default {
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
    subject: Text = "subject",
    creation: Text = "creationDateTime",
    start: Text = "startDateTime",
    end: Text = "endDateTime",
    joining: Joining = "joinMeetingIdSettings",
    audio: Audio = "audioConferencing",
    participants: Participants = "participants",
    chat: Chat = "chatInfo",
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
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, from: A) -> Result<T, A::Error> {
        T::of_object(from)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, from: A) -> Result<T, A::Error> {
        T::of_list(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_whatever_the_case_of_its_members_and_whatever_else_it_holds() {
        let meeting = online_meeting(
            br#"{"JoinWebURL":"https://teams.example/x?a=%7b","id":null,"news":[1],"startDateTime":"2027-02-03T09:00:00.0000000+01:00",
                "endDateTime":"when it ends","audioConferencing":{"ConferenceId":512004417,"tollNumber":null},"chatInfo":null,
                "participants":{"organizer":{"identity":{"user":{"id":"o","tenantId":"t"}}},"attendees":[{"upn":"a","identity":null,"role":"presenter"}]}}"#,
        )
        .expect("a meeting");
        assert_eq!(meeting.join_web_url, "https://teams.example/x?a=%7b");
        assert_eq!(meeting.start.as_deref(), Some("2027-02-03T08:00:00Z"));
        assert_eq!(meeting.end.as_deref(), Some("when it ends"));
        assert_eq!(meeting.conference_id.as_deref(), Some("512004417"));
        assert_eq!((meeting.organizer_id.as_deref(), meeting.tenant_id.as_deref()), (Some("o"), Some("t")));
        let ada = Participant { upn: Some("a".into()), id: None, role: Some("presenter".into()) };
        assert_eq!(meeting.attendees, Some(vec![ada]));
        assert_eq!((meeting.id, meeting.toll_number, meeting.thread_id), (None, None, None));
    }

    #[test]
    fn a_value_of_another_kind_is_read_as_none_and_a_bare_value_as_text() {
        let meeting = online_meeting(
            br#" {"joinWebUrl":1.0,"id":true,"subject":{"id":"x","joinWebUrl":[{}]},"creationDateTime":7,"startDateTime":false,
                "endDateTime":["2027-02-03T09:00:00Z"],"joinMeetingIdSettings":[{"passcode":"p"}],"chatInfo":"text",
                "audioConferencing":{"tollNumber":-5,"tollFreeNumber":18446744073709551615,"conferenceId":1e3,"dialinUrl":""},
                "participants":{"organizer":[],"attendees":["a",{"upn":{},"identity":{"user":{"id":9}}},null,[{}]]}} "#,
        )
        .expect("a meeting");
        assert_eq!(meeting.join_web_url, "1.0");
        assert_eq!((meeting.id.as_deref(), meeting.subject, meeting.creation), (Some("true"), None, None));
        assert_eq!((meeting.start.as_deref(), meeting.end), (Some("false"), None));
        assert_eq!((meeting.passcode, meeting.thread_id, meeting.organizer_id), (None, None, None));
        assert_eq!(meeting.toll_number.as_deref(), Some("-5"));
        assert_eq!(meeting.toll_free_number.as_deref(), Some("18446744073709551615"));
        assert_eq!((meeting.conference_id.as_deref(), meeting.dialin_url), (Some("1000.0"), None));
        let nobody = Participant::default;
        let nine = Participant { upn: None, id: Some("9".into()), role: None };
        assert_eq!(meeting.attendees, Some(vec![nobody(), nine, nobody(), nobody()]));
        for attendees in ["{}", "null", "\"a\"", "1"] {
            let body = format!(r#"{{"joinWebUrl":"x","participants":{{"attendees":{attendees}}}}}"#);
            assert_eq!(online_meeting(body.as_bytes()).expect("a meeting").attendees, None, "{attendees}");
        }
    }

    #[test]
    fn the_exact_spelling_of_a_member_counts_wherever_it_stands_and_of_two_the_last() {
        for (body, url) in [
            (r#"{"joinWebUrl":"a","JOINWEBURL":"b"}"#, Some("a")),
            (r#"{"JOINWEBURL":"b","joinWebUrl":"a"}"#, Some("a")),
            (r#"{"joinWebUrl":null,"JoinWebUrl":"b"}"#, None),
            (r#"{"JoinWebUrl":"b","joinWebUrl":{}}"#, None),
            (r#"{"joinWebUrl":"a","joinWebUrl":"b"}"#, Some("b")),
            (r#"{"JoinWebUrl":"a","JoinWebUrl":"b"}"#, Some("b")),
            (r#"{"join\u0057ebUrl":"a\u0020\ud83d\ude00"}"#, Some("a \u{1f600}")),
        ] {
            assert_eq!(online_meeting(body.as_bytes()).map(|meeting| meeting.join_web_url).as_deref(), url, "{body}");
        }
        let body = br#"{"joinWebUrl":"x","chatInfo":{"threadId":"t"},"ChatInfo":{"threadId":"u","messageId":"m"}}"#;
        let meeting = online_meeting(body).expect("a meeting");
        assert_eq!((meeting.thread_id.as_deref(), meeting.message_id), (Some("t"), None));
    }

    #[test]
    fn what_is_no_meeting_is_not_read_as_one() {
        for body in ["", "{", "null", "[]", "{}", r#"{"joinWebUrl":null}"#, r#"{"joinWebUrl":""}"#, "<html>"] {
            assert_eq!(online_meeting(body.as_bytes()), None, "{body}");
        }
        let whole = r#"{"joinWebUrl":"x","chatInfo":{"threadId":["t"]},"news":[1,{"a":"b"}],"subject":7}"#;
        assert!(online_meeting(whole.as_bytes()).is_some());
        for end in 0..whole.len() {
            assert_eq!(online_meeting(&whole.as_bytes()[..end]), None, "cut at {end}");
        }
        for body in [
            r#"{"joinWebUrl":{}}"#,
            r#"{"joinWebUrl":"x"} x"#,
            r#"{"joinWebUrl":"x"}{}"#,
            r#"{"joinWebUrl":"x",}"#,
            r#"{"joinWebUrl":"x","news":[1,]}"#,
            r#"{"joinWebUrl":"x","chatInfo":{"threadId":tru}}"#,
            r#"{"joinWebUrl":"x","participants":{"attendees":[{}}}"#,
            r#"[{"joinWebUrl":"x"}]"#,
            r#""joinWebUrl""#,
        ] {
            assert_eq!(online_meeting(body.as_bytes()), None, "{body}");
        }
    }
}
