//! The network behind [`Exchange`]: reqwest, told to do one exchange and nothing on its own account.

use std::error::Error as _;
use std::time::Duration;

use anyhow::{Context as _, Result};
use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::{Client, redirect, retry};

use super::{Exchange, Lost};

/// The longest answer that is read, in bytes; a meeting has some 3 kB. This bounds memory, whoever answers.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// A pool of connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client,
}

impl Http {
    /// Opens the pool. `local` says that every request stays on this machine in the clear: then no proxy has a say and
    /// no root certificates are needed.
    pub fn open(connect_timeout: Duration, request_timeout: Duration, local: bool) -> Result<Self> {
        let client = Client::builder()
            .user_agent(concat!("convoke/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(connect_timeout)
            .timeout(request_timeout)
            .tcp_nodelay(true)
            // The token goes to the configured host and nowhere else, and every attempt is counted.
            .redirect(redirect::Policy::none())
            .retry(retry::never());
        let client = if local { client.no_proxy().tls_certs_only([]) } else { client };
        let client = client.build().context("the HTTP client cannot be set up; are root certificates installed?")?;
        Ok(Self { client })
    }
}

impl Exchange for Http {
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let request = reqwest::Request::try_from(request).map_err(|error| lost(&error))?;
        let mut reply = self.client.execute(request).await.map_err(|error| lost(&error))?;
        let mut body = BytesMut::new();
        while let Some(chunk) = reply.chunk().await.map_err(|error| lost(&error))? {
            if body.len() + chunk.len() > BODY_BYTES_MAX {
                return Err(Lost::Broken(format!("the answer is longer than {BODY_BYTES_MAX} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        let mut whole = Response::new(body.freeze());
        *whole.status_mut() = reply.status();
        *whole.headers_mut() = std::mem::take(reply.headers_mut());
        Ok(whole)
    }
}

fn lost(error: &reqwest::Error) -> Lost {
    if error.is_timeout() {
        return Lost::Timeout;
    }
    // The innermost cause is the one that says something ("Connection refused"); the outer ones repeat the address.
    let mut innermost = error.source();
    while let Some(deeper) = innermost.and_then(std::error::Error::source) {
        innermost = Some(deeper);
    }
    let why = innermost.map_or_else(|| "no cause is given".to_owned(), ToString::to_string);
    if error.is_connect() { Lost::Connect(why) } else { Lost::Broken(why) }
}
