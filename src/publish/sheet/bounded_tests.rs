//! What the recipients of a large output take of memory, in a process of their own.

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use super::tests::{output, place};
use super::{RecipientsForm, recipients};
use crate::input::{Input, Reading};
use crate::publish::Finished;
use crate::publish::words::Texts;

/// Where the child finds the output.
const OUTPUT: &str = "CONVOKE_TEST_OUTPUT";
const ROWS: u64 = 100_000;
/// Of which some 15 MB are those of who was told, and of the meetings that were seen.
const RESIDENT_MAX: u64 = 64 << 20;

/// The most that was resident in this process, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has it");
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.trim().parse::<u64>().ok()).expect("Linux has it") * 1024
}

fn write(path: &Path) {
    let one = output(&[vec![("attendees", "ADA"), ("externalId", "ID"), ("note", &"x".repeat(200))]]);
    let one = String::from_utf8(one).expect("UTF-8");
    let (header, line) = one.split_once('\n').expect("a header");
    let mut file = std::io::BufWriter::new(fs::File::create(path).expect("a file"));
    writeln!(file, "{header}").expect("a file");
    for row in 1..=ROWS {
        let people = format!("Ada {row} <ada{row}@x.example>;bo@x.example;cy@x.example");
        write!(file, "{}", line.replace("ADA", &people).replace("ID,", &format!("A-{row},"))).expect("a file");
    }
}

#[test]
fn the_recipients_of_a_hundred_thousand_rows_take_bounded_memory() {
    if let Some(path) = env::var_os(OUTPUT) {
        let source = Input::File(path.clone().into()).open().expect("a file");
        let finished = Finished::open(source, Reading::default()).expect("an output");
        let product = Path::new(&path).with_extension("recipients.csv");
        let form = RecipientsForm::default();
        let made = recipients(&finished, &product, form, false, |_, _| Texts::default()).expect("it is written");
        assert_eq!(made.lines, 3 * ROWS);
        assert!(peak() < RESIDENT_MAX, "{} bytes were resident", peak());
        return;
    }
    let (_directory, path) = place("out.csv");
    write(&path);
    let own = env::current_exe().expect("a program has a path");
    let name = "publish::sheet::bounded_tests::the_recipients_of_a_hundred_thousand_rows_take_bounded_memory";
    let child = Command::new(own).args(["--exact", name]).env(OUTPUT, &path).output().expect("it runs");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
}
