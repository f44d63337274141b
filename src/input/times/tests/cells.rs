//! The cells of one row together.

use super::*;

/// The span as two texts, or the flaws as columns and kinds.
fn span(cells: &Cells<'_>) -> Result<(String, String), Vec<(Column, &'static str)>> {
    let zoned = Cells { time_zone: cells.time_zone.or(Some("Europe/Berlin")), ..*cells };
    let spanned = Zones::new().span(&zoned, &Rules::default());
    let text = |instant: Option<DateTime<Utc>>| instant.map_or_else(String::new, graph_time);
    match spanned.span {
        Some(span) => Ok((text(span.start()), text(span.end()))),
        None => Err(spanned.wrongs.into_iter().map(|(column, wrong)| (column, wrong.kind)).collect()),
    }
}

fn apart<'a>(date: &'a str, start: &'a str, end: &'a str) -> Cells<'a> {
    Cells { start_date: Some(date), start_time: Some(start), end_time: Some(end), ..Cells::default() }
}

#[test]
fn a_start_and_an_end_are_put_together_from_the_cells_that_there_are() {
    let base = apart("03.02.2027", "9:00 AM", "10.30");
    let whole = Cells { start_date_time: Some("2027-02-03T09:00"), ..Cells::default() };
    for cells in [
        base,
        Cells { end_date: Some("2027-02-03"), ..base },
        Cells { end_time: None, end_date_time: Some("10:30"), ..base },
        Cells { end_time: None, duration: Some("90"), ..base },
        Cells { end_time: None, end_date: Some("2027-02-03"), duration: Some("1:30"), ..base },
        Cells { duration: Some("PT1H30M"), ..base },
        Cells { start_date_time: Some("2027-02-03T09:00"), ..base },
        Cells { start_date: Some("2027-02-03 00:00:00"), ..base },
        Cells { start_date: None, start_time: Some("2027-02-03 09:00"), ..base },
        Cells { end_date_time: Some("10:30"), ..whole },
        Cells { end_date_time: Some("2027-02-03T09:30Z"), ..whole },
        Cells { end_date_time: Some("09:30Z"), ..whole },
        Cells { duration: Some("90 min"), ..whole },
        Cells { start_date_time: Some("2027-02-03T08:00Z"), duration: Some("1,5 h"), ..whole },
        Cells { start_date_time: Some("2027-02-03T08:00Z"), end_date_time: Some("10:30"), ..whole },
        Cells {
            start_date_time: Some("2027-02-03T22:00+14:00"),
            end_date: Some("2027-02-03"),
            duration: Some("90"),
            ..whole
        },
    ] {
        let times = ("2027-02-03T08:00:00Z".to_owned(), "2027-02-03T09:30:00Z".to_owned());
        assert_eq!(span(&cells), Ok(times), "{cells:?}");
    }
}

#[test]
fn cells_that_do_not_fit_together_are_refused_where_they_stand() {
    use Column::{Duration, EndDate, EndTime, StartDate, StartDateTime, StartTime};
    let base = apart("2027-02-03", "09:00", "10:30");
    for (cells, flaws) in [
        (apart("2027-02-03", "", ""), &[(StartDate, "a date without a time of day")][..]),
        (apart("", "09:00", ""), &[(StartTime, "a time of day without a date")]),
        (apart("2027-02-03 00:00:00", "", ""), &[(StartDate, "a date without a time of day")]),
        (apart("2027-02-03", "09:00", "08:00"), &[(EndTime, "the end is not after the start")]),
        (apart("2027-02-03", "09:00", "09:00"), &[(EndTime, "the end is not after the start")]),
        (apart("", "", "10:30"), &[(EndTime, "an end without a start")]),
        (
            apart("2027-02-30", "25:00", "9"),
            &[
                (StartDate, "a day that does not exist"),
                (StartTime, "a time of day that does not exist"),
                (EndTime, "an hour without minutes"),
            ],
        ),
        (Cells { end_date: Some("2027-02-02"), ..base }, &[(EndTime, "the end is before the start")]),
        (
            Cells { end_date: Some("2027-02-03"), ..apart("2027-02-03", "09:00", "") },
            &[(EndDate, "a date without a time of day")],
        ),
        (Cells { start_date_time: Some("2027-02-04T09:00"), ..base }, &[(StartDateTime, "two dates that disagree")]),
        (Cells { start_date_time: Some("10:00"), ..base }, &[(StartDateTime, "two times of day that disagree")]),
        (Cells { duration: Some("60"), ..base }, &[(Duration, "an end and a duration that disagree")]),
        (Cells { duration: Some("0"), ..base }, &[(Duration, "a duration of nothing")]),
        (
            Cells { end_date: Some("2027-02-04"), end_time: None, duration: Some("60"), ..base },
            &[(EndDate, "an end and a duration that disagree")],
        ),
        (Cells { duration: Some("60"), ..Cells::default() }, &[(Duration, "a duration without a start")]),
        (Cells { time_zone: Some("Nowhere/AtAll"), ..base }, &[(Column::TimeZone, "an unknown time zone")]),
        (
            Cells { time_zone: Some("Nowhere/AtAll"), ..apart("2027-02-30", "09:00", "") },
            &[(StartDate, "a day that does not exist"), (Column::TimeZone, "an unknown time zone")],
        ),
        (Cells { time_zone: Some(""), ..base }, &[(StartTime, "a local time without a time zone")]),
        (apart("2027-03-28", "02:30", "04:00"), &[(StartTime, "a local time that the clocks skip")]),
        (apart("2027-10-31", "01:30", "02:30"), &[(EndTime, "a local time that comes twice")]),
    ] {
        assert_eq!(span(&cells), Err(flaws.to_vec()), "{cells:?}");
    }
}

#[test]
fn equal_times_pass_where_both_have_their_dates_and_a_row_without_times_is_an_instant_meeting() {
    let cells = Cells {
        start_date_time: Some("2027-02-03T09:00"),
        end_date_time: Some("2027-02-03T09:00"),
        ..Cells::default()
    };
    assert!(span(&cells).is_ok_and(|(start, end)| start == end));
    assert_eq!(span(&Cells { start_date_time: Some(""), ..Cells::default() }), Ok((String::new(), String::new())));
}

#[test]
fn a_duration_is_time_that_passes_whatever_the_clocks_show() {
    let cells = Cells { duration: Some("2 h"), ..apart("2027-03-28", "01:30", "") };
    assert_eq!(span(&cells), Ok(("2027-03-28T00:30:00Z".to_owned(), "2027-03-28T02:30:00Z".to_owned())));
}

#[test]
fn a_meeting_in_the_past_or_of_more_than_a_day_is_a_warning() {
    let now = DateTime::from_timestamp(1_800_000_000, 0); // 2027-01-15T08:00Z
    let rules = Rules { now, ..Rules::default() };
    let warned = |start, end| {
        let cells = Cells { end_date_time: Some(end), ..cells(start, "UTC") };
        let spanned = Zones::new().span(&cells, &rules);
        assert!(spanned.span.is_some());
        spanned.warnings.into_iter().map(|(column, wrong)| (column, wrong.kind)).collect::<Vec<_>>()
    };
    assert_eq!(warned("2027-01-15T07:59", ""), [(Column::StartDateTime, "a meeting in the past")]);
    assert_eq!(warned("2027-01-15T07:59", "2027-01-15T08:00"), []);
    assert_eq!(warned("2027-01-15T09:00", "2027-01-16T09:00"), []);
    assert_eq!(
        warned("2027-01-15T09:00", "2027-01-16T09:01"),
        [(Column::EndDateTime, "a meeting longer than 24 hours")]
    );
}
