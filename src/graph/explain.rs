//! What Graph's errors mean here and what to do about them.
//!
//! Causes are decided on the status first and on words of the message only where the status alone says too little;
//! a message that changes then costs an explanation, never a verdict.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::verdict::{Lost, request_id};
use super::{redirect, wire};
use crate::outcome::Trouble;

const ACCESS_POLICY: &str = "no application access policy lets this app make meetings for the organizer: an \
    administrator runs New-CsApplicationAccessPolicy (with the app's client id) and Grant-CsApplicationAccessPolicy \
    (for the organizer, or -Global) in Teams PowerShell; it takes up to 30 minutes to come into effect, then run again";
const FORBIDDEN: &str = "Graph does not allow it: the app needs the permission OnlineMeetings.ReadWrite.All (admin \
    consent given) and an application access policy for the organizer (New-CsApplicationAccessPolicy, \
    Grant-CsApplicationAccessPolicy, up to 30 minutes to come into effect)";
const NO_ORGANIZER: &str = "Graph does not find the organizer: organizerUserId must be the object id of a user in this \
    tenant who has a Teams licence, not a user principal name or address";
const ME_WITHOUT_USER: &str = "--me needs a token of a signed-in user, and this is an app's token: leave --me out and \
    give organizerUserId, or sign in as a user";
const BAD_REQUEST: &str = "Graph does not accept the row's details; mend what it names and send the row again";
const TOKEN: &str = "Graph rejects the access token: it has expired, or was made for another service or tenant";
const THROTTLED: &str = "Graph asks to wait (429)";
const SERVER: &str = "Graph has a passing fault; running again later finishes the row";
const NO_MEETING: &str = "Graph's answer is not a meeting: something between here and Graph, like a proxy, may have \
    answered in its place";
const NO_BATCH: &str = "Graph's answer to a look-up of names cannot be read: something between here and Graph, like a \
    proxy, may have answered in its place";
const DIRECTORY: &str = "Graph does not let the directory be read, so that names cannot be looked up: give the app the \
    application permission User.Read.All with admin consent (a signed-in user needs User.ReadBasic.All), and run again; \
    or send what the sheet says, with --lookup off and object ids for the organizers";
const CONNECT: &str = "no connection to Graph: check the network, the proxy and --graph-url";
const UNTRUSTED: &str = "nothing was sent, since the server is not trusted; if it is the wrong one, check the proxy \
    and --graph-url";
const TIMEOUT: &str = "Graph did not answer in time";
const BROKEN: &str = "the connection broke before the whole answer had come";
const UNKNOWN: &str = "Graph refuses the row, and this program does not know why; Microsoft's support finds the request \
    by its requestId";

/// An exchange that brought no whole answer.
pub(super) fn lost(lost: &Lost) -> Trouble {
    let (code, cause, said) = match lost {
        Lost::Connect(why) => ("connectionFailed", CONNECT, why.as_str()),
        Lost::Untrusted(why) => ("certificateNotTrusted", UNTRUSTED, why.as_str()),
        Lost::Proxy { why, .. } => ("proxyFailed", why.as_str(), ""),
        Lost::Timeout => ("timeout", TIMEOUT, ""),
        Lost::Broken(how) => ("connectionBroken", BROKEN, how.as_str()),
    };
    let cause = if said.is_empty() { cause.to_owned() } else { format!("{cause} ({said})") };
    Trouble { code: code.into(), cause, ..Trouble::default() }
}

/// A 429.
pub(super) fn throttled(reply: &Response<Bytes>) -> Trouble {
    explained(reply, THROTTLED)
}

/// A 408 or 5xx.
pub(super) fn server(reply: &Response<Bytes>) -> Trouble {
    explained(reply, &format!("{SERVER} (HTTP {})", reply.status().as_u16()))
}

/// A 401 that is about the token.
pub(super) fn token_rejected(reply: &Response<Bytes>) -> Trouble {
    explained(reply, TOKEN)
}

/// A success whose body is not the meeting that it ought to be.
pub(super) fn no_meeting(reply: &Response<Bytes>) -> Trouble {
    let trouble = explained(reply, NO_MEETING);
    Trouble { code: "unreadableAnswer".into(), said: String::new(), ..trouble }
}

/// An answer that is no answer to a batch of look-ups.
pub(super) fn no_batch(reply: &Response<Bytes>) -> Trouble {
    let trouble = explained(reply, NO_BATCH);
    Trouble { code: "unreadableAnswer".into(), said: String::new(), ..trouble }
}

/// The directory may not be read.
pub(super) fn directory_forbidden(reply: &Response<Bytes>) -> Trouble {
    explained(reply, DIRECTORY)
}

/// Whether a 401 or 403 is really about a missing application access policy: "No application access policy found
/// for this app" and, in older wording, "App X is not authorized to … on behalf of user Y"
/// (Graph, *configure application access to online meetings*).
pub(super) fn is_access_policy(reply: &Response<Bytes>) -> bool {
    let (_, message) = wire::error(reply.body());
    let message = message.to_ascii_lowercase();
    message.contains("application access policy")
        || message.contains("on behalf of user")
        || message.contains("not allowed to perform operations on the user")
}

/// Anything final for a row.
pub(super) fn refused(reply: &Response<Bytes>) -> Trouble {
    let (_, message) = wire::error(reply.body());
    let cause = match reply.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if is_access_policy(reply) => ACCESS_POLICY,
        StatusCode::FORBIDDEN => FORBIDDEN,
        StatusCode::NOT_FOUND => NO_ORGANIZER,
        StatusCode::BAD_REQUEST if message.contains("delegated authentication") => ME_WITHOUT_USER,
        StatusCode::BAD_REQUEST => BAD_REQUEST,
        status if status.is_redirection() => &redirect::of_graph(reply.headers()),
        _ => UNKNOWN,
    };
    explained(reply, &format!("{cause} (HTTP {})", reply.status().as_u16()))
}

/// Graph's own words for an answer, beside ours.
fn explained(reply: &Response<Bytes>, cause: &str) -> Trouble {
    let (code, said) = wire::error(reply.body());
    Trouble {
        http_status: Some(reply.status().as_u16()),
        code,
        cause: cause.to_owned(),
        said,
        request_id: request_id(reply.headers()),
    }
}
