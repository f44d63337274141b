//! A private authority: a certificate of its own, and certificates that it signs for servers.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

use crate::der::{bits, der, seq};
use crate::host::pem;

/// An authority that nobody trusts who is not told to.
pub(crate) struct Authority {
    key: EcdsaKeyPair,
    name: Vec<u8>,
    certificate: Vec<u8>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let (key, _) = key();
        let common_name = seq(&[&der(6, &[0x55, 4, 3]), &der(12, name.as_bytes())]);
        let name = seq(&[&der(0x31, &common_name)]);
        // basicConstraints, critical: it is an authority.
        let is_authority = seq(&[&der(6, &[0x55, 0x1d, 0x13]), &der(1, &[0xff]), &der(4, &seq(&[&der(1, &[0xff])]))]);
        let certificate = signed(&key, &name, &name, key.public_key().as_ref(), &is_authority);
        Self { key, name, certificate }
    }

    /// What those are given who are to trust it, as a file holds it.
    pub(crate) fn pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    /// A certificate for a server of these names, and its key (PKCS #8), as files hold them.
    pub(crate) fn certify(&self, names: &[&str]) -> (String, String) {
        let (key, pkcs8) = key();
        let names: Vec<Vec<u8>> = names.iter().map(|name| der(0x82, name.as_bytes())).collect();
        let alternative_names = seq(&[&der(6, &[0x55, 0x1d, 0x11]), &der(4, &der(0x30, &names.concat()))]);
        let subject = seq(&[]);
        let certificate = signed(&self.key, &self.name, &subject, key.public_key().as_ref(), &alternative_names);
        (pem("CERTIFICATE", &certificate), pem("PRIVATE KEY", &pkcs8))
    }
}

fn key() -> (EcdsaKeyPair, Vec<u8>) {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).expect("a key");
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).expect("it was just made");
    (key, pkcs8.as_ref().to_vec())
}

/// A certificate of one extension (RFC 5280), signed by `key`.
fn signed(key: &EcdsaKeyPair, issuer: &[u8], subject: &[u8], public_key: &[u8], extension: &[u8]) -> Vec<u8> {
    let ecdsa_with_sha256 = seq(&[&der(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])]);
    let (ec, p256) = ([0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let to_be_signed = seq(&[
        &der(0xa0, &der(2, &[2])),
        &der(2, &[1]),
        &ecdsa_with_sha256,
        issuer,
        &seq(&[&der(0x17, b"260101000000Z"), &der(0x18, b"20991231235959Z")]),
        subject,
        &seq(&[&seq(&[&der(6, &ec), &der(6, &p256)]), &bits(public_key)]),
        &der(0xa3, &seq(&[extension])),
    ]);
    let signature = key.sign(&SystemRandom::new(), &to_be_signed).expect("it signs");
    seq(&[&to_be_signed, &ecdsa_with_sha256, &bits(signature.as_ref())])
}
