//! Budget: what failures may cost. Rows that failed ask again out of one purse, so that what fails cannot crowd out what
//! has not been tried; the purse of Amazon's SDKs, whose numbers these are.
//!
//! A row that finds it empty waits and does not fail. A repetition after a "wait" costs nothing: a throttle is nobody's
//! failure. It never runs dry for good: one attempt in ten may always be a repetition. Pure: the time is given.

use std::time::Duration;

/// What it holds, and has at first: a hundred repetitions, an ordinary hiccup of a service.
const CAPACITY: f64 = 500.0;
/// What a repetition costs, and what it brings back when it succeeds.
const REPETITION: f64 = 5.0;
/// What a first attempt that succeeds brings: while less than a third of all attempts fail, nobody ever waits.
const SUCCESS: f64 = 1.0;
/// The share of the pace that repetitions always have. When no row is left that has not been tried, it bounds what a
/// service is asked that fails half of the time or more.
const SHARE: f64 = 0.1;
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
    /// Pays for a repetition, or says how long it takes at the most until there is enough. `pace` is how many attempts
    /// may start per second.
    pub fn take(&mut self, now: Duration, pace: f64) -> Result<(), Duration> {
        let per_second = pace.min(PACE_MAX) * SHARE * REPETITION;
        self.add(now.saturating_sub(self.at).as_secs_f64() * per_second);
        self.at = now;
        // A billionth may be lost to rounding.
        if self.left < REPETITION - 1e-9 {
            return Err(Duration::from_secs_f64((REPETITION - self.left) / per_second));
        }
        self.left -= REPETITION;
        Ok(())
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
    fn empty(budget: &mut Budget, now: Duration, pace: f64) -> u32 {
        let mut taken = 0;
        while budget.take(now, pace).is_ok() {
            taken += 1;
        }
        taken
    }

    #[test]
    fn a_hundred_repetitions_are_free_and_then_one_attempt_in_ten_of_the_pace() {
        for (pace, in_ten_seconds) in [(1.0, 1), (10.0, 10), (f64::INFINITY, 50)] {
            let mut budget = Budget::default();
            assert_eq!(empty(&mut budget, Duration::ZERO, pace), 100);
            let wait = budget.take(Duration::ZERO, pace).expect_err("it is empty");
            assert_eq!(budget.take(wait, pace), Ok(()), "{pace}: it is as long as it says");
            assert_eq!(empty(&mut budget, wait + Duration::from_secs(10), pace), in_ten_seconds);
        }
    }

    #[test]
    fn success_refills_it_to_the_brim_and_no_further() {
        let mut budget = Budget::default();
        empty(&mut budget, Duration::ZERO, 10.0);
        (0..5).for_each(|_| budget.succeeded(false));
        assert_eq!(empty(&mut budget, Duration::ZERO, 10.0), 1);
        (0..7).for_each(|_| budget.succeeded(true));
        assert_eq!(empty(&mut budget, Duration::ZERO, 10.0), 7);
        (0..10_000).for_each(|_| budget.succeeded(true));
        assert_eq!(empty(&mut budget, Duration::from_hours(1), 10.0), 100);
    }

    #[test]
    fn nobody_waits_while_less_than_a_third_of_the_attempts_fail() {
        for (failing_percent, waits) in [(10, false), (20, false), (30, false), (40, true), (60, true)] {
            let mut budget = Budget::default();
            // Each attempt of a row fails alike, and every failure asks again at once; no time goes by.
            let waited = (0..100_000_u64).any(|row| {
                (0..)
                    .map_while(|attempt| {
                        let fails = fastrand::Rng::with_seed(row * 1_000 + attempt).u32(0..100) < failing_percent;
                        if !fails {
                            budget.succeeded(attempt > 0);
                        }
                        fails.then(|| budget.take(Duration::ZERO, 10.0).is_err())
                    })
                    .take(50)
                    .any(|waits| waits)
            });
            assert_eq!(waited, waits, "{failing_percent} %");
        }
    }
}
