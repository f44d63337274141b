//! What an answer repeats of what it was asked with, cut out of it before anybody reads it: a refusal may hold the
//! whole request, a token or a secret in it, spelt as forms, JSON, web pages and Basic spell it.
//!
//! It judges nothing, and what is cut nobody gets back.

use ::http::{HeaderValue, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

/// What stands in its place.
const CUT: &str = "(cut)";
/// What is shorter is no secret, and to cut it would only spoil words.
const LENGTH_MIN: usize = 4;
/// So much of the beginning of a secret is cut, too: some services shorten what they repeat.
const BEGINNING_MIN: usize = 12;
/// What every part of a JWT that is JSON begins with.
const JWT: &[u8] = b"eyJ";
/// A text that begins so and is as long is one, whosever it is.
const JWT_MIN: usize = 30;
/// Of web pages.
const ENTITIES: [(&[u8], u8); 8] = [
    (b"&amp;", b'&'),
    (b"&lt;", b'<'),
    (b"&gt;", b'>'),
    (b"&quot;", b'"'),
    (b"&apos;", b'\''),
    (b"&#39;", b'\''),
    (b"&#x27;", b'\''),
    (b"&#34;", b'"'),
];

/// A text to look for, and how much of its beginning is enough.
struct Needle {
    text: SecretString,
    enough: usize,
}

/// What is not to be shown.
pub(super) struct Hidden(Vec<Needle>);

impl Hidden {
    /// A secret or a token, in all its spellings; where it is empty, still what looks like a token.
    pub(super) fn new(secret: &str) -> Self {
        let mut needles = Vec::new();
        let mut add = |text: &str, enough: usize| {
            if text.len() >= LENGTH_MIN {
                needles.push(Needle { text: text.into(), enough: enough.min(text.len()) });
            }
        };
        add(secret, BEGINNING_MIN);
        let parts = secret.split('.').skip(1).filter(|part| part.len() >= BEGINNING_MIN);
        for part in parts {
            add(part, BEGINNING_MIN);
        }
        // A service that shows one of several lines shows a part of it.
        let lines = secret.lines().filter(|line| line.len() < secret.len());
        for line in lines {
            add(line, BEGINNING_MIN);
        }
        if secret.len() >= LENGTH_MIN {
            for text in in_base64(secret) {
                add(text.expose_secret(), usize::MAX);
            }
        }
        Self(needles)
    }

    /// The text without it.
    pub(super) fn cut(&self, text: &str) -> String {
        let (mut shown, mut at) = (String::with_capacity(text.len()), 0);
        while let Some(char) = text[at..].chars().next() {
            let end = at + self.length_at(text.as_bytes(), at);
            if end > at {
                // The end of what is cut may be in the midst of a character, if only in theory.
                at = (end..text.len()).find(|&end| text.is_char_boundary(end)).unwrap_or(text.len());
                shown.push_str(CUT);
            } else {
                shown.push(char);
                at += char.len_utf8();
            }
        }
        shown
    }

    /// The answer without it: in its headers, and in its body, whose JSON may spell everything in escapes.
    pub(super) fn cut_in(&self, mut reply: Response<Bytes>) -> Response<Bytes> {
        for value in reply.headers_mut().values_mut() {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let cut = self.cut(&text);
            if cut != text {
                *value = HeaderValue::try_from(cut).unwrap_or(HeaderValue::from_static(CUT));
            }
        }
        let body = if let Ok(mut body) = serde_json::from_slice::<Value>(reply.body()) {
            self.cut_in_value(&mut body).then(|| body.to_string())
        } else {
            let text = String::from_utf8_lossy(reply.body()).into_owned();
            Some(self.cut(&text)).filter(|cut| *cut != text)
        };
        if let Some(body) = body {
            *reply.body_mut() = body.into();
        }
        reply
    }

    /// Whether there was any of it.
    fn cut_in_value(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => {
                let cut = self.cut(text);
                let was_there = cut != *text;
                *text = cut;
                was_there
            }
            Value::Array(values) => {
                values.iter_mut().fold(false, |was_there, value| self.cut_in_value(value) | was_there)
            }
            Value::Object(members) => {
                members.values_mut().fold(false, |was_there, value| self.cut_in_value(value) | was_there)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// How much is to be cut at a place, in bytes.
    fn length_at(&self, text: &[u8], at: usize) -> usize {
        let of_needle = |needle: &Needle| begun(needle.text.expose_secret().as_bytes(), needle.enough, &text[at..]);
        self.0.iter().filter_map(of_needle).max().unwrap_or_default().max(jwt(text, at))
    }
}

/// How long the spelling of a needle, or of enough of its beginning, is that a text begins with.
fn begun(needle: &[u8], enough: usize, text: &[u8]) -> Option<usize> {
    if text.starts_with(needle) {
        return Some(needle.len());
    }
    let mut length = 0;
    for (number, byte) in needle.iter().enumerate() {
        match spelt(*byte, &text[length..]) {
            Some(more) => length += more,
            None => return (number >= enough).then_some(length),
        }
    }
    Some(length)
}

/// How long the spelling of a byte is that a text begins with.
fn spelt(byte: u8, text: &[u8]) -> Option<usize> {
    let first = *text.first()?;
    if !matches!(first, b'%' | b'\\' | b'&' | b'+') {
        return (first == byte).then_some(1);
    }
    let hex = |at: usize| u8::from_str_radix(str::from_utf8(text.get(at..at + 2)?).ok()?, 16).ok();
    let escapes: [(&[u8], Option<u8>, usize); 8] = [
        (b"%25", hex(3), 5),
        (b"%", hex(1), 3),
        (b"+", Some(b' '), 1),
        (b"\\u00", hex(4), 6),
        (b"\\x", hex(2), 4),
        (b"\\n", Some(b'\n'), 2),
        (b"\\r", Some(b'\r'), 2),
        (b"\\", text.get(1).copied(), 2),
    ];
    let escape = escapes.iter().find(|(lead, stands_for, _)| text.starts_with(lead) && *stands_for == Some(byte));
    let entity = || ENTITIES.iter().find(|(entity, stands_for)| text.starts_with(entity) && *stands_for == byte);
    let length = escape.map(|(.., length)| *length).or_else(|| entity().map(|(entity, _)| entity.len()));
    length.or((first == byte).then_some(1))
}

/// How long the JWT is that begins at a place.
fn jwt(text: &[u8], at: usize) -> usize {
    let is_begun = at > 0 && text[at - 1].is_ascii_alphanumeric();
    if is_begun || !text[at..].starts_with(JWT) {
        return 0;
    }
    let length = text[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.=".contains(byte)).count();
    let is_one = length >= JWT_MIN || text[at..at + length].windows(4).any(|four| four == b".eyJ");
    if is_one { length } else { 0 }
}

/// What base64 makes of it, wherever it stands in what is encoded: but for the characters that it shares with what is
/// before and after it.
fn in_base64(secret: &str) -> Vec<SecretString> {
    let mut texts = Vec::new();
    for (before, shared) in [(0, 0), (1, 2), (2, 3)] {
        let bytes = [&[0; 2][..before], secret.as_bytes()].concat();
        let whole = bytes.len() / 3 * 4;
        for text in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            texts.push(text[shared..whole].into());
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = r#"h~s/h+ "8Q\q&'<=?%41>"#;

    #[test]
    fn a_secret_is_cut_however_it_is_spelt() {
        let hidden = Hidden::new(SECRET);
        for spelt in [
            SECRET,
            "h~s%2Fh%2B%20%228Q%5Cq%26%27%3C%3D%3F%2541%3E",
            "h%7es%2fh%2b+%228Q%5cq%26%27%3c%3d%3f%2541%3e",
            "h~s%252Fh%252B%2520%25228Q%255Cq%2526%2527%253C%253D%253F%252541%253E",
            r#"h~s\/h+ \"8Q\\q\u0026'\u003c=?%41\u003e"#,
            r"h~s/h+ &quot;8Q\q&amp;&#39;&lt;=?%41&gt;",
        ] {
            assert_eq!(hidden.cut(&format!("before {spelt} after")), "before (cut) after", "{spelt}");
        }
        for before in ["", "a", "ab", "app:"] {
            for text in [
                STANDARD_NO_PAD.encode(format!("{before}{SECRET}:x")),
                URL_SAFE_NO_PAD.encode(format!("{before}{SECRET}")),
            ] {
                assert!(hidden.cut(&text).contains(CUT), "{before} {text}");
            }
        }
    }

    #[test]
    fn what_is_shortened_and_the_parts_of_a_token_are_cut_too() {
        let hidden = Hidden::new("eyJhbGciOiJub25lIn0.eyJhIjoxfQ0123.c2lnbmF0dXJlc2ln");
        for (said, shown) in [
            ("got eyJhbGciOiJub25lIn0.eyJhIjox...", "got (cut)"),
            ("signature c2lnbmF0dXJlc2ln, no", "signature (cut), no"),
            ("signature c2lnbmF0dXJlc2…", "signature (cut)…"),
            ("another's eyJ0.eyJ9.x is", "another's (cut) is"),
            ("eyJafjalla.jokull@contoso.example", "eyJafjalla.jokull@contoso.example"),
            ("c2lnbmF0", "c2lnbmF0"),
        ] {
            assert_eq!(hidden.cut(said), shown, "{said}");
        }
        assert_eq!(Hidden::new("abc").cut("abc"), "abc");
        assert_eq!(Hidden::new("one-line\nanother").cut("got one-line."), "got (cut).");
        assert_eq!(Hidden::new("").cut("Übung, nothing to hide"), "Übung, nothing to hide");
    }

    #[test]
    fn an_answer_has_it_neither_in_its_body_nor_in_its_headers() {
        let hidden = Hidden::new("hush-hush-hush");
        for (body, shown) in [
            (r#"{"a":["hush\u002dhush-hush!"],"b":1}"#, r#"{"a":["(cut)!"],"b":1}"#),
            ("<p>hush-hush-hush</p>", "<p>(cut)</p>"),
            (r#"{ "b": "spaces stay" }"#, r#"{ "b": "spaces stay" }"#),
        ] {
            let reply =
                Response::builder().header("request-id", "r hush-hush-hush").body(body.into()).expect("an answer");
            let reply = hidden.cut_in(reply);
            assert_eq!(
                (reply.body().as_ref(), &reply.headers()["request-id"]),
                (shown.as_bytes(), &"r (cut)".parse().expect("text"))
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_else_is_changed(text in ".{0,40}") {
            proptest::prop_assert_eq!(Hidden::new("\u{1}secret").cut(&text), text);
        }
    }
}
