//! Graph's JSON: what is sent, exactly; what comes back, tolerantly.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use chrono::DateTime;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::meeting::{Attendee, Meeting, graph_time};
use crate::outcome::{OnlineMeeting, Participant};

/// The body of createOrGet: the documented parameters and no other (Graph, *onlineMeeting: createOrGet*).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreateOrGet<'a> {
    external_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participants: Option<Participants<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat_info: Option<ChatInfo<'a>>,
}

#[derive(Serialize)]
struct Participants<'a> {
    attendees: Vec<ParticipantInfo<'a>>,
}

/// A `meetingParticipantInfo`, by whichever name the row has.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum ParticipantInfo<'a> {
    Upn(&'a str),
    Identity(IdentitySet<'a>),
}

impl<'a> ParticipantInfo<'a> {
    fn of(attendee: &'a Attendee) -> Self {
        match attendee {
            Attendee::Upn(upn) => Self::Upn(upn),
            Attendee::Id(id) => Self::Identity(IdentitySet { user: Identity { id } }),
        }
    }
}

#[derive(Serialize)]
struct IdentitySet<'a> {
    user: Identity<'a>,
}

#[derive(Serialize)]
struct Identity<'a> {
    id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChatInfo<'a> {
    thread_id: &'a str,
}

/// Writes the body for a meeting.
pub(super) fn create_or_get(meeting: &Meeting) -> Bytes {
    let attendees: Vec<_> = meeting.attendees.iter().map(ParticipantInfo::of).collect();
    let body = CreateOrGet {
        external_id: meeting.external_id.as_str(),
        subject: meeting.subject.as_deref(),
        start_date_time: meeting.span.start().map(graph_time),
        end_date_time: meeting.span.end().map(graph_time),
        participants: (!attendees.is_empty()).then_some(Participants { attendees }),
        chat_info: meeting.chat_thread_id.as_deref().map(|thread_id| ChatInfo { thread_id }),
    };
    serde_json::to_vec(&body).expect("strings and lists always have a JSON form").into()
}

/// Reads an `onlineMeeting`: unknown members, nulls and members in another case pass. `None` when it is no JSON
/// object or has no `joinWebUrl`, and so is no answer to the question that was asked.
pub(super) fn online_meeting(body: &[u8]) -> Option<OnlineMeeting> {
    let Read(body) = serde_json::from_slice(body).ok()?;
    let text = |path: &[&str]| text(&body, path);
    Some(OnlineMeeting {
        join_web_url: text(&["joinWebUrl"])?,
        id: text(&["id"]),
        subject: text(&["subject"]),
        creation: text(&["creationDateTime"])
            .and_then(|text| DateTime::parse_from_rfc3339(&text).ok()?.to_utc().into()),
        start: text(&["startDateTime"]).map(utc),
        end: text(&["endDateTime"]).map(utc),
        join_meeting_id: text(&["joinMeetingIdSettings", "joinMeetingId"]),
        passcode: text(&["joinMeetingIdSettings", "passcode"]),
        toll_number: text(&["audioConferencing", "tollNumber"]),
        toll_free_number: text(&["audioConferencing", "tollFreeNumber"]),
        conference_id: text(&["audioConferencing", "conferenceId"]),
        dialin_url: text(&["audioConferencing", "dialinUrl"]),
        organizer_id: text(&["participants", "organizer", "identity", "user", "id"]),
        tenant_id: text(&["participants", "organizer", "identity", "user", "tenantId"]),
        thread_id: text(&["chatInfo", "threadId"]),
        message_id: text(&["chatInfo", "messageId"]),
        attendees: at(&body, &["participants", "attendees"]).and_then(Value::as_array).map(|list| participants(list)),
    })
}

/// The members of an `onlineMeeting` that are read. The others, some two thirds of it, are passed over: to take in a
/// whole invitation only to drop it was a third of all the work for a row.
const MEMBERS: [&str; 10] = [
    "joinWebUrl",
    "id",
    "subject",
    "creationDateTime",
    "startDateTime",
    "endDateTime",
    "joinMeetingIdSettings",
    "audioConferencing",
    "participants",
    "chatInfo",
];

/// An object with these members only.
struct Read(Value);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Reader)
    }
}

/// A member's name, as it stands in the answer if it can be.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Read;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Read, A::Error> {
        let mut members = Map::new();
        while let Some(Name(name)) = from.next_key()? {
            if MEMBERS.iter().any(|own| own.eq_ignore_ascii_case(&name)) {
                members.insert(name.into_owned(), from.next_value()?);
            } else {
                from.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Read(Value::Object(members)))
    }
}

fn participants(list: &[Value]) -> Vec<Participant> {
    list.iter()
        .map(|one| Participant { upn: text(one, &["upn"]), id: text(one, &["identity", "user", "id"]) })
        .collect()
}

/// What Graph says in its error envelope: `error.code` and `error.message`, empty where it says nothing
/// (Graph, *errors*).
pub(super) fn error(body: &[u8]) -> (String, String) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let member = |name| text(&body, &["error", name]).unwrap_or_default().replace(char::is_control, " ");
    (member("code"), member("message"))
}

/// The text at a path of member names; numbers and booleans as they are written, nothing for null and empty text.
pub(super) fn text(value: &Value, path: &[&str]) -> Option<String> {
    match at(value, path)? {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Graph's own samples spell members in more than one way (`ConferenceId`), so that case does not count.
fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, name| {
        let members = value.as_object()?;
        members.get(*name).or_else(|| members.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, v)| v))
    })
}

fn utc(text: String) -> String {
    DateTime::parse_from_rfc3339(&text).map_or(text, |time| graph_time(time.to_utc()))
}

/// Text for one segment of a path: whatever could end the segment or the path is percent-encoded.
pub(super) fn path_segment(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => write!(out, "%{byte:02X}").expect("a String takes everything"),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meeting::{ExternalId, Organizer, Span};

    #[test]
    fn the_body_has_the_documented_parameters_and_no_other() {
        let meeting = Meeting {
            external_id: ExternalId::new("A \"1\"").expect("an id"),
            organizer: Organizer::Me,
            subject: Some("Übung, \"1\"".into()),
            span: Span::Between(
                "2027-02-03T08:00:00Z".parse().expect("a time"),
                "2027-02-03T09:30:00.5Z".parse().expect("a time"),
            ),
            attendees: vec![Attendee::Upn("ada@contoso.example".into()), Attendee::Id("9c44".into())],
            chat_thread_id: Some("19:x@thread.tacv2".into()),
        };
        assert_eq!(
            create_or_get(&meeting),
            concat!(
                r#"{"externalId":"A \"1\"","subject":"Übung, \"1\"","startDateTime":"2027-02-03T08:00:00Z","#,
                r#""endDateTime":"2027-02-03T09:30:00.5Z","participants":{"attendees":[{"upn":"ada@contoso.example"},"#,
                r#"{"identity":{"user":{"id":"9c44"}}}]},"chatInfo":{"threadId":"19:x@thread.tacv2"}}"#
            )
        );
        let bare = Meeting {
            subject: None,
            span: Span::Instant,
            attendees: vec![],
            chat_thread_id: None,
            external_id: ExternalId::new("A").expect("an id"),
            ..meeting
        };
        assert_eq!(create_or_get(&bare), r#"{"externalId":"A"}"#);
    }

    #[test]
    fn an_answer_is_read_whatever_the_case_of_its_members_and_whatever_else_it_holds() {
        let meeting = online_meeting(
            br#"{"JoinWebURL":"https://teams.example/x?a=%7b","id":null,"news":[1],"startDateTime":"2027-02-03T09:00:00.0000000+01:00",
                "endDateTime":"when it ends","audioConferencing":{"ConferenceId":512004417,"tollNumber":null},"chatInfo":null,
                "participants":{"organizer":{"identity":{"user":{"id":"o","tenantId":"t"}}},"attendees":[{"upn":"a","identity":null}]}}"#,
        )
        .expect("a meeting");
        assert_eq!(meeting.join_web_url, "https://teams.example/x?a=%7b");
        assert_eq!(meeting.start.as_deref(), Some("2027-02-03T08:00:00Z"));
        assert_eq!(meeting.end.as_deref(), Some("when it ends"));
        assert_eq!(meeting.conference_id.as_deref(), Some("512004417"));
        assert_eq!((meeting.organizer_id.as_deref(), meeting.tenant_id.as_deref()), (Some("o"), Some("t")));
        assert_eq!(meeting.attendees, Some(vec![Participant { upn: Some("a".into()), id: None }]));
        assert_eq!((meeting.id, meeting.toll_number, meeting.thread_id), (None, None, None));
    }

    #[test]
    fn what_is_no_meeting_is_not_read_as_one() {
        for body in ["", "{", "null", "[]", "{}", r#"{"joinWebUrl":null}"#, r#"{"joinWebUrl":""}"#, "<html>"] {
            assert_eq!(online_meeting(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn a_path_segment_cannot_leave_its_place() {
        assert_eq!(path_segment("../a/b?c#d é"), "..%2Fa%2Fb%3Fc%23d%20%C3%A9");
    }
}
