//! What is asked for: the fields of a form, and what stands in an Authorization header instead.
//!
//! It knows no field by name.

use std::collections::HashMap;

use axum::extract::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method};

use super::denial::Denial;

/// No document says how much Entra reads; the largest form that means anything has an assertion of a few kilobytes.
const LARGEST: usize = 2 << 20;

#[derive(Debug, Default)]
pub(super) struct Form(HashMap<String, String>);

impl Form {
    /// The body, or the query of a GET. One that is no form has no fields, and is told which one is missing.
    pub(super) async fn read(request: Request) -> Result<Self, Denial> {
        let (parts, body) = request.into_parts();
        if [Method::GET, Method::HEAD].contains(&parts.method) {
            return Self::parse(parts.uri.query().unwrap_or_default().as_bytes());
        }
        let body = axum::body::to_bytes(body, LARGEST).await.map_err(|_| Denial::too_large())?;
        if is_form(&parts.headers) { Self::parse(&body) } else { Ok(Self::default()) }
    }

    /// No field may be there twice, also none that is unknown (RFC 6749, section 3.2).
    fn parse(text: &[u8]) -> Result<Self, Denial> {
        let mut fields = HashMap::new();
        for (name, value) in form_urlencoded::parse(text).into_owned() {
            if fields.contains_key(&name) {
                return Err(Denial::repeated(&name));
            }
            fields.insert(name, value);
        }
        Ok(Self(fields))
    }

    /// An empty field is as good as none.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str, Denial> {
        self.given(name).ok_or_else(|| Denial::missing(name))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// The client and its secret, as HTTP Basic has them (RFC 6749, section 2.3.1).
pub(super) struct Basic {
    pub(super) client: String,
    pub(super) secret: String,
}

impl Basic {
    /// `None` if there is no such header; one that cannot be read is in the way.
    pub(super) fn read(headers: &HeaderMap) -> Result<Option<Self>, Denial> {
        let Some(given) = headers.get(AUTHORIZATION) else { return Ok(None) };
        let words = given.to_str().ok().and_then(|value| value.trim().split_once(' '));
        let coded = words.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Basic"));
        let plain = coded.and_then(|(_, coded)| STANDARD.decode(coded.trim()).ok());
        let plain = plain.and_then(|plain| String::from_utf8(plain).ok());
        let pair = plain.as_deref().and_then(|plain| plain.split_once(':'));
        match pair.and_then(|(client, secret)| Some((unescape(client)?, unescape(secret)?))) {
            Some((client, secret)) => Ok(Some(Self { client, secret })),
            None => Err(Denial::malformed()),
        }
    }
}

/// Undoes what a form does to a value.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                let digits = str::from_utf8(&digits).ok().filter(|digits| !digits.starts_with('+'))?;
                u8::from_str_radix(digits, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_escapes_is_read_back() {
        for (text, plain) in [("a", Some("a")), ("a+b%3A%c3%A9", Some("a b:é")), ("%", None), ("%4", None)] {
            assert_eq!(unescape(text).as_deref(), plain, "{text}");
        }
        assert_eq!(unescape("%ff"), None);
        assert_eq!(unescape("%é"), None);
    }
}
