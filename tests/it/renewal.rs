//! Tokens that end, or are taken back, while many rows wait for their turn.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use convoke::outcome::Status;
use convoke::pace::Rate;
use convoke::sim::{Scenario, Sim};

use crate::harness::{How, Ran, provision, sheet};

const ROWS: u64 = 200;

/// A run of 64 slots at 10 per second, so that a row waits longer for its turn than a token of four seconds lasts; and how
/// often the identity service was asked.
fn crowded(scenario: &str) -> (Ran, u32) {
    let asked = Rc::new(Cell::new(0));
    let counter = asked.clone();
    let how = How {
        slots: 64,
        rate: Rate::PerSecond(10.0),
        tamper_login: Box::new(move || {
            counter.set(counter.get() + 1);
            None
        }),
        ..How::default()
    };
    let scenario: Scenario = scenario.parse().expect("a scenario");
    let ran = provision(&Sim::new(scenario), &sheet(200), how);
    (ran, asked.get())
}

#[test]
fn a_token_that_ends_while_a_row_waits_for_its_turn_is_not_sent() {
    let (ran, asked) = crowded("calm,token-lifetime=4s,latency=100ms");
    assert_eq!(ran.tally.of(Status::Created), ROWS, "{}", ran.tally.in_words());
    // At the very end of a token one or another may be on the wire.
    let sent = ran.witness.starts.borrow().len();
    assert!(sent <= 205, "{sent} requests for {ROWS} rows");
    assert!(asked <= 10 && ran.took < Duration::from_secs(30), "{asked} tokens in {:?}", ran.took);
}

#[test]
fn a_token_that_is_taken_back_costs_one_renewal_and_no_outage() {
    let (ran, asked) = crowded("calm,token-revoked-after=4s,latency=100ms");
    assert_eq!(ran.tally.of(Status::Created), ROWS, "{}", ran.tally.in_words());
    let sent = ran.witness.starts.borrow().len();
    assert!(sent <= 215, "{sent} requests for {ROWS} rows");
    assert!(asked <= 7 && ran.took < Duration::from_secs(30), "{asked} tokens in {:?}", ran.took);
}
