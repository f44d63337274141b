//! Turns: governor, told to go at the pace.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::pace::{Pace, Rate};

/// How many attempts may start at once where there is no ceiling. Timers fire up to two milliseconds late, and this
/// makes up for it to more than 2,000 per second, far beyond any limit that has been reported.
const BURST_AUTO: f64 = 4.0;

type Limiter = RateLimiter<NotKeyed, InMemoryState, PaceClock, NoOpMiddleware<Since>>;

/// A clock whose speed is the pace: governor's quota cannot be changed, and another limiter in its place would let a
/// burst through. So the quota is one start per second of this clock, which stands still in a hold.
#[derive(Clone, Debug, Default)]
struct PaceClock(Rc<Cell<Duration>>);

/// Time on that clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Since(Duration);

impl Clock for PaceClock {
    type Instant = Since;

    fn now(&self) -> Since {
        Since(self.0.get())
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

/// Who may start when: governor, and what its clock needs to know.
pub struct Turns {
    limiter: Limiter,
    clock: PaceClock,
    /// How many may start at once.
    burst: f64,
    /// The clock's greatest speed.
    speed_max: f64,
    /// Up to when it has been moved on.
    at: Cell<Duration>,
}

impl Turns {
    /// None when attempts are not paced. Never more than the rate start in any second, wherever it begins: a burst makes
    /// up for timers that fire late (one permit at a time loses a tenth of the rate at 200 per second), and whatever can
    /// burst is taken off the refill, since a second can hold both. It is worth 20 ms, so that it costs 2 %.
    pub fn at_most(rate: Rate) -> Option<Self> {
        let (burst, speed_max) = match rate {
            Rate::Max => return None,
            Rate::Auto => (BURST_AUTO, f64::INFINITY),
            Rate::PerSecond(rate) => {
                let burst = 1.0 + (rate * 0.02).floor();
                (burst, rate - burst + 1.0)
            }
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are far below u32::MAX")]
        let whole = NonZeroU32::new(burst as u32).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(NonZeroU32::MIN).allow_burst(whole);
        let clock = PaceClock::default();
        let limiter = RateLimiter::direct_with_clock(quota, clock.clone());
        Some(Self { limiter, clock, burst, speed_max, at: Cell::default() })
    }

    /// Takes a turn, or says how long it takes until there is one at the present pace.
    pub fn take(&self, now: Duration, pace: &Pace) -> Result<(), Duration> {
        let speed = pace.per_second().min(self.speed_max);
        let from = self.at.replace(now).max(pace.held().until().min(now));
        // More than a burst is of no use to anybody, and governor's clock ends after 584 years.
        let passed = Duration::from_secs_f64((now.saturating_sub(from).as_secs_f64() * speed).min(self.burst));
        self.clock.0.set(self.clock.0.get() + passed);
        let taken = self.limiter.check();
        taken.map_err(|not_until| not_until.wait_time_from(self.clock.now()).div_f64(speed))
    }
}
