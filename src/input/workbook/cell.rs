//! The text of a cell, as Excel means it: dates by the number format, numbers to the digits that Excel keeps.
//!
//! What Excel shows as `#####` (a date before its first or after its last) is left the number that it is: the rows'
//! own reading refuses it. This module refuses nothing.

use std::fmt::Write as _;

use calamine::{DataRef, Style};
use jiff::civil::{Date, date};

/// The days after which Excel's calendar ends: 31 December 9999 in the system that begins with 1900.
const DAYS_END: u32 = 2_958_466;
/// How much later the system of 1904 begins, in days.
const DAYS_TO_1904: u32 = 1_462;
const DAY_MS: u64 = 86_400_000;
/// A time in fractions of a day is off by some microseconds; a sum of times by up to this. More is meant.
const NOISE_MS: u64 = 1;

/// The most digits that a number is filled up to with zeros.
const ZEROS_MOST: usize = 15;

/// What the number format of a cell shows of a date, or of a number that is an id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    date: bool,
    time: bool,
    /// To how many digits a whole number is filled up, as by `00000`: an id is what is shown.
    digits: usize,
}

impl Shown {
    /// By the format of a style.
    pub(super) fn of_style(style: &Style) -> Self {
        let format = style.number_format.as_ref();
        format.map_or_else(Self::default, |format| Self::of_code(&format.format_code))
    }

    /// By a number format, of which the first section counts. In one that is not known (Excel has some for East Asia
    /// that differ by country and have a number only) neither is found, and the value alone decides.
    fn of_code(code: &str) -> Self {
        let mut shown = Self::default();
        // After hours an `m` means minutes; another is open until it is seen whether seconds follow.
        let (mut after_hours, mut open) = (false, false);
        if (2..=ZEROS_MOST).contains(&code.len()) && code.bytes().all(|byte| byte == b'0') {
            return Self { digits: code.len(), ..shown };
        }
        let code = code.to_ascii_lowercase();
        let mut rest = if code == "general" { "" } else { code.as_str() };
        while let Some(char) = rest.chars().next() {
            let end = |mark: char| rest[1..].find(mark).map_or(rest.len(), |at| at + 2);
            let taken = match char {
                ';' => break,
                '"' => end('"'),
                '[' => end(']'),
                '\\' | '_' | '*' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
                'a' if rest.starts_with("am/pm") => 5,
                'a' if rest.starts_with("a/p") => 3,
                _ => char.len_utf8(),
            };
            match char {
                'h' => (shown.time, after_hours) = (true, true),
                '[' if rest[1..].starts_with(['h', 'm', 's']) => (shown.time, after_hours) = (true, true),
                's' => (shown.time, after_hours, open) = (true, false, false),
                'm' if !after_hours => open = true,
                // `e` and `g` are years and names of eras, `b` the years of Buddha, `aaa` a day of the week.
                'a' if taken > 1 => {}
                'd' | 'y' | 'e' | 'g' | 'b' | 'a' => (shown.date, after_hours) = (true, false),
                _ => {}
            }
            rest = &rest[taken..];
        }
        shown.date |= open;
        shown
    }
}

/// Writes what a cell says.
pub(super) fn write(value: &DataRef<'_>, shown: Shown, from_1904: bool, text: &mut String) {
    match value {
        DataRef::Empty => {}
        DataRef::String(own) | DataRef::DateTimeIso(own) | DataRef::DurationIso(own) => text.push_str(own),
        DataRef::SharedString(own) => text.push_str(own),
        DataRef::Bool(yes) => text.push_str(if *yes { "TRUE" } else { "FALSE" }),
        DataRef::Int(whole) if *whole >= 0 => put(text, format_args!("{whole:0digits$}", digits = shown.digits)),
        DataRef::Int(whole) => put(text, format_args!("{whole}")),
        DataRef::Float(number) if shown.digits > 0 && *number >= 0.0 && number.fract() == 0.0 => {
            put(text, format_args!("{:0digits$}", number.abs(), digits = shown.digits));
        }
        DataRef::Float(number) => write_number(*number, text),
        DataRef::Error(error) => put(text, format_args!("{error}")),
        DataRef::DateTime(serial) if serial.is_duration() => write_duration(serial.as_f64(), text),
        DataRef::DateTime(serial) => write_date(serial.as_f64(), shown, from_1904, text),
    }
}

/// Fifteen digits that count are what Excel keeps and shows, so that 0.1 + 0.2 is 0.3.
fn write_number(number: f64, text: &mut String) {
    let kept = if number.fract() == 0.0 && number.abs() < 1e15 {
        number
    } else {
        format!("{number:.14e}").parse().unwrap_or(number)
    };
    // Never with an exponent. A zero may have a minus that nobody wrote.
    put(text, format_args!("{}", if kept == 0.0 { 0.0 } else { kept }));
}

/// Hours and minutes, the hours without end: `36:00` is a day and a half. Seconds only where there are some.
fn write_duration(days: f64, text: &mut String) {
    let Some(ms) = milliseconds(days.abs()) else { return write_number(days, text) };
    let seconds = (ms + 500) / 1_000;
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    text.push_str(if days < 0.0 && seconds > 0 { "-" } else { "" });
    put(text, format_args!("{hours}:{minutes:02}"));
    if rest > 0 {
        put(text, format_args!(":{rest:02}"));
    }
}

/// A date, a time of day or both: the format decides which parts are shown, and no time is left out that there is.
fn write_date(serial: f64, shown: Shown, from_1904: bool, text: &mut String) {
    let end = u64::from(if from_1904 { DAYS_END - DAYS_TO_1904 } else { DAYS_END }) * DAY_MS;
    let ms = if serial < 0.0 { None } else { milliseconds(serial).filter(|&ms| ms < end) };
    let Some(ms) = ms else { return write_number(serial, text) };
    let (days, of_day) = (ms / DAY_MS, ms % DAY_MS);
    let time_alone = match (shown.date, shown.time) {
        (false, true) => true,
        (true, true) => days == 0,
        _ => days == 0 && of_day > 0,
    };
    let has_time = time_alone || of_day > 0 || (shown.date && shown.time);
    if !time_alone {
        write_day(u32::try_from(days).unwrap_or(DAYS_END), from_1904, text);
        text.push_str(if has_time { "T" } else { "" });
    }
    if has_time {
        let (seconds, ms) = (of_day / 1_000, of_day % 1_000);
        put(text, format_args!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60));
        if ms > 0 {
            put(text, format_args!(".{ms:03}"));
        }
    }
}

/// The day of a serial number. In the system of 1900 there are two that never were, day 0 and 29 February 1900: they are
/// written as Excel shows them, and are no dates to whoever reads them.
fn write_day(days: u32, from_1904: bool, text: &mut String) {
    let first: Date = match (from_1904, days) {
        (true, _) => date(1904, 1, 1),
        (false, 0) => return text.push_str("1900-01-00"),
        (false, 60) => return text.push_str("1900-02-29"),
        (false, ..60) => date(1899, 12, 31),
        (false, _) => date(1899, 12, 30),
    };
    match first.checked_add(jiff::Span::new().days(i64::from(days))) {
        Ok(day) => put(text, format_args!("{day}")),
        Err(_) => put(text, format_args!("{days}")),
    }
}

/// To the millisecond, and to the second where only noise keeps it from one. `None` for what is no time span.
fn milliseconds(days: f64) -> Option<u64> {
    #[expect(clippy::cast_precision_loss, reason = "both are far below 2 to the power of 53")]
    let (day, most) = (DAY_MS as f64, (u64::from(DAYS_END) * DAY_MS) as f64);
    let ms = (days * day).round();
    if !(0.0..=most).contains(&ms) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole and in bounds")]
    let ms = ms as u64;
    let over = ms % 1_000;
    Some(match over {
        ..=NOISE_MS => ms - over,
        over if over >= 1_000 - NOISE_MS => ms + (1_000 - over),
        _ => ms,
    })
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a String takes everything");
}

#[cfg(test)]
#[path = "cell_tests.rs"]
mod tests;
