//! Calendars of the samples: each is rehearsed, its output becomes calendars, and parsers of others read them.
//!
//! The files stay in the tests' folder of `target`, for whoever wants to open them. Without the parsers of
//! `make test-clients` that part is skipped, and that is said.

use std::fs;
use std::io::{Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;

use convoke::input::{Input, Reading};
use convoke::publish::Finished;
use convoke::publish::calendar::{Asked, Calendars, Method, calendar};
use convoke::publish::words::Labels;

use crate::binary::{convoke, sample};
use crate::tidy::root;

/// The zone of the samples that name none.
const ZONE: &str = "Europe/Berlin";

/// Every sheet that there is; the others are outputs.
fn samples() -> Vec<String> {
    let files = fs::read_dir(root().join("samples")).expect("a folder");
    let names = files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
    let samples: Vec<String> = names.filter(|name| !name.contains(".joined.")).collect();
    assert!(samples.len() >= 11, "{samples:?}");
    samples
}

/// Rehearses a sample into a folder of its own, which is empty but for that.
fn rehearsed(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("calendars").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let output = folder.join("joined.csv");
    let input = sample(name);
    let mut command = convoke(["provision", &input, "--rehearse", "--rate=max", "--time-zone", ZONE, "-o"]);
    let run = command.arg(&output).output().expect("it runs");
    assert!(output.exists(), "{name}: {}", String::from_utf8_lossy(&run.stderr));
    folder
}

fn made(folder: &Path, method: Method) -> Calendars {
    let reading = Reading { default_zone: Some(ZONE.to_owned()), ..Reading::default() };
    let source = Input::File(folder.join("joined.csv")).open().expect("an output");
    let finished = Finished::open(source, reading).expect("an output");
    let (dir, feed) = (folder.join("dir"), folder.join("feed.ics"));
    let asked = Asked { dir: Some(&dir), feed: Some(&feed), method };
    let now = "2026-11-22T09:00:00Z".parse().expect("a time");
    calendar(&finished, &asked, Labels::of(None), now).expect("calendars")
}

/// The Python with the parsers, if it is there.
fn python() -> Option<PathBuf> {
    let python = root().join("target/clients/venv/bin/python");
    let has = Command::new(&python).args(["-c", "import icalendar, vobject"]).output();
    has.is_ok_and(|output| output.status.success()).then_some(python)
}

fn check(python: &Path, folder: &Path) {
    let [script, dir, output, feed] = [
        root().join("tests/clients/calendars.py"),
        folder.join("dir"),
        folder.join("joined.csv"),
        folder.join("feed.ics"),
    ];
    let run = Command::new(python).args([script, dir, output, feed]).output().expect("it runs");
    let told = [run.stdout, run.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(run.status.success(), "{}: {told}", folder.display());
}

#[test]
fn the_calendars_of_the_samples_say_to_other_parsers_what_the_output_says() {
    let python = python();
    if python.is_none() {
        let _ = writeln!(
            stderr(),
            "skipped in part: parsers of others, which `make test-clients` puts in target/clients/venv"
        );
    }
    for name in &samples() {
        let folder = rehearsed(name);
        for method in [Method::Publish, Method::Request] {
            let first = made(&folder, method);
            assert!(first.files > 0 && first.feed == Some(first.files) && first.left == 0, "{name}: {first:?}");
            let again = made(&folder, method);
            assert_eq!((again.files, again.unchanged), (first.files, first.files), "{name}: nothing has changed");
            if let Some(python) = &python {
                check(python, &folder);
            }
        }
    }
}
