//! Reads the body of createOrGet as the page and the metadata describe it: externalId,
//! subject, startDateTime, endDateTime, participants, chatInfo.
//!
//! Members it does not know are ignored, as Graph does; a known one of another type is
//! refused. It looks at no header and no path.

use chrono::{DateTime, Utc};

use super::super::error::Problem;
use super::super::member::{object, text, time, whole};
use super::super::typed::check;
use super::attendee::{Attendee, attendees, organizer};
use super::members::CREATE_OR_GET;

/// What the client wants, if there is no such meeting yet.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sim) struct Wanted {
    pub(in crate::sim) external_id: String,
    pub(in crate::sim) subject: Option<String>,
    pub(in crate::sim) start: Option<DateTime<Utc>>,
    pub(in crate::sim) end: Option<DateTime<Utc>>,
    pub(in crate::sim) attendees: Vec<Attendee>,
    /// `chatInfo.threadId`: the channel of a channel meeting.
    pub(in crate::sim) thread: Option<String>,
}

impl Wanted {
    pub(in crate::sim) fn read(body: &[u8]) -> Result<Self, Problem> {
        let body = whole(body)?;
        check(&body, &CREATE_OR_GET)?;
        let participants = object(&body, "participants")?;
        if let Some(participants) = participants {
            // The organizer is the user in the path, whatever the body says.
            organizer(participants)?;
        }
        let wanted = Self {
            external_id: text(&body, "externalId")?.unwrap_or_default(),
            subject: text(&body, "subject")?,
            start: time(&body, "startDateTime")?,
            end: time(&body, "endDateTime")?,
            attendees: participants.map(attendees).transpose()?.flatten().unwrap_or_default(),
            thread: match object(&body, "chatInfo")? {
                Some(chat) => text(chat, "threadId")?.filter(|thread| !thread.is_empty()),
                None => None,
            },
        };
        // The only parameter that may not be null (metadata of 2026-08).
        if wanted.external_id.is_empty() {
            return Err(Problem::bad_request("The required parameter 'externalId' is missing or empty."));
        }
        Ok(wanted)
    }
}

/// The two rules of the page: no end without a start, and none before it.
pub(in crate::sim) fn check_times(start: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> Result<(), Problem> {
    match (start, end) {
        (None, Some(_)) => Err(Problem::bad_request("'endDateTime' requires 'startDateTime' to be provided.")),
        (Some(start), Some(end)) if end < start => {
            Err(Problem::bad_request("'endDateTime' is earlier than 'startDateTime'."))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_bodies_are_refused_in_words() {
        for body in [
            "",
            " ",
            "null",
            "[]",
            "\"externalId\"",
            "1",
            "{",
            "{]",
            "\u{0}",
            "{\"externalId\":\"A\"} x",
            r"{}",
            r#"{"externalId":null}"#,
            r#"{"externalId":""}"#,
            r#"{"externalId":5}"#,
            r#"{"externalId":["A"]}"#,
            r#"{"ExternalId":"A"}"#,
            r#"{"externalId":"\ud800"}"#,
            r#"{"externalId":"A","subject":true}"#,
            r#"{"externalId":"A","subject":{}}"#,
            r#"{"externalId":"A","startDateTime":0}"#,
            r#"{"externalId":"A","startDateTime":""}"#,
            r#"{"externalId":"A","endDateTime":"2027-02-03T08:00:00"}"#,
            r#"{"externalId":"A","participants":[]}"#,
            r#"{"externalId":"A","participants":"me"}"#,
            r#"{"externalId":"A","participants":{"attendees":null}}"#,
            r#"{"externalId":"A","participants":{"attendees":{}}}"#,
            r#"{"externalId":"A","participants":{"attendees":[null]}}"#,
            r#"{"externalId":"A","participants":{"attendees":["a@b.example"]}}"#,
            r#"{"externalId":"A","participants":{"attendees":[{}]}}"#,
            r#"{"externalId":"A","participants":{"attendees":[{"upn":""}]}}"#,
            r#"{"externalId":"A","participants":{"attendees":[{"upn":5}]}}"#,
            r#"{"externalId":"A","participants":{"attendees":[{"upn":"a","role":"Presenter"}]}}"#,
            r#"{"externalId":"A","participants":{"attendees":[{"upn":"a","role":"unknownFutureValue"}]}}"#,
            r#"{"externalId":"A","participants":{"attendees":[{"upn":"a","role":{"attendee":null}}]}}"#,
            r#"{"externalId":"A","participants":{"attendees":[{"identity":"a"}]}}"#,
            r#"{"externalId":"A","participants":{"attendees":[{"identity":{"user":"a"}}]}}"#,
            r#"{"externalId":"A","participants":{"attendees":[{"identity":{"user":{"id":1}}}]}}"#,
            r#"{"externalId":"A","participants":{"organizer":[]}}"#,
            r#"{"externalId":"A","chatInfo":"19:x@thread.tacv2"}"#,
            r#"{"externalId":"A","chatInfo":{"threadId":1}}"#,
        ] {
            let problem = Wanted::read(body.as_bytes()).expect_err(body);
            assert_eq!(problem.status, 400, "{body}");
            assert_eq!(problem.code, "BadRequest", "{body}");
            assert!(!problem.message.is_empty(), "{body}");
        }
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(Wanted::read(deep.as_bytes()).is_err());
    }

    #[test]
    fn nulls_and_unknown_members_are_taken() {
        let wanted = Wanted::read(
            br#"{"externalId":"A","subject":null,"startDateTime":null,"endDateTime":null,
                "participants":{"organizer":null,"@odata.type":null,"other":1},"chatInfo":null,
                "lobbyBypassSettings":{"scope":"everyone"}}"#,
        )
        .expect("Graph takes it");
        assert_eq!(wanted.external_id, "A");
        assert_eq!(wanted.subject, None);
        assert!(wanted.attendees.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_body_is_too_odd(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = Wanted::read(&body);
        }

        #[test]
        fn any_text_is_an_external_id(id in ".+") {
            let body = serde_json::json!({ "externalId": id }).to_string();
            let wanted = Wanted::read(body.as_bytes()).expect("a text is a text");
            proptest::prop_assert_eq!(wanted.external_id, id);
        }
    }
}
