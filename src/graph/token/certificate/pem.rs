//! PEM: what stands between `-----BEGIN` and `-----END`, and nothing else of the file (RFC 7468).

use anyhow::{Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};

const BEGIN: &str = "-----BEGIN ";

/// One block of a file.
pub(super) struct Block<'a> {
    /// What it says that it is, like `CERTIFICATE`.
    pub(super) label: &'a str,
    /// Whether it is locked as keys were before PKCS#8 (RFC 1421's `Proc-Type`).
    pub(super) is_locked: bool,
    pub(super) der: SecretSlice<u8>,
}

pub(super) fn is_pem(bytes: &[u8]) -> bool {
    bytes.windows(BEGIN.len()).any(|window| window == BEGIN.as_bytes())
}

/// All blocks, in their order. The text before, between and after them may be anything.
pub(super) fn blocks(bytes: &[u8]) -> Result<Vec<Block<'_>>> {
    let mut blocks = Vec::new();
    let mut lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).map(|line| str::from_utf8(line).unwrap_or(""));
    while let Some(line) = lines.next() {
        let Some(label) = line.find(BEGIN).and_then(|at| line[at + BEGIN.len()..].trim_end().strip_suffix("-----"))
        else {
            continue;
        };
        let end = format!("-----END {label}-----");
        let (mut text, mut is_locked, mut is_whole) = (String::new(), false, false);
        for line in lines.by_ref().map(str::trim) {
            is_whole = line == end;
            if is_whole || line.starts_with(BEGIN) {
                break;
            }
            is_locked |= line.starts_with("Proc-Type:") && line.ends_with("ENCRYPTED");
            if !line.contains(':') {
                text.push_str(line);
            }
        }
        if !is_whole {
            bail!("it is cut: `-----BEGIN {label}-----` has no `{end}`");
        }
        let Ok(der) = STANDARD.decode(SecretString::from(text).expose_secret()) else {
            bail!("what stands between `-----BEGIN {label}-----` and `{end}` is damaged: it is no base64");
        };
        blocks.push(Block { label, is_locked, der: der.into() });
    }
    Ok(blocks)
}
