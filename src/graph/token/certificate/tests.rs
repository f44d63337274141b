//! Certificates as OpenSSL writes them (tests/certificates/make), and as they get spoilt.

use super::*;

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/certificates/", $name)).as_slice()
    };
}

const KEY: &[u8] = file!("app.key");
const CERTIFICATE: &[u8] = file!("app.pem");
const PASSWORD: &str = "öpen sesame";
/// As `openssl x509 -fingerprint -enddate` tells them.
const THUMBPRINT: &str = "EBDA59A9ECE7D317D5D187F7307FA8BBA2B7CCFA";
const ENDS: &str = "2126-10-28 22:03:42 UTC";
const OTHER_ENDS: &str = "2036-11-18 22:03:43 UTC";

fn read(bytes: &[u8], password: &str) -> Result<Certificate> {
    Certificate::read(bytes, Some(&password.into()).filter(|_| !password.is_empty()))
}

fn refusal(bytes: &[u8], password: &str) -> String {
    let why = read(bytes, password).expect_err("it is refused").to_string();
    assert!(!why.contains(PASSWORD), "{why}");
    why
}

/// That it is the app's.
fn assert_own(bytes: &[u8], password: &str) {
    let certificate = read(bytes, password).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(certificate.der, file!("app.der"));
}

#[test]
fn key_and_certificate_are_found_in_any_order_and_among_others() {
    let (other, pkcs1) = (file!("other.pem"), file!("app.pkcs1.key"));
    let bags = b"Bag Attributes\n    friendlyName: -----BEGIN\n    localKeyID: 01 02\nsubject=CN = app\n".as_slice();
    let parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n".as_slice();
    for parts in [
        &[KEY, CERTIFICATE] as &[_],
        &[CERTIFICATE, KEY],
        &[CERTIFICATE, pkcs1],
        &[other, CERTIFICATE, bags, parameters, KEY],
        &[KEY, other, bags, CERTIFICATE],
        &[file!("curve.key"), KEY, CERTIFICATE],
        &[b"\xef\xbb\xbf", KEY, CERTIFICATE, b"\xff"],
    ] {
        let file = parts.concat();
        assert_own(&file, "");
        assert_own(&file, PASSWORD);
        let file = String::from_utf8_lossy(&file).replace('\n', "\r\n");
        assert_own(file.as_bytes(), "");
    }
}

#[test]
fn what_is_locked_is_opened_by_its_password() {
    assert_own(&[file!("app.locked.key"), CERTIFICATE].concat(), PASSWORD);
    assert_own(file!("app.pfx"), PASSWORD);
    assert_own(file!("app.other-algorithms.pfx"), PASSWORD);
    assert_own(file!("app.no-mac.pfx"), PASSWORD);
    assert_own(file!("app.no-password.pfx"), "");
    assert_own(file!("app.bare.pfx"), "");
}

#[test]
fn a_wrong_password_is_said_to_be_one() {
    let locked = [file!("app.locked.key"), CERTIFICATE].concat();
    for file in [&locked, file!("app.pfx"), file!("app.other-algorithms.pfx"), file!("app.no-mac.pfx")] {
        assert!(refusal(file, "open sesame").contains("the password in AZURE_CLIENT_CERTIFICATE_PASSWORD does not"));
        assert!(refusal(file, "").contains("has a password; put it into AZURE_CLIENT_CERTIFICATE_PASSWORD"));
    }
}

#[test]
fn what_cannot_be_used_is_refused_with_the_mend() {
    let with = |key: &[u8]| [key, CERTIFICATE].concat();
    for (file, words) in [
        (with(file!("app.des3.key")), "openssl pkcs8 -topk8 -v2 aes256"),
        (with(file!("app.old.key")), "openssl pkcs8 -topk8 -v2 aes256"),
        (file!("app.old.pfx").to_vec(), "openssl pkcs12 -legacy -nodes"),
        ([file!("curve.key"), file!("curve.pem")].concat(), "Entra takes RSA only"),
        ([file!("small.key"), file!("small.pem")].concat(), "shorter than 2048 bits"),
        (KEY.to_vec(), "a private key in it but no certificate"),
        (CERTIFICATE.to_vec(), "a certificate in it but no private key"),
        (file!("app.der").to_vec(), "a certificate without its private key"),
        ([KEY, file!("other.pem")].concat(), "of two pairs"),
        (b"-----BEGIN X-----\n-----END X-----".to_vec(), "neither a certificate nor a private key"),
        (Vec::new(), "neither PEM nor PKCS#12"),
        (b"hello".to_vec(), "neither PEM nor PKCS#12"),
    ] {
        let why = refusal(&file, PASSWORD);
        assert!(why.contains(words), "{why}");
    }
}

#[test]
fn no_cut_and_no_flipped_byte_does_more_than_be_refused_or_change_nothing() {
    let pem = [KEY, CERTIFICATE].concat();
    for (file, password) in
        [(&pem, ""), (&file!("app.bare.pfx").to_vec(), ""), (&file!("app.no-mac.pfx").to_vec(), PASSWORD)]
    {
        for end in (0..file.len()).step_by(7) {
            let cut = read(&file[..end], password);
            assert!(cut.is_err() || file[end..].trim_ascii().is_empty(), "cut after {end} bytes");
        }
        for at in (0..file.len()).step_by(13) {
            let mut spoilt = file.clone();
            spoilt[at] ^= 1 << (at % 8);
            if let Ok(certificate) = read(&spoilt, password) {
                assert_eq!(
                    certificate.key.public_key().as_ref(),
                    read(file, password).expect("whole").key.public_key().as_ref()
                );
            }
        }
    }
}

#[test]
fn the_thumbprint_is_that_of_openssl_and_the_end_is_known() {
    let certificate = read(&[KEY, CERTIFICATE].concat(), "").expect("good");
    assert_eq!(certificate.thumbprint(), THUMBPRINT);
    assert_eq!(certificate.not_after().to_string(), ENDS);
    let other = pem::blocks(file!("other.pem")).expect("PEM").remove(0);
    assert_eq!(x509::facts(other.der.expose_secret()).expect("facts").not_after.to_string(), OTHER_ENDS);
}

#[test]
fn nothing_of_the_key_is_printed() {
    let certificate = read(&[KEY, CERTIFICATE].concat(), "").expect("good");
    assert_eq!(format!("{certificate:?}"), format!("Certificate({THUMBPRINT})"));
}
