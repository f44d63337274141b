//! Meetings that Graph knows by their externalId, and those that only an output knows: which command may write over which
//! file. By the wrong one each meeting would be made a second time.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::cut_off;
use crate::choice::Plain;
use crate::graph::is_local;
use crate::input::Parser;
use crate::ledger::{Output, has_created_by_key, has_links_of, has_plain_meetings, partial};
use crate::outcome::Extra;
use crate::plan::{Job, Plan, Target};

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
        !plan.restart || !has_plain_meetings(&rest),
        "{rest_shown} alone knows of meetings that a plain create made, and --restart would discard it: go on with it \
         without --restart, or move it away and name it with --carry"
    );
    if !matches!(plan.job, Job::Create { .. }) {
        of_ordinary(path)?;
        of_ordinary(&rest)?;
        return of_carry(plan);
    }
    ensure!(
        plan.restart || !has_created_by_key(&rest),
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
        (Job::Provision { .. }, Some(carry)) => of_ordinary(carry),
        _ => Ok(()),
    }
}

fn of_ordinary(path: &Path) -> Result<()> {
    let shown = path.display();
    ensure!(
        !has_plain_meetings(path),
        "{shown} has meetings of a plain create, which createOrGet cannot find, so that it would make them a second \
         time: add --plain-create, or name another file"
    );
    Ok(())
}

/// What a plain create knows of: the output that is there, and the earlier one that was named.
pub fn earlier(plan: &Plan, parser: &Parser, update: Option<Extra>) -> Result<Plain> {
    let mut known = Plain::new(parser, update, plan.layout(), cut_off());
    if let Output::File(path) = &plan.output {
        let shown = path.display();
        known.read(path).with_context(|| format!("{shown} alone knows what was made before, and cannot be gone by"))?;
    }
    if let Some(path) = &plan.carry {
        known.read(path).with_context(|| format!("--carry {}", path.display()))?;
    }
    Ok(known)
}
