//! The text of a scenario: each term, each thing that can be wrong with one, and the way back.

use proptest::prelude::*;

use super::super::quota::Limit;
use super::super::retry_after::RetryAfter;
use super::*;

fn read(text: &str) -> Scenario {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

#[track_caller]
fn wrong(text: &str) -> String {
    text.parse::<Scenario>().expect_err(text)
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn every_name_is_a_scenario_and_is_written_as_its_name() {
    for (name, scenario) in Scenario::NAMES.into_iter().zip([Scenario::calm(), Scenario::busy(), Scenario::stormy()]) {
        assert_eq!(read(name), scenario);
        assert_eq!(scenario.to_string(), name);
    }
}

#[test]
fn each_term_sets_its_own_number_and_no_other() {
    let calm = Scenario::calm();
    let (window, bucket) = (Quota::window(300, millis(10_000)), Quota::bucket(20.0, 50.0));
    for (term, want) in [
        ("seed=7", Scenario { seed: 7, ..calm.clone() }),
        ("latency=120ms", Scenario { latency: Latency::Fixed(millis(120)), ..calm.clone() }),
        ("latency=0", Scenario { latency: Latency::default(), ..calm.clone() }),
        ("latency=40ms..0.25s", Scenario { latency: Latency::Between(millis(40), millis(250)), ..calm.clone() }),
        (
            "latency=80ms~2s",
            Scenario { latency: Latency::LongTail { median: millis(80), p99: millis(2000) }, ..calm.clone() },
        ),
        ("quota=300/10s", Scenario { quota: Some(window), ..calm.clone() }),
        ("quota=20/s+50", Scenario { quota: Some(bucket), ..calm.clone() }),
        ("quota=1200/m+50", Scenario { quota: Some(bucket), ..calm.clone() }),
        ("quota=none", calm.clone()),
        ("user-quota=300/10s", Scenario { user_quota: Some(window), ..calm.clone() }),
        ("user-quota=20/s+50", Scenario { user_quota: Some(bucket), ..calm.clone() }),
        ("faults-end=9", Scenario { faults_end: Some(9), ..calm.clone() }),
        ("faults-end=never", calm.clone()),
        ("throttled=2%", Scenario { throttled: 0.02, ..calm.clone() }),
        ("500=0.02", Scenario { internal_error: 0.02, ..calm.clone() }),
        ("502=2%", Scenario { bad_gateway: 0.02, ..calm.clone() }),
        ("503=2%", Scenario { unavailable: 0.02, ..calm.clone() }),
        ("504=2%", Scenario { gateway_timeout: 0.02, ..calm.clone() }),
        ("reset-before=2%", Scenario { dropped_before: 0.02, ..calm.clone() }),
        ("reset-after=2%", Scenario { dropped_after: 0.02, ..calm.clone() }),
        ("cut-off=2%", Scenario { cut_off: 0.02, ..calm.clone() }),
        ("not-json=1", Scenario { proxy_page: 1.0, ..calm.clone() }),
        ("never=0.1%", Scenario { never: 0.001, ..calm.clone() }),
        ("token-lifetime=5m", Scenario { token_lifetime: millis(300_000), ..calm.clone() }),
        ("token-revoked-after=2m", Scenario { token_revoked_after: Some(millis(120_000)), ..calm.clone() }),
        ("token-revoked-after=none", calm.clone()),
        ("skew=+90s", Scenario { skew: TimeDelta::seconds(90), ..calm.clone() }),
        ("skew=90s", Scenario { skew: TimeDelta::seconds(90), ..calm.clone() }),
        ("skew=-5m", Scenario { skew: TimeDelta::minutes(-5), ..calm.clone() }),
        ("retry-after-max=30s", Scenario { retry_after_max: millis(30_000), ..calm.clone() }),
    ] {
        assert_eq!(read(term), want, "{term}");
        assert_eq!(read(&format!("calm, {term}")), want, "{term}");
        assert_eq!(read(&want.to_string()), want, "{term} as {want}");
    }
}

#[test]
fn what_is_said_of_quotas_is_said_of_both_wherever_it_stands() {
    for (text, form) in [
        ("retry-after=integer", RetryAfter::Integer),
        ("retry-after=fraction", RetryAfter::Fraction),
        ("retry-after=date", RetryAfter::Date),
        ("retry-after=absent", RetryAfter::Absent),
    ] {
        let scenario = read(&format!("{text},quota=20/s+50,throttled-cost=0.5,user-quota=2000/30d"));
        let (app, user) = (scenario.quota.expect("an app's"), scenario.user_quota.expect("a user's"));
        assert_eq!(app, Quota { retry_after: form, refused_cost: Some(0.5), ..Quota::bucket(20.0, 50.0) });
        let month = Quota::window(2000, Duration::from_hours(30 * 24));
        assert_eq!(user, Quota { retry_after: form, refused_cost: Some(0.5), ..month });
        assert_eq!(read(&scenario.to_string()), scenario);
    }
    assert_eq!(read("busy,retry-after=date").to_string(), "busy,retry-after=date");
    assert_eq!(read("busy,quota=none"), Scenario { quota: None, ..Scenario::busy() });
}

#[test]
fn a_name_is_the_ground_on_which_terms_stand() {
    let stormy = read("stormy,seed=7,latency=40ms..250ms");
    let latency = Latency::Between(millis(40), millis(250));
    assert_eq!(stormy, Scenario { seed: 7, latency, ..Scenario::stormy() });
    assert_eq!(stormy.to_string(), "stormy,seed=7,latency=40ms..250ms");
    assert_eq!(read(" stormy ,  seed = 7 "), Scenario { seed: 7, ..Scenario::stormy() });
    assert_eq!(read("throttled=5%,quota=20/m+5,skew=-5m").to_string(), "calm,quota=20/m+5,throttled=5%,skew=-5m");
}

/// Each with the item that is named, what is said to be wrong, and what is said to be possible.
const WRONG: [(&str, &str, &str); 46] = [
    ("windy", "no scenario is called 'windy'", "calm, busy, stormy, each alone or with terms like latency=40ms..250ms"),
    ("strmy", "no scenario is called 'strmy'", "the nearest is stormy"),
    ("", "no scenario is called ''", "calm, busy, stormy"),
    ("seed", "seed: the value is missing", "seed=7"),
    ("calm,seed", "seed: the value is missing", "seed=7"),
    ("calm,quota=", "quota=: the value is missing", "quota=300/10s"),
    ("seed=2,stormy", "stormy: the name of a scenario goes first", "alone"),
    ("calm,,seed=2", "nothing before or after a comma", "leave the comma out"),
    ("calm,seed=2,seed=3", "seed=3: seed is there twice", "leave one of them out"),
    ("latancy=2ms", "latancy=2ms: a scenario has no such thing", "the nearest is latency=40ms..250ms"),
    ("x=1", "x=1: a scenario has no such thing", "there are seed, latency, quota, user-quota, retry-after"),
    ("seed=-1", "seed=-1: '-1' is no seed", "0 to 18446744073709551615"),
    ("seed=18446744073709551616", "is no seed", "0 to 18446744073709551615"),
    ("latency=fast", "latency=fast: 'fast' is no duration", "ms, s, m, h, d"),
    ("latency=120", "'120' has no unit", "120ms, 120s"),
    ("latency=2min", "'2min' is no duration", "ms, s, m, h, d"),
    ("latency=1e3s", "'1e3s' is no duration", "as in 250ms"),
    ("latency=366d", "366d is too long", "365d at the most"),
    ("latency=99999999999999999999999999999999999999999d", "is too long", "365d"),
    ("latency=2s..1s", "the shortest goes first", "1s..2s"),
    ("latency=2s~1s", "the median is more than 0 and goes before", "80ms~2s"),
    ("latency=0~1s", "the median is more than 0", "80ms~2s"),
    ("quota=300", "'300' is no quota", "300/10s"),
    ("quota=20/s", "how many may come at once is missing", "20/s+20, or the window 20/1s"),
    ("quota=0.5/s", "how many may come at once is missing", "0.5/s+1"),
    ("quota=0/10s", "a whole number of requests", "1 to 4294967295"),
    ("quota=4294967296/10s", "a whole number of requests", "1 to 4294967295"),
    ("quota=1/0s", "0s is too short", "1ms at the least"),
    ("user-quota=0/s+5", "user-quota=0/s+5: a rate is one in a year at the least", "1000000000 a second"),
    ("quota=5/s+0", "1 at once is the least", "1000000000"),
    ("quota=5/2s+5", "'2s+5' is no duration", "20/s+50"),
    ("retry-after=dates,quota=9/1s", "'dates' is no form of a Retry-After", "the nearest is date"),
    ("retry-after=7,quota=9/1s", "'7' is no form", "integer, fraction, date, absent"),
    ("retry-after=date", "there is no quota", "quota=300/10s"),
    ("throttled-cost=2", "there is no quota", "quota=300/10s"),
    ("busy,throttled-cost=11", "'11' is no cost", "0 to 10"),
    ("faults-end=0", "faults-end=0: '0' is no number of attempts", "or never"),
    ("faults-end=6%", "'6%' is no number of attempts", "1 to 18446744073709551615"),
    ("throttled=few", "'few' is no share", "2%"),
    ("throttled=2", "a share is at most 1", "2% if that is what is meant"),
    ("never=101%", "101% is more than all", "100%"),
    ("stormy,throttled=90%", "are 109% together", "100% at most"),
    ("token-revoked-after=never", "'never' is no duration", "or none"),
    ("token-lifetime=0s", "0s is too short", "1s at the least"),
    ("skew=soon", "'soon' is no duration", "+90s is ahead, -5m is behind"),
    ("retry-after-max=25h", "25h is too long", "1d at the most"),
];

#[test]
fn what_is_wrong_is_named_with_what_is_possible() {
    for (text, what, possible) in WRONG {
        let why = wrong(text);
        assert!(why.contains(what), "{text}: {why}");
        assert!(why.contains(possible), "{text}: {why}");
        assert!(!why.contains('\n') && why.chars().count() < 400, "{text}: {why}");
    }
}

#[test]
fn however_long_a_text_is_its_fault_is_told_in_a_line() {
    let long = "9".repeat(10_000);
    for term in term::TERMS.iter().map(|term| term.name).chain(["x", &long]) {
        for value in [long.clone(), format!("{long}/s"), format!("{long}\u{e9}"), format!("0.{long}")] {
            let Err(why) = format!("busy,{term}={value}").parse::<Scenario>() else { continue };
            assert!(why.chars().count() < 700, "{why}");
        }
    }
    assert!(wrong(&long).chars().count() < 300);
}

#[test]
fn ten_shares_of_a_tenth_are_all_and_no_more() {
    let all = TERMS_OF_FATE.map(|name| format!("{name}=10%")).join(",");
    assert!(read(&all).failing() <= 1.0 + 1e-9);
    assert!(wrong(&all.replace("500=10%", "500=10.1%")).contains("100.1%"));
}

const TERMS_OF_FATE: [&str; 10] =
    ["throttled", "500", "502", "503", "504", "reset-before", "reset-after", "cut-off", "not-json", "never"];

fn durations(least: Duration, most: Duration) -> impl Strategy<Value = Duration> {
    let bounds = [least, most].map(|bound| u64::try_from(bound.as_nanos()).expect("a year at most"));
    let exact = (bounds[0]..=bounds[1]).prop_map(Duration::from_nanos);
    let round = (least.as_secs().max(1)..=most.as_secs()).prop_map(Duration::from_secs);
    prop_oneof![exact, round]
}

fn latencies() -> impl Strategy<Value = Latency> {
    let pairs = (durations(millis(1), words::YEAR), durations(millis(1), words::YEAR));
    (pairs, 0..3).prop_map(|((a, b), form)| match form {
        0 => Latency::Fixed(a),
        1 => Latency::Between(a.min(b), a.max(b)),
        _ => Latency::LongTail { median: a.min(b), p99: a.max(b) },
    })
}

fn limits() -> impl Strategy<Value = Limit> {
    let window = (1..=u32::MAX, durations(millis(1), words::YEAR));
    let window = window.prop_map(|(requests, length)| Limit::Window { requests, length });
    let bucket = (1e-6..1e9, 1.0..1e9).prop_map(|(per_second, burst)| Limit::Bucket { per_second, burst });
    prop_oneof![window, bucket]
}

prop_compose! {
    fn quotas()(
        limits in proptest::array::uniform2(proptest::option::of(limits())),
        refused_cost in proptest::option::of(0.0..=10.0),
        form in 0..4_usize,
    ) -> [Option<Quota>; 2] {
        let retry_after = [RetryAfter::Integer, RetryAfter::Fraction, RetryAfter::Date, RetryAfter::Absent][form];
        limits.map(|limit| limit.map(|limit| Quota { limit, retry_after, refused_cost, ..Quota::bucket(1.0, 1.0) }))
    }
}

prop_compose! {
    fn scenarios()(
        on in 0..4_usize,
        seed in any::<u64>(),
        latency in latencies(),
        ([quota, user_quota], faults_end) in (quotas(), proptest::option::of(1..=u64::MAX)),
        shares in proptest::array::uniform10(0.0..=0.1),
        token_lifetime in durations(millis(1000), words::YEAR),
        revoked in proptest::option::of(durations(Duration::ZERO, words::YEAR)),
        (ahead, skew) in (any::<bool>(), durations(Duration::ZERO, words::YEAR)),
        retry_after_max in durations(millis(100), Duration::from_hours(24)),
    ) -> Scenario {
        let skew = TimeDelta::from_std(skew).expect("a year at most");
        let [throttled, internal_error, bad_gateway, unavailable, gateway_timeout, ..] = shares;
        let [.., dropped_before, dropped_after, cut_off, proxy_page, never] = shares;
        let all = Scenario {
            seed,
            latency,
            quota,
            user_quota,
            token_lifetime,
            token_revoked_after: revoked,
            retry_after_max,
            faults_end,
            throttled,
            internal_error,
            bad_gateway,
            unavailable,
            gateway_timeout,
            dropped_before,
            dropped_after,
            cut_off,
            proxy_page,
            never,
            skew: if ahead { skew } else { -skew },
        };
        match [Scenario::calm(), Scenario::busy(), Scenario::stormy()].get(on) {
            None => all,
            Some(named) => Scenario { seed, latency, faults_end, never, skew: all.skew, ..named.clone() },
        }
    }
}

proptest! {
    #[test]
    fn every_scenario_that_a_text_can_make_is_read_from_the_text_that_it_is_written_as(scenario in scenarios()) {
        let text = scenario.to_string();
        prop_assert_eq!(text.parse(), Ok(scenario), "{}", text);
    }

    #[test]
    fn no_text_is_too_odd(text in "[a-z0-9=,./+~%-]{0,40}", garbage in ".{0,200}") {
        for text in [text, garbage] {
            if let Ok(scenario) = text.parse::<Scenario>() {
                prop_assert_eq!(scenario.to_string().parse(), Ok(scenario));
            }
        }
    }

    #[test]
    fn no_value_is_too_odd(place in 0..term::TERMS.len(), value in "[a-z0-9./+~%-]{0,20}|[0-9]{1,400}[smhd%]?") {
        let text = format!("busy,{}={value}", term::TERMS[place].name);
        if let Ok(scenario) = text.parse::<Scenario>() {
            prop_assert_eq!(scenario.to_string().parse(), Ok(scenario));
        }
    }
}
