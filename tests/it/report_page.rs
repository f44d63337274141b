//! The report for people in a real browser without a window: its search, its links, and what a subject says.
//!
//! Chromium is looked for as in `page`. Without it these tests say so and pass.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use convoke::input::{Reading, Source};
use convoke::outcome::Status;
use convoke::publish::Finished;
use convoke::publish::report::{Cause, Facts, When, page};
use tempfile::TempDir;

use crate::page::{chromium, document};

const WHAT: &str = "the report for people";
/// More than fit into one section of the table.
const ROWS: u64 = 450;
const SCRIPT: &str = "<script>document.title = 'ran'</script>";

/// What a row is about: every fifth about something else.
fn subject(record: u64) -> &'static str {
    ["Øystein's Ökologie", SCRIPT, "<img src=x onerror=\"document.title = 'ran'\">", "Skåne och Själland", "עברית"]
        [usize::try_from(record % 5).expect("it is small")]
}

/// Every tenth row has no meeting.
fn output() -> String {
    let mut csv =
        "externalId,organizerUserId,subject,startDateTime,status,joinWebUrl,error,attempts,record\n".to_owned();
    for record in 1..=ROWS {
        let subject = subject(record).replace('"', "\"\"");
        let (status, link, error) = match record % 10 {
            7 => ("refused", String::new(), "Microsoft said no to \u{202e}<b>this</b>"),
            _ => ("created", format!("https://teams.example/l/{record}?a=%7b"), ""),
        };
        writeln!(
            csv,
            "KEY-{record},ada@contoso.example,\"{subject}\",2027-02-03T08:00:00Z,{status},{link},{error},1,{record}"
        )
        .expect("a String takes everything");
    }
    csv
}

/// The report in a file, and its address.
fn report() -> (TempDir, PathBuf, String) {
    let refused = ROWS / 10;
    let mut counts = [0; Status::ALL.len()];
    counts[Status::Created as usize] = ROWS - refused;
    counts[Status::Refused as usize] = refused;
    let records = (0..refused).map(|ten| ten * 10 + 7).collect();
    let cause = Cause {
        status: Status::Refused,
        what: SCRIPT.to_owned(),
        mend: SCRIPT.to_owned(),
        paste: SCRIPT.to_owned(),
        rows: refused,
        records,
    };
    let facts = Facts { counts, causes: vec![cause], ..Facts::default() };
    let home = tempfile::tempdir().expect("a directory");
    let path = home.path().join("report.html");
    let finished = Finished::open(Source::of(output()), Reading::default()).expect("an output");
    let when = |entry: &convoke::publish::Entry| entry.start().map(|start| start.format("%-d %B %Y").to_string());
    let when = |entry: &_, _: &_| When { day: when(entry).unwrap_or_default(), time: "09:00 CET".to_owned() };
    let made = page(&finished, &facts, &path, when).expect("a page");
    assert_eq!(made.lines, ROWS);
    let url = format!("file://{}", path.display());
    (home, path, url)
}

/// The numbers of the records that can be seen.
fn shown(document: &str) -> Vec<u64> {
    let rows = document.split("<tr id=\"r").skip(1).filter(|row| {
        let (tag, _) = row.split_once('>').expect("it ends");
        !tag.contains("hidden")
    });
    rows.map(|row| row.split('"').next().and_then(|record| record.parse().ok()).expect("a record")).collect()
}

/// What is said of how many there are.
fn told(document: &str) -> &str {
    let (_, rest) = document.split_once("<output ").expect("it is there");
    rest.split(['>', '<']).nth(1).expect("it has a text")
}

#[test]
fn the_search_shows_the_rows_that_have_all_words_in_whatever_case_and_accents() {
    let Some(chromium) = chromium(WHAT) else { return };
    let (_home, _, url) = report();
    let all = |test: fn(&u64) -> bool| (1..=ROWS).filter(test).collect::<Vec<_>>();
    for (hash, wanted) in [
        ("", all(|_| true)),
        ("#q=", all(|_| true)),
        ("#q=OKOLOGIE", all(|record| record % 5 == 0)),
        ("#q=%C3%B6kologie+oystein", all(|record| record % 5 == 0)),
        ("#q=skane+sjalland+key-13", vec![13, 133, 138]),
        ("#q=%3Cscript%3E", all(|record| record % 5 == 1)),
        ("#q=february+ada@contoso", all(|_| true)),
        ("#q=teams.example/l/449", vec![449]),
        ("#q=said%20no", all(|record| record % 10 == 7)),
        ("#s=refused", all(|record| record % 10 == 7)),
        ("#q=key-21&s=refused", vec![217]),
        ("#q=nobody+has+this", vec![]),
    ] {
        let document = document(&chromium, &format!("{url}{hash}"), "UTC", &[]);
        assert_eq!(shown(&document), wanted, "{hash}");
        let said = format!("{} of 450 rows", wanted.len());
        let said = if hash.len() < "#q=?".len() { "450 rows".to_owned() } else { said };
        assert_eq!(told(&document), said, "{hash}");
    }
}

#[test]
fn what_a_subject_says_is_text_and_does_not_run() {
    let Some(chromium) = chromium(WHAT) else { return };
    let (_home, _, url) = report();
    let document = document(&chromium, &url, "UTC", &[]);
    let text = SCRIPT.replace('<', "&lt;").replace('>', "&gt;");
    assert!(document.contains(&format!("<th scope=\"row\">{text} </th>")), "{document}");
    assert!(document.contains(&format!("<code>{text}</code>")), "{document}");
    assert!(!document.contains("<title>ran</title>") && !document.contains("<img"), "{document}");
    assert_eq!(document.matches("<script>").count(), 1, "the page's own: {document}");
    assert!(!document.contains('\u{202e}'), "{document}");
    assert!(document.contains("<a href=\"#r7\">7</a>") && document.contains("<tr id=\"r7\""), "{document}");
    assert!(document.contains(">Copy</button>"), "the page's own script ran: {document}");
}

#[test]
fn without_its_script_the_page_has_all_rows_and_no_search() {
    let Some(chromium) = chromium(WHAT) else { return };
    let (_home, path, url) = report();
    let page = fs::read_to_string(&path).expect("UTF-8");
    // Another script than the one that its policy knows does not run; the browser says so, and so it is taken out.
    let (before, _) = page.rsplit_once("<script>").expect("it has one");
    fs::write(&path, format!("{before}</body>\n</html>\n")).expect("a file");
    let document = document(&chromium, &format!("{url}#q=skane"), "UTC", &[]);
    assert_eq!(shown(&document).len() as u64, ROWS);
    assert!(document.contains("<form id=\"form\" role=\"search\" hidden="), "{document}");
}

#[test]
fn nothing_on_the_page_is_wider_than_a_phone() {
    let Some(chromium) = chromium(WHAT) else { return };
    let (_home, path, url) = report();
    let page = fs::read_to_string(&path).expect("UTF-8");
    // A witness in place of the page's script, under a policy that lets it run.
    let (before, _) = page.rsplit_once("<script>").expect("it has one");
    let before = before.replacen("script-src 'sha256-", "script-src 'unsafe-inline' 'x", 1);
    let before = before.replacen("content=\"default-src", "data-was=\"default-src", 1);
    let witness =
        "<script>document.title = `${innerWidth}: ${document.documentElement.scrollWidth <= innerWidth}`</script>";
    fs::write(&path, format!("{before}{witness}</body>\n</html>\n")).expect("a file");
    for width in [390, 1280] {
        // The narrowest window of a browser is wider than a phone, and so a frame is looked into.
        let frame = path.with_file_name("frame.html");
        let look = "onload=\"document.title = this.contentDocument.title\"";
        let html =
            format!("<!DOCTYPE html><html><iframe {look} width={width} height=900 src=\"{url}\"></iframe></html>");
        fs::write(&frame, html).expect("a file");
        let frame = format!("file://{}", frame.display());
        let document = document(&chromium, &frame, "UTC", &["--allow-file-access-from-files"]);
        assert!(document.contains(&format!("<title>{width}: true</title>")), "{document}");
    }
}
