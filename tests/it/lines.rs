//! What is done with the lines of an output, whichever run wrote it: `cancel` and `verify` through the real program.

use std::fs;
use std::path::Path;
use std::process::Command;

use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Sim, TENANT_ID};

use crate::binary::{convoke, run, write};
use crate::harness::{column, sheet};
use crate::server::Server;

/// The real program pointed at a server.
fn command(server: &Server, at: &Path, args: &[&str]) -> Command {
    let mut command = convoke(args);
    command.current_dir(at).env("CONVOKE_GRAPH_URL", &server.url).env("CONVOKE_LOGIN_URL", &server.url);
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET).env("CONVOKE_LOOKUP", "off").env("CONVOKE_RATE", "max");
    command
}

/// A sheet of so many rows that all want a passcode.
fn passcodes(count: usize) -> String {
    let add =
        |(number, line): (usize, &str)| format!("{line},{}\n", if number == 0 { "requirePasscode" } else { "yes" });
    sheet(count).lines().enumerate().map(add).collect()
}

#[test]
fn lines_of_a_plain_create_are_read_as_such_without_a_word_about_it() {
    let server = Server::of_sim(Sim::new("calm,latency=0".parse().expect("a scenario")));
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    write(at, "in.csv", &passcodes(3));
    let (status, _, stderr) =
        run(&mut command(&server, at, &["provision", "in.csv", "-o", "out.csv", "--plain-create"]));
    assert_eq!(status, Some(0), "{stderr}");
    for more in [&[][..], &["--plain-create"], &["--set", "meetingSpokenLanguageTag=de-DE", "--only", "S-9"]] {
        let args = [&["verify", "out.csv", "-o", "-"], more].concat();
        let (_, stdout, stderr) = run(&mut command(&server, at, &args));
        let expected = if more.len() > 1 { "skipped" } else { "existing" };
        assert_eq!(column(&stdout, "status"), [expected; 3], "{more:?} {stderr} {stdout}");
    }
    let (status, stdout, stderr) = run(&mut command(&server, at, &["cancel", "out.csv", "--only", "S-1"]));
    assert!(status == Some(0) && stdout.contains("S-1  'Sitzung 1, Übung'  "), "{stdout}{stderr}");
}

#[test]
fn a_line_that_is_named_and_has_nothing_to_delete_is_told() {
    let sim = Sim::new("calm,latency=0".parse().expect("a scenario"));
    let (server, directory) = (Server::of_sim(sim.clone()), tempfile::tempdir().expect("a directory"));
    let at = directory.path();
    write(at, "in.csv", &sheet(3));
    assert_eq!(run(&mut command(&server, at, &["provision", "in.csv", "-o", "out.csv", "--limit", "2"])).0, Some(1));
    let text = fs::read_to_string(at.join("out.csv")).expect("an output");
    // Nobody can join by a line without a link.
    write(at, "out.csv", &text.replace(&column(&text, "joinWebUrl")[1], ""));
    let args = ["cancel", "out.csv", "--only", "S-0,S-1,S-2"];
    for yes in [&[][..], &["--yes"]] {
        let (status, stdout, stderr) = run(&mut command(&server, at, &[&args, yes].concat()));
        assert_eq!(status, Some(0), "{stderr}");
        assert!(yes.len() == 1 || stdout.starts_with("1 meeting would be deleted, of 3 lines"), "{stdout}");
        assert!(stderr.contains("S-2 has no meeting that can be deleted (skipped)"), "{stderr}");
        assert!(stderr.contains("S-1 has no meeting that can be deleted (created, and without"), "{stderr}");
        assert!(!stderr.contains("S-0 has no meeting"), "{stderr}");
    }
    assert_eq!(sim.report().meetings_kept, 1);
}

#[test]
fn a_file_that_is_no_output_is_not_written_over() {
    let server = Server::of_sim(Sim::new("calm,latency=0".parse().expect("a scenario")));
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    write(at, "in.csv", &sheet(2));
    assert_eq!(run(&mut command(&server, at, &["provision", "in.csv", "-o", "out.csv"])).0, Some(0));
    for args in [&["cancel", "out.csv", "--only", "S-0"][..], &["verify", "out.csv"]] {
        let (status, _, stderr) = run(&mut command(&server, at, &[args, &["-o", "in.csv"]].concat()));
        assert!(status == Some(2) && stderr.contains("is no output of convoke"), "{args:?}: {stderr}");
        for _ in 0..2 {
            let (status, _, stderr) = run(&mut command(&server, at, &[args, &["-o", "result.csv"]].concat()));
            assert_eq!(status, Some(0), "{args:?}: {stderr}");
        }
    }
    assert_eq!(fs::read_to_string(at.join("in.csv")).expect("the sheet"), sheet(2));
    let (status, _, stderr) = run(&mut command(&server, at, &["cancel", "out.csv", "--only", ""]));
    assert!(status == Some(2) && !stderr.contains("send"), "{stderr}");
}

#[test]
fn an_output_without_organizers_of_its_own_is_looked_at() {
    let server = Server::of_sim(Sim::new("calm,latency=0".parse().expect("a scenario")));
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    write(at, "in.csv", &sheet(2));
    assert_eq!(run(&mut command(&server, at, &["provision", "in.csv", "-o", "out.csv"])).0, Some(0));
    // As that of a run with --me, whose sheet has no such column.
    let text = fs::read_to_string(at.join("out.csv")).expect("an output");
    write(at, "me.csv", &text.replacen("organizerUserId", "note", 1));
    let (status, stdout, stderr) = run(&mut command(&server, at, &["verify", "me.csv", "-o", "-"]));
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&stdout, "status"), ["existing"; 2]);
}

#[test]
fn attendees_whom_the_row_does_not_name_are_no_drift_when_they_are_kept() {
    let server = Server::of_sim(Sim::new("calm,latency=0".parse().expect("a scenario")));
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    let with = |who: &str| {
        let add = |(number, line): (usize, &str)| format!("{line},{}\n", if number == 0 { "" } else { who });
        sheet(2).replace(",attendees", ",old").lines().enumerate().map(add).collect::<String>().replacen(
            ",\n",
            ",attendees\n",
            1,
        )
    };
    write(at, "in.csv", &with("ada@contoso.example; bob@contoso.example"));
    let (status, _, stderr) = run(&mut command(&server, at, &["provision", "in.csv", "-o", "out.csv"]));
    assert_eq!(status, Some(0), "{stderr}");
    let text = fs::read_to_string(at.join("out.csv")).expect("an output");
    write(at, "out.csv", &text.replace("; bob@contoso.example", ""));
    for (more, expected) in [(&[][..], "differs"), (&["--keep-extra-attendees"], "existing")] {
        let (_, stdout, stderr) = run(&mut command(&server, at, &[&["verify", "out.csv", "-o", "-"], more].concat()));
        assert_eq!(column(&stdout, "status"), [expected; 2], "{stdout}{stderr}");
    }
}
