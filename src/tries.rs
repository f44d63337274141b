//! Tries: what one row has cost so far, and how long it waits before the next attempt.

use std::time::Duration;

use tokio::time::Instant;

use crate::tally::clock;

/// How often one row is tried, throttled attempts and those of an outage not counted: with doubling waits that is a
/// minute as a rule and two at most, which outlasts the usual fault of a single host. When one attempt in five fails,
/// one row in 400,000 gives up.
const ATTEMPTS_MAX: u32 = 8;
/// How long one row is tried, holds not counted: attempts can hang for their timeout each.
const ROW_TIME_MAX: Duration = Duration::from_mins(15);
/// The longest wait before the first repetition; it doubles from there.
const BACKOFF_FIRST_MAX: Duration = Duration::from_secs(1);
/// What the doubling ends at.
const BACKOFF_MAX: Duration = Duration::from_mins(1);

/// What one row has cost so far.
#[derive(Debug, Default)]
pub struct Tries {
    /// Requests sent.
    pub sent: u32,
    /// Attempts that failed and were charged to the row; a throttle is nobody's failure.
    failed: u32,
    /// When the first attempt began, and how long everybody had been held by then.
    begun: Option<(Instant, Duration)>,
}

impl Tries {
    /// An attempt begins; `held` is how long everybody has been held so far.
    pub fn begin(&mut self, held: Duration) {
        self.begun.get_or_insert((Instant::now(), held));
    }

    /// An attempt failed, and the row is charged for it. How long to wait before the next; `None` when there shall be
    /// none.
    pub fn backoff(&mut self, record: u64, held: Duration) -> Option<Duration> {
        self.failed += 1;
        let spent =
            self.begun.map_or(Duration::ZERO, |(begun, before)| (begun.elapsed() + before).saturating_sub(held));
        let mut dice = fastrand::Rng::with_seed((record << 8) | u64::from(self.failed));
        let wait = backoff(self.failed, dice.f64());
        (self.failed < ATTEMPTS_MAX && spent + wait <= ROW_TIME_MAX).then_some(wait)
    }

    /// The row waited so long through no fault of its own; it does not count.
    pub fn excuse(&mut self, waited: Duration) {
        if let Some((begun, _)) = &mut self.begun {
            *begun += waited;
        }
    }

    /// Whether the row was charged for an attempt that failed.
    pub fn has_failed(&self) -> bool {
        self.failed > 0
    }

    /// When the first attempt that counts began.
    pub fn since(&self) -> Option<Instant> {
        self.begun.map(|(begun, _)| begun)
    }

    /// There was an outage: what failed before it counts no more.
    pub fn forgive(&mut self) {
        (self.failed, self.begun) = (0, None);
    }

    /// What was tried, for the `error` column.
    pub fn in_words(&self) -> String {
        let took = self.begun.map_or(Duration::ZERO, |(begun, _)| begun.elapsed());
        format!("gave up after {} attempts in {}", self.sent.max(self.failed), clock(took))
    }
}

/// Capped exponential backoff with full jitter: anywhere from nothing to a limit that doubles. `dice` is 0 to 1, and
/// is thrown from the record and the attempt, so that rows that failed together part and runs can be repeated.
fn backoff(failed: u32, dice: f64) -> Duration {
    let doublings = failed.saturating_sub(1).min(16);
    BACKOFF_MAX.min(BACKOFF_FIRST_MAX * 2_u32.pow(doublings)).mul_f64(dice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_to_its_cap_and_the_jitter_is_full() {
        for (failed, seconds) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (10, 60), (u32::MAX, 60)] {
            assert_eq!(backoff(failed, 1.0), Duration::from_secs(seconds), "{failed}");
            assert_eq!(backoff(failed, 0.0), Duration::ZERO);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_row_is_bounded_in_attempts_and_in_time_but_holds_do_not_count() {
        let mut tries = Tries { failed: ATTEMPTS_MAX - 2, ..Tries::default() };
        assert!(tries.backoff(1, Duration::ZERO).is_some());
        assert_eq!(tries.backoff(1, Duration::ZERO), None);
        tries.forgive();
        assert!(tries.backoff(1, Duration::ZERO).is_some());
        let begun = Some((Instant::now(), Duration::from_secs(5)));
        tokio::time::advance(ROW_TIME_MAX + Duration::from_secs(1)).await;
        let tries = || Tries { begun, ..Tries::default() };
        assert_eq!(tries().backoff(1, Duration::from_secs(5)), None);
        assert!(tries().backoff(1, Duration::from_secs(65)).is_some(), "a minute of it was a hold");
    }

    #[test]
    fn rows_that_failed_together_part() {
        let waits: std::collections::BTreeSet<_> =
            (0..100).filter_map(|record| Tries::default().backoff(record, Duration::ZERO)).collect();
        assert!(waits.len() > 95, "{}", waits.len());
    }
}
