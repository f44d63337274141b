//! The commands that print what helps to make a sheet, through the real program; and what the README says of columns.

use std::fs;
use std::process::{Command, Output, Stdio};

use convoke::input::Column;
use convoke::meeting::Setting;

use crate::tidy::{check_table, none, root};

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

#[test]
fn the_readme_says_of_every_column_what_the_program_says() {
    check_table("| Setting", &Setting::ALL.map(Setting::name));
    let readme = fs::read_to_string(root().join("README.md")).expect("UTF-8");
    let lacking = Column::ALL.into_iter().filter_map(|column| {
        let [clear, vague] = [column.aliases().collect::<Vec<_>>(), column.vague_aliases().collect()];
        let vague = Some(vague.join(", ")).filter(|vague| !vague.is_empty()).map(|vague| format!("*{vague}*"));
        let called = clear.into_iter().map(str::to_owned).chain(vague).collect::<Vec<_>>().join(", ");
        let needed =
            if matches!(column, Column::Setting(_)) { String::new() } else { format!(" {} |", column.needed()) };
        let row = format!("| `{}` |{needed} {} | {called} |", column.name(), column.holds());
        (!readme.lines().any(|line| line == row)).then(|| format!("README.md:1: write this row: {row}"))
    });
    none(lacking.collect());
}
