//! Every clock change that the database knows from 2024 to 2030, a quarter of an hour at a time.

use std::fmt::Write as _;

use jiff::civil::DateTime as Local;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::*;

/// The instants at which the clocks of the zone show this, found by the inverse: each offset that is in use about then
/// gives an instant, which counts when the zone shows the local time at it.
fn instants(zone: &TimeZone, offsets: &[Offset], local: Local) -> Vec<Timestamp> {
    let instants = offsets.iter().map(|offset| offset.to_timestamp(local).expect("in the calendar"));
    let mut instants: Vec<_> = instants.filter(|instant| zone.to_datetime(*instant) == local).collect();
    instants.sort();
    instants
}

fn offsets_about(zone: &TimeZone, change: Timestamp) -> Vec<Offset> {
    let mut offsets: Vec<_> = (-40..40).map(|hour| zone.to_offset(change + SignedDuration::from_hours(hour))).collect();
    offsets.sort();
    offsets.dedup();
    offsets
}

fn check(zones: &mut Zones, name: &str, text: &str, want: &[Timestamp]) {
    let spanned = zones.span(&cells(text, name), &Rules::default());
    let kind = spanned.wrongs.first().map(|(_, wrong)| wrong.kind);
    match want {
        [only] => {
            let start = spanned.span.and_then(|span| span.start()).map(|start| start.timestamp());
            assert_eq!(start, Some(only.as_second()), "{text} {name}");
        }
        [] => assert_eq!(kind, Some("a local time that the clocks skip"), "{text} {name}"),
        [first, second] => {
            assert_eq!(kind, Some("a local time that comes twice"), "{text} {name}");
            // Both readings are named in the order in which they come, so that each may be copied into the cell.
            let readings: Vec<_> = spanned.wrongs[0].1.mend.split(' ').filter(|word| word.contains('T')).collect();
            let read = |text: &str| text.parse::<Timestamp>().expect("with an offset");
            assert_eq!((read(readings[0]), read(readings[1])), (*first, *second), "{text} {name}");
        }
        _ => panic!("{text} comes {} times in {name}", want.len()),
    }
}

#[test]
fn about_every_clock_change_of_every_zone_a_time_is_what_the_database_says_or_is_refused() {
    let (mut zones, database) = (Zones::new(), TimeZoneDatabase::bundled());
    let (begin, end) = ["2024-01-01T00:00Z", "2031-01-01T00:00Z"].map(|text| text.parse().expect("a time")).into();
    let (begin, end): (Timestamp, Timestamp) = (begin, end);
    let (mut text, mut changes) = (String::new(), 0);
    for name in database.available().map(|name| name.to_string()).filter(|name| zones.has(name)).collect::<Vec<_>>() {
        let zone = database.get(&name).expect("it is available");
        for change in zone.following(begin).map(|change| change.timestamp()).take_while(|change| *change < end) {
            let offsets = offsets_about(&zone, change);
            if offsets.len() < 2 {
                continue;
            }
            changes += 1;
            let shown = zone.to_datetime(change);
            let middle = shown.date().at(shown.hour(), shown.minute() / 15 * 15, 0, 0);
            for quarter in -48_i64..=48 {
                let local = middle + (quarter * 15).minutes();
                text.clear();
                let (date, time) = (local.date(), local.time());
                write!(text, "{date}T{:02}:{:02}", time.hour(), time.minute()).expect("a text");
                check(&mut zones, &name, &text, &instants(&zone, &offsets, local));
            }
        }
    }
    assert!(changes > 2_000, "{changes} changes");
}
