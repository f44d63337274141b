//! Consent: whoever sits at the terminal is asked before much is changed. Off a terminal nobody can be asked, and nobody is.

use std::io::{self, BufRead as _, Write as _};

use anyhow::anyhow;
use indicatif::ProgressBar;
use tokio::task::spawn_blocking;
use tracing::warn;

use crate::action::Action;
use crate::exit::{Ended, STOPPED};
use crate::forecast::changes;
use crate::input::{Row, Rows};
use crate::ledger::{History, Ledger, Output};
use crate::plan::{Job, Plan};
use crate::stop::{CHANGES_MAX, Stop};
use crate::tally::plural;

/// What is to be done about a run that may change meetings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// It may change so few that nobody is asked, and stops before there are more.
    Few,
    /// Somebody is asked about so many; `None` if nobody can tell how many they are, out of so many rows.
    Asks(Option<u64>, u64),
}

impl Due {
    /// `foreseen` is how many meetings will be changed as far as an earlier output tells, of `rows`.
    fn of(foreseen: Option<u64>, rows: u64) -> Self {
        match foreseen {
            Some(0..=CHANGES_MAX) => Self::Few,
            None if rows <= CHANGES_MAX => Self::Few,
            foreseen => Self::Asks(foreseen, rows),
        }
    }
}

/// Whether somebody would have to be asked at all.
fn may_have_to_ask(plan: &Plan, is_terminal: bool) -> bool {
    let changes = match &plan.job {
        Job::Provision { update } | Job::Create { update } => update.is_some(),
        Job::Cancel(_) | Job::Verify { .. } => false,
    };
    changes && is_terminal && !plan.yes && !plan.target.is_rehearsal()
}

/// How many meetings will be changed, as far as an earlier output tells.
fn foreseen(plan: &Plan, rows: &Rows) -> Option<u64> {
    let (Job::Provision { update: Some(extra) } | Job::Create { update: Some(extra) }) = plan.job else { return None };
    let output = match &plan.output {
        Output::File(path) => Some(path),
        Output::Stdout => None,
    };
    let mut earlier = output.into_iter().chain(&plan.carry);
    let history = earlier.find_map(|path| History::open(path, rows.parser()).ok().flatten())?;
    let is_named = |row: &Row| {
        let only = plan.only.as_ref();
        only.is_none_or(|only| row.external_id.as_ref().is_some_and(|id| only.contains(id.as_str())))
    };
    let is_sent = |row: &Row| plan.limit.is_none_or(|limit| row.record <= limit) && is_named(row);
    changes(rows.anew().ok()?, Some(history), extra, is_sent).ok()
}

/// Asks before more than [`CHANGES_MAX`] meetings are changed. `None` when the run is stopped first; fails, and leaves the
/// output as it was, when the answer is no.
pub async fn consent(
    plan: &Plan,
    is_terminal: bool,
    rows: &Rows,
    action: &Action,
    (stop, bar): (&Stop, &ProgressBar),
    ledger: Ledger,
) -> Result<Option<Ledger>, Ended> {
    if !may_have_to_ask(plan, is_terminal) {
        return Ok(Some(ledger));
    }
    let question = match Due::of(foreseen(plan, rows), rows.about().records) {
        Due::Few => {
            action.limit_changes(CHANGES_MAX);
            return Ok(Some(ledger));
        }
        Due::Asks(Some(changes), _) => format!("{} will be changed", plural(changes, "meeting")),
        Due::Asks(None, rows) => {
            format!("there is no earlier output, so that up to {} may be changed", plural(rows, "meeting"))
        }
    };
    warn!("{question}; convoke plan shows each of them");
    // Reading blocks, and a signal is to be heard meanwhile.
    let shown = bar.clone();
    let answered = stop.or(spawn_blocking(move || shown.suspend(ask))).await;
    if let Some(Ok(Ok(answer))) = &answered
        && is_yes(answer)
    {
        return Ok(Some(ledger));
    }
    bar.finish_and_clear();
    ledger.leave(false).map_err(|error| Ended(STOPPED, error.into()))?;
    match answered {
        Some(_) => Err(Ended(STOPPED, anyhow!("nothing was sent, since the answer was no"))),
        None => Ok(None),
    }
}

fn ask() -> io::Result<String> {
    let mut err = io::stderr();
    write!(err, "Go on? [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer)
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_asked_about_more_than_fifty_changes_and_about_changes_that_nobody_can_foresee() {
        for (foreseen, rows, due) in [
            (Some(0), 1000, Due::Few),
            (Some(50), 1000, Due::Few),
            (Some(51), 1000, Due::Asks(Some(51), 1000)),
            (None, 50, Due::Few),
            (None, 51, Due::Asks(None, 51)),
        ] {
            assert_eq!(Due::of(foreseen, rows), due, "{foreseen:?} {rows}");
        }
    }

    #[test]
    fn only_a_clear_yes_is_one() {
        assert!(["y", "Y\n", " yes \r\n", "YES"].into_iter().all(is_yes));
        assert!(!["", "\n", "n", "no", "yep", "ja", "y n"].into_iter().any(is_yes));
    }
}
