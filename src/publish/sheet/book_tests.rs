//! What a workbook has in it, and what becomes of what Excel has no room for.

use std::fs;

use super::book::Book;
use super::dialect::Kind;
use super::tests::{LINK, cells_of, output, place, workbook_of};
use crate::publish::Made;

#[test]
fn the_workbook_has_all_cells_as_text_and_the_totals() {
    let given = [
        ("subject", "=1+1"),
        ("room", "0042"),
        ("joinMeetingId", "398120445571234"),
        ("tollNumber", "+12065550100"),
        ("note", "Ünï\r\n–"),
    ];
    let refused =
        [("status", "refused"), ("joinWebUrl", ""), ("error", "no policy (Graph said: x)"), ("httpStatus", "403")];
    let output = output(&[given.to_vec(), refused.to_vec(), vec![("status", "invalid"), ("joinWebUrl", "")]]);
    let (book, made) = workbook_of(&output);
    assert_eq!(made, Made { lines: 3, notices: vec![] });
    let rows = cells_of(&book, "Meetings");
    let text = |row: usize, name: &str| &rows[row][rows[0].iter().position(|own| own == name).expect("a column")];
    for (name, wanted) in given {
        assert_eq!(text(1, name), &wanted.replace('\r', ""), "{name}");
    }
    assert_eq!((text(1, "joinWebUrl").as_str(), text(2, "httpStatus").as_str()), (LINK, "403"));
    let totals: Vec<String> = cells_of(&book, "Totals").iter().map(|row| row.join("|")).collect();
    for row in ["created|1||", "refused|1||", "total|3||", "refused|1|no policy|2"] {
        assert!(totals.iter().any(|own| own == row), "{row}: {totals:?}");
    }
}

#[test]
fn the_rows_beyond_what_a_sheet_holds_are_on_the_next() {
    let (_directory, path) = place("out.xlsx");
    let mut book = Book::new(&path).expect("a folder").with_rows_max(2);
    book.begin("Sheet", vec![("a".to_owned(), Kind::Any)]).expect("a sheet");
    for text in ["1", "2", "3", "4", "5"] {
        book.add([(text, Kind::Any)].into_iter()).expect("a row");
    }
    let made = book.finish().expect("a workbook");
    assert_eq!((made.lines, made.notices.len()), (5, 1));
    let book = fs::read(path).expect("a file");
    assert_eq!(cells_of(&book, "Sheet"), [["a"], ["1"], ["2"]]);
    assert_eq!(cells_of(&book, "Sheet 3"), [["a"], ["5"]]);
}

#[test]
fn links_that_excel_does_not_take_are_there_as_text_and_told() {
    let (_directory, path) = place("out.xlsx");
    let mut book = Book::new(&path).expect("a folder");
    book.begin("Sheet", vec![("a".to_owned(), Kind::Link)]).expect("a sheet");
    let long = format!("https://teams.example/{}", "x".repeat(2_058));
    let longest = &long[..2_079];
    for link in [&long, longest].into_iter().chain(std::iter::repeat_n(LINK, 65_531)) {
        book.add([(link, Kind::Link)].into_iter()).expect("a row");
    }
    let made = book.finish().expect("a workbook");
    assert_eq!(made.notices.len(), 1, "{:?}", made.notices);
    assert!(made.notices[0].starts_with("3 links"), "{:?}", made.notices);
    let rows = cells_of(&fs::read(path).expect("a file"), "Sheet");
    assert_eq!((rows[1][0].as_str(), rows[2][0].as_str(), rows[65_533][0].as_str()), (long.as_str(), longest, LINK));
}
