//! The only place that knows HTTP and JSON: one meeting, one exchange, one [`Verdict`].
//!
//! It never waits and never retries; what to do about a verdict is the pipeline's affair.

mod answer;
mod body;
mod claims;
mod clock;
mod connections;
mod directory;
mod explain;
mod hide;
mod http;
mod identity;
mod inquiry;
mod join_information;
mod meetings;
mod ping;
mod proxy;
mod redirect;
mod roots;
mod token;
mod untrusted;
mod verdict;
mod wire;

use std::future::Future;
use std::time::SystemTime;

use ::http::uri::Scheme;
use ::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use anyhow::{Context as _, Result};
use bytes::Bytes;
use tracing::{Level, debug, enabled};

pub use self::connections::Connections;
pub use self::directory::{BATCH_MAX, LookUp, User};
pub use self::explain::{cmdlets, is_of_organizer, parts};
pub use self::http::Http;
pub use self::identity::Identity;
pub use self::inquiry::{Authority, Greeting, Heard, Policy};
pub use self::meetings::Call;
pub use self::ping::PingUrl;
pub use self::proxy::{Proxies, Proxy, Via};
pub use self::roots::authorities;
pub use self::token::{
    App, AppService, AzureCli, Bearer, Certificate, CertificateFile, ClientSecret, Credentials, DeviceCode, NO_LOGIN,
    NO_TENANT, VirtualMachine,
};
pub use self::verdict::{Lost, Verdict};

use self::clock::ServiceClock;
use self::hide::Hidden;
use self::token::Tokens;

/// So many letters of a token are looked for first in an answer.
const BEGINNING: usize = 16;
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// The target of messages that a person has to see, however quiet a run is to be: nothing would happen otherwise.
pub const TO_PERSON: &str = "convoke::to_person";

/// One request out, one answer back: the network, or in tests the embedded Graph itself.
pub trait Exchange {
    /// Sends the request once and reads the whole answer.
    fn exchange(&self, request: Request<Bytes>) -> impl Future<Output = Result<Response<Bytes>, Lost>>;
}

/// Where Graph and its identity service are, and how requests are made.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Graph's root, without a version, like `https://graph.microsoft.com`.
    pub graph_url: String,
    /// The identity service's root, like `https://login.microsoftonline.com`.
    pub login_url: String,
    /// How a token is come by.
    pub credentials: Credentials,
    /// The `Accept-Language` of requests, a BCP 47 tag.
    pub language: Option<String>,
    /// Whether Graph's own invitations are read; each is longer than all else that is read of an answer.
    pub invitations: bool,
}

impl Endpoint {
    /// Whether any request goes by https. Whatever does not stays on this machine ([`crate::plan`] sees to it).
    pub fn is_secure(&self) -> bool {
        let is_https = |url: &String| url.parse::<Uri>().is_ok_and(|uri| uri.scheme() == Some(&Scheme::HTTPS));
        is_https(&self.graph_url) || is_https(&self.login_url)
    }
}

/// Whether an address is on this machine.
pub fn is_local(url: &str) -> bool {
    url.parse::<Uri>().is_ok_and(|uri| uri.host().is_some_and(is_loopback))
}

/// Whether a host can only be this machine.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// Microsoft Graph, as far as this program needs it.
pub struct Graph<E> {
    exchange: E,
    root: String,
    batch: Uri,
    language: Option<HeaderValue>,
    invitations: bool,
    tokens: Tokens,
    clock: ServiceClock,
}

impl<E: Exchange> Graph<E> {
    /// Fails when an address or the language cannot be sent as they are.
    pub fn new(exchange: E, endpoint: Endpoint) -> Result<Self> {
        let Endpoint { graph_url, login_url, credentials, language, invitations } = endpoint;
        let language = language.map(HeaderValue::try_from).transpose().context("--language is not a language tag")?;
        let tokens = Tokens::new(&login_url, &graph_url, credentials)?;
        let root = graph_url.trim_end_matches('/').to_owned();
        let batch = Self::batch_uri(&root)?;
        Ok(Self { exchange, root, batch, language, invitations, tokens, clock: ServiceClock::start() })
    }

    /// The run begins now, or, if it is resumed, began then by this machine's clock.
    pub fn begin(&self, earlier: Option<SystemTime>) {
        self.clock.begin(earlier);
    }

    /// A token to send with the next call: the one at hand, or a new one when that nears its end. However many ask,
    /// one renewal is under way at a time.
    pub async fn bearer(&self) -> Result<Bearer, Verdict> {
        self.tokens.bearer(&self.exchange).await
    }

    /// The token to send now. Whoever has waited since [`bearer`](Self::bearer) asks here again, since theirs may have ended,
    /// or been rejected or renewed; nothing if none is at hand.
    pub fn bearer_now(&self) -> Option<Bearer> {
        self.tokens.lasting()
    }

    /// Sends a request once, and says what the answer means, of the token that it was asked with as well; `about` is what
    /// the request is called in the log.
    async fn send<T>(
        &self,
        about: &str,
        request: Request<Bytes>,
        bearer: &Bearer,
        judge: impl FnOnce(Result<Response<Bytes>, Lost>, SystemTime) -> Verdict<T>,
    ) -> Verdict<T> {
        let (client_request_id, uri) = (request.headers()[CLIENT_REQUEST_ID].clone(), request.uri().clone());
        let client_request_id = client_request_id.to_str().unwrap_or_default();
        let reply = self.exchange.exchange(request).await;
        let header = bearer.header();
        let token = of_header(&header);
        let reply = reply.map(|reply| without(token, reply));
        tell(about, client_request_id, &reply);
        if let Ok(reply) = &reply {
            self.clock.hear(reply.headers());
        }
        let verdict = judge(reply, SystemTime::now()).with_trouble(|trouble| {
            trouble.own.client_request_id = Some(client_request_id.to_owned());
            explain::fill_in(trouble, uri.path(), token);
        });
        match verdict {
            Verdict::Again(trouble) if trouble.http_status == Some(StatusCode::UNAUTHORIZED.as_u16()) => {
                self.tokens.rejected(bearer, trouble).map(|_| unreachable!("a rejected token has no meeting"))
            }
            verdict => {
                if matches!(verdict, Verdict::Ready(_) | Verdict::Refused(_)) {
                    self.tokens.accepted(bearer);
                }
                verdict
            }
        }
    }

    fn request(&self, method: Method, uri: &Uri, body: &Bytes, bearer: &Bearer) -> Request<Bytes> {
        let mut request = Request::new(body.clone());
        *request.method_mut() = method;
        *request.uri_mut() = uri.clone();
        let headers = request.headers_mut();
        if !body.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        headers.insert(header::AUTHORIZATION, bearer.header());
        headers.insert(CLIENT_REQUEST_ID, client_request_id());
        // Without it newer enumeration values read unknownFutureValue (Graph, *meetingParticipantInfo*).
        headers.insert(HeaderName::from_static("prefer"), HeaderValue::from_static("include-unknown-enum-members"));
        if let Some(language) = &self.language {
            headers.insert(header::ACCEPT_LANGUAGE, language.clone());
        }
        request
    }
}

/// Support finds a request by it; new for each attempt (Graph, *best practices*).
fn client_request_id() -> HeaderValue {
    let id = uuid::Builder::from_random_bytes(fastrand::u128(..).to_ne_bytes()).into_uuid().to_string();
    HeaderValue::try_from(id).expect("a GUID is visible ASCII")
}

/// An answer in which nobody can read the token that it was asked with, though it repeats the whole request. Answers that
/// have nothing of it, as all meetings do, are not taken apart.
fn without(token: &str, reply: Response<Bytes>) -> Response<Bytes> {
    let is_meeting = matches!(reply.status(), StatusCode::OK | StatusCode::CREATED);
    if is_meeting && !repeats(&reply, token) { reply } else { Hidden::new(token).cut_in(reply) }
}

/// The token in the header that carries it.
fn of_header(header: &HeaderValue) -> &str {
    header.to_str().unwrap_or_default().trim_start_matches("Bearer ")
}

fn repeats(reply: &Response<Bytes>, token: &str) -> bool {
    // Its first letters are looked for by far faster than the whole of it, and no meeting has them.
    let begins = token.get(..BEGINNING).unwrap_or(token);
    let has = |bytes| str::from_utf8(bytes).is_ok_and(|text| text.contains(begins) && text.contains(token));
    has(reply.body()) || reply.headers().values().any(|value| has(value.as_bytes()))
}

/// Puts an exchange into the log, with what Microsoft's support asks for (Graph, *best practices*): both ids, the date,
/// and which of Graph's machines it was.
fn tell(external_id: &str, client_request_id: &str, reply: &Result<Response<Bytes>, Lost>) {
    if !enabled!(Level::DEBUG) {
        return;
    }
    match reply {
        Ok(reply) => {
            let (request_id, date) = (explain::request_id(reply), explain::date(reply));
            let [request_id, date] = [&request_id, &date].map(|text| text.as_deref().unwrap_or_default());
            let diagnostic = reply.headers().get("x-ms-ags-diagnostic").and_then(|text| text.to_str().ok());
            let at = diagnostic.map(|text| format!(", x-ms-ags-diagnostic {text}")).unwrap_or_default();
            let status = reply.status().as_u16();
            debug!(
                external_id,
                status,
                request_id,
                client_request_id,
                date,
                diagnostic,
                "({external_id}) HTTP {status}, request-id {request_id}, client-request-id {client_request_id}, date \
                 {date}{at}"
            );
        }
        Err(lost) => debug!(
            external_id,
            client_request_id, "({external_id}) no answer: {lost:?}, client-request-id {client_request_id}"
        ),
    }
}
