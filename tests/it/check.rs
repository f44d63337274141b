//! `convoke check`: the real program, what it says of a sheet and what it exits with.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::binary::{convoke, run, sample, write};
use crate::harness::organizer;

const HEADER: &str = "externalId,organizerUserId,subject,startDateTime,endDateTime,timeZone\n";

#[test]
fn a_clean_sheet_is_told_in_a_few_lines_with_what_to_do_next() {
    let (status, stdout, stderr) = run(&mut convoke(["check", &sample("course.csv"), "--rate", "5"]));
    assert_eq!((status, stderr.as_str()), (Some(0), ""), "{stdout}");
    for words in [
        "course.csv: 365 rows, all ready\n",
        "\n  meetings    365\n",
        "\n  organizers  12\n",
        "2027-02-01 to 2027-05-07 in Europe/Berlin (296 rows)\n",
        "in America/New_York (62 rows)\n",
        "\n  time        about 1 min 13 s at 5 meetings per second (--rate)\n",
        "\n  read as     UTF-8, with a comma between two cells\n",
    ] {
        assert!(stdout.contains(words), "{words:?} is not in\n{stdout}");
    }
    let end = format!(
        "\nNothing is wrong: this makes the meetings:\n\n  convoke provision {} --rate 5\n",
        sample("course.csv")
    );
    assert!(stdout.ends_with(&end), "{stdout}");
    assert_eq!(
        fs::read_dir(sample("")).expect("samples").filter(|entry| is_output(entry.as_ref().expect("a file"))).count(),
        1
    );
}

fn is_output(entry: &fs::DirEntry) -> bool {
    entry.file_name().to_string_lossy().contains(".joined.")
}

#[test]
fn flaws_are_drawn_by_kind_the_most_frequent_first() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut sheet = HEADER.to_owned();
    sheet.push_str("A-0,o,S,2027-02-30T09:00,,Europe/Berlin\n");
    for n in 1..=12 {
        writeln!(sheet, "A-{n},,S,2027-02-03T09:00,,Europe/Berlin").expect("memory");
    }
    sheet.push_str("A-13,o,S,2027-02-03T09:00,,Europe/Berlin\n");
    let input = write(directory.path(), "in.csv", &sheet);
    let (status, stdout, _) = run(&mut convoke(["check", &input]));
    assert_eq!(status, Some(1), "{stdout}");
    assert!(stdout.contains("in.csv: 14 rows: 1 ready, 13 with flaws\n"), "{stdout}");
    let places = ["12 rows: the organizer is empty", "and 2 more like these, in records 12, 13\n", "1 row: "];
    let places = places.map(|words| stdout.find(words).unwrap_or_else(|| panic!("{words} is not in\n{stdout}")));
    assert!(places.is_sorted(), "{stdout}");
    let picture = "  A-1        │                 │ S       │ … \n               ^\n".replace("… \n", "…\n");
    assert!(stdout.contains(&picture), "{stdout}");
    assert!(
        stdout.ends_with("Mend these 13 rows and run the same command again; provision would send the other 1 only. To see\nevery flaw, add --all.\n"),
        "{stdout}"
    );
    let (_, all, _) = run(convoke(["check", &input]).env("CONVOKE_ALL", "1"));
    assert_eq!((stdout.matches("Mend: ").count(), all.matches("Mend: ").count()), (11, 13), "{all}");
}

#[test]
fn the_last_line_is_a_command_that_a_shell_takes_though_warnings_come_first() {
    let directory = tempfile::tempdir().expect("a directory");
    let who = organizer(1);
    let sheet = format!("externalId;organizerUserId;subject;Begin of it\nA;{who};S;03/02/2020 09:00\n");
    let input = write(directory.path(), "it's $5.csv", &sheet);
    let options = ["--dates", "dmy", "--time-zone", "W. Europe Standard Time", "--map", "startDateTime=Begin of it"];
    let (status, stdout, _) = run(convoke(["check", &input]).args(options));
    assert!(status == Some(0) && stdout.contains("a meeting in the past"), "{stdout}");
    assert!(
        stdout.contains("\nNo row has a flaw. If what is warned of is meant, this makes the meetings:\n\n"),
        "{stdout}"
    );
    let last = stdout.lines().last().expect("a line").trim_start();
    let command = last.replacen("convoke", env!("CARGO_BIN_EXE_convoke"), 1) + " --rehearse --rate max";
    let (status, _, stderr) = run(std::process::Command::new("sh").args(["-c", &command]).env_clear());
    assert_eq!(status, Some(0), "{command}: {stderr}");
}

#[test]
fn what_cannot_be_read_is_one_clear_error() {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, sheet, words) in
        [("a.csv", "who,what\nA,B\n", "there is no column externalId"), ("b.csv", "", "the input is empty")]
    {
        let input = write(directory.path(), name, sheet);
        let (status, stdout, stderr) = run(&mut convoke(["check", &input]));
        assert_eq!((status, stdout.as_str()), (Some(3), ""), "{stderr}");
        assert!(stderr.contains(words) && stderr.lines().count() == 1, "{stderr}");
    }
    assert_eq!(run(&mut convoke(["check", "no-such.csv"])).0, Some(3));
    assert_eq!(run(&mut convoke(["check", &sample("course.csv"), "--rate", "fast"])).0, Some(2));
}

#[test]
fn json_is_one_object_for_each_flaw_and_the_rest_goes_to_standard_error() {
    let awkward = sample("awkward.csv");
    let (status, stdout, stderr) = run(&mut convoke(["check", &awkward, "--format", "json", "--log-format", "json"]));
    assert_eq!(status, Some(1), "{stderr}");
    let bytes = fs::read(&awkward).expect("a sample");
    let items: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let members: Vec<&String> = items[0].as_object().expect("an object").keys().collect();
    assert_eq!(members.len(), 17, "{members:?}");
    let number = |value: &Value| usize::try_from(value.as_u64().expect("a number")).expect("small");
    let mut found = 0;
    for item in items.iter().filter(|item| item["cell"].is_null() && item["part"].is_object()) {
        let (start, length) = (number(&item["byteOffset"]), number(&item["byteLength"]));
        let part = number(&item["part"]["start"])..number(&item["part"]["end"]);
        let value = item["value"].as_str().expect("a text")[part].as_bytes();
        // A quotation mark in a cell is two in the file.
        if !value.contains(&b'"') {
            assert_eq!(&bytes[start..start + length], value, "{item}");
            found += 1;
        }
    }
    assert!(found > 15, "{found}");
    let skipped = items.iter().find(|item| item["record"] == 20).expect("record 20");
    assert_eq!((&skipped["line"], &skipped["severity"]), (&25.into(), &"flaw".into()));
    assert!(items.iter().any(|item| item["severity"] == "warning"));
    let summary: Value = serde_json::from_str(stderr.lines().last().expect("a summary")).expect("JSON");
    assert_eq!((&summary["rows"], &summary["flawed"]), (&30.into(), &20.into()));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut sheet = HEADER.to_owned();
    for n in 0..20_000 {
        writeln!(sheet, "A-{n},,S,2027-02-30T09:00,,Europe/Berlin").expect("memory");
    }
    let input = write(directory.path(), "in.csv", &sheet);
    for (form, status) in [("text", 1), ("json", 5)] {
        let mut command = convoke(["check", &input, "--all", "--format", form]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*stderr), (Some(status), ""), "{form}");
    }
}

#[test]
fn standard_input_is_read_like_a_file() {
    let mut child = convoke(["check", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let rows = "A,o,S,2027-02-03T09:00:00Z,,\nA,o,T,2027-02-03T09:00:00Z,,\n";
    child.stdin.take().expect("a pipe").write_all(format!("{HEADER}{rows}").as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    assert!(
        stdout.contains("standard input, record 2 (line 3)\n") && stdout.contains("record 1 has 'S' here"),
        "{stdout}"
    );
}

#[test]
fn provision_draws_the_same_and_strict_refuses_to_start() {
    let directory = tempfile::tempdir().expect("a directory");
    let input =
        write(directory.path(), "in.csv", &format!("{HEADER}A,o,S,2027-02-30T09:00,,Europe/Berlin\nB,o,S,,,\n"));
    let (_, checked, _) = run(&mut convoke(["check", &input]));
    let from = checked.find("  externalId").expect("a picture");
    let picture = checked[from..].split("\n\n").next().expect("a picture");
    let command = ["provision", &input, "--rehearse", "--rate=max", "-o", "-"];
    let (status, _, stderr) = run(&mut convoke(command));
    assert!(status == Some(1) && stderr.contains(picture), "{stderr}");
    let (status, stdout, stderr) = run(convoke(command).arg("--strict"));
    assert_eq!((status, stdout.as_str()), (Some(3), ""));
    assert!(stderr.contains(picture) && stderr.contains("--strict: 1 row of"), "{stderr}");
    let (_, _, stderr) = run(convoke(command).args(["--strict", "--log-format=json"]));
    let event: Value = serde_json::from_str(stderr.lines().next().expect("an event")).expect("JSON");
    assert_eq!((&event["record"], &event["line"], &event["column"]), (&1.into(), &2.into(), &"startDateTime".into()));
}
