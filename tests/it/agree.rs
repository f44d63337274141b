//! `check` against `provision` on sheets of all kinds, and the bytes that it names against those of the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, WINDOWS_1252};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::binary::{convoke, run, write};

const HEADER: [&str; 7] =
    ["externalId", "organizerUserId", "subject", "startDateTime", "endDateTime", "timeZone", "attendees"];
const ONE: &str = "11111111-1111-4111-8111-11111111111a";

/// One cell of each column, good ones more often than bad ones.
fn row() -> impl Strategy<Value = Vec<String>> {
    let cell = |texts: &'static [&'static str]| select(texts).prop_map(str::to_owned);
    (
        cell(&["A", "a", "B", "C", "é", "e\u{301}", "", "x\ty"]),
        cell(&[
            ONE,
            ONE,
            "11111111-1111-4111-8111-11111111111A",
            "22222222-2222-4222-8222-222222222222",
            "",
            "ada@contoso.example",
        ]),
        cell(&["S", "S", " S", "T", ""]),
        cell(&[
            "2027-02-03T09:00",
            "2027-02-03 09:00",
            "2027-02-03T08:00Z",
            "2027-02-30",
            "",
            "03/04/2027 9:00",
            "13/02/2027 9:00",
            "2020-01-01T00:00",
            "2027-03-28T02:30",
        ]),
        cell(&["", "", "2027-02-03T10:00", "2027-02-05T10:00", "10:00", "2020-01-01"]),
        cell(&["Europe/Berlin", "W. Europe Standard Time", "America/New_York", "", "EST", "Nowhere", "+01:00"]),
        cell(&[
            "",
            "",
            "ada@contoso.example",
            "ADA@contoso.example; bob@contoso.example",
            "nobody",
            "host:a@b.example",
        ]),
    )
        .prop_map(|(id, who, subject, start, end, zone, people)| vec![id, who, subject, start, end, zone, people])
}

fn options() -> impl Strategy<Value = &'static [&'static str]> {
    select(vec![&[][..], &["--dates", "dmy"], &["--time-zone", "Europe/Paris"], &["--me"]])
}

/// A record as all programs write it that doubles quotation marks.
fn line(cells: &[String], delimiter: char) -> String {
    let quoted = |cell: &String| {
        let is_plain = !cell.contains([delimiter, '"', '\n', '\r']);
        if is_plain { cell.clone() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
    };
    cells.iter().map(quoted).collect::<Vec<_>>().join(&delimiter.to_string())
}

fn sheet(header: &[&str], rows: &[Vec<String>], delimiter: char) -> String {
    let header = header.iter().map(|name| (*name).to_owned()).collect();
    let lines = std::iter::once(&header).chain(rows).map(|cells| line(cells, delimiter));
    lines.flat_map(|line| [line, "\r\n".to_owned()]).collect()
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a number")).expect("small")
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 60, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn check_says_of_each_row_what_provision_does_with_it(rows in vec(row(), 0..40), options in options()) {
        let directory = tempfile::tempdir().expect("a directory");
        let input = write(directory.path(), "in.csv", &sheet(&HEADER, &rows, ','));
        let json = ["--format", "json", "--log-format", "json"];
        let (checked, flaws, summary) = run(convoke(["check", &input]).args(options).args(json));
        let command = ["provision", &input, "--rehearse", "--rate", "max", "-o", "-"];
        let (ran, output, stderr) = run(convoke(command).args(options));
        // Organizers of the rehearsal's tenant or not: what Graph refuses is no flaw of a row.
        let mut read = csv::Reader::from_reader(output.as_bytes());
        let lines: Vec<BTreeMap<String, String>> =
            read.deserialize().map(|line| line.expect("a line")).collect();
        let (invalid, sent): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line["status"] == "invalid");

        let mut told: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for item in objects(&flaws).iter().filter(|item| item["severity"] == "flaw") {
            told.entry(number(&item["record"])).or_default().push(item["what"].as_str().expect("a text").to_owned());
        }
        let records: Vec<usize> = invalid.iter().map(|line| line["record"].parse().expect("a number")).collect();
        prop_assert_eq!(told.keys().copied().collect::<Vec<_>>(), records, "{}", stderr);
        for line in &invalid {
            for what in &told[&line["record"].parse().expect("a number")] {
                prop_assert!(line["error"].contains(what.as_str()), "{what} is not in {line:?}");
            }
        }
        prop_assert_eq!(checked, Some(i32::from(!invalid.is_empty())));
        prop_assert!(invalid.is_empty() || ran == Some(1), "{ran:?} {stderr}");

        let key = |line: &&BTreeMap<String, String>| {
            let me = options.contains(&"--me");
            (line["externalId"].clone(), if me { String::new() } else { line["organizerUserId"].to_lowercase() })
        };
        let keys: BTreeSet<_> = sent.iter().map(key).collect();
        let organizers: BTreeSet<_> = keys.iter().map(|(_, who)| who).collect();
        let summary = objects(&summary).pop().expect("a summary");
        let counts = ["rows", "ready", "flawed", "meetings", "organizers", "repeated"].map(|name| number(&summary[name]));
        let (count, ready, meetings) = (lines.len(), sent.len(), keys.len());
        prop_assert_eq!(counts, [count, ready, invalid.len(), meetings, organizers.len(), ready - meetings]);
        // A row that is refused takes no meeting, and the next that asks for it asks anew.
        let made: BTreeSet<_> = sent.iter().map(|line| &line["meetingId"]).filter(|id| !id.is_empty()).collect();
        let refused = sent.iter().any(|line| line["meetingId"].is_empty());
        prop_assert!(refused || made.len() == meetings, "{} of {meetings}", made.len());
    }
}

/// How a file is encoded, and how it says so.
#[derive(Clone, Copy, Debug)]
enum Bytes {
    Plain(&'static Encoding),
    Marked,
    Utf16 { big: bool },
}

impl Bytes {
    fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Plain(encoding) => encoding.encode(text).0.into_owned(),
            Self::Marked => format!("\u{feff}{text}").into_bytes(),
            Self::Utf16 { big } => {
                let units = std::iter::once(0xfeff).chain(text.encode_utf16());
                units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
            }
        }
    }

    fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Plain(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            Self::Marked => String::from_utf8(bytes.to_vec()).expect("UTF-8"),
            Self::Utf16 { big } => {
                let unit = |pair: &[u8]| {
                    if big { u16::from_be_bytes([pair[0], pair[1]]) } else { u16::from_le_bytes([pair[0], pair[1]]) }
                };
                String::from_utf16(&bytes.chunks(2).map(unit).collect::<Vec<_>>()).expect("UTF-16")
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 60, ..ProptestConfig::with_cases(40) })]

    #[test]
    fn the_bytes_of_a_flaw_are_those_of_the_file_in_every_encoding(
        bytes in select(vec![
            Bytes::Plain(UTF_8), Bytes::Plain(WINDOWS_1252), Bytes::Plain(SHIFT_JIS), Bytes::Marked,
            Bytes::Utf16 { big: false }, Bytes::Utf16 { big: true },
        ]),
        delimiter in select(vec![',', ';', '\t']),
        rows in vec((
            select(vec!["S", "# \"q\" #", "a\r\nb", "\"", "##"]),
            select(vec!["2027-02-30T09:00", "  2027-02-30T09:00 ", "2027-02-03T09:00 #ber", "x\n2027", "\"2027-02-03"]),
            select(vec![
                "ada@contoso.example; \"Lind, #\" <ada@@contoso.example>", "ada@contoso.example\n\"nobody\"; #",
                "\"x\"\"y\" <#@contoso.example>; presenter:", "# <a@contoso.example>; #", "\"a\"; \"b\"",
            ]),
        ), 1..6),
    ) {
        // A letter of two bytes whose second is a backslash's in Shift JIS; in Windows-1252 there is none like it.
        let letter = match bytes { Bytes::Plain(own) if own == WINDOWS_1252 => "ü", _ => "ソ" };
        let rows: Vec<Vec<String>> = rows.iter().enumerate().map(|(place, (subject, start, people))| {
            let id = format!("#{place}");
            [&id, ONE, subject, start, people].iter().map(|cell| cell.replace('#', letter)).collect()
        }).collect();
        let text = sheet(&["externalId", "organizerUserId", "subject", "startDateTime", "attendees"], &rows, delimiter);
        let file = bytes.encode(&text);
        let directory = tempfile::tempdir().expect("a directory");
        let input = directory.path().join("in.csv");
        fs::write(&input, &file).expect("a file");
        let mut command = convoke(["check", input.to_str().expect("UTF-8"), "--format", "json"]);
        if let Bytes::Plain(own) = bytes {
            command.args(["--encoding", own.name()]);
        }
        let (status, stdout, stderr) = run(&mut command);
        prop_assert_eq!(status, Some(1), "{}", stderr);
        for item in objects(&stdout).iter().filter(|item| item["part"].is_object()) {
            let part = number(&item["part"]["start"])..number(&item["part"]["end"]);
            let wanted = &item["value"].as_str().expect("a text")[part];
            let start = number(&item["byteOffset"]);
            let found = bytes.decode(&file[start..start + number(&item["byteLength"])]);
            // A quotation mark in a cell is two in the file.
            prop_assert!(found == wanted || found == wanted.replace('"', "\"\""), "{found:?} in {item}");
        }
    }
}
