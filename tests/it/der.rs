//! DER by hand: as much of it as a certificate for a test takes.

/// One value in DER: its tag, its length, and itself.
pub(crate) fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(value.len()).expect("it is short").to_be_bytes();
    let head = match value.len() {
        ..0x80 => vec![tag, low],
        0x80..0x100 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [&head, value].concat()
}

/// A sequence of values.
pub(crate) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    der(0x30, &parts.concat())
}

/// A string of bits, none of them unused.
pub(crate) fn bits(value: &[u8]) -> Vec<u8> {
    der(3, &[&[0], value].concat())
}
