//! The token endpoint, for client credentials only, and the check of the tokens it gave out.
//!
//! Tokens look like JWTs and are signed by nobody: what counts is that the simulator
//! remembers them. It knows one tenant and one application, and renews nothing.

use std::collections::HashMap;

use axum::Form;
use axum::body::Body;
use axum::extract::{FromRequest as _, Request};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::denial::Denial;
use super::error::Problem;
use super::hash::Hash;
use super::world::{Bearer, Token};
use super::{CLIENT_ID, CLIENT_SECRET, Sim, TENANT_ID, USER_ID};

type Fields = HashMap<String, String>;

pub(super) async fn issue(sim: &Sim, tenant: &str, request: Request) -> Response {
    let method = request.method().clone();
    // A body that is no form has no fields, and is told which one is missing.
    let fields = match Form::<Fields>::from_request(request, &()).await {
        Ok(Form(fields)) => fields,
        Err(_) => Fields::new(),
    };
    match check(&method, tenant, &fields) {
        Ok(resource) => {
            let token = sim.issue(Bearer::App, resource);
            let lifetime = sim.scenario().token_lifetime.as_secs();
            let granted = json!({
                "token_type": "Bearer",
                "expires_in": lifetime,
                "ext_expires_in": lifetime,
                "access_token": token,
            });
            answer(StatusCode::OK, &granted)
        }
        Err(denial) => {
            let hash = denial.hash(sim.scenario().seed);
            let occasion = hash.number(sim.world().count(hash.finish()));
            answer(denial.status, &denial.envelope(sim.clock(), occasion))
        }
    }
}

/// The resource that the token is for.
fn check<'a>(method: &Method, tenant: &str, fields: &'a Fields) -> Result<&'a str, Denial> {
    let given = |name| fields.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let needed = |name| given(name).ok_or_else(|| Denial::missing(name));
    if *method != Method::POST {
        return Err(Denial::post_only(method.as_str()));
    }
    if !tenant.eq_ignore_ascii_case(TENANT_ID) {
        return Err(Denial::unknown_tenant(tenant));
    }
    let grant = needed("grant_type")?;
    if grant != "client_credentials" {
        return Err(Denial::unsupported_grant(grant));
    }
    let client = needed("client_id")?;
    if !client.eq_ignore_ascii_case(CLIENT_ID) {
        return Err(Denial::unknown_client(client, tenant));
    }
    match given("client_secret") {
        None => return Err(Denial::no_secret()),
        Some(CLIENT_SECRET) => {}
        Some(_) => return Err(Denial::wrong_secret()),
    }
    let scope = needed("scope")?;
    let resource = scope.strip_suffix("/.default").filter(|resource| !resource.is_empty());
    resource.ok_or_else(|| Denial::invalid_scope(scope))
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().extend([
        (CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
        // RFC 6749, section 5.1.
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]);
    response
}

impl Sim {
    /// A new token, different from all others.
    pub(super) fn issue(&self, bearer: Bearer, resource: &str) -> String {
        let scenario = self.scenario();
        let ordinal = Hash::seeded(scenario.seed).text("token").finish();
        let issued = self.world().count(ordinal);
        let now = self.clock().unix().as_secs();
        let mut claims = json!({
            "aud": resource,
            "tid": TENANT_ID,
            "appid": CLIENT_ID,
            "iat": now,
            "exp": now.saturating_add(scenario.token_lifetime.as_secs()),
            "jti": issued,
        });
        match bearer {
            Bearer::App => claims["roles"] = json!(["OnlineMeetings.ReadWrite.All"]),
            Bearer::User => {
                claims["scp"] = json!("OnlineMeetings.ReadWrite");
                claims["oid"] = json!(USER_ID);
            }
        }
        let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let header = json!({ "typ": "JWT", "alg": "none" });
        let token = format!("{}.{}.sim", encoded(&header), encoded(&claims));

        let revoked = scenario.token_revoked_after.unwrap_or(scenario.token_lifetime);
        let expires = Instant::now().checked_add(scenario.token_lifetime.min(revoked));
        self.world().keep(token.clone(), Token { bearer, expires });
        token
    }

    /// Who is asking.
    pub(super) fn bearer(&self, headers: &HeaderMap) -> Result<Bearer, Problem> {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = match given.and_then(|value| value.trim().split_once(' ')) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => token.trim(),
            _ => return Err(Problem::unauthenticated("Access token is empty.")),
        };
        let known = self.world().token(token);
        let token = known
            .ok_or_else(|| Problem::unauthenticated("IDX14100: JWT is not well formed or was not issued here."))?;
        if token.expires.is_some_and(|expires| Instant::now() >= expires) {
            let message = "Access token has expired or is not yet valid.";
            return Err(Problem::unauthenticated(message));
        }
        Ok(token.bearer)
    }
}
