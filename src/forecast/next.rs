//! What to do about it, with the commands as a shell takes them. Nothing is run.

use super::item::{Case, Totals};
use crate::check::{quoted, sheet_words};
use crate::cli::{self, Lookup, UnknownAttendees};
use crate::ledger::left;
use crate::outcome::{Extra, Status};
use crate::picture::{visible, wrapped};
use crate::plan::{Earlier, Forecast, Words};
use crate::tally::plural;

/// The words, each with the command below it, which is never broken, so that it can be copied.
pub(super) fn next(plan: &Forecast, totals: &Totals, interrupted: bool, width: usize) -> String {
    let mut steps: Vec<(String, Option<String>)> = Vec::new();
    let mut step = |words: &str, command: Option<String>| steps.push((words.to_owned(), command));
    if interrupted {
        let words = "An earlier run was interrupted, and what it has done is not in this. First run its command again, as it \
                     was then: it goes on where it stopped.";
        step(words, None);
    }
    if totals.lack() {
        step("Some meetings could not be read, so that not all is known; run the same command again.", None);
    }
    let flawed = totals.of(Case::Invalid) + totals.of(Case::Conflict);
    if flawed > 0 {
        let words = format!("Mend {}, which would not be sent; this draws what is wrong:", plural(flawed, "row"));
        step(&words, Some(format!("convoke check {}", plan.words.sheet.join(" "))));
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
        let cancel =
            |chosen: &str| Some(with(format!("convoke cancel {} {chosen}", word(earlier)), &plan.words.network));
        if totals.is_known {
            let words = format!("Cancel the meetings that are gone from the sheet{then}; --yes does it:");
            step(&words, cancel(&format!("--missing-from {}", plan.words.sheet.join(" "))));
        } else {
            let words = format!(
                "The sheet has not one of the earlier output's meetings. If it is the right one, cancel them{then}, by \
                 their status, since --missing-from takes such a sheet for another; --yes does it:"
            );
            let alive = Status::ALL.into_iter().filter(|status| status.has_meeting()).map(Status::as_str);
            let alive = alive.collect::<Vec<_>>().join(",");
            step(&words, cancel(&format!("--status {alive}")));
        }
    }
    let (new, changed) = (totals.of(Case::New), totals.of(Case::Changed));
    let what = match (new, changed) {
        (0, 0) => None,
        (_, 0) => Some("This makes the new meetings:"),
        (0, _) => Some("This makes the changes:"),
        _ => Some("This makes the new meetings and the changes:"),
    };
    if let Some(words) = what {
        step(words, Some(provision(plan, totals)));
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

/// The command that does what is to be done.
fn provision(plan: &Forecast, totals: &Totals) -> String {
    let Words { sheet, people, network } = &plan.words;
    let mut words = sheet.iter().chain(people).chain(network).cloned().collect::<Vec<_>>();
    // What was changed at Graph since a carried row does not see.
    let carry = plan.earlier.as_ref().filter(|earlier| !earlier.is_next && plan.reads.is_none());
    words.extend(carry.map(|earlier| format!("--carry {}", word(earlier))));
    // What is unfinished is known from the outputs that the run is about.
    let is_seen = carry.is_some() || plan.earlier.as_ref().is_some_and(|earlier| earlier.is_next);
    if totals.needs_update || totals.unfinished && !is_seen {
        words.push("--update".to_owned());
        words.extend((plan.extra == Extra::Kept).then(|| "--keep-extra-attendees".to_owned()));
    }
    with("convoke provision".to_owned(), &words)
}

fn with(command: String, words: &[String]) -> String {
    [&[command], words].concat().join(" ")
}

/// What was said that other commands are to be told as well.
pub(super) fn words(args: &cli::Forecast) -> Words {
    let option = |name: &str, value: &str| format!("--{name} {}", quoted(value));
    let cli::People { lookup, unknown_attendees } = &args.people;
    let mut people = Vec::new();
    people.extend((*lookup == Lookup::Off).then(|| option("lookup", "off")));
    people.extend(match unknown_attendees {
        UnknownAttendees::Keep => None,
        UnknownAttendees::Fail => Some(option("unknown-attendees", "fail")),
        UnknownAttendees::Drop => Some(option("unknown-attendees", "drop")),
    });
    let cli::Network { ca_file, cloud, graph_url, login_url, .. } = &args.network;
    let ca_file = ca_file.as_ref().map(|path| path.display().to_string());
    let network = [("ca-file", &ca_file), ("cloud", cloud), ("graph-url", graph_url), ("login-url", login_url)];
    let network = network.into_iter().filter_map(|(name, value)| Some(option(name, value.as_ref()?))).collect();
    Words { sheet: sheet_words(&args.input, &args.sheet), people, network }
}

/// The earlier output, for a shell.
fn word(earlier: &Earlier) -> String {
    quoted(&earlier.path.display().to_string())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command, Environment};

    fn plan(args: &[&str]) -> Forecast {
        let typed = Cli::try_parse_from(["convoke", "plan"].iter().chain(args)).expect("options");
        let Command::Plan(args) = typed.command else { panic!("it is a plan") };
        let words = words(&args);
        Forecast::from_args(*args, words, Environment::default()).expect("a plan")
    }

    /// The commands that are shown, and no words.
    fn commands(args: &[&str], counts: &[(Case, u64)], interrupted: bool) -> Vec<String> {
        let mut totals = Totals::default();
        totals.is_known = true;
        totals.needs_update = counts.iter().any(|(case, _)| *case == Case::Changed);
        for (case, count) in counts {
            for _ in 0..*count {
                totals.count(*case);
            }
        }
        let text = next(&plan(args), &totals, interrupted, 100);
        text.lines().filter_map(|line| line.strip_prefix("  convoke ")).map(str::to_owned).collect()
    }

    #[test]
    fn the_commands_are_those_that_do_what_is_told_quoted_for_a_shell() {
        let (new, changed, gone) = ((Case::New, 1), (Case::Changed, 2), (Case::Gone, 1));
        for (typed, counts, interrupted, wanted) in [
            (&["a.csv"][..], &[][..], false, &[][..]),
            (&["a.csv"], &[new], false, &["provision a.csv"]),
            // Nobody knows how it was begun.
            (&["a.csv"], &[], true, &[]),
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
            (
                &["a.csv", "--unknown-attendees", "drop", "--lookup", "off"],
                &[new, (Case::Invalid, 1)],
                false,
                &["check a.csv", "provision a.csv --lookup off --unknown-attendees drop"],
            ),
            (
                &["a.csv", "--graph-url", "http://[::1]:1", "--login-url", "http://localhost:1/", "--cloud", "global"],
                &[gone, changed],
                false,
                &[
                    "cancel a.joined.csv --missing-from a.csv --cloud global --graph-url \"http://[::1]:1\" --login-url \
                     http://localhost:1/",
                    "provision a.csv --cloud global --graph-url \"http://[::1]:1\" --login-url http://localhost:1/ --update",
                ],
            ),
        ] {
            assert_eq!(commands(typed, counts, interrupted), wanted, "{typed:?}");
        }
    }

    #[test]
    fn a_sheet_without_any_of_the_meetings_and_unfinished_ones_have_commands_of_their_own() {
        let commands = |args: &[&str], totals: &Totals| {
            let text = next(&plan(args), totals, false, 100);
            text.lines().filter_map(|line| line.strip_prefix("  convoke ")).map(str::to_owned).collect::<Vec<_>>()
        };
        let mut totals = Totals::default();
        totals.count(Case::Gone);
        let by_status = "cancel a.joined.csv --status created,updated,existing,carried,differs,expiring";
        assert_eq!(commands(&["a.csv"], &totals), [by_status]);
        let mut totals = Totals::default();
        totals.unfinished = true;
        totals.count(Case::Changed);
        assert_eq!(commands(&["a.csv"], &totals), ["provision a.csv"]);
        let old = ["a.csv", "--against", "old.csv"];
        assert_eq!(commands(&old, &totals), ["provision a.csv --carry old.csv"]);
        totals.needs_update = true;
        assert_eq!(commands(&["a.csv"], &totals), ["provision a.csv --update"]);
    }

    #[test]
    fn an_output_that_was_named_may_be_that_of_the_next_run() {
        let against = ["a.csv", "--against", "./a.joined.csv"];
        assert_eq!(
            commands(&against, &[(Case::New, 1)], false),
            ["provision a.csv"],
            "it is the output of the next run"
        );
    }
}
