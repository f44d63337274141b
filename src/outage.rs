//! Outage: a service that answers nobody is not ten thousand rows that fail.
//!
//! After so many failures in a row with no answer between, nobody is charged for a failure any more. All rows wait, and
//! one at a time asks, after 1, 2, 4 … 60 seconds, until the service answers or the bound is reached.

use std::cell::{Cell, RefCell};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How many failures in a row, of whatever rows, make an outage. When one attempt in five fails, so many come together
/// once in 10^14.
pub const FAILURES: u32 = 20;
/// The wait before the first probe; it doubles from there.
const PROBE_FIRST: Duration = Duration::from_secs(1);
/// What the doubling ends at.
const PROBE_MAX: Duration = Duration::from_mins(1);
/// Who has been sent already lets the others probe first: it may be these rows that fail, and not the service.
const AFTER_OTHERS: Duration = Duration::from_millis(100);

/// How long it is waited when only rows that were sent already are left, and others have been answered before.
pub const FEW_MAX: Duration = Duration::from_mins(10);
/// How long an outage is sat out: longer ones have been seen, but whoever waits so long should be asked.
pub const OUTAGE_MAX: Duration = Duration::from_mins(30);

/// Whose failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The row's own.
    Row,
    /// The service's; the row is not charged and asks again when the outage is over. `begins` is true for the failure
    /// that shows it.
    Service {
        /// Whether the outage has just been noticed.
        begins: bool,
    },
    /// Only rows fail that have been sent before, and others were answered: however long they are asked again, it will not
    /// help.
    Hopeless,
    /// The service has failed for longer than is waited.
    TooLong(Duration),
}

/// What is known of the service's health.
#[derive(Debug, Default)]
pub struct Outage {
    state: RefCell<State>,
    /// How many rows ask, those that wait included.
    under_way: Cell<usize>,
    /// How many of them have not been sent yet.
    unsent: Cell<usize>,
    changed: Notify,
}

/// A row that asks; dropping it takes it off the count.
#[derive(Debug)]
pub struct Asking<'a> {
    outage: &'a Outage,
    sent: Cell<bool>,
}

impl Asking<'_> {
    /// It is sent now.
    pub fn sent(&self) {
        if !self.sent.replace(true) {
            self.outage.unsent.set(self.outage.unsent.get() - 1);
        }
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.sent();
        self.outage.under_way.set(self.outage.under_way.get() - 1);
    }
}

#[derive(Debug, Default)]
struct State {
    /// Failures since the last answer.
    failures: u32,
    /// When the first of them failed.
    since: Option<Instant>,
    /// When a row was answered last.
    answered: Option<Instant>,
    probing: Option<Probing>,
}

#[derive(Clone, Copy, Debug)]
struct Probing {
    /// Who asks now.
    row: Option<u64>,
    /// Who asked last.
    last: Option<u64>,
    next: Instant,
    wait: Duration,
}

/// Among equals the lot decides who probes: rows that always fail may stand together in the sheet.
fn lot(row: u64, failures: u32) -> Duration {
    let mut hasher = DefaultHasher::new();
    (row, failures).hash(&mut hasher);
    AFTER_OTHERS * u32::from(hasher.finish().to_be_bytes()[0]) / 256
}

impl Outage {
    /// Counts a row that asks, for as long as it does.
    pub fn asking(&self) -> Asking<'_> {
        self.under_way.set(self.under_way.get() + 1);
        self.unsent.set(self.unsent.get() + 1);
        Asking { outage: self, sent: Cell::new(false) }
    }

    /// Rows have been answered before this run, so that it can be the fault of those that are not.
    pub fn proven(&self) {
        self.state.borrow_mut().answered.get_or_insert_with(Instant::now);
    }

    /// Waits until the service answers again or it is this row's turn to ask; says whether it had to wait. `fresh` says
    /// that it has not been sent yet.
    pub async fn over(&self, row: u64, fresh: bool) -> bool {
        let mut waited = false;
        loop {
            // Listens before it looks, so that no news is missed.
            let changed = self.changed.notified();
            let failures = self.state.borrow().failures;
            let next = match &mut self.state.borrow_mut().probing {
                None => return waited,
                Some(Probing { row: Some(_), .. }) => None,
                Some(probing) => {
                    let turns = if fresh { 0 } else { 1 + u32::from(probing.last == Some(row)) };
                    let turn = probing.next + AFTER_OTHERS * turns + lot(row, failures);
                    if turn <= Instant::now() {
                        (probing.row, probing.last) = (Some(row), Some(row));
                        return waited;
                    }
                    Some(turn)
                }
            };
            waited = true;
            match next {
                None => changed.await,
                Some(next) => tokio::select! {
                    () = changed => {}
                    () = sleep_until(next) => {}
                },
            }
        }
    }

    /// Whether this row may ask: there is no outage, or it is the one that probes.
    pub fn admits(&self, row: u64) -> bool {
        self.state.borrow().probing.is_none_or(|probing| probing.row == Some(row))
    }

    /// A row's attempt failed.
    pub fn failed(&self, row: u64) -> Blame {
        let now = Instant::now();
        let mut state = self.state.borrow_mut();
        state.failures += 1;
        let since = *state.since.get_or_insert(now);
        if state.failures < FAILURES {
            return Blame::Row;
        }
        let few = state.answered.is_some() && self.unsent.get() == 0;
        let Some(probing) = &mut state.probing else {
            state.probing = Some(Probing { row: None, last: None, next: now + PROBE_FIRST, wait: PROBE_FIRST });
            return Blame::Service { begins: true };
        };
        let too_long = now - since > if few { FEW_MAX } else { OUTAGE_MAX };
        if probing.row == Some(row) {
            probing.wait = (probing.wait * 2).min(PROBE_MAX);
            (probing.row, probing.next) = (None, if too_long { now } else { now + probing.wait });
            self.changed.notify_waiters();
        }
        match (too_long, few) {
            (false, _) => Blame::Service { begins: false },
            (true, true) => Blame::Hopeless,
            (true, false) => Blame::TooLong(now - since),
        }
    }

    /// The service answered, whatever it said, and `row` tells whether it was a row that it answered; returns how long
    /// the outage was that this ends.
    pub fn answered(&self, row: bool) -> Option<Duration> {
        let mut state = self.state.borrow_mut();
        let ended = state.probing.is_some().then(|| state.since.map(|since| since.elapsed()));
        let answered = if row { Some(Instant::now()) } else { state.answered };
        *state = State { answered, ..State::default() };
        self.changed.notify_waiters();
        ended.flatten()
    }

    /// Whether there are rows under way that have not been sent.
    pub fn has_unsent(&self) -> bool {
        self.unsent.get() > 0
    }

    fn many(&self) -> bool {
        self.under_way.get() >= FAILURES as usize
    }

    /// Whether it may be no fault of a row that nothing came of all its attempts since then: many rows ask, and none has
    /// been answered. It takes long until so many have failed when there are few slots or attempts hang.
    pub fn suspected(&self, since: Instant) -> bool {
        self.many() && self.state.borrow().answered.is_none_or(|answered| answered <= since)
    }

    /// How long until the next probe, while there is an outage.
    pub fn next_probe(&self) -> Option<Duration> {
        self.state.borrow().probing.map(|probing| probing.next.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
#[path = "outage_tests.rs"]
mod tests;
