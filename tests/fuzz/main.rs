//! Bytes to rows, whatever the bytes: no panic, no hang, and no more memory than ten times the input.
//!
//! A harness of its own that runs on the stable toolchain. It makes inputs of the samples, of the wrong sheets of
//! `tests/wrong` and of pieces of spreadsheets, reads each to the end as `check` and `provision` do, and keeps those that
//! were understood in a way not seen before, to make others of them. With a seed the sequence is the same in every run.
//!
//! `CONVOKE_FUZZ_SECONDS` is how long it goes on (20 unless told), `CONVOKE_FUZZ_SEED` where it begins.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a test program of its own tells what it found")]

mod book;
mod change;
mod look;

use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;

use self::change::Maker;
use self::look::{Seen, look, watch_for_hangs};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What an input may take of memory beyond what does not depend on it: ten times its own length.
const TIMES_MAX: usize = 10;
/// What does not grow with it: buffers, the zones that were met, and what is made of the widest header that is taken,
/// 16,384 columns at some 120 bytes.
const BASE: usize = 4 << 20;
/// How long one input may take; the longest are a megabyte.
const ONE_MAX: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    // Cargo's own words for test programs, like --list, ask for nothing here.
    if env::args().any(|word| word == "--list") {
        return ExitCode::SUCCESS;
    }
    let number = |name: &str, otherwise| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (seconds, from) = (number("CONVOKE_FUZZ_SECONDS", 20), number("CONVOKE_FUZZ_SEED", 1));
    let (mut maker, mut seen) = (Maker::new(seeds(), from), Seen::default());
    let under_way = watch_for_hangs(ONE_MAX, save);
    let (begun, mut inputs) = (Instant::now(), 0_u64);
    while begun.elapsed() < Duration::from_secs(seconds) {
        let (input, how) = maker.next();
        inputs += 1;
        under_way.begin(&input);
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let looked = catch_unwind(AssertUnwindSafe(|| look(&input, how)));
        let took = MEMORY.peak_usage().saturating_sub(before);
        under_way.end();
        let Ok(signature) = looked else { return fail(&input, how, inputs, from, "it panics") };
        if took > BASE + TIMES_MAX * input.len() {
            let what = format!("it takes {took} bytes of memory, and has {} itself", input.len());
            return fail(&input, how, inputs, from, &what);
        }
        if seen.is_new(signature) {
            maker.keep(input, how);
        }
    }
    println!(
        "fuzz: {inputs} inputs in {seconds} s, {} ways of being understood, seed {from}: nothing wrong",
        seen.len()
    );
    ExitCode::SUCCESS
}

/// The samples and the wrong sheets, to begin with.
fn seeds() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> =
        ["samples", "tests/wrong"].iter().flat_map(|folder| files(&root.join(folder))).collect();
    files.sort();
    files.retain(|file| file.extension().is_none_or(|ending| ending != "told"));
    files.iter().filter_map(|file| fs::read(file).ok()).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn fail(input: &[u8], how: u64, number: u64, seed: u64, what: &str) -> ExitCode {
    let path = save(input);
    eprintln!("fuzz: input {number} of seed {seed}, read in way {how}, is in {}: {what}", path.display());
    ExitCode::FAILURE
}

/// Keeps an input that something is wrong with.
fn save(input: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz-input");
    fs::write(&path, input).expect("room for the input");
    path
}
