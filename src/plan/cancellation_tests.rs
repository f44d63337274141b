//! What is typed to choose meetings.

use super::*;

#[test]
fn a_date_is_its_first_moment_in_the_zone_and_a_time_needs_its_offset() {
    for (text, zone, instant) in [
        ("2027-02-01", None, "2027-02-01T00:00:00Z"),
        ("2027-02-01", Some("Europe/Berlin"), "2027-01-31T23:00:00Z"),
        ("2027-07-01", Some("Europe/Berlin"), "2027-06-30T22:00:00Z"),
        // Clocks there skip this midnight.
        ("2024-04-26", Some("Africa/Cairo"), "2024-04-25T22:00:00Z"),
        ("2027-02-01T08:00:00+01:00", Some("Asia/Tokyo"), "2027-02-01T07:00:00Z"),
        ("2027-02-01T08:00Z", None, "2027-02-01T08:00:00Z"),
        ("1960-01-01T00:00:00.5Z", None, "1960-01-01T00:00:00.5Z"),
    ] {
        assert_eq!(
            before(text, zone).expect(text),
            instant.parse::<DateTime<Utc>>().expect("a time"),
            "{text} {zone:?}"
        );
    }
    for text in ["", "soon", "2027-02-30", "01.02.2027", "2027-02-01T08:00:00", "1 Feb 2027", "2027-2-1"] {
        let error = before(text, None).expect_err(text).to_string();
        assert!(error.contains(&format!("'{text}'")) && error.contains("2027-02-01"), "{error}");
    }
}

#[test]
fn words_are_those_of_the_column() {
    let words = |text: &str| statuses(&text.split(',').map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(words("created, differs,").expect("words"), [Status::Created, Status::Differs]);
    for text in ["", ",", "Created", "done"] {
        let error = words(text).expect_err(text).to_string();
        assert!(error.contains("created") && error.contains("differs"), "{error}");
    }
}
