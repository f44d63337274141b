//! The signed assertion in place of a secret: a JWT in which the app vouches for itself (Microsoft identity platform,
//! *certificate credentials*).
//!
//! It tells no time: what is now comes from the caller.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde::Serialize;

use super::certificate::Certificate;

/// How long an assertion is good: the longest that the page advises. It is used at once, and then never again.
const LIFETIME: Duration = Duration::from_mins(10);

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    #[serde(rename = "x5t#S256")]
    x5t_s256: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: &'a str,
    nbf: u64,
    iat: u64,
    exp: u64,
}

impl Certificate {
    /// An assertion by this app for this token endpoint, good from now on for ten minutes, unlike all others.
    pub fn assertion(&self, client_id: &str, audience: &str, now: SystemTime) -> SecretString {
        let thumbprint = URL_SAFE_NO_PAD.encode(self.sha256());
        let header = Header { alg: "PS256", typ: "JWT", x5t_s256: &thumbprint };
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let id = uuid::Builder::from_random_bytes(fastrand::u128(..).to_ne_bytes()).into_uuid().to_string();
        let claims = Claims {
            aud: audience,
            iss: client_id,
            sub: client_id,
            jti: &id,
            nbf: now.as_secs(),
            iat: now.as_secs(),
            exp: (now + LIFETIME).as_secs(),
        };
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.sign(signed.as_bytes()));
        format!("{signed}.{signature}").into()
    }
}

/// A part of a JWT.
fn encode(part: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).expect("text and numbers are JSON"))
}

#[cfg(test)]
#[path = "assertion_tests.rs"]
mod tests;
