//! PKCS#12, the `.pfx` and `.p12` files of Windows and of the Azure portal (RFC 7292): the keys and certificates in one.
//!
//! It opens what OpenSSL 3 writes by itself, and Windows when it is told to (PBES2 with AES), with a password and without.
//! The older locks are not opened (see [`locked`]).

use std::num::NonZeroU32;

use aws_lc_rs::{digest, hmac};
use secrecy::{ExposeSecret as _, SecretSlice};

use super::der::{Algorithm, Der, tag};
use super::locked::{self, Derivation, Shut};

/// 1.2.840.113549.1.7.x
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
const ENCRYPTED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 6];
/// 1.2.840.113549.1.12.10.1.x
const KEY_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 1];
const LOCKED_KEY_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 2];
const CERTIFICATE_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 3];
/// 1.2.840.113549.1.9.22.1
const X509_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 22, 1];
/// 1.2.840.113549.1.5.14 (RFC 9579)
const PBMAC1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 14];
/// 1.2.840.113549.2.x
const HMAC_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9];
const HMAC_WITH_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11];
/// 1.3.14.3.2.26
const SHA1: &[u8] = &[0x2b, 14, 3, 2, 26];
/// 2.16.840.1.101.3.4.2.x
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
const SHA384: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2];
const SHA512: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];
/// What a key is made for: here for the MAC (RFC 7292, appendix B.3).
const FOR_MAC: u8 = 3;

/// What is in a file.
#[derive(Default)]
pub(super) struct Contents {
    /// In PKCS#8.
    pub(super) keys: Vec<SecretSlice<u8>>,
    /// In DER.
    pub(super) certificates: Vec<Vec<u8>>,
}

/// Whether it begins as such a file does: with version 3.
pub(super) fn is_pkcs12(bytes: &[u8]) -> bool {
    Der::new(bytes).sequence().and_then(|mut file| file.number()) == Some(3)
}

/// Opens a file.
pub(super) fn read(bytes: &[u8], password: &str) -> Result<Contents, Shut> {
    let (safe, mac) = parts(bytes).ok_or(Shut::Unreadable)?;
    if let Some(mac) = mac {
        check_mac(mac, safe, password)?;
    }
    let mut contents = Contents::default();
    let mut safe = Der::new(safe).sequence().ok_or(Shut::Unreadable)?;
    while !safe.is_empty() {
        let (kind, mut content) = content_info(&mut safe).ok_or(Shut::Unreadable)?;
        match kind {
            DATA => contents.add(content.take(tag::OCTET_STRING).ok_or(Shut::Unreadable)?, password)?,
            ENCRYPTED_DATA => {
                let (locked_by, data) = encrypted_data(content).ok_or(Shut::Unreadable)?;
                contents.add(locked::open(locked_by, data, password.as_bytes())?.expose_secret(), password)?;
            }
            // For the holder of a key instead of a password: nobody writes such a file.
            _ => return Err(Shut::Unreadable),
        }
    }
    Ok(contents)
}

/// The safe, in DER, and what vouches for it.
fn parts(bytes: &[u8]) -> Option<(&[u8], Option<Der<'_>>)> {
    let mut file = Der::new(bytes).sequence()?;
    file.number()?;
    let (kind, mut content) = content_info(&mut file)?;
    let safe = content.take(tag::OCTET_STRING).filter(|_| kind == DATA)?;
    let mac = if file.is_empty() { None } else { Some(file.sequence()?) };
    Some((safe, mac))
}

/// A `ContentInfo`, and what is of the same form: of what kind it is, and what it holds.
fn content_info<'a>(from: &mut Der<'a>) -> Option<(&'a [u8], Der<'a>)> {
    object(&mut from.sequence()?)
}

fn object<'a>(from: &mut Der<'a>) -> Option<(&'a [u8], Der<'a>)> {
    Some((from.take(tag::OBJECT_ID)?, from.inner(tag::EXPLICIT_0)?))
}

/// An `EncryptedData`: what it was locked by, and what was locked.
fn encrypted_data(mut from: Der<'_>) -> Option<(Algorithm<'_>, &[u8])> {
    let mut data = from.sequence()?;
    data.number()?;
    let mut content = data.sequence()?;
    content.take(tag::OBJECT_ID)?;
    Some((content.algorithm()?, content.take(tag::IMPLICIT_0)?))
}

/// An `EncryptedPrivateKeyInfo`, opened.
pub(super) fn open_key(mut from: Der<'_>, password: &[u8]) -> Result<SecretSlice<u8>, Shut> {
    let mut parts = || {
        let mut key = from.sequence()?;
        Some((key.algorithm()?, key.take(tag::OCTET_STRING)?))
    };
    let (locked_by, locked) = parts().ok_or(Shut::Unreadable)?;
    locked::open(locked_by, locked, password)
}

impl Contents {
    /// Adds what is in the bags of a `SafeContents`, but for what is neither a key nor a certificate.
    fn add(&mut self, bags: &[u8], password: &str) -> Result<(), Shut> {
        let mut bags = Der::new(bags).sequence().ok_or(Shut::Unreadable)?;
        while !bags.is_empty() {
            let (kind, mut value) = content_info(&mut bags).ok_or(Shut::Unreadable)?;
            match kind {
                KEY_BAG => self.keys.push(value.rest().to_vec().into()),
                LOCKED_KEY_BAG => self.keys.push(open_key(value, password.as_bytes())?),
                CERTIFICATE_BAG => {
                    let mut bag = value.sequence().ok_or(Shut::Unreadable)?;
                    let (kind, mut certificate) = object(&mut bag).ok_or(Shut::Unreadable)?;
                    if kind == X509_CERTIFICATE {
                        let certificate = certificate.take(tag::OCTET_STRING).ok_or(Shut::Unreadable)?;
                        self.certificates.push(certificate.to_vec());
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Fails when the MAC of the safe is not of this password.
fn check_mac(mut mac: Der<'_>, safe: &[u8], password: &str) -> Result<(), Shut> {
    let mut info = mac.sequence().ok_or(Shut::Unreadable)?;
    let (algorithm, parameters) = info.algorithm().ok_or(Shut::Unreadable)?;
    let value = info.take(tag::OCTET_STRING).ok_or(Shut::Unreadable)?;
    if algorithm == PBMAC1 {
        return check_pbmac1(parameters, safe, value, password);
    }
    let (digest, hmac) = match algorithm {
        SHA1 => (&digest::SHA1_FOR_LEGACY_USE_ONLY, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        SHA256 => (&digest::SHA256, hmac::HMAC_SHA256),
        SHA384 => (&digest::SHA384, hmac::HMAC_SHA384),
        SHA512 => (&digest::SHA512, hmac::HMAC_SHA512),
        _ => return Err(Shut::Old),
    };
    let salt = mac.take(tag::OCTET_STRING).ok_or(Shut::Unreadable)?;
    let rounds = if mac.is_empty() { Some(1) } else { mac.number() };
    let rounds = locked::rounds(rounds).ok_or(Shut::Unreadable)?;
    // A password ends with a null character, and no password is either none at all or an empty one that ends so.
    let mut wide: Vec<u8> = password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
    loop {
        let key = hmac::Key::new(hmac, mac_key(digest, &wide, salt, rounds).expose_secret());
        if hmac::verify(&key, safe, value).is_ok() {
            return Ok(());
        }
        if !password.is_empty() || wide.is_empty() {
            return Err(Shut::Password);
        }
        wide.clear();
    }
}

fn check_pbmac1(mut parameters: Der<'_>, safe: &[u8], value: &[u8], password: &str) -> Result<(), Shut> {
    let mut parameters = parameters.sequence().ok_or(Shut::Unreadable)?;
    let derivation = Derivation::read(&mut parameters)?;
    let hmac = match parameters.algorithm().ok_or(Shut::Unreadable)?.0 {
        HMAC_WITH_SHA256 => hmac::HMAC_SHA256,
        HMAC_WITH_SHA512 => hmac::HMAC_SHA512,
        _ => return Err(Shut::Old),
    };
    let length = derivation.key_length.filter(|length| *length <= 64).ok_or(Shut::Unreadable)?;
    let key = derivation.key(password.as_bytes(), length as usize);
    hmac::verify(&hmac::Key::new(hmac, key.expose_secret()), safe, value).map_err(|_| Shut::Password)
}

/// The key of the MAC (RFC 7292, appendix B.2). It is as long as a digest, so that the first block is all of it.
fn mac_key(digest: &'static digest::Algorithm, password: &[u8], salt: &[u8], rounds: NonZeroU32) -> SecretSlice<u8> {
    let fill = |from: &[u8]| -> Vec<u8> {
        let length = from.len().next_multiple_of(digest.block_len());
        from.iter().copied().cycle().take(length).collect()
    };
    let purpose = vec![FOR_MAC; digest.block_len()];
    let mut key = digest::digest(digest, &[purpose, fill(salt), fill(password)].concat());
    for _ in 1..rounds.get() {
        key = digest::digest(digest, key.as_ref());
    }
    key.as_ref().to_vec().into()
}
