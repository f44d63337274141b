//! Refusals: what Graph has said of an organizer three times in the same words it is not asked a fourth time.
//!
//! Only answers count that all rows of the organizer can but get ([`is_of_organizer`]), like a missing access policy; one
//! row that is answered well, or other words, begin the count anew. What was on the wire when the third answer came is
//! let finish, and the organizer's other rows wait for it: if it goes well, they are asked after all. Every run begins anew, a resumed one as well: the time
//! between may have been used to mend it, and three requests are cheap.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use futures::poll;
use tokio::sync::Notify;

use crate::graph::is_of_organizer;
use crate::meeting::{Meeting, Organizer};
use crate::outcome::Trouble;

/// How many answers alike are enough: one may be chance, and two a policy that is just coming into effect.
pub const ALIKE: u32 = 3;
/// Of how many organizers refusals are kept at once; those of others are asked row by row. Each is some 2 kB.
const ORGANIZERS_MAX: usize = 4096;
/// Longer words of Graph's are no refusal that is known.
const WORDS_MAX: usize = 4096;

/// What has been refused.
#[derive(Debug, Default)]
pub struct Refusals {
    standing: RefCell<HashMap<Organizer, Standing>>,
    /// How many requests are on the wire for whom.
    on_wire: RefCell<HashMap<Organizer, u32>>,
    changed: Notify,
}

/// The last answers of an organizer, all alike.
#[derive(Debug)]
struct Standing {
    trouble: Trouble,
    times: u32,
    /// The first record in the sheet that got it.
    first: u64,
}

/// Why a row may not ask.
#[derive(Debug)]
pub enum Shut {
    /// Three answers are alike, and more are on the way: see [`Asker::settled`].
    Doubtful,
    /// There is no need to.
    Refused(Trouble),
}

impl Refusals {
    /// A row that is about to ask.
    pub fn asker(&self, meeting: &Meeting, record: u64) -> Asker<'_> {
        Asker { refusals: self, organizer: meeting.key().0, record }
    }
}

/// A row that asks, and may not need to.
pub struct Asker<'a> {
    refusals: &'a Refusals,
    organizer: Organizer,
    record: u64,
}

impl Asker<'_> {
    /// Why the organizer's rows may not ask, if they may not.
    pub fn shut(&self) -> Option<Shut> {
        let standing = self.refusals.standing.borrow();
        // Most runs have none.
        let own = if standing.is_empty() { None } else { standing.get(&self.organizer) };
        let own = own.filter(|own| own.times >= ALIKE)?;
        let doubtful = self.refusals.on_wire.borrow().contains_key(&self.organizer);
        Some(if doubtful { Shut::Doubtful } else { Shut::Refused(own.trouble.unasked(own.first)) })
    }

    /// Waits until it is known whether the organizer's rows may ask.
    pub async fn settled(&self) {
        loop {
            // Listens before it looks, so that no news is missed.
            let news = self.refusals.changed.notified();
            if !matches!(self.shut(), Some(Shut::Doubtful)) {
                return;
            }
            news.await;
        }
    }

    /// The future's value, or why the row may not ask, as soon as that is known.
    pub async fn or<T>(&self, future: impl Future<Output = T>) -> Result<T, Shut> {
        if let Some(shut) = self.shut() {
            return Err(shut);
        }
        let mut future = pin!(future);
        if let Poll::Ready(value) = poll!(future.as_mut()) {
            return Ok(value);
        }
        let shut = async {
            loop {
                let news = self.refusals.changed.notified();
                if let Some(shut) = self.shut() {
                    break shut;
                }
                news.await;
            }
        };
        tokio::select! {
            biased;
            shut = shut => Err(shut),
            value = future => Ok(value),
        }
    }

    /// A request is sent, and on the wire until this is dropped; what came of it is to be told before anything is awaited.
    pub fn sends(&self) -> OnWire<'_> {
        *self.refusals.on_wire.borrow_mut().entry(self.organizer.clone()).or_default() += 1;
        OnWire(self)
    }

    /// The row was answered well.
    pub fn succeeded(&self) {
        let mut standing = self.refusals.standing.borrow_mut();
        if !standing.is_empty() && standing.remove(&self.organizer).is_some() {
            self.refusals.changed.notify_waiters();
        }
    }

    /// The row was refused.
    pub fn refused(&self, trouble: &Trouble) {
        if !is_of_organizer(trouble) || trouble.said.len() > WORDS_MAX {
            return;
        }
        let mut standing = self.refusals.standing.borrow_mut();
        if standing.len() >= ORGANIZERS_MAX && !standing.contains_key(&self.organizer) {
            return;
        }
        let anew = || Standing { trouble: trouble.clone(), times: 0, first: self.record };
        let own = standing.entry(self.organizer.clone()).or_insert_with(anew);
        if !are_alike(&own.trouble, trouble) {
            *own = anew();
        }
        own.times = own.times.saturating_add(1);
        own.first = own.first.min(self.record);
        self.refusals.changed.notify_waiters();
    }
}

/// A request on the wire.
pub struct OnWire<'a>(&'a Asker<'a>);

impl Drop for OnWire<'_> {
    fn drop(&mut self) {
        let Asker { refusals, organizer, .. } = self.0;
        let mut on_wire = refusals.on_wire.borrow_mut();
        let left = on_wire.get_mut(organizer).map_or(0, |count| {
            *count -= 1;
            *count
        });
        if left == 0 {
            on_wire.remove(organizer);
            if !refusals.standing.borrow().is_empty() {
                refusals.changed.notify_waiters();
            }
        }
    }
}

/// Whether two answers are the same but for their ids.
fn are_alike(one: &Trouble, other: &Trouble) -> bool {
    let all = |trouble: &Trouble| (trouble.http_status, trouble.code.clone(), trouble.cause.clone());
    all(one) == all(other) && words(&one.said).eq(words(&other.said))
}

/// The words of a message, without ids.
fn words(said: &str) -> impl Iterator<Item = &str> {
    let is_part = |char: char| char.is_alphanumeric() || char == '-';
    said.split(move |char| !is_part(char)).filter(|word| !word.is_empty() && uuid::Uuid::try_parse(word).is_err())
}

#[cfg(test)]
#[path = "refusals_tests.rs"]
mod tests;
