//! One process and what it cost: wall clock, processor time, peak memory.
//!
//! The system is asked, not the process. Where there is no `/proc` only the clock is read.

use std::fs;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often the peak is read. It only grows, so that nothing but the growth of the last of these is missed.
const GLANCE: Duration = Duration::from_millis(10);
/// `USER_HZ`, in which `/proc` counts processor time; on Linux it has been 100 wherever this program is built.
const TICKS_PER_SECOND: f64 = 100.0;

/// What a process cost from its start to its end.
pub(crate) struct Cost {
    pub(crate) seconds: f64,
    /// Of all its threads, in the system too.
    pub(crate) cpu_seconds: Option<f64>,
    /// The most memory that was resident, in bytes.
    pub(crate) peak: Option<u64>,
}

/// Runs it to its end, which must be a good one, and returns what it wrote to standard output. No other child may end
/// meanwhile.
pub(crate) fn run(command: &mut Command) -> (String, Cost) {
    let before = cpu_seconds_of_children();
    let begun = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the executable can be started");
    let status = format!("/proc/{}/status", child.id());
    let (tell, ended) = channel();
    thread::spawn(move || tell.send((output(child), Instant::now())));
    let mut peak = None;
    let (output, end) = loop {
        peak = peak.max(high_water(&status));
        match ended.recv_timeout(GLANCE) {
            Ok(ended) => break ended,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => unreachable!("it tells before it ends"),
        }
    };
    assert!(output.status.success(), "{command:?} ended with {}", output.status);
    let cpu_seconds = cpu_seconds_of_children().zip(before).map(|(after, before)| after - before);
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    (stdout, Cost { seconds: (end - begun).as_secs_f64(), cpu_seconds, peak })
}

fn output(child: Child) -> Output {
    child.wait_with_output().expect("a child can be waited for")
}

/// The processor time of this process so far, without its children's.
pub(crate) fn cpu_seconds() -> Option<f64> {
    // utime and stime (proc(5)).
    ticks([11, 12])
}

/// That of the children that have ended.
fn cpu_seconds_of_children() -> Option<f64> {
    // cutime and cstime.
    ticks([13, 14])
}

/// Fields of `/proc/self/stat`, counted from behind the name, which may have anything in it.
fn ticks(fields: [usize; 2]) -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let all: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks: Option<f64> = fields.iter().map(|&field| all.get(field)?.parse::<f64>().ok()).sum();
    Some(ticks? / TICKS_PER_SECOND)
}

fn high_water(status: &str) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))?;
    Some(kib.trim().parse::<u64>().ok()? * 1024)
}
