//! Every moment at which a process or the power can end while a row is on the wire.

use std::fs;
use std::path::Path;

use futures::{FutureExt as _, stream};

use super::*;
use crate::input::{Reading, Rows, Source};
use crate::ledger::{Layout, Opened, Output, partial};
use crate::outcome::{Answer, OnlineMeeting};

const SHEET: &str = "externalId,organizerUserId,subject\nA,o,\nB,o,\"two\nlines\"\nC,o,\n";

fn open(output: &Path) -> (Ledger, Vec<Row>) {
    let rows = Rows::open(Source::of(SHEET), Reading::default()).expect("a header");
    let opened = Ledger::open(&Output::File(output.to_owned()), rows.parser().columns(), Layout::default(), false);
    let Opened::Ledger(mut ledger) = opened.expect("a file") else { panic!("it is free") };
    ledger.keep_torn(Trouble { cause: "torn".into(), ..Trouble::default() });
    (*ledger, rows.map(|row| row.expect("a row")).collect())
}

fn created(row: &Row, link: &str) -> Line {
    let meeting = OnlineMeeting { join_web_url: link.to_owned(), id: Some("m".into()), ..OnlineMeeting::default() };
    let outcome = Outcome::Created(Answer { http_status: Some(201), meeting, ..Answer::default() });
    Line { row: row.clone(), outcome, attempts: 1, remark: None }
}

fn pending(row: &Row) -> Line {
    let trouble = Trouble { cause: "nobody knows ".repeat(9), ..Trouble::default() };
    Line { row: row.clone(), outcome: Outcome::Uncertain(trouble), attempts: 1, remark: None }
}

/// Goes on with these bytes; gives how the rows ended that have their line, and the file then.
fn go_on(output: &Path, bytes: &[u8]) -> (Vec<Outcome>, Vec<u8>) {
    fs::write(partial(output), bytes).expect("a file");
    let (mut ledger, rows) = open(output);
    let mut outcomes = Vec::new();
    let walked = ledger.resume(stream::iter(rows.into_iter().map(Ok)), |_, line, _, _| {
        outcomes.push(line.outcome.clone());
        Ok(Stand::Stands)
    });
    let walked = walked.now_or_never().expect("nothing to wait for");
    assert!(walked.unwrap_or_else(|misfit| panic!("{misfit:?}")).is_none());
    assert_eq!(ledger.lines(), outcomes.len() as u64);
    (outcomes, fs::read(partial(output)).expect("a file"))
}

/// The file before the second row is on the wire, while it is, and with its true line.
fn stages(output: &Path, link: &str) -> [Vec<u8>; 3] {
    let read = || fs::read(partial(output)).expect("a file");
    let (mut ledger, rows) = open(output);
    let none = ledger.resume(stream::iter(rows.clone().into_iter().map(Ok)), |_, _, _, _| Ok(Stand::Stands));
    none.now_or_never().expect("nothing to wait for").expect("a new file");
    ledger.pend(&pending(&rows[0])).expect("room");
    ledger.append(&created(&rows[0], "https://teams.example/a")).expect("room");
    let before = read();
    assert!(ledger.pend(&pending(&rows[2])).is_err(), "it is not the next");
    ledger.pend(&pending(&rows[1])).expect("room");
    ledger.take_back().expect("a file");
    assert_eq!(read(), before, "nothing was done");
    ledger.pend(&pending(&rows[1])).expect("room");
    let on_wire = read();
    ledger.append(&created(&rows[1], link)).expect("room");
    [before, on_wire, read()]
}

#[test]
fn no_row_that_was_sent_is_without_its_line_whenever_the_writing_of_it_ends() {
    for link in ["https://teams.example/b".to_owned(), format!("https://teams.example/{}", "b".repeat(400))] {
        let directory = tempfile::tempdir().expect("a directory");
        let output = directory.path().join("out.csv");
        let [before, on_wire, after] = stages(&output, &link);
        let begin = before.len();
        let mut written = after[begin..].to_vec();
        written.resize(written.len().max(on_wire.len() - begin), b'\n');
        for cut in 0..=written.len() {
            let rest = on_wire.get(begin + cut..).unwrap_or_default();
            let bytes = [&before, &written[..cut], rest].concat();
            let (outcomes, file) = go_on(&output, &bytes);
            assert_eq!(outcomes.len(), 2, "{cut}: {}", String::from_utf8_lossy(&bytes));
            match &outcomes[1] {
                Outcome::Uncertain(_) => {}
                Outcome::Created(answer)
                    if cut + 1 >= after.len() - begin || !answer.meeting.join_web_url.is_empty() => {}
                other => panic!("{cut}: {other:?}"),
            }
            assert!(file.ends_with(b",2\n") && !file.ends_with(b"\n\n"), "{}", String::from_utf8_lossy(&file));
            assert_eq!(go_on(&output, &file), (outcomes, file), "what was found is found again");
        }
        assert_eq!(go_on(&output, &after).1, after);
    }
}

#[test]
fn a_line_that_is_torn_before_it_says_anything_is_of_a_row_that_was_not_sent() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = directory.path().join("out.csv");
    let [before, on_wire, _] = stages(&output, "https://teams.example/b");
    let cells = "B,o,\"two\nlines\"".len();
    for cut in 0..=on_wire.len() - before.len() {
        let (outcomes, _) = go_on(&output, &on_wire[..before.len() + cut]);
        assert_eq!(outcomes.len(), if cut > cells { 2 } else { 1 }, "{cut}");
    }
}
