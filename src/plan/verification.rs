//! What `verify` will do: the run of a `provision` that reads the meetings of an output and makes none.

use std::ffi::OsStr;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;

use super::files::{input, output, spare};
use super::{Job, Plan, Refusal, reading};
use crate::cli::{Environment, People, Provision, Sheet, UnknownAttendees, Verify};
use crate::ledger::Output;
use crate::outcome::Extra;

/// What is added to the name of the output that is looked at.
const ENDING: &str = ".verified.csv";
/// No meeting is planned further ahead, and clocks can be reckoned with it.
const DAYS_MAX: i64 = 3650;

impl Plan {
    /// Makes a plan of what was typed to `verify`.
    pub fn of_verification(args: Verify, environment: Environment) -> Result<Self, Refusal> {
        let within = within(&args.within).map_err(Refusal::Usage)?;
        let extra = if args.keep_extra_attendees { Extra::Kept } else { Extra::Removed };
        let job = Job::Verify { now: environment.now, within, extra };
        // An output may be that of a plain create.
        let sheet = Sheet { plain_create: true, ..args.sheet.clone() };
        let reading = reading(sheet, environment.now).map_err(Refusal::Usage)?;
        let args = as_provision(args).map_err(Refusal::Usage)?;
        match Self::from_args(args, environment) {
            Ok(plan) => Ok(Self { job, reading, ..plan }),
            Err(Refusal::Credentials(error, plan)) => {
                Err(Refusal::Credentials(error, plan.map(|plan| Box::new(Self { job, reading, ..*plan }))))
            }
            Err(refusal) => Err(refusal),
        }
    }
}

/// A number of days, as `14` or `14d`.
fn within(text: &str) -> Result<TimeDelta> {
    let days = text.trim().trim_end_matches(['d', 'D']).trim_end().parse::<i64>().ok();
    let days = days.filter(|days| (0..=DAYS_MAX).contains(days));
    days.map(TimeDelta::days).with_context(|| format!("--within '{text}' is not a number of days from 0 to {DAYS_MAX}"))
}

/// What is the same for both.
fn as_provision(args: Verify) -> Result<Provision> {
    let output = match (args.output, output(&input(args.earlier.clone()), None, ENDING)?) {
        (None, Output::File(path)) => Some(path),
        (asked, _) => asked,
    };
    if let Some(path) = output.as_ref().filter(|path| *path != OsStr::new("-") && **path != args.earlier) {
        spare(&Output::File(path.clone()))?;
    }
    // Nobody is sent, so that nobody keeps a row from being looked at.
    let unknown_attendees = match args.people.unknown_attendees {
        UnknownAttendees::Fail => UnknownAttendees::Keep,
        other => other,
    };
    ensure!(
        !args.products.only_new,
        "--only-new is about meetings that a run has made, and this makes none: leave it out"
    );
    Ok(Provision {
        input: args.earlier,
        carry: None,
        run: args.run,
        join_information: args.join_information,
        keep_extra_attendees: false,
        language: args.language,
        limit: args.limit,
        messages: args.messages,
        network: args.network,
        only: args.only,
        people: People { unknown_attendees, ..args.people },
        output,
        ping: args.ping,
        products: args.products,
        rehearse: None,
        rejects: None,
        strict: false,
        // Both are said to the reading, which is not this one's.
        sheet: Sheet { plain_create: false, set: Vec::new(), ..args.sheet },
        sign_in: args.sign_in,
        update: false,
        yes: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        for (text, days) in [("14", 14), ("14d", 14), (" 14 d ", 14), ("0", 0), ("3650", 3650)] {
            assert_eq!(within(text).expect("days"), TimeDelta::days(days), "{text}");
        }
        for text in ["", "d", "-1", "3651", "2w", "1.5", "soon"] {
            assert!(within(text).is_err(), "{text}");
        }
    }
}
