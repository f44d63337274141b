//! `convoke simulate --state`: what was answered is there in the next run, however this one ended.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use bytes::Bytes;
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use crate::binary::{convoke, run, write};
use crate::simulate::Simulator;

const CALM: &str = "--scenario=latency=0";

/// A connection to a simulator, with a token.
struct Client {
    token: String,
    connection: SendRequest<Full<Bytes>>,
    runtime: Runtime,
}

impl Client {
    fn of(simulator: &Simulator) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let url = simulator.url.clone();
        let connection = runtime.block_on(async {
            let socket = TcpStream::connect(url.trim_start_matches("http://")).await.expect("it accepts");
            let (connection, driver) = http1::handshake(TokioIo::new(socket)).await.expect("it speaks HTTP/1.1");
            tokio::spawn(driver);
            connection
        });
        let mut client = Self { token: String::new(), connection, runtime };
        let form = format!(
            "grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}&scope={}%2F.default",
            "https%3A%2F%2Fgraph.microsoft.com"
        );
        let path = format!("/{TENANT_ID}/oauth2/v2.0/token");
        let (status, token) =
            client.send(Method::POST, &path, "application/x-www-form-urlencoded", form).expect("an answer");
        assert_eq!(status, 200, "{token}");
        token["access_token"].as_str().expect("a token").clone_into(&mut client.token);
        client
    }

    /// `None`: the simulator is dead.
    fn send(&mut self, method: Method, path: &str, kind: &str, body: String) -> Option<(u16, Value)> {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        let request = request.header("content-type", kind).body(Full::from(body)).expect("a request");
        self.runtime.block_on(async {
            let answer = self.connection.send_request(request).await.ok()?;
            let status = answer.status().as_u16();
            let body = answer.into_body().collect().await.ok()?.to_bytes();
            Some((status, serde_json::from_slice(&body).unwrap_or_default()))
        })
    }

    /// Asks about the meetings of one user.
    fn ask(&mut self, method: Method, user: usize, below: &str, body: &Value) -> Option<(u16, Value)> {
        let path = format!("/v1.0/users/6b1e0000-0000-4000-8000-{user:012}/onlineMeetings{below}");
        self.send(method, &path, "application/json", body.to_string())
    }

    fn create_or_get(&mut self, user: usize, key: &str, subject: &str) -> Option<(u16, Meeting)> {
        let answer = self.ask(Method::POST, user, "/createOrGet", &json!({ "externalId": key, "subject": subject }));
        answer.map(|(status, body)| (status, Self::meeting(&body)))
    }

    fn meeting(body: &Value) -> Meeting {
        let text = |member: &str| body[member].as_str().unwrap_or_else(|| panic!("{member}: {body}")).to_owned();
        // Also where the port is another in each run.
        Meeting { id: text("id"), link: text("joinWebUrl"), subject: text("subject") }
    }

    /// How often a meeting was made for each key.
    fn report(&mut self) -> BTreeMap<String, u64> {
        let (_, report) = self.send(Method::GET, "/sim/report", "text/plain", String::new()).expect("an answer");
        serde_json::from_value(report["meetings"].clone()).expect("a count for each key")
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Meeting {
    id: String,
    link: String,
    subject: String,
}

/// What a client was told, until it was told nothing more.
#[derive(Default)]
struct Told {
    /// By key, or by the body of a create.
    meetings: BTreeMap<String, Meeting>,
    gone: BTreeMap<String, String>,
    /// The id in a change that was not answered.
    unsure: Option<String>,
}

impl Told {
    /// Makes, changes and deletes without pause, and says each time that it has had an answer.
    fn until_it_dies(mut client: Client, user: usize, answered: &Sender<()>) -> Self {
        let mut told = Self::default();
        for turn in 0.. {
            if told.turn(&mut client, user, turn).is_none() {
                break;
            }
            // Nobody listens any more when it is dead.
            let _ = answered.send(());
        }
        told
    }

    fn turn(&mut self, client: &mut Client, user: usize, turn: usize) -> Option<()> {
        let earlier = self.meetings.keys().nth(turn * 7 % self.meetings.len().max(1)).cloned();
        match (turn % 5, earlier) {
            (2, Some(key)) => {
                let (id, subject) = (self.meetings[&key].id.clone(), format!("changed in turn {turn}"));
                self.unsure = Some(id.clone());
                let answer = client.ask(Method::PATCH, user, &format!("/{id}"), &json!({ "subject": subject }));
                assert_eq!(answer?.0, 200);
                self.meetings.get_mut(&key).expect("it is there").subject = subject;
            }
            (4, Some(key)) if turn.is_multiple_of(3) => {
                let id = self.meetings[&key].id.clone();
                self.unsure = Some(id.clone());
                assert_eq!(client.ask(Method::DELETE, user, &format!("/{id}"), &Value::Null)?.0, 204);
                self.meetings.remove(&key);
                self.gone.insert(key, id);
            }
            (1, _) => {
                let subject = format!("without a key {turn}");
                let (status, body) = client.ask(Method::POST, user, "", &json!({ "subject": subject }))?;
                assert_eq!(status, 201);
                self.meetings.insert(subject, Client::meeting(&body));
            }
            _ => {
                let key = format!("key {turn}");
                let (status, meeting) = client.create_or_get(user, &key, "as it was made")?;
                assert_eq!(status, 201);
                self.meetings.insert(key, meeting);
            }
        }
        self.unsure = None;
        Some(())
    }

    /// Asks for all of it.
    fn is_kept(&self, client: &mut Client, user: usize) {
        for (key, meeting) in &self.meetings {
            let (status, body) =
                client.ask(Method::GET, user, &format!("/{}", meeting.id), &Value::Null).expect("an answer");
            if self.unsure.as_ref() == Some(&meeting.id) {
                continue;
            }
            assert_eq!((status, Client::meeting(&body)), (200, meeting.clone()));
            if key.starts_with("key") {
                let again = client.create_or_get(user, key, "of another body").expect("an answer");
                assert_eq!(again, (200, meeting.clone()));
            }
        }
        for id in self.gone.values() {
            let answer = client.ask(Method::GET, user, &format!("/{id}"), &Value::Null);
            assert_eq!(answer.expect("an answer").0, 404);
        }
    }

    /// What was made before is not mixed up with what is made now.
    fn is_left_alone(&self, client: &mut Client, user: usize) {
        let ids: BTreeSet<&String> =
            self.meetings.values().map(|meeting| &meeting.id).chain(self.gone.values()).collect();
        let all = self.meetings.keys().chain(self.gone.keys());
        for subject in all.filter(|key| !key.starts_with("key")).take(20) {
            let (status, body) = client.ask(Method::POST, user, "", &json!({ "subject": subject })).expect("an answer");
            assert!(status == 201 && !ids.contains(&Client::meeting(&body).id), "{subject}");
        }
        for key in self.gone.keys().filter(|key| key.starts_with("key")).take(20) {
            let (status, meeting) = client.create_or_get(user, key, "again").expect("an answer");
            assert!(status == 201 && !ids.contains(&meeting.id), "{key}");
        }
    }
}

#[test]
fn what_was_answered_before_a_kill_is_there_in_the_next_run() {
    let directory = tempfile::tempdir().expect("a directory");
    let state = directory.path().join("state").display().to_string();
    let args = ["--state", &state, CALM];
    let mut simulator = Simulator::start(&args);
    let (answered, answers) = channel();
    let clients = (0..4).map(|user| {
        let (client, answered) = (Client::of(&simulator), answered.clone());
        thread::spawn(move || Told::until_it_dies(client, user, &answered))
    });
    let clients: Vec<_> = clients.collect();
    drop(answered);
    assert_eq!(answers.iter().take(3000).count(), 3000);
    simulator.child.kill().expect("it is killed, and no signal is caught");
    let told: Vec<Told> = clients.into_iter().map(|client| client.join().expect("no answer was wrong")).collect();
    drop(simulator);

    let simulator = Simulator::start(&args);
    let mut client = Client::of(&simulator);
    let report = client.report();
    let keys = told.iter().flat_map(|told| told.meetings.keys().chain(told.gone.keys()));
    let keys = keys.filter(|key| key.starts_with("key")).count();
    // Each may have made one more, and was not told.
    assert!((keys..=keys + told.len()).contains(&report.len()), "{keys}, {}", report.len());
    assert!(report.values().all(|&times| times == 1));
    for (user, told) in told.iter().enumerate() {
        told.is_kept(&mut client, user);
    }
    assert_eq!(client.report(), report);
    for (user, told) in told.iter().enumerate() {
        told.is_left_alone(&mut client, user);
        told.is_kept(&mut client, user);
    }
    let report = client.report();
    drop(client);
    assert_eq!(simulator.end("TERM").0, Some(0));

    let simulator = Simulator::start(&args);
    assert_eq!(Client::of(&simulator).report(), report);
}

#[test]
fn a_second_simulator_and_another_seed_and_a_file_of_others_are_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let state = directory.path().join("state").display().to_string();
    let refused = |args: &[&str], words: &str| {
        let (status, stdout, stderr) = run(&mut convoke([&["simulate", "--listen=0"], args].concat()));
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{args:?}: {stderr}");
        assert!(stderr.contains(words), "{args:?}: {stderr}");
    };
    let simulator = Simulator::start(&["--state", &state, CALM]);
    assert_eq!(fs::metadata(&state).expect("a file").permissions().mode() & 0o777, 0o600);
    refused(&["--state", &state], "another simulator is using it");
    let made = Client::of(&simulator).create_or_get(1, "A", "a").expect("an answer");
    refused(&["--state", &state], "another simulator is using it");
    assert_eq!(simulator.end("TERM").0, Some(0));
    let before = fs::read(&state).expect("a file");
    refused(&["--state", &state, "--scenario=seed=8"], "begun with the seed");
    assert_eq!(fs::read(&state).expect("a file"), before);
    let others = write(directory.path(), "in.csv", "externalId\nA\n");
    fs::set_permissions(&others, fs::Permissions::from_mode(0o644)).expect("it is ours");
    refused(&["--state", &others], "not a state file");
    assert_eq!(fs::read(&others).expect("a file"), b"externalId\nA\n");
    assert_eq!(fs::metadata(&others).expect("a file").permissions().mode() & 0o777, 0o644);
    // None of this has done the file any harm.
    let simulator = Simulator::start(&["--state", &state, CALM]);
    let (status, meeting) = Client::of(&simulator).create_or_get(1, "A", "b").expect("an answer");
    assert_eq!((made.0, status, meeting), (201, 200, made.1));
}

#[test]
fn the_end_tells_what_this_run_has_made_and_no_other() {
    let directory = tempfile::tempdir().expect("a directory");
    let state = directory.path().join("state").display().to_string();
    for (status, made) in [(201, 2), (200, 1)] {
        let simulator = Simulator::start(&["--state", &state, CALM]);
        let mut client = Client::of(&simulator);
        assert_eq!(client.create_or_get(1, "A", "a").expect("an answer").0, status);
        assert_eq!(client.ask(Method::POST, 1, "", &json!({})).expect("an answer").0, 201);
        drop(client);
        let (_, _, stderr) = simulator.end("TERM");
        assert!(stderr.contains(&format!("meetings made in this run: {made};")), "{stderr}");
    }
}
