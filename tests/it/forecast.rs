//! `convoke plan` through the real program: what it says a run would do, and that it does nothing itself.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use axum::body::Body;
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Scenario, Sim, TENANT_ID};
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::binary::{convoke, convoke_at, run, write};
use crate::harness::organizer;
use crate::server::Server;

const HEADER: &str = "externalId,organizerUserId,subject,startDateTime,endDateTime,timeZone,attendees\n";

/// A row of a term: its meeting by number, when it is, and what it is called.
fn row(number: usize, hour: usize, subject: &str) -> String {
    let (day, organizer) = (1 + number % 28, organizer(number % 20));
    format!(
        "T-{number},{organizer},{subject},2027-02-{day:02}T{hour:02}:00,2027-02-{day:02}T{hour:02}:45,Europe/Berlin,\
         ada{number}@contoso.example\n"
    )
}

/// A term of 300 rows as it was, and as it is now: 40 rescheduled, 10 renamed, 5 dropped, 12 new.
fn term() -> (Vec<String>, Vec<String>) {
    let before = (0..300).map(|number| row(number, 9, &format!("Week {number}"))).collect();
    let now = (0..295).map(|number| match number {
        0..40 => row(number, 14, &format!("Week {number}")),
        40..50 => row(number, 9, &format!("Renamed {number}")),
        _ => row(number, 9, &format!("Week {number}")),
    });
    let new = (300..312).map(|number| row(number, 9, &format!("Week {number}")));
    (before, now.chain(new).collect())
}

fn sheet(rows: &[String]) -> String {
    format!("{HEADER}{}", rows.concat())
}

/// A directory with a term that has been provisioned.
fn provisioned(server: &Server, rows: &[String]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "term.csv", &sheet(rows));
    let (status, _, stderr) = run(&mut convoke_at(server, &[&input]));
    assert_eq!(status, Some(0), "{stderr}");
    directory
}

fn plan(at: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    run(convoke(["plan", "term.csv"]).args(args).current_dir(at))
}

/// The same with what the server has now; nobody is looked up.
fn reads(server: &Server, args: &[&str]) -> Command {
    let mut command = convoke(["plan", "term.csv", "--read", "--rate=max", "--graph-url", &server.url]);
    command.args(["--login-url", &server.url]).args(args);
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET).env("CONVOKE_LOOKUP", "off");
    command
}

fn objects(stdout: &str) -> Vec<Value> {
    stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn begin(text: &str, mark: &str) -> usize {
    text.lines().filter(|line| line.starts_with(mark)).count()
}

#[test]
fn a_changed_term_is_told_exactly_and_nobody_is_asked() {
    let sim = Sim::new(Scenario::calm());
    let server = Server::of_sim(sim.clone());
    let (before, now) = term();
    let directory = provisioned(&server, &before);
    let at = directory.path();
    let requests = sim.report().requests;
    let (status, stdout, stderr) = plan(at, &[]);
    assert_eq!((status, stderr.as_str()), (Some(0), ""), "{stdout}");
    assert!(stdout.starts_with("300 rows: 0 new · 0 changed · 300 unchanged\n"), "{stdout}");
    assert!(stdout.ends_with("\n\nThere is nothing to do.\n"), "{stdout}");

    write(at, "term.csv", &sheet(&now));
    let (status, stdout, stderr) = plan(at, &[]);
    assert_eq!((status, stderr.as_str()), (Some(2), ""), "{stdout}");
    let totals = "307 rows: 12 new · 50 changed · 245 unchanged; 5 meetings are gone from the sheet\n";
    assert!(stdout.starts_with(totals), "{stdout}");
    assert_eq!(["+ ", "~ ", "- ", "! ", "x ", "? "].map(|mark| begin(&stdout, mark)), [12, 50, 5, 0, 0, 0]);
    for words in [
        "\n~ record 1 (line 2): T-0 'Week 0'\n    startDateTime: 2027-02-01 09:00 (Europe/Berlin) → 2027-02-01 14:00 \
         (Europe/Berlin)\n    endDateTime: ",
        "\n~ record 41 (line 42): T-40 'Renamed 40'\n    subject: 'Week 40' → 'Renamed 40'\n~ ",
        "\n+ record 296 (line 297): T-300 'Week 300', 2027-02-21 09:00 (Europe/Berlin)\n",
        "\n- record 296 of the earlier output: T-295 'Week 295', 2027-02-16 08:00 UTC\n",
        "\n  convoke cancel term.joined.csv --missing-from term.csv\n",
        "\n  convoke provision term.csv --update\n",
    ] {
        assert!(stdout.contains(words), "{words:?} is not in\n{stdout}");
    }
    assert!(!stdout.contains('\u{1b}') && !stdout.contains("T-60"), "{stdout}");
    assert_eq!(sim.report().requests, requests, "nobody was asked");
    assert_eq!(fs::read_dir(at).expect("a directory").count(), 2, "nothing was written");
}

#[test]
fn rows_columns_and_spellings_may_be_in_any_order_and_case() {
    let server = Server::of_sim(Sim::new(Scenario::calm()));
    let (before, now) = term();
    let directory = provisioned(&server, &before);
    let mut sheet =
        "Attendees;EndDateTime;subject;organizerUserId;startDateTime;time zone;externalId;room\n".to_owned();
    for row in now.iter().rev() {
        let cells: Vec<&str> = row.trim_end().split(',').collect();
        let [id, organizer, subject, start, end, zone, people] = cells[..] else { panic!("seven cells") };
        let (people, organizer) = (people.to_uppercase(), organizer.to_uppercase());
        let _ = writeln!(sheet, "{people};{end};{subject};{organizer};{start};{zone};{id};R");
    }
    write(directory.path(), "term.csv", &sheet);
    let (status, stdout, _) = plan(directory.path(), &[]);
    assert_eq!(status, Some(2));
    let totals = "307 rows: 12 new · 50 changed · 245 unchanged; 5 meetings are gone from the sheet\n";
    assert!(stdout.starts_with(totals), "{stdout}");
}

#[test]
fn programs_get_an_object_for_each_row_the_totals_first() {
    let server = Server::of_sim(Sim::new(Scenario::calm()));
    let (before, mut now) = term();
    let directory = provisioned(&server, &before);
    now.push(row(0, 9, "Other"));
    now.push(row(50, 9, "Week 50"));
    now.push("T-9,,x,2027-02-30,,,\n".to_owned());
    write(directory.path(), "term.csv", &sheet(&now));
    let (status, stdout, stderr) = plan(directory.path(), &["--format=json", "--against", "term.joined.csv"]);
    assert_eq!((status, stderr.as_str()), (Some(2), ""));
    let objects = objects(&stdout);
    let totals = serde_json::json!({
        "action": "totals", "input": "term.csv", "against": "term.joined.csv", "read": false, "interrupted": false,
        "illegible": 0, "rows": 310, "new": 12, "changed": 50, "unchanged": 246, "conflict": 1, "invalid": 1, "doubtful": 0,
        "unknown": 0, "gone": 5
    });
    assert_eq!(objects[0], totals);
    let of = |action: &str| objects.iter().filter(move |object| object["action"] == action).collect::<Vec<_>>();
    assert_eq!(["new", "changed", "gone", "conflict", "invalid"].map(|action| of(action).len()), [12, 50, 5, 1, 1]);
    assert_eq!(objects.len(), 70);
    let renamed = serde_json::json!({
        "action": "changed", "record": 41, "line": 42, "row": null, "earlierRecord": 41, "externalId": "T-40",
        "subject": "Renamed 40", "changes": [{"field": "subject", "from": "Week 40", "to": "Renamed 40"}], "why": []
    });
    assert_eq!(*of("changed")[40], renamed);
    let moved = &of("changed")[0]["changes"];
    let start = serde_json::json!({
        "field": "startDateTime", "from": "2027-02-01T08:00:00Z", "to": "2027-02-01T13:00:00Z"
    });
    assert_eq!((&moved[0], moved.as_array().map(Vec::len)), (&start, Some(2)));
    assert_eq!((&of("gone")[0]["record"], &of("gone")[0]["earlierRecord"]), (&Value::Null, &296.into()));
    assert!(of("conflict")[0]["why"][0].as_str().expect("words").contains("record 1 has"), "{stdout}");
}

#[test]
fn what_somebody_changed_and_deleted_is_seen_with_read_and_only_gets_are_sent() {
    let sim = Sim::new(Scenario::calm());
    let server = Server::of_sim(sim.clone());
    let (before, now) = term();
    let directory = provisioned(&server, &before);
    let at = directory.path();
    // Somebody else gives 3 meetings another subject, through a sheet of their own, and deletes 4.
    let ids = crate::harness::column(&fs::read_to_string(at.join("term.joined.csv")).expect("UTF-8"), "meetingId");
    for number in [100, 101, 102] {
        somebody(&sim, "PATCH", number, &ids[number], r#"{"subject":"By hand"}"#);
    }
    // Two that have their row, and two that were dropped.
    for number in [200, 201, 295, 296] {
        somebody(&sim, "DELETE", number, &ids[number], "");
    }
    write(at, "term.csv", &sheet(&now));
    let before = sim.report();
    let (status, stdout, stderr) = run(reads(&server, &[]).current_dir(at));
    assert_eq!(status, Some(2), "{stderr}");
    assert!(stderr.contains("; reading 300 meetings at Graph, nothing is changed"), "{stderr}");
    let totals = "307 rows: 14 new · 53 changed · 240 unchanged; 3 meetings are gone from the sheet\n";
    assert!(stdout.starts_with(totals), "{stdout}");
    assert!(stdout.contains("T-100 'Week 100'\n    subject: 'By hand' → 'Week 100'\n"), "{stdout}");
    assert!(stdout.contains("T-200 'Week 200', ") && stdout.contains("somebody has deleted it"), "{stdout}");
    let after = sim.report();
    assert_eq!(after.requests - before.requests, 300, "each meeting once");
    let counted = |report: &convoke::sim::Report, get: bool| {
        let paths = report.by_path.iter().filter(|(path, _)| path.starts_with("GET ") == get);
        paths.filter(|(path, _)| !path.contains("/token")).flat_map(|(_, by)| by.values()).sum::<u64>()
    };
    assert_eq!(
        (counted(&after, false), counted(&after, true)),
        (counted(&before, false), counted(&before, true) + 300)
    );
    assert_eq!((after.meetings_kept, after.meetings_made), (before.meetings_kept, before.meetings_made));
}

/// Changes or deletes a meeting by hand.
fn somebody(sim: &Sim, method: &str, number: usize, id: &str, body: &'static str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let token = format!("https://login.example/{TENANT_ID}/oauth2/v2.0/token");
        let form = format!(
            "client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}&grant_type=client_credentials&\
             scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
        );
        let request = Request::post(token).header("content-type", "application/x-www-form-urlencoded");
        let reply = sim.router().oneshot(request.body(Body::from(form)).expect("a request")).await.expect("an answer");
        let bytes = reply.into_body().collect().await.expect("a body").to_bytes();
        let token: Value = serde_json::from_slice(&bytes).expect("JSON");
        let token = token["access_token"].as_str().expect("a token");
        let uri = format!("https://graph.example/v1.0/users/{}/onlineMeetings/{id}", organizer(number % 20));
        let request = Request::builder().method(method).uri(uri).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {token}"));
        let reply = sim.router().oneshot(request.body(Body::from(body)).expect("a request")).await.expect("an answer");
        assert!(reply.status().is_success(), "{}", reply.status());
    });
}

#[test]
fn without_an_earlier_output_every_row_is_new_and_an_interrupted_run_is_told_of() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    write(at, "term.csv", &sheet(&term().0[..3]));
    let (status, stdout, _) = plan(at, &[]);
    assert_eq!(status, Some(2));
    assert!(stdout.starts_with("3 rows: 3 new · 0 changed · 0 unchanged\n"), "{stdout}");
    assert!(stdout.contains("there is no term.joined.csv yet"), "{stdout}");
    assert!(stdout.ends_with("\n  convoke provision term.csv\n"), "{stdout}");
    // With nothing known there is nothing to read, and nobody to sign in at.
    let nobody = Server::silent();
    assert_eq!(run(reads(&nobody, &[]).current_dir(at)).0, Some(2));
    write(at, "term.joined.csv.partial", "");
    let (status, stdout, _) = plan(at, &[]);
    let told = "\nan earlier run was interrupted: term.joined.csv.partial is not read here\n\n";
    assert!(status == Some(2) && stdout.contains(told) && !stdout.contains('↵'), "{stdout}");
    let (_, stdout, _) = plan(at, &["--format=json"]);
    assert_eq!((&objects(&stdout)[0]["interrupted"], &objects(&stdout)[0]["against"]), (&true.into(), &Value::Null));
    write(at, "empty.csv", HEADER);
    let (status, stdout, _) = run(convoke(["plan", "empty.csv"]).current_dir(at));
    assert!(status == Some(0) && stdout.starts_with("0 rows: 0 new · 0 changed · 0 unchanged\n"), "{stdout}");
}

#[test]
fn every_error_exits_1_and_says_what_is_wrong() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    write(at, "term.csv", &sheet(&term().0[..3]));
    write(at, "other.csv", "externalId,organizerUserId\nA,o\n");
    for (args, words) in [
        (vec!["plan"], "INPUT"),
        (vec!["plan", "term.csv", "--nonsense"], "--nonsense"),
        (vec!["plan", "term.csv", "--format=xml"], "xml"),
        (vec!["plan", "term.csv", "--rate=-1"], "--rate"),
        (vec!["plan", "term.csv", "--concurrency=0"], "--concurrency"),
        (vec!["plan", "term.csv", "--against", "nowhere.csv"], "there is no such file"),
        (vec!["plan", "term.csv", "--against", "other.csv"], "no output of this program"),
        (vec!["plan", "nowhere.csv"], "nowhere.csv"),
        (vec!["plan", "term.csv", "--read"], "AZURE_CLIENT_SECRET"),
    ] {
        let (status, stdout, stderr) = run(convoke(&args).current_dir(at));
        assert_eq!((status, stdout.as_str()), (Some(1), ""), "{args:?}: {stderr}");
        assert!(stderr.contains(words), "{args:?}: {stderr}");
    }
    for help in [["plan", "--help"], ["provision", "--help"]] {
        assert_eq!(run(&mut convoke(help)).0, Some(0));
    }
    assert_eq!(run(&mut convoke(["provision", "--nonsense"])).0, Some(2), "of plan alone");
}

#[test]
fn a_meeting_that_cannot_be_read_is_unknown_and_exits_1() {
    let sim = Sim::new(Scenario::calm());
    let server = Server::of_sim(sim);
    let rows: Vec<String> = term().0.into_iter().take(4).collect();
    let directory = provisioned(&server, &rows);
    let at = directory.path();
    let output = fs::read_to_string(at.join("term.joined.csv")).expect("UTF-8");
    let ids = crate::harness::column(&output, "meetingId");
    write(at, "term.joined.csv", &output.replace(&ids[1], ""));
    let (status, stdout, _) = run(reads(&server, &[]).current_dir(at));
    assert_eq!(status, Some(1));
    assert!(stdout.starts_with("4 rows: 0 new · 0 changed · 3 unchanged · 1 unknown\n"), "{stdout}");
    assert!(stdout.contains("\n? record 2 (line 3): T-1 'Week 1'\n    the earlier output does not say"), "{stdout}");
    let (status, _, stderr) = run(reads(&server, &[]).current_dir(at).env("AZURE_CLIENT_SECRET", "wrong"));
    assert!(status == Some(1) && stderr.contains("AADSTS7000215"), "{stderr}");
}

#[test]
fn a_signal_ends_it_with_its_own_status() {
    let server = Server::silent();
    let graph = Server::of_sim(Sim::new(Scenario::calm()));
    let directory = provisioned(&graph, &term().0[..3]);
    for (signal, status) in [("INT", 130), ("TERM", 143)] {
        let mut command = reads(&server, &[]);
        let command = command.current_dir(directory.path());
        let (mut child, _) = crate::binary::under_way(command, "nothing is changed");
        crate::binary::kill(signal, &child);
        assert_eq!(child.wait().expect("it ends").code(), Some(status));
    }
}
