//! Small files that hold a secret: read in whole, and never shown. It keeps nothing.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use secrecy::zeroize::Zeroize as _;
use secrecy::{ExposeSecret as _, SecretString};

/// No secret, token or certificate is longer; it keeps a file that is something else out of memory.
const BYTES_MAX: usize = 1024 * 1024;

/// The bytes of a file; `what` it holds is told when it cannot be read.
pub(super) fn bytes(path: &Path, what: &str) -> Result<Vec<u8>> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map(|_| bytes)
    };
    let bytes: Vec<u8> = read().with_context(|| format!("the file of {what}, {}, cannot be read", path.display()))?;
    ensure!(
        bytes.len() <= BYTES_MAX,
        "{} is longer than {BYTES_MAX} bytes, so that it cannot be the file of {what}",
        path.display()
    );
    Ok(bytes)
}

/// The text of a file, without the line break at its end.
pub(super) fn secret(path: &Path, what: &str) -> Result<SecretString> {
    let mut bytes = bytes(path, what)?;
    let text = std::str::from_utf8(&bytes).ok().filter(|text| !text.contains('\0'));
    let text = text.map(|text| {
        let text = text.trim_start_matches('\u{feff}');
        let text = text.strip_suffix('\n').unwrap_or(text);
        SecretString::from(text.strip_suffix('\r').unwrap_or(text))
    });
    bytes.zeroize();
    let shown = path.display();
    let text = text.with_context(|| {
        format!(
            "the file of {what}, {shown}, is not plain text in UTF-8; Windows PowerShell writes it with -Encoding ascii"
        )
    })?;
    ensure!(!text.expose_secret().trim().is_empty(), "the file of {what}, {shown}, is empty");
    Ok(text)
}

/// Whether it can be a token (RFC 6750, section 2.1): no quotes, for one, and no braces.
pub(super) fn is_token(text: &str) -> bool {
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    !text.is_empty() && text.bytes().all(is_of_token)
}

/// The token in a file, with no space around it.
pub(super) fn token(path: &Path) -> Result<SecretString> {
    let text = secret(path, "the token")?;
    let token = text.expose_secret().trim();
    ensure!(
        is_token(token),
        "{} has more than a token in it, or characters that no token has: it must hold the token and nothing else",
        path.display()
    );
    Ok(SecretString::from(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("secret");
        std::fs::write(&path, bytes).expect("a file");
        (directory, path)
    }

    #[test]
    fn a_secret_is_what_is_in_its_file_without_the_line_break_at_the_end() {
        for (bytes, expected) in
            [("s", "s"), ("s\n", "s"), ("s\r\n", "s"), (" s \n", " s "), ("s\n\n", "s\n"), ("\u{feff}s", "s")]
        {
            let (_directory, path) = file(bytes.as_bytes());
            assert_eq!(secret(&path, "x").expect("a secret").expose_secret(), expected, "{bytes:?}");
        }
        for (bytes, words) in [
            (&b""[..], "is empty"),
            (b" \n", "is empty"),
            (b"\xff\xfes\0", "not plain text"),
            (b"s\0e\0", "not plain text"),
            (&vec![b'x'; BYTES_MAX + 1], "longer than"),
        ] {
            let (_directory, path) = file(bytes);
            let error = format!("{:#}", secret(&path, "x").expect_err(words));
            assert!(error.contains(words) && error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_token_file_holds_a_token_and_nothing_else() {
        let (_directory, path) = file(b"  abc.def \r\n");
        assert_eq!(token(&path).expect("a token").expose_secret(), "abc.def");
        for bytes in [&b"Bearer abc"[..], b"abc\ndef", b"\"abc\"", "tok\u{e9}n".as_bytes()] {
            let (_directory, path) = file(bytes);
            let error = token(&path).expect_err("it is none").to_string();
            assert!(error.contains("nothing else") && !error.contains("abc"), "{error}");
        }
    }
}
