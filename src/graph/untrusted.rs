//! Why a server's certificate is not trusted, in words that say what to do. It decides nothing about the run.

use std::error::Error;
use std::io;

use rustls::CertificateError;

/// Where a proxy opens TLS this is everybody's first failure.
const UNKNOWN_ISSUER: &str = "no authority that this system trusts vouches for the server's certificate; if a proxy \
    opens TLS on the way, or the server is a simulator, name the file of the authority's certificate (PEM) with --ca-file, \
    or put it among the system's root certificates (SSL_CERT_FILE, where it is set, stands for all of them)";
const EXPIRED: &str = "the server's certificate has expired, or this machine's clock is wrong";
const NOT_YET: &str = "the server's certificate is not valid yet, or this machine's clock is wrong";
const OTHER_NAME: &str = "the server's certificate is for other names than this host's; write the host as the certificate \
    has it, like localhost for 127.0.0.1";
const AUTHORITY: &str = "the server shows an authority's own certificate, which no server may; make it one with \
    basicConstraints=CA:FALSE, and name its file with --ca-file";

/// `None` when the error is about something else.
pub(super) fn why(mut cause: &(dyn Error + 'static)) -> Option<String> {
    // What an io::Error wraps is not its source, and there are io::Errors in io::Errors.
    while let Some(wrapped) = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        cause = wrapped;
    }
    let Some(rustls::Error::InvalidCertificate(error)) = cause.downcast_ref() else { return None };
    Some(words(error))
}

fn words(error: &CertificateError) -> String {
    let words = match error {
        CertificateError::UnknownIssuer => UNKNOWN_ISSUER,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => EXPIRED,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => NOT_YET,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => OTHER_NAME,
        // What reads certificates tells it by no other means than its name.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => AUTHORITY,
        other => return format!("the server's certificate cannot be accepted ({other})"),
    };
    words.to_owned()
}
