//! The gate: where attempts wait until they may start.
//!
//! Four things hold one back: a slot (how many are on the wire), a turn (how fast they start: [`Pace`]), a hold (the
//! service said "wait", to one and so to all), and an [`Outage`] (it answers nobody). A row that failed also waits for
//! the [`Budget`]. The gate knows no statuses, decides nothing, and never lets anything through before its time.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};

use crate::budget::Budget;
use crate::door::Door;
use crate::hold::TooLong;
use crate::meter::Meter;
use crate::outage::{Asking, Blame, Outage};
use crate::pace::{Pace, Rate};
use crate::turns::Turns;

/// How long somebody who waits sleeps at the most: the pace may change meanwhile, and others may succeed.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// The timer's own step: who slept for less would wake at once, and in a test's paused clock for ever.
const TICK: Duration = Duration::from_millis(1);
/// What the semaphores' errors say.
const OPEN: &str = "the semaphores are never closed";

/// A slot on the wire; dropping it gives it back.
pub struct Slot<'a>(#[expect(dead_code, reason = "held for its drop")] SemaphorePermit<'a>);

/// When an attempt started, counted from the opening of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start(Duration);

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

/// The gate.
pub struct Gate {
    opened: Instant,
    slots: Semaphore,
    /// Fresh rows come in through it one by one, in the order of the sheet, so that a row that comes back stands behind
    /// one of them and not behind all.
    door: Door,
    /// Whoever is next to start; governor itself knows no order among those who wait.
    next: Semaphore,
    /// Whoever is next to ask again.
    again: Semaphore,
    turns: Option<Turns>,
    pace: RefCell<Pace>,
    budget: RefCell<Budget>,
    outage: Outage,
    /// How many attempts have started.
    starts: Cell<u64>,
    meter: Meter,
}

impl Gate {
    /// Opens the gate with so many slots (1 or more) and so many starts per second.
    pub fn new(slots: usize, rate: Rate) -> Self {
        Self {
            opened: Instant::now(),
            slots: Semaphore::new(slots),
            door: Door::default(),
            next: Semaphore::new(1),
            again: Semaphore::new(1),
            turns: Turns::at_most(rate),
            pace: RefCell::new(Pace::new(rate)),
            budget: RefCell::default(),
            outage: Outage::default(),
            starts: Cell::new(0),
            meter: Meter::default(),
        }
    }

    fn now(&self) -> Duration {
        self.opened.elapsed()
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

    /// Waits until a row that failed may ask again, in the order in which they come.
    pub async fn again(&self) {
        let _next = self.again.acquire().await.expect(OPEN);
        loop {
            let (pace, fresh) = (self.pace.borrow().per_second(), self.outage.has_unsent());
            if self.budget.borrow_mut().take(self.now(), pace, fresh) {
                return;
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Waits for a slot; `fresh` says that the row has sent nothing yet. The slot comes before the turn, so that only as
    /// many callers as there are slots ever sleep at the gate and the end of a hold starts no stampede.
    pub async fn slot(&self, row: u64, fresh: bool) -> Slot<'_> {
        let _pass = if fresh { Some(self.door.pass(row).await) } else { None };
        Slot(self.slots.acquire().await.expect(OPEN))
    }

    /// Waits until nobody is held. What is fetched for an attempt is fetched after it, or it would be old by then.
    pub async fn unheld(&self) {
        while !self.held_for().is_zero() {
            sleep(self.held_for()).await;
        }
    }

    /// Waits for a row's turn to start one attempt; nothing if an outage was noticed meanwhile or everybody is held, and
    /// it may not. Nothing may be awaited between this and the request.
    pub async fn turn(&self, _slot: &Slot<'_>, row: u64) -> Option<Start> {
        let _next = self.next.acquire().await.expect(OPEN);
        let mut waited = false;
        loop {
            // The hold is looked at last before the start: it may have been extended while this slept.
            if !self.admits(row) || !self.held_for().is_zero() {
                return None;
            }
            let now = self.now();
            let taken = self.turns.as_ref().map_or(Ok(()), |turns| turns.take(now, &self.pace.borrow()));
            let Err(wait) = taken else {
                self.starts.set(self.starts.get() + 1);
                self.budget.borrow_mut().started();
                self.pace.borrow_mut().started(now, waited);
                return Some(Start(now));
            };
            waited = true;
            sleep(wait.clamp(TICK, LOOK_AGAIN)).await;
        }
    }

    /// The service said "wait" to an attempt: nobody starts before it is over, and the pace is cut. Without a time
    /// (`None`) the gate doubles its own, once per hold however many hear of it.
    pub fn throttled(&self, start: Start, after: Option<Duration>) -> Result<(), TooLong> {
        self.pace.borrow_mut().throttled(self.now(), start.0, after)
    }

    /// Nobody starts before this is over, though it was not an attempt that was told to wait.
    pub fn hold(&self, after: Option<Duration>) -> Result<(), TooLong> {
        self.pace.borrow_mut().hold(self.now(), after)
    }

    /// An attempt was answered, and was not told to wait.
    pub fn let_through(&self, start: Start) {
        self.pace.borrow_mut().let_through(start.0);
    }

    /// A row has its answer; `again` says that it had paid to ask again.
    pub fn succeeded(&self, again: bool) {
        self.budget.borrow_mut().succeeded(again);
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

    /// The service answered, and did not say "wait". `start` is that of the attempt, if it was one.
    pub fn eased(&self, start: Option<Start>) {
        self.pace.borrow_mut().eased(start.map_or(self.now(), |start| start.0));
    }

    /// How many attempts have started, repetitions included.
    pub fn starts(&self) -> u64 {
        self.starts.get()
    }

    /// What is measured of those who pass.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// How many of them were told to wait.
    pub fn throttles(&self) -> u64 {
        self.pace.borrow().throttles()
    }

    /// The limit that was found, in starts per second.
    pub fn limit(&self) -> Option<f64> {
        self.pace.borrow().limit()
    }

    /// How long everybody has been held so far.
    pub fn held(&self) -> Duration {
        self.pace.borrow().held().total(self.now())
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
        self.pace.borrow().held().rest(self.now())
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
