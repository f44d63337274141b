//! Plan: what will be done. Every check that can fail before the first call is made here, and a `Plan` is never
//! wrong about what was asked.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Error, Result, anyhow, bail, ensure};
use http::Uri;
use secrecy::ExposeSecret as _;

use crate::cli::{Environment, Provision};
use crate::graph::{ClientSecret, Credentials, is_loopback};
use crate::input::{Input, Reading, Zones};
use crate::ledger::Output;
use crate::pace::Rate;

/// One HTTP/2 connection carries at most 100 calls at a time and queues the rest unseen.
const CONCURRENCY_MAX: usize = 100;
/// No second of any service takes more; it keeps absurd numbers out of the arithmetic.
const RATE_MAX: f64 = 100_000.0;
/// The longest timeout that makes sense, in seconds.
const TIMEOUT_SECONDS_MAX: f64 = 3600.0;

/// Whom the run talks to.
#[derive(Clone, Debug)]
pub enum Target {
    /// A Graph that is there.
    Real(Credentials),
    /// The Graph that is built in, in one of its moods.
    Rehearsal(String),
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
    /// There is nothing to sign in with.
    Credentials(Error),
}

/// What will be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the rows come from.
    pub input: Input,
    /// Where the lines go.
    pub output: Output,
    /// How rows are read.
    pub reading: Reading,
    /// Whom the run talks to.
    pub target: Target,
    /// Graph's root.
    pub graph_url: String,
    /// The identity service's root.
    pub login_url: String,
    /// The `Accept-Language` of requests.
    pub language: Option<String>,
    /// How many requests are on the wire at once.
    pub concurrency: usize,
    /// How many attempts start per second.
    pub rate: Rate,
    /// How many records are sent.
    pub limit: Option<u64>,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long a request may take.
    pub request_timeout: Duration,
}

impl Plan {
    /// Makes a plan of what was typed.
    pub fn from_args(args: Provision, environment: Environment) -> Result<Self, Refusal> {
        let target = match args.rehearse.clone() {
            Some(scenario) => Target::Rehearsal(scenario),
            None => Target::Real(credentials(environment, args.me).map_err(Refusal::Credentials)?),
        };
        Self::checked(args, target).map_err(Refusal::Usage)
    }

    fn checked(args: Provision, target: Target) -> Result<Self> {
        let input = if args.input == OsStr::new("-") { Input::Stdin } else { Input::File(args.input) };
        let output = output(&input, args.output)?;
        let concurrency = args.concurrency;
        ensure!(
            (1..=CONCURRENCY_MAX).contains(&concurrency),
            "--concurrency {concurrency} is not from 1 to {CONCURRENCY_MAX}, which is what a connection to Graph \
             carries at a time"
        );
        ensure!(args.limit != Some(0), "--limit 0 would send nothing; leave it out to send everything");
        if let Some(zone) = &args.time_zone {
            ensure!(
                Zones::new().has(zone),
                "--time-zone '{zone}' is not a time zone: use an IANA name like Europe/Berlin or America/New_York"
            );
        }
        Ok(Self {
            input,
            output,
            reading: Reading { me: args.me, default_zone: args.time_zone },
            target,
            graph_url: address("--graph-url", args.graph_url)?,
            login_url: address("--login-url", args.login_url)?,
            language: args.language,
            concurrency,
            rate: rate(&args.rate)?,
            limit: args.limit,
            connect_timeout: timeout("--connect-timeout", args.connect_timeout)?,
            request_timeout: timeout("--request-timeout", args.request_timeout)?,
        })
    }
}

fn credentials(environment: Environment, me: bool) -> Result<Credentials> {
    let Environment { access_token, tenant_id, client_id, client_secret, .. } = environment;
    if let Some(token) = access_token {
        ensure!(
            token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()),
            "CONVOKE_ACCESS_TOKEN has characters that no token has: was it cut and pasted with a line break?"
        );
        return Ok(Credentials::AccessToken(token));
    }
    ensure!(
        !me,
        "--me needs a token of a signed-in user: put one into CONVOKE_ACCESS_TOKEN (an app's own token is refused \
         there by Graph)"
    );
    match (tenant_id, client_id, client_secret) {
        (Some(tenant), Some(client_id), Some(secret)) => {
            Ok(Credentials::ClientSecret(ClientSecret { tenant, client_id, secret }))
        }
        (None, None, None) => bail!(
            "nothing to sign in with: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or \
             CONVOKE_ACCESS_TOKEN; or rehearse without an account: --rehearse"
        ),
        (tenant, client_id, secret) => {
            let missing = [
                ("AZURE_TENANT_ID", tenant.is_none()),
                ("AZURE_CLIENT_ID", client_id.is_none()),
                ("AZURE_CLIENT_SECRET", secret.is_none()),
            ];
            let missing: Vec<_> = missing.iter().filter(|(_, missing)| *missing).map(|(name, _)| *name).collect();
            Err(anyhow!("to sign in as an app, {} must be set too", missing.join(" and ")))
        }
    }
}

fn output(input: &Input, asked: Option<PathBuf>) -> Result<Output> {
    let path = match (asked, input) {
        (Some(path), _) if path == OsStr::new("-") => return Ok(Output::Stdout),
        (Some(path), _) => path,
        (None, Input::Stdin) => return Ok(Output::Stdout),
        (None, Input::File(input)) => {
            let mut name = input.file_stem().context("the input has no file name")?.to_owned();
            name.push(".joined.csv");
            input.with_file_name(name)
        }
    };
    if path.is_dir() {
        bail!("the output {} is a directory: name a file", path.display());
    }
    if let Input::File(input) = input
        && same_file(input, &path)
    {
        bail!("the output {} is the input itself: name another file with -o", path.display());
    }
    Ok(Output::File(path))
}

fn same_file(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn address(option: &str, text: String) -> Result<String> {
    let uri: Uri = text.parse().with_context(|| format!("{option} '{text}' is not an address"))?;
    let host = uri.host().with_context(|| format!("{option} '{text}' names no host"))?;
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if is_loopback(host) => {}
        Some("http") => bail!("{option} '{text}' must be https: the token would cross the network in the clear"),
        _ => bail!("{option} '{text}' must begin with https://"),
    }
    ensure!(
        uri.query().is_none() && !uri.authority().is_some_and(|authority| authority.as_str().contains('@')),
        "{option} '{text}' must be a plain address, without a query or a user name"
    );
    Ok(text)
}

fn rate(text: &str) -> Result<Rate> {
    if text.eq_ignore_ascii_case("max") {
        return Ok(Rate::Max);
    }
    match text.parse() {
        Ok(rate) if (0.001..=RATE_MAX).contains(&rate) => Ok(Rate::PerSecond(rate)),
        _ => bail!("--rate '{text}' is neither a number of attempts per second (0.001 to {RATE_MAX}) nor max"),
    }
}

fn timeout(option: &str, seconds: f64) -> Result<Duration> {
    ensure!(
        (0.001..=TIMEOUT_SECONDS_MAX).contains(&seconds),
        "{option} {seconds} is not a number of seconds from 0.001 to {TIMEOUT_SECONDS_MAX}"
    );
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
