//! One row in the pipeline: what it is to do, found out in the order of the sheet, and then its way to a line.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use tokio::sync::watch;

use super::{Answered, Shared};
use crate::action::{Known, Task};
use crate::choice::Carries;
use crate::graph::Exchange;
use crate::input::Row;
use crate::ledger::Ledger;
use crate::meeting::Meeting;
use crate::outcome::{Answer, Line, Outcome, Remark};
use crate::refusals::{Refusals, Shut};
use crate::register::{First, Turn};
use crate::tries::Tries;

/// What a row is to do, known when it comes in.
enum Way {
    /// Nothing: this is how it ends, at the cost of so many requests.
    Ends(Box<Outcome>, u32),
    /// It waits for a row that asks for the same meeting.
    Follows(Rc<First>, watch::Receiver<Option<Outcome>>),
    /// It asks, knowing so much, and tells those who wait for it.
    Asks(watch::Sender<Option<Outcome>>, Option<Box<Answer>>),
}

/// A row that knows what it is to do.
pub(super) struct Entered {
    row: Row,
    way: Way,
    remark: Option<Remark>,
}

/// Finds out what a row is to do.
pub(super) fn enter<E>(row: Row, shared: &Shared<'_, E>, ledger: &RefCell<Ledger>) -> io::Result<Entered> {
    let ends = |outcome, attempts| Way::Ends(Box::new(outcome), attempts);
    let skips = shared.choice.skips(&row);
    let (carried, earlier) = match shared.choice.carries(&row)? {
        Carries::Nothing => (None, None),
        Carries::Ends(outcome, attempts) => (Some((*outcome, attempts)), None),
        Carries::Asks(answer) => (None, Some(answer)),
    };
    if skips && carried.is_none() && earlier.is_none() {
        return Ok(Entered { row, way: ends(Outcome::Skipped, 0), remark: None });
    }
    let known = match shared.action.known(&row) {
        Known::Ends(outcome) => return Ok(Entered { row, way: Way::Ends(outcome, 0), remark: None }),
        Known::Meeting(answer) => Some(answer),
        Known::Nothing => earlier,
    };
    let meeting = match &row.meeting {
        Ok(meeting) => meeting,
        Err(flaws) => {
            let (outcome, attempts) = carried.unwrap_or_else(|| (Outcome::Invalid(flaws.clone()), 0));
            let way = ends(outcome, attempts);
            return Ok(Entered { row, way, remark: None });
        }
    };
    if shared.action.asks_for_each() {
        let nobody_waits = watch::channel(None).0;
        return Ok(Entered { row, way: Way::Asks(nobody_waits, known), remark: None });
    }
    let turn = shared.register.enter(row.record, meeting, &ledger.borrow())?;
    let first = match &turn {
        Turn::Ask(_) => None,
        Turn::Await(first, _) | Turn::Known(first, _) => Some(first),
    };
    let flaws = first.map(|first| shared.register.conflicts(&row, first)).unwrap_or_default();
    let remark = first.and_then(|first| first.remark(meeting)).filter(|_| flaws.is_empty());
    let way = match (turn, carried) {
        _ if !flaws.is_empty() => ends(Outcome::Invalid(flaws), 0),
        (Turn::Ask(tell), Some((outcome, attempts))) => {
            tell.send_replace(Some(outcome.clone()));
            ends(outcome, attempts)
        }
        (_, Some((outcome, attempts))) => ends(outcome, attempts),
        (Turn::Ask(tell), None) => Way::Asks(tell, known),
        (Turn::Await(first, ended), None) => Way::Follows(first, ended),
        (Turn::Known(first, outcome), None) => ends(first.handed_on(&outcome), 0),
    };
    Ok(Entered { row, way, remark })
}

/// One row from reading to its line.
pub(super) async fn answer<E: Exchange>(
    entered: Result<Entered, Answered>,
    (shared, ledger): (&Shared<'_, E>, &RefCell<Ledger>),
    refusals: &Refusals,
) -> Answered {
    let Entered { row, way, mut remark } = match entered {
        Ok(entered) => entered,
        Err(answered) => return answered,
    };
    let ended = match (way, &row.meeting) {
        (Way::Ends(outcome, attempts), _) => Some((*outcome, attempts)),
        (Way::Follows(first, mut ended), _) => {
            let told = shared.service.stop.or(ended.wait_for(Option::is_some)).await;
            // A sender that is gone without a word was stopped.
            told.and_then(Result::ok).and_then(|outcome| Some((first.handed_on(outcome.as_ref()?), 0)))
        }
        (Way::Asks(tell, known), Ok(meeting)) => {
            let mut tries = Tries::default();
            let asked = ask(&row, (meeting, known.as_deref()), (shared, ledger), &mut tries, refusals).await;
            let (outcome, own) = asked.map_or((None, None), |(outcome, own)| (Some(outcome), own));
            remark = remark.or(own);
            tell.send_replace(outcome.clone());
            outcome.map(|outcome| (outcome, tries.sent))
        }
        (Way::Asks(..), Err(flaws)) => Some((Outcome::Invalid(flaws.clone()), 0)),
    };
    match ended {
        Some((outcome, attempts)) => Answered::Line(Box::new(Line { row, outcome, attempts, remark })),
        None => Answered::Not,
    }
}

/// What came of a row that asks, and what its author should know; `None` when the run is stopped first.
async fn ask<E: Exchange>(
    row: &Row,
    (meeting, known): (&Meeting, Option<&Answer>),
    (shared, ledger): (&Shared<'_, E>, &RefCell<Ledger>),
    tries: &mut Tries,
    refusals: &Refusals,
) -> Option<(Outcome, Option<Remark>)> {
    let asker = refusals.asker(meeting, row.record);
    let looks_up = !meeting.attendees.is_empty() && !matches!(asker.shut(), Some(Shut::Refused(_)));
    let mut overlooked = shared.action.overlooked(row);
    let filled_in = match looks_up.then_some(shared.directory).flatten() {
        Some(directory) => Some(match (directory.fill_in(row, meeting, shared.register).await?, &mut overlooked) {
            (Ok(filled_in), _) => filled_in,
            (Err(Outcome::Invalid(absent)), Some(flaws)) => {
                flaws.extend(absent);
                (Meeting { attendees: Vec::new(), ..meeting.clone() }, None)
            }
            (Err(outcome), _) => return Some((outcome, None)),
        }),
        None => None,
    };
    let (meeting, remark) = filled_in.as_ref().map_or((meeting, None), |(meeting, remark)| (meeting, *remark));
    let flaws = overlooked.as_deref().unwrap_or_default();
    let task = Task { record: row.record, row, meeting, known, flaws, ledger };
    let outcome = shared.action.carry_out(shared.service, task, tries, &asker).await?;
    Some((outcome, remark))
}
