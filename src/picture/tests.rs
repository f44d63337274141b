//! Rows in, pictures out: in what is not seen, too wide or not there.

use proptest::prelude::*;

use super::glyphs::{fit, width};
use super::*;
use crate::input::shown;
use crate::input::{Reading, Source};

/// What a sheet's only row looks like, `width` columns wide, with this part of a cell marked.
fn drawn(sheet: &str, cell: Option<usize>, part: Range<usize>, width: usize) -> String {
    let (scene, row) = scene(sheet, width);
    let text = cell.map(|cell| row.cells.text(cell).into_owned()).unwrap_or_default();
    let value = text.get(part.clone()).map(shown).unwrap_or_default();
    let column = cell.and_then(|cell| scene.names.get(cell).cloned()).unwrap_or_default();
    let flaw = Flaw { cell, part, column, value, kind: "it is wrong", what: None, mend: "put it right".into() };
    scene.picture(&row, &flaw)
}

fn scene(sheet: &str, width: usize) -> (Scene, Row) {
    let reading = Reading { me: true, ..Reading::default() };
    let mut rows = Rows::open(Source::of(sheet), reading).expect("a sheet");
    let row = rows.next().expect("a row").expect("a row");
    (Scene::of(&Input::File("course.csv".into()), &rows, width, false), row)
}

#[test]
fn a_flaw_is_drawn_with_its_neighbours_and_the_external_id() {
    let sheet = "externalId,room,subject,start,end,note\nA-1,R2,Seminar,2027-02-30T09:15,2027-03-30T10:45,x\n";
    assert_eq!(
        drawn(sheet, Some(3), 8..10, WIDTH),
        "course.csv, record 1 (line 2)\n  \
           externalId │ … │ subject │ start            │ end              │ …\n  \
           A-1        │ … │ Seminar │ 2027-02-30T09:15 │ 2027-03-30T10:45 │ …\n                                     \
                                               ^^\n  \
           it is wrong\n  \
           Mend: put it right"
    );
}

#[test]
fn a_record_that_does_not_fit_stands_beside_its_header() {
    let long = "externalId,subject,start\nA-1,Licht,Schatten,2027-02-03T09:00\n";
    assert_eq!(
        drawn(long, None, 0..0, WIDTH),
        "course.csv, record 1 (line 2)\n  \
           externalId  │ A-1\n  \
           subject     │ Licht\n  \
           start       │ Schatten\n  \
           (no column) │ 2027-02-03T09:00\n                \
                         ^^^^^^^^^^^^^^^^\n  \
           it is wrong\n  \
           Mend: put it right"
    );
    let short = drawn("externalId,subject,start\nA-1,\"Licht\nB\n", None, 0..0, WIDTH);
    assert!(short.contains("  subject    │ Licht↵B↵\n  start      │ (no cell)\n               ^^^^^^^^^\n"), "{short}");
}

/// The cell's line and the line of marks below it.
fn marked(cell: &str, part: Range<usize>, width: usize) -> (String, String) {
    let picture = drawn(&format!("externalId,start\nA,\"{cell}\"\n"), Some(1), part, width);
    let lines: Vec<&str> = picture.lines().collect();
    (lines[2].trim_start().to_owned(), lines[3].trim_start().to_owned())
}

#[test]
fn what_is_not_seen_is_shown_and_the_mark_stays_in_its_place() {
    for (cell, part, shows, marks) in [
        ("a\tb", 1..2, "A          │ a⇥b", 1),
        ("a\r\nbc", 3..5, "A          │ a↵bc", 2),
        ("a\u{a0}b", 1..3, "A          │ a␣b", 1),
        ("a\u{200b}b", 1..4, "A          │ a\\u{200b}b", 8),
        ("\u{202e}abc", 0..3, "A          │ \\u{202e}abc", 8),
        ("\u{1b}[31mred", 0..1, "A          │ \\u{1b}[31mred", 6),
        ("講義 1", 0..6, "A          │ 講義 1", 4),
        ("講義 1", 7..8, "A          │ 講義 1", 1),
        ("e\u{301}t", 0..3, "A          │ e\u{301}t", 1),
        ("\u{301}t", 0..2, "A          │ ◌\u{301}t", 1),
        ("שלום", 0..8, "A          │ שלום", 4),
        ("❤\u{fe0f}!", 6..7, "A          │ ❤!", 1),
        ("", 0..0, "A          │", 1),
        ("abc", 3..3, "A          │ abc", 1),
    ] {
        let (shown, mark) = marked(cell, part, WIDTH);
        assert_eq!((shown.as_str(), mark), (shows, "^".repeat(marks)), "{cell:?}");
    }
}

#[test]
fn a_long_cell_is_cut_around_the_part_that_is_meant() {
    let cell = "ada@contoso.example; ".repeat(30);
    for (part, starts, ends) in [
        (0..3, "A          │ ada@contoso", "…"),
        (210..213, "A          │ …", "…"),
        (cell.len() - 4..cell.len(), "A          │ …", "example;"),
        (0..cell.len(), "A          │ ada@contoso", "…"),
    ] {
        let (shown, mark) = marked(&cell, part.clone(), 60);
        assert!(shown.starts_with(starts) && shown.ends_with(ends), "{part:?}: {shown}");
        assert_eq!(mark.len(), part.len().min(44), "{shown}\n{mark}");
    }
}

#[test]
fn a_part_that_the_cell_has_not_marks_the_whole_cell() {
    let (scene, row) = scene("externalId,start\nA, 2027-02-03T09:00+01:00 \n", WIDTH);
    let mut flaw = Flaw {
        cell: Some(1),
        part: 0..0,
        column: "start".into(),
        value: String::new(),
        kind: "it is wrong",
        what: None,
        mend: String::new(),
    };
    flaw.part = 3..400;
    assert!(scene.picture(&row, &flaw).contains(&format!(" {}\n", "^".repeat(24))));
}

#[test]
fn a_workbook_names_its_cells_as_excel_does() {
    let name = |cell| cell_name(At::SheetRow(13), Some(cell)).expect("a cell");
    assert_eq!([0, 3, 25, 26, 701, 702].map(name), ["A13", "D13", "Z13", "AA13", "ZZ13", "AAA13"]);
    assert_eq!(cell_name(At::Line(13), Some(3)), None);
}

#[test]
fn colours_are_on_a_terminal_only() {
    let (mut scene, row) = scene("externalId,start\nA,b\n", WIDTH);
    let flaw = Flaw {
        cell: Some(1),
        part: 0..1,
        column: "start".into(),
        value: "b".into(),
        kind: "it is wrong",
        what: None,
        mend: String::new(),
    };
    assert!(!scene.picture(&row, &flaw).contains('\u{1b}'));
    scene.paint = Paint(true);
    assert!(scene.picture(&row, &flaw).contains("\u{1b}[1;31m^\u{1b}[0m"));
}

/// Cells of all that goes wrong in them, without what would end them.
fn cell() -> impl Strategy<Value = String> {
    proptest::string::string_regex(
        "([a-z ]{0,6}|[講義ü\t\u{301}\u{200b}\u{202e}\u{a0}❤שלם\u{1b}👩\u{fe0f}]{0,4}|[^\",\x00]{0,3}){0,12}",
    )
    .expect("a pattern")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_picture_is_as_wide_as_the_terminal_at_most_and_says_nothing_to_it(
        cells in prop::collection::vec(cell(), 1..9),
        names in prop::collection::vec("[A-Dx-z講 ]{0,30}", 0..8),
        (at, ends) in (0..9_usize, any::<[prop::sample::Index; 2]>()),
        columns in 40..140_usize,
    ) {
        let header = names.join(",");
        let cells = [vec!["A".to_owned()], cells].concat();
        let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
        let sheet = format!("externalId,{header}\n{}\n", quoted.join(","));
        let text = cells.get(at).cloned().unwrap_or_default();
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut part = ends.map(|end| places[end.index(places.len())]);
        part.sort_unstable();
        let picture = drawn(&sheet, (at < cells.len()).then_some(at), part[0]..part[1], columns);
        for line in picture.lines() {
            prop_assert!(width(line) <= columns, "{} columns of {columns}: {line}", width(line));
            let steers = |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
            prop_assert!(!line.contains(steers), "{line:?}");
        }
    }

    #[test]
    fn the_marks_stand_under_what_they_mark(text in cell(), ends: [prop::sample::Index; 2], room in 12..90_usize) {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut part = ends.map(|end| places[end.index(places.len())]);
        part.sort_unstable();
        let [start, end] = part;
        let fitted = fit(&text, start..end, room);
        prop_assert!(fitted.width <= room && fitted.width == width(&fitted.shown), "{fitted:?}");
        prop_assert!(fitted.mark.end <= room && !fitted.mark.is_empty(), "{fitted:?}");
        // What stands above the marks is how the part itself is shown, but for what was cut off and what belongs to a letter.
        let mut column = 0;
        let above: String = fitted.shown.chars().filter(|c| {
            let at = column;
            column += width(c.encode_utf8(&mut [0; 4]));
            fitted.mark.contains(&at) && (column > at || at > fitted.mark.start)
        }).collect();
        let own = visible(&text[start..end]);
        let begins = |own: &str| {
            let above = above.trim_end_matches('…');
            own.starts_with(above) || own.trim_start_matches('◌').starts_with(above) || above.is_empty()
        };
        let joins = own.starts_with('◌') || text[start..].starts_with(['\n', '\u{fe0f}']) || start == end;
        prop_assert!(begins(&own) || joins || text[end..].starts_with(|c: char| width(c.encode_utf8(&mut [0; 4])) == 0), "{above:?} is not {own:?}: {fitted:?}");
    }
}
