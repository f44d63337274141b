//! Meetings that Graph knows by their externalId, and those that only an output knows: which command may write over which
//! file. By the wrong one each meeting would be made a second time.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::cut_off;
use crate::choice::Plain;
use crate::graph::is_local;
use crate::input::{Parser, Reading, Rows};
use crate::ledger::{Output, has_created_by_key, has_links_of, has_plain_meetings, has_plain_rows, left, partial};
use crate::outcome::Extra;
use crate::plan::{Job, Plan, Target};

/// Why a run by createOrGet is refused.
const AGAIN: &str = "has meetings of a plain create, which createOrGet cannot find, so that it would make them a second time: \
                     add --plain-create, or name another file";

/// Fails when the command would make meetings a second time that the files of the plan have, or forget them. Links that
/// begin with `make_believe` are those of a rehearsal.
pub fn keep_apart(plan: &Plan, make_believe: &str) -> Result<()> {
    if !matches!(plan.job, Job::Provision { .. } | Job::Create { .. }) {
        return Ok(());
    }
    let path = match &plan.output {
        Output::File(path) => path,
        Output::Stdout => return of_carry(plan),
    };
    let rest = partial(path);
    let (shown, rest_shown) = (path.display(), rest.display());
    ensure!(
        !plan.restart || !has_plain_meetings(&rest, &plan.reading).with_context(|| unreadable(&rest))?,
        "{rest_shown} alone knows of meetings that a plain create made, and --restart would discard it: go on with it \
         without --restart, or move it away and name it with --carry"
    );
    if !matches!(plan.job, Job::Create { .. }) {
        of_ordinary(path, &plan.reading)?;
        of_ordinary(&rest, &plan.reading)?;
        return of_carry(plan);
    }
    ensure!(
        plan.restart || !has_created_by_key(&rest, &plan.reading).with_context(|| unreadable(&rest))?,
        "{rest_shown} was left by a run without --plain-create, which may have made more meetings than it has lines: \
         finish that run first, with its own command"
    );
    let is_real = matches!(plan.target, Target::Real(_)) && !is_local(&plan.network.graph_url.value);
    ensure!(
        !is_real || !has_links_of(path, make_believe),
        "{shown} is the result of a rehearsal, and --plain-create would take its meetings for real ones: remove it, or \
         name another output with -o"
    );
    Ok(())
}

fn of_carry(plan: &Plan) -> Result<()> {
    match (&plan.job, &plan.carry) {
        (Job::Provision { .. }, Some(carry)) => of_ordinary(carry, &plan.reading),
        _ => Ok(()),
    }
}

fn of_ordinary(path: &Path, reading: &Reading) -> Result<()> {
    let shown = path.display();
    ensure!(!has_plain_meetings(path, reading).with_context(|| unreadable(path))?, "{shown} {AGAIN}");
    Ok(())
}

/// Fails when the rows are those of an output with meetings that the command would make a second time.
pub fn keep_input_apart(plan: &Plan, rows: &Rows) -> Result<()> {
    ensure!(!matches!(plan.job, Job::Provision { .. }) || !has_plain_rows(rows)?, "{} {AGAIN}", plan.input);
    Ok(())
}

/// What is wrong with a file that may have meetings.
fn unreadable(path: &Path) -> String {
    let shown = path.display();
    format!("{shown} may have meetings of a plain create, so that it is neither gone by nor replaced: move it away")
}

/// What a plain create knows of: the output that is there, and the earlier one that was named.
pub fn earlier(plan: &Plan, parser: &Parser, update: Option<Extra>) -> Result<Plain> {
    let mut known = Plain::new(parser, update, plan.layout(), cut_off());
    if let Output::File(path) = &plan.output {
        let alone = |path: &Path| format!("{} alone knows what was made before, and cannot be gone by", path.display());
        known.read(path).with_context(|| alone(path))?;
        // A row that comes back to the sheet has its meeting still. Its columns there are called as Graph calls them.
        if plan.reading.map.is_empty() {
            known.read(&left(path)).with_context(|| alone(&left(path)))?;
        }
    }
    if let Some(path) = &plan.carry {
        known.read(path).with_context(|| format!("--carry {}", path.display()))?;
    }
    Ok(known)
}
