//! The one ordered stream that rows flow through: each is answered, and its line written, in the order of the input.
//!
//! One task owns the ledger, the counts and the bar outright. What is done about one row is [`ask`](crate::ask)'s.

mod row;

use std::cell::RefCell;
use std::io;
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context as _, Error};
use futures::{Stream, StreamExt as _, future, stream};
use tokio::task::{consume_budget, unconstrained};
use tokio::time::{MissedTickBehavior, interval};

use self::row::{answer, enter};
use crate::action::Action;
use crate::ask::Service;
use crate::choice::{Choice, MaxErrors};
use crate::directory::Directory;
use crate::graph::Exchange;
use crate::input::Row;
use crate::ledger::{Ledger, Rejects};
use crate::opening::Opening;
use crate::outcome::{Line, Status};
use crate::progress::Progress;
use crate::refusals::Refusals;
use crate::register::Register;
use crate::stop::Reason;
use crate::tally::Tally;

/// How many rows are under way at once, those that wait included. This bounds memory and hides slow rows; the slots
/// of [`Gate`](crate::gate::Gate) bound the load on Graph. With 16 in place of 1,024 a run with one failure in twenty
/// took three times as long, since a row that waits to be tried again holds up all behind it.
pub const WINDOW: usize = 1024;

/// How often the screen is brought up to date while nothing arrives.
const BEAT: Duration = Duration::from_millis(250);
/// The lines of so many beats are at risk in a power cut: those of a second.
const BEATS_PER_SYNC: u32 = 4;

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
    /// Whom they ask.
    pub service: &'a Service<'a, E>,
    /// What is done for each.
    pub action: &'a Action,
    /// Which of them are sent.
    pub choice: &'a Choice,
    /// Who is in the tenant, if that is looked up.
    pub directory: Option<&'a Directory<'a, E>>,
    /// What has been asked for.
    pub register: &'a Register,
    /// How many may come to nothing.
    pub max_errors: Option<MaxErrors>,
    /// Where those go, too.
    pub rejects: Option<&'a RefCell<Rejects>>,
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
    /// The output cannot be read back.
    Lost(io::Error),
}

/// Answers every row and appends its line in order, until the rows end or the run is stopped; says whether every row
/// has its line. Lines that are answered out of order when it is stopped are not written: the output is always an
/// answer to a prefix.
pub async fn run<E: Exchange>(
    rows: impl Stream<Item = anyhow::Result<Row>>,
    shared: &Shared<'_, E>,
    ledger: &RefCell<Ledger>,
    tally: &mut Tally,
    progress: &Progress,
) -> Result<bool, Failure> {
    let Service { gate, stop, .. } = shared.service;
    let rows = rows.map(Some).chain(stream::once(future::ready(None))).take_until(stop.raised());
    let refusals = Refusals::default();
    // This closure sees the rows in order, so it is here that those that ask for one meeting are put in theirs.
    let answers = rows.map(|row| {
        let entered = match row {
            // The rows may have ended because the run was stopped, on another thread and a moment ago.
            None if stop.reason().is_some() => Err(Answered::Not),
            None => Err(Answered::End),
            Some(Err(error)) => Err(Answered::Unreadable(error)),
            Some(Ok(row)) => enter(row, shared, ledger).map_err(Answered::Lost),
        };
        answer(entered, (shared, ledger), &refusals)
    });
    let mut answers = pin!(answers.buffered(shared.action.window()));
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // A row that has its meeting shows that rows can succeed, whoever got it.
    let has_meetings = tally.count_of(Status::has_meeting) > 0 || shared.choice.carries_any();
    if has_meetings {
        gate.proven();
    }
    // Lines that are held back would stand behind that of a row that is on the wire.
    let opening = Opening::new(shared.max_errors.is_none() && !has_meetings && !shared.choice.is_once());
    let before = tally.clone();
    let mut writer = Writer { shared, ledger, progress, tally, before, opening, whole: true, complete: false };
    let mut beats = 0;
    loop {
        // Whoever else shares this task, like the signals, gets a word in though rows be ready without end.
        consume_budget().await;
        let answered = tokio::select! {
            // tokio lets a task take 128 steps at a time and turns away whoever comes then; a row that is turned away
            // at the gate would join its line behind a thousand that came later.
            answered = unconstrained(answers.next()) => answered,
            _ = beat.tick() => {
                beats = (beats + 1) % BEATS_PER_SYNC;
                if beats == 0 {
                    ledger.borrow_mut().sync().context("the output cannot be kept safe").map_err(Failure::Output)?;
                }
                progress.beat(writer.tally, gate.wait());
                continue;
            }
        };
        // From here on nothing is awaited: the stream makes no progress but while it is polled (futures-rs #2387).
        match answered {
            Some(answered) => writer.take(answered)?,
            None => break writer.end(),
        }
    }
}

/// What is done with answers, in the order of the input.
struct Writer<'a, E> {
    shared: &'a Shared<'a, E>,
    ledger: &'a RefCell<Ledger>,
    progress: &'a Progress,
    tally: &'a mut Tally,
    /// The counts when this run began.
    before: Tally,
    opening: Opening,
    /// No row is without an answer so far.
    whole: bool,
    /// Every row has one.
    complete: bool,
}

impl<E> Writer<'_, E> {
    fn take(&mut self, answered: Answered) -> Result<(), Failure> {
        match answered {
            Answered::End => self.complete = self.whole,
            Answered::Line(line) if self.whole => {
                match self.opening.take(*line, |own| self.shared.register.asks_for_others(own)) {
                    Ok(lines) => return lines.into_iter().try_for_each(|line| self.line(line)),
                    Err(trouble) => {
                        self.whole = false;
                        self.shared.service.stop.raise(Reason::Doomed(trouble));
                    }
                }
            }
            // After a gap an answer has no place; the next run asks for it again, which makes no second meeting.
            Answered::Line(_) => {}
            Answered::Not => self.whole = false,
            Answered::Unreadable(error) => {
                self.end()?;
                return Err(Failure::Input(error));
            }
            Answered::Lost(error) => {
                return Err(Failure::Output(Error::from(error).context("the output cannot be read back")));
            }
        }
        Ok(())
    }

    /// There are no more answers; says whether every row has its line.
    fn end(&mut self) -> Result<bool, Failure> {
        self.opening.rest().into_iter().try_for_each(|line| self.line(line))?;
        Ok(self.complete)
    }

    fn line(&mut self, mut line: Line) -> Result<(), Failure> {
        let fails = |error: io::Error| Failure::Output(Error::from(error).context("a line cannot be appended"));
        let place = self.ledger.borrow_mut().append(&line).map_err(fails)?;
        let remark = self.shared.register.written(&line, place, &self.ledger.borrow()).map_err(fails)?;
        line.remark = line.remark.or(remark);
        if let Some(rejects) = self.shared.rejects {
            rejects.borrow_mut().take(&line).map_err(fails)?;
        }
        let tell = self.tally.count(&line);
        self.progress.line(&line, tell, self.tally);
        let exceeded = self.shared.max_errors.and_then(|most| most.exceeded(self.tally, &self.before));
        if let Some(errors) = exceeded {
            self.shared.service.stop.raise(Reason::TooManyErrors(errors));
        }
        Ok(())
    }
}
