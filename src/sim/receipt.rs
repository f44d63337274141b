//! An answer as Graph sends it: the headers that every answer carries, around a meeting or
//! a problem; and the answers that never arrive whole.
//!
//! It decides nothing and counts nothing.

use std::io;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use http::header::{ALLOW, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::answer::{Answer, Reply};
use super::clock::Clock;
use super::edm;
use super::error::Problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const DIAGNOSTIC: HeaderName = HeaderName::from_static("x-ms-ags-diagnostic");
const ODATA_VERSION: HeaderName = HeaderName::from_static("odata-version");

const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;\
                    IEEE754Compatible=false;charset=utf-8";
const SERVER: &str =
    r#"{"ServerInfo":{"DataCenter":"Simulator","Slice":"E","Ring":"5","ScaleUnit":"001","RoleInstance":"SIM000001"}}"#;

/// Marks a response that must not be sent: the connection is to be closed instead.
#[derive(Clone, Copy, Debug)]
pub struct Dropped;

/// What identifies one request, to be written on its answer.
pub(super) struct Receipt {
    request_id: String,
    /// The client's own, or else the request's.
    client_request_id: HeaderValue,
}

impl Receipt {
    pub(super) fn new(request_id: String, headers: &HeaderMap) -> Self {
        let own = headers.get(CLIENT_REQUEST_ID).cloned();
        Self { client_request_id: own.unwrap_or_else(|| header(&request_id)), request_id }
    }

    pub(super) fn answer(&self, clock: &Clock, answer: Answer) -> Reply {
        let mut headers = self.headers(clock);
        if answer.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        }
        Reply { status: answer.status, headers, body: answer.body }
    }

    pub(super) fn problem(&self, clock: &Clock, problem: &Problem) -> Reply {
        let date = edm::write(clock.now_in_seconds());
        let client = String::from_utf8_lossy(self.client_request_id.as_bytes());
        let envelope = problem.envelope(&date, &self.request_id, &client);
        let mut reply = self.answer(clock, Answer::of(problem.status, &envelope));
        if let Some(Ok(challenge)) = problem.challenge.as_deref().map(HeaderValue::from_str) {
            reply.headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if problem.status == StatusCode::PAYLOAD_TOO_LARGE {
            // What is left of the body is not read, so that nothing can follow it.
            reply.headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if !problem.allow.is_empty() {
            let methods: Vec<&str> = problem.allow.iter().map(Method::as_str).collect();
            reply.headers.insert(ALLOW, header(&methods.join(", ")));
        }
        reply
    }

    pub(super) fn throttled(&self, clock: &Clock, problem: &Problem, retry_after: Option<&str>) -> Reply {
        let mut reply = self.problem(clock, problem);
        if let Some(wait) = retry_after {
            reply.headers.insert(RETRY_AFTER, header(wait));
        }
        reply
    }

    fn headers(&self, clock: &Clock) -> HeaderMap {
        HeaderMap::from_iter([
            (ODATA_VERSION, HeaderValue::from_static("4.0")),
            (DATE, header(&clock.http_date())),
            (REQUEST_ID, header(&self.request_id)),
            (CLIENT_REQUEST_ID, self.client_request_id.clone()),
            (DIAGNOSTIC, HeaderValue::from_static(SERVER)),
        ])
    }
}

/// An answer in whole.
pub(super) fn respond(reply: Reply) -> Response {
    let mut response = Response::new(reply.body.map_or_else(Body::empty, Body::from));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}

/// Promises the whole body and breaks off in the middle of it.
pub(super) fn cut_off(mut reply: Reply) -> Response {
    let whole = Bytes::from(reply.body.take().unwrap_or_default());
    let half = whole.slice(..whole.len() / 2);
    let body = stream::iter([Ok(half)]).chain(stream::once(async {
        // Lets the server flush the half first; it would throw it away with the error.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    }));
    let mut response = respond(reply);
    *response.body_mut() = Body::from_stream(body);
    // There is nothing to cut off of an answer without a body: then the promise is what breaks it.
    let length = header(&whole.len().max(1).to_string());
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response
}

/// The page of something between the client and Graph: a success that is none.
pub(super) fn proxy_page() -> Response {
    const PAGE: &str = "<!DOCTYPE html><html><head><title>Please wait</title></head>\
                        <body><h1>Your request is being checked</h1></body></html>";
    let mut response = Response::new(Body::from(PAGE));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    response
}

pub(super) fn dropped() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.extensions_mut().insert(Dropped);
    response
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("GUIDs, dates and numbers are visible ASCII")
}
