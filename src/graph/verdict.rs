//! What one exchange means: the whole table of statuses, pure.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};

use super::answer::{self, Wanted};
use super::{explain, wire};
use crate::outcome::{Answer, Trouble};

/// The longest wait that a `Retry-After` is taken to mean. The gate gives up long before (see `pace`); this only
/// keeps absurd numbers out of the arithmetic.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(24);

/// An exchange that brought no whole answer. Whether the service acted on it nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// No connection could be made; the text says why.
    Connect(String),
    /// The server has never answered, and shows a certificate that is not trusted: nobody but a person can change
    /// that. The text says whose and why.
    Untrusted(String),
    /// The proxy on the way did not let the request through, so that nothing was sent.
    Proxy {
        /// Which proxy, why, and what to do.
        why: String,
        /// Whether nobody but a person can change that.
        is_final: bool,
    },
    /// The answer did not come in time.
    Timeout,
    /// The connection broke before or in the middle of the answer; the text says how.
    Broken(String),
}

impl Lost {
    /// Whether nobody but a person can change it, so that the run ends.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Untrusted(_) | Self::Proxy { is_final: true, .. })
    }
}

/// What one exchange means for the row, or for everybody. It is control flow: it has no text of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<T = Box<Answer>> {
    /// There is what was asked for: a meeting, unless it is said otherwise.
    Ready(T),
    /// This attempt came to nothing; the row may be tried again.
    Again(Trouble),
    /// A limit was met: everybody waits, for as long as the service says if it says so.
    Throttled(Option<Duration>, Trouble),
    /// The service is overloaded: everybody waits so long. It says nothing of how fast it may be asked.
    Overloaded(Duration, Trouble),
    /// The service says no to this row, for good.
    Refused(Trouble),
    /// No row can succeed.
    Broken(Trouble),
}

impl Verdict {
    /// Judges an exchange that is answered with a meeting. `now` is the time of an answer that has no `Date` of its own.
    pub(super) fn judge(reply: Result<Response<Bytes>, Lost>, now: SystemTime, wanted: Wanted<'_>) -> Self {
        Self::judge_as(reply, now, |reply| ready(reply, wanted))
    }
}

impl Verdict<Option<Box<Answer>>> {
    /// Judges an exchange that reads a meeting by its id, which may not be there any more.
    pub(super) fn judge_found(reply: Result<Response<Bytes>, Lost>, now: SystemTime, wanted: Wanted<'_>) -> Self {
        match reply {
            Ok(reply) if reply.status() == StatusCode::NOT_FOUND => Self::absent(&reply, None),
            reply => Verdict::judge(reply, now, wanted).map(Some),
        }
    }
}

impl Verdict<bool> {
    /// Judges an exchange that deletes a meeting: whether it was there.
    pub(super) fn judge_deleted(reply: Result<Response<Bytes>, Lost>, now: SystemTime) -> Self {
        match reply {
            Ok(reply) if reply.status() == StatusCode::NOT_FOUND => Self::absent(&reply, false),
            Ok(reply) if reply.status() == StatusCode::NO_CONTENT => Self::Ready(true),
            // Graph has no other success for it: whoever says so has perhaps not asked Graph.
            Ok(reply) if reply.status().is_success() => Self::Again(explain::unreadable(&reply)),
            reply => Self::judge_as(reply, now, |reply| Self::Again(explain::unreadable(reply))),
        }
    }
}

impl<T> Verdict<T> {
    /// Judges a 404 to a request about one meeting: only when it is Graph's own, and not about the user, it says that the
    /// meeting is not there. Whoever takes another for it forgets a meeting that lives.
    fn absent(reply: &Response<Bytes>, gone: T) -> Self {
        match () {
            () if !wire::is_error(reply.body()) => Self::Again(explain::unreadable(reply)),
            () if explain::is_not_of_meeting(reply) => Self::Refused(explain::refused(reply)),
            () => Self::Ready(gone),
        }
    }
}

impl<T> Verdict<T> {
    /// Judges any exchange with Graph; `ready` reads a success.
    pub(super) fn judge_as(
        reply: Result<Response<Bytes>, Lost>,
        now: SystemTime,
        ready: impl FnOnce(&Response<Bytes>) -> Self,
    ) -> Self {
        let reply = match reply {
            Ok(reply) => reply,
            Err(lost) if lost.is_final() => return Self::Broken(explain::lost(&lost)),
            Err(lost) => return Self::Again(explain::lost(&lost)),
        };
        match reply.status().as_u16() {
            200 | 201 => ready(&reply),
            // The body of a 429 has been seen in three shapes and empty: only the status counts (Graph, *throttling*).
            429 => Self::Throttled(retry_after(reply.headers(), now), explain::throttled(&reply)),
            // Overload with a time to come back is for everybody, too (Graph, *best practices*: 503).
            status @ (408 | 500..=599) => match retry_after(reply.headers(), now).filter(|_| status == 503) {
                Some(after) => Self::Overloaded(after, explain::server(&reply)),
                None => Self::Again(explain::server(&reply)),
            },
            401 if explain::is_access_policy(&reply) => Self::Refused(explain::refused(&reply)),
            401 => Self::Again(explain::token_rejected(&reply)),
            403 if explain::is_service_token(&reply) => Self::Again(explain::service_token(&reply)),
            _ => Self::Refused(explain::refused(&reply)),
        }
    }

    /// The same about something else that is there.
    pub fn map<U>(self, ready: impl FnOnce(T) -> U) -> Verdict<U> {
        match self {
            Self::Ready(there) => Verdict::Ready(ready(there)),
            Self::Again(trouble) => Verdict::Again(trouble),
            Self::Throttled(after, trouble) => Verdict::Throttled(after, trouble),
            Self::Overloaded(after, trouble) => Verdict::Overloaded(after, trouble),
            Self::Refused(trouble) => Verdict::Refused(trouble),
            Self::Broken(trouble) => Verdict::Broken(trouble),
        }
    }

    /// The same, with something done to its trouble if it has one.
    pub(super) fn with_trouble(mut self, change: impl FnOnce(&mut Trouble)) -> Self {
        match &mut self {
            Self::Ready(_) => {}
            Self::Again(trouble)
            | Self::Throttled(_, trouble)
            | Self::Overloaded(_, trouble)
            | Self::Refused(trouble)
            | Self::Broken(trouble) => change(trouble),
        }
        self
    }
}

fn ready(reply: &Response<Bytes>, wanted: Wanted<'_>) -> Verdict {
    match answer::online_meeting(reply.body(), wanted) {
        Some(meeting) => Verdict::Ready(Box::new(Answer {
            http_status: Some(reply.status().as_u16()),
            request_id: explain::request_id(reply),
            made_in_run: false,
            meeting,
            unchanged: None,
        })),
        None => Verdict::Again(explain::no_meeting(reply)),
    }
}

/// How long `Retry-After` asks to wait: whole seconds, a fraction (Graph's own sample had 2.128; rounded up, since
/// calls that come too early count against the limit), or an HTTP date, measured by the service's own clock where it
/// tells it. `None` when it says nothing, or nothing that makes sense.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if let Some(seconds) = text.parse::<f64>().ok().filter(|_| plain) {
        let wait = Duration::try_from_secs_f64(seconds.ceil().min(RETRY_AFTER_MAX.as_secs_f64())).ok()?;
        return (!wait.is_zero()).then_some(wait);
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let date = headers.get(header::DATE).and_then(|date| date.to_str().ok());
    let now = date.and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
    let wait = until.duration_since(now).ok()?;
    let whole = Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    (!whole.is_zero()).then_some(whole.min(RETRY_AFTER_MAX))
}

/// Whether a status asks to be tried again, whatever service gave it.
pub(super) fn is_passing(status: StatusCode) -> bool {
    status == StatusCode::REQUEST_TIMEOUT || status.is_server_error()
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
