//! The pictures, read again by a reader of QR codes that is not the program's own.

use std::fs;

use super::*;
use crate::input::{Reading, Source};

/// How many pixels a module has.
const SCALE: usize = 3;

/// The pixels of a picture: its black boxes, drawn as their path says.
fn pixels(svg: &str) -> (usize, Vec<bool>) {
    let between = |from: &str, to: &str| {
        let (_, rest) = svg.split_once(from).unwrap_or_else(|| panic!("no {from} in {svg}"));
        rest.split_once(to).expect("it ends").0.to_owned()
    };
    let width: usize = between("viewBox=\"0 0 ", " ").parse().expect("a number");
    let side = width * SCALE;
    let mut pixels = vec![false; side * side];
    for piece in between("crispEdges\" d=\"", "\"").split_terminator('z') {
        let (x, rest) = piece.strip_prefix('M').and_then(|piece| piece.split_once(' ')).expect("a place");
        let (y, rest) = rest.split_once('h').expect("a row");
        let (run, _) = rest.split_once("v1h-").expect("a box");
        let [x, y, run] = [x, y, run].map(|number| number.parse::<usize>().expect("a number"));
        for row in y * SCALE..(y + 1) * SCALE {
            pixels[row * side + x * SCALE..row * side + (x + run) * SCALE].fill(true);
        }
    }
    (side, pixels)
}

/// What a reader finds in it, and at which level of correction (0 is M, 1 is L).
fn read(svg: &str) -> (String, u16) {
    let (side, pixels) = pixels(svg);
    let black = |x: usize, y: usize| if pixels[y * side + x] { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, black);
    let grids = image.detect_grids();
    let [grid] = &grids[..] else { panic!("{} codes", grids.len()) };
    let (meta, text) = grid.decode().expect("it can be read");
    (text, meta.ecc_level)
}

fn svg(link: &str) -> String {
    picture(&code(link).expect("a code"), link, "S", &Texts::default())
}

#[test]
fn a_reader_finds_the_link_byte_for_byte() {
    let long = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_Q2Fz%40thread.v2/0?context=%7b%22Tid%22%3a%221111\
                1111-1111-4111-8111-111111111111%22%2c%22Oid%22%3a%226b1e0000-0000-4000-8000-000000000001%22%7d";
    for link in
        [long, "https://teams.microsoft.com/meet/398120445571?p=Kp7Ws2", "HTTPS://A.EXAMPLE/1", "https://a.example/é"]
    {
        assert_eq!(read(&svg(link)), (link.to_owned(), 0));
    }
}

#[test]
fn the_code_has_four_modules_of_white_on_each_side_and_the_text_keeps_off_them() {
    let svg = svg("https://teams.example/a");
    let (side, pixels) = pixels(&svg);
    let edge = QUIET * SCALE;
    let inner = edge..side - edge;
    for (at, _) in pixels.iter().enumerate().filter(|(_, black)| **black) {
        assert!(inner.contains(&(at % side)) && inner.contains(&(at / side)));
    }
    assert!(pixels[edge * side + edge], "and no more than four");
    let width = f64::from(u32::try_from(side / SCALE).expect("a small number"));
    for text in svg.split("<text ").skip(1) {
        let number = |name: &str| {
            let (_, rest) = text.split_once(&format!("{name}=\"")).expect("it is there");
            rest.split_once('"').and_then(|(number, _)| number.parse::<f64>().ok()).expect("a number")
        };
        assert!(number(" y") - number("font-size") >= width - 0.01, "{text}");
    }
}

#[test]
fn a_long_link_gets_a_lower_level_and_one_that_is_too_long_none() {
    let link = |length: usize| format!("https://teams.example/{}", "x".repeat(length - 22));
    for (length, level) in [(2331, 0), (2332, 1), (2953, 1)] {
        let link = link(length);
        assert!(read(&svg(&link)) == (link, level), "{length}");
    }
    assert!(code(&link(2954)).is_none());
}

#[test]
fn a_sign_says_what_it_leads_to_and_no_subject_is_markup() {
    let lines = format!(
        "externalId,organizerUserId,subject,startDateTime,duration,timeZone,status,joinWebUrl,attempts,record\n\
         A,{id},</title><script>x & \u{202e}y\u{b}z,2027-02-03 09:00,90,Europe/Berlin,created,https://t.example/a,1,1\n\
         A,{id},again,2027-02-03 09:00,90,Europe/Berlin,existing,https://t.example/a,1,2\n\
         B,{id},,2027-02-03T09:00-05:00,,,created,https://t.example/{long},1,3\n\
         C/../ö,{id},,,,,created,https://t.example/c,1,4\n",
        id = "6b1e0000-0000-4000-8000-000000000001",
        long = "x".repeat(3000),
    );
    let finished = Finished::open(Source::of(lines), Reading::default()).expect("an output");
    let dir = tempfile::tempdir().expect("a folder");
    let words = Words::new(Some("de"), None).expect("a language");
    let made = directory(&finished, &dir.path().join("signs"), &words).expect("pictures");
    assert_eq!(made.lines, 2);
    assert!(made.notices[0].starts_with("1 meeting has no QR code"), "{:?}", made.notices);
    let mut files: Vec<_> =
        fs::read_dir(dir.path().join("signs")).expect("a folder").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).expect("text")).collect();
    let [first, second] = &texts[..] else { panic!("{files:?}") };
    assert!(first.contains("<title>&lt;/title&gt;&lt;script&gt;x &amp; y z</title>"), "{first}");
    assert!(first.contains(">Mittwoch, 3. Februar 2027</text>"), "{first}");
    assert!(first.contains(">09:00 – 10:30, Europe/Berlin (UTC+1)</text>"), "{first}");
    assert_eq!(read(first).0, "https://t.example/a");
    assert!(second.contains("<title>C/../ö</title>"), "{second}");
    let mut reader = quick_xml::Reader::from_str(first);
    while !matches!(reader.read_event().expect("XML"), quick_xml::events::Event::Eof) {}
}

#[test]
fn a_name_that_is_too_long_is_cut_by_its_columns() {
    assert_eq!(cut(&"x".repeat(72)), "x".repeat(72));
    assert_eq!(cut(&"x".repeat(73)), format!("{}…", "x".repeat(71)));
    assert!(cut(&"会".repeat(60)).width() <= NAME_COLUMNS);
}
