//! The bare loop: what reqwest does with the same requests and as many at once, and nothing besides.
//!
//! It reads no spreadsheet and makes no request while it is timed, and starting and ending cost it nothing. The program
//! has all that in its figures, so that the comparison is never to the program's advantage.

use std::cell::RefCell;
use std::env;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use convoke::graph::{ClientSecret, Connections, Credentials, Endpoint, Exchange, Graph, Http, Lost};
use convoke::input::{Input, Reading, Rows};
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};
use futures::{StreamExt as _, stream};
use http::{Request, Response};
use reqwest::Client;
use serde::{Deserialize, Serialize};

use crate::child::{self, cpu_seconds};
use crate::simulator::Simulator;

/// The first argument that makes this executable the bare loop; the others are a URL, a spreadsheet and the slots.
pub(crate) const ROLE: &str = "bare";

/// For the token, which is not timed.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What the loop alone cost.
#[derive(Deserialize, Serialize)]
pub(crate) struct Spent {
    pub(crate) seconds: f64,
    pub(crate) cpu_seconds: Option<f64>,
    /// How many answers were a success and were read to their end.
    made: usize,
}

/// Runs it once, in a process of its own and against a new simulator.
pub(crate) fn run(latency_ms: u64, slots: usize, rows: usize, input: &Path) -> Spent {
    let simulator = Simulator::start(latency_ms);
    let mut command = Command::new(env::current_exe().expect("this executable has a path"));
    command.args([ROLE, &simulator.url]).arg(input).arg(slots.to_string());
    let (said, _) = child::run(&mut command);
    simulator.end_having(rows);
    let spent: Spent = serde_json::from_str(&said).expect("what it spent");
    assert_eq!(spent.made, rows, "every row has its meeting");
    spent
}

/// Makes the requests, then sends them.
pub(crate) fn play(url: &str, input: &str, slots: &str) {
    let slots = slots.parse().expect("a number of slots");
    // The same as the program's.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let spent = runtime.expect("a runtime").block_on(async {
        let requests = requests(url, input).await;
        let client = Client::builder().user_agent(concat!("convoke/", env!("CARGO_PKG_VERSION")));
        let client = client.tcp_nodelay(true).no_proxy().tls_certs_only([]).build().expect("a client");
        let (begun, before) = (Instant::now(), cpu_seconds());
        let sent = stream::iter(requests).map(|request| send(&client, request)).buffer_unordered(slots);
        let made = sent.filter(|&made| async move { made }).count().await;
        let cpu_seconds = cpu_seconds().zip(before).map(|(after, before)| after - before);
        Spent { seconds: begun.elapsed().as_secs_f64(), cpu_seconds, made }
    });
    println!("{}", serde_json::to_string(&spent).expect("numbers have a JSON form"));
}

async fn send(client: &Client, request: Request<Bytes>) -> bool {
    let request = reqwest::Request::try_from(request).expect("a request");
    let answer = client.execute(request).await.expect("an answer");
    let is_success = answer.status().is_success();
    answer.bytes().await.expect("a whole answer");
    is_success
}

/// The program's own requests, to the byte: what it would send is taken down and not sent.
async fn requests(url: &str, input: &str) -> Vec<Request<Bytes>> {
    let http = Http::open(&Connections::plain(TIMEOUT, TIMEOUT), false).expect("a client");
    let taken = RefCell::default();
    let (tenant, client_id, secret) = (TENANT_ID.into(), CLIENT_ID.into(), CLIENT_SECRET.into());
    let endpoint = Endpoint {
        graph_url: url.to_owned(),
        login_url: url.to_owned(),
        credentials: Credentials::ClientSecret(ClientSecret { tenant, client_id, secret }),
        language: None,
        invitations: false,
    };
    let graph = Graph::new(Taker { http, taken: &taken }, endpoint).expect("an endpoint");
    let bearer = graph.bearer().await.expect("a token");
    for row in
        Rows::open(Input::File(input.into()).open().expect("a spreadsheet"), Reading::default()).expect("a header")
    {
        let meeting = row.expect("a row").meeting.expect("a valid row");
        let call = graph.create_or_get(&meeting).expect("a request");
        graph.meeting(&call, &bearer).await;
    }
    drop(graph);
    taken.into_inner()
}

/// Signs in over the network, and takes down every other request.
struct Taker<'a> {
    http: Http,
    taken: &'a RefCell<Vec<Request<Bytes>>>,
}

impl Exchange for Taker<'_> {
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        if !request.uri().path().ends_with("/createOrGet") {
            return self.http.exchange(request).await;
        }
        self.taken.borrow_mut().push(request);
        Err(Lost::Timeout)
    }
}
