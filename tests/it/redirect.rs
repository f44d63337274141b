//! A redirect is told and not followed: neither a token nor a secret goes where an answer says.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use crate::binary::{convoke, convoke_at, run, write};
use crate::harness::{column, reply, sheet};
use crate::server::Server;

const MEETING: &str = r#"{"id":"m","joinWebUrl":"https://teams.example/l/x"}"#;

/// Somebody else's server, and the address by which a redirect names it.
fn witness() -> (TcpListener, String) {
    let witness = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    witness.set_nonblocking(true).expect("a socket");
    let url = format!("http://localhost:{}", witness.local_addr().expect("an address").port());
    (witness, url)
}

/// Whether nobody has called.
fn saw_nothing(witness: &TcpListener) -> bool {
    witness.accept().is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

#[test]
fn a_redirect_of_graph_is_told_and_no_token_goes_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(1));
    let (witness, url) = witness();
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{url}/hush?token=hush");
        let server = Server::start(move |_| reply(status, &[("location", &location)], ""));
        let mut command = convoke_at(&server, &[&input, "-v", "-o", "-"]);
        let (code, stdout, stderr) = run(command.env("CONVOKE_ACCESS_TOKEN", "sesame"));
        assert_eq!((code, column(&stdout, "status")), (Some(1), vec!["refused".to_owned()]), "{stderr}");
        let [error] = &column(&stdout, "error")[..] else { panic!("one row: {stdout}") };
        for words in [&format!("a redirect to {url};"), "it was not followed, and no token went there", "--graph-url"] {
            assert!(error.contains(words), "{words}: {error}");
        }
        assert!(!format!("{stdout}{stderr}").contains("hush") && saw_nothing(&witness), "{stderr}");
        assert_eq!(server.seen().len(), 1, "it is asked once");
    }
}

#[test]
fn a_redirect_of_the_identity_service_is_told_and_no_secret_goes_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(1));
    let (witness, url) = witness();
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{url}/hush?secret=hush");
        let server = Server::start(move |_| reply(status, &[("location", &location)], ""));
        let (code, stdout, stderr) = run(&mut convoke_at(&server, &[&input, "-v", "-o", "-"]));
        assert_eq!(code, Some(4), "{stderr}");
        for words in [&format!("a redirect to {url};"), "neither a secret nor a token went there", "--login-url"] {
            assert!(stderr.contains(words), "{words}: {stderr}");
        }
        assert!(!format!("{stdout}{stderr}").contains("hush") && saw_nothing(&witness), "{stderr}");
        assert_eq!(server.seen().len(), 1, "it is asked once");
    }
}

#[test]
fn no_address_in_an_answer_is_ever_gone_to() {
    let directory = tempfile::tempdir().expect("a directory");
    let row = "externalId,organizerUserId,subject,attendees\nA,ada@contoso.example,Algebra,bob@contoso.example\n";
    let input = write(directory.path(), "in.csv", row);
    let (witness, url) = witness();
    let shared = url.clone();
    let server = Server::start(move |request| {
        let headers = [
            ("content-location", shared.as_str()),
            ("link", &format!("<{shared}>; rel=\"next\"")),
            ("refresh", &shared),
        ];
        let alt = format!("h2=\"{}\"; persist=1", shared.trim_start_matches("http://"));
        let headers = [&headers[..], &[("alt-svc", alt.as_str())]].concat();
        if !request.uri().path().ends_with("/$batch") {
            return reply(201, &headers, MEETING);
        }
        let asked: serde_json::Value = serde_json::from_slice(request.body()).expect("a batch");
        let user = |item: &serde_json::Value| {
            let name = if item["url"].as_str().is_some_and(|url| url.contains("ada")) { "ada" } else { "bob" };
            let upn = format!("{name}@contoso.example");
            let user = serde_json::json!({"id": "6b1e0000-0000-4000-8000-000000000001", "userPrincipalName": upn});
            let body = serde_json::json!({"@odata.nextLink": shared, "@odata.context": shared, "value": [user]});
            serde_json::json!({"id": item["id"], "status": 200, "headers": {"Location": shared}, "body": body})
        };
        let answers: Vec<_> = asked["requests"].as_array().expect("requests").iter().map(user).collect();
        reply(
            200,
            &headers,
            &serde_json::json!({"responses": answers, "@odata.nextLink": shared, "nextLink": shared}).to_string(),
        )
    });
    let graph = format!("{}/behind/a/gateway/", server.url);
    let mut command =
        convoke(["provision", &input, "-v", "-o", "-", "--graph-url", &graph, "--login-url", &server.url]);
    let (code, stdout, stderr) = run(command.env("CONVOKE_ACCESS_TOKEN", "sesame"));
    assert_eq!((code, column(&stdout, "status")), (Some(0), vec!["created".to_owned()]), "{stderr}");
    assert!(saw_nothing(&witness), "{stderr}");
    let seen = server.seen();
    assert!(seen.len() >= 2 && seen.iter().all(|request| request.uri().path().starts_with("/behind/a/gateway/v1.0/")));
    assert!(seen.iter().all(|request| request.headers()["authorization"] == "Bearer sesame"));
}

#[test]
fn a_redirect_of_a_look_up_or_within_a_batch_is_told_and_no_token_goes_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", "externalId,organizerUserId\nA,ada@contoso.example\n");
    let (witness, url) = witness();
    for status in [200, 302, 308] {
        let location = format!("{url}/hush?token=hush");
        let server = Server::start(move |_| {
            let inner = serde_json::json!({"id": "0", "status": 302, "headers": {"Location": location}});
            reply(status, &[("location", &location)], &serde_json::json!({"responses": [inner]}).to_string())
        });
        let mut command = convoke_at(&server, &[&input, "-v", "-o", "-", "--lookup=on"]);
        let (code, stdout, stderr) = run(command.env("CONVOKE_ACCESS_TOKEN", "sesame"));
        assert_eq!(code, Some(4), "{stderr}");
        assert!(stderr.contains(&format!("a redirect to {url};")) && stderr.contains("not followed"), "{stderr}");
        assert!(!format!("{stdout}{stderr}").contains("hush") && saw_nothing(&witness), "{stderr}");
    }
}
