//! Meetings whose rows leave the sheet, week after week, through the real program: none is lost, and each can be cancelled.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Scenario, Sim, TENANT_ID};

use crate::binary::{convoke, convoke_at, run, write};
use crate::harness::{column, sheet};
use crate::server::Server;

/// A world and a folder; the first week's sheet of so many rows is in it and provisioned.
fn world(rows: usize) -> (Sim, Server, tempfile::TempDir) {
    let sim = Sim::new(Scenario::calm());
    let (server, directory) = (Server::of_sim(sim.clone()), tempfile::tempdir().expect("a directory"));
    let said = week(&server, directory.path(), &sheet(rows), &[]);
    assert!(!said.contains("in no row any more") && !left(directory.path()).exists(), "{said}");
    (sim, server, directory)
}

/// The sheet as it is this week, provisioned; gives what was said.
fn week(server: &Server, at: &Path, sheet: &str, args: &[&str]) -> String {
    write(at, "course.csv", sheet);
    let (status, _, stderr) = run(convoke_at(server, &["course.csv"]).args(args).current_dir(at));
    assert_eq!(status, Some(0), "{stderr}");
    stderr
}

fn left(at: &Path) -> std::path::PathBuf {
    at.join("course.joined.left.csv")
}

/// One column of the file of those that left.
fn kept(at: &Path, name: &str) -> Vec<String> {
    column(&fs::read_to_string(left(at)).expect("the file"), name)
}

fn cancel(server: &Server, at: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = convoke(["cancel", "--graph-url", &server.url, "--login-url", &server.url, "--rate=max"]);
    command.args(args).current_dir(at).env("CONVOKE_LOOKUP", "off");
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    run(command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET))
}

/// The rows without some.
fn without(rows: usize, gone: &[usize]) -> String {
    let sheet = sheet(rows);
    let is_there = |line: &&str| !gone.iter().any(|number| line.starts_with(&format!("S-{number},")));
    sheet.lines().filter(is_there).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn what_leaves_in_three_weeks_is_kept_until_it_is_back_and_cancelled_exactly() {
    let (sim, server, directory) = world(30);
    let at = directory.path();
    let first = fs::read_to_string(at.join("course.joined.csv")).expect("the output");
    let said = week(&server, at, &without(30, &[3, 4]), &[]);
    let words = "2 meetings of the earlier output are in no row any more; they are kept in course.joined.left.csv: convoke \
                 cancel course.joined.left.csv --missing-from course.csv shows them, and with --yes deletes them";
    assert!(said.contains(words), "{said}");
    assert_eq!(kept(at, "externalId"), ["S-3", "S-4"]);
    for name in ["subject", "startDateTime", "endDateTime", "joinWebUrl", "meetingId", "organizerId", "status"] {
        assert_eq!(kept(at, name), column(&first, name)[3..5], "{name}");
    }
    assert_eq!(kept(at, "organizerUserId"), column(&first, "organizerId")[3..5]);
    assert_eq!(kept(at, "record"), ["1", "2"]);
    assert_eq!(fs::metadata(left(at)).expect("the file").permissions().mode() & 0o777, 0o600);

    // Nothing has changed: the file is not touched.
    let written = || fs::metadata(left(at)).expect("the file").modified().expect("a time");
    let before = written();
    let said = week(&server, at, &without(30, &[3, 4]), &[]);
    assert!(!said.contains("in no row any more") && written() == before, "{said}");

    // A row with flaws is there, and so are those that are not sent.
    let third = without(30, &[4, 5, 20]).replacen("2027-02-01T08:00:00Z", "soon", 1);
    write(at, "course.csv", &third);
    let (status, _, said) = run(convoke_at(&server, &["course.csv"]).current_dir(at));
    assert!(status == Some(1) && said.contains("2 meetings of the earlier output"), "{said}");
    assert_eq!(kept(at, "externalId"), ["S-4", "S-5", "S-20"], "S-3 is back");
    let third = without(30, &[4, 5, 20]);
    let some = ["course.csv", "--only=S-7", "--limit=9"];
    write(at, "course.csv", &third);
    let (status, _, said) = run(convoke_at(&server, &some).current_dir(at));
    assert!(status == Some(1) && !said.contains("in no row any more"), "{said}");
    week(&server, at, &third, &[]);
    assert_eq!(kept(at, "externalId"), ["S-4", "S-5", "S-20"]);

    // The output says that there are more, and its own file can be cancelled though the sheet has none of it.
    write(at, "course.csv", &without(30, &[4, 5, 20, 21]));
    for yes in [&[][..], &["--yes"]] {
        let args = [&["course.joined.csv", "--missing-from", "course.csv"], yes].concat();
        let (status, _, stderr) = cancel(&server, at, &args);
        let words = "3 meetings whose rows left the sheet in earlier runs are in course.joined.left.csv; convoke cancel \
                     course.joined.left.csv --missing-from course.csv shows";
        assert!(status == Some(0) && stderr.contains(words), "{status:?} {stderr}");
    }
    assert_eq!(sim.report().meetings_kept, 29);
    let args = ["course.joined.left.csv", "--missing-from", "course.csv"];
    let (status, stdout, stderr) = cancel(&server, at, &args);
    assert!(status == Some(0) && stdout.starts_with("3 meetings would be deleted, of 3 lines"), "{stdout}{stderr}");
    assert!(stdout.contains("S-20  'Sitzung 20, Übung'  2027-02-21T08:00:00Z"), "{stdout}");
    let (status, _, stderr) = cancel(&server, at, &[&args[..], &["--yes"]].concat());
    assert!(status == Some(0) && stderr.contains("3 rows: 3 cancelled"), "{stderr}");
    assert_eq!(sim.report().meetings_kept, 26);

    // What was deleted is kept no more: not what was in the file, and not what was chosen in the output.
    let (_, _, stderr) = cancel(&server, at, &["course.joined.csv", "--missing-from", "course.csv"]);
    assert!(!stderr.contains("earlier runs"), "{stderr}");
    let said = week(&server, at, &without(30, &[4, 5, 20, 21]), &[]);
    assert!(!said.contains("in no row any more") && !left(at).exists(), "{said}");
    assert_eq!(column(&fs::read_to_string(at.join("course.joined.csv")).expect("it"), "status"), ["existing"; 26]);
    assert_eq!(sim.report().meetings_kept, 26);
}

#[test]
fn a_file_that_cannot_be_written_leaves_the_earlier_output_in_its_place() {
    let (_, server, directory) = world(5);
    let at = directory.path();
    write(at, "course.joined.left.csv", "room,seats\nR,30\n");
    write(at, "course.csv", &without(5, &[2]));
    let (status, _, stderr) = run(convoke_at(&server, &["course.csv"]).current_dir(at));
    assert!(
        status == Some(5) && stderr.contains("course.joined.left.csv") && stderr.contains("move it away"),
        "{stderr}"
    );
    assert_eq!(column(&fs::read_to_string(at.join("course.joined.csv")).expect("it"), "externalId").len(), 5);
    fs::remove_file(left(at)).expect("a file");
    // The same command goes on where it stopped.
    let said = week(&server, at, &without(5, &[2]), &[]);
    assert!(said.contains("1 meeting of the earlier output is in no row any more; it is kept in"), "{said}");
    assert_eq!(kept(at, "externalId"), ["S-2"]);
}

#[test]
fn a_rehearsal_and_a_wrong_sheet_are_kept_apart_from_real_meetings() {
    let (sim, server, directory) = world(5);
    let at = directory.path();
    week(&server, at, &without(5, &[2]), &[]);
    let before = fs::read(left(at)).expect("the file");
    for name in ["a.csv", "b.csv"] {
        write(at, "course.csv", &without(5, &[if name == "a.csv" { 1 } else { 3 }]));
        let args = ["provision", "course.csv", "--rehearse", "--rate=max", "-o", "rehearsal.csv"];
        assert_eq!(run(convoke(args).current_dir(at)).0, Some(0));
        assert!(!at.join("rehearsal.left.csv").exists() && fs::read(left(at)).expect("the file") == before);
    }
    write(at, "other.csv", &sheet(5).replace("S-", "T-"));
    let (status, _, stderr) = cancel(&server, at, &["course.joined.csv", "--missing-from", "other.csv", "--yes"]);
    assert!(status == Some(2) && stderr.contains("not one of the 4 meetings"), "{stderr}");
    let (status, _, stderr) =
        run(convoke_at(&server, &["course.joined.left.csv", "-o", "course.joined.csv"]).current_dir(at));
    assert!(status == Some(2) && stderr.contains("is the file in which meetings are kept"), "{stderr}");
    assert_eq!(sim.report().meetings_kept, 5);
}

#[test]
fn a_sheet_with_columns_of_its_own_is_held_against_the_file_all_the_same() {
    let sim = Sim::new(Scenario::calm());
    let (server, directory) = (Server::of_sim(sim.clone()), tempfile::tempdir().expect("a directory"));
    let (at, map) = (directory.path(), "externalId=Kurs");
    let named = |sheet: String| sheet.replacen("externalId,", "Kurs,", 1);
    week(&server, at, &named(sheet(5)), &["--map", map]);
    let said = week(&server, at, &named(without(5, &[2])), &["--map", map]);
    assert!(said.contains("--missing-from course.csv --map externalId=Kurs shows it"), "{said}");
    week(&server, at, &named(without(5, &[2, 3])), &["--map", map]);
    assert_eq!(kept(at, "externalId"), ["S-2", "S-3"]);
    let args = ["course.joined.left.csv", "--missing-from", "course.csv", "--map", map, "--yes"];
    let (status, _, stderr) = cancel(&server, at, &args);
    assert!(status == Some(0) && stderr.contains("2 rows: 2 cancelled"), "{stderr}");
    assert_eq!(sim.report().meetings_kept, 3);
}
