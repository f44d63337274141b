//! A token as programs and managed identities give it: JSON with the token and its end, in the spellings that there are,
//! or the token alone. Nothing of it is ever shown.

use std::time::{Duration, SystemTime};

use chrono::DateTime;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::file::is_token;
use super::login::secret_header;
use super::source::Fetched;
use super::{LIFETIME_DEFAULT, LIFETIME_MAX};
use crate::graph::{claims, wire};

/// Reads what was given; `None` when there is no token in it.
///
/// Its end is `expires_on`, in seconds since 1970 (as managed identities and the Azure CLI have it; it goes before the
/// CLI's `expiresOn`, which is in the time of a place that it does not name), or what the token says itself. A managed
/// identity's `expires_in` counts from when the token was issued, which may have been long ago; so the nearest end of
/// those that are told is taken for the true one, unless it has passed, which is a wrong clock.
pub(super) fn read(text: &[u8], now: SystemTime) -> Option<Fetched> {
    // Windows writes UTF-16, or UTF-8 with a mark before it.
    let text = Zeroizing::new(encoding_rs::UTF_8.decode(text).0.into_owned());
    let body = match json(text.trim()) {
        Some(Value::String(token)) => return alone(&token.into(), now),
        Some(body @ Value::Object(_)) => body,
        // Like null, which is what a query for what is not there prints.
        Some(Value::Null | Value::Bool(_)) => return None,
        _ => return alone(&text.trim().into(), now),
    };
    let member = |names: &[&str]| names.iter().find_map(|name| wire::text(&body, &[name]));
    let token = SecretString::from(member(&["access_token", "accessToken"])?);
    let on = member(&["expires_on"]).and_then(|text| epoch(&text).or_else(|| zoned(&text)));
    let on = on.or_else(|| claims::ends(&token));
    let on = on.or_else(|| member(&["expiresOn", "expires_at"]).and_then(|text| epoch(&text).or_else(|| zoned(&text))));
    let within = member(&["expires_in", "expiresIn"]).and_then(|text| seconds(&text));
    let rest = on.and_then(|on| on.duration_since(now).ok());
    let lifetime = [rest, within].into_iter().flatten().filter(|rest| !rest.is_zero()).min();
    Some(Fetched { header: header(&token)?, lifetime: Some(lifetime.unwrap_or(LIFETIME_DEFAULT).min(LIFETIME_MAX)) })
}

/// JSON, though there may be lines of another kind before it: programs warn on standard output, too.
fn json(text: &str) -> Option<Value> {
    let after_warnings = || serde_json::from_str(&text[text.find("\n{")?..]).ok();
    serde_json::from_str(text).ok().or_else(after_warnings)
}

/// A token and nothing else. How long it lasts only the token itself may say.
fn alone(token: &SecretString, now: SystemTime) -> Option<Fetched> {
    let lifetime = claims::ends(token).and_then(|ends| ends.duration_since(now).ok());
    Some(Fetched { header: header(token)?, lifetime: lifetime.map(|rest| rest.min(LIFETIME_MAX)) })
}

fn header(token: &SecretString) -> Option<::http::HeaderValue> {
    if is_token(token.expose_secret()) { secret_header(token) } else { None }
}

fn seconds(text: &str) -> Option<Duration> {
    // No clock can be reckoned with more, and nothing lasts so long.
    Duration::try_from_secs_f64(text.trim().parse::<f64>().ok()?.min(1e12)).ok()
}

fn epoch(text: &str) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(seconds(text)?)
}

fn zoned(text: &str) -> Option<SystemTime> {
    Some(DateTime::parse_from_rfc3339(text.trim()).ok()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifetime(text: &str) -> Option<u64> {
        let now = epoch("1800000000").expect("a time");
        let fetched = read(text.as_bytes(), now).unwrap_or_else(|| panic!("{text}"));
        assert!(fetched.header.is_sensitive());
        fetched.lifetime.map(|lifetime| lifetime.as_secs())
    }

    #[test]
    fn the_end_of_a_token_is_read_in_every_spelling() {
        for (text, expected) in [
            (r#"{"access_token":"t","expires_on":"1800000600","expires_in":"3599"}"#, 600),
            (r#"{"access_token":"t","expires_on":1800000600}"#, 600),
            (r#"{"access_token":"t","expires_in":"3599"}"#, 3599),
            (r#"{"access_token":"t","expires_in":60,"expires_on":1700000000}"#, 60),
            (r#"{"accessToken":"t","expires_on":1800000600,"expiresOn":"2027-01-15 11:00:00.000000"}"#, 600),
            (r#"{"accessToken":"t","expiresOn":"2027-01-15 11:00:00.000000"}"#, 3600),
            (r#"{"accessToken":"t","expiresOn":"2027-01-15T08:10:00Z"}"#, 600),
            (r#"{"access_token":"t","expires_on":"2027-01-15T08:10:00+00:00"}"#, 600),
            (r#"{"access_token":"t"}"#, 3600),
            (r#"{"access_token":"t","expires_in":99999999999999999999}"#, 86_400),
            (r#"{"access_token":"t","expires_in":"soon","expires_on":null}"#, 3600),
        ] {
            assert_eq!(lifetime(text), Some(expected), "{text}");
        }
        assert_eq!(lifetime(" bare-token \r\n"), None);
    }

    #[test]
    fn a_token_is_found_in_quotes_behind_a_mark_behind_warnings_and_in_utf_16() {
        let json = r#"{"accessToken":"a.b-c"}"#;
        let utf_16 = |text: &str| format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        for text in [
            b"\"a.b-c\"\r\n".to_vec(),
            b"\xef\xbb\xbfa.b-c\n".to_vec(),
            format!("\u{feff}{json}").into_bytes(),
            format!("WARNING: {{old}} version\r\nmore\r\n{json}\r\n").into_bytes(),
            utf_16(json),
            utf_16("a.b-c\r\n"),
        ] {
            let fetched = read(&text, SystemTime::UNIX_EPOCH).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!(fetched.token(), "a.b-c");
        }
    }

    #[test]
    fn what_is_no_token_is_not_taken_for_one() {
        for text in ["", " \n", "{}", r#"{"access_token":""}"#, r#"{"access_token":"a b"}"#, "two words", "a\nb", "tök"]
            .into_iter()
            .chain([r#"{"access_token":"#, "[]", "\"\"", "\"a b\"", "'a'", "null", "WARNING:\n{", "a\n\"b\""])
        {
            assert!(read(text.as_bytes(), SystemTime::UNIX_EPOCH).is_none(), "{text:?}");
        }
    }
}
