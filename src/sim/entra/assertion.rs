//! A signed assertion in place of a secret: a JWT about the client by itself, under the key of a certificate that is
//! registered (identity-platform/certificate-credentials). What another issuer says is for `federated`.
//!
//! Of a certificate it reads what checks a signature, and from when until when it is good; not who issued it. It does not
//! remember a `jti`: nothing documents that Entra does, and MSAL for Python sends an assertion again until it ends.

use std::time::Duration;

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Uri;
use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use serde::Deserialize;
use webpki::aws_lc_rs::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256_LEGACY_KEY};
use webpki::{EndEntityCert, Error, KeyUsage};

use super::denial::{Denial, date};
use super::federated;
use super::reply::Desk;
use super::seal::decode;

/// How far the clocks of the client and of Entra may differ.
const TOLERANCE: Duration = Duration::from_mins(5);
const REVIEW: &str =
    "Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .";

#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
    typ: Option<String>,
    x5t: Option<String>,
    #[serde(rename = "x5t#S256")]
    x5t_s256: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) aud: Audience,
    pub(super) iss: String,
    pub(super) sub: String,
    exp: f64,
    nbf: Option<f64>,
    jti: Option<String>,
}

/// One, or several, which other issuers write (Kubernetes always does).
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let (one, several) = match self {
            Self::One(name) => (Some(name), &[][..]),
            Self::Several(names) => (None, names.as_slice()),
        };
        one.into_iter().chain(several).map(String::as_str)
    }
}

pub(super) fn check(desk: &Desk<'_>, tenant: &str, client: &str, assertion: &str) -> Result<(), Denial> {
    let assertion = Assertion::read(assertion).ok_or_else(Denial::malformed_assertion)?;
    if federated::is_federated(desk, client, &assertion) {
        return federated::check(desk, client, &assertion);
    }
    let now = desk.sim.clock().unix();
    assertion.check_signature(client, &desk.sim.entra().registration.certificates, now)?;
    assertion.claims.check(desk, tenant, client)
}

pub(super) struct Assertion<'a> {
    pub(super) header: Header,
    pub(super) claims: Claims,
    /// The header and the claims, as they were signed.
    pub(super) signed: &'a str,
    pub(super) signature: Vec<u8>,
}

impl<'a> Assertion<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self { header: decode(header)?, claims: decode(claims)?, signed, signature })
    }

    fn check_signature(&self, client: &str, certificates: &[Vec<u8>], now: Duration) -> Result<(), Denial> {
        if self.header.typ.as_deref().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(Denial::wrong_header_type());
        }
        let algorithm: &dyn SignatureVerificationAlgorithm = match self.header.alg.as_str() {
            "RS256" => RSA_PKCS1_2048_8192_SHA256,
            "PS256" => RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
            _ => return Err(Denial::invalid_assertion("The signing algorithm is neither 'RS256' nor 'PS256'.")),
        };
        let Some(thumbprint) = self.header.thumbprint() else {
            return Err(Denial::invalid_assertion("No certificate thumbprint specified in token header."));
        };
        let hex = thumbprint.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02X}"));
        if certificates.is_empty() {
            return Err(Denial::unknown_key("No certificate is registered with the simulator.", &hex, client));
        }
        let Some(certificate) = certificates.iter().find(|certificate| self.header.names(certificate)) else {
            return Err(Denial::unknown_key("The key was not found.", &hex, client));
        };
        let certificate = CertificateDer::from(certificate.as_slice());
        let good = EndEntityCert::try_from(&certificate)
            .and_then(|certificate| certificate.verify_signature(algorithm, self.signed.as_bytes(), &self.signature));
        good.map_err(|_| Denial::wrong_signature(&hex, client))?;
        if is_out_of_time(&certificate, now) { Err(Denial::expired_certificate()) } else { Ok(()) }
    }
}

/// Whether a certificate has ended, or not begun. Nobody has to vouch for it; but its time is looked at before that.
fn is_out_of_time(certificate: &CertificateDer<'_>, now: Duration) -> bool {
    let Ok(certificate) = EndEntityCert::try_from(certificate) else { return false };
    let (now, usage) = (UnixTime::since_unix_epoch(now), KeyUsage::client_auth());
    let vouched = certificate.verify_for_usage(&[], &[], &[], now, usage, None, None);
    matches!(vouched, Err(Error::CertExpired { .. } | Error::CertNotValidYet { .. }))
}

impl Header {
    pub(super) fn thumbprint(&self) -> Option<Vec<u8>> {
        let given = self.x5t.as_deref().or(self.x5t_s256.as_deref())?;
        URL_SAFE_NO_PAD.decode(given.trim_end_matches('=')).ok()
    }

    /// Whether every thumbprint that is given is this certificate's.
    fn names(&self, certificate: &[u8]) -> bool {
        let is = |given: &Option<String>, algorithm| {
            let own = || URL_SAFE_NO_PAD.encode(digest::digest(algorithm, certificate));
            given.as_deref().is_none_or(|given| given.trim_end_matches('=') == own())
        };
        is(&self.x5t, &SHA1_FOR_LEGACY_USE_ONLY) && is(&self.x5t_s256, &SHA256)
    }
}

impl Claims {
    fn check(&self, desk: &Desk<'_>, tenant: &str, client: &str) -> Result<(), Denial> {
        let registration = &desk.sim.entra().registration;
        // More than one audience is malformed to Entra (panva/openid-client#348).
        let Audience::One(audience) = &self.aud else { return Err(Denial::malformed_assertion()) };
        if !is_token_endpoint(audience, &[tenant, &registration.tenant_id]) {
            return Err(Denial::wrong_audience());
        }
        if ![&self.iss, &self.sub].into_iter().all(|name| name.eq_ignore_ascii_case(client)) {
            return Err(Denial::wrong_issuer());
        }
        if self.jti.as_deref().is_none_or(str::is_empty) {
            return Err(Denial::invalid_assertion("The 'jti' claim is missing."));
        }
        self.check_times(desk)
    }

    pub(super) fn check_times(&self, desk: &Desk<'_>) -> Result<(), Denial> {
        let time = |seconds| Duration::try_from_secs_f64(seconds).map_err(|_| Denial::malformed_assertion());
        let (begin, end) = (time(self.nbf.unwrap_or_default())?, time(self.exp)?);
        let now = desk.sim.clock().unix();
        if begin > now.saturating_add(TOLERANCE) || end.saturating_add(TOLERANCE) <= now {
            return Err(Denial::out_of_time(now, begin, end));
        }
        Ok(())
    }
}

/// Whether it is the URL of a token endpoint, or the issuer of its tokens, at whatever host.
fn is_token_endpoint(audience: &str, tenants: &[&str]) -> bool {
    let Ok(uri) = audience.parse::<Uri>() else { return false };
    let segments: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
    let (["https" | "http"], [tenant, "oauth2", "v2.0", "token"] | [tenant, "v2.0"]) =
        ([uri.scheme_str().unwrap_or_default()], segments.as_slice())
    else {
        return false;
    };
    tenants.iter().any(|own| own.eq_ignore_ascii_case(tenant))
}

impl Denial {
    fn malformed_assertion() -> Self {
        Self::invalid_request(50_027, "JWT token is invalid or malformed.".to_owned())
    }

    pub(super) fn invalid_assertion(why: &str) -> Self {
        Self::invalid_request(50_027, format!("Invalid JWT token. {why}"))
    }

    fn wrong_header_type() -> Self {
        let message = "Invalid JWT header type specified, must be 'JWT' or 'http://openid.net/specs/jwt/1.0'.";
        Self::invalid_request(5_002_727, message.to_owned())
    }

    fn unknown_key(why: &str, thumbprint: &str, client: &str) -> Self {
        let message = format!(
            "The certificate with identifier used to sign the client assertion is not registered on application. \
             [Reason - {why}, Thumbprint of key used by client: '{thumbprint}', Please visit the Azure Portal, Graph \
             Explorer or directly use MS Graph to see configured keys for app Id '{client}'.]"
        );
        Self::invalid_client(700_027, &message)
    }

    pub(super) fn wrong_signature(thumbprint: &str, client: &str) -> Self {
        let message = format!(
            "Client assertion contains an invalid signature. [Reason - The provided signature value did not match \
             the expected signature value., Thumbprint of key used by client: '{thumbprint}', Please visit the Azure \
             Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{client}'.]"
        );
        Self::invalid_client(700_027, &message)
    }

    /// The number is in Microsoft.Identity.Web (`CertificateIsOutsideValidityWindow`); the words are not documented.
    fn expired_certificate() -> Self {
        Self::invalid_client(1_000_502, "The provided certificate is not within its specified validity period.")
    }

    fn wrong_audience() -> Self {
        let message = format!("Client assertion audience claim does not match Realm issuer. {REVIEW}");
        Self::invalid_client(700_023, &message)
    }

    fn wrong_issuer() -> Self {
        let message = format!("Client assertion application identifier doesn't match 'client_id' parameter. {REVIEW}");
        Self::invalid_client(700_021, &message)
    }

    fn out_of_time(now: Duration, begin: Duration, end: Duration) -> Self {
        let [now, begin, end] = [now, begin, end].map(date);
        let message = format!(
            "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {begin}, \
             expiry time of assertion {end}. {REVIEW}"
        );
        Self::invalid_client(700_024, &message)
    }
}
