//! What the simulator has seen and done: for tests, for users, and at `GET /sim/report`.
//!
//! It judges nothing.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use tokio::time::Instant;
use uuid::Uuid;

/// What the simulator has seen and done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Requests of Graph seen, whatever came of them; each of a `$batch` counts, and so does the `$batch`.
    pub requests: u64,
    /// How many were answered with each status; 0 is no answer: the connection was lost, or the client did not wait.
    pub by_status: BTreeMap<u16, u64>,
    /// The same by method and path, as in `POST /users/{id}/onlineMeetings/createOrGet`; and beside Graph's the requests
    /// of the identity service, as in `POST /{tenant}/oauth2/v2.0/token`, and as `(elsewhere)` what is nobody's. A path of Graph's that is not known is `(unknown)`.
    /// Those count in no other field.
    pub by_path: BTreeMap<String, BTreeMap<u16, u64>>,
    /// How often a meeting was made for each key, `tenant/organizer/externalId`. Graph's
    /// promise is that this is never more than 1, until the meeting is deleted.
    pub meetings: BTreeMap<String, u64>,
    /// Meetings that there are, those without an externalId too.
    pub meetings_kept: u64,
    /// Meetings made since the start, those without an externalId too.
    pub meetings_made: u64,
    /// The most requests that were being answered at the same time.
    pub in_flight_max: u64,
    /// Requests that came before the wait was over which a 429 had asked for: that of a user's quota asks whoever comes
    /// for that user, any other asks everybody.
    pub in_hold: u64,
    /// What came in each second since the first request, without those in which nothing did.
    pub seconds: BTreeMap<u64, Second>,
    /// Access tokens given out to applications.
    pub tokens_issued: u64,
}

/// What came in one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Second {
    /// Requests.
    pub requests: u64,
    /// Those that came while a 429 had asked to wait.
    pub in_hold: u64,
    /// Those that were answered 429; they count in the second of their answer.
    pub throttled: u64,
}

/// The counts that are kept while requests come and go.
#[derive(Debug, Default)]
pub(super) struct Counts {
    report: Report,
    opened: Option<Instant>,
    by_path: BTreeMap<&'static str, BTreeMap<&'static str, BTreeMap<u16, u64>>>,
    in_flight: u64,
    holds: Holds,
}

/// Until when who should not come, as they were told.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds {
    everybody: Option<Instant>,
    of: HashMap<Uuid, Instant>,
}

impl Holds {
    /// Whether who comes for this user comes too early.
    pub(super) fn is_on(&self, user: Option<Uuid>, now: Instant) -> bool {
        let of_user = user.and_then(|user| self.of.get(&user));
        self.everybody.iter().chain(of_user).any(|until| now < *until)
    }
}

impl Counts {
    /// A request has come, in a hold or not.
    pub(super) fn arrive(&mut self, held: bool, now: Instant) {
        self.report.requests += 1;
        self.in_flight += 1;
        self.report.in_flight_max = self.report.in_flight_max.max(self.in_flight);
        let held = u64::from(held);
        self.report.in_hold += held;
        let second = self.second(now);
        second.requests += 1;
        second.in_hold += held;
    }

    fn second(&mut self, now: Instant) -> &mut Second {
        let opened = *self.opened.get_or_insert(now);
        let second = now.saturating_duration_since(opened).as_secs();
        self.report.seconds.entry(second).or_default()
    }

    pub(super) fn answer(&mut self, now: Instant, method: &'static str, path: &'static str, status: u16) {
        *self.report.by_status.entry(status).or_default() += 1;
        self.answer_beside(method, path, status);
        if status == 429 {
            self.second(now).throttled += 1;
        }
    }

    /// For a request that is none of Graph's.
    pub(super) fn answer_beside(&mut self, method: &'static str, path: &'static str, status: u16) {
        *self.by_path.entry(path).or_default().entry(method).or_default().entry(status).or_default() += 1;
    }

    pub(super) fn leave(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    #[cfg(test)]
    pub(super) fn in_flight(&self) -> u64 {
        self.in_flight
    }

    /// From now on nobody should come before then, or nobody for this user.
    pub(super) fn hold(&mut self, user: Option<Uuid>, until: Instant) {
        let held = match user {
            None => self.holds.everybody.get_or_insert(until),
            Some(user) => self.holds.of.entry(user).or_insert(until),
        };
        *held = until.max(*held);
    }

    /// As they are now.
    pub(super) fn holds(&self) -> &Holds {
        &self.holds
    }

    pub(super) fn made(&mut self) {
        self.report.meetings_made += 1;
    }

    pub(super) fn issued(&mut self) {
        self.report.tokens_issued += 1;
    }

    pub(super) fn report(&self) -> Report {
        let paths = self.by_path.iter().flat_map(|(path, methods)| {
            methods.iter().map(move |(method, statuses)| (format!("{method} {path}"), statuses.clone()))
        });
        Report { by_path: paths.collect(), ..self.report.clone() }
    }
}

/// A method by its name, if it is one that Graph knows.
pub(super) fn method_name(method: &http::Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_comes_in_a_hold_is_told_by_second() {
        let mut counts = Counts::default();
        let begun = Instant::now();
        let at = |seconds: f64| begun + Duration::from_secs_f64(seconds);
        let arrive = |counts: &mut Counts, seconds| counts.arrive(counts.holds().is_on(None, at(seconds)), at(seconds));
        arrive(&mut counts, 0.0);
        counts.answer(at(0.1), "POST", "/$batch", 429);
        counts.hold(None, at(2.0));
        arrive(&mut counts, 1.5);
        arrive(&mut counts, 2.0);
        counts.leave();
        let report = counts.report();
        assert_eq!((report.requests, report.in_hold, report.in_flight_max), (3, 1, 3));
        let second = |requests, in_hold, throttled| Second { requests, in_hold, throttled };
        assert_eq!(report.seconds, [(0, second(1, 0, 1)), (1, second(1, 1, 0)), (2, second(1, 0, 0))].into());
        assert_eq!(report.by_path["POST /$batch"], [(429, 1)].into());
    }
}
