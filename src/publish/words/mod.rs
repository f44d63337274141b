//! When a meeting is, as finished text in somebody's language.
//!
//! Offsets and clock changes come from the zone database that is built into the program, and the words from Unicode's
//! CLDR, which is built in too. The calendar is the Gregorian in every language, as in the sheet. Nothing here guesses a
//! zone: where there is none it is UTC, and says so.

mod labels;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use icu_calendar::Gregorian;
use icu_datetime::fieldsets::{T, YMDE, YMDET};
use icu_datetime::input::{Date, DateTime as Moment, Time};
use icu_datetime::options::TimePrecision;
use icu_datetime::{DateTimeFormatterLoadError, FixedCalendarDateTimeFormatter, NoCalendarFormatter};
use icu_locale_core::{LanguageIdentifier, Locale, locale};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

pub use self::labels::Labels;

/// What is written when no language is asked for: English in which no date can be taken for another.
const UNASKED: Locale = locale!("en-GB");

static UTC: TimeZone = TimeZone::UTC;

/// When a meeting is, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// The day on which it begins, with the weekday.
    pub date: String,
    /// The time of day at which it begins.
    pub start: String,
    /// The time of day at which it ends, with its date if that is another, and its offset if the clocks were put forward
    /// or back meanwhile; empty when it is not known.
    pub end: String,
    /// The zone that all this is in, and its offset from UTC at the start.
    pub zone: String,
    /// How long it takes; empty when the end is not known.
    pub duration: String,
}

/// What knows a language, made once for all rows.
pub struct Words {
    date: FixedCalendarDateTimeFormatter<Gregorian, YMDE>,
    moment: FixedCalendarDateTimeFormatter<Gregorian, YMDET>,
    time: NoCalendarFormatter<T>,
    is_known: bool,
    zone: Option<(String, TimeZone)>,
}

impl Words {
    /// For a language, given by its tag (BCP 47), and for a zone in which all times are told, whatever zone the rows
    /// have. A language of which there is no data is English. Fails when the tag is none.
    pub fn new(language: Option<&str>, zone: Option<(String, TimeZone)>) -> Result<Self> {
        let asked = match language {
            Some(tag) => Locale::try_from_str(tag.trim())
                .ok()
                .with_context(|| format!("'{tag}' is no tag of a language; write one like de-DE, pt-BR or ja"))?,
            None => UNASKED,
        };
        let is_known = is_known(&asked.id)?;
        let locale = if is_known { asked } else { UNASKED };
        Ok(Self {
            date: date(&locale)?,
            moment: FixedCalendarDateTimeFormatter::try_new(
                (&locale).into(),
                YMDET::long().with_time_precision(TimePrecision::Minute),
            )?,
            time: NoCalendarFormatter::try_new((&locale).into(), T::hm())?,
            is_known,
            zone,
        })
    }

    /// Whether there is data of the language; if not, all is English.
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// When a meeting is, in the zone asked for, or else in its own, or else in UTC.
    pub fn texts(&self, start: DateTime<Utc>, end: Option<DateTime<Utc>>, own: Option<(&str, &TimeZone)>) -> Texts {
        let asked = self.zone.as_ref().map(|(name, zone)| (name.as_str(), zone));
        let (name, zone) = asked.or(own).unwrap_or(("UTC", &UTC));
        let Some(begins) = Clock::of(start, zone) else { return Texts::default() };
        let end_clock = end.and_then(|end| Clock::of(end, zone));
        Texts {
            date: plain(&self.date.format(&begins.moment.date).to_string()),
            start: plain(&self.time.format(&begins.moment.time).to_string()),
            end: end_clock.map(|ends| self.end(&begins, &ends)).unwrap_or_default(),
            zone: named(name, zone, begins.offset),
            duration: end.map(|end| duration(end - start)).unwrap_or_default(),
        }
    }

    fn end(&self, begins: &Clock, ends: &Clock) -> String {
        let mut text = if ends.moment.date == begins.moment.date {
            self.time.format(&ends.moment.time).to_string()
        } else {
            self.moment.format(&ends.moment).to_string()
        };
        if ends.offset != begins.offset {
            text = format!("{text} ({})", utc_offset(ends.offset));
        }
        plain(&text)
    }
}

/// What the clocks of a zone show.
struct Clock {
    moment: Moment<Gregorian>,
    offset: Offset,
}

impl Clock {
    /// `None` at an instant that no clock can show.
    fn of(instant: DateTime<Utc>, zone: &TimeZone) -> Option<Self> {
        let offset = zone.to_offset(Timestamp::new(instant.timestamp(), 0).ok()?);
        let local = offset.to_datetime(Timestamp::new(instant.timestamp(), 0).ok()?);
        let [month, day, hour, minute] =
            [local.month(), local.day(), local.hour(), local.minute()].map(i8::cast_unsigned);
        let date = Date::try_new_gregorian(local.year().into(), month, day).ok()?;
        let time = Time::try_new(hour, minute, 0, 0).ok()?;
        Some(Self { moment: Moment { date, time }, offset })
    }
}

fn date(locale: &Locale) -> Result<FixedCalendarDateTimeFormatter<Gregorian, YMDE>, DateTimeFormatterLoadError> {
    FixedCalendarDateTimeFormatter::try_new(locale.into(), YMDE::long())
}

/// Whether a date in the language is another than in none.
fn is_known(language: &LanguageIdentifier) -> Result<bool> {
    let day = Date::try_new_gregorian(2027, 2, 3)?;
    let text = |language: LanguageIdentifier| anyhow::Ok(date(&language.into())?.format(&day).to_string());
    Ok(text(language.clone())? != text(LanguageIdentifier::UNKNOWN)?)
}

/// With plain spaces, for the narrow ones are boxes in many a program, and without marks of direction: a text in one
/// language needs none.
fn plain(text: &str) -> String {
    let space = |c| if matches!(c, '\u{a0}' | '\u{2009}' | '\u{202f}') { ' ' } else { c };
    text.chars().filter(|c| !super::text::is_bidi(*c)).map(space).collect()
}

/// A zone by its name in the database and its offset; one that is nothing but an offset, by that.
fn named(name: &str, zone: &TimeZone, offset: Offset) -> String {
    let is_offset = zone.to_fixed_offset().is_ok() || name.starts_with("Etc/");
    if is_offset { utc_offset(offset) } else { format!("{name} ({})", utc_offset(offset)) }
}

/// How far clocks are from UTC, as people write it: `UTC+1`, `UTC-3:30`.
pub(super) fn utc_offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let (sign, hours, rest) = (if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60);
    match (hours, rest) {
        (0, 0) => "UTC".to_owned(),
        (_, 0) => format!("UTC{sign}{hours}"),
        _ => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// How long something takes, in the units that all languages have in common.
fn duration(length: TimeDelta) -> String {
    let (hours, minutes, seconds) = (length.num_hours(), length.num_minutes() % 60, length.num_seconds() % 60);
    let units = [(hours, "h"), (minutes, "min"), (seconds, "s")];
    let text: Vec<String> =
        units.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number} {unit}")).collect();
    if text.is_empty() { "0 min".to_owned() } else { text.join(" ") }
}

#[cfg(test)]
mod tests;
