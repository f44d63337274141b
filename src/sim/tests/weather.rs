//! Latency, quota, faults and holds, as they reach the client.

use std::time::Duration;

use tokio::time::Instant;

use super::*;

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn stored(client: &Client) -> usize {
    client.sim.report().meetings.len()
}

#[tokio::test(start_paused = true)]
async fn an_answer_takes_its_latency() {
    let slow = Scenario { latency: (seconds(2.0), seconds(3.0)).into(), ..Scenario::calm() };
    let client = Client::new(slow).await;
    let before = Instant::now();
    client.meet("A").await;
    let taken = before.elapsed();
    assert!(taken >= seconds(2.0) && taken <= seconds(3.002), "{taken:?}");
    // What is refused at the door is refused at once.
    let before = Instant::now();
    client.meet("").await;
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_effect_comes_before_the_latency() {
    let slow = Scenario { latency: Latency::Fixed(seconds(5.0)), ..Scenario::calm() };
    let client = Client::new(slow).await;
    // The client does not wait for the answer.
    assert!(tokio::time::timeout(seconds(1.0), client.meet("A")).await.is_err());
    let report = client.sim.report();
    assert_eq!((report.requests, report.meetings.len()), (1, 1));
    let path = "POST /users/{id}/onlineMeetings/createOrGet";
    assert_eq!((&report.by_status, &report.by_path[path]), (&[(0, 1)].into(), &[(0, 1)].into()), "it has no answer");
    assert_eq!(client.meet("A").await.status, 200);
    let report = client.sim.report();
    assert_eq!(report.by_status, [(0, 1), (200, 1)].into());
    assert_eq!(report.in_flight_max, 1, "who has gone is not in flight");
}

#[tokio::test(start_paused = true)]
async fn faults_before_the_effect_make_no_meeting() {
    for (scenario, status, code) in [
        (Scenario { internal_error: 1.0, ..Scenario::calm() }, 500, "InternalServerError"),
        (Scenario { bad_gateway: 1.0, ..Scenario::calm() }, 502, "BadGateway"),
    ] {
        let client = Client::new(scenario).await;
        let problem = client.meet("A").await.problem();
        assert_eq!((problem.0, problem.1.as_str()), (status, code));
        assert_eq!(stored(&client), 0);
        assert_eq!(client.sim.report().by_status, [(status, 1)].into());
    }
}

#[tokio::test(start_paused = true)]
async fn a_504_comes_after_the_effect() {
    let client = Client::new(Scenario { gateway_timeout: 1.0, ..Scenario::calm() }).await;
    let problem = client.meet("A").await.problem();
    assert_eq!((problem.0, problem.1.as_str()), (504, "GatewayTimeout"));
    assert_eq!(stored(&client), 1);
}

#[tokio::test(start_paused = true)]
async fn half_of_503_come_after_the_effect() {
    let client = Client::new(Scenario { unavailable: 1.0, ..Scenario::calm() }).await;
    for n in 0..400 {
        assert_eq!(client.meet(&n.to_string()).await.problem().0, 503);
    }
    let made = stored(&client);
    assert!((160..=240).contains(&made), "{made}");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_connection_is_marked_and_counted_as_0() {
    for (scenario, made) in [
        (Scenario { dropped_before: 1.0, ..Scenario::calm() }, 0),
        (Scenario { dropped_after: 1.0, ..Scenario::calm() }, 1),
    ] {
        let client = Client::new(scenario).await;
        assert!(client.meet("A").await.dropped);
        assert_eq!(client.sim.report().by_status, [(0, 1)].into());
        assert_eq!(stored(&client), made);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cut_off_body_ends_in_an_error_and_the_meeting_is_there() {
    let client = Client::new(Scenario { cut_off: 1.0, ..Scenario::calm() }).await;
    let reply = client.meet("A").await;
    assert_eq!(reply.status, 201);
    assert!(reply.header("content-length").is_some());
    assert!(reply.body.is_none());
    assert_eq!(stored(&client), 1);
}

#[tokio::test(start_paused = true)]
async fn a_proxy_says_200_and_html_and_the_meeting_is_there() {
    let client = Client::new(Scenario { proxy_page: 1.0, ..Scenario::calm() }).await;
    let reply = client.meet("A").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(reply.header("request-id").is_none());
    assert_eq!(stored(&client), 1);
}

#[tokio::test(start_paused = true)]
async fn who_keeps_trying_gets_through_and_makes_one_meeting() {
    let client = Client::new(Scenario { gateway_timeout: 1.0, faults_end: Some(6), ..Scenario::calm() }).await;
    for _ in 0..6 {
        assert_eq!(client.meet("A").await.status, 504);
    }
    assert_eq!(client.meet("A").await.status, 200);
    assert_eq!(client.sim.report().meetings.into_values().collect::<Vec<_>>(), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_storm_is_the_same_for_each_key_whatever_the_order() {
    let (one, other) = (Client::new(Scenario::stormy()).await, Client::new(Scenario::stormy()).await);
    let seen = |reply: &Reply| (reply.status, reply.dropped, reply.body.is_none());
    let ids: Vec<String> = (0..200).map(|n: u32| n.to_string()).collect();
    let together = futures::future::join_all(ids.iter().map(|id| one.meet(id))).await;
    let mut apart = Vec::new();
    for id in ids.iter().rev() {
        apart.push(seen(&other.meet(id).await));
    }
    apart.reverse();
    assert_eq!(together.iter().map(seen).collect::<Vec<_>>(), apart);
}

#[tokio::test(start_paused = true)]
async fn no_scenario_is_too_extreme() {
    let scenario = Scenario {
        quota: Some(Quota::window(0, Duration::MAX)),
        token_lifetime: Duration::MAX,
        retry_after_max: Duration::MAX,
        latency: (seconds(2.0), seconds(1.0)).into(),
        ..Scenario::calm()
    };
    let client = Client::new(scenario.clone()).await;
    assert_eq!(client.meet("A").await.status, 429);
    let client = Client::new(Scenario { quota: None, throttled: f64::INFINITY, ..scenario.clone() }).await;
    for n in 0..20 {
        assert_eq!(client.meet(&n.to_string()).await.status, 429);
    }
    let client = Client::new(Scenario { quota: None, throttled: f64::NAN, ..scenario }).await;
    assert_eq!(client.meet("A").await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_comes_leaves_its_meeting_and_nobody_in_flight() {
    let client = Client::new(Scenario { never: 1.0, faults_end: Some(6), ..Scenario::calm() }).await;
    for _ in 0..6 {
        assert!(tokio::time::timeout(seconds(300.0), client.meet("A")).await.is_err());
        assert_eq!(stored(&client), 1);
    }
    assert_eq!(client.sim.report().by_status, [(0, 6)].into(), "what has no answer is told as 0");
    assert_eq!(client.meet("A").await.status, 200);
    assert_eq!(client.sim.report().in_flight_max, 1, "who has gone is not in flight");
}
