//! The simulator on a socket.
//!
//! It can do what no framework's server would: close a connection without a word. It
//! speaks HTTP/1.1 without encryption and is for one's own machine.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::response::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{Dropped, Sim};

/// Long enough for the system to find new descriptors, short enough to go unnoticed.
const PAUSE_AFTER_ACCEPT_ERROR: Duration = Duration::from_millis(20);

/// Answers on the socket until `stop` resolves, then drops what is open.
pub async fn serve(listener: TcpListener, sim: Sim, stop: impl Future<Output = ()>) -> io::Result<()> {
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
                connections.spawn(converse(socket, sim.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE_AFTER_ACCEPT_ERROR).await;
            }
        }
    }
}

async fn converse(socket: TcpStream, sim: Sim) {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "small answers may be late");
    }
    let service = service_fn(|request: http::Request<hyper::body::Incoming>| {
        let sim = sim.clone();
        async move { sendable(sim.answer(request.map(axum::body::Body::new)).await) }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
    if let Err(error) = connection.await {
        // Also the end of every connection that was to be dropped.
        tracing::debug!(%error, "a connection ended early");
    }
}

/// An error makes hyper close the connection before it has sent a byte.
fn sendable(response: Response) -> io::Result<Response> {
    if response.extensions().get::<Dropped>().is_some() {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    Ok(response)
}
