//! `POST /users/{id}/onlineMeetings`: a meeting each time, and all that can be chosen for it.

use super::*;

const OTHER: &str = "6b1e0000-0000-4000-8000-000000000002";

#[tokio::test(start_paused = true)]
async fn two_equal_bodies_make_two_meetings_and_two_runs_make_the_same_two() {
    let body = json!({ "subject": "Week 5", "startDateTime": "2027-02-03T08:00:00Z" });
    let mut runs = Vec::new();
    for _ in 0..2 {
        let client = Client::calm().await;
        let mut made = Vec::new();
        for _ in 0..2 {
            let reply = client.post_to(&meetings_of(ORGANIZER), body.clone()).await;
            assert_eq!(reply.status, 201);
            let mut meeting = reply.json();
            assert_eq!((&meeting["externalId"], &meeting["subject"]), (&Value::Null, &json!("Week 5")));
            meeting["creationDateTime"].take();
            made.push(meeting);
        }
        for member in ["id", "joinWebUrl", "meetingCode"] {
            assert_ne!(made[0][member], made[1][member], "{member}");
        }
        let report = client.sim.report();
        assert_eq!((report.meetings.len(), report.meetings_kept), (0, 2), "neither has a key");
        runs.push(made);
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test(start_paused = true)]
async fn a_meeting_that_was_made_before_a_restart_is_not_made_again() {
    let place = tempfile::tempdir().expect("a directory");
    let open = || {
        Sim::open(Setup {
            scenario: Scenario::calm(),
            state: Some(place.path().join("state")),
            directory: None,
            client_certificates: Vec::new(),
            federated: Vec::new(),
            granted: None,
            delegated: None,
            public_url: "https://graph.example".to_owned(),
        })
    };
    let mut ids = std::collections::HashSet::new();
    for run in 1..=3 {
        let sim = open().expect("it opens");
        let client = Client { token: sim.delegated_token(), sim };
        let reply = client.post_to("/v1.0/me/onlineMeetings", json!({ "subject": "The same" })).await;
        assert!(ids.insert(text(&reply.json(), "/id")), "run {run} answers with a meeting of another");
        assert_eq!(client.sim.report().meetings_kept, run);
    }
}

#[tokio::test(start_paused = true)]
async fn who_tries_a_lost_creation_again_has_two_meetings() {
    let client = Client::new("calm,faults-end=6,reset-after=100%".parse().expect("a scenario")).await;
    for kept in 1..=6 {
        assert!(client.post_to(&meetings_of(ORGANIZER), json!({})).await.dropped);
        assert_eq!(client.sim.report().meetings_kept, kept);
    }
    assert_eq!(client.post_to(&meetings_of(ORGANIZER), json!({})).await.status, 201);
    assert_eq!(client.sim.report().meetings_kept, 7);
}

#[tokio::test(start_paused = true)]
async fn an_external_id_is_for_createorget_alone() {
    let client = Client::calm().await;
    let refused = client.post_to(&meetings_of(ORGANIZER), json!({ "externalId": "A", "subject": "B" })).await;
    let (status, code, message) = refused.problem();
    assert_eq!((status, code.as_str()), (400, "BadRequest"));
    assert!(message.contains("createOrGet"), "{message}");
    assert_eq!(client.sim.report().meetings_kept, 0);
}

#[tokio::test(start_paused = true)]
async fn a_meeting_has_a_passcode_unless_it_is_told_to_have_none() {
    let client = Client::calm().await;
    for (asked, required) in [
        (json!({}), true),
        (json!({ "joinMeetingIdSettings": null }), true),
        (json!({ "joinMeetingIdSettings": { "isPasscodeRequired": null, "passcode": "mine" } }), true),
        (json!({ "joinMeetingIdSettings": { "isPasscodeRequired": true } }), true),
        (json!({ "joinMeetingIdSettings": { "isPasscodeRequired": false } }), false),
    ] {
        let meeting = client.post_to(&meetings_of(ORGANIZER), asked.clone()).await.json();
        let settings = &meeting["joinMeetingIdSettings"];
        assert_eq!(settings["isPasscodeRequired"], required, "{asked}");
        assert_eq!(settings["passcode"].as_str().map(str::len), required.then_some(6), "{asked}");
        assert_ne!(settings["passcode"], "mine");
        let invitation = text(&meeting, "/joinInformation/content");
        assert_eq!(invitation.contains("Passcode"), required, "{invitation}");
        assert_eq!(client.get(&path_to(ORGANIZER, &meeting)).await.json(), meeting, "it is kept so");
    }
}

#[tokio::test(start_paused = true)]
async fn every_setting_is_heeded_and_those_that_are_not_given_have_their_defaults() {
    let client = Client::calm().await;
    let plain = client.post_to(&meetings_of(ORGANIZER), json!({})).await.json();
    let asked = json!({
        "allowAttendeeToEnableCamera": false,
        "allowedPresenters": "roleIsPresenter",
        "allowMeetingChat": "limited",
        "allowParticipantsToChangeName": true,
        "anonymizeIdentityForRoles": ["attendee"],
        "isEndToEndEncryptionEnabled": true,
        "isEntryExitAnnounced": true,
        "lobbyBypassSettings": { "isDialInBypassEnabled": true },
        "recordAutomatically": true,
        "watermarkProtection": { "isEnabledForVideo": true },
    });
    let meeting = client.post_to(&meetings_of(ORGANIZER), asked.clone()).await.json();
    for (member, value) in asked.as_object().into_iter().flatten() {
        match value {
            Value::Object(group) => {
                for (member, value) in group {
                    let shown = meeting.as_object().into_iter().flatten().find_map(|(_, group)| group.get(member));
                    assert_eq!(shown, Some(value), "{member}");
                }
            }
            value => assert_eq!(&meeting[member], value, "{member}"),
        }
        assert_ne!(plain[member], meeting[member], "{member} has not its default here");
    }
    assert_eq!(meeting["lobbyBypassSettings"]["scope"], plain["lobbyBypassSettings"]["scope"]);
    assert_eq!(meeting["allowRecording"], plain["allowRecording"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_read_only_is_ignored_and_what_is_mistyped_is_refused() {
    let client = Client::calm().await;
    let body = json!({
        "id": "mine", "joinWebUrl": "https://teams.example/mine", "creationDateTime": "1999-01-01T00:00:00Z",
        "chatInfo": { "threadId": "19:mine@thread.v2" }, "unheardOf": [1],
        "participants": { "organizer": { "identity": { "user": { "id": OTHER } } } },
    });
    let meeting = client.post_to(&meetings_of(ORGANIZER), body).await.json();
    assert!(!meeting.to_string().contains("mine") && meeting.get("unheardOf").is_none(), "{meeting}");
    assert!(!text(&meeting, "/creationDateTime").starts_with("1999"));
    assert_eq!(meeting["participants"]["organizer"]["identity"]["user"]["id"], ORGANIZER);

    for (body, words) in [
        (json!({ "endDateTime": "2027-02-03T08:00:00Z" }), "requires"),
        (json!({ "startDateTime": "2027-02-03T08:00:00Z", "endDateTime": "2027-02-03T07:00:00Z" }), "earlier"),
        (json!({ "recordAutomatically": "yes" }), "Edm.Boolean"),
        (json!({ "allowedPresenters": "unknownFutureValue" }), "'unknownFutureValue'"),
        (json!({ "joinMeetingIdSettings": true }), "an object"),
        (json!([]), "JSON"),
    ] {
        let (status, _, message) = client.post_to(&meetings_of(ORGANIZER), body.clone()).await.problem();
        assert!(status == 400 && message.contains(words), "{body}: {message}");
    }
    assert_eq!(client.post_to(&meetings_of(ORGANIZER), json!({ "isBroadcast": true })).await.status, 405);
    let untyped = Request::builder().method("POST").uri(meetings_of(ORGANIZER));
    let untyped = untyped.header("authorization", format!("Bearer {}", client.token));
    assert_eq!(client.send(untyped, "{}").await.status, 400);
    assert_eq!(client.sim.report().meetings_kept, 1);
}

#[tokio::test(start_paused = true)]
async fn the_invitation_is_in_the_language_that_is_accepted() {
    let client = Client::calm().await;
    let in_german = |request: Builder| request.header("accept-language", "ja, de-AT;q=0.9, en;q=0.1");
    let made = client.send(in_german(client.request().uri(meetings_of(ORGANIZER))), "{}").await.json();
    assert!(text(&made, "/joinInformation/content").contains("Besprechungs-ID"));
    let path = path_to(ORGANIZER, &made);
    assert!(text(&client.get(&path).await.json(), "/joinInformation/content").contains("Meeting+ID"));
    let got = client.send(in_german(client.request().method("GET").uri(&path)), "").await.json();
    assert_eq!(got, made);
    let keyed = client.send(in_german(client.request()), r#"{"externalId":"A"}"#).await.json();
    assert!(text(&keyed, "/joinInformation/content").contains("Besprechungs-ID"));
}

#[tokio::test(start_paused = true)]
async fn a_user_makes_meetings_as_themselves_and_an_application_as_others() {
    let client = Client::calm().await;
    let user = client.signed_in();
    for path in
        ["/v1.0/me/onlineMeetings".to_owned(), meetings_of(USER_ID), meetings_of(USER_ID).replace("v1.0", "beta")]
    {
        let made = user.post_to(&path, json!({})).await;
        assert_eq!(made.status, 201, "{path}");
        assert_eq!(made.json()["participants"]["organizer"]["identity"]["user"]["id"], USER_ID);
    }
    assert_eq!(user.post_to(&meetings_of(ORGANIZER), json!({})).await.problem().0, 403);
    let (status, _, message) = client.post_to("/v1.0/me/onlineMeetings", json!({})).await.problem();
    assert!(status == 400 && message.contains("delegated"), "{message}");
    assert_eq!(client.post_to(&meetings_of("t.okafor@contoso.example"), json!({})).await.problem().0, 404);
    assert_eq!(client.sim.report().meetings_kept, 3);
}
