//! Whatever the weather and however many slots: the same file, one meeting per key, nothing sent while told to wait.

use std::time::Duration;

use convoke::outcome::Status;
use convoke::pace::Rate;
use convoke::sim::{Scenario, Sim};

use crate::harness::{How, provision, provision_now, sheet};

const COURSE: &str = include_str!("../../samples/course.csv");

fn same_for_any_number_of_slots(sheet: &str, scenario: fn() -> Scenario) {
    let outputs = [1, 7, 64].map(|slots| {
        let ran = provision(&Sim::new(scenario()), sheet, How { slots, ..How::default() });
        assert_eq!(ran.complete.ok(), Some(true));
        ran.output
    });
    assert!(outputs[0] == outputs[1] && outputs[1] == outputs[2], "the outputs differ");
    assert_eq!(outputs[0].lines().count(), sheet.lines().count());
}

#[test]
fn the_course_comes_out_the_same_for_any_number_of_slots_in_calm_and_in_storm() {
    same_for_any_number_of_slots(COURSE, Scenario::calm);
    same_for_any_number_of_slots(COURSE, Scenario::stormy);
}

#[test]
fn five_thousand_rows_come_out_the_same_for_any_number_of_slots_in_calm_and_in_storm() {
    same_for_any_number_of_slots(&sheet(5000), Scenario::calm);
    same_for_any_number_of_slots(&sheet(5000), Scenario::stormy);
}

#[test]
fn in_a_storm_every_row_gets_its_one_meeting_and_nothing_is_sent_while_told_to_wait() {
    for slots in [1, 16, 64] {
        let sim = Sim::new(Scenario::stormy());
        let ran = provision(&sim, &sheet(2000), How { slots, ..How::default() });
        let statuses = ran.column("status");
        assert!(statuses.iter().all(|status| status == "created" || status == "existing"), "{}", ran.tally.in_words());
        let report = sim.report();
        assert_eq!(report.meetings.len(), 2000);
        assert!(report.meetings.values().all(|&made| made == 1), "a key has more than one meeting");
        assert_eq!(report.in_hold, 0, "requests came during a hold");
        // Every row took one request that went well; all the others failed.
        let failed = report.requests - 2000;
        assert!((17..=23).contains(&(failed * 100 / report.requests)), "{failed} of {}", report.requests);
        assert!(report.by_status[&429] > 10, "{:?}", report.by_status);
        assert!(!ran.held.is_zero());
    }
}

#[test]
fn a_second_run_against_the_same_world_finds_every_meeting_of_the_first() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let sim = Sim::new(Scenario::calm());
        let first = provision_now(&sim, COURSE, How::default()).await;
        let second = provision_now(&sim, COURSE, How::default()).await;
        assert!(first.column("status").iter().all(|status| status == "created"));
        assert!(second.column("status").iter().all(|status| status == "existing"), "{}", second.tally.in_words());
        for name in ["joinWebUrl", "meetingId", "passcode", "meetingStart", "meetingEnd"] {
            assert_eq!(first.column(name), second.column(name));
        }
        assert!(sim.report().meetings.values().all(|&made| made == 1));
    });
}

#[test]
fn a_quota_is_met_with_holds_that_everybody_keeps() {
    let sim = Sim::new(Scenario::busy());
    let ran = provision(&sim, &sheet(300), How::default());
    assert_eq!(ran.tally.of(Status::Created) + ran.tally.of(Status::Existing), 300);
    let report = sim.report();
    assert!(report.by_status[&429] > 0);
    assert_eq!(report.in_hold, 0);
    // 60 requests per 10 s: the fifth window ends the run, and what is held is told.
    assert!(ran.took < Duration::from_mins(2) && ran.held > Duration::from_secs(20), "{:?} {:?}", ran.took, ran.held);
}

#[test]
fn no_second_sees_more_attempts_than_the_rate_and_no_moment_more_than_the_slots() {
    for (slots, rate, scenario) in
        [(16, 10_u16, Scenario::busy()), (4, 50, Scenario::stormy()), (64, 25, Scenario::stormy())]
    {
        let sim = Sim::new(scenario);
        let ran = provision(&sim, &sheet(400), How { slots, rate: Rate::PerSecond(rate.into()), ..How::default() });
        assert_eq!(ran.complete.ok(), Some(true));
        let starts = ran.witness.starts.borrow();
        assert!(starts.len() >= 400);
        for (i, start) in starts.iter().enumerate() {
            let within = starts[i..].iter().take_while(|&&other| other < *start + Duration::from_secs(1)).count();
            assert!(within <= usize::from(rate), "{within} attempts in the second from {start:?}, the rate is {rate}");
        }
        assert!(ran.witness.in_flight_max.get() <= slots);
        assert!(sim.report().in_flight_max <= slots as u64);
    }
}

#[test]
fn all_slots_are_used_when_there_is_work_for_them() {
    let ran = provision(&Sim::new(Scenario::busy()), &sheet(50), How { slots: 8, ..How::default() });
    assert_eq!(ran.witness.in_flight_max.get(), 8);
}
