//! The simulator's time: the wall clock at its start, put ahead or behind by the scenario, plus tokio's time since.
//!
//! So a paused test clock rules its dates too. A skew shows in what the service writes, never in how long anything
//! takes. It refuses to go past a century, and back past 1970.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// HTTP dates end with the year 9999; a test that sleeps for ever must not get there.
const CENTURY: Duration = Duration::from_hours(100 * 365 * 24);

pub(super) struct Clock {
    started: Instant,
    /// Since 1970, by the service's clock.
    started_at: Duration,
}

impl Clock {
    /// A clock that is ahead by so much, or behind if that is less than nothing.
    pub(super) fn start(skew: TimeDelta) -> Self {
        let real = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let off = skew.abs().to_std().unwrap_or(CENTURY).min(CENTURY);
        let started_at = if skew < TimeDelta::zero() { real.saturating_sub(off) } else { real.saturating_add(off) };
        Self { started: Instant::now(), started_at }
    }

    /// Time since 1970.
    pub(super) fn unix(&self) -> Duration {
        self.started_at + self.started.elapsed().min(CENTURY)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        DateTime::from(SystemTime::UNIX_EPOCH + self.unix())
    }

    /// Without the fraction, as in an error's `date`.
    pub(super) fn now_in_seconds(&self) -> DateTime<Utc> {
        DateTime::from(SystemTime::UNIX_EPOCH + Duration::from_secs(self.unix().as_secs()))
    }

    /// The value of a Date header.
    pub(super) fn http_date(&self) -> String {
        httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + self.unix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_clock_obeys_tokio() {
        let clock = Clock::start(TimeDelta::zero());
        let before = clock.unix();
        tokio::time::advance(Duration::from_secs(90)).await;
        assert_eq!(clock.unix(), before + Duration::from_secs(90));
    }

    #[tokio::test(start_paused = true)]
    async fn a_skewed_clock_is_ahead_or_behind_and_runs_no_faster() {
        let real = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs_f64();
        for skew in [90_i32, -300] {
            let clock = Clock::start(TimeDelta::seconds(skew.into()));
            let off = clock.unix().as_secs_f64() - real;
            assert!((off - f64::from(skew)).abs() < 5.0, "{off} for {skew}");
            let before = clock.unix();
            tokio::time::advance(Duration::from_hours(1)).await;
            assert_eq!(clock.unix(), before + Duration::from_hours(1));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_skew_is_too_great_for_a_date() {
        for skew in [TimeDelta::MIN, TimeDelta::MAX] {
            let clock = Clock::start(skew);
            tokio::time::advance(2 * CENTURY).await;
            assert!(httpdate::parse_http_date(&clock.http_date()).is_ok());
        }
    }
}
