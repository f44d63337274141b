//! Which encoding the bytes have, and how many bytes of the input each character of the text took.

use std::io::Read;

use anyhow::{Result, bail, ensure};
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use super::store::{Store, StoreAt};

/// How bytes become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As they are; what is no UTF-8 in them is a matter of the cell that has it.
    Utf8,
    /// Through a table. What it has no character for becomes U+FFFD.
    Other(&'static encoding_rs::Encoding),
}

impl Encoding {
    /// What a sheet has that is not UTF-8, as a rule: what Excel writes as plain CSV in Western Europe and America.
    pub(super) const FALLBACK: Self = Self::Other(WINDOWS_1252);

    /// By one of its names (WHATWG, *Encoding Standard*): `windows-1250`, `utf-16le`, `shift_jis`.
    pub fn named(name: &str) -> Option<Self> {
        // Two of the standard's encodings exist to read nothing with them.
        let encoding = encoding_rs::Encoding::for_label_no_replacement(name.trim().as_bytes())?;
        let is_text = !matches!(encoding.name(), "x-user-defined" | "ISO-2022-JP");
        is_text.then_some(if encoding == UTF_8 { Self::Utf8 } else { Self::Other(encoding) })
    }

    /// Its usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => UTF_8.name(),
            Self::Other(encoding) => match encoding.name() {
                "windows-1252" => "Windows-1252",
                name => name,
            },
        }
    }

    /// What the first bytes say for certain, and how many of them say it: a byte-order mark; or zeros where UTF-16 has
    /// them in any header of Latin letters.
    pub(super) fn of_head(head: &[u8]) -> Option<(Self, usize)> {
        match head {
            [0xef, 0xbb, 0xbf, ..] => Some((Self::Utf8, 3)),
            [0xff, 0xfe, ..] => Some((Self::Other(UTF_16LE), 2)),
            [0xfe, 0xff, ..] => Some((Self::Other(UTF_16BE), 2)),
            [first, 0, second, 0, ..] if *first > 0 && *second > 0 => Some((Self::Other(UTF_16LE), 0)),
            [0, first, 0, second, ..] if *first > 0 && *second > 0 => Some((Self::Other(UTF_16BE), 0)),
            _ => None,
        }
    }

    /// What holds when `told` was asked for and the bytes begin so; `None` when nothing says.
    pub(super) fn decide(told: Option<Self>, head: &[u8]) -> Result<(Option<Self>, usize)> {
        match (told, Self::of_head(head)) {
            (None, None) => Ok((None, 0)),
            (None, Some((found, mark))) => Ok((Some(found), mark)),
            (Some(told), Some((found, mark @ 1..))) => {
                ensure!(
                    told == found,
                    "--encoding says {}, and the input begins with the byte-order mark of {}: leave --encoding out",
                    told.name(),
                    found.name()
                );
                Ok((Some(told), mark))
            }
            (Some(told), _) => Ok((Some(told), 0)),
        }
    }

    /// The text of bytes that are whole characters.
    pub(super) fn text(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Other(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }

    /// How many bytes of the input the character took of which `byte` is one in UTF-8: the whole for its first byte, 0
    /// for those that follow it.
    pub(super) fn width(self, byte: u8) -> u64 {
        let follows = byte & 0xc0 == 0x80;
        match self {
            Self::Utf8 => 1,
            _ if follows => 0,
            Self::Other(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {
                if byte >= 0xf0 {
                    4
                } else {
                    2
                }
            }
            Self::Other(encoding) if encoding.is_single_byte() => 1,
            // The East Asian ones: two bytes for what is not ASCII. The few characters of four in GB18030, and of three
            // in EUC-JP, are taken for shorter than they are.
            Self::Other(_) => 1 + u64::from(byte >= 0x80),
        }
    }
}

/// Bytes as text in UTF-8.
pub(super) enum Text {
    Plain(StoreAt),
    Decoded(Box<DecodeReaderBytes<StoreAt, Vec<u8>>>),
}

impl Text {
    /// A store's text from a place on, which must be the beginning of a character.
    pub(super) fn from(store: &Store, place: u64, encoding: Encoding) -> Self {
        match encoding {
            Encoding::Utf8 => Self::Plain(store.from(place)),
            Encoding::Other(encoding) => {
                let mut decoder = DecodeReaderBytesBuilder::new();
                decoder.encoding(Some(encoding)).bom_sniffing(false);
                Self::Decoded(Box::new(decoder.build(store.from(place))))
            }
        }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(bytes) => bytes.read(buffer),
            Self::Decoded(decoder) => decoder.read(buffer),
        }
    }
}

/// What was asked for with `--encoding`.
pub fn parse_encoding(name: &str) -> Result<Encoding> {
    let Some(encoding) = Encoding::named(name) else {
        bail!(
            "--encoding '{name}' is not known: use utf-8, utf-16le, windows-1252 (Western Europe, America), windows-1250 \
             (Central Europe), windows-1251 (Cyrillic), shift_jis, gbk, big5 or another name that browsers know"
        );
    };
    Ok(encoding)
}
