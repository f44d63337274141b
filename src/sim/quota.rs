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
    /// What a request that is refused costs, where one that is let through costs 1. What does not fit into a window is
    /// taken from the next one, at most all of that. `None`: 1, and nothing beyond the window.
    pub refused_cost: Option<f64>,
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
        Self { limit, halved: None, others_per_second: 0.0, retry_after: RetryAfter::Integer, refused_cost: None }
    }
}

/// What has been used of a quota.
#[derive(Debug, Default)]
pub(super) struct Used {
    opened: Option<Instant>,
    /// When the window ends, and what has been spent in it.
    window: Option<(Instant, f64)>,
    /// What refusals have cost beyond that window; if anything, the next one begins with it, and at once.
    owed: f64,
    /// When the bucket was looked at last, and the tokens in it then; fewer than none when refusals have cost some.
    tokens: Option<(Instant, f64)>,
    /// How many requests the other client has sent.
    others: u32,
}

/// Takes one request off all these quotas. Over one of them it is refused by all: it costs what a refused one costs, and
/// is told the latest time at which one of those it is over would let one through, and which of them that is.
pub(super) fn charge(now: Instant, quotas: &mut [(&mut Used, Quota)]) -> Option<(Instant, usize)> {
    let over: Vec<bool> = quotas.iter_mut().map(|(used, quota)| used.is_over(now, *quota)).collect();
    let refused = over.contains(&true);
    let mut until = None;
    for (place, ((used, quota), is_over)) in quotas.iter_mut().zip(over).enumerate() {
        let free = used.spend(now, *quota, refused);
        if is_over && until.is_none_or(|(latest, _)| free > latest) {
            until = Some((free, place));
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
            Limit::Window { requests, length } => {
                let (_, spent, _) = self.window_at(now, requests, length);
                spent + 1.0 > f64::from(requests)
            }
            // A token that has come to within a billionth is there: time has whole nanoseconds.
            Limit::Bucket { per_second, burst } => self.tokens_at(now, per_second, burst) <= 1.0 - 1e-9,
        }
    }

    /// Takes one request off, and says when the next would be let through if this one was refused.
    fn spend(&mut self, now: Instant, quota: Quota, refused: bool) -> Instant {
        let told = quota.refused_cost.filter(|_| refused);
        let cost = told.unwrap_or(1.0).max(0.0);
        match self.limit_at(now, quota) {
            Limit::Window { requests, length } => {
                let (end, spent, owed) = self.window_at(now, requests, length);
                let (most, all) = (f64::from(requests), spent + cost);
                self.window = Some((end, all.min(most.max(spent))));
                let beyond = told.map_or(0.0, |_| cost.min(all - most).max(0.0));
                self.owed = (owed + beyond).min(most);
                let is_next_closed = self.owed > 0.0 && self.owed + 1.0 > most;
                if is_next_closed { end + length.min(LONGEST) } else { end }
            }
            Limit::Bucket { per_second, burst } => {
                let left = (self.tokens_at(now, per_second, burst) - cost).max(-burst);
                self.tokens = Some((now, left));
                now + seconds((1.0 - left) / per_second)
            }
        }
    }

    /// The window of this moment: when it ends, what has been spent in it, and what the next one owes.
    fn window_at(&self, now: Instant, requests: u32, length: Duration) -> (Instant, f64, f64) {
        let length = length.min(LONGEST);
        match self.window {
            Some((end, spent)) if now < end => (end, spent, self.owed),
            Some((end, _)) if self.owed > 0.0 && now < end + length => {
                (end + length, self.owed.min(f64::from(requests)), 0.0)
            }
            _ => (now + length, 0.0, 0.0),
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
#[path = "quota_tests.rs"]
mod tests;
