//! Asking until there is an end of it: what is done about each verdict.
//!
//! Rows share nothing here but the gate ([`Gate`]), the switch ([`Stop`]) and the token. No status code is seen.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use crate::gate::{Gate, Start};
use crate::graph::{Bearer, Exchange, Graph, Verdict};
use crate::hold::TooLong;
use crate::meter::Came;
use crate::outage::{Asking, Blame, OUTAGE_MAX};
use crate::outcome::Trouble;
use crate::refusals::{Asker, Shut};
use crate::stop::{Reason, Stop};
use crate::tally::clock;
use crate::tries::Tries;

/// How long between tries to sign in, once the growing waits have ended.
const SIGN_IN_AGAIN: Duration = Duration::from_secs(30);
const NO_MEETINGS: &str = "the identity service has no meetings";

/// How a question ended.
pub enum End<T> {
    /// With what was asked for.
    Ready(T),
    /// The service said no for good.
    Refused(Trouble),
    /// Tried and gave up; the text says how often and how long.
    Failed(Trouble, String),
    /// Nobody knows what became of it, and it is not to be sent again.
    Uncertain(Trouble),
}

/// Whom all rows ask, and what they wait for.
pub struct Service<'a, E> {
    /// Graph.
    pub graph: &'a Graph<E>,
    /// The gate.
    pub gate: &'a Gate,
    /// The switch.
    pub stop: &'a Stop,
    /// An earlier run may have sent rows whose answers it did not live to see; known when its lines have been read.
    pub resumes: Cell<bool>,
}

impl<E: Exchange> Service<'_, E> {
    /// Sends until there is an end of it; `None` when the run is stopped first. `number` is this question's own among
    /// those that are asked at this gate; `asker` may know that there is no need to send.
    pub async fn until<T>(
        &self,
        number: u64,
        tries: &mut Tries,
        asker: Option<&Asker<'_>>,
        send: impl AsyncFn(&Bearer) -> Verdict<T>,
    ) -> Option<End<T>> {
        let asking = self.gate.asking();
        loop {
            let attempted = self.attempt(&send, number, tries, &asking, asker).await?;
            let (start, verdict) = match attempted {
                Ok(attempted) => attempted,
                Err(unasked) => return Some(End::Refused(unasked)),
            };
            if let Some(trouble) = in_doubt(&verdict).filter(|_| tries.once && start.is_some()) {
                return Some(self.given_up(number, start, trouble.clone(), &verdict));
            }
            match verdict {
                Verdict::Ready(ready) => {
                    asker.inspect(|asker| asker.succeeded());
                    self.answered(start, tries);
                    return Some(End::Ready(ready));
                }
                Verdict::Again(trouble) => {
                    if let Some(start) = start.filter(|_| trouble.was_answered()) {
                        self.gate.let_through(start);
                    }
                    match self.failed(number, &trouble) {
                        Blame::Row => match tries.backoff(number) {
                            Some(wait) => {
                                self.stop.or(sleep(wait)).await?;
                                self.stop.or(self.gate.again()).await?;
                                tries.pay();
                            }
                            None if tries.since().is_some_and(|since| self.gate.suspects(since)) => tries.forgive(),
                            None => return Some(End::Failed(trouble, tries.in_words())),
                        },
                        Blame::Service { .. } => tries.forgive(),
                        Blame::Hopeless => return Some(End::Failed(trouble, tries.in_words())),
                        Blame::TooLong(_) => return None,
                    }
                }
                Verdict::Throttled(after, _) => match start {
                    Some(start) => {
                        self.alive(false);
                        self.held(self.gate.throttled(start, after))?;
                    }
                    // It was the identity service, which says nothing of Graph.
                    None => self.held(self.gate.hold(after))?,
                },
                Verdict::Overloaded(after, _) => {
                    self.alive(false);
                    self.held(self.gate.hold(Some(after)))?;
                }
                Verdict::Refused(trouble) => {
                    asker.inspect(|asker| asker.refused(&trouble));
                    // A refusal is an answer, too: the service is willing to talk.
                    self.answered(start, tries);
                    return Some(End::Refused(trouble));
                }
                Verdict::Broken(trouble) => {
                    self.stop.raise(Reason::Broken(trouble));
                    return None;
                }
            }
        }
    }

    /// Nobody knows what was done: the row is not sent again, and all others hear of it as of any failure.
    fn given_up<T>(&self, number: u64, start: Option<Start>, trouble: Trouble, verdict: &Verdict<T>) -> End<T> {
        if let Some(start) = start.filter(|_| trouble.was_answered()) {
            self.gate.let_through(start);
        }
        if let Verdict::Overloaded(after, _) = verdict {
            self.alive(false);
            // If that is too long the run is stopped; this row has its end all the same.
            let _ = self.held(self.gate.hold(Some(*after)));
        } else {
            self.failed(number, &trouble);
        }
        End::Uncertain(trouble)
    }

    /// One attempt: a slot, a token, a turn, and then at once the request. What is on the wire is let finish when the
    /// run is stopped; everything before it ends. It has no start when there was no token to send it with, and comes to
    /// nothing when it turns out meanwhile that there is no need to ask.
    async fn attempt<T>(
        &self,
        send: &impl AsyncFn(&Bearer) -> Verdict<T>,
        record: u64,
        tries: &mut Tries,
        asking: &Asking<'_>,
        asker: Option<&Asker<'_>>,
    ) -> Option<Result<(Option<Start>, Verdict<T>), Trouble>> {
        let Self { graph, gate, stop, .. } = self;
        // The value of what is waited for, if the row may ask all the while.
        macro_rules! awaited {
            ($future:expr, $from_the_beginning:lifetime) => {
                match stop.or(unless_shut(asker, $future)).await? {
                    Ok(value) => value,
                    Err(Shut::Doubtful) => continue $from_the_beginning,
                    Err(Shut::Refused(unasked)) => return Some(Err(unasked)),
                }
            };
        }
        'outside: loop {
            if let Some(asker) = asker {
                stop.or(asker.settled()).await?;
            }
            if awaited!(gate.open(record, tries.is_fresh()), 'outside) {
                tries.forgive();
            }
            let slot = awaited!(gate.slot(record, tries.is_fresh()), 'outside);
            while gate.admits(record) {
                awaited!(gate.unheld(), 'outside);
                tries.begin();
                let began = Instant::now();
                // Others wait for the same token, so that it is fetched to the end.
                let signed_in = stop.or(graph.bearer()).await?.err();
                tries.took(began.elapsed());
                if let Some(verdict) = signed_in {
                    return Some(Ok((None, verdict.map(|_| unreachable!("{NO_MEETINGS}")))));
                }
                let Some(start) = awaited!(gate.turn(&slot, record), 'outside) else { continue };
                // The turn may have taken longer than the token lasts.
                let Some(bearer) = graph.bearer_now() else { continue };
                tries.sent += 1;
                asking.sent();
                gate.meter().sent(tries.sent > 1);
                let began = Instant::now();
                let on_wire = asker.map(Asker::sends);
                let verdict = send(&bearer).await;
                drop(on_wire);
                let took = began.elapsed();
                gate.meter().came(took, came(&verdict));
                tries.took(took);
                return Some(Ok((Some(start), verdict)));
            }
        }
    }

    /// Obtains the token before the first row is sent, waiting out what passes; `None` when the run is stopped first.
    pub async fn sign_in(&self) -> Option<()> {
        // No record has this number.
        let (nobody, mut tries) = (0, Tries::default());
        loop {
            self.stop.or(self.gate.open(nobody, true)).await?;
            match self.stop.or(self.graph.bearer()).await? {
                Ok(_) => {
                    self.gate.eased(None);
                    self.alive(false);
                    return Some(());
                }
                Err(Verdict::Again(trouble)) => match self.failed(nobody, &trouble) {
                    Blame::Row => {
                        let wait = tries.backoff(nobody).unwrap_or(SIGN_IN_AGAIN);
                        self.stop.or(sleep(wait)).await?;
                    }
                    Blame::Service { .. } | Blame::Hopeless => {}
                    Blame::TooLong(_) => return None,
                },
                Err(Verdict::Throttled(after, _)) => {
                    self.alive(false);
                    self.held(self.gate.hold(after))?;
                    self.stop.or(self.gate.unheld()).await?;
                }
                Err(Verdict::Broken(trouble) | Verdict::Refused(trouble)) => {
                    self.stop.raise(Reason::Broken(trouble));
                    return None;
                }
                Err(Verdict::Ready(_) | Verdict::Overloaded(..)) => {
                    unreachable!("{NO_MEETINGS}")
                }
            }
        }
    }

    /// A row has its answer.
    fn answered(&self, start: Option<Start>, tries: &mut Tries) {
        if let Some(start) = start {
            self.gate.let_through(start);
        }
        self.gate.eased(start);
        self.gate.succeeded(tries.refund());
        self.alive(true);
    }

    fn alive(&self, row: bool) {
        if let Some(length) = self.gate.alive(row) {
            info!("the service answers again, after {}", clock(length));
        }
    }

    fn failed(&self, record: u64, trouble: &Trouble) -> Blame {
        let blame = self.gate.failed(record);
        match blame {
            Blame::Service { begins: true } => warn!(
                "every request fails (the last one: {}); no row is charged for it, and one at a time asks after 1, 2, \
                 4 … 60 seconds, for {} at most",
                trouble.error(),
                clock(OUTAGE_MAX)
            ),
            Blame::TooLong(length) => self.stop.raise(Reason::Outage(trouble.clone(), clock(length))),
            _ => {}
        }
        blame
    }

    /// Everybody waits; `None` when that has become too long.
    fn held(&self, held: Result<(), TooLong>) -> Option<()> {
        let Err(TooLong(length)) = held else { return Some(()) };
        self.stop.raise(Reason::Throttled(clock(length)));
        None
    }
}

/// What went wrong with an attempt, unless it is certain that nothing was done.
fn in_doubt<T>(verdict: &Verdict<T>) -> Option<&Trouble> {
    match verdict {
        Verdict::Ready(_) | Verdict::Throttled(..) => None,
        Verdict::Again(trouble)
        | Verdict::Overloaded(_, trouble)
        | Verdict::Refused(trouble)
        | Verdict::Broken(trouble) => Some(trouble).filter(|trouble| !trouble.own.nothing_done),
    }
}

/// What a verdict means for the meter.
fn came<T>(verdict: &Verdict<T>) -> Came {
    match verdict {
        Verdict::Ready(_) | Verdict::Refused(_) | Verdict::Broken(_) => Came::Answered,
        Verdict::Throttled(..) => Came::Throttled,
        Verdict::Again(_) | Verdict::Overloaded(..) => Came::Failed,
    }
}

/// The future's value, or why `asker` may not ask.
async fn unless_shut<T>(asker: Option<&Asker<'_>>, future: impl Future<Output = T>) -> Result<T, Shut> {
    match asker {
        Some(asker) => asker.or(future).await,
        None => Ok(future.await),
    }
}
