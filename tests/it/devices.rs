//! A person who signs in by a code and makes meetings as themselves, against the embedded Graph.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use convoke::graph::{Credentials, DeviceCode};
use convoke::sim::{CLIENT_ID, Registration, Scenario, Sim, TENANT_ID};
use convoke::stop::Reason;
use http::StatusCode;

use crate::harness::{How, Ran, provision, reply};

/// A sheet of one's own meetings.
fn own(rows: usize) -> String {
    let rows = (0..rows).map(|row| format!("D-{row},2027-02-03T08:00:00Z,2027-02-03T09:00:00Z\n"));
    format!("externalId,startDateTime,endDateTime\n{}", rows.collect::<String>())
}

fn how(keep: Option<&Path>, asks: bool) -> How {
    let (tenant, client_id, keep) = (TENANT_ID.to_owned(), CLIENT_ID.to_owned(), keep.map(PathBuf::from));
    let app = DeviceCode { tenant, client_id, looks_up: true, keep, asks };
    How { me: true, credentials: Some(Credentials::DeviceCode(app)), ..How::default() }
}

#[track_caller]
fn all_ready(ran: &Ran, rows: usize) {
    assert!(matches!(ran.complete, Ok(true)), "{:?}", ran.reason);
    let statuses = ran.column("status");
    assert!(
        statuses.len() == rows && statuses.iter().all(|status| ["created", "existing"].contains(&status.as_str())),
        "{}",
        ran.output
    );
}

/// Why the run came to nothing.
fn why(ran: &Ran) -> String {
    match &ran.reason {
        Some(Reason::Broken(trouble)) => trouble.error(),
        other => panic!("it ends for want of a token: {other:?}"),
    }
}

#[test]
fn a_person_signs_in_and_makes_meetings_as_themselves() {
    let sim = Sim::new(Scenario::calm());
    let ran = provision(&sim, &own(3), how(None, true));
    all_ready(&ran, 3);
    // The embedded person takes two seconds, and is asked about after five.
    assert!(ran.took >= Duration::from_secs(5), "{:?}", ran.took);
    assert!(ran.witness.requests.borrow().iter().all(|request| request.uri().path().starts_with("/v1.0/me/")));
    assert_eq!(sim.report().tokens_issued, 1);
}

#[test]
fn a_run_longer_than_a_token_asks_the_person_once() {
    let sim = Sim::new("calm,token-lifetime=4s,latency=1s".parse().expect("a scenario"));
    let ran = provision(&sim, &own(300), How { slots: 4, ..how(None, true) });
    all_ready(&ran, 300);
    assert!(sim.report().tokens_issued > 10, "{}", sim.report().tokens_issued);
    // Another question would have taken five seconds more, each time.
    assert!(ran.took < Duration::from_secs(150), "{:?}", ran.took);
}

#[test]
fn a_kept_sign_in_serves_a_run_that_nobody_watches() {
    let sim = Sim::new(Scenario::calm());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sign-in.json");
    assert!(why(&provision(&sim, &own(1), how(Some(&file), false))).contains("once at a terminal"));
    all_ready(&provision(&sim, &own(1), how(Some(&file), true)), 1);
    let first = fs::read_to_string(&file).expect("it is kept");
    let ran = provision(&sim, &own(2), how(Some(&file), false));
    all_ready(&ran, 2);
    assert!(ran.took < Duration::from_secs(5), "{:?}", ran.took);
    assert_ne!(first, fs::read_to_string(&file).expect("it is kept"), "each comes with its successor");
}

#[test]
fn a_refused_refresh_token_in_mid_run_ends_it_with_what_to_do_where_nobody_is() {
    let scenario: Scenario = "calm,token-lifetime=4s,latency=1s".parse().expect("a scenario");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sign-in.json");
    all_ready(&provision(&Sim::new(scenario.clone()), &own(1), how(Some(&file), true)), 1);
    let asked = std::cell::Cell::new(0);
    let tamper_login = Box::new(move || {
        asked.set(asked.get() + 1);
        let refused = r#"{"error":"invalid_grant","error_description":"AADSTS50173: The grant has been revoked."}"#;
        (asked.get() > 2).then(|| Ok(reply(StatusCode::BAD_REQUEST.as_u16(), &[], refused)))
    });
    let ran = provision(&Sim::new(scenario), &own(100), How { slots: 4, tamper_login, ..how(Some(&file), false) });
    let why = why(&ran);
    for words in ["nobody is there to be asked", "AADSTS50173", &file.display().to_string()] {
        assert!(why.contains(words), "{why}");
    }
    let refresh = fs::read_to_string(&file).expect("it is kept");
    let refresh =
        refresh.split("\"refresh_token\": \"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token");
    assert!(!why.contains(refresh) && !ran.output.contains(refresh));
    assert!(ran.tally.rows() < 100 && ran.complete.is_ok_and(|complete| !complete), "the rest is for the next run");
}

#[test]
fn what_there_is_no_consent_for_is_told() {
    let delegated = vec!["User.Read".to_owned()];
    let sim = Sim::registered(Scenario::calm(), Registration { delegated, ..Registration::default() });
    let why = why(&provision(&sim, &own(1), how(None, true)));
    assert!(why.contains("nobody has consented") && why.contains("AADSTS65001"), "{why}");
}
