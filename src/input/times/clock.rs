//! Times of day as people write them. Midnight has one name here, 00:00, and noon is 12:00 or 12 PM; a time
//! without minutes is read only where the clock is plain.

use std::ops::Range;

use jiff::civil::{Date, Time};

use super::FRACTION_DIGITS_MAX;
use super::cursor::{Cursor, Number};
use crate::input::flaw::Wrong;

/// How a time may be written where the cursor is.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// `09.00`, which without a date before it may be something else.
    pub(super) points: bool,
    /// `0900`, after a `T`.
    pub(super) basic: bool,
    /// The day that the time is on, if it is known, for messages.
    pub(super) date: Option<Date>,
}

/// A time of day and what was written of it.
pub(super) struct Clock {
    pub(super) time: Time,
    /// Whether the seconds were written.
    pub(super) seconds: bool,
}

/// The numbers of a time, before it is known that there is such a time.
struct Parts<'a> {
    hour: Number<'a>,
    minute: Option<Number<'a>>,
    second: Option<Number<'a>>,
    nanosecond: i32,
}

/// Reads the time of day that is next; `None`, and nothing read, when there is none.
pub(super) fn read(cursor: &mut Cursor<'_>, style: Style) -> Result<Option<Clock>, Wrong> {
    let begin = cursor.at();
    let mut ahead = cursor.clone();
    if let Some(word) = ahead.eat_word(&["noon", "midnight", "midday"]) {
        return Err(in_words(word.part));
    }
    let Some(parts) = parts(&mut ahead, style)? else { return Ok(None) };
    let mut after = ahead.clone();
    after.space();
    if after.eat_word(&["noon", "midnight"]).is_some() {
        return Err(in_words(after.since(begin)));
    }
    let half = half_of_day(&mut ahead);
    if parts.minute.is_none() && half.is_none() {
        let mut suffix = ahead.clone();
        suffix.space();
        if suffix.eat_word(&["h", "uhr", "hrs"]).is_none() {
            // A number alone may be anything; only when it stands alone is it worth more than "not understood".
            let alone = ahead.is_at_end() && parts.hour.value() < 24;
            return if alone { Err(bare_hour(&parts.hour)) } else { Ok(None) };
        }
        ahead = suffix;
    } else if half.is_none() {
        let mut suffix = ahead.clone();
        suffix.space();
        if suffix.eat_word(&["h", "uhr", "hrs"]).is_some() {
            ahead = suffix;
        }
    }
    let time = time(&parts, half, style.date, ahead.since(begin))?;
    *cursor = ahead;
    Ok(Some(Clock { time, seconds: parts.second.is_some() }))
}

fn parts<'a>(cursor: &mut Cursor<'a>, style: Style) -> Result<Option<Parts<'a>>, Wrong> {
    let Some(hour) = cursor.number() else { return Ok(None) };
    let mut parts = Parts { hour, minute: None, second: None, nanosecond: 0 };
    if style.basic && matches!(parts.hour.len(), 4 | 6) {
        let (text, begin) = (parts.hour.text, parts.hour.part.start);
        let piece = |from: usize| Number { text: &text[from..from + 2], part: begin + from..begin + from + 2 };
        parts.hour = piece(0);
        parts.minute = Some(piece(2));
        parts.second = (text.len() == 6).then(|| piece(4));
    } else if parts.hour.len() > 2 {
        return digits_together(cursor, &parts.hour);
    } else {
        let french = ['h', 'H'];
        let separator = cursor.peek().filter(|c| *c == ':' || style.points && *c == '.' || french.contains(c));
        let mut ahead = cursor.clone();
        if let Some(separator) = separator {
            ahead.eat(&[separator]);
            if let Some(minute) = ahead.number() {
                *cursor = ahead;
                if minute.len() != 2 {
                    return Err(Wrong::new("minutes that are not two digits", "write it like 09:05")
                        .saying(format!("the minutes are written '{}'", minute.text))
                        .of_part(minute.part));
                }
                // `0.38` may be a part of a day, as Excel has it.
                if separator == '.' && parts.hour.text == "0" {
                    return Ok(None);
                }
                parts.minute = Some(minute);
                parts.second = second(cursor, separator)?;
            }
        } else if parts.hour.len() <= 2 {
            spaced_minutes(cursor, &mut parts);
        }
    }
    if parts.second.is_some() {
        parts.nanosecond = fraction(cursor)?;
    }
    Ok(Some(parts))
}

/// `9 h 30`, `9 Uhr 30`
fn spaced_minutes<'a>(cursor: &mut Cursor<'a>, parts: &mut Parts<'a>) {
    let mut ahead = cursor.clone();
    ahead.space();
    let follows = ahead.eat_word(&["h", "uhr"]).is_some() && ahead.space();
    if let Some(minute) = ahead.number().filter(|minute| follows && minute.len() == 2) {
        parts.minute = Some(minute);
        *cursor = ahead;
    }
}

fn second<'a>(cursor: &mut Cursor<'a>, separator: char) -> Result<Option<Number<'a>>, Wrong> {
    if !matches!(separator, ':' | '.') || cursor.peek() != Some(separator) {
        return Ok(None);
    }
    cursor.eat(&[separator]);
    match cursor.number() {
        Some(second) if second.len() == 2 => Ok(Some(second)),
        second => Err(Wrong::new("seconds that are not two digits", "write it like 09:00 or 09:00:00")
            .of_part(second.map_or(cursor.ahead(), |second| second.part))),
    }
}

fn fraction(cursor: &mut Cursor<'_>) -> Result<i32, Wrong> {
    let mut ahead = cursor.clone();
    if ahead.eat(&['.', ',']).is_none() {
        return Ok(0);
    }
    let Some(digits) = ahead.number() else { return Ok(0) };
    if digits.len() > FRACTION_DIGITS_MAX {
        return Err(Wrong::new(
            "a second with more than 7 fractional digits",
            format!("keep at most {FRACTION_DIGITS_MAX} digits after the point, which is all that Graph takes"),
        )
        .of_part(digits.part));
    }
    *cursor = ahead;
    Ok(nanoseconds(digits.text.as_bytes()))
}

/// What a fraction of a second of at most nine digits is.
pub(super) fn nanoseconds(digits: &[u8]) -> i32 {
    (0..9).fold(0, |sum, place| sum * 10 + digits.get(place).map_or(0, |digit| i32::from(digit - b'0')))
}

/// `0900` has no other reading, but Excel makes 900 of it, and then nobody knows what was meant.
fn digits_together<'a>(cursor: &Cursor<'_>, number: &Number<'_>) -> Result<Option<Parts<'a>>, Wrong> {
    let (hour, minute) = (number.value() / 100, number.value() % 100);
    if !matches!(number.len(), 3 | 4) || !cursor.is_at_end() || hour > 23 || minute > 59 {
        return Ok(None);
    }
    Err(Wrong::new("a time of day without a colon", format!("write {hour:02}:{minute:02} if that is meant"))
        .of_part(number.part.clone()))
}

/// `Some(true)` after noon, by AM or PM in any of its spellings.
fn half_of_day(cursor: &mut Cursor<'_>) -> Option<bool> {
    let mut ahead = cursor.clone();
    ahead.space();
    let word = ahead.word()?;
    let is_pm = match word.text.len() {
        2 if word.is("am") => false,
        2 if word.is("pm") => true,
        1 if word.is_one_of(&["a", "p"]) => {
            let mut dotted = ahead.clone();
            if dotted.eat(&['.']).is_some() {
                dotted.space();
                if dotted.eat_word(&["m"]).is_some() {
                    ahead = dotted;
                }
            }
            word.is("p")
        }
        _ => return None,
    };
    if word.text.len() == 1 {
        ahead.eat(&['.']);
    }
    *cursor = ahead;
    Some(is_pm)
}

fn time(parts: &Parts<'_>, half: Option<bool>, date: Option<Date>, whole: Range<usize>) -> Result<Time, Wrong> {
    let no_such = |mend: String| Wrong::new("a time of day that does not exist", mend);
    let (hour, minute) = (parts.hour.value(), parts.minute.as_ref().map_or(0, Number::value));
    let second = parts.second.as_ref().map_or(0, Number::value);
    let hour = match half {
        None if hour == 24 && minute == 0 && second == 0 => return Err(end_of_day(date, whole)),
        None if hour > 23 => {
            return Err(no_such("correct the hour, which is from 0 to 23".to_owned())
                .saying(format!("there is no hour {hour}"))
                .of_part(parts.hour.part.clone()));
        }
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => {
            let mend =
                "leave AM or PM out if the clock has 24 hours; otherwise correct the hour, which is from 1 to 12";
            return Err(no_such(mend.to_owned())
                .saying(format!("there is no hour {hour} on a clock with AM and PM"))
                .of_part(whole));
        }
        Some(is_pm) => hour % 12 + if is_pm { 12 } else { 0 },
    };
    for (name, value, number) in [("minute", minute, &parts.minute), ("second", second, &parts.second)] {
        if let Some(number) = number.as_ref().filter(|_| value > 59) {
            return Err(no_such(format!("correct the {name}, which is from 0 to 59"))
                .saying(format!("there is no {name} {value}"))
                .of_part(number.part.clone()));
        }
    }
    let small = |value: u32| i8::try_from(value).unwrap_or(-1);
    Time::new(small(hour), small(minute), small(second), parts.nanosecond)
        .map_err(|_| no_such("correct the time".to_owned()).of_part(whole))
}

fn end_of_day(date: Option<Date>, whole: Range<usize>) -> Wrong {
    let mend = match date.and_then(|date| date.tomorrow().ok()) {
        Some(next) => format!("write 00:00 of the next day, {next}"),
        None => "write 00:00, with the date of the next day".to_owned(),
    };
    Wrong::new("24:00, which is 00:00 of the next day", mend).of_part(whole)
}

fn in_words(part: Range<usize>) -> Wrong {
    Wrong::new(
        "noon or midnight in words",
        "write 12:00 for noon; for midnight 00:00, with the date of the day that begins",
    )
    .of_part(part)
}

fn bare_hour(hour: &Number<'_>) -> Wrong {
    let value = hour.value();
    let mend = format!("write {value:02}:00, or say AM or PM");
    Wrong::new("an hour without minutes", mend).of_part(hour.part.clone())
}
