//! The throttle table: limits that the client is not told, and what finding them out costs. In virtual time, so that it
//! takes seconds and comes out the same each time. `make bench` prints it.

use std::time::Duration;

use convoke::pace::Rate;
use convoke::sim::{Quota, RetryAfter, Scenario, Sim};

use crate::harness::{How, Ran, provision, sheet};

/// How long a run may take, over the time it takes if nothing of the limit is wasted.
pub(crate) const OVER_IDEAL_MAX: f64 = 1.10;
/// How many of the attempts after the first minute may be told to wait.
pub(crate) const THROTTLED_MAX: f64 = 0.01;
/// How long answers take, in milliseconds.
pub(crate) const LATENCY: (u64, u64) = (20, 80);
/// Without a ceiling, and with one far over every limit of the table.
pub(crate) const RATES: [Rate; 2] = [Rate::Auto, Rate::PerSecond(100.0)];
/// The slots.
pub(crate) const SLOTS: [usize; 2] = [16, 64];

const MINUTE: Duration = Duration::from_mins(1);

/// A limit, and a run against it.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) quota: Quota,
    pub(crate) rows: u32,
    /// How long these rows take if nothing of the limit is wasted, in seconds.
    pub(crate) ideal: f64,
}

/// What a run came to.
pub(crate) struct Found {
    /// The time it took over the ideal.
    pub(crate) over_ideal: f64,
    /// The share of attempts that were told to wait: of all, and of those after the first minute.
    pub(crate) throttled: [f64; 2],
    /// Attempts in a time of which the service had said "wait".
    pub(crate) in_hold: u64,
    /// What the limit was taken for in the end, per second.
    pub(crate) limit: Option<f64>,
}

/// The limits of the table.
pub(crate) fn cases() -> [Case; 8] {
    let (window, bucket) = (Quota::window(300, Duration::from_secs(10)), Quota::bucket(20.0, 20.0));
    let unsaid = |quota| Quota { retry_after: RetryAfter::Absent, ..quota };
    let halves = |quota| Quota { halved: Some((MINUTE, 2 * MINUTE)), ..quota };
    let shared = |quota, others_per_second| Quota { others_per_second, ..quota };
    let case = |name, quota, rows, ideal| Case { name, quota, rows, ideal };
    [
        case("300 per 10 s", window, 3600, 120.0),
        case("20/s, burst 20", bucket, 2400, 120.0),
        case("300 per 10 s, half in minute 2", halves(window), 4500, 180.0),
        case("20/s, burst 20, half in minute 2", halves(bucket), 3000, 180.0),
        case("300 per 10 s, another sends 10/s", shared(window, 10.0), 2400, 120.0),
        case("20/s, burst 20, another sends 8/s", shared(bucket, 8.0), 1440, 120.0),
        case("300 per 10 s, no Retry-After", unsaid(window), 3600, 120.0),
        case("20/s, burst 20, no Retry-After", unsaid(bucket), 2400, 120.0),
    ]
}

/// The world of a case.
pub(crate) fn world(case: &Case, latency: (u64, u64)) -> Sim {
    let latency = (Duration::from_millis(latency.0), Duration::from_millis(latency.1));
    Sim::new(Scenario { latency: latency.into(), quota: Some(case.quota), ..Scenario::calm() })
}

/// Runs a case in virtual time.
pub(crate) fn run(case: &Case, rate: Rate, slots: usize, latency: (u64, u64)) -> Found {
    let sim = world(case, latency);
    let ran = provision(&sim, &sheet(case.rows as usize), How { slots, rate, ..How::default() });
    assert_eq!(ran.complete.as_ref().ok(), Some(&true), "{}: {:?}", case.name, ran.reason);
    Found {
        over_ideal: ran.took.as_secs_f64() / case.ideal,
        throttled: [Duration::ZERO, MINUTE].map(|from| share_throttled(&ran, from)),
        in_hold: sim.report().in_hold,
        limit: ran.limit,
    }
}

fn share_throttled(ran: &Ran, from: Duration) -> f64 {
    let count =
        |starts: &[Duration]| u32::try_from(starts.iter().filter(|&&start| start >= from).count()).expect("few");
    let (throttled, all) = (count(&ran.witness.throttled.borrow()), count(&ran.witness.starts.borrow()));
    f64::from(throttled) / f64::from(all.max(1))
}

fn all_are_good(is_asked: impl Fn(&str) -> bool) {
    for case in cases().iter().filter(|case| is_asked(case.name)) {
        for (rate, slots) in RATES.into_iter().flat_map(|rate| SLOTS.map(|slots| (rate, slots))) {
            let Found { over_ideal, throttled: [_, late], in_hold, limit } = &run(case, rate, slots, LATENCY);
            let what = format!("{}, {rate:?}, {slots} slots", case.name);
            assert!(*over_ideal <= OVER_IDEAL_MAX, "{what}: {over_ideal} of the ideal time");
            assert!(*late <= THROTTLED_MAX, "{what}: {late} were throttled after the first minute");
            assert_eq!(*in_hold, 0, "{what}");
            assert!(limit.is_some(), "{what}: the limit was met");
        }
    }
}

#[test]
fn a_window_is_found_out() {
    all_are_good(|name| name == "300 per 10 s");
}

#[test]
fn a_bucket_is_found_out() {
    all_are_good(|name| name == "20/s, burst 20");
}

#[test]
fn a_limit_that_halves_and_doubles_is_found_anew() {
    all_are_good(|name| name.ends_with("half in minute 2"));
}

#[test]
fn a_limit_that_is_shared_is_shared() {
    all_are_good(|name| name.contains("another"));
}

#[test]
fn a_limit_that_does_not_say_when_to_come_back_is_found_out() {
    all_are_good(|name| name.ends_with("no Retry-After"));
}

#[test]
fn the_same_limit_is_found_out_in_the_same_way_each_time() {
    let [once, again] = [(); 2].map(|()| run(&cases()[1], Rate::Auto, 16, LATENCY));
    assert_eq!((once.over_ideal, once.throttled, once.limit), (again.over_ideal, again.throttled, again.limit));
}

#[test]
fn a_limit_is_not_told_where_none_was_met_or_nothing_is_paced() {
    let calm = Case { quota: Quota::bucket(1000.0, 1000.0), rows: 100, ..cases()[1] };
    assert_eq!(run(&calm, Rate::PerSecond(100.0), 16, LATENCY).limit, None);
    assert_eq!(run(&Case { rows: 100, ..cases()[1] }, Rate::Max, 16, LATENCY).limit, None);
}

#[test]
fn an_overload_with_a_time_to_come_back_holds_everybody_and_says_nothing_of_a_limit() {
    let ran = provision(
        &Sim::new(Scenario::calm()),
        &sheet(300),
        How {
            rate: Rate::PerSecond(10.0),
            tamper: Box::new(|number, _| {
                (number == 100).then(|| Ok(crate::harness::reply(503, &[("retry-after", "20")], "{}")))
            }),
            ..How::default()
        },
    );
    assert_eq!((ran.limit, ran.held), (None, Duration::from_secs(20)));
    assert!(ran.took < Duration::from_secs(52), "{:?}: the pace is what it was", ran.took);
}

#[test]
fn whoever_renews_the_token_is_told_to_wait_and_waits() {
    // The token ends in mid-run, and the identity service says "wait" to whoever asks for another, for a minute.
    let asked = std::rc::Rc::new(std::cell::Cell::new(0_u32));
    let counts = asked.clone();
    let lifetime = Duration::from_secs(40);
    let sim = Sim::new(Scenario { token_lifetime: lifetime, ..Scenario::calm() });
    let opened = std::cell::OnceCell::new();
    let ran = provision(
        &sim,
        &sheet(1000),
        How {
            rate: Rate::PerSecond(10.0),
            tamper_login: Box::new(move || {
                let now = tokio::time::Instant::now();
                let since = now - *opened.get_or_init(|| now);
                counts.set(counts.get() + 1);
                let is_busy = (Duration::from_secs(20)..Duration::from_secs(80)).contains(&since);
                is_busy.then(|| Ok(crate::harness::reply(429, &[("retry-after", "10")], "{}")))
            }),
            ..How::default()
        },
    );
    assert_eq!(ran.complete.as_ref().ok(), Some(&true));
    assert!(ran.column("status").iter().all(|status| status == "created"), "{}", ran.tally.in_words());
    assert!(asked.get() < 20, "the identity service was asked {} times", asked.get());
}
