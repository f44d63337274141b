//! Meter: how long requests took, and how many there were when, in bounded memory.
//!
//! It decides nothing; the gate has counts of its own for that.

use std::time::Duration;

/// What was measured of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Requests that were sent for meetings, repetitions included.
    pub requests: u64,
    /// How many of them were repetitions.
    pub retries: u64,
    /// How many were told to wait.
    pub throttled: u64,
    /// How long answers took, by how many hundredths of the requests took no longer.
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
