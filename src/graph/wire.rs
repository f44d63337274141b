//! Graph's JSON: what is sent, exactly, and what a refusal says. For meetings that come back see
//! [`answer`](super::answer).

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::meeting::{Attendee, Meeting, Role, Who, graph_time};

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
struct ParticipantInfo<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    upn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<IdentitySet<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
}

impl<'a> ParticipantInfo<'a> {
    fn of(attendee: &'a Attendee) -> Self {
        let (upn, identity) = match &attendee.who {
            Who::Upn(upn) => (Some(upn.as_str()), None),
            Who::Id(id) => (None, Some(IdentitySet { user: Identity { id } })),
            Who::User { id, upn } => (Some(upn.as_str()), Some(IdentitySet { user: Identity { id } })),
        };
        let role = Some(attendee.role).filter(|role| *role != Role::Attendee).map(Role::as_str);
        Self { upn, identity, role }
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

/// Who is to join, as Graph takes it.
pub(super) fn participants(meeting: &Meeting) -> Value {
    let attendees: Vec<_> = meeting.attendees.iter().map(ParticipantInfo::of).collect();
    serde_json::to_value(Participants { attendees }).expect("strings and lists always have a JSON form")
}

/// What Graph says in its error envelope: `error.code` and `error.message`, empty where it says nothing
/// (Graph, *errors*).
pub(super) fn error(body: &[u8]) -> (String, String) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let member = |name| text(&body, &["error", name]).unwrap_or_default().replace(char::is_control, " ");
    (member("code"), member("message"))
}

/// Whether a body is an error as Graph writes them: an object with a code that is text (Graph, *errors*).
pub(super) fn is_error(body: &[u8]) -> bool {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    at(&body, &["error", "code"]).is_some_and(Value::is_string)
}

/// A member of the inner error, of the outermost that has it: they may be nested (Graph, *errors*).
pub(super) fn inner_error(body: &[u8], name: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let mut inner = at(&body, &["error", "innerError"])?;
    loop {
        if let Some(text) = text(inner, &[name]) {
            return Some(text.replace(char::is_control, " "));
        }
        inner = at(inner, &["innerError"])?;
    }
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
pub(super) fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, name| {
        let members = value.as_object()?;
        members.get(*name).or_else(|| members.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, v)| v))
    })
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

/// The text of a segment that [`path_segment`] wrote.
pub(super) fn of_path_segment(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let Some((&byte, others)) = rest.split_first() {
        let code = others.get(..2).filter(|_| byte == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let decoded = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(decoded.unwrap_or(byte));
        rest = if decoded.is_some() { &others[2..] } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meeting::{ExternalId, Organizer, Settings, Span};

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
            attendees: vec![
                Attendee { who: Who::Upn("ada@contoso.example".into()), role: Role::Attendee },
                Attendee { who: Who::Id("9c44".into()), role: Role::Attendee },
                Attendee { who: Who::Upn("bob@contoso.example".into()), role: Role::Presenter },
                Attendee { who: Who::Id("9c45".into()), role: Role::Coorganizer },
            ],
            chat_thread_id: Some("19:x@thread.tacv2".into()),
            settings: Settings::default(),
        };
        assert_eq!(
            create_or_get(&meeting),
            concat!(
                r#"{"externalId":"A \"1\"","subject":"Übung, \"1\"","startDateTime":"2027-02-03T08:00:00Z","#,
                r#""endDateTime":"2027-02-03T09:30:00.5Z","participants":{"attendees":[{"upn":"ada@contoso.example"},"#,
                r#"{"identity":{"user":{"id":"9c44"}}},{"upn":"bob@contoso.example","role":"presenter"},"#,
                r#"{"identity":{"user":{"id":"9c45"}},"role":"coorganizer"}]},"#,
                r#""chatInfo":{"threadId":"19:x@thread.tacv2"}}"#
            )
        );
        let bare = Meeting::blank(Organizer::Me, "A");
        assert_eq!(create_or_get(&bare), r#"{"externalId":"A"}"#);
    }

    #[test]
    fn a_path_segment_cannot_leave_its_place() {
        assert_eq!(path_segment("../a/b?c#d é"), "..%2Fa%2Fb%3Fc%23d%20%C3%A9");
    }

    proptest::proptest! {
        #[test]
        fn a_path_segment_is_read_back_as_it_was(text in ".{0,30}") {
            proptest::prop_assert_eq!(of_path_segment(&path_segment(&text)), text);
        }
    }

    #[test]
    fn the_inner_error_is_looked_through_to_its_last() {
        let nested = br#"{"error":{"innererror":{"code":"a","innerError":{"request-id":"r\n","Date":"d"}}}}"#;
        assert_eq!(inner_error(nested, "request-id").as_deref(), Some("r "));
        assert_eq!(inner_error(nested, "date").as_deref(), Some("d"));
        for body in ["", "[]", "{}", r#"{"error":{"innerError":null}}"#, r#"{"error":{"innerError":{"date":{}}}}"#] {
            assert_eq!(inner_error(body.as_bytes(), "date"), None, "{body}");
        }
    }
}
