//! Dates as people write them, to days that exist. A date that can be read in two ways is read in one only when the
//! order is known; a year is never completed, and no other language's months are guessed at.

use jiff::civil::Date;

use super::DateOrder;
use super::cursor::{Cursor, Number};
use super::named;
use crate::input::flaw::Wrong;

/// What stands between the parts of a date in numbers.
const SEPARATORS: [char; 3] = ['-', '/', '.'];

/// Which readings a date in numbers has whose order is not known from its separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::input) struct Admits {
    pub(in crate::input) day_first: bool,
    pub(in crate::input) month_first: bool,
}

/// What a cell admits when it begins with a date like `03/02/2027`; `None` when it does not.
pub(in crate::input) fn admits(text: &str) -> Option<Admits> {
    let mut cursor = Cursor::new(text);
    let _ = named::weekday(&mut cursor);
    let (first, second, year) = slashed(&mut cursor)?;
    let is_day = |month: &Number<'_>, day: &Number<'_>| civil(&year, month, day).is_some();
    Some(Admits { day_first: is_day(&second, &first), month_first: is_day(&first, &second) })
}

/// `03/02/2027` or `03-02-2027`, whatever comes first.
fn slashed<'a>(cursor: &mut Cursor<'a>) -> Option<(Number<'a>, Number<'a>, Number<'a>)> {
    let short = |number: &Number<'_>| number.len() <= 2;
    let first = cursor.number().filter(short)?;
    let separator = cursor.eat(&['/', '-'])?;
    let second = cursor.number().filter(short)?;
    cursor.eat(&[separator])?;
    let year = cursor.number().filter(|year| year.len() == 4)?;
    Some((first, second, year))
}

/// Reads the date that the text begins with; `None`, and nothing read, when it does not begin with one.
pub(super) fn read(cursor: &mut Cursor<'_>, order: Option<DateOrder>) -> Result<Option<Date>, Wrong> {
    let mut ahead = cursor.clone();
    let named = named::weekday(&mut ahead);
    let Some(date) = without_weekday(&mut ahead, order)? else {
        return match named::foreign_weekday(cursor, order) {
            Some(wrong) => Err(wrong),
            None => Ok(None),
        };
    };
    if let Some((wanted, word)) = named.filter(|(wanted, _)| *wanted != date.weekday()) {
        return Err(named::other_weekday(date, wanted, &word));
    }
    *cursor = ahead;
    Ok(Some(date))
}

pub(super) fn without_weekday(cursor: &mut Cursor<'_>, order: Option<DateOrder>) -> Result<Option<Date>, Wrong> {
    let mut ahead = cursor.clone();
    let date = match ahead.number() {
        None => named::month_first(&mut ahead)?,
        Some(number) => match number.len() {
            1 | 2 => day_or_month_first(&mut ahead, &number, order)?,
            4 => year_first(&mut ahead, &number)?,
            7 if ahead.is_at_end() || ahead.peek() == Some('T') => return Err(ordinal(ahead.since(number.part.start))),
            8 => Some(basic(&number)?),
            _ => None,
        },
    };
    if date.is_some() {
        *cursor = ahead;
    }
    Ok(date)
}

/// `20270203`
fn basic(number: &Number<'_>) -> Result<Date, Wrong> {
    let begin = number.part.start;
    let piece = |from: usize, to: usize| Number { text: &number.text[from..to], part: begin + from..begin + to };
    date(&piece(0, 4), &piece(4, 6), &piece(6, 8))
}

/// `2027-02-03`, `2027/02/03` and `2027.02.03`: nobody writes the day before the month after the year.
fn year_first(cursor: &mut Cursor<'_>, year: &Number<'_>) -> Result<Option<Date>, Wrong> {
    let Some(separator) = cursor.eat(&SEPARATORS) else {
        if cursor.eat(&['W', 'w']).is_some() && cursor.number().is_some() {
            return Err(week(cursor.since(year.part.start)));
        }
        return Ok(None);
    };
    if cursor.eat(&['W', 'w']).is_some() {
        let _ = (cursor.number(), cursor.eat(&['-']), cursor.number());
        return Err(week(cursor.since(year.part.start)));
    }
    let Some(month) = cursor.number() else { return Ok(None) };
    if month.len() == 3 {
        return Err(ordinal(cursor.since(year.part.start)));
    }
    if month.len() > 2 {
        return Ok(None);
    }
    let day = if cursor.eat(&[separator]).is_some() { cursor.number().filter(|day| day.len() <= 2) } else { None };
    let Some(day) = day else {
        return Err(Wrong::new("a date without a day", "write the whole date, like 2027-02-03")
            .saying("there is a year and a month, but no day")
            .of_part(cursor.since(year.part.start)));
    };
    date(year, &month, &day).map(Some)
}

fn day_or_month_first(
    cursor: &mut Cursor<'_>,
    first: &Number<'_>,
    order: Option<DateOrder>,
) -> Result<Option<Date>, Wrong> {
    let is_ordinal = cursor.eat_word(&["st", "nd", "rd", "th"]).is_some();
    let separator = if is_ordinal { None } else { cursor.eat(&SEPARATORS) };
    if separator.is_none_or(|separator| separator == '.') {
        cursor.space();
    }
    let Some(second) = cursor.number() else { return named::day_first(cursor, first) };
    let Some(separator) = separator.filter(|_| second.len() <= 2) else { return Ok(None) };
    if cursor.eat(&[separator]).is_none() {
        return no_year(separator, cursor, first);
    }
    if separator == '.' {
        cursor.space();
    }
    let end = cursor.clone();
    let Some(year) = cursor.number() else { return no_year(separator, cursor, first) };
    // `03.02. 09:00` has an hour where the year would be.
    if year.len() <= 2 && cursor.peek() == Some(':') {
        return Err(without_year(&end, first.part.start));
    }
    four_digits(&year)?;
    let part = cursor.since(first.part.start);
    if separator == '.' {
        return date(&year, &second, first).map(Some);
    }
    let (day_first, month_first) = (civil(&year, &second, first), civil(&year, first, &second));
    let mend = |date: Date| format!("write {date} if that is meant");
    match (order, day_first, month_first) {
        (Some(DateOrder::DayFirst), Some(date), _)
        | (Some(DateOrder::MonthFirst), _, Some(date))
        | (None, Some(date), None)
        | (None, None, Some(date)) => Ok(Some(date)),
        (None, Some(date), Some(other)) if date == other => Ok(Some(date)),
        (None, Some(date), Some(other)) => Err(Wrong::new(
            "a date that can be read in two ways",
            format!("write {date} or {other}, or say with --dates dmy or --dates mdy which comes first"),
        )
        .saying(format!("{} may be {} or {}", &cursor.text()[part.clone()], long(date), long(other)))
        .of_part(part)),
        (Some(DateOrder::DayFirst), None, Some(date)) => Err(Wrong::new(AGAINST_THE_ORDER, mend(date))
            .saying(format!("there is no month {}, and in this column the day comes first", second.value()))
            .of_part(part)),
        (Some(DateOrder::MonthFirst), Some(date), None) => Err(Wrong::new(AGAINST_THE_ORDER, mend(date))
            .saying(format!("there is no month {}, and in this column the month comes first", first.value()))
            .of_part(part)),
        (Some(DateOrder::MonthFirst), None, None) => Err(no_such_day(&year, first, &second)),
        (_, None, None) => Err(no_such_day(&year, &second, first)),
    }
}

const AGAINST_THE_ORDER: &str = "a date that is against the order of its column";

/// What to make of `03/02`; `09.00` and `9-10` may be something else than a date.
fn no_year(separator: char, cursor: &Cursor<'_>, first: &Number<'_>) -> Result<Option<Date>, Wrong> {
    if separator != '/' {
        return Ok(None);
    }
    Err(without_year(cursor, first.part.start))
}

pub(super) fn without_year(cursor: &Cursor<'_>, begin: usize) -> Wrong {
    let part = begin..begin + cursor.text()[cursor.since(begin)].trim_end().len();
    Wrong::new("a date without a year", "write the whole date, like 2027-02-03")
        .saying("there is a day and a month, but no year")
        .of_part(part)
}

pub(super) fn four_digits(year: &Number<'_>) -> Result<(), Wrong> {
    match year.len() {
        4 => Ok(()),
        2 => Err(Wrong::new(
            "a year of two digits",
            format!("write all four digits of the year, like 20{}, if that is meant", year.text),
        )
        .saying(format!("the year {} does not say the century", year.text))
        .of_part(year.part.clone())),
        _ => Err(Wrong::new("not a year", "write the year with four digits, like 2027")
            .saying(format!("'{}' is not a year of four digits", year.text))
            .of_part(year.part.clone())),
    }
}

fn civil(year: &Number<'_>, month: &Number<'_>, day: &Number<'_>) -> Option<Date> {
    let (year, month, day) = (year.value(), month.value(), day.value());
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    (date.year() > 0).then_some(date)
}

pub(super) fn date(year: &Number<'_>, month: &Number<'_>, day: &Number<'_>) -> Result<Date, Wrong> {
    civil(year, month, day).ok_or_else(|| no_such_day(year, month, day))
}

fn no_such_day(year: &Number<'_>, month: &Number<'_>, day: &Number<'_>) -> Wrong {
    let first = Number { text: "1", part: day.part.clone() };
    let (what, part) = match civil(year, month, &first) {
        Some(first) => {
            let days = first.days_in_month();
            (format!("{} has {days} days, and no day {}", first.strftime("%B %Y"), day.text), day.part.clone())
        }
        None if (1..=12).contains(&month.value()) => (format!("there is no year {}", year.text), year.part.clone()),
        None => (format!("there is no month {}", month.text), month.part.clone()),
    };
    Wrong::new("a day that does not exist", "correct the date").saying(what).of_part(part)
}

fn week(part: std::ops::Range<usize>) -> Wrong {
    Wrong::new("a date by its week", "write the day itself, like 2027-02-03")
        .saying("this is a week of the year, which is not read")
        .of_part(part)
}

fn ordinal(part: std::ops::Range<usize>) -> Wrong {
    Wrong::new("a date by its day of the year", "write month and day, like 2027-02-03")
        .saying("this is a day counted from the beginning of the year, which is not read")
        .of_part(part)
}

/// A date in words that cannot be read in two ways.
pub(super) fn long(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}
