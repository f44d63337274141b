//! Who asks at the token endpoint, and how that was shown: by nothing, a secret, or an assertion
//! (identity-platform/v2-oauth2-client-creds-grant-flow).
//!
//! It does not say what the client may have.

use super::assertion;
use super::denial::Denial;
use super::form::{Basic, Form};
use super::reply::Desk;

/// The only kind of assertion that there is (RFC 7523).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How a client showed who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    None,
    Secret,
    /// By a certificate, or the token of an issuer that is trusted.
    Assertion,
}

impl Proof {
    /// The claim `appidacr`.
    pub(super) fn number(self) -> &'static str {
        match self {
            Self::None => "0",
            Self::Secret => "1",
            Self::Assertion => "2",
        }
    }
}

pub(super) fn check(desk: &Desk<'_>, tenant: &str, form: &Form) -> Result<Proof, Denial> {
    let registration = &desk.sim.entra().registration;
    let basic = Basic::read(&desk.headers)?;
    let client = match &basic {
        Some(basic) if form.given("client_id").is_none() => basic.client.as_str(),
        _ => form.needed("client_id")?,
    };
    if !client.eq_ignore_ascii_case(&registration.client_id) {
        return Err(Denial::unknown_client(client, tenant));
    }
    if let Some(assertion) = form.given("client_assertion") {
        let kind = form.needed("client_assertion_type")?;
        if kind != JWT_BEARER {
            return Err(Denial::unknown_assertion_type(kind));
        }
        assertion::check(desk, tenant, client, assertion)?;
        return Ok(Proof::Assertion);
    }
    let secret = basic.as_ref().map(|basic| basic.secret.as_str());
    match form.given("client_secret").or(secret) {
        None | Some("") => Ok(Proof::None),
        Some(secret) if secret == registration.client_secret => Ok(Proof::Secret),
        Some(_) => Err(Denial::wrong_secret()),
    }
}
