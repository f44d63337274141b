//! Windows and buckets, what a refusal costs of them, and what another client takes.

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
        let quota = Quota { refused_cost: Some(refused_cost), ..Quota::bucket(0.1, 1.0) };
        assert_eq!(used.charge(now, quota), None);
        let until = used.charge(now, quota).expect("the bucket is empty");
        assert_eq!(until.saturating_duration_since(now), Duration::from_secs_f64(wait), "{refused_cost}");
    }
    // A bucket that holds more can owe more.
    let (mut used, now) = (Used::default(), Instant::now());
    let quota = Quota { refused_cost: Some(2.0), ..Quota::bucket(1.0, 3.0) };
    assert_eq!([(); 3].map(|()| used.charge(now, quota)), [None; 3]);
    assert_eq!(used.charge(now, quota), Some(now + Duration::from_secs(3)));
    assert_eq!(used.charge(now, quota), Some(now + Duration::from_secs(4)), "it owes no more than it holds");
}

#[test]
fn what_a_refusal_is_said_to_cost_beyond_a_window_is_taken_from_the_next() {
    let window = Quota::window(10, Duration::from_secs(10));
    let costs = |refused_cost| Quota { refused_cost: Some(refused_cost), ..window };
    // 10 of 14 are let through; then 20 come in the next window.
    for (quota, passes) in
        [(window, 20), (costs(0.0), 20), (costs(0.5), 18), (costs(1.0), 16), (costs(2.0), 12), (costs(9.0), 10)]
    {
        let moments = [(14, 1.0), (20, 11.0)].into_iter().flat_map(|(count, at)| (0..count).map(move |_| at));
        assert_eq!(let_through(quota, moments), passes, "{quota:?}");
    }
    // What is told is when one would be let through: never later than the end of the window after this one.
    let until = |quota: Quota, refusals: usize| {
        let (mut used, now) = (Used::default(), Instant::now());
        let all: Vec<_> = (0..10 + refusals).map(|_| used.charge(now, quota)).collect();
        let last = all.last().copied().flatten().expect("it is refused");
        assert!(used.charge(last, quota).is_none(), "{quota:?} after {refusals}");
        last.saturating_duration_since(now).as_secs()
    };
    assert_eq!([1, 9, 10, 99].map(|refusals| until(costs(1.0), refusals)), [10, 10, 20, 20]);
    assert_eq!([1, 99].map(|refusals| until(window, refusals)), [10, 10]);
    assert_eq!(until(costs(f64::INFINITY), 1), 20);
}

#[test]
fn under_two_quotas_the_later_one_is_told_and_both_are_charged() {
    let (mut app, mut user, now) = (Used::default(), Used::default(), Instant::now());
    let of_app = Quota::window(3, Duration::from_secs(10));
    let of_user = Quota::window(2, Duration::from_secs(30));
    let mut ask = |user: &mut Used, after: u64| {
        let now = now + Duration::from_secs(after);
        charge(now, &mut [(&mut app, of_app), (user, of_user)])
    };
    let until = |after, place| Some((now + Duration::from_secs(after), place));
    assert_eq!([ask(&mut user, 0), ask(&mut user, 0)], [None, None]);
    // Over its own quota only, and the app's is charged for it.
    assert_eq!(ask(&mut user, 1), until(30, 1));
    let mut other = Used::default();
    assert_eq!(ask(&mut other, 2), until(10, 0));
    // Over both.
    assert_eq!(ask(&mut user, 3), until(30, 1));
    assert_eq!(ask(&mut other, 11), None);
    assert_eq!(ask(&mut user, 12), until(30, 1));
}

#[test]
fn a_request_that_one_quota_refuses_for_nothing_costs_the_other_nothing() {
    let (mut app, mut user, mut other, now) = (Used::default(), Used::default(), Used::default(), Instant::now());
    let free = |requests| Quota { refused_cost: Some(0.0), ..Quota::window(requests, Duration::from_secs(10)) };
    let mut ask = |user: &mut Used| charge(now, &mut [(&mut app, free(2)), (user, free(1))]).is_none();
    assert_eq!([ask(&mut user), ask(&mut user), ask(&mut user)], [true, false, false]);
    assert_eq!([ask(&mut other), ask(&mut Used::default())], [true, false]);
}

#[test]
fn no_quota_is_too_extreme() {
    for limit in [Quota::bucket(1e-300, 1.0), Quota::bucket(0.0, 0.5), Quota::window(0, Duration::MAX)] {
        let (mut used, now) = (Used::default(), Instant::now());
        let quota = Quota { refused_cost: Some(f64::INFINITY), others_per_second: 1e-300, ..limit };
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
