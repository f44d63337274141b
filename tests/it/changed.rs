//! What becomes of calendar files when rows change: through the real program, by a second run and by an edited output.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use convoke::sim::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};

use crate::binary::{convoke, run, write};
use crate::simulate::Simulator;

const SHEET: &str = "externalId,organizerUserId,subject,startDateTime,endDateTime,timeZone,attendees\n\
    A,ada@contoso.example,Alpha,2027-03-01T09:00,2027-03-01T10:00,Europe/Berlin,bo@contoso.example\n\
    B,ada@contoso.example,Beta,2027-03-01T09:00,2027-03-01T10:00,Europe/Berlin,bo@contoso.example\n\
    C,ada@contoso.example,Gamma,2027-03-01T09:00,2027-03-01T10:00,Europe/Berlin,bo@contoso.example\n\
    D,ada@contoso.example,Delta,2027-03-01T09:00,2027-03-01T10:00,Europe/Berlin,bo@contoso.example\n";

/// A meeting's file: its own bytes, and its UID, SEQUENCE and start.
#[derive(Debug, PartialEq, Eq)]
struct Event {
    bytes: Vec<u8>,
    uid: String,
    sequence: String,
    start: String,
}

/// The files of a folder by the first letter of their name, which is the externalId.
fn events(folder: &Path) -> BTreeMap<String, Event> {
    let file = |file: fs::DirEntry| {
        let text = fs::read_to_string(file.path()).expect("UTF-8");
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).expect(name).to_owned();
        let [uid, sequence, start] = ["UID:", "SEQUENCE:", "DTSTART:"].map(value);
        (file.file_name().to_string_lossy()[..1].to_owned(), Event { bytes: text.into_bytes(), uid, sequence, start })
    };
    fs::read_dir(folder).expect("a folder").map(|entry| file(entry.expect("a file"))).collect()
}

fn provision(simulator: &Simulator, at: &Path, args: &[&str]) {
    let url = simulator.url.as_str();
    let mut command = convoke(["provision", "--rate=max", "--graph-url", url, "--login-url", url]);
    command.args(args).args(["--ics-dir=ics", "--ics-feed=feed.ics", "--ics-method=request"]).current_dir(at);
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    let (status, _, stderr) = run(command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET));
    // A meeting that differs is status 1.
    assert!(matches!(status, Some(0 | 1)), "{stderr}");
}

fn publish(at: &Path, args: &[&str]) {
    let (status, _, stderr) = run(convoke(["publish"]).args(args).arg("--ics-method=request").current_dir(at));
    assert_eq!(status, Some(0), "{stderr}");
}

/// Which files have changed; their UID has not, and their SEQUENCE is one more.
fn risen(before: &BTreeMap<String, Event>, after: &BTreeMap<String, Event>) -> String {
    assert_eq!(before.len(), after.len());
    let changed = before.iter().filter(|(id, event)| after[*id] != **event);
    changed
        .map(|(id, event)| {
            let number = |event: &Event| event.sequence.parse::<u32>().expect("a number");
            assert_eq!((&after[id].uid, number(&after[id])), (&event.uid, number(event) + 1), "{id}");
            id.as_str()
        })
        .collect()
}

#[test]
fn a_changed_row_raises_sequence_and_keeps_uid_and_no_other_file_is_touched() {
    let (simulator, directory) = (Simulator::start(&[]), tempfile::tempdir().expect("a directory"));
    let (at, folder) = (directory.path(), directory.path().join("ics"));
    write(at, "in.csv", SHEET);
    provision(&simulator, at, &["in.csv", "-o", "first.csv"]);
    let first = events(&folder);
    // Subject, start and attendees; Graph answers 200 with what it has, so that the status is differs.
    let changed = SHEET.replace("Alpha", "Aleph").replace("Beta,2027-03-01T09:00", "Beta,2027-03-01T09:30");
    let (gamma, rest) = changed.rsplit_once("bo@contoso.example\nD,").expect("the last row");
    let changed = format!("{gamma}bo@contoso.example;cy@contoso.example\nD,{rest}");
    write(at, "in.csv", &changed);
    provision(&simulator, at, &["in.csv", "-o", "second.csv", "--carry", "first.csv"]);
    let second = events(&folder);
    assert_eq!(risen(&first, &second), "ABC");
    assert_eq!(second["B"].start, "20270301T083000Z");
    provision(&simulator, at, &["in.csv", "-o", "third.csv", "--carry", "second.csv"]);
    assert_eq!(risen(&second, &events(&folder)), "");

    let output = fs::read_to_string(at.join("third.csv")).expect("UTF-8");
    let moved = "Delta,2027-03-01T09:00,2027-03-01T10:00";
    write(at, "third.csv", &output.replace(moved, "Delta,2027-03-02T11:00,2027-03-02T12:00"));
    publish(at, &["third.csv", "--ics-dir=ics"]);
    let third = events(&folder);
    assert_eq!((risen(&second, &third).as_str(), third["D"].start.as_str()), ("D", "20270302T100000Z"));

    publish(at, &["third.csv", "--ics-feed=feed.ics"]);
    publish(at, &["third.csv", "--ics-dir=ics", "--ics-feed=feed.ics", "--time-zone=America/New_York"]);
    assert_eq!(risen(&third, &events(&folder)), "", "neither the order nor another zone is a change");
    publish(at, &["third.csv", "--ics-dir=ics", "--language=de"]);
    let german = events(&folder);
    assert!(third.iter().all(|(id, event)| german[id].sequence == event.sequence && german[id].uid == event.uid));
    assert!(String::from_utf8_lossy(&german["A"].bytes).contains("Besprechung"));
}

#[test]
fn a_folder_that_cannot_be_made_keeps_the_feed_from_nobody() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    write(at, "in.csv", SHEET);
    write(at, "file", "");
    let command = ["provision", "in.csv", "--rehearse", "-o=out.csv", "--ics-dir=file/ics", "--ics-feed=feed.ics"];
    let (status, _, stderr) = run(convoke(command).current_dir(at));
    assert!(status == Some(5) && stderr.contains("--ics-dir file/ics"), "{stderr}");
    let feed = fs::read_to_string(at.join("feed.ics")).expect("a feed");
    assert_eq!(feed.matches("BEGIN:VEVENT").count(), 4);
}
