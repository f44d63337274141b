//! What is done when the last line is written or the run is stopped: files get their names, and the counts are told.

use std::cell::RefCell;

use anyhow::Context as _;
use tracing::{info, warn};

use crate::check::{path_word, reading_words};
use crate::exit;
use crate::graph::is_local;
use crate::input::{Name, Rows, Watch};
use crate::ledger::{Kept, Leaving, Ledger, Output, Rejects, left, partial};
use crate::outcome::Status;
use crate::pipeline::Failure;
use crate::plan::{Job, Plan};
use crate::stop::Signal;
use crate::tally::{Cost, Tally, plural};

/// Every record has its line: the result takes its name, unless the input has changed under it.
pub fn complete(
    plan: &Plan,
    rows: Rows,
    make_believe: &str,
    watch: Option<&Watch>,
    ledger: Ledger,
    rejects: Option<&RefCell<Rejects>>,
) -> Result<(), Failure> {
    match watch.map(Watch::check).transpose().map_err(|error| Failure::Input(error.into()))? {
        Some(Name::Replaced) => {
            warn!("{} was replaced while it was read: this is the answer to the one that was there before", plan.input);
        }
        Some(Name::Kept) | None => {}
    }
    if let (Some(rejects), Some(path)) = (rejects, &plan.rejects) {
        let shown = path.display();
        let count = rejects.borrow_mut().finish().with_context(|| format!("--rejects {shown} cannot be written"));
        let count = count.map_err(Failure::Output)?;
        if count > 0 {
            info!(rejects = count, "{} without a meeting to mend and send again: {shown}", plural(count, "row"));
        }
    }
    keep_left(plan, rows, make_believe)?;
    ledger.finish().context("the output cannot be completed").map_err(Failure::Output)
}

/// The meetings of an earlier output that have no row any more are kept beside the one that is about to take its name. A
/// rehearsal has none to lose; those of one, whose links begin with `make_believe`, are nobody's.
fn keep_left(plan: &Plan, rows: Rows, make_believe: &str) -> Result<(), Failure> {
    let (Job::Provision { .. } | Job::Create { .. }, Output::File(path)) = (&plan.job, &plan.output) else {
        return Ok(());
    };
    if plan.target.is_rehearsal() {
        return Ok(());
    }
    let Some(mut leaving) = Leaving::open(path, rows.parser()).map_err(Failure::Output)? else { return Ok(()) };
    for row in rows {
        leaving.pass(&row.map_err(Failure::Input)?);
    }
    let is_local = is_local(&plan.network.graph_url.value);
    let kept = leaving.keep(|link| is_local || !link.starts_with(make_believe));
    let kept = kept.with_context(|| {
        let shown = left(path).display().to_string();
        format!("{shown}, where meetings are kept whose rows have left the sheet, cannot be written")
    });
    let Kept { path, new } = kept.map_err(Failure::Output)?;
    if new > 0 {
        let (file, sheet) = (path_word(&path), reading_words(&plan.input, &plan.reading));
        let (are, they) = if new == 1 { ("is", "it is") } else { ("are", "they are") };
        info!(
            left = new,
            "{} of the earlier output {are} in no row any more; {they} kept in {}: convoke cancel {file} --missing-from \
             {sheet} shows {}, and with --yes deletes {}",
            plural(new, "meeting"),
            path.display(),
            if new == 1 { "it" } else { "them" },
            if new == 1 { "it" } else { "them" },
        );
    }
    Ok(())
}

/// How a run that is not complete is gone on with.
pub fn go_on(plan: &Plan, lines: u64) -> String {
    let found = match plan.job {
        Job::Provision { .. } => "meetings that were made are found again, never made twice",
        Job::Create { .. } => "every row that was sent has its line, and is not sent again",
        Job::Cancel(_) => "meetings that were deleted are found to be gone, and no others are deleted",
        Job::Verify { .. } => "nothing was changed",
    };
    match &plan.output {
        Output::File(_) if lines == 0 => format!("run the same command again: {found}"),
        Output::File(_) => format!("run the same command again to go on at record {}: {found}", lines + 1),
        Output::Stdout => format!("run the same command again to start anew: {found}"),
    }
}

/// The second signal: the process ends as it is. What is in the file stays whole.
pub fn at_once(signal: Signal) -> u8 {
    warn!("ended at once by a second signal; the same command finishes the work");
    exit::of_signal(signal)
}

/// Tells what came of the run, and gives that back for others who are told.
pub fn sum_up(plan: &Plan, tally: &Tally, cost: &Cost, complete: bool) -> String {
    let output = match &plan.output {
        Output::File(path) if !complete && !partial(path).exists() => "none, since nothing was sent".to_owned(),
        Output::File(path) if !complete => format!("{} (not complete)", partial(path).display()),
        output => output.to_string(),
    };
    let rehearsal = plan.target.is_rehearsal();
    let summary = tally.summary(cost, &output, rehearsal);
    info!(
        output,
        rehearsal,
        rows = tally.rows(),
        resumed = cost.resumed,
        requests = cost.requests,
        look_ups = cost.look_ups,
        throttled = cost.throttled,
        limit_per_s = cost.limit,
        took_s = cost.took.as_secs_f64(),
        held_s = cost.held.as_secs_f64(),
        directory_held_s = cost.directory_held.as_secs_f64(),
        created = tally.of(Status::Created),
        updated = tally.of(Status::Updated),
        existing = tally.of(Status::Existing),
        carried = tally.of(Status::Carried),
        differs = tally.of(Status::Differs),
        expiring = tally.of(Status::Expiring),
        expired = tally.of(Status::Expired),
        gone = tally.of(Status::Gone),
        cancelled = tally.of(Status::Cancelled),
        uncertain = tally.of(Status::Uncertain),
        invalid = tally.of(Status::Invalid),
        refused = tally.of(Status::Refused),
        failed = tally.of(Status::Failed),
        skipped = tally.of(Status::Skipped),
        "{summary}",
    );
    summary
}
