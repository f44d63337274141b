//! What the products have in them, read back.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use calamine::{Data, Reader as _, Xlsx};
use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use proptest::prelude::*;
use tempfile::TempDir;

use super::dialect::{Dialect, cut};
use super::guard::is_trigger;
use super::*;
use crate::input::{Reading, Source};
use crate::ledger::COLUMNS;
use crate::publish::text::clean;
use crate::publish::words::Texts;

pub(super) const ORGANIZER: &str = "6b1e0000-0000-4000-8000-000000000001";
pub(super) const LINK: &str =
    "https://teams.example/l/meetup-join/19%3ameeting_a%40thread.v2/0?context=%7b%22Tid%22%7d";

/// A line's cells that are not as in all others, by column.
pub(super) type Given<'a> = Vec<(&'a str, &'a str)>;

/// An output with a column for each that is named, before those of this program.
pub(super) fn output(lines: &[Given<'_>]) -> Vec<u8> {
    let mut names: Vec<&str> = vec!["externalId", "organizerUserId", "subject", "attendees"];
    for (name, _) in lines.iter().flatten() {
        if !names.contains(name) && !COLUMNS.contains(name) {
            names.push(name);
        }
    }
    names.extend(COLUMNS);
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(&names).expect("memory");
    for (number, line) in (1..).zip(lines) {
        let (id, record) = (format!("A-{number}"), number.to_string());
        let own = |name: &str| line.iter().find(|(own, _)| *own == name).map(|(_, text)| *text);
        let usual = |name: &str| match name {
            "externalId" => id.clone(),
            "organizerUserId" => ORGANIZER.to_owned(),
            "subject" => "Maths".to_owned(),
            "attendees" => "ada@contoso.example".to_owned(),
            "status" => "created".to_owned(),
            "joinWebUrl" => LINK.to_owned(),
            "attempts" => "1".to_owned(),
            "record" => record.clone(),
            _ => String::new(),
        };
        writer
            .write_record(names.iter().map(|name| own(name).map_or_else(|| usual(name), str::to_owned)))
            .expect("memory");
    }
    writer.into_inner().expect("memory")
}

pub(super) fn finished(bytes: Vec<u8>) -> Finished {
    Finished::open(Source::of(bytes), Reading::default()).expect("an output")
}

pub(super) fn place(name: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join(name);
    (directory, path)
}

/// The records of a file of text, the header first.
pub(super) fn read_back(bytes: &[u8], delimiter: u8) -> Vec<StringRecord> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).expect("a byte-order mark");
    let mut reader = ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(bytes);
    reader.records().map(|record| record.expect("as many cells as the header")).collect()
}

pub(super) fn excel_of(output: &[u8], delimiter: u8) -> (Vec<StringRecord>, Made) {
    let (_directory, path) = place("out.csv");
    let made = excel(&finished(output.to_owned()), &path, delimiter).expect("it is written");
    (read_back(&fs::read(path).expect("a file"), delimiter), made)
}

pub(super) fn recipients_of(output: &[u8], excel: Option<u8>, only_new: bool) -> (Vec<StringRecord>, Made) {
    let (_directory, path) = place("out.csv");
    let texts = |_: &crate::publish::Entry, _: &crate::input::Zones| Texts {
        date: "Wednesday, 3 February 2027".to_owned(),
        start: "09:00".to_owned(),
        ..Texts::default()
    };
    let made = recipients(&finished(output.to_owned()), &path, RecipientsForm { excel }, only_new, texts);
    let made = made.expect("it is written");
    (read_back(&fs::read(path).expect("a file"), excel.unwrap_or(b',')), made)
}

/// The cells of a sheet of a workbook, as text, the header first.
pub(super) fn cells_of(bytes: &[u8], sheet: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    assert!(book.worksheet_formula(sheet).expect("a sheet").is_empty(), "there is a formula");
    let range = book.worksheet_range(sheet).expect("a sheet");
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

pub(super) fn workbook_of(output: &[u8]) -> (Vec<u8>, Made) {
    let (_directory, path) = place("out.xlsx");
    let made = workbook(&finished(output.to_owned()), &path).expect("it is written");
    (fs::read(path).expect("a file"), made)
}

/// The cell of a column in a record.
pub(super) fn cell<'a>(records: &'a [StringRecord], record: usize, name: &str) -> &'a str {
    let place = records[0].iter().position(|own| own == name).unwrap_or_else(|| panic!("no column {name}"));
    &records[record][place]
}

#[test]
fn the_output_for_excel_has_all_columns_and_keeps_numbers_as_they_stand() {
    let given = vec![
        ("subject", "Größe; –=1"),
        ("room phone", "+49 30 1234"),
        ("room", "0042"),
        ("joinMeetingId", "398120445571234"),
        ("tollNumber", "+12065550100"),
        ("passcode", "1E5"),
        ("dialinUrl", "https://dialin.teams.example/x?id=1"),
    ];
    for delimiter in [b',', b';', b'\t'] {
        let output = output(std::slice::from_ref(&given));
        let (records, made) = excel_of(&output, delimiter);
        assert_eq!(made, Made { lines: 1, notices: vec![] });
        assert_eq!(records[0].len(), COLUMNS.len() + 6);
        for (name, text) in [
            ("subject", "Größe; –=1"),
            ("room phone", "=\"+49 30 1234\""),
            ("room", "=\"0042\""),
            ("joinMeetingId", "=\"398120445571234\""),
            ("tollNumber", "=\"+12065550100\""),
            ("passcode", "=\"1E5\""),
            ("dialinUrl", "https://dialin.teams.example/x?id=1"),
            ("joinWebUrl", LINK),
            ("organizerId", ""),
            ("record", "1"),
        ] {
            assert_eq!(cell(&records, 1, name), text, "{name}");
        }
    }
    let (_directory, path) = place("out.csv");
    excel(&finished(output(&[given])), &path, b';').expect("it is written");
    let text = fs::read_to_string(&path).expect("UTF-8");
    assert!(text.ends_with(";1\r\n") && text.contains("\"Größe; –=1\"") && !text.contains("sep="), "{text}");
}

#[test]
fn a_record_is_written_for_each_recipient_of_each_meeting_with_the_recipient_first() {
    let people =
        "\"Lind, Ada\" <ada@contoso.example>; presenter:bo@contoso.example; 9c440000-0000-4000-8000-000000000002";
    let output = output(&[
        vec![("attendees", people), ("name", "Hall 1"), ("Subject2", "x"), ("tollFreeNumber", "+18005550100")],
        vec![("attendees", ""), ("name", "Hall 2")],
        vec![("status", "refused"), ("joinWebUrl", "")],
        vec![("status", "existing"), ("attendees", "cy@contoso.example")],
        vec![("externalId", "A-1"), ("status", "existing"), ("attendees", "Ada <ADA@contoso.example>;di@x.example")],
        vec![("status", "differs"), ("startDateTime", "never"), ("attendees", "Ed <ed@x.example>")],
    ]);
    let (records, made) = recipients_of(&output, None, false);
    let first = |record: &StringRecord| record.iter().take(3).map(str::to_owned).collect::<Vec<_>>().join("|");
    let id = "9c440000-0000-4000-8000-000000000002";
    assert_eq!(
        records.iter().map(first).collect::<Vec<_>>(),
        [
            "name|address|role",
            "Lind, Ada|ada@contoso.example|attendee",
            &format!("{id}|{id}|attendee"),
            "bo@contoso.example|bo@contoso.example|presenter",
            "cy@contoso.example|cy@contoso.example|attendee",
            "di@x.example|di@x.example|attendee",
            "Ed|ed@x.example|attendee",
        ]
    );
    assert_eq!(made.lines, 6);
    assert_eq!(made.notices.len(), 3, "{:?}", made.notices);
    for (name, text) in [
        ("name2", "Hall 1"),
        ("subject", "Maths"),
        ("subject2", "Maths"),
        ("Subject22", "x"),
        ("date", "Wednesday, 3 February 2027"),
        ("tollNumber", "=\"+18005550100\""),
        ("organizer", ORGANIZER),
        ("joinWebUrl", LINK),
    ] {
        assert_eq!(cell(&records, 1, name), text, "{name}");
    }
    let names: Vec<&str> = records[0].iter().collect();
    assert!(!names.contains(&"status") && !names.contains(&"record"), "{names:?}");
    let (records, _) = recipients_of(&output, Some(b';'), true);
    assert_eq!(cell(&records, 1, "tollNumber"), "=\"+18005550100\"");
    let new: Vec<String> = records.iter().skip(1).map(|record| record[1].to_owned()).collect();
    assert_eq!(new, ["ada@contoso.example", id, "bo@contoso.example", "di@x.example"]);
}

#[test]
fn names_of_columns_that_are_taken_get_a_number() {
    let column = |name: &str| Column { name: name.to_owned(), kind: Kind::Any, place: 20 };
    let own = recipients::names(&[]).len();
    let names = recipients::names(&["Subject", "subject", "", "x", "X", "subject2", " "].map(column));
    assert_eq!(names[own..], ["Subject2", "subject3", "column21", "x", "X2", "subject22", "column212"]);
}

#[test]
fn long_cells_are_cut_and_told() {
    let long = "ä".repeat(40_000);
    let output = output(&[vec![("note", &long)]]);
    let (records, made) = excel_of(&output, b';');
    assert_eq!(cell(&records, 1, "note"), cut(&long).expect("it is too long"));
    assert!(made.notices[0].starts_with("1 cell was cut"), "{:?}", made.notices);
    let (_, made) = workbook_of(&output);
    assert_eq!(made.notices.len(), 1, "{:?}", made.notices);
}

#[cfg(unix)]
#[test]
fn products_are_their_owners_alone_and_leave_nothing_beside_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let output = output(&[vec![]]);
    let (directory, path) = place("out.xlsx");
    workbook(&finished(output.clone()), &path).expect("it is written");
    excel(&finished(output), &directory.path().join("out.csv"), b';').expect("it is written");
    let files: Vec<_> =
        fs::read_dir(directory.path()).expect("a directory").map(|file| file.expect("a file")).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in files {
        assert_eq!(file.metadata().expect("it is there").permissions().mode() & 0o777, 0o600);
    }
}

/// Whether it is text that is protected from becoming a number.
pub(super) fn is_protected(cell: &str) -> bool {
    let inside = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inside.is_some_and(|inside| guard::is_phone(inside) || guard::looks_like_id(inside) || guard::is_id(inside))
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_but_for_the_guard(cells in prop::collection::vec("[-+=@ \ta-c0-9.;,\"\n\r'ä\u{202e}]{0,14}|[0-9+]{10,15}", 1..6)) {
        let names: Vec<String> = (0..cells.len()).map(|number| format!("extra {number}")).collect();
        let given: Given<'_> = names.iter().map(String::as_str).zip(cells.iter().map(String::as_str)).collect();
        let output = output(&[given.clone(), vec![]]);
        for delimiter in [b',', b';', b'\t'] {
            let dialect = Dialect::Excel { delimiter };
            let (records, _) = excel_of(&output, delimiter);
            for (name, text) in &given {
                let own = cell(&records, 1, name);
                prop_assert_eq!(own, &*dialect.cell(text, Kind::Any));
                prop_assert!(!is_trigger(own) || is_protected(own) || own.trim().is_empty(), "{:?}", own);
                let bare = own.strip_prefix("=\"").map_or(own, |inside| &inside[..inside.len() - 1]);
                let (cleaned, guarded) = (clean(text), format!("'{}", clean(text)));
                prop_assert!(bare == *text || bare == cleaned || bare == guarded, "{:?} {:?}", own, text);
            }
        }
    }
}
