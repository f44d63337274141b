//! The bearer token: fetched when first needed, renewed before it expires, one renewal at a time.
//!
//! Tokens and secrets are held in types that cannot be printed.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::time::{Duration, SystemTime};

use ::http::{HeaderValue, Method, Request, Response, Uri, header};
use anyhow::{Context as _, Result};
use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::warn;

use super::verdict::{is_passing, retry_after};
use super::{Exchange, Lost, Verdict, claims, redirect, wire};
use crate::outcome::Trouble;

/// How long before its end a token is renewed, at the most: enough for a slow identity service.
const RENEW_BEFORE_MAX: Duration = Duration::from_mins(5);
/// After a renewal that failed while the old token is still good: how long until the next try.
const RENEW_AGAIN: Duration = Duration::from_secs(30);
/// The lifetime of a token whose answer names none (Entra's usual hour).
const LIFETIME_DEFAULT: Duration = Duration::from_hours(1);
/// What a longer lifetime is taken for (Entra's longest): more would only strain the arithmetic.
const LIFETIME_MAX: Duration = Duration::from_hours(24);

/// How a token is come by.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A token from elsewhere. It cannot be renewed.
    AccessToken(SecretString),
    /// OAuth 2.0 client credentials: the app signs in as itself.
    ClientSecret(ClientSecret),
}

/// An app registration and its secret.
#[derive(Clone, Debug)]
pub struct ClientSecret {
    /// The tenant's id or domain.
    pub tenant: String,
    /// The app's (client) id.
    pub client_id: String,
    /// The secret's value.
    pub secret: SecretString,
}

/// A token, ready to be sent.
#[derive(Clone)]
pub struct Bearer {
    header: HeaderValue,
    serial: u64,
}

impl Bearer {
    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bearer(number {})", self.serial)
    }
}

/// The token at hand.
struct Held {
    bearer: Bearer,
    renew_at: Option<Instant>,
    ends_at: Option<Instant>,
}

pub(super) struct Tokens {
    source: Source,
    held: RefCell<Option<Held>>,
    /// The turn to renew; whoever has waited for it looks first whether another has done it.
    renewal: Semaphore,
    issued: Cell<u64>,
    /// A token was rejected and none has been accepted since.
    in_doubt: Cell<bool>,
    /// The identity service failed and has not answered since; it is told once.
    in_trouble: Cell<bool>,
}

enum Source {
    Given(HeaderValue),
    Login { uri: Uri, form: SecretString, secret: SecretString },
}

impl Tokens {
    pub(super) fn new(login_url: &str, graph_url: &str, credentials: Credentials) -> Result<Self> {
        let source = match credentials {
            Credentials::AccessToken(token) => {
                Source::Given(secret_header(&token).context("the access token has characters that no token has")?)
            }
            Credentials::ClientSecret(app) => {
                let tenant = wire::path_segment(&app.tenant);
                let uri = format!("{}/{tenant}/oauth2/v2.0/token", login_url.trim_end_matches('/'));
                let uri = uri.parse().with_context(|| format!("{uri} is not an address"))?;
                // The scope is all that the app has been granted at this Graph (Graph, *get access without a user*).
                let scope = format!("{}/.default", graph_url.trim_end_matches('/'));
                let form = [
                    ("client_id", app.client_id.as_str()),
                    ("client_secret", app.secret.expose_secret()),
                    ("scope", &scope),
                    ("grant_type", "client_credentials"),
                ];
                let form = form.map(|(name, value)| format!("{name}={}", wire::path_segment(value))).join("&");
                Source::Login { uri, form: form.into(), secret: app.secret }
            }
        };
        let (held, renewal) = (RefCell::new(None), Semaphore::new(1));
        let (in_doubt, in_trouble) = (Cell::new(false), Cell::new(false));
        Ok(Self { source, held, renewal, issued: Cell::new(0), in_doubt, in_trouble })
    }

    pub(super) async fn bearer(&self, exchange: &impl Exchange) -> Result<Bearer, Verdict> {
        if let Some(bearer) = self.fresh() {
            return Ok(bearer);
        }
        let _turn = self.renewal.acquire().await.expect("the semaphore is never closed");
        if let Some(bearer) = self.fresh() {
            return Ok(bearer);
        }
        match self.fetch(exchange).await {
            Ok(held) => {
                self.in_trouble.set(false);
                Ok(self.held.borrow_mut().insert(held).bearer.clone())
            }
            Err(verdict) => {
                if let Verdict::Again(trouble) | Verdict::Throttled(_, trouble) = &verdict
                    && !self.in_trouble.replace(true)
                {
                    warn!("{}; trying again", trouble.error());
                }
                self.keep_old().ok_or(verdict)
            }
        }
    }

    fn fresh(&self) -> Option<Bearer> {
        let held = self.held.borrow();
        let held = held.as_ref()?;
        held.renew_at.is_none_or(|at| Instant::now() < at).then(|| held.bearer.clone())
    }

    /// A renewal failed: the old token will do for a while if it has not ended.
    fn keep_old(&self) -> Option<Bearer> {
        let mut held = self.held.borrow_mut();
        let held = held.as_mut()?;
        let again = Instant::now() + RENEW_AGAIN;
        let lasts = held.ends_at.is_none_or(|ends| again < ends);
        if lasts {
            held.renew_at = Some(again);
        }
        lasts.then(|| held.bearer.clone())
    }

    async fn fetch(&self, exchange: &impl Exchange) -> Result<Held, Verdict> {
        let (header, lifetime) = match &self.source {
            Source::Given(header) => (header.clone(), None),
            Source::Login { uri, form, secret } => {
                let mut request = Request::new(Bytes::copy_from_slice(form.expose_secret().as_bytes()));
                *request.method_mut() = Method::POST;
                *request.uri_mut() = uri.clone();
                let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
                request.headers_mut().insert(header::CONTENT_TYPE, form_type);
                let judged = judge(exchange.exchange(request).await);
                let (header, lifetime) = judged.map_err(|verdict| without(secret, verdict))?;
                (header, Some(lifetime))
            }
        };
        let token = header.to_str().unwrap_or_default().trim_start_matches("Bearer ");
        claims::check(token).map_err(Verdict::Broken)?;
        self.issued.set(self.issued.get() + 1);
        let bearer = Bearer { header, serial: self.issued.get() };
        let ends_at = lifetime.map(|lifetime| Instant::now() + lifetime);
        let renew_at = lifetime.map(|life| Instant::now() + life - RENEW_BEFORE_MAX.min(life / 4));
        Ok(Held { bearer, renew_at, ends_at })
    }

    /// Graph took the token.
    pub(super) fn accepted(&self, bearer: &Bearer) {
        if bearer.serial == self.issued.get() {
            self.in_doubt.set(false);
        }
    }

    /// Graph rejected the token: it is renewed, once; a new one that is rejected too means that no row can succeed.
    pub(super) fn rejected(&self, bearer: &Bearer, trouble: Trouble) -> Verdict {
        if bearer.serial != self.issued.get() {
            return Verdict::Again(trouble);
        }
        if matches!(self.source, Source::Given(_)) {
            let cause = format!("{}; put a new one into CONVOKE_ACCESS_TOKEN", trouble.cause);
            return Verdict::Broken(Trouble { cause, ..trouble });
        }
        if self.in_doubt.replace(true) && self.held.borrow().is_some() {
            let cause = format!("{}; a token issued just now was rejected like the one before it", trouble.cause);
            return Verdict::Broken(Trouble { cause, ..trouble });
        }
        *self.held.borrow_mut() = None;
        Verdict::Again(trouble)
    }
}

/// Judges an answer of the token endpoint (Microsoft identity platform, *client credentials flow*).
fn judge(reply: Result<Response<Bytes>, Lost>) -> Result<(HeaderValue, Duration), Verdict> {
    let reply = reply.map_err(|lost| {
        let trouble = login_trouble(None, &lost_words(&lost));
        if lost.is_final() { Verdict::Broken(trouble) } else { Verdict::Again(trouble) }
    })?;
    let status = reply.status();
    let body: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
    let said = wire::text(&body, &["error_description"]).unwrap_or_default();
    // The first line says it; the rest are trace ids.
    let said = said.lines().next().unwrap_or_default();
    let said_too = if said.is_empty() { String::new() } else { format!(" (the identity service said: {said})") };
    let why = if is_passing(status) {
        format!("the identity service has a passing fault (HTTP {})", status.as_u16())
    } else if status.is_redirection() {
        redirect::of_login(reply.headers())
    } else {
        mend(said).to_owned()
    };
    let mut trouble = login_trouble(Some(status.as_u16()), &format!("{why}{said_too}"));
    trouble.code = wire::text(&body, &["error"]).unwrap_or_default();
    match status.as_u16() {
        200 => {
            let token = wire::text(&body, &["access_token"]).map(SecretString::from);
            let header = token.as_ref().and_then(secret_header).ok_or(Verdict::Again(trouble))?;
            let seconds = wire::text(&body, &["expires_in"]).and_then(|seconds| seconds.parse().ok());
            Ok((header, seconds.map_or(LIFETIME_DEFAULT, Duration::from_secs).min(LIFETIME_MAX)))
        }
        429 => Err(Verdict::Throttled(retry_after(reply.headers(), SystemTime::now()), trouble)),
        _ if is_passing(status) || trouble.code == "temporarily_unavailable" => Err(Verdict::Again(trouble)),
        _ => Err(Verdict::Broken(trouble)),
    }
}

/// What the identity service said may repeat what it was sent.
fn without(secret: &SecretString, verdict: Verdict) -> Verdict {
    let clean = |trouble: Trouble| {
        let cause = trouble.cause.replace(secret.expose_secret(), "(the secret)");
        let cause = cause.replace(&wire::path_segment(secret.expose_secret()), "(the secret)");
        Trouble { cause, ..trouble }
    };
    match verdict {
        _ if secret.expose_secret().is_empty() => verdict,
        Verdict::Again(trouble) => Verdict::Again(clean(trouble)),
        Verdict::Throttled(after, trouble) => Verdict::Throttled(after, clean(trouble)),
        Verdict::Overloaded(after, trouble) => Verdict::Overloaded(after, clean(trouble)),
        Verdict::Broken(trouble) => Verdict::Broken(clean(trouble)),
        Verdict::Refused(trouble) => Verdict::Refused(clean(trouble)),
        Verdict::Ready(_) => verdict,
    }
}

/// A header of a token, marked so that it cannot be printed; `None` when no header can hold it.
fn secret_header(text: &SecretString) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", text.expose_secret())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn login_trouble(http_status: Option<u16>, cause: &str) -> Trouble {
    Trouble { http_status, cause: format!("no access token: {cause}"), ..Trouble::default() }
}

fn lost_words(lost: &Lost) -> String {
    match lost {
        Lost::Connect(why) => format!("no connection to the identity service ({why}); check --login-url and the proxy"),
        Lost::Untrusted(why) => {
            format!("the identity service is not trusted ({why}); if it is the wrong one, check --login-url")
        }
        Lost::Proxy { why, .. } => format!("no connection to the identity service: {why}"),
        Lost::Timeout => "the identity service did not answer in time".to_owned(),
        Lost::Broken(how) => format!("the connection to the identity service broke ({how})"),
    }
}

/// What to do about Entra's error numbers (Microsoft identity platform, *error codes*).
fn mend(said: &str) -> &'static str {
    let number = said.strip_prefix("AADSTS").and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    match number.unwrap_or_default() {
        "7000215" => "the client secret is wrong; AZURE_CLIENT_SECRET takes the secret's value, not its id",
        "7000222" => "the client secret has expired; make a new one in the app registration",
        "700016" => "the tenant does not know this app; check AZURE_CLIENT_ID and AZURE_TENANT_ID",
        "90002" | "900023" => "there is no such tenant; check AZURE_TENANT_ID",
        _ => "the identity service does not give one; check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
