//! The service's clock is ahead or behind: seen in all that it dates, and in nothing that it waits for.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use tokio::time::Instant;

use super::*;

/// The machine's clock runs on while that of a test stands still.
const SLACK: i64 = 10;

fn unix(http_date: Option<&str>) -> i64 {
    let date = httpdate::parse_http_date(http_date.expect("the header is there")).expect("an HTTP date");
    DateTime::<chrono::Utc>::from(date).timestamp()
}

fn rfc3339(time: &Value) -> i64 {
    DateTime::parse_from_rfc3339(time.as_str().expect("a text")).expect("a time").timestamp()
}

#[tokio::test(start_paused = true)]
async fn a_skew_shows_in_all_that_is_dated() {
    for (text, skew) in [("skew=+90s", 90), ("skew=-5m", -300), ("skew=0", 0)] {
        let scenario = format!("{text},quota=1/20s,retry-after=date,latency=0");
        let client = Client::new(scenario.parse().expect("a scenario")).await;
        let real = i64::try_from(UNIX_EPOCH.elapsed().expect("after 1970").as_secs()).expect("a while");
        let is_skewed = |time: i64| (time - real - skew).abs() <= SLACK;

        let made = client.meet("A").await;
        assert!(is_skewed(unix(made.header("date"))), "{text}: {:?}", made.header("date"));
        assert!(is_skewed(rfc3339(&made.json()["creationDateTime"])), "{text}");
        let refused = client.meet("A").await;
        assert!(is_skewed(rfc3339(&refused.json()["error"]["innerError"]["date"])), "{text}");
        let wait = unix(refused.header("retry-after")) - unix(refused.header("date"));
        assert!((20..=21).contains(&wait), "{text}: {wait} s by the service's own clock");

        let claims = client.token.split('.').nth(1).expect("three parts");
        let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64");
        let claims: Value = serde_json::from_slice(&claims).expect("JSON");
        assert!(is_skewed(claims["iat"].as_i64().expect("a number")), "{text}: {claims}");
        assert!(is_skewed(claims["exp"].as_i64().expect("a number") - 3599), "{text}: {claims}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_skew_makes_nothing_longer_or_shorter() {
    for skew in ["+90s", "-5m"] {
        let scenario = format!("skew={skew},latency=4s,token-lifetime=10m,quota=1/30s,retry-after=date");
        let client = Client::new(scenario.parse().expect("a scenario")).await;
        let before = Instant::now();
        assert_eq!(client.meet("A").await.status, 201);
        assert!(before.elapsed().abs_diff(Duration::from_secs(4)) < Duration::from_millis(2));
        // Told at second 8, for the rest of the window.
        assert_eq!(client.meet("A").await.status, 429);
        tokio::time::advance(Duration::from_millis(21_500)).await;
        client.meet("A").await;
        assert_eq!(client.sim.report().in_hold, 1, "{skew}");
        tokio::time::sleep_until(before + Duration::from_secs(70)).await;
        client.meet("A").await;
        assert_eq!(client.sim.report().in_hold, 1, "{skew}");

        tokio::time::sleep_until(before + Duration::from_secs(599)).await;
        assert_ne!(client.meet("A").await.status, 401, "{skew}");
        tokio::time::sleep_until(before + Duration::from_secs(601)).await;
        assert_eq!(client.meet("A").await.status, 401, "{skew}");
    }
}

#[tokio::test(start_paused = true)]
async fn all_that_is_served_has_the_same_time_as_graph() {
    for skew in ["+90s", "-5m"] {
        let sim = Sim::new(format!("skew={skew},latency=0").parse().expect("a scenario"));
        let mut dates = Vec::new();
        for (method, path) in [
            ("GET", "/v1.0/me"),
            ("POST", "/common/oauth2/v2.0/token"),
            ("GET", "/common/v2.0/.well-known/openid-configuration"),
            ("GET", "/devicelogin"),
            ("POST", "/devicelogin"),
            ("GET", "/sim/report"),
            ("GET", "/l/meetup-join/a/0"),
        ] {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
            dates.push(ask(&sim, request).await.header("date").map(str::to_owned));
        }
        assert_eq!(dates, vec![Some(sim.clock().http_date()); 7], "{skew}");
    }
}
