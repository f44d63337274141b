//! Bytes in, rows out: what the parts of `input` do together.

use proptest::prelude::*;

use super::*;

const HEADER: &str = "externalId,organizerUserId,subject,startDateTime,endDateTime,timeZone,attendees,room\n";
const ORGANIZER: &str = "6b1e0000-0000-4000-8000-000000000001";

fn rows(text: &str) -> Vec<Row> {
    let reading = Reading::default();
    Rows::open(Source::of(text), reading).expect("a header").map(|row| row.expect("a row")).collect()
}

fn index(place: u64) -> usize {
    usize::try_from(place).expect("a short text")
}

fn flaws(line: &str) -> Vec<String> {
    let row = rows(&format!("{HEADER}{line}")).pop().expect("a row");
    row.meeting.expect_err("flaws").iter().map(Flaw::to_string).collect()
}

#[test]
fn all_flaws_of_a_row_are_reported_each_with_its_column_its_value_and_its_mend() {
    let found = flaws(",Ada Lind,S,2027-03-28T02:30,nonsense,Europe/Berlin,Ada,R1");
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
    let numbers: Vec<_> = all.iter().map(|row| (row.record, row.at.number())).collect();
    assert_eq!(numbers, [(1, 2), (2, 5)]);
}

#[test]
fn text_that_is_not_utf_8_is_a_flaw_where_it_matters_and_passes_where_it_does_not() {
    let reading = || Reading { me: true, ..Reading::default() };
    let open =
        |bytes: &[u8]| Rows::open(Source::of(bytes), reading()).expect("a header").next().expect("one").expect("a row");
    // Where some text is UTF-8, the rest is damaged and not in another encoding.
    let row = open(b"externalId,subject,room\nA,M\xfcnchen,\xc3\xbc\n");
    assert!(row.meeting.expect_err("a flaw")[0].to_string().contains("not all of 'M\u{fffd}nchen' is UTF-8"));
    let row = open(b"externalId,subject,room\nA,\xc3\xbc,M\xfcnchen\n");
    assert!(row.meeting.is_ok());
    assert_eq!(&row.cells.0[2], b"M\xfcnchen");
}

#[test]
fn what_is_no_spreadsheet_is_refused_in_words_that_help() {
    let refusal = |bytes: &[u8]| {
        let reading = Reading { me: true, ..Reading::default() };
        format!("{:#}", Rows::open(Source::of(bytes), reading).map(|_| ()).expect_err("a refusal"))
    };
    assert!(refusal(b"").contains("empty"));
    let zero = refusal(b"externalId,subject\nA,S\nB,\0S\n");
    assert!(zero.contains("line 3 has a NUL byte"), "{zero}");
    assert!(refusal(b"\"externalId\nA\n").contains("never closed"));
}

#[test]
fn a_sheet_is_read_in_whatever_form_it_comes() {
    let text = "externalId,subject\r\nA-1,\"Übung, neu\"\r\n\r\nA-2,L’été\r\n";
    let semicolons = "externalId;subject\nA-1;Übung, neu\n\nA-2;L’été\n";
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let western = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    for (name, bytes) in [
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8 with a mark", format!("\u{feff}{text}").into_bytes()),
        ("UTF-16LE", utf16(&format!("\u{feff}{text}"), u16::to_le_bytes)),
        ("UTF-16BE", utf16(&format!("\u{feff}{text}"), u16::to_be_bytes)),
        ("UTF-16LE without a mark", utf16(text, u16::to_le_bytes)),
        ("Windows-1252", western(text)),
        ("CR", text.replace("\r\n", "\r").into_bytes()),
        ("LF", text.replace("\r\n", "\n").into_bytes()),
        ("semicolons", semicolons.as_bytes().to_vec()),
        ("tabs", semicolons.replace(';', "\t").into_bytes()),
        ("bars", semicolons.replace(';', "|").into_bytes()),
        ("sep=", format!("sep=;\r\n{semicolons}").into_bytes()),
        ("sep= after a mark, in Windows-1252's place", format!("\u{feff}\"sep=;\"\n{semicolons}").into_bytes()),
        ("trailing empty columns", text.replace("\r\n", ",,\r\n").into_bytes()),
        ("trailing empty columns, of some rows", text.replace("\"\r\n", "\",, ,\r\n").into_bytes()),
        ("trailing empty columns, of the header", text.replacen("\r\n", ",,\r\n", 1).into_bytes()),
    ] {
        let reading = Reading { me: true, ..Reading::default() };
        let rows = Rows::open(Source::of(bytes.clone()), reading).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        let encoding = rows.about().encoding;
        let rows: Vec<Row> = rows.map(|row| row.expect("a row")).collect();
        let read: Vec<[&str; 2]> = rows
            .iter()
            .map(|row| {
                let meeting = row.meeting.as_ref().expect("a meeting");
                [meeting.external_id.as_str(), meeting.subject.as_deref().expect("a subject")]
            })
            .collect();
        assert_eq!(read, [["A-1", "Übung, neu"], ["A-2", "L’été"]], "{name}");
        let first = if name.starts_with("sep=") { 3 } else { 2 };
        assert_eq!([rows[0].at, rows[1].at], [At::Line(first), At::Line(first + 2)], "{name}");
        assert!(encoding.text(&bytes[index(rows[1].offset)..]).starts_with("A-2"), "{name}");
    }
}

#[test]
fn a_character_of_four_bytes_counts_as_many_in_utf_16() {
    let text = "\u{feff}externalId,subject\nA-1,🎓 é\nA-2,S\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let rows = Rows::open(Source::of(bytes.clone()), Reading { me: true, ..Reading::default() }).expect("rows");
    let offset = rows.map(|row| row.expect("a row").offset).last().expect("two rows");
    assert!(Encoding::named("utf-16le").expect("known").text(&bytes[index(offset)..]).starts_with("A-2"));
}

#[test]
fn a_quotation_mark_in_a_cell_is_two_in_the_file() {
    let bytes = b"externalId,subject\nA,\"a 12\"\" screen\"\n";
    let mut rows = Rows::open(Source::of(&bytes[..]), Reading { me: true, ..Reading::default() }).expect("rows");
    let (again, row) = (rows.again(), rows.next().expect("one").expect("a row"));
    let place = again.locate(&row, &row.warnings[0]).expect("memory can be read").expect("a place");
    assert_eq!(&bytes[index(place.start)..index(place.end)], b"\"\"");
}

#[test]
fn an_object_id_in_two_cases_is_one_organizer() {
    let id = "6B1E0000-0000-4000-8000-00000000000A";
    let all = rows(&format!("{HEADER}A,{id},S,,,,,R1\nA,{{{}}},S,,,,,R1\n", id.to_lowercase()));
    let keys: Vec<_> = all.iter().map(|row| row.meeting.as_ref().expect("a meeting").key()).collect();
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn the_form_that_is_asked_for_holds_and_what_contradicts_it_is_refused() {
    let open = |bytes: &[u8], form: AskedForm| {
        let rows = Rows::open(Source::of(bytes), Reading { me: true, form, ..Reading::default() })?;
        anyhow::Ok(rows.map(|row| row.expect("a row").cells.0).collect::<Vec<_>>())
    };
    let form = AskedForm { encoding: Encoding::named("windows-1250"), ..AskedForm::default() };
    assert_eq!(&open(b"externalId,subject\nA,Dvo\xf8\xe1k\n", form.clone()).expect("rows")[0][1], "Dvořák".as_bytes());
    let error = open(b"\xef\xbb\xbfexternalId\nA\n", form).expect_err("a refusal").to_string();
    assert!(error.contains("byte-order mark of UTF-8"), "{error}");
    let form = AskedForm { delimiter: Some(b';'), ..AskedForm::default() };
    assert_eq!(&open(b"externalId;a,b\nA;1,2\n", form).expect("rows")[0][1], b"1,2");
    let error = open(b"sep=x\nexternalIdxa\n", AskedForm::default()).expect_err("a refusal");
    assert!(format!("{error:#}").contains("not by 'x'"), "{error:#}");
}

#[test]
fn what_is_not_utf_8_is_told_with_an_example() {
    let rows =
        Rows::open(Source::of(&b"externalId,room\nA,M\xfcnchen\n"[..]), Reading { me: true, ..Reading::default() });
    let notices = rows.expect("rows").about().notices.clone();
    assert!(notices[0].contains("read as Windows-1252, so that line 2 has 'München'"), "{notices:?}");
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
        let reading = Reading { default_zone: Some("Europe/Berlin".into()), ..Reading::default() };
        let rows = match Rows::open(Source::of(bytes.clone()), reading) {
            Ok(rows) => rows,
            Err(error) => {
                prop_assert!(bytes.contains(&0), "{error:#}");
                return Ok(());
            }
        };
        let (records, mut again, encoding) = (rows.about().records, rows.again(), rows.about().encoding);
        let rows: Vec<Row> = rows.map(|row| row.expect("a row")).collect();
        prop_assert_eq!(rows.len() as u64, records);
        let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 1;
        let (mut before, mut offset) = (1, 0);
        for (row, number) in rows.iter().zip(1..) {
            prop_assert_eq!(row.record, number);
            let line = row.at.number();
            prop_assert!(line > before && line <= lines, "line {line} after {before} of {lines}");
            prop_assert!(row.offset > offset && matches!(bytes[index(row.offset) - 1], b'\n' | b'\r'));
            prop_assert!(row.meeting.is_err() || row.cells.0.len() >= 8);
            prop_assert!(row.meeting.as_ref().err().is_none_or(|flaws| !flaws.is_empty()));
            (before, offset) = (line, row.offset);
            let anew = again.row(rows[0].offset, number, number - 1).expect("no read error").expect("a row");
            prop_assert_eq!((&anew.cells.0, &anew.meeting), (&row.cells.0, &row.meeting));
            for flaw in row.meeting.as_ref().err().into_iter().flatten() {
                let at = again.locate(row, flaw).expect("no read error").expect("a place");
                let Some(cell) = flaw.cell else { continue };
                let Ok(text) = std::str::from_utf8(&row.cells.0[cell]) else { continue };
                let raw = encoding.text(&bytes[index(at.start)..index(at.end)]);
                prop_assert_eq!(raw.replace("\"\"", "\""), text[flaw.part.clone()].replace("\"\"", "\""));
            }
        }
    }
}
