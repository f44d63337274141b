//! What is done for one row. The pipeline, the gate, the stop and the ledger are the same for all of it: one pipeline,
//! another action.
//!
//! An action asks through [`Service::until`], so that it never waits, repeats or paces by itself.

mod apart;
mod cancel;
mod create;
mod of_plan;
mod provision;
mod verify;

use std::cell::RefCell;
use std::rc::Rc;

pub use self::apart::{earlier, keep_apart, keep_input_apart};
pub use self::cancel::Cancel;
pub use self::create::{Create, UNCERTAIN_MAX, cut_off};
pub use self::provision::Provision;
pub use self::verify::Verify;
use crate::ask::Service;
use crate::choice::Chosen;
use crate::graph::Exchange;
use crate::input::{Flaw, Row};
use crate::ledger::Ledger;
use crate::meeting::Meeting;
use crate::outcome::{Answer, Outcome, Status};
use crate::pipeline::WINDOW;
use crate::refusals::Asker;
use crate::register::Register;
use crate::tries::Tries;

/// What is done for each row.
pub enum Action {
    /// It gets its meeting, by createOrGet, and what createOrGet does not take.
    Provision(Provision),
    /// It gets its meeting by a plain create.
    Create(Create),
    /// It loses the meeting that an earlier output has for it.
    Cancel(Cancel),
    /// Its meeting is looked at, and nothing is changed.
    Verify(Box<Verify>),
}

/// One row, and what it is about.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The row's record.
    pub record: u64,
    /// The row itself.
    pub row: &'a Row,
    /// What it asks for, with those who are to join as the directory has them.
    pub meeting: &'a Meeting,
    /// The meeting that an earlier output has for it, where the action is about those.
    pub known: Option<&'a Answer>,
    /// What is wrong with the row, where its meeting is looked at all the same.
    pub flaws: &'a [Flaw],
    /// Where its line will be.
    pub ledger: &'a RefCell<Ledger>,
}

/// What an action knows of a row before anybody is asked.
pub enum Known {
    /// Nothing.
    Nothing,
    /// The meeting that an earlier output has for it.
    Meeting(Box<Answer>),
    /// How it ends; there is nothing to ask.
    Ends(Box<Outcome>),
}

impl Action {
    /// A row as the action is to see it: one that is about the meetings of an output takes the organizer from Graph's
    /// answer there.
    pub fn prepared(&self, row: Row) -> Row {
        match self {
            Self::Provision(_) | Self::Create(_) => row,
            Self::Cancel(cancel) => cancel.prepared(row),
            Self::Verify(verify) => verify.prepared(row),
        }
    }

    /// What is known of a row before anybody is asked.
    pub fn known(&self, row: &Row) -> Known {
        match self {
            Self::Provision(_) | Self::Create(_) => Known::Nothing,
            Self::Cancel(cancel) => cancel.known(row),
            Self::Verify(verify) => verify.known(row),
        }
    }

    /// Whether each row asks for itself, be it that an earlier one has asked for the same meeting: it has a line of its own.
    pub fn asks_for_each(&self) -> bool {
        match self {
            Self::Provision(_) | Self::Create(_) | Self::Cancel(_) => false,
            Self::Verify(_) => true,
        }
    }

    /// What is wrong with the row, where its meeting is looked at all the same; `None` where a row that has flaws is not sent.
    pub fn overlooked(&self, row: &Row) -> Option<Vec<Flaw>> {
        match self {
            Self::Provision(_) | Self::Create(_) | Self::Cancel(_) => None,
            Self::Verify(_) => Some(verify::overlooked(row)),
        }
    }

    /// Does it, until there is an outcome; `None` when the run is stopped first.
    pub async fn carry_out<E: Exchange>(
        &self,
        service: &Service<'_, E>,
        task: Task<'_>,
        tries: &mut Tries,
        asker: &Asker<'_>,
    ) -> Option<Outcome> {
        match self {
            Self::Provision(provision) => provision.carry_out(service, task, tries, asker).await,
            // Boxed, so that rows of which there are a thousand at once need no room for it.
            Self::Create(create) => Box::pin(create.carry_out(service, task, tries, asker)).await,
            Self::Cancel(cancel) => cancel.carry_out(service, task, tries, asker).await,
            Self::Verify(verify) => verify.carry_out(service, task, tries, asker).await,
        }
    }

    /// Stops the run before more meetings are changed than this that were there before.
    pub fn limit_changes(&self, most: u64) {
        match self {
            Self::Provision(provision) => provision.changes_left.set(Some(most)),
            Self::Create(create) => create.provision.changes_left.set(Some(most)),
            Self::Cancel(_) | Self::Verify(_) => {}
        }
    }

    /// So many meetings that were there have been changed by a run that this one goes on with.
    pub fn changed_before(&self, meetings: u64) {
        match self {
            Self::Provision(provision) => provision.changed_before(meetings),
            Self::Create(create) => create.provision.changed_before(meetings),
            Self::Cancel(_) | Self::Verify(_) => {}
        }
    }

    /// How many rows are under way at once.
    pub fn window(&self) -> usize {
        match self {
            Self::Provision(_) | Self::Cancel(_) | Self::Verify(_) => WINDOW,
            // Its line is the next in the file while it is on the wire.
            Self::Create(_) => 1,
        }
    }

    /// Whether a row that ended so is as it was to be.
    pub fn is_good(&self, status: Status) -> bool {
        match self {
            Self::Provision(_) | Self::Create(_) => status.is_as_asked(),
            Self::Cancel(_) => matches!(status, Status::Cancelled | Status::Gone | Status::Skipped),
            Self::Verify(_) => status == Status::Existing,
        }
    }

    /// Which meetings of an output it is about, if it is about those.
    pub fn chosen(&self) -> Option<Rc<Chosen>> {
        match self {
            Self::Provision(_) | Self::Create(_) | Self::Verify(_) => None,
            Self::Cancel(cancel) => Some(cancel.chosen.clone()),
        }
    }

    /// The register for it: one that is about the meetings of an output tells them apart by what their lines have.
    #[must_use]
    pub fn registering(&self, register: Register) -> Register {
        match self {
            Self::Provision(_) | Self::Create(_) | Self::Verify(_) => register,
            Self::Cancel(Cancel { chosen }) => {
                let cancel = Cancel { chosen: chosen.clone() };
                register.by_id(move |outcome, cells| cancel.entered_as(outcome, cells))
            }
        }
    }
}
