//! How many requests are let through, and what else uses that up.
//!
//! A request that is refused costs as much as one that is let through (concepts/throttling: throttled requests count
//! too). It knows no clock: the time is given.

use std::time::Duration;

use tokio::time::Instant;

/// As good as for ever, and short enough not to overflow the clock.
const LONGEST: Duration = Duration::from_hours(365 * 24);

/// A limit, and all that a client is not told about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// What is let through.
    pub limit: Limit,
    /// From when to when, counted from the first request, only half of it is let through.
    pub halved: Option<(Duration, Duration)>,
    /// Requests per second that another client sends under the same limit, evenly.
    pub others_per_second: f64,
    /// Whether a 429 has a `Retry-After`.
    pub retry_after: bool,
}

/// A number of requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// So many in a fixed window of time; it opens with the first request after the one before has ended.
    Window {
        /// How many.
        requests: u32,
        /// How long.
        length: Duration,
    },
    /// A bucket of tokens, each good for one request.
    Bucket {
        /// How many it gains in a second; more than 0.
        per_second: f64,
        /// How many it holds, and has at first; 1 or more.
        burst: f64,
    },
}

impl Quota {
    /// So many requests in each window, and a `Retry-After` that reaches to its end.
    pub fn window(requests: u32, length: Duration) -> Self {
        Self::of(Limit::Window { requests, length })
    }

    /// A bucket that gains so many tokens in a second and holds `burst`; its `Retry-After` reaches to the next token.
    pub fn bucket(per_second: f64, burst: f64) -> Self {
        Self::of(Limit::Bucket { per_second, burst })
    }

    fn of(limit: Limit) -> Self {
        Self { limit, halved: None, others_per_second: 0.0, retry_after: true }
    }
}

/// What has been used of a quota.
#[derive(Debug, Default)]
pub(super) struct Used {
    opened: Option<Instant>,
    /// When the window ends, and the requests in it.
    window: Option<(Instant, u32)>,
    /// When the bucket was looked at last, and the tokens in it then; fewer than none when refusals have cost some.
    tokens: Option<(Instant, f64)>,
    /// How many requests the other client has sent.
    others: u32,
}

impl Used {
    /// Takes one request off the quota; over it, says when one would be let through.
    pub(super) fn charge(&mut self, now: Instant, quota: Quota) -> Option<Instant> {
        let opened = *self.opened.get_or_insert(now);
        if quota.others_per_second > 0.0 {
            loop {
                let next = opened + Duration::from_secs_f64(f64::from(self.others) / quota.others_per_second);
                if next > now {
                    break;
                }
                self.others += 1;
                self.spend(next, opened, quota);
            }
        }
        self.spend(now, opened, quota)
    }

    fn spend(&mut self, now: Instant, opened: Instant, quota: Quota) -> Option<Instant> {
        let is_halved = quota.halved.is_some_and(|(from, to)| (from..to).contains(&(now - opened)));
        match quota.limit {
            Limit::Window { requests, length } => {
                let requests = if is_halved { requests / 2 } else { requests };
                let (end, spent) = match self.window {
                    Some((end, spent)) if now < end => (end, spent),
                    _ => (now + length.min(LONGEST), 0),
                };
                self.window = Some((end, spent.saturating_add(1)));
                (spent >= requests).then_some(end)
            }
            Limit::Bucket { per_second, burst } => {
                let per_second = if is_halved { per_second / 2.0 } else { per_second };
                let (last, tokens) = self.tokens.unwrap_or((now, burst));
                let tokens = burst.min(tokens + (now - last).as_secs_f64() * per_second);
                // A token that has come to within a billionth is there: time has whole nanoseconds.
                let is_there = tokens > 1.0 - 1e-9;
                let left = (tokens - 1.0).max(-burst);
                self.tokens = Some((now, left));
                (!is_there).then(|| now + Duration::from_secs_f64((1.0 - left) / per_second).min(LONGEST))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of the requests at these moments, in seconds, are let through.
    fn let_through(quota: Quota, moments: impl IntoIterator<Item = f64>) -> usize {
        let (mut used, opened) = (Used::default(), Instant::now());
        let charge = |moment: f64| used.charge(opened + Duration::from_secs_f64(moment), quota).is_none();
        moments.into_iter().map(charge).filter(|&passes| passes).count()
    }

    fn evenly(per_second: u32, seconds: u32) -> impl Iterator<Item = f64> {
        (0..per_second * seconds).map(move |n| f64::from(n) / f64::from(per_second))
    }

    #[test]
    fn a_window_lets_its_number_through_and_a_bucket_what_it_has_gained() {
        let window = Quota::window(300, Duration::from_secs(10));
        assert_eq!(let_through(window, evenly(30, 30)), 900);
        assert_eq!(let_through(window, evenly(60, 30)), 900);
        assert_eq!(let_through(window, (0..400).map(|_| 0.0)), 300);
        let bucket = Quota::bucket(20.0, 20.0);
        assert_eq!(let_through(bucket, evenly(20, 30)), 600);
        assert_eq!(let_through(bucket, (0..400).map(|_| 0.0)), 20);
        let empty_then_later = (0..20).map(|_| 0.0).chain((1..=4).map(|n| f64::from(n) * 0.05));
        assert_eq!(let_through(bucket, empty_then_later), 24);
    }

    #[test]
    fn a_request_that_is_refused_costs_a_token_too() {
        let (mut used, opened, quota) = (Used::default(), Instant::now(), Quota::bucket(1.0, 2.0));
        let mut after = |moment| used.charge(opened + Duration::from_secs(moment), quota).map(|at| at - opened);
        assert_eq!([after(0), after(0), after(0)], [None, None, Some(Duration::from_secs(2))]);
        assert_eq!([after(1), after(3)], [Some(Duration::from_secs(3)), None]);
    }

    #[test]
    fn half_of_a_limit_is_half_of_it() {
        let halved = Some((Duration::from_secs(10), Duration::from_secs(20)));
        let window = Quota { halved, ..Quota::window(300, Duration::from_secs(10)) };
        assert_eq!(let_through(window, evenly(60, 30)), 300 + 150 + 300);
        let bucket = Quota { halved, ..Quota::bucket(20.0, 20.0) };
        let thrice = [(20, 0.0), (10, 10.0), (20, 20.0)].map(|(rate, from)| evenly(rate, 10).map(move |at| from + at));
        assert_eq!(let_through(bucket, thrice.into_iter().flatten()), 200 + 100 + 200);
    }

    #[test]
    fn another_client_takes_its_part() {
        let shared = Quota { others_per_second: 10.0, ..Quota::window(300, Duration::from_secs(10)) };
        assert_eq!(let_through(shared, evenly(20, 30)), 600);
        // Together they send 35 a second, so that the 300 of a window last for 8.6 seconds.
        assert!((640..=645).contains(&let_through(shared, evenly(25, 30))));
    }
}
