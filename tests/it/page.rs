//! The page behind a join link, in a real browser without a window: its script runs, in the visitor's time zone, and
//! what a subject says does not.
//!
//! Chromium is looked for in the variable CHROME and in PATH. Without it these tests say so and pass.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use convoke::sim::{JOIN_URL_START, Scenario, Sim};
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::server::Server;

/// A browser is slow to start on a busy machine; it needs about a second.
const PATIENCE: Duration = Duration::from_mins(2);
const ALIKE: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--virtual-time-budget=5000",
    "--dump-dom",
];

/// The first of the usual names under which one can be started; without one it is said what is not looked at.
pub(crate) fn chromium(what: &str) -> Option<String> {
    let named = std::env::var("CHROME").into_iter();
    let usual = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    // On some systems the name is that of a hint how to install it.
    let starts = |name: &String| {
        let mut version = Command::new(name);
        version.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    };
    let found = named.chain(usual).find(starts);
    if found.is_none() {
        // Past the test harness, which keeps to itself what a test that passes has printed.
        let _ = writeln!(std::io::stderr(), "skipped for want of Chromium: a look at {what}");
    }
    found
}

/// A meeting with this subject, and the simulator that has it on a socket.
fn meeting(subject: &str) -> (Server, String) {
    let sim = Sim::new(Scenario::calm());
    let body = json!({
        "externalId": "A",
        "subject": subject,
        "startDateTime": "2027-07-14T05:30:00Z",
        "endDateTime": "2027-07-14T08:00:00Z",
    });
    let request = Request::post("/v1.0/me/onlineMeetings/createOrGet")
        .header("authorization", format!("Bearer {}", sim.delegated_token()))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let body: Bytes = runtime.block_on(async {
        let response = sim.router().oneshot(request).await.expect("a router never fails");
        response.into_body().collect().await.expect("it is whole").to_bytes()
    });
    let meeting: Value = serde_json::from_slice(&body).expect("JSON");
    let link = meeting["joinWebUrl"].as_str().and_then(|link| link.strip_prefix(JOIN_URL_START)).expect("a link");
    let server = Server::of_sim(sim);
    let url = format!("{}/{link}", server.url);
    (server, url)
}

/// The document when all scripts have run; what the browser has to say of it is nothing.
pub(crate) fn document(chromium: &str, url: &str, zone: &str, more: &[&str]) -> String {
    let home = tempfile::tempdir().expect("a directory");
    let log = home.path().join("log");
    let mut command = Command::new(chromium);
    command.args(ALIKE).args(["--enable-logging=stderr", "--lang=en-GB", "--accept-lang=en-GB"]).args(more);
    command.arg(format!("--user-data-dir={}", home.path().display())).arg(url);
    command.env("TZ", zone).env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log).expect("a file"));
    let mut browser = command.spawn().expect("it has started before");
    let mut stdout = browser.stdout.take().expect("a pipe");
    let (done, document) = mpsc::channel();
    std::thread::spawn(move || {
        let mut document = String::new();
        let _ = done.send(stdout.read_to_string(&mut document).map(|_| document));
    });
    let document = document.recv_timeout(PATIENCE);
    if document.is_err() {
        let _ = browser.kill();
    }
    let _ = browser.wait();
    let log = fs::read_to_string(&log).unwrap_or_default();
    let document = document.unwrap_or_else(|_| panic!("the browser did not end:\n{log}")).expect("UTF-8");
    assert!(document.contains("</html>"), "the browser gave no document: {document}\n{log}");
    assert!(!log.contains("CONSOLE"), "the browser complains:\n{log}");
    document
}

/// The words of an element and of those in it, one after the other.
fn words(document: &str, begin: &str, end: &str) -> String {
    let (_, rest) = document.split_once(begin).unwrap_or_else(|| panic!("no {begin} in {document}"));
    let (markup, _) = rest.split_once(end).expect("it ends");
    let texts = markup.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    texts.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ").replace(',', "")
}

#[test]
fn the_times_are_those_of_the_visitor() {
    let Some(chromium) = chromium("the page behind a join link") else { return };
    let (_server, url) = meeting("Term planning");
    let utc = "In UTC: 14 July 2027 05:30 to 08:00";
    for (zone, said) in [
        (
            "America/Vancouver",
            format!("Tuesday 13 July 2027 22:30 to Wednesday 14 July 2027 01:00 Pacific Daylight Time (UTC-7) {utc}"),
        ),
        ("Asia/Kolkata", format!("Wednesday 14 July 2027 11:00 to 13:30 India Standard Time (UTC+5:30) {utc}")),
        ("UTC", "Wednesday 14 July 2027 05:30 to 08:00 Coordinated Universal Time (UTC)".to_owned()),
    ] {
        let document = document(&chromium, &url, zone, &[]);
        assert_eq!(words(&document, "<div id=\"when\">", "</div>"), said, "{document}");
        assert_eq!(document.matches("<time datetime=\"2027-07-14T05:30:00Z\">").count(), 1, "{document}");
    }
}

#[test]
fn what_a_subject_says_is_shown_and_does_not_run() {
    let Some(chromium) = chromium("the page behind a join link") else { return };
    let subject = "<script>document.title = 'ran'</script> & \"quotes\" </title><img src=x onerror=\"document.title = 'ran'\"> \u{202e}שלום";
    let (_server, url) = meeting(subject);
    let document = document(&chromium, &url, "America/Vancouver", &[]);
    let escaped = subject.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    assert!(document.contains(&format!("<h1 dir=\"auto\" class=\"long\">{escaped}</h1>")), "{document}");
    assert!(document.contains(&format!("<title>{escaped}</title>")), "{document}");
    assert!(!document.contains("<img"), "{document}");
    assert!(
        words(&document, "<div id=\"when\">", "</div>").contains("Pacific"),
        "the page's own script ran: {document}"
    );
}
