//! A service that answers nobody, and one that answers everybody the same.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use convoke::choice::MaxErrors;
use convoke::graph::Lost;
use convoke::outcome::Status;
use convoke::pace::Rate;
use convoke::sim::{Scenario, Sim};
use convoke::stop::Reason;
use tokio::time::Instant;

use crate::harness::{How, Ran, column, organizer, provision, reply, sheet};

const MINUTE: Duration = Duration::from_mins(1);

fn calm() -> Sim {
    Sim::new(Scenario::calm())
}

/// A run at 10 requests a second with a service that fails from `begin` to `end`; and how many requests it failed.
fn with_outage(rows: usize, slots: usize, begin: Duration, end: Duration) -> (Ran, usize) {
    let (opened, wasted) = (Cell::new(None), Rc::new(Cell::new(0)));
    let counts = wasted.clone();
    let tamper = Box::new(move |_, _: &_| {
        // The clock can be read only where it runs.
        let opened = opened.get().unwrap_or_else(|| opened.replace(Some(Instant::now())).unwrap_or_else(Instant::now));
        let fails = (begin..end).contains(&opened.elapsed());
        counts.set(counts.get() + usize::from(fails));
        fails.then(|| Ok(reply(503, &[], "")))
    });
    let how = How { slots, rate: Rate::PerSecond(10.0), tamper, ..How::default() };
    let ran = provision(&calm(), &sheet(rows), how);
    (ran, wasted.get())
}

#[test]
fn an_outage_of_five_minutes_costs_no_row_and_few_calls() {
    for slots in [1, 16] {
        let (ran, wasted) = with_outage(1000, slots, MINUTE / 2, MINUTE / 2 + 5 * MINUTE);
        assert_eq!(ran.tally.of(Status::Created), 1000, "{}", ran.tally.in_words());
        assert!((20..60).contains(&wasted), "{wasted} calls for nothing");
        // 100 seconds of work, five minutes of outage, and at the most a minute until it is noticed that it is over.
        assert!(ran.took < 5 * MINUTE + Duration::from_secs(100) + MINUTE, "{:?}", ran.took);
    }
}

#[test]
fn an_outage_near_the_end_of_a_run_costs_no_row_either() {
    let (ran, wasted) = with_outage(100, 16, Duration::from_millis(9500), 5 * MINUTE);
    assert_eq!(ran.tally.of(Status::Created), 100, "{}", ran.tally.in_words());
    assert!(wasted < 60, "{wasted}");
}

#[test]
fn an_endless_outage_stops_the_run_at_its_bound_and_no_row_is_marked_for_it() {
    for begin in [Duration::ZERO, MINUTE / 2] {
        let (ran, wasted) = with_outage(1000, 16, begin, 1000 * MINUTE);
        let Some(Reason::Outage(trouble, length)) = &ran.reason else { panic!("{:?}", ran.reason) };
        assert!(trouble.http_status == Some(503) && length.starts_with("30 min"), "{trouble:?} {length}");
        assert!(ran.took > begin + 30 * MINUTE && ran.took < begin + 32 * MINUTE, "{:?}", ran.took);
        assert_eq!(ran.complete.as_ref().ok(), Some(&false));
        assert!(ran.column("status").iter().all(|status| status == "created"), "{}", ran.tally.in_words());
        assert!(wasted < 90, "{wasted}");
    }
}

/// A run whose service hangs or fails from some request on, for ever.
fn never_again(rows: usize, slots: usize, good: u32, hangs: bool) -> Ran {
    let tamper = Box::new(move |number, _: &_| {
        (number > good).then(|| if hangs { Err(Lost::Timeout) } else { Ok(reply(503, &[], "")) })
    });
    let pause = if hangs { MINUTE } else { Duration::ZERO };
    provision(&calm(), &sheet(rows), How { slots, tamper, pause, ..How::default() })
}

#[test]
fn an_endless_outage_marks_no_row_however_few_slots_there_are_and_however_it_fails() {
    for slots in [1, 2, 4] {
        for (good, hangs) in [(0, false), (0, true), (100, false), (100, true)] {
            let ran = never_again(1000, slots, good, hangs);
            assert!(matches!(ran.reason, Some(Reason::Outage(..))), "{slots} {good} {hangs}: {:?}", ran.reason);
            assert_eq!(ran.tally.rows(), u64::from(good), "{slots} {good} {hangs}: {}", ran.tally.in_words());
            assert!(ran.took < 45 * MINUTE, "{slots} {good} {hangs}: {:?}", ran.took);
        }
    }
    // Nobody has answered, so that it cannot be these rows' fault.
    let ran = never_again(5, 16, 0, false);
    assert!(matches!(ran.reason, Some(Reason::Outage(..))) && ran.tally.rows() == 0, "{:?}", ran.reason);
}

#[test]
fn the_last_rows_of_a_run_that_fail_whatever_happens_end_it_all_the_same() {
    let tamper = Box::new(|_, request: &http::Request<bytes::Bytes>| {
        let body: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
        let id: u32 = body["externalId"].as_str().expect("an id")[2..].parse().expect("a number");
        (id >= 97).then(|| Ok(reply(500, &[], "")))
    });
    let ran = provision(&calm(), &sheet(100), How { tamper, ..How::default() });
    assert_eq!(ran.complete.as_ref().ok(), Some(&true));
    assert_eq!((ran.tally.of(Status::Created), ran.tally.of(Status::Failed)), (97, 3));
    assert!(ran.took < 35 * MINUTE, "{:?}", ran.took);
    assert!(column(&ran.output, "error")[99].starts_with("gave up after "));
}

#[test]
fn rows_that_fail_among_rows_that_do_not_are_no_outage() {
    let tamper = Box::new(|_, request: &http::Request<bytes::Bytes>| {
        let poison = request.body().windows(4).any(|bytes| bytes == b"S-3\"" || bytes == b"S-4\"");
        poison.then(|| Ok(reply(500, &[], "")))
    });
    let how = How { tamper, rate: Rate::PerSecond(2.0), ..How::default() };
    let ran = provision(&calm(), &sheet(400), how);
    assert_eq!((ran.tally.of(Status::Created), ran.tally.of(Status::Failed)), (398, 2));
    assert_eq!(ran.column("attempts")[3], "8");
}

#[test]
fn an_identity_service_that_is_down_is_waited_for_before_any_row_is_sent() {
    let (opened, mut how) = (Rc::new(Cell::new(None::<Instant>)), How::default());
    let seen = opened.clone();
    how.tamper_login = Box::new(move || {
        let begun = seen.get().unwrap_or_else(Instant::now);
        seen.set(Some(begun));
        (begun.elapsed() < 10 * MINUTE).then(|| Ok(reply(503, &[], "")))
    });
    let ran = provision(&calm(), &sheet(50), how);
    assert_eq!(ran.tally.of(Status::Created), 50);
    assert!(ran.took >= 10 * MINUTE && ran.took < 12 * MINUTE, "{:?}", ran.took);
    assert!(ran.column("attempts").iter().all(|attempts| attempts == "1"));
}

#[test]
fn the_first_rows_refused_for_one_cause_stop_the_run_and_none_is_marked() {
    let refuse = |status: u16| -> How {
        How { tamper: Box::new(move |_, _: &_| Some(Ok(reply(status, &[], "")))), ..How::default() }
    };
    let ran = provision(&calm(), &sheet(500), refuse(403));
    let Some(Reason::Doomed(trouble)) = &ran.reason else { panic!("{:?}", ran.reason) };
    assert!(trouble.cause.contains("OnlineMeetings.ReadWrite.All"), "{}", trouble.cause);
    assert_eq!((ran.complete.ok(), ran.output.lines().count()), (Some(false), 1));
    assert!(ran.witness.requests.borrow().len() < 20 + 2 * 16);
    // One row per student: sixty ask for each meeting.
    let rows = sheet(100);
    let (header, rows) = rows.split_once('\n').expect("a header");
    let students: Vec<String> = rows.lines().map(|row| format!("{row}\n").repeat(60)).collect();
    let ran = provision(&calm(), &format!("{header}\n{}", students.concat()), refuse(403));
    assert!(matches!(ran.reason, Some(Reason::Doomed(_))) && ran.tally.rows() == 0, "{}", ran.tally.in_words());
    let few = provision(&calm(), &sheet(19), refuse(403));
    assert_eq!((few.complete.ok(), few.tally.of(Status::Refused)), (Some(true), 19));
    let regardless = provision(&calm(), &sheet(50), How { max_errors: Some(MaxErrors::Percent(100.0)), ..refuse(403) });
    assert_eq!((regardless.complete.ok(), regardless.tally.of(Status::Refused)), (Some(true), 50));
}

#[test]
fn more_errors_than_the_user_puts_up_with_stop_the_run() {
    // Of three rows one has a flaw and one is refused.
    let text = (0..600).fold(String::from("externalId,organizerUserId\n"), |text, row| {
        let who = if row % 3 == 0 { String::new() } else { organizer(1) };
        format!("{text}{}{row},{who}\n", if row % 3 == 1 { "bad" } else { "good" })
    });
    let run = |max_errors| {
        let tamper = Box::new(|_, request: &http::Request<bytes::Bytes>| {
            request.body().windows(3).any(|bytes| bytes == b"bad").then(|| Ok(reply(404, &[], "")))
        });
        provision(&calm(), &text, How { max_errors: Some(max_errors), tamper, ..How::default() })
    };
    let rows = run(MaxErrors::Rows(50));
    assert_eq!(rows.reason, Some(Reason::TooManyErrors("51 of 76 rows".into())));
    assert!(rows.tally.count_of(Status::is_error) >= 51 && rows.tally.rows() < 200, "{}", rows.tally.in_words());
    let share = run(MaxErrors::Percent(66.0));
    assert_eq!(share.reason, Some(Reason::TooManyErrors("67 of 100 rows".into())));
    let enough = run(MaxErrors::Percent(68.0));
    assert_eq!((enough.reason, enough.complete.ok()), (None, Some(true)));
}
