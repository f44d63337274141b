//! Whatever Excel makes of an output, its meetings are seen.

use std::fs;

use super::*;
use crate::input::Source;

const HEADER: &str = "externalId,organizerUserId,status,joinWebUrl,meetingId,madeBy,record\n";

fn resaved(text: &str) -> Vec<Vec<u8>> {
    let utf_16 = |text: &str| [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let semicolons = text.replace(',', ";").replace('\n', "\r\n");
    let latin = text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin")).collect();
    vec![
        text.into(),
        format!("\u{feff}{text}").into(),
        semicolons.clone().into(),
        format!("\u{feff}{semicolons}").into(),
        format!("sep=;\r\n{semicolons}").into(),
        utf_16(&text.replace(',', "\t")),
        latin,
    ]
}

#[test]
fn outputs_of_a_plain_create_are_told_from_others_however_they_were_saved() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("out.csv");
    let reading = Reading::default();
    for (line, plain, by_key) in [
        ("Ä,o,created,https://l/a,m,create,1\nB,o,refused,,,,2\n", true, false),
        ("Ä,o,uncertain,,,,1\nB,o,refused,,,,2\n", true, false),
        ("Ä,o,carried,https://l/a,m,createOrGet,1\nB,o,refused,,,,2\n", false, false),
        ("Ä,o,created,https://l/a,m,createOrGet,1\nB,o,refused,,,,2\n", false, true),
        ("Ä,o,refused,,,,1\n,,,,,,\nB,o,refused,,,,2\n", false, false),
    ] {
        for bytes in resaved(&format!("{HEADER}{line}")) {
            fs::write(&path, &bytes).expect("a file");
            let told = (has_plain_meetings(&path, &reading), has_created_by_key(&path, &reading));
            assert_eq!((told.0.expect("an output"), told.1.expect("an output")), (plain, by_key), "{line}");
            let rows = Rows::open(Source::of(bytes), Reading::default()).expect("rows");
            assert_eq!(has_plain_rows(&rows).expect("rows"), plain, "{line}");
            let mut text = String::new();
            let file = lines_of(&path, &reading).expect("an output").expect("a file");
            ReadAt::new(&file, 0).read_to_string(&mut text).expect("UTF-8");
            assert!(text.contains("Ä,o,"), "{text}");
        }
    }
    assert!(!has_plain_meetings(&directory.path().join("none.csv"), &reading).expect("no file"));
}

#[test]
fn what_seems_to_be_an_output_and_cannot_be_read_is_an_error_and_anything_else_is_none() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("out.csv");
    for (text, is_error) in [
        ("externalId,madeBy\nA,create\n", true),
        ("a title\nexternalId;joinWebUrl;madeBy\n", true),
        ("externalId/status/joinWebUrl/madeBy\n", true),
        ("externalId,organizerUserId\nA,o\n", false),
        ("anything", false),
        ("", false),
    ] {
        fs::write(&path, text).expect("a file");
        let told = has_plain_meetings(&path, &Reading::default());
        assert_eq!(told.is_err(), is_error, "{text}");
        assert!(told.is_err() || !told.expect("none"), "{text}");
    }
}
