//! Zones and their names.

use super::*;

#[test]
fn a_local_time_is_read_in_its_zone_on_either_side_of_a_clock_change() {
    for (text, zone, instant) in [
        ("2027-03-27T09:00", "Europe/Berlin", "2027-03-27T08:00:00Z"),
        ("2027-03-29T09:00:00", "europe/berlin", "2027-03-29T07:00:00Z"),
        ("2027-03-29T09:00:00", "w. europe standard time", "2027-03-29T07:00:00Z"),
        ("2027-03-29T09:00", "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "2027-03-29T07:00:00Z"),
        ("2027-03-29T09:00", "(GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "2027-03-29T07:00:00Z"),
        ("2027-01-05 10:15", "America/New_York", "2027-01-05T15:15:00Z"),
        ("2027-01-05 10:15", "Eastern Time (US & Canada)", "2027-01-05T15:15:00Z"),
        ("2027-07-05 10:15", "Coordinated Universal Time", "2027-07-05T10:15:00Z"),
        ("2027-07-05 10:15", "CET", "2027-07-05T08:15:00Z"),
        ("2027-07-05 10:15", "+01:00", "2027-07-05T09:15:00Z"),
        ("2027-07-05 10:15", "UTC-5", "2027-07-05T15:15:00Z"),
        ("2027-07-05 10:15", "gmt+05:30", "2027-07-05T04:45:00Z"),
        ("2027-07-05 10:15", "z", "2027-07-05T10:15:00Z"),
        // British Columbia keeps its summer time from 2026 on; older databases are an hour wrong.
        ("2026-12-01T09:00", "America/Vancouver", "2026-12-01T16:00:00Z"),
    ] {
        assert_eq!(read(text, zone).as_deref(), Ok(instant), "{text} {zone}");
    }
}

#[test]
fn an_unknown_zone_is_refused_with_the_nearest_that_is_known() {
    for (zone, mend) in [
        ("Europe/Berln", "write Europe/Berlin if that is meant; otherwise use an IANA name"),
        ("Europe/New York", "write America/New_York if that is meant"),
        ("berlin", "write Europe/Berlin if that is meant"),
        ("W. Europ Standard Time", "write W. Europe Standard Time if that is meant"),
        ("Mars/Olympus", "use an IANA name like Europe/Berlin or America/New_York"),
        (
            "IST",
            "write the name of the zone that is meant: Asia/Kolkata, Europe/Dublin (IST is its time in summer), or Asia/Jerusalem",
        ),
        ("XYZT", "use an IANA name"),
        ("UTC +1", "write +01:00 if that is meant"),
        ("(UTC+05:30)", "write +05:30 if that is meant"),
        ("-5", "write -05:00 if that is meant"),
        ("UTC+25", "use an IANA name"),
        ("Etc/Unknown", "use an IANA name"),
    ] {
        let spanned = Zones::new().span(&cells("2027-02-03T09:00", zone), &Rules::default());
        let [(column, wrong)] = &spanned.wrongs[..] else { panic!("{zone}: {spanned:?}") };
        assert_eq!((*column, wrong.kind), (Column::TimeZone, "an unknown time zone"), "{zone}");
        assert!(wrong.mend.starts_with(mend), "{zone}: {}", wrong.mend);
    }
}

#[test]
fn every_name_of_windows_is_a_zone_of_the_database_and_is_found_by_each_of_its_names() {
    let mut zones = Zones::new();
    let all: Vec<_> = names::all_of_windows().collect();
    assert!(all.len() > 130, "{} names", all.len());
    for windows in all {
        let iana = zones.zone(windows.tzdb_id()).expect("in the database");
        for name in [windows.name().to_owned(), windows.description().to_owned(), windows.name().to_uppercase()] {
            let found = zones.zone(&name);
            let (found, iana) = (zones.name(found.expect(&name)).to_owned(), zones.name(iana));
            // UTC has several names, and `UTC-11` is an offset before it is a name of Windows.
            let fixed = windows.name().starts_with("UTC") && (found.ends_with(":00") || found == "UTC");
            assert!(found == iana || fixed, "{name}: {found} {iana}");
        }
    }
}

#[test]
fn a_clock_without_summer_time_is_read_with_a_warning() {
    for (zone, warnings) in [("EST", 1), ("mst", 1), ("HST", 1), ("EST5EDT", 0), ("CET", 0)] {
        let spanned = Zones::new().span(&cells("2027-07-03T09:00", zone), &Rules::default());
        assert!(spanned.span.is_some(), "{zone}");
        assert_eq!(spanned.warnings.len(), warnings, "{zone}");
    }
}

#[test]
fn odd_names_of_zones_are_not_remembered() {
    let mut zones = Zones::new();
    for number in 0..30 {
        assert!(
            !zones.has(&format!("Mars/Olympus{number}")) && zones.has("Europe/Berlin") && zones.has("EUROPE/BERLIN")
        );
    }
    assert_eq!(zones.kept(), (1, 2));
}

#[test]
fn a_skipped_and_a_repeated_time_name_both_readings() {
    let mend = |text, zone| read(text, zone).expect_err("a refusal").mend;
    assert_eq!(mend("2027-03-28T02:30", "Europe/Berlin"), "write 01:30 or 03:30, or the time with its offset");
    assert_eq!(
        mend("2027-10-31T02:30", "Europe/Berlin"),
        "write 2027-10-31T02:30:00+02:00 for the first or 2027-10-31T02:30:00+01:00 for the second"
    );
    // The clocks of Cairo are put forward at midnight, so that one of the readings is on the day before.
    assert_eq!(
        mend("2027-04-30T00:30", "Africa/Cairo"),
        "write 2027-04-29T23:30 or 01:30, or the time with its offset"
    );
}

#[test]
fn a_zone_is_known_by_its_place_and_says_the_day_there() {
    let mut zones = Zones::new();
    let spanned = zones.span(&cells("2027-02-03T23:30", "america/los_angeles"), &Rules::default());
    let (zone, start) = (spanned.zone.expect("a zone"), spanned.span.and_then(|span| span.start()).expect("a start"));
    assert_eq!(
        (zones.name(zone), zones.local(zone, start).to_string().as_str()),
        ("America/Los_Angeles", "2027-02-03")
    );
    assert_eq!(zones.span(&cells("2027-02-03T23:30Z", "America/Los_Angeles"), &Rules::default()).zone, None);
}

#[test]
fn a_start_is_read_in_a_zone_or_has_an_offset_of_its_own_and_never_both() {
    let mut zones = Zones::new();
    for (start, zone, name, hours) in [
        ("2027-02-03T09:00", "Europe/Berlin", Some("Europe/Berlin"), None),
        ("2027-02-03T09:00+01:00", "", None, Some(1)),
        ("2027-02-03T09:00-05:00", "Europe/Berlin", None, Some(-5)),
        ("2027-02-03T09:00Z", "Europe/Berlin", None, Some(0)),
        ("2027-02-03T09:00", "", None, None),
        ("", "Europe/Berlin", None, None),
    ] {
        let spanned = zones.span(&cells(start, zone), &Rules::default());
        let found = spanned.zone.map(|id| zones.name(id));
        let offset = spanned.offset.map(|offset| offset.seconds() / 3600);
        assert_eq!((found, offset), (name, hours), "{start} {zone}");
    }
}
