//! Text in HTML: what comes from outside goes through here, and through nothing else.

use std::fmt;

use crate::outcome::Status;
use crate::publish::text::clean;

/// A text that is shown as it stands, between tags or in a quoted attribute. It is no markup, whatever it says.
#[derive(Clone, Copy)]
pub(super) struct Text<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = clean(self.0);
        let mut rest = &*text;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (plain, special) = rest.split_at(at);
            f.write_str(plain)?;
            f.write_str(match special.as_bytes()[0] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &special[1..];
        }
        f.write_str(rest)
    }
}

/// Whether a browser may be led there from here: by web and by nothing else, and by all of the text as it stands.
pub(super) fn is_web_link(link: &str) -> bool {
    let start = |scheme: &str| link.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let is_plain = !link.contains(|c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c));
    (start("https://") || start("http://")) && is_plain && *clean(link) == *link
}

/// A count as people write it: `10,000`.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 row`, `10,000 rows`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(count), if count == 1 { "" } else { "s" })
}

/// The class of what has to do with a status: short, since each row has one.
pub(super) fn class(status: Status) -> &'static str {
    match status {
        Status::Created => "c",
        Status::Updated => "u",
        Status::Existing => "e",
        Status::Carried => "k",
        Status::Differs => "d",
        Status::Expiring => "y",
        Status::Expired => "x",
        Status::Gone => "g",
        Status::Cancelled => "n",
        Status::Uncertain => "q",
        Status::Invalid => "i",
        Status::Refused => "r",
        Status::Failed => "f",
        Status::Skipped => "s",
    }
}

/// How much of a thing there is, from none to all of it, in hundredths.
#[expect(clippy::cast_precision_loss, reason = "a bar is some hundred pixels long")]
pub(super) fn hundredths(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_web_address_is_a_link() {
        for link in ["https://teams.example/l/x?a=%7b&b='", "HTTP://teams.example/"] {
            assert!(is_web_link(link), "{link}");
        }
        for other in [
            "",
            "javascript:alert(1)",
            " https://teams.example/",
            "https://teams.example/\njavascript:",
            "https://teams.example/\u{202e}x",
            "https://teams.example/\"onclick=\"x",
            "data:text/html,x",
            "//teams.example/",
            "höttps://x",
        ] {
            assert!(!is_web_link(other), "{other}");
        }
    }

    #[test]
    fn counts_have_their_thousands_apart() {
        let texts = [0, 7, 999, 1_000, 12_345, 1_234_567].map(number);
        assert_eq!(texts, ["0", "7", "999", "1,000", "12,345", "1,234,567"]);
    }
}
