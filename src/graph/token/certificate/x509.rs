//! What of a certificate matters to whom it belongs to (RFC 5280, section 4.1): its public key, and when it ends.
//!
//! It checks no signature and trusts nobody: the certificate is one's own.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::der::{Der, tag};

/// What was read of a certificate.
pub(super) struct Facts<'a> {
    /// For RSA an `RSAPublicKey` in DER.
    pub(super) public_key: &'a [u8],
    pub(super) not_after: DateTime<Utc>,
}

pub(super) fn facts(certificate: &[u8]) -> Option<Facts<'_>> {
    let mut signed = Der::new(certificate).sequence()?.sequence()?;
    // The version, the serial number, the algorithm of the signature, and the issuer.
    signed.optional(tag::EXPLICIT_0);
    signed.take(tag::INTEGER)?;
    signed.sequence()?;
    signed.sequence()?;
    let mut validity = signed.sequence()?;
    time(&mut validity)?;
    let not_after = time(&mut validity)?;
    let _subject = signed.sequence()?;
    let mut key = signed.sequence()?;
    key.algorithm()?;
    let (_unused_bits, public_key) = key.take(tag::BIT_STRING)?.split_first()?;
    Some(Facts { public_key, not_after })
}

/// A `Time`: of two digits for the year, of which those from 50 on are in the 20th century, or of four.
fn time(of: &mut Der<'_>) -> Option<DateTime<Utc>> {
    let (tag, value) = of.next()?;
    let text = str::from_utf8(value).ok()?;
    let text = match tag {
        tag::UTC_TIME => format!("{}{text}", if value.first()? < &b'5' { "20" } else { "19" }),
        tag::GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok().map(|time| time.and_utc())
}
