//! The policy: what is done about each verdict, and the one ordered stream that rows flow through.
//!
//! One task owns the ledger, the counts and the bar outright. Rows share nothing but the gate ([`Pace`]), the
//! switch ([`Stop`]) and the token. No status code is seen here.

use std::pin::pin;
use std::time::Duration;

use anyhow::{Context as _, Error};
use futures::{Stream, StreamExt as _, future, stream};
use tokio::task::{consume_budget, unconstrained};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::graph::{Call, Exchange, Graph, Verdict};
use crate::input::Row;
use crate::ledger::Ledger;
use crate::meeting::Meeting;
use crate::outcome::{Line, Outcome, Trouble};
use crate::pace::{Pace, TooLong};
use crate::progress::Progress;
use crate::queue::{Place, Queue};
use crate::stop::{Reason, Stop};
use crate::tally::{Tally, clock};

/// How many rows are under way at once, those that wait included. This bounds memory and hides slow rows; the slots
/// of [`Pace`] bound the load on Graph. With 16 in place of 1,024 a run with one failure in twenty took three times
/// as long, since a row that waits to be tried again holds up all behind it.
pub const WINDOW: usize = 1024;

/// How often one row is tried, throttled attempts not counted: with doubling waits that is a minute as a rule and two at
/// most, which outlasts the usual fault of a single host. When one attempt in five fails, one row in 400,000 gives up.
const ATTEMPTS_MAX: u32 = 8;

/// How long one row is tried, holds not counted: attempts can hang for their timeout each.
const ROW_TIME_MAX: Duration = Duration::from_mins(15);

/// The longest wait before the first repetition; it doubles from there.
const BACKOFF_FIRST_MAX: Duration = Duration::from_secs(1);
/// What the doubling ends at.
const BACKOFF_MAX: Duration = Duration::from_mins(1);

/// How often the screen is brought up to date while nothing arrives.
const BEAT: Duration = Duration::from_millis(250);

/// Why a run could not go on.
#[derive(Debug)]
pub enum Failure {
    /// The input cannot be read further.
    Input(Error),
    /// The output cannot be written further.
    Output(Error),
}

/// What the rows share.
pub struct Shared<'a, E> {
    /// The service.
    pub graph: &'a Graph<E>,
    /// The gate.
    pub pace: &'a Pace,
    /// The switch.
    pub stop: &'a Stop,
    /// Rows with a larger record number are not sent.
    pub limit: Option<u64>,
}

/// What becomes of one element of the input.
enum Answered {
    /// The input has no more rows.
    End,
    /// The row has its line.
    Line(Box<Line>),
    /// The run was stopped before the row had an answer.
    Not,
    /// The input ends here, and not well.
    Unreadable(Error),
}

/// Answers every row and appends its line in order, until the rows end or the run is stopped; says whether every row
/// has its line. Lines that are answered out of order when it is stopped are not written: the output is always an
/// answer to a prefix.
pub async fn run<E: Exchange>(
    rows: impl Stream<Item = anyhow::Result<Row>>,
    shared: &Shared<'_, E>,
    mut ledger: Ledger,
    tally: &mut Tally,
    progress: &Progress,
) -> Result<bool, Failure> {
    let queue = Queue::new(WINDOW);
    let rows = rows.map(Some).chain(stream::once(future::ready(None))).take_until(shared.stop.raised());
    let answers = rows.map(|row| {
        // This closure sees the rows in order, so it is here that equal keys are put in theirs.
        let meeting = row.as_ref().and_then(|row| row.as_ref().ok()?.meeting.as_ref().ok());
        let place = meeting.map(|meeting| queue.join(meeting.key()));
        answer(row, place, shared)
    });
    let mut answers = pin!(answers.buffered(WINDOW));
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut whole, mut complete) = (true, false);
    loop {
        // Whoever else shares this task, like the signals, gets a word in though rows be ready without end.
        consume_budget().await;
        let answered = tokio::select! {
            // tokio lets a task take 128 steps at a time and turns away whoever comes then; a row that is turned away
            // at the gate would join its line behind a thousand that came later.
            answered = unconstrained(answers.next()) => answered,
            _ = beat.tick() => {
                progress.beat(tally, shared.pace.held_for());
                continue;
            }
        };
        // From here on nothing is awaited: the stream makes no progress but while it is polled (futures-rs #2387).
        match answered {
            None if complete => {
                ledger.finish().context("the output cannot be completed").map_err(Failure::Output)?;
                break Ok(true);
            }
            None => break Ok(false),
            Some(Answered::End) => complete = whole,
            Some(Answered::Line(line)) if whole => {
                ledger.append(&line).context("the output cannot be written").map_err(Failure::Output)?;
                let tell = tally.count(&line);
                progress.line(&line, tell, tally);
            }
            // After a gap an answer has no place; the next run asks for it again, which makes no second meeting.
            Some(Answered::Line(_)) => {}
            Some(Answered::Not) => whole = false,
            Some(Answered::Unreadable(error)) => break Err(Failure::Input(error)),
        }
    }
}

/// One row from reading to its line.
async fn answer<E: Exchange>(
    row: Option<anyhow::Result<Row>>,
    place: Option<Place>,
    shared: &Shared<'_, E>,
) -> Answered {
    let row = match row {
        None => return Answered::End,
        Some(Ok(row)) => row,
        Some(Err(error)) => return Answered::Unreadable(error),
    };
    let mut tries = Tries::default();
    let outcome = match &row.meeting {
        _ if shared.limit.is_some_and(|limit| row.record > limit) => Some(Outcome::Skipped),
        Err(flaws) => Some(Outcome::Invalid(flaws.clone())),
        Ok(meeting) => provision(meeting, row.record, place, &mut tries, shared).await,
    };
    match outcome {
        Some(outcome) => Answered::Line(Box::new(Line { row, outcome, attempts: tries.sent })),
        None => Answered::Not,
    }
}

/// Asks for the meeting until there is an outcome; `None` when the run is stopped first.
async fn provision<E: Exchange>(
    meeting: &Meeting,
    record: u64,
    place: Option<Place>,
    tries: &mut Tries,
    shared: &Shared<'_, E>,
) -> Option<Outcome> {
    let Shared { graph, pace, stop, .. } = shared;
    if let Some(place) = &place {
        stop.or(place.reached()).await?;
    }
    let call = match graph.call(meeting) {
        Ok(call) => call,
        Err(error) => return Some(Outcome::Refused(Trouble { cause: format!("{error:#}"), ..Trouble::default() })),
    };
    loop {
        match attempt(&call, tries, shared).await? {
            Verdict::Ready(answer) => {
                pace.eased();
                return Some(Outcome::of_answer(meeting, *answer));
            }
            Verdict::Again(trouble) => match tries.backoff(record, pace.held()) {
                Some(wait) => stop.or(sleep(wait)).await?,
                None => return Some(Outcome::Failed(trouble, tries.in_words())),
            },
            Verdict::Throttled(after, _) => {
                if let Err(TooLong(length)) = pace.hold(after) {
                    stop.raise(Reason::Throttled(clock(length)));
                    return None;
                }
            }
            Verdict::Refused(trouble) => {
                // A refusal is an answer, too: the service is willing to talk.
                pace.eased();
                return Some(Outcome::Refused(trouble));
            }
            Verdict::Broken(trouble) => {
                stop.raise(Reason::Broken(trouble));
                return None;
            }
        }
    }
}

/// One attempt: a slot, a token, a turn, and then at once the request. What is on the wire is let finish when the run
/// is stopped; everything before it ends.
async fn attempt<E: Exchange>(call: &Call, tries: &mut Tries, shared: &Shared<'_, E>) -> Option<Verdict> {
    let Shared { graph, pace, stop, .. } = shared;
    let slot = stop.or(pace.slot(tries.sent == 0)).await?;
    let bearer = match stop.or(graph.bearer()).await? {
        Ok(bearer) => bearer,
        Err(verdict) => {
            tries.count(pace.held(), &verdict);
            return Some(verdict);
        }
    };
    stop.or(pace.turn(&slot)).await?;
    tries.sent += 1;
    tries.begun.get_or_insert((Instant::now(), pace.held()));
    let verdict = graph.create_or_get(call, &bearer).await;
    tries.count(pace.held(), &verdict);
    Some(verdict)
}

/// What one row has cost so far.
#[derive(Debug, Default)]
struct Tries {
    /// Requests sent.
    sent: u32,
    /// Attempts that failed; a throttle is nobody's failure.
    failed: u32,
    /// When the first attempt began, and how long everybody had been held by then.
    begun: Option<(Instant, Duration)>,
}

impl Tries {
    fn count(&mut self, held: Duration, verdict: &Verdict) {
        self.begun.get_or_insert((Instant::now(), held));
        self.failed += u32::from(matches!(verdict, Verdict::Again(_)));
    }

    /// How long to wait before the next attempt; `None` when there shall be none.
    fn backoff(&self, record: u64, held: Duration) -> Option<Duration> {
        let spent =
            self.begun.map_or(Duration::ZERO, |(begun, before)| (begun.elapsed() + before).saturating_sub(held));
        let mut dice = fastrand::Rng::with_seed((record << 8) | u64::from(self.failed));
        let wait = backoff(self.failed, dice.f64());
        (self.failed < ATTEMPTS_MAX && spent + wait <= ROW_TIME_MAX).then_some(wait)
    }

    fn in_words(&self) -> String {
        let took = self.begun.map_or(Duration::ZERO, |(begun, _)| begun.elapsed());
        format!("gave up after {} attempts in {}", self.failed, clock(took))
    }
}

/// Capped exponential backoff with full jitter: anywhere from nothing to a limit that doubles. `dice` is 0 to 1, and
/// is thrown from the record and the attempt, so that rows that failed together part and runs can be repeated.
fn backoff(failed: u32, dice: f64) -> Duration {
    let doublings = failed.saturating_sub(1).min(16);
    BACKOFF_MAX.min(BACKOFF_FIRST_MAX * 2_u32.pow(doublings)).mul_f64(dice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_to_its_cap_and_the_jitter_is_full() {
        for (failed, seconds) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (10, 60), (u32::MAX, 60)] {
            assert_eq!(backoff(failed, 1.0), Duration::from_secs(seconds), "{failed}");
            assert_eq!(backoff(failed, 0.0), Duration::ZERO);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_row_is_bounded_in_attempts_and_in_time_but_holds_do_not_count() {
        let mut tries = Tries { failed: ATTEMPTS_MAX - 1, ..Tries::default() };
        assert!(tries.backoff(1, Duration::ZERO).is_some());
        tries.failed += 1;
        assert_eq!(tries.backoff(1, Duration::ZERO), None);
        let tries = Tries { failed: 1, begun: Some((Instant::now(), Duration::from_secs(5))), ..Tries::default() };
        tokio::time::advance(ROW_TIME_MAX + Duration::from_secs(1)).await;
        assert_eq!(tries.backoff(1, Duration::from_secs(5)), None);
        assert!(tries.backoff(1, Duration::from_secs(65)).is_some(), "a minute of it was a hold");
    }

    #[test]
    fn rows_that_failed_together_part() {
        let waits: std::collections::BTreeSet<_> = (0..100)
            .filter_map(|record| Tries { failed: 1, ..Tries::default() }.backoff(record, Duration::ZERO))
            .collect();
        assert!(waits.len() > 95, "{}", waits.len());
    }
}
