//! Graph's own invitation block, `joinInformation`, as HTML. Graph writes it as the content of a data URL.
//!
//! It decodes and makes nothing safe: who shows it has to.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

/// What is longer is dropped. Graph's own have some 10,000 characters.
const CONTENT_MAX: usize = 1 << 20;

/// The invitation, from `content` and `contentType`; `None` when there is none, or one that is neither HTML nor text.
pub(super) fn decoded(content: Option<&str>, kind: Option<&str>) -> Option<String> {
    let content = content.filter(|content| content.len() <= CONTENT_MAX)?;
    let kind = kind.unwrap_or_default();
    let is = |wanted: &str| kind.eq_ignore_ascii_case(wanted);
    let (text, is_plain) = match data_url(content) {
        Some((head, data)) => (data_of(head, data)?, head.starts_with("text/plain")),
        None if is("html") || is("text") => (Cow::Borrowed(content), is("text")),
        None => return None,
    };
    let html = if is_plain { text.replace('&', "&amp;").replace('<', "&lt;") } else { text.into_owned() };
    Some(html).filter(|html| !html.trim().is_empty())
}

/// What stands before the comma of a data URL, and what stands behind it (RFC 2397).
fn data_url(content: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = content.split_at_checked(5)?;
    if scheme.eq_ignore_ascii_case("data:") { rest.split_once(',') } else { None }
}

/// Graph writes a space as `+`, as forms do, and a plus as `%2b`. Escapes that are none stay as they are.
fn data_of<'a>(head: &str, data: &'a str) -> Option<Cow<'a, str>> {
    if head.ends_with(";base64") {
        let bytes = STANDARD.decode(percent_decode_str(data).collect::<Vec<u8>>()).ok()?;
        return Some(String::from_utf8_lossy(&bytes).into_owned().into());
    }
    let spaced = data.replace('+', " ");
    Some(percent_decode_str(&spaced).decode_utf8_lossy().into_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_of_a_data_url_is_decoded_and_html_is_taken_as_it_is() {
        for (content, kind, html) in [
            (
                "data:text/html,%3cdiv+style%3d%22width%3a100%25%3b%22%3e%3c%2fdiv%3e",
                "html",
                "<div style=\"width:100%;\"></div>",
            ),
            ("data:text/html,%2b1+206-555%2D0100+%c3%bc%E4%BC%9A", "HTML", "+1 206-555-0100 ü会"),
            ("DATA:text/html;charset=utf-8,a,b%2cc", "", "a,b,c"),
            ("data:text/html;base64,PGI+w7w8L2I+", "html", "<b>ü</b>"),
            ("data:text/html,100%+of%zz%4", "html", "100% of%zz%4"),
            ("data:text/html,%ff", "html", "\u{fffd}"),
            ("data:text/plain,1+%3c+2+%26", "text", "1 &lt; 2 &amp;"),
            ("<p>a+b%20</p>", "html", "<p>a+b%20</p>"),
            ("1 < 2", "text", "1 &lt; 2"),
            ("data: what it is", "html", "data: what it is"),
        ] {
            assert_eq!(decoded(Some(content), Some(kind)).as_deref(), Some(html), "{content}");
        }
    }

    #[test]
    fn what_is_no_invitation_or_too_long_is_none() {
        let long = "x".repeat(CONTENT_MAX + 1);
        for (content, kind) in [
            (None, Some("html")),
            (Some("<p>a</p>"), None),
            (Some("<p>a</p>"), Some("pdf")),
            (Some("data:text/html,"), Some("html")),
            (Some("data:text/html,%20+"), Some("html")),
            (Some("data:text/html;base64,!"), Some("html")),
            (Some(long.as_str()), Some("html")),
        ] {
            assert_eq!(decoded(content, kind), None);
        }
    }
}
