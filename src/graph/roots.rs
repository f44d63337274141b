//! Whom a server's certificate is checked with: the system's authorities, and those that a file adds to them.
//!
//! It reads PEM and nothing else, says how other files are made PEM, and never trusts a server for any other reason.

use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

/// What every certificate is in DER.
const SEQUENCE: u8 = 0x30;

/// TLS as reqwest sets it up, but once: the roots are read once, and a new pool resumes the sessions of the old one. Where
/// the system has no authorities, those that are added must do.
pub(super) fn tls(added: &[CertificateDer<'static>]) -> Result<ClientConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(added.iter().cloned(), provider.clone())?;
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tls)
}

/// The certificates of authorities in a file, of which there is one at least; other things in it are passed over.
pub fn authorities(file: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    ensure!(!file.trim_ascii().is_empty(), "it is empty; it must hold the authority's certificate in PEM");
    let has = |text: &str| file.windows(text.len()).any(|part| part == text.as_bytes());
    if !has("-----BEGIN ") && file.starts_with(&[SEQUENCE]) {
        bail!("it is not PEM; if it is DER, convert it with: openssl x509 -inform DER -in FILE -out FILE.pem");
    }
    let found: Result<Vec<_>, PemError> = CertificateDer::pem_slice_iter(file).collect();
    let found = match found {
        Ok(found) if !found.is_empty() => found,
        Err(PemError::MissingSectionEnd { .. }) => bail!("it is cut off: a -----BEGIN in it has no -----END"),
        Ok(_) | Err(PemError::NoItemsFound) => bail!(
            "there is no certificate in it, in PEM: that is text from -----BEGIN CERTIFICATE----- to -----END \
             CERTIFICATE-----"
        ),
        Err(_) => bail!("it is no PEM: between BEGIN and END must be Base64 and nothing else"),
    };
    let mut roots = RootCertStore::empty();
    for (number, certificate) in (1..).zip(&found) {
        ensure!(roots.add(certificate.clone()).is_ok(), "the certificate number {number} in it cannot be read (X.509)");
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_no_certificate_is_refused_in_words_that_say_what_it_is() {
        let begin = "-----BEGIN CERTIFICATE-----\n";
        let end = "\n-----END CERTIFICATE-----\n";
        for (file, words) in [
            (String::new(), "it is empty"),
            (" \n\n".to_owned(), "it is empty"),
            ("hello".to_owned(), "there is no certificate in it"),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".to_owned(), "there is no certificate"),
            (format!("{begin}AAAA"), "cut off"),
            (format!("{begin}!!!!{end}"), "no PEM"),
            (format!("{begin}AAAA{end}"), "number 1 in it cannot be read"),
            ("0\u{1}".to_owned(), "openssl x509 -inform DER"),
        ] {
            let refusal = authorities(file.as_bytes()).expect_err(&file).to_string();
            assert!(refusal.contains(words), "{file:?}: {refusal}");
        }
    }
}
