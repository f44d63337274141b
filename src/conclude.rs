//! What is done when the last line is written or the run is stopped: files get their names, and the counts are told.

use std::cell::RefCell;

use anyhow::Context as _;
use tracing::{info, warn};

use crate::exit;
use crate::input::{Name, Watch};
use crate::ledger::{Ledger, Output, Rejects, partial};
use crate::outcome::Status;
use crate::pipeline::Failure;
use crate::plan::{Job, Plan};
use crate::stop::Signal;
use crate::tally::{Cost, Tally, plural};

/// Every record has its line: the result takes its name, unless the input has changed under it.
pub fn complete(
    plan: &Plan,
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
    ledger.finish().context("the output cannot be completed").map_err(Failure::Output)
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
