//! What an assertion says, and that it is signed by the key of its certificate.

use super::*;
use aws_lc_rs::digest::{SHA256, digest};
use secrecy::ExposeSecret as _;
use serde_json::Value;

/// The parts of an assertion made at this second.
fn parts(second: u64) -> (Value, Value, String) {
    let file = [
        include_bytes!("../../../tests/certificates/app.key").as_slice(),
        include_bytes!("../../../tests/certificates/app.pem"),
    ];
    let certificate = Certificate::read(&file.concat(), None).expect("good");
    let now = UNIX_EPOCH + Duration::from_millis(second * 1000 + 999);
    let text = certificate.assertion("app", "https://login.example/t/oauth2/v2.0/token", now);
    let text = text.expose_secret().to_owned();
    let mut parts = text.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).expect("base64url"));
    let mut part = || serde_json::from_slice(&parts.next().expect("a part")).expect("JSON");
    (part(), part(), text)
}

#[test]
fn an_assertion_says_what_is_documented_and_no_more() {
    let (header, mut claims, _) = parts(1_800_000_000);
    let thumbprint = digest(&SHA256, include_bytes!("../../../tests/certificates/app.der"));
    let thumbprint = URL_SAFE_NO_PAD.encode(thumbprint);
    assert_eq!(header, serde_json::json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint }));
    let id = claims["jti"].take();
    assert!(uuid::Uuid::parse_str(id.as_str().expect("text")).is_ok(), "{id}");
    assert_eq!(
        claims,
        serde_json::json!({
            "aud": "https://login.example/t/oauth2/v2.0/token",
            "iss": "app",
            "sub": "app",
            "jti": null,
            "nbf": 1_800_000_000,
            "iat": 1_800_000_000,
            "exp": 1_800_000_600,
        })
    );
}

#[test]
fn no_two_assertions_are_the_same() {
    let (_, one, _) = parts(1);
    let (_, other, _) = parts(1);
    assert_ne!(one["jti"], other["jti"]);
}

// What reads the certificate for it comes with the simulator.
#[cfg(feature = "sim")]
#[test]
fn the_signature_is_that_of_the_certificate() {
    use rustls::pki_types::CertificateDer;
    use webpki::{EndEntityCert, aws_lc_rs::RSA_PSS_2048_8192_SHA256_LEGACY_KEY};

    let (_, _, text) = parts(1_800_000_000);
    let (signed, signature) = text.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let certificate = CertificateDer::from(include_bytes!("../../../tests/certificates/app.der").as_slice());
    let certificate = EndEntityCert::try_from(&certificate).expect("a certificate");
    let check = |signed: &str| {
        certificate.verify_signature(RSA_PSS_2048_8192_SHA256_LEGACY_KEY, signed.as_bytes(), &signature).is_ok()
    };
    assert!(check(signed));
    assert!(!check(&signed[1..]));
}
