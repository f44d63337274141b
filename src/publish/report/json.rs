//! The report for programs: one JSON object, whose schema is `tests/it/schema/report.json` and the README's table.
//!
//! Members keep their order, numbers are numbers, and what is not known is null. A member may be added in a later version;
//! one that is removed, or means another thing, makes another [`SCHEMA`].

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use super::{Cause, Facts, File, Run};
use crate::meter::{Latency, Measured};
use crate::outcome::Status;
use crate::publish::{Draft, Made};

/// What the form of the report is called.
const SCHEMA: &str = "convoke-report/1";

/// Writes the report.
pub fn json(facts: &Facts, path: &Path) -> Result<Made> {
    let mut draft = Draft::private(path).context("it cannot be written there")?;
    serde_json::to_writer_pretty(&mut draft, &Report::of(facts))?;
    draft.write_all(b"\n")?;
    draft.finish()?;
    Ok(Made { lines: facts.rows(), notices: Vec::new() })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    schema: &'static str,
    version: &'static str,
    complete: Option<bool>,
    exit_status: Option<u8>,
    why: Option<&'a str>,
    rehearsal: Option<bool>,
    began: Option<String>,
    ended: Option<String>,
    took_seconds: Option<f64>,
    rows: u64,
    resumed: Option<u64>,
    #[serde(serialize_with = "as_object")]
    counts: Vec<(String, u64)>,
    causes: Vec<Told<'a>>,
    attempts: u64,
    requests: Option<u64>,
    retries: Option<u64>,
    throttled: Option<u64>,
    throttled_seconds: Option<f64>,
    look_ups: Option<u64>,
    look_ups_throttled_seconds: Option<f64>,
    limit_per_second: Option<f64>,
    latency_ms: Option<Percentiles>,
    rate_over_time: Option<Rate>,
    #[serde(serialize_with = "as_object")]
    days: Vec<(String, u64)>,
    organizers: Vec<Organizer<'a>>,
    input: Option<Digest<'a>>,
    output: Digest<'a>,
    options: Option<Options<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    status: &'static str,
    what: &'a str,
    mend: &'a str,
    paste: Option<&'a str>,
    rows: u64,
    records: &'a [u64],
}

#[derive(Serialize)]
struct Percentiles {
    p50: f64,
    p90: f64,
    p95: f64,
    p99: f64,
    max: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rate {
    span_seconds: f64,
    spans: Vec<Span>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Span {
    per_second: f64,
    requests: u64,
    throttled: u64,
    failed: u64,
}

#[derive(Serialize)]
struct Organizer<'a> {
    organizer: &'a str,
    meetings: u64,
}

#[derive(Serialize)]
struct Digest<'a> {
    name: &'a str,
    bytes: Option<u64>,
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct Options<'a>(#[serde(serialize_with = "as_object_of_text")] &'a [(String, String)]);

impl<'a> Report<'a> {
    fn of(facts: &'a Facts) -> Self {
        let Facts { counts, causes, attempts, days, organizers, output, run } = facts;
        let run = run.as_ref();
        let measured = run.map(|run| &run.measured);
        let organizer = |(organizer, meetings): &'a (String, u64)| Organizer { organizer, meetings: *meetings };
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            complete: run.map(|run| run.complete),
            exit_status: run.map(|run| run.exit_status),
            why: run.map(|run| run.why.as_str()).filter(|why| !why.is_empty()),
            rehearsal: run.map(|run| run.rehearsal),
            began: run.map(|run| time(run.began)),
            ended: run.map(|run| time(run.ended())),
            took_seconds: run.map(|run| run.took.as_secs_f64()),
            rows: facts.rows(),
            resumed: run.map(|run| run.resumed),
            counts: Status::ALL.iter().zip(counts).map(|(status, rows)| (status.as_str().to_owned(), *rows)).collect(),
            causes: causes.iter().map(Told::of).collect(),
            attempts: *attempts,
            requests: measured.map(|measured| measured.requests),
            retries: measured.map(|measured| measured.retries),
            throttled: measured.map(|measured| measured.throttled),
            throttled_seconds: run.map(|run| run.held.as_secs_f64()),
            look_ups: run.map(|run| run.look_ups),
            look_ups_throttled_seconds: run.map(|run| run.directory_held.as_secs_f64()),
            limit_per_second: run.and_then(|run| run.limit_per_s),
            latency_ms: measured
                .filter(|measured| measured.requests > 0)
                .map(|measured| Percentiles::of(&measured.latency)),
            rate_over_time: measured.map(Rate::of),
            days: days.iter().map(|(day, meetings)| (day.to_string(), *meetings)).collect(),
            organizers: organizers.iter().map(organizer).collect(),
            input: run.map(|run| Digest::of(&run.input)),
            output: Digest::of(output),
            options: run.map(|run: &Run| Options(&run.options)),
        }
    }
}

impl<'a> Told<'a> {
    fn of(cause: &'a Cause) -> Self {
        let Cause { status, what, mend, paste, rows, records } = cause;
        let paste = Some(paste.as_str()).filter(|paste| !paste.is_empty());
        Self { status: status.as_str(), what, mend, paste, rows: *rows, records }
    }
}

impl Percentiles {
    fn of(latency: &Latency) -> Self {
        let Latency { p50, p90, p95, p99, max } = latency;
        let [p50, p90, p95, p99, max] = [p50, p90, p95, p99, max].map(|took| took.as_secs_f64() * 1000.0);
        Self { p50, p90, p95, p99, max }
    }
}

impl Rate {
    fn of(measured: &Measured) -> Self {
        let span_seconds = measured.over_time.span.as_secs_f64();
        let span = |span: &crate::meter::Span| {
            let requests = u32::try_from(span.requests).map_or(f64::from(u32::MAX), f64::from);
            let per_second = if span_seconds > 0.0 { requests / span_seconds } else { 0.0 };
            Span { per_second, requests: span.requests, throttled: span.throttled, failed: span.failed }
        };
        Self { span_seconds, spans: measured.over_time.spans.iter().map(span).collect() }
    }
}

impl<'a> Digest<'a> {
    fn of(file: &'a File) -> Self {
        let File { name, bytes, sha256 } = file;
        let sha256 = Some(sha256.as_str()).filter(|sha256| !sha256.is_empty());
        Self { name, bytes: sha256.map(|_| *bytes), sha256 }
    }
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// An object whose members are in this order.
fn as_object<S: Serializer>(members: &[(String, u64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
}

fn as_object_of_text<S: Serializer>(members: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
#[cfg(test)]
pub(in crate::publish) use self::tests::a_run;
