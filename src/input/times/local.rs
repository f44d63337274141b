//! Local times to instants and back, without a guess: a time that the clocks skip or repeat is refused with both
//! readings. jiff's types are on one side of it, chrono's on the other.

use chrono::{DateTime, NaiveDate, Utc};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime as Local};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::input::flaw::Wrong;

/// The instant of a local time in a zone.
pub(super) fn in_zone(local: Local, zone: &TimeZone, name: &str) -> Result<DateTime<Utc>, Wrong> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => at_offset(local, offset),
        AmbiguousOffset::Gap { before, after } => Err(gap(local, before, after, name)),
        AmbiguousOffset::Fold { before, after } => Err(fold(local, before, after, name)),
    }
}

/// The instant of a local time at an offset from UTC.
pub(super) fn at_offset(local: Local, offset: Offset) -> Result<DateTime<Utc>, Wrong> {
    let beyond = || Wrong::new("a time beyond the calendar", "correct the year");
    let instant = offset.to_timestamp(local).map_err(|_| beyond())?;
    let nanosecond = u32::try_from(instant.subsec_nanosecond()).map_err(|_| beyond())?;
    DateTime::from_timestamp(instant.as_second(), nanosecond).ok_or_else(beyond)
}

/// What the calendar shows there at an instant; the last day there is for what is beyond it.
pub(super) fn date(zone: &TimeZone, instant: DateTime<Utc>) -> Date {
    Timestamp::from_second(instant.timestamp()).map_or(Date::MAX, |instant| zone.to_datetime(instant).date())
}

/// The same as chrono has it.
pub(super) fn day(zone: &TimeZone, instant: DateTime<Utc>) -> NaiveDate {
    let date = date(zone, instant);
    let part = |value: i8| u32::from(value.unsigned_abs());
    NaiveDate::from_ymd_opt(date.year().into(), part(date.month()), part(date.day())).unwrap_or(NaiveDate::MAX)
}

fn gap(local: Local, before: Offset, after: Offset, name: &str) -> Wrong {
    let clock = |offset: Offset, other: Offset| {
        let shown = other.to_datetime(offset.to_timestamp(local).ok()?);
        // In a zone that puts its clocks forward at midnight one of the two is on another day.
        let form = if shown.date() == local.date() { "%H:%M" } else { "%Y-%m-%dT%H:%M" };
        Some(shown.strftime(form).to_string())
    };
    let mend = match (clock(after, before), clock(before, after)) {
        (Some(earlier), Some(later)) => format!("write {earlier} or {later}, or the time with its offset"),
        _ => "write the time with its offset".to_owned(),
    };
    Wrong::new("a local time that the clocks skip", mend).saying(format!(
        "this time does not exist in {name}: on that day the clocks are put forward over it, from offset {before} to \
         {after}"
    ))
}

fn fold(local: Local, before: Offset, after: Offset, name: &str) -> Wrong {
    let with = |offset| format!("{}{}", local.strftime("%Y-%m-%dT%H:%M:%S"), clock_offset(offset));
    let mend = format!("write {} for the first or {} for the second", with(before), with(after));
    Wrong::new("a local time that comes twice", mend).saying(format!(
        "this time comes twice in {name}: on that day the clocks are put back over it, from offset {before} to {after}"
    ))
}

/// A local time as people write it, without seconds that are none.
pub(super) fn minutes(local: Local) -> String {
    let form = if local.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    local.strftime(form).to_string()
}

/// An offset as RFC 3339 writes it; jiff leaves out minutes that are zero.
pub(super) fn clock_offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}
