//! What kind of day Graph is having: plain numbers, three days by name, and a text that names or composes them.
//!
//! It decides nothing; `fate`, `quota` and `clock` read these numbers.
//!
//! - `compose`: the text of a scenario, read and written; `term`: one number in it; `words`: the words it is written in
//! - `latency`: how long answers take

mod compose;
mod latency;
mod term;
#[cfg(test)]
mod tests;
mod words;

use std::time::Duration;

use chrono::TimeDelta;

use super::quota::Quota;

pub use latency::Latency;

/// How the simulator behaves. Every share is a part of all attempts, in `0..1`;
/// together they should not exceed 1.
///
/// It can be read from a text: a name and what is otherwise, as in `stormy,seed=7,latency=80ms~2s,quota=300/10s`. It is
/// written as the shortest such text, which is read as the same scenario again if a text made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Chooses one of the possible worlds: identifiers, links and fates follow from it.
    pub seed: u64,
    /// The time between a request and its answer.
    pub latency: Latency,
    /// How many requests of the application are let through in a while; `None` for any number.
    pub quota: Option<Quota>,
    /// How many requests for each user are let through in a while; `None` for any number.
    pub user_quota: Option<Quota>,
    /// How long an access token is good for; `expires_in` says so.
    pub token_lifetime: Duration,
    /// Tokens stop working this long after their issue although `expires_in` promised
    /// more, as they do in Entra when access is revoked. `None`: the promise is kept.
    pub token_revoked_after: Option<Duration>,
    /// The longest wait that a 429 asks for by fate, in whole seconds (one at least) or in
    /// tenths. One that names a date asks for one to two seconds whatever this is, as dates
    /// have whole seconds.
    pub retry_after_max: Duration,
    /// How many attempts at the same thing fate may fail: later ones never are, so that who keeps trying gets through.
    /// `None`: fate goes on for ever.
    pub faults_end: Option<u64>,
    /// Share of 429, before the effect.
    pub throttled: f64,
    /// Share of 500, before the effect.
    pub internal_error: f64,
    /// Share of 502, before the effect.
    pub bad_gateway: f64,
    /// Share of 503, half of them after the effect.
    pub unavailable: f64,
    /// Share of 504, after the effect.
    pub gateway_timeout: f64,
    /// Share of connections lost before the effect.
    pub dropped_before: f64,
    /// Share of connections lost after the effect, before a byte of the answer.
    pub dropped_after: f64,
    /// Share of answers that end in the middle of their body.
    pub cut_off: f64,
    /// Share of answers replaced by the HTML page of something in between, with status 200.
    pub proxy_page: f64,
    /// Share of answers that never come, after the effect, on connections that stay open.
    pub never: f64,
    /// How far the service's clock is ahead, or behind if it is less than nothing. It shows in every time that the
    /// service writes: Date, the date of an error, that in a Retry-After, `iat` and `exp`, `creationDateTime`. Nothing
    /// takes longer for it.
    pub skew: TimeDelta,
}

impl Scenario {
    /// The names that a text may begin with.
    pub const NAMES: [&str; 3] = ["calm", "busy", "stormy"];

    /// Quick answers, no limit, nothing fails.
    pub fn calm() -> Self {
        Self {
            seed: 1,
            latency: Latency::Between(Duration::from_millis(1), Duration::from_millis(9)),
            quota: None,
            user_quota: None,
            // Entra's answer to client credentials: 3599 seconds.
            token_lifetime: Duration::from_secs(3599),
            token_revoked_after: None,
            retry_after_max: Duration::from_secs(1),
            faults_end: None,
            throttled: 0.0,
            internal_error: 0.0,
            bad_gateway: 0.0,
            unavailable: 0.0,
            gateway_timeout: 0.0,
            dropped_before: 0.0,
            dropped_after: 0.0,
            cut_off: 0.0,
            proxy_page: 0.0,
            never: 0.0,
            skew: TimeDelta::zero(),
        }
    }

    /// An ordinary day: a limit that is soon reached, and a 503 now and then.
    pub fn busy() -> Self {
        Self {
            latency: Latency::Between(Duration::from_millis(40), Duration::from_millis(250)),
            quota: Some(Quota::window(60, Duration::from_secs(10))),
            unavailable: 0.01,
            faults_end: Some(6),
            ..Self::calm()
        }
    }

    /// One attempt in five fails, in every way there is. No quota, so that what a run
    /// meets does not depend on its speed.
    pub fn stormy() -> Self {
        // A 429 costs everybody a second or two, so that one in a hundred is storm enough; eight other ways share the
        // rest.
        const EACH: f64 = 0.19 / 8.0;
        Self {
            latency: Latency::Between(Duration::from_millis(2), Duration::from_millis(14)),
            faults_end: Some(6),
            throttled: 0.01,
            internal_error: EACH,
            bad_gateway: EACH,
            unavailable: EACH,
            gateway_timeout: EACH,
            dropped_before: EACH,
            dropped_after: EACH,
            cut_off: EACH,
            proxy_page: EACH,
            ..Self::calm()
        }
    }

    /// The scenario of that name.
    fn named(name: &str) -> Option<Self> {
        match name {
            "calm" => Some(Self::calm()),
            "busy" => Some(Self::busy()),
            "stormy" => Some(Self::stormy()),
            _ => None,
        }
    }

    /// The part of all attempts that fate fails.
    fn failing(&self) -> f64 {
        let before = self.throttled + self.internal_error + self.bad_gateway + self.unavailable + self.dropped_before;
        before + self.gateway_timeout + self.dropped_after + self.cut_off + self.proxy_page + self.never
    }
}
