//! `POST /$batch`: up to 20 requests, each answered as if it had come alone.

use std::time::Duration;

use super::*;

const BATCH: &str = "/v1.0/$batch";

fn item(id: &str, method: &str, url: &str, body: Option<Value>) -> Value {
    let mut item = json!({ "id": id, "method": method, "url": url });
    if let Some(body) = body {
        item["headers"] = json!({ "Content-Type": "application/json" });
        item["body"] = body;
    }
    item
}

/// A createOrGet of this key.
fn meet(id: &str, key: &str) -> Value {
    let url = path_of(ORGANIZER).replace("/v1.0", "");
    item(id, "POST", &url, Some(json!({ "externalId": key })))
}

async fn send(client: &Client, items: impl IntoIterator<Item = Value>) -> Reply {
    client.post_to(BATCH, json!({ "requests": items.into_iter().collect::<Vec<_>>() })).await
}

/// The answer to one of them.
#[track_caller]
fn of<'a>(batch: &'a Value, id: &str) -> &'a Value {
    let mut responses = batch["responses"].as_array().into_iter().flatten();
    responses.find(|response| response["id"] == id).expect("each is answered")
}

fn statuses(batch: &Value, ids: &[&str]) -> Vec<u64> {
    ids.iter().map(|id| of(batch, id)["status"].as_u64().expect("a number")).collect()
}

#[tokio::test(start_paused = true)]
async fn twenty_of_all_kinds_are_answered_in_another_order_and_each_as_if_alone() {
    let client = Client::calm().await;
    let (kept, gone) = (client.meet("kept").await.json(), client.meet("gone").await.json());
    let path = |meeting: &Value| path_to(ORGANIZER, meeting).replace("/v1.0/", "");
    let all = "/users".to_owned() + &meetings_of(ORGANIZER)["/v1.0/users".len()..];
    let mut items: Vec<Value> = (0..9).map(|n| meet(&n.to_string(), &format!("key {n}"))).collect();
    items.extend([
        meet("again", "kept"),
        item("create", "post", &all, Some(json!({ "subject": "B" }))),
        item("get", "GET", &path(&kept), None),
        item("change", "PATCH", &path(&kept), Some(json!({ "recordAutomatically": true }))),
        item("delete", "DELETE", &path(&gone), None),
        item("user", "GET", "users/ada@contoso.example", None),
        item("tenant", "GET", "/organization?$select=id", None),
        item("me", "GET", "/me", None),
        item("path", "GET", "/nowhere", None),
        item("method", "PUT", &all, Some(json!({}))),
        item("list", "GET", &all, None),
    ]);
    assert_eq!(items.len(), 20);
    let reply = send(&client, items.clone()).await;
    assert_eq!(reply.status, 200);
    let batch = reply.json();
    let named =
        ["0", "8", "again", "create", "get", "change", "delete", "user", "tenant", "me", "path", "method", "list"];
    let expected = [201, 201, 200, 201, 200, 200, 204, 200, 200, 400, 400, 405, 400];
    assert_eq!(statuses(&batch, &named), expected);
    let order = |batch: &Value, of: &str| -> Vec<Value> {
        batch[of].as_array().into_iter().flatten().map(|one| one["id"].clone()).collect()
    };
    assert_ne!(order(&batch, "responses"), items.iter().map(|item| item["id"].clone()).collect::<Vec<_>>());
    assert_eq!(of(&batch, "again")["body"]["id"], kept["id"]);
    assert_eq!(of(&batch, "delete").get("body"), None);
    assert_eq!(of(&batch, "method")["headers"]["Allow"], "GET, POST");
    assert!(text(of(&batch, "me"), "/body/error/message").contains("delegated"));
    // Nothing about the batch itself: these two are what the documentation's samples have.
    assert!(text(of(&batch, "get"), "/headers/Content-Type").starts_with("application/json"));

    let report = client.sim.report();
    assert_eq!(report.requests, 2 + 20 + 1, "each counts, and so does the batch");
    assert_eq!(report.by_path["POST /$batch"], [(200, 1)].into());
    assert_eq!(report.by_path["POST /users/{id}/onlineMeetings/createOrGet"], [(200, 1), (201, 11)].into());
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_answered_in_the_same_order_in_every_run() {
    let items: Vec<Value> = (0..20).map(|n| meet(&n.to_string(), &format!("key {n}"))).collect();
    let mut runs = Vec::new();
    for _ in 0..2 {
        let batch = send(&Client::calm().await, items.clone()).await.json();
        let ids = batch["responses"].as_array().into_iter().flatten().map(|one| one["id"].clone());
        runs.push(ids.collect::<Vec<_>>());
    }
    assert_eq!((runs[0].len(), &runs[0]), (20, &runs[1]));
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_cannot_be_read_is_400_and_nothing_of_it_is_done() {
    let client = Client::calm().await;
    let requests = |items: Vec<Value>| json!({ "requests": items });
    let with = |member: &str, value: Value| {
        let mut changed = meet("1", "A");
        changed[member] = value;
        requests(vec![meet("0", "A"), changed])
    };
    let twins = |one: &str, other: &str| requests(vec![meet(one, "A"), meet(other, "B")]);
    for (body, words) in [
        (json!([]), "JSON"),
        (json!({}), "requests"),
        (json!({ "requests": {} }), "requests"),
        (json!({ "requests": [] }), "at least one"),
        (json!({ "requests": [5] }), "requests"),
        (requests((0..21).map(|n| meet(&n.to_string(), "A")).collect()), "20"),
        (twins("a", "a"), "unique"),
        (twins("a", "A"), "unique"),
        (with("id", Value::Null), "'id'"),
        (with("id", json!(1)), "'id'"),
        (with("method", json!("")), "'method'"),
        (with("method", json!("GET IT")), "method"),
        (with("url", Value::Null), "'url'"),
        (with("headers", Value::Null), "Content-Type"),
        (with("headers", json!({ "Content-Type": 5 })), "headers"),
        (with("headers", json!({ "a b": "c" })), "headers"),
        (with("body", Value::Null), "body"),
        (with("dependsOn", json!("0")), "dependsOn"),
        (with("dependsOn", json!([0])), "dependsOn"),
        (with("dependsOn", json!(["nobody"])), "dependsOn"),
        (with("dependsOn", json!(["1"])), "circle"),
    ] {
        let (status, _, message) = client.post_to(BATCH, body.clone()).await.problem();
        assert!(status == 400 && message.contains(words), "{body}: {message}");
    }
    let mut circle = [meet("1", "A"), meet("2", "B"), meet("3", "C")];
    for (at, waits_for) in ["3", "1", "2"].into_iter().enumerate() {
        circle[at]["dependsOn"] = json!([waits_for]);
    }
    assert_eq!(send(&client, circle).await.problem().0, 400);
    assert_eq!(client.get(BATCH).await.problem().0, 405);
    let nobody = Request::builder().method("POST").uri(BATCH).header("content-type", "application/json");
    assert_eq!(client.send(nobody, requests(vec![meet("1", "A")]).to_string()).await.problem().0, 401);
    assert_eq!(client.sim.report().meetings_kept, 0);
}

#[tokio::test(start_paused = true)]
async fn what_waits_comes_after_what_it_waits_for_and_fails_with_it() {
    let client = Client::calm().await;
    let mut items = [meet("late", "A"), meet("first", "A"), meet("bad", ""), meet("spoilt", "B"), meet("too", "C")];
    items[0]["dependsOn"] = json!(["first"]);
    items[3]["dependsOn"] = json!(["first", "bad"]);
    items[4]["dependsOn"] = json!(["spoilt"]);
    let batch = send(&client, items).await.json();
    assert_eq!(statuses(&batch, &["first", "late", "bad", "spoilt", "too"]), [201, 200, 400, 424, 424]);
    assert_eq!(of(&batch, "spoilt")["body"]["error"]["code"], "FailedDependency");
    assert_eq!(client.sim.report().meetings_kept, 1);
}

#[tokio::test(start_paused = true)]
async fn an_item_has_its_own_headers_and_the_batch_its_token_and_version() {
    let client = Client::calm().await;
    client.post(full()).await;
    let body = json!({ "externalId": "MATH101-2027-02-03-A" });
    let mut newer = meet("newer", "MATH101-2027-02-03-A");
    newer["headers"]["Prefer"] = json!("include-unknown-enum-members");
    newer["headers"]["Authorization"] = json!("Bearer nothing");
    let nested = item("nested", "POST", "/$batch", Some(json!({ "requests": [meet("1", "A")] })));
    let absolute = item("absolute", "POST", &path_of(ORGANIZER), Some(body));
    let mut plain = meet("plain", "A");
    plain["headers"] = json!({ "Content-Type": "text/plain" });
    let items = [meet("older", "MATH101-2027-02-03-A"), newer, nested, absolute, plain];
    let batch = client.post_to("/beta/$batch", json!({ "requests": items })).await.json();
    assert_eq!(statuses(&batch, &["older", "newer", "nested", "absolute", "plain"]), [200, 200, 400, 400, 400]);
    let role = |id: &str| of(&batch, id)["body"]["participants"]["attendees"][3]["role"].clone();
    assert_eq!((role("older"), role("newer")), (json!("unknownFutureValue"), json!("producer")));
    assert!(text(of(&batch, "older"), "/body/@odata.context").contains("/beta/"));

    let user = client.signed_in();
    let own = item("me", "POST", "/me/onlineMeetings", Some(json!({})));
    let batch = send(&user, [own, item("who", "GET", "/me", None), meet("other", "A")]).await.json();
    assert_eq!(statuses(&batch, &["me", "who", "other"]), [201, 200, 403]);
}

#[tokio::test(start_paused = true)]
async fn each_item_uses_up_the_quota_and_is_told_for_itself_to_wait() {
    let client = Client::new("calm,quota=3/10s,latency=0".parse().expect("a scenario")).await;
    let batch = send(&client, (0..5).map(|n| meet(&n.to_string(), &n.to_string()))).await;
    assert_eq!((batch.status.as_u16(), batch.header("retry-after")), (200, None));
    let batch = batch.json();
    assert_eq!(statuses(&batch, &["0", "1", "2", "3", "4"]), [201, 201, 201, 429, 429]);
    for id in ["3", "4"] {
        assert_eq!(of(&batch, id)["headers"]["Retry-After"], "10");
    }
    assert_eq!(client.meet("5").await.status, 429);
    tokio::time::advance(Duration::from_secs(10)).await;
    let batch = send(&client, [meet("3", "3"), meet("4", "4")]).await.json();
    assert_eq!(statuses(&batch, &["3", "4"]), [201, 201]);
    let report = client.sim.report();
    assert_eq!((report.in_hold, report.by_status[&429], report.meetings_kept), (1, 3, 5));
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_inside_a_batch_is_502_in_it_and_done_all_the_same() {
    for lost in ["reset-after=100%", "cut-off=100%", "not-json=100%"] {
        let client = Client::new(format!("calm,faults-end=6,{lost}").parse().expect("a scenario")).await;
        for _ in 0..6 {
            let batch = send(&client, [meet("1", "A")]).await.json();
            assert_eq!(of(&batch, "1")["status"], 502, "{lost}");
            assert_eq!(client.sim.report().meetings_kept, 1, "{lost}");
        }
        let batch = send(&client, [meet("1", "A")]).await.json();
        assert_eq!(of(&batch, "1")["status"], 200, "{lost}");
    }
    let client = Client::new("calm,reset-before=100%".parse().expect("a scenario")).await;
    assert_eq!(of(&send(&client, [meet("1", "A")]).await.json(), "1")["status"], 502);
    assert_eq!(client.sim.report().meetings_kept, 0);
    let slow = Client::new("calm,latency=5s".parse().expect("a scenario")).await;
    let before = tokio::time::Instant::now();
    send(&slow, (0..20).map(|n| meet(&n.to_string(), "A"))).await;
    assert!(before.elapsed() < Duration::from_secs(6), "they are carried out at the same time");
    assert_eq!(slow.sim.report().in_flight_max, 21);
}
