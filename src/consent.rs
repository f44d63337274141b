//! Consent: whoever sits at the terminal is asked before much is changed. Off a terminal nobody can be asked, and nobody is.

use std::io::{self, BufRead as _, Write as _};

use tokio::task::spawn_blocking;
use tracing::warn;

use crate::action::Action;
use crate::plan::{Job, Plan};
use crate::stop::Stop;
use crate::tally::plural;

/// How many meetings that were there may be changed without a word.
pub const CHANGES_MAX: u64 = 50;

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
        Job::Provision { update } => update.is_some(),
        Job::Cancel(_) => false,
    };
    changes && is_terminal && !plan.yes && !plan.target.is_rehearsal()
}

/// Asks before more than [`CHANGES_MAX`] meetings are changed; says whether to go on. `None` when the run is stopped first.
pub async fn consent(
    plan: &Plan,
    is_terminal: bool,
    foreseen: impl FnOnce() -> Option<u64>,
    rows: u64,
    action: &Action,
    stop: &Stop,
) -> Option<bool> {
    if !may_have_to_ask(plan, is_terminal) {
        return Some(true);
    }
    let question = match Due::of(foreseen(), rows) {
        Due::Few => {
            action.limit_changes(CHANGES_MAX);
            return Some(true);
        }
        Due::Asks(Some(changes), _) => format!("{} will be changed", plural(changes, "meeting")),
        Due::Asks(None, rows) => {
            format!("there is no earlier output, so that up to {} may be changed", plural(rows, "meeting"))
        }
    };
    warn!("{question}; convoke plan shows each of them");
    // Reading blocks, and a signal is to be heard meanwhile.
    let answer = stop.or(spawn_blocking(ask)).await?;
    Some(answer.is_ok_and(|answer| answer.is_ok_and(|answer| is_yes(&answer))))
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
