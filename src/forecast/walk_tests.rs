//! Rows sorted against an earlier output: what becomes of each.

use super::*;
use crate::forecast::compare::Field;
use crate::input::{Reading, Source};
use crate::outcome::Member;

const HEADER: &str = "externalId,organizerUserId,subject,startDateTime";
const OURS: &str = "status,joinWebUrl,meetingId,organizerId,organizedBy,meetingStart,error,attempts,record";
const ID: &str = "6b1e0000-0000-4000-8000-0000000000ab";

/// The rows of a sheet, and the output of an earlier one whose lines are these.
fn open(sheet: &str, lines: &str) -> (Rows, Option<History>) {
    let rows = Rows::open(Source::of(format!("{HEADER}\n{sheet}")), Reading::default()).expect("a header");
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), format!("{HEADER},{OURS}\n{lines}")).expect("a file");
    let history = History::open(file.path(), rows.parser()).expect("an output");
    (rows, history)
}

/// A line of a meeting that was made.
fn made(id: &str, subject: &str, record: u64) -> String {
    format!(
        "{id},ada@a.example,{subject},,created,https://x,m{record},{ID},Ada@A.example,2027-01-01T00:00:00Z,,1,{record}\n"
    )
}

/// What each row comes to, and which earlier records are gone.
fn told(sheet: &str, lines: &str) -> (Vec<&'static str>, Vec<u64>) {
    let (rows, history) = open(sheet, lines);
    let mut walk = Walk::new(&rows, history);
    let mut cases = Vec::new();
    for row in rows {
        cases.push(match walk.take(row.expect("a row")).expect("a file") {
            Sorted::As(item) => item.case.as_str(),
            Sorted::About(row, was) => {
                let fields = with_line(row.meeting.as_ref().expect("no flaws"), &was, Extra::Removed);
                Item::compared(row, was, fields).case.as_str()
            }
        });
    }
    let places = walk.gone().expect("a file");
    let gone = places.into_iter().map(|place| walk.at(place).expect("a file").expect("a line").record);
    (cases, gone.collect())
}

#[test]
fn each_row_is_what_its_line_and_the_rows_before_it_make_of_it() {
    let lines =
        [made("A", "S", 1), made("B", "S", 2), made("C", "S", 3), made("D", "S", 4), made("A", "S", 5)].concat();
    let lines = format!(
        "{lines}E,ada@a.example,S,,uncertain,,,,,,timeout,1,6\nF,ada@a.example,S,,refused,,,,,,no,1,7\n\
         G,ada@a.example,S,,cancelled,https://y,m8,{ID},,,,1,8\n"
    );
    let (id, upper) = (ID, ID.to_uppercase());
    let sheet = format!(
        "A,ADA@A.example,S,\nB,{id},T,\nB,{upper},T,\nB,{id},U,\nC,ada@a.example,,2027-13-01\nE,ada@a.example,S,\n\
         F,ada@a.example,S,\nG,ada@a.example,S,\nH,ada@a.example,S,\nD,cy@a.example,S,\n"
    );
    let (cases, gone) = told(&sheet, &lines);
    let wanted = ["unchanged", "changed", "unchanged", "conflict", "invalid", "doubtful", "new", "new", "new", "new"];
    assert_eq!(cases, wanted);
    assert_eq!(gone, [4], "not that of the row with a flaw, and no meeting twice");
}

#[test]
fn what_an_update_would_change_is_counted_of_the_rows_that_are_sent() {
    let lines = [made("A", "S", 1), made("B", "S", 2), made("C", "S", 3)].concat();
    let count = |most: u64| {
        let (rows, history) = open("A,ada@a.example,T,\nB,ada@a.example,S,\nC,ada@a.example,T,\nN,o,T,\n", &lines);
        changes(rows, history, Extra::Removed, |row| row.record <= most).expect("a file")
    };
    assert_eq!([0, 1, 2, 3, 4].map(count), [0, 1, 1, 2, 2]);
    let (rows, _) = open("A,o,T,\n", "");
    assert_eq!(changes(rows, None, Extra::Removed, |_| true).expect("a file"), 0);
}

#[test]
fn of_a_row_that_an_earlier_run_skipped_nobody_knows_whether_it_has_its_meeting() {
    let lines = format!("{}B,ada@a.example,S,,skipped,,,,,,,0,2\n", made("A", "S", 1));
    let (rows, history) = open("B,ADA@a.example,S,\nC,ada@a.example,S,\n", &lines);
    let mut walk = Walk::new(&rows, history);
    let mut why = Vec::new();
    for row in rows {
        let Sorted::As(item) = walk.take(row.expect("a row")).expect("a file") else { panic!("it has no meeting") };
        assert_eq!(item.case, Case::New);
        why.push(item.why.concat());
    }
    assert_eq!(why, [SKIPPED, ""]);
    assert_eq!(walk.gone().expect("a file").len(), 1);
    assert!(!walk.is_known, "no row is about that meeting");
}

#[test]
fn any_run_finishes_what_an_earlier_one_was_to_set_and_nothing_else() {
    let why = "\"the meeting is there, but could not be set as asked: no\"";
    let made = |id: &str| format!("{id},ada@a.example,S,,created,https://x,m,{ID},,2027-01-01T00:00:00Z,{why},1,1\n");
    let (mut rows, history) = open("A,ada@a.example,T,\n", &made("A"));
    let mut walk = Walk::new(&rows, history);
    let row = rows.next().expect("a row").expect("no error");
    let Sorted::About(row, was) = walk.take(row).expect("a file") else { panic!("it has a meeting") };
    let field = |member| Field { member, from: None, to: "x".into() };
    let setting = || field(Member::Setting(crate::meeting::Setting::AllowRecording));
    let mut item = Item::compared(row, was, vec![setting(), field(Member::Role("bo@a".into()))]);
    assert!(item.is_unfinished());
    item.fields.push(field(Member::Subject));
    assert!(!item.is_unfinished());
    item.fields = vec![setting()];
    item.was = None;
    assert!(!item.is_unfinished());
}
