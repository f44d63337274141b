//! The real program: what it reads, writes, says and exits with.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Scenario, Sim, TENANT_ID};

use crate::harness::{column, reply, sheet};
use crate::server::Server;

/// The program with nothing of this machine's environment.
pub(crate) fn convoke<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_convoke"));
    command.env_clear().args(args).stdin(Stdio::null());
    command
}

/// The path of a sample.
pub(crate) fn sample(name: &str) -> String {
    format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The program pointed at a server, with the embedded Graph's credentials. Nobody is looked up: most of these servers
/// have a meeting for everything.
pub(crate) fn convoke_at(server: &Server, args: &[&str]) -> Command {
    let mut command = convoke(["provision", "--rate=max", "--graph-url", &server.url, "--login-url", &server.url]);
    command.args(args);
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET).env("CONVOKE_LOOKUP", "off");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("it runs");
    (status.code(), text(&stdout), text(&stderr))
}

pub(crate) fn write(directory: &Path, name: &str, text: &str) -> String {
    let path = directory.join(name);
    fs::write(&path, text).expect("a file");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn the_result_is_beside_the_input_complete_and_readable_by_its_owner_only() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "course.csv", &sheet(30));
    // An old result that others could read must not lend its permissions to the new one.
    let old = write(directory.path(), "course.joined.csv", "old");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o644)).expect("permissions");
    let (status, stdout, stderr) = run(&mut convoke(["provision", &input, "--rehearse", "--rate=max"]));
    assert_eq!((status, stdout.as_str()), (Some(0), ""), "{stderr}");
    let lines = fs::read_to_string(&old).expect("the result");
    assert_eq!(column(&lines, "status"), ["created"; 30]);
    assert_eq!(fs::metadata(&old).expect("the result").permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(directory.path()).expect("a directory").count(), 2, "nothing else is left");
    assert!(stderr.contains("rehearsal") && stderr.contains("30 rows: 30 created"), "{stderr}");
}

#[test]
fn standard_input_and_output_are_spelt_with_a_hyphen_and_hold_results_only() {
    let mut child = convoke(["provision", "-", "--rehearse=calm", "--rate=max"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    child.stdin.take().expect("a pipe").write_all(sheet(20).as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(column(&text(&output.stdout), "record").len(), 20);
}

#[test]
fn a_rehearsal_knows_a_signed_in_user_too_and_sends_no_real_token_anywhere() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", "externalId\nA\nB\n");
    let mut command = convoke(["provision", &input, "--rehearse", "--me", "-v", "-o", "-"]);
    // The embedded Graph would answer 401 to it.
    let (status, stdout, stderr) = run(command.env("CONVOKE_ACCESS_TOKEN", "a-real-token"));
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&stdout, "status"), ["created", "created"]);
}

#[test]
fn a_rehearsal_does_not_replace_real_links() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(3));
    let real = "externalId,status,joinWebUrl\nS-0,invalid,\nS-1,created,https://teams.microsoft.com/l/meetup-join/x\n";
    let output = write(directory.path(), "in.joined.csv", real);
    let (status, _, stderr) = run(&mut convoke(["provision", &input, "--rehearse", "--rate=max"]));
    assert_eq!(status, Some(2), "{stderr}");
    assert!(stderr.contains("has real links"), "{stderr}");
    assert_eq!(fs::read_to_string(&output).expect("the output"), real);
    fs::remove_file(&output).expect("a file");
    for _ in 0..2 {
        assert_eq!(run(&mut convoke(["provision", &input, "--rehearse", "--rate=max"])).0, Some(0));
    }
}

#[test]
fn a_sign_in_that_fails_is_told_at_once() {
    let server = Server::start(|_| reply(503, &[], ""));
    let (mut child, _) = under_way(&mut convoke_at(&server, &[&sample("event.csv"), "-o", "-"]), "no access token");
    kill("TERM", &child);
    assert_eq!(child.wait().expect("it ends").code(), Some(143));
}

#[test]
fn quiet_means_silence_and_json_means_json() {
    let event = sample("event.csv");
    let quiet = run(&mut convoke(["provision", &event, "--rehearse", "--rate=max", "-q", "-o", "-"]));
    assert_eq!((quiet.0, quiet.2.as_str()), (Some(0), ""));
    let awkward = sample("awkward.csv");
    let json = run(&mut convoke(["provision", &awkward, "--rehearse", "--rate=max", "--log-format=json", "-o", "-"]));
    let events: Vec<serde_json::Value> =
        json.2.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect();
    assert!(events.iter().any(|event| event["record"] == 20 && event["column"] == "start-date-time"), "{}", json.2);
    assert!(events.iter().any(|event| event["rows"] == 30 && event["rehearsal"] == true), "{}", json.2);
}

#[test]
fn the_environment_has_a_twin_of_every_option() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = directory.path().join("out.csv");
    let mut command = convoke(["provision", &sample("event.csv")]);
    command.env("CONVOKE_REHEARSE", "calm").env("CONVOKE_RATE", "max").env("CONVOKE_LIMIT", "5");
    command.env("CONVOKE_OUTPUT", &output).env("CONVOKE_QUIET", "1").env("CONVOKE_ME", "no");
    // Set and empty is not set.
    command.env("CONVOKE_TIME_ZONE", "").env("CONVOKE_CONCURRENCY", "").env("CONVOKE_LANGUAGE", "");
    assert_eq!(run(&mut command), (Some(1), String::new(), String::new()));
    let lines = fs::read_to_string(output).expect("the result");
    assert_eq!(column(&lines, "status").iter().filter(|status| *status == "created").count(), 5);
}

#[test]
fn usage_exits_2_and_says_what_is_wrong() {
    let event = sample("event.csv");
    for (args, words) in [
        (vec!["provision"], "INPUT"),
        (vec!["provision", &event, "--nonsense"], "--nonsense"),
        (vec!["provision", &event, "--rehearse=windy"], "stormy"),
        (vec!["provision", &event, "--rehearse", "--rate=-3"], "--rate"),
        (vec!["provision", &event, "--rehearse", "-o", &event], "the input itself"),
        (vec!["provision", &event, "--rehearse", "-o", "/nowhere/out.csv"], "cannot be created"),
        (vec!["provision", &event, "--rehearse", "--graph-url=http://graph.example"], "https"),
    ] {
        let (status, stdout, stderr) = run(&mut convoke(&args));
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{args:?}: {stderr}");
        assert!(stderr.contains(words), "{args:?}: {stderr}");
    }
}

#[test]
fn an_input_that_is_no_spreadsheet_of_meetings_exits_3() {
    let directory = tempfile::tempdir().expect("a directory");
    let empty = write(directory.path(), "empty.csv", "");
    let other = write(directory.path(), "other.csv", "name,phone\nAda,1\n");
    let here = directory.path().to_str().expect("UTF-8");
    for (input, words) in [
        (empty.as_str(), "empty"),
        (other.as_str(), "there is no column externalId"),
        ("/nowhere/in.csv", "/nowhere/in.csv"),
        (here, "directory"),
    ] {
        let (status, stdout, stderr) = run(&mut convoke(["provision", input, "--rehearse", "-o", "-"]));
        assert_eq!((status, stdout.as_str()), (Some(3), ""), "{input}: {stderr}");
        assert!(stderr.contains(words), "{input}: {stderr}");
    }
}

#[test]
fn missing_and_wrong_credentials_exit_4() {
    let (event, server) = (sample("event.csv"), Server::of_sim(Sim::new(Scenario::calm())));
    let (status, _, stderr) = run(&mut convoke(["provision", &event, "-o", "-"]));
    assert_eq!(status, Some(4));
    assert!(stderr.contains("AZURE_CLIENT_SECRET") && stderr.contains("--rehearse"), "{stderr}");
    let (status, _, stderr) = run(convoke_at(&server, &[&event, "-o", "-"]).env("AZURE_CLIENT_SECRET", "wrong"));
    assert_eq!(status, Some(4));
    assert!(stderr.contains("AADSTS7000215") && !stderr.contains("wrong\""), "{stderr}");
    let (status, _, stderr) = run(convoke_at(&server, &[&event, "-o", "-"]).env("CONVOKE_ACCESS_TOKEN", "stale"));
    assert_eq!(status, Some(4));
    assert!(stderr.contains("CONVOKE_ACCESS_TOKEN"), "{stderr}");
}

#[test]
fn a_closed_standard_output_stops_the_run_and_exits_5() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(3000));
    let mut child = convoke(["provision", &input, "--rehearse", "--rate=max", "-o", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("a line");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(5), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("the output cannot be written"), "{}", text(&output.stderr));
}

/// Starts a run that tells every row, and waits until it has told something with this word in it.
pub(crate) fn under_way(command: &mut Command, word: &str) -> (Child, BufReader<ChildStderr>) {
    let mut child =
        command.args(["-v", "-c", "4"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    wait_for(&mut stderr, word);
    (child, stderr)
}

fn wait_for(stderr: &mut BufReader<ChildStderr>, word: &str) {
    let mut said = String::new();
    while !said.contains(word) {
        assert!(stderr.read_line(&mut said).expect("UTF-8") > 0, "it ended without '{word}': {said}");
    }
}

pub(crate) fn kill(signal: &str, child: &Child) {
    let script = format!("kill -{signal} {}", child.id());
    assert!(Command::new("sh").args(["-c", &script]).status().expect("a shell").success());
}

#[test]
fn a_signal_ends_the_run_in_good_order_and_is_told_by_the_exit_status() {
    let server = Server::of_sim(Sim::new(Scenario { quota: None, ..Scenario::busy() }));
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(3000));
    let mut before = 0;
    for (signal, status, word, seen) in [
        ("INT", 130, "interrupted", "record 10 "),
        ("TERM", 143, "terminated", "going on with an earlier run at record"),
    ] {
        let (mut child, mut stderr) = under_way(&mut convoke_at(&server, &[&input]), seen);
        wait_for(&mut stderr, ") created");
        kill(signal, &child);
        let mut said = String::new();
        stderr.read_to_string(&mut said).expect("UTF-8");
        assert_eq!(child.wait().expect("it ends").code(), Some(status), "{said}");
        assert!(said.contains(word) && said.contains("run the same command again"), "{said}");
        let partial = directory.path().join("in.joined.csv.partial");
        let records = column(&fs::read_to_string(partial).expect("what was answered is kept"), "record");
        assert!(records.len() > before && records.len() < 3000);
        before = records.len();
        assert!(said.contains(&format!("go on at record {}", before + 1)), "{said}");
        assert!(records.iter().enumerate().all(|(i, record)| *record == (i + 1).to_string()));
    }
}

#[test]
fn a_second_signal_ends_the_run_at_once() {
    let server = Server::silent();
    let mut command = convoke_at(&server, &[&sample("event.csv"), "-o", "-", "--me"]);
    let (mut child, mut stderr) = under_way(command.env("CONVOKE_ACCESS_TOKEN", "t"), "standard output");
    kill("TERM", &child);
    wait_for(&mut stderr, "stopping");
    // The request on the wire hangs for its minute; what comes too soon after the first counts as the first.
    while child.try_wait().expect("a child").is_none() {
        kill("TERM", &child);
    }
    assert_eq!(child.wait().expect("it ends").code(), Some(143));
}

#[test]
fn tokens_and_secrets_are_in_no_message_however_much_is_told() {
    let server = Server::start(|request| match request.uri().path() {
        path if path.ends_with("/token") => reply(200, &[], r#"{"access_token":"hush-token","expires_in":3600}"#),
        _ => reply(403, &[], r#"{"error":{"code":"Forbidden","message":"no"}}"#),
    });
    let event = sample("event.csv");
    for format in ["human", "json"] {
        let mut command = convoke_at(&server, &[&event, "-v", "--log-format", format, "-o", "-"]);
        let (status, stdout, stderr) = run(command.env("AZURE_CLIENT_SECRET", "hush-secret"));
        assert_eq!(status, Some(4));
        assert!(!stdout.contains("hush") && !stderr.contains("hush"), "{stderr}");
    }
}

#[test]
fn rows_get_their_meetings_over_a_socket_whatever_breaks_on_the_way() {
    // Faults of every kind, but none that makes everybody wait for whole seconds.
    let sim = Sim::new(Scenario { throttled: 0.0, ..Scenario::stormy() });
    let server = Server::of_sim(sim.clone());
    let (status, stdout, stderr) = run(&mut convoke_at(&server, &[&sample("event.csv"), "-o", "-"]));
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&stdout, "joinWebUrl").len(), 28);
    let report = sim.report();
    assert!(report.meetings.len() == 28 && report.meetings.values().all(|&made| made == 1));
    assert!(report.requests > 28, "nothing broke: {:?}", report.by_status);
}
