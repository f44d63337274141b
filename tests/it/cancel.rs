//! `convoke cancel`: what is chosen is deleted and nothing else, whatever happens to the line, the answer and the process.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::rc::Rc;

use convoke::action::{Action, Cancel};
use convoke::choice::{Chosen, Meant};
use convoke::outcome::Status;
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Report, Sim, TENANT_ID};
use http::Method;

use crate::binary::{convoke, run, write};
use crate::harness::{How, Ran, column, organizer, provision_now, reply, rows, sheet};
use crate::server::Server;

/// A world in which so many rows have their meetings, and the output that says so.
async fn world(scenario: &str, count: usize) -> (Sim, String) {
    let sim = Sim::new(scenario.parse().expect("a scenario"));
    let made = provision_now(&sim, &sheet(count), How::default()).await;
    assert_eq!(made.column("status"), vec!["created"; count]);
    (sim, made.output)
}

/// Deletes those that are meant, without sockets and in virtual time.
async fn cancel(sim: &Sim, output: &str, meant: Meant) -> Ran {
    let chosen = Rc::new(Chosen::open(&meant, rows(output, false)).expect("an output"));
    provision_now(sim, output, How { action: Action::Cancel(Cancel { chosen }), ..How::default() }).await
}

fn only(ids: &[&str]) -> Meant {
    Meant { only: Some(ids.iter().map(|id| (*id).to_owned()).collect()), ..Meant::default() }
}

fn every() -> Meant {
    Meant { statuses: Some(vec![Status::Created]), ..Meant::default() }
}

/// How often a path was answered so.
fn answered(report: &Report, path: &str, status: u16) -> u64 {
    report.by_path.get(path).and_then(|by| by.get(&status)).copied().unwrap_or_default()
}

const NO_MEETING: &str = r#"{"error":{"code":"NotFound","message":"Meeting not found"}}"#;
const DELETE: &str = "DELETE /users/{id}/onlineMeetings/{id}";
const GET: &str = "GET /users/{id}/onlineMeetings/{id}";

/// A text with one cell changed, by record and column.
fn with_cell(text: &str, record: usize, name: &str, cell: &str) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut place = 0;
    for (number, line) in reader.records().enumerate() {
        let line = line.expect("a record");
        if number == 0 {
            place = line.iter().position(|own| own == name).expect("a column");
        }
        let cells = line.iter().enumerate().map(|(at, own)| if (number, at) == (record, place) { cell } else { own });
        writer.write_record(cells).expect("memory takes everything");
    }
    String::from_utf8(writer.into_inner().expect("memory takes everything")).expect("UTF-8")
}

#[tokio::test(start_paused = true)]
async fn exactly_those_that_are_chosen_are_deleted_and_their_lines_keep_what_they_had() {
    let (sim, output) = world("calm", 30).await;
    let ran = cancel(&sim, &output, only(&["S-3", "S-29"])).await;
    let expected: Vec<&str> = (0..30).map(|row| if [3, 29].contains(&row) { "cancelled" } else { "skipped" }).collect();
    assert_eq!(ran.column("status"), expected);
    let report = sim.report();
    assert_eq!((report.meetings_kept, answered(&report, DELETE, 204), answered(&report, GET, 200)), (28, 2, 2));
    for name in ["joinWebUrl", "meetingId", "organizerId", "meetingStart", "meetingExpiry", "madeBy", "passcode"] {
        assert_eq!(ran.column(name)[3], column(&output, name)[3], "{name}");
        assert_eq!(ran.column(name)[4], "", "{name}");
    }
    assert_eq!((ran.column("httpStatus")[3].as_str(), ran.column("attempts")[3].as_str()), ("204", "2"));
    // Once more: it is gone, and that is good.
    let ran = cancel(&sim, &output, only(&["S-3", "S-29"])).await;
    assert_eq!((ran.column("status")[3].as_str(), ran.column("httpStatus")[3].as_str()), ("gone", "404"));
    assert_eq!(answered(&sim.report(), DELETE, 204), 2);
}

#[tokio::test(start_paused = true)]
async fn nobody_elses_meeting_is_deleted_however_a_line_was_changed() {
    let (sim, output) = world("calm", 50).await;
    let id = column(&output, "meetingId");
    // S-1 and S-21 are of one organizer, S-2 is of another.
    for (name, cell) in [
        ("externalId", "S-1x"),
        ("externalId", "s-1"),
        ("organizerUserId", organizer(2).as_str()),
        ("organizerId", organizer(2).as_str()),
        ("organizerId", ""),
        ("meetingId", id[21].as_str()),
        ("madeBy", "create"),
    ] {
        let changed = with_cell(&output, 2, name, cell);
        let called = if name == "externalId" { cell } else { "S-1" };
        let ran = cancel(&sim, &changed, only(&[called])).await;
        assert_eq!(ran.column("status")[1], "refused", "{name} {cell}");
        let error = &ran.column("error")[1];
        assert!(error.starts_with("nothing was deleted"), "{name} {cell}: {error}");
        assert_eq!(ran.column("errorCode")[1], "notThisMeeting");
    }
    // The meeting of another organizer is not found under the line's; nothing is deleted for that, either.
    let changed = with_cell(&output, 2, "meetingId", &id[2]);
    let ran = cancel(&sim, &changed, only(&["S-1"])).await;
    assert!(["gone", "refused"].contains(&ran.column("status")[1].as_str()));
    assert_eq!(sim.report().meetings_kept, 50);
    assert!(!sim.report().by_path.contains_key(DELETE));
}

#[tokio::test(start_paused = true)]
async fn of_two_lines_with_one_id_the_one_is_deleted_that_is_its_own() {
    let (sim, output) = world("calm", 50).await;
    let id = column(&output, "meetingId");
    for (record, other) in [(2, 21), (42, 21)] {
        let changed = with_cell(&output, record, "meetingId", &id[other]);
        let ran = cancel(&sim, &changed, only(&[&format!("S-{}", record - 1)])).await;
        assert_eq!(ran.column("status")[record - 1], "refused");
    }
    let changed = with_cell(&output, 42, "meetingId", &id[1]);
    let ran = cancel(&sim, &changed, only(&["S-1", "S-41"])).await;
    assert_eq!((ran.column("status")[1].as_str(), ran.column("status")[41].as_str()), ("cancelled", "refused"));
    assert_eq!(sim.report().meetings_kept, 49);
}

#[tokio::test(start_paused = true)]
async fn a_meeting_that_several_rows_have_is_deleted_once() {
    let (sim, first) = world("calm", 3).await;
    // Named otherwise, and with a flaw that has come since.
    let second = first.lines().nth(2).expect("a line").replace("2027-02-02T09:00:00Z", "soon");
    let output = format!("{first}{second}\n");
    let ran = cancel(&sim, &output, only(&["S-1"])).await;
    assert_eq!(ran.column("status"), ["skipped", "cancelled", "skipped", "cancelled"]);
    assert_eq!(ran.column("attempts"), ["0", "2", "0", "0"]);
    assert_eq!(answered(&sim.report(), GET, 404), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_on_the_way_is_asked_for_again_and_each_meeting_is_cancelled() {
    for scenario in [
        "calm,reset-before=30%,faults-end=5",
        "calm,reset-after=30%,faults-end=5",
        "calm,504=30%,faults-end=5",
        "calm,throttled=20%,faults-end=5",
        "calm,500=10%,503=10%,cut-off=10%,not-json=10%,faults-end=5",
    ] {
        let sim = Sim::new(scenario.parse().expect("a scenario"));
        let made = provision_now(&sim, &sheet(100), How::default()).await;
        assert_eq!(sim.report().meetings_kept, 100, "{scenario}");
        let made = made.output.replace(",existing,", ",created,");
        let ran = cancel(&sim, &made, every()).await;
        assert_eq!(ran.column("status"), vec!["cancelled"; 100], "{scenario}");
        assert_eq!(sim.report().meetings_kept, 0, "{scenario}");
        assert!(answered(&sim.report(), DELETE, 204) <= 100, "{scenario}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_meeting_that_somebody_else_deletes_meanwhile_is_gone() {
    let (sim, output) = world("calm", 2).await;
    let tamper = |number: u32, request: &http::Request<bytes::Bytes>| {
        (number == 2 && request.method() == Method::DELETE).then(|| Ok(reply(404, &[], NO_MEETING)))
    };
    let chosen = Rc::new(Chosen::open(&only(&["S-0"]), rows(&output, false)).expect("an output"));
    let action = Action::Cancel(Cancel { chosen });
    let ran = provision_now(&sim, &output, How { action, tamper: Box::new(tamper), ..How::default() }).await;
    assert_eq!(ran.column("status"), ["gone", "skipped"]);
}

#[tokio::test(start_paused = true)]
async fn what_something_on_the_way_answers_is_not_taken_for_graphs_word() {
    let user = r#"{"error":{"code":"Request_ResourceNotFound","message":"User not found"}}"#;
    for (method, status, body, expected) in [
        (Method::GET, 404, "<html>no such page</html>", "failed"),
        (Method::GET, 404, "", "failed"),
        (Method::GET, 404, user, "refused"),
        (Method::DELETE, 404, "<html>no such page</html>", "failed"),
        (Method::DELETE, 404, user, "refused"),
        (Method::DELETE, 200, "<html>sign in</html>", "failed"),
        (Method::DELETE, 202, "", "failed"),
    ] {
        let (sim, output) = world("calm", 2).await;
        let tampered = method.clone();
        let tamper =
            move |_, request: &http::Request<_>| (request.method() == tampered).then(|| Ok(reply(status, &[], body)));
        let chosen = Rc::new(Chosen::open(&only(&["S-0"]), rows(&output, false)).expect("an output"));
        let action = Action::Cancel(Cancel { chosen });
        let ran = provision_now(&sim, &output, How { action, tamper: Box::new(tamper), ..How::default() }).await;
        assert_eq!(ran.column("status"), [expected, "skipped"], "{method} {status} {body}");
        assert_eq!(ran.column("httpStatus")[0], status.to_string());
        assert_eq!(sim.report().meetings_kept, 2);
    }
}

/// The real program pointed at a server.
fn command(server: &Server, at: &Path, args: &[&str]) -> Command {
    let mut command = convoke(args);
    command.current_dir(at).env("CONVOKE_GRAPH_URL", &server.url).env("CONVOKE_LOGIN_URL", &server.url);
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET).env("CONVOKE_LOOKUP", "off").env("CONVOKE_RATE", "max");
    command
}

fn without(text: &str, ids: &[&str]) -> String {
    let is_left = |line: &&str| !ids.iter().any(|id| line.starts_with(&format!("{id},")));
    text.lines().filter(is_left).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn rows_that_left_the_sheet_are_told_first_and_deleted_when_said_so() {
    let sim = Sim::new("calm,latency=0".parse().expect("a scenario"));
    let (server, directory) = (Server::of_sim(sim.clone()), tempfile::tempdir().expect("a directory"));
    let at = directory.path();
    write(at, "in.csv", &sheet(300));
    assert_eq!(run(&mut command(&server, at, &["provision", "in.csv", "-o", "out.csv"])).0, Some(0));
    let gone = ["S-7", "S-70", "S-170", "S-171", "S-299"];
    // A row with flaws is there all the same.
    write(at, "in.csv", &without(&sheet(300), &gone).replacen("2027-02-01T08:00:00Z", "soon", 1));
    let args = ["cancel", "out.csv", "--missing-from", "in.csv"];
    let before = sim.report();
    let (status, stdout, stderr) = run(command(&server, at, &args).env_remove("AZURE_CLIENT_SECRET"));
    assert_eq!(status, Some(0), "{stderr}");
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(lines[0].starts_with("5 meetings would be deleted, of 300 lines") && lines.len() == 7, "{stdout}");
    for (line, id) in lines[1..].iter().zip(gone) {
        assert!(line.starts_with(&format!("{id}  'Sitzung {}, Übung'  2027-", &id[2..])), "{line}");
    }
    assert!(lines[6].contains("Nothing was deleted") && lines[6].contains("--yes"), "{stdout}");
    assert_eq!(sim.report(), before, "nobody was asked");
    assert_eq!(fs::read_dir(at).expect("a folder").count(), 2, "nothing was written");

    let (status, _, stderr) = run(&mut command(&server, at, &[&args[..], &["--yes"]].concat()));
    assert!(status == Some(0) && stderr.contains("300 rows: 5 cancelled · 295 skipped"), "{stderr}");
    let report = sim.report();
    assert_eq!((report.meetings_kept, answered(&report, DELETE, 204)), (295, 5));
    let output = fs::read_to_string(at.join("out.cancelled.csv")).expect("the result");
    let ids = column(&output, "externalId").into_iter().zip(column(&output, "status"));
    let cancelled: Vec<String> = ids.filter(|(_, status)| status == "cancelled").map(|(id, _)| id).collect();
    assert_eq!(cancelled, gone);
}

#[test]
fn killed_at_fifty_moments_the_end_is_the_same() {
    let sim = Sim::new("calm,latency=2ms..14ms,reset-after=2%,504=2%,faults-end=6".parse().expect("a scenario"));
    let (server, directory) = (Server::of_sim(sim.clone()), tempfile::tempdir().expect("a directory"));
    let at = directory.path();
    write(at, "in.csv", &sheet(600));
    assert_eq!(run(&mut command(&server, at, &["provision", "in.csv", "-o", "out.csv"])).0, Some(0));
    let mut dice = fastrand::Rng::with_seed(9);
    let (result, args) = (at.join("out.cancelled.csv"), ["cancel", "out.csv", "--before", "2027-02-15", "--yes", "-v"]);
    let mut kills = 0;
    while !result.exists() {
        let mut child = command(&server, at, &args).stderr(Stdio::piped()).spawn().expect("it runs");
        let told = if kills < 50 { dice.usize(0..40) } else { usize::MAX };
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        if stderr.lines().take(told).count() == told {
            child.kill().expect("a child");
            kills += 1;
        }
        child.wait().expect("it ends");
    }
    assert!(kills >= 20, "{kills} kills are too few for this to show anything");
    let text = fs::read_to_string(&result).expect("the result");
    let begins = column(&text, "startDateTime");
    assert_eq!(begins.len(), 600);
    for (begins, status) in begins.iter().zip(column(&text, "status")) {
        let is_chosen = begins.as_str() < "2027-02-15";
        assert_eq!(["cancelled", "gone"].contains(&status.as_str()), is_chosen, "{begins} {status}");
        assert!(is_chosen || status == "skipped", "{begins} {status}");
    }
    let (report, chosen) = (sim.report(), begins.iter().filter(|begins| begins.as_str() < "2027-02-15").count() as u64);
    assert_eq!(report.meetings_kept, 600 - chosen);
    assert!(answered(&report, DELETE, 204) <= chosen);
    assert!(report.meetings.values().all(|made| *made == 1));
}

#[test]
fn what_is_no_output_or_anothers_is_refused_before_anybody_is_asked() {
    let sim = Sim::new("calm,latency=0".parse().expect("a scenario"));
    let (server, directory) = (Server::of_sim(sim.clone()), tempfile::tempdir().expect("a directory"));
    let at = directory.path();
    write(at, "in.csv", &sheet(5));
    assert_eq!(run(&mut command(&server, at, &["provision", "in.csv", "-o", "out.csv"])).0, Some(0));
    let text = fs::read_to_string(at.join("out.csv")).expect("UTF-8");
    write(at, "torn.csv", &with_cell(&text, 3, "status", "maybe"));
    write(at, "other.csv", &sheet(5).replace("S-", "T-"));
    write(at, "lost.csv", &sheet(5).replace("S-3,", ",").replace("S-4,", "T-4,"));
    write(at, "ragged.csv", &sheet(5).replace("\"Sitzung 3, Übung\"", "Sitzung 3, Übung"));
    write(at, "open.csv", &sheet(5).replace("\"Sitzung 3, Übung\"", "\"Sitzung 3, Übung"));
    let before = sim.report();
    for (args, status, words) in [
        (&["out.csv"][..], 2, "say which meetings to delete"),
        (&["out.csv", "--status", "created,done"], 2, "'done' is no word of the column status; those are created"),
        (&["out.csv", "--before", "2027-02-30"], 2, "--before '2027-02-30'"),
        (&["out.csv", "--before", "2027-02-03T08:00"], 2, "with its offset"),
        (&["out.csv", "--only", "S-1", "-o", "out.csv"], 2, "is the input itself"),
        (&["out.csv", "--missing-from", "in.csv", "-o", "in.csv"], 2, "the sheet of --missing-from"),
        (&["in.csv", "--only", "S-1"], 3, "the column status is missing"),
        (&["torn.csv", "--only", "S-1"], 3, "record 3 (line 4) is no line of this program"),
        (&["out.csv", "--missing-from", "other.csv"], 2, "not one of the 5 meetings"),
        (&["out.csv", "--missing-from", "lost.csv"], 2, "the externalId of record 4 (line 5) cannot be read"),
        (&["out.csv", "--missing-from", "ragged.csv"], 2, "record 4 (line 5)"),
        (&["out.csv", "--missing-from", "open.csv"], 2, "record 4"),
    ] {
        for yes in [&[][..], &["--yes"]] {
            let all = [&["cancel"], args, yes].concat();
            let (ended, _, stderr) = run(&mut command(&server, at, &all));
            assert!(ended == Some(status) && stderr.contains(words), "{all:?}: {ended:?} {stderr}");
        }
    }
    // Links of a simulator do not go to the real Graph; to look at what would be deleted nobody is asked.
    let real = ["cancel", "out.csv", "--only", "S-1", "--graph-url", "https://graph.microsoft.com"];
    let (ended, _, stderr) = run(&mut command(&server, at, &[&real[..], &["--yes"]].concat()));
    assert!(ended == Some(2) && stderr.contains("Graph never had it"), "{stderr}");
    // A word that was said once for all in the environment, to provision, is none to delete anything.
    let (ended, stdout, stderr) = run(command(&server, at, &real).env("CONVOKE_YES", "1"));
    assert!(ended == Some(0) && stdout.starts_with("1 meeting would be deleted"), "{stdout} {stderr}");
    assert_eq!((sim.report().meetings_kept, sim.report().requests), (5, before.requests));
}
