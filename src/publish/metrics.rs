//! Metrics: how the last run went, for the textfile collector of Prometheus' node exporter (text format 0.0.4).
//!
//! Every series has the output's path as a label: the collector reads a folder with the files of several jobs, and two of
//! them with the same series would spoil them all. There is no link and no name of a person in it, so that anybody may read
//! it; all are gauges, since they are of the last run and begin anew with the next.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};

use super::report::{Facts, Run};
use super::{Draft, Made};
use crate::exit;
use crate::outcome::Status;

const LAST_SUCCESS: &str = "convoke_last_success_timestamp_seconds";
/// A file that is longer is not one that was written here.
const FILE_MAX: u64 = 1 << 20;

/// Writes the metrics. The time of the last success moves with a success alone; otherwise it is what the file that is there
/// says.
pub fn metrics(facts: &Facts, path: &Path) -> Result<Made> {
    let is_success = |run: &&Run| run.exit_status == exit::ALL_AS_ASKED;
    let label = label(facts);
    let now = facts.run.as_ref().filter(is_success).map(|run| seconds(run.ended()));
    let text = text(facts, &label, now.or_else(|| kept(path, &label)).as_deref());
    let mut draft = Draft::public(path).context("it cannot be written there")?;
    draft.write_all(text.as_bytes())?;
    draft.finish()?;
    Ok(Made { lines: facts.rows(), notices: Vec::new() })
}

/// What tells this job from others on the machine.
fn label(facts: &Facts) -> String {
    let input = facts.run.as_ref().map(|run| run.input.name.as_str());
    let name = match facts.run.as_ref().map_or(facts.output.name.as_str(), |run| &run.job) {
        "standard output" => {
            return format!("output=\"{}\"", escaped(&format!("standard output for {}", input.unwrap_or_default())));
        }
        name => name,
    };
    let whole = std::path::absolute(name).map_or_else(|_| name.to_owned(), |path| path.display().to_string());
    format!("output=\"{}\"", escaped(&whole))
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// The time of the last success that the file has; nothing when there is no such file, or it is not to be understood.
fn kept(path: &Path, label: &str) -> Option<String> {
    if std::fs::metadata(path).ok()?.len() > FILE_MAX {
        return None;
    }
    let text = std::fs::read(path).ok()?;
    let begins = format!("{LAST_SUCCESS}{{{label}}} ");
    let text = String::from_utf8_lossy(&text).into_owned();
    let value = text.lines().find_map(|line| line.strip_prefix(&begins))?.split_whitespace().next()?.to_owned();
    value.parse::<f64>().is_ok_and(f64::is_finite).then_some(value)
}

fn seconds(time: DateTime<Utc>) -> String {
    format!("{}.{:03}", time.timestamp(), time.timestamp_subsec_millis())
}

/// Text that grows by one metric after the other.
struct Metrics<'a> {
    text: String,
    label: &'a str,
}

impl Metrics<'_> {
    /// A metric with its series, each with a label of its own or none.
    fn gauge<'a>(&mut self, name: &str, help: &str, series: impl IntoIterator<Item = (&'a str, String)>) {
        let _ = write!(self.text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
        for (own, value) in series {
            let comma = if own.is_empty() { "" } else { "," };
            let _ = writeln!(self.text, "{name}{{{}{comma}{own}}} {value}", self.label);
        }
    }

    fn one(&mut self, name: &str, help: &str, value: &impl ToString) {
        self.gauge(name, help, [("", value.to_string())]);
    }
}

fn text(facts: &Facts, label: &str, last_success: Option<&str>) -> String {
    let mut metrics = Metrics { text: String::new(), label };
    let statuses = Status::ALL.map(|status| format!("status=\"{}\"", status.as_str()));
    let rows = statuses.iter().zip(facts.counts).map(|(status, rows)| (status.as_str(), rows.to_string()));
    metrics.gauge("convoke_rows", "Rows of the output, by how they ended.", rows);
    if let Some(run) = &facts.run {
        of_run(&mut metrics, run);
    }
    if let Some(time) = last_success {
        metrics.one(LAST_SUCCESS, "When the last run ended in which every row got its meeting as asked.", &time);
    }
    metrics.text
}

fn of_run(metrics: &mut Metrics<'_>, run: &Run) {
    let measured = &run.measured;
    metrics.one("convoke_requests", "Requests for meetings, repetitions included.", &measured.requests);
    metrics.one("convoke_retries", "Requests that were repetitions.", &measured.retries);
    metrics.one("convoke_throttled_requests", "Requests that were told to wait.", &measured.throttled);
    metrics.one(
        "convoke_throttled_seconds",
        "Time in which everybody was held by throttling.",
        &run.held.as_secs_f64(),
    );
    metrics.one("convoke_look_ups", "Names that were looked up in the directory.", &run.look_ups);
    if measured.requests > 0 {
        let latency = &measured.latency;
        let percentiles =
            [("50", latency.p50), ("90", latency.p90), ("95", latency.p95), ("99", latency.p99), ("100", latency.max)];
        let percentiles =
            percentiles.map(|(of, took)| (format!("percentile=\"{of}\""), took.as_secs_f64().to_string()));
        let series = percentiles.iter().map(|(own, took)| (own.as_str(), took.clone()));
        metrics.gauge(
            "convoke_request_latency_seconds",
            "What so many of a hundred requests took at the most.",
            series,
        );
    }
    metrics.one("convoke_run_duration_seconds", "How long the run took.", &run.took.as_secs_f64());
    metrics.one("convoke_run_complete", "Whether every row has its line.", &u8::from(run.complete));
    metrics.one("convoke_rehearsal", "Whether nothing real was made.", &u8::from(run.rehearsal));
    metrics.one("convoke_last_run_timestamp_seconds", "When the run ended.", &seconds(run.ended()));
    metrics.one("convoke_last_run_exit_status", "The exit status of the run.", &run.exit_status);
}

#[cfg(test)]
#[path = "metrics_tests.rs"]
mod tests;
