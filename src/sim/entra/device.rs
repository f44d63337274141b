//! Device codes: how a program without a browser gets a user's tokens (identity-platform/v2-oauth2-device-code).
//!
//! The code itself says when it was given out and for what. Nobody can enter it, and nobody declines: the make-believe
//! user has signed in two seconds later. Whether there is consent is seen only then, as it is when a person signs in.

use std::time::Duration;

use axum::extract::Request;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::hash::Hash;
use super::access::milliseconds;
use super::denial::Denial;
use super::form::Form;
use super::reply::Desk;
use super::scope::Delegated;
use super::{client, consent, token};

/// How long the make-believe user takes.
const SIGN_IN: Duration = Duration::from_secs(2);
const LIFETIME: Duration = Duration::from_mins(15);
/// How many seconds a client should wait between its questions.
const INTERVAL: u64 = 5;

/// What a device code says.
#[derive(Deserialize)]
struct Code {
    scope: String,
    /// In milliseconds since 1970.
    issued: u64,
}

/// A code, and where to go with it.
pub(super) async fn begin(desk: &Desk<'_>, tenant: &str, request: Request) -> Result<Value, Denial> {
    let form = Form::read(request).await?;
    token::check_tenant(desk, tenant)?;
    client::check(desk, tenant, &form)?;
    let scope = form.needed("scope")?;
    Delegated::read(scope)?;
    let sim = desk.sim;
    let issued = milliseconds(sim.clock().unix());
    let ordinal = Hash::seeded(sim.scenario().seed).text("device code").number(issued);
    let hash = ordinal.number(sim.world().count(ordinal.finish()));
    let user_code = hash.letters(9).to_uppercase();
    let device_code = json!({ "scope": scope, "issued": issued, "id": hash.guid() });
    let page = format!("{}/devicelogin", desk.root);
    Ok(json!({
        "user_code": user_code,
        "device_code": sim.entra().seals.device.close(&device_code),
        "verification_uri": page,
        "expires_in": LIFETIME.as_secs(),
        "interval": INTERVAL,
        "message": format!(
            "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
        ),
    }))
}

/// What the user who has signed in by this code was asked for.
pub(super) fn redeem(desk: &Desk<'_>, device_code: &str) -> Result<Delegated, Denial> {
    let sim = desk.sim;
    let code: Option<Code> = sim.entra().seals.device.open(device_code);
    let code = code.ok_or_else(Denial::unknown_device_code)?;
    let age = sim.clock().unix().saturating_sub(Duration::from_millis(code.issued));
    if age >= LIFETIME {
        return Err(Denial::expired_device_code());
    }
    if age < SIGN_IN {
        return Err(Denial::authorization_pending());
    }
    let asked = Delegated::read(&code.scope)?;
    consent::check(sim, &asked)?;
    let used = Hash::seeded(sim.scenario().seed).text("redeemed").text(device_code);
    if sim.world().count(used.finish()) > 1 {
        return Err(Denial::redeemed());
    }
    Ok(asked)
}

impl Denial {
    fn authorization_pending() -> Self {
        let message = "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
        Self::bad_request("authorization_pending", 70_016, message.to_owned())
    }

    fn expired_device_code() -> Self {
        let message = "The provided value for the input parameter 'device_code' is not valid. \
                       This device code has expired.";
        Self::bad_request("expired_token", 70_020, message.to_owned())
    }

    /// Its name is that of the page on device codes; the number is that of the error with this name.
    fn unknown_device_code() -> Self {
        let message = "The provided value for the input parameter 'device_code' is not valid.";
        Self::bad_request("bad_verification_code", 70_018, message.to_owned())
    }

    fn redeemed() -> Self {
        let message = "OAuth2 Authorization code was already redeemed, please retry with a new valid code \
                       or use an existing refresh token.";
        Self::invalid_grant(54_005, message)
    }
}
