//! What a rehearsal makes never takes the place of what was made of real meetings.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::binary::{convoke, run, write};
use crate::harness::sheet;

/// Each product by its option, and what it is called.
const PRODUCTS: [(&str, &str); 9] = [
    ("--recipients", "people.csv"),
    ("--recipients", "people.xlsx"),
    ("--excel", "out.excel.csv"),
    ("--xlsx", "book.xlsx"),
    ("--ics-feed", "feed.ics"),
    ("--coordinates", "bots.jsonl"),
    ("--ics-dir", "ics"),
    ("--html-dir", "html"),
    ("--qr-dir", "qr"),
];

fn option((option, name): (&str, &str)) -> String {
    format!("{option}={name}")
}

/// A rehearsal beside the input, with this asked for.
fn rehearse(at: &Path, output: &str, asked: &[String]) -> (Option<i32>, String) {
    let mut command = convoke(["provision", "in.csv", "--rehearse", "--rate=max", "--join-information", "-o", output]);
    told(command.args(asked).current_dir(at))
}

fn publish(at: &Path, output: &str, asked: &[String]) -> (Option<i32>, String) {
    told(convoke(["publish", output]).args(asked).current_dir(at))
}

fn told(command: &mut Command) -> (Option<i32>, String) {
    let (status, _, stderr) = run(command);
    (status, stderr)
}

/// Every file below a folder, with what is in it.
fn all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for file in fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        if path.is_dir() {
            found.extend(all(&path));
        } else {
            found.insert(path.display().to_string(), fs::read(&path).expect("a file"));
        }
    }
    found
}

/// A folder with the sheet, the output of a rehearsal, and the same as if its links were real.
fn folder() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "in.csv", &sheet(3));
    assert_eq!(rehearse(directory.path(), "rehearsal.csv", &[]).0, Some(0));
    let text = fs::read_to_string(directory.path().join("rehearsal.csv")).expect("UTF-8");
    write(directory.path(), "real.csv", &text.replace("https://teams.example/", "https://teams.microsoft.com/"));
    directory
}

#[test]
fn a_product_of_real_links_is_never_replaced_by_a_rehearsal_or_by_what_is_made_of_one() {
    let directory = folder();
    let at = directory.path();
    for product in PRODUCTS {
        let asked = [option(product)];
        let (status, stderr) = publish(at, "real.csv", &asked);
        assert_eq!(status, Some(0), "{asked:?}: {stderr}");
        let before = all(at);
        for (status, stderr) in [rehearse(at, "other.csv", &asked), publish(at, "rehearsal.csv", &asked)] {
            assert_eq!(status, Some(2), "{asked:?}: {stderr}");
            let words = [product.0, product.1, "real links", "rehearsal", "name another place"];
            assert!(words.iter().all(|word| stderr.contains(word)), "{asked:?}: {stderr}");
        }
        assert_eq!(all(at), before, "{asked:?}");
        let (status, stderr) = publish(at, "real.csv", &asked);
        assert_eq!(status, Some(0), "the real ones may be made again: {asked:?}: {stderr}");
    }
}

#[test]
fn a_rehearsal_may_be_repeated_over_its_own_products() {
    let directory = folder();
    let mut asked: Vec<String> = PRODUCTS.into_iter().filter(|(_, name)| *name != "people.xlsx").map(option).collect();
    asked.extend(["--report=r.html", "--report=r.json", "--metrics=m.prom"].map(str::to_owned));
    for output in ["one.csv", "two.csv", "two.csv"] {
        let (status, stderr) = rehearse(directory.path(), output, &asked);
        assert_eq!(status, Some(0), "{stderr}");
    }
    let (status, stderr) = publish(directory.path(), "rehearsal.csv", &asked);
    assert_eq!(status, Some(0), "{stderr}");
    let (status, stderr) = publish(directory.path(), "real.csv", &asked);
    assert_eq!(status, Some(0), "real links take the place of make-believe ones: {stderr}");
}

#[test]
fn a_rehearsal_without_any_meeting_may_be_repeated_too() {
    let directory = tempfile::tempdir().expect("a directory");
    let text = sheet(2).replace("2027-02-", "2027-02-99");
    write(directory.path(), "in.csv", &text);
    let asked = ["--report=r.html", "--report=r.json", "--recipients=p.csv", "--xlsx=b.xlsx"].map(str::to_owned);
    for _ in 0..2 {
        let (status, stderr) = rehearse(directory.path(), "out.csv", &asked);
        assert_eq!(status, Some(1), "{stderr}");
    }
}

#[test]
fn reports_and_metrics_of_a_real_run_stay_when_somebody_rehearses() {
    let directory = folder();
    let at = directory.path();
    for (name, option, real) in [
        ("r.json", "--report", "{\"rehearsal\": false}"),
        ("r.html", "--report", "<a href=\"https://teams.microsoft.com/l/meetup-join/1\">Join</a>"),
        ("m.prom", "--metrics", "convoke_rehearsal{output=\"/a.csv\"} 0\n"),
    ] {
        write(at, name, real);
        let asked = [format!("{option}={name}")];
        let (status, stderr) = rehearse(at, "other.csv", &asked);
        assert!(status == Some(2) && stderr.contains("name another place"), "{name}: {stderr}");
        assert_eq!(fs::read_to_string(at.join(name)).expect("UTF-8"), real);
    }
}
