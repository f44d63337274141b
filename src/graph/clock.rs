//! Graph's clock, as far as its answers tell it: whether Graph made a meeting since the run began.
//!
//! A row whose first answer was lost gets 200 when it is sent again, though the meeting is new. `creationDateTime` tells
//! the two apart, and it is Graph's time, so the beginning of the run is needed in Graph's time, too: each answer's
//! `Date` says how far Graph's clock is ahead of this machine's, at the least, since an answer arrives after it was
//! written and the header has whole seconds. The greatest of these is the nearest, and is never too great; so what was
//! made in the run is always known for it. What it cannot tell:
//!
//! - A meeting that somebody else made in the last moment before the run (up to a second and the time that an answer
//!   takes; less with every answer) is taken for this run's, if the row was in doubt as well: it was sent more than
//!   once, or the run was resumed and may have sent it before. So is one that somebody else made during the run in the same case.
//! - Clocks that are set, and machines that sleep, during a run: a jump moves the beginning of the run by as much.
//! - The beginning of a run that is resumed is the birth of its file. Where the file system does not keep that, and for
//!   a copied file, the run counts from the last start, and what was lost before it is `existing`.

use std::cell::Cell;
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, header};
use tokio::time::Instant;

/// How precise a `creationDateTime` without a fraction is.
const WHOLE_SECOND: TimeDelta = TimeDelta::seconds(1);

pub(super) struct ServiceClock {
    opened: Instant,
    opened_at: DateTime<Utc>,
    /// When the run began, by this machine's clock.
    begun: Cell<DateTime<Utc>>,
    /// How far Graph's clock is ahead of this machine's, at the least.
    ahead: Cell<Option<TimeDelta>>,
}

impl ServiceClock {
    /// The run begins now.
    pub(super) fn start() -> Self {
        let opened_at = DateTime::from(SystemTime::now());
        Self { opened: Instant::now(), opened_at, begun: Cell::new(opened_at), ahead: Cell::new(None) }
    }

    /// The run begins now, or began earlier.
    pub(super) fn begin(&self, earlier: Option<SystemTime>) {
        let now = self.now().unwrap_or(self.opened_at);
        self.begun.set(earlier.map_or(now, |earlier| now.min(earlier.into())));
    }

    /// By this machine's clock when it was opened, and what has passed since.
    fn now(&self) -> Option<DateTime<Utc>> {
        self.opened_at.checked_add_signed(TimeDelta::from_std(self.opened.elapsed()).ok()?)
    }

    /// An answer came.
    pub(super) fn hear(&self, headers: &HeaderMap) {
        let date = headers.get(header::DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
        if let (Some(date), Some(now)) = (date, self.now()) {
            self.ahead.set(self.ahead.get().max(Some(DateTime::<Utc>::from(date) - now)));
        }
    }

    /// Whether a meeting of this `creationDateTime` was made since the run began. Without a `Date` nobody knows, and it
    /// is not claimed.
    pub(super) fn made_in_run(&self, creation: DateTime<Utc>) -> bool {
        let slack = if creation.timestamp_subsec_nanos() == 0 { WHOLE_SECOND } else { TimeDelta::zero() };
        let begun = self.ahead.get().and_then(|ahead| self.begun.get().checked_add_signed(ahead));
        begun.is_some_and(|begun| creation.checked_add_signed(slack).is_none_or(|creation| creation >= begun))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use std::time::Duration;

    /// A service whose clock is so many seconds ahead, asked so often at intervals of 0.3 s.
    async fn heard(clock: &ServiceClock, ahead: TimeDelta, answers: u32) {
        for _ in 0..answers {
            let now = clock.opened_at + TimeDelta::from_std(clock.opened.elapsed()).expect("a short time") + ahead;
            let date = httpdate::fmt_http_date(now.into());
            let headers = HeaderMap::from_iter([(header::DATE, HeaderValue::try_from(date).expect("a date"))]);
            tokio::time::advance(Duration::from_millis(20)).await;
            clock.hear(&headers);
            tokio::time::advance(Duration::from_millis(280)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_made_since_the_run_began_is_told_by_the_services_own_clock() {
        let ms = TimeDelta::milliseconds;
        for ahead in [-7200, -1, 0, 1, 7200].map(TimeDelta::seconds) {
            let clock = ServiceClock::start();
            let begun = clock.opened_at + ahead;
            assert!(!clock.made_in_run(begun + ms(500)), "without an answer nobody knows");
            heard(&clock, ahead, 1).await;
            assert!(clock.made_in_run(begun + ms(1)));
            assert!(!clock.made_in_run(begun - ms(1030)), "a second and an answer's way, at the most");
            heard(&clock, ahead, 30).await;
            assert!(clock.made_in_run(begun + ms(1)));
            assert!(!clock.made_in_run(begun - ms(140)), "less with every answer");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_that_is_resumed_began_when_its_file_was_born() {
        let clock = ServiceClock::start();
        heard(&clock, TimeDelta::zero(), 30).await;
        let before = clock.opened_at - TimeDelta::minutes(10);
        assert!(!clock.made_in_run(before));
        clock.begin(Some((before - TimeDelta::seconds(1)).into()));
        assert!(clock.made_in_run(before));
        let now = clock.now().expect("a time");
        for begun in [None, Some((now + TimeDelta::hours(1)).into())] {
            clock.begin(begun);
            assert!(clock.made_in_run(now), "a birth in the future is a clock that was set back");
            assert!(!clock.made_in_run(now - TimeDelta::seconds(1)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_in_whole_seconds_is_given_the_benefit_of_its_second() {
        let clock = ServiceClock::start();
        heard(&clock, TimeDelta::zero(), 30).await;
        let floor = DateTime::from_timestamp(clock.opened_at.timestamp(), 0).expect("a time");
        assert!(clock.made_in_run(floor));
        assert!(!clock.made_in_run(floor - TimeDelta::seconds(2)));
    }
}
