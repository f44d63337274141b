//! What kind of day Graph is having: plain numbers, and three days by name.
//!
//! It decides nothing; `fate` reads these numbers.

use std::str::FromStr;
use std::time::Duration;

use super::quota::Quota;

/// How the simulator behaves. Every share is a part of all attempts, in `0..1`;
/// together they should not exceed 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Chooses one of the possible worlds: identifiers, links and fates follow from it.
    pub seed: u64,
    /// The shortest and the longest time between a request and its answer.
    pub latency: (Duration, Duration),
    /// How many requests are let through in a while; `None` for any number.
    pub quota: Option<Quota>,
    /// How long an access token is good for; `expires_in` says so.
    pub token_lifetime: Duration,
    /// Tokens stop working this long after their issue although `expires_in` promised
    /// more, as they do in Entra when access is revoked. `None`: the promise is kept.
    pub token_revoked_after: Option<Duration>,
    /// The longest wait that a 429 asks for by fate, in whole seconds (one at least) or in
    /// tenths. One that names a date asks for one to two seconds whatever this is, as dates
    /// have whole seconds.
    pub retry_after_max: Duration,
    /// Share of 429, before the meeting is made.
    pub throttled: f64,
    /// Share of 500, before the meeting is made.
    pub internal_error: f64,
    /// Share of 502, before the meeting is made.
    pub bad_gateway: f64,
    /// Share of 503, half of them after the meeting is made.
    pub unavailable: f64,
    /// Share of 504, after the meeting is made.
    pub gateway_timeout: f64,
    /// Share of connections lost before the meeting is made.
    pub dropped_before: f64,
    /// Share of connections lost after the meeting is made, before a byte of the answer.
    pub dropped_after: f64,
    /// Share of answers that end in the middle of their body.
    pub cut_off: f64,
    /// Share of answers replaced by the HTML page of something in between, with status 200.
    pub proxy_page: f64,
}

impl Scenario {
    /// The names that [`FromStr`] knows.
    pub const NAMES: [&str; 3] = ["calm", "busy", "stormy"];

    /// Quick answers, no limit, nothing fails.
    pub fn calm() -> Self {
        Self {
            seed: 1,
            latency: (Duration::from_millis(1), Duration::from_millis(9)),
            quota: None,
            // Entra's answer to client credentials: 3599 seconds.
            token_lifetime: Duration::from_secs(3599),
            token_revoked_after: None,
            retry_after_max: Duration::from_secs(1),
            throttled: 0.0,
            internal_error: 0.0,
            bad_gateway: 0.0,
            unavailable: 0.0,
            gateway_timeout: 0.0,
            dropped_before: 0.0,
            dropped_after: 0.0,
            cut_off: 0.0,
            proxy_page: 0.0,
        }
    }

    /// An ordinary day: a limit that is soon reached, and a 503 now and then.
    pub fn busy() -> Self {
        Self {
            latency: (Duration::from_millis(40), Duration::from_millis(250)),
            quota: Some(Quota::window(60, Duration::from_secs(10))),
            unavailable: 0.01,
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
            latency: (Duration::from_millis(2), Duration::from_millis(14)),
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
}

impl FromStr for Scenario {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "calm" => Ok(Self::calm()),
            "busy" => Ok(Self::busy()),
            "stormy" => Ok(Self::stormy()),
            _ => Err(format!("no scenario is called '{name}'; there are {}", Self::NAMES.join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scenario;

    #[test]
    fn every_name_is_a_scenario() {
        for name in Scenario::NAMES {
            assert!(name.parse::<Scenario>().is_ok(), "{name}");
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_three() {
        let error = "windy".parse::<Scenario>().expect_err("there is no such scenario");
        for name in Scenario::NAMES {
            assert!(error.contains(name), "{error}");
        }
    }
}
