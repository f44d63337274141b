//! TLS, for clients that speak https only. It reads PEM and nothing else, and asks no client who it is.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{Error, ServerConfig};

/// The version of HTTP that is spoken with a client that can do both, by its name in the handshake.
pub(super) const HTTP2: &[u8] = b"h2";

/// A certificate and its key.
#[derive(Clone)]
pub struct Tls(pub(super) TlsAcceptor);

impl Tls {
    /// Reads a chain of certificates, the server's own first, and its key. The error is for people.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, String> {
        let chain = certificates(certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| match error {
            pem::Error::NoItemsFound => "there is no private key in the key's file, in PEM".to_owned(),
            error => format!("the key's file is no PEM: {error}"),
        })?;
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let config = config.with_safe_default_protocol_versions();
        let config = config.and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
        let mut config = config.map_err(|error| match error {
            Error::InconsistentKeys(_) => "the key is not that of the certificate".to_owned(),
            error => format!("the certificate and the key cannot be used: {error}"),
        })?;
        config.alpn_protocols = vec![HTTP2.to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}

/// The certificates of a PEM file, of which there is one at least; what else is in it is passed over.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|error| format!("the certificate's file is no PEM: {error}"))?;
    if found.is_empty() {
        return Err("there is no certificate in the certificate's file, in PEM".to_owned());
    }
    Ok(found)
}

/// The same in DER, for [`Setup::client_certificates`](super::Setup::client_certificates).
pub fn client_certificates(pem: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    Ok(certificates(pem)?.into_iter().map(|certificate| certificate.to_vec()).collect())
}
