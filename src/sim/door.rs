//! The door: whose a request is, by its path, and how one is sent away that is nobody's.
//!
//! It checks nothing of what is asked of Graph; `call` does.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{CONTENT_TYPE, DATE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Uri};

use super::answer::End;
use super::asked::Asked;
use super::entra::{self, Endpoint};
use super::error::Problem;
use super::hash::Hash;
use super::receipt::{Dropped, Receipt, respond};
use super::report::method_name;
use super::{Sim, call, page};

impl Sim {
    pub(super) async fn answer(&self, request: Request) -> Response {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.respond(&path, request).await;
        let is_lost = response.extensions().get::<Dropped>().is_some();
        let status = if is_lost { 0 } else { response.status().as_u16() };
        self.tell(&method, &path, status, response.headers());
        response
    }

    /// Neither a token nor a body is told, nor what is after a question mark. A status of 0 is no answer.
    pub(super) fn tell(&self, method: &Method, path: &str, status: u16, headers: &HeaderMap) {
        if self.0.tells {
            let request_id = headers.get("request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
            let (method, of_id) = (method.as_str(), if request_id.is_empty() { "" } else { ", request-id " });
            tracing::debug!(method, path, status, request_id, "{method} {path}: {status}{of_id}{request_id}");
        }
    }

    async fn respond(&self, path: &str, request: Request) -> Response {
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        if let Some(endpoint) = Endpoint::at(&segments) {
            return entra::answer(self, endpoint, request).await;
        }
        let mut response = match segments.as_slice() {
            ["sim", "report"] => self.show_report(&request),
            ["l", "meetup-join", _, _] if [Method::GET, Method::HEAD].contains(request.method()) => {
                page::visit(self, request.uri())
            }
            _ => return call::answer(self, request).await,
        };
        // The server would write its own time.
        let date = HeaderValue::from_str(&self.clock().http_date()).expect("a date is visible ASCII");
        response.headers_mut().insert(DATE, date);
        response
    }

    fn show_report(&self, request: &Request) -> Response {
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            let problem = Problem::method_not_allowed(&[Method::GET, Method::HEAD]);
            return self.beside_graph(request.method(), request.uri(), request.headers(), &problem);
        }
        let report = serde_json::to_string_pretty(&self.report()).unwrap_or_default();
        let mut response = Response::new(Body::from(report));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }

    /// Refuses a request by one of the checks.
    pub(super) fn refuse(&self, asked: &Asked, problem: &Problem) -> End {
        End::Told(self.receipt(asked).problem(self.clock(), problem))
    }

    /// For a request without a fate: its id is a hash of what was sent, and of how often that was.
    pub(super) fn receipt(&self, asked: &Asked) -> Receipt {
        self.occasion(asked.hash(self.scenario().seed), asked.headers)
    }

    fn occasion(&self, asked: Hash, headers: &HeaderMap) -> Receipt {
        let count = self.world().count(asked.finish());
        Receipt::new(asked.number(count).guid(), headers)
    }

    /// For a path that is not Graph's.
    pub(super) fn not_here(&self, parts: &Parts) -> Response {
        let problem = Problem::not_found();
        let response = self.beside_graph(&parts.method, &parts.uri, &parts.headers, &problem);
        self.world().counts.answer_beside(method_name(&parts.method), "(elsewhere)", response.status().as_u16());
        response
    }

    fn beside_graph(&self, method: &Method, uri: &Uri, headers: &HeaderMap, problem: &Problem) -> Response {
        let asked = Hash::seeded(self.scenario().seed).text(method.as_str()).text(uri.path());
        respond(self.occasion(asked, headers).problem(self.clock(), problem))
    }
}
