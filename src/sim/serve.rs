//! The simulator on a socket: HTTP/1.1, and with TLS also HTTP/2.
//!
//! It can do what no framework's server would: close a connection without a word, or, of
//! an HTTP/2 connection, the one stream. It is for one's own machine and for people one
//! knows, and keeps nobody from taking all its memory.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::tls::{HTTP2, Tls};
use super::{Dropped, Sim};

/// Long enough for the system to find new descriptors, short enough to go unnoticed.
const PAUSE_AFTER_ACCEPT_ERROR: Duration = Duration::from_millis(20);
/// Whoever says nothing for so long where a handshake is due is given up.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// How many requests may be on one HTTP/2 connection: as few as any public server allows (RFC 9113 recommends no fewer).
const STREAMS_MAX: u32 = 100;

/// Answers on the socket until `stop` resolves, then drops what is open.
pub async fn serve(listener: TcpListener, sim: Sim, stop: impl Future<Output = ()>) -> io::Result<()> {
    accept(listener, None, sim, stop).await
}

/// Does the same over TLS.
pub async fn serve_tls(listener: TcpListener, tls: Tls, sim: Sim, stop: impl Future<Output = ()>) -> io::Result<()> {
    accept(listener, Some(tls), sim, stop).await
}

async fn accept(listener: TcpListener, tls: Option<Tls>, sim: Sim, stop: impl Future<Output = ()>) -> io::Result<()> {
    tracing::debug!(address = %listener.local_addr()?, "the simulator listens");
    let mut stop = pin!(stop);
    // Dropped on return, and with it every connection.
    let mut connections = JoinSet::new();
    loop {
        let socket = tokio::select! {
            () = &mut stop => return Ok(()),
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match socket {
            Ok((socket, _)) => {
                connections.spawn(converse(socket, tls.clone(), sim.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE_AFTER_ACCEPT_ERROR).await;
            }
        }
    }
}

async fn converse(socket: TcpStream, tls: Option<Tls>, sim: Sim) {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "small answers may be late");
    }
    let Some(Tls(acceptor)) = tls else { return speak(socket, false, sim).await };
    match timeout(HANDSHAKE_MAX, acceptor.accept(socket)).await {
        Ok(Ok(socket)) => {
            let is_http2 = socket.get_ref().1.alpn_protocol() == Some(HTTP2);
            speak(socket, is_http2, sim).await;
        }
        // A client that does not trust the certificate says so here, and one that speaks http is heard as noise.
        Ok(Err(error)) => tracing::debug!(%error, "a handshake failed: {error}"),
        Err(_) => tracing::debug!("a handshake did not come"),
    }
}

async fn speak(socket: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, is_http2: bool, sim: Sim) {
    let service = service_fn(|request: http::Request<Incoming>| {
        let sim = sim.clone();
        async move { sendable(sim.answer(request.map(axum::body::Body::new)).await) }
    });
    let ended = if is_http2 {
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2.max_concurrent_streams(STREAMS_MAX).serve_connection(TokioIo::new(socket), service).await
    } else {
        http1::Builder::new().serve_connection(TokioIo::new(socket), service).await
    };
    if let Err(error) = ended {
        // Also the end of every connection that was to be dropped.
        tracing::debug!(%error, "a connection ended early");
    }
}

/// An error makes hyper close the connection before it has sent a byte; in HTTP/2 it resets the stream, and the other
/// requests on the connection go on.
fn sendable(response: Response) -> io::Result<Response> {
    if response.extensions().get::<Dropped>().is_some() {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    Ok(response)
}
