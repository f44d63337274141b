//! What a cell says, by its value and its number format.

use calamine::{ExcelDateTime, ExcelDateTimeType};
use proptest::prelude::*;

use super::*;

fn number(value: f64) -> String {
    let mut text = String::new();
    write(&DataRef::Float(value), Shown::default(), false, &mut text);
    text
}

fn dated(serial: f64, code: &str, from_1904: bool) -> String {
    let kind = if code.starts_with('[') { ExcelDateTimeType::TimeDelta } else { ExcelDateTimeType::DateTime };
    let value = DataRef::DateTime(ExcelDateTime::new(serial, kind, from_1904));
    let mut text = String::new();
    write(&value, Shown::of_code(code), from_1904, &mut text);
    text
}

#[test]
fn numbers_have_the_digits_that_excel_keeps_and_no_exponent() {
    for (value, text) in [
        (123_456_789_012_345.0, "123456789012345"),
        (0.1 + 0.2, "0.3"),
        (2.5, "2.5"),
        (-0.0, "0"),
        (1e20, "100000000000000000000"),
        (1_234_567_890_123_456_789.0, "1234567890123460000"),
        (1e-7, "0.0000001"),
        (-41.0, "-41"),
    ] {
        assert_eq!(number(value), text);
    }
}

#[test]
fn a_number_is_filled_up_with_the_zeros_that_its_format_shows() {
    for (value, code, text) in [
        (42.0, "00000", "00042"),
        (123_456.0, "00000", "123456"),
        (-0.0, "00", "00"),
        (4.5, "00000", "4.5"),
        (-42.0, "00000", "-42"),
        (42.0, "0", "42"),
        (42.0, "0.00", "42"),
    ] {
        let mut written = String::new();
        write(&DataRef::Float(value), Shown::of_code(code), false, &mut written);
        assert_eq!(written, text, "{value} {code}");
    }
}

#[test]
fn a_format_shows_a_date_a_time_or_both() {
    for (code, date, time) in [
        ("mm-dd-yy", true, false),
        ("d-mmm", true, false),
        ("mmm-yy", true, false),
        ("mmmm", true, false),
        ("h:mm AM/PM", false, true),
        ("mm:ss", false, true),
        ("mmss.0", false, true),
        ("m/d/yy h:mm", true, true),
        ("dd/mm/yyyy\\ hh:mm:ss", true, true),
        ("[$-407]dddd, d. mmmm yyyy", true, false),
        ("[$-F400]h:mm:ss\\ AM/PM", false, true),
        ("yyyy-mm-dd\"T\"hh:mm", true, true),
        ("hh:mm\" Uhr, Tag\";@", false, true),
        ("hh:mm, dd.mm.yyyy", true, true),
        ("m\"月\"d\"日\"", true, false),
        ("AM/PM h:mm", false, true),
        ("d [h]:mm", true, true),
        ("General", false, false),
        ("@", false, false),
        ("\"open", false, false),
        ("\\", false, false),
    ] {
        assert_eq!(Shown::of_code(code), Shown { date, time, digits: 0 }, "{code}");
    }
}

#[test]
fn dates_are_what_excel_means_by_them() {
    for (serial, code, text) in [
        (46_421.375, "dd.mm.yyyy hh:mm", "2027-02-03T09:00:00"),
        (46_421.0, "dd.mm.yyyy hh:mm", "2027-02-03T00:00:00"),
        (46_421.0, "dd.mm.yyyy", "2027-02-03"),
        (46_421.375, "dd.mm.yyyy", "2027-02-03T09:00:00"),
        (46_421.375, "hh:mm", "09:00:00"),
        (0.375, "hh:mm", "09:00:00"),
        (0.0, "hh:mm", "00:00:00"),
        (0.375, "dd.mm.yyyy hh:mm", "09:00:00"),
        (0.375, "dd.mm.yyyy", "09:00:00"),
        (0.0, "dd.mm.yyyy", "1900-01-00"),
        (1.0, "dd.mm.yyyy", "1900-01-01"),
        (59.0, "dd.mm.yyyy", "1900-02-28"),
        (60.0, "dd.mm.yyyy", "1900-02-29"),
        (61.0, "dd.mm.yyyy", "1900-03-01"),
        (2_958_465.0, "dd.mm.yyyy", "9999-12-31"),
        (2_958_466.0, "dd.mm.yyyy", "2958466"),
        (-1.5, "dd.mm.yyyy", "-1.5"),
        (46_421.000_005_787, "hh:mm", "00:00:00.500"),
        (46_421.999_999_999, "dd.mm.yyyy hh:mm", "2027-02-04T00:00:00"),
        // In a format that is not known by its code.
        (46_421.0, "@", "2027-02-03"),
        (46_421.375, "@", "2027-02-03T09:00:00"),
        (0.375, "@", "09:00:00"),
    ] {
        assert_eq!(dated(serial, code, false), text, "{serial} {code}");
    }
    assert_eq!(dated(44_959.375, "d.m.yyyy h:mm", true), "2027-02-03T09:00:00");
    assert_eq!(dated(0.0, "d.m.yyyy", true), "1904-01-01");
}

#[test]
fn durations_are_hours_and_minutes_without_end() {
    for (days, text) in
        [(0.0625, "1:30"), (1.5, "36:00"), (0.0, "0:00"), (-0.0625, "-1:30"), (0.000_347_222, "0:00:30")]
    {
        assert_eq!(dated(days, "[h]:mm", false), text);
    }
}

proptest! {
    /// As far as a person types times, to the second, nothing is off by one.
    #[test]
    fn every_second_of_every_day_comes_back(day in 61_u32..DAYS_END, second in 0_u32..86_400) {
        let serial = f64::from(day) + f64::from(second) / 86_400.0;
        let text = dated(serial, "yyyy-mm-dd hh:mm:ss", false);
        let parsed: jiff::civil::DateTime = text.parse().expect("a date and a time");
        let since = parsed.date().since(date(1899, 12, 30)).expect("a span").get_days();
        prop_assert_eq!(u32::try_from(since), Ok(day));
        let (hour, minute) = (u32::from(parsed.hour().unsigned_abs()), u32::from(parsed.minute().unsigned_abs()));
        prop_assert_eq!(hour * 3_600 + minute * 60 + u32::from(parsed.second().unsigned_abs()), second);
        prop_assert_eq!(text.len(), "2027-02-03T09:00:00".len());
    }

    #[test]
    fn any_number_is_written_as_some_text_of_bounded_length(serial in any::<f64>(), code in "[dmyhs:./ ]{0,8}") {
        let text = dated(serial, &code, false);
        prop_assert!(!text.is_empty() && text.len() < 400);
        prop_assert!(!number(serial).is_empty());
    }
}
