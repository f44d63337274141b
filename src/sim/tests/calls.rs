//! `POST /communications/calls`: into a meeting by what an answer said of it.

use super::*;

const CALLS: &str = "/v1.0/communications/calls";

/// The body of the page's fifth example, filled in from a meeting.
pub(super) fn by_coordinates(meeting: &Value) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.call",
        "callbackUri": "https://bot.example/api/calls",
        "requestedModalities": ["audio"],
        "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" },
        "chatInfo": {
            "@odata.type": "#microsoft.graph.chatInfo",
            "threadId": meeting["chatInfo"]["threadId"],
            "messageId": meeting["chatInfo"]["messageId"],
        },
        "meetingInfo": {
            "@odata.type": "#microsoft.graph.organizerMeetingInfo",
            "organizer": {
                "@odata.type": "#microsoft.graph.identitySet",
                "user": {
                    "@odata.type": "#microsoft.graph.identity",
                    "id": meeting["participants"]["organizer"]["identity"]["user"]["id"],
                    "displayName": "Bob",
                    "tenantId": TENANT_ID,
                },
            },
            "allowConversationWithoutHost": true,
        },
        "tenantId": TENANT_ID,
    })
}

/// Of resources/joinmeetingidmeetinginfo.
pub(super) fn by_number(code: &str, passcode: Option<&str>) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.call",
        "callbackUri": "https://bot.example/api/calls",
        "requestedModalities": ["audio", "video"],
        "mediaConfig": { "@odata.type": "#microsoft.graph.appHostedMediaConfig", "blob": "<media>" },
        "meetingInfo": {
            "@odata.type": "#microsoft.graph.joinMeetingIdMeetingInfo", "joinMeetingId": code, "passcode": passcode,
        },
        "tenantId": TENANT_ID,
    })
}

#[tokio::test(start_paused = true)]
async fn what_an_answer_says_of_a_meeting_leads_into_it() {
    let client = Client::calm().await;
    let keyed = client.post(full()).await.json();
    let again = client.post(full()).await.json();
    let plain = client.post_to(&meetings_of(ORGANIZER), json!({})).await.json();
    let user = client.signed_in().post_to("/v1.0/me/onlineMeetings", json!({})).await.json();
    let channel = json!({ "externalId": "B", "chatInfo": { "threadId": "19:abc@thread.tacv2" } });
    let channel = client.post_to(&path_of(ORGANIZER).replace("v1.0", "beta"), channel).await.json();
    let mut ids = std::collections::HashSet::new();
    for meeting in [keyed, again, plain, user, channel] {
        let reply = client.post_to(CALLS, by_coordinates(&meeting)).await;
        assert_eq!(reply.status, 201);
        let call = reply.json();
        assert_eq!((&call["state"], &call["direction"]), (&json!("establishing"), &json!("outgoing")));
        assert_eq!(call["chatInfo"]["threadId"], meeting["chatInfo"]["threadId"]);
        assert!(ids.insert(text(&call, "/id")), "each call is another");
    }
}

#[tokio::test(start_paused = true)]
async fn each_coordinate_must_be_right() {
    let client = Client::calm().await;
    let (meeting, other) = (client.meet("A").await.json(), client.meet("B").await.json());
    let good = by_coordinates(&meeting);
    for (pointer, wrong) in [
        ("/tenantId", USER_ID.to_owned()),
        ("/meetingInfo/organizer/user/tenantId", USER_ID.to_owned()),
        ("/meetingInfo/organizer/user/id", USER_ID.to_owned()),
        ("/meetingInfo/organizer/user/id", "t.okafor@contoso.example".to_owned()),
        ("/chatInfo/messageId", "1".to_owned()),
        ("/chatInfo/messageId", String::new()),
        ("/chatInfo/threadId", text(&other, "/chatInfo/threadId").to_uppercase()),
        ("/chatInfo/threadId", "19:meeting_A@thread.v2".to_owned()),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(pointer).expect("it is there") = json!(wrong);
        let (status, code, _) = client.post_to(CALLS, body).await.problem();
        assert_eq!((status, code.as_str()), (404, "NotFound"), "{pointer}: {wrong}");
    }
    assert_eq!(client.post_to(CALLS, good.clone()).await.status, 201);
    assert_eq!(client.delete(&path_to(ORGANIZER, &meeting)).await.status, 204);
    assert_eq!(client.post_to(CALLS, good).await.problem().0, 404);
    client.meet("A").await;
    assert_eq!(client.post_to(CALLS, by_coordinates(&meeting)).await.problem().0, 404, "the new one is another");
}

#[tokio::test(start_paused = true)]
async fn a_number_needs_its_passcode_if_there_is_one() {
    let client = Client::calm().await;
    let meeting = client.meet("A").await.json();
    let code = text(&meeting, "/joinMeetingIdSettings/joinMeetingId");
    let passcode = text(&meeting, "/joinMeetingIdSettings/passcode");
    assert_eq!(client.post_to(CALLS, by_number(&code, Some(&passcode))).await.status, 201);
    for wrong in [None, Some(""), Some("wrong!"), Some(passcode.to_uppercase().as_str())] {
        assert_eq!(client.post_to(CALLS, by_number(&code, wrong)).await.problem().0, 404, "{wrong:?}");
    }
    for code in [format!("0{code}"), code[1..].to_owned(), "one".to_owned()] {
        assert_eq!(client.post_to(CALLS, by_number(&code, Some(&passcode))).await.problem().0, 404, "{code}");
    }
    let open = json!({ "joinMeetingIdSettings": { "isPasscodeRequired": false } });
    let open = client.post_to(&meetings_of(ORGANIZER), open).await.json();
    let code = text(&open, "/joinMeetingIdSettings/joinMeetingId");
    for passcode in [None, Some("any")] {
        assert_eq!(client.post_to(CALLS, by_number(&code, passcode)).await.status, 201, "{passcode:?}");
    }
    assert_eq!(client.delete(&path_to(ORGANIZER, &open)).await.status, 204);
    assert_eq!(client.post_to(CALLS, by_number(&code, None)).await.problem().0, 404);
}

#[tokio::test(start_paused = true)]
async fn a_body_without_a_needed_member_is_400_and_told_which() {
    let client = Client::calm().await;
    let meeting = client.meet("A").await.json();
    let good = by_coordinates(&meeting);
    for pointer in [
        "/callbackUri",
        "/requestedModalities",
        "/mediaConfig",
        "/meetingInfo",
        "/meetingInfo/organizer",
        "/meetingInfo/organizer/user",
        "/meetingInfo/organizer/user/id",
        "/chatInfo",
        "/chatInfo/threadId",
        "/tenantId",
    ] {
        let member = pointer.rsplit('/').next().unwrap_or_default();
        for wrong in [Value::Null, json!(5)] {
            let mut body = good.clone();
            *body.pointer_mut(pointer).expect("it is there") = wrong;
            let (status, _, message) = client.post_to(CALLS, body).await.problem();
            assert!(status == 400 && message.contains(&format!("'{member}'")), "{pointer}: {message}");
        }
    }
    for (pointer, wrong, words) in [
        ("/meetingInfo/@odata.type", json!("#microsoft.graph.tokenMeetingInfo"), "tokenMeetingInfo"),
        ("/mediaConfig/@odata.type", json!("x"), "'x'"),
        ("/requestedModalities", json!(["smell"]), "'smell'"),
        ("/requestedModalities", json!([]), "requestedModalities"),
        ("/callbackUri", json!("bot"), "callbackUri"),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(pointer).expect("it is there") = wrong;
        let (status, _, message) = client.post_to(CALLS, body).await.problem();
        assert!(status == 400 && message.contains(words), "{pointer}: {message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_is_for_an_application_to_make() {
    let client = Client::calm().await;
    let body = by_coordinates(&client.meet("A").await.json());
    assert_eq!(client.signed_in().post_to(CALLS, body.clone()).await.problem().0, 403);
    assert_eq!(client.post_to("/beta/communications/calls", body).await.status, 201);
    let (status, _, message) = client.post_to("/v1.0/communications/callRecords", json!({})).await.problem();
    assert!(status == 400 && message.contains("'callRecords'"), "{message}");
    let reply = client.get(CALLS).await;
    assert_eq!((reply.status.as_u16(), reply.header("allow")), (405, Some("POST")));
}
