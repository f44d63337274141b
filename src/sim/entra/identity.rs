//! ID tokens, which clients may look into, and the keys that they check them with
//! (identity-platform/id-token-claims-reference).
//!
//! The key is not made of the seed but by chance, and once in a run, when it is first asked for: a client asks for the
//! keys after it has a token. There is no certificate to it.

use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::hash::Hash;
use super::Entra;
use super::discovery::issuer;
use super::reply::Desk;
use super::seal::encode;

/// 65537, with its tag and its length.
const EXPONENT_IN_DER: [u8; 5] = [2, 3, 1, 0, 1];

pub(super) struct SigningKey {
    pair: RsaKeyPair,
    id: String,
}

impl SigningKey {
    fn new() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("this is the commonest kind of key");
        let id = URL_SAFE_NO_PAD.encode(digest::digest(&SHA256, pair.public_key().as_ref()));
        Self { pair, id }
    }

    fn sign(&self, claims: &Value) -> String {
        let header = json!({ "typ": "JWT", "alg": "RS256", "kid": self.id });
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .expect("the signature is as long as the key");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The public half, as a JWK.
    pub(super) fn publish(&self, issuer: &str) -> Value {
        // An RSAPublicKey of RFC 8017 ends in the modulus and the exponent, whose lengths are known.
        let public = self.pair.public_key().as_ref();
        let rest = public.strip_suffix(&EXPONENT_IN_DER).expect("every key is made with this exponent");
        let modulus = &rest[rest.len() - self.pair.public_modulus_len()..];
        json!({
            "kty": "RSA",
            "use": "sig",
            "kid": self.id,
            "n": URL_SAFE_NO_PAD.encode(modulus),
            "e": URL_SAFE_NO_PAD.encode(&EXPONENT_IN_DER[2..]),
            "issuer": issuer,
        })
    }
}

impl Entra {
    pub(super) fn signing(&self) -> &SigningKey {
        self.signing.get_or_init(SigningKey::new)
    }
}

/// Says to the client who has signed in.
pub(super) fn token(desk: &Desk<'_>) -> String {
    let (sim, registration) = (desk.sim, &desk.sim.entra().registration);
    let (now, user) = (sim.clock().unix().as_secs(), sim.people().signed_in());
    let pairwise = Hash::seeded(sim.scenario().seed).text(&registration.client_id).text(&user.id);
    sim.entra().signing().sign(&json!({
        "aud": registration.client_id,
        "iss": issuer(desk, &registration.tenant_id),
        "iat": now,
        "nbf": now,
        "exp": now.saturating_add(sim.scenario().token_lifetime.as_secs()),
        "name": user.display_name,
        "oid": user.id,
        "preferred_username": user.upn,
        "sub": pairwise.letters(43),
        "tid": registration.tenant_id,
        "uti": sim.next_token_id(),
        "ver": "2.0",
    }))
}
