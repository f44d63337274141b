//! The gate in virtual time.

use super::*;
use futures::future::join_all;

const SECOND: Duration = Duration::from_secs(1);

fn float(count: usize) -> f64 {
    u32::try_from(count).expect("a small count").into()
}

async fn starts(gate: &Gate, count: usize) -> Vec<Duration> {
    let opened = Instant::now();
    let start = async || {
        let slot = gate.slot(1, true).await;
        gate.turn(&slot, 1).await;
        opened.elapsed()
    };
    join_all((0..count).map(|_| start())).await
}

#[tokio::test(start_paused = true)]
async fn no_second_sees_more_starts_than_the_rate_and_little_is_lost() {
    for (rate, count) in [(0.5, 8), (1.0, 10), (2.5, 30), (10.0, 100), (49.0, 490), (50.0, 500), (300.0, 3000)] {
        let starts = starts(&Gate::new(64, Rate::PerSecond(rate)), count).await;
        assert!(densest(&starts) <= rate.ceil(), "{} in one second at {rate}/s", densest(&starts));
        let ideal = float(count - 1) / rate;
        let took = starts.last().expect("some").as_secs_f64();
        assert!(took <= ideal * 1.06, "{took} s at {rate}/s, ideal {ideal} s");
    }
}

/// The most starts in any one second.
fn densest(starts: &[Duration]) -> f64 {
    let within =
        |(i, start): (usize, &Duration)| starts[i..].iter().take_while(|&&other| other < *start + SECOND).count();
    float(starts.iter().enumerate().map(within).max().expect("some"))
}

#[tokio::test(start_paused = true)]
async fn nothing_is_saved_up_while_nobody_starts_or_everybody_is_held() {
    for rate in [10.0, 50.0, 200.0] {
        let gate = Gate::new(64, Rate::PerSecond(rate));
        let disturb = async {
            for _ in 0..5 {
                sleep(700 * SECOND / 1000).await;
                gate.throttled(Start(gate.now()), Some(3 * SECOND)).expect("not too long");
                sleep(20 * SECOND).await;
            }
        };
        let opened = Instant::now();
        let seen = RefCell::new(Vec::new());
        let starting = async {
            for _ in 0..10 {
                sleep(7 * SECOND).await;
                let one = async || {
                    let slot = gate.slot(1, true).await;
                    let start = loop {
                        match gate.turn(&slot, 1).await {
                            Some(start) => break start,
                            None => gate.unheld().await,
                        }
                    };
                    seen.borrow_mut().push(opened.elapsed());
                    gate.let_through(start);
                };
                join_all((0..150).map(|_| one())).await;
            }
        };
        tokio::join!(disturb, starting);
        let seen = seen.into_inner();
        assert!(densest(&seen) <= rate, "{} in one second at {rate}/s", densest(&seen));
        assert_eq!(gate.throttles(), 5);
    }
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_start_in_the_order_in_which_they_came() {
    let starts = starts(&Gate::new(100, Rate::PerSecond(20.0)), 50).await;
    assert!(starts.is_sorted());
}

#[tokio::test(start_paused = true)]
async fn a_hold_is_extended_and_never_shortened_and_nobody_starts_in_it() {
    let gate = Gate::new(4, Rate::Max);
    let opened = Instant::now();
    gate.hold(Some(10 * SECOND)).expect("not too long");
    gate.hold(Some(2 * SECOND)).expect("not too long");
    let slot = gate.slot(1, true).await;
    let extend = async {
        sleep(9 * SECOND).await;
        gate.hold(Some(5 * SECOND)).expect("not too long");
    };
    let start = async {
        while gate.turn(&slot, 1).await.is_none() {
            gate.unheld().await;
        }
    };
    tokio::join!(start, extend);
    assert_eq!(opened.elapsed(), 14 * SECOND);
    assert_eq!(gate.held(), 14 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn without_a_time_the_hold_doubles_once_per_hold_until_a_success() {
    let gate = Gate::new(4, Rate::Max);
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
        for _ in 0..16 {
            gate.hold(None).expect("not too long");
        }
        gate.eased(Some(Start(Duration::ZERO))); // It was on the wire when the hold began.
        assert_eq!(gate.held_for(), seconds * SECOND);
        tokio::time::advance(gate.held_for()).await;
    }
    gate.eased(None);
    gate.hold(None).expect("not too long");
    assert_eq!(gate.held_for(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn an_hour_of_nothing_but_wait_is_too_long() {
    let gate = Gate::new(4, Rate::Max);
    assert_eq!(gate.hold(Some(3601 * SECOND)), Err(TooLong(3601 * SECOND)));
    let gate = Gate::new(4, Rate::Max);
    for _ in 0..60 {
        assert_eq!(gate.hold(Some(60 * SECOND)), Ok(()));
        tokio::time::advance(60 * SECOND).await;
    }
    assert_eq!(gate.hold(Some(60 * SECOND)), Err(TooLong(3660 * SECOND)));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_comes_back_stands_behind_one_fresh_row_at_the_most() {
    let gate = Gate::new(1, Rate::Max);
    let first = gate.slot(1, true).await;
    let order = RefCell::new(Vec::new());
    let come = async |name, fresh| {
        let slot = gate.slot(1, fresh).await;
        order.borrow_mut().push(name);
        drop(slot);
    };
    let free = async { drop(first) };
    tokio::join!(come("a", true), come("b", true), come("c", true), come("back", false), free);
    assert_eq!(*order.borrow(), ["a", "back", "b", "c"]);
}

#[tokio::test(start_paused = true)]
async fn the_clock_stands_still_in_a_hold() {
    let gate = Gate::new(4, Rate::PerSecond(200.0));
    starts(&gate, 40).await;
    gate.hold(Some(2 * SECOND)).expect("not too long");
    gate.unheld().await;
    let after = starts(&gate, 5).await;
    assert!(after[0] < after[4], "what could burst was used up before the hold: {after:?}");
}
