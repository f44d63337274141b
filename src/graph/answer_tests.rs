//! Answers of Graph's, whole and odd.

use super::*;

const ALL: Wanted<'_> = Wanted { invitations: true, settings: &[] };

#[test]
fn an_answer_is_read_whatever_the_case_of_its_members_and_whatever_else_it_holds() {
    let meeting = online_meeting(
        br#"{"JoinWebURL":"https://teams.example/x?a=%7b","id":null,"news":[1],"startDateTime":"2027-02-03T09:00:00.0000000+01:00",
            "endDateTime":"when it ends","audioConferencing":{"ConferenceId":512004417,"tollNumber":null},"chatInfo":null,
            "joinInformation":{"content":"data:text/html,%3cp%3ea+b","contentType":"html"},
            "participants":{"organizer":{"identity":{"user":{"id":"o","tenantId":"t"}}},"attendees":[{"upn":"a","identity":null,"role":"presenter"}]}}"#, ALL)
    .expect("a meeting");
    assert_eq!(meeting.join_web_url, "https://teams.example/x?a=%7b");
    assert_eq!(meeting.start.as_deref(), Some("2027-02-03T08:00:00Z"));
    assert_eq!(meeting.end.as_deref(), Some("when it ends"));
    assert_eq!(meeting.conference_id.as_deref(), Some("512004417"));
    assert_eq!(meeting.join_information.as_deref(), Some("<p>a b"));
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
            "participants":{"organizer":[],"attendees":["a",{"upn":{},"identity":{"user":{"id":9}}},null,[{}]]}} "#, ALL)
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
        assert_eq!(online_meeting(body.as_bytes(), ALL).expect("a meeting").attendees, None, "{attendees}");
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
        assert_eq!(online_meeting(body.as_bytes(), ALL).map(|meeting| meeting.join_web_url).as_deref(), url, "{body}");
    }
    let body = br#"{"joinWebUrl":"x","chatInfo":{"threadId":"t"},"ChatInfo":{"threadId":"u","messageId":"m"}}"#;
    let meeting = online_meeting(body, ALL).expect("a meeting");
    assert_eq!((meeting.thread_id.as_deref(), meeting.message_id), (Some("t"), None));
}

#[test]
fn what_is_no_meeting_is_not_read_as_one() {
    for body in ["", "{", "null", "[]", "{}", r#"{"joinWebUrl":null}"#, r#"{"joinWebUrl":""}"#, "<html>"] {
        assert_eq!(online_meeting(body.as_bytes(), ALL), None, "{body}");
    }
    let whole = r#"{"joinWebUrl":"x","chatInfo":{"threadId":["t"]},"news":[1,{"a":"b"}],"subject":7}"#;
    assert!(online_meeting(whole.as_bytes(), ALL).is_some());
    for end in 0..whole.len() {
        assert_eq!(online_meeting(&whole.as_bytes()[..end], ALL), None, "cut at {end}");
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
        assert_eq!(online_meeting(body.as_bytes(), ALL), None, "{body}");
    }
}

#[test]
fn the_settings_that_are_wanted_are_read_and_no_others() {
    let body = br#"{"joinWebUrl":"x","recordAutomatically":true,"LobbyBypassSettings":{"scope":"everyone"},"allowMeetingChat":null,
        "anonymizeIdentityForRoles":["attendee","presenter"],"allowedPresenters":{},"watermarkProtection":{"isEnabledForVideo":false}}"#;
    let read = |settings: &[Setting]| {
        online_meeting(body, Wanted { invitations: false, settings }).expect("a meeting").settings.to_string()
    };
    assert_eq!(
        read(&Setting::ALL),
        "lobbyBypassScope=everyone; recordAutomatically=true; anonymizeIdentityForRoles=attendee,presenter; \
         watermarkForVideo=false"
    );
    assert_eq!((read(&[Setting::RecordAutomatically]).as_str(), read(&[]).as_str()), ("recordAutomatically=true", ""));
    let none = br#"{"joinWebUrl":"x","anonymizeIdentityForRoles":[]}"#;
    let none = online_meeting(none, Wanted { invitations: false, settings: &Setting::ALL }).expect("a meeting");
    assert_eq!(none.settings.get(Setting::AnonymizeIdentityForRoles), Some(""), "nobody is hidden, and that is known");
}

#[test]
fn a_subject_that_is_null_is_none_and_one_that_is_not_told_is_not_known() {
    let subject = |body: &str| online_meeting(body.as_bytes(), ALL).expect("a meeting").subject;
    assert_eq!(subject(r#"{"joinWebUrl":"x","subject":null}"#).as_deref(), Some(""));
    assert_eq!(subject(r#"{"joinWebUrl":"x","subject":""}"#).as_deref(), Some(""));
    assert_eq!(subject(r#"{"joinWebUrl":"x"}"#), None);
}
