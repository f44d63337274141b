//! The machine that it ran on, as far as it says.

use std::env::consts::{ARCH, OS};
use std::fmt;
use std::fs;
use std::process::Command;
use std::thread::available_parallelism;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

/// What the figures depend on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Machine {
    cpu: String,
    cores: usize,
    memory_mb: Option<u64>,
    system: String,
    rustc: String,
    /// When the run began.
    date: String,
    /// How many processes wanted to run before it began, on average of a minute: what is above 0 is noise.
    load: Option<f64>,
}

impl Machine {
    pub(crate) fn here() -> Self {
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let rustc = Command::new("rustc").arg("--version").output().map(|output| output.stdout).unwrap_or_default();
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let memory = value("/proc/meminfo", "MemTotal");
        Self {
            cpu: value("/proc/cpuinfo", "model name").unwrap_or_else(|| format!("unnamed {ARCH}")),
            cores: available_parallelism().map_or(0, usize::from),
            memory_mb: memory.and_then(|kib| Some(kib.strip_suffix(" kB")?.parse::<u64>().ok()? * 1024 / 1_000_000)),
            system: format!("{OS} {ARCH} {}", kernel.trim()).trim_end().to_owned(),
            rustc: String::from_utf8_lossy(&rustc).trim().to_owned(),
            date: DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Secs, true),
            load: load.split(' ').next().and_then(|load| load.parse().ok()),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cpu, cores, memory_mb, system, rustc, date, load } = self;
        write!(out, "{cpu}, {cores} cores")?;
        if let Some(memory) = memory_mb {
            write!(out, ", {memory} MB")?;
        }
        write!(out, "; {system}; {rustc}; {date}")?;
        load.map_or(Ok(()), |load| write!(out, "; load {load} before the start"))
    }
}

/// The first value of this name in a file of `name: value` lines.
fn value(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| {
        let (own, value) = line.split_once(':')?;
        (own.trim() == name).then(|| value.trim().to_owned())
    })
}
