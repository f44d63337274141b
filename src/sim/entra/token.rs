//! The token endpoint: which grant is asked for, and what is granted (RFC 6749, sections 4.4 and 6; RFC 8628).
//!
//! It grants client credentials, device codes and refresh tokens, and nothing that needs a page to sign in on.

use std::time::Duration;

use axum::extract::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::{Access, milliseconds};
use super::client::{self, Proof};
use super::denial::Denial;
use super::form::Form;
use super::reply::Desk;
use super::scope::{self, Delegated};
use super::{consent, device, identity};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// identity-platform/refresh-tokens
const REFRESH_LIFETIME: Duration = Duration::from_hours(90 * 24);

/// What a refresh token says.
#[derive(Deserialize)]
struct Refresh {
    scope: String,
    /// In milliseconds since 1970.
    issued: u64,
}

pub(super) async fn grant(desk: &Desk<'_>, tenant: &str, request: Request) -> Result<Value, Denial> {
    let form = Form::read(request).await?;
    check_tenant(desk, tenant)?;
    match form.needed("grant_type")? {
        "client_credentials" => application(desk, tenant, &form),
        // The short name is the one that @azure/msal-node sends.
        DEVICE_CODE | "device_code" => {
            let proof = client::check(desk, tenant, &form)?;
            let asked = device::redeem(desk, form.needed("device_code")?)?;
            Ok(user(desk, &form, proof, &asked))
        }
        "refresh_token" => {
            let proof = client::check(desk, tenant, &form)?;
            let asked = refresh(desk, &form)?;
            Ok(user(desk, &form, proof, &asked))
        }
        other => Err(Denial::unsupported_grant(other)),
    }
}

/// The tenant by a name of its own, or by what stands for the tenant of whoever signs in.
pub(super) fn check_tenant(desk: &Desk<'_>, tenant: &str) -> Result<(), Denial> {
    let known = desk.sim.entra().is_tenant(tenant) || is_alias(tenant);
    if known { Ok(()) } else { Err(Denial::unknown_tenant(tenant)) }
}

pub(super) fn is_alias(tenant: &str) -> bool {
    ["organizations", "common"].into_iter().any(|alias| tenant.eq_ignore_ascii_case(alias))
}

fn application(desk: &Desk<'_>, tenant: &str, form: &Form) -> Result<Value, Denial> {
    if !desk.sim.entra().is_tenant(tenant) {
        return Err(Denial::unknown_tenant(tenant));
    }
    let proof = client::check(desk, tenant, form)?;
    if proof == Proof::None {
        return Err(Denial::no_secret());
    }
    let resource = scope::of_application(form.needed("scope")?)?;
    consent::check_resource(desk.sim, resource)?;
    Ok(granted(desk, &Access::of_application(desk.sim, resource, proof)))
}

fn refresh(desk: &Desk<'_>, form: &Form) -> Result<Delegated, Denial> {
    let given: Option<Refresh> = desk.sim.entra().seals.refresh.open(form.needed("refresh_token")?);
    let given = given.ok_or_else(Denial::unknown_refresh_token)?;
    let issued = Duration::from_millis(given.issued);
    if desk.sim.clock().unix().saturating_sub(issued) >= REFRESH_LIFETIME {
        return Err(Denial::expired_refresh_token(issued, REFRESH_LIFETIME));
    }
    let asked = Delegated::read(form.given("scope").unwrap_or(&given.scope))?;
    consent::check(desk.sim, &asked)?;
    // Each comes with its successor, asked for or not, which is for the same (RFC 6749, section 6).
    Ok(Delegated { offline: true, asked: given.scope, ..asked })
}

fn user(desk: &Desk<'_>, form: &Form, proof: Proof, asked: &Delegated) -> Value {
    let sim = desk.sim;
    let mut answer = granted(desk, &Access::of_user(sim, &asked.resource, proof));
    answer["scope"] = json!(consent::scope(sim, asked));
    if asked.offline {
        let claims = json!({
            "scope": asked.asked,
            "issued": milliseconds(sim.clock().unix()),
            "id": sim.next_token_id(),
        });
        answer["refresh_token"] = json!(sim.entra().seals.refresh.close(&claims));
    }
    if asked.identity {
        answer["id_token"] = json!(identity::token(desk));
    }
    if form.given("client_info") == Some("1") {
        let user = json!({ "uid": sim.signed_in(), "utid": sim.entra().registration.tenant_id });
        answer["client_info"] = json!(URL_SAFE_NO_PAD.encode(user.to_string()));
    }
    answer
}

/// What every answer with a token says.
fn granted(desk: &Desk<'_>, access: &Access<'_>) -> Value {
    let token = desk.sim.write_token(access);
    desk.sim.world().grant();
    let lifetime = desk.sim.scenario().token_lifetime.as_secs();
    json!({
        "token_type": "Bearer",
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": token,
    })
}
