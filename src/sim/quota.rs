//! How many requests are let through, and what else uses that up.
//!
//! A request that is refused costs as much as one that is let through, unless the quota says otherwise
//! (concepts/throttling: throttled requests count too). It knows no clock: the time is given.

use std::time::Duration;

use tokio::time::Instant;

use super::retry_after::RetryAfter;

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
    /// What the `Retry-After` of a 429 looks like.
    pub retry_after: RetryAfter,
    /// What a request that is refused costs, where one that is let through costs 1.
    pub refused_cost: f64,
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
        Self { limit, halved: None, others_per_second: 0.0, retry_after: RetryAfter::Integer, refused_cost: 1.0 }
    }
}

/// What has been used of a quota.
#[derive(Debug, Default)]
pub(super) struct Used {
    opened: Option<Instant>,
    /// When the window ends, and what has been spent in it.
    window: Option<(Instant, f64)>,
    /// When the bucket was looked at last, and the tokens in it then; fewer than none when refusals have cost some.
    tokens: Option<(Instant, f64)>,
    /// How many requests the other client has sent.
    others: u32,
}

/// Takes one request off all these quotas. Over one of them it is refused by all: it costs what a refused one costs, and
/// is told the latest time at which one of those it is over would let one through, in the form of that quota.
pub(super) fn charge(now: Instant, quotas: &mut [(&mut Used, Quota)]) -> Option<(Instant, RetryAfter)> {
    let over: Vec<bool> = quotas.iter_mut().map(|(used, quota)| used.is_over(now, *quota)).collect();
    let refused = over.contains(&true);
    let mut until = None;
    for ((used, quota), is_over) in quotas.iter_mut().zip(over) {
        let free = used.spend(now, *quota, refused);
        if is_over && until.is_none_or(|(latest, _)| free > latest) {
            until = Some((free, quota.retry_after));
        }
    }
    until
}

impl Used {
    /// Takes one request off this quota alone; over it, says when one would be let through.
    #[cfg(test)]
    pub(super) fn charge(&mut self, now: Instant, quota: Quota) -> Option<Instant> {
        charge(now, &mut [(self, quota)]).map(|(until, _)| until)
    }

    /// Whether a request at this time would be one too many, after all that the other client has sent by then.
    fn is_over(&mut self, now: Instant, quota: Quota) -> bool {
        let opened = *self.opened.get_or_insert(now);
        while let Some(next) = self.next_of_others(opened, quota).filter(|next| *next <= now) {
            self.others += 1;
            let refused = self.has_none(next, quota);
            self.spend(next, quota, refused);
        }
        self.has_none(now, quota)
    }

    fn next_of_others(&self, opened: Instant, quota: Quota) -> Option<Instant> {
        let is_shared = quota.others_per_second > 0.0 && self.others < u32::MAX;
        is_shared.then(|| opened + seconds(f64::from(self.others) / quota.others_per_second))
    }

    fn has_none(&self, now: Instant, quota: Quota) -> bool {
        match self.limit_at(now, quota) {
            Limit::Window { requests, .. } => {
                let spent = self.window.map_or(0.0, |(end, spent)| if now < end { spent } else { 0.0 });
                spent + 1.0 > f64::from(requests)
            }
            // A token that has come to within a billionth is there: time has whole nanoseconds.
            Limit::Bucket { per_second, burst } => self.tokens_at(now, per_second, burst) <= 1.0 - 1e-9,
        }
    }

    /// Takes one request off, and says when the next would be let through if this one was refused.
    fn spend(&mut self, now: Instant, quota: Quota, refused: bool) -> Instant {
        let cost = if refused { quota.refused_cost.max(0.0) } else { 1.0 };
        match self.limit_at(now, quota) {
            Limit::Window { length, .. } => {
                let (end, spent) = match self.window {
                    Some((end, spent)) if now < end => (end, spent),
                    _ => (now + length.min(LONGEST), 0.0),
                };
                self.window = Some((end, spent + cost));
                end
            }
            Limit::Bucket { per_second, burst } => {
                let left = (self.tokens_at(now, per_second, burst) - cost).max(-burst);
                self.tokens = Some((now, left));
                now + seconds((1.0 - left) / per_second)
            }
        }
    }

    /// The limit, or half of it.
    fn limit_at(&self, now: Instant, quota: Quota) -> Limit {
        let since = self.opened.map_or(Duration::ZERO, |opened| now.saturating_duration_since(opened));
        match quota.limit {
            limit if quota.halved.is_none_or(|(from, to)| !(from..to).contains(&since)) => limit,
            Limit::Window { requests, length } => Limit::Window { requests: requests / 2, length },
            Limit::Bucket { per_second, burst } => Limit::Bucket { per_second: per_second / 2.0, burst },
        }
    }

    fn tokens_at(&self, now: Instant, per_second: f64, burst: f64) -> f64 {
        let (last, tokens) = self.tokens.unwrap_or((now, burst));
        burst.min(tokens + now.saturating_duration_since(last).as_secs_f64() * per_second)
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).map_or(LONGEST, |time| time.min(LONGEST))
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
    fn a_refused_request_costs_what_the_quota_says() {
        // One goes through, then one is refused; how long it takes until the next, by what the refusal cost.
        for (refused_cost, wait) in [(0.0, 10.0), (0.5, 15.0), (1.0, 20.0), (2.0, 20.0), (f64::NAN, 10.0)] {
            let (mut used, now) = (Used::default(), Instant::now());
            let quota = Quota { refused_cost, ..Quota::bucket(0.1, 1.0) };
            assert_eq!(used.charge(now, quota), None);
            let until = used.charge(now, quota).expect("the bucket is empty");
            assert_eq!(until.saturating_duration_since(now), Duration::from_secs_f64(wait), "{refused_cost}");
        }
        // A bucket that holds more can owe more.
        let (mut used, now) = (Used::default(), Instant::now());
        let quota = Quota { refused_cost: 2.0, ..Quota::bucket(1.0, 3.0) };
        assert_eq!([(); 3].map(|()| used.charge(now, quota)), [None; 3]);
        assert_eq!(used.charge(now, quota), Some(now + Duration::from_secs(3)));
        assert_eq!(used.charge(now, quota), Some(now + Duration::from_secs(4)), "it owes no more than it holds");
        // A window begins anew, whatever was refused in it.
        let quota = Quota { refused_cost: 10.0, ..Quota::window(3, Duration::from_secs(10)) };
        assert_eq!(let_through(quota, evenly(2, 20)), 6);
    }

    #[test]
    fn under_two_quotas_the_later_one_is_told_and_both_are_charged() {
        let (mut app, mut user, now) = (Used::default(), Used::default(), Instant::now());
        let of_app = Quota { retry_after: RetryAfter::Date, ..Quota::window(3, Duration::from_secs(10)) };
        let of_user = Quota { retry_after: RetryAfter::Fraction, ..Quota::window(2, Duration::from_secs(30)) };
        let mut ask = |user: &mut Used, after: u64| {
            let now = now + Duration::from_secs(after);
            charge(now, &mut [(&mut app, of_app), (user, of_user)])
        };
        let until = |after, form| Some((now + Duration::from_secs(after), form));
        assert_eq!([ask(&mut user, 0), ask(&mut user, 0)], [None, None]);
        // Over its own quota only, and the app's is charged for it.
        assert_eq!(ask(&mut user, 1), until(30, RetryAfter::Fraction));
        let mut other = Used::default();
        assert_eq!(ask(&mut other, 2), until(10, RetryAfter::Date));
        // Over both.
        assert_eq!(ask(&mut user, 3), until(30, RetryAfter::Fraction));
        assert_eq!(ask(&mut other, 11), None);
        assert_eq!(ask(&mut user, 12), until(30, RetryAfter::Fraction));
    }

    #[test]
    fn a_request_that_one_quota_refuses_for_nothing_costs_the_other_nothing() {
        let (mut app, mut user, mut other, now) = (Used::default(), Used::default(), Used::default(), Instant::now());
        let free = |requests| Quota { refused_cost: 0.0, ..Quota::window(requests, Duration::from_secs(10)) };
        let mut ask = |user: &mut Used| charge(now, &mut [(&mut app, free(2)), (user, free(1))]).is_none();
        assert_eq!([ask(&mut user), ask(&mut user), ask(&mut user)], [true, false, false]);
        assert_eq!([ask(&mut other), ask(&mut Used::default())], [true, false]);
    }

    #[test]
    fn no_quota_is_too_extreme() {
        for limit in [Quota::bucket(1e-300, 1.0), Quota::bucket(0.0, 0.5), Quota::window(0, Duration::MAX)] {
            let (mut used, now) = (Used::default(), Instant::now());
            let quota = Quota { refused_cost: f64::INFINITY, others_per_second: 1e-300, ..limit };
            used.charge(now, quota);
            assert_eq!(used.charge(now, quota), Some(now + LONGEST));
        }
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
