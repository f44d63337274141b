//! The simulator's time: the wall clock at its start plus tokio's time since.
//!
//! So a paused test clock rules its dates too. It refuses to go past a century.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use tokio::time::Instant;

/// HTTP dates end with the year 9999; a test that sleeps for ever must not get there.
const CENTURY: Duration = Duration::from_hours(100 * 365 * 24);

pub(super) struct Clock {
    started: Instant,
    /// Since 1970.
    started_at: Duration,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { started: Instant::now(), started_at: SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default() }
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

    /// A date one to two seconds ahead, which HTTP can say (it knows whole seconds
    /// only), and the same moment on tokio's clock.
    pub(super) fn next_date(&self) -> (String, Instant) {
        let now = self.unix();
        let whole = now.as_secs() + u64::from(now.subsec_nanos() > 0);
        let date = Duration::from_secs(whole + 1);
        (httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + date), Instant::now() + date.saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_clock_obeys_tokio() {
        let clock = Clock::start();
        let before = clock.unix();
        tokio::time::advance(Duration::from_secs(90)).await;
        assert_eq!(clock.unix(), before + Duration::from_secs(90));
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_date_is_a_whole_second_one_to_two_seconds_ahead() {
        let clock = Clock::start();
        for _ in 0..20 {
            tokio::time::advance(Duration::from_millis(370)).await;
            let (text, moment) = clock.next_date();
            let ahead = moment - Instant::now();
            assert!((Duration::from_secs(1)..Duration::from_secs(2)).contains(&ahead), "{ahead:?}");
            let date = httpdate::parse_http_date(&text).expect("the clock writes HTTP dates");
            assert_eq!(date, SystemTime::UNIX_EPOCH + clock.unix() + ahead);
        }
    }
}
