//! What Graph says when it refuses: a status, a code and a message (concepts/errors).
//!
//! The words are Graph's where they are documented or were seen; where they are not,
//! they say what is wrong. It writes no headers; `receipt` does.

use http::StatusCode;
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// A path of Graph's that is not one of Graph's.
    pub(super) fn unknown_segment(segment: &str) -> Self {
        Self::bad_request(format!("Resource not found for the segment '{segment}'."))
    }

    pub(super) fn not_found() -> Self {
        let message = "The requested resource doesn't exist.";
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    /// A UPN in place of the object ID gets no word of explanation
    /// (microsoftgraph/msgraph-sdk-dotnet#1215).
    pub(super) fn no_such_organizer() -> Self {
        Self::new(StatusCode::NOT_FOUND, "UnknownError", "")
    }

    pub(super) fn method_not_allowed() -> Self {
        let message = "Specified HTTP method is not allowed for the request target.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
    }

    pub(super) fn too_large() -> Self {
        let message = "The request size exceeds the maximum limit.";
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Self::new(status, "RequestEntityTooLarge", message)
    }

    pub(super) fn unauthenticated(message: &str) -> Self {
        let status = StatusCode::UNAUTHORIZED;
        Self::new(status, "InvalidAuthenticationToken", message)
    }

    pub(super) fn forbidden() -> Self {
        let message = "Access is denied to the requested resource. \
                       The user might not have enough permission.";
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    /// learn.microsoft.com/graph/throttling; `UnknownError` was seen with no message.
    pub(super) fn throttled(code: &'static str) -> Self {
        let message = match code {
            "UnknownError" => "",
            _ => "Please retry again later.",
        };
        Self::new(StatusCode::TOO_MANY_REQUESTS, code, message)
    }

    pub(super) fn internal_error() -> Self {
        let message = "There was an internal server error while processing the request.";
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "InternalServerError", message)
    }

    /// As seen in microsoftgraph/microsoft-graph-docs-contrib#5543.
    pub(super) fn bad_gateway() -> Self {
        let message = "Failed to execute backend request.";
        Self::new(StatusCode::BAD_GATEWAY, "BadGateway", message)
    }

    pub(super) fn unavailable() -> Self {
        let message = "The service is temporarily unavailable for maintenance or is overloaded.";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(status, "ServiceUnavailable", message)
    }

    pub(super) fn gateway_timeout() -> Self {
        let message = "The server, while acting as a proxy, did not receive a timely response \
                       from the upstream server.";
        Self::new(StatusCode::GATEWAY_TIMEOUT, "GatewayTimeout", message)
    }

    /// The envelope; its inner error is what Microsoft's support asks for
    /// (concepts/best-practices-concept).
    pub(super) fn envelope(&self, date: &str, request_id: &str, client_request_id: &str) -> Value {
        json!({ "error": {
            "code": self.code,
            "message": self.message,
            "innerError": {
                "date": date,
                "request-id": request_id,
                "client-request-id": client_request_id,
            },
        }})
    }
}
