//! What comes of a request, before it is put into headers and bytes, or into an item of a `$batch`.
//!
//! It decides nothing.

use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::receipt::{cut_off, dropped, proxy_page, respond};

/// What Graph says to a request that it has carried out.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// JSON; `None` with 204.
    pub(super) body: Option<String>,
}

impl Answer {
    pub(super) fn of(status: StatusCode, body: &Value) -> Self {
        Self { status, body: Some(body.to_string()) }
    }

    pub(super) fn ok(body: &Value) -> Self {
        Self::of(StatusCode::OK, body)
    }

    pub(super) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None }
    }
}

/// A whole answer, with its headers.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<String>,
}

/// How a request ends.
pub(super) enum End {
    Told(Reply),
    /// Carried out or not, the client hears nothing, or not all of it.
    Untold(Silence, Reply),
}

/// How an answer fails to arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    Dropped,
    CutOff,
    ProxyPage,
}

impl End {
    /// What is counted; 0 stands for a connection dropped without an answer.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Untold(Silence::Dropped, _) => 0,
            Self::Untold(Silence::ProxyPage, _) => StatusCode::OK.as_u16(),
            Self::Told(reply) | Self::Untold(Silence::CutOff, reply) => reply.status.as_u16(),
        }
    }

    pub(super) fn into_response(self) -> Response {
        match self {
            Self::Told(reply) => respond(reply),
            Self::Untold(Silence::Dropped, _) => dropped(),
            Self::Untold(Silence::CutOff, reply) => cut_off(reply),
            Self::Untold(Silence::ProxyPage, _) => proxy_page(),
        }
    }
}
