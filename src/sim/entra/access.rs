//! Access tokens: what they say, and whether Graph takes one (identity-platform/access-token-claims-reference).
//!
//! A client may not look into them. What they permit is read here; what has to be permitted, `permission` knows.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::Deserialize;
use serde_json::json;

use super::super::Sim;
use super::super::error::Problem;
use super::super::hash::Hash;
use super::super::permission::{Bearer, Granted};
use super::client::Proof;
use super::consent;

/// What a token is to be for.
#[derive(Clone, Debug)]
pub(super) struct Access<'a> {
    resource: &'a str,
    bearer: Bearer,
    permissions: Vec<&'a str>,
    proof: Proof,
}

impl<'a> Access<'a> {
    pub(super) fn of_application(sim: &'a Sim, resource: &'a str, proof: Proof) -> Self {
        Self { resource, bearer: Bearer::App, permissions: consent::of_application(sim), proof }
    }

    pub(super) fn of_user(sim: &'a Sim, resource: &'a str, proof: Proof) -> Self {
        Self { resource, bearer: Bearer::User, permissions: consent::of_user(sim), proof }
    }
}

/// What a token says that matters to its check.
#[derive(Deserialize)]
struct Claims {
    aud: String,
    scp: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    xms_sim: Times,
}

/// When it was given out and when it ends, in milliseconds since 1970: `iat` and `exp` have whole seconds only.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Times {
    issued: u64,
    expires: u64,
}

/// A token that was good when it was read. It cannot be printed.
pub(super) struct Known {
    pub(super) token: String,
    granted: Granted,
    times: Times,
}

impl Sim {
    /// A new token, different from all others.
    pub(in super::super) fn issue(&self, bearer: Bearer, resource: &str) -> String {
        self.write_token(&match bearer {
            Bearer::App => Access::of_application(self, resource, Proof::Secret),
            Bearer::User => Access::of_user(self, resource, Proof::None),
        })
    }

    /// One that permits this only.
    #[cfg(test)]
    pub(in super::super) fn issue_for(&self, bearer: Bearer, permissions: &str) -> String {
        let permissions = permissions.split_whitespace().collect();
        self.write_token(&Access { resource: consent::GRAPH, bearer, permissions, proof: Proof::Secret })
    }

    pub(super) fn write_token(&self, access: &Access<'_>) -> String {
        let (scenario, registration) = (self.scenario(), &self.entra().registration);
        let now = self.clock().unix();
        let end = now.saturating_add(scenario.token_lifetime);
        let from = Hash::seeded(scenario.seed).text(&registration.client_id);
        let mut claims = json!({
            "aud": access.resource,
            "iss": format!("https://sts.windows.net/{}/", registration.tenant_id),
            "iat": now.as_secs(),
            "nbf": now.as_secs(),
            "exp": now.as_secs().saturating_add(scenario.token_lifetime.as_secs()),
            "appid": registration.client_id,
            "appidacr": access.proof.number(),
            "tid": registration.tenant_id,
            "uti": self.next_token_id(),
            "ver": "1.0",
            "xms_sim": { "issued": milliseconds(now), "expires": milliseconds(end) },
        });
        match access.bearer {
            Bearer::App => {
                let principal = from.text("service principal").guid();
                if !access.permissions.is_empty() {
                    claims["roles"] = json!(access.permissions);
                }
                claims["idtyp"] = json!("app");
                claims["oid"] = json!(principal);
                claims["sub"] = json!(principal);
            }
            Bearer::User => {
                claims["scp"] = json!(access.permissions.join(" "));
                claims["idtyp"] = json!("user");
                claims["oid"] = json!(self.signed_in());
                claims["sub"] = json!(from.text(self.signed_in()).letters(43));
            }
        }
        self.entra().seals.access.close(&claims)
    }

    /// Never the same twice, not even after a restart.
    pub(super) fn next_token_id(&self) -> String {
        let ordinal = Hash::seeded(self.scenario().seed).text("token");
        let count = self.world().count(ordinal.finish());
        ordinal.number(count).number(milliseconds(self.clock().unix())).letters(22)
    }

    /// Who is asking, and what they may.
    pub(in super::super) fn bearer(&self, headers: &HeaderMap) -> Result<Granted, Problem> {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = match given.and_then(|value| value.trim().split_once(' ')) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => token.trim(),
            _ => return Err(self.unauthenticated("Access token is empty.")),
        };
        let known = match self.entra().known(token) {
            Some(known) => known,
            None => self.read_token(token)?,
        };
        let now = milliseconds(self.clock().unix());
        let age = Duration::from_millis(now.saturating_sub(known.times.issued));
        if now >= known.times.expires || self.scenario().token_revoked_after.is_some_and(|end| age >= end) {
            return Err(self.unauthenticated("Access token has expired or is not yet valid."));
        }
        Ok(known.granted.clone())
    }

    /// A token must be got where this simulator is; with no URL that is known, nowhere.
    fn unauthenticated(&self, message: &str) -> Problem {
        Problem::unauthenticated(message, self.entra().registration.root().unwrap_or("https://login.example"))
    }

    fn read_token(&self, token: &str) -> Result<Arc<Known>, Problem> {
        let entra = self.entra();
        let claims: Option<Claims> = entra.seals.access.open(token);
        let claims =
            claims.ok_or_else(|| self.unauthenticated("IDX14100: JWT is not well formed or was not issued here."))?;
        if !consent::is_graph(&claims.aud, entra.registration.public_url.as_deref()) {
            return Err(self.unauthenticated("Invalid audience."));
        }
        let granted = match claims.scp {
            Some(permissions) => Granted::new(Bearer::User, permissions.split(' ').map(str::to_owned)),
            None => Granted::new(Bearer::App, claims.roles),
        };
        let known = Arc::new(Known { token: token.to_owned(), granted, times: claims.xms_sim });
        entra.keep(Arc::clone(&known));
        Ok(known)
    }
}

pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
