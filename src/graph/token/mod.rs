//! The bearer token: fetched when first needed, renewed before it expires, one renewal at a time.
//!
//! Here is when; `source` knows whence: `login` (secret, `certificate` by an `assertion`, federation), `device`,
//! `managed` (App Service, virtual machines), `azure_cli` and `shell` (of `child`, `printed`, `redact`), `file`. `words`
//! explains what Entra refuses. Tokens and secrets are held in types that cannot be printed.

mod assertion;
pub(super) mod authority;
mod azure_cli;
mod certificate;
mod child;
mod credentials;
mod device;
mod file;
mod login;
mod managed;
mod printed;
mod redact;
mod shell;
mod source;
mod words;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::time::Duration;

use ::http::HeaderValue;
use anyhow::Result;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::warn;

pub use self::authority::{NO_LOGIN, NO_TENANT};
pub use self::certificate::Certificate;
pub use self::credentials::{App, AppService, AzureCli, CertificateFile, ClientSecret, Credentials, VirtualMachine};
pub use self::device::DeviceCode;
use self::source::{Fetched, Source};
use super::{Exchange, Verdict, claims};
use crate::outcome::Trouble;

/// How long before its end a token is renewed, at the most: enough for a slow identity service.
const RENEW_BEFORE_MAX: Duration = Duration::from_mins(5);
/// After a renewal that failed while the old token is still good: how long until the next try.
const RENEW_AGAIN: Duration = Duration::from_secs(30);
/// The lifetime of a token whose answer names none (Entra's usual hour).
const LIFETIME_DEFAULT: Duration = Duration::from_hours(1);
/// What a longer lifetime is taken for (Entra's longest): more would only strain the arithmetic.
const LIFETIME_MAX: Duration = Duration::from_hours(24);

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
    /// The last renewal that failed and left nothing to send, and how many have: it failed for all who waited for it.
    failed: RefCell<(u64, Option<Verdict>)>,
    /// A token was rejected and none has been accepted since.
    in_doubt: Cell<bool>,
    /// The identity service failed and has not answered since; it is told once.
    in_trouble: Cell<bool>,
}

impl Tokens {
    pub(super) fn new(login_url: &str, graph_url: &str, credentials: Credentials) -> Result<Self> {
        let source = Source::new(login_url, graph_url, credentials)?;
        let (held, renewal, failed) = (RefCell::new(None), Semaphore::new(1), RefCell::default());
        let (in_doubt, in_trouble) = (Cell::new(false), Cell::new(false));
        Ok(Self { source, held, renewal, issued: Cell::new(0), failed, in_doubt, in_trouble })
    }

    pub(super) async fn bearer(&self, exchange: &impl Exchange) -> Result<Bearer, Verdict> {
        if let Some(bearer) = self.fresh() {
            return Ok(bearer);
        }
        let failed_before = self.failed.borrow().0;
        let _turn = match self.renewal.try_acquire() {
            Ok(turn) => turn,
            // Somebody renews it ahead of time: meanwhile it is as good as ever.
            Err(_) => match self.lasting() {
                Some(bearer) => return Ok(bearer),
                None => self.renewal.acquire().await.expect("the semaphore is never closed"),
            },
        };
        if let Some(bearer) = self.fresh() {
            return Ok(bearer);
        }
        if let (count, Some(verdict)) = &*self.failed.borrow()
            && *count != failed_before
        {
            return Err(verdict.clone());
        }
        match self.fetch(exchange).await {
            Ok(held) => {
                self.in_trouble.set(false);
                Ok(self.held.borrow_mut().insert(held).bearer.clone())
            }
            Err(verdict) => {
                let old = self.keep_old();
                self.tell(&verdict, old.is_some());
                old.ok_or_else(|| {
                    let mut failed = self.failed.borrow_mut();
                    *failed = (failed.0 + 1, Some(verdict.clone()));
                    verdict
                })
            }
        }
    }

    /// Says once that there is no new token, unless the run ends by it, which is told elsewhere.
    fn tell(&self, verdict: &Verdict, has_old: bool) {
        let (Verdict::Again(trouble) | Verdict::Throttled(_, trouble) | Verdict::Broken(trouble)) = verdict else {
            return;
        };
        let ends_run = matches!(verdict, Verdict::Broken(_)) && !has_old;
        if !ends_run && !self.in_trouble.replace(true) {
            let meanwhile = if has_old { " while the old one lasts" } else { "" };
            warn!("{}; trying again{meanwhile}", trouble.error());
        }
    }

    fn fresh(&self) -> Option<Bearer> {
        let held = self.held.borrow();
        let held = held.as_ref()?;
        held.renew_at.is_none_or(|at| Instant::now() < at).then(|| held.bearer.clone())
    }

    /// The token at hand, if it has not ended.
    pub(super) fn lasting(&self) -> Option<Bearer> {
        let held = self.held.borrow();
        let held = held.as_ref()?;
        held.ends_at.is_none_or(|at| Instant::now() < at).then(|| held.bearer.clone())
    }

    /// A renewal failed: the old token will do if it has not ended.
    fn keep_old(&self) -> Option<Bearer> {
        let mut held = self.held.borrow_mut();
        let held = held.as_mut()?;
        let (now, again) = (Instant::now(), Instant::now() + RENEW_AGAIN);
        let lasts = held.ends_at.is_none_or(|ends| now < ends);
        if lasts {
            held.renew_at = Some(held.ends_at.map_or(again, |ends| again.min(ends)));
        }
        lasts.then(|| held.bearer.clone())
    }

    /// The token at hand, or a new one, whatever it permits.
    pub(super) async fn any(&self, exchange: &impl Exchange) -> Result<Bearer, Verdict> {
        if let Some(bearer) = self.fresh() {
            return Ok(bearer);
        }
        let held = self.hold(self.source.fetch(exchange).await?);
        Ok(self.held.borrow_mut().insert(held).bearer.clone())
    }

    /// What a token lacks that is needed to make meetings, by its own word.
    pub(super) fn lacks(&self, bearer: &Bearer) -> Option<Trouble> {
        let header = bearer.header();
        self.check(header.to_str().unwrap_or_default().trim_start_matches("Bearer ")).err()
    }

    fn check(&self, token: &str) -> Result<(), Trouble> {
        claims::check(token).map_err(|trouble| {
            let cause = format!("{}{}", trouble.cause, self.source.lacks_permission(token));
            Trouble { cause, ..trouble }
        })
    }

    async fn fetch(&self, exchange: &impl Exchange) -> Result<Held, Verdict> {
        let fetched = self.source.fetch(exchange).await?;
        self.check(fetched.token()).map_err(Verdict::Broken)?;
        Ok(self.hold(fetched))
    }

    fn hold(&self, fetched: Fetched) -> Held {
        let Fetched { header, lifetime } = fetched;
        let is_old = self.held.borrow().as_ref().is_some_and(|held| held.bearer.header == header);
        self.issued.set(self.issued.get() + 1);
        let bearer = Bearer { header, serial: self.issued.get() };
        let ends_at = lifetime.map(|lifetime| Instant::now() + lifetime);
        let renew_at = lifetime.map(|life| {
            // Who keeps tokens may have no newer one yet.
            let ahead = if is_old { life.saturating_sub(RENEW_AGAIN) } else { RENEW_BEFORE_MAX.min(life / 4) };
            Instant::now() + life - ahead
        });
        Held { bearer, renew_at, ends_at }
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
        if let Some(mend) = self.source.never_renewed() {
            let cause = format!("{}; {mend}", trouble.cause);
            return Verdict::Broken(Trouble { cause, ..trouble });
        }
        if self.in_doubt.replace(true) && self.held.borrow().is_some() {
            let cause = format!("{}; {}", trouble.cause, self.source.rejected_again());
            return Verdict::Broken(Trouble { cause, ..trouble });
        }
        *self.held.borrow_mut() = None;
        Verdict::Again(trouble)
    }
}

#[cfg(test)]
mod tests;
