//! The words of a scenario's text: durations, numbers, shares; and the nearest to a word that is none.
//!
//! Each is read exactly as it is written. What is wrong is said for a person at a terminal, without the item that it is
//! wrong in, which `compose` names.

use std::ops::RangeInclusive;
use std::time::Duration;

/// The longest duration of a scenario.
pub(super) const YEAR: Duration = Duration::from_hours(365 * 24);

/// The units of time and the nanoseconds in them, the longest first.
const UNITS: [(&str, u128); 5] = [
    ("d", 24 * 3_600_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
];
/// No duration is written with more decimals: a second has no more.
const DECIMALS_MAX: usize = 9;
/// How alike a word must be to one that is known for it to be taken for a slip of the fingers.
const ALIKE_MIN: f64 = 0.75;
/// How much of a text is shown in a message, in characters.
const SHOWN_MAX: usize = 60;

pub(super) fn read_duration(text: &str, bounds: RangeInclusive<Duration>) -> Result<Duration, String> {
    let (least, most) = (*bounds.start(), *bounds.end());
    let digits = text.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let (value, text) = (read_number(number).filter(|_| decimals.len() <= DECIMALS_MAX), shown(text));
    let unit = match unit {
        "" if value == Some(0.0) => "ms",
        "" if value.is_some() => {
            return Err(format!("'{text}' has no unit; {text}ms, {text}s, {text}m, {text}h, {text}d"));
        }
        unit => unit,
    };
    let Some((_, unit)) = UNITS.iter().find(|(name, _)| *name == unit && value.is_some()) else {
        return Err(format!("'{text}' is no duration; a number and one of ms, s, m, h, d, as in 250ms or 1.5s"));
    };
    match in_nanos(whole, decimals, *unit).map_or(Duration::MAX, Duration::from_nanos) {
        time if time < least => Err(format!("{text} is too short; {} at the least", show_duration(least))),
        time if time > most => Err(format!("{text} is too long; {} at the most", show_duration(most))),
        time => Ok(time),
    }
}

/// `None`: more than five centuries.
fn in_nanos(whole: &str, decimals: &str, unit: u128) -> Option<u64> {
    let count = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<u128>().ok() };
    let ten = 10_u128.pow(u32::try_from(decimals.len()).ok()?);
    let part = count(decimals)? * unit / ten;
    u64::try_from(count(whole)?.checked_mul(unit)?.checked_add(part)?).ok()
}

/// In the longest unit in which it is a whole number.
pub(super) fn show_duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    match UNITS.iter().find(|(_, unit)| nanos > 0 && nanos.is_multiple_of(*unit)) {
        Some((name, unit)) => format!("{}{name}", nanos / unit),
        None if nanos == 0 => "0ms".to_owned(),
        None => {
            let text = format!("{}.{:06}", nanos / 1_000_000, nanos % 1_000_000);
            format!("{}ms", text.trim_end_matches('0'))
        }
    }
}

/// A number in plain digits; no sign, no exponent.
pub(super) fn read_number(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|number: &f64| is_plain && number.is_finite())
}

pub(super) fn read_share(text: &str) -> Result<f64, String> {
    let share = match text.strip_suffix('%') {
        Some(percent) => read_number(percent).map(|percent| percent / 100.0),
        None => read_number(text),
    };
    match share {
        Some(share) if share <= 1.0 => Ok(share),
        Some(share) if share <= 100.0 && !text.ends_with('%') => {
            Err(format!("a share is at most 1, which is all of them; {text}% if that is what is meant"))
        }
        Some(_) => Err(format!("{} is more than all; at most 100%, or 1", shown(text))),
        None => Err(format!("'{}' is no share; a percentage as in 2%, or a part of 1 as in 0.02", shown(text))),
    }
}

/// As a percentage where that is exact and no longer.
pub(super) fn show_share(share: f64) -> String {
    let (plain, percent) = (share.to_string(), format!("{}%", (share * 1e11).round() / 1e9));
    if percent.len() <= plain.len() + 1 && read_share(&percent) == Ok(share) { percent } else { plain }
}

/// The name that is most like this one, if it is like it at all.
pub(super) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let alike = names.into_iter().map(|known| (strsim::jaro_winkler(known, &name), known));
    let (alike, known) = alike.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (alike >= ALIKE_MIN).then_some(known)
}

/// The beginning of a text that may be of any length.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
