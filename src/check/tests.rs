//! Sheets in, counts and reports out.

use std::fmt::Write as _;

use serde_json::Value;

use super::*;
use crate::meeting::Setting;

const HEADER: &str = "externalId,organizerUserId,subject,startDateTime,endDateTime,timeZone\n";

fn rows(sheet: &str) -> Rows {
    Rows::open(Source::of(sheet), Reading::default()).expect("a sheet")
}

/// What was counted in a sheet, and the report.
fn counted(lines: &str, all: bool) -> (Counts, String) {
    let mut rows = rows(&format!("{HEADER}{lines}"));
    let mut report = Report::new(Scene::of(&Input::Stdin, &rows, WIDTH, false), all);
    let counts = walk(&mut rows, &mut report).expect("it can be read");
    let mut text = Vec::new();
    report.write(Severity::Flaw, &mut text).expect("memory");
    report.write(Severity::Warning, &mut text).expect("memory");
    (counts, String::from_utf8(text).expect("UTF-8"))
}

#[test]
fn rows_meetings_organizers_and_days_are_counted_as_provision_would_have_them() {
    let (mut rows, lines) = (
        String::new(),
        [
            "A,o,S,2027-02-03T09:00,2027-02-03T10:00,Europe/Berlin",
            "A,O,S,2027-02-03T09:00,2027-02-03T10:00,Europe/Berlin",
            "A,o,,,,",
            "A,o,T,2027-02-03T09:00,2027-02-03T10:00,Europe/Berlin",
            "A,p,S,2027-02-03T23:30,,America/New_York",
            "B,o,S,2027-06-03T09:00:00Z,,",
            "C,o,S,,,",
            ",o,S,,,",
        ],
    );
    for line in lines {
        writeln!(rows, "{line}").expect("memory");
    }
    let (counts, report) = counted(&rows, false);
    let Counts { rows, flawed, meetings, repeated, conflicting, instant, .. } = counts;
    assert_eq!((rows, flawed, meetings, repeated, conflicting, instant), (8, 2, 4, 2, 1, 1));
    assert_eq!((counts.ready(), counts.organizers()), (6, 2));
    assert!(report.contains("1 row: a row asks for the meeting of an earlier record with other details\n"), "{report}");
    assert!(report.contains("record 1 has 'S' here"), "{report}");
    assert!(report.contains("record 1 has this externalId too, with another organizer"), "{report}");
}

#[test]
fn conflicts_beyond_those_that_are_shown_are_counted_without_reading_the_first_again() {
    let mut lines = String::new();
    for week in 0..500 {
        for course in 0..7 {
            let (day, month) = (week % 28 + 1, week / 28 % 12 + 1);
            let _ = writeln!(lines, "C{course},o,S,2027-{month:02}-{day:02}T0{course}:00:00Z,2027-12-31T09:00:00Z,");
        }
    }
    for all in [false, true] {
        let (counts, report) = counted(&lines, all);
        // After 336 days the dates begin again, and so each course's first is asked for once more.
        assert_eq!((counts.rows, counts.meetings, counts.repeated, counts.conflicting), (3500, 7, 7, 3486));
        assert_eq!(report.matches("Mend: make it the same").count(), if all { 3486 } else { 10 });
        assert_eq!(report.contains("and 3476 more like these, in records 18–"), !all, "{report}");
    }
}

#[test]
fn an_organizer_with_too_many_meetings_in_a_month_is_named_with_the_month() {
    let mut lines = String::new();
    for n in 0..2001 {
        let _ = writeln!(lines, "A{n},o,,2027-02-{:02}T09:00:00Z,,", n % 28 + 1);
        let _ = writeln!(lines, "B{n},p,,2027-{:02}-01T09:00:00Z,,", n % 12 + 1);
        let _ = writeln!(lines, "C{},q,,2027-02-01T09:00:00Z,,", n % 2000);
    }
    for n in 0..2001 {
        let _ = writeln!(lines, "D{n},o,,2027-01-01T09:00:00Z,,");
    }
    let (counts, _) = counted(&lines, false);
    let texts: Vec<String> = counts.over().0.iter().map(|who| over(who).1).collect();
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert!(texts[0].starts_with("2001 meetings of o begin in January 2027 (UTC)"), "{texts:?}");
    assert!(texts[1].starts_with("2001 meetings of o begin in February 2027 (UTC)"), "{texts:?}");
    assert!(texts[2].starts_with("p has 2001 meetings in this sheet"), "{texts:?}");
}

#[test]
fn json_says_where_the_wrong_bytes_are() {
    let sheet = "\u{feff}externalId,organizerUserId,Start Date Time,timeZone\r\n\"A \"\"1\"\"\",o,\" 2027-02-30T09:00\",Europe/Berlin\r\n";
    let mut rows = rows(sheet);
    let scene = Scene::of(&Input::File("in.csv".into()), &rows, WIDTH, false);
    let (columns, again) = (rows.parser().columns().clone(), rows.again());
    let mut json = Json { out: Vec::new(), scene, columns, again };
    walk(&mut rows, &mut json).expect("it can be read");
    let items: Vec<Value> =
        serde_json::Deserializer::from_slice(&json.out).into_iter().map(|item| item.expect("JSON")).collect();
    let [item] = items.as_slice() else { panic!("one flaw: {items:?}") };
    assert_eq!((&item["file"], &item["record"], &item["line"]), (&"in.csv".into(), &1.into(), &2.into()));
    assert_eq!((&item["column"], &item["canonicalColumn"]), (&"Start Date Time".into(), &"startDateTime".into()));
    assert_eq!((&item["row"], &item["cell"], &item["sheet"]), (&Value::Null, &Value::Null, &Value::Null));
    let number = |member: &Value| usize::try_from(member.as_u64().expect("a number")).expect("small");
    let (start, length) = (number(&item["byteOffset"]), number(&item["byteLength"]));
    let part = number(&item["part"]["start"])..number(&item["part"]["end"]);
    assert_eq!(sheet[start..start + length], item["value"].as_str().expect("a text")[part]);
    assert!(sheet[start..].starts_with("30T09"), "{item}");
}

#[test]
fn rows_that_set_one_meeting_otherwise_are_in_conflict_and_an_empty_cell_is_not() {
    let sheet = "externalId,organizerUserId,subject,startDateTime,endDateTime,lobby,recordAutomatically\n\
        A,o,S,2027-02-03T09:00:00Z,2027-02-03T10:00:00Z,everyone,yes\n\
        A,o,S,2027-02-03T09:00:00Z,2027-02-03T10:00:00Z,Everyone,true\n\
        A,o,S,2027-02-03T09:00:00Z,2027-02-03T10:00:00Z,,ja\n\
        A,o,S,2027-02-03T09:00:00Z,2027-02-03T10:00:00Z,invited,no\n";
    for set in [None, Some("organizer")] {
        let settings = set.map(|value| (Setting::LobbyBypassScope, value.to_owned())).into_iter().collect();
        let mut rows = Rows::open(Source::of(sheet), Reading { settings, ..Reading::default() }).expect("a sheet");
        let mut report = Report::new(Scene::of(&Input::Stdin, &rows, WIDTH, false), false);
        let counts = walk(&mut rows, &mut report).expect("it can be read");
        assert_eq!((counts.meetings, counts.repeated, counts.conflicting), (1, 2, 1));
        let report = report.texts(Severity::Flaw).expect("texts").join("\n");
        assert!(report.contains("record 1 has 'everyone' here and this row 'invited'"), "{report}");
        assert!(report.contains("record 1 has 'true' here and this row 'false'"), "{report}");
        // The walk before a run counts what it does not show.
        let walked = Rows::open(Source::of(sheet), Reading::default());
        let counts = walk(&mut walked.expect("a sheet"), &mut Blind).expect("it can be read");
        assert_eq!((counts.repeated, counts.conflicting), (2, 1));
    }
}

/// Shows nothing.
struct Blind;

impl Told for Blind {
    fn is_shown(&self, _: &'static str) -> bool {
        false
    }

    fn tell(&mut self, _: Severity, _: &Row, _: &Flaw) -> Result<()> {
        Ok(())
    }

    fn count(&mut self, _: Severity, _: &Row, _: &'static str) {}
}
