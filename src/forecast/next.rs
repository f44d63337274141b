//! What to do about it, with the commands as a shell takes them. Nothing is run.

use super::item::{Case, Totals};
use crate::check::quoted;
use crate::ledger::left;
use crate::outcome::Extra;
use crate::picture::{visible, wrapped};
use crate::plan::{Earlier, Forecast};
use crate::tally::plural;

/// The words, each with the command below it, which is never broken, so that it can be copied.
pub(super) fn next(plan: &Forecast, totals: &Totals, interrupted: bool, width: usize) -> String {
    let mut steps: Vec<(String, Option<String>)> = Vec::new();
    let mut step = |words: &str, command: Option<String>| steps.push((words.to_owned(), command));
    if interrupted {
        step("An earlier run was interrupted, and what it has done is not in this; first go on with it:", {
            Some(provision(plan, None))
        });
    }
    if totals.lack() {
        step("Some meetings could not be read, so that not all is known; run the same command again.", None);
    }
    let flawed = totals.of(Case::Invalid) + totals.of(Case::Conflict);
    if flawed > 0 {
        let words = format!("Mend {}, which would not be sent; this draws what is wrong:", plural(flawed, "row"));
        step(&words, Some(format!("convoke check {}", plan.words.join(" "))));
    }
    if totals.nameless > 0 && totals.of(Case::Gone) > 0 {
        let rows = plural(totals.nameless, "row");
        step(&format!("The externalId of {rows} cannot be read, and a meeting that seems gone may be theirs."), None);
    }
    if totals.of(Case::Doubtful) > 0 {
        let words = "Of the doubtful rows nobody knows whether they have a meeting: no run sends them again by itself. Look \
                     in the organizer's Teams, and see the README on uncertain rows.";
        step(words, None);
    }
    if let (Some(earlier), true) = (&plan.earlier, totals.of(Case::Gone) > 0) {
        let kept = left(&earlier.path).display().to_string();
        let then = if earlier.is_next { format!(" (the next run keeps them in {kept})") } else { String::new() };
        let words = format!("Cancel the meetings that are gone from the sheet{then}; --yes does it:");
        step(&words, Some(format!("convoke cancel {} --missing-from {}", word(earlier), plan.words.join(" "))));
    }
    let (new, changed) = (totals.of(Case::New), totals.of(Case::Changed));
    let what = match (new, changed) {
        (0, 0) => None,
        (_, 0) => Some("This makes the new meetings:"),
        (0, _) => Some("This makes the changes:"),
        _ => Some("This makes the new meetings and the changes:"),
    };
    if let Some(words) = what {
        step(words, Some(provision(plan, Some(changed))));
    }
    if totals.unmendable {
        step("What an update cannot change stays as it is; only a plain create can set it.", None);
    }
    if steps.is_empty() {
        steps.push(("There is nothing to do.".to_owned(), None));
    }
    let steps = steps.iter().map(|(words, command)| {
        let command = command.as_ref().map(|command| format!("\n\n  {}", visible(command))).unwrap_or_default();
        format!("{}{command}", wrapped("", words, width))
    });
    steps.collect::<Vec<_>>().join("\n\n")
}

/// The command that makes so many changes; without a number the one that goes on with an earlier run.
fn provision(plan: &Forecast, changed: Option<u64>) -> String {
    let mut words = vec!["convoke provision".to_owned()];
    words.extend(plan.words.iter().cloned());
    if let Some(changed) = changed {
        // What was changed at Graph since a carried row does not see.
        let carry = plan.earlier.as_ref().filter(|earlier| !earlier.is_next && plan.reads.is_none());
        words.extend(carry.map(|earlier| format!("--carry {}", word(earlier))));
        if changed > 0 {
            words.push("--update".to_owned());
            words.extend((plan.extra == Extra::Kept).then(|| "--keep-extra-attendees".to_owned()));
        }
    }
    words.join(" ")
}

/// The earlier output, for a shell.
fn word(earlier: &Earlier) -> String {
    quoted(&earlier.path.display().to_string())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::check::sheet_words;
    use crate::cli::{Cli, Command, Environment};

    /// The commands that are shown, and no words.
    fn commands(args: &[&str], counts: &[(Case, u64)], interrupted: bool) -> Vec<String> {
        let typed = Cli::try_parse_from(["convoke", "plan"].iter().chain(args)).expect("options");
        let Command::Plan(args) = typed.command else { panic!("it is a plan") };
        let words = sheet_words(&args.input, &args.sheet);
        let plan = Forecast::from_args(*args, words, Environment::default()).expect("a plan");
        let mut totals = Totals::default();
        for (case, count) in counts {
            for _ in 0..*count {
                totals.count(*case);
            }
        }
        let text = next(&plan, &totals, interrupted, 100);
        text.lines().filter_map(|line| line.strip_prefix("  convoke ")).map(str::to_owned).collect()
    }

    #[test]
    fn the_commands_are_those_that_do_what_is_told_quoted_for_a_shell() {
        let (new, changed, gone) = ((Case::New, 1), (Case::Changed, 2), (Case::Gone, 1));
        for (typed, counts, interrupted, wanted) in [
            (&["a.csv"][..], &[][..], false, &[][..]),
            (&["a.csv"], &[new], false, &["provision a.csv"]),
            (&["a.csv"], &[], true, &["provision a.csv"]),
            (&["a b.csv", "--me"], &[new, changed], false, &["provision \"a b.csv\" --me --update"]),
            (
                &["a.csv", "--keep-extra-attendees"],
                &[changed],
                false,
                &["provision a.csv --update --keep-extra-attendees"],
            ),
            (
                &["a.csv", "--against", "$old.csv"],
                &[changed, gone],
                false,
                &["cancel '$old.csv' --missing-from a.csv", "provision a.csv --carry '$old.csv' --update"],
            ),
            (
                &["a.csv", "--against", "./a.joined.csv", "--time-zone", "UTC"],
                &[gone, (Case::Invalid, 1)],
                false,
                &["check a.csv --time-zone UTC", "cancel ./a.joined.csv --missing-from a.csv --time-zone UTC"],
            ),
            (&["-"], &[new], false, &["provision -"]),
        ] {
            assert_eq!(commands(typed, counts, interrupted), wanted, "{typed:?}");
        }
        let against = ["a.csv", "--against", "./a.joined.csv"];
        assert_eq!(commands(&against, &[new], false), ["provision a.csv"], "it is the output of the next run");
    }
}
