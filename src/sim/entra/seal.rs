//! What only the simulator can write and read: JWTs under an HMAC whose key is made of the seed.
//!
//! So a token outlives the run that gave it out, and none has to be remembered. Entra signs with RS256; but nobody but
//! Graph may look into a token for Graph, and this check is made for each request. It keeps nothing secret from anybody
//! who reads this file.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// One key for each kind of thing, so that none is taken for another.
pub(super) struct Seals {
    pub(super) access: Seal,
    pub(super) refresh: Seal,
    pub(super) device: Seal,
}

impl Seals {
    pub(super) fn new(seed: u64) -> Self {
        let seal = |kind: &str| {
            let secret = format!("convoke simulator, seed {seed}, {kind}");
            Seal { key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), id: format!("simulator-{kind}-{seed}") }
        };
        Self { access: seal("access"), refresh: seal("refresh"), device: seal("device") }
    }
}

pub(super) struct Seal {
    key: hmac::Key,
    id: String,
}

/// The part of a header that decides how the rest is read.
#[derive(Deserialize)]
struct Header {
    alg: String,
}

impl Seal {
    pub(super) fn close(&self, claims: &Value) -> String {
        let header = json!({ "typ": "JWT", "alg": "HS256", "kid": self.id });
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let tag = hmac::sign(&self.key, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// What was closed with this seal; `None` for everything else.
    pub(super) fn open<T: DeserializeOwned>(&self, text: &str) -> Option<T> {
        let (signed, tag) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&self.key, signed.as_bytes(), &tag).ok()?;
        let header: Header = decode(header)?;
        if header.alg == "HS256" { decode(claims) } else { None }
    }
}

/// A part of a JWT.
pub(super) fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// What a part of a JWT says, if it says anything.
pub(super) fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
