//! What `LibreOffice` makes of the products; without it nothing is tested here.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::tests::{Given, finished, output};
use super::{RecipientsForm, excel, is_workbook, recipients, workbook};
use crate::publish::words::Texts;

/// What must be there when `LibreOffice` has read it and written it again.
const INTACT: [&str; 9] = [
    "+12065550100",
    "+1 800-555-0100",
    "398120445571234",
    "0042",
    "+49 30 1234",
    "Größe – Çağrı 会議",
    "Ada Líndström",
    "'=1+1",
    "dimanche 3 février",
];

fn given() -> Given<'static> {
    vec![
        ("subject", "Größe – Çağrı 会議"),
        ("attendees", "Ada Líndström <ada@contoso.example>"),
        ("tollNumber", "+12065550100"),
        ("tollFreeNumber", "+1 800-555-0100"),
        ("joinMeetingId", "398120445571234"),
        ("room", "0042"),
        ("telephone", "+49 30 1234"),
        ("note", "=1+1"),
        ("day", "dimanche 3 février"),
    ]
}

#[test]
fn libreoffice_keeps_every_accent_number_and_id() {
    let is_there = Command::new("soffice").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !is_there.is_ok_and(|status| status.success()) {
        // Past the test harness, which keeps to itself what a test that passes has printed.
        let _ = writeln!(std::io::stderr(), "skipped for want of LibreOffice: what it makes of the lists");
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let place = |name: &str| directory.path().join(name);
    let output = finished(output(&[given()]));
    excel(&output, &place("excel.csv"), b',').expect("it is written");
    workbook(&output, &place("workbook.xlsx")).expect("it is written");
    for (name, excel) in [("merge.csv", Some(b',')), ("people.xlsx", None)] {
        recipients(&output, &place(name), RecipientsForm { excel }, false, |_, _| Texts::default())
            .expect("it is written");
    }
    for name in ["excel.csv", "workbook.xlsx", "merge.csv", "people.xlsx"] {
        let text = read_by_libreoffice(directory.path(), name);
        for intact in INTACT {
            // In a workbook text is text.
            let intact = if is_workbook(Path::new(name)) { intact.trim_start_matches('\'') } else { intact };
            assert!(text.split([',', '\n', '"']).any(|cell| cell.contains(intact)), "{name}: no {intact}: {text}");
        }
        assert!(!text.contains("E+"), "{name}: {text}");
    }
}

/// The first sheet, read by `LibreOffice` and written by it as CSV.
fn read_by_libreoffice(directory: &Path, name: &str) -> String {
    let profile = format!("-env:UserInstallation=file://{}", directory.join("profile").display());
    let out = directory.join("out");
    let mut soffice = Command::new("soffice");
    soffice.arg(profile).args(["--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76"]);
    if !is_workbook(Path::new(name)) {
        soffice.arg("--infilter=CSV:44,34,76");
    }
    let run = soffice.arg("--outdir").arg(&out).arg(directory.join(name)).output().expect("it runs");
    let converted = out.join(name).with_extension("csv");
    fs::read_to_string(converted)
        .unwrap_or_else(|why| panic!("{name}: {why}: {}", String::from_utf8_lossy(&run.stderr)))
}
