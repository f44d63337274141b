//! What Graph's errors mean here and what to do about them.
//!
//! Causes are decided on the status first and on words of the message only where the status alone says too little;
//! a message that changes then costs an explanation, never a verdict.

mod cmdlets;
mod table;

use bytes::Bytes;
use http::{Response, StatusCode, header};

pub use self::cmdlets::cmdlets;
use self::table::{CAUSES, Cause, Reach};
use super::verdict::Lost;
use super::{claims, redirect, wire};
use crate::outcome::{Own, Trouble};

/// What Graph says of an address that it does not know.
const SEGMENT: &str = "resource not found for the segment";

/// An exchange that brought no whole answer.
pub(super) fn lost(lost: &Lost) -> Trouble {
    let (code, cause, said) = match lost {
        Lost::Connect(why) => ("connectionFailed", &table::CONNECT, why.as_str()),
        Lost::Untrusted(why) => ("certificateNotTrusted", &table::UNTRUSTED, why.as_str()),
        Lost::Proxy { why, .. } => {
            return Trouble { code: "proxyFailed".into(), cause: why.clone(), ..Trouble::default() }.nothing_done();
        }
        Lost::Timeout => ("timeout", &table::TIMEOUT, ""),
        Lost::Broken(how) => ("connectionBroken", &table::BROKEN, how.as_str()),
    };
    let cause = if said.is_empty() { cause.text() } else { format!("{} ({said})", cause.text()) };
    let trouble = Trouble { code: code.into(), cause, ..Trouble::default() };
    if matches!(lost, Lost::Connect(_) | Lost::Untrusted(_)) { trouble.nothing_done() } else { trouble }
}

/// A 429.
pub(super) fn throttled(reply: &Response<Bytes>) -> Trouble {
    explained(reply, &table::THROTTLED).nothing_done()
}

/// A 408 or 5xx.
pub(super) fn server(reply: &Response<Bytes>) -> Trouble {
    let is_internal = reply.status() == StatusCode::INTERNAL_SERVER_ERROR;
    explained(reply, if is_internal { &table::INTERNAL } else { &table::OVERLOADED })
}

/// A 401 that is about the token.
pub(super) fn token_rejected(reply: &Response<Bytes>) -> Trouble {
    let (code, _) = wire::error(reply.body());
    explained(reply, if is_account(&code) { &table::ACCOUNT } else { &table::TOKEN }).nothing_done()
}

/// A success whose body is not the meeting that it ought to be.
pub(super) fn no_meeting(reply: &Response<Bytes>) -> Trouble {
    let trouble = explained(reply, &table::NO_MEETING);
    Trouble { code: "unreadableAnswer".into(), said: String::new(), ..trouble }
}

/// An answer that is not one of Graph's to what it was asked.
pub(super) fn unreadable(reply: &Response<Bytes>) -> Trouble {
    let trouble = explained(reply, &table::UNREADABLE);
    Trouble { code: "unreadableAnswer".into(), said: String::new(), ..trouble }
}

/// Whether a 404 that is Graph's own is about something else than a meeting: the user, or the address.
pub(super) fn is_not_of_meeting(reply: &Response<Bytes>) -> bool {
    const CODES: [&str; 3] = ["Request_ResourceNotFound", "UserNotFound", "AuthenticationError"];
    let (code, _) = wire::error(reply.body());
    let is_of_user =
        CODES.iter().any(|own| own.eq_ignore_ascii_case(&code)) || says(reply, &["user", "licen", "tenant"]);
    says(reply, &[SEGMENT]) || is_of_user && !says(reply, &["meeting"])
}

/// An answer that is no answer to a batch of look-ups.
pub(super) fn no_batch(reply: &Response<Bytes>) -> Trouble {
    let trouble = explained(reply, &table::NO_BATCH);
    Trouble { code: "unreadableAnswer".into(), said: String::new(), ..trouble }
}

/// The directory may not be read.
pub(super) fn directory_forbidden(reply: &Response<Bytes>) -> Trouble {
    explained(reply, &table::DIRECTORY)
}

/// What is wrong with a look-up of names, which is no row's and makes no meeting.
pub(super) fn of_look_up(trouble: &mut Trouble) {
    const FAULTS: [&Cause; 4] = [&table::INTERNAL, &table::OVERLOADED, &table::TIMEOUT, &table::BROKEN];
    const OF_PERMISSION: [&Cause; 3] = [&table::PERMISSION, &table::FORBIDDEN, &table::ACCESS_POLICY];
    const OF_ROWS: [&Cause; 6] = [
        &table::LICENCE,
        &table::ME_WITHOUT_USER,
        &table::UNEXPLAINED,
        &table::DETAILS,
        &table::CONFLICT,
        &table::UNKNOWN,
    ];
    let Some(was) = CAUSES.iter().find(|cause| trouble.cause.starts_with(cause.means)) else { return };
    let is_of = |causes: &[&Cause]| causes.iter().any(|cause| cause.means == was.means);
    let is = match () {
        () if is_of(&FAULTS) => &table::LOOK_UP_FAULT,
        () if is_of(&OF_PERMISSION) => &table::DIRECTORY,
        () if is_of(&OF_ROWS) => &table::LOOK_UP_REFUSED,
        () if is_of(&[&table::NO_ORGANIZER]) => &table::ADDRESS,
        () => return,
    };
    trouble.cause = trouble.cause.replacen(&was.text(), &is.text(), 1);
}

/// What is wrong with a request that reads a meeting, or deletes it: a row's details are not in it.
pub(super) fn of_meeting(trouble: &mut Trouble, deletes: bool) {
    let Some(was) = CAUSES.iter().find(|cause| trouble.cause.starts_with(cause.means)) else { return };
    let is_of = |causes: &[&Cause]| causes.iter().any(|cause| cause.means == was.means);
    let is = match () {
        () if is_of(&[&table::CONFLICT]) => &table::NOT_NOW,
        () if !is_of(&[&table::DETAILS, &table::UNEXPLAINED, &table::UNKNOWN]) => return,
        () if deletes => &table::NOT_DELETED,
        () => &table::NOT_READ,
    };
    trouble.cause = trouble.cause.replacen(&was.text(), &is.text(), 1);
}

/// Whether a 401 or 403 is really about a missing application access policy: "No application access policy found
/// for this app" and, in older wording, "App X is not authorized to … on behalf of user Y"
/// (Graph, *configure application access to online meetings*).
pub(super) fn is_access_policy(reply: &Response<Bytes>) -> bool {
    says(reply, &["application access policy", "on behalf of user", "not allowed to perform operations on the user"])
}

/// Whether a 403 is Graph's own affair and passes.
pub(super) fn is_service_token(reply: &Response<Bytes>) -> bool {
    says(reply, &["invalid s2s auth token"])
}

/// A 403 that passes.
pub(super) fn service_token(reply: &Response<Bytes>) -> Trouble {
    explained(reply, &table::SERVICE_TOKEN).nothing_done()
}

/// Anything final for a row.
pub(super) fn refused(reply: &Response<Bytes>) -> Trouble {
    let trouble = explained(reply, cause_of(reply));
    if reply.status().is_client_error() {
        return trouble.nothing_done();
    }
    if !reply.status().is_redirection() {
        return trouble;
    }
    let cause = format!("{} (HTTP {})", redirect::of_graph(reply.headers()), reply.status().as_u16());
    Trouble { cause, ..trouble }
}

fn cause_of(reply: &Response<Bytes>) -> &'static Cause {
    let (code, _) = wire::error(reply.body());
    match reply.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if is_access_policy(reply) => &table::ACCESS_POLICY,
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST if says(reply, &["licen"]) => {
            &table::LICENCE
        }
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST if is_account(&code) => &table::ACCOUNT,
        StatusCode::FORBIDDEN if code.eq_ignore_ascii_case("Authorization_RequestDenied") => &table::PERMISSION,
        StatusCode::FORBIDDEN => &table::FORBIDDEN,
        StatusCode::NOT_FOUND if says(reply, &[SEGMENT]) => &table::ADDRESS,
        StatusCode::NOT_FOUND => &table::NO_ORGANIZER,
        StatusCode::BAD_REQUEST if says(reply, &["delegated authentication"]) => &table::ME_WITHOUT_USER,
        StatusCode::BAD_REQUEST if says(reply, &[SEGMENT]) => &table::ADDRESS,
        StatusCode::BAD_REQUEST if says(reply, &["an error has occurred"]) => &table::UNEXPLAINED,
        StatusCode::BAD_REQUEST => &table::DETAILS,
        StatusCode::METHOD_NOT_ALLOWED => &table::ADDRESS,
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => &table::PROXY,
        StatusCode::CONFLICT => &table::CONFLICT,
        _ => &table::UNKNOWN,
    }
}

/// A code that is about the account, whatever the status (microsoft-graph-docs-contrib#3204 shows none).
fn is_account(code: &str) -> bool {
    code.eq_ignore_ascii_case("AuthenticationError")
}

fn says(reply: &Response<Bytes>, any: &[&str]) -> bool {
    let (_, message) = wire::error(reply.body());
    let message = message.to_ascii_lowercase();
    any.iter().any(|words| message.contains(words))
}

/// Whether all rows of an organizer can only get the same answer, so that few of them tell enough. It is known by the
/// beginning of the cause, so that a line that is read back tells it as well.
pub fn is_of_organizer(trouble: &Trouble) -> bool {
    let known = CAUSES.iter().find(|cause| trouble.cause.starts_with(cause.means));
    known.is_some_and(|cause| cause.reach == Reach::Organizer)
}

/// A cause taken apart: what it is, with what came after all of it, like the status; and what to do, how long that takes and
/// whether running again helps. `None` when it is not one that is known.
pub fn parts(cause: &str) -> Option<(String, String)> {
    let known =
        CAUSES.iter().find(|known| cause.strip_prefix(known.means).is_some_and(|rest| rest.starts_with(": ")))?;
    let (text, means) = (known.text(), known.means.len());
    match cause.strip_prefix(text.as_str()) {
        Some(after) => Some((format!("{}{after}", known.means), text[means + 2..].to_owned())),
        None => Some((known.means.to_owned(), cause[means + 2..].to_owned())),
    }
}

/// Fills in what a person has to type, with the ids of this app and organizer: the path of the request names the
/// organizer and the token the app. Where an id cannot be read its name stands in its place.
pub(super) fn fill_in(trouble: &mut Trouble, path: &str, token: &str) {
    if trouble.cause.starts_with(table::ACCESS_POLICY.means) {
        let mut segments = path.split('/').skip_while(|segment| *segment != "users").skip(1);
        let organizer = segments.next().map(wire::of_path_segment);
        trouble.own.paste = cmdlets(claims::app_id(token).as_deref(), organizer.as_deref().as_slice());
    }
}

/// Graph's own words for an answer, beside ours.
fn explained(reply: &Response<Bytes>, cause: &Cause) -> Trouble {
    let (code, said) = wire::error(reply.body());
    Trouble {
        http_status: Some(reply.status().as_u16()),
        code,
        cause: format!("{} (HTTP {})", cause.text(), reply.status().as_u16()),
        said,
        own: Box::new(Own { request_id: request_id(reply), date: date(reply), ..Own::default() }),
    }
}

/// Graph's id of an exchange: the header's, or else that of the inner error.
pub(super) fn request_id(reply: &Response<Bytes>) -> Option<String> {
    of_header_or_inner(reply, "request-id", "request-id")
}

/// When Graph answered, as it says it.
pub(super) fn date(reply: &Response<Bytes>) -> Option<String> {
    of_header_or_inner(reply, header::DATE.as_str(), "date")
}

fn of_header_or_inner(reply: &Response<Bytes>, header: &str, inner: &str) -> Option<String> {
    let header = reply.headers().get(header).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty());
    header.map(str::to_owned).or_else(|| wire::inner_error(reply.body(), inner))
}

#[cfg(test)]
mod tests;
