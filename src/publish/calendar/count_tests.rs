//! How changes are counted by what was published before.

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use super::fixture::{ROW, Row, finished, finished_by, folder, hour, made, numbers, own, with, words};
use super::reader::{lines, value};
use super::{Asked, Labels, Method, PRODUCT, calendar};

#[test]
fn a_changed_row_raises_the_number_and_keeps_the_uid() {
    let folder = folder();
    made(&folder, &finished(&[ROW]), Method::Publish, 1);
    assert_eq!(numbers(&folder), ("0".to_owned(), "01".to_owned()));
    let uid = value(&lines(&fs::read(own(&folder)).expect("a file")), "UID").to_owned();
    let changes: [Row<'static>; 5] = [
        with(|row| row[1] = "Week 5, moved"),
        with(|row| row[2] = "2027-02-03T08:30Z"),
        with(|row| row[3] = "2027-02-03T10:30Z"),
        with(|row| row[6] = "https://teams.example/meet/1?p=2"),
        ROW,
    ];
    for (at, row) in (1..).zip(changes) {
        let now = 2 * at;
        assert_eq!(made(&folder, &finished(&[row]), Method::Publish, now).unchanged, 0);
        let wanted = (at.to_string(), format!("{now:02}"));
        assert_eq!(numbers(&folder), wanted, "{row:?}");
        assert_eq!(made(&folder, &finished(&[row]), Method::Publish, now + 1).unchanged, 1);
        assert_eq!(numbers(&folder), wanted, "the same again: {row:?}");
        assert_eq!(value(&lines(&fs::read(own(&folder)).expect("a file")), "UID"), uid);
    }
}

#[test]
fn files_that_would_be_the_same_are_not_touched() {
    let folder = folder();
    made(&folder, &finished(&[ROW]), Method::Publish, 1);
    let files = [own(&folder), folder.path().join("feed.ics")];
    let past = UNIX_EPOCH + Duration::from_hours(24);
    for path in &files {
        fs::File::options().write(true).open(path).and_then(|file| file.set_modified(past)).expect("a file");
    }
    made(&folder, &finished(&[ROW]), Method::Publish, 2);
    let modified = files.map(|path| fs::metadata(path).and_then(|file| file.modified()).expect("a time"));
    assert_eq!(modified, [past; 2]);
}

/// One of the products alone, in a language.
fn alone(folder: &tempfile::TempDir, row: Row<'_>, is_feed: bool, language: &str, at: u32) {
    let (dir, feed) = (folder.path().join("dir"), folder.path().join("feed.ics"));
    let (dir, feed) = if is_feed { (None, Some(&*feed)) } else { (Some(&*dir), None) };
    let asked = Asked { dir, feed, method: Method::Publish };
    calendar(&finished(&[row]), &asked, Labels::of(Some(language)), hour(at)).expect("calendars");
}

#[test]
fn folder_and_feed_made_one_after_the_other_stay_as_they_are_when_they_are_made_together() {
    for is_feed_first in [false, true] {
        let folder = folder();
        alone(&folder, ROW, is_feed_first, "en", 1);
        alone(&folder, ROW, !is_feed_first, "en", 2);
        let files = [own(&folder), folder.path().join("feed.ics")];
        let before = files.clone().map(|path| fs::read(path).expect("a file"));
        made(&folder, &finished(&[ROW]), Method::Publish, 3);
        assert_eq!(files.map(|path| fs::read(path).expect("a file")), before, "{is_feed_first}");
    }
}

#[test]
fn another_language_is_no_change_of_the_meeting() {
    for method in [Method::Publish, Method::Request] {
        let folder = folder();
        let rows = finished_by("ada@contoso.example", &[ROW]);
        made(&folder, &rows, method, 1);
        let english = fs::read(own(&folder)).expect("a file");
        let (dir, feed) = (folder.path().join("dir"), folder.path().join("feed.ics"));
        let asked = Asked { dir: Some(&dir), feed: Some(&feed), method };
        calendar(&rows, &asked, Labels::of(Some("de")), hour(2)).expect("calendars");
        assert_eq!(numbers(&folder), ("0".to_owned(), "02".to_owned()), "{method:?}");
        assert_ne!(fs::read(own(&folder)).expect("a file"), english);
        let changed = finished_by("ada@contoso.example", &[with(|row| row[1] = "moved")]);
        calendar(&changed, &asked, Labels::of(Some("fr")), hour(3)).expect("calendars");
        assert_eq!(numbers(&folder), ("1".to_owned(), "03".to_owned()), "a change in yet another language");
    }
}

#[test]
fn the_higher_number_of_folder_and_feed_counts_for_both() {
    let folder = folder();
    let dir = folder.path().join("dir");
    for (at, subject) in ["a", "b", "c"].into_iter().enumerate() {
        let row = with(|row| row[1] = subject);
        let asked = Asked { dir: Some(&dir), ..Asked::default() };
        calendar(&finished(&[row]), &asked, words(), hour(u32::try_from(at).expect("an hour"))).expect("calendars");
    }
    made(&folder, &finished(&[with(|row| row[1] = "c")]), Method::Publish, 7);
    assert_eq!(numbers(&folder), ("2".to_owned(), "02".to_owned()), "a feed that comes later says the same");
    fs::remove_file(own(&folder)).expect("a file");
    made(&folder, &finished(&[ROW]), Method::Publish, 8);
    assert_eq!(numbers(&folder), ("3".to_owned(), "08".to_owned()), "the feed alone knows it");
}

#[test]
fn what_is_damaged_or_somebody_elses_is_left_as_it_is_and_told() {
    let whole = {
        let folder = folder();
        made(&folder, &finished(&[ROW]), Method::Publish, 1);
        fs::read(own(&folder)).expect("a file")
    };
    let text = String::from_utf8(whole.clone()).expect("UTF-8");
    let uid = value(&lines(&whole), "UID").to_owned();
    for (there, why) in [
        (text[..text.len() / 2].to_owned(), "damaged"),
        (text.replace("SEQUENCE:0\r\n", ""), "damaged"),
        (text.replace("SEQUENCE:0", "SEQUENCE:-1"), "damaged"),
        (text.replace("SEQUENCE:0", "SEQUENCE:4294967295"), "damaged"),
        (text.replace(&uid, "somebody@else"), "damaged"),
        (text.replace(PRODUCT, "-//Somebody//Else//EN"), "not made by this program"),
        (format!("\u{feff}{text}"), "not made by this program"),
        (format!("{text}{text}"), "not made by this program"),
        ("notes".to_owned(), "not made by this program"),
        ("x".repeat(100_000), "not made by this program"),
    ] {
        let folder = folder();
        made(&folder, &finished(&[ROW]), Method::Publish, 1);
        let files = [own(&folder), folder.path().join("feed.ics")];
        for path in &files {
            fs::write(path, &there).expect("a file");
        }
        let made = made(&folder, &finished(&[ROW]), Method::Publish, 2);
        assert_eq!((made.files, made.feed, made.left), (0, None, 2), "{there}");
        let told = made.notices().join("\n");
        assert!(told.contains(why) && told.contains("and 1 more like it"), "{told}");
        assert_eq!(files.map(|path| fs::read_to_string(path).expect("a file")), [&there, &there].map(String::clone));
    }
}

#[test]
fn a_file_that_others_changed_is_ours_still_and_the_number_rises() {
    let folder = folder();
    made(&folder, &finished(&[ROW]), Method::Publish, 1);
    let path = own(&folder);
    let text = fs::read_to_string(&path).expect("a file");
    fs::write(&path, text.replace("\r\n", "\n")).expect("a file");
    made(&folder, &finished(&[ROW]), Method::Publish, 2);
    assert_eq!(fs::read_to_string(&path).expect("a file"), text, "other breaks are mended and are no change");
    fs::write(&path, text.replace("Week 5", "Week 6").replace("SEQUENCE:0", "SEQUENCE:41")).expect("a file");
    made(&folder, &finished(&[ROW]), Method::Publish, 3);
    assert_eq!(numbers(&folder), ("42".to_owned(), "03".to_owned()));
    fs::write(&path, "").expect("a file");
    made(&folder, &finished(&[ROW]), Method::Publish, 4);
    assert_eq!(numbers(&folder), ("42".to_owned(), "03".to_owned()), "an empty file is none");
}
