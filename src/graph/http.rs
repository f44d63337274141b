//! The network behind [`Exchange`]: reqwest, told to do one exchange and nothing on its own account.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::error::Error as _;
use std::time::Duration;

use anyhow::{Context as _, Result};
use bytes::{Bytes, BytesMut};
use http::uri::{Authority, Scheme};
use http::{Request, Response, StatusCode, Uri};
use reqwest::{Client, NoProxy, Proxy, Url, redirect, retry};
use tracing::debug;

use super::{Connections, Exchange, Lost, Proxies, proxy, roots, untrusted};

/// The longest answer that is read, in bytes; a meeting has some 3 kB. This bounds memory, whoever answers.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// How many of them are kept; this bounds memory in a sheet where everybody is an organizer.
const URLS_MAX: usize = 1_000;

/// How long an HTTP/2 connection with requests on it may be silent before it is asked whether it lives. All requests
/// are on one, and unasked a dead one would take them all along for a minute, until they time out.
const SILENCE_MAX: Duration = Duration::from_secs(15);
/// How long it may take to say so: a network that is slower is of no use.
const PING_MAX: Duration = Duration::from_secs(10);

/// Pools of connections.
pub struct Http {
    /// For plain http, which stays on this machine: no proxy gets to see the token, and no root certificate is needed.
    plain: Pool,
    /// For https, through the proxy that was named or the system's, if there is one; only where there is something to
    /// reach by it.
    secure: Option<Pool>,
    /// What reqwest does about proxies, so that an error can name the one that it was.
    proxies: Proxies,
    /// Addresses that have been taken apart already: an organizer's is the same for all meetings, and to take it apart
    /// anew was an eighth of the work for a request.
    urls: RefCell<HashMap<Uri, Url>>,
    /// Who has answered: a certificate that is not trusted is then a fault that may pass, like any other.
    answered: RefCell<HashSet<Authority>>,
}

impl Http {
    /// Opens the pools; `secure` says whether any address is https.
    pub fn open(connections: &Connections, secure: bool) -> Result<Self> {
        let (connect_timeout, request_timeout) = (connections.connect_timeout, connections.request_timeout);
        let client = move || {
            Client::builder()
                .user_agent(concat!("convoke/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(connect_timeout)
                .timeout(request_timeout)
                .tcp_nodelay(true)
                // Of TCP's own sign of life (after 15 s) and of the end of idle connections (90 s) reqwest's are right.
                .http2_keep_alive_interval(SILENCE_MAX)
                .http2_keep_alive_timeout(PING_MAX)
                // The token goes to the configured host and nowhere else, and every attempt is counted.
                .redirect(redirect::Policy::none())
                .retry(retry::never())
        };
        let plain = Pool::open(move || client().no_proxy().tls_certs_only([]).build());
        let plain = plain.context("the HTTP client cannot be set up")?;
        let tls = secure.then(|| roots::tls(&connections.authorities)).transpose();
        let tls = tls.context(
            "the HTTPS client cannot be set up; are root certificates installed? --ca-file names a file of others",
        )?;
        let named = connections.proxy.as_ref().map(reqwest_proxy).transpose().context("--proxy cannot be used")?;
        let secure = tls.map(|tls| {
            Pool::open(move || {
                let client = client().https_only(true).tls_backend_preconfigured(tls.clone());
                // Without a word of ours it takes the system's.
                named.iter().fold(client, |client, named| client.proxy(named.clone())).build()
            })
        });
        let secure = secure.transpose().context("the HTTPS client cannot be set up")?;
        let proxies = Proxies::of(connections.proxy.as_ref());
        Ok(Self { plain, secure, proxies, urls: RefCell::default(), answered: RefCell::default() })
    }

    fn lost(&self, error: &reqwest::Error, uri: &Uri) -> Lost {
        let host = uri.authority();
        let is_new = host.is_some_and(|host| !self.answered.borrow().contains(host));
        let via = self.proxies.via(uri);
        if let (Some(via), Some(host)) = (via, host) {
            match proxy::lost(&via, host.as_str(), error) {
                // Who has let others through may do so again.
                Some(Lost::Untrusted(why) | Lost::Proxy { why, .. }) if !is_new => {
                    return Lost::Proxy { why, is_final: false };
                }
                Some(lost) => return lost,
                None if error.is_connect() && error.is_timeout() => return proxy::late(&via),
                None => {}
            }
        }
        match (lost(error), host) {
            (Lost::Untrusted(why), Some(host)) if is_new => Lost::Untrusted(format!("{host}: {why}")),
            (Lost::Untrusted(why), _) => Lost::Connect(why),
            (lost, _) => lost,
        }
    }

    /// Remembers who answers.
    fn answered(&self, uri: &Uri) {
        if let Some(host) = uri.authority()
            && !self.answered.borrow().contains(host)
        {
            self.answered.borrow_mut().insert(host.clone());
        }
    }

    fn url(&self, uri: &Uri) -> Result<Url, Lost> {
        let mut urls = self.urls.borrow_mut();
        if let Some(url) = urls.get(uri) {
            return Ok(url.clone());
        }
        let url = Url::parse(&uri.to_string()).map_err(|error| Lost::Connect(error.to_string()))?;
        if urls.len() >= URLS_MAX {
            urls.clear();
        }
        urls.insert(uri.clone(), url.clone());
        Ok(url)
    }
}

/// The proxy that was named, as reqwest has it.
fn reqwest_proxy(proxy: &super::Proxy) -> reqwest::Result<Proxy> {
    Ok(Proxy::https(proxy.address())?.no_proxy(NoProxy::from_string(proxy.not_for())))
}

/// Warm connections. reqwest cannot be told to give up one of them, so that they are given up together.
struct Pool {
    fresh: Box<dyn Fn() -> reqwest::Result<Client>>,
    current: RefCell<Current>,
}

/// The pool that new requests go to.
#[derive(Clone)]
struct Current {
    client: Client,
    /// How many there were before it.
    number: u64,
}

impl Pool {
    fn open(fresh: impl Fn() -> reqwest::Result<Client> + 'static) -> reqwest::Result<Self> {
        let current = RefCell::new(Current { client: fresh()?, number: 0 });
        Ok(Self { fresh: Box::new(fresh), current })
    }

    fn current(&self) -> Current {
        self.current.borrow().clone()
    }

    /// Sends nothing more over the connections of pool `number`: the host behind them is overloaded, and a new
    /// connection may lead to another (Graph, *best practices*: 503). What is under way ends there, and then they are
    /// closed. Many requests are told of one overload, and only the first of them finds its pool still current.
    fn leave(&self, number: u64) {
        let mut current = self.current.borrow_mut();
        if current.number != number {
            return;
        }
        match (self.fresh)() {
            Ok(client) => *current = Current { client, number: number + 1 },
            // A second request over the same connection is not wrong, only less likely to succeed.
            Err(error) => debug!("the connections stay: {error}"),
        }
    }
}

impl Exchange for Http {
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let is_plain = request.uri().scheme() == Some(&Scheme::HTTP);
        let pool = if is_plain { Some(&self.plain) } else { self.secure.as_ref() };
        let pool = pool.ok_or_else(|| Lost::Connect("no https client was asked for".to_owned()))?;
        let (parts, body) = request.into_parts();
        let mut request = reqwest::Request::new(parts.method, self.url(&parts.uri)?);
        *request.headers_mut() = parts.headers;
        *request.body_mut() = Some(body.into());
        let Current { client, number } = pool.current();
        let mut reply = client.execute(request).await.map_err(|error| self.lost(&error, &parts.uri))?;
        self.answered(&parts.uri);
        if reply.status() == StatusCode::SERVICE_UNAVAILABLE {
            // Before the body is read: meanwhile others start.
            pool.leave(number);
        }
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
    if let Some(why) = innermost.and_then(untrusted::why) {
        return Lost::Untrusted(why);
    }
    let why = innermost.map_or_else(|| "no cause is given".to_owned(), ToString::to_string);
    if error.is_connect() { Lost::Connect(why) } else { Lost::Broken(why) }
}
