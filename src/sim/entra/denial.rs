//! What Entra says instead of a token: an OAuth error with an AADSTS number
//! (identity-platform/reference-error-codes).
//!
//! Entra's envelope is not Graph's, so this is not `error`.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde_json::{Value, json};

use super::super::hash::Hash;

const MALFORMED: &str = "Invalid request. Request is malformed or invalid.";
/// Towards the end of the year 9999.
const LAST_DATE: Duration = Duration::from_secs(253_402_000_000);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Denial {
    pub(super) status: StatusCode,
    error: &'static str,
    code: u32,
    message: String,
    /// What it should have been asked with.
    pub(super) method: Option<&'static str>,
    /// What the client should do about it, in MSAL's words.
    pub(super) suberror: Option<&'static str>,
}

/// When something was denied, and what the denial goes by.
pub(super) struct Occasion {
    pub(super) trace: String,
    pub(super) correlation: String,
    pub(super) at: DateTime<Utc>,
}

impl Denial {
    pub(super) fn invalid_request(code: u32, message: String) -> Self {
        Self::bad_request("invalid_request", code, message)
    }

    pub(super) fn bad_request(error: &'static str, code: u32, message: String) -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self { status, error, code, message, method: None, suberror: None }
    }

    pub(super) fn invalid_client(code: u32, message: &str) -> Self {
        let status = StatusCode::UNAUTHORIZED;
        Self { status, ..Self::bad_request("invalid_client", code, message.to_owned()) }
    }

    pub(super) fn invalid_grant(code: u32, message: &str) -> Self {
        Self::bad_request("invalid_grant", code, message.to_owned())
    }

    pub(super) fn wrong_method(good: &'static str, method: &str) -> Self {
        let message = format!("The endpoint only accepts {good} requests. Received a {method} request.");
        Self { method: Some(good), ..Self::invalid_request(900_561, message) }
    }

    /// The same, said of a document and not of a token.
    pub(super) fn about_a_document(self) -> Self {
        Self { error: "invalid_tenant", ..self }
    }

    pub(super) fn unknown_instance() -> Self {
        Self::bad_request("invalid_instance", 50_049, "Unknown or invalid instance.".to_owned())
    }

    pub(super) fn malformed() -> Self {
        Self::invalid_request(9_002_313, MALFORMED.to_owned())
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

    /// As seen in MicrosoftDocs/azure-dev-docs#934.
    pub(super) fn repeated(field: &str) -> Self {
        let message = format!("The request is not properly formatted. The parameter '{field}' is duplicated.");
        Self::invalid_request(9_000_411, message)
    }

    /// No document says what Entra does; the status is HTTP's own, and the rest is not read.
    pub(super) fn too_large() -> Self {
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, ..Self::malformed() }
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

    pub(super) fn not_default(scope: &str) -> Self {
        let message = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have \
             a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        Self::bad_request("invalid_scope", 1_002_012, message)
    }

    pub(super) fn invalid_scope(scope: &str) -> Self {
        let message = format!(
            "The provided request must include a 'scope' input parameter. The provided value for the input \
             parameter 'scope' is not valid. The scope {scope} is not valid."
        );
        Self::bad_request("invalid_scope", 70_011, message)
    }

    pub(super) fn more_than_one_resource(scope: &str) -> Self {
        let message = format!(
            "Provided value for the input parameter scope is not valid because it contains more than one resource. \
             Scope {scope} is not valid."
        );
        Self::bad_request("invalid_scope", 28_000, message)
    }

    pub(super) fn default_among_others() -> Self {
        let message = "The provided value for the input parameter 'scope' is not valid. \
                       .default scope can't be combined with resource-specific scopes.";
        Self::bad_request("invalid_scope", 70_011, message.to_owned())
    }

    pub(super) fn unknown_refresh_token() -> Self {
        Self::invalid_grant(9_002_313, MALFORMED)
    }

    pub(super) fn expired_refresh_token(issued: Duration, lifetime: Duration) -> Self {
        let days = lifetime.as_secs() / (24 * 60 * 60);
        let issued = date(issued);
        Self::invalid_grant(
            700_082,
            &format!(
                "The refresh token has expired due to inactivity. The token was issued on {issued} and was \
                 inactive for {days}.00:00:00."
            ),
        )
    }

    pub(super) fn no_consent(client: &str) -> Self {
        let message = format!(
            "The user or administrator has not consented to use the application with ID '{client}' named \
             'Make-believe'. Send an interactive authorization request for this user and resource."
        );
        Self { suberror: Some("consent_required"), ..Self::invalid_grant(65_001, &message) }
    }

    pub(super) fn unknown_assertion_type(kind: &str) -> Self {
        let message =
            format!("The provided value for the input parameter 'client_assertion_type' is not valid: {kind}.");
        Self::invalid_request(900_144, message)
    }

    pub(super) fn hash(&self, seed: u64) -> Hash {
        Hash::seeded(seed).text("denial").text(&self.message)
    }

    pub(super) fn envelope(&self, occasion: &Occasion) -> Value {
        let (Self { error, code, message, .. }, Occasion { trace, correlation, at }) = (self, occasion);
        let timestamp = at.format("%Y-%m-%d %H:%M:%SZ").to_string();
        let mut envelope = json!({
            "error": error,
            "error_description": format!(
                "AADSTS{code}: {message}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\n\
                 Timestamp: {timestamp}"
            ),
            "error_codes": [code],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
        });
        if let Some(suberror) = self.suberror {
            envelope["suberror"] = json!(suberror);
        }
        envelope
    }
}

/// A time since 1970. What is beyond all dates is the last one.
pub(super) fn date(unix: Duration) -> String {
    let moment = SystemTime::UNIX_EPOCH.checked_add(unix.min(LAST_DATE)).map(DateTime::<Utc>::from);
    moment.unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}
