//! Rows that ask for the same meeting wait for one another, in the order of the input.
//!
//! Whether Graph makes one meeting when two calls with one key arrive together is not documented, and which of the
//! two would be told 201 is chance: one after the other there is no doubt and the output does not depend on it.

use std::cell::RefCell;
use std::collections::HashMap;

use tokio::sync::watch;

use crate::meeting::{ExternalId, Organizer};

/// The last row under way for each key.
pub struct Queue {
    last: RefCell<HashMap<(Organizer, ExternalId), watch::Receiver<()>>>,
    /// How many keys are kept before those whose rows are done are forgotten.
    keys_max: usize,
}

/// A row's place in the line of its key; dropping it lets the next one go.
pub struct Place {
    before: Option<watch::Receiver<()>>,
    _done: watch::Sender<()>,
}

impl Queue {
    /// For so many rows under way at once. It keeps twice as many keys, so that the cost of forgetting is spread.
    pub fn new(window: usize) -> Self {
        Self { last: RefCell::default(), keys_max: 2 * window }
    }

    /// Takes the place behind all rows with this key that have joined before.
    pub fn join(&self, key: (Organizer, ExternalId)) -> Place {
        let mut last = self.last.borrow_mut();
        if last.len() >= self.keys_max {
            last.retain(|_, row| row.has_changed().is_ok());
        }
        let (done, row) = watch::channel(());
        Place { before: last.insert(key, row), _done: done }
    }
}

impl Place {
    /// Waits until the row before is done, however it ended.
    pub async fn reached(&self) {
        if let Some(before) = &self.before {
            // Nothing is ever sent: the only news is that the sender is gone.
            let gone = before.clone().changed().await.is_err();
            debug_assert!(gone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    fn key(id: usize) -> (Organizer, ExternalId) {
        (Organizer::Me, ExternalId::new(&id.to_string()).expect("an id"))
    }

    #[test]
    fn equal_keys_go_one_after_the_other_and_others_go_at_once() {
        let queue = Queue::new(10);
        let [first, other, second, third] = [1, 2, 1, 1].map(|id| queue.join(key(id)));
        assert!(first.reached().now_or_never().is_some());
        assert!(other.reached().now_or_never().is_some());
        assert!(second.reached().now_or_never().is_none());
        drop(first);
        assert!(second.reached().now_or_never().is_some());
        assert!(third.reached().now_or_never().is_none());
        drop(second);
        assert!(third.reached().now_or_never().is_some());
    }

    #[test]
    fn keys_whose_rows_are_done_are_forgotten() {
        let queue = Queue::new(10);
        let _under_way = queue.join(key(0));
        for id in 1..200 {
            drop(queue.join(key(id)));
        }
        assert!(queue.last.borrow().len() <= 20);
        assert!(queue.join(key(0)).reached().now_or_never().is_none());
    }
}
