//! `PATCH /users/{id}/onlineMeetings/{id}`: what may be changed, and what may not.

use super::*;

/// What api/onlinemeeting-update says may be changed, each with something that is not its default.
fn changes() -> [(&'static str, Value); 19] {
    [
        ("allowAttendeeToEnableCamera", json!(false)),
        ("allowAttendeeToEnableMic", json!(false)),
        ("allowBreakoutRooms", json!(false)),
        ("allowCopyingAndSharingMeetingContent", json!(false)),
        ("allowedLobbyAdmitters", json!("organizerAndCoOrganizers")),
        ("allowedPresenters", json!("organizer")),
        ("allowLiveShare", json!("disabled")),
        ("allowMeetingChat", json!("disabled")),
        ("allowPowerPointSharing", json!(false)),
        ("allowRecording", json!(false)),
        ("allowTeamworkReactions", json!(false)),
        ("allowTranscription", json!(false)),
        ("allowWhiteboard", json!(false)),
        ("anonymizeIdentityForRoles", json!(["attendee", "presenter"])),
        ("isEntryExitAnnounced", json!(true)),
        ("lobbyBypassSettings", json!({ "scope": "everyone", "isDialInBypassEnabled": true })),
        ("recordAutomatically", json!(true)),
        ("subject", json!("Another")),
        ("watermarkProtection", json!({ "isEnabledForContentSharing": true, "isEnabledForVideo": true })),
    ]
}

/// A client, a meeting, and where it is.
async fn met() -> (Client, Value, String) {
    let client = Client::calm().await;
    let meeting = client.post(full()).await.json();
    let path = path_to(ORGANIZER, &meeting);
    (client, meeting, path)
}

#[tokio::test(start_paused = true)]
async fn each_setting_that_may_be_changed_is_changed_and_no_other() {
    let (client, mut meeting, path) = met().await;
    for (member, value) in changes() {
        assert_ne!(meeting[member], value, "{member}");
        let reply = client.patch(&path, json!({ member: value })).await;
        assert_eq!(reply.status, 200, "{member}");
        meeting[member] = value;
        assert_eq!(reply.json(), meeting, "{member}");
        assert_eq!(client.get(&path).await.json(), meeting, "{member}");
    }
    let nothing = json!({ "unheardOf": 1, "recordAutomatically": null, "id": null });
    for body in [json!({}), nothing] {
        assert_eq!(client.patch(&path, body).await.json(), meeting);
    }
    // All at once makes the same meeting of another.
    let other = client.meet("B").await.json();
    let all: Value = changes().into_iter().map(|(member, value)| (member.to_owned(), value)).collect();
    let other = client.patch(&path_to(ORGANIZER, &other), all).await.json();
    for (member, _) in changes() {
        assert_eq!(other[member], meeting[member], "{member}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_meeting_of_a_key_stays_the_one_that_was_changed() {
    let (client, meeting, path) = met().await;
    let changed = client.patch(&path, json!({ "subject": "Another", "recordAutomatically": true })).await.json();
    assert_eq!((&changed["subject"], &changed["id"]), (&json!("Another"), &meeting["id"]));
    let again = client.post(full()).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, changed));
    assert_eq!(client.patch(&path, json!({ "subject": null })).await.json()["subject"], Value::Null);
    let report = client.sim.report();
    assert_eq!((report.meetings.into_values().collect::<Vec<_>>(), report.meetings_kept), (vec![1], 1));
}

#[tokio::test(start_paused = true)]
async fn start_and_end_are_changed_together_or_not_at_all() {
    let (client, meeting, path) = met().await;
    let (start, end) = ("2027-03-01T09:00:00.1+01:00", "2027-03-01T10:00:00+01:00");
    for (body, words) in [
        (json!({ "startDateTime": start }), "together"),
        (json!({ "endDateTime": end, "subject": "B" }), "together"),
        (json!({ "startDateTime": end, "endDateTime": start }), "earlier"),
        (json!({ "startDateTime": "tomorrow", "endDateTime": end }), "Edm.DateTimeOffset"),
    ] {
        let (status, _, message) = client.patch(&path, body.clone()).await.problem();
        assert!(status == 400 && message.contains(words), "{body}: {message}");
        assert_eq!(client.get(&path).await.json(), meeting, "a refused change changes nothing");
    }
    let moved = client.patch(&path, json!({ "startDateTime": start, "endDateTime": end })).await.json();
    for (member, time) in [
        ("startDateTime", "2027-03-01T08:00:00.1Z"),
        ("endDateTime", "2027-03-01T09:00:00Z"),
        ("expiryDateTime", "2027-04-30T09:00:00Z"),
    ] {
        assert_eq!(moved[member], time);
    }
    for member in ["id", "joinWebUrl", "meetingCode", "creationDateTime", "subject"] {
        assert_eq!(moved[member], meeting[member], "{member}");
    }
}

#[tokio::test(start_paused = true)]
async fn attendees_are_replaced_by_the_whole_list_and_an_empty_one_clears_them() {
    let (client, meeting, path) = met().await;
    assert_eq!(meeting["participants"]["attendees"].as_array().map(Vec::len), Some(4));
    for body in [json!({ "participants": null }), json!({ "participants": {} })] {
        assert_eq!(client.patch(&path, body).await.json(), meeting);
    }
    let list = json!([{ "upn": "new@contoso.example", "role": "presenter" }]);
    let changed = client.patch(&path, json!({ "participants": { "attendees": list } })).await.json();
    let attendees = &changed["participants"]["attendees"];
    assert_eq!((attendees.as_array().map(Vec::len), &attendees[0]["upn"]), (Some(1), &list[0]["upn"]));
    assert_eq!(changed["participants"]["organizer"], meeting["participants"]["organizer"]);
    let cleared = client.patch(&path, json!({ "participants": { "attendees": [] } })).await.json();
    assert_eq!(cleared["participants"]["attendees"], json!([]));
    for wrong in [json!([{}]), json!([{ "upn": "a@b.example", "role": "boss" }]), json!("all"), Value::Null] {
        let reply = client.patch(&path, json!({ "participants": { "attendees": wrong } })).await;
        assert_eq!(reply.problem().0, 400);
    }
}

#[tokio::test(start_paused = true)]
async fn the_organizer_cannot_be_changed() {
    let (client, meeting, path) = met().await;
    let organizer = |id: &str| json!({ "participants": { "organizer": { "identity": { "user": { "id": id } } } } });
    let (status, _, message) = client.patch(&path, organizer(USER_ID)).await.problem();
    assert!(status == 400 && message.contains("organizer"), "{message}");
    // What a client has read it may send back.
    assert_eq!(client.patch(&path, organizer(&ORGANIZER.to_uppercase())).await.json(), meeting);
    let back = json!({ "participants": meeting["participants"] });
    let back = back.to_string().replace("unknownFutureValue", "coorganizer");
    let request = client.request().method("PATCH").uri(&path);
    assert_eq!(client.send(request, back).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn what_is_read_only_is_refused_by_name_and_changes_nothing() {
    let (client, meeting, path) = met().await;
    for (member, value) in [
        ("id", json!("A")),
        ("externalId", json!("B")),
        ("joinWebUrl", json!("https://teams.example/")),
        ("joinMeetingIdSettings", json!({ "isPasscodeRequired": false })),
        ("creationDateTime", json!("2027-02-03T08:00:00Z")),
        ("chatInfo", json!({ "threadId": "19:a@thread.v2" })),
        ("audioConferencing", json!({})),
        ("joinInformation", json!({})),
        ("isBroadcast", json!(false)),
        ("videoTeleconferenceId", json!("1")),
        ("allowParticipantsToChangeName", json!(true)),
        ("isEndToEndEncryptionEnabled", json!(true)),
        ("shareMeetingChatHistoryDefault", json!("all")),
    ] {
        let (status, _, message) = client.patch(&path, json!({ "subject": "B", member: value })).await.problem();
        assert!(status == 400 && message.contains(&format!("'{member}'")), "{member}: {message}");
    }
    assert_eq!(client.get(&path).await.json(), meeting);
}

#[tokio::test(start_paused = true)]
async fn a_group_keeps_the_members_that_are_not_named() {
    let (client, meeting, path) = met().await;
    assert_eq!(meeting["lobbyBypassSettings"], json!({ "scope": "organization", "isDialInBypassEnabled": false }));
    for (group, shown) in [
        (json!({ "isDialInBypassEnabled": true }), json!({ "scope": "organization", "isDialInBypassEnabled": true })),
        (json!({ "scope": "organizer" }), json!({ "scope": "organizer", "isDialInBypassEnabled": true })),
        (json!({ "scope": null }), json!({ "scope": "organizer", "isDialInBypassEnabled": true })),
        (json!({}), json!({ "scope": "organizer", "isDialInBypassEnabled": true })),
        (Value::Null, json!({ "scope": "organizer", "isDialInBypassEnabled": true })),
    ] {
        let reply = client.patch(&path, json!({ "lobbyBypassSettings": group })).await.json();
        assert_eq!(reply["lobbyBypassSettings"], shown, "{group}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_that_no_enumeration_has_is_refused() {
    let (client, meeting, path) = met().await;
    for (body, words) in [
        (json!({ "allowedPresenters": "nobody" }), "'nobody'"),
        (json!({ "allowedPresenters": "Everyone" }), "'Everyone'"),
        (json!({ "allowMeetingChat": "unknownFutureValue" }), "'unknownFutureValue'"),
        (json!({ "lobbyBypassSettings": { "scope": "all" } }), "'all'"),
        (json!({ "anonymizeIdentityForRoles": ["boss"] }), "'boss'"),
        (json!({ "allowWhiteboard": 1 }), "Edm.Boolean"),
    ] {
        let (status, _, message) = client.patch(&path, body).await.problem();
        assert!(status == 400 && message.contains(words), "{message}");
    }
    assert_eq!(client.get(&path).await.json(), meeting);
}

#[tokio::test(start_paused = true)]
async fn newer_members_of_an_enumeration_are_shown_to_those_who_prefer_it() {
    let (client, _, path) = met().await;
    for scope in ["invited", "organizationExcludingGuests"] {
        let body = json!({ "lobbyBypassSettings": { "scope": scope } });
        let shown = client.patch(&path, body.clone()).await.json();
        assert_eq!(shown["lobbyBypassSettings"]["scope"], "unknownFutureValue");
        let prefers = || client.request().uri(&path).header("prefer", "include-unknown-enum-members");
        for (method, body) in [("GET", String::new()), ("PATCH", body.to_string())] {
            let shown = client.send(prefers().method(method), body).await.json();
            assert_eq!(shown["lobbyBypassSettings"]["scope"], scope, "{method}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_needs_a_body_of_json_and_a_meeting_of_ones_own() {
    let (client, meeting, path) = met().await;
    for body in ["", "{", "[]", "null"] {
        assert_eq!(client.send(client.request().method("PATCH").uri(&path), body).await.problem().0, 400, "{body}");
    }
    let elsewhere = path_to(USER_ID, &meeting);
    assert_eq!(client.patch(&elsewhere, json!({})).await.problem().0, 404);
    assert_eq!(client.signed_in().patch(&path, json!({})).await.problem().0, 403);
    assert_eq!(client.signed_in().patch(&elsewhere, json!({})).await.problem().0, 404);
    for method in ["POST", "PUT", "HEAD"] {
        let reply = client.send(client.request().method(method).uri(&path), "{}").await;
        assert_eq!((reply.status.as_u16(), reply.header("allow")), (405, Some("GET, PATCH, DELETE")), "{method}");
    }
}
