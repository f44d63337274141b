//! Rows sorted against an earlier output: what becomes of each.

use super::*;
use crate::input::{Reading, Source};

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
