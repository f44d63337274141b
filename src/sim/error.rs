//! What Graph says when it refuses: a status, a code and a message (concepts/errors).
//!
//! The words are Graph's where they are documented or were seen; where they are not,
//! they say what is wrong. It writes no headers; `receipt` does.

use http::{Method, StatusCode};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// The methods that would be allowed, with 405.
    pub(super) allow: &'static [Method],
    /// Where to get a token, with 401.
    pub(super) challenge: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), allow: &[], challenge: None }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// A body that is not JSON, or not an object.
    pub(super) fn unreadable() -> Self {
        Self::bad_request(
            "Unable to read JSON request payload. Please ensure Content-Type header is set \
             and payload is of valid JSON format.",
        )
    }

    /// The same, and why.
    pub(super) fn unreadable_by(error: &serde_json::Error) -> Self {
        let mut problem = Self::unreadable();
        problem.message = format!("{} ({error})", problem.message);
        problem
    }

    pub(super) fn read_only(member: &str) -> Self {
        Self::bad_request(format!("Property '{member}' is read-only and cannot be set."))
    }

    /// A value that is none of an enumeration's.
    pub(super) fn unknown_member(value: &str, enumeration: &str) -> Self {
        Self::bad_request(format!("Requested value '{value}' was not found in '{enumeration}'."))
    }

    /// learn.microsoft.com/answers/questions/386807
    pub(super) fn no_broadcast() -> Self {
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "An error has occurred.");
        Self { allow: &[Method::GET, Method::POST], ..problem }
    }

    pub(super) fn invalid_argument(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
    }

    /// Coordinates or a number that are those of no meeting.
    pub(super) fn no_such_call() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", "The meeting to be joined is not found.")
    }

    /// learn.microsoft.com/answers/questions/2084475
    pub(super) fn no_such_meeting() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", "3004: Specified meeting is not found.")
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

    /// microsoftgraph/msgraph-sdk-dotnet#2350
    pub(super) fn no_access_policy() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", "No application access policy found for this app.")
    }

    pub(super) fn method_not_allowed(allow: &'static [Method]) -> Self {
        let message = "Specified HTTP method is not allowed for the request target.";
        Self { allow, ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message) }
    }

    pub(super) fn too_large() -> Self {
        let message = "The request size exceeds the maximum limit.";
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Self::new(status, "RequestEntityTooLarge", message)
    }

    /// RFC 6750, section 3; the parameters are those that Graph sends. `authority`: where the identity service is.
    pub(super) fn unauthenticated(message: &str, authority: &str) -> Self {
        let challenge = format!(
            "Bearer realm=\"\", authorization_uri=\"{authority}/common/oauth2/authorize\", \
             client_id=\"00000003-0000-0000-c000-000000000000\""
        );
        let problem = Self::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message);
        Self { challenge: Some(challenge), ..problem }
    }

    pub(super) fn forbidden() -> Self {
        let message = "Access is denied to the requested resource. \
                       The user might not have enough permission.";
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    /// What the directory says where a permission is missing (concepts/resolve-auth-errors).
    pub(super) fn insufficient_privileges() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message)
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

    /// A request of a batch that waited for one that failed (concepts/json-batching).
    pub(super) fn failed_dependency() -> Self {
        let message = "The request has not been carried out, since one that it depends on has failed.";
        Self::new(StatusCode::FAILED_DEPENDENCY, "FailedDependency", message)
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

    /// Of the directory, as seen in microsoftgraph/microsoft-graph-docs#6059.
    pub(super) fn no_such_resource(id: &str) -> Self {
        let message =
            format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present.");
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    /// What the directory cannot look for.
    pub(super) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// A name in `$select` or `$filter` that the type does not have.
    pub(super) fn unknown_property(option: &str, name: &str, type_name: &str) -> Self {
        let begin = if option == "select" { "Parsing OData Select and Expand failed" } else { "Invalid filter clause" };
        Self::bad_request(format!("{begin}: Could not find a property named '{name}' on type '{type_name}'."))
    }

    /// Properties that a list does not have (api/user-list), in the words of
    /// microsoftgraph/microsoft-graph-docs#7555.
    pub(super) fn not_implemented() -> Self {
        let message = "This operation target is not yet supported.";
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// A `$skiptoken` that is not one of ours.
    pub(super) fn expired_page() -> Self {
        let message = "The specified page token value has expired and can no longer be included in your request.";
        Self::new(StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken", message)
    }
}
