//! The embedded Graph in a process of its own: started, pointed at, ended, and asked what it has seen.
//!
//! Each run gets a new one, since one that has a meeting already answers otherwise, and more quickly.

use std::env;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use convoke::sim::{Latency, Scenario, Sim, serve};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

use crate::cases;
use crate::child::cpu_seconds;

/// The first argument that makes this executable a simulator; the second is its latency in milliseconds, or the number
/// of a case of the throttle table behind a `#`.
pub(crate) const ROLE: &str = "simulate";

/// Answers until its standard input ends, so that it outlives nobody.
pub(crate) fn play(world: &str) {
    let sim = if let Some(number) = world.strip_prefix('#') {
        cases::world(&cases::cases()[number.parse::<usize>().expect("a number")], cases::LATENCY)
    } else {
        let latency = Duration::from_millis(world.parse().expect("a number of milliseconds"));
        Sim::new(Scenario { latency: Latency::Fixed(latency), ..Scenario::calm() })
    };
    // One thread: it is no part of what is measured, and this is how it takes least from what is.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        println!("http://{}", listener.local_addr().expect("an address"));
        let ended = spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new()));
        let stop = async { drop(ended.await) };
        serve(listener, sim.clone(), stop).await.expect("it serves");
    });
    let cpu_seconds = cpu_seconds();
    let report = sim.report();
    let meetings = report.meetings.len();
    let throttled = u32::try_from(report.by_status.get(&429).copied().unwrap_or_default()).expect("few");
    let in_hold = u32::try_from(report.in_hold).expect("few");
    let seen = Seen { requests: report.requests, throttled, in_hold, meetings, cpu_seconds };
    println!("{}", serde_json::to_string(&seen).expect("numbers have a JSON form"));
}

/// What a simulator has seen.
#[derive(Deserialize, Serialize)]
pub(crate) struct Seen {
    /// createOrGet alone.
    pub(crate) requests: u64,
    /// How many were answered 429, and how many came in a time of which a 429 had said "wait".
    pub(crate) throttled: u32,
    pub(crate) in_hold: u32,
    pub(crate) meetings: usize,
    pub(crate) cpu_seconds: Option<f64>,
}

/// A simulator that runs.
pub(crate) struct Simulator {
    pub(crate) url: String,
    child: Child,
    says: BufReader<ChildStdout>,
}

impl Simulator {
    /// Starts one that answers after so many milliseconds.
    pub(crate) fn start(latency_ms: u64) -> Self {
        Self::of(&latency_ms.to_string())
    }

    /// Starts one with the limit of a case of the throttle table.
    pub(crate) fn of_case(number: usize) -> Self {
        Self::of(&format!("#{number}"))
    }

    fn of(world: &str) -> Self {
        let mut command = Command::new(env::current_exe().expect("this executable has a path"));
        command.args([ROLE, world]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("this executable can be started again");
        let mut says = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut url = String::new();
        says.read_line(&mut url).expect("UTF-8");
        Self { url: url.trim_end().to_owned(), child, says }
    }

    /// Ends it. Whatever asked, this many rows must have asked once each, and each must have its meeting.
    pub(crate) fn end_having(self, rows: usize) -> Seen {
        let seen = self.end();
        assert_eq!((seen.requests, seen.meetings), (rows as u64, rows), "rows, requests and meetings are as many");
        seen
    }

    /// Ends it.
    pub(crate) fn end(mut self) -> Seen {
        drop(self.child.stdin.take());
        let mut said = String::new();
        self.says.read_to_string(&mut said).expect("UTF-8");
        assert!(self.child.wait().expect("a child").success(), "the simulator failed");
        serde_json::from_str(&said).expect("what it has seen")
    }
}
