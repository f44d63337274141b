//! Hold: the deadline that everybody shares. It is extended and never shortened; nobody starts before it.

use std::time::Duration;

/// The first hold after a "wait" that does not say how long; each one in a row doubles it.
const FIRST: Duration = Duration::from_secs(1);
/// What the doubling ends at.
const FIRST_MAX: Duration = Duration::from_mins(1);
/// How long the service may say nothing but "wait" before the run stops: an hour is longer than any throttling that
/// has been reported, and whoever waits should be asked.
const TOTAL_MAX: Duration = Duration::from_hours(1);

/// The service has said nothing but "wait" for longer than anybody should wait unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong(
    /// From the first of these answers to the end of the hold that the last one asks for.
    pub Duration,
);

/// The hold. Every time is counted from the opening of the gate.
#[derive(Clone, Copy, Debug)]
pub struct Hold {
    until: Duration,
    /// The next hold for a "wait" that does not say how long, and the last one.
    next: Duration,
    guessed: Duration,
    /// When the first "wait" came since the last success.
    since: Option<Duration>,
    /// All holds together, overlaps once.
    total: Duration,
}

impl Default for Hold {
    fn default() -> Self {
        Self { until: Duration::ZERO, next: FIRST, guessed: Duration::ZERO, since: None, total: Duration::ZERO }
    }
}

impl Hold {
    /// The service said "wait". Without a time (`None`) the hold doubles, once however many hear of it.
    pub fn extend(&mut self, now: Duration, after: Option<Duration>) -> Result<(), TooLong> {
        let held = self.until > now;
        let after = match after {
            Some(after) => after,
            None if held => Duration::ZERO,
            None => {
                let after = self.next;
                self.next = (after * 2).min(FIRST_MAX);
                self.guessed = after;
                after
            }
        };
        let until = self.until.max(now + after);
        self.total += until.saturating_sub(self.until.max(now));
        self.until = until;
        let length = until.saturating_sub(*self.since.get_or_insert(now));
        if length > TOTAL_MAX { Err(TooLong(length)) } else { Ok(()) }
    }

    /// The service let something through that was sent then. What was on the wire when the hold began says nothing
    /// about it, whenever the answer comes.
    pub fn eased(&mut self, sent: Duration) {
        if self.until <= sent {
            (self.next, self.since) = (FIRST, None);
        }
    }

    /// How long the last one was that was not told how long.
    pub fn guessed(&self) -> Duration {
        self.guessed
    }

    /// When it ends, or ended.
    pub fn until(&self) -> Duration {
        self.until
    }

    /// How long it still lasts; zero when there is none.
    pub fn rest(&self, now: Duration) -> Duration {
        self.until.saturating_sub(now)
    }

    /// How long everybody has been held so far.
    pub fn total(&self, now: Duration) -> Duration {
        self.total.saturating_sub(self.rest(now))
    }
}
