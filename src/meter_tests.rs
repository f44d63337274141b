//! The meter against what was counted one by one, in virtual time.

use proptest::prelude::*;
use tokio::time::advance;

use super::*;

/// The nearest-rank percentile of all times.
fn exact(times: &mut [Duration], hundredths: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * hundredths).div_ceil(100).max(1) - 1]
}

proptest! {
    #[test]
    fn a_percentile_is_never_too_short_and_a_hundredth_too_long_at_the_most(
        micros in prop::collection::vec(prop_oneof![1..2_000_u64, 1..2_000_000_u64, 1..900_000_000_u64], 1..200),
    ) {
        let mut times: Vec<Duration> = micros.into_iter().map(Duration::from_micros).collect();
        let meter = Meter::default();
        for took in &times {
            meter.times.borrow_mut().count(*took);
        }
        let Latency { p50, p90, p95, p99, max } = meter.measured().latency;
        for (said, hundredths) in [(p50, 50), (p90, 90), (p95, 95), (p99, 99), (max, 100)] {
            let exact = exact(&mut times, hundredths);
            prop_assert!(said >= exact, "{said:?} is shorter than {exact:?}");
            prop_assert!(exact >= COUNTED_MAX * 99 / 100 || said <= exact + exact / 100, "{said:?} is longer than {exact:?}");
        }
        prop_assert!(p50 <= p90 && p90 <= p95 && p95 <= p99 && p99 <= max);
    }

    #[test]
    fn every_time_is_in_the_bucket_that_ends_after_it_and_in_no_other(micros in 1..=600_000_000_u64) {
        let own = bucket(micros);
        prop_assert!(last_of(own) >= micros);
        prop_assert!(own == 0 || last_of(own - 1) < micros);
        prop_assert_eq!(bucket(last_of(own)), own);
        prop_assert_eq!(bucket(last_of(own) + 1), own + 1);
    }

    #[test]
    fn nothing_is_lost_however_long_it_takes(waits in prop::collection::vec(0..20_000_u64, 1..400)) {
        let mut rhythm = Rhythm::default();
        let (begun, mut now) = (Instant::now(), Duration::ZERO);
        for (place, wait) in waits.iter().enumerate() {
            if place > 0 {
                now += Duration::from_millis(*wait);
            }
            rhythm.at(begun + now).requests += 1;
        }
        let OverTime { span, spans } = rhythm.over_time();
        prop_assert!(spans.len() <= SPANS_MAX);
        prop_assert_eq!(spans.iter().map(|span| span.requests).sum::<u64>(), waits.len() as u64);
        let last = now.as_nanos() / span.as_nanos();
        prop_assert_eq!(spans.len() as u128, last + 1, "the last span is that of the last request");
        prop_assert!(span == SPAN_FIRST || now >= span / 2 * 300, "spans are no longer than they must be");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_is_counted_when_it_is_sent_whatever_comes_of_it_and_when() {
    let (meter, second) = (Meter::default(), Duration::from_secs(1));
    for (is_repetition, took, how) in [
        (false, second / 10, Came::Answered),
        (false, 3 * second, Came::Throttled),
        (true, 2 * second, Came::Failed),
        (true, second, Came::Answered),
    ] {
        meter.sent(is_repetition);
        advance(took).await;
        meter.came(took, how);
    }
    let Measured { requests, retries, throttled, latency, over_time } = meter.measured();
    assert_eq!((requests, retries, throttled, latency.max), (4, 2, 1, 3 * second));
    let of = |requests, throttled, failed| Span { requests, throttled, failed };
    assert_eq!(over_time.span, second);
    assert_eq!(over_time.spans, [of(2, 1, 0), of(0, 0, 0), of(0, 0, 0), of(1, 0, 1), of(0, 0, 0), of(1, 0, 0)]);
}

#[test]
fn without_a_request_there_is_nothing_to_tell() {
    let Measured { requests, latency, over_time, .. } = Meter::default().measured();
    assert_eq!((requests, latency, over_time.spans), (0, Latency::default(), vec![]));
}
