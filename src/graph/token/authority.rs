//! The identity service's public word about a tenant: no secret is sent for it.

use ::http::Response;
use bytes::Bytes;
use serde_json::Value;

use super::login::lost_words;
use super::words::mend;
use crate::graph::verdict::is_passing;
use crate::graph::{Lost, Verdict, redirect, wire};
use crate::outcome::Trouble;

/// The code of a trouble with a tenant that the identity service does not have.
pub const NO_TENANT: &str = "tenantUnknown";
/// The code of a trouble with a host that does not answer as the identity service does.
pub const NO_LOGIN: &str = "notTheIdentityService";
const NO_ANSWER: &str = "what answers is not the identity service: check --login-url; something between here and there, like \
    a proxy, may have answered in its place";

/// Judges an answer to the question for a tenant's `openid-configuration`; `read` reads one that is what it ought to be.
pub(in crate::graph) fn judge<T>(
    reply: Result<Response<Bytes>, Lost>,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Verdict<T> {
    let trouble = |http_status, cause: String| Trouble { http_status, cause, ..Trouble::default() };
    let reply = match reply {
        Ok(reply) => reply,
        Err(lost) if lost.is_final() => return Verdict::Broken(trouble(None, lost_words(&lost))),
        Err(lost) => return Verdict::Again(trouble(None, lost_words(&lost))),
    };
    let (status, body) = (reply.status(), serde_json::from_slice::<Value>(reply.body()).unwrap_or_default());
    let http_status = Some(status.as_u16());
    if is_passing(status) || status.as_u16() == 429 {
        let cause = format!("the identity service has a passing fault (HTTP {}); try again later", status.as_u16());
        return Verdict::Again(trouble(http_status, cause));
    }
    if status.is_redirection() {
        return Verdict::Broken(trouble(http_status, redirect::of_login(reply.headers())));
    }
    if let Some(read) = read(&body).filter(|_| status.is_success()) {
        return Verdict::Ready(read);
    }
    let said = wire::text(&body, &["error_description"]).unwrap_or_default();
    let said = said.lines().next().unwrap_or_default().replace(char::is_control, " ");
    if said.is_empty() {
        let cause = format!("{NO_ANSWER} (HTTP {})", status.as_u16());
        return Verdict::Refused(Trouble { code: NO_LOGIN.into(), ..trouble(http_status, cause) });
    }
    let cause = format!("{} (the identity service said: {said})", mend(&said));
    Verdict::Refused(Trouble { code: NO_TENANT.into(), ..trouble(http_status, cause) })
}
