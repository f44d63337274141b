//! What is kept of the meetings whose rows have left, on real files, and what is not.

use std::fmt::Write as _;

use super::*;
use crate::input::{Rows, Source};

/// Each line of an output: what it calls its meeting, the status, and the meeting's id.
type Lines<'a> = &'a [(&'a str, &'a str, &'a str)];

const ID: &str = "6b1e0000-0000-4000-8000-0000000000ab";

fn output(lines: Lines) -> String {
    let mut text = "externalId,organizerUserId,subject,startDateTime,endDateTime,room,status,joinWebUrl,meetingId,\
                    organizerId,organizedBy,meetingStart,drift,attempts,record\n"
        .to_owned();
    for (number, (name, status, id)) in lines.iter().enumerate() {
        let _ = writeln!(
            text,
            "{name},ada@a.example,S {name},2027-02-03T09:00:00+01:00,2027-02-03T10:00:00+01:00,R,{status},\
             https://x/{id},{id},{ID},Ada@a.example,,,1,{}",
            number + 1
        );
    }
    text
}

/// A folder with these files, and what is in the file of those that left when the sheet has these rows.
fn kept(earlier: Lines, files: &[(&str, Lines)], rows: &str) -> (tempfile::TempDir, Option<Kept>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.csv");
    for (name, lines) in [&[("out.csv", earlier)], files].concat() {
        std::fs::write(folder.path().join(name), output(lines)).expect("a file");
    }
    let kept = keep(&path, rows).expect("it can be written");
    (folder, kept)
}

fn keep(path: &Path, rows: &str) -> Result<Option<Kept>> {
    let rows = Rows::open(Source::of(format!("externalId,organizerUserId,startDateTime\n{rows}")), Reading::default())?;
    let Some(mut leaving) = Leaving::open(path, rows.parser())? else { return Ok(None) };
    for row in rows {
        leaving.pass(&row?);
    }
    Ok(Some(leaving.keep(|link| !link.starts_with("https://x/make-believe"))?))
}

/// The meetings in the file, by name and id.
fn found(folder: &tempfile::TempDir) -> Vec<(String, String)> {
    let Ok(text) = std::fs::read_to_string(folder.path().join("out.left.csv")) else { return Vec::new() };
    let mut lines = csv::Reader::from_reader(text.as_bytes());
    let names = lines.headers().expect("a header").clone();
    let place = |name| names.iter().position(|own| own == name).expect("a column");
    let (id, record) = (place("meetingId"), place("record"));
    let lines: Vec<csv::StringRecord> = lines.records().map(|line| line.expect("a line")).collect();
    assert!(lines.iter().enumerate().all(|(at, line)| line[record] == (at + 1).to_string()));
    lines.iter().map(|line| (line[0].to_owned(), line[id].to_owned())).collect()
}

#[test]
fn a_meeting_is_kept_when_it_is_there_and_no_row_asks_for_it_however_its_organizer_is_called() {
    let earlier: Lines = &[
        ("A", "created", "a"),
        ("B", "existing", "b"),
        ("C", "differs", "c"),
        ("D", "cancelled", "d"),
        ("E", "gone", "e"),
        ("F", "created", "make-believe"),
        ("G", "carried", "g"),
        ("H", "updated", "h"),
        ("I", "created", ""),
        ("H", "existing", "h"),
    ];
    // G has a flaw, and B is its organizer's by object id.
    let (folder, kept) =
        kept(earlier, &[], &format!("A,ADA@a.example,\nB,{},\nG,ada@a.example,soon\n", ID.to_uppercase()));
    assert_eq!(kept.expect("an output").new, 2);
    assert_eq!(found(&folder), [("C", "c"), ("H", "h")].map(|(name, id)| (name.to_owned(), id.to_owned())));
    let text = std::fs::read_to_string(folder.path().join("out.left.csv")).expect("a file");
    let line = format!("\nC,{ID},S C,2027-02-03T08:00:00Z,2027-02-03T09:00:00Z,differs,https://x/c,c,");
    assert!(text.contains(&line), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.path().join("out.left.csv")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn the_file_keeps_its_lines_until_their_rows_are_back_or_their_meetings_deleted_and_has_each_once() {
    let left: Lines = &[("X", "created", "x"), ("Y", "created", "y"), ("Z", "created", "z"), ("A", "created", "a")];
    let cancelled: Lines = &[("Z", "cancelled", "z")];
    let files = [("out.left.csv", left), ("out.left.cancelled.csv", cancelled)];
    let done: Lines = &[("B", "gone", "b"), ("A", "skipped", "")];
    let earlier: Lines = &[("A", "existing", "a"), ("B", "created", "b"), ("C", "created", "c")];
    let (folder, kept) = kept(earlier, &[&files[..], &[("out.cancelled.csv", done)]].concat(), "Y,ada@a.example,\n");
    assert_eq!(kept.expect("an output").new, 1);
    assert_eq!(found(&folder), ["X", "A", "C"].map(|name| (name.to_owned(), name.to_lowercase())));
    let path = folder.path().join("out.csv");
    assert_eq!(count_left(&path).expect("a file"), 3);
    // Once more there is nothing to be written; and when all rows are back there is no file.
    let written = || std::fs::metadata(left_path(&folder)).and_then(|file| file.modified()).expect("a file");
    let before = written();
    assert_eq!(keep(&path, "Y,ada@a.example,\n").expect("a file").expect("an output").new, 0);
    assert_eq!(written(), before);
    let all = ["A", "B", "C", "X", "Y"].map(|name| format!("{name},ada@a.example,\n")).concat();
    assert_eq!(keep(&path, &all).expect("a file").expect("an output").new, 0);
    assert!(!left_path(&folder).exists());
}

fn left_path(folder: &tempfile::TempDir) -> PathBuf {
    left(&folder.path().join("out.csv"))
}

#[test]
fn nothing_is_written_when_nothing_has_left_and_what_would_be_lost_is_refused() {
    let (folder, kept) = kept(&[("A", "created", "a")], &[], "A,ada@a.example,\n");
    assert_eq!(kept.expect("an output").new, 0);
    assert!(!left_path(&folder).exists());
    let path = folder.path().join("out.csv");
    std::fs::write(left_path(&folder), "room,seats\nR,30\n").expect("a file");
    assert!(keep(&path, "B,ada@a.example,\n").is_err(), "it is somebody's");
    std::fs::remove_file(left_path(&folder)).expect("a file");
    std::fs::write(&path, "status,joinWebUrl,meetingId,attempts,record\ncreated,https://x/a,a,1,1\n").expect("a file");
    assert!(keep(&path, "B,ada@a.example,\n").is_err(), "nobody knows whose the meetings are");
    std::fs::write(&path, "status,joinWebUrl,meetingId,attempts,record\nskipped,,,0,1\n").expect("a file");
    assert_eq!(keep(&path, "B,ada@a.example,\n").expect("nothing to lose"), None);
    std::fs::write(&path, "old").expect("a file");
    assert_eq!(keep(&path, "B,ada@a.example,\n").expect("no output"), None);
}

#[test]
fn the_file_is_called_like_its_output() {
    for (output, name) in [("a/course.joined.csv", "a/course.joined.left.csv"), ("out", "out.left.csv")] {
        assert_eq!(left(Path::new(output)), Path::new(name));
        assert!(is_left(Path::new(name)) && !is_left(Path::new(output)));
    }
    assert!(!is_left(Path::new("left.csv")) && !is_left(Path::new("a.right-left.csv")));
}
