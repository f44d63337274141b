//! What a meeting is made of, and what makes two requests the same meeting.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

#[tokio::test(start_paused = true)]
async fn the_first_request_is_201_and_the_meeting_is_complete() {
    let client = Client::calm().await;
    let reply = client.post(full()).await;
    assert_eq!(reply.status, 201);
    let meeting = reply.json();
    for (member, value) in [
        ("externalId", json!("MATH101-2027-02-03-A")),
        ("subject", json!("MATH101 week 5")),
        ("startDateTime", json!("2027-02-03T08:00:00Z")),
        ("endDateTime", json!("2027-02-03T09:30:00.5Z")),
        ("expiryDateTime", json!("2027-04-04T09:30:00.5Z")),
        ("isBroadcast", json!(false)),
        ("videoTeleconferenceId", Value::Null),
        ("lobbyBypassSettings", json!({ "scope": "organization", "isDialInBypassEnabled": false })),
    ] {
        assert_eq!(meeting[member], value, "{member}");
    }
    let created = meeting["creationDateTime"].as_str().expect("a time");
    assert_eq!(created.len(), "2026-11-20T09:14:07.1182043Z".len(), "{created}");
    let members = meeting.as_object().expect("an object").len();
    assert_eq!(members, 47);
}

#[tokio::test(start_paused = true)]
async fn a_second_request_with_the_same_key_is_200_and_ignores_the_body() {
    let client = Client::calm().await;
    let first = client.post(full()).await;
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    let second = client.meet("MATH101-2027-02-03-A").await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 200));
    assert_eq!(first.body, second.body);
    assert_eq!(client.sim.report().meetings.into_values().collect::<Vec<_>>(), [1]);
}

#[tokio::test(start_paused = true)]
async fn the_key_is_organizer_in_any_case_and_external_id_verbatim() {
    let client = Client::calm().await;
    assert_eq!(client.meet("a/1").await.status, 201);
    let upper = client.request().uri(path_of(&ORGANIZER.to_uppercase()));
    assert_eq!(client.send(upper, r#"{"externalId":"a/1"}"#).await.status, 200);
    let other = path_of("6b1e0000-0000-4000-8000-000000000002");
    let other = client.request().uri(other);
    assert_eq!(client.send(other, r#"{"externalId":"a/1"}"#).await.status, 201);
    for id in ["A/1", "a/1 ", " ", "\u{e4}", "a\u{308}", "\u{0}"] {
        assert_eq!(client.meet(id).await.status, 201, "{id:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_at_once_make_one_meeting() {
    let client = Client::calm().await;
    let replies = futures::future::join_all((0..100).map(|_| client.meet("A"))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    let report = client.sim.report();
    assert_eq!(report.meetings.into_values().collect::<Vec<_>>(), [1]);
    assert_eq!(report.in_flight_max, 100);
}

#[tokio::test(start_paused = true)]
async fn without_times_it_is_an_hour_from_now() {
    let client = Client::calm().await;
    let meeting = client.meet("A").await.json();
    let time = |member: &str| {
        chrono::DateTime::parse_from_rfc3339(meeting[member].as_str().expect("a time")).expect("in order")
    };
    assert_eq!(time("startDateTime"), time("creationDateTime"));
    assert_eq!(time("endDateTime") - time("startDateTime"), chrono::TimeDelta::hours(1));

    let body = json!({ "externalId": "B", "startDateTime": "1999-12-31T23:30:00-01:00" });
    let meeting = client.post(body).await.json();
    assert_eq!(meeting["startDateTime"], "2000-01-01T00:30:00Z");
    assert_eq!(meeting["endDateTime"], "2000-01-01T01:30:00Z");
}

#[tokio::test(start_paused = true)]
async fn links_and_ids_say_what_graph_puts_in_them() {
    let client = Client::calm().await;
    for n in 0..50 {
        let meeting = client.meet(&n.to_string()).await.json();
        let text = |pointer: &str| meeting.pointer(pointer).and_then(Value::as_str).expect("a text").to_owned();
        let thread = text("/chatInfo/threadId");
        let name = thread.strip_prefix("19:meeting_").and_then(|name| name.strip_suffix("@thread.v2"));
        let name = name.expect("the form of a thread");
        let context = format!("%7b%22Tid%22%3a%22{TENANT_ID}%22%2c%22Oid%22%3a%22{ORGANIZER}%22%7d");
        let url = format!("https://teams.example/l/meetup-join/19%3ameeting_{name}%40thread.v2/0?context={context}");
        assert_eq!(text("/joinWebUrl"), url);
        assert_eq!(text("/joinUrl"), url);
        let id = STANDARD.decode(text("/id")).expect("base64");
        assert_eq!(id, format!("1*{ORGANIZER}*0**{thread}").into_bytes());
        let code = text("/joinMeetingIdSettings/joinMeetingId");
        assert!((12..=15).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(text("/meetingCode"), code);
        assert_eq!(text("/joinMeetingIdSettings/passcode").len(), 6);
        let invitation = text("/joinInformation/content");
        assert!(invitation.starts_with("data:text/html,%3cdiv%3e"), "{invitation}");
        assert!(!invitation.contains("%20") && invitation.contains('+'));
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_is_heeded_on_beta_alone() {
    let client = Client::calm().await;
    let channel = "19:abc@thread.tacv2";
    let body = json!({ "externalId": "A", "chatInfo": { "threadId": channel, "messageId": "1" } });
    let thread = client.post(body.clone()).await.json()["chatInfo"]["threadId"].clone();
    assert_ne!(thread, channel);

    let other = Client::calm().await;
    let request = other.request().uri(path_of(ORGANIZER).replace("v1.0", "beta"));
    let meeting = other.send(request, body.to_string()).await.json();
    assert_eq!(meeting["chatInfo"]["threadId"], channel);
    let message = meeting["chatInfo"]["messageId"].as_str().expect("a text");
    assert!(message.len() == 13 && message.bytes().all(|byte| byte.is_ascii_digit()), "{message}");
    let path = format!("/19%3aabc%40thread.tacv2/{message}?");
    assert!(meeting["joinWebUrl"].as_str().is_some_and(|url| url.contains(&path)));
    // Two meetings of a channel are two.
    let request = other.request().uri(path_of(ORGANIZER).replace("v1.0", "beta"));
    let body = json!({ "externalId": "B", "chatInfo": { "threadId": channel } });
    assert_ne!(other.send(request, body.to_string()).await.json()["id"], meeting["id"]);
}

#[tokio::test(start_paused = true)]
async fn two_runs_make_the_same_meetings_in_whatever_order() {
    let (one, other) = (Client::calm().await, Client::calm().await);
    let stripped = |reply: &Reply| {
        let mut meeting = reply.json();
        meeting["creationDateTime"].take();
        meeting
    };
    let body = |id: u32| {
        let mut body = full();
        body["externalId"] = json!(id.to_string());
        body
    };
    let forward = futures::future::join_all((0..20).map(|id| one.post(body(id)))).await;
    let mut backward = Vec::new();
    for id in (0..20).rev() {
        backward.push(other.post(body(id)).await);
    }
    backward.reverse();
    assert!(forward.iter().map(stripped).eq(backward.iter().map(stripped)));

    let third = Client::new(Scenario { seed: 2, ..Scenario::calm() }).await;
    assert_ne!(third.meet("0").await.json()["joinWebUrl"], forward[0].json()["joinWebUrl"]);
}
