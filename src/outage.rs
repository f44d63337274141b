//! Outage: a service that answers nobody is not ten thousand rows that fail.
//!
//! After so many failures in a row with no answer between, nobody is charged for a failure any more. All rows wait, and
//! one at a time asks, after 1, 2, 4 … 60 seconds, until the service answers or the bound is reached.

use std::cell::{Cell, RefCell};
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
    /// The last rows of a run fail, and only they do: however long they are asked again, it will not help.
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
    changed: Notify,
}

/// A row that asks; dropping it takes it off the count.
#[derive(Debug)]
pub struct Asking<'a>(&'a Outage);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.under_way.set(self.0.under_way.get() - 1);
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
    next: Instant,
    wait: Duration,
}

impl Outage {
    /// Counts a row that asks, for as long as it does.
    pub fn asking(&self) -> Asking<'_> {
        self.under_way.set(self.under_way.get() + 1);
        Asking(self)
    }

    /// Waits until the service answers again or it is this row's turn to ask; says whether it had to wait.
    pub async fn over(&self, row: u64) -> bool {
        let mut waited = false;
        loop {
            // Listens before it looks, so that no news is missed.
            let changed = self.changed.notified();
            let next = match &mut self.state.borrow_mut().probing {
                None => return waited,
                Some(probing) if probing.row.is_none() && probing.next <= Instant::now() => {
                    probing.row = Some(row);
                    return waited;
                }
                Some(Probing { row: Some(_), .. }) => None,
                Some(probing) => Some(probing.next),
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
        let few = state.answered.is_some() && !self.many();
        let Some(probing) = &mut state.probing else {
            state.probing = Some(Probing { row: None, next: now + PROBE_FIRST, wait: PROBE_FIRST });
            return Blame::Service { begins: true };
        };
        let too_long = now - since > OUTAGE_MAX;
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
mod tests {
    use super::*;
    use futures::FutureExt as _;

    const SECOND: Duration = Duration::from_secs(1);

    fn begun() -> Outage {
        let outage = Outage::default();
        for failure in 0..u64::from(FAILURES) - 1 {
            assert_eq!(outage.failed(failure), Blame::Row);
        }
        assert_eq!(outage.failed(0), Blame::Service { begins: true });
        outage
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_between_failures_makes_them_the_rows_own() {
        let outage = Outage::default();
        for row in 0..100 {
            assert_eq!(outage.failed(row), Blame::Row);
            if row % 19 == 0 {
                assert_eq!(outage.answered(true), None);
            }
        }
        assert_eq!(outage.over(1).now_or_never(), Some(false));
    }

    #[tokio::test(start_paused = true)]
    async fn one_row_at_a_time_probes_at_growing_intervals_until_the_service_answers() {
        let (outage, opened) = (begun(), Instant::now());
        let mut probes = Vec::new();
        let probe = async |row| {
            outage.over(row).await;
            if outage.next_probe().is_some() {
                assert!(outage.admits(row) && !outage.admits(row + 100));
                tokio::time::sleep(SECOND / 10).await;
                if opened.elapsed() > 200 * SECOND {
                    assert!(outage.answered(true).expect("it was an outage") > 200 * SECOND);
                } else {
                    assert_eq!(outage.failed(row), Blame::Service { begins: false });
                }
                return Some(opened.elapsed().as_secs());
            }
            None
        };
        for round in 0..20 {
            let rows = (0..5).map(|row| probe(round * 5 + row));
            probes.extend(futures::future::join_all(rows).await.into_iter().flatten());
        }
        assert_eq!(probes, [1, 3, 7, 15, 31, 63, 123, 183, 243]);
        assert!(outage.admits(7));
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_sat_out_for_so_long_and_no_longer() {
        for (answered_before, rows, end) in [(true, 20, false), (false, 3, false), (true, 19, true)] {
            let outage = Outage::default();
            let _asking: Vec<_> = (0..rows).map(|_| outage.asking()).collect();
            drop(outage.asking());
            outage.answered(answered_before);
            for row in 0..u64::from(FAILURES) {
                outage.failed(row % 3);
            }
            tokio::time::advance(OUTAGE_MAX).await;
            outage.over(1).await;
            assert_eq!(outage.failed(1), Blame::Service { begins: false });
            tokio::time::advance(PROBE_MAX).await;
            outage.over(2).await;
            let blame = outage.failed(2);
            assert_eq!(blame == Blame::Hopeless, end, "{blame:?}");
            assert_eq!(matches!(blame, Blame::TooLong(_)), !end, "{blame:?}");
            assert!(!end || outage.over(1).now_or_never().is_some(), "the others are not kept waiting for it");
        }
    }
}
