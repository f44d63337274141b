//! Pings to servers of all kinds: they arrive, and harm nobody.

use std::time::{Duration, Instant};

use bytes::Bytes;
use convoke::graph::Connections;
use convoke::publish::ping::Ping;
use http::{Request, Response, StatusCode};
use tokio::runtime::{Builder, Runtime};

use crate::server::Server;

fn ping(url: &str) -> Ping {
    let connections = Connections::plain(Duration::from_secs(10), Duration::from_mins(1));
    Ping::new(&url.to_owned().into(), &connections).expect("an address")
}

fn aside() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

/// A run that is told of from its beginning to its end; how long that took at each.
fn run(url: &str, exit_status: u8, summary: &str) -> [Duration; 2] {
    let (aside, ping) = (aside(), ping(url));
    let begun = Instant::now();
    let started = ping.start(aside.handle());
    let at_start = begun.elapsed();
    let begun = Instant::now();
    let own = Builder::new_current_thread().enable_all().build().expect("a runtime");
    own.block_on(ping.end(aside.handle(), started, exit_status, summary));
    let at_end = begun.elapsed();
    aside.shutdown_background();
    [at_start, at_end]
}

fn answering(status: StatusCode) -> Server {
    Server::start(move |_| {
        let mut reply = Response::new(Bytes::new());
        *reply.status_mut() = status;
        reply
    })
}

fn path_and_number(request: &Request<Bytes>) -> (String, String) {
    let uri = request.uri();
    (uri.path().to_owned(), uri.query().unwrap_or_default().to_owned())
}

#[test]
fn a_run_is_told_of_at_its_beginning_and_its_end_with_one_number_and_the_summary() {
    for (exit_status, end) in [(0, "/s3cret"), (1, "/s3cret/fail"), (130, "/s3cret/fail")] {
        let server = answering(StatusCode::OK);
        run(&format!("{}/s3cret", server.url), exit_status, "3 rows: 3 created");
        let seen = server.seen();
        let told: Vec<_> = seen.iter().map(path_and_number).collect();
        assert_eq!(told.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["/s3cret/start", end]);
        let number = told[0].1.strip_prefix("rid=").expect("a number");
        assert_eq!((number.len(), &told[0].1), (36, &told[1].1));
        assert!(seen.iter().all(|request| request.method() == http::Method::POST));
        assert!(seen.iter().all(|request| !request.headers().contains_key("authorization")));
        assert_eq!(seen[1].body(), &format!("exit status {exit_status}\n3 rows: 3 created"));
    }
}

#[test]
fn a_server_that_cannot_or_will_not_is_asked_twice_and_no_more() {
    let server = answering(StatusCode::SERVICE_UNAVAILABLE);
    run(&server.url, 0, "");
    let told: Vec<_> = server.seen().iter().map(|request| path_and_number(request).0).collect();
    assert_eq!(told, ["/start", "/start", "/", "/"]);
    let elsewhere = answering(StatusCode::OK);
    let to = elsewhere.url.clone();
    let server = Server::start(move |_| {
        let reply = Response::builder().status(StatusCode::TEMPORARY_REDIRECT).header("location", &to);
        reply.body(Bytes::new()).expect("an answer")
    });
    run(&server.url, 0, "");
    assert_eq!((server.seen().len(), elsewhere.seen().len()), (4, 0), "nothing is sent on to another");
}

#[test]
fn whoever_never_answers_holds_nobody_up_at_the_beginning_and_nobody_for_long_at_the_end() {
    let server = Server::silent();
    let [at_start, at_end] = run(&server.url, 0, "");
    assert!(at_start < Duration::from_secs(2), "{at_start:?}");
    assert!(at_end < Duration::from_secs(13), "{at_end:?}");
}

#[test]
fn nobody_there_is_no_harm() {
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address");
    let [_, at_end] = run(&format!("http://{free}/a"), 0, "");
    assert!(at_end < Duration::from_secs(10), "{at_end:?}");
}
