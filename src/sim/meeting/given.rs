//! Reads the bodies of create and update, which are onlineMeetings (api/application-post-onlinemeetings,
//! api/onlinemeeting-update).
//!
//! Graph's resource is open: members that nobody knows are ignored. Read-only ones are ignored at creation, as `OData`
//! has it, and refused in an update.

use chrono::{DateTime, Utc};

use super::super::error::Problem;
use super::super::member::{object, text, time, truth, whole};
use super::super::typed::check;
use super::attendee::{Attendee, attendees, organizer};
use super::members::MEMBERS;
use super::settings::{Purpose, Settings, read};
use super::wanted::check_times;

/// A meeting to be made.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sim) struct Creation {
    pub(in crate::sim) subject: Option<String>,
    pub(in crate::sim) start: Option<DateTime<Utc>>,
    pub(in crate::sim) end: Option<DateTime<Utc>>,
    pub(in crate::sim) attendees: Vec<Attendee>,
    pub(in crate::sim) settings: Settings,
    pub(in crate::sim) passcode_required: bool,
}

impl Creation {
    pub(in crate::sim) fn read(body: &[u8]) -> Result<Self, Problem> {
        let body = whole(body)?;
        check(&body, &MEMBERS)?;
        if text(&body, "externalId")?.is_some() {
            // microsoftgraph/msgraph-sdk-dotnet#1121
            return Err(Problem::bad_request(
                "'externalId' cannot be set here; it is supported by the createOrGet action only.",
            ));
        }
        if truth(&body, "isBroadcast")? == Some(true) {
            // learn.microsoft.com/answers/questions/386807: nobody is allowed live events any more.
            return Err(Problem::no_broadcast());
        }
        let participants = object(&body, "participants")?;
        if let Some(participants) = participants {
            // The organizer is the user in the path, whatever the body says.
            organizer(participants)?;
        }
        let join = object(&body, "joinMeetingIdSettings")?;
        let passcode_required = match join {
            Some(join) => truth(join, "isPasscodeRequired")?,
            None => None,
        };
        let creation = Self {
            subject: text(&body, "subject")?,
            start: time(&body, "startDateTime")?,
            end: time(&body, "endDateTime")?,
            attendees: participants.map(attendees).transpose()?.flatten().unwrap_or_default(),
            settings: read(&body, Purpose::Creation)?,
            passcode_required: passcode_required.unwrap_or(true),
        };
        check_times(creation.start, creation.end)?;
        Ok(creation)
    }
}

/// What of a meeting is to be changed.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sim) struct Update {
    pub(in crate::sim) subject: Subject,
    pub(in crate::sim) times: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// All there are to be.
    pub(in crate::sim) attendees: Option<Vec<Attendee>>,
    pub(in crate::sim) organizer: Option<Attendee>,
    pub(in crate::sim) settings: Settings,
}

/// What is to become of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Subject {
    Kept,
    ChangedTo(Option<String>),
}

/// Members that an update may not have. The page lists those that it may.
const READ_ONLY: [&str; 22] = [
    "attendanceReports",
    "attendeeReport",
    "audioConferencing",
    "broadcastSettings",
    "chatInfo",
    "cloudVideoInteropInfo",
    "creationDateTime",
    "expiryDateTime",
    "externalId",
    "id",
    "isBroadcast",
    "joinInformation",
    "joinMeetingIdSettings",
    "joinUrl",
    "joinWebUrl",
    "meetingCode",
    "meetingOptionsWebUrl",
    "meetingTemplateId",
    "meetingType",
    "recordings",
    "transcripts",
    "videoTeleconferenceId",
];

impl Update {
    pub(in crate::sim) fn read(body: &[u8]) -> Result<Self, Problem> {
        let body = whole(body)?;
        check(&body, &MEMBERS)?;
        if let Some(name) = READ_ONLY.into_iter().find(|name| body.get(*name).is_some_and(|value| !value.is_null())) {
            return Err(Problem::read_only(name));
        }
        let (start, end) = (time(&body, "startDateTime")?, time(&body, "endDateTime")?);
        let times = match (start, end) {
            (None, None) => None,
            (Some(start), Some(end)) => Some((start, end)),
            _ => {
                return Err(Problem::bad_request("'startDateTime' and 'endDateTime' must be provided together."));
            }
        };
        check_times(start, end)?;
        let participants = object(&body, "participants")?;
        Ok(Self {
            subject: match body.get("subject") {
                None => Subject::Kept,
                Some(_) => Subject::ChangedTo(text(&body, "subject")?),
            },
            times,
            attendees: participants.map(attendees).transpose()?.flatten(),
            organizer: participants.map(organizer).transpose()?.flatten(),
            settings: read(&body, Purpose::Update)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_with_half_of_the_times_or_a_read_only_member_is_refused() {
        for (body, word) in [
            (r#"{"startDateTime":"2027-02-03T08:00:00Z"}"#, "together"),
            (r#"{"endDateTime":"2027-02-03T08:00:00Z","startDateTime":null}"#, "together"),
            (r#"{"startDateTime":"2027-02-03T08:00:00Z","endDateTime":"2027-02-03T07:00:00Z"}"#, "earlier"),
            (r#"{"joinWebUrl":"https://teams.example/"}"#, "'joinWebUrl'"),
            (r#"{"externalId":"A"}"#, "'externalId'"),
            (r#"{"joinMeetingIdSettings":{"isPasscodeRequired":false}}"#, "'joinMeetingIdSettings'"),
            (r#"{"isEndToEndEncryptionEnabled":true}"#, "'isEndToEndEncryptionEnabled'"),
            (r#"{"recordAutomatically":"yes"}"#, "Edm.Boolean"),
            (r#"{"lobbyBypassSettings":{"scope":"all"}}"#, "'lobbyBypassScope'"),
            (r#"{"lobbyBypassSettings":{"scope":"unknownFutureValue"}}"#, "'unknownFutureValue'"),
            (r#"{"lobbyBypassSettings":"everyone"}"#, "an object"),
            (r#"{"anonymizeIdentityForRoles":["boss"]}"#, "'boss'"),
            (r#"{"participants":{"attendees":[{}]}}"#, "attendee"),
            ("[]", "JSON"),
        ] {
            let problem = Update::read(body.as_bytes()).expect_err(body);
            assert_eq!(problem.status, 400, "{body}");
            assert!(problem.message.contains(word), "{}", problem.message);
        }
    }

    #[test]
    fn an_update_says_what_it_names_and_nothing_else() {
        let update = Update::read(br##"{"@odata.type":"#microsoft.graph.onlineMeeting","unknown":1,"id":null}"##);
        let nothing =
            Update { subject: Subject::Kept, times: None, attendees: None, organizer: None, settings: Settings::new() };
        assert_eq!(update, Ok(nothing.clone()));
        let update = Update::read(br#"{"subject":null,"participants":{"attendees":[]}}"#);
        assert_eq!(update, Ok(Update { subject: Subject::ChangedTo(None), attendees: Some(Vec::new()), ..nothing }));
    }

    #[test]
    fn a_creation_with_an_external_id_or_a_broadcast_is_refused() {
        let problem = Creation::read(br#"{"externalId":"A"}"#).expect_err("it is for createOrGet");
        assert!(problem.status == 400 && problem.message.contains("createOrGet"), "{problem:?}");
        let problem = Creation::read(br#"{"isBroadcast":true}"#).expect_err("there are no live events");
        assert_eq!(problem.status, 405);
        let creation = Creation::read(br#"{"externalId":null,"joinWebUrl":"ignored"}"#).expect("a meeting");
        assert!(creation.passcode_required && creation.settings.is_empty());
    }

    #[test]
    fn each_member_has_the_type_that_the_metadata_gives_it() {
        for body in [
            r#"{"id":1}"#,
            r#"{"isBroadcast":"no"}"#,
            r#"{"meetingType":"weekly"}"#,
            r#"{"creationDateTime":"yesterday"}"#,
            r#"{"expiryDateTime":"2027-02-03"}"#,
            r#"{"joinInformation":{"contentType":"pdf"}}"#,
            r#"{"joinInformation":[]}"#,
            r#"{"joinMeetingIdSettings":{"isPasscodeRequired":"true"}}"#,
            r#"{"audioConferencing":{"tollNumbers":"+1"}}"#,
            r#"{"audioConferencing":{"tollNumbers":null}}"#,
            r#"{"chatInfo":{"messageId":0}}"#,
            r#"{"chatRestrictions":{"allowTextOnly":1}}"#,
            r#"{"broadcastSettings":{"captions":{"isCaptionEnabled":{}}}}"#,
            r#"{"participants":{"organizer":{"role":"boss"}}}"#,
            r#"{"participants":{"attendees":[{"upn":"a","identity":{"user":{"displayName":5}}}]}}"#,
            r#"{"participants":{"attendees":[{"upn":"a","identity":{"device":"phone"}}]}}"#,
            r#"{"allowedPresenters":["everyone"]}"#,
            r#"{"watermarkProtection":{"isEnabledForVideo":0}}"#,
            r#"{"anonymizeIdentityForRoles":"attendee"}"#,
        ] {
            for problem in [Creation::read(body.as_bytes()).err(), Update::read(body.as_bytes()).err()] {
                let problem = problem.unwrap_or_else(|| panic!("{body}"));
                assert_eq!((problem.status.as_u16(), problem.code), (400, "BadRequest"), "{body}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_body_is_too_odd(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = (Creation::read(&body), Update::read(&body));
        }
    }
}
