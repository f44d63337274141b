//! The meetings of an output are looked at: what is told of each, that nothing is changed, and that it is one pipeline with
//! all that holds for it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use convoke::action::{Action, Verify};
use convoke::choice::Choice;
use convoke::input::{Reading, Rows, Source};
use convoke::ledger::{Layout, Ledger, LineColumns, Opened, Output};
use convoke::outcome::Extra;
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Latency, Scenario, Sim, TENANT_ID};
use convoke::stop::{Reason, Signal};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::binary::{convoke, convoke_at, run, write};
use crate::harness::{How, Ran, column, organizer, provision_now, provision_rows, reply, rows, run_into, sheet};
use crate::server::Server;

const NOW: &str = "2027-01-01T00:00:00Z";

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn in_virtual_time<T>(what: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(what)
}

/// What is looked at, with fourteen days.
fn verify_of(output: &str) -> Verify {
    let lines = LineColumns::of(rows(output, false).parser().columns());
    Verify { lines, me: false, now: time(NOW), within: TimeDelta::days(14), extra: Extra::default() }
}

/// A look at the meetings of an output, at some time.
fn looking(output: &str, now: DateTime<Utc>) -> How {
    let verify = Verify { now, ..verify_of(output) };
    let choice = Choice { lines: Some(verify.lines.clone()), ..Choice::default() };
    How { action: Action::Verify(Box::new(verify)), choice, ..How::default() }
}

async fn verify(sim: &Sim, output: &str, now: &str) -> Ran {
    provision_now(sim, output, looking(output, time(now))).await
}

fn assert_only_reads(ran: &Ran) {
    let requests = ran.witness.requests.borrow();
    assert!(requests.iter().all(|request| request.method() == Method::GET && request.body().is_empty()));
}

/// What somebody does by hand: a request with a token of the app's.
async fn by_hand(sim: &Sim, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
    let form = format!(
        "grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}&\
         scope=https%3A%2F%2Fgraph.example%2F.default"
    );
    let ask = async |request: Request<Body>| {
        let answer = sim.router().oneshot(request).await.expect("a router always answers");
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        (parts.status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    };
    let token = Request::post(format!("https://login.example/{TENANT_ID}/oauth2/v2.0/token"))
        .header("content-type", "application/x-www-form-urlencoded");
    let (_, token): (_, Value) = ask(token.body(Body::from(form)).expect("a request")).await;
    let token = token["access_token"].as_str().expect("a token").to_owned();
    let request = Request::builder().method(method).uri(format!("https://graph.example/v1.0/{path}"));
    let request = request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    ask(request.body(body).expect("a request")).await
}

/// Where a meeting of an output is at Graph.
fn path_of(output: &str, record: usize) -> String {
    let [organizer, id] = ["organizerId", "meetingId"].map(|name| column(output, name)[record].clone());
    format!("users/{organizer}/onlineMeetings/{id}")
}

#[test]
fn each_meeting_is_told_alive_changed_or_gone_and_nothing_is_sent_but_reads() {
    in_virtual_time(async {
        let sim = Sim::new(Scenario::calm());
        let output = provision_now(&sim, &sheet(6), How::default()).await.output;
        let (status, _) = by_hand(&sim, "PATCH", &path_of(&output, 1), json!({"subject": "by hand"})).await;
        assert_eq!(status, 200);
        assert_eq!(by_hand(&sim, "DELETE", &path_of(&output, 2), Value::Null).await.0, 204);
        let [third, fourth] = [3, 4].map(|at| column(&output, "joinWebUrl")[at].clone());
        let edited = output.replace(&third, "https://teams.example/rewritten").replace("S-5,", "T-5,");
        let ran = verify(&sim, &edited, NOW).await;
        assert_only_reads(&ran);
        assert_eq!(ran.witness.requests.borrow().len(), 6);
        assert_eq!(ran.column("status"), ["existing", "differs", "gone", "differs", "existing", "differs"]);
        let drift = ran.column("drift");
        assert_eq!([&*drift[0], &*drift[2], &*drift[4]], [""; 3]);
        assert_eq!(drift[1], "subject: Graph has 'by hand'");
        assert_eq!(drift[3], format!("joinWebUrl: Graph has {third}"));
        assert_eq!(drift[5], "externalId: Graph has 'S-5'");
        assert_eq!(ran.column("joinWebUrl")[3..5], [third, fourth], "the link is Graph's");
        assert_eq!(ran.column("httpStatus"), ["200", "200", "404", "200", "200", "200"]);
        for name in ["meetingId", "passcode", "conferenceId", "meetingExpiry", "organizerId", "madeBy"] {
            assert_eq!(ran.column(name)[0], column(&output, name)[0], "{name}");
            assert!(!ran.column(name)[0].is_empty(), "{name}");
        }
        assert_eq!(ran.column("madeBy")[0], "createOrGet");
        let header = |text: &str| text.lines().next().map(str::to_owned);
        assert_eq!(header(&ran.output), header(&output), "the columns are the same");
    });
}

#[test]
fn a_link_is_expiring_from_so_many_days_before_to_its_end_and_expired_from_then_on() {
    in_virtual_time(async {
        let sim = Sim::new(Scenario::calm());
        let output = provision_now(&sim, &sheet(1), How::default()).await.output;
        let expiry = column(&output, "meetingExpiry")[0].clone();
        assert_eq!(expiry, "2027-04-02T08:45:00Z", "sixty days past the end");
        let (second, days) = (TimeDelta::seconds(1), TimeDelta::days(14));
        for (now, status, drift) in [
            (time(&expiry) - days - second, "existing", String::new()),
            (time(&expiry) - days, "expiring", format!("expires on {expiry}")),
            (time(&expiry) - second, "expiring", format!("expires on {expiry}")),
            (time(&expiry), "expired", format!("expired on {expiry}")),
        ] {
            let ran = provision_now(&sim, &output, looking(&output, now)).await;
            assert_eq!((&*ran.column("status")[0], &*ran.column("drift")[0]), (status, &*drift), "{now}");
        }
        by_hand(&sim, "PATCH", &path_of(&output, 0), json!({"subject": "other"})).await;
        let ran = provision_now(&sim, &output, looking(&output, time(&expiry) - second)).await;
        assert_eq!(ran.column("status"), ["differs"], "both are told together");
        assert_eq!(ran.column("drift"), [format!("subject: Graph has 'other'; expires on {expiry}")]);
        let again = verify(&sim, &ran.output, "2028-01-01T00:00:00Z").await;
        assert_eq!(again.column("drift"), [format!("expired on {expiry}; subject: Graph has 'other'")]);
        assert_eq!(verify(&sim, &again.output, NOW).await.column("status"), ["differs"], "an expired one is looked at");
    });
}

#[test]
fn what_graph_leaves_out_is_reckoned_and_a_line_without_an_id_is_told_what_to_do() {
    in_virtual_time(async {
        let sim = Sim::new(Scenario::calm());
        let output = provision_now(&sim, &sheet(2), How::default()).await.output;
        let (link, id) = (column(&output, "joinWebUrl")[0].clone(), column(&output, "meetingId")[1].clone());
        let edited = output.replace(&id, "");
        let body = json!({"joinWebUrl": link, "endDateTime": "2026-12-01T08:45:00.0000000Z"}).to_string();
        let tamper = Box::new(move |_, _: &Request<Bytes>| Some(Ok(reply(200, &[], &body))));
        let ran = provision_now(&sim, &edited, How { tamper, ..looking(&edited, time(NOW)) }).await;
        assert_eq!(ran.column("status"), ["differs", "refused"]);
        let drift = "endDateTime: Graph has 2026-12-01T08:45:00Z; expires on 2027-01-30T08:45:00Z (Graph does not say; 60 \
                     days past its end)";
        let ran_later = Verify { within: TimeDelta::days(30), ..verify_of(&edited) };
        assert_eq!(ran.column("drift")[0], "endDateTime: Graph has 2026-12-01T08:45:00Z");
        let body = json!({"joinWebUrl": link, "endDateTime": "2026-12-01T08:45:00.0000000Z"}).to_string();
        let tamper = Box::new(move |_, _: &Request<Bytes>| Some(Ok(reply(200, &[], &body))));
        let how = How { tamper, action: Action::Verify(Box::new(ran_later)), ..How::default() };
        assert_eq!(provision_now(&sim, &edited, how).await.column("drift")[0], drift);
        assert!(ran.column("error")[1].contains("no meetingId"));
        assert_eq!(ran.column("organizerId")[0], organizer(0), "so that one can look again");
    });
}

#[test]
fn a_row_that_cannot_be_read_is_looked_at_and_each_line_speaks_for_itself() {
    in_virtual_time(async {
        let sim = Sim::new(Scenario::calm());
        let who = organizer(1);
        let text =
            format!("externalId,organizerUserId,startDateTime\nA,{who},2027-02-03T09:00\nA,{who},2027-02-03T09:00\n");
        let zoned = Reading { default_zone: Some("Europe/Berlin".into()), ..Reading::default() };
        let input = Rows::open(Source::of(text), zoned.clone()).expect("a header");
        let output = provision_rows(&sim, input, How::default()).await.output;
        assert_eq!(column(&output, "status"), ["created", "existing"]);
        let ran = verify(&sim, &output, NOW).await;
        assert_eq!(ran.column("status"), ["differs", "differs"]);
        assert!(
            ran.column("drift")[0].starts_with("the row cannot be read, and was not compared (startDateTime '2027")
        );
        // The second line's link is another: that it asks for an earlier row's meeting does not hide it.
        let link = column(&output, "joinWebUrl")[1].clone();
        let (first, second) = output.rsplit_once(&link).expect("two lines");
        let edited = format!("{first}https://teams.example/other{second}");
        let input = Rows::open(Source::of(edited.clone()), zoned).expect("a header");
        let ran = provision_rows(&sim, input, looking(&edited, time(NOW))).await;
        assert_eq!(ran.column("status"), ["existing", "differs"]);
        assert_only_reads(&ran);
    });
}

#[test]
fn throttling_and_weather_delay_a_look_and_change_nothing_of_it() {
    in_virtual_time(async {
        let calm = Sim::new(Scenario::calm());
        let output = provision_now(&calm, &sheet(120), How::default()).await.output;
        let tamper = Box::new(move |number: u32, _: &Request<Bytes>| match number % 7 {
            2 => Some(Ok(reply(429, &[("retry-after", "1")], ""))),
            4 => Some(Ok(reply(503, &[], ""))),
            _ => None,
        });
        let ran = provision_now(&calm, &output, How { tamper, ..looking(&output, time(NOW)) }).await;
        assert_eq!(ran.column("status"), vec!["existing"; 120]);
        assert!(ran.held >= Duration::from_secs(1));
        assert_only_reads(&ran);
        assert_eq!(calm.report().meetings_made, 120);
    });
}

/// A look into a file, which is given its name if it is complete.
async fn look_into(path: &Path, sim: &Sim, output: &str, how: How) -> Ran {
    let rows = rows(output, false);
    let opened = Ledger::open(&Output::File(path.to_owned()), rows.parser().columns(), Layout::default(), false);
    let Opened::Ledger(ledger) = opened.expect("a file") else { panic!("it is nobody else's") };
    let (ran, ledger) = Box::pin(run_into(*ledger, sim, rows, how)).await;
    match &ran.complete {
        Ok(true) => ledger.finish().expect("a name"),
        _ => ledger.leave(true).expect("a file"),
    }
    ran
}

#[test]
fn a_look_that_is_stopped_anywhere_is_gone_on_with_and_ends_the_same() {
    in_virtual_time(async {
        let sim = Sim::new(Scenario {
            latency: Latency::Between(Duration::from_millis(5), Duration::from_millis(40)),
            ..Scenario::calm()
        });
        // Some without a meeting, of each kind that a run leaves behind.
        let text = format!("{}S-60,,no organizer,,,,\nS-3,{},another subject,,,,\n", sheet(60), organizer(3));
        let limit = Choice { limit: Some(61), ..Choice::default() };
        let output = provision_now(&sim, &text, How { choice: limit, ..How::default() }).await.output;
        by_hand(&sim, "DELETE", &path_of(&output, 7), Value::Null).await;
        let output = without_order(&output);
        let whole = told(&verify(&sim, &output, NOW).await.output);
        assert_eq!(whole.iter().filter(|line| line.starts_with("existing,")).count(), 59);
        let folder = tempfile::tempdir().expect("a directory");
        for moment in 0..20 {
            let path = folder.path().join(format!("{moment}.csv"));
            let mut runs = 0;
            loop {
                let after = Duration::from_millis(moment * 13 + 20 * runs);
                let tamper = Box::new(|_, _: &Request<Bytes>| None);
                let stop_after = Some((after, Reason::Interrupted(Signal::Terminate)));
                let how = How { slots: 2, tamper, stop_after, ..looking(&output, time(NOW)) };
                let ran = look_into(&path, &sim, &output, how).await;
                assert_only_reads(&ran);
                runs += 1;
                if matches!(ran.complete, Ok(true)) {
                    break;
                }
                assert!(runs < 500, "it never ends");
            }
            let result = fs::read_to_string(&path).expect("a result");
            assert!(told(&result) == whole, "{moment}: {:?}", told(&result));
        }
        assert_eq!(sim.report().meetings_kept, 59);
    });
}

/// What the lines of a result say, without what is each request's own.
fn told(result: &str) -> Vec<String> {
    let columns = ["status", "externalId", "joinWebUrl", "meetingExpiry", "drift", "error", "record"];
    let columns = columns.map(|name| column(result, name));
    (0..columns[0].len()).map(|line| columns.iter().map(|cells| &*cells[line]).collect::<Vec<_>>().join(",")).collect()
}

/// The lines with those without a meeting first, each with its number, as somebody may have sorted them.
fn without_order(output: &str) -> String {
    let mut lines: Vec<&str> = output.lines().collect();
    let rest = lines.split_off(61);
    lines.splice(1..1, rest);
    lines.join("\n") + "\n"
}

#[test]
fn the_program_looks_writes_beside_the_output_and_says_by_its_status_whether_all_is_well() {
    let folder = tempfile::tempdir().expect("a directory");
    let server = Server::of_sim(Sim::new(Scenario::calm()));
    let input = write(folder.path(), "course.csv", &sheet(5));
    let output = folder.path().join("course.joined.csv");
    let output = output.to_str().expect("UTF-8");
    assert_eq!(run(&mut convoke_at(&server, &[&input])).0, Some(0));
    let look = |args: &[&str]| {
        let mut command =
            convoke(["verify", output, "--rate=max", "--graph-url", &server.url, "--login-url", &server.url]);
        command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID).env("CONVOKE_LOOKUP", "off");
        command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET).args(args);
        run(&mut command)
    };
    let (status, stdout, stderr) = look(&[]);
    assert_eq!((status, &*stdout), (Some(0), ""), "{stderr}");
    assert!(stderr.contains("5 rows: 5 existing"), "{stderr}");
    let verified = fs::read_to_string(folder.path().join("course.joined.verified.csv")).expect("the result");
    assert_eq!(column(&verified, "joinWebUrl"), column(&fs::read_to_string(output).expect("it"), "joinWebUrl"));
    let (status, stdout, stderr) = look(&["--within", "3650", "-o", "-"]);
    assert_eq!(status, Some(1), "{stderr}");
    assert_eq!(column(&stdout, "status"), ["expiring"; 5]);
    assert!(stderr.contains("expires on 20"), "{stderr}");
    let expiring = write(folder.path(), "expiring.csv", &stdout);
    let list = folder.path().join("list.csv");
    let (status, _, stderr) = run(&mut convoke(["publish", &expiring, "--recipients", list.to_str().expect("UTF-8")]));
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stderr.contains("the links of 5 meetings stop working soon"), "{stderr}");
    assert_eq!(column(&fs::read_to_string(list).expect("a list"), "joinWebUrl").len(), 5);
    let report = folder.path().join("report.json");
    let (status, ..) = look(&["--only", "S-1", "-o", "-", "--report", report.to_str().expect("UTF-8")]);
    assert_eq!(status, Some(1), "what is skipped was not looked at");
    let report: Value = serde_json::from_str(&fs::read_to_string(report).expect("a report")).expect("JSON");
    assert_eq!((&report["counts"]["existing"], &report["options"]["within"]), (&json!(1), &json!("14")));
}

#[test]
fn what_is_no_output_is_told_before_anybody_is_asked() {
    let folder = tempfile::tempdir().expect("a directory");
    let input = write(folder.path(), "course.csv", &sheet(2));
    let look = |args: &[&str]| {
        let mut command = convoke(["verify", &input]);
        run(command.args(args).env("CONVOKE_ACCESS_TOKEN", "hush").args(["--graph-url", "http://127.0.0.1:1"]))
    };
    let (status, _, stderr) = look(&["--me"]);
    assert_eq!(status, Some(3), "{stderr}");
    assert!(stderr.contains("cannot be read as an output of convoke") && stderr.contains("column status"), "{stderr}");
    for (args, told) in [
        (&["--me", "-o", &*input][..], "is the input itself"),
        (&["--me", "--within", "soon"], "--within 'soon'"),
        (&["--me", "--recipients", "x.csv", "--only-new"], "--only-new"),
    ] {
        let (status, _, stderr) = look(args);
        assert_eq!(status, Some(2), "{stderr}");
        assert!(stderr.contains(told), "{stderr}");
    }
}
