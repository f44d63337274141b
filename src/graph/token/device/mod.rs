//! Signing in with a code: a person opens a page in any browser and enters it (Microsoft identity platform, *OAuth 2.0
//! device authorization grant*), and after that nobody is asked while the refresh token is good (*refresh tokens*).
//!
//! What the person is to do is said even by a run that is told to be quiet, since nothing would ever happen otherwise.
//! Nobody is asked where nobody is; and where the refresh token is kept is the business of [`kept`].

mod code;
mod kept;
mod words;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use ::http::{HeaderValue, Request, Response, StatusCode, Uri};
use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::time::{Instant, sleep};
use tracing::{debug, info, warn};

use self::code::{Code, INTERVAL_MAX};
use self::kept::{Kept, Owner};
use self::words::{explained, is_person_needed, nobody_there};
use super::login::{judge, login_trouble, without};
use crate::graph::{Exchange, Lost, Verdict, wire};
use crate::outcome::Trouble;

/// The only name that this way of signing in has (RFC 8628, section 3.4).
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How much longer to wait after `slow_down` (RFC 8628, section 3.5), and after a fault.
const SLOWER: Duration = Duration::from_secs(5);
/// What a run asks a person to permit it at this Graph. With `offline_access` comes the refresh token, since a run may
/// be longer than a token is good; with `openid` and `profile` who it was (*scopes and permissions*); and to look up
/// people other than oneself takes a permission more.
pub(super) fn scope(graph_url: &str, looks_up: bool) -> String {
    let graph = graph_url.trim_end_matches('/');
    let more = if looks_up { format!(" {graph}/User.ReadBasic.All") } else { String::new() };
    format!("{graph}/OnlineMeetings.ReadWrite {graph}/User.Read{more} offline_access openid profile")
}

/// An app that a person signs in to by a code, to make meetings as themselves.
#[derive(Clone, Debug)]
pub struct DeviceCode {
    /// The tenant's id or domain.
    pub tenant: String,
    /// The app's (client) id.
    pub client_id: String,
    /// People are to be looked up, which takes a permission more.
    pub looks_up: bool,
    /// Where the sign-in is kept for the next run.
    pub keep: Option<PathBuf>,
    /// Somebody is there who can be asked.
    pub asks: bool,
}

/// A person's sign-in, as it was last.
pub(super) struct Device {
    code_uri: Uri,
    token_uri: Uri,
    client_id: String,
    scope: String,
    /// Somebody is there who can be asked.
    asks: bool,
    keep: Option<Kept>,
    refresh: RefCell<Option<SecretString>>,
    /// The person has been named in this run.
    greeted: Cell<bool>,
}

impl Device {
    /// With `keep` the sign-in of an earlier run is gone on with; fails when that file is of no use.
    pub(super) fn new(login_url: &str, scope: String, app: DeviceCode) -> Result<Self> {
        let DeviceCode { tenant, client_id, keep, asks, .. } = app;
        let login_url = login_url.trim_end_matches('/');
        let uri = |end| {
            let uri = format!("{login_url}/{}/oauth2/v2.0/{end}", wire::path_segment(&tenant));
            uri.parse().with_context(|| format!("{uri} is not an address"))
        };
        let owner = Owner { login: login_url.into(), tenant: tenant.clone(), client_id: client_id.clone() };
        let (keep, refresh) = match keep.map(|file| Kept::open(file, owner)).transpose()? {
            Some((keep, refresh)) => (Some(keep), refresh),
            None => (None, None),
        };
        let (code_uri, token_uri) = (uri("devicecode")?, uri("token")?);
        let (refresh, greeted) = (RefCell::new(refresh), Cell::new(false));
        Ok(Self { code_uri, token_uri, client_id, scope, asks, keep, refresh, greeted })
    }

    /// A token and how long it is good: by the refresh token, or by the person where that is not taken.
    pub(super) async fn fetch(&self, exchange: &impl Exchange) -> Result<(HeaderValue, Duration), Verdict> {
        let refresh = self.refresh.borrow().clone();
        let Some(refresh) = refresh else {
            if self.asks {
                return self.ask(exchange).await;
            }
            return Err(Verdict::Broken(nobody_there(self.keep.as_ref(), None)));
        };
        match self.redeem(exchange, &refresh).await {
            Err(Verdict::Broken(trouble)) if is_person_needed(&trouble) => {
                if !self.asks {
                    return Err(Verdict::Broken(nobody_there(self.keep.as_ref(), Some(&trouble))));
                }
                *self.refresh.borrow_mut() = None;
                warn!("the earlier sign-in is no longer good, and a person has to sign in again: {}", trouble.error());
                self.ask(exchange).await
            }
            told => told,
        }
    }

    /// Asks the person.
    async fn ask(&self, exchange: &impl Exchange) -> Result<(HeaderValue, Duration), Verdict> {
        let code = self.begin(exchange).await?;
        code.tell();
        self.poll(exchange, &code).await.map_err(explained)
    }

    /// Gets a code.
    async fn begin(&self, exchange: &impl Exchange) -> Result<Code, Verdict> {
        let fields = [("client_id", self.client_id.as_str()), ("scope", &self.scope)];
        let reply = exchange.exchange(post(&self.code_uri, &fields)).await.map(|reply| without(&"".into(), reply));
        if let Some(reply) = reply.as_ref().ok().filter(|reply| reply.status() == StatusCode::OK) {
            let strange = || login_trouble(Some(200), "the identity service gave no code to sign in with");
            return Code::read(reply.body()).ok_or_else(|| Verdict::Again(strange()));
        }
        match judge(reply) {
            Ok(_) => unreachable!("only 200 is good"),
            Err(verdict) => Err(explained(verdict)),
        }
    }

    /// Asks whether the person has done it, until that is so or the code is good no more.
    async fn poll(&self, exchange: &impl Exchange, code: &Code) -> Result<(HeaderValue, Duration), Verdict> {
        let (mut interval, ends) = (code.interval, Instant::now() + code.lifetime);
        let code_itself = code.itself.expose_secret();
        let fields = [("grant_type", GRANT), ("client_id", &self.client_id), ("device_code", code_itself)];
        let mut wait = interval;
        while Instant::now() + wait < ends {
            sleep(wait).await;
            let reply = exchange.exchange(post(&self.token_uri, &fields)).await;
            let reply = reply.map(|reply| without(&code.itself, reply));
            // These are no faults, but how it is said that nothing has happened yet (RFC 8628, section 3.5).
            let is_slow = match error(&reply).as_deref() {
                Some("authorization_pending") => false,
                Some("slow_down") => true,
                _ => match self.signed(reply) {
                    Err(Verdict::Again(trouble)) => {
                        debug!("no answer whether somebody has signed in: {}", trouble.error());
                        true
                    }
                    Err(Verdict::Throttled(after, _)) => {
                        wait = interval.max(after.unwrap_or_default());
                        continue;
                    }
                    told => return told,
                },
            };
            if is_slow {
                interval = (interval + SLOWER).min(INTERVAL_MAX);
            }
            wait = interval;
        }
        let trouble = Trouble { code: "expired_token".into(), ..login_trouble(None, "") };
        Err(Verdict::Broken(trouble))
    }

    /// Goes on with an earlier sign-in (Microsoft identity platform, *refresh the access token*).
    async fn redeem(
        &self,
        exchange: &impl Exchange,
        refresh: &SecretString,
    ) -> Result<(HeaderValue, Duration), Verdict> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", self.client_id.as_str()),
            ("refresh_token", refresh.expose_secret()),
            ("scope", &self.scope),
        ];
        let reply = exchange.exchange(post(&self.token_uri, &fields)).await;
        self.signed(reply.map(|reply| without(refresh, reply))).map_err(explained)
    }

    /// What the token endpoint answers. The new refresh token replaces the old, which need not be good any more.
    fn signed(&self, reply: Result<Response<Bytes>, Lost>) -> Result<(HeaderValue, Duration), Verdict> {
        let body: Option<Value> = reply.as_ref().ok().and_then(|reply| serde_json::from_slice(reply.body()).ok());
        let token = judge(reply)?;
        let body = body.unwrap_or_default();
        let account = account(&body);
        if !self.greeted.replace(true) {
            info!("signed in as {}", account.as_deref().unwrap_or("somebody whom the identity service does not name"));
        }
        if let Some(refresh) = wire::text(&body, &["refresh_token"]).map(SecretString::from) {
            if let Some(keep) = &self.keep
                && let Err(error) = keep.write(account, &refresh)
            {
                warn!("the sign-in is not kept: {error:#}");
            }
            *self.refresh.borrow_mut() = Some(refresh);
        }
        Ok(token)
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Device(app {}, asks: {})", self.client_id, self.asks)
    }
}

fn post(uri: &Uri, fields: &[(&str, &str)]) -> Request<Bytes> {
    let field = |(name, value): &(&str, &str)| format!("{name}={}", wire::path_segment(value));
    let form: Vec<String> = fields.iter().map(field).collect();
    super::login::post(uri, form.join("&"))
}

/// The name of the error that is answered, if it is one.
fn error(reply: &Result<Response<Bytes>, Lost>) -> Option<String> {
    let body: Value = serde_json::from_slice(reply.as_ref().ok()?.body()).ok()?;
    wire::text(&body, &["error"])
}

/// Who has signed in: the ID token is for the client to read, unlike the other (*ID token claims*).
fn account(body: &Value) -> Option<String> {
    let token = wire::text(body, &["id_token"])?;
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?.trim_end_matches('=')).ok()?;
    let claims = serde_json::from_slice(&claims).ok()?;
    wire::text(&claims, &["preferred_username"]).or_else(|| wire::text(&claims, &["name"]))
}

#[cfg(test)]
mod tests;
