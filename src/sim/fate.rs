//! What will become of one attempt, from a hash of (seed, key, attempt).
//!
//! It knows no clock and no counter, so the same attempt always meets the same fate,
//! whatever the order of arrival. It applies nothing; `call` does.

use std::time::Duration;

use uuid::Uuid;

use super::hash::Hash;
use super::retry_after::Wait;
use super::scenario::Scenario;

/// No scenario can ask for more: it would overflow the clock, and nobody would wait.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// How one attempt ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// What was asked for is done, and the client is told.
    Kept,
    /// Nothing is done.
    Refused(Refusal),
    /// What was asked for is done, and the client is not told.
    Lost(Loss),
}

/// An end before the effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Throttled {
        wait: Wait,
        code: &'static str,
        /// Who is to wait: whoever comes for this user, or everybody.
        user: Option<Uuid>,
    },
    InternalError,
    BadGateway,
    Unavailable,
    Dropped,
}

/// An end after the effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    Unavailable,
    GatewayTimeout,
    Dropped,
    CutOff,
    ProxyPage,
    /// The answer never comes, and the connection stays.
    Never,
}

/// The codes seen in bodies of 429 (learn.microsoft.com/graph/throttling and reports):
/// the status is the only thing they agree on.
pub(super) const THROTTLE_CODES: [&str; 3] = ["TooManyRequests", "activityLimitReached", "UnknownError"];

impl Fate {
    pub(super) fn of(scenario: &Scenario, key: Hash, attempt: u64) -> Self {
        if scenario.faults_end.is_some_and(|last| attempt > last) {
            return Self::Kept;
        }
        let attempt = key.number(attempt);
        let half = attempt.text("half").below(2) == 0;
        let shares = [
            (scenario.throttled, Self::Refused(throttled(scenario, attempt))),
            (scenario.internal_error, Self::Refused(Refusal::InternalError)),
            (scenario.bad_gateway, Self::Refused(Refusal::BadGateway)),
            (
                scenario.unavailable,
                if half { Self::Refused(Refusal::Unavailable) } else { Self::Lost(Loss::Unavailable) },
            ),
            (scenario.gateway_timeout, Self::Lost(Loss::GatewayTimeout)),
            (scenario.dropped_before, Self::Refused(Refusal::Dropped)),
            (scenario.dropped_after, Self::Lost(Loss::Dropped)),
            (scenario.cut_off, Self::Lost(Loss::CutOff)),
            (scenario.proxy_page, Self::Lost(Loss::ProxyPage)),
            (scenario.never, Self::Lost(Loss::Never)),
        ];
        let mut point = attempt.text("fault").share();
        for (share, fate) in shares {
            if point < share {
                return fate;
            }
            point -= share;
        }
        Self::Kept
    }
}

fn throttled(scenario: &Scenario, attempt: Hash) -> Refusal {
    let longest = scenario.retry_after_max.min(LONGEST_WAIT);
    let tenths = longest.as_secs() * 10 + u64::from(longest.subsec_millis() / 100);
    let amount = attempt.text("amount");
    let wait = attempt.text("wait").pick([
        Wait::Seconds(1 + amount.below(longest.as_secs())),
        Wait::Tenths(1 + amount.below(tenths)),
        Wait::Date,
        Wait::Unsaid,
    ]);
    Refusal::Throttled { wait, code: attempt.text("code").pick(THROTTLE_CODES), user: None }
}

/// How long an attempt takes.
pub(super) fn latency(scenario: &Scenario, key: Hash, attempt: u64) -> Duration {
    scenario.latency.at(key.number(attempt).text("latency").share())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn first_attempts(scenario: &Scenario) -> impl Iterator<Item = Fate> + '_ {
        (0..20_000).map(|n| {
            let key = Hash::seeded(scenario.seed).text("T").text("O").text(&format!("MATH101-{n}"));
            Fate::of(scenario, key, 1)
        })
    }

    #[test]
    fn a_storm_fails_one_first_attempt_in_five() {
        let failed = first_attempts(&Scenario::stormy()).filter(|fate| *fate != Fate::Kept).count();
        assert!((3_600..=4_400).contains(&failed), "{failed}");
    }

    #[test]
    fn a_storm_has_every_fault_and_every_form_of_retry_after() {
        let mut seen = BTreeMap::<String, u32>::new();
        for fate in first_attempts(&Scenario::stormy()) {
            *seen.entry(format!("{fate:?}")).or_default() += 1;
        }
        for fault in [
            "InternalError",
            "BadGateway",
            "Refused(Unavailable)",
            "Lost(Unavailable)",
            "GatewayTimeout",
            "Refused(Dropped)",
            "Lost(Dropped)",
            "CutOff",
            "ProxyPage",
            "Seconds(1)",
            "Tenths(6)",
            "Date",
            "Unsaid",
            "TooManyRequests",
            "activityLimitReached",
            "UnknownError",
        ] {
            assert!(seen.keys().any(|name| name.contains(fault)), "{fault}: {seen:?}");
        }
    }

    #[test]
    fn a_storm_asks_for_a_second_at_most() {
        for fate in first_attempts(&Scenario::stormy()) {
            match fate {
                Fate::Refused(Refusal::Throttled { wait: Wait::Seconds(n), .. }) => assert_eq!(n, 1),
                Fate::Refused(Refusal::Throttled { wait: Wait::Tenths(n), .. }) => {
                    assert!((1..=10).contains(&n));
                }
                _ => {}
            }
        }
    }

    #[test]
    fn the_same_attempt_always_meets_the_same_fate() {
        let storm = Scenario::stormy();
        assert!(first_attempts(&storm).eq(first_attempts(&storm)));
    }

    #[test]
    fn another_seed_is_another_storm() {
        let other = Scenario { seed: 2, ..Scenario::stormy() };
        assert!(!first_attempts(&Scenario::stormy()).eq(first_attempts(&other)));
    }

    #[test]
    fn faults_end_with_the_attempt_that_is_named_or_never() {
        let key = Hash::seeded(1).text("A");
        let fails = |faults_end, attempt| {
            let worst = Scenario { internal_error: 1.0, faults_end, ..Scenario::calm() };
            Fate::of(&worst, key, attempt) == Fate::Refused(Refusal::InternalError)
        };
        assert_eq!([6, 7].map(|attempt| fails(Some(6), attempt)), [true, false]);
        assert_eq!([6, 7, 1_000_000].map(|attempt| fails(None, attempt)), [true; 3]);
        assert_eq!([Scenario::busy(), Scenario::stormy()].map(|day| day.faults_end), [Some(6); 2]);
    }

    #[test]
    fn what_is_composed_on_calm_has_its_share_of_every_attempt() {
        let half: Scenario = "calm,500=50%".parse().expect("a scenario");
        for attempt in [1, 6, 7, 50] {
            let failed = (0..4_000).filter(|n| Fate::of(&half, Hash::seeded(1).number(*n), attempt) != Fate::Kept);
            let failed = failed.count();
            assert!((1_850..=2_150).contains(&failed), "{failed} of attempts {attempt}");
        }
    }

    #[test]
    fn an_answer_may_never_come_and_that_changes_no_other_fate() {
        let mute = Scenario { never: 0.5, ..Scenario::stormy() };
        let mut nevers = 0_u32;
        for (fate, before) in first_attempts(&mute).zip(first_attempts(&Scenario::stormy())) {
            nevers += u32::from(fate == Fate::Lost(Loss::Never));
            assert!(fate == before || (fate == Fate::Lost(Loss::Never) && before == Fate::Kept));
        }
        assert!((9_600..=10_400).contains(&nevers), "{nevers}");
    }
}
