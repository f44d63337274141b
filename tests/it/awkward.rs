//! The golden file: everything that is odd in a spreadsheet, and what becomes of it.

use std::fs;

use crate::binary::{convoke, sample};

/// `samples/awkward.joined.csv` is what `convoke provision samples/awkward.csv --rehearse` writes. With
/// `make golden` it is written anew, to be read before it is committed.
#[test]
fn the_awkward_sample_gives_its_golden_output() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = directory.path().join("awkward.joined.csv");
    let input = sample("awkward.csv");
    let run = convoke(["provision", &input, "--rehearse", "--rate=max", "-o"]).arg(&output).output().expect("it runs");
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    let got = fs::read_to_string(&output).expect("UTF-8");
    let golden = sample("awkward.joined.csv");
    if std::env::var_os("CONVOKE_GOLDEN").is_some_and(|word| word == "write") {
        fs::write(&golden, &got).expect("samples can be written");
    }
    let want = fs::read_to_string(&golden).expect("the golden file");
    for (number, (got, want)) in got.lines().zip(want.lines()).enumerate() {
        assert_eq!(got, want, "line {}", number + 1);
    }
    assert_eq!(got, want);
}
