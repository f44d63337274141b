//! What an answer of Graph or of Entra has to look like, and the check of every answer that the embedded Graph gives in
//! a test.
//!
//! This is a reading of the documentation of its own, as JSON Schemas: it uses nothing of the client and nothing of the
//! simulator, and both test binaries include it (here, and `src/sim/tests`). It judges answers only, never requests,
//! and not whether an answer is true. It passes over what the simulator breaks on purpose, and over that only: a page
//! of HTML, and a body that did not arrive; and over what it tells of itself, below `/sim`.

mod book;
mod headers;
mod route;
mod rules;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use serde_json::Value;

use book::Name;
use route::{Expected, Service, Target};

/// What was asked, as far as the answer depends on it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    method: Method,
    path: String,
    target: Target,
    client_request_id: Option<HeaderValue>,
    /// `Prefer: include-unknown-enum-members`
    all_members: bool,
    /// A batch's requests are in it.
    body: Bytes,
}

impl Asked {
    pub(crate) fn of(request: &Request<Bytes>) -> Self {
        let path = request.uri().path_and_query().map_or("", |path| path.as_str());
        let prefer = request.headers().get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        Self {
            client_request_id: request.headers().get("client-request-id").cloned(),
            all_members: prefer.into_iter().any(rules::wants_all_members),
            body: request.body().clone(),
            ..Self::plain(request.method().clone(), path)
        }
    }

    fn plain(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            target: Target::of(path),
            client_request_id: None,
            all_members: false,
            body: Bytes::new(),
        }
    }
}

/// Panics at an answer that Graph would not give. `body` is `None` if it did not arrive whole.
#[track_caller]
pub(crate) fn check(asked: &Asked, status: StatusCode, headers: &HeaderMap, body: Option<&[u8]>) {
    if let Err(wrong) = judge(asked, status, headers, body) {
        panic!("{wrong}");
    }
}

/// What was asked, and what is wrong with the answer.
pub(crate) fn judge(asked: &Asked, status: StatusCode, headers: &HeaderMap, body: Option<&[u8]>) -> Result<(), String> {
    let answer = || {
        if asked.target.service() == Service::Simulator || headers::is_html(headers) {
            return Ok(());
        }
        headers::judge(asked, asked.target.service(), status, headers)?;
        match body {
            Some(body) => judge_body(asked, status, headers, body),
            None => Ok(()),
        }
    };
    let Asked { method, path, .. } = asked;
    answer().map_err(|wrong: String| {
        let body = String::from_utf8_lossy(body.unwrap_or_default());
        format!("{method} {path} was answered {status} as Graph would not: {wrong}\n{body}")
    })
}

fn judge_body(asked: &Asked, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<(), String> {
    let expected = asked.target.expected(&asked.method, status)?;
    match expected {
        Expected::Nothing if body.is_empty() => Ok(()),
        Expected::Nothing => Err("there is a body".to_owned()),
        // A socket sends none for HEAD.
        Expected::Body(_) if body.is_empty() && asked.method == Method::HEAD => Ok(()),
        Expected::Body(name) => {
            let body = serde_json::from_slice(body).map_err(|why| format!("the body is no JSON: {why}"))?;
            judge_json(asked, name, &body)?;
            match name {
                Name::Batch => rules::judge_items(asked, &body),
                Name::Problem => rules::judge_ids(headers, &body),
                _ => Ok(()),
            }
        }
    }
}

/// A body of Graph's or Entra's, be it on its own or in a batch.
fn judge_json(asked: &Asked, name: Name, body: &Value) -> Result<(), String> {
    book::judge(name, body)?;
    rules::judge_version(asked, body)?;
    if name != Name::Batch {
        // Each request of a batch has preferences of its own.
        rules::judge_members(asked, body)?;
    }
    rules::judge_selection(asked, name, body)
}
