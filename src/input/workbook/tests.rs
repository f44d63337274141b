//! Workbooks made by hand, and what becomes of them.

#[path = "book.rs"]
mod book;

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use self::book::{MAIN, header, inline, plan, refusal, text, told, zipped};
use super::*;
use crate::input::{AskedForm, Encoding, Reading, Rows, Source};

#[test]
fn every_kind_of_cell_is_the_text_that_a_person_sees() {
    let mut book = plan(
        r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>
           <row r="2"><c r="A2"><v>123456789012345</v></c><c r="B2" t="b"><v>1</v></c></row>
           <row r="3"><c r="A3" s="1"><v>46421.375</v></c><c r="B3" s="2"><v>46421</v></c></row>
           <row r="4"><c r="A4" s="3"><v>0.375</v></c><c r="B4" s="4"><v>0.0625</v></c></row>
           <row r="5"><c r="A5" t="e"><v>#N/A</v></c><c r="B5" t="str"><f>A1&amp;"x"</f><v>a &amp; x</v></c></row>
           <row r="6"><c r="A6" t="d" s="1"><v>2027-02-03T09:00:00</v></c><c r="B6" s="1" t="s"><v>2</v></c></row>
           <row r="7"><c r="A7"><f>1/3</f><v>0.33333333333333331</v></c><c r="B7" t="str"><f>""</f><v></v></c></row>"#,
    );
    book.texts = "<si><t>one</t></si><si><r><t>t</t></r><r><rPr><b/></rPr><t>wo</t></r><rPh sb=\"0\" eb=\"1\"><t>zwei</t></rPh></si>\
                  <si><t>03.02.2027, \"9\" Uhr_x000D_\n</t></si>"
        .to_owned();
    let (text, transcript) = told(&book, None).expect("a sheet");
    assert_eq!(
        text,
        "1,one,two\n2,123456789012345,TRUE\n3,2027-02-03T09:00:00,2027-02-03\n4,09:00:00,1:30\n5,#N/A,a & x\n\
         6,2027-02-03T09:00:00,\"03.02.2027, \"\"9\"\" Uhr\r\"\n7,0.333333333333333,\n"
    );
    assert_eq!((transcript.sheet.as_str(), transcript.uncalculated), ("Plan", None));
}

#[test]
fn dates_of_the_calendar_of_1904_are_their_days() {
    let rows = r#"<row r="1"><c r="A1" t="b"><v>0</v></c></row><row r="2"><c r="A2" s="1"><v>44959.375</v></c></row>"#;
    let mut book = plan(rows);
    book.properties = r#"<workbookPr date1904="1"/>"#;
    assert_eq!(told(&book, None).expect("a sheet").0, "1,FALSE\n2,2027-02-03T09:00:00\n");
}

#[test]
fn rows_keep_their_numbers_and_cells_their_columns() {
    let rows = format!(
        "{}<row r=\"4\">{}</row><row r=\"5\">{}<c r=\"D5\"/></row><row r=\"9\">{}</row><row r=\"10\"><c r=\"C10\" s=\"1\"/></row>",
        header(3, &["", "b", "c"]),
        inline("A4", " \u{a0}"),
        inline("B5", "x"),
        inline("E9", "far"),
    );
    assert_eq!(text(&rows), "3,,b,c\n5,,x,\n9,,,,,far\n");
}

#[test]
fn a_formula_that_was_never_calculated_is_not_taken_for_an_empty_cell() {
    let rows = format!(
        "{}<row r=\"2\">{}<c r=\"B2\"><f>TODAY()</f><v></v></c><c r=\"C2\"><f t=\"shared\" si=\"99999999999\"/></c></row>",
        header(1, &["a", "b", "c"]),
        inline("A2", "x")
    );
    let (text, transcript) = told(&plan(&rows), None).expect("a sheet");
    assert_eq!(text, "1,a,b,c\n2,x,#NOT CALCULATED!,#NOT CALCULATED!\n");
    assert_eq!(transcript.uncalculated, Some(("B2".to_owned(), 2)));
    assert!(is_error(UNCALCULATED.as_bytes()) && is_error(b"#N/A") && !is_error(b"#1") && !is_error(b""));
}

#[test]
fn the_first_sheet_that_can_be_seen_is_read_or_the_one_that_is_named() {
    let sheet = |cell: &str| {
        let rows = header(1, &[cell]);
        format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#)
    };
    let mut book = plan("");
    book.sheets = vec![
        ("Lists", "state=\"hidden\"", "worksheet", sheet("hidden")),
        ("Chart", "", "chartsheet", format!("<chartsheet xmlns=\"{MAIN}\"/>")),
        ("Plan", "", "worksheet", sheet("plan")),
        ("Old plan", "", "worksheet", sheet("old")),
    ];
    for (wanted, text) in [(None, "1,plan\n"), (Some("old PLAN"), "1,old\n"), (Some("Lists"), "1,hidden\n")] {
        assert_eq!(told(&book, wanted).expect("a sheet").0, text);
    }
    assert_eq!(told(&book, None).expect("a sheet").1.others, ["Old plan"]);
    let bytes = book.bytes();
    for (wanted, message) in [
        ("Plans", "the workbook has no sheet 'Plans'; the nearest is 'Plan'; it has 'Plan', 'Old plan'"),
        ("2027", "the workbook has no sheet '2027'; it has 'Plan', 'Old plan'"),
        ("Chart", "sheet 'Chart' is a chart or a dialog and has no rows: name another; there are 'Plan', 'Old plan'"),
    ] {
        assert_eq!(refusal(&bytes, Some(wanted)), message);
    }
    book.sheets.truncate(2);
    let message = "the workbook has no sheet with rows that can be seen: name one by --sheet, or show it in Excel";
    assert_eq!(refusal(&book.bytes(), None), message);
    book.sheets.clear();
    assert_eq!(refusal(&book.bytes(), None), message);
}

#[test]
fn what_is_no_workbook_is_called_by_its_name() {
    let old = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&refusal::OLE, vec![0; 65_520].as_slice(), &name].concat()
    };
    for (bytes, message) in [
        (old("EncryptedPackage"), "protected by a password"),
        (old("Workbook"), "a workbook of Excel 97 to 2003 (.xls): open it in Excel and save it as"),
        (old("WordDocument"), "a Word document (.doc)"),
        (zipped(&[("[Content_Types].xml", ""), ("xl/workbook.bin", "")]), "a binary workbook (.xlsb)"),
        (zipped(&[("[Content_Types].xml", ""), ("word/document.xml", "")]), "a Word document (.docx)"),
        (zipped(&[("mimetype", ""), ("content.xml", "")]), "an OpenDocument file (.ods)"),
        (zipped(&[("Index/Document.iwa", "")]), "Apple's Numbers"),
        (zipped(&[("in.csv", "a,b")]), "a zip file and not a workbook: unpack it"),
        (zipped(&[]), "a zip file and not a workbook"),
        (zipped(&[("[Content_Types].xml", "")]), "the workbook is damaged"),
        (b"PK\x03\x04".to_vec(), "the workbook is damaged"),
        (plan("<row/>").bytes()[..900].to_vec(), "the workbook is damaged"),
        (plan("").bytes(), "sheet 'Plan' is empty: its first row must name the columns"),
    ] {
        let told = refusal(&bytes, None);
        assert!(told.contains(message), "{message}: {told}");
        assert!(is_workbook(&bytes) || bytes.starts_with(b"PK\x05\x06"));
    }
}

#[test]
fn a_workbook_that_unfolds_beyond_its_bounds_is_refused_before_it_is_held() {
    let endless = weigh::inflate(std::io::repeat(b' '), 100 << 20, None).expect_err("no end");
    assert!(endless.to_string().starts_with("the workbook unfolds to more than 100 million bytes: copy the sheet"));
    let book = plan("<row/>");
    let mut parts = book.parts();
    let texts = parts.last_mut().expect("the table of texts");
    texts.1 = texts.1.replace("<sst ", "<sst uniqueCount=\"999999999999\" ");
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert!(refusal(&zipped(&parts), None).contains("claims more texts than it has room for"));
    let long = "x".repeat(1 << 20);
    let styles = format!("<numFmts><numFmt formatCode=\"{long}\"/></numFmts>{}", "<xf/>".repeat(2_000));
    assert!(refusal(&zipped(&[("xl/workbook.xml", ""), ("xl/styles.xml", &styles)]), None).contains("too many styles"));
}

#[test]
fn cells_that_stand_in_no_order_are_refused() {
    for rows in [
        "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"B1\"><v>1</v></c><c r=\"B1\"><v>2</v></c></row>",
        "<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"A1048577\"><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"ZZZZZZZZZZZZ1\"><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>",
    ] {
        let told = refusal(&plan(rows).bytes(), None);
        assert!(told.starts_with("sheet 'Plan': the workbook is damaged") || told.contains("contradict"), "{told}");
    }
    let told = refusal(
        &plan("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\" t=\"e\"><v>#SPILL!</v></c></row>").bytes(),
        None,
    );
    assert!(
        told.ends_with("a cell (the next after A1) has the error #SPILL!: mend its formula, and save the workbook")
    );
}

#[test]
fn entities_do_not_multiply() {
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]>";
    let mut book = plan("");
    let cell = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row>"#;
    book.sheets[0].3 = format!("{bomb}<worksheet xmlns=\"{MAIN}\"><sheetData>{cell}</sheetData></worksheet>");
    let told = told(&book, None).map(|(text, _)| text);
    assert!(told.as_ref().map_or(true, |text| text.len() < 32), "{told:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever happens to its bytes on the way, a workbook is read or refused.
    #[test]
    fn a_workbook_with_wrong_bytes_is_no_reason_to_panic(
        stored in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut book = plan(r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f t="shared" si="0" ref="B1:B2">A1</f></c></row>"#);
        book.texts = "<si><t>one</t></si>".to_owned();
        let parts = book.parts();
        let mut parts: Vec<(String, Vec<u8>)> = parts.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
        // Within the parts, so that no checksum tells; or anywhere in the zip.
        for (at, byte) in changes.iter().filter(|_| stored) {
            let part = at.index(parts.len());
            let place = at.index(parts[part].1.len());
            parts[part].1[place] = *byte;
        }
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in &parts {
            zip.start_file(name.as_str(), SimpleFileOptions::default()).expect("a part");
            zip.write_all(text).expect("its text");
        }
        let mut bytes = zip.finish().expect("a zip").into_inner();
        for (at, byte) in changes.iter().filter(|_| !stored) {
            let place = at.index(bytes.len());
            bytes[place] = *byte;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        if let Err(why) = transcribe(Cursor::new(bytes), None) {
            let why = format!("{why:#}");
            prop_assert!(!why.contains("contradict each other"), "it panicked");
        }
    }
}

#[test]
fn the_sample_workbook_says_what_the_sample_in_csv_says() {
    let sample = |name: &str| File::open(format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a sample");
    let transcript = transcribe(sample("timetable.xlsx"), None).expect("a workbook");
    assert_eq!(transcript.sheet, "Timetable");
    assert_eq!(transcript.others, ["Rooms"]);
    let records = |file: File, from: usize| -> Vec<Vec<String>> {
        let records = csv::Reader::from_reader(file).into_records().map(|record| record.expect("a record"));
        let first_five = |record: csv::StringRecord| record.iter().skip(from).take(5).map(str::to_owned).collect();
        records.map(first_five).collect()
    };
    let mut plain = records(sample("timetable.csv"), 0);
    for time in plain.iter_mut().flat_map(|record| &mut record[3..]) {
        time.push_str(":00");
    }
    assert_eq!(records(transcript.file, 1), plain);
}

#[test]
fn what_is_said_of_a_workbook_is_true_of_a_workbook() {
    let open = |rows: &str, form: AskedForm| {
        let rows = Rows::open(Source::of(plan(rows).bytes()), Reading { me: true, form, ..Reading::default() })?;
        anyhow::Ok(rows.map(|row| row.expect("a row")).collect::<Vec<_>>())
    };
    let refusal = |rows: &str, form| format!("{:#}", open(rows, form).map(|_| ()).expect_err("a refusal"));
    let sheet =
        |row| format!("{}{}", header(row, &["externalId", "subject"]), header(row + 1, &["A", "S", "", "note"]));
    let titled = format!("{}{}", header(1, &["Timetable 2027"]), sheet(3));
    let below = "the header must come first, and it is in row 3: remove what stands above it";
    assert_eq!(refusal(&titled, AskedForm::default()), below);
    assert!(
        refusal(&header(1, &["q"]), AskedForm::default()).starts_with("the header has one column only, 'q': there is")
    );
    let form = AskedForm { delimiter: Some(b';'), ..AskedForm::default() };
    assert_eq!(refusal(&sheet(1), form), "--delimiter is for text, and the input is a workbook: leave it out");
    let form = AskedForm { encoding: Some(Encoding::Utf8), ..AskedForm::default() };
    assert_eq!(refusal(&sheet(1), form), "--encoding is for text, and the input is a workbook: leave it out");
    let found = open(&sheet(1), AskedForm::default()).expect("rows")[0].meeting.clone().expect_err("a flaw");
    assert!(
        found[0]
            .to_string()
            .ends_with("; empty what stands to the right of the last column, or give it a name in the header")
    );
}
