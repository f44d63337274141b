//! The action that a plan asks for.

use std::collections::HashSet;
use std::rc::Rc;

use anyhow::{Context as _, Result};

use super::{Action, Cancel, Provision, Verify};
use crate::choice::Chosen;
use crate::input::{Parser, Rows};
use crate::ledger::{LineColumns, Output, unfinished};
use crate::plan::{Job, Plan};

impl Action {
    /// What a plan asks for.
    pub fn of_plan(plan: &Plan, parser: &Parser) -> Result<Self> {
        match &plan.job {
            Job::Provision { update } => {
                let output = match &plan.output {
                    Output::File(path) => Some(path),
                    Output::Stdout => None,
                };
                let mut keys = HashSet::new();
                for path in output.into_iter().chain(&plan.carry) {
                    let found = unfinished(path, parser).with_context(|| format!("{} cannot be read", path.display()));
                    keys.extend(found?);
                }
                Ok(Self::Provision(Provision { update: *update, unfinished: keys, ..Provision::default() }))
            }
            Job::Cancel(meant) => {
                let rows = Rows::open(plan.input.open()?, plan.reading.clone())?;
                Ok(Self::Cancel(Cancel { chosen: Rc::new(Chosen::open(meant, rows)?) }))
            }
            Job::Verify { now, within } => {
                let lines = LineColumns::of(parser.columns());
                Ok(Self::Verify(Box::new(Verify { lines, me: plan.reading.me, now: *now, within: *within })))
            }
        }
    }
}
