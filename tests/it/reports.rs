//! Reports, metrics and pings through the real program: however a run ends they tell of it as it was, agree with what was
//! sent and with what people were told, and have no secret in them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aws_lc_rs::digest::{SHA256, digest};
use boon::{Compiler, Schemas};
use convoke::sim::{CLIENT_SECRET, Scenario, Sim};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::binary::{convoke, convoke_at, kill, run, sample, under_way, write};
use crate::harness::{organizer, reply, sheet};
use crate::server::Server;

/// The part of a ping's address that is a secret.
const CHECK: &str = "5ecr3t-ch3ck";
/// When the job last went well, as its metrics had it before.
const BEFORE: &str = "1000000000.125";

/// A folder, with a monitor that is told of runs there.
struct Desk {
    home: TempDir,
    monitor: Server,
}

impl Desk {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        Self { home, monitor: Server::start(|_| reply(200, &[], "OK")) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        write(self.home.path(), name, text)
    }

    /// A run with all reports.
    fn reporting<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        self.reporting_of(command, &self.path("out.csv"))
    }

    /// The same of an output that may be elsewhere, after a run that went well.
    fn reporting_of<'a>(&self, command: &'a mut Command, output: &Path) -> &'a mut Command {
        let label = format!("output=\"{}\"", output.display());
        let line = format!("convoke_last_success_timestamp_seconds{{{label}}} {BEFORE}\n");
        fs::write(self.path("out.prom"), line).expect("a file");
        command.arg("-o").arg(output);
        command.arg("--report").arg(self.path("out.json")).arg("--report").arg(self.path("out.html"));
        command.arg("--metrics").arg(self.path("out.prom"));
        command.args(["--ping", &format!("{}/{CHECK}", self.monitor.url)])
    }

    /// The report for programs, which is as its schema says.
    fn report(&self, name: &str) -> Value {
        let report = serde_json::from_str(&self.text(name)).expect("JSON");
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let schema = serde_json::from_str(include_str!("schema/report.json")).expect("JSON");
        compiler.add_resource("report.json", schema).expect("a resource");
        let schema = compiler.compile("report.json", &mut schemas).expect("a schema");
        schemas.validate(&report, schema).unwrap_or_else(|error| panic!("{error:#}\n{report:#}"));
        report
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn metric(&self, name: &str) -> String {
        let text = self.text("out.prom");
        let line = text.lines().find(|line| line.starts_with(&format!("{name}{{")));
        line.unwrap_or_else(|| panic!("{name} is not there: {text}")).rsplit(' ').next().expect("a value").to_owned()
    }

    /// What the monitor was told at the end, and where.
    fn told(&self) -> (String, String) {
        let seen = self.monitor.seen();
        assert_eq!(seen.len(), 2, "one that it begins, and one that it ends");
        assert_eq!(seen[0].uri().path(), format!("/{CHECK}/start"));
        (seen[1].uri().path().to_owned(), String::from_utf8_lossy(seen[1].body()).into_owned())
    }

    /// All reports say that the run ended early, with this status and for this reason.
    fn ended_early(&self, status: Option<i32>, wanted: i32, word: &str) -> Value {
        assert_eq!(status, Some(wanted), "{word}");
        let report = self.report("out.json");
        assert_eq!((&report["exitStatus"], &report["complete"]), (&json!(wanted), &json!(false)), "{report:#}");
        assert!(report["why"].as_str().expect("a reason").contains(word), "{report:#}");
        let page = self.text("out.html");
        assert!(page.contains("<strong>The run ended early.</strong>"), "{page}");
        assert!(!page.contains("No row was asked for") && !page.contains("<h1>All"), "{page}");
        assert_eq!(page.matches("run the same command again").count().max(1), 1, "it is said once");
        assert_eq!(self.metric("convoke_last_run_exit_status"), wanted.to_string());
        assert_eq!(self.metric("convoke_run_complete"), "0");
        assert_eq!(self.metric("convoke_last_success_timestamp_seconds"), BEFORE);
        let (path, body) = self.told();
        assert_eq!(path, format!("/{CHECK}/fail"));
        assert!(body.starts_with(&format!("exit status {wanted}\n")) && body.contains(word), "{body}");
        report
    }
}

/// What is told of a file is what it is.
fn is_told(told: &Value, path: &Path) {
    let bytes = fs::read(path).expect("a file");
    let mut sha256 = String::new();
    for byte in digest(&SHA256, &bytes).as_ref() {
        write!(sha256, "{byte:02x}").expect("a String takes everything");
    }
    assert_eq!((&told["bytes"], &told["sha256"]), (&json!(bytes.len()), &json!(sha256)), "{}", path.display());
}

#[test]
fn a_run_that_ends_before_its_first_row_is_told_of_by_all_reports() {
    let flawed = fs::read_to_string(sample("awkward.csv")).expect("a sample");
    for (text, args, wanted, word) in [
        (None, &["--rehearse"][..], 3, "cannot be opened"),
        (Some("a,b\n1,2\n"), &["--rehearse"], 3, "there is no column externalId"),
        (Some(&flawed), &["--rehearse", "--strict"], 3, "--strict"),
        (Some(&flawed), &[], 4, "nothing to sign in with"),
    ] {
        let desk = Desk::new();
        let input = desk.path("in.csv");
        text.map(|text| desk.write("in.csv", text));
        let mut command = convoke(["provision", input.to_str().expect("UTF-8"), "--rate=max"]);
        let (status, _, stderr) = run(desk.reporting(command.args(args)));
        assert!(stderr.contains(word), "{stderr}");
        let report = desk.ended_early(status, wanted, word);
        assert_eq!((&report["rows"], &report["requests"]), (&json!(0), &json!(0)));
        assert_eq!((&report["output"]["bytes"], &report["output"]["sha256"]), (&Value::Null, &Value::Null));
        match (text, wanted) {
            // Nobody has looked at it.
            (None, _) | (_, 4) => assert_eq!(report["input"]["sha256"], Value::Null),
            _ => is_told(&report["input"], &input),
        }
    }
}

#[test]
fn a_secret_that_is_refused_is_told_of_by_all_reports_and_is_in_none() {
    let (desk, server) = (Desk::new(), Server::of_sim(Sim::new(Scenario::calm())));
    let input = desk.write("in.csv", &sheet(3));
    let mut command = convoke_at(&server, &[&input]);
    let (status, _, _) = run(desk.reporting(command.env("AZURE_CLIENT_SECRET", "an-old-s3cret")));
    desk.ended_early(status, 4, "the client secret is wrong");
    for name in ["out.json", "out.html", "out.prom"] {
        assert!(!desk.text(name).contains("an-old-s3cret"), "{name}");
    }
}

#[test]
fn a_run_that_is_stopped_is_told_of_with_the_file_that_has_its_lines() {
    for (signal, wanted) in [("INT", 130), ("TERM", 143)] {
        let desk = Desk::new();
        let input = desk.write("in.csv", &sheet(200));
        let rehearsal = || convoke(["provision", &input, "--rehearse", "--rate=20"]);
        let mut command = rehearsal();
        let (mut child, _stderr) = under_way(desk.reporting(&mut command), "record 1 (");
        // Another run of the same job meets it.
        let other = Desk::new();
        let (status, _, _) = run(other.reporting_of(&mut rehearsal(), &desk.path("out.csv")));
        let report = other.ended_early(status, 6, "another run is writing");
        assert_eq!((&report["rows"], &report["output"]["sha256"]), (&json!(0), &Value::Null), "those are not its own");
        kill(signal, &child);
        let status = child.wait().expect("it ends").code();
        let report = desk.ended_early(status, wanted, "go on at record");
        let partial = desk.path("out.csv.partial");
        assert_eq!(report["output"]["name"], json!(partial));
        is_told(&report["output"], &partial);
        is_told(&report["input"], Path::new(&input));
        assert!(report["rows"].as_u64().is_some_and(|rows| (1..200).contains(&rows)), "{report:#}");
    }
}

#[test]
fn what_could_not_be_made_is_an_end_that_is_no_success_for_whoever_watches() {
    let desk = Desk::new();
    let input = desk.write("in.csv", &sheet(3));
    // A file where there is to be a folder.
    desk.write("file", "");
    let mut command = convoke(["provision", &input, "--rehearse", "--rate=max"]);
    let (status, _, stderr) = run(desk.reporting(&mut command).arg("--ics-dir").arg(desk.path("file/ics")));
    assert_eq!(status, Some(5), "{stderr}");
    let report = desk.report("out.json");
    assert_eq!((&report["exitStatus"], &report["complete"], &report["rows"]), (&json!(5), &json!(true), &json!(3)));
    assert!(report["why"].as_str().expect("a reason").contains("--ics-dir"), "{report:#}");
    assert!(desk.text("out.html").contains("<strong>Something could not be made.</strong>"));
    assert_eq!(desk.metric("convoke_last_run_exit_status"), "5");
    assert_eq!(desk.metric("convoke_last_success_timestamp_seconds"), BEFORE);
    assert_eq!(desk.told().0, format!("/{CHECK}/fail"));
}

#[test]
fn a_storm_is_told_as_the_service_counted_it_and_no_secret_is_in_anything() {
    let (desk, sim) = (Desk::new(), Sim::new(Scenario::stormy()));
    let server = Server::of_sim(sim.clone());
    let input = desk.write("in.csv", &sheet(400));
    let mut command = convoke_at(&server, &[&input, "-v"]);
    let (status, _, stderr) = run(desk.reporting(&mut command));
    assert_eq!(status, Some(0), "{stderr}");
    let (report, counted) = (desk.report("out.json"), sim.report());
    let number = |at: &str| report.pointer(at).and_then(Value::as_u64).unwrap_or_else(|| panic!("{at}: {report:#}"));
    assert_eq!(number("/requests"), counted.requests);
    assert_eq!(number("/attempts"), counted.requests);
    assert_eq!(number("/retries"), counted.requests - 400);
    assert_eq!(number("/throttled"), counted.by_status[&429]);
    assert_eq!(number("/counts/created"), 400);
    let spans = report["rateOverTime"]["spans"].as_array().expect("spans");
    let sum = |name: &str| spans.iter().map(|span| span[name].as_u64().expect("a number")).sum::<u64>();
    assert_eq!((sum("requests"), sum("throttled")), (counted.requests, counted.by_status[&429]));
    assert_eq!(sum("failed"), counted.requests - 400 - counted.by_status[&429]);
    let latency = ["p50", "p90", "p95", "p99", "max"].map(|of| report["latencyMs"][of].as_f64().expect("a number"));
    assert!(latency.is_sorted() && latency[0] > 0.0, "{latency:?}");
    assert_eq!(desk.metric("convoke_requests"), counted.requests.to_string());
    assert_ne!(desk.metric("convoke_last_success_timestamp_seconds"), BEFORE);
    is_told(&report["output"], &desk.path("out.csv"));
    let (path, body) = desk.told();
    assert_eq!(path, format!("/{CHECK}"));
    assert!(body.contains("400 rows: 400 created") && !body.contains("://"), "{body}");
    let made = ["out.json", "out.html", "out.prom", "out.csv"].map(|name| desk.text(name));
    for text in made.iter().chain([&stderr, &body]) {
        assert!(!text.contains(CHECK) && !text.contains(CLIENT_SECRET) && !text.contains("Bearer "), "{text}");
    }
    assert!(desk.monitor.url.starts_with("http://") && !made.concat().contains(&desk.monitor.url));
}

#[test]
fn what_comes_by_pipes_has_the_digest_of_what_went_through_them() {
    let desk = Desk::new();
    let input = desk.write("in.csv", &sheet(20));
    let mut command = convoke(["provision", "-", "-o", "-", "--rehearse", "--rate=max"]);
    command.arg("--report").arg(desk.path("out.json")).stdin(fs::File::open(&input).expect("a file"));
    let (status, stdout, stderr) = run(&mut command);
    assert_eq!(status, Some(0), "{stderr}");
    let report = desk.report("out.json");
    desk.write("said.csv", &stdout);
    is_told(&report["input"], Path::new(&input));
    is_told(&report["output"], &desk.path("said.csv"));
    assert_eq!(
        (&report["input"]["name"], &report["output"]["name"]),
        (&json!("standard input"), &json!("standard output"))
    );
}

/// What people were told of each cause: how the rows ended, how many, the first of them, and why.
fn told_causes(stderr: &str) -> Vec<(String, u64, u64, String)> {
    let cause = |line: &str| {
        let (status, rest) = line.strip_prefix("  ")?.split_once(" (")?;
        let (rows, rest) = rest.split_once(" row")?;
        let (record, why) = rest.split_once("record ")?.1.split_once("): ")?;
        Some((status.to_owned(), rows.parse().ok()?, record.parse().ok()?, why.to_owned()))
    };
    stderr.lines().filter_map(cause).filter(|(status, ..)| status != "warning").collect()
}

#[test]
fn the_causes_are_those_that_people_were_told_in_the_run_and_of_its_output_later() {
    // One organizer has no policy, and one meeting is another at Graph.
    let server = Server::start(|request| {
        let (path, body) = (request.uri().path(), String::from_utf8_lossy(request.body()).into_owned());
        if path.contains(&organizer(1)) {
            let code = r#"{"error":{"code":"Forbidden","message":"No application access policy found for this app"}}"#;
            return reply(403, &[], code);
        }
        let meeting = r#"{"id":"m","joinWebUrl":"https://teams.example/l/x","subject":"another"}"#;
        reply(if body.contains("\"S-3\"") { 200 } else { 201 }, &[], meeting)
    });
    let samples = fs::read_dir(format!("{}/samples", env!("CARGO_MANIFEST_DIR"))).expect("a folder");
    let samples = samples.map(|sample| sample.expect("a sample").path());
    let samples = samples.filter(|sample| !sample.to_string_lossy().contains(".joined"));
    let (desk, mut met) = (Desk::new(), 0);
    let own = PathBuf::from(desk.write("own.csv", &sheet(60)));
    for input in samples.chain([own.clone()]) {
        let name = input.to_str().expect("UTF-8");
        let mut command = if input == own {
            convoke_at(&server, &[name])
        } else {
            convoke(["provision", name, "--rehearse", "--rate=max"])
        };
        command.env("CONVOKE_ACCESS_TOKEN", "t");
        command.arg("-o").arg(desk.path("x.csv")).arg("--report").arg(desk.path("run.json"));
        let (status, _, stderr) = run(&mut command);
        assert!(matches!(status, Some(0 | 1)), "{name}: {stderr}");
        let mut command = convoke(["publish"]);
        command.arg(desk.path("x.csv")).arg("--report").arg(desk.path("later.json"));
        let (status, _, said) = run(&mut command);
        assert_eq!(status, Some(0), "{name}: {said}");
        let (report, later) = (desk.report("run.json"), desk.report("later.json"));
        for member in ["causes", "counts", "days", "organizers", "attempts", "rows", "output"] {
            assert_eq!(report[member], later[member], "{name}: {member}");
        }
        let causes = report["causes"].as_array().expect("a list");
        let told = told_causes(&stderr);
        assert_eq!(told.len(), causes.len(), "{name}: {told:?}");
        for (status, rows, first, why) in told {
            // The HTTP status stands at the end of either.
            let is = |cause: &&Value| {
                let what = cause["what"].as_str().expect("a text").split(" (HTTP ").next().unwrap_or_default();
                cause["status"] == json!(status) && (status == "differs" || why.starts_with(what))
            };
            let cause = causes.iter().find(is).unwrap_or_else(|| panic!("{name}: {why}\n{causes:#?}"));
            assert_eq!((&cause["rows"], &cause["records"][0]), (&json!(rows), &json!(first)), "{name}: {why}");
            met += 1;
        }
    }
    assert!(met > 20, "too few causes for this to show anything: {met}");
}
