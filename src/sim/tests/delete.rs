//! `DELETE /users/{id}/onlineMeetings/{id}`, what comes after it, and what the report says of all that.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_deleted_meeting_is_gone_and_its_key_makes_another() {
    let client = Client::calm().await;
    let first = client.meet("A").await.json();
    let other = client.meet("B").await.json();
    let path = path_to(ORGANIZER, &first);
    let gone = client.delete(&path).await;
    assert_eq!((gone.status.as_u16(), gone.body.as_deref()), (204, Some(&b""[..])));
    assert_eq!(gone.header("content-type"), None);
    for method in ["DELETE", "GET", "PATCH"] {
        let reply = client.send(client.request().method(method).uri(&path), "{}").await;
        let (status, _, message) = reply.problem();
        assert!(status == 404 && message.contains("not found"), "{method}: {message}");
    }
    assert_eq!(client.sim.report().meetings_kept, 1);

    let second = client.meet("A").await;
    assert_eq!(second.status, 201);
    let second = second.json();
    for pointer in ["/id", "/joinWebUrl", "/meetingCode", "/chatInfo/threadId", "/joinMeetingIdSettings/passcode"] {
        assert_ne!(text(&first, pointer), text(&second, pointer), "{pointer}");
    }
    assert_eq!(client.get(&path).await.status, 404, "the first does not come back");
    assert_eq!(client.meet("A").await.json()["id"], second["id"]);
    assert_eq!(client.meet("B").await.json()["id"], other["id"]);
    let report = client.sim.report();
    let made = |key: &str| report.meetings[&format!("{TENANT_ID}/{ORGANIZER}/{key}")];
    assert_eq!((made("A"), made("B"), report.meetings_kept), (2, 1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_key_makes_the_same_meetings_in_two_runs_however_often_they_are_deleted() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let client = Client::calm().await;
        let mut ids = Vec::new();
        for _ in 0..5 {
            let meeting = client.meet("A").await.json();
            ids.push(text(&meeting, "/id"));
            assert_eq!(client.delete(&path_to(ORGANIZER, &meeting)).await.status, 204);
        }
        assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), 5);
        runs.push(ids);
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test(start_paused = true)]
async fn only_the_organizer_deletes_and_the_answer_may_be_lost() {
    let client = Client::new("calm,faults-end=6,504=100%".parse().expect("a scenario")).await;
    let meeting = loop {
        let reply = client.meet("A").await;
        if reply.status == 200 {
            break reply.json();
        }
    };
    assert_eq!(client.delete(&path_to(USER_ID, &meeting)).await.problem().0, 404);
    assert_eq!(client.signed_in().delete(&path_to(ORGANIZER, &meeting)).await.problem().0, 403);
    let path = path_to(ORGANIZER, &meeting);
    assert_eq!(client.sim.report().meetings_kept, 1);
    assert_eq!(client.delete(&path).await.problem().0, 504, "it is done, and not told");
    assert_eq!(client.sim.report().meetings_kept, 0);
}

#[tokio::test(start_paused = true)]
async fn the_report_tells_what_was_asked_and_what_came_of_it() {
    let client = Client::new("calm,quota=5/10s,latency=0".parse().expect("a scenario")).await;
    let meeting = client.meet("A").await.json();
    let path = path_to(ORGANIZER, &meeting);
    client.meet("A").await;
    client.post_to(&meetings_of(ORGANIZER), json!({})).await;
    client.post_to(&meetings_of(ORGANIZER), json!([])).await;
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.delete(&path).await.status, 429);
    tokio::time::advance(std::time::Duration::from_secs(3)).await;
    assert_eq!(client.get("/v1.0/users/nobody/events").await.status, 429);

    let reply = client.get("/sim/report").await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, Some("application/json")));
    let expected = json!({
        "requests": 7,
        "byStatus": { "200": 1, "201": 2, "204": 1, "400": 1, "429": 2 },
        "byPath": {
            "POST /users/{id}/onlineMeetings/createOrGet": { "200": 1, "201": 1 },
            "POST /users/{id}/onlineMeetings": { "201": 1, "400": 1 },
            "DELETE /users/{id}/onlineMeetings/{id}": { "204": 1, "429": 1 },
            "GET (unknown)": { "429": 1 },
            "POST /{tenant}/oauth2/v2.0/token": { "200": 1 },
        },
        "meetings": { format!("{TENANT_ID}/{ORGANIZER}/A"): 1 },
        "meetingsKept": 1,
        "meetingsMade": 2,
        "inFlightMax": 1,
        "inHold": 1,
        "seconds": {
            "0": { "requests": 6, "inHold": 0, "throttled": 1 },
            "3": { "requests": 1, "inHold": 1, "throttled": 1 },
        },
        "tokensIssued": 1,
    });
    assert_eq!(reply.json(), expected);
    assert_eq!(client.get("/sim/report").await.json(), expected, "to look is not to ask");
    let reply = client.post_to("/sim/report", json!({})).await;
    assert_eq!((reply.status.as_u16(), reply.header("allow")), (405, Some("GET, HEAD")));
    let look = client.request().method("HEAD").uri("/sim/report");
    assert_eq!(client.send(look, "").await.status, 200);
}
