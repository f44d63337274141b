//! The program itself, as a user runs it: no ceiling, and everything else as it comes.

use std::fs;
use std::path::Path;
use std::process::Command;

use convoke::sim::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};

use crate::child::{self, Cost};
use crate::simulator::{Seen, Simulator};

/// Runs it once against a new simulator, from its start to its end.
pub(crate) fn run(latency_ms: u64, slots: usize, rows: usize, input: &Path, output: &Path) -> (Cost, Seen) {
    let simulator = Simulator::start(latency_ms);
    let cost = run_at(&simulator.url, slots, input, output);
    (cost, simulator.end(rows))
}

/// Runs it once against whatever is there.
pub(crate) fn run_at(url: &str, slots: usize, input: &Path, output: &Path) -> Cost {
    // Nothing of this machine's environment, and no result of an earlier run.
    let _ = fs::remove_file(output);
    let mut command = Command::new(env!("CARGO_BIN_EXE_convoke"));
    command.env_clear().arg("provision").arg(input).arg("--output").arg(output);
    command.args(["--quiet", "--rate=max", "--graph-url", url, "--login-url", url]);
    command.args(["--concurrency", &slots.to_string()]);
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET);
    child::run(&mut command).1
}
