//! A forward proxy as companies have them: it opens tunnels with CONNECT, knows the hosts by names that this machine does
//! not know, and takes nothing else.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// No request for a tunnel is longer.
const HEAD_MAX: usize = 16 * 1024;

/// What the proxy does with a request for a tunnel.
#[derive(Clone)]
pub(crate) enum Rule {
    /// Opens it.
    Open,
    /// Opens it for those who send this in `Proxy-Authorization`, and answers 407 to others.
    SignIn(&'static str),
    /// Answers with this status.
    Refuse(u16),
    /// Closes the connection without a word.
    HangUp,
}

/// What it has seen.
#[derive(Default)]
struct Seen {
    tunnels: Mutex<Vec<String>>,
    others: Mutex<Vec<String>>,
}

/// A proxy; it ends when it is dropped.
pub(crate) struct Proxy {
    /// `127.0.0.1:PORT`.
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
    _runtime: Runtime,
}

impl Proxy {
    /// Opens tunnels to these hosts, each by its name and port and where it really is.
    pub(crate) fn start(rule: Rule, hosts: &[(&str, SocketAddr)]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a port");
        let address = listener.local_addr().expect("an address");
        let hosts: BTreeMap<String, SocketAddr> = hosts.iter().map(|(name, at)| ((*name).to_owned(), *at)).collect();
        let (seen, hosts) = (Arc::new(Seen::default()), Arc::new(hosts));
        let notes = seen.clone();
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (rule, hosts, notes) = (rule.clone(), hosts.clone(), notes.clone());
                // How a tunnel ends is the affair of those at its ends.
                tokio::spawn(async move { converse(socket, &rule, &hosts, &notes).await });
            }
        });
        Self { address, seen, _runtime: runtime }
    }

    /// The hosts that tunnels were asked for, in order, each with its port.
    pub(crate) fn tunnels(&self) -> Vec<String> {
        self.seen.tunnels.lock().expect("no test panics in here").clone()
    }

    /// The first lines of whatever else came.
    pub(crate) fn others(&self) -> Vec<String> {
        self.seen.others.lock().expect("no test panics in here").clone()
    }
}

async fn converse(
    mut socket: TcpStream,
    rule: &Rule,
    hosts: &BTreeMap<String, SocketAddr>,
    seen: &Seen,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_MAX {
        head.push(socket.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let first = head.lines().next().unwrap_or_default();
    let Some(target) = first.strip_prefix("CONNECT ").and_then(|rest| rest.strip_suffix(" HTTP/1.1")) else {
        seen.others.lock().expect("no test panics in here").push(first.to_owned());
        return socket.write_all(b"HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n").await;
    };
    seen.tunnels.lock().expect("no test panics in here").push(target.to_owned());
    let sent = head.lines().filter_map(|line| line.split_once(": "));
    let mut sent = sent.filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization")).map(|(_, value)| value);
    let status = match rule {
        Rule::HangUp => return Ok(()),
        Rule::Refuse(status) => *status,
        Rule::SignIn(wanted) if sent.next() != Some(wanted) => 407,
        Rule::Open | Rule::SignIn(_) => match hosts.get(target) {
            Some(at) => {
                let mut behind = TcpStream::connect(at).await?;
                behind.set_nodelay(true)?;
                socket.set_nodelay(true)?;
                socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
                return copy_bidirectional(&mut socket, &mut behind).await.map(|_| ());
            }
            None => 502,
        },
    };
    let challenge = if status == 407 { "proxy-authenticate: Basic realm=\"x\"\r\n" } else { "" };
    socket.write_all(format!("HTTP/1.1 {status} No\r\n{challenge}content-length: 0\r\n\r\n").as_bytes()).await
}
