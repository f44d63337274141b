//! Outputs for tests of calendars, and the calendars that are made of them.

use std::fs;

use tempfile::TempDir;

use super::reader::{lines, value};
use super::*;
use crate::input::{Reading, Source};

pub(super) const ORGANIZER: &str = "6b1e0000-0000-4000-8000-000000000001";
pub(super) const LINK: &str =
    "https://teams.example/l/meetup-join/19%3ameeting_NmQy%40thread.v2/0?context=%7b%22Tid%22%3a%22t%22%7d";

/// A row of an output: externalId, subject, start, end, attendees, status, link.
pub(super) type Row<'a> = [&'a str; 7];

pub(super) const ROW: Row<'static> =
    ["A-1", "Week 5", "2027-02-03T08:00Z", "2027-02-03T09:30Z", "b@contoso.example", "created", LINK];

pub(super) fn with(change: impl Fn(&mut Row<'static>)) -> Row<'static> {
    let mut row = ROW;
    change(&mut row);
    row
}

pub(super) fn finished_by(organizer: &str, rows: &[Row<'_>]) -> Finished {
    let mut text = "externalId,organizer,subject,startDateTime,endDateTime,attendees,status,joinWebUrl,joinMeetingId,\
                    passcode,tollNumber,conferenceId,attempts,record\n"
        .to_owned();
    for (at, [id, subject, start, end, attendees, status, link]) in rows.iter().enumerate() {
        let record = (at + 1).to_string();
        let cells = [
            id,
            organizer,
            subject,
            start,
            end,
            attendees,
            status,
            link,
            "398120445571",
            "Kp7,Ws",
            "+1 206-555-0100",
            "512004417",
            "1",
            &record,
        ];
        let cells: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    Finished::open(Source::of(text), Reading::default()).expect("an output")
}

pub(super) fn finished(rows: &[Row<'_>]) -> Finished {
    finished_by(ORGANIZER, rows)
}

pub(super) fn hour(hour: u32) -> DateTime<Utc> {
    format!("2026-11-22T{hour:02}:00:00Z").parse().expect("a time")
}

pub(super) fn words() -> &'static Labels {
    Labels::of(Some("en"))
}

/// Both products of the rows, in a folder.
pub(super) fn made(folder: &TempDir, finished: &Finished, method: Method, at: u32) -> Calendars {
    let (dir, feed) = (folder.path().join("dir"), folder.path().join("feed.ics"));
    let asked = Asked { dir: Some(&dir), feed: Some(&feed), method };
    calendar(finished, &asked, words(), hour(at)).expect("calendars")
}

pub(super) fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The only file in the folder.
pub(super) fn own(folder: &TempDir) -> std::path::PathBuf {
    let files: Vec<_> = fs::read_dir(folder.path().join("dir")).expect("a folder").collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.into_iter().next().expect("one").expect("a file").path()
}

pub(super) fn number(path: &Path) -> (String, String) {
    let lines = lines(&fs::read(path).expect("a calendar"));
    (value(&lines, "SEQUENCE").to_owned(), value(&lines, "DTSTAMP").to_owned())
}

/// SEQUENCE of the file and of the feed, which are the same, and the hour of DTSTAMP.
pub(super) fn numbers(folder: &TempDir) -> (String, String) {
    let both = [own(folder), folder.path().join("feed.ics")].map(|path| number(&path));
    assert_eq!(both[0], both[1]);
    let [(sequence, stamp), _] = both;
    (sequence, stamp[9..11].to_owned())
}
