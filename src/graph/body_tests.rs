//! What is written for Graph to read, word for word.

use super::*;
use crate::meeting::{Attendee, Organizer, Role, Span, Who};

fn setting(all: &[(Setting, &str)]) -> Settings {
    all.iter().map(|(setting, value)| (*setting, (*value).to_owned())).collect()
}

fn read(body: &Bytes) -> Value {
    serde_json::from_slice(body).expect("JSON")
}

#[test]
fn a_change_says_what_it_names_and_nothing_else() {
    assert_eq!(update(&Change::default()), "{}");
    let times =
        Some(("2027-02-03T08:00:00Z".parse().expect("a time"), "2027-02-03T09:00:00Z".parse().expect("a time")));
    let change = Change {
        subject: Some("Übung".into()),
        times,
        attendees: Some(vec![
            Participant {
                upn: Some("ada@contoso.example".into()),
                id: Some("1".into()),
                role: Some("presenter".into()),
            },
            Participant { upn: Some("bo@contoso.example".into()), ..Participant::default() },
        ]),
        settings: setting(&[
            (Setting::LobbyBypassScope, "everyone"),
            (Setting::IsDialInBypassEnabled, "true"),
            (Setting::RecordAutomatically, "false"),
            (Setting::AnonymizeIdentityForRoles, "attendee,presenter"),
        ]),
    };
    let written = json!({
        "subject": "Übung",
        "startDateTime": "2027-02-03T08:00:00Z",
        "endDateTime": "2027-02-03T09:00:00Z",
        "participants": {"attendees": [
            {"upn": "ada@contoso.example", "identity": {"user": {"id": "1"}}, "role": "presenter"},
            {"upn": "bo@contoso.example"},
        ]},
        "lobbyBypassSettings": {"scope": "everyone", "isDialInBypassEnabled": true},
        "recordAutomatically": false,
        "anonymizeIdentityForRoles": ["attendee", "presenter"],
    });
    assert_eq!(read(&update(&change)), written);
    let nobody = Change { attendees: Some(vec![]), ..Change::default() };
    assert_eq!(update(&nobody), r#"{"participants":{"attendees":[]}}"#, "an empty list takes everybody out");
    let none = Change { settings: setting(&[(Setting::AnonymizeIdentityForRoles, "")]), ..Change::default() };
    assert_eq!(update(&none), r#"{"anonymizeIdentityForRoles":[]}"#);
}

#[test]
fn what_is_made_anew_has_no_external_id_and_its_settings_at_once() {
    let start = "2027-02-03T08:00:00Z".parse().expect("a time");
    let meeting = Meeting {
        subject: Some("A".into()),
        span: Span::From(start),
        attendees: vec![Attendee { who: Who::Upn("ada@contoso.example".into()), role: Role::Presenter }],
        settings: setting(&[(Setting::RequirePasscode, "true")]),
        ..Meeting::blank(Organizer::Me, "id")
    };
    let written = json!({
        "subject": "A",
        "startDateTime": "2027-02-03T08:00:00Z",
        "endDateTime": "2027-02-03T09:00:00Z",
        "participants": {"attendees": [{"upn": "ada@contoso.example", "role": "presenter"}]},
        "joinMeetingIdSettings": {"isPasscodeRequired": true},
    });
    assert_eq!(read(&create(&meeting)), written);
}
