//! What failures may cost: repetitions are a share of all attempts, and rows that have not been tried go first.

use std::collections::BTreeSet;
use std::time::Duration;

use convoke::outcome::Status;
use convoke::pace::Rate;
use convoke::sim::{Scenario, Sim};

use crate::harness::{How, Ran, provision, reply, sheet};

/// A run at 10 per second in which every attempt fails that `fails` says of, by its number.
fn failing(rows: usize, fails: fn(u32) -> bool) -> Ran {
    let how = How {
        rate: Rate::PerSecond(10.0),
        tamper: Box::new(move |number, _| fails(number).then(|| Ok(reply(500, &[], "{}")))),
        pause: Duration::from_millis(50),
        ..How::default()
    };
    provision(&Sim::new(Scenario::calm()), &sheet(rows), how)
}

/// How many attempts there were until the last row had its first one, and how many of these were repetitions.
fn while_rows_are_fresh(ran: &Ran) -> (usize, usize) {
    let requests = ran.witness.requests.borrow();
    let mut seen = BTreeSet::new();
    let mut attempts = 0;
    for (number, request) in requests.iter().enumerate() {
        if seen.insert(request.body()) {
            attempts = number + 1;
        }
    }
    (attempts, attempts - seen.len())
}

#[test]
fn the_more_fails_the_smaller_is_the_share_of_repetitions_and_none_starves() {
    // What is in the purse at first, with what it brings back; and then the share, in hundredths.
    for (fails_percent, purse, shares) in [(50, 200, 20..=34), (80, 125, 10..=17)] {
        let fails = if fails_percent == 50 { |number| dice(number) < 50 } else { |number| dice(number) < 80 };
        let ran = failing(1000, fails);
        let (attempts, repetitions) = while_rows_are_fresh(&ran);
        let share = repetitions.saturating_sub(purse) * 100 / attempts;
        assert!(shares.contains(&share), "{fails_percent} %: {repetitions} of {attempts}, {share} %");
        // It is the rows' own eight attempts that end, and not their time.
        for error in ran.column("error").iter().filter(|error| !error.is_empty()) {
            assert!(error.contains("gave up after 8 attempts"), "{error}");
        }
    }
}

fn dice(number: u32) -> u32 {
    fastrand::Rng::with_seed(number.into()).u32(0..100)
}

#[test]
fn when_one_attempt_in_five_fails_no_repetition_waits_for_the_budget() {
    let ran = failing(1000, |number| number % 5 == 0);
    assert_eq!(ran.tally.of(Status::Created), 1000, "{}", ran.tally.in_words());
    let ideal = Duration::from_secs(125);
    assert!(ran.took < ideal + Duration::from_secs(10), "{:?}", ran.took);
}
