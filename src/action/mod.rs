//! What is done for one row. The pipeline, the gate, the stop and the ledger are the same for all of it: one pipeline,
//! another action.
//!
//! An action asks through [`Service::until`], so that it never waits, repeats or paces by itself.

mod of_plan;
mod provision;

pub use self::provision::Provision;
use crate::ask::Service;
use crate::graph::Exchange;
use crate::input::Row;
use crate::meeting::Meeting;
use crate::outcome::{Answer, Outcome, Status};
use crate::pipeline::WINDOW;
use crate::refusals::Asker;
use crate::tries::Tries;

/// What is done for each row.
pub enum Action {
    /// It gets its meeting, by createOrGet, and what createOrGet does not take.
    Provision(Provision),
}

/// One row, and what it is about.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The row's record.
    pub record: u64,
    /// What it asks for, with those who are to join as the directory has them.
    pub meeting: &'a Meeting,
    /// The meeting that an earlier output has for it, where the action is about those.
    pub known: Option<&'a Answer>,
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
            Self::Provision(_) => row,
        }
    }

    /// What is known of a row before anybody is asked.
    pub fn known(&self, _row: &Row) -> Known {
        match self {
            Self::Provision(_) => Known::Nothing,
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
        }
    }

    /// Stops the run before more meetings are changed than this that were there before.
    pub fn limit_changes(&self, most: u64) {
        match self {
            Self::Provision(provision) => provision.changes_left.set(Some(most)),
        }
    }

    /// How many rows are under way at once.
    pub fn window(&self) -> usize {
        match self {
            Self::Provision(_) => WINDOW,
        }
    }

    /// Whether a row that ended so is as it was to be.
    pub fn is_good(&self, status: Status) -> bool {
        match self {
            Self::Provision(_) => status.is_as_asked(),
        }
    }
}
