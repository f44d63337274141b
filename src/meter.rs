//! Meter: how long requests took, and how many there were when, in bounded memory.
//!
//! It decides nothing; the gate has counts of its own for that.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use tokio::time::Instant;

/// So many buckets there are for every doubling of a time, so that one is less than a hundredth as wide as what is in it.
const PER_DOUBLING: u64 = 128;
/// Longer times are counted with those that take so long. No request takes longer: it would have timed out.
const COUNTED_MAX: Duration = Duration::from_mins(10);
/// How long a span is at first, and how many there are at the most: beyond that each two become one.
const SPAN_FIRST: Duration = Duration::from_secs(1);
const SPANS_MAX: usize = 300;

/// How an attempt came out, as far as it is counted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// With an answer, be it a no.
    Answered,
    /// The service said "wait".
    Throttled,
    /// To nothing, in another way that may pass.
    Failed,
}

/// Counts requests and their times, in one task.
#[derive(Debug, Default)]
pub struct Meter {
    requests: Cell<u64>,
    retries: Cell<u64>,
    throttled: Cell<u64>,
    times: RefCell<Times>,
    rhythm: RefCell<Rhythm>,
}

impl Meter {
    /// A request is sent now.
    pub fn sent(&self, is_repetition: bool) {
        self.requests.update(|count| count + 1);
        self.retries.update(|count| count + u64::from(is_repetition));
        self.rhythm.borrow_mut().at(Instant::now()).requests += 1;
    }

    /// A request that took so long has come to its end now. It is counted in the span of time in which it was sent.
    pub fn came(&self, took: Duration, how: Came) {
        self.times.borrow_mut().count(took);
        if how == Came::Answered {
            return;
        }
        let (mut rhythm, now) = (self.rhythm.borrow_mut(), Instant::now());
        let span = rhythm.at(now.checked_sub(took).unwrap_or(now));
        match how {
            Came::Throttled => {
                self.throttled.update(|count| count + 1);
                span.throttled += 1;
            }
            Came::Failed => span.failed += 1,
            Came::Answered => {}
        }
    }

    /// What has been measured so far.
    pub fn measured(&self) -> Measured {
        Measured {
            requests: self.requests.get(),
            retries: self.retries.get(),
            throttled: self.throttled.get(),
            latency: self.times.borrow().latency(),
            over_time: self.rhythm.borrow().over_time(),
        }
    }
}

/// How often a request took how long: buckets of a microsecond at first, and then ever wider ones.
#[derive(Debug, Default)]
struct Times {
    /// As many as are needed for the longest.
    buckets: Vec<u64>,
    count: u64,
    max: Duration,
}

impl Times {
    fn count(&mut self, took: Duration) {
        let bucket = bucket(micros(took));
        if bucket >= self.buckets.len() {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.count += 1;
        self.max = self.max.max(took);
    }

    /// The time that so many hundredths of the requests did not exceed: the end of the bucket in which it is, so that it is
    /// never too short.
    fn hundredths(&self, hundredths: u64) -> Duration {
        let wanted = (self.count * hundredths).div_ceil(100).max(1);
        let mut counted = 0;
        let place = self.buckets.iter().position(|count| {
            counted += count;
            counted >= wanted
        });
        // What is in the last bucket may be longer than it is.
        let last = place.is_some_and(|place| place == bucket(micros(COUNTED_MAX)));
        place.filter(|_| !last).map_or(self.max, |place| Duration::from_micros(last_of(place)).min(self.max))
    }

    fn latency(&self) -> Latency {
        let [p50, p90, p95, p99] = [50, 90, 95, 99].map(|hundredths| self.hundredths(hundredths));
        Latency { p50, p90, p95, p99, max: self.max }
    }
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.min(COUNTED_MAX).as_micros().max(1)).expect("ten minutes")
}

/// The bucket that such a time belongs to: by its 8 leading binary digits.
fn bucket(micros: u64) -> usize {
    let shift = micros.max(PER_DOUBLING).ilog2() - PER_DOUBLING.ilog2();
    usize::try_from(u64::from(shift) * PER_DOUBLING + (micros >> shift)).expect("a small number")
}

/// The longest time of a bucket.
fn last_of(bucket: usize) -> u64 {
    let bucket = u64::try_from(bucket).expect("a small number");
    let shift = (bucket / PER_DOUBLING).saturating_sub(1);
    ((bucket - shift * PER_DOUBLING + 1) << shift) - 1
}

/// How many requests there were when.
#[derive(Debug)]
struct Rhythm {
    /// When the first was sent.
    begun: Option<Instant>,
    span: Duration,
    spans: Vec<Span>,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self { begun: None, span: SPAN_FIRST, spans: Vec::new() }
    }
}

impl Rhythm {
    /// The span that a moment is in.
    fn at(&mut self, moment: Instant) -> &mut Span {
        let since = moment.saturating_duration_since(*self.begun.get_or_insert(moment));
        let place = loop {
            let place = usize::try_from(since.as_nanos() / self.span.as_nanos()).unwrap_or(usize::MAX);
            if place < SPANS_MAX {
                break place;
            }
            self.double();
        };
        if place >= self.spans.len() {
            self.spans.resize(place + 1, Span::default());
        }
        &mut self.spans[place]
    }

    /// Makes one of each two.
    fn double(&mut self) {
        self.span *= 2;
        self.spans =
            self.spans.chunks(2).map(|pair| pair.iter().fold(Span::default(), |sum, span| sum.and(*span))).collect();
    }

    fn over_time(&self) -> OverTime {
        OverTime { span: self.span, spans: self.spans.clone() }
    }
}

/// What was measured of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Requests that were sent for meetings, repetitions included.
    pub requests: u64,
    /// How many of them were repetitions.
    pub retries: u64,
    /// How many were told to wait.
    pub throttled: u64,
    /// How long the requests took until there was an answer or it was clear that there would be none.
    pub latency: Latency,
    /// What happened when.
    pub over_time: OverTime,
}

/// How long the requests took.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Latency {
    /// Half of them took no longer.
    pub p50: Duration,
    /// 9 in 10.
    pub p90: Duration,
    /// 95 in 100.
    pub p95: Duration,
    /// 99 in 100.
    pub p99: Duration,
    /// The longest.
    pub max: Duration,
}

/// A run cut into spans of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverTime {
    /// How long each is.
    pub span: Duration,
    /// What was in each, from the first request on.
    pub spans: Vec<Span>,
}

/// What was in a span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Requests that were sent.
    pub requests: u64,
    /// How many of them were told to wait.
    pub throttled: u64,
    /// How many of them failed in another way that may pass.
    pub failed: u64,
}

impl Span {
    fn and(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            throttled: self.throttled + other.throttled,
            failed: self.failed + other.failed,
        }
    }
}

#[cfg(test)]
#[path = "meter_tests.rs"]
mod tests;
