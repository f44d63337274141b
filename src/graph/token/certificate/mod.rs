//! The app's certificate and its key, from a PEM or a PKCS#12 file, to sign assertions with.
//!
//! It takes what Entra takes: RSA, of 2,048 bits or more. The key is never shown, written or given out; what is wrong with
//! a file is told with the command that mends it.
//!
//! - `pem`, `pkcs12`: the two forms; `locked`: what is locked in them with a password
//! - `x509`: what a certificate says; `der`: how all of it is written

mod der;
mod locked;
mod pem;
mod pkcs12;
mod x509;

use std::fmt;
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair as _, RSA_PSS_SHA256, RsaKeyPair};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use self::der::{Der, tag};
use self::locked::Shut;
use self::pkcs12::Contents;

/// 1.2.840.113549.1.1.1
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];

/// An app's certificate and its private key.
#[derive(Clone)]
pub struct Certificate {
    key: Arc<RsaKeyPair>,
    /// The certificate itself.
    der: Vec<u8>,
    not_after: DateTime<Utc>,
}

impl Certificate {
    /// Reads a file that has both, in PEM or in PKCS#12, whichever it is. The error is for people.
    ///
    /// Of several certificates it is the one that belongs to the key; the rest, a chain as a rule, is passed over.
    pub fn read(bytes: &[u8], password: Option<&SecretString>) -> Result<Self> {
        let password = password.map(ExposeSecret::expose_secret).unwrap_or_default();
        let Contents { keys, certificates } = if pem::is_pem(bytes) {
            read_pem(bytes, password)?
        } else if pkcs12::is_pkcs12(bytes) {
            pkcs12::read(bytes, password).map_err(|shut| why_shut(shut, password, "the file", MEND_PKCS12))?
        } else if x509::facts(bytes).is_some() {
            bail!("it is a certificate without its private key; {BOTH}");
        } else {
            bail!("it is neither PEM nor PKCS#12; {BOTH}");
        };
        match (keys.len(), certificates.len()) {
            (0, 0) => bail!("there is neither a certificate nor a private key in it; {BOTH}"),
            (0, _) => bail!("there is a certificate in it but no private key; {BOTH}"),
            (_, 0) => bail!("there is a private key in it but no certificate; {BOTH}"),
            _ => pair(&keys, &certificates),
        }
    }

    /// The SHA-1 of the certificate in hexadecimal digits, by which the portal names it.
    pub fn thumbprint(&self) -> String {
        let digest = digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.der);
        digest.as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02X}"))
    }

    /// When the certificate ends. After that Entra takes no assertion that was signed with it.
    pub fn not_after(&self) -> DateTime<Utc> {
        self.not_after
    }

    /// The SHA-256 of the certificate.
    pub(super) fn sha256(&self) -> impl AsRef<[u8]> {
        digest::digest(&SHA256, &self.der)
    }

    /// Signs: RSASSA-PSS with SHA-256, which is PS256 (RFC 7518, section 3.5).
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        let signed = self.key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.expect("a whole RSA key signs everything");
        signature
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.thumbprint())
    }
}

const BOTH: &str =
    "a file with the certificate and its private key is needed, either in PEM or in PKCS#12 (.pfx, .p12)";
const MEND_PKCS12: &str = "`openssl pkcs12 -legacy -nodes -in OLD.pfx -out NEW.pem` (without -legacy before OpenSSL 3), \
    and use NEW.pem, which nobody else may read; or export it from Windows by `Export-PfxCertificate \
    -CryptoAlgorithmOption AES256_SHA256`";
const MEND_KEY: &str = "`openssl pkcs8 -topk8 -v2 aes256 -in OLD.pem -out KEY.pem`, and put what is in KEY.pem in the \
    place of the old key";

fn why_shut(shut: Shut, password: &str, what: &str, mend: &str) -> anyhow::Error {
    match shut {
        Shut::Unreadable => anyhow!("{what} is cut or damaged, or of a form that is not read here; try {mend}"),
        Shut::Old => {
            anyhow!("{what} is locked in an old way (as with 3DES or RC2) that is not opened here; run {mend}")
        }
        Shut::Password if password.is_empty() => {
            anyhow!("{what} has a password; put it into AZURE_CLIENT_CERTIFICATE_PASSWORD")
        }
        Shut::Password => anyhow!("the password in AZURE_CLIENT_CERTIFICATE_PASSWORD does not open {what}"),
    }
}

fn read_pem(bytes: &[u8], password: &str) -> Result<Contents> {
    let mut contents = Contents::default();
    for block in pem::blocks(bytes)? {
        match block.label {
            "CERTIFICATE" => contents.certificates.push(block.der.expose_secret().to_vec()),
            "ENCRYPTED PRIVATE KEY" => {
                let key = pkcs12::open_key(Der::new(block.der.expose_secret()), password.as_bytes());
                contents.keys.push(key.map_err(|shut| why_shut(shut, password, "the private key", MEND_KEY))?);
            }
            label if label.ends_with("PRIVATE KEY") && block.is_locked => {
                return Err(why_shut(Shut::Old, password, "the private key", MEND_KEY));
            }
            label if label.ends_with("PRIVATE KEY") => contents.keys.push(block.der),
            _ => {}
        }
    }
    Ok(contents)
}

/// The first key that a certificate belongs to, with that.
fn pair(keys: &[SecretSlice<u8>], certificates: &[Vec<u8>]) -> Result<Certificate> {
    let mut why = None;
    for key in keys {
        let key = match rsa_key(key.expose_secret()) {
            Ok(key) => key,
            Err(error) => {
                why.get_or_insert(error);
                continue;
            }
        };
        for certificate in certificates {
            let Some(facts) = x509::facts(certificate) else {
                why.get_or_insert_with(|| anyhow!("a certificate in it is damaged"));
                continue;
            };
            if facts.public_key == key.public_key().as_ref() {
                return Ok(Certificate { key: Arc::new(key), not_after: facts.not_after, der: certificate.clone() });
            }
        }
    }
    Err(why.unwrap_or_else(|| anyhow!("no certificate in it belongs to its private key; they are of two pairs")))
}

/// A key, in PKCS#8 or in PKCS#1, if Entra takes what it signs (Microsoft identity platform, *certificate credentials*).
fn rsa_key(der: &[u8]) -> Result<RsaKeyPair> {
    let inner = || {
        let mut key = Der::new(der).sequence()?;
        key.number()?;
        Some(key)
    };
    let mut inner = inner().ok_or_else(|| anyhow!("the private key is damaged"))?;
    let key = match inner.algorithm() {
        Some((RSA_ENCRYPTION, _)) => RsaKeyPair::from_pkcs8(der),
        None if inner.optional(tag::INTEGER).is_some() => RsaKeyPair::from_der(der),
        _ => bail!(
            "the private key is not of RSA but of another kind, as of an elliptic curve; Entra takes RSA only: make a new \
             key and certificate with RSA, register the certificate with the app, and use those"
        ),
    };
    key.map_err(|why| match why.to_string().as_str() {
        "TooSmall" => anyhow!("the private key is shorter than 2048 bits, which is not safe; make a new one"),
        "TooLarge" => anyhow!("the private key is longer than 8192 bits; make a new one of 2048 to 4096"),
        _ => anyhow!("the private key is damaged"),
    })
}

#[cfg(test)]
mod tests;
