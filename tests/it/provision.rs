//! What becomes of a row, status by status, and what ends a run.

use std::cell::RefCell;
use std::time::Duration;

use convoke::choice::Choice;
use convoke::graph::{ClientSecret, Credentials, Lost};
use convoke::outcome::Status;
use convoke::pipeline::Failure;
use convoke::sim::{CLIENT_ID, Scenario, Sim, TENANT_ID};
use convoke::stop::{Reason, Signal};
use convoke::tally::Cost;

use crate::harness::{How, Ran, organizer, provision, provision_now, reply, sheet};

const SECOND: Duration = Duration::from_secs(1);

fn calm() -> Sim {
    Sim::new(Scenario::calm())
}

/// A run in which every createOrGet request is answered so.
fn answered(rows: usize, status: u16, headers: &'static [(&'static str, &'static str)], body: &'static str) -> Ran {
    let tamper = Box::new(move |_, _: &_| Some(Ok(reply(status, headers, body))));
    provision(&calm(), &sheet(rows), How { tamper, ..How::default() })
}

#[test]
fn every_record_keeps_its_columns_and_its_place() {
    let text = "room,externalId,organizerUserId,empty,subject\n\
                \"R 1, left\",A,6b1e0000-0000-4000-8000-000000000001,,\"say \"\"hi\"\"\"\n\
                R2,,6b1e0000-0000-4000-8000-000000000001,,no id\n\
                \"two\nlines\",C,6b1e0000-0000-4000-8000-000000000001,, spaces stay \n";
    let ran = provision(&calm(), text, How::default());
    assert_eq!(ran.column("room"), ["R 1, left", "R2", "two\nlines"]);
    assert_eq!(ran.column("subject"), ["say \"hi\"", "no id", " spaces stay "]);
    assert_eq!(ran.column("status"), ["created", "invalid", "created"]);
    assert_eq!(ran.column("record"), ["1", "2", "3"]);
    assert_eq!(ran.column("attempts"), ["1", "0", "1"]);
    assert_eq!(ran.column("httpStatus"), ["201", "", "201"]);
    assert_eq!(ran.complete.ok(), Some(true));
    assert_eq!(ran.witness.requests.borrow().len(), 2, "a row with flaws is never sent");
}

#[test]
fn a_meeting_that_is_there_and_is_not_as_the_row_says_differs_and_the_drift_names_how() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let sim = calm();
        let before = sheet(3);
        provision_now(&sim, &before, How::default()).await;
        let after = before
            .replace("Sitzung 1,", "Sitzung eins,")
            .replace("2027-02-03T10:45", "2027-02-03T11:00")
            .replace("ada2@", "eve@");
        let ran = provision_now(&sim, &after, How::default()).await;
        assert_eq!(ran.column("status"), ["existing", "differs", "differs"]);
        assert_eq!(
            ran.column("drift"),
            [
                "",
                "subject: Graph has 'Sitzung 1, Übung'",
                "endDateTime: Graph has 2027-02-03T10:45:00Z; attendees: Graph has ada2@contoso.example"
            ]
        );
        assert!(ran.column("joinWebUrl").iter().all(|url| url.starts_with("https://teams.example/")));
        assert!(!ran.tally.all(Status::is_as_asked));
    });
}

#[test]
fn an_earlier_output_fed_back_in_has_its_answers_replaced() {
    let first = provision(&calm(), &sheet(5), How::default());
    let second = provision(&calm(), &first.output, How::default());
    assert_eq!(first.output, second.output);
}

#[test]
fn a_meeting_that_many_rows_ask_for_is_asked_for_once_and_all_get_the_link() {
    let capitals = organizer(1).to_uppercase();
    let [first, second] = [organizer(1), organizer(2)];
    let text = format!(
        "externalId,organizerUserId,subject,startDateTime\n\
         A,{first},Algebra,2027-02-03T08:00Z\nA,{first},Algebra,2027-02-03T09:00+01:00\nA,{first},Geometry,\n\
         A,{first},,\nA,{capitals},Algebra,\nA,{second},Algebra,\nA,{first},Algebra,2027-02-03T08:30Z\n"
    );
    for slots in [1, 16] {
        let sim = calm();
        let ran = provision(&sim, &text, How { slots, ..How::default() });
        let statuses = ["created", "existing", "invalid", "existing", "existing", "created", "invalid"];
        assert_eq!(ran.column("status"), statuses);
        assert_eq!(ran.column("attempts"), ["1", "0", "0", "0", "0", "1", "0"]);
        assert_eq!((sim.report().requests, sim.report().meetings.len()), (2, 2));
        let links = ran.column("joinWebUrl");
        assert!([1, 3, 4].iter().all(|&row| links[row] == links[0]) && links[5] != links[0]);
        assert!(links[2].is_empty());
        let errors = ran.column("error");
        assert_eq!(
            errors[2],
            "record 3 (line 4): subject 'Geometry': record 1 has 'Algebra' here and this row 'Geometry', with the same organizer \
             and externalId; make it the same, or give this row an externalId of its own (each date of a series needs one): record 1 asked \
             for this meeting first, and Graph keeps one for each organizer and externalId"
        );
        assert!(errors[6].contains("record 1 has 2027-02-03 08:00 UTC here and this row 2027-02-03 08:30 UTC"));
        let summary = ran.tally.summary(&Cost::default(), "out.csv", false);
        assert!(summary.contains("warning (1 row, first record 6, see record 1): the externalId"), "{summary}");
    }
}

#[test]
fn a_refusal_is_the_answer_to_all_rows_that_ask_for_the_same() {
    let text = format!("externalId,organizerUserId\n{}", format!("A,{}\n", organizer(1)).repeat(3));
    for status in [403, 500] {
        let tamper = Box::new(move |_, _: &_| Some(Ok(reply(status, &[("request-id", "r")], ""))));
        let ran = provision(&calm(), &text, How { tamper, ..How::default() });
        let word = if status == 403 { "refused" } else { "failed" };
        assert_eq!(ran.column("status"), [word; 3]);
        assert_eq!(ran.column("requestId"), ["r", "", ""]);
        let errors = ran.column("error");
        assert!(!errors[0].is_empty() && errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        assert_eq!(ran.tally.causes().len(), 1);
    }
}

#[test]
fn records_beyond_the_limit_are_skipped_and_keep_their_lines() {
    let sim = calm();
    let text = sheet(4).replace("S-3,", ",");
    let ran = provision(&sim, &text, How { choice: Choice { limit: Some(2), ..Choice::default() }, ..How::default() });
    assert_eq!(ran.column("status"), ["created", "created", "skipped", "skipped"]);
    assert_eq!(sim.report().requests, 2);
    assert!(!ran.tally.all(Status::is_as_asked), "a skipped record has no meeting");
}

#[test]
fn what_graph_refuses_for_good_is_asked_once_and_explained() {
    let policy = r#"{"error":{"code":"Forbidden","message":"No application access policy found for this app"}}"#;
    for (status, body, words) in [
        (400, r#"{"error":{"code":"BadRequest","message":"bad"}}"#, "details"),
        (403, policy, "Grant-CsApplicationAccessPolicy"),
        (404, r#"{"error":{"code":"UnknownError","message":""}}"#, "object id"),
        (409, "", "refuses"),
        (418, "<html>", "refuses"),
        (301, "", "redirect"),
        (204, "", "refuses"),
    ] {
        let ran = answered(3, status, &[("request-id", "r-7")], body);
        assert_eq!(ran.column("status"), ["refused"; 3], "{status}");
        assert_eq!(ran.column("attempts"), ["1"; 3]);
        assert_eq!(ran.column("httpStatus")[0], status.to_string());
        assert_eq!(ran.column("requestId")[0], "r-7");
        assert!(ran.column("error")[0].contains(words), "{status}: {}", ran.column("error")[0]);
        assert_eq!(ran.tally.causes().len(), 1, "one cause for all rows");
    }
}

#[test]
fn a_row_that_keeps_failing_is_given_up_after_eight_attempts_and_says_so() {
    for (status, body) in [(500, ""), (502, "<html>"), (503, ""), (504, ""), (408, ""), (200, "{"), (201, "<html>")] {
        let ran = answered(2, status, &[], body);
        assert_eq!(ran.column("status"), ["failed"; 2], "{status}");
        assert_eq!(ran.column("attempts"), ["8"; 2]);
        assert!(ran.column("error")[0].starts_with("gave up after 8 attempts in "), "{}", ran.column("error")[0]);
        assert!(ran.took > 10 * SECOND && ran.took < 123 * SECOND, "{:?}", ran.took);
    }
}

#[test]
fn a_connection_that_hangs_or_breaks_is_tried_again() {
    for lost in [Lost::Timeout, Lost::Connect("refused".into()), Lost::Broken("reset".into())] {
        let tamper = Box::new(move |number, _: &_| (number <= 3).then(|| Err(lost.clone())));
        let ran = provision(&calm(), &sheet(1), How { tamper, ..How::default() });
        assert_eq!((ran.column("status"), ran.column("attempts")), (vec!["created".into()], vec!["4".into()]));
    }
}

#[test]
fn a_429_holds_everybody_for_as_long_as_it_says() {
    for (value, seconds) in [("7", 7), ("2.128", 3), ("Wed, 03 Feb 2027 08:00:09 GMT", 9), ("nonsense", 1), ("0", 1)] {
        let tamper = Box::new(move |number, _: &_| {
            let headers = [("retry-after", value), ("date", "Wed, 03 Feb 2027 08:00:00 GMT")];
            (number == 1).then(|| Ok(reply(429, &headers, "")))
        });
        let ran = provision(&calm(), &sheet(40), How { slots: 1, tamper, ..How::default() });
        let starts = ran.witness.starts.borrow();
        assert_eq!(starts[1], starts[0] + Duration::from_secs(seconds), "{value}");
        assert_eq!(ran.held, Duration::from_secs(seconds));
        assert_eq!(ran.tally.of(Status::Created), 40);
    }
}

#[test]
fn throttling_is_no_failure_of_the_row() {
    // Thirty throttles are more than the eight failures that a row is allowed, and with one failure it may go on.
    let tamper = Box::new(|number, _: &_| match number {
        1..=30 => Some(Ok(reply(429, &[("retry-after", "2")], ""))),
        31 => Some(Ok(reply(500, &[], ""))),
        _ => None,
    });
    let ran = provision(&calm(), &sheet(1), How { tamper, ..How::default() });
    assert_eq!((ran.column("status"), ran.column("attempts")), (vec!["created".into()], vec!["32".into()]));
}

#[test]
fn a_service_that_says_nothing_but_wait_stops_the_run_within_two_hours() {
    for retry_after in [Some("60"), Some("100000"), None] {
        let tamper = Box::new(move |_, _: &_| {
            let headers: Vec<_> = retry_after.map(|value| ("retry-after", value)).into_iter().collect();
            Some(Ok(reply(429, &headers, "")))
        });
        let ran = provision(&calm(), &sheet(100), How { tamper, ..How::default() });
        assert!(matches!(ran.reason, Some(Reason::Throttled(_))), "{:?}", ran.reason);
        assert_eq!(ran.complete.ok(), Some(false));
        assert_eq!(ran.output.lines().count(), 1, "no row is charged for it");
        assert!(ran.took < Duration::from_hours(2));
    }
}

#[test]
fn a_token_that_graph_rejects_is_renewed_once_and_the_rows_go_on() {
    let rejected = r#"{"error":{"code":"InvalidAuthenticationToken","message":"expired"}}"#;
    let first = RefCell::new(None);
    let tamper = Box::new(move |_, request: &http::Request<bytes::Bytes>| {
        // The first token that is seen is rejected for ever; whatever comes after it is good.
        let token = request.headers()["authorization"].clone();
        let bad = first.borrow_mut().get_or_insert_with(|| token.clone()) == &token;
        bad.then(|| Ok(reply(401, &[], rejected)))
    });
    let sim = calm();
    let ran = provision(&sim, &sheet(50), How { tamper, ..How::default() });
    assert_eq!(ran.tally.of(Status::Created), 50);
    assert_eq!(sim.report().tokens_issued, 2);
}

#[test]
fn a_token_that_is_rejected_however_new_ends_the_run() {
    let ran = answered(50, 401, &[], r#"{"error":{"code":"InvalidAuthenticationToken","message":"no"}}"#);
    let Some(Reason::Broken(trouble)) = &ran.reason else { panic!("{:?}", ran.reason) };
    assert!(trouble.cause.contains("issued just now"), "{}", trouble.cause);
    assert_eq!(ran.complete.ok(), Some(false));
    assert_eq!(ran.output.lines().count(), 1, "no row is charged for it");
    assert!(ran.witness.requests.borrow().len() <= 2 * 16);
}

#[test]
fn bad_credentials_end_the_run_before_anything_is_sent() {
    let app = ClientSecret { tenant: TENANT_ID.into(), client_id: CLIENT_ID.into(), secret: "wrong".into() };
    let credentials = Some(Credentials::ClientSecret(app));
    let ran = provision(&calm(), &sheet(50), How { credentials, ..How::default() });
    let Some(Reason::Broken(trouble)) = &ran.reason else { panic!("{:?}", ran.reason) };
    assert!(trouble.error().contains("AADSTS7000215"), "{}", trouble.error());
    assert!(ran.witness.requests.borrow().is_empty());
}

#[test]
fn tokens_are_renewed_while_the_run_goes_on() {
    let sim = Sim::new(Scenario { token_lifetime: Duration::from_mins(2), ..Scenario::calm() });
    let how = How { rate: convoke::pace::Rate::PerSecond(2.0), ..How::default() };
    let ran = provision(&sim, &sheet(1200), how);
    assert_eq!(ran.tally.of(Status::Created), 1200);
    assert!(ran.column("attempts").iter().all(|attempts| attempts == "1"), "nobody met an expired token");
    // Ten minutes, each token used for three quarters of its two.
    assert_eq!(sim.report().tokens_issued, 7);
}

#[test]
fn rows_start_in_the_order_of_the_input_however_many_there_are() {
    // tokio lets a task take 128 steps at a time; a row that is turned away then must not lose its place in the line.
    let how = How { slots: 4, rate: convoke::pace::Rate::PerSecond(100.0), ..How::default() };
    let ran = provision(&calm(), &sheet(1500), how);
    let ids = ran
        .witness
        .requests
        .borrow()
        .iter()
        .map(|request| {
            let body: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
            body["externalId"].as_str().expect("an id").to_owned()
        })
        .collect::<Vec<_>>();
    let expected: Vec<_> = (0..1500).map(|row| format!("S-{row}")).collect();
    assert!(ids == expected, "{:?}", ids.iter().zip(&expected).find(|(got, want)| got != want));
}

#[test]
fn a_stopped_run_has_answered_a_prefix_and_the_requests_on_the_wire_were_let_finish() {
    let reason = Reason::Interrupted(Signal::Interrupt);
    let sim = Sim::new(Scenario { quota: None, ..Scenario::busy() });
    let ran = provision(&sim, &sheet(500), How { stop_after: Some((2 * SECOND, reason.clone())), ..How::default() });
    assert_eq!((&ran.reason, ran.complete.as_ref().ok()), (&Some(reason), Some(&false)));
    assert!(ran.took < Duration::from_millis(2300), "{:?}", ran.took);
    let records: Vec<usize> = ran.column("record").iter().map(|record| record.parse().expect("a number")).collect();
    assert!(records.len() > 50 && records.len() < 500);
    assert_eq!(records, (1..=records.len()).collect::<Vec<_>>());
    let report = sim.report();
    assert_eq!(report.requests, report.by_status.values().sum::<u64>(), "every request got its answer");
}

#[test]
fn a_stop_ends_every_wait_at_once() {
    let reason = Reason::Interrupted(Signal::Terminate);
    let throttled: fn(u32, &_) -> _ = |_, _| Some(Ok(reply(429, &[("retry-after", "600")], "")));
    let failing: fn(u32, &_) -> _ = |_, _| Some(Ok(reply(500, &[], "")));
    for tamper in [throttled, failing] {
        let how = How { stop_after: Some((5 * SECOND, reason.clone())), tamper: Box::new(tamper), ..How::default() };
        let ran = provision(&calm(), &sheet(100), how);
        assert_eq!((ran.took, ran.complete.ok()), (5 * SECOND, Some(false)));
    }
}

#[test]
fn an_input_that_breaks_off_ends_the_run_after_the_rows_before_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let text = sheet(10);
        let ran = provision_now(&calm(), &text, How { break_off: Some(4), ..How::default() }).await;
        assert!(matches!(ran.complete, Err(Failure::Input(_))));
        assert_eq!(ran.column("status"), ["created"; 4]);
    });
}
