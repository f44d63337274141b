//! Time from the start of the process to its first createOrGet, of a short spreadsheet: what someone with five rows
//! waits for.
//!
//! The embedded Graph is in this process here, since two processes have no stopwatch in common.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use convoke::sim::{Latency, Scenario, Sim};
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::table::Figure;
use crate::{Desk, Effort, program, sheet};

const ROWS: usize = 5;
const MOST_MS: f64 = 50.0;

/// When the first request of a kind came.
#[derive(Clone, Copy, Default)]
struct Firsts {
    /// Of any kind: the token's.
    any: Option<Instant>,
    create_or_get: Option<Instant>,
}

/// Starts it some times.
pub(crate) fn table(effort: &Effort, desk: &Desk) -> Vec<Figure> {
    eprintln!("{} starts", effort.starts);
    let (input, output) = (desk.file("start.csv"), desk.file("start.joined.csv"));
    sheet::write(&input, ROWS);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let (mut tokens, mut firsts, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..effort.starts {
        let (url, seen) = listen(&runtime);
        let begun = Instant::now();
        let cost = program::run_at(&url, 16, &input, &output);
        let seen = *seen.lock().expect("nobody panics in here");
        let ms = |moment: Option<Instant>| (moment.expect("it asked") - begun).as_secs_f64() * 1e3;
        tokens.push(ms(seen.any));
        firsts.push(ms(seen.create_or_get));
        whole.push(cost.seconds * 1e3);
    }
    let worst = firsts.iter().copied().fold(0.0, f64::max);
    vec![
        Figure::alone(format!("time to the first token request, {ROWS} rows"), "ms", &tokens),
        Figure::alone(format!("time to the first createOrGet, {ROWS} rows"), "ms", &firsts).at_most(MOST_MS),
        Figure::alone(format!("the same, the worst of {}", effort.starts), "ms", &[worst]),
        Figure::alone(format!("time to the end, {ROWS} rows"), "ms", &whole),
    ]
}

/// A new Graph without latency that notes when it was first asked.
fn listen(runtime: &Runtime) -> (String, Arc<Mutex<Firsts>>) {
    let router = Sim::new(Scenario { latency: Latency::default(), ..Scenario::calm() }).router();
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let firsts = Arc::new(Mutex::default());
    runtime.spawn(answer(listener, router, firsts.clone()));
    (url, firsts)
}

async fn answer(listener: TcpListener, router: Router, firsts: Arc<Mutex<Firsts>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (router, firsts) = (router.clone(), firsts.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            note(&firsts, request.uri().path());
            router.clone().oneshot(request.map(Body::new))
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn note(firsts: &Mutex<Firsts>, path: &str) {
    let now = Instant::now();
    let mut firsts = firsts.lock().expect("nobody panics in here");
    firsts.any.get_or_insert(now);
    if path.ends_with("/createOrGet") {
        firsts.create_or_get.get_or_insert(now);
    }
}
