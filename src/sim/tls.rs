//! TLS, for clients that speak https only. It reads PEM and nothing else, says how other files are made PEM, and asks no
//! client who it is.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{Error, ServerConfig};
use webpki::EndEntityCert;

/// The version of HTTP that is spoken with a client that can do both, by its name in the handshake.
pub(super) const HTTP2: &[u8] = b"h2";

/// A certificate and its key.
#[derive(Clone)]
pub struct Tls(pub(super) TlsAcceptor);

impl Tls {
    /// Reads a chain of certificates, the server's own first, and its key. The error is for people.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, String> {
        let chain = certificates(certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| KEY.refusal(key, &error))?;
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let config = config.with_safe_default_protocol_versions();
        let config = config.and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
        let mut config = config.map_err(|error| match error {
            Error::InconsistentKeys(_) => "the key is not that of the certificate".to_owned(),
            Error::InvalidCertificate(_) => UNREADABLE.to_owned(),
            error => format!("the certificate and the key cannot be used: {error}"),
        })?;
        config.alpn_protocols = vec![HTTP2.to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}

/// The certificates of a PEM file, of which there is one at least; what else is in it is passed over.
fn certificates(file: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(file).collect();
    let found = found.and_then(|found| if found.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(found) });
    found.map_err(|error| CERTIFICATE.refusal(file, &error))
}

/// The same in DER, for [`Setup::client_certificates`](super::Setup::client_certificates); each of them can be read.
pub fn client_certificates(file: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let found = certificates(file)?;
    if found.iter().any(|certificate| EndEntityCert::try_from(certificate).is_err()) {
        return Err(UNREADABLE.to_owned());
    }
    Ok(found.into_iter().map(|certificate| certificate.to_vec()).collect())
}

const UNREADABLE: &str = "what is between BEGIN CERTIFICATE and END CERTIFICATE is no certificate (X.509, version 3)";

/// What a file is to hold, and how it gets there.
struct Wanted {
    item: &'static str,
    file: &'static str,
    from_der: &'static str,
}

const CERTIFICATE: Wanted = Wanted {
    item: "certificate",
    file: "certificate's file",
    from_der: "openssl x509 -inform DER -in FILE -out FILE.pem",
};
const KEY: Wanted =
    Wanted { item: "private key", file: "key's file", from_der: "openssl pkey -inform DER -in FILE -out FILE.pem" };

impl Wanted {
    /// Why it is not found in the file, and what to do.
    fn refusal(&self, bytes: &[u8], error: &pem::Error) -> String {
        let Self { item, file, from_der } = self;
        let has = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        if !has("-----BEGIN ") && is_pkcs12(bytes) {
            let convert = "openssl pkcs12 -in FILE -nodes -out FILE.pem";
            return format!("the {file} is PKCS #12, not PEM; convert it with: {convert}");
        }
        if !has("-----BEGIN ") && bytes.starts_with(&[SEQUENCE]) {
            return format!("the {file} is DER, not PEM; convert it with: {from_der}");
        }
        // The two ways in which OpenSSL has written it.
        let is_locked = has("BEGIN ENCRYPTED PRIVATE KEY") || has("Proc-Type: 4,ENCRYPTED");
        if is_locked && *item == KEY.item {
            return "the key has a passphrase; remove it with: openssl pkey -in FILE -out FILE.pem".to_owned();
        }
        match error {
            pem::Error::NoItemsFound => format!("there is no {item} in the {file}, in PEM"),
            pem::Error::MissingSectionEnd { .. } => {
                format!("the {file} is cut off: a -----BEGIN in it has no -----END")
            }
            pem::Error::IllegalSectionStart { .. } => {
                format!("the {file} is no PEM: a line that starts with -----BEGIN must end with -----")
            }
            pem::Error::Base64Decode(_) => format!("the {file} is no PEM: what is between BEGIN and END is no Base64"),
            error => format!("the {file} is no PEM: {error}"),
        }
    }
}

/// What all of these are in DER.
const SEQUENCE: u8 = 0x30;

/// Of them only PKCS #12 begins with the number 3, its version.
fn is_pkcs12(bytes: &[u8]) -> bool {
    let [SEQUENCE, length, rest @ ..] = bytes else { return false };
    let more = if *length < 0x80 { 0 } else { usize::from(length & 0x7f) };
    rest.get(more..).is_some_and(|content| content.starts_with(&[2, 1, 3]))
}
