//! An application's key and its certificate, made once for all tests, and the assertions that it signs.

use std::sync::LazyLock;

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};

use super::der::{bits, der, seq};
use super::*;

pub(super) struct Key {
    pair: RsaKeyPair,
    pub(super) certificate: Vec<u8>,
}

pub(super) static KEY: LazyLock<Key> = LazyLock::new(Key::new);

/// 1.2.840.113549.1.1.1 and .11
const RSA_ENCRYPTION: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const SHA256_WITH_RSA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];

impl Key {
    fn new() -> Self {
        Self::lasting(b"20250101000000Z", b"20991231235959Z")
    }

    /// One whose certificate is good from this time until that.
    pub(super) fn lasting(begin: &[u8], end: &[u8]) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
        let algorithm = seq(&[&der(6, &SHA256_WITH_RSA), &der(5, &[])]);
        let name = seq(&[&der(0x31, &seq(&[&der(6, &[0x55, 4, 3]), &der(12, b"convoke")]))]);
        let to_be_signed = seq(&[
            &der(0xa0, &der(2, &[2])),
            &der(2, &[1]),
            &algorithm,
            &name,
            &seq(&[&time(begin), &time(end)]),
            &name,
            &seq(&[&seq(&[&der(6, &RSA_ENCRYPTION), &der(5, &[])]), &bits(pair.public_key().as_ref())]),
        ]);
        let signature = sign(&pair, &RSA_PKCS1_SHA256, &to_be_signed);
        let certificate = seq(&[&to_be_signed, &algorithm, &bits(&signature)]);
        Self { pair, certificate }
    }

    /// A simulator that this key's certificate is registered with.
    pub(super) fn sim(&self) -> Sim {
        let certificates = vec![b"no certificate".to_vec(), self.certificate.clone()];
        Sim::registered(Scenario::calm(), Registration { certificates, ..Registration::default() })
    }

    pub(super) fn x5t(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.certificate))
    }

    pub(super) fn x5t_s256(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&SHA256, &self.certificate))
    }

    /// The modulus and the exponent: what its DER has after one head each.
    pub(super) fn numbers(&self) -> (Vec<u8>, Vec<u8>) {
        let key = self.pair.public_key().as_ref();
        (key[9..265].to_vec(), key[267..].to_vec())
    }

    /// A JWT, signed as its header says.
    pub(super) fn assert(&self, header: &Value, claims: &Value) -> String {
        let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let encoding: &dyn RsaEncoding = if header["alg"] == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(sign(&self.pair, encoding, signed.as_bytes())))
    }

    pub(super) fn header(&self) -> Value {
        json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": self.x5t_s256() })
    }
}

/// The claims of a good assertion.
pub(super) fn good_claims(sim: &Sim) -> Value {
    let now = sim.clock().unix().as_secs();
    json!({
        "aud": format!("https://login.example/{TENANT_ID}/oauth2/v2.0/token"),
        "iss": CLIENT_ID,
        "sub": CLIENT_ID,
        "jti": "0001",
        "nbf": now,
        "exp": now + 600,
    })
}

/// A form that has this assertion in place of a secret.
pub(super) fn form_with(assertion: &str) -> String {
    let kind = escaped("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    good_form().replace(
        &format!("client_secret={CLIENT_SECRET}"),
        &format!("client_assertion_type={kind}&client_assertion={assertion}"),
    )
}

/// A time of a certificate. Before 2050 it has two digits for the year.
fn time(text: &[u8]) -> Vec<u8> {
    if text < b"2050".as_slice() { der(0x17, &text[2..]) } else { der(0x18, text) }
}

fn sign(pair: &RsaKeyPair, encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), message, &mut signature).expect("it signs");
    signature
}
