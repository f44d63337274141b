//! Questions that change nothing: whether the identity service and Graph are there, what their clocks say, and whether an
//! organizer lets this app in. Each is one exchange, judged by the same table as all others; nothing is made.

use std::time::SystemTime;

use ::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::hide::Hidden;
use super::identity::Identity;
use super::token::authority;
use super::{Bearer, CLIENT_REQUEST_ID, Exchange, Graph, Lost, Verdict, client_request_id, explain, tell, wire};
use crate::outcome::Trouble;

/// A link that no meeting has.
const NO_MEETINGS_LINK: &str = "https://teams.microsoft.com/l/meetup-join/convoke-doctor";

/// What an exchange means, and how far the clock of who answered is ahead of this machine's.
#[derive(Clone, Debug)]
pub struct Heard<T> {
    /// What it means.
    pub verdict: Verdict<T>,
    /// `None` without an answer or a `Date` in it; otherwise right to a second and the time that the answer took.
    pub ahead: Option<TimeDelta>,
}

/// What the identity service says of a tenant (Microsoft identity platform, *OIDC*, discovery).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authority {
    /// The tenant's id.
    pub tenant: Option<String>,
    /// The host of the tenant's Graph.
    pub graph_host: Option<String>,
}

/// How Graph's host answers somebody whom it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The status.
    pub status: u16,
    /// Whether it is Graph's own way to answer, with a `request-id`.
    pub is_graphs: bool,
}

/// Whether an application access policy lets the app in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// One does.
    There,
    /// None does.
    Missing(Trouble),
    /// The answer does not say.
    Unknown(Trouble),
}

impl<E: Exchange> Graph<E> {
    /// A token to ask with, whatever it permits.
    pub async fn any_bearer(&self) -> Result<Bearer, Verdict> {
        self.tokens.any(&self.exchange).await
    }

    /// Why no meeting can be made with a token, if it says so itself.
    pub fn lacks(&self, bearer: &Bearer) -> Option<Trouble> {
        self.tokens.lacks(bearer)
    }

    /// What a token says of whom it stands for; `None` when it cannot be read.
    pub fn identity(&self, bearer: &Bearer) -> Option<Identity> {
        Identity::of(bearer)
    }

    /// Asks the identity service for what everybody may read of a tenant.
    pub async fn authority(&self, login_url: &str, tenant: &str) -> Heard<Authority> {
        let path = format!("{}/v2.0/.well-known/openid-configuration", wire::path_segment(tenant));
        let (reply, ahead) = self.ask(&format!("{}/{path}", login_url.trim_end_matches('/'))).await;
        Heard { verdict: authority::judge(reply, read), ahead }
    }

    /// Asks Graph's root, without a token: an answer of any status shows that it is there.
    pub async fn greet(&self) -> Heard<Greeting> {
        let (reply, ahead) = self.ask(&format!("{}/v1.0/", self.root)).await;
        let greeting = |reply: &Response<Bytes>| Greeting {
            status: reply.status().as_u16(),
            is_graphs: explain::request_id(reply).is_some(),
        };
        let verdict = match reply {
            Ok(reply)
                if reply.status().is_client_error() && reply.status() != StatusCode::PROXY_AUTHENTICATION_REQUIRED =>
            {
                Verdict::Ready(greeting(&reply))
            }
            reply => Verdict::judge_as(reply, SystemTime::now(), |reply| Verdict::Ready(greeting(reply))),
        };
        Heard { verdict, ahead }
    }

    /// Looks for a meeting of an organizer's that nobody has made (Graph, *get onlineMeeting*): the answer shows whether
    /// the app may look. Without an organizer it is the signed-in user, who needs no policy.
    pub async fn policy(&self, organizer: Option<&str>, bearer: &Bearer) -> Verdict<Policy> {
        let whose = organizer.map_or_else(|| "me".to_owned(), |id| format!("users/{}", wire::path_segment(id)));
        let filter = wire::path_segment(&format!("JoinWebUrl eq '{NO_MEETINGS_LINK}'"));
        let url = format!("{}/v1.0/{whose}/onlineMeetings?$filter={filter}", self.root);
        match question(&url) {
            Ok(mut request) => {
                request.headers_mut().insert(header::AUTHORIZATION, bearer.header());
                self.send("doctor", request, bearer, judge_policy).await
            }
            Err(lost) => judge_policy(Err(lost), SystemTime::now()),
        }
    }

    /// One question of somebody whom nobody knows; how far the clock of who answered is ahead.
    async fn ask(&self, url: &str) -> (Result<Response<Bytes>, Lost>, Option<TimeDelta>) {
        let request = match question(url) {
            Ok(request) => request,
            Err(lost) => return (Err(lost), None),
        };
        let id = request.headers()[CLIENT_REQUEST_ID].clone();
        let begun: DateTime<Utc> = SystemTime::now().into();
        let reply = self.exchange.exchange(request).await.map(|reply| Hidden::new("").cut_in(reply));
        let ended: DateTime<Utc> = SystemTime::now().into();
        tell("doctor", id.to_str().unwrap_or_default(), &reply);
        let ahead = reply.as_ref().ok().and_then(|reply| ahead(reply.headers(), begun, ended));
        (reply, ahead)
    }
}

/// A question that changes nothing.
fn question(url: &str) -> Result<Request<Bytes>, Lost> {
    let uri: Uri = url.parse().map_err(|_| Lost::Connect(format!("{url} is not an address")))?;
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = uri;
    request.headers_mut().insert(CLIENT_REQUEST_ID, client_request_id());
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    Ok(request)
}

/// How far a clock is ahead that showed its `Date`, cut to whole seconds, at some time between these two.
fn ahead(headers: &HeaderMap, begun: DateTime<Utc>, ended: DateTime<Utc>) -> Option<TimeDelta> {
    let date = httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()?;
    let (earliest, latest) = (DateTime::<Utc>::from(date), DateTime::<Utc>::from(date) + TimeDelta::seconds(1));
    // As little as can be: what is within is no skew.
    let zero = TimeDelta::zero();
    Some(if earliest > ended { earliest - ended } else { (latest - begun).min(zero) })
}

fn read(body: &Value) -> Option<Authority> {
    wire::text(body, &["token_endpoint"])?;
    let issuer = wire::text(body, &["issuer"]);
    let is_id = |text: &&str| text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let tenant = issuer.as_deref().and_then(|issuer| issuer.split('/').find(is_id)).map(str::to_owned);
    Some(Authority { tenant, graph_host: wire::text(body, &["msgraph_host"]) })
}

fn judge_policy(reply: Result<Response<Bytes>, Lost>, now: SystemTime) -> Verdict<Policy> {
    let Ok(reply) = reply else { return Verdict::judge_as(reply, now, |_| Verdict::Ready(Policy::There)) };
    let (_, said) = wire::error(reply.body());
    let said = said.to_ascii_lowercase();
    match reply.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if explain::is_access_policy(&reply) => {
            Verdict::Ready(Policy::Missing(explain::refused(&reply)))
        }
        // Whoever is told that there is no such meeting was let in (learn.microsoft.com/answers/questions/2084475).
        StatusCode::NOT_FOUND if said.contains("3004") || said.contains("meeting is not found") => {
            Verdict::Ready(Policy::There)
        }
        _ => match Verdict::judge_as(Ok(reply), now, |_| Verdict::Ready(Policy::There)) {
            Verdict::Refused(trouble) => Verdict::Ready(Policy::Unknown(trouble)),
            verdict => verdict,
        },
    }
}

#[cfg(test)]
#[path = "inquiry_tests.rs"]
mod tests;
