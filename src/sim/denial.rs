//! What Entra says instead of a token: an OAuth error with an AADSTS number
//! (identity-platform/reference-error-codes).
//!
//! Entra's envelope is not Graph's, so this is not `error`.

use http::StatusCode;
use serde_json::{Value, json};

use super::clock::Clock;
use super::hash::Hash;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Denial {
    pub(super) status: StatusCode,
    error: &'static str,
    code: u32,
    message: String,
}

impl Denial {
    fn invalid_request(code: u32, message: String) -> Self {
        Self::bad_request("invalid_request", code, message)
    }

    fn bad_request(error: &'static str, code: u32, message: String) -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self { status, error, code, message }
    }

    fn invalid_client(code: u32, message: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: "invalid_client", code, message: message.to_owned() }
    }

    pub(super) fn post_only(method: &str) -> Self {
        let message = format!("The endpoint only accepts POST requests. Received a {method} request.");
        Self::invalid_request(900_561, message)
    }

    pub(super) fn unknown_tenant(tenant: &str) -> Self {
        let message = format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and \
             are signing into the correct cloud."
        );
        Self::invalid_request(90_002, message)
    }

    pub(super) fn missing(field: &str) -> Self {
        let message = format!("The request body must contain the following parameter: '{field}'.");
        Self::invalid_request(900_144, message)
    }

    pub(super) fn unsupported_grant(grant: &str) -> Self {
        let message = format!("The app requested an unsupported grant type '{grant}'.");
        Self::bad_request("unsupported_grant_type", 70_003, message)
    }

    pub(super) fn unknown_client(client: &str, tenant: &str) -> Self {
        let message = format!("Application with identifier '{client}' was not found in the directory '{tenant}'.");
        Self::bad_request("unauthorized_client", 700_016, message)
    }

    pub(super) fn no_secret() -> Self {
        let message = "The request body must contain the following parameter: \
                       'client_assertion' or 'client_secret'.";
        Self::invalid_client(7_000_218, message)
    }

    pub(super) fn wrong_secret() -> Self {
        let message = "Invalid client secret provided. Ensure the secret being sent in the request \
                       is the client secret value, not the client secret ID.";
        Self::invalid_client(7_000_215, message)
    }

    pub(super) fn invalid_scope(scope: &str) -> Self {
        let message = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have \
             a scope value with /.default suffixed to the resource identifier."
        );
        Self::bad_request("invalid_scope", 1_002_012, message)
    }

    pub(super) fn hash(&self, seed: u64) -> Hash {
        Hash::seeded(seed).text("denial").text(&self.message)
    }

    /// `occasion` is the hash of this denial and of how often it was made.
    pub(super) fn envelope(&self, clock: &Clock, occasion: Hash) -> Value {
        let Self { error, code, message, .. } = self;
        let (trace, correlation) = (occasion.text("trace").guid(), occasion.text("call").guid());
        let timestamp = clock.now().format("%Y-%m-%d %H:%M:%SZ").to_string();
        json!({
            "error": error,
            "error_description": format!(
                "AADSTS{code}: {message}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\n\
                 Timestamp: {timestamp}"
            ),
            "error_codes": [code],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
        })
    }
}
