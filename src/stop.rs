//! Stop: raised once with a reason, seen by every row at once.
//!
//! Answers come in order, so bad news would wait behind the slowest row if it travelled with them; it goes this way
//! instead, and every wait of the pipeline is `stop.or(…)`.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use futures::poll;
use tokio::sync::watch;

use crate::outcome::Trouble;

/// How many meetings that were there may be changed at a terminal without a word.
pub const CHANGES_MAX: u64 = 50;

/// Why a run ends before its last row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A signal asked for it.
    Interrupted(Signal),
    /// No row can succeed: credentials or permissions.
    Broken(Trouble),
    /// The service has answered nothing but "wait" for too long; the text says how long.
    Throttled(String),
    /// The service has failed for too long; the text says how long.
    Outage(Trouble, String),
    /// The first rows were all refused for one cause.
    Doomed(Trouble),
    /// More rows have no meeting than the user puts up with; the text says how many.
    TooManyErrors(String),
    /// More meetings would be changed than may be without a word of the user.
    TooManyChanges,
    /// Of several rows in a row nobody knows whether their meetings were made.
    Uncertain(Trouble),
    /// The output cannot be written, so that nothing may be sent; the text says why.
    Unwritable(String),
    /// The time that the user gave the run is over; the text says how long that was.
    Deadline(String),
}

/// The signals that end a run in good order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM: what cron jobs and service managers send.
    Terminate,
}

/// The switch. The first reason holds.
#[derive(Debug)]
pub struct Stop {
    reason: watch::Sender<Option<Reason>>,
}

impl Stop {
    /// Not raised.
    #[expect(clippy::new_without_default, reason = "there is one, and it is made on purpose")]
    pub fn new() -> Self {
        Self { reason: watch::Sender::new(None) }
    }

    /// Raises it, unless it has been raised.
    pub fn raise(&self, reason: Reason) {
        self.reason.send_if_modified(|held| {
            let first = held.is_none();
            if first {
                *held = Some(reason);
            }
            first
        });
    }

    /// Why it was raised, if it was.
    pub fn reason(&self) -> Option<Reason> {
        self.reason.borrow().clone()
    }

    /// Waits until it is raised.
    pub async fn raised(&self) {
        let mut reason = self.reason.subscribe();
        reason.wait_for(Option::is_some).await.expect("the sender lives as long as self");
    }

    /// The future's value, or `None` as soon as stop is raised.
    pub async fn or<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        // Most have nothing to wait for, and need not listen.
        if self.reason.borrow().is_some() {
            return None;
        }
        if let Poll::Ready(value) = poll!(future.as_mut()) {
            return Some(value);
        }
        tokio::select! {
            biased;
            () = self.raised() => None,
            value = future => Some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn every_wait_ends_when_it_is_raised_and_the_first_reason_holds() {
        let stop = Stop::new();
        assert_eq!(stop.or(async { 1 }).await, Some(1));
        let wait = stop.or(tokio::time::sleep(Duration::from_hours(1)));
        let raise = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stop.raise(Reason::Interrupted(Signal::Terminate));
            stop.raise(Reason::Interrupted(Signal::Interrupt));
        };
        let before = tokio::time::Instant::now();
        assert_eq!(tokio::join!(wait, raise).0, None);
        assert_eq!(before.elapsed(), Duration::from_secs(1));
        assert_eq!(stop.reason(), Some(Reason::Interrupted(Signal::Terminate)));
        assert_eq!(stop.or(async { 1 }).await, None, "nothing begins after it");
    }
}
