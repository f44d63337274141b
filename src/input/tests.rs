//! Bytes in, rows out: what the parts of `input` do together.

use proptest::prelude::*;

use super::*;

const HEADER: &str = "externalId,organizerUserId,subject,startDateTime,endDateTime,timeZone,attendees,room\n";
const ORGANIZER: &str = "6b1e0000-0000-4000-8000-000000000001";

fn rows(text: &str) -> Vec<Row> {
    let reading = Reading { me: false, default_zone: None };
    Rows::open(text.as_bytes(), reading).expect("a header").map(|row| row.expect("a row")).collect()
}

fn flaws(line: &str) -> Vec<String> {
    let row = rows(&format!("{HEADER}{line}")).pop().expect("a row");
    row.meeting.expect_err("flaws").iter().map(Flaw::to_string).collect()
}

#[test]
fn all_flaws_of_a_row_are_reported_each_with_its_column_its_value_and_its_mend() {
    let found = flaws(",ada@x.example,S,2027-03-28T02:30,nonsense,Europe/Berlin,Ada,R1");
    let columns: Vec<_> = found.iter().map(|flaw| flaw.split(' ').next().expect("a column")).collect();
    assert_eq!(columns, ["externalId", "organizerUserId", "startDateTime", "endDateTime", "attendees"]);
    assert_eq!(
        found[2],
        "startDateTime '2027-03-28T02:30': this time does not exist in Europe/Berlin: on that day the clocks are put \
         forward over it, from offset +01 to +02; write 01:30 or 03:30, or the time with its offset"
    );
}

#[test]
fn graphs_rules_for_times_are_checked_before_anything_is_sent() {
    let row = |times: &str| format!("A,{ORGANIZER},S,{times},UTC,,R1");
    assert!(flaws(&row(",2027-02-03T09:00"))[0].contains("an end without a start"));
    assert!(flaws(&row("2027-02-03T09:00,2027-02-03T08:59"))[0].contains("the end is before the start"));
    let span = |times: &str| rows(&format!("{HEADER}{}", row(times)))[0].meeting.clone().expect("a meeting").span;
    assert_eq!(span(","), crate::meeting::Span::Instant);
    assert!(matches!(span("2027-02-03T09:00,"), crate::meeting::Span::From(_)));
    assert!(matches!(span("2027-02-03T09:00,2027-02-03T09:00"), crate::meeting::Span::Between(..)));
}

#[test]
fn a_ragged_record_is_one_flaw_and_keeps_all_its_cells() {
    let all = rows(&format!("{HEADER}A,{ORGANIZER}\nB,{ORGANIZER},S,,,,,R1,extra, more\nC,{ORGANIZER},S,,,,,R1,, \n"));
    assert_eq!(all.iter().map(|row| row.cells.0.len()).collect::<Vec<_>>(), [2, 10, 10]);
    let said = |row: &Row| row.meeting.clone().expect_err("a flaw")[0].to_string();
    assert!(said(&all[0]).starts_with("the record has 2 cells where the header has 8;"));
    assert!(said(&all[1]).starts_with("the record has 10 cells where the header has 8 (too many: 'extra', ' more')"));
    assert!(all[2].meeting.is_ok(), "empty cells beyond the header pass");
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_a_flaw_of_the_record_that_it_swallows() {
    let all = rows(&format!("{HEADER}A,{ORGANIZER},S,,,,,R1\nB,{ORGANIZER},\"S,,,,,R1\nC,{ORGANIZER},S,,,,,R1\n"));
    assert_eq!(all.len(), 2);
    assert!(all[0].meeting.is_ok());
    let said = all[1].meeting.clone().expect_err("a flaw")[0].to_string();
    assert!(said.contains("never closed"), "{said}");
    assert!(all[1].cells.0[2].ends_with(b"R1\n"), "the swallowed text is kept");
}

#[test]
fn record_and_line_numbers_are_those_that_a_person_counts() {
    let all = rows(&format!("\u{feff}{}A,x,\"two\r\nlines\",,,,,\r\n\r\nB,x,,,,,,\r\n", HEADER.replace('\n', "\r\n")));
    let numbers: Vec<_> = all.iter().map(|row| (row.record, row.line)).collect();
    assert_eq!(numbers, [(1, 2), (2, 5)]);
}

#[test]
fn text_that_is_not_utf_8_is_a_flaw_where_it_matters_and_passes_where_it_does_not() {
    let reading = || Reading { me: true, default_zone: None };
    let open = |bytes: &[u8]| Rows::open(bytes, reading()).expect("a header").next().expect("one").expect("a row");
    let row = open(b"externalId,subject,room\nA,M\xfcnchen,1\n");
    assert!(
        row.meeting.expect_err("a flaw")[0].to_string().starts_with("subject 'M\u{fffd}nchen': text that is not UTF-8")
    );
    let row = open(b"externalId,subject,room\nA,S,M\xfcnchen\n");
    assert!(row.meeting.is_ok());
    assert_eq!(&row.cells.0[2], b"M\xfcnchen");
}

#[test]
fn what_is_no_spreadsheet_is_refused_in_words_that_help() {
    let refusal = |bytes: &[u8]| {
        let reading = Reading { me: true, default_zone: None };
        Rows::open(bytes, reading).map(|_| ()).expect_err("a refusal").to_string()
    };
    assert!(refusal(b"").contains("empty"));
    assert!(refusal(b"\xff\xfee\0x\0").contains("UTF-16"));
    assert!(refusal(b"PK\x03\x04rest").contains("workbook"));
    assert!(refusal(b"\"externalId\nA\n").contains("never closed"));
}

#[test]
fn counting_finds_as_many_records_as_reading() {
    let text = format!("{HEADER}A,x,\"two\nlines\",,,,,\n\nB,x,,,,,,\n");
    assert_eq!(count(text.as_bytes()).expect("a count"), rows(&text).len() as u64);
    assert_eq!(count(&b""[..]).expect("a count"), 0);
}

fn odd_sheet() -> impl Strategy<Value = Vec<u8>> {
    // Pieces of spreadsheets in any order find more than bytes at random do; both are tried.
    let piece = prop::sample::select(vec![
        "\"",
        "\"\"",
        ",",
        "\n",
        "\r\n",
        "\r",
        "A",
        " ",
        ";",
        "<",
        ">",
        "@",
        "ada@x.example",
        ORGANIZER,
        "2027-03-28",
        "T02:30",
        ":60",
        "Z",
        "+01:00",
        "-7:00",
        "[Europe/Berlin]",
        "Europe/Berlin",
        "\u{feff}",
        "\u{a0}",
        "\0",
        "ü",
        "2027",
    ]);
    let pieces = prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes());
    prop_oneof![pieces, prop::collection::vec(any::<u8>(), 0..200)]
}

proptest! {
    #[test]
    fn whatever_the_bytes_every_record_is_a_row_in_its_place(body in odd_sheet()) {
        let bytes = [HEADER.as_bytes(), &body].concat();
        let reading = Reading { me: false, default_zone: Some("Europe/Berlin".into()) };
        let rows: Vec<Row> = Rows::open(&bytes[..], reading).expect("a header").map(|row| row.expect("a row")).collect();
        prop_assert_eq!(rows.len() as u64, count(&bytes[..]).expect("a count"));
        let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 1;
        let mut before = 1;
        for (row, number) in rows.iter().zip(1..) {
            prop_assert_eq!(row.record, number);
            prop_assert!(row.line > before && row.line <= lines, "line {} after {before} of {lines}", row.line);
            prop_assert!(row.meeting.is_err() || row.cells.0.len() >= 8);
            prop_assert!(row.meeting.as_ref().err().is_none_or(|flaws| !flaws.is_empty()));
            before = row.line;
        }
    }
}
