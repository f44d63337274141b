//! The simulator on a real socket, in real time: what no router can show.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::*;

struct Server {
    client: Client,
    stop: oneshot::Sender<()>,
    running: JoinHandle<std::io::Result<()>>,
    address: std::net::SocketAddr,
}

impl Server {
    async fn start(scenario: Scenario) -> Self {
        let client = Client::new(scenario).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async { stopped.await.unwrap_or_default() };
        let running = tokio::spawn(serve(listener, client.sim.clone(), stopped));
        Self { client, stop, running, address }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("the simulator accepts")
    }

    fn request(&self, external_id: &str) -> String {
        let body = json!({ "externalId": external_id }).to_string();
        format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            path_of(ORGANIZER),
            self.client.token,
            body.len(),
        )
    }

    /// All that comes back until the connection ends.
    async fn last_words(&self, request: &str) -> Vec<u8> {
        let mut socket = self.connect().await;
        socket.write_all(request.as_bytes()).await.expect("the simulator reads");
        let mut words = Vec::new();
        // A reset is an end, too.
        let _ = socket.read_to_end(&mut words).await;
        words
    }
}

#[tokio::test]
async fn a_connection_serves_more_than_one_request() {
    let server = Server::start(Scenario::calm()).await;
    let mut socket = server.connect().await;
    for status in ["201 Created", "200 OK"] {
        socket.write_all(server.request("A").as_bytes()).await.expect("the simulator reads");
        let (head, body) = read_answer(&mut socket).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{head}");
        assert_eq!(head.matches("date: ").count(), 1);
        assert_eq!(body["externalId"], "A");
    }
}

async fn read_answer(socket: &mut TcpStream) -> (String, Value) {
    let mut bytes = Vec::new();
    loop {
        let count = socket.read_buf(&mut bytes).await.expect("the connection lives");
        assert_ne!(count, 0, "the connection has ended");
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        if let Ok(json) = serde_json::from_str(body) {
            return (head.to_owned(), json);
        }
    }
}

#[tokio::test]
async fn a_dropped_connection_ends_without_a_byte() {
    let server = Server::start(Scenario { dropped_after: 1.0, ..Scenario::calm() }).await;
    let request = server.request("A");
    assert!(server.last_words(&request).await.is_empty());
    let report = server.client.sim.report();
    assert_eq!(report.by_status, [(0, 1)].into());
    assert_eq!(report.meetings.len(), 1);
}

#[tokio::test]
async fn a_cut_off_answer_promises_more_than_it_gives() {
    let server = Server::start(Scenario { cut_off: 1.0, ..Scenario::calm() }).await;
    let request = server.request("A");
    let words = server.last_words(&request).await;
    let text = String::from_utf8(words).expect("half of ASCII is ASCII");
    let (head, body) = text.split_once("\r\n\r\n").expect("the head is whole");
    assert!(head.starts_with("HTTP/1.1 201 Created\r\n"), "{head}");
    let promised = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let promised: usize = promised.and_then(|length| length.parse().ok()).expect("a length");
    assert!(!body.is_empty() && body.len() < promised, "{} of {promised}", body.len());
}

#[tokio::test]
async fn who_stops_waiting_for_an_answer_that_never_comes_is_not_in_flight() {
    let server = Server::start(Scenario { never: 1.0, ..Scenario::calm() }).await;
    let in_flight = async |count: u64| {
        let reached = async {
            while server.client.sim.world().counts.in_flight() != count {
                tokio::task::yield_now().await;
            }
        };
        let patience = std::time::Duration::from_mins(1);
        tokio::time::timeout(patience, reached).await.expect("the count is reached sooner or later");
    };
    let mut socket = server.connect().await;
    socket.write_all(server.request("A").as_bytes()).await.expect("the simulator reads");
    in_flight(1).await;
    drop(socket);
    in_flight(0).await;
    let report = server.client.sim.report();
    assert_eq!((report.meetings.len(), report.by_status), (1, [(0, 1)].into()));
}

#[tokio::test]
async fn nonsense_on_the_wire_harms_nobody() {
    let server = Server::start(Scenario::calm()).await;
    for nonsense in ["\r\n\r\n", "HELO\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}"] {
        let mut socket = server.connect().await;
        socket.write_all(nonsense.as_bytes()).await.expect("the simulator reads");
        socket.shutdown().await.expect("the half is closed");
    }
    let mut socket = server.connect().await;
    socket.write_all(server.request("A").as_bytes()).await.expect("the simulator reads");
    assert!(read_answer(&mut socket).await.0.starts_with("HTTP/1.1 201"));
}

#[tokio::test]
async fn a_stop_ends_the_server_and_what_is_open() {
    let server = Server::start(Scenario::calm()).await;
    let mut open = server.connect().await;
    open.write_all(server.request("A").as_bytes()).await.expect("the simulator reads");
    read_answer(&mut open).await;
    server.stop.send(()).expect("it is running");
    server.running.await.expect("no panic").expect("no error");
    assert_eq!(open.read(&mut [0; 8]).await.unwrap_or(0), 0);
}
