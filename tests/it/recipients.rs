//! The list for a mail merge, through the real program: whose meetings are in it, and in which words and zone.

use std::path::Path;

use convoke::sim::{Scenario, Sim};
use csv::{ReaderBuilder, StringRecord};

use crate::binary::{convoke, convoke_at, run, write};
use crate::harness::organizer;
use crate::server::Server;

/// The records of a list, the header first.
fn list(path: &Path, delimiter: u8) -> Vec<StringRecord> {
    let text = std::fs::read_to_string(path).expect("a list");
    let text = text.strip_prefix('\u{feff}').expect("a byte-order mark");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "each line ends in CRLF");
    let mut reader = ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(text.as_bytes());
    reader.records().map(|record| record.expect("as many cells as the header")).collect()
}

/// The cells of these columns, a line for each record.
fn told(records: &[StringRecord], columns: &[&str]) -> Vec<String> {
    let place = |name: &str| records[0].iter().position(|own| own == name).unwrap_or_else(|| panic!("no {name}"));
    let line = |record: &StringRecord| columns.iter().map(|name| &record[place(name)]).collect::<Vec<_>>().join(" | ");
    records[1..].iter().map(line).collect()
}

fn rows(ids: &[(&str, &str)]) -> String {
    let row = |(id, people): &(&str, &str)| {
        format!("{id},{},2027-03-01T10:00Z,2027-03-01T11:00Z,{people}\n", organizer(1)).replace("T10:00Z", "T10:00:00Z")
    };
    let row = |given| row(given).replace("T11:00Z", "T11:00:00Z");
    let header = "externalId,organizerUserId,startDateTime,endDateTime,attendees\n";
    format!("{header}{}", ids.iter().map(row).collect::<String>())
}

fn made(command: &mut std::process::Command) -> String {
    let (status, _, stderr) = run(command);
    assert_eq!(status, Some(0), "{stderr}");
    stderr
}

#[test]
fn only_new_keeps_to_the_meetings_that_the_run_has_made_whoever_else_is_in_the_output() {
    let server = Server::of_sim(Sim::new(Scenario::calm()));
    let home = tempfile::tempdir().expect("a directory");
    let people = home.path().join("people.csv");
    let first = write(home.path(), "first.csv", &rows(&[("A", "a@contoso.example"), ("B", "b@contoso.example")]));
    made(convoke_at(&server, &[&first, "--only-new", "--recipients"]).arg(&people));
    assert_eq!(told(&list(&people, b','), &["address"]), ["a@contoso.example", "b@contoso.example"]);
    // A is carried, B has changed and exists, C is new, and is asked for by two rows.
    let ids = [
        ("A", "a@contoso.example"),
        ("B", "b@contoso.example"),
        ("C", "c@contoso.example"),
        ("C", "C@contoso.example; d@contoso.example"),
    ];
    let second = write(home.path(), "second.csv", &rows(&ids));
    let earlier = home.path().join("first.joined.csv");
    let mut command = convoke_at(&server, &[&second, "--only-new", "--recipients"]);
    made(command.arg(&people).arg("--carry").arg(&earlier));
    assert_eq!(
        told(&list(&people, b','), &["address", "externalId"]),
        ["c@contoso.example | C", "d@contoso.example | C"]
    );
    let output = home.path().join("second.joined.csv");
    let publish = |more: &[&str]| {
        let mut command = convoke(["publish", output.to_str().expect("UTF-8"), "--recipients"]);
        made(command.arg(&people).args(more));
        told(&list(&people, b','), &["address"]).len()
    };
    assert_eq!((publish(&[]), publish(&["--only-new"])), (4, 2), "afterwards it is the same");
    // Once more: everything is there.
    made(convoke_at(&server, &[&second, "--only-new", "--recipients"]).arg(&people));
    assert_eq!(list(&people, b',').len(), 1, "nothing but the header");
}

#[test]
fn a_sheet_with_semicolons_is_told_in_the_language_and_zone_asked_for_or_each_row_s_own() {
    let home = tempfile::tempdir().expect("a directory");
    let one = organizer(1);
    let text = format!(
        "externalId;subject;startDateTime;endDateTime;timeZone;organizerUserId;attendees;Gerät;Telefon\n\
         V-1;\"Lüftung; \"\"Teil 1\"\"\";03.03.2027 10:00;03.03.2027 11:30;Europe/Berlin;{one};\"Müller, Jörg <joerg@contoso.example>\";Größe;+49 30 123456\n\
         V-2;Nachts;27.03.2027 23:00;28.03.2027 04:00;Europe/Berlin;{one};b@contoso.example;;\n\
         V-3;Eigene;2027-06-03T10:00:00-03:30;2027-06-03T11:00:00-03:30;Asia/Tokyo;{one};c@contoso.example;;\n\
         V-4;ohne Leute;03.03.2027 10:00;03.03.2027 11:30;Asia/Kolkata;{one};;;\n"
    );
    let (input, output) = (write(home.path(), "kurs.csv", &text), home.path().join("kurs.joined.csv"));
    let people = home.path().join("people.csv");
    let stderr = made(
        convoke(["provision", &input, "--rehearse=calm", "--rate=max", "--language", "de-DE", "--excel"])
            .args(["--excel-delimiter", "semicolon", "--recipients"])
            .arg(&people),
    );
    assert!(stderr.contains("named nobody to invite"), "{stderr}");
    let records = list(&people, b';');
    let columns = ["name", "subject", "date", "start", "end", "timeZone", "duration", "Gerät"];
    assert_eq!(
        told(&records, &columns),
        [
            "Müller, Jörg | Lüftung; \"Teil 1\" | Mittwoch, 3. März 2027 | 10:00 | 11:30 | Europe/Berlin (UTC+1) | 1 h 30 min | Größe",
            "b@contoso.example | Nachts | Samstag, 27. März 2027 | 23:00 | Sonntag, 28. März 2027 um 04:00 (UTC+2) | Europe/Berlin (UTC+1) | 4 h | ",
            "c@contoso.example | Eigene | Donnerstag, 3. Juni 2027 | 10:00 | 11:00 | UTC-3:30 | 1 h | ",
        ]
    );
    assert!(told(&records, &["Telefon"])[0] == "=\"+49 30 123456\"", "it stays one for Excel");
    for (language, zone, wanted) in [
        ("de-AT", "Europe/London", "Mittwoch, 3. März 2027 | 09:00 | 10:30 | Europe/London (UTC)"),
        ("ja", "Asia/Tokyo", "2027年3月3日水曜日 | 18:00 | 19:30 | Asia/Tokyo (UTC+9)"),
        ("ar", "Africa/Cairo", "الأربعاء، 3 مارس 2027 | 11:00 ص | 12:30 م | Africa/Cairo (UTC+2)"),
        ("en-US", "America/New_York", "Wednesday, March 3, 2027 | 4:00 AM | 5:30 AM | America/New_York (UTC-5)"),
        ("xx", "UTC", "Wednesday, 3 March 2027 | 09:00 | 10:30 | UTC"),
    ] {
        let mut command = convoke(["publish", output.to_str().expect("UTF-8"), "--recipients"]);
        let stderr = made(command.arg(&people).args(["--language", language, "--time-zone", zone]));
        assert_eq!(told(&list(&people, b','), &["date", "start", "end", "timeZone"])[0], wanted, "{language}");
        assert_eq!(stderr.contains("no dates and labels in this language"), language == "xx", "{stderr}");
    }
}
