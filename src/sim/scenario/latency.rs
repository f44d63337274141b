//! How long Graph takes to answer: three forms, each a function of where in `0..1` an attempt happens to be.
//!
//! It draws no lots and reads no clock; `fate` says where an attempt is.

use std::time::Duration;

/// No answer takes longer than so many times the 99th percentile: the tail is long, and ends.
const LONGEST_OF_P99: u32 = 10;

/// The time between a request and its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Latency {
    /// Always the same.
    Fixed(Duration),
    /// Evenly from the shortest to the longest.
    Between(Duration, Duration),
    /// Mostly short and now and then very long (a Pareto distribution), but never longer than ten times `p99`.
    LongTail {
        /// Half of the answers take no longer.
        median: Duration,
        /// 99 in 100 take no longer; not less than the median.
        p99: Duration,
    },
}

impl Default for Latency {
    /// None at all.
    fn default() -> Self {
        Self::Fixed(Duration::ZERO)
    }
}

impl From<(Duration, Duration)> for Latency {
    fn from((shortest, longest): (Duration, Duration)) -> Self {
        Self::Between(shortest, longest)
    }
}

impl Latency {
    /// What so great a part of the answers, in `0..1`, comes in less than.
    pub(in crate::sim) fn at(self, share: f64) -> Duration {
        match self {
            Self::Fixed(always) => always,
            Self::Between(shortest, longest) => {
                shortest.saturating_add(longest.saturating_sub(shortest).mul_f64(share))
            }
            Self::LongTail { median, p99 } if p99 <= median || median.is_zero() => median,
            Self::LongTail { median, p99 } => {
                let longest = p99.saturating_mul(LONGEST_OF_P99);
                // Half of all are beyond the median and a hundredth is beyond the 99th percentile, fifty times fewer.
                let exponent = p99.div_duration_f64(median).ln() / 50_f64.ln();
                let seconds = median.as_secs_f64() * (0.5 / (1.0 - share)).powf(exponent);
                Duration::try_from_secs_f64(seconds).map_or(longest, |time| time.min(longest))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::hash::Hash;
    use super::*;

    const TAIL: Latency = Latency::LongTail { median: Duration::from_millis(80), p99: Duration::from_secs(2) };

    #[test]
    fn a_long_tail_has_the_median_and_the_percentile_that_it_names() {
        let mut times: Vec<Duration> = (0..20_000).map(|n| TAIL.at(Hash::seeded(1).number(n).share())).collect();
        times.sort();
        let (median, p99) = (times[10_000].as_secs_f64(), times[19_800].as_secs_f64());
        assert!((0.078..0.082).contains(&median), "{median}");
        assert!((1.7..2.3).contains(&p99), "{p99}");
        assert!(times[0] > Duration::from_millis(40), "{:?}: nothing is answered in no time", times[0]);
        assert!(times[19_999] > Duration::from_secs(6), "{:?}: the tail is long", times[19_999]);
    }

    #[test]
    fn a_long_tail_ends_at_ten_times_its_percentile() {
        assert_eq!(TAIL.at(1.0 - f64::EPSILON), Duration::from_secs(20));
        let mad = Latency::LongTail { median: Duration::from_nanos(1), p99: Duration::MAX };
        assert_eq!(mad.at(1.0 - f64::EPSILON), Duration::MAX);
    }

    #[test]
    fn the_shares_of_one_half_and_of_99_in_100_are_exact() {
        assert_eq!(TAIL.at(0.5), Duration::from_millis(80));
        assert!(TAIL.at(0.99).abs_diff(Duration::from_secs(2)) < Duration::from_micros(1));
    }

    #[test]
    fn what_is_no_tail_is_its_median() {
        for (median, p99) in [(2, 1), (2, 2), (0, 5)] {
            let [median, p99] = [median, p99].map(Duration::from_secs);
            assert_eq!(Latency::LongTail { median, p99 }.at(0.999), median);
        }
    }

    #[test]
    fn an_even_latency_stays_between_its_bounds_and_a_fixed_one_is_what_it_is() {
        let [shortest, longest] = [40, 250].map(Duration::from_millis);
        for n in 0..1_000 {
            let share = Hash::seeded(1).number(n).share();
            assert!((shortest..longest).contains(&Latency::Between(shortest, longest).at(share)));
            assert_eq!(Latency::Fixed(longest).at(share), longest);
        }
        assert_eq!(Latency::Between(longest, shortest).at(0.9), longest);
        assert!(Latency::Between(shortest, Duration::MAX).at(1.0 - f64::EPSILON) > longest);
    }
}
