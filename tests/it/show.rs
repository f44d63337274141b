//! The commands that print what helps to make a sheet, through the real program.

use std::fs;
use std::process::{Command, Output, Stdio};

use convoke::input::Column;

fn convoke(args: &[&str]) -> Output {
    let mut convoke = Command::new(env!("CARGO_BIN_EXE_convoke"));
    convoke.args(args).env_clear().stdin(Stdio::null());
    convoke.output().expect("it runs")
}

fn printed(args: &[&str]) -> String {
    let output = convoke(args);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn the_table_of_columns_is_printed() {
    let table = printed(&["columns"]);
    assert!(Column::ALL.into_iter().all(|column| table.contains(&format!("\n{}", column.name()))), "{table}");
}

#[test]
fn the_sheet_to_start_from_is_provisioned_as_it_is() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("course.csv");
    fs::write(&path, printed(&["template"])).expect("a file");
    let output = convoke(&["provision", path.to_str().expect("UTF-8"), "--rehearse", "--rate", "max"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let joined = fs::read_to_string(directory.path().join("course.joined.csv")).expect("an output");
    assert_eq!(joined.matches(",created,").count(), 3, "{joined}");
}

#[test]
fn a_delimiter_that_is_none_is_refused() {
    assert!(printed(&["template", "--delimiter", "semicolon"]).starts_with("externalId;organizerUserId;"));
    let output = convoke(&["template", "--delimiter", "x"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("comma, semicolon, tab or bar"), "{output:?}");
}
