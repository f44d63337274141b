//! Plan: what will be done. Every check that can fail before the first call is made here, and a `Plan` is never
//! wrong about what was asked.

mod cancellation;
mod cloud;
mod credentials;
mod files;
mod forecast;
mod job;
mod network;
mod products;
mod publication;
mod reading;
mod settings;
mod told;
mod values;
mod verification;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Error, Result, ensure};
use chrono::{DateTime, Utc};

pub use self::cloud::Cloud;
pub use self::credentials::{SignIn, sign_in};
pub use self::files::input;
use self::files::{Files, JOINED, output};
pub use self::forecast::{Earlier, Forecast, Reads, Words};
pub use self::job::Job;
use self::job::create;
pub use self::network::{Network, Sourced};
use self::products::wanted;
pub use self::publication::Publication;
pub use self::reading::reading;
pub use self::settings::{Setting, settings};
pub use self::told::told;
pub use self::values::rate;
use self::values::{concurrency, max_errors, time};
use crate::choice::MaxErrors;
use crate::cli::{Environment, Lookup, Provision, UnknownAttendees};
use crate::input::{Input, Reading};
use crate::ledger::{Layout, Output};
use crate::outcome::Extra;
use crate::pace::Rate;
use crate::publish::{Ping, Wanted};

/// Whom the run talks to.
#[derive(Clone, Debug)]
pub enum Target {
    /// A Graph that is there.
    Real(Box<SignIn>),
    /// The Graph that is built in, in one of its moods.
    Rehearsal(String),
    /// Nobody, since there is nothing to sign in with: such a run is told of, and that is all.
    Nobody,
}

impl Target {
    /// Whether nothing real will be made.
    pub fn is_rehearsal(&self) -> bool {
        matches!(self, Self::Rehearsal(_))
    }
}

/// Why there is no plan.
#[derive(Debug)]
pub enum Refusal {
    /// The command line asks for something that cannot be.
    Usage(Error),
    /// There is nothing to sign in with. What is else to be done is known, unless it cannot be.
    Credentials(Error, Option<Box<Plan>>),
}

/// What will be done.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option that was given or not")]
pub struct Plan {
    /// What is done with the rows.
    pub job: Job,
    /// Where the rows come from.
    pub input: Input,
    /// Where the lines go.
    pub output: Output,
    /// How rows are read.
    pub reading: Reading,
    /// Whom the run talks to.
    pub target: Target,
    /// Where Graph and its identity service are, and how they are reached.
    pub network: Network,
    /// The `Accept-Language` of requests.
    pub language: Option<String>,
    /// What is done about attendees whom the directory does not have; nobody is looked up if it is nothing.
    pub unknown_attendees: Option<UnknownAttendees>,
    /// How many requests are on the wire at once.
    pub concurrency: usize,
    /// How many attempts start per second.
    pub rate: Rate,
    /// How many records are sent.
    pub limit: Option<u64>,
    /// The externalIds that are sent, if not all are.
    pub only: Option<BTreeSet<String>>,
    /// An earlier output whose meetings are kept.
    pub carry: Option<PathBuf>,
    /// Where the rows without a meeting go.
    pub rejects: Option<PathBuf>,
    /// What is made of the output.
    pub wanted: Wanted,
    /// Who is told that the run begins and how it ends.
    pub ping: Option<Ping>,
    /// Whether Graph's own invitations are in the output.
    pub join_information: bool,
    /// Whether nobody is asked before much is changed.
    pub yes: bool,
    /// Whether what an interrupted run has left is discarded.
    pub restart: bool,
    /// Whether a single invalid row keeps the run from starting.
    pub strict: bool,
    /// How many rows may come to nothing.
    pub max_errors: Option<MaxErrors>,
    /// When the run is stopped, counted from its start.
    pub deadline: Option<Duration>,
    /// How long to wait for another run that writes the same output.
    pub lock_wait: Duration,
}

impl Plan {
    /// Makes a plan of what was typed.
    pub fn from_args(mut args: Provision, environment: Environment) -> Result<Self, Refusal> {
        let (now, network) = (environment.now, Network::from_args(&args.network, &environment));
        let network = network.map_err(Refusal::Usage)?;
        let options = std::mem::take(&mut args.sign_in);
        let target = if let Some(scenario) = args.rehearse.clone() {
            Target::Rehearsal(scenario)
        } else {
            let sign_in = sign_in(options, environment.sign_in, args.sheet.me);
            match sign_in {
                Ok(sign_in) => Target::Real(Box::new(sign_in.looking_up(args.people.lookup == Lookup::On))),
                Err(error) => {
                    let plan = Self::checked(args, Target::Nobody, network, now).ok().map(Box::new);
                    return Err(Refusal::Credentials(error, plan));
                }
            }
        };
        Self::checked(args, target, network, now).map_err(Refusal::Usage)
    }

    fn checked(args: Provision, target: Target, network: Network, now: DateTime<Utc>) -> Result<Self> {
        let input = input(args.input);
        let output = output(&input, args.output, JOINED)?;
        let (carry, rejects) = (args.carry.as_deref(), args.rejects.as_deref());
        let files = Files { input: &input, output: &output, carry, rejects };
        files.check()?;
        let words = (args.language.clone(), args.sheet.time_zone.clone());
        let wanted = wanted(args.products, words, &output, &files.named())?;
        let ping = args.ping.map(|url| Ping::new(&url, &network.connections)).transpose().context("--ping")?;
        ensure!(args.limit != Some(0), "--limit 0 would send nothing; leave it out to send everything");
        let extra = if args.keep_extra_attendees { Extra::Kept } else { Extra::Removed };
        let update = args.update.then_some(extra);
        Ok(Self {
            job: if args.sheet.plain_create { create(update, &output)? } else { Job::Provision { update } },
            yes: args.yes,
            input,
            output,
            reading: reading(args.sheet, now)?,
            target,
            network,
            language: args.language,
            unknown_attendees: (args.people.lookup == Lookup::On).then_some(args.people.unknown_attendees),
            concurrency: concurrency(args.run.concurrency)?,
            rate: rate(&args.run.rate)?,
            limit: args.limit,
            only: args.only.as_deref().map(only).transpose()?,
            carry: args.carry,
            rejects: args.rejects,
            ping,
            join_information: args.join_information || wanted.html_dir.is_some(),
            wanted,
            restart: args.run.restart,
            strict: args.strict,
            max_errors: args.run.max_errors.as_deref().map(max_errors).transpose()?,
            deadline: args.run.deadline.map(|text| time("--deadline", &text)).transpose()?,
            lock_wait: args.run.lock_wait.map(|text| time("--lock-wait", &text)).transpose()?.unwrap_or_default(),
        })
    }
}

impl Plan {
    /// Which columns the output has.
    pub fn layout(&self) -> Layout {
        Layout { join_information: self.join_information }
    }
}

fn only(ids: &[String]) -> Result<BTreeSet<String>> {
    let ids = ids.iter().map(|id| id.trim()).filter(|id| !id.is_empty()).map(str::to_owned);
    let ids: BTreeSet<String> = ids.collect();
    ensure!(!ids.is_empty(), "--only names no externalId: name one or more, or leave the option out");
    Ok(ids)
}

#[cfg(test)]
mod tests;
