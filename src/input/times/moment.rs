//! One cell to what it says of a moment: a day, a time of day, an offset, or several of these. It knows no zone.
//!
//! The common ISO form is read straight from its bytes; everything else goes the long way, and so does all that is
//! wrong, so that the long way alone has to explain.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::DateOrder;
use super::clock::{self, Style, nanoseconds};
use super::cursor::Cursor;
use super::{FRACTION_DIGITS_MAX, date, offset};
use crate::input::flaw::Wrong;

/// Day 1 of Excel is in 1900; a number of five digits is a day from 1927 to 2173.
const SERIAL_DIGITS: usize = 5;

/// What a cell says of a moment; at least one of the first two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) date: Option<Date>,
    pub(super) time: Option<Time>,
    pub(super) offset: Option<Offset>,
}

/// Reads a cell that is not empty. `points` says that a time like `09.00` is expected before anything else.
pub(super) fn read(text: &str, order: Option<DateOrder>, points: bool) -> Result<Moment, Wrong> {
    match iso(text.as_bytes()) {
        Some(moment) => Ok(moment),
        None => any(text, order, points),
    }
}

/// `2027-02-03T09:00`, with seconds and an offset or without, when nothing is wrong with it.
fn iso(text: &[u8]) -> Option<Moment> {
    let (head, mut rest) = text.split_at_checked(16)?;
    let digit = |at: usize| Some(head[at].wrapping_sub(b'0')).filter(|digit| *digit < 10);
    let two = |at: usize| Some(i8::try_from(digit(at)? * 10 + digit(at + 1)?).unwrap_or(-1));
    let separated = head[4] == b'-' && head[7] == b'-' && matches!(head[10], b'T' | b't' | b' ') && head[13] == b':';
    if !separated {
        return None;
    }
    let year = i16::from(two(0)?) * 100 + i16::from(two(2)?);
    let date = Date::new(year, two(5)?, two(8)?).ok().filter(|date| date.year() > 0)?;
    let (mut second, mut nanosecond) = (0, 0);
    let mut plain = head[10] != b' ';
    if let [b':', tens @ b'0'..=b'5', ones @ b'0'..=b'9', after @ ..] = rest {
        second = i8::try_from((tens - b'0') * 10 + ones - b'0').ok()?;
        (rest, plain) = (after, true);
        if let [b'.' | b',', after @ ..] = rest {
            let digits = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 || digits > FRACTION_DIGITS_MAX {
                return None;
            }
            nanosecond = nanoseconds(&after[..digits]);
            rest = &after[digits..];
        }
    }
    let offset = match rest {
        [] => None,
        [b'Z' | b'z'] => Some(Offset::UTC),
        [sign @ (b'+' | b'-'), hour @ .., b':', tens @ b'0'..=b'5', ones @ b'0'..=b'9'] => {
            let [first @ b'0'..=b'1', last @ b'0'..=b'9'] = hour else { return None };
            let hours = i32::from((first - b'0') * 10 + last - b'0');
            let seconds = hours * 3600 + i32::from((tens - b'0') * 10 + ones - b'0') * 60;
            if hours > 13 || *sign == b'-' && !plain {
                return None;
            }
            Some(Offset::from_seconds(if *sign == b'+' { seconds } else { -seconds }).ok()?)
        }
        _ => return None,
    };
    let time = Time::new(two(11)?, two(14)?, second, nanosecond).ok()?;
    Some(Moment { date: Some(date), time: Some(time), offset })
}

fn any(text: &str, order: Option<DateOrder>, points: bool) -> Result<Moment, Wrong> {
    if let Some(wrong) = serial(text) {
        return Err(wrong);
    }
    let mut cursor = Cursor::new(text);
    let date = date::read(&mut cursor, order)?;
    let date_end = cursor.at();
    let mut style = Style { points: points || date.is_some(), basic: false, date };
    if date.is_some() {
        if let Some(',') = cursor.eat(&['T', 't', ',']) {
            cursor.space();
        } else if cursor.at() > date_end {
            style.basic = true;
        } else if !cursor.space() && !cursor.is_at_end() {
            return Err(trailing(&cursor, date, false));
        }
        if cursor.is_at_end() && !style.basic {
            return Ok(Moment { date, ..Moment::default() });
        }
    }
    let with_t = style.basic;
    style.basic |= date.is_some_and(|_| text.as_bytes().iter().take(8).all(u8::is_ascii_digit));
    let Some(clock) = clock::read(&mut cursor, style)? else {
        return Err(if date.is_some() { trailing(&cursor, date, false) } else { unreadable(text) });
    };
    let offset = offset::read(&mut cursor, with_t || clock.seconds && date.is_some())?;
    cursor.space();
    if !cursor.is_at_end() {
        return Err(trailing(&cursor, date, true));
    }
    Ok(Moment { date, time: Some(clock.time), offset })
}

/// A number in place of a date or time: what Excel keeps, shown when the cell is not formatted as a date.
fn serial(text: &str) -> Option<Wrong> {
    let (days, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(days) || !digits(fraction) {
        return None;
    }
    let mend = "in Excel, format the cells of this column as a date and time (Ctrl+1), like yyyy-mm-dd hh:mm, and save \
                the sheet again";
    if days.len() == SERIAL_DIGITS {
        return Some(
            Wrong::new("a number of days as Excel counts them, and not a date", mend)
                .saying("this is how Excel keeps a date: as a number, the days since 1900"),
        );
    }
    let mend = "in Excel, format the cells of this column as a time (Ctrl+1), like hh:mm, and save the sheet again";
    (days == "0" && fraction.len() > 2).then(|| {
        Wrong::new("a part of a day as Excel counts it, and not a time", mend)
            .saying("this is how Excel keeps a time: as a number, the part of the day that has passed")
    })
}

/// What was understood, and what stands after it.
fn trailing(cursor: &Cursor<'_>, date: Option<Date>, timed: bool) -> Wrong {
    let part = cursor.ahead();
    let rest = cursor.rest().trim();
    let mut ahead = cursor.clone();
    let zone = "write it in the column of the time zone, and leave it out here";
    if rest.starts_with('[') {
        return Wrong::new("a zone in brackets", zone).of_part(part);
    }
    let begins_zone = ahead.word().is_some_and(|word| {
        let is_short = (2..=5).contains(&word.text.len()) && word.text.chars().all(char::is_uppercase);
        is_short && ahead.is_at_end()
            || ahead.peek() == Some('/') && word.text.chars().next().is_some_and(char::is_uppercase)
    });
    if timed && begins_zone {
        return Wrong::new("a time zone beside the time", zone)
            .saying(format!("'{rest}' is not an offset from UTC"))
            .of_part(part);
    }
    let is_range =
        rest.starts_with(['-', '\u{2013}', '\u{2014}']) || rest.starts_with("to ") || rest.starts_with("bis ");
    if timed && is_range {
        return Wrong::new("two times in one cell", "write the end in a column of its own").of_part(part);
    }
    let understood = match (date, timed) {
        (Some(date), false) => format!("the date is understood ({}), ", date::long(date)),
        (_, true) => "the time is understood, ".to_owned(),
        (None, false) => String::new(),
    };
    let part = if part.is_empty() { 0..cursor.text().len() } else { part };
    let not = if timed { "not understood" } else { "not a time of day" };
    unreadable(cursor.text()).saying(format!("{understood}but '{rest}' after it is {not}")).of_part(part)
}

fn unreadable(text: &str) -> Wrong {
    let relative = ["today", "tomorrow", "yesterday", "now", "tonight", "next", "this", "heute", "morgen"];
    if Cursor::new(text).eat_word(&relative).is_some() {
        return Wrong::new(NOT_A_TIME, "write the date itself, like 2027-02-03T09:00")
            .saying("this depends on the day on which it is read");
    }
    let wrong =
        Wrong::new(NOT_A_TIME, "write it like 2027-02-03T09:00 with a time zone, or like 2027-02-03T09:00:00+01:00");
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return wrong.saying("there is no date and no time of day in this");
    }
    wrong.saying("this is not a date and time that exists and that can be read without a guess")
}

/// The kind of everything that is nothing more particular.
pub(super) const NOT_A_TIME: &str = "not a date and time";
