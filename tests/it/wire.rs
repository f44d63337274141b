//! What goes over the wire, seen by a server that writes it down.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use bytes::Bytes;
use convoke::graph::{Connections, Exchange as _, Http, Lost};
use http::{Method, Request, Response};

use crate::binary::convoke;
use crate::harness::{organizer, reply};
use crate::server::Server;

const MEETING: &str = r#"{"id":"m","joinWebUrl":"https://teams.example/l/x%2fy?a=b&c=%7b%7d"}"#;

fn meeting(_: &Request<Bytes>) -> Response<Bytes> {
    reply(201, &[("request-id", "r-1")], MEETING)
}

/// Runs a sheet against a server; gives what came on standard output and standard error.
fn send(server: &Server, sheet: &str, args: &[&str]) -> (String, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let input = directory.path().join("in.csv");
    fs::write(&input, sheet).expect("a file");
    let mut command = convoke(["provision", "--rate=max", "--lookup=off", "-o", "-", "--graph-url", &server.url]);
    let output = command.args(args).arg(input).env("CONVOKE_ACCESS_TOKEN", "sesame").output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr))
}

#[test]
fn a_request_has_the_documented_address_headers_and_body() {
    let server = Server::start(meeting);
    let id = organizer(1);
    let sheet = format!(
        "externalId,organizerUserId,subject,startDateTime,timeZone,attendees,chatThreadId\n\
         A,{id},Übung,2027-03-29T09:15,Europe/Berlin,Ada <ada@contoso.example>,\n\
         B,{id},,,,,19:x@thread.tacv2\n\
         C,../me,,,,,\n"
    );
    let (stdout, stderr) = send(&server, &sheet, &["--language", "de-DE", "-c", "1"]);
    let seen = server.seen();
    let paths: Vec<_> = seen.iter().map(|request| request.uri().path().to_owned()).collect();
    assert_eq!(
        paths,
        [
            format!("/v1.0/users/{id}/onlineMeetings/createOrGet"),
            format!("/beta/users/{id}/onlineMeetings/createOrGet"),
            "/v1.0/users/..%2Fme/onlineMeetings/createOrGet".to_owned()
        ],
        "{stderr}"
    );
    assert_eq!(
        seen[0].body(),
        "{\"externalId\":\"A\",\"subject\":\"Übung\",\"startDateTime\":\"2027-03-29T07:15:00Z\",\
         \"participants\":{\"attendees\":[{\"upn\":\"ada@contoso.example\"}]}}"
    );
    assert_eq!(seen[1].body(), r#"{"externalId":"B","chatInfo":{"threadId":"19:x@thread.tacv2"}}"#);
    for (name, value) in [
        ("authorization", "Bearer sesame"),
        ("content-type", "application/json"),
        ("prefer", "include-unknown-enum-members"),
        ("accept-language", "de-DE"),
        ("user-agent", concat!("convoke/", env!("CARGO_PKG_VERSION"))),
    ] {
        assert!(
            seen.iter().all(|request| request.method() == Method::POST && request.headers()[name] == value),
            "{name}"
        );
    }
    let ids: BTreeSet<_> = seen.iter().map(|request| request.headers()["client-request-id"].as_bytes()).collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| id.len() == 36), "a new one for each attempt");
    assert!(stdout.contains("https://teams.example/l/x%2fy?a=b&c=%7b%7d"), "the link is copied byte for byte");
}

#[test]
fn plain_http_stays_on_this_machine_whatever_the_proxy() {
    let (server, proxy) = (Server::start(meeting), Server::start(meeting));
    let directory = tempfile::tempdir().expect("a directory");
    let input = directory.path().join("in.csv");
    fs::write(&input, "externalId\nA\n").expect("a file");
    // The identity service is where it always is, and is not asked: the token is given.
    let mut command = convoke(["provision", "--me", "--lookup=off", "-o", "-", "--graph-url", &server.url]);
    command.env("http_proxy", &proxy.url).env("https_proxy", &proxy.url).env("ALL_PROXY", &proxy.url);
    let output = command.arg(input).env("CONVOKE_ACCESS_TOKEN", "sesame").output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!((server.seen().len(), proxy.seen().len()), (1, 0));
}

#[test]
fn me_is_sent_to_me_and_needs_no_organizer_column() {
    let server = Server::start(meeting);
    send(&server, "externalId\nA\n", &["--me"]);
    assert_eq!(server.seen()[0].uri().path(), "/v1.0/me/onlineMeetings/createOrGet");
    assert!(server.seen()[0].headers().get("accept-language").is_none());
}

#[test]
fn each_attempt_has_an_id_of_its_own_and_the_same_body() {
    let attempts = std::sync::atomic::AtomicU32::new(0);
    let server = Server::start(move |request| match attempts.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
        0 => reply(500, &[], ""),
        _ => meeting(request),
    });
    let (stdout, _) = send(&server, "externalId\nA\n", &["--me"]);
    let seen = server.seen();
    assert_eq!(seen.len(), 2, "{stdout}");
    assert_eq!(seen[0].body(), seen[1].body());
    assert_ne!(seen[0].headers()["client-request-id"], seen[1].headers()["client-request-id"]);
}

#[test]
fn a_redirect_is_not_followed_and_carries_the_token_nowhere() {
    let elsewhere = Server::start(meeting);
    let target = format!("{}/v1.0/me/onlineMeetings/createOrGet", elsewhere.url);
    let server = Server::start(move |_| reply(307, &[("location", target.as_str())], ""));
    let (stdout, _) = send(&server, "externalId\nA\n", &["--me"]);
    assert!(stdout.contains("refused") && stdout.contains("redirect"), "{stdout}");
    assert_eq!((server.seen().len(), elsewhere.seen().len()), (1, 0));
}

#[test]
fn what_graph_says_does_not_steer_the_terminal() {
    let server = Server::start(|_| {
        reply(200, &[], r#"{"joinWebUrl":"https://teams.example/x","subject":"\u001b[2Jgone\u0007"}"#)
    });
    let (stdout, stderr) = send(&server, "externalId,subject\nA,here\n", &["--me"]);
    assert!(stdout.contains("differs") && stderr.contains("gone"), "{stderr}");
    assert!(!stderr.contains(|c: char| c.is_control() && c != '\n'), "{stderr:?}");
}

/// One exchange with a server, without the program around it.
fn exchange(server: &Server) -> Result<Response<Bytes>, Lost> {
    let http =
        Http::open(&Connections::plain(Duration::from_secs(5), Duration::from_millis(200)), false).expect("a client");
    let request = Request::post(format!("{}/x", server.url)).body(Bytes::new()).expect("a request");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(http.exchange(request))
}

#[test]
fn an_answer_that_is_too_long_and_one_that_does_not_come_are_lost() {
    let endless = Server::start(|_| reply(200, &[], &" ".repeat(2 << 20)));
    assert!(matches!(exchange(&endless), Err(Lost::Broken(why)) if why.contains("longer than")));
    assert!(matches!(exchange(&Server::silent()), Err(Lost::Timeout)));
}

#[test]
fn a_port_where_nobody_listens_is_no_connection() {
    let mut server = Server::silent();
    server.url = "http://127.0.0.1:1".to_owned();
    assert!(matches!(exchange(&server), Err(Lost::Connect(_))));
}

#[test]
fn what_microsofts_support_asks_for_is_in_the_output_and_in_the_log() {
    const DATE: &str = "Sat, 21 Nov 2026 09:14:07 GMT";
    let server = Server::start(|_| {
        let body = r#"{"error":{"code":"Forbidden","message":"No application access policy found for this app."}}"#;
        reply(403, &[("request-id", "r-403"), ("date", DATE)], body)
    });
    let sheet = format!("externalId,organizerUserId\nA,{}\n", organizer(1));
    for args in [&[][..], &["--log-format", "json"]] {
        let (stdout, stderr) = send(&server, &sheet, args);
        let seen = server.seen();
        let own = seen.last().expect("a request").headers()["client-request-id"].to_str().expect("text").to_owned();
        for id in ["r-403", &own, DATE] {
            assert!(stdout.contains(id) && stderr.contains(id), "{id}: {stdout}{stderr}");
        }
    }
}
