//! Sheets that look like nothing an office has, and yet come from one.

use super::*;

const HEADER: &str = "externalId,organizerUserId,subject";
const ORGANIZER: &str = "6b1e0000-0000-4000-8000-000000000001";

fn refusal(bytes: impl AsRef<[u8]>, form: AskedForm) -> String {
    let rows = Rows::open(Source::of(bytes.as_ref()), Reading { form, ..Reading::default() });
    format!("{:#}", rows.map(|_| ()).expect_err("a refusal"))
}

fn said(body: &str) -> String {
    let mut rows = Rows::open(Source::of(format!("{HEADER}\n{body}")), Reading::default()).expect("a header");
    rows.next().expect("one").expect("a row").meeting.expect_err("a flaw")[0].to_string()
}

#[test]
fn a_header_below_a_title_is_found_and_named() {
    let semicolons = HEADER.replace(',', ";");
    for (sheet, line) in [
        (format!("Timetable 2027\n{HEADER}\n"), 2),
        (format!("Timetable 2027,,\n\n,,\nas of May\n{HEADER}\nA,{ORGANIZER},S\n"), 5),
        (format!("Lehre, Sommer 2027\n{semicolons}\n"), 2),
    ] {
        let expected = format!("the header must come first, and it is in line {line}: remove what stands above it");
        assert_eq!(refusal(sheet, AskedForm::default()), expected);
    }
    let twice = refusal(format!("{HEADER},title\n{HEADER}\n"), AskedForm::default());
    assert!(twice.starts_with("columns 3 ('subject') and 4 ('title') both mean subject"), "{twice}");
    assert!(refusal("Timetable 2027\na,b\n", AskedForm::default()).contains("is one column"));
}

#[test]
fn a_text_without_line_ends_or_with_endless_columns_is_refused_at_once() {
    let form = AskedForm::default;
    assert!(refusal(vec![b'x'; 1 << 20], form()).contains("no header is so long"));
    assert!(refusal(vec![b'"'; 1 << 20], form()).contains("no header is so long"));
    let wide = refusal("x,".repeat(1 << 20), form());
    assert!(wide.contains("line 1 has more than 16384 cells"), "{wide}");
}

#[test]
fn of_endless_cells_beyond_the_header_the_first_are_named() {
    let found = said(&format!("A,{ORGANIZER},S{}\n", ",x".repeat(1_000)));
    let named = ["x"; 10].join("', '");
    assert!(
        found.starts_with(&format!("the record has 1003 cells where the header has 3 (too many: '{named}' and more)"))
    );
    assert!(said(&format!("A,{ORGANIZER},S,,y, \n")).contains("(too many: 'y')"));
}
