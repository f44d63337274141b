//! How Entra answers: the headers around a document or a denial, and the name that it goes by.
//!
//! It decides nothing.

use axum::body::Body;
use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HOST, PRAGMA, WWW_AUTHENTICATE,
};
use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use serde_json::Value;

use super::super::Sim;
use super::super::hash::Hash;
use super::denial::{Denial, Occasion};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
/// Who asks without saying where.
const NOWHERE: &str = "localhost";

/// Where one request is served.
pub(super) struct Desk<'a> {
    pub(super) sim: &'a Sim,
    /// What the URLs of this service begin with, without a slash at the end.
    pub(super) root: String,
    pub(super) headers: HeaderMap,
    version: Version,
}

impl<'a> Desk<'a> {
    pub(super) fn new(sim: &'a Sim, parts: &Parts) -> Self {
        let root = match sim.entra().registration.root() {
            Some(root) => root.to_owned(),
            None => format!("{}://{}", scheme(parts), authority(parts)),
        };
        Self { sim, root, headers: parts.headers.clone(), version: parts.version }
    }

    /// The host and the port that clients know this service by.
    pub(super) fn host(&self) -> &str {
        self.root.split_once("://").map_or(self.root.as_str(), |(_, host)| host)
    }

    pub(super) fn answer(&self, outcome: Result<Value, Denial>) -> Response {
        match outcome {
            Ok(granted) => {
                let asked = Hash::seeded(self.sim.scenario().seed).text("entra");
                let id = asked.number(self.sim.world().count(asked.finish())).guid();
                self.write(StatusCode::OK, &id, &granted)
            }
            Err(denial) => self.deny(&denial),
        }
    }

    /// An answer that pages in a browser may read as well.
    pub(super) fn publish(&self, outcome: Result<Value, Denial>) -> Response {
        let mut response = self.answer(outcome);
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response
    }

    pub(super) fn deny(&self, denial: &Denial) -> Response {
        let hash = denial.hash(self.sim.scenario().seed);
        let hash = hash.number(self.sim.world().count(hash.finish()));
        let own = self.headers.get(CLIENT_REQUEST_ID).and_then(|value| value.to_str().ok());
        let own = own.filter(|own| uuid::Uuid::try_parse(own).is_ok()).map(str::to_owned);
        let correlation = own.unwrap_or_else(|| hash.text("call").guid());
        let occasion = Occasion { trace: hash.text("trace").guid(), correlation, at: self.sim.clock().now() };
        let mut response = self.write(denial.status, &occasion.trace, &denial.envelope(&occasion));
        if denial.status == StatusCode::UNAUTHORIZED && self.headers.contains_key(http::header::AUTHORIZATION) {
            // RFC 6749, section 5.2.
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
        }
        if denial.status == StatusCode::PAYLOAD_TOO_LARGE && self.version <= Version::HTTP_11 {
            // What was not read is still on the way. HTTP/2 has a stream for each request, and no such header.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(method) = denial.method {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(method));
        }
        response
    }

    fn write(&self, status: StatusCode, id: &str, body: &Value) -> Response {
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.extend([
            (CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
            // RFC 6749, section 5.1.
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (PRAGMA, HeaderValue::from_static("no-cache")),
            (REQUEST_ID, HeaderValue::from_str(id).expect("a GUID is visible ASCII")),
        ]);
        if let Some(own) = self.headers.get(CLIENT_REQUEST_ID) {
            headers.insert(CLIENT_REQUEST_ID, own.clone());
        }
        response
    }
}

/// The server knows whether there is TLS, and says so in the request's extensions.
fn scheme(parts: &Parts) -> &str {
    let said = parts.extensions.get::<Scheme>().or_else(|| parts.uri.scheme());
    said.map_or("http", Scheme::as_str)
}

fn authority(parts: &Parts) -> String {
    let said = parts.headers.get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let said = parts.uri.authority().cloned().or(said);
    said.map_or_else(|| NOWHERE.to_owned(), |said| said.as_str().to_owned())
}

/// What whoever goes there to sign in is told.
pub(super) fn sign_in_page() -> Response {
    const PAGE: &str = "<!DOCTYPE html><html><head><title>Simulator</title></head>\
                        <body><p>This is a simulator. There is no code to enter: its make-believe user signs in \
                        all by itself.</p></body></html>";
    let mut response = Response::new(Body::from(PAGE));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    response
}
