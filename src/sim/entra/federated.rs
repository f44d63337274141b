//! Workload identity federation: the token of another issuer in place of a secret, where the application trusts it
//! (workload-id/workload-identity-federation-create-trust).
//!
//! Of an issuer nothing is fetched: whoever registers the trust brings the keys that Entra would find at the issuer's
//! address. Only RS256 is taken, and every name is compared case by case (workload-identity-federation-considerations;
//! identity-platform/reference-breaking-changes).

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::assertion::Assertion;
use super::denial::Denial;
use super::reply::Desk;

const WHERE: &str = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

/// A federated identity credential: whose tokens are good for the application, and the keys that they are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Federated {
    /// The claim `iss`.
    pub issuer: String,
    /// The claim `sub`.
    pub subject: String,
    /// What the claim `aud` may be; Azure recommends `api://AzureADTokenExchange`.
    pub audiences: Vec<String>,
    /// The issuer's keys.
    pub keys: Vec<IssuerKey>,
}

/// An issuer's public RSA key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerKey {
    /// The `kid` that the headers of its tokens name.
    pub id: Option<String>,
    /// The modulus, from its highest byte on.
    pub n: Vec<u8>,
    /// The exponent, likewise.
    pub e: Vec<u8>,
}

/// What `az ad app federated-credential create` takes, and beside it the keys as the issuer publishes them (RFC 7517).
#[derive(Deserialize)]
struct File {
    issuer: String,
    subject: String,
    audiences: Vec<String>,
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl Federated {
    /// From JSON. The error is for people; it does not name the file.
    pub fn from_json(json: &[u8]) -> Result<Self, String> {
        let file: File = serde_json::from_slice(json).map_err(|why| {
            format!("it is no federated credential, which has issuer, subject, audiences and keys in JSON: {why}")
        })?;
        if [&file.issuer, &file.subject].into_iter().chain(&file.audiences).any(String::is_empty) {
            return Err("the issuer, the subject or an audience is empty, and no token has an empty one".to_owned());
        }
        if file.audiences.is_empty() {
            return Err("it has no audience; Azure recommends api://AzureADTokenExchange".to_owned());
        }
        let keys: Option<Vec<IssuerKey>> = file.keys.into_iter().map(Jwk::read).collect();
        let keys = keys.filter(|keys| !keys.is_empty());
        let keys = keys.ok_or(r#"its keys are none: each needs "kty": "RSA", and n and e in base64url"#)?;
        Ok(Self { issuer: file.issuer, subject: file.subject, audiences: file.audiences, keys })
    }
}

impl Jwk {
    fn read(self) -> Option<IssuerKey> {
        let number = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?.trim_end_matches('=')).ok();
        let (n, e) = (number(self.n)?, number(self.e)?);
        (self.kty == "RSA" && !n.is_empty() && !e.is_empty()).then_some(IssuerKey { id: self.kid, n, e })
    }
}

/// Whether it is an issuer's, and not the client's own about itself.
pub(super) fn is_federated(desk: &Desk<'_>, client: &str, assertion: &Assertion<'_>) -> bool {
    let issuer = assertion.claims.iss.as_str();
    let is_trusted = desk.sim.entra().registration.federated.iter().any(|trust| trust.issuer == issuer);
    is_trusted || assertion.header.thumbprint().is_none() && !issuer.eq_ignore_ascii_case(client)
}

pub(super) fn check(desk: &Desk<'_>, client: &str, assertion: &Assertion<'_>) -> Result<(), Denial> {
    let claims = &assertion.claims;
    let trusts: Vec<&Federated> =
        desk.sim.entra().registration.federated.iter().filter(|trust| trust.issuer == claims.iss).collect();
    if trusts.is_empty() {
        return Err(Denial::no_trust(700_211, "issuer", &claims.iss));
    }
    let trusts: Vec<&Federated> = trusts.into_iter().filter(|trust| trust.subject == claims.sub).collect();
    if trusts.is_empty() {
        return Err(Denial::no_trust(700_213, "subject", &claims.sub));
    }
    let is_for = |trust: &&Federated| trust.audiences.iter().any(|own| claims.aud.names().any(|given| given == own));
    let Some(trust) = trusts.into_iter().find(is_for) else {
        let given: Vec<&str> = claims.aud.names().collect();
        return Err(Denial::no_trust(700_212, "audience", &given.join(", ")));
    };
    check_signature(trust, client, assertion)?;
    claims.check_times(desk)
}

fn check_signature(trust: &Federated, client: &str, assertion: &Assertion<'_>) -> Result<(), Denial> {
    if assertion.header.alg != "RS256" {
        return Err(Denial::invalid_assertion("The signing algorithm is not 'RS256'."));
    }
    let id = assertion.header.kid.as_deref();
    let mut keys = trust.keys.iter().filter(|key| id.is_none() || key.id.as_deref() == id).peekable();
    if keys.peek().is_none() {
        return Err(Denial::unknown_issuer_key(id.unwrap_or_default(), &trust.issuer));
    }
    let is_good = |key: &IssuerKey| {
        let key = RsaPublicKeyComponents { n: &key.n, e: &key.e };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, assertion.signed.as_bytes(), &assertion.signature).is_ok()
    };
    // No document has the number of this; it is that of the client's own key.
    if keys.any(is_good) { Ok(()) } else { Err(Denial::wrong_signature(id.unwrap_or_default(), client)) }
}

impl Denial {
    /// As seen in Azure/azure-workload-identity#1200.
    fn no_trust(code: u32, what: &str, given: &str) -> Self {
        let message = format!(
            "No matching federated identity record found for presented assertion {what} '{given}'. Check your federated \
             identity credential Subject, Audience and Issuer against the presented assertion. {WHERE}"
        );
        Self::invalid_client(code, &message)
    }

    /// As seen in Azure/azure-workload-identity#1232.
    fn unknown_issuer_key(id: &str, issuer: &str) -> Self {
        let message = format!(
            "The certificate with identifier {id} used to sign the federated credential could not be found in the \
             metadata of identity provider {issuer}. Please validate that your Identity Provider's metadata exposes the \
             key used to sign the incoming token."
        );
        Self::invalid_client(7_000_272, &message)
    }
}
