//! The forms in which a moment may be written.

use jiff::Timestamp;
use jiff::civil::DateTime as Local;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use proptest::prelude::*;

use super::*;

const ZONES: [&str; 6] =
    ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC"];

/// Each with how it writes a local time; the offset is that of the zone.
fn forms(local: Local, offset: Offset) -> Vec<String> {
    let write = |form: &str| local.strftime(form).to_string();
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    let half = if local.hour() < 12 { "AM" } else { "PM" };
    let hour = (local.hour() + 11) % 12 + 1;
    let mut forms: Vec<String> = [
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dt%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S.0000000",
        "%Y%m%dT%H%M%S",
        "%Y%m%dT%H%M",
        "%Y/%m/%d %H:%M",
        "%d.%m.%Y %H:%M",
        "%-d.%-m.%Y, %H:%M Uhr",
        "%d.%m.%Y %H.%M",
        "%-d %b %Y %H:%M",
        "%-d-%b-%Y %H:%M:%S",
        "%b %-d, %Y %H:%M",
        "%A, %-d %B %Y %H:%M",
        "%a %-d. %B %Y %Hh%M",
        "%B %-d %Y  %H:%M",
    ]
    .into_iter()
    .map(write)
    .collect();
    forms.push(format!("{} {hour}:{:02} {half}", write("%Y-%m-%d"), local.minute()));
    forms.push(format!("{} {hour:02}:{:02}{}", write("%b %-d, %Y"), local.minute(), half.to_lowercase()));
    forms.push(format!("{} {hour}:{:02}:00 {}.m.", write("%d.%m.%Y"), local.minute(), &half[..1].to_lowercase()));
    forms.push(format!("{}{sign}{hours:02}:{minutes:02}", write("%Y-%m-%dT%H:%M")));
    forms.push(format!("{}{sign}{hours:02}:{minutes:02}", write("%Y-%m-%d %H:%M:%S")));
    forms.push(format!("{}{sign}{hours:02}{minutes:02}", write("%Y%m%dT%H%M%S")));
    forms.push(format!("{} UTC{sign}{hours}:{minutes:02}", write("%-d %B %Y %H:%M")));
    if minutes == 0 {
        forms.push(format!("{}{sign}{hours:02}", write("%Y-%m-%dT%H:%M")));
        forms.push(format!("{} GMT{sign}{hours}", write("%Y-%m-%d %H:%M")));
    }
    forms
}

proptest! {
    #[test]
    fn whatever_the_form_it_is_the_same_instant(minutes in 0_i64..70 * 365 * 1440, zone in 0..ZONES.len()) {
        let instant = Timestamp::from_second(minutes * 60).expect("in the calendar");
        let zone = TimeZoneDatabase::bundled().get(ZONES[zone]).expect("a zone");
        let (local, offset) = (zone.to_datetime(instant), zone.to_offset(instant));
        prop_assume!(!zone.to_ambiguous_timestamp(local).is_ambiguous());
        let name = zone.iana_name().unwrap_or("UTC");
        let want = format!("{}Z", TimeZone::UTC.to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%S"));
        for text in forms(local, offset) {
            prop_assert_eq!(read(&text, name), Ok(want.clone()), "{} {}", text, name);
        }
        let write = |form: &str| local.strftime(form).to_string();
        let (date, time) = (write("%Y-%m-%d"), write("%H:%M"));
        let (slashed, american) = (write("%d/%m/%Y"), write("%m/%d/%Y"));
        let rules = |order| Rules { orders: Orders::all(order), ..Rules::default() };
        for (date, rules) in [
            (&date, Rules::default()),
            (&slashed, rules(DateOrder::DayFirst)),
            (&american, rules(DateOrder::MonthFirst)),
        ] {
            let cells = Cells { start_date: Some(date), start_time: Some(&time), ..cells("", name) };
            prop_assert_eq!(start_of(&cells, &rules), Ok(want.clone()), "{} {} {}", date, time, name);
            let cells = Cells { start_date: Some(date), start_date_time: Some(&time), time_zone: Some(name), ..Cells::default() };
            prop_assert_eq!(start_of(&cells, &rules), Ok(want.clone()), "{} {} {}", date, time, name);
        }
    }
}

#[test]
fn a_time_with_an_offset_needs_no_zone() {
    for (text, instant) in [
        ("2027-02-03T09:00:00Z", "2027-02-03T09:00:00Z"),
        ("2027-02-03t09:00:00z", "2027-02-03T09:00:00Z"),
        ("2027-02-03T09:00:00+01:00", "2027-02-03T08:00:00Z"),
        ("2027-02-03 09:00:00-07:30", "2027-02-03T16:30:00Z"),
        ("2027-02-03T09:00+05:45", "2027-02-03T03:15:00Z"),
        ("2027-02-03T09:00+01", "2027-02-03T08:00:00Z"),
        ("2027-02-03T09:00+0100", "2027-02-03T08:00:00Z"),
        ("20270203T090000Z", "2027-02-03T09:00:00Z"),
        ("2027-02-03T09:00+14:00", "2027-02-02T19:00:00Z"),
        ("2027-02-03T09:00:00.1234567-00:00", "2027-02-03T09:00:00.1234567Z"),
        ("2027-02-03 09:00:00,5 UTC", "2027-02-03T09:00:00.5Z"),
        ("3 Feb 2027 9 PM GMT", "2027-02-03T21:00:00Z"),
    ] {
        assert_eq!(read(text, "").as_deref(), Ok(instant), "{text}");
        assert_eq!(read(text, "No/Such").as_deref(), Ok(instant), "{text}");
    }
}

#[test]
fn midnight_and_noon_are_twelve_on_a_clock_of_twelve_hours() {
    for (text, hour) in
        [("12:00 AM", "00:00"), ("12:00 PM", "12:00"), ("12:30 am", "00:30"), ("1 p.m.", "13:00"), ("9 PM", "21:00")]
    {
        let cells = Cells { start_date: Some("3 Feb 2027"), start_time: Some(text), ..cells("", "UTC") };
        assert_eq!(start_of(&cells, &Rules::default()), Ok(format!("2027-02-03T{hour}:00Z")), "{text}");
    }
}

#[test]
fn a_time_that_would_be_a_guess_is_refused_and_its_part_is_marked() {
    for (text, kind, part) in [
        ("2027-02-03", "a date without a time of day", None),
        ("09:00", "a time of day without a date", None),
        ("2027-02-03T24:00", "24:00, which is 00:00 of the next day", Some("24:00")),
        ("2027-02-03T25:00", "a time of day that does not exist", Some("25")),
        ("2027-02-03T09:60", "a time of day that does not exist", Some("60")),
        ("2027-02-03T09:00:60Z", "a time of day that does not exist", Some("60")),
        ("2027-02-03 13:00 PM", "a time of day that does not exist", Some("13:00 PM")),
        ("2027-02-03 0:30 am", "a time of day that does not exist", Some("0:30 am")),
        ("2027-02-03 noon", "noon or midnight in words", Some("noon")),
        ("2027-02-03 12 midnight", "noon or midnight in words", Some("12 midnight")),
        ("2027-02-03 9", "an hour without minutes", Some("9")),
        ("2027-02-03 9:5", "minutes that are not two digits", Some("5")),
        ("2027-02-03T09:00:00-7:00", "an offset that cannot be read", Some("-7:00")),
        ("2027-02-03T09:00+15:00", "an offset that no place on earth has", Some("+15:00")),
        ("2027-02-03 09:00-10:30", "a time with an offset that may be an end", Some("-10:30")),
        ("2027-02-03 09:00 - 10:30", "two times in one cell", Some("- 10:30")),
        ("2027-02-03 09:00 \u{2013} 10:30", "two times in one cell", Some("\u{2013} 10:30")),
        ("2027-02-03T09:00[Europe/Berlin]", "a zone in brackets", Some("[Europe/Berlin]")),
        ("2027-02-03 09:00 CET", "a time zone beside the time", Some("CET")),
        ("2027-02-03 9:00 AM Europe/Berlin", "a time zone beside the time", Some("Europe/Berlin")),
        ("2027-02-03T09:00:00.12345678Z", "a second with more than 7 fractional digits", Some("12345678")),
        ("46056", "a number of days as Excel counts them, and not a date", None),
        ("46056.375", "a number of days as Excel counts them, and not a date", None),
        ("0.375", "a part of a day as Excel counts it, and not a time", None),
        ("9 o'clock", "not a date and time", None),
        ("tomorrow", "not a date and time", None),
        ("2027-02-03 at nine", "not a date and time", Some("at nine")),
        ("2027-02-03 09:00 or so", "not a date and time", Some("or so")),
        ("2027-03-28T02:30", "a local time that the clocks skip", None),
        ("2027-10-31T02:30", "a local time that comes twice", None),
    ] {
        assert_eq!(flaw(text, "Europe/Berlin"), (kind, part), "{text}");
    }
    assert_eq!(read("2027-02-03T24:00", "UTC").expect_err("a refusal").mend, "write 00:00 of the next day, 2027-02-04");
    let cells = Cells { start_date: Some("2027-02-03"), start_time: Some("0900"), ..Cells::default() };
    assert_eq!(start_of(&cells, &Rules::default()).expect_err("a refusal").mend, "write 09:00 if that is meant");
}
