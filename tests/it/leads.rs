//! The links in each product lead to the meeting: through the real program, from a sheet to every product, and from each
//! of these over a socket to the page behind the link.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use convoke::sim::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};
use serde_json::Value;
use zip::ZipArchive;

use crate::binary::{convoke, run, write};
use crate::harness::{column, sheet};
use crate::simulate::Simulator;

const ROWS: usize = 6;
/// How many pixels a module of a QR code has.
const SCALE: usize = 3;

/// What the simulator answers to a request: the whole of it.
fn ask(url: &str, method: &str, path: &str, headers: &str, body: &str) -> String {
    let host = url.strip_prefix("http://").expect("plain http");
    let mut socket = TcpStream::connect(host).expect("it listens");
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n");
    write!(socket, "{head}{headers}\r\n{body}").expect("it takes it");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("UTF-8");
    answer
}

fn token(url: &str) -> String {
    let form = format!(
        "grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}&\
         scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
    );
    let form_type = "content-type: application/x-www-form-urlencoded\r\n";
    let answer = ask(url, "POST", &format!("/{TENANT_ID}/oauth2/v2.0/token"), form_type, &form);
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let body: Value = serde_json::from_str(body).expect("JSON");
    body["access_token"].as_str().expect("a token").to_owned()
}

/// All links of meetings in a text.
fn links(text: &str, url: &str) -> BTreeSet<String> {
    let begin = format!("{url}/l/meetup-join/");
    let ends = |c: char| c.is_whitespace() || "\"'<>,;\\".contains(c);
    let link = |(at, _)| text[at..].split(ends).next().expect("a link").to_owned();
    text.match_indices(&begin).map(link).collect()
}

/// The files of a folder, as text.
fn texts(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).expect("a folder");
    files.map(|file| fs::read_to_string(file.expect("a file").path()).expect("UTF-8")).collect()
}

/// What the links of a workbook's cells lead to.
fn links_of_book(path: &Path) -> String {
    let mut book = ZipArchive::new(fs::File::open(path).expect("a file")).expect("a workbook");
    let mut text = String::new();
    let mut part = book.by_name("xl/worksheets/_rels/sheet1.xml.rels").expect("links");
    part.read_to_string(&mut text).expect("UTF-8");
    text
}

/// What a reader of QR codes finds in a picture.
fn read_code(svg: &str) -> String {
    let between =
        |from: &str, to: &str| svg.split_once(from).and_then(|(_, rest)| rest.split_once(to)).expect("both").0;
    let side = between("viewBox=\"0 0 ", " ").parse::<usize>().expect("a number") * SCALE;
    let mut black = vec![false; side * side];
    for piece in between("crispEdges\" d=\"", "\"").split_terminator('z') {
        let numbers: Vec<usize> = piece.split(['M', ' ', 'h', 'v']).filter_map(|number| number.parse().ok()).collect();
        let [x, y, run, ..] = numbers[..] else { panic!("no box: {piece}") };
        for row in y * SCALE..(y + 1) * SCALE {
            black[row * side + x * SCALE..row * side + (x + run) * SCALE].fill(true);
        }
    }
    let shade = |x: usize, y: usize| if black[y * side + x] { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, shade);
    image.detect_grids()[0].decode().expect("it can be read").1
}

#[test]
fn the_links_in_each_product_lead_to_the_meeting_and_each_call_is_accepted() {
    let simulator = Simulator::start(&[]);
    let (url, directory) = (simulator.url.as_str(), tempfile::tempdir().expect("a directory"));
    let (at, input) = (directory.path(), write(directory.path(), "in.csv", &sheet(ROWS)));
    let mut command = convoke(["provision", &input, "--rate=max", "--graph-url", url, "--login-url", url]);
    command.args(["-o", "out.csv", "--recipients", "people.csv", "--ics-dir", "ics", "--ics-feed", "feed.ics"]);
    command.args(["--html-dir", "html", "--xlsx", "book.xlsx", "--coordinates", "bots.jsonl", "--excel"]);
    command.args(["--qr-dir", "qr", "--report", "report.html", "--join-information"]).current_dir(at);
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    let (status, _, stderr) = run(command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET));
    assert_eq!(status, Some(0), "{stderr}");

    let read = |name: &str| fs::read_to_string(at.join(name)).expect("UTF-8");
    let output = read("out.csv");
    let subjects: BTreeMap<String, String> =
        column(&output, "joinWebUrl").into_iter().zip(column(&output, "subject")).collect();
    let wanted: BTreeSet<String> = subjects.keys().cloned().collect();
    assert_eq!(wanted.len(), ROWS);
    for (link, subject) in &subjects {
        let page = ask(url, "GET", link.strip_prefix(url).expect("the simulator's"), "", "");
        assert!(page.starts_with("HTTP/1.1 200") && page.contains(subject.as_str()), "{link}: {page}");
    }
    let feed = read("feed.ics").replace("\r\n ", "");
    let whole = [
        ("recipients", read("people.csv")),
        ("feed", feed),
        ("workbook", links_of_book(&at.join("book.xlsx"))),
        ("coordinates", read("bots.jsonl")),
        ("excel", read("out.excel.csv")),
        ("report", read("report.html")),
    ];
    for (product, text) in whole {
        assert_eq!(links(&text, url), wanted, "{product}");
    }
    let unfolded =
        texts(&at.join("ics")).into_iter().map(|text| text.replace("\r\n ", "").replace("\\,", ",")).collect();
    let signs = texts(&at.join("qr")).into_iter().map(|svg| format!("{} {}", read_code(&svg), svg)).collect();
    for (product, files) in [("ics", unfolded), ("html", texts(&at.join("html"))), ("qr", signs)] {
        assert_eq!(files.len(), ROWS, "{product}");
        let mut found = BTreeSet::new();
        for text in files {
            let own: Vec<String> = links(&text, url).into_iter().collect();
            let [link] = &own[..] else { panic!("{product} has {own:?}") };
            assert!(text.contains(&subjects[link]), "{product} names another meeting: {text}");
            found.insert(link.clone());
        }
        assert_eq!(found, wanted, "{product}");
    }
    let headers = format!("authorization: Bearer {}\r\ncontent-type: application/json\r\n", token(url));
    for line in read("bots.jsonl").lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let answer = ask(url, "POST", "/v1.0/communications/calls", &headers, &line["call"].to_string());
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}: {line}");
    }
}

#[test]
fn graphs_invitation_is_in_the_language_that_was_asked_for_in_the_column_and_on_the_page() {
    for (language, words) in [
        ("de-DE", "An der Besprechung teilnehmen"),
        ("fr", "Rejoindre la réunion"),
        ("es", "Unirse a la reunión"),
        ("nl", "Deelnemen aan de vergadering"),
        ("sv", "Delta i mötet"),
        ("ja", "Join the meeting"),
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        let at = directory.path();
        write(at, "in.csv", &sheet(2));
        let mut command = convoke(["provision", "in.csv", "--rehearse", "--rate=max", "-o=out.csv", "--html-dir=html"]);
        let (status, _, stderr) = run(command.args(["--language", language]).current_dir(at));
        assert_eq!(status, Some(0), "{stderr}");
        let output = fs::read_to_string(at.join("out.csv")).expect("UTF-8");
        let texts = [column(&output, "joinInformation"), texts(&at.join("html"))].concat();
        assert_eq!(texts.len(), 4);
        assert!(texts.iter().all(|text| text.contains(words)), "{language}: {texts:?}");
    }
}
