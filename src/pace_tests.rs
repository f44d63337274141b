//! The pace in tables of (time, event, expected pace).

use super::*;

/// What happens at one moment.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// Attempts start at the pace from the row before up to now, wait for their turn, and are let through at once.
    Flow,
    /// As many start, but the pace is not what they wait for.
    Idle,
    /// An attempt that starts now is told to wait so many seconds, or just to wait.
    Wait(Option<u64>),
    /// An attempt that started then, in seconds, is told to wait a second.
    Late(f64),
    /// An attempt that starts now is let through.
    Through,
}
use Event::{Flow, Idle, Late, Through, Wait};

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// Plays a table, and compares the pace after each row, to within 2 %.
fn play(rate: Rate, table: &[(f64, Event, f64)]) {
    let (mut pace, mut last) = (Pace::new(rate), 0.0);
    for &(time, event, expected) in table {
        let now = seconds(time);
        match event {
            Flow | Idle => {
                let mut start = last;
                while start < time {
                    pace.started(seconds(start), matches!(event, Flow));
                    pace.let_through(seconds(start));
                    start += 1.0 / pace.per_second().min(1000.0);
                }
                last = time;
            }
            Wait(after) => pace.throttled(now, now, after.map(Duration::from_secs)).expect("not too long"),
            Late(started) => {
                pace.throttled(now, seconds(started), Some(Duration::from_secs(1))).expect("not too long");
            }
            Through => {
                pace.started(now, true);
                pace.let_through(now);
                pace.eased(now);
            }
        }
        last = last.max(pace.held().until().as_secs_f64());
        let found = pace.per_second();
        assert!((found / expected - 1.0).abs() < 0.02, "at {time} s, after {event:?}: {found}, not {expected}");
    }
}

#[test]
fn without_a_ceiling_the_pace_doubles_every_two_seconds_while_it_is_what_attempts_wait_for() {
    play(Rate::Auto, &[(0.0, Flow, 10.0), (2.0, Flow, 20.0), (4.0, Flow, 40.0), (9.0, Idle, 40.0), (11.0, Flow, 80.0)]);
}

#[test]
fn with_a_ceiling_it_is_the_ceiling_until_somebody_is_told_to_wait_and_never_more() {
    let table = [
        (10.0, Flow, 30.0),
        (10.0, Wait(Some(1)), 26.6),
        (11.0, Through, 26.6),
        (20.0, Flow, 29.5),
        (30.0, Flow, 30.0),
        (300.0, Flow, 30.0),
    ];
    play(Rate::PerSecond(30.0), &table);
    play(Rate::PerSecond(0.01), &[(500.0, Flow, 0.01), (500.0, Wait(Some(1)), 0.009), (501.0, Through, 0.009)]);
}

#[test]
fn nothing_is_paced_where_that_is_asked_for() {
    let mut pace = Pace::new(Rate::Max);
    pace.throttled(seconds(1.0), seconds(1.0), Some(Duration::from_secs(9))).expect("not too long");
    assert_eq!((pace.per_second(), pace.held().until(), pace.limit()), (f64::INFINITY, seconds(10.0), None));
}

#[test]
fn the_limit_is_what_was_borne_the_hold_counted_in_and_the_climb_back_is_flat_near_it() {
    // 300 in 3 seconds, and 7 to wait: a window of some 10 seconds.
    let table = [
        (3.0, Flow, 100.0),
        (3.0, Wait(Some(7)), 29.4),
        (10.0, Through, 29.4),
        (13.0, Flow, 31.7),
        (16.0, Flow, 32.5),
        (19.0, Flow, 32.6),
        (22.0, Flow, 32.7),
        (28.0, Flow, 35.8),
        (37.0, Flow, 58.6),
    ];
    play(Rate::PerSecond(100.0), &table);
}

#[test]
fn the_pace_is_cut_once_however_many_are_told_to_wait_and_late_ones_tell_nothing_new() {
    let table = [
        (10.0, Flow, 20.0),
        (10.0, Wait(Some(1)), 17.7),
        (10.0, Wait(Some(1)), 17.7),
        (10.5, Late(9.9), 16.8),
        (11.5, Through, 16.8),
        (12.5, Flow, 17.3),
        (12.6, Late(9.8), 17.3),
        (20.6, Flow, 18.7),
    ];
    play(Rate::PerSecond(20.0), &table);
}

#[test]
fn after_a_hold_of_a_guessed_length_it_gropes_until_something_is_let_through() {
    let table = [
        (10.0, Flow, 20.0),
        (10.0, Wait(None), 5.0),
        (11.0, Wait(None), 5.0),
        // Of the two seconds of the second hold one may have been too much: 200 in 12 seconds.
        (13.0, Through, 15.0),
    ];
    play(Rate::PerSecond(20.0), &table);
}

#[test]
fn after_a_hold_that_was_too_short_it_gropes_and_never_faster_than_before() {
    let table = [(10.0, Flow, 20.0), (10.0, Wait(Some(1)), 17.7), (11.0, Wait(Some(1)), 5.0), (12.0, Through, 16.1)];
    play(Rate::PerSecond(20.0), &table);
    let slow = [(20.0, Flow, 2.0), (20.0, Wait(Some(1)), 1.8), (21.0, Wait(Some(1)), 1.6), (22.0, Through, 1.6)];
    play(Rate::PerSecond(2.0), &slow);
}

#[test]
fn a_limit_that_was_refuted_is_not_believed_again() {
    // A bucket of 20 a second that always asks for ten seconds: told in ten, it would be ten.
    let table = [
        (10.0, Flow, 20.0),
        (10.0, Wait(Some(10)), 9.4),
        (20.0, Through, 9.4),
        (48.0, Flow, 20.0),
        (48.0, Wait(Some(10)), 13.3),
        (58.0, Through, 13.3),
    ];
    play(Rate::PerSecond(20.0), &table);
}

#[test]
fn two_throttles_close_together_do_not_make_an_end_of_it() {
    let table = [
        (10.0, Flow, 30.0),
        (10.0, Wait(Some(1)), 26.5),
        (11.0, Through, 26.5),
        (11.1, Flow, 26.6),
        (11.2, Wait(Some(10)), 13.3),
        (21.2, Through, 13.3),
        (40.0, Flow, 16.6),
    ];
    play(Rate::PerSecond(30.0), &table);
}

#[test]
fn where_nothing_was_borne_the_pace_is_halved() {
    play(Rate::PerSecond(100.0), &[(0.0, Wait(Some(1)), 45.0), (1.0, Through, 45.0)]);
    // Nothing comes back for a minute, as when everything times out, and then a 429.
    let table = [(10.0, Flow, 20.0), (10.0, Wait(Some(1)), 17.7), (11.0, Through, 17.7), (70.0, Wait(Some(1)), 8.8)];
    play(Rate::PerSecond(20.0), &table);
}

#[test]
fn the_dearer_it_is_to_meet_the_limit_the_rarer_it_is_tried() {
    let climbs = |answers: u32, held: u64| {
        let mut pace = Pace::new(Rate::PerSecond(20.0));
        for start in 0..400 {
            pace.started(seconds(f64::from(start) / 20.0), true);
            pace.let_through(seconds(f64::from(start) / 20.0));
        }
        for _ in 0..answers {
            pace.throttled(seconds(20.0), seconds(20.0), Some(Duration::from_secs(held))).expect("not too long");
        }
        pace.let_through(seconds(20.0) + Duration::from_secs(held));
        pace.limit.expect("it was met").climb.as_secs()
    };
    for (answers, held, climb) in [(1, 1, 9), (2, 1, 9), (4, 1, 13), (40, 1, 60), (1, 3, 18)] {
        assert_eq!(climbs(answers, held), climb, "{answers} answers, {held} s");
    }
}
