//! What stands between a client and the embedded Graph on a real socket, to judge every answer on its way.
//!
//! One connection in front is one behind, and what is lost behind is lost in front: a connection that ends without an
//! answer, and a body that breaks off.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, StreamExt as _};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http1 as client;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::schema::{Asked, judge};

/// A thousand answers may be wrong in the same way.
const TOLD: usize = 5;

/// What is wrong with the answers that were seen.
type Wrong = Arc<Mutex<Vec<String>>>;

/// What is sent on: the body as it came, and how it broke off.
type Body = StreamBody<BoxStream<'static, io::Result<Frame<Bytes>>>>;

/// Fails the test when it is dropped, if any answer was wrong.
pub(crate) struct Relay(Wrong);

impl Relay {
    /// Takes connections for as long as the runtime lives, each to the embedded Graph at this address.
    pub(crate) fn start(runtime: &Runtime, front: TcpListener, graph: SocketAddr) -> Self {
        let wrong = Wrong::default();
        let relay = Self(wrong.clone());
        runtime.spawn(async move {
            while let Ok((socket, _)) = front.accept().await {
                tokio::spawn(converse(socket, graph, wrong.clone()));
            }
        });
        relay
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let wrong = self.0.lock().expect("no test panics in here");
        assert!(wrong.is_empty() || std::thread::panicking(), "{}", wrong.join("\n"));
    }
}

/// Any error ends the connection, as it would have ended without this in between.
async fn converse(front: TcpStream, graph: SocketAddr, wrong: Wrong) -> io::Result<()> {
    let behind = TcpStream::connect(graph).await?;
    front.set_nodelay(true)?;
    behind.set_nodelay(true)?;
    let (sender, connection) = client::handshake(TokioIo::new(behind)).await.map_err(io::Error::other)?;
    tokio::spawn(connection);
    // HTTP/1.1 has one request at a time on a connection, so that nobody waits for the lock.
    let sender = tokio::sync::Mutex::new(sender);
    let service = service_fn(async |request| pass(&mut *sender.lock().await, &wrong, request).await);
    server::Builder::new().serve_connection(TokioIo::new(front), service).await.map_err(io::Error::other)
}

async fn pass(
    graph: &mut client::SendRequest<Full<Bytes>>,
    wrong: &Wrong,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts, body.collect().await.map_err(io::Error::other)?.to_bytes());
    let asked = Asked::of(&request);
    let reply = graph.send_request(request.map(Full::new)).await.map_err(io::Error::other)?;
    let (parts, mut body) = reply.into_parts();
    let (mut bytes, mut lost) = (BytesMut::new(), None);
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => bytes.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
            Err(error) => lost = Some(io::Error::other(error)),
        }
    }
    let whole = lost.is_none().then_some(&bytes[..]);
    if let Err(why) = judge(&asked, parts.status, &parts.headers, whole) {
        let mut wrong = wrong.lock().expect("no test panics in here");
        if wrong.len() < TOLD {
            wrong.push(why);
        }
    }
    let end = stream::iter(lost).then(|error| async {
        // Lets the server send what there is; it would throw it away with the error.
        tokio::task::yield_now().await;
        Err(error)
    });
    let body = stream::iter([Ok(Frame::data(bytes.freeze()))]).chain(end);
    Ok(Response::from_parts(parts, StreamBody::new(body.boxed())))
}
