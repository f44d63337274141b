//! Tries: what one row has cost so far, and how long it waits before the next attempt.

use std::time::Duration;

use tokio::time::Instant;

use crate::tally::clock;

/// How often one row is tried, throttled attempts and those of an outage not counted: with doubling waits that is a
/// minute as a rule and two at most, which outlasts the usual fault of a single host. When one attempt in five fails,
/// one row in 400,000 gives up.
const ATTEMPTS_MAX: u32 = 8;
/// How long one row is tried, its waits for a turn not counted: attempts can hang for their timeout each.
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
    /// It is sent once, and again only if it is certain that nothing was done.
    pub once: bool,
    /// Attempts that failed and were charged to the row; a throttle is nobody's failure.
    failed: u32,
    /// When the first attempt began.
    begun: Option<Instant>,
    /// How long its attempts and the waits between them took. Waiting for a turn, or with everybody, is nobody's fault.
    spent: Duration,
    /// A repetition has been paid for, and not come back.
    paid: bool,
    /// The row has asked something else before.
    follows: bool,
}

impl Tries {
    /// Those of another request of a row that has had an answer.
    pub fn following() -> Self {
        Self { follows: true, ..Self::default() }
    }

    /// Whether the row has sent nothing yet: then it waits behind those that have.
    pub fn is_fresh(&self) -> bool {
        self.sent == 0 && !self.follows
    }

    /// An attempt begins.
    pub fn begin(&mut self) {
        self.begun.get_or_insert_with(Instant::now);
    }

    /// It took so long on the wire.
    pub fn took(&mut self, time: Duration) {
        self.spent += time;
    }

    /// An attempt failed, and the row is charged for it. How long to wait before the next; `None` when there shall be
    /// none.
    pub fn backoff(&mut self, record: u64) -> Option<Duration> {
        self.failed += 1;
        let mut dice = fastrand::Rng::with_seed((record << 8) | u64::from(self.failed));
        let wait = backoff(self.failed, dice.f64());
        self.spent += wait;
        (self.failed < ATTEMPTS_MAX && self.spent <= ROW_TIME_MAX).then_some(wait)
    }

    /// The next attempt is paid for.
    pub fn pay(&mut self) {
        self.paid = true;
    }

    /// Whether the attempt that has just been answered was paid for.
    pub fn refund(&mut self) -> bool {
        std::mem::take(&mut self.paid)
    }

    /// When the first attempt that counts began.
    pub fn since(&self) -> Option<Instant> {
        self.begun
    }

    /// There was an outage: what failed before it counts no more.
    pub fn forgive(&mut self) {
        (self.failed, self.begun, self.spent) = (0, None, Duration::ZERO);
    }

    /// What was tried, for the `error` column.
    pub fn in_words(&self) -> String {
        let took = self.begun.map_or(Duration::ZERO, |begun| begun.elapsed());
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
    async fn a_row_is_bounded_in_attempts_and_in_its_own_time_and_not_in_that_of_others() {
        let mut tries = Tries { failed: ATTEMPTS_MAX - 2, ..Tries::default() };
        assert!(tries.backoff(1).is_some());
        assert_eq!(tries.backoff(1), None);
        tries.forgive();
        tries.begin();
        tokio::time::advance(ROW_TIME_MAX * 2).await;
        assert!(tries.backoff(1).is_some(), "it waited for its turn");
        tries.took(ROW_TIME_MAX);
        assert_eq!(tries.backoff(1), None);
        assert_eq!(tries.in_words(), "gave up after 2 attempts in 30 min");
    }

    #[test]
    fn rows_that_failed_together_part() {
        let waits: std::collections::BTreeSet<_> =
            (0..100).filter_map(|record| Tries::default().backoff(record)).collect();
        assert!(waits.len() > 95, "{}", waits.len());
    }
}
