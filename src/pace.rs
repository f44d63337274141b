//! Pace: how fast attempts may start, and from when on. Every decision is pure: the time is given, and nothing waits.
//!
//! Graph does not say how much it allows, so it has to be found out. While nothing is known the pace is the ceiling, or
//! without one it doubles every two seconds. The first "wait" tells the limit: what was borne lately, the time held counted
//! in. From then on the pace is cut below the limit, climbs back fast and then flat, stays near it for a while, and
//! probes beyond it (the curve of CUBIC, RFC 9438; Amazon's adaptive retry mode has it, too). A limit that was met again
//! where it was thought to be is tried less often from then on; one that has moved is looked for anew.
//!
//! Everything is told by answers, never by statuses: those are `graph`'s.

use std::collections::VecDeque;
use std::time::Duration;

use crate::hold::{Hold, TooLong};

/// What a run without a ceiling begins with, per second: the ceiling that a run has by default.
const FIRST: f64 = 10.0;
/// How long it takes to double while no limit is known.
const DOUBLES_IN: Duration = Duration::from_secs(2);
/// The pace beyond which a limit has no meaning any more; it only keeps the arithmetic finite.
const PACE_MAX: f64 = 1e6;
/// The slowest pace: a limit of one in ten seconds is none that a run could live with, but it is not made worse.
const PACE_MIN: f64 = 0.1;
/// How long anybody waits for a turn at that pace. When nobody has started for longer, it was not for the pace.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// What is taken off the limit when it was met.
const CUT: f64 = 0.1;
/// How long the climb back to the limit takes: so long that little is lost by trying, and so short that a limit which was
/// raised is found within half a minute.
const CLIMB: Duration = Duration::from_secs(9);
/// What it is never longer than, however dear it is to meet the limit.
const CLIMB_MAX: Duration = Duration::from_mins(1);
/// How many of the attempts may be told to wait; the climb is the longer for it where many are on the wire at once.
const THROTTLED_SHARE: f64 = 0.0075;
/// How many times the hold the climb takes at least.
const CLIMB_PER_HOLD: u32 = 6;
/// The limit is known if it was met at no more than so many times what was borne …
const NEAR: f64 = 1.5;
/// … or if it is what it was before, give or take so much.
const AGAIN: f64 = 0.25;
/// What a limit is refuted by: that so many times as much was borne.
const REFUTED: f64 = 1.25;
/// In a time that is shorter too little is borne to tell a limit.
const TELLING: Duration = Duration::from_secs(3);
/// The time over which it is counted what was borne, at the least; a hold that is longer tells of a longer window.
const SPAN: Duration = Duration::from_secs(10);
/// How many seconds are remembered one by one; a longer span counts everything since the last hold.
const SECONDS: usize = 64;
/// So much of a hold may be no more than the rounding of `Retry-After` to whole seconds.
const ROUNDED: Duration = Duration::from_millis(800);
/// The pace per second after a hold whose length was a guess, until something is let through.
const GROPING: f64 = 5.0;

/// How many attempts may start per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// So many at the most, retries included; more than 0.
    PerSecond(f64),
    /// As many as the service turns out to allow.
    Auto,
    /// As many as the slots allow; it is held, but not paced.
    Max,
}

/// What is known about the speed that is allowed. Every time is counted from the opening of the gate.
#[derive(Debug)]
pub struct Pace {
    rate: Rate,
    hold: Hold,
    limit: Option<Limit>,
    /// How long the pace has been growing: only while it was what attempts waited for.
    grown: Duration,
    last_start: Duration,
    borne: Borne,
    throttle: Option<Throttle>,
    throttled: u64,
}

#[derive(Clone, Copy, Debug)]
struct Limit {
    per_second: f64,
    climb: Duration,
}

/// The service has said "wait", and since then let nothing through that started later.
#[derive(Clone, Copy, Debug)]
struct Throttle {
    at: Duration,
    /// What was too fast.
    pace: f64,
    /// How many were told so.
    answers: u32,
    /// Until when it holds; others may hold for longer.
    until: Duration,
    /// The length of the hold is a guess.
    guessed: bool,
    /// The hold was too short, or may have been.
    in_doubt: bool,
}

/// What was let through since the last throttle was over, by the second in which it started.
#[derive(Debug, Default)]
struct Borne {
    since: Duration,
    total: u32,
    seconds: VecDeque<(u64, u32)>,
}

impl Pace {
    /// Nothing is known yet.
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            hold: Hold::default(),
            limit: None,
            grown: Duration::ZERO,
            last_start: Duration::ZERO,
            borne: Borne::default(),
            throttle: None,
            throttled: 0,
        }
    }

    /// How many attempts may start per second now, the hold left out of account; infinite when they are not paced.
    pub fn per_second(&self) -> f64 {
        let pace = match self.rate {
            Rate::Max => return f64::INFINITY,
            Rate::PerSecond(ceiling) => self.curve(ceiling).max(PACE_MIN.min(ceiling / 10.0)).min(ceiling),
            Rate::Auto => {
                let unlimited = FIRST * 2_f64.powf(self.grown.div_duration_f64(DOUBLES_IN));
                self.curve(unlimited).clamp(PACE_MIN, PACE_MAX)
            }
        };
        match &self.throttle {
            None => pace,
            Some(Throttle { guessed: true, in_doubt: true, .. }) => pace.min(GROPING),
            Some(throttle) => {
                let most = if throttle.in_doubt { GROPING } else { pace };
                pace.min(self.bearable(throttle) * (1.0 - CUT)).min(most)
            }
        }
    }

    fn curve(&self, unlimited: f64) -> f64 {
        self.limit.map_or(unlimited, |limit| {
            let way = self.grown.div_duration_f64(limit.climb) - 1.0;
            limit.per_second * (1.0 + CUT * way.powi(3))
        })
    }

    /// An attempt starts. `waited` says whether the pace was what it waited for: else a higher one would change nothing,
    /// and it does not grow.
    pub fn started(&mut self, now: Duration, waited: bool) {
        if waited && self.throttle.is_none() {
            // Nobody starts in a hold, so that a pause is no growth.
            self.grown += now.saturating_sub(self.last_start.max(self.hold.until())).min(WAIT_MAX);
        }
        self.last_start = now;
    }

    /// The service answered a request that was sent then, and did not say "wait".
    pub fn eased(&mut self, sent: Duration) {
        self.hold.eased(sent);
    }

    /// An attempt that started then was let through, whatever came of it.
    pub fn let_through(&mut self, started: Duration) {
        if let Some(throttle) = self.throttle
            && started >= self.hold.until()
        {
            self.settle(throttle);
        }
        self.borne.count(started);
    }

    /// The throttle is over, and what it tells is known.
    fn settle(&mut self, throttle: Throttle) {
        let per_second = self.bearable(&throttle);
        let held = throttle.until.saturating_sub(throttle.at);
        let again = self.limit.is_some_and(|limit| (per_second / limit.per_second - 1.0).abs() <= AGAIN);
        let is_near = again || throttle.pace <= NEAR * per_second;
        let rare = f64::from(throttle.answers) / THROTTLED_SHARE / per_second / 2.0;
        let dear = Duration::from_secs_f64(rare.min(CLIMB_MAX.as_secs_f64())).max(held * CLIMB_PER_HOLD);
        let climb = if is_near { dear.clamp(CLIMB, CLIMB_MAX) } else { CLIMB };
        self.limit = Some(Limit { per_second, climb });
        (self.throttle, self.grown, self.last_start) = (None, Duration::ZERO, self.hold.until());
        self.borne = Borne { since: self.hold.until(), ..Borne::default() };
    }

    /// The limit as this throttle tells it: what was borne in the time before it, and in the hold.
    fn bearable(&self, throttle: &Throttle) -> f64 {
        let held = throttle.until.saturating_sub(throttle.at);
        let (count, span) = self.borne.within(throttle.at, SPAN.max(held));
        // When the service was ready again, within the last part of the hold, nobody knows.
        let unsure = if throttle.guessed { self.hold.guessed() / 2 } else { ROUNDED };
        let told = f64::from(count) / (span + held.saturating_sub(unsure)).as_secs_f64().max(0.1);
        let borne = f64::from(count) / span.as_secs_f64().max(0.1);
        let time = throttle.at.saturating_sub(self.borne.since);
        let per_second = match self.limit {
            limit if count == 0 => limit.map_or(throttle.pace, |limit| limit.per_second) / 2.0,
            // That a hold ends a window was not so the last time: much more than it told has been borne since, for long.
            Some(limit) if borne > REFUTED * limit.per_second && time >= SPAN.max(held) * 2 => borne,
            Some(limit) if time < TELLING => told.max(limit.per_second / 2.0),
            _ => told,
        };
        per_second.max(PACE_MIN).min(throttle.pace)
    }

    /// The service said "wait" to an attempt that started then: nobody starts before `after` is over. The pace is cut
    /// once, however many hear of it.
    pub fn throttled(&mut self, now: Duration, started: Duration, after: Option<Duration>) -> Result<(), TooLong> {
        self.throttled += 1;
        let pace = self.per_second();
        // It started after the hold and is told to wait all the same.
        let in_vain = started >= self.hold.until();
        let held = self.hold(now, after);
        let (guessed, until) = (after.is_none(), self.hold.until());
        match &mut self.throttle {
            Some(throttle) => {
                throttle.answers += 1;
                throttle.until = until;
                throttle.in_doubt |= in_vain || guessed;
            }
            None if started >= self.borne.since => {
                self.throttle = Some(Throttle { at: now, pace, answers: 1, until, guessed, in_doubt: guessed });
            }
            // It was on the wire when the last hold ended, and tells nothing new.
            None => {}
        }
        held
    }

    /// Nobody starts before `after` is over, whoever said so; without it, as long as the gate thinks right.
    pub fn hold(&mut self, now: Duration, after: Option<Duration>) -> Result<(), TooLong> {
        self.hold.extend(now, after)
    }

    /// What holds everybody.
    pub fn held(&self) -> &Hold {
        &self.hold
    }

    /// How many attempts were told to wait.
    pub fn throttles(&self) -> u64 {
        self.throttled
    }

    /// The limit that was found, per second.
    pub fn limit(&self) -> Option<f64> {
        self.limit.map(|limit| limit.per_second).filter(|_| self.rate != Rate::Max)
    }
}

impl Borne {
    fn count(&mut self, started: Duration) {
        if started < self.since {
            return;
        }
        self.total = self.total.saturating_add(1);
        let second = started.as_secs();
        let is_long_ago = self.seconds.len() == SECONDS && self.seconds.front().is_some_and(|(own, _)| second < *own);
        match self.seconds.iter_mut().rev().find(|(own, _)| *own == second) {
            Some((_, count)) => *count += 1,
            None if is_long_ago => {}
            None => self.seconds.push_back((second, 1)),
        }
        if self.seconds.len() > SECONDS {
            self.seconds.pop_front();
        }
    }

    /// How many started in a span that ends then, made longer to whole seconds; and how long it is.
    fn within(&self, end: Duration, span: Duration) -> (u32, Duration) {
        let first = end.saturating_sub(span).as_secs();
        if first <= self.since.as_secs() || span.as_secs() >= SECONDS as u64 {
            return (self.total, end.saturating_sub(self.since));
        }
        let count = self.seconds.iter().filter(|(second, _)| *second >= first).map(|(_, count)| count).sum();
        (count, end.saturating_sub(Duration::from_secs(first)))
    }
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
