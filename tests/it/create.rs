//! A plain create: each row is sent once, whatever happens, and what nobody knows is said to be so.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use convoke::action::{Action, Create, UNCERTAIN_MAX, cut_off};
use convoke::choice::{Choice, Plain};
use convoke::input::{Reading, Rows, Source};
use convoke::ledger::Layout;
use convoke::meeting::{Setting, Settings};
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Scenario, Sim, TENANT_ID};
use convoke::stop::Reason;

use crate::binary::{convoke, convoke_at, kill, run, write};
use crate::harness::{How, Ran, column, provision_rows, reply, sheet};
use crate::server::Server;

const CREATE: &str = "POST /users/{id}/onlineMeetings";

/// A sheet, its output, and a Graph.
struct Place {
    folder: tempfile::TempDir,
    sim: Sim,
    server: Server,
}

impl Place {
    fn new(scenario: &str, rows: usize) -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let sim = Sim::new(scenario.parse().expect("a scenario"));
        write(folder.path(), "in.csv", &sheet(rows));
        Self { server: Server::of_sim(sim.clone()), folder, sim }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        let input = self.path("in.csv");
        convoke_at(&self.server, &[&["--plain-create", input.to_str().expect("UTF-8")], args].concat())
    }

    fn run(&self, args: &[&str]) -> (Option<i32>, String) {
        let (status, _, stderr) = run(&mut self.command(args));
        (status, stderr)
    }

    /// Goes on until every row has its line.
    fn finish(&self, args: &[&str]) {
        for _ in 0..100 {
            let (status, stderr) = self.run(args);
            match status {
                Some(0 | 1) => return,
                Some(5) => assert!(stderr.contains("no answer that says what was made"), "{stderr}"),
                _ => panic!("{stderr}"),
            }
        }
        panic!("it does not end");
    }

    fn column(&self, name: &str) -> Vec<String> {
        column(&fs::read_to_string(self.path("in.joined.csv")).expect("the run is complete"), name)
    }

    fn ids(&self, status: &str) -> Vec<String> {
        let both = self.column("externalId").into_iter().zip(self.column("status"));
        both.filter(|(_, own)| own == status).map(|(id, _)| id).collect()
    }

    /// How many creates came to something, or may have, and how many certainly did not.
    fn creates(&self) -> (u64, u64) {
        let report = self.sim.report();
        let by_status = report.by_path.get(CREATE).cloned().unwrap_or_default();
        let certain: u64 =
            by_status.iter().filter(|(status, _)| (400..500).contains(*status)).map(|(_, count)| count).sum();
        (by_status.values().sum::<u64>() - certain, certain)
    }
}

#[test]
fn answers_that_are_lost_make_uncertain_rows_and_none_is_sent_again() {
    let losses = "reset-before=3%,reset-after=3%,cut-off=2%,not-json=2%,500=1%,502=1%,503=2%,504=2%,throttled=4%";
    for seed in 1..4 {
        let place = Place::new(&format!("calm,latency=0ms,seed={seed},{losses}"), 150);
        place.finish(&[]);
        let (uncertain, created) = (place.ids("uncertain").len(), place.ids("created").len());
        assert!(uncertain > 5 && uncertain + created == 150, "{uncertain} {created}");
        let (sent, told_to_wait) = place.creates();
        assert_eq!(sent, 150, "each row is sent once");
        assert!(told_to_wait > 0, "some had to wait, and were sent again");
        let made = place.sim.report().meetings_made;
        assert!(made <= 150 && made >= created as u64, "{made}");
        assert!(
            place.column("error").iter().filter(|error| error.contains("look for it in Teams")).count() == uncertain
        );
        // Another run sends nothing.
        let (status, stderr) = place.run(&[]);
        assert_eq!((status, place.creates().0), (Some(1), 150), "{stderr}");
        assert_eq!((place.ids("uncertain").len(), place.ids("carried").len()), (uncertain, created));
    }
}

#[test]
fn only_sends_an_uncertain_row_again_and_no_row_that_has_its_meeting() {
    let place = Place::new("calm,latency=0ms,reset-before=10%,faults-end=1", 60);
    place.finish(&[]);
    let uncertain = place.ids("uncertain");
    assert_eq!(place.sim.report().meetings_made + uncertain.len() as u64, 60);
    let all: Vec<String> = (0..60).map(|row| format!("S-{row}")).collect();
    place.finish(&["--only", &uncertain[0]]);
    assert_eq!(place.ids("uncertain"), uncertain[1..], "the others are what they were");
    place.finish(&["--only", &all.join(",")]);
    assert_eq!(place.ids("uncertain").len(), 0);
    assert_eq!(place.sim.report().meetings_made, 60);
    assert_eq!(place.column("madeBy"), vec!["create"; 60]);
}

#[test]
fn killed_at_fifty_moments_no_meeting_is_made_twice_and_who_is_not_uncertain_has_one() {
    let place = Place::new("calm,latency=1ms..9ms,throttled=2%,retry-after-max=100ms", 500);
    let mut dice = fastrand::Rng::with_seed(9);
    let mut kills = 0;
    while kills < 50 && !place.path("in.joined.csv").exists() {
        let mut child = place.command(&["-v"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs");
        let told = BufReader::new(child.stderr.take().expect("a pipe"));
        let told = told.lines().take(dice.usize(0..24)).count();
        // The next request is on the wire as a rule.
        child.kill().expect("a child");
        child.wait().expect("it ends");
        kills += usize::from(told > 0);
    }
    assert_eq!(kills, 50);
    place.finish(&[]);
    let (uncertain, created) = (place.ids("uncertain").len(), place.ids("created").len());
    assert!(uncertain + created == 500 && uncertain > 0 && uncertain <= 50, "{uncertain} {created}");
    let (sent, made) = (place.creates().0, place.sim.report().meetings_made);
    assert!(sent <= 500 && made <= 500 && made >= created as u64, "{sent} {made}");
    let links: std::collections::BTreeSet<_> =
        place.column("joinWebUrl").into_iter().filter(|link| !link.is_empty()).collect();
    assert_eq!(links.len(), created, "each has its own");
}

#[test]
fn a_run_that_is_terminated_finishes_what_is_on_the_wire() {
    let place = Place::new("calm,latency=300ms", 20);
    let mut child = place.command(&["-v"]).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut told = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    assert!(told.any(|line| line.expect("UTF-8").contains("HTTP 201")));
    kill("TERM", &child);
    told.for_each(drop);
    assert_eq!(child.wait().expect("it ends").code(), Some(143));
    let (sent, _) = place.creates();
    let lines = fs::read_to_string(place.path("in.joined.csv.partial")).expect("what is done");
    assert_eq!(column(&lines, "status"), vec!["created"; usize::try_from(sent).expect("few")]);
}

#[test]
fn a_row_that_changed_differs_and_with_update_is_changed_and_what_is_invalid_now_keeps_its_meeting() {
    let place = Place::new("calm,latency=0ms", 4);
    place.finish(&[]);
    let ids = place.column("meetingId");
    let text = sheet(4).replace("Sitzung 1,", "Sitzung eins,").replacen("2027-02-03T10:00:00Z", "never", 1);
    write(place.folder.path(), "in.csv", &text);
    for _ in 0..2 {
        assert_eq!(place.run(&[]).0, Some(1));
        assert_eq!(place.column("status"), ["carried", "differs", "differs", "carried"]);
        assert!(place.column("drift")[1].contains("Sitzung 1,") && place.column("drift")[2].contains("invalid"));
        assert_eq!(place.column("meetingId"), ids);
    }
    assert_eq!(place.run(&["--update"]).0, Some(1));
    assert_eq!(place.column("status"), ["carried", "updated", "differs", "carried"]);
    write(place.folder.path(), "in.csv", &sheet(4));
    assert_eq!(place.run(&["--update"]).0, Some(0));
    assert_eq!(place.column("status"), ["carried", "updated", "existing", "carried"]);
    assert_eq!(place.column("meetingId"), ids);
    assert_eq!((place.creates().0, place.sim.report().meetings_made), (4, 4));
}

#[test]
fn neither_kind_of_run_makes_the_meetings_of_the_other_again() {
    let place = Place::new("calm,latency=0ms", 5);
    let input = place.path("in.csv");
    let ordinary =
        |args: &[&str]| run(&mut convoke_at(&place.server, &[&[input.to_str().expect("UTF-8")], args].concat()));
    assert_eq!(ordinary(&["--limit", "2"]).0, Some(1), "three are skipped");
    place.finish(&[]);
    assert_eq!(place.column("status"), ["carried", "carried", "created", "created", "created"]);
    assert_eq!((place.creates().0, place.sim.report().meetings_made), (3, 5));
    let before = place.sim.report().requests;
    for args in [&[][..], &["-o", "other.csv", "--carry", place.path("in.joined.csv").to_str().expect("UTF-8")]] {
        let (status, _, stderr) = ordinary(args);
        assert!(status == Some(2) && stderr.contains("add --plain-create"), "{stderr}");
    }
    assert_eq!(place.sim.report().requests, before, "nobody was asked");
    let partial = place.path("in.joined.csv.partial");
    fs::copy(place.path("in.joined.csv"), &partial).expect("a file");
    for command in [
        &mut place.command(&["--restart"]),
        &mut convoke_at(&place.server, &[input.to_str().expect("UTF-8"), "--restart"]),
    ] {
        let (status, _, stderr) = run(command);
        assert!(status == Some(2) && stderr.contains("--restart would discard it"), "{stderr}");
        assert!(partial.exists());
    }
}

#[test]
fn a_plain_create_needs_a_file_and_a_rehearsal_of_one_is_taken_for_nothing_else() {
    let place = Place::new("calm,latency=0ms", 3);
    let (status, stderr) = place.run(&["-o", "-"]);
    assert!(status == Some(2) && stderr.contains("--plain-create needs a file"), "{stderr}");
    let input = place.path("in.csv");
    let rehearse = || run(&mut convoke(["provision", input.to_str().expect("UTF-8"), "--rehearse", "--plain-create"]));
    for status in ["created", "carried"] {
        let (code, _, stderr) = rehearse();
        assert_eq!(code, Some(0), "{stderr}");
        assert_eq!(place.column("status"), vec![status; 3]);
    }
    let mut real =
        convoke(["provision", input.to_str().expect("UTF-8"), "--plain-create", "--graph-url=https://graph.example"]);
    let (status, _, stderr) = run(real.env("CONVOKE_ACCESS_TOKEN", "t"));
    assert!(status == Some(2) && stderr.contains("the result of a rehearsal"), "{stderr}");
}

/// A run in virtual time with these settings.
fn create(sim: &Sim, csv: &str, settings: &[(Setting, &str)], how: How) -> Ran {
    let mut reading = Reading { plain_create: true, ..Reading::default() };
    reading.settings = settings.iter().map(|(setting, value)| (*setting, (*value).to_owned())).collect::<Settings>();
    let rows = Rows::open(Source::of(csv), reading).expect("a header");
    let plain = Plain::new(rows.parser(), None, Layout::default(), cut_off());
    let choice = Choice { plain: Some(RefCell::new(plain)), ..Choice::default() };
    let how = How { choice, action: Action::Create(Create::default()), ..how };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(provision_rows(sim, rows, how))
}

#[test]
fn a_passcode_is_had_or_not_as_the_sheet_says() {
    for asked in ["true", "false"] {
        let ran = create(&Sim::new(Scenario::calm()), &sheet(3), &[(Setting::RequirePasscode, asked)], How::default());
        assert_eq!(ran.column("status"), ["created"; 3], "{}", ran.output);
        assert_eq!(ran.column("settings"), vec![format!("requirePasscode={asked}"); 3]);
        assert!(
            ran.column("passcode").iter().all(|passcode| passcode.is_empty() == (asked == "false")),
            "{}",
            ran.output
        );
    }
}

#[test]
fn what_certainly_made_nothing_is_sent_again_one_at_a_time() {
    let sim = Sim::new("calm,throttled=10%,token-revoked-after=200ms".parse().expect("a scenario"));
    let ran = create(&sim, &sheet(120), &[], How::default());
    assert_eq!(ran.column("status"), vec!["created"; 120]);
    let report = sim.report();
    assert_eq!((report.meetings_made, report.in_flight_max), (120, 1));
    let by_status = &report.by_path[CREATE];
    assert!(by_status[&429] > 5 && by_status[&401] > 1 && by_status[&201] == 120, "{by_status:?}");
}

#[test]
fn rows_that_ask_for_the_same_meeting_are_made_once() {
    let sim = Sim::new(Scenario::calm());
    let text = format!("{0}{1}", sheet(3), sheet(3).split_once('\n').expect("a header").1);
    let ran = create(&sim, &text, &[], How::default());
    assert_eq!(ran.column("status"), ["created", "created", "created", "existing", "existing", "existing"]);
    assert_eq!(sim.report().meetings_made, 3);
}

#[test]
fn three_uncertain_rows_in_a_row_end_the_run_and_a_refused_one_between_does_not() {
    let lost = |number: u32| (!number.is_multiple_of(4)).then(|| Ok(reply(504, &[], "")));
    let how = How { tamper: Box::new(move |number, _| lost(number)), ..How::default() };
    let ran = create(&Sim::new(Scenario::calm()), &sheet(9), &[], how);
    assert_eq!(ran.column("status"), vec!["uncertain"; UNCERTAIN_MAX as usize]);
    assert!(matches!(ran.reason, Some(Reason::Uncertain(_))) && matches!(ran.complete, Ok(false)));
    let lost = |number: u32| Some(Ok(reply(if number.is_multiple_of(3) { 404 } else { 202 }, &[], "")));
    let how = How { tamper: Box::new(move |number, _| lost(number)), ..How::default() };
    let ran = create(&Sim::new(Scenario::calm()), &sheet(9), &[], how);
    assert_eq!(ran.column("status"), ["uncertain", "uncertain", "refused"].repeat(3));
}

#[test]
fn no_verdict_but_a_certain_one_sends_a_row_again() {
    for (status, retry_after, sent) in [
        (408, None, 1),
        (500, None, 1),
        (502, None, 1),
        (503, None, 1),
        (503, Some("2"), 1),
        (504, None, 1),
        (201, None, 1),
        (200, None, 1),
        (204, None, 1),
        (302, None, 1),
        (429, None, 2),
        (401, None, 2),
    ] {
        let headers: Vec<_> = retry_after.map(|after| ("retry-after", after)).into_iter().collect();
        let first = reply(status, &headers, "");
        let how = How { tamper: Box::new(move |number, _| (number == 1).then(|| Ok(first.clone()))), ..How::default() };
        let ran = create(&Sim::new(Scenario::calm()), &sheet(1), &[], how);
        assert_eq!(ran.witness.requests.borrow().len(), sent, "{status}");
        assert_eq!(ran.column("status"), [if sent == 1 { "uncertain" } else { "created" }], "{status}");
    }
}

/// As Excel saves it where decimals have a comma.
fn with_semicolons(text: &str) -> String {
    let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(vec![0xef, 0xbb, 0xbf]);
    rows.records().for_each(|row| writer.write_record(&row.expect("a row")).expect("memory"));
    String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8")
}

#[test]
fn an_output_that_excel_saved_is_known_to_both_kinds_of_run() {
    let place = Place::new("calm,latency=0ms", 3);
    place.finish(&[]);
    let output = place.path("in.joined.csv");
    let saved = with_semicolons(&fs::read_to_string(&output).expect("an output"));
    fs::write(&output, &saved).expect("a file");
    let (status, _, stderr) = run(&mut convoke_at(&place.server, &[place.path("in.csv").to_str().expect("UTF-8")]));
    assert!(status == Some(2) && stderr.contains("add --plain-create"), "{stderr}");
    assert_eq!(fs::read_to_string(&output).expect("an output"), saved, "it is left alone");
    place.finish(&[]);
    assert_eq!(place.column("status"), ["carried"; 3]);
    assert_eq!(place.sim.report().meetings_made, 3);
}

#[test]
fn an_output_that_is_the_input_has_its_meetings() {
    let place = Place::new("calm,latency=0ms", 3);
    place.finish(&[]);
    let output = place.path("in.joined.csv");
    let output = output.to_str().expect("UTF-8");
    let (status, _, stderr) = run(&mut convoke_at(&place.server, &[output]));
    assert!(status == Some(2) && stderr.contains("add --plain-create"), "{stderr}");
    let (status, _, stderr) = run(&mut convoke_at(&place.server, &[output, "--plain-create"]));
    assert_eq!(status, Some(0), "{stderr}");
    let lines = fs::read_to_string(place.path("in.joined.joined.csv")).expect("an output");
    assert_eq!(column(&lines, "status"), ["carried"; 3]);
    assert_eq!(place.sim.report().meetings_made, 3);
}

/// Deletes the second of three meetings.
fn cancel(place: &Place) {
    let (output, url) = (place.path("in.joined.csv"), &place.server.url);
    let mut cancel = convoke(["cancel", output.to_str().expect("UTF-8"), "--only", "S-1", "--yes"]);
    cancel.args(["--graph-url", url, "--login-url", url]);
    cancel.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    let (_, _, stderr) = run(cancel.env("AZURE_CLIENT_SECRET", CLIENT_SECRET));
    assert_eq!(place.sim.report().meetings_kept, 2, "{stderr}");
}

#[test]
fn a_meeting_that_was_deleted_is_made_again_when_a_line_says_so_and_once() {
    let place = Place::new("calm,latency=0ms", 3);
    place.finish(&[]);
    let first = place.column("joinWebUrl");
    cancel(&place);
    assert_eq!(place.run(&[]).0, Some(0));
    assert_eq!(place.column("status"), ["carried"; 3], "nobody is asked");
    let cancelled = place.path("in.joined.cancelled.csv");
    place.finish(&["--carry", cancelled.to_str().expect("UTF-8"), "--limit", "1"]);
    assert_eq!(place.column("status"), ["carried", "skipped", "carried"]);
    place.finish(&["--carry", cancelled.to_str().expect("UTF-8")]);
    assert_eq!(place.column("status"), ["carried", "created", "carried"]);
    assert_ne!(place.column("joinWebUrl")[1], first[1]);
    for _ in 0..2 {
        place.finish(&["--carry", cancelled.to_str().expect("UTF-8")]);
        assert_eq!(place.column("status"), ["carried"; 3]);
    }
    assert_eq!(place.sim.report().meetings_made, 4);
}

#[test]
fn only_looks_whether_a_meeting_is_still_there() {
    let place = Place::new("calm,latency=0ms", 3);
    place.finish(&[]);
    cancel(&place);
    place.finish(&["--only", "S-0,S-1"]);
    assert_eq!(place.column("status"), ["existing", "gone", "carried"]);
    place.finish(&[]);
    assert_eq!(place.column("status"), ["carried", "created", "carried"]);
    assert_eq!(place.sim.report().meetings_made, 4);
}
