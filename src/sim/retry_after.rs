//! `Retry-After`: how long a 429 asks to wait, the header's value for it, and the moment when that wait is over.
//!
//! It reads no clock and holds nobody: the time is given, and `world` keeps the moment.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// What the `Retry-After` of a quota looks like. Graph's samples have had a fraction (2.128) and an integer (10); SDKs
/// also read a date; some services leave it out (concepts/throttling).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetryAfter {
    /// Whole seconds, rounded up, one at least.
    #[default]
    Integer,
    /// Seconds with three decimals, rounded up to the next thousandth.
    Fraction,
    /// A date, which has whole seconds, rounded up.
    Date,
    /// There is none.
    Absent,
}

/// The wait that one 429 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    Seconds(u64),
    Tenths(u64),
    /// One to two seconds, as a date.
    Date,
    /// Until a quota lets the next request through.
    Until(Instant, RetryAfter),
    Unsaid,
}

impl Wait {
    /// The value of the header, and when its wait is over, for an answer that is sent `now`; `unix` is the same moment
    /// by the service's clock, since 1970. `None`: there is no header, and nobody is held.
    pub(super) fn told(self, now: Instant, unix: Duration) -> Option<(String, Instant)> {
        const SECOND: Duration = Duration::from_secs(1);
        let (value, wait) = match self {
            Self::Unsaid | Self::Until(_, RetryAfter::Absent) => return None,
            Self::Seconds(seconds) => whole(Duration::from_secs(seconds)),
            Self::Tenths(tenths) => (format!("{}.{}", tenths / 10, tenths % 10), Duration::from_millis(100 * tenths)),
            Self::Date => date(SECOND, unix),
            Self::Until(end, form) => {
                let left = end.saturating_duration_since(now);
                match form {
                    RetryAfter::Fraction => fraction(left),
                    RetryAfter::Date => date(left, unix),
                    RetryAfter::Integer | RetryAfter::Absent => whole(left.max(SECOND)),
                }
            }
        };
        Some((value, now + wait))
    }
}

fn whole(wait: Duration) -> (String, Duration) {
    let seconds = whole_seconds(wait);
    (seconds.to_string(), Duration::from_secs(seconds))
}

fn fraction(wait: Duration) -> (String, Duration) {
    let millis = wait.as_nanos().div_ceil(1_000_000).max(1);
    let wait = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
    (format!("{}.{:03}", wait.as_secs(), wait.subsec_millis()), wait)
}

/// The first date, in whole seconds, that is in the future and not before the wait is over.
fn date(wait: Duration, unix: Duration) -> (String, Duration) {
    let date = Duration::from_secs(whole_seconds(unix + wait.max(Duration::from_nanos(1))));
    (httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + date), date.saturating_sub(unix))
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIX: Duration = Duration::new(1_800_000_000, 250_000_000);

    /// The value of the header, and the wait that is held to.
    fn told(wait: impl FnOnce(Instant) -> Wait, unix: Duration) -> (String, Duration) {
        let now = Instant::now();
        let (value, until) = wait(now).told(now, unix).expect("there is a header");
        (value, until.saturating_duration_since(now))
    }

    fn until(millis: f64, form: RetryAfter) -> (String, Duration) {
        told(|now| Wait::Until(now + Duration::from_secs_f64(millis / 1000.0), form), UNIX)
    }

    #[test]
    fn an_integer_is_rounded_up_and_is_one_at_least() {
        for (millis, seconds) in [(0.0, 1), (0.5, 1), (1000.0, 1), (1000.1, 2), (9999.0, 10)] {
            let want = (seconds.to_string(), Duration::from_secs(seconds));
            assert_eq!(until(millis, RetryAfter::Integer), want);
        }
    }

    #[test]
    fn a_fraction_is_rounded_up_to_the_thousandth() {
        for (millis, value, held) in [
            (0.0, "0.001", 1),
            (2127.5, "2.128", 2128),
            (2128.0, "2.128", 2128),
            (10_000.0, "10.000", 10_000),
            (99.01, "0.100", 100),
        ] {
            assert_eq!(until(millis, RetryAfter::Fraction), (value.to_owned(), Duration::from_millis(held)));
        }
    }

    #[test]
    fn a_date_is_the_next_whole_second_of_the_service() {
        for (millis, second) in [(0.0, 1), (750.0, 1), (751.0, 2), (10_000.0, 11)] {
            let (value, held) = until(millis, RetryAfter::Date);
            let date = httpdate::parse_http_date(&value).expect("an HTTP date");
            assert_eq!(date, SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + second));
            assert_eq!(SystemTime::UNIX_EPOCH + UNIX + held, date);
            assert!(held.as_secs_f64() * 1000.0 >= millis);
        }
    }

    #[test]
    fn a_quota_may_say_nothing() {
        let now = Instant::now();
        for wait in [Wait::Until(now + UNIX, RetryAfter::Absent), Wait::Unsaid] {
            assert_eq!(wait.told(now, UNIX), None);
        }
    }

    #[test]
    fn what_fate_asks_for_is_held_to_as_it_is_written() {
        assert_eq!(told(|_| Wait::Seconds(3), UNIX), ("3".to_owned(), Duration::from_secs(3)));
        assert_eq!(told(|_| Wait::Tenths(25), UNIX), ("2.5".to_owned(), Duration::from_millis(2500)));
        for millis in (0..3000).step_by(37) {
            let unix = UNIX + Duration::from_millis(millis);
            let (value, held) = told(|_| Wait::Date, unix);
            assert!((Duration::from_secs(1)..Duration::from_secs(2)).contains(&held), "{held:?}");
            let date = httpdate::parse_http_date(&value).expect("an HTTP date");
            assert_eq!(date, SystemTime::UNIX_EPOCH + unix + held);
        }
    }
}
