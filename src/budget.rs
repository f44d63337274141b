//! Budget: what failures may cost. Rows that failed ask again out of one purse, so that what fails cannot crowd out what
//! has not been tried; the purse of Amazon's SDKs, whose numbers these are.
//!
//! A row that finds it empty waits and does not fail. A repetition after a "wait" costs nothing: a throttle is nobody's
//! failure. It never runs dry for good: each attempt puts a little in, and time does when there is no row left that has
//! not been tried and could be crowded out. Pure: the time is given.

use std::time::Duration;

/// What it holds, and has at first: a hundred repetitions, an ordinary hiccup of a service.
const CAPACITY: f64 = 500.0;
/// What a repetition costs, and what it brings back when it succeeds.
const REPETITION: f64 = 5.0;
/// What a first attempt that succeeds brings: while less than three in ten attempts fail, nobody ever waits.
const SUCCESS: f64 = 1.0;
/// What each attempt brings, whatever comes of it: one in ten may always be a repetition.
const ATTEMPT: f64 = 0.5;
/// The share of the pace that repetitions have when nobody could be crowded out.
const SHARE: f64 = 0.5;
/// The pace per second that is counted with where attempts are not paced, or faster.
const PACE_MAX: f64 = 50.0;

/// What is left.
#[derive(Debug)]
pub struct Budget {
    left: f64,
    /// When the share was added last, counted from the opening of the gate.
    at: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: CAPACITY, at: Duration::ZERO }
    }
}

impl Budget {
    /// Pays for a repetition, if there is enough. `pace` is how many attempts may start per second; `fresh` says that
    /// there are rows which have not been tried.
    pub fn take(&mut self, now: Duration, pace: f64, fresh: bool) -> bool {
        let passed = now.saturating_sub(std::mem::replace(&mut self.at, now));
        if !fresh {
            self.add(passed.as_secs_f64() * pace.min(PACE_MAX) * SHARE * REPETITION);
        }
        // A billionth may be lost to rounding.
        let is_enough = self.left >= REPETITION - 1e-9;
        if is_enough {
            self.left -= REPETITION;
        }
        is_enough
    }

    /// An attempt starts.
    pub fn started(&mut self) {
        self.add(ATTEMPT);
    }

    /// An attempt succeeded; `again` says that it was a repetition.
    pub fn succeeded(&mut self, again: bool) {
        self.add(if again { REPETITION } else { SUCCESS });
    }

    fn add(&mut self, amount: f64) {
        self.left = (self.left + amount).min(CAPACITY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes as many as there are.
    fn empty(budget: &mut Budget, now: Duration, fresh: bool) -> u32 {
        let mut taken = 0;
        while budget.take(now, 10.0, fresh) {
            taken += 1;
        }
        taken
    }

    #[test]
    fn a_hundred_repetitions_are_free_and_then_one_attempt_in_ten() {
        let mut budget = Budget::default();
        assert_eq!(empty(&mut budget, Duration::ZERO, true), 100);
        (0..30).for_each(|_| budget.started());
        assert_eq!(empty(&mut budget, Duration::from_secs(10), true), 3);
    }

    #[test]
    fn time_fills_it_only_when_nobody_could_be_crowded_out() {
        let mut budget = Budget::default();
        empty(&mut budget, Duration::ZERO, true);
        assert_eq!(empty(&mut budget, Duration::from_secs(10), true), 0);
        assert_eq!(empty(&mut budget, Duration::from_secs(14), false), 20, "half of the pace for four seconds");
        assert_eq!(empty(&mut budget, Duration::from_hours(1), false), 100, "and no more than it holds");
    }

    #[test]
    fn success_refills_it_to_the_brim_and_no_further() {
        let mut budget = Budget::default();
        empty(&mut budget, Duration::ZERO, true);
        (0..5).for_each(|_| budget.succeeded(false));
        assert_eq!(empty(&mut budget, Duration::ZERO, true), 1);
        (0..7).for_each(|_| budget.succeeded(true));
        assert_eq!(empty(&mut budget, Duration::ZERO, true), 7);
        (0..10_000).for_each(|_| budget.succeeded(true));
        assert_eq!(empty(&mut budget, Duration::ZERO, true), 100);
    }

    #[test]
    fn nobody_waits_while_less_than_three_in_ten_attempts_fail() {
        for (failing_percent, waits) in [(10, false), (20, false), (30, false), (50, true), (60, true)] {
            let mut budget = Budget::default();
            // Each attempt of a row fails alike, and every failure asks again at once; no time goes by.
            let waited = (0..100_000_u64).any(|row| {
                let attempt = |attempt| {
                    let fails = fastrand::Rng::with_seed(row * 1_000 + attempt).u32(0..100) < failing_percent;
                    budget.started();
                    if !fails {
                        budget.succeeded(attempt > 0);
                    }
                    fails.then(|| !budget.take(Duration::ZERO, 10.0, true))
                };
                (0..50).map_while(attempt).any(|waits| waits)
            });
            assert_eq!(waited, waits, "{failing_percent} %");
        }
    }
}
