//! `Edm.DateTimeOffset`, read and written as Graph does it.
//!
//! It refuses a time without an offset: what that means is nobody's to guess.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, TimeDelta, Timelike, Utc};

/// Seven digits of fraction are what Graph keeps (100 ns).
const MOST_DIGITS: usize = 7;
/// The widest offset of a .NET `DateTimeOffset`, in seconds.
const WIDEST_OFFSET: i32 = 14 * 3600;

/// `2027-02-03T09:00:00.1234567+01:00`, or `None` for anything else.
pub(super) fn read(text: &str) -> Option<DateTime<Utc>> {
    if !text.is_ascii() || text.len() < 20 {
        return None;
    }
    let (local, rest) = text.split_at(19);
    let offset = match rest.strip_prefix('.') {
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 || digits > MOST_DIGITS {
                return None;
            }
            &rest[digits..]
        }
        None => rest,
    };
    let shaped = matches(local, "0000-00-00T00:00:00")
        && (offset == "Z" || matches(offset, "+00:00") || matches(offset, "-00:00"));
    // Chrono would take second 60 for a leap second; Edm has none.
    if !shaped || local.ends_with("60") {
        return None;
    }
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    let utc = time.to_utc();
    let in_range = (1..=9999).contains(&time.year())
        && (1..=9999).contains(&utc.year())
        && time.offset().local_minus_utc().abs() <= WIDEST_OFFSET;
    in_range.then_some(utc)
}

/// Whether the text has a digit where the pattern has one, and is the pattern elsewhere.
fn matches(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, like)| match like {
            b'0' => byte.is_ascii_digit(),
            _ => byte == like,
        })
}

/// Normalised to Z; a fraction only when there is one.
pub(super) fn write(time: DateTime<Utc>) -> String {
    if time.nanosecond() / 100 == 0 {
        return time.to_rfc3339_opts(SecondsFormat::Secs, true);
    }
    let full = write_full(time);
    format!("{}Z", full.trim_end_matches('Z').trim_end_matches('0'))
}

/// Always with seven digits, as `creationDateTime` has them.
pub(super) fn write_full(time: DateTime<Utc>) -> String {
    format!("{}.{:07}Z", time.format("%Y-%m-%dT%H:%M:%S"), time.nanosecond() % 1_000_000_000 / 100)
}

/// Later by so much, or the last moment that Edm can say.
pub(super) fn later(time: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    let last = NaiveDate::from_ymd_opt(9999, 12, 31)
        .and_then(|day| day.and_hms_nano_opt(23, 59, 59, 999_999_900))
        .map_or(DateTime::<Utc>::MAX_UTC, |last| last.and_utc());
    time.checked_add_signed(by).unwrap_or(last).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_normalised_to_z() {
        for (given, normal) in [
            ("2027-02-03T08:00:00Z", "2027-02-03T08:00:00Z"),
            ("2027-02-03T09:00:00+01:00", "2027-02-03T08:00:00Z"),
            ("2027-02-03T00:30:00-07:30", "2027-02-03T08:00:00Z"),
            ("2027-02-03T08:00:00.0000000Z", "2027-02-03T08:00:00Z"),
            ("2027-02-03T08:00:00.5Z", "2027-02-03T08:00:00.5Z"),
            ("2027-02-03T08:00:00.0602390-00:00", "2027-02-03T08:00:00.060239Z"),
            ("2024-02-29T23:59:59.9999999+14:00", "2024-02-29T09:59:59.9999999Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ] {
            assert_eq!(read(given).map(write).as_deref(), Some(normal), "{given}");
        }
    }

    #[test]
    fn what_edm_does_not_allow_is_no_time() {
        for given in [
            "",
            "soon",
            "2027-02-03",
            "2027-02-03T08:00:00",
            "2027-02-03T08:00Z",
            "2027-02-03 08:00:00Z",
            "2027-02-03t08:00:00z",
            "2027-02-03T08:00:00 Z",
            "2027-02-03T08:00:00.Z",
            "2027-02-03T08:00:00.12345678Z",
            "2027-02-03T08:00:00-7:00",
            "2027-02-03T08:00:00+0100",
            "2027-02-03T08:00:00+14:01",
            "2027-02-03T08:00:00+01:60",
            "2027-02-30T08:00:00Z",
            "2027-13-03T08:00:00Z",
            "2027-02-03T24:00:00Z",
            "2027-02-03T08:00:60Z",
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "12027-02-03T08:00:00Z",
            "-027-02-03T08:00:00Z",
            "2027-02-03T08:00:0\u{660}Z",
            "2027-02-03T08:00:00Z\n",
        ] {
            assert_eq!(read(given), None, "{given:?}");
        }
    }

    #[test]
    fn the_last_moment_has_no_later_one() {
        let last = read("9999-12-31T23:59:59Z").expect("Edm can say it");
        assert_eq!(write(later(last, TimeDelta::days(60))), "9999-12-31T23:59:59.9999999Z");
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(text in ".*") {
            let _ = read(&text);
        }

        #[test]
        fn what_is_written_can_be_read(seconds in -62_135_596_800_i64..253_402_300_800, tick in 0..10_000_000_u32) {
            let time = DateTime::from_timestamp(seconds, tick * 100).expect("in range");
            proptest::prop_assert_eq!(read(&write(time)), Some(time));
            proptest::prop_assert_eq!(read(&write_full(time)), Some(time));
        }
    }
}
