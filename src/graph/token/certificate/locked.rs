//! What is locked with a password: PBES2 (RFC 8018), in keys and in PKCS#12 files.
//!
//! Of what came before it nothing is opened: 3DES and RC2 are told from the rest, so that they can be refused with the
//! command that locks the same anew.

use std::num::NonZeroU32;

use aws_lc_rs::cipher::{AES_128, AES_192, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA384, PBKDF2_HMAC_SHA512};
use secrecy::{ExposeSecret as _, ExposeSecretMut as _, SecretSlice};

use super::der::{Algorithm, Der, tag};

/// 1.2.840.113549.1.5.13 and .12
const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12];
/// 1.2.840.113549.2.x
const HMAC_WITH_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 7];
const HMAC_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9];
const HMAC_WITH_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 10];
const HMAC_WITH_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11];
/// 2.16.840.1.101.3.4.1.x
const AES_128_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2];
const AES_192_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 22];
const AES_256_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42];

/// How often a password is hashed at the most. OpenSSL and Windows do it some 2,000 times, the cautious a million times;
/// a file that asks for more would only keep everybody waiting.
pub(super) const ROUNDS_MAX: u32 = 10_000_000;

/// Why something stays locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shut {
    /// It is cut, or not what it should be.
    Unreadable,
    /// It is locked in another way than with PBES2 and AES.
    Old,
    /// This password does not open it.
    Password,
}

/// Opens what was locked by this algorithm.
pub(super) fn open(locked_by: Algorithm<'_>, locked: &[u8], password: &[u8]) -> Result<SecretSlice<u8>, Shut> {
    let (algorithm, mut parameters) = locked_by;
    if algorithm != PBES2 {
        return Err(Shut::Old);
    }
    let mut parameters = parameters.sequence().ok_or(Shut::Unreadable)?;
    let derivation = Derivation::read(&mut parameters)?;
    let (cipher, mut iv) = parameters.algorithm().ok_or(Shut::Unreadable)?;
    let (cipher, key_length) = match cipher {
        AES_128_CBC => (&AES_128, 16),
        AES_192_CBC => (&AES_192, 24),
        AES_256_CBC => (&AES_256, 32),
        _ => return Err(Shut::Old),
    };
    let iv = iv.take(tag::OCTET_STRING).and_then(|iv| FixedLength::try_from(iv).ok()).ok_or(Shut::Unreadable)?;
    let key = derivation.key(password, key_length);
    let key = UnboundCipherKey::new(cipher, key.expose_secret()).and_then(PaddedBlockDecryptingKey::cbc_pkcs7);
    let key = key.map_err(|_| Shut::Unreadable)?;
    let mut opened = SecretSlice::from(locked.to_vec());
    let opened = key.decrypt(opened.expose_secret_mut(), DecryptionContext::Iv128(iv)).map_err(|_| Shut::Password)?;
    Ok(opened.to_vec().into())
}

/// How a key is made of a password: PBKDF2, the one way that PBES2 and PBMAC1 (RFC 9579) have.
pub(super) struct Derivation<'a> {
    hash: pbkdf2::Algorithm,
    salt: &'a [u8],
    rounds: NonZeroU32,
    /// How long the key is to be, where that is said.
    pub(super) key_length: Option<u32>,
}

impl<'a> Derivation<'a> {
    pub(super) fn read(from: &mut Der<'a>) -> Result<Self, Shut> {
        let (algorithm, mut parameters) = from.algorithm().ok_or(Shut::Unreadable)?;
        if algorithm != PBKDF2 {
            return Err(Shut::Old);
        }
        let mut parameters = parameters.sequence().ok_or(Shut::Unreadable)?;
        let salt = parameters.take(tag::OCTET_STRING).ok_or(Shut::Unreadable)?;
        let rounds = rounds(parameters.number()).ok_or(Shut::Unreadable)?;
        let key_length = parameters.optional_number();
        // That with SHA-1 is meant where none is named.
        let hash = match parameters.algorithm().map_or(HMAC_WITH_SHA1, |(hash, _)| hash) {
            HMAC_WITH_SHA1 => PBKDF2_HMAC_SHA1,
            HMAC_WITH_SHA256 => PBKDF2_HMAC_SHA256,
            HMAC_WITH_SHA384 => PBKDF2_HMAC_SHA384,
            HMAC_WITH_SHA512 => PBKDF2_HMAC_SHA512,
            _ => return Err(Shut::Old),
        };
        Ok(Self { hash, salt, rounds, key_length })
    }

    pub(super) fn key(&self, password: &[u8], length: usize) -> SecretSlice<u8> {
        let mut key = SecretSlice::from(vec![0; length]);
        pbkdf2::derive(self.hash, self.rounds, self.salt, password, key.expose_secret_mut());
        key
    }
}

/// A number of rounds that can be gone through.
pub(super) fn rounds(given: Option<u32>) -> Option<NonZeroU32> {
    given.filter(|rounds| *rounds <= ROUNDS_MAX).and_then(NonZeroU32::new)
}
