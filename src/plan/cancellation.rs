//! What `cancel` will do, and how the meetings are chosen that it is about.

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::files::{Files, input, is_same, output, spare};
use super::{Job, Network, Plan, Refusal, Target, concurrency, max_errors, only, rate, reading, sign_in, time};
use crate::choice::Meant;
use crate::cli::{Cancel, Environment};
use crate::input::{AskedForm, Input, Zones};
use crate::ledger::{CANCELLED, Output, is_left, partial};
use crate::outcome::Status;
use crate::publish::Wanted;

/// Checks how meetings are to be chosen.
fn meant(args: &mut Cancel) -> Result<Meant> {
    let only = args.only.as_deref().map(only).transpose()?;
    let statuses = args.status.as_deref().map(statuses).transpose()?;
    let before = args.before.as_deref().map(|text| before(text, args.sheet.time_zone.as_deref())).transpose()?;
    let missing_from = args.missing_from.take().map(input);
    ensure!(
        only.is_some() || statuses.is_some() || before.is_some() || missing_from.is_some(),
        "say which meetings to delete: --only ID,… by externalId, --status WORD,… by how their rows ended, --before \
         DATE by when they begin, or --missing-from INPUT.csv for rows that left the sheet; of several, all must hold"
    );
    let (form, map, left) = (AskedForm::default(), Vec::new(), is_left(&args.earlier));
    Ok(Meant { only, statuses, before, missing_from, form, map, left, me: args.sheet.me })
}

impl Plan {
    /// Makes a plan of what was typed for `cancel`. Nobody is signed in who only looks at what would be deleted.
    pub fn of_cancellation(mut args: Cancel, environment: Environment) -> Result<Self, Refusal> {
        let now = environment.now;
        let network = Network::from_args(&args.network, &environment).map_err(Refusal::Usage)?;
        let options = std::mem::take(&mut args.sign_in);
        let (me, yes) = (args.sheet.me, args.yes);
        let plan = cancelling(args, network, now).map_err(Refusal::Usage)?;
        if !yes {
            return Ok(plan);
        }
        match sign_in(options, environment.sign_in, me) {
            Ok(sign_in) => Ok(Self { target: Target::Real(Box::new(sign_in.looking_up(false))), ..plan }),
            Err(error) => Err(Refusal::Credentials(error, Some(Box::new(plan)))),
        }
    }
}

fn cancelling(mut args: Cancel, network: Network, now: DateTime<Utc>) -> Result<Plan> {
    let mut meant = meant(&mut args)?;
    let input = input(args.earlier);
    let Input::File(earlier) = &input else { bail!("cancel reads its output more than once: name a file") };
    let output = output(&input, args.output, CANCELLED)?;
    Files { input: &input, output: &output, carry: None, rejects: None }.check()?;
    if let (Some(Input::File(sheet)), Output::File(path)) = (&meant.missing_from, &output) {
        let is_written = [path.clone(), partial(path)].iter().any(|path| is_same(Some(sheet), path));
        ensure!(!is_written, "the output {output} is the sheet of --missing-from: name another file with -o");
    }
    spare(&output)?;
    // An output may be that of a plain create.
    args.sheet.plain_create = true;
    let mut reading = reading(args.sheet, now)?;
    // An output has a form of its own, which shows.
    meant.form = std::mem::take(&mut reading.form);
    meant.map.clone_from(&reading.map);
    if meant.left {
        // Its columns have their own names, whatever those of the sheet are.
        reading.map.clear();
    }
    ensure!(
        meant.missing_from.as_ref() != Some(&Input::File(earlier.clone())),
        "--missing-from names the output itself: name the sheet"
    );
    Ok(Plan {
        only: meant.only.clone(),
        job: Job::Cancel(meant),
        yes: args.yes,
        input,
        output,
        reading,
        target: Target::Nobody,
        network,
        language: None,
        unknown_attendees: None,
        concurrency: concurrency(args.run.concurrency)?,
        rate: rate(&args.run.rate)?,
        limit: None,
        carry: None,
        rejects: None,
        wanted: Wanted::default(),
        ping: None,
        join_information: false,
        restart: args.run.restart,
        strict: false,
        max_errors: args.run.max_errors.as_deref().map(max_errors).transpose()?,
        deadline: args.run.deadline.map(|text| time("--deadline", &text)).transpose()?,
        lock_wait: args.run.lock_wait.map(|text| time("--lock-wait", &text)).transpose()?.unwrap_or_default(),
    })
}

/// Words of the column status.
fn statuses(words: &[String]) -> Result<Vec<Status>> {
    let words = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty());
    let read = |word: &str| {
        let all = || Status::ALL.map(Status::as_str).join(", ");
        Status::of_name(word)
            .with_context(|| format!("--status '{word}' is no word of the column status; those are {}", all()))
    };
    let statuses: Vec<Status> = words.map(read).collect::<Result<_>>()?;
    ensure!(!statuses.is_empty(), "--status names no word of the column status, like created or differs");
    Ok(statuses)
}

/// A date, which is its first moment in the zone or else in UTC, or a time with its offset.
fn before(text: &str, zone: Option<&str>) -> Result<DateTime<Utc>> {
    let mend = "write a date like 2027-02-01, or a time with its offset like 2027-02-01T08:00:00+01:00";
    let is_date = text.len() == "2027-02-01".len();
    let instant = if is_date {
        let zone = match zone {
            Some(name) => {
                Zones::new().named(name).map(|(_, zone)| zone).with_context(|| format!("--time-zone {name}"))?
            }
            None => TimeZone::UTC,
        };
        let date: Option<Date> = text.parse().ok();
        date.and_then(|date| Some(date.to_zoned(zone).ok()?.timestamp()))
    } else {
        text.parse::<Timestamp>().ok()
    };
    let instant = instant.and_then(|time| {
        // Before 1970 both are less than nothing.
        let parts = TimeDelta::nanoseconds(time.subsec_nanosecond().into());
        DateTime::from_timestamp(time.as_second(), 0)?.checked_add_signed(parts)
    });
    instant.with_context(|| format!("--before '{text}' is neither a date nor a time with its offset; {mend}"))
}

#[cfg(test)]
#[path = "cancellation_tests.rs"]
mod tests;
