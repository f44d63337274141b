//! The English names of months and weekdays in dates. A name of another language is told as what it is.

use jiff::civil::{Date, Weekday};

use super::DateOrder;
use super::cursor::{Cursor, Number, Word};
use super::date::{date, four_digits, long, without_weekday, without_year};
use crate::input::flaw::Wrong;
use crate::input::fold::fold;

/// How alike a word must be to the name of a month (Jaro-Winkler, 0 to 1) for that to be offered in its place.
const ALIKE_MIN: f64 = 0.78;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// An English weekday with what separates it from the date.
pub(super) fn weekday<'a>(cursor: &mut Cursor<'a>) -> Option<(Weekday, Word<'a>)> {
    let mut ahead = cursor.clone();
    let word = ahead.word()?;
    let index = index_of(&word, &WEEKDAYS).or_else(|| word.is_one_of(&["tues"]).then_some(1)).or_else(|| {
        let is_thursday = word.is_one_of(&["thur", "thurs"]);
        is_thursday.then_some(3)
    })?;
    ahead.eat(&['.']);
    ahead.eat(&[',']);
    ahead.space();
    *cursor = ahead;
    Some((Weekday::from_monday_zero_offset(i8::try_from(index).ok()?).ok()?, word))
}

/// The place of a name in a list, written out or as its first three letters.
fn index_of(word: &Word<'_>, names: &[&str]) -> Option<usize> {
    names.iter().position(|name| word.is(name) || word.is(&name[..3]))
}

fn month(word: &Word<'_>) -> Option<u32> {
    let index = index_of(word, &MONTHS).or_else(|| word.is("sept").then_some(8))?;
    u32::try_from(index + 1).ok()
}

/// The date is on another day of the week than the cell says.
pub(super) fn other_weekday(date: Date, wanted: Weekday, word: &Word<'_>) -> Wrong {
    let name = |day: Weekday| capital(WEEKDAYS[usize::from(day.to_monday_zero_offset().unsigned_abs())]);
    Wrong::new("a weekday that is not that of the date", "correct the weekday or the date, or leave the weekday out")
        .saying(format!("{} is a {}, not a {}", long(date), name(date.weekday()), name(wanted)))
        .of_part(word.part.clone())
}

/// A word of another language before what would be a date.
pub(super) fn foreign_weekday(cursor: &Cursor<'_>, order: Option<DateOrder>) -> Option<Wrong> {
    let mut ahead = cursor.clone();
    let word = ahead.word()?;
    ahead.eat(&['.']);
    ahead.eat(&[',']);
    ahead.space();
    let follows = without_weekday(&mut ahead, order);
    matches!(follows, Ok(Some(_))).then(|| {
        Wrong::new("a word before the date that is no English weekday", "leave the word out")
            .saying(format!("'{}' before the date is not understood", word.text))
            .of_part(word.part)
    })
}

/// `3 Feb 2027`, `3-Feb-2027`, `3. February 2027`, from the month on.
pub(super) fn day_first(cursor: &mut Cursor<'_>, day: &Number<'_>) -> Result<Option<Date>, Wrong> {
    let Some(word) = cursor.word() else { return Ok(None) };
    let known = month(&word);
    let end = cursor.clone();
    cursor.eat(&['.']);
    cursor.eat(&[',', '-', '/']);
    cursor.space();
    let year = cursor.number().filter(|year| known.is_some() || year.len() == 4);
    match (known, year) {
        // `3 Feb 09:00` has an hour where the year would be.
        (Some(_), Some(year)) if year.len() <= 2 && cursor.peek() == Some(':') => {
            Err(without_year(&end, day.part.start))
        }
        (Some(month), Some(year)) => {
            four_digits(&year)?;
            with_month(&year, month, &word, day).map(Some)
        }
        (Some(_), None) => Err(without_year(&end, day.part.start)),
        (None, Some(_)) => Err(foreign_month(&word)),
        (None, None) => Ok(None),
    }
}

/// `Feb 3, 2027`, `February 3 2027`
pub(super) fn month_first(cursor: &mut Cursor<'_>) -> Result<Option<Date>, Wrong> {
    let Some(word) = cursor.word() else { return Ok(None) };
    let known = month(&word);
    cursor.eat(&['.']);
    cursor.eat(&['-']);
    cursor.space();
    let Some(day) = cursor.number().filter(|day| day.len() <= 2) else { return Ok(None) };
    let end = cursor.clone();
    cursor.eat_word(&["st", "nd", "rd", "th"]);
    cursor.eat(&[',', '-', '.']);
    cursor.space();
    let year = cursor.number().filter(|year| known.is_some() || year.len() == 4);
    match (known, year) {
        // `Feb 3, 09:00` has an hour where the year would be.
        (Some(_), Some(_)) if cursor.peek() == Some(':') => Err(without_year(&end, word.part.start)),
        (Some(month), Some(year)) => {
            four_digits(&year)?;
            with_month(&year, month, &word, &day).map(Some)
        }
        (Some(_), None) => Err(without_year(&end, word.part.start)),
        (None, Some(_)) => Err(foreign_month(&word)),
        (None, None) => Ok(None),
    }
}

fn foreign_month(word: &Word<'_>) -> Wrong {
    let alike = |name: &&str| strsim::jaro_winkler(&fold(word.text), name);
    let nearest = MONTHS.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)));
    let nearest = nearest.filter(|name| word.text.chars().count() > 3 && alike(name) >= ALIKE_MIN);
    let mend = match nearest {
        Some(name) => format!("write {} if that is meant, or the date in numbers, like 2027-02-03", capital(name)),
        None => "write the month in English or in numbers, like 2027-02-03".to_owned(),
    };
    Wrong::new("a month that is no English name", mend)
        .saying(format!("'{}' is not the English name of a month", word.text))
        .of_part(word.part.clone())
}

fn with_month(year: &Number<'_>, month: u32, word: &Word<'_>, day: &Number<'_>) -> Result<Date, Wrong> {
    let text = month.to_string();
    date(year, &Number { text: &text, part: word.part.clone() }, day)
}

fn capital(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}
