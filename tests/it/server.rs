//! A web server on this machine that answers what a test tells it to, and remembers what it was asked.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use convoke::sim::{Sim, serve};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::relay::Relay;

/// A server; it ends when it is dropped.
pub(crate) struct Server {
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Request<Bytes>>>>,
    runtime: Runtime,
    /// Judges what the embedded Graph answers.
    _relay: Option<Relay>,
}

impl Server {
    /// Answers every request so.
    pub(crate) fn start(answer: impl Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static) -> Self {
        let (runtime, listener, url) = listen();
        let (seen, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let server = Self { url, seen: seen.clone(), runtime, _relay: None };
        server.runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, answer) = (seen.clone(), answer.clone());
                let service = service_fn(move |request: Request<Incoming>| {
                    let (seen, answer) = (seen.clone(), answer.clone());
                    async move {
                        let (parts, body) = request.into_parts();
                        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
                        let request = Request::from_parts(parts, body);
                        let reply = answer(&request).map(Full::new);
                        seen.lock().expect("no test panics in here").push(request);
                        Ok::<_, Infallible>(reply)
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        server
    }

    /// Takes connections and never says a word.
    pub(crate) fn silent() -> Self {
        let (runtime, listener, url) = listen();
        runtime.spawn(async move {
            let mut open = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.push(stream);
            }
        });
        Self { url, seen: Arc::default(), runtime, _relay: None }
    }

    /// The embedded Graph on a socket. What it answers has to look like Graph's, or the test fails at the latest when
    /// this is dropped.
    pub(crate) fn of_sim(sim: Sim) -> Self {
        let (runtime, graph, _) = listen();
        let address = graph.local_addr().expect("an address");
        let front = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a port");
        let url = format!("http://{}", front.local_addr().expect("an address"));
        runtime.spawn(serve(graph, sim, std::future::pending()));
        let relay = Relay::start(&runtime, front, address);
        Self { url, seen: Arc::default(), runtime, _relay: Some(relay) }
    }

    /// What it was asked.
    pub(crate) fn seen(&self) -> Vec<Request<Bytes>> {
        self.seen.lock().expect("no test panics in here").clone()
    }
}

fn listen() -> (Runtime, TcpListener, String) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (runtime, listener, url)
}
