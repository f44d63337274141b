//! The output becomes this run's own: no other run writes it meanwhile, and what is real does not come beside what is not.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use tokio::time::{Instant, sleep};
use tracing::info;

use super::or_leave;
use crate::action::keep_apart;
use crate::exit::{Ended, LOCKED, MAKE_ROOM, STOPPED, USAGE};
use crate::graph::is_local;
use crate::input::Columns;
use crate::ledger::{Ledger, Opened, Output, has_links_not_of, has_links_of, partial};
use crate::plan::{Plan, Target};
use crate::publish::keep_products_apart;
use crate::stop::Stop;
use crate::tally::clock;

/// How often it is looked whether another run has ended.
const LOCK_AGAIN: Duration = Duration::from_millis(250);

/// Real links and those of a rehearsal, which begin with `make_believe`, never come into one file.
fn keep_links_apart(plan: &Plan, make_believe: &str) -> Result<()> {
    if let (Output::File(path), true) = (&plan.output, plan.target.is_rehearsal()) {
        for path in [path.clone(), partial(path)] {
            let shown = path.display();
            ensure!(
                !has_links_not_of(&path, make_believe) || plan.restart && path == partial(&path),
                "{shown} has real links, and this is a rehearsal: name another output, like -o rehearsal.csv"
            );
        }
    }
    if let (Some(carry), true) = (&plan.carry, plan.target.is_rehearsal()) {
        let shown = carry.display();
        ensure!(
            !has_links_not_of(carry, make_believe),
            "--carry {shown} has real links, and this is a rehearsal: leave --carry out"
        );
    }
    if plan.target.is_rehearsal() {
        keep_products_apart(&plan.wanted, make_believe, "this is a rehearsal")?;
    }
    if plan.target.is_rehearsal() || is_local(&plan.network.graph_url.value) {
        return Ok(());
    }
    if let Some(carry) = plan.carry.as_ref().filter(|carry| has_links_of(carry, make_believe)) {
        bail!("--carry {}: it is the result of a rehearsal, and its links lead nowhere", carry.display());
    }
    match &plan.output {
        Output::File(path) if !plan.restart && has_links_of(&partial(path), make_believe) => bail!(
            "{} was left by a rehearsal, and its links lead nowhere: discard it with --restart",
            partial(path).display()
        ),
        _ => Ok(()),
    }
}

/// Opens the output for this run alone; `None` when the run is stopped first.
pub async fn take_over(
    plan: &Plan,
    columns: &Columns,
    make_believe: &str,
    stop: &Stop,
) -> Result<Option<Ledger>, Ended> {
    let Some(ledger) = claim(plan, columns, make_believe, stop).await? else { return Ok(None) };
    if let Target::Real(sign_in) = &plan.target {
        info!("{}", sign_in.words);
    }
    let apart = keep_links_apart(plan, make_believe).and_then(|()| keep_apart(plan, make_believe));
    or_leave(USAGE, ledger, apart).map(|(ledger, ())| Some(ledger))
}

/// Opens the output, waiting for another run that writes it for as long as was asked; `None` when the run is stopped
/// first.
async fn claim(plan: &Plan, columns: &Columns, make_believe: &str, stop: &Stop) -> Result<Option<Ledger>, Ended> {
    let (until, mut told) = (Instant::now() + plan.lock_wait, false);
    loop {
        if plan.restart {
            // Before it is discarded.
            keep_apart(plan, make_believe).map_err(|error| Ended(USAGE, error))?;
        }
        let opened = Ledger::open(&plan.output, columns, plan.layout(), plan.restart);
        let opened = opened.with_context(|| format!("the output {} cannot be created", plan.output));
        let by = match opened.map_err(|error| match plan.output {
            Output::File(_) => Ended(USAGE, anyhow!("{error:#}; name a place that you may write to, with -o")),
            Output::Stdout => Ended(STOPPED, error.context(MAKE_ROOM)),
        })? {
            Opened::Ledger(ledger) => return Ok(Some(*ledger)),
            Opened::Held(by) => by,
        };
        let rest = until.saturating_duration_since(Instant::now());
        if rest.is_zero() {
            let mend = "wait until it has ended, or let this one wait, with --lock-wait 10m";
            return Err(Ended(LOCKED, anyhow!("another run is writing {} ({by}); {mend}", plan.output)));
        }
        if !told {
            let most = clock(plan.lock_wait);
            info!("another run is writing {} ({by}); waiting for it, {most} at most", plan.output);
            told = true;
        }
        if stop.or(sleep(LOCK_AGAIN.min(rest))).await.is_none() {
            return Ok(None);
        }
    }
}
