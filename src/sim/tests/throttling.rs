//! 429: the quota, the forms of Retry-After, and who comes too early.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::*;

#[tokio::test(start_paused = true)]
async fn over_the_quota_it_is_429_until_the_window_ends() {
    let quota = Quota::window(3, Duration::from_secs_f64(10.0));
    let client = Client::new(Scenario { quota: Some(quota), ..Scenario::calm() }).await;
    for id in ["A", "B", "C"] {
        assert_eq!(client.meet(id).await.status, 201);
    }
    tokio::time::sleep(Duration::from_secs_f64(2.5)).await;
    let reply = client.meet("D").await;
    assert_eq!(reply.status, 429);
    assert_eq!(reply.header("retry-after"), Some("8"));
    assert_eq!(client.sim.report().meetings.len(), 3);
    tokio::time::sleep(Duration::from_secs_f64(7.4)).await;
    let reply = client.meet("D").await;
    assert_eq!(reply.header("retry-after"), Some("1"));
    tokio::time::sleep(Duration::from_secs_f64(1.0)).await;
    assert_eq!(client.meet("D").await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_429_has_each_form_of_retry_after_and_holds_for_just_that_long() {
    let throttled = Scenario { throttled: 1.0, retry_after_max: Duration::from_secs_f64(3.0), ..Scenario::calm() };
    let client = Client::new(throttled).await;
    let mut forms = BTreeMap::<&str, u32>::new();
    for n in 0..60 {
        let reply = client.meet(&n.to_string()).await;
        assert_eq!(reply.status, 429);
        let answered = Instant::now();
        let Some(value) = reply.header("retry-after") else {
            *forms.entry("absent").or_default() += 1;
            assert_eq!(held(&client).await, 0);
            continue;
        };
        let (form, wait) = if let Ok(date) = httpdate::parse_http_date(value) {
            let unix = date.duration_since(std::time::UNIX_EPOCH).expect("after 1970");
            ("date", unix.saturating_sub(client.sim.clock().unix()))
        } else if let Ok(whole) = value.parse::<u64>() {
            ("seconds", Duration::from_secs(whole))
        } else {
            ("fraction", Duration::from_secs_f64(value.parse().expect("a number")))
        };
        *forms.entry(form).or_default() += 1;
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs_f64(3.0), "{value}");
        tokio::time::sleep_until(answered + wait - Duration::from_millis(2)).await;
        assert_eq!(held(&client).await, 1, "{value}");
        tokio::time::sleep_until(answered + wait).await;
        assert_eq!(held(&client).await, 0, "{value}");
    }
    assert_eq!(forms.len(), 4, "{forms:?}");
}

/// How many more requests in a hold one request at this moment makes.
async fn held(client: &Client) -> u64 {
    let before = client.sim.report().in_hold;
    // Nobody's, so that it is off nobody's quota.
    client.send(Request::builder().method("POST").uri(path_of(ORGANIZER)), "{}").await;
    client.sim.report().in_hold - before
}

#[tokio::test(start_paused = true)]
async fn a_hold_begins_with_the_answer_and_a_shorter_one_does_not_end_it() {
    let scenario = Scenario {
        quota: Some(Quota::window(1, Duration::from_secs_f64(30.0))),
        latency: Latency::Fixed(Duration::from_secs(4)),
        ..Scenario::calm()
    };
    let client = Client::new(scenario).await;
    client.meet("A").await;
    let (_, others) = futures::join!(client.meet("B"), async {
        tokio::time::sleep(Duration::from_secs_f64(3.9)).await;
        // B's 429 has been decided but not told.
        held(&client).await
    });
    assert_eq!(others, 0);
    assert_eq!(held(&client).await, 1);
    tokio::time::sleep(Duration::from_secs_f64(21.0)).await;
    assert_eq!(held(&client).await, 1);
    tokio::time::sleep(Duration::from_secs_f64(1.1)).await;
    assert_eq!(held(&client).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_quota_says_when_to_come_in_the_form_it_is_to_and_holds_until_then() {
    for (form, held_for) in [
        (RetryAfter::Integer, Some(Duration::from_secs(10))),
        (RetryAfter::Fraction, Some(Duration::from_millis(9_500))),
        (RetryAfter::Date, None),
    ] {
        let quota = Quota { retry_after: form, ..Quota::window(1, Duration::from_secs(10)) };
        let client =
            Client::new(Scenario { quota: Some(quota), latency: Latency::default(), ..Scenario::calm() }).await;
        client.meet("A").await;
        tokio::time::advance(Duration::from_millis(500)).await;
        let reply = client.meet("A").await;
        let value = reply.header("retry-after").expect("the quota says when");
        let wait = match httpdate::parse_http_date(value) {
            Ok(date) => date.duration_since(std::time::UNIX_EPOCH + client.sim.clock().unix()).expect("in the future"),
            Err(_) => Duration::from_secs_f64(value.parse().expect("a number")),
        };
        if let Some(held_for) = held_for {
            assert_eq!(wait, held_for, "{value}");
        }
        let window = Duration::from_millis(9_500);
        assert!(wait >= window && wait < window + Duration::from_secs(1), "{value}");
        tokio::time::advance(wait.saturating_sub(Duration::from_millis(1))).await;
        assert_eq!(held(&client).await, 1, "{value}");
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(held(&client).await, 0, "{value}");
    }
    let quota = Quota { retry_after: RetryAfter::Absent, ..Quota::window(1, Duration::from_secs(10)) };
    let client = Client::new(Scenario { quota: Some(quota), ..Scenario::calm() }).await;
    client.meet("A").await;
    let reply = client.meet("A").await;
    assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (429, None));
    assert_eq!(held(&client).await, 0);
}

#[tokio::test(start_paused = true)]
async fn each_organizer_has_a_quota_beside_that_of_the_app() {
    let scenario = "quota=3/10s,user-quota=1/30s,latency=0".parse().expect("a scenario");
    let client = Client::new(scenario).await;
    let meet = async |organizer: u32| {
        let path = path_of(&format!("6b1e0000-0000-4000-8000-00000000000{organizer}"));
        let reply = client.send(client.request().uri(path), json!({ "externalId": "A" }).to_string()).await;
        (reply.status.as_u16(), reply.header("retry-after").map(str::to_owned))
    };
    let throttled = |seconds: &str| (429, Some(seconds.to_owned()));
    assert_eq!(meet(1).await, (201, None));
    assert_eq!(meet(1).await, throttled("30"), "its own quota is used up");
    assert_eq!(meet(2).await, (201, None), "another organizer has another");
    assert_eq!(meet(3).await, throttled("10"), "that of the app is used up");
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(meet(1).await, throttled("20"));
    assert_eq!(meet(4).await, (201, None));
    tokio::time::advance(Duration::from_secs(20)).await;
    assert_eq!(meet(1).await, (200, None));
}

#[tokio::test(start_paused = true)]
async fn the_429_of_a_users_quota_holds_nobody_else() {
    let client = Client::new("user-quota=1/30s,latency=0".parse().expect("a scenario")).await;
    let meet = async |organizer: u32| {
        let path = path_of(&format!("6b1e0000-0000-4000-8000-00000000000{organizer}"));
        let reply = client.send(client.request().uri(path), json!({ "externalId": "A" }).to_string()).await;
        (reply.status.as_u16(), client.sim.report().in_hold)
    };
    assert_eq!([meet(1).await, meet(1).await], [(201, 0), (429, 0)]);
    assert_eq!([meet(2).await, meet(1).await], [(201, 0), (429, 1)]);
    client.get("/v1.0/organization").await;
    let item = |id: u32| {
        let url = format!("/users/6b1e0000-0000-4000-8000-00000000000{id}/onlineMeetings/createOrGet");
        json!({ "id": id.to_string(), "method": "POST", "url": url, "body": { "externalId": "A" },
                "headers": { "Content-Type": "application/json" } })
    };
    client.post_to("/v1.0/$batch", json!({ "requests": [item(1), item(2), item(3), item(4)] })).await;
    assert_eq!(client.sim.report().in_hold, 2, "of the batch, only what is for the first user");
    // That of the app's quota, and those of fate, hold everybody.
    for scenario in ["quota=1/30s,latency=0", "throttled=100%,latency=0"] {
        let client = Client::new(scenario.parse().expect("a scenario")).await;
        while client.meet("A").await.header("retry-after").is_none() {}
        assert_eq!(held(&client).await, 1, "{scenario}");
        let other = path_of("6b1e0000-0000-4000-8000-000000000009");
        let before = client.sim.report().in_hold;
        client.send(client.request().uri(other), json!({ "externalId": "A" }).to_string()).await;
        assert_eq!(client.sim.report().in_hold, before + 1, "{scenario}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_check_refuses_is_off_the_quota_of_the_app_and_has_no_latency() {
    let client = Client::new("quota=5/10s,user-quota=1/10s,latency=5s".parse().expect("a scenario")).await;
    let before = Instant::now();
    let batch = json!({ "requests": [] });
    assert_eq!(client.meet("").await.status, 400);
    assert_eq!(client.get("/v1.0/users/nobody/onlineMeetings/A").await.status, 404);
    assert_eq!(client.signed_in().meet("A").await.status, 403);
    assert_eq!(client.get(&path_of(ORGANIZER)).await.status, 405);
    assert_eq!(client.post_to("/v1.0/$batch", batch.clone()).await.status, 400);
    // Who is nobody has no quota.
    let nobody = async || client.send(Request::builder().uri("/v1.0/me"), "").await.status;
    assert_eq!(nobody().await, 401);
    for reply in [
        client.meet("").await,
        client.get("/v1.0/users/nobody/onlineMeetings/A").await,
        client.post_to("/v1.0/$batch", batch).await,
    ] {
        assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (429, Some("10")));
    }
    assert_eq!(nobody().await, 401);
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(client.meet("A").await.status, 429);
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(client.meet("A").await.status, 201, "the user's was not touched");
}
