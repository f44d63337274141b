//! What a spreadsheet program would make of a cell: a formula, a number, or what it says.
//!
//! It judges text alone and knows no columns. What has one of the forms here holds no quotation mark.

use std::borrow::Cow;

use crate::publish::text::{clean, is_unseen};

/// What a formula begins with (OWASP, *CSV Injection*), also as East Asian keyboards write it, which some programs take
/// for the same.
const TRIGGERS: [char; 12] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'];
/// From so many digits on a number is shown as 3.98E+11, and beyond 15 it loses digits.
const DIGITS_MAX: usize = 11;
/// The longest telephone number has 15 digits (ITU-T E.164), and an extension may follow; the shortest is an emergency's.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 3..=20;
/// No number is longer, however it is grouped.
const PHONE_MAX: usize = 64;
/// A date and a time of day have as many digits without being a number, and no more.
const DATE_DIGITS: usize = 8;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Whether a program might take it for a formula, or for something else that begins so. What is before it and not seen is
/// cut off by some.
pub(super) fn is_trigger(text: &str) -> bool {
    let seen = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || is_unseen(c));
    text.starts_with(['\t', '\r', '\n']) || seen.starts_with(TRIGGERS)
}

/// Free text that is text to every program.
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    let cleaned = clean(text);
    if cleaned.trim().is_empty() || !is_trigger(text) && !is_trigger(&cleaned) {
        return cleaned;
    }
    Cow::Owned(format!("'{cleaned}"))
}

/// Whether it is a link as Graph writes them, every character of which is one that a link may have.
pub(super) fn is_link(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphanumeric())
            && rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>[\\]^`{|}".contains(&byte))
    })
}

/// Whether it is an id, one word of what ids are written with.
pub(super) fn is_id(text: &str) -> bool {
    let is_sign = |byte: u8| b"-_.:@+/=* ".contains(&byte);
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_sign(byte))
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Whether it is a telephone number where nothing else is to be expected.
pub(super) fn is_phone(text: &str) -> bool {
    let (text, own) = (text.trim_matches(' '), |byte: u8| byte.is_ascii_digit() || b"()-./ ".contains(&byte));
    let rest = text.strip_prefix('+').unwrap_or(text);
    rest.starts_with(|c: char| c.is_ascii_digit() || c == '(')
        && rest.bytes().all(own)
        && PHONE_DIGITS.contains(&digits(text))
        && text.len() <= PHONE_MAX
}

/// Whether it is a telephone number by its form alone, and neither a date nor an amount.
pub(super) fn looks_like_phone(text: &str) -> bool {
    let own = text.trim_matches(' ');
    let is_long = own.starts_with('0') && digits(own) > DATE_DIGITS;
    is_phone(own) && (own.starts_with(['+', '(']) || own.starts_with("00") || is_long)
}

/// Whether it is a number that would not stay as it stands, by its form alone: a long one, one with a zero before it, or
/// what is read as a power of ten.
pub(super) fn looks_like_id(text: &str) -> bool {
    let own = text.trim_matches(' ');
    let is_number = !own.is_empty() && digits(own) == own.len();
    is_number && (own.len() > DIGITS_MAX || own.len() > 1 && own.starts_with('0')) || is_power(own)
}

/// Whether it is a number, which is shown as it stands.
pub(super) fn is_number(text: &str) -> bool {
    (1..=DIGITS_MAX).contains(&text.len()) && digits(text) == text.len()
}

/// `12E5`, which is 1,200,000.
fn is_power(text: &str) -> bool {
    let Some((number, power)) = text.split_once(['e', 'E']) else { return false };
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    let is_all = |text: &str, also: &[u8]| text.bytes().all(|byte| byte.is_ascii_digit() || also.contains(&byte));
    digits(number) > 0 && digits(power) > 0 && is_all(number, b".") && is_all(power, b"")
}

/// Whether a program would make a number, a date or a truth of an id.
pub(super) fn would_change(id: &str) -> bool {
    let is_numeric = digits(id) > 0 && id.bytes().all(|byte| byte.is_ascii_digit() || b"-./:+ ".contains(&byte));
    let is_month = |word: &str| MONTHS.iter().any(|month| word.to_ascii_lowercase().starts_with(month));
    let letters: Vec<&str> = id.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).collect();
    let is_date = digits(id) > 0 && matches!(letters[..], [word] if is_month(word));
    let is_truth = ["true", "false"].iter().any(|word| id.eq_ignore_ascii_case(word));
    is_numeric || is_power(id) || is_date || is_truth
}

/// How many digits of a number spreadsheet programs keep.
const DIGITS_KEPT: usize = 15;

/// Whether a program that takes it for a number has lost something of it for good: a plus or a zero that it begins with,
/// or the last digits of many.
pub(super) fn would_lose(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        && (digits.len() < text.len() || digits.len() > DIGITS_KEPT || digits.len() > 1 && digits.starts_with('0'))
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
