//! What the make-believe service remembers: meetings, tokens, and what it has seen.
//!
//! It waits for nothing and decides nothing; it lives behind one mutex that is never held
//! over an await.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::time::Instant;

use super::meeting::{Key, Meeting};
use super::quota::{Quota, Used};

/// What the simulator has seen and done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// createOrGet requests seen, whatever came of them.
    pub requests: u64,
    /// How many were answered with each status; 0 stands for a connection dropped
    /// without an answer.
    pub by_status: BTreeMap<u16, u64>,
    /// How often a meeting was made for each key, `tenant/organizer/externalId`. Graph's
    /// promise is that this is never more than 1.
    pub meetings: BTreeMap<String, u64>,
    /// The most requests that were being answered at the same time.
    pub in_flight_max: u64,
    /// Requests that came before the wait was over which a 429 had asked for.
    pub in_hold: u64,
    /// Access tokens given out by the token endpoint.
    pub tokens_issued: u64,
}

#[derive(Debug, Default)]
pub(super) struct World {
    report: Report,
    in_flight: u64,
    hold_until: Option<Instant>,
    used: Used,
    meetings: HashMap<Key, Arc<Meeting>>,
    /// How often each thing has been seen, by its hash.
    seen: HashMap<u64, u64>,
    tokens: HashMap<String, Token>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) bearer: Bearer,
    /// `None`: never.
    pub(super) expires: Option<Instant>,
}

/// On whose behalf a token speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bearer {
    App,
    User,
}

impl World {
    pub(super) fn arrive(&mut self, now: Instant) {
        self.report.requests += 1;
        self.in_flight += 1;
        self.report.in_flight_max = self.report.in_flight_max.max(self.in_flight);
        if self.hold_until.is_some_and(|until| now < until) {
            self.report.in_hold += 1;
        }
    }

    pub(super) fn answer(&mut self, status: u16) {
        *self.report.by_status.entry(status).or_default() += 1;
    }

    pub(super) fn leave(&mut self) {
        self.in_flight -= 1;
    }

    /// Counts one more of this, and says how many that makes.
    pub(super) fn count(&mut self, hash: u64) -> u64 {
        let count = self.seen.entry(hash).or_default();
        *count += 1;
        *count
    }

    /// Takes one request off the quota; over it, says when one would be let through.
    pub(super) fn charge(&mut self, now: Instant, quota: Quota) -> Option<Instant> {
        self.used.charge(now, quota)
    }

    /// Whether it was made just now, and the meeting.
    pub(super) fn create_or_get(&mut self, key: Key, make: impl FnOnce(Key) -> Meeting) -> (bool, Arc<Meeting>) {
        match self.meetings.entry(key) {
            Entry::Occupied(there) => (false, Arc::clone(there.get())),
            Entry::Vacant(free) => {
                let meeting = Arc::new(make(free.key().clone()));
                (true, Arc::clone(free.insert(meeting)))
            }
        }
    }

    /// From now on nobody should come before then.
    pub(super) fn hold(&mut self, until: Instant) {
        self.hold_until = self.hold_until.max(Some(until));
    }

    pub(super) fn keep(&mut self, token: String, kept: Token) {
        if kept.bearer == Bearer::App {
            self.report.tokens_issued += 1;
        }
        self.tokens.insert(token, kept);
    }

    pub(super) fn token(&self, token: &str) -> Option<Token> {
        self.tokens.get(token).copied()
    }

    pub(super) fn report(&self) -> Report {
        // Each is made once or the map would not have it once; the text of a million keys is made when it is asked for.
        let meetings = self.meetings.keys().map(|key| (key.to_string(), 1)).collect();
        Report { meetings, ..self.report.clone() }
    }
}
