//! Dates: which are read, in which order, and what is said of the others.

use super::*;
use crate::input::times::date::Admits;

fn date(text: &str, order: Option<DateOrder>) -> Result<String, Wrong> {
    let orders = order.map_or_else(Orders::default, Orders::all);
    let cells = Cells { start_date: Some(text), start_time: Some("09:00"), ..cells("", "UTC") };
    start_of(&cells, &Rules { orders, ..Rules::default() })
}

#[test]
fn a_date_with_slashes_is_read_in_the_order_that_is_known() {
    use DateOrder::{DayFirst, MonthFirst};
    for (text, order, day) in [
        ("03/02/2027", Some(DayFirst), "2027-02-03"),
        ("03/02/2027", Some(MonthFirst), "2027-03-02"),
        ("3-2-2027", Some(DayFirst), "2027-02-03"),
        ("13/02/2027", None, "2027-02-13"),
        ("02/13/2027", None, "2027-02-13"),
        ("02/02/2027", None, "2027-02-02"),
        ("03.02.2027", Some(MonthFirst), "2027-02-03"),
        ("2027/02/03", Some(DayFirst), "2027-02-03"),
        ("Sept 3rd, 2027", None, "2027-09-03"),
        ("Tues. 2 Feb 2027", None, "2027-02-02"),
    ] {
        assert_eq!(date(text, order), Ok(format!("{day}T09:00:00Z")), "{text}");
    }
}

#[test]
fn a_date_that_would_be_a_guess_is_refused_and_its_part_is_marked() {
    use DateOrder::{DayFirst, MonthFirst};
    for (text, order, kind, part) in [
        ("03/02/2027", None, "a date that can be read in two ways", Some("03/02/2027")),
        ("13/02/2027", Some(MonthFirst), "a date that is against the order of its column", Some("13/02/2027")),
        ("02/13/2027", Some(DayFirst), "a date that is against the order of its column", Some("02/13/2027")),
        ("03.02.27", None, "a year of two digits", Some("27")),
        ("3 Feb 27", None, "a year of two digits", Some("27")),
        ("03/02/27", Some(DayFirst), "a year of two digits", Some("27")),
        ("3 Feb", None, "a date without a year", Some("3 Feb")),
        ("03/02", None, "a date without a year", Some("03/02")),
        ("2027-02", None, "a date without a day", Some("2027-02")),
        ("2027-02-30", None, "a day that does not exist", Some("30")),
        ("30 Feb 2027", None, "a day that does not exist", Some("30")),
        ("2027-13-01", None, "a day that does not exist", Some("13")),
        ("0000-01-01", None, "a day that does not exist", Some("0000")),
        ("20270230", None, "a day that does not exist", Some("30")),
        ("31/31/2027", None, "a day that does not exist", Some("31")),
        ("2027-W05-3", None, "a date by its week", Some("2027-W05-3")),
        ("2027-034", None, "a date by its day of the year", Some("2027-034")),
        ("2027034", None, "a date by its day of the year", Some("2027034")),
        ("Thu, 3 Feb 2027", None, "a weekday that is not that of the date", Some("Thu")),
        ("Mi, 03.02.2027", None, "a word before the date that is no English weekday", Some("Mi")),
        ("3. M\u{e4}rz 2027", None, "a month that is no English name", Some("M\u{e4}rz")),
        ("f\u{e9}vrier 3, 2027", None, "a month that is no English name", Some("f\u{e9}vrier")),
    ] {
        let wrong = date(text, order).expect_err(text);
        assert_eq!((wrong.kind, wrong.part.map(|part| &text[part])), (kind, part), "{text}");
    }
}

#[test]
fn a_date_that_can_be_read_in_two_ways_names_both() {
    let wrong = date("03/02/2027", None).expect_err("a refusal");
    assert_eq!(wrong.what.as_deref(), Some("03/02/2027 may be 3 February 2027 or 2 March 2027"));
    assert!(wrong.mend.starts_with("write 2027-02-03 or 2027-03-02, or say"), "{}", wrong.mend);
}

#[test]
fn a_column_is_told_what_each_of_its_dates_admits() {
    for (text, readings) in [
        ("03/02/2027", Some((true, true))),
        ("13/02/2027 09:00", Some((true, false))),
        ("Sat 02-13-2027", Some((false, true))),
        ("31/31/2027", Some((false, false))),
        ("03.02.2027", None),
        ("2027/02/03", None),
        ("03/02/27", None),
        ("", None),
    ] {
        let readings = readings.map(|(day_first, month_first)| Admits { day_first, month_first });
        assert_eq!(admits(text), readings, "{text}");
    }
}

#[test]
fn each_column_of_dates_has_an_order_of_its_own() {
    let mut orders = Orders::all(DateOrder::DayFirst);
    orders.set(Column::EndDate, DateOrder::MonthFirst);
    orders.set(Column::Subject, DateOrder::MonthFirst);
    let cells = Cells {
        start_date: Some("03/02/2027"),
        start_time: Some("09:00"),
        end_date: Some("02/03/2027"),
        end_time: Some("10:00"),
        ..cells("", "UTC")
    };
    let span = Zones::new().span(&cells, &Rules { orders, ..Rules::default() }).span.expect("a span");
    assert_eq!(span.end().map(graph_time).as_deref(), Some("2027-02-03T10:00:00Z"));
}
