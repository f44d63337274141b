//! A run of the pipeline without sockets, files or real time: rows from text, the embedded Graph behind [`Exchange`],
//! lines into memory, a paused clock.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use anyhow::anyhow;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use convoke::action::{Action, Provision};
use convoke::ask::Service;
use convoke::choice::{Choice, MaxErrors};
use convoke::cli::UnknownAttendees;
use convoke::directory::{self, Directory};
use convoke::gate::Gate;
use convoke::graph::{ClientSecret, Credentials, Endpoint, Exchange, Graph, Lost};
use convoke::input::{Reading, Row, Rows, Source};
use convoke::ledger::{Layout, Ledger};
use convoke::pace::Rate;
use convoke::pipeline::{Failure, Shared, run};
use convoke::prepare::resume;
use convoke::progress::{Progress, bar};
use convoke::register::Register;
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Dropped, Sim, TENANT_ID};
use convoke::stop::{Reason, Stop};
use convoke::tally::Tally;
use futures::{Stream, StreamExt as _, stream};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use tokio::time::Instant;
use tower::ServiceExt as _;

use crate::schema::{Asked, check};

/// What the embedded Graph's callers do with what it answers.
type Tamper = Box<dyn Fn(u32, &Request<Bytes>) -> Option<Result<Response<Bytes>, Lost>>>;

/// The embedded Graph without a socket, and a witness of what was sent about meetings.
pub(crate) struct InProcess {
    router: Router,
    opened: Instant,
    witness: Rc<Witness>,
    tamper: Tamper,
    tamper_login: TamperLogin,
    tamper_batch: TamperBatch,
    pause: Duration,
}

/// What comes in place of an answer to a batch, by its number (from 0).
type TamperBatch = Box<dyn Fn(usize) -> Option<Result<Response<Bytes>, Lost>>>;

/// What comes in place of an answer of the identity service.
type TamperLogin = Box<dyn Fn() -> Option<Result<Response<Bytes>, Lost>>>;

/// What was seen of the requests of a run that are about meetings.
#[derive(Default)]
pub(crate) struct Witness {
    /// When each was sent.
    pub(crate) starts: RefCell<Vec<Duration>>,
    /// When those were sent that were answered 429.
    pub(crate) throttled: RefCell<Vec<Duration>>,
    in_flight: Cell<usize>,
    /// The most that were under way at once.
    pub(crate) in_flight_max: Cell<usize>,
    /// The requests themselves.
    pub(crate) requests: RefCell<Vec<Request<Bytes>>>,
    /// The batches that were sent.
    pub(crate) batches: RefCell<Vec<Request<Bytes>>>,
}

impl Exchange for InProcess {
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let path = request.uri().path();
        if path.ends_with("/$batch") {
            let number = self.witness.batches.borrow().len();
            self.witness.batches.borrow_mut().push(request.clone());
            return match (self.tamper_batch)(number) {
                Some(reply) => reply,
                None => answer(self.router.clone(), request).await,
            };
        }
        if !path.contains("/onlineMeetings") {
            return match (self.tamper_login)() {
                Some(reply) => reply,
                None => answer(self.router.clone(), request).await,
            };
        }
        let witness = &self.witness;
        let start = self.opened.elapsed();
        witness.starts.borrow_mut().push(start);
        witness.requests.borrow_mut().push(request.clone());
        let number = u32::try_from(witness.starts.borrow().len()).expect("a small number");
        if let Some(reply) = (self.tamper)(number, &request) {
            tokio::time::sleep(self.pause).await;
            return reply;
        }
        witness.in_flight.set(witness.in_flight.get() + 1);
        witness.in_flight_max.set(witness.in_flight_max.get().max(witness.in_flight.get()));
        let reply = answer(self.router.clone(), request).await;
        witness.in_flight.set(witness.in_flight.get() - 1);
        if reply.as_ref().is_ok_and(|reply| reply.status() == StatusCode::TOO_MANY_REQUESTS) {
            witness.throttled.borrow_mut().push(start);
        }
        reply
    }
}

/// What the embedded Graph answers; that has to look like Graph's.
async fn answer(router: Router, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
    let asked = Asked::of(&request);
    let reply = router.oneshot(request.map(Body::from)).await.expect("a router always answers");
    if reply.extensions().get::<Dropped>().is_some() {
        return Err(Lost::Broken("the connection was dropped".into()));
    }
    let (parts, body) = reply.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes);
    check(&asked, parts.status, &parts.headers, body.as_deref().ok());
    Ok(Response::from_parts(parts, body.map_err(|error| Lost::Broken(error.to_string()))?))
}

/// How a run is to be made; the default is 16 slots and no pacing.
pub(crate) struct How {
    pub(crate) slots: usize,
    pub(crate) rate: Rate,
    pub(crate) choice: Choice,
    pub(crate) action: Action,
    pub(crate) max_errors: Option<MaxErrors>,
    pub(crate) me: bool,
    pub(crate) language: Option<String>,
    /// Stops the run when so much time has passed.
    pub(crate) stop_after: Option<(Duration, Reason)>,
    /// Answers in place of the embedded Graph, by the number of the request (from 1).
    pub(crate) tamper: Tamper,
    /// How long such an answer takes.
    pub(crate) pause: Duration,
    /// The same for the identity service.
    pub(crate) tamper_login: TamperLogin,
    /// The same for batches.
    pub(crate) tamper_batch: TamperBatch,
    /// The input cannot be read beyond so many rows.
    pub(crate) break_off: Option<usize>,
    /// People are looked up, and this is done about attendees whom the directory does not have.
    pub(crate) unknown_attendees: Option<UnknownAttendees>,
    /// Credentials other than those that the embedded Graph knows.
    pub(crate) credentials: Option<Credentials>,
}

impl Default for How {
    fn default() -> Self {
        Self {
            slots: 16,
            rate: Rate::Max,
            choice: Choice::default(),
            action: Action::Provision(Provision::default()),
            max_errors: None,
            me: false,
            language: None,
            stop_after: None,
            tamper: Box::new(|_, _| None),
            tamper_login: Box::new(|| None),
            tamper_batch: Box::new(|_| None),
            pause: Duration::ZERO,
            break_off: None,
            unknown_attendees: None,
            credentials: None,
        }
    }
}

/// What came of a run.
pub(crate) struct Ran {
    /// The lines, as they stand in the file.
    pub(crate) output: String,
    pub(crate) tally: Tally,
    pub(crate) complete: Result<bool, Failure>,
    pub(crate) reason: Option<Reason>,
    pub(crate) witness: Rc<Witness>,
    /// Virtual time from the first row to the end.
    pub(crate) took: Duration,
    /// Virtual time held by throttling.
    pub(crate) held: Duration,
    /// The limit that was found, per second.
    pub(crate) limit: Option<f64>,
    /// How many names were looked up.
    pub(crate) look_ups: u64,
}

impl Ran {
    /// One column of the output, by name, record by record.
    pub(crate) fn column(&self, name: &str) -> Vec<String> {
        column(&self.output, name)
    }
}

/// One column of a CSV text.
pub(crate) fn column(text: &str, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let place = reader.headers().expect("a header").iter().position(|own| own == name);
    let place = place.unwrap_or_else(|| panic!("there is no column {name}"));
    reader.records().map(|record| record.expect("a record")[place].to_owned()).collect()
}

/// An output without what is each request's own in a row that came to nothing: our id of it, and when it was answered.
pub(crate) fn without_ids(text: &str) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().map(|record| record.expect("a record")).collect();
    let own: Vec<bool> = records[0].iter().map(|name| ["clientRequestId", "requestDate"].contains(&name)).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (number, record) in records.iter().enumerate() {
        let cells = record.iter().zip(&own).map(|(cell, own)| if *own && number > 0 { "" } else { cell });
        writer.write_record(cells).expect("memory takes everything");
    }
    String::from_utf8(writer.into_inner().expect("memory takes everything")).expect("UTF-8")
}

/// Runs a spreadsheet against the embedded Graph, in virtual time.
pub(crate) fn provision(sim: &Sim, csv: &str, how: How) -> Ran {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(provision_now(sim, csv, how))
}

/// The same inside a runtime whose clock is paused, so that one world can see several runs.
pub(crate) async fn provision_now(sim: &Sim, csv: &str, how: How) -> Ran {
    Box::pin(provision_rows(sim, rows(csv, how.me), how)).await
}

/// The same for an input that is no text.
pub(crate) async fn provision_rows(sim: &Sim, rows: Rows, how: How) -> Ran {
    let output = Memory::default();
    let columns = rows.parser().columns();
    let ledger =
        Ledger::to_writer(Box::new(output.clone()), columns, Layout::default()).expect("memory takes everything");
    let (mut ran, _) = Box::pin(run_into(ledger, sim, rows, how)).await;
    ran.output = String::from_utf8(output.0.take()).expect("UTF-8");
    ran
}

/// The rows of a text.
pub(crate) fn rows(csv: &str, me: bool) -> Rows {
    Rows::open(Source::of(csv), Reading { me, ..Reading::default() }).expect("a header")
}

/// A run into a ledger, which may have been begun by an earlier run; what was written is to be looked for there.
pub(crate) async fn run_into(mut ledger: Ledger, sim: &Sim, mut rows: Rows, how: How) -> (Ran, Ledger) {
    let witness = Rc::new(Witness::default());
    let exchange = InProcess {
        router: sim.router(),
        opened: Instant::now(),
        witness: witness.clone(),
        tamper: how.tamper,
        tamper_login: how.tamper_login,
        tamper_batch: how.tamper_batch,
        pause: how.pause,
    };
    let credentials = how.credentials.unwrap_or_else(|| credentials(sim, how.me));
    let graph = Graph::new(exchange, endpoint(credentials, how.language)).expect("an endpoint");
    let (gate, stop, begun) = (Gate::new(how.slots, how.rate), Stop::new(), Instant::now());
    let directory_gate = directory::gate(how.rate);
    let directory = how.unknown_attendees.map(|what| Directory::new(&graph, &directory_gate, &stop, what));
    let service = Service { graph: &graph, gate: &gate, stop: &stop, resumes: Cell::new(false) };
    if let Some(directory) = &directory {
        let names = rows.organizer_names(usize::MAX, |_, _| true).expect("a sheet");
        rows.know(Box::pin(directory.organizers(names)).await.unwrap_or_default());
    }
    let (mut tally, progress) = (Tally::default(), Progress::new(bar(false), None, true));
    let unknown = how.unknown_attendees;
    let refuses = move |who: &_, why| unknown.is_some_and(|unknown| directory::refuses(unknown, who, why));
    let action = how.action;
    let register = action.registering(Register::new(rows.parser().clone()).refusing(refuses));
    let choice = Choice { chosen: action.chosen(), ..how.choice };
    let rows = pin!(fed(rows, how.break_off).map(|row| row.map(|row| action.prepared(row))));
    let rows = resume(&mut ledger, rows, &choice, &register, &mut tally, None).await.expect("it fits");
    graph.begin(ledger.begun());
    service.resumes.set(ledger.resumes());
    let shared = Shared {
        service: &service,
        action: &action,
        choice: &choice,
        directory: directory.as_ref(),
        register: &register,
        max_errors: how.max_errors,
        rejects: None,
    };
    let ledger = RefCell::new(ledger);
    let stopper = async {
        match how.stop_after {
            Some((after, reason)) => {
                tokio::time::sleep(after).await;
                stop.raise(reason);
            }
            None => std::future::pending::<()>().await,
        }
        std::future::pending::<()>().await;
    };
    let whole = async {
        match service.sign_in().await {
            Some(()) => run(rows, &shared, &ledger, &mut tally, &progress).await,
            None => Ok(false),
        }
    };
    let complete = tokio::select! {
        complete = whole => complete,
        () = stopper => unreachable!("it never ends"),
    };
    let (output, reason, took, held) = (String::new(), stop.reason(), begun.elapsed(), gate.held());
    assert_measured(&gate, &witness);
    let (limit, look_ups) = (gate.limit(), directory.as_ref().map_or(0, Directory::look_ups));
    (Ran { output, tally, complete, reason, witness, took, held, limit, look_ups }, ledger.into_inner())
}

fn endpoint(credentials: Credentials, language: Option<String>) -> Endpoint {
    let [graph_url, login_url] = ["graph", "login"].map(|name| format!("https://{name}.example"));
    Endpoint { graph_url, login_url, credentials, language, invitations: false }
}

/// What a report tells of the requests is what was sent.
fn assert_measured(gate: &Gate, witness: &Witness) {
    let measured = gate.meter().measured();
    assert_eq!(measured.requests, witness.starts.borrow().len() as u64);
    assert_eq!(measured.over_time.spans.iter().map(|span| span.requests).sum::<u64>(), measured.requests);
}

/// The rows through a channel, as in the program: receiving takes its share of what tokio lets a task do at a time. The
/// input cannot be read beyond so many.
fn fed(rows: Rows, break_off: Option<usize>) -> impl Stream<Item = anyhow::Result<Row>> {
    let rows = rows.enumerate().map(|(number, row)| match break_off {
        Some(good) if number >= good => Err(anyhow!("the disk is gone")),
        _ => row,
    });
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    rows.for_each(|row| sender.send(row).expect("the receiver is there"));
    stream::poll_fn(move |context| receiver.poll_recv(context))
}

fn credentials(sim: &Sim, me: bool) -> Credentials {
    if me {
        return Credentials::AccessToken(sim.delegated_token().into());
    }
    let (tenant, client_id, secret) = (TENANT_ID.into(), CLIENT_ID.into(), CLIENT_SECRET.into());
    Credentials::ClientSecret(ClientSecret { tenant, client_id, secret })
}

#[derive(Clone, Default)]
struct Memory(Rc<RefCell<Vec<u8>>>);

impl io::Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An organizer's object id.
pub(crate) fn organizer(number: usize) -> String {
    format!("6b1e0000-0000-4000-8000-{number:012}")
}

/// A spreadsheet of so many valid meetings of 20 organizers.
pub(crate) fn sheet(rows: usize) -> String {
    let mut text = String::from("externalId,organizerUserId,subject,startDateTime,endDateTime,attendees,room\n");
    for row in 0..rows {
        let (day, hour) = (1 + row % 28, 8 + row % 10);
        let _ = writeln!(
            text,
            "S-{row},{},\"Sitzung {row}, Übung\",2027-02-{day:02}T{hour:02}:00:00Z,2027-02-{day:02}T{hour:02}:45:00Z,\
             ada{row}@contoso.example,R{}",
            organizer(row % 20),
            row % 7
        );
    }
    text
}

/// An answer made up on the spot.
pub(crate) fn reply(status: u16, headers: &[(&'static str, &str)], body: &str) -> Response<Bytes> {
    let mut reply = Response::builder().status(status);
    for (name, value) in headers {
        reply = reply.header(*name, *value);
    }
    reply.body(Bytes::copy_from_slice(body.as_bytes())).expect("a response")
}
