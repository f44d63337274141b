//! Access tokens: what they say, and whether Graph takes one (identity-platform/access-token-claims-reference).
//!
//! A client may not look into them. What they permit is for the endpoints to say; here it is only whose they are.

use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, Uri};
use serde::Deserialize;
use serde_json::json;

use super::super::Sim;
use super::super::error::Problem;
use super::super::hash::Hash;
use super::super::world::Bearer;
use super::client::Proof;

/// Graph in every cloud (concepts/deployments), and in this repository's examples.
const GRAPH_HOSTS: [&str; 5] = [
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
    "graph.example",
];
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// What an administrator has consented to.
const ROLES: [&str; 4] =
    ["OnlineMeetings.ReadWrite.All", "User.Read.All", "Calls.JoinGroupCalls.All", "Organization.Read.All"];
/// What a user has.
const PERMISSIONS: &str = "OnlineMeetings.ReadWrite User.Read";

/// What a token is to be for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Access<'a> {
    resource: &'a str,
    /// What the user has permitted; `None` for an application by itself.
    permissions: Option<&'a str>,
    proof: Proof,
}

impl<'a> Access<'a> {
    pub(super) fn of_application(resource: &'a str, proof: Proof) -> Self {
        Self { resource, permissions: None, proof }
    }

    pub(super) fn of_user(resource: &'a str, permissions: &'a str, proof: Proof) -> Self {
        Self { resource, permissions: Some(permissions), proof }
    }
}

/// What a token says that matters to its check.
#[derive(Deserialize)]
struct Claims {
    aud: String,
    scp: Option<String>,
    xms_sim: Times,
}

/// When it was given out and when it ends, in milliseconds since 1970: `iat` and `exp` have whole seconds only.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Times {
    issued: u64,
    expires: u64,
}

/// A token that was good when it was read.
#[derive(Clone, Debug)]
pub(super) struct Known {
    token: String,
    bearer: Bearer,
    times: Times,
}

impl Sim {
    /// A new token, different from all others.
    pub(in super::super) fn issue(&self, bearer: Bearer, resource: &str) -> String {
        self.write_token(&match bearer {
            Bearer::App => Access::of_application(resource, Proof::Secret),
            Bearer::User => Access::of_user(resource, PERMISSIONS, Proof::None),
        })
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
        match access.permissions {
            None => {
                let principal = from.text("service principal").guid();
                claims["roles"] = json!(ROLES);
                claims["idtyp"] = json!("app");
                claims["oid"] = json!(principal);
                claims["sub"] = json!(principal);
            }
            Some(permissions) => {
                claims["scp"] = json!(permissions);
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

    /// Who is asking.
    pub(in super::super) fn bearer(&self, headers: &HeaderMap) -> Result<Bearer, Problem> {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = match given.and_then(|value| value.trim().split_once(' ')) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => token.trim(),
            _ => return Err(self.unauthenticated("Access token is empty.")),
        };
        let known = match self.entra().known().filter(|known| known.token == token) {
            Some(known) => known,
            None => self.read_token(token)?,
        };
        let now = milliseconds(self.clock().unix());
        let age = Duration::from_millis(now.saturating_sub(known.times.issued));
        if now >= known.times.expires || self.scenario().token_revoked_after.is_some_and(|end| age >= end) {
            return Err(self.unauthenticated("Access token has expired or is not yet valid."));
        }
        Ok(known.bearer)
    }

    /// A token must be got where this simulator is; with no URL that is known, nowhere.
    fn unauthenticated(&self, message: &str) -> Problem {
        let own = self.entra().registration.public_url.as_deref();
        Problem::unauthenticated(message, own.unwrap_or("https://login.example").trim_end_matches('/'))
    }

    fn read_token(&self, token: &str) -> Result<Known, Problem> {
        let entra = self.entra();
        let claims: Option<Claims> = entra.seals.access.open(token);
        let claims =
            claims.ok_or_else(|| self.unauthenticated("IDX14100: JWT is not well formed or was not issued here."))?;
        if !is_graph(&claims.aud, entra.registration.public_url.as_deref()) {
            return Err(self.unauthenticated("Invalid audience."));
        }
        let bearer = if claims.scp.is_some() { Bearer::User } else { Bearer::App };
        let known = Known { token: token.to_owned(), bearer, times: claims.xms_sim };
        entra.keep(known.clone());
        Ok(known)
    }
}

/// Whether it is Graph that a token is for: the real one, or this one.
fn is_graph(audience: &str, public_url: Option<&str>) -> bool {
    if audience.eq_ignore_ascii_case(GRAPH) {
        return true;
    }
    let Ok(uri) = audience.parse::<Uri>() else { return false };
    let host = |uri: &Uri| uri.host().map(str::to_ascii_lowercase);
    let (Some(scheme), Some(name)) = (uri.scheme_str(), host(&uri)) else { return false };
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return false;
    }
    let own = public_url.and_then(|url| url.parse::<Uri>().ok()).and_then(|uri| host(&uri));
    let here = matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]") || own.is_some_and(|own| own == name);
    here || scheme == "https" && GRAPH_HOSTS.contains(&name.as_str())
}

pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
