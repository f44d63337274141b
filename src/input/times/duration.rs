//! How long a meeting takes, as people write it: minutes, or a number with its unit. A number that may be minutes or
//! hours is refused.

use chrono::TimeDelta;

use super::cursor::{Cursor, Number};
use crate::input::flaw::Wrong;

const HOURS: [&str; 8] = ["h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"];
const MINUTES: [&str; 7] = ["m", "min", "mins", "minute", "minutes", "minuten", "mn"];
const SECONDS: [&str; 1] = ["s"];
/// More is a slip of the pen; so many minutes are 19 years.
const DIGITS_MAX: usize = 7;

const MEND: &str = "write minutes like 90, or hours and minutes like 1:30 or 1 h 30 min";

/// Reads a cell that is not empty.
pub(super) fn read(text: &str) -> Result<TimeDelta, Wrong> {
    if text.starts_with(['-', '\u{2212}']) {
        return Err(Wrong::new("a duration that is negative", MEND));
    }
    let seconds = match text.as_bytes() {
        [b'P' | b'p', ..] => iso(text),
        _ => clock(text)?.map_or_else(|| in_words(text), |seconds| Ok(Some(seconds))),
    }?;
    match seconds {
        Some(0) => Err(Wrong::new("a duration of nothing", MEND)),
        Some(seconds) => TimeDelta::try_seconds(seconds).ok_or_else(|| unreadable(0..text.len())),
        None => Err(unreadable(0..text.len())),
    }
}

/// `1:30`, `1:30:00`, and after it perhaps an `h`.
fn clock(text: &str) -> Result<Option<i64>, Wrong> {
    let mut cursor = Cursor::new(text);
    let Some(hours) = cursor.number().filter(|_| cursor.peek() == Some(':')) else { return Ok(None) };
    let mut seconds = value(&hours)? * 3600;
    for unit in [60, 1] {
        if cursor.eat(&[':']).is_none() {
            break;
        }
        let Some(number) = cursor.number() else { return Err(unreadable(cursor.ahead())) };
        if number.len() != 2 || number.value() > 59 {
            return Err(Wrong::new("a duration that is not understood", MEND)
                .saying(format!("after the colon there are two digits from 00 to 59, and not '{}'", number.text))
                .of_part(number.part));
        }
        seconds += value(&number)? * unit;
    }
    cursor.space();
    cursor.eat_word(&HOURS);
    if cursor.is_at_end() { Ok(Some(seconds)) } else { Err(unreadable(cursor.ahead())) }
}

/// `90`, `90 min`, `1h30`, `1.5 h`
fn in_words(text: &str) -> Result<Option<i64>, Wrong> {
    let mut cursor = Cursor::new(text);
    let (mut seconds, mut last) = (0, i64::MAX);
    while !cursor.is_at_end() {
        let (number, fraction, part) = amount(&mut cursor)?;
        cursor.space();
        let unit = match cursor.word() {
            Some(word) if word.is_one_of(&HOURS) => 3600,
            Some(word) if word.is_one_of(&MINUTES) => 60,
            Some(word) => return Err(unreadable(word.part)),
            // A number alone is minutes, and so is what follows the hours.
            None if fraction.is_none() => 60,
            None => {
                return Err(Wrong::new("a duration without its unit", MEND)
                    .saying("this may be hours, minutes or a part of a day")
                    .of_part(part));
            }
        };
        // Each unit once, the greater first.
        if unit >= last || last == 3600 && unit == 60 && number.value() > 59 {
            return Err(unreadable(part).saying("hours come first, then minutes up to 59, each once"));
        }
        last = unit;
        seconds += value(&number)? * unit + decimals(fraction.as_ref(), unit, part)?;
        cursor.eat(&['.']);
        cursor.space();
        if seconds > 0 && cursor.eat(&[',']).is_some() | cursor.eat_word(&["and", "und"]).is_some() {
            cursor.space();
        }
    }
    Ok((last < i64::MAX).then_some(seconds))
}

/// A number, the digits after its point, and the place of both.
type Amount<'a> = (Number<'a>, Option<Number<'a>>, std::ops::Range<usize>);

fn amount<'a>(cursor: &mut Cursor<'a>) -> Result<Amount<'a>, Wrong> {
    let begin = cursor.at();
    let number = cursor.number().ok_or_else(|| unreadable(cursor.ahead()))?;
    let fraction = if cursor.eat(&['.', ',']).is_some() { cursor.number() } else { None };
    Ok((number, fraction, cursor.since(begin)))
}

/// `PT1H30M`
fn iso(text: &str) -> Result<Option<i64>, Wrong> {
    let mut cursor = Cursor::new(text);
    cursor.eat(&['P', 'p']);
    if cursor.eat(&['T', 't']).is_none() {
        return Err(Wrong::new("a duration of days", "write hours and minutes, like PT24H or 24:00")
            .saying("a day is not always 24 hours long"));
    }
    let (mut seconds, mut last) = (0, i64::MAX);
    while !cursor.is_at_end() {
        let (number, fraction, part) = amount(&mut cursor)?;
        let unit = match cursor.word() {
            Some(word) if word.is("h") => 3600,
            Some(word) if word.is("m") => 60,
            Some(word) if word.is_one_of(&SECONDS) => 1,
            word => return Err(unreadable(word.map_or(part, |word| word.part))),
        };
        if unit >= last {
            return Err(unreadable(part));
        }
        last = unit;
        seconds += value(&number)? * unit + decimals(fraction.as_ref(), unit, part)?;
    }
    Ok((last < i64::MAX).then_some(seconds))
}

fn value(number: &Number<'_>) -> Result<i64, Wrong> {
    if number.len() > DIGITS_MAX {
        return Err(Wrong::new("a duration that is too long", MEND).of_part(number.part.clone()));
    }
    Ok(i64::from(number.value()))
}

/// What a fraction of a unit is in seconds, when it is whole seconds.
fn decimals(fraction: Option<&Number<'_>>, unit: i64, part: std::ops::Range<usize>) -> Result<i64, Wrong> {
    let Some(fraction) = fraction else { return Ok(0) };
    let scale = u32::try_from(fraction.len()).ok().and_then(|digits| 10_i64.checked_pow(digits));
    let seconds =
        scale.filter(|_| fraction.len() <= DIGITS_MAX).map(|scale| (value(fraction).unwrap_or(0) * unit, scale));
    match seconds {
        Some((parts, scale)) if parts % scale == 0 => Ok(parts / scale),
        _ => Err(Wrong::new("a duration that is not understood", MEND)
            .saying("this is not a whole number of seconds")
            .of_part(part)),
    }
}

fn unreadable(part: std::ops::Range<usize>) -> Wrong {
    let wrong = Wrong::new("a duration that is not understood", MEND);
    // It breaks off where something is missing.
    if part.is_empty() { wrong } else { wrong.of_part(part) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_in_all_its_forms() {
        for (text, minutes) in [
            ("90", 90),
            ("90 min", 90),
            ("90min.", 90),
            ("90 Minutes", 90),
            ("1:30", 90),
            ("01:30:00", 90),
            ("1:30 h", 90),
            ("1 h", 60),
            ("2 hours", 120),
            ("1h30", 90),
            ("1h30m", 90),
            ("1 h 30 min", 90),
            ("1 hr, 30 mins", 90),
            ("1 hour and 30 minutes", 90),
            ("1.5 h", 90),
            ("1,5 Std.", 90),
            ("PT1H30M", 90),
            ("pt90m", 90),
            ("PT1.5H", 90),
            ("PT5400S", 90),
            ("25:00", 1500),
        ] {
            assert_eq!(read(text), Ok(TimeDelta::minutes(minutes)), "{text}");
        }
    }

    #[test]
    fn a_duration_that_may_be_another_is_refused_and_its_part_is_marked() {
        for (text, kind, part) in [
            ("0", "a duration of nothing", None),
            ("0:00", "a duration of nothing", None),
            ("PT0S", "a duration of nothing", None),
            ("-30", "a duration that is negative", None),
            ("1.5", "a duration without its unit", Some("1.5")),
            ("0,0625", "a duration without its unit", Some("0,0625")),
            ("1:75", "a duration that is not understood", Some("75")),
            ("1:5", "a duration that is not understood", Some("5")),
            ("1 h 75", "a duration that is not understood", Some("75")),
            ("1.3333 min", "a duration that is not understood", Some("1.3333")),
            ("2 days", "a duration that is not understood", Some("days")),
            ("2027:", "a duration that is not understood", None),
            ("P1D", "a duration of days", None),
            ("PT", "a duration that is not understood", Some("PT")),
            ("90 90", "a duration that is not understood", Some("90")),
            ("12345678", "a duration that is too long", Some("12345678")),
            ("long", "a duration that is not understood", Some("long")),
        ] {
            let wrong = read(text).expect_err(text);
            assert_eq!((wrong.kind, wrong.part.map(|part| &text[part])), (kind, part), "{text}");
        }
    }
}
