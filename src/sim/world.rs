//! What the make-believe service remembers: meetings, what was used of its quotas, and what it has seen.
//!
//! It waits for nothing and decides nothing; it lives behind one mutex that is never held
//! over an await.

use std::collections::HashMap;

use tokio::time::Instant;
use uuid::Uuid;

use super::quota::{self, Used};
use super::report::{Counts, Report};
use super::retry_after::RetryAfter;
use super::scenario::Scenario;
use super::store::Store;

#[derive(Default)]
pub(super) struct World {
    pub(super) counts: Counts,
    pub(super) store: Store,
    used: Used,
    /// What each user has used; empty without a quota for them.
    used_by: HashMap<Uuid, Used>,
    /// How often each thing has been seen, by its hash.
    seen: HashMap<u64, u64>,
}

/// A request over a quota.
pub(super) struct Over {
    /// When one would be let through.
    pub(super) until: Instant,
    /// How that is told.
    pub(super) form: RetryAfter,
    /// Whose quota it is; `None`: the app's.
    pub(super) user: Option<Uuid>,
}

impl World {
    pub(super) fn with(store: Store) -> Self {
        Self { store, ..Self::default() }
    }

    /// Counts one more of this, and says how many that makes.
    pub(super) fn count(&mut self, hash: u64) -> u64 {
        let count = self.seen.entry(hash).or_default();
        *count += 1;
        *count
    }

    /// Takes one request off the quotas: that of the app, and that of the user whom it is for.
    pub(super) fn charge(&mut self, user: Option<Uuid>, now: Instant, scenario: &Scenario) -> Option<Over> {
        let (mut quotas, mut whose) = (Vec::new(), Vec::new());
        if let Some(quota) = scenario.quota {
            quotas.push((&mut self.used, quota));
            whose.push((None, quota.retry_after));
        }
        if let (Some(id), Some(quota)) = (user, scenario.user_quota) {
            quotas.push((self.used_by.entry(id).or_default(), quota));
            whose.push((user, quota.retry_after));
        }
        let (until, place) = quota::charge(now, &mut quotas)?;
        whose.get(place).map(|&(user, form)| Over { until, form, user })
    }

    /// An access token was given out.
    pub(super) fn grant(&mut self) {
        self.counts.issued();
    }

    pub(super) fn report(&self) -> Report {
        // The text of a million keys is made when it is asked for.
        let meetings = self.store.made().collect();
        Report { meetings, meetings_kept: self.store.count(), ..self.counts.report() }
    }
}
