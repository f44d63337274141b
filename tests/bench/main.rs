//! What a run costs, beside what it cannot do without: `make bench`.
//!
//! The program runs as its users run it, in a process of its own, against the embedded Graph in another; in its turn a
//! bare loop of reqwest sends the same requests. Machines differ and are never quiet, so the ratio of the two in one
//! run is the figure that counts. This executable plays all the other roles itself, started again with another first
//! argument. It is no test: a target that is missed is told, and only a run that goes wrong fails.
//!
//! - `speed`, `size`, `start`, `check`, `throttle`: the sections of the table
//! - `program`, `bare`, `simulator`: the three processes; `child`: what one of them cost
//! - `sheet`: what is read and what has to come out; `table`, `machine`: what is told

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a table for people is all that comes of it")]

mod bare;
#[path = "../it/throttle.rs"]
#[expect(dead_code, reason = "its tests are not run here")]
mod cases;
mod check;
mod child;
#[path = "../it/harness.rs"]
#[expect(dead_code, reason = "it can do more than the cases need")]
mod harness;
mod machine;
mod program;
#[path = "../it/schema/mod.rs"]
mod schema;
mod sheet;
mod simulator;
mod size;
mod speed;
mod start;
mod table;
mod throttle;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use machine::Machine;

/// How much is measured.
struct Effort {
    /// A smoke run, whose figures say nothing.
    is_quick: bool,
    /// How often the program and the bare loop take turns.
    rounds: usize,
    /// The timed runs have their rows divided by this.
    divisor: usize,
    /// How many rows the runs have whose memory is measured; each more than the one before.
    sizes: [usize; 3],
    /// How often the program is started to see its first request.
    starts: usize,
}

impl Effort {
    fn of_environment() -> Self {
        let is_quick = env::var("CONVOKE_BENCH_QUICK").is_ok_and(|value| !value.is_empty());
        if is_quick {
            return Self { is_quick, rounds: 1, divisor: 20, sizes: [1_000, 4_000, 12_000], starts: 3 };
        }
        Self { is_quick, rounds: 3, divisor: 1, sizes: [1_000, 100_000, 1_000_000], starts: 11 }
    }
}

/// Where the files are, which go with it.
struct Desk(TempDir);

impl Desk {
    /// On the disk that has the build, since a folder for temporary files may be in memory.
    fn new() -> Self {
        Self(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder below target"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        [simulator::ROLE, world] => simulator::play(world),
        [bare::ROLE, url, input, slots] => bare::play(url, input, slots),
        // Cargo has arguments of its own for a bench.
        _ => measure(),
    }
}

fn measure() {
    let (effort, desk, machine) = (Effort::of_environment(), Desk::new(), Machine::here());
    let figures = [speed::table(&effort, &desk), size::table(&effort, &desk), start::table(&effort, &desk)];
    let figures = [figures.concat(), check::table(&effort, &desk)].concat();
    let limits = throttle::table(&effort, &desk);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench.json");
    fs::write(&path, table::json(&machine, effort.is_quick, &figures, &limits)).expect("the figures can be kept");
    if effort.is_quick {
        println!("A smoke run: everything is measured, too briefly for any figure to mean something.");
    }
    println!("{machine}\n\n{}\n\n{}", table::text(&figures), throttle::text(&limits));
    println!("All figures, round by round: {}", path.display());
}
