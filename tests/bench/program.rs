//! The program itself, as a user runs it: nothing but the rate and the look-ups are set, and what has to be.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use convoke::sim::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};

use crate::child::{self, Cost};
use crate::simulator::{Seen, Simulator};

/// Runs it once against a new simulator, from its start to its end.
pub(crate) fn run(latency_ms: u64, slots: usize, rows: usize, input: &Path, output: &Path) -> (Cost, Seen) {
    let simulator = Simulator::start(latency_ms);
    let cost = run_at(&simulator.url, slots, input, output);
    (cost, simulator.end_having(rows))
}

/// Runs it once against whatever is there, without a ceiling.
pub(crate) fn run_at(url: &str, slots: usize, input: &Path, output: &Path) -> Cost {
    child::run(&mut command(url, "max", slots, input, output)).1
}

/// How long it takes, in seconds; others may run meanwhile.
pub(crate) fn seconds_at(url: &str, rate: &str, slots: usize, input: &Path, output: &Path) -> f64 {
    let begun = Instant::now();
    let status = command(url, rate, slots, input, output).status().expect("the executable can be started");
    assert!(status.success(), "it ended with {status}");
    begun.elapsed().as_secs_f64()
}

fn command(url: &str, rate: &str, slots: usize, input: &Path, output: &Path) -> Command {
    // Nothing of this machine's environment, and no result of an earlier run.
    let _ = fs::remove_file(output);
    let mut command = Command::new(env!("CARGO_BIN_EXE_convoke"));
    command.env_clear().arg("provision").arg(input).arg("--output").arg(output);
    command.args(["--quiet", "--rate", rate, "--graph-url", url, "--login-url", url]);
    command.args(["--concurrency", &slots.to_string()]);
    // The bare loop looks nobody up, either.
    command.args(["--lookup", "off"]);
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET);
    command
}
