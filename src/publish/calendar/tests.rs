//! What a calendar says of a meeting.

use std::fs;
use std::path::Path;

use uuid::Uuid;

use super::Method;
use super::fixture::{LINK, ORGANIZER, ROW, finished, finished_by, folder, made, numbers, own, with};
use super::reader::{lines, text, value, values};

#[test]
fn a_meeting_is_an_event_with_all_that_it_takes_to_join() {
    let folder = folder();
    let made = made(&folder, &finished(&[ROW]), Method::Publish, 9);
    assert_eq!((made.files, made.unchanged, made.feed, made.notices()), (1, 0, Some(1), vec![]));
    assert_eq!(fs::read(own(&folder)).expect("a file"), fs::read(folder.path().join("feed.ics")).expect("a feed"));
    let lines = lines(&fs::read(own(&folder)).expect("a file"));
    let names: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
    assert_eq!(names[..6], ["BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "BEGIN"]);
    assert_eq!(values(&lines, "END"), ["VEVENT", "VCALENDAR"]);
    for (name, wanted) in [
        ("METHOD", "PUBLISH"),
        ("DTSTAMP", "20261122T090000Z"),
        ("SEQUENCE", "0"),
        ("DTSTART", "20270203T080000Z"),
        ("DTEND", "20270203T093000Z"),
        ("SUMMARY", "Week 5"),
        ("LOCATION", "Microsoft Teams"),
        ("URL", LINK),
        ("X-MICROSOFT-SKYPETEAMSMEETINGURL", LINK),
        ("STATUS", "CONFIRMED"),
    ] {
        assert_eq!(value(&lines, name), wanted);
    }
    assert_eq!(
        text(value(&lines, "DESCRIPTION")),
        format!(
            "Join the meeting: {LINK}\n\nMeeting ID: 398120445571\nPasscode: Kp7,Ws\nDial in by phone: +1 206-555-0100\n\
             Phone conference ID: 512004417"
        )
    );
    assert!(Uuid::parse_str(value(&lines, "UID")).is_ok());
    assert_eq!((values(&lines, "ATTENDEE"), values(&lines, "ORGANIZER")), (vec![], vec![]));
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_what_has_links() {
    let folder = folder();
    made(&folder, &finished(&[ROW]), Method::Publish, 9);
    let mode = |path: &Path| {
        let permissions = fs::metadata(path).expect("it is there").permissions();
        std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777
    };
    assert_eq!([&own(&folder), &folder.path().join("feed.ics")].map(|path| mode(path)), [0o600; 2]);
    assert_eq!(mode(&folder.path().join("dir")), 0o700);
}

#[test]
fn a_request_names_organizer_and_attendees_and_the_feed_does_not() {
    let folder = folder();
    let row = with(|row| {
        row[4] = "b@contoso.example; g_x.example#EXT#@contoso.example; 9c440000-0000-4000-8000-000000000002";
    });
    let rows = finished_by("ada@contoso.example", &[row]);
    let told = made(&folder, &rows, Method::Request, 1).notices();
    assert_eq!(told, ["attendees who are in no request, since their row names them by object id alone: 1"]);
    let own_lines = lines(&fs::read(own(&folder)).expect("a file"));
    assert_eq!(value(&own_lines, "METHOD"), "REQUEST");
    assert_eq!(value(&own_lines, "ORGANIZER"), "mailto:ada@contoso.example");
    assert_eq!(
        values(&own_lines, "ATTENDEE"),
        ["mailto:b@contoso.example", "mailto:g_x.example%23EXT%23@contoso.example"]
    );
    let attendee = own_lines.iter().find(|line| line.0 == "ATTENDEE").expect("one");
    assert_eq!(
        attendee.1,
        "CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=\"b@contoso.example\""
    );
    let feed = lines(&fs::read(folder.path().join("feed.ics")).expect("a feed"));
    assert_eq!(
        (value(&feed, "METHOD"), values(&feed, "ATTENDEE"), values(&feed, "ORGANIZER")),
        ("PUBLISH", vec![], vec![])
    );
    assert!(text(value(&feed, "DESCRIPTION")).ends_with("\nOrganizer: ada@contoso.example"));
    assert_eq!(numbers(&folder).0, "0");
    let row = with(|row| row[4] = "b@contoso.example");
    made(&folder, &finished_by("ada@contoso.example", &[row]), Method::Request, 2);
    assert_eq!(numbers(&folder).0, "1", "attendees are details");
    made(&folder, &finished_by("ada@contoso.example", &[row]), Method::Publish, 3);
    assert_eq!(numbers(&folder).0, "2", "the method is one, where it shows");
}

#[test]
fn without_an_organizers_address_or_an_attendee_it_is_news() {
    for (organizer, attendees, why) in
        [(ORGANIZER, "b@contoso.example", "organizer's address"), ("ada@contoso.example", "", "no attendee")]
    {
        let folder = folder();
        let made = made(&folder, &finished_by(organizer, &[with(|row| row[4] = attendees)]), Method::Request, 1);
        assert!(made.notices().len() == 1 && made.notices()[0].contains(why), "{:?}", made.notices());
        assert_eq!(value(&lines(&fs::read(own(&folder)).expect("a file")), "METHOD"), "PUBLISH");
    }
}

#[test]
fn times_are_graphs_where_the_row_has_none() {
    for (start, end, wanted_end) in
        [("2027-02-03T08:00Z", "", vec!["20270203T090000Z"]), ("2027-02-03T08:00Z", "2027-02-03T08:00Z", vec![])]
    {
        let folder = folder();
        made(&folder, &finished(&[with(|row| (row[2], row[3]) = (start, end))]), Method::Publish, 1);
        let lines = lines(&fs::read(own(&folder)).expect("a file"));
        assert_eq!((value(&lines, "DTSTART"), values(&lines, "DTEND")), ("20270203T080000Z", wanted_end));
    }
    let folder = folder();
    let made = made(&folder, &finished(&[with(|row| (row[2], row[3]) = ("", ""))]), Method::Publish, 1);
    assert_eq!((made.files, made.feed), (0, Some(0)));
    assert_eq!(made.notices().len(), 2, "{:?}", made.notices());
    assert!(!folder.path().join("feed.ics").exists(), "a calendar of nothing is none");
}

#[test]
fn each_meeting_is_there_once_and_rows_without_one_are_not() {
    let folder = folder();
    let second = with(|row| (row[0], row[5]) = ("A-2", "existing"));
    let failed = with(|row| (row[0], row[5], row[6]) = ("A-3", "failed", ""));
    let again = with(|row| row[5] = "existing");
    let made = made(&folder, &finished(&[ROW, second, failed, again]), Method::Publish, 1);
    assert_eq!((made.files, made.feed), (2, Some(2)));
    let feed = lines(&fs::read(folder.path().join("feed.ics")).expect("a feed"));
    let mut uids = values(&feed, "UID");
    uids.dedup();
    assert_eq!(uids.len(), 2);
}
