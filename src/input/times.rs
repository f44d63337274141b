//! Dates and times to instants, without a guess: a local time needs a zone, and one that the clocks skip or repeat is
//! refused with both readings.
//!
//! Zones come from the zone database that is built into the program (jiff's), so that the answer does not depend on
//! the machine; instants are chrono's.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use jiff::civil;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use super::flaw::Wrong;

/// The most fractional digits that Graph takes (`Edm.DateTimeOffset`).
const FRACTION_DIGITS_MAX: usize = 7;

/// The one kind of flaw that is about another cell than the time's own.
pub(super) const UNKNOWN_ZONE: &str = "an unknown time zone";

/// In which order day and month are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 03/02 is 3 February.
    DayFirst,
    /// 03/02 is 2 March.
    MonthFirst,
}

pub(super) struct Admits {
    pub(super) day_first: bool,
    pub(super) month_first: bool,
}

pub(super) fn admits(_text: &str) -> Option<Admits> {
    None
}

/// The built-in zones, each that exists looked up once.
#[derive(Clone)]
pub struct Zones {
    database: TimeZoneDatabase,
    /// Only zones that exist, so that a sheet full of odd names cannot fill memory.
    found: HashMap<String, TimeZone>,
}

impl Zones {
    /// All zones of the built-in database.
    #[expect(clippy::new_without_default, reason = "a database is opened, not defaulted")]
    pub fn new() -> Self {
        Self { database: TimeZoneDatabase::bundled(), found: HashMap::new() }
    }

    /// Whether this is the IANA name of a zone, in any case.
    pub fn has(&mut self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn get(&mut self, name: &str) -> Option<TimeZone> {
        if let Some(zone) = self.found.get(name) {
            return Some(zone.clone());
        }
        let zone = self.database.get(name).ok()?;
        self.found.insert(name.to_owned(), zone.clone());
        Some(zone)
    }

    /// Reads a date and time; `zone` is the name that holds for it if it has no offset of its own.
    pub(super) fn instant(&mut self, text: &str, zone: Option<&str>) -> Result<DateTime<Utc>, Wrong> {
        let (local, offset) = parse(text)?;
        let offset = match (offset, zone) {
            (Some(offset), _) => offset,
            (None, None) => return Err(no_zone()),
            (None, Some(name)) => {
                let zone = self.get(name).ok_or_else(unknown_zone)?;
                offset_at(local, &zone, name)?
            }
        };
        let instant = offset.to_timestamp(local).map_err(|_| unreadable())?;
        let nanosecond = u32::try_from(instant.subsec_nanosecond()).map_err(|_| unreadable())?;
        DateTime::from_timestamp(instant.as_second(), nanosecond).ok_or_else(unreadable)
    }
}

fn parse(text: &str) -> Result<(civil::DateTime, Option<Offset>), Wrong> {
    let pieces = Pieces::parse(text).map_err(|_| unreadable())?;
    let date = pieces.date();
    if pieces.time_zone_annotation().is_some() || !(1..=9999).contains(&date.year()) || text.contains(":60") {
        return Err(unreadable());
    }
    let time = pieces.time().ok_or_else(|| {
        Wrong::new("a date without a time of day", "write the time too, like 2027-02-03T09:00")
            .saying("there is a date but no time of day")
    })?;
    let fraction = text.split(['.', ',']).nth(1).unwrap_or_default();
    if fraction.chars().take_while(char::is_ascii_digit).count() > FRACTION_DIGITS_MAX {
        return Err(Wrong::new(
            "a second with more than 7 fractional digits",
            format!("keep at most {FRACTION_DIGITS_MAX} digits after the point, which is all that Graph takes"),
        ));
    }
    let offset = pieces.offset().map(|offset| match offset {
        PiecesOffset::Numeric(offset) => offset.offset(),
        _ => Offset::UTC,
    });
    Ok((date.to_datetime(time), offset))
}

fn offset_at(local: civil::DateTime, zone: &TimeZone, name: &str) -> Result<Offset, Wrong> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => Ok(offset),
        AmbiguousOffset::Gap { before, after } => {
            let clock = |offset: Offset, other: Offset| {
                offset.to_timestamp(local).map(|t| other.to_datetime(t).strftime("%H:%M").to_string())
            };
            let mend = match (clock(after, before), clock(before, after)) {
                (Ok(earlier), Ok(later)) => format!("write {earlier} or {later}, or the time with its offset"),
                _ => "write the time with its offset".to_owned(),
            };
            Err(Wrong::new("a local time that the clocks skip", mend).saying(format!(
                "this time does not exist in {name}: on that day the clocks are put forward over it, from offset \
                 {before} to {after}"
            )))
        }
        AmbiguousOffset::Fold { before, after } => {
            let with = |offset| format!("{}{}", local.strftime("%Y-%m-%dT%H:%M:%S"), clock_offset(offset));
            let mend = format!("write {} for the first or {} for the second", with(before), with(after));
            Err(Wrong::new("a local time that comes twice", mend).saying(format!(
                "this time comes twice in {name}: on that day the clocks are put back over it, from offset {before} \
                 to {after}"
            )))
        }
    }
}

/// An offset as RFC 3339 writes it; jiff leaves out minutes that are zero.
fn clock_offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

fn unreadable() -> Wrong {
    Wrong::new(
        "not a date and time",
        "write it like 2027-02-03T09:00 with a time zone, or like 2027-02-03T09:00:00+01:00",
    )
    .saying("this is not a date and time that exists and that can be read without a guess")
}

fn no_zone() -> Wrong {
    Wrong::new(
        "a local time without a time zone",
        "name the zone in a column timeZone or with --time-zone, like Europe/Berlin, or add the offset, like +01:00",
    )
    .saying("nothing says in which time zone this is")
}

fn unknown_zone() -> Wrong {
    Wrong::new(UNKNOWN_ZONE, "use an IANA name like Europe/Berlin or America/New_York")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meeting::graph_time;

    fn read(text: &str, zone: Option<&str>) -> Result<String, &'static str> {
        Zones::new().instant(text, zone).map(graph_time).map_err(|wrong| wrong.kind)
    }

    #[test]
    fn a_time_with_an_offset_needs_no_zone() {
        for (text, instant) in [
            ("2027-02-03T09:00:00Z", "2027-02-03T09:00:00Z"),
            ("2027-02-03t09:00:00z", "2027-02-03T09:00:00Z"),
            ("2027-02-03T09:00:00+01:00", "2027-02-03T08:00:00Z"),
            ("2027-02-03 09:00:00-07:30", "2027-02-03T16:30:00Z"),
            ("2027-02-03T09:00+05:45", "2027-02-03T03:15:00Z"),
            ("2027-02-03T09:00:00.1234567-00:00", "2027-02-03T09:00:00.1234567Z"),
        ] {
            assert_eq!(read(text, None).as_deref(), Ok(instant), "{text}");
            assert_eq!(read(text, Some("No/Such")).as_deref(), Ok(instant), "{text}");
        }
    }

    #[test]
    fn a_local_time_is_read_in_its_zone_on_either_side_of_a_clock_change() {
        for (text, zone, instant) in [
            ("2027-03-27T09:00", "Europe/Berlin", "2027-03-27T08:00:00Z"),
            ("2027-03-29T09:00:00", "europe/berlin", "2027-03-29T07:00:00Z"),
            ("2027-01-05 10:15", "America/New_York", "2027-01-05T15:15:00Z"),
            // British Columbia keeps its summer time from 2026 on; older databases are an hour wrong.
            ("2026-12-01T09:00", "America/Vancouver", "2026-12-01T16:00:00Z"),
        ] {
            assert_eq!(read(text, Some(zone)).as_deref(), Ok(instant), "{text} {zone}");
        }
    }

    #[test]
    fn what_would_be_a_guess_is_refused() {
        for (text, zone, kind) in [
            ("2027-02-03T09:00", None, "a local time without a time zone"),
            ("2027-02-03T09:00", Some("Europe/Berln"), "an unknown time zone"),
            ("2027-02-03", Some("Europe/Berlin"), "a date without a time of day"),
            ("2027-02-30T09:00", Some("Europe/Berlin"), "not a date and time"),
            ("2027-02-03T24:00", Some("Europe/Berlin"), "not a date and time"),
            ("2027-02-03T09:00:60Z", None, "not a date and time"),
            ("2027-02-03T09:00:00-7:00", None, "not a date and time"),
            ("03/02/2027 09:00", Some("Europe/Berlin"), "not a date and time"),
            ("9 o'clock", Some("Europe/Berlin"), "not a date and time"),
            ("2027-02-03T09:00[Europe/Berlin]", Some("Europe/Berlin"), "not a date and time"),
            ("2027-02-03T09:00:00.12345678Z", None, "a second with more than 7 fractional digits"),
            ("2027-03-28T02:30", Some("Europe/Berlin"), "a local time that the clocks skip"),
            ("2027-10-31T02:30", Some("Europe/Berlin"), "a local time that comes twice"),
        ] {
            assert_eq!(read(text, zone), Err(kind), "{text}");
        }
    }

    #[test]
    fn odd_names_of_zones_are_not_remembered() {
        let mut zones = Zones::new();
        for number in 0..100 {
            assert!(!zones.has(&format!("Mars/Olympus{number}")) && zones.has("Europe/Berlin"));
        }
        assert_eq!(zones.found.len(), 1);
    }

    #[test]
    fn a_skipped_and_a_repeated_time_name_both_readings() {
        let mend = |text| Zones::new().instant(text, Some("Europe/Berlin")).expect_err("a refusal").mend;
        assert_eq!(mend("2027-03-28T02:30"), "write 01:30 or 03:30, or the time with its offset");
        assert_eq!(
            mend("2027-10-31T02:30"),
            "write 2027-10-31T02:30:00+02:00 for the first or 2027-10-31T02:30:00+01:00 for the second"
        );
    }
}
