//! The network behind [`Exchange`]: reqwest, told to do one exchange and nothing on its own account.

use std::error::Error as _;
use std::time::Duration;

use anyhow::{Context as _, Result};
use bytes::{Bytes, BytesMut};
use http::uri::Scheme;
use http::{Request, Response};
use reqwest::{Client, redirect, retry};

use super::{Exchange, Lost};

/// The longest answer that is read, in bytes; a meeting has some 3 kB. This bounds memory, whoever answers.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Pools of connections.
#[derive(Clone, Debug)]
pub struct Http {
    /// For plain http, which stays on this machine: no proxy gets to see the token, and no root certificate is needed.
    plain: Client,
    /// For https, through the system's proxy if there is one; only where there is something to reach by it.
    secure: Option<Client>,
}

impl Http {
    /// Opens the pools; `secure` says whether any address is https.
    pub fn open(connect_timeout: Duration, request_timeout: Duration, secure: bool) -> Result<Self> {
        let client = || {
            Client::builder()
                .user_agent(concat!("convoke/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(connect_timeout)
                .timeout(request_timeout)
                .tcp_nodelay(true)
                // The token goes to the configured host and nowhere else, and every attempt is counted.
                .redirect(redirect::Policy::none())
                .retry(retry::never())
        };
        let plain = client().no_proxy().tls_certs_only([]).build().context("the HTTP client cannot be set up")?;
        let secure = secure.then(|| client().https_only(true).build()).transpose();
        let secure = secure.context("the HTTPS client cannot be set up; are root certificates installed?")?;
        Ok(Self { plain, secure })
    }
}

impl Exchange for Http {
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let is_plain = request.uri().scheme() == Some(&Scheme::HTTP);
        let client = if is_plain { Some(&self.plain) } else { self.secure.as_ref() };
        let client = client.ok_or_else(|| Lost::Connect("no https client was asked for".to_owned()))?;
        let request = reqwest::Request::try_from(request).map_err(|error| lost(&error))?;
        let mut reply = client.execute(request).await.map_err(|error| lost(&error))?;
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
