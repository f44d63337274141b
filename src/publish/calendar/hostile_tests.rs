//! Whatever cells hold, a calendar has the lines that it should have and no others.

use proptest::prelude::*;

use super::super::text::clean;
use super::content;
use super::reader::{lines, text, value};
use super::*;
use crate::input::{Recipient, Row};
use crate::meeting::{Attendee, Meeting, Organizer, Role, Span, Who};
use crate::outcome::{Answer, OnlineMeeting, Outcome};
use crate::publish::Entry;

const LINK: &str = "https://teams.example/l/x?a=%7b";

/// A line of an output with these cells, whoever wrote them.
fn entry(id: &str, subject: &str, organizer: &str, attendee: &str, meeting: OnlineMeeting) -> Entry {
    let start = "2027-02-03T08:00:00Z".parse().expect("a time");
    let mut asked = Meeting::blank(Organizer::Named(organizer.to_owned()), "A-1");
    asked.span = Span::From(start);
    asked.subject = Some(subject.to_owned());
    asked.attendees = vec![Attendee { who: Who::Upn(attendee.to_owned()), role: Role::Attendee }];
    let mut row = Row::blank(1);
    row.external_id = crate::meeting::ExternalId::new(id);
    row.meeting = Ok(asked);
    let outcome = Outcome::Created(Answer { meeting, ..Answer::default() });
    Entry { row, outcome, attempts: 1, error: String::new(), is_first: true, is_new: true, names_zone: true }
}

fn with_link(link: &str) -> OnlineMeeting {
    OnlineMeeting { join_web_url: link.to_owned(), ..OnlineMeeting::default() }
}

/// The lines of the file that it would be, as a request if it can be one.
fn read(entry: &Entry) -> Vec<reader::Line> {
    let event = Event::of(entry, entry.meeting().expect("a meeting"), Labels::of(None)).expect("an event");
    // What a sheet calls somebody may be as hostile as anything.
    let people: Vec<Recipient> = entry
        .asked()
        .map_or(&[][..], |asked| &asked.attendees)
        .iter()
        .map(|attendee| Recipient { name: Some(entry.subject().to_owned()), attendee: attendee.clone() })
        .collect();
    let event = event.request(entry, &people).map_or(event, |(event, _)| event);
    let number = Number { sequence: 0, stamp: "2026-11-22T09:00:00Z".parse().expect("a time") };
    let lines = lines(&[head(Method::Request), number.event(&event), tail()].concat());
    assert_eq!(lines.iter().filter(|line| line.0 == "BEGIN").count(), 2);
    assert_eq!(lines.iter().filter(|line| line.0 == "END").count(), 2);
    lines
}

#[test]
fn no_cell_becomes_a_line() {
    let long = "Łódź 👩‍🏫, ".repeat(500);
    for hostile in [
        "x\r\nBEGIN:VEVENT\r\nUID:y\r\nEND:VEVENT",
        "x\nATTENDEE:mailto:y@z",
        "x\rMETHOD:CANCEL",
        "a;b,c\\d\\n:\"e\"",
        "END:VCALENDAR",
        "\u{202e}evil\u{2066}\u{200f}",
        "\u{2028}UID:z\u{85}UID:w\u{b}",
        "\0\u{7}\u{1b}[2J\u{7f}x",
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "\u{feff}\u{ffff}x",
        long.trim(),
    ] {
        let meeting = OnlineMeeting {
            passcode: Some(hostile.to_owned()),
            join_meeting_id: Some(hostile.to_owned()),
            toll_number: Some(hostile.to_owned()),
            conference_id: Some(hostile.to_owned()),
            organizer_upn: Some(format!("{hostile}@x.example")),
            ..with_link(LINK)
        };
        let lines = read(&entry("A-1", hostile, "o@x.example", &format!("{hostile}@x.example"), meeting));
        assert_eq!(text(value(&lines, "SUMMARY")), clean(hostile.trim()));
        let description = text(value(&lines, "DESCRIPTION"));
        assert!(description.contains(&format!("\nPasscode: {}\n", clean(hostile))), "{description}");
        for name in ["ORGANIZER", "ATTENDEE"] {
            let address = value(&lines, name).strip_prefix("mailto:").expect("an address");
            assert!(address.bytes().all(|octet| octet.is_ascii_graphic()), "{address}");
        }
    }
}

#[test]
fn a_link_that_is_none_is_text_alone() {
    for link in [
        "https://teams.example/x\r\nATTENDEE:mailto:y@z",
        "https://teams.example/x y",
        "https://teams.example/\u{202e}x",
        "javascript:alert(1)",
        "\u{1}https://teams.example/",
    ] {
        let lines = read(&entry("A-1", "s", "o@x.example", "a@x.example", with_link(link)));
        let names: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
        assert!(!names.contains(&"URL") && !names.contains(&"X-MICROSOFT-SKYPETEAMSMEETINGURL"), "{link:?}");
        assert!(text(value(&lines, "DESCRIPTION")).starts_with(&format!("Join the meeting: {}", clean(link))));
    }
}

#[test]
fn an_event_without_a_subject_is_called_by_its_id() {
    for (id, subject, wanted) in
        [("A-1", "s", "s"), ("A-1", " ", "A-1"), ("A-1", "\u{202e}", "A-1"), (" ", "", "Microsoft Teams")]
    {
        let lines = read(&entry(id, subject, "o@x.example", "a@x.example", with_link(LINK)));
        assert_eq!(value(&lines, "SUMMARY"), wanted);
    }
}

#[test]
fn folds_are_at_75_octets_and_never_within_a_character() {
    for pad in 0..80 {
        let text = format!("{}👩‍🏫é漢{}", "a".repeat(pad), "🎓".repeat(40));
        let mut octets = Vec::new();
        content::text(&mut octets, "SUMMARY", &text);
        assert_eq!(value(&lines(&octets), "SUMMARY"), text);
        let longest = octets.split(|octet| *octet == b'\n').map(<[u8]>::len).max();
        assert!(longest.is_some_and(|longest| (73..=76).contains(&longest)), "{longest:?}");
    }
}

proptest! {
    #[test]
    fn text_is_read_back_as_it_was(given in any::<String>()) {
        let mut octets = Vec::new();
        content::text(&mut octets, "SUMMARY", &given);
        prop_assert_eq!(text(value(&lines(&octets), "SUMMARY")), clean(&given));
    }

    #[test]
    fn whatever_cells_hold_it_is_one_event(
        id in any::<String>(), subject in any::<String>(), organizer in any::<String>(), attendee in any::<String>(),
        link in "\\PC{1,200}|[ -~\r\n]{1,200}", passcode in any::<Option<String>>(),
    ) {
        let meeting = OnlineMeeting { passcode, ..with_link(&link) };
        let lines = read(&entry(&id, &subject, &organizer, &attendee, meeting));
        value(&lines, "UID");
        if lines.iter().any(|line| line.0 == "URL") {
            prop_assert_eq!(value(&lines, "URL"), &link);
        }
    }

    #[test]
    fn what_is_written_is_known_again(subject in any::<String>(), sequence in 0..=SEQUENCE_MAX) {
        let entry = entry("A-1", &subject, "o@x.example", "a@x.example", with_link(LINK));
        let event = Event::of(&entry, entry.meeting().expect("a meeting"), Labels::of(None)).expect("an event");
        let stamp = "2026-11-22T09:00:00Z".parse().expect("a time");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.ics");
        let number = Number { sequence, stamp };
        std::fs::write(&path, [head(Method::Publish), number.event(&event), tail()].concat()).expect("a file");
        let published::Before::Ours(events, _) = published::Before::at(&path).expect("a file") else {
            return Err(TestCaseError::fail("it is ours"));
        };
        let known = Known { sequence, stamp, details: details(&event.details) };
        prop_assert_eq!(events.into_iter().collect::<Vec<_>>(), vec![(event.uid, known)]);
    }
}
