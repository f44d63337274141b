//! Pace: the gate that says when the next request may start.
//!
//! Four things hold a request back: a slot (how many are on the wire), a turn (how many start per second), a hold (the
//! service said "wait", to one and so to all), and an [`Outage`] (it answers nobody). The gate knows no statuses, and it
//! never lets anything through before its time.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::outage::{Asking, Blame, Outage};

/// The first hold after a "wait" that does not say how long; each one in a row doubles it.
const HOLD_DEFAULT: Duration = Duration::from_secs(1);
/// What the doubling ends at.
const HOLD_DEFAULT_MAX: Duration = Duration::from_mins(1);
/// How long the service may say nothing but "wait" before the run stops: an hour is longer than any throttling that
/// has been reported, and whoever waits should be asked.
const HOLD_TOTAL_MAX: Duration = Duration::from_hours(1);

/// How many attempts may start per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// So many, retries included; more than 0.
    PerSecond(f64),
    /// As many as the slots allow.
    Max,
}

/// A slot on the wire; dropping it gives it back.
pub struct Slot<'a>(#[expect(dead_code, reason = "held for its drop")] SemaphorePermit<'a>);

/// The service has said nothing but "wait" for longer than anybody should wait unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong(
    /// From the first of these answers to the end of the hold that the last one asks for.
    pub Duration,
);

/// What everybody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// For nothing.
    None,
    /// For the end of a hold, so long.
    Asked(Duration),
    /// For the next probe in an outage, so long.
    Outage(Duration),
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Since>>;

/// Tokio's clock as governor wants one, so that a test's paused clock paces too.
#[derive(Clone, Debug)]
struct TokioClock(Instant);

/// Time since the gate was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Since(Duration);

impl Clock for TokioClock {
    type Instant = Since;

    fn now(&self) -> Since {
        Since(self.0.elapsed())
    }
}

impl Reference for Since {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_sub(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.saturating_sub(duration.into()))
    }
}

impl std::ops::Add<Nanos> for Since {
    type Output = Self;

    fn add(self, duration: Nanos) -> Self {
        Self(self.0 + Duration::from(duration))
    }
}

/// The hold that everybody shares: a deadline, extended and never shortened.
#[derive(Clone, Copy, Debug)]
struct Hold {
    until: Instant,
    /// The next hold for a "wait" that does not say how long.
    default: Duration,
    /// When the first "wait" came since the last success.
    since: Option<Instant>,
    /// All holds together, overlaps once.
    total: Duration,
}

/// The gate.
pub struct Pace {
    slots: Semaphore,
    /// Fresh rows come in through it one by one, so that a row that comes back stands behind one of them and not
    /// behind all.
    door: Semaphore,
    /// Whoever is next to start; governor itself knows no order among those who wait.
    next: Semaphore,
    limiter: Option<Limiter>,
    hold: Cell<Hold>,
    outage: Outage,
    /// How many attempts have started.
    starts: Cell<u64>,
}

impl Pace {
    /// Opens the gate with so many slots (1 or more) and so many starts per second.
    pub fn new(slots: usize, rate: Rate) -> Self {
        let now = Instant::now();
        let limiter = match rate {
            Rate::PerSecond(rate) => Some(RateLimiter::direct_with_clock(quota(rate), TokioClock(now))),
            Rate::Max => None,
        };
        let hold = Cell::new(Hold { until: now, default: HOLD_DEFAULT, since: None, total: Duration::ZERO });
        Self {
            slots: Semaphore::new(slots),
            door: Semaphore::new(1),
            next: Semaphore::new(1),
            limiter,
            hold,
            outage: Outage::default(),
            starts: Cell::new(0),
        }
    }

    /// Waits out an outage, or until it is this row's turn to probe; says whether it had to wait. It comes before the
    /// slot, so that nobody holds one who may not ask.
    pub async fn open(&self, row: u64, fresh: bool) -> bool {
        self.outage.over(row, fresh).await
    }

    /// Rows have been answered before this run.
    pub fn proven(&self) {
        self.outage.proven();
    }

    /// Whether this row may still ask: an outage may have been noticed since it passed [`open`](Self::open).
    pub fn admits(&self, row: u64) -> bool {
        self.outage.admits(row)
    }

    /// Waits for a slot. The slot comes before the turn, so that only as many callers as there are slots ever sleep
    /// at the gate and the end of a hold starts no stampede.
    pub async fn slot(&self, fresh: bool) -> Slot<'_> {
        let closed = "the semaphores are never closed";
        let _door = if fresh { Some(self.door.acquire().await.expect(closed)) } else { None };
        Slot(self.slots.acquire().await.expect(closed))
    }

    /// Waits for a row's turn to start one attempt; false if an outage was noticed meanwhile, and it may not. Nothing
    /// may be awaited between this and the request.
    pub async fn turn(&self, _slot: &Slot<'_>, row: u64) -> bool {
        let _next = self.next.acquire().await.expect("the semaphore is never closed");
        loop {
            if !self.admits(row) {
                return false;
            }
            // The hold is looked at last before the start: it may have been extended while this slept.
            let wait = match self.hold.get().until.checked_duration_since(Instant::now()) {
                Some(rest) if !rest.is_zero() => rest,
                _ => match self.limiter.as_ref().map(RateLimiter::check) {
                    None | Some(Ok(())) => {
                        self.starts.set(self.starts.get() + 1);
                        return true;
                    }
                    Some(Err(not_until)) => not_until.wait_time_from(self.now()),
                },
            };
            tokio::time::sleep(wait).await;
        }
    }

    fn now(&self) -> Since {
        self.limiter.as_ref().map_or(Since(Duration::ZERO), |limiter| limiter.clock().now())
    }

    /// The service said "wait": nobody starts before it is over. Without a time (`None`) the gate doubles its own,
    /// once per hold however many hear of it.
    pub fn hold(&self, after: Option<Duration>) -> Result<(), TooLong> {
        let hold = self.hold.get().extended(after, Instant::now());
        self.hold.set(hold);
        match hold.since.map(|since| hold.until - since) {
            Some(length) if length > HOLD_TOTAL_MAX => Err(TooLong(length)),
            _ => Ok(()),
        }
    }

    /// A row's attempt failed; says whose failure that was.
    pub fn failed(&self, row: u64) -> Blame {
        self.outage.failed(row)
    }

    /// The service is there, be it to say "wait"; `row` tells whether it was a row that it answered. Returns how long
    /// the outage was that this ends.
    pub fn alive(&self, row: bool) -> Option<Duration> {
        self.outage.answered(row)
    }

    /// Whether it may be no fault of a row that nothing came of its attempts since then.
    pub fn suspects(&self, since: Instant) -> bool {
        self.outage.suspected(since)
    }

    /// Counts a row that asks, for as long as it does.
    pub fn asking(&self) -> Asking<'_> {
        self.outage.asking()
    }

    /// An attempt was answered, whatever the answer: the service is willing again.
    pub fn eased(&self) {
        let mut hold = self.hold.get();
        // A success that was on the wire when the hold began says nothing about it.
        if hold.until <= Instant::now() {
            (hold.default, hold.since) = (HOLD_DEFAULT, None);
            self.hold.set(hold);
        }
    }

    /// How many attempts have started, repetitions included.
    pub fn starts(&self) -> u64 {
        self.starts.get()
    }

    /// How long everybody has been held so far.
    pub fn held(&self) -> Duration {
        let hold = self.hold.get();
        hold.total.saturating_sub(self.held_for())
    }

    /// What everybody waits for now.
    pub fn wait(&self) -> Wait {
        match (self.outage.next_probe(), self.held_for()) {
            (_, held) if !held.is_zero() => Wait::Asked(held),
            (Some(probe), _) => Wait::Outage(probe),
            (None, _) => Wait::None,
        }
    }

    /// How long the present hold still lasts; zero when there is none.
    pub fn held_for(&self) -> Duration {
        self.hold.get().until.saturating_duration_since(Instant::now())
    }
}

impl Hold {
    fn extended(mut self, after: Option<Duration>, now: Instant) -> Self {
        let held = self.until > now;
        let after = match after {
            Some(after) => after,
            None if held => Duration::ZERO,
            None => {
                let after = self.default;
                self.default = (after * 2).min(HOLD_DEFAULT_MAX);
                after
            }
        };
        let until = self.until.max(now + after);
        self.total += until - self.until.max(now);
        self.until = until;
        self.since = self.since.or(Some(now));
        self
    }
}

/// The quota for a rate: never more than `rate` starts in any second, wherever it begins.
///
/// A burst makes up for timers that fire late (one permit at a time loses a tenth of the rate at 200 per second), and
/// whatever can burst is taken off the refill, since a second can hold both. It is worth 20 ms, so it costs 2 %.
fn quota(rate: f64) -> Quota {
    let burst = 1.0 + (rate * 0.02).floor();
    let period = Duration::from_secs_f64(1.0 / (rate - burst + 1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are far below u32::MAX")]
    let burst = NonZeroU32::new(burst as u32).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(period).expect("the period is more than 0").allow_burst(burst)
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
