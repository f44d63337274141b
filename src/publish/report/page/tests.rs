//! What comes from outside is text on the page, wherever it stands, and the page is well-formed whatever it says.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::input::{Reading, Source};
use crate::meter::{Measured, OverTime, Span};
use crate::outcome::Status;
use crate::publish::report::{Cause, File, Run};

/// What does harm on a page that takes it for more than text.
const MALICIOUS: [&str; 12] = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title></style><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "<!-- ",
    "]]><![CDATA[",
    "javascript:alert(1)",
    "&lt;b&gt; &amp;",
    "a\u{202e}b\u{2066}c\u{200f}<b>",
    "two\r\nlines\u{0}\u{7}<b>",
    "</table></section>=1+1",
];

/// Elements that have no end.
const VOID: [&str; 5] = ["meta", "input", "wbr", "img", "br"];

/// An output of one line with this in every cell but those that must be otherwise to be a line. What has NULs in it is
/// read as another encoding, or as no text at all.
fn output(cell: &str, status: &str, link: &str) -> Vec<u8> {
    let [cell, link] = [cell, link].map(|text| text.replace('\0', ""));
    let (cell, link) = (&*cell, &*link);
    let header = [
        "externalId",
        "organizerUserId",
        "subject",
        "startDateTime",
        "status",
        "joinWebUrl",
        "drift",
        "error",
        "attempts",
        "record",
    ];
    let cells = [cell, cell, cell, cell, status, link, cell, cell, "1", "1"];
    let quoted = cells.map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
    format!("{}\n{}\n", header.join(","), quoted.join(",")).into_bytes()
}

/// Facts with this in every text.
fn facts(text: &str) -> Facts {
    let own = || text.to_owned();
    let file = || File { name: own(), bytes: 7, sha256: own() };
    let cause =
        |status| Cause { status, what: own(), mend: own(), paste: own(), rows: 40, records: (1..=35).collect() };
    let spans = vec![Span { requests: 3, throttled: 1, failed: 0 }; 3];
    let over_time = OverTime { span: Duration::from_secs(2), spans };
    let run = Run {
        began: "2026-11-22T09:14:05Z".parse().expect("a time"),
        took: Duration::from_secs(7),
        complete: false,
        exit_status: 4,
        why: own(),
        rehearsal: true,
        resumed: 2,
        measured: Measured { requests: 9, retries: 2, throttled: 3, over_time, ..Measured::default() },
        held: Duration::from_secs(2),
        directory_held: Duration::from_secs(1),
        look_ups: 2,
        limit_per_s: Some(4.5),
        options: vec![(own(), own())],
        input: file(),
        job: own(),
    };
    Facts {
        counts: [1; Status::ALL.len()],
        causes: Status::ALL.into_iter().cycle().take(14).map(cause).collect(),
        attempts: 9,
        days: BTreeMap::from([("2027-02-03".parse().expect("a day"), 4)]),
        organizers: vec![(own(), 7); 22],
        output: file(),
        run: Some(run),
    }
}

/// The page of an output, with a text in all that is told about it.
fn page_of(output: Vec<u8>, text: &str) -> String {
    let home = tempfile::tempdir().expect("a directory");
    let path = home.path().join("report.html");
    let finished = Finished::open(Source::of(output), Reading::default()).expect("an output");
    let when = When { day: text.to_owned(), time: text.to_owned() };
    let made = page(&finished, &facts(text), &path, |_, _| when.clone()).expect("a page");
    assert_eq!(made.lines, 1);
    fs::read_to_string(path).expect("UTF-8")
}

/// The page without what is the same on every page.
fn changing(page: &str) -> String {
    page.replacen(STYLE, "", 1).replacen(SCRIPT, "", 1)
}

/// The tags of a page, `None` when one does not end as it should. A browser forgives what this does not.
fn tags(page: &str) -> Option<Vec<String>> {
    let (mut open, mut all) = (Vec::new(), Vec::new());
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>')?;
        let quotes_match = tag.matches('"').count().is_multiple_of(2) && !tag.contains('\'') || tag.starts_with("meta");
        if !quotes_match || text.contains('>') {
            return None;
        }
        let name: String = tag.chars().take_while(|c| !c.is_whitespace()).collect();
        all.push(tag.to_owned());
        if let Some(name) = name.strip_prefix('/') {
            (open.pop()? == name).then_some(())?;
        } else if !tag.ends_with('/') && !name.starts_with('!') && !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    open.is_empty().then_some(all)
}

/// What tags there are, without what they are told.
fn shape(page: &str) -> Vec<String> {
    let tags = tags(page).unwrap_or_else(|| panic!("not well-formed: {page}"));
    tags.into_iter().map(|tag| tag.split_whitespace().next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn what_a_cell_or_a_fact_says_is_text_on_the_page_and_never_markup() {
    let plain = shape(&changing(&page_of(output("x@y", "refused", ""), "plain")));
    for text in MALICIOUS {
        let cell = format!("{text}@y");
        let page = changing(&page_of(output(&cell, "refused", ""), text));
        assert_eq!(shape(&page), plain, "{text}");
        let shown = Text(text).to_string();
        assert!(page.matches(&shown).count() > 40, "{text}: {page}");
        let dropped = ['\u{202e}', '\u{2066}', '\u{200f}', '\u{0}', '\u{7}', '\r'];
        assert!(!page.contains(dropped), "{text}");
    }
}

#[test]
fn what_is_no_web_address_is_no_link() {
    for link in MALICIOUS {
        let page = changing(&page_of(output("A", "created", link), "x"));
        assert!(!page.contains("Join</a>"), "{link}: {page}");
        assert!(page.contains(&format!("<td>{} </td>", Text(link))), "{link}: {page}");
    }
    let link = "https://teams.example/l/x?a=%7b%22&b=1";
    let page = page_of(output("A", "created", link), "x");
    let tag = "<a href=\"https://teams.example/l/x?a=%7b%22&amp;b=1\" rel=\"noreferrer noopener\" target=\"_blank\">";
    assert!(page.contains(tag), "{page}");
}

#[test]
fn nothing_is_taken_from_elsewhere_and_only_our_script_may_run() {
    let page = page_of(output("A", "created", "https://teams.example/l/x"), "x");
    let shown = changing(&page);
    assert!(page.contains("default-src 'none'"));
    assert!(!page.contains("unsafe"), "neither script nor style is taken from a value");
    for way in [" src=", "<link", "@import", "url(", " style=", " onclick", "<iframe", "<base"] {
        assert!(!page.contains(way), "{way}");
    }
    let links: Vec<&str> = shown.split("href=\"").skip(1).filter(|link| !link.starts_with('#')).collect();
    assert_eq!(links.len(), 1, "{links:?}");
    assert!(!SCRIPT.contains("</"), "the script ends where it is to end");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_page_is_well_formed_whatever_a_cell_says(text in "(?s)([<>\"'&/!a-c \\-]|script|.){1,24}") {
        let page = changing(&page_of(output(&format!("{text}x"), "invalid", &text), &text));
        prop_assert!(tags(&page).is_some(), "{}", page);
    }
}

#[test]
fn the_page_says_that_it_was_a_rehearsal_and_why_it_ended_early() {
    let page = page_of(output("A", "failed", ""), "the disk is full");
    assert!(page.contains("<strong>This was a rehearsal.</strong>"), "{page}");
    assert!(
        page.contains("<strong>The run ended early.</strong> the disk is full. This page has the 14 rows"),
        "{page}"
    );
    assert!(page.contains("<h1>The run ended early: 4 of 14 finished rows have their meeting as asked</h1>"), "{page}");
}

#[test]
fn a_page_of_lines_alone_says_that_their_speed_is_not_known() {
    let home = tempfile::tempdir().expect("a directory");
    let path = home.path().join("report.html");
    let lines = output("A", "created", "https://teams.example/l/x");
    let finished = Finished::open(Source::of(lines), Reading::default()).expect("an output");
    let facts = Facts { counts: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ..Facts::default() };
    page(&finished, &facts, &path, |_, _| When::default()).expect("a page");
    let page = fs::read_to_string(path).expect("UTF-8");
    for said in ["The one row has its meeting", "Nothing needs attention", "How fast they went is not known"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("<figure"), "{page}");
}

/// The relative luminance of a colour as `#rrggbb` or `#fff` (WCAG 2.2, *relative luminance*).
fn luminance(colour: &str) -> f64 {
    let hex = colour.trim_start_matches('#');
    let hex = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

#[test]
fn every_status_has_a_colour_of_its_own_that_is_seen_by_day_by_night_and_on_paper() {
    for block in STYLE.split(":root {").skip(1) {
        let block = block.split('}').next().unwrap_or_default();
        let value = |name: &str| {
            let (_, rest) = block.split_once(&format!("--{name}: ")).unwrap_or_else(|| panic!("--{name} in {block}"));
            rest.split(';').next().unwrap_or_default().to_owned()
        };
        let mut seen = Vec::new();
        for status in Status::ALL {
            let class = markup::class(status);
            let colour = value(class);
            let [one, other] = [luminance(&colour), luminance(&value("card"))];
            let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            assert!(contrast >= 3.0, "{status:?} {colour}: {contrast:.2} (WCAG 2.2, 1.4.11)");
            assert!(!seen.contains(&colour), "{status:?} has another's colour");
            seen.push(colour);
            for rule in [format!(".{class} {{ --own: var(--{class}); }}"), format!(".legend li:has(.{class}) {{")] {
                assert!(STYLE.contains(&rule), "{rule}");
            }
        }
    }
}
