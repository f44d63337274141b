//! Connections: which version of HTTP is spoken over how many, and when another is taken.

use std::collections::BTreeSet;
use std::future::{Future, ready};
use std::pin::Pin;
use std::process::Command;
use std::sync::Arc;

use bytes::Bytes;
use http::{Response, Version};
use tempfile::TempDir;
use tokio::sync::{Barrier, Notify};
use tokio_rustls::rustls::HandshakeKind;

use crate::binary::{convoke, run, write};
use crate::harness::{column, reply, sheet};
use crate::host::{Call, Host, Offers};

const MEETING: &str = r#"{"id":"m","joinWebUrl":"https://teams.example/l/x"}"#;
/// What gzip makes of a meeting whose link ends in `zipped`.
const ZIPPED: [u8; 73] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 76, 81, 178, 82, 202, 85, 210, 81, 202, 202, 207, 204, 11, 79, 77,
    10, 45, 202, 1, 10, 100, 148, 148, 20, 20, 91, 233, 235, 151, 164, 38, 230, 22, 235, 165, 86, 36, 230, 22, 228,
    164, 234, 87, 101, 22, 20, 164, 166, 40, 213, 2, 0, 158, 0, 44, 133, 54, 0, 0, 0,
];

type Answer = Pin<Box<dyn Future<Output = Response<Bytes>> + Send>>;

fn meeting() -> Response<Bytes> {
    reply(201, &[], MEETING)
}

/// The program pointed at a host that it trusts; the directory is that of its input.
fn convoke_at(host: &Host, rows: usize, slots: &str) -> (Command, TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(rows));
    let mut command =
        convoke(["provision", &input, "--rate=max", "--lookup=off", "-o", "-", "-c", slots, "--graph-url", &host.url]);
    command.env("CONVOKE_ACCESS_TOKEN", "sesame").env("SSL_CERT_FILE", &host.authority);
    (command, directory)
}

/// Sends so many rows, each of which gets its meeting; gives the numbers of the connections that the calls came over.
fn send(host: &Host, rows: usize, slots: &str) -> Vec<usize> {
    let (mut command, _directory) = convoke_at(host, rows, slots);
    let (status, stdout, stderr) = run(&mut command);
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&stdout, "joinWebUrl"), vec!["https://teams.example/l/x"; rows], "{stderr}");
    host.calls().iter().map(|call| call.connection).collect()
}

/// Does the same with a host of every kind, at the same time.
fn with_every_kind(test: impl Fn(Offers) + Sync) {
    std::thread::scope(|scope| {
        for offers in [Offers::Plain, Offers::Tls(&["http/1.1"]), Offers::Tls(&["h2", "http/1.1"])] {
            let test = &test;
            scope.spawn(move || test(offers));
        }
    });
}

#[test]
fn http2_is_spoken_where_it_is_offered_and_one_connection_carries_all_slots() {
    const SLOTS: usize = 64;
    let all_at_once = Arc::new(Barrier::new(SLOTS));
    // Nobody is answered until every slot has its request on the wire.
    let host = Host::start(Offers::Tls(&["h2", "http/1.1"]), move |number| {
        let all_at_once = all_at_once.clone();
        async move {
            if number < SLOTS {
                all_at_once.wait().await;
            }
            meeting()
        }
    });
    let connections = send(&host, 200, &SLOTS.to_string());
    assert!(host.calls().iter().all(|call| call.version == Version::HTTP_2));
    assert_eq!(connections.iter().collect::<BTreeSet<_>>().len(), 1);
}

#[test]
fn http1_is_spoken_where_nothing_better_is_offered_and_connections_are_kept() {
    for offers in [Offers::Plain, Offers::Tls(&["http/1.1"])] {
        let host = Host::start(offers, |_| ready(meeting()));
        send(&host, 200, "4");
        assert!(host.calls().iter().all(|call| call.version == Version::HTTP_11));
        // An answer can be read a moment before its connection is free again, so that there are some to spare.
        assert!(host.connections() <= 16, "{}", host.connections());
    }
}

#[test]
fn a_connection_that_had_a_503_carries_no_later_request() {
    with_every_kind(|offers| {
        let host = Host::start(offers, |number| ready(if number == 2 { reply(503, &[], "") } else { meeting() }));
        let connections = send(&host, 6, "1");
        assert!(connections.len() == 7 && !connections[3..].contains(&connections[2]), "{connections:?}");
    });
}

#[test]
fn a_burst_of_503_changes_the_connection_once() {
    const SLOTS: usize = 4;
    with_every_kind(|offers| {
        let (all_at_once, moved_on) = (Arc::new(Barrier::new(SLOTS)), Arc::new(Notify::new()));
        // The others hear of the overload when the first has brought the run to another connection.
        let host = Host::start(offers, move |number| -> Answer {
            let (all_at_once, moved_on) = (all_at_once.clone(), moved_on.clone());
            if number == SLOTS {
                moved_on.notify_waiters();
            }
            let told = moved_on.clone().notified_owned();
            Box::pin(async move {
                if number >= SLOTS {
                    return meeting();
                }
                if !all_at_once.wait().await.is_leader() {
                    told.await;
                }
                reply(503, &[], "")
            })
        });
        let connections = send(&host, 12, &SLOTS.to_string());
        let (before, after) = connections.split_at(SLOTS);
        let (before, after): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), after.iter().collect());
        assert!(before.is_disjoint(&after), "{connections:?}");
        if matches!(offers, Offers::Tls(["h2", ..])) {
            assert_eq!((before.len(), after.len()), (1, 1), "{connections:?}");
        }
    });
}

#[test]
fn a_new_connection_resumes_the_session_of_the_old_one() {
    let host =
        Host::start(Offers::Tls(&["h2"]), |number| ready(if number == 0 { reply(503, &[], "") } else { meeting() }));
    assert_eq!(send(&host, 2, "1"), [0, 1, 1]);
    assert_eq!(host.handshakes(), [HandshakeKind::Full, HandshakeKind::Resumed]);
}

#[test]
fn answers_are_asked_for_and_read_in_gzip() {
    let host = Host::start(Offers::Tls(&["h2"]), |_| {
        let zipped = Response::builder().status(201).header("content-encoding", "gzip");
        ready(zipped.body(Bytes::from_static(&ZIPPED)).expect("a response"))
    });
    let (mut command, _directory) = convoke_at(&host, 1, "1");
    let (status, stdout, stderr) = run(&mut command);
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&stdout, "joinWebUrl"), ["https://teams.example/zipped"]);
    let [Call { headers, .. }] = &host.calls()[..] else { panic!("one call") };
    assert_eq!(headers["accept-encoding"], "gzip");
}

#[test]
fn a_server_that_nobody_vouches_for_is_sent_nothing_and_ends_the_run() {
    let [host, stranger] = [(); 2].map(|()| Host::start(Offers::Tls(&["h2"]), |_| ready(meeting())));
    let name = stranger.url.trim_start_matches("https://");
    let told = |command: &mut Command| {
        let (status, stdout, stderr) = run(command.env("SSL_CERT_FILE", &host.authority));
        assert_eq!((status, column(&stdout, "status").len()), (Some(4), 0), "{stderr}");
        for words in
            [name, "no authority that this system trusts vouches for the server's certificate", "SSL_CERT_FILE"]
        {
            assert!(stderr.contains(words), "{words}: {stderr}");
        }
    };
    told(&mut convoke_at(&stranger, 40, "40").0);
    let (mut command, _directory) = convoke_at(&host, 1, "1");
    command.env_remove("CONVOKE_ACCESS_TOKEN").args(["--login-url", &stranger.url]);
    command.env("AZURE_TENANT_ID", "t").env("AZURE_CLIENT_ID", "c").env("AZURE_CLIENT_SECRET", "sesame");
    told(&mut command);
    assert!(stranger.calls().is_empty() && host.calls().is_empty());
}

#[test]
fn a_certificate_for_another_name_says_so() {
    let mut host = Host::start(Offers::Tls(&["h2"]), |_| ready(meeting()));
    host.url = host.url.replace("localhost", "127.0.0.1");
    let (status, _, stderr) = run(&mut convoke_at(&host, 1, "1").0);
    assert!(status == Some(4) && stderr.contains("like localhost for 127.0.0.1"), "{stderr}");
}

#[test]
fn without_root_certificates_the_run_does_not_begin() {
    let host = Host::start(Offers::Tls(&["h2"]), |_| ready(meeting()));
    let (mut command, directory) = convoke_at(&host, 1, "1");
    let empty = write(directory.path(), "empty.pem", "");
    let (status, _, stderr) = run(command.env("SSL_CERT_FILE", empty));
    assert!(status == Some(5) && stderr.contains("are root certificates installed?"), "{stderr}");
}
