//! The action that a plan asks for.

use std::collections::HashSet;
use std::rc::Rc;

use std::time::SystemTime;

use anyhow::{Context as _, Result};
use chrono::DateTime;

use super::{Action, Cancel, Create, Provision, Verify};
use crate::choice::Chosen;
use crate::input::{Parser, Rows};
use crate::ledger::{LineColumns, Output, unfinished};
use crate::outcome::Extra;
use crate::plan::{Job, Plan};

impl Action {
    /// What a plan asks for.
    /// `discarded` is when a run began whose lines this one has discarded.
    pub fn of_plan(plan: &Plan, parser: &Parser, discarded: Option<SystemTime>) -> Result<Self> {
        Ok(match &plan.job {
            Job::Provision { update } => {
                let provision = provision(plan, parser, *update)?;
                Self::Provision(Provision { discarded: discarded.map(DateTime::from), ..provision })
            }
            Job::Create { update } => Self::Create(Create::new(provision(plan, parser, *update)?)),
            Job::Cancel(meant) => {
                let rows = Rows::open(plan.input.open()?, plan.reading.clone())?;
                Self::Cancel(Cancel { chosen: Rc::new(Chosen::open(meant, rows)?) })
            }
            Job::Verify { now, within, extra } => {
                let lines = LineColumns::of(parser.columns());
                let (me, now, within, extra) = (plan.reading.me, *now, *within, *extra);
                Self::Verify(Box::new(Verify { lines, me, now, within, extra }))
            }
        })
    }
}

/// With what earlier runs over the same outputs have not finished.
fn provision(plan: &Plan, parser: &Parser, update: Option<Extra>) -> Result<Provision> {
    let output = match &plan.output {
        Output::File(path) => Some(path),
        Output::Stdout => None,
    };
    let mut keys = HashSet::new();
    for path in output.into_iter().chain(&plan.carry) {
        let found = unfinished(path, parser).with_context(|| format!("{} cannot be read", path.display()));
        keys.extend(found?);
    }
    Ok(Provision { update, unfinished: keys, ..Provision::default() })
}
