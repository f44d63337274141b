//! A run that is cut off anywhere is gone on with, and the file is the same.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use convoke::choice::Choice;
use convoke::input::{Row, Rows};
use convoke::ledger::{Layout, Ledger, Misfit, Opened, Output, Stand, partial};
use convoke::sim::{Latency, Scenario, Sim};
use convoke::stop::{Reason, Signal};
use futures::{FutureExt as _, stream};

use crate::binary::{convoke, run, write};
use crate::harness::{How, Ran, column, organizer, reply, rows, run_into, sheet, without_ids};

/// A folder of its own for one output.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a directory") }
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("out.csv")
    }

    fn partial(&self) -> PathBuf {
        partial(&self.output())
    }

    fn open(&self, rows: &Rows, restart: bool) -> Ledger {
        // A process that another test starts has this one's files, and so its locks, for a moment before it is itself.
        loop {
            match Ledger::open(&Output::File(self.output()), rows.parser().columns(), Layout::default(), restart)
                .expect("a file")
            {
                Opened::Ledger(ledger) => return *ledger,
                Opened::Held(_) => std::thread::yield_now(),
            }
        }
    }

    /// A run in virtual time; the file gets its name if it is complete.
    async fn run(&self, sim: &Sim, csv: &str, how: How) -> Ran {
        let rows = rows(csv, false);
        let (ran, ledger) = Box::pin(run_into(self.open(&rows, false), sim, rows, how)).await;
        match &ran.complete {
            Ok(true) => ledger.finish().expect("a name"),
            _ => ledger.leave(true).expect("a file"),
        }
        ran
    }

    fn result(&self) -> String {
        fs::read_to_string(self.output()).expect("the run is complete")
    }
}

fn in_virtual_time<T>(what: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(what)
}

fn calm() -> Sim {
    Sim::new(Scenario::calm())
}

/// Two hundred rows with everything in them that a cut could be mistaken in: cells of several lines, numbers at the
/// end, quotation marks, flaws, repeated and refused rows.
fn awkward(count: usize) -> String {
    let row = |row: usize| {
        let (id, who) = (row - usize::from(row % 9 == 8), organizer(row % 3 + row % 2));
        match row % 5 {
            0 => format!("A{id},{who},\"two\nlines, {row}\n\",\n"),
            1 => format!("A{id},{who},\"say \"\"{row}\"\"\",\"\n{row}\"\n"),
            2 => format!("A{id},,no organizer,{row}\n"),
            _ => format!("A{id},{who},,\"{row}\n\"\n"),
        }
    };
    let rows: Vec<String> = (0..count).map(row).collect();
    format!("externalId,organizerUserId,subject,note\n{}", rows.concat())
}

/// Answers with a link and nothing else, so that lines are short; refuses some.
fn brief() -> How {
    let tamper = Box::new(|_, request: &http::Request<bytes::Bytes>| {
        let body: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
        let id = body["externalId"].as_str().expect("an id").to_owned();
        let meeting = format!(r#"{{"joinWebUrl":"https://teams.example/{id}"}}"#);
        Some(Ok(if id.ends_with('7') { reply(404, &[], "") } else { reply(201, &[], &meeting) }))
    });
    How { tamper, ..How::default() }
}

/// Where each line of a file begins, told by a run that wrote it, and where the last ends.
fn ends_of_lines(text: &str) -> Vec<usize> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut ends = Vec::new();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).expect("whole records") {
        ends.push(usize::try_from(reader.position().byte()).expect("a short file"));
    }
    ends
}

#[test]
fn cut_after_every_line_and_gone_on_with_it_is_the_same_file() {
    let text = awkward(200);
    in_virtual_time(async {
        let whole = Place::new();
        whole.run(&calm(), &text, brief()).await;
        let whole = whole.result();
        for (lines, end) in std::iter::once(0).chain(ends_of_lines(&whole)).enumerate() {
            let place = Place::new();
            fs::write(place.partial(), &whole[..end]).expect("a file");
            let ran = place.run(&calm(), &text, brief()).await;
            assert_eq!(ran.complete.as_ref().ok(), Some(&true));
            assert_eq!(ran.tally.rows(), 200, "what was there is counted too");
            assert!(without_ids(&place.result()) == without_ids(&whole), "cut after {lines} lines");
        }
    });
}

/// After any cut the partial file is what it was after the last whole line, from which the test above goes on.
#[test]
fn cut_at_every_byte_exactly_the_torn_line_is_gone() {
    let text = awkward(200);
    let place = Place::new();
    in_virtual_time(place.run(&calm(), &text, brief()));
    let whole = place.result();
    let ends = ends_of_lines(&whole);
    let mut before = 0;
    // The input is the same each time.
    let (sheet, read) = (rows(&text, false), rows(&text, false).collect::<Vec<_>>());
    let read: Vec<Row> = read.into_iter().map(|row| row.expect("a row")).collect();
    for cut in 0..=whole.len() {
        // What the cut before has left is the beginning of this one.
        let lines = ends.iter().take_while(|end| **end <= cut).count();
        let file = fs::OpenOptions::new().append(true).create(true).open(place.partial()).expect("a file");
        std::io::Write::write_all(&mut &file, &whole.as_bytes()[before..cut]).expect("room");
        drop(file);
        let mut ledger = place.open(&sheet, false);
        let rows = stream::iter(read.iter().cloned().map(Ok));
        let walked = ledger.resume(rows, |_, _, _, _| Ok(Stand::Stands)).now_or_never().expect("nothing to wait for");
        walked.unwrap_or_else(|misfit| panic!("cut at {cut}: {misfit:?}"));
        assert_eq!(ledger.lines() + 1, lines.max(1) as u64, "cut at {cut}");
        drop(ledger);
        // Without a whole header a new one is written.
        before = ends[lines.max(1) - 1];
        assert_eq!(fs::metadata(place.partial()).expect("a file").len(), before as u64, "cut at {cut}");
        if lines == 0 {
            fs::write(place.partial(), "").expect("a file");
            before = 0;
        }
    }
    assert!(fs::read(place.partial()).expect("a file") == whole.as_bytes());
}

/// What a run says that finds this in the partial file.
fn misfit(csv: &str, partial: &[u8]) -> String {
    let place = Place::new();
    fs::write(place.partial(), partial).expect("a file");
    let rows = rows(csv, false);
    let mut ledger = place.open(&rows, false);
    let walked = ledger.resume(stream::iter(rows), |_, _, _, _| Ok(Stand::Stands)).now_or_never();
    let Some(Err(Misfit::Other(error))) = walked else {
        panic!("it went on with\n{}", String::from_utf8_lossy(partial))
    };
    assert_eq!(fs::read(place.partial()).expect("a file"), partial, "what is refused is left as it is");
    let error = error.to_string();
    assert!(error.contains("--restart"), "{error}");
    error
}

#[test]
fn what_is_not_the_beginning_of_an_answer_to_this_input_is_refused_and_the_first_difference_named() {
    let text = sheet(12);
    let place = Place::new();
    in_virtual_time(place.run(&calm(), &text, How::default()));
    let whole = place.result();
    let error = misfit(&text.replace("Sitzung 7,", "Sitzung sieben,"), whole.as_bytes());
    let words =
        "record 8 (line 9) is the first that differs; its subject was 'Sitzung 7, Übung' and is 'Sitzung sieben";
    assert!(error.contains(words), "{error}");
    let shorter = text.lines().take(8).collect::<Vec<_>>().join("\n");
    assert!(misfit(&shorter, whole.as_bytes()).contains("the input has no record 8 any more"));
    assert!(misfit(&text.replace("room", "hall"), whole.as_bytes()).contains("does not begin with the header"));
    assert!(
        misfit(&text, b"something else entirely, and longer than nothing").contains("does not begin with the header")
    );
    let lines: Vec<&str> = whole.lines().collect();
    let without_third = whole.replace(&format!("{}\n", lines[3]), "");
    assert!(misfit(&text, without_third.as_bytes()).contains("what it has for record 3 is no line of this program"));
    let other = whole.replacen(",created,", ",done,", 1);
    assert!(misfit(&text, other.as_bytes()).contains("its line for record 1 is not as this program wrote it"));
    let spaced = whole.replacen(&format!("{}\n", lines[5]), &format!("{}\n\n", lines[5]), 1);
    assert!(misfit(&text, spaced.as_bytes()).contains("its line for record 6 is not as this program wrote it"));
}

#[test]
fn restarting_discards_what_is_there_whatever_it_is() {
    let place = Place::new();
    fs::write(place.partial(), "something else entirely").expect("a file");
    let rows = rows(&sheet(3), false);
    let (ran, _) = in_virtual_time(run_into(place.open(&rows, true), &calm(), rows, How::default()));
    assert_eq!((ran.complete.ok(), ran.tally.rows()), (Some(true), 3));
}

#[test]
fn rows_that_were_skipped_for_an_option_that_is_gone_are_sent() {
    let (text, place) = (sheet(10), Place::new());
    let limit = How { choice: Choice { limit: Some(4), ..Choice::default() }, ..How::default() };
    let rows = rows(&text, false);
    let (_, ledger) = in_virtual_time(run_into(place.open(&rows, false), &calm(), rows, limit));
    ledger.leave(true).expect("a file");
    let whole = Place::new();
    in_virtual_time(async {
        whole.run(&calm(), &text, How::default()).await;
        place.run(&calm(), &text, How::default()).await;
    });
    assert_eq!(place.result(), whole.result());
}

#[test]
fn a_run_that_is_stopped_again_and_again_ends_with_the_same_file() {
    let (text, place, whole) = (sheet(150), Place::new(), Place::new());
    let calm = || Sim::new(Scenario { latency: Latency::Fixed(Duration::from_millis(200)), ..Scenario::calm() });
    in_virtual_time(async {
        whole.run(&calm(), &text, How::default()).await;
        let mut lines = 0;
        for _ in 0..3 {
            let reason = Reason::Interrupted(Signal::Terminate);
            let stop_after = Some((Duration::from_millis(500), reason));
            let ran = place.run(&calm(), &text, How { stop_after, ..How::default() }).await;
            assert!(ran.took <= Duration::from_millis(600), "what is on the wire is let finish: {:?}", ran.took);
            assert_eq!(ran.tally.rows(), lines + 48, "three rounds of sixteen slots");
            lines = ran.tally.rows();
        }
        assert_eq!(place.run(&calm(), &text, How::default()).await.complete.ok(), Some(true));
    });
    assert_eq!(place.result(), whole.result());
}

#[test]
fn meetings_that_have_their_line_are_not_asked_for_again() {
    let text = format!("{}S-1,{},,,,,R\nS-1,{},other subject,,,,R\n", sheet(4), organizer(1), organizer(1));
    let (place, whole) = (Place::new(), Place::new());
    in_virtual_time(async {
        whole.run(&calm(), &text, How::default()).await;
        let whole = whole.result();
        fs::write(place.partial(), &whole[..ends_of_lines(&whole)[4]]).expect("a file");
        let sim = calm();
        let ran = place.run(&sim, &text, How::default()).await;
        assert_eq!(sim.report().requests, 0, "the row is a repetition of one that has its line");
        assert_eq!(ran.tally.in_words(), "4 created · 1 existing · 1 invalid");
        assert_eq!(place.result(), whole);
    });
}

#[test]
fn rows_refused_for_one_cause_after_others_that_have_their_line_are_written_as_ever() {
    // In one go the first rows show that rows can succeed; a run that goes on behind them must know it, too.
    let refused = |_, request: &http::Request<bytes::Bytes>| {
        let id = serde_json::from_slice::<serde_json::Value>(request.body()).expect("JSON")["externalId"].to_string();
        let number: u32 = id.trim_matches('"')[2..].parse().expect("a number");
        (5..30).contains(&number).then(|| Ok(reply(404, &[], "")))
    };
    let (text, whole) = (sheet(35), Place::new());
    let how = || How { tamper: Box::new(refused), ..How::default() };
    in_virtual_time(whole.run(&calm(), &text, how()));
    let whole = whole.result();
    for lines in [5, 6, 10, 26] {
        let place = Place::new();
        fs::write(place.partial(), &whole[..ends_of_lines(&whole)[lines]]).expect("a file");
        in_virtual_time(place.run(&calm(), &text, how()));
        assert_eq!(without_ids(&place.result()), without_ids(&whole), "{lines}");
    }
}

#[test]
fn a_row_that_was_invalid_and_is_mended_is_sent() {
    let header = "externalId,organizerUserId,subject,startDateTime\n";
    let [one, two] = [organizer(1), organizer(2)];
    // A missing comma, then one that is there; and a row that is in conflict with another stays so.
    let before = format!("{header}A,{one},Algebra,\nA,{one},Geometry,\nB,{two},Biology\nC,{one},Chemistry,\n");
    let after = before.replace("Biology", "Biology,");
    let place = Place::new();
    in_virtual_time(async {
        let rows = rows(&before, false);
        let (_, ledger) = Box::pin(run_into(place.open(&rows, false), &calm(), rows, How::default())).await;
        ledger.leave(true).expect("a file");
        let ran = place.run(&calm(), &after, How::default()).await;
        assert_eq!(column(&place.result(), "status"), ["created", "invalid", "created", "created"]);
        assert_eq!(ran.tally.causes().len(), 1, "what is wrong is still told: {:?}", ran.tally.causes());
    });
}

#[test]
fn a_cell_may_begin_with_what_looks_like_a_byte_order_mark() {
    let text = format!("externalId,organizerUserId,startDateTime\nA,{0}\n\u{feff}B,{0}\n\u{feff}B,{0}\n", organizer(1));
    let text = text.replace("1\n", "1,2027-02-03T08:00Z\n");
    let (place, whole) = (Place::new(), Place::new());
    let sim = calm();
    in_virtual_time(whole.run(&sim, &text, How::default()));
    assert_eq!(sim.report().requests, 2);
    let whole = whole.result();
    for end in ends_of_lines(&whole) {
        fs::write(place.partial(), &whole[..end]).expect("a file");
        in_virtual_time(place.run(&calm(), &text, How::default()));
        assert_eq!(place.result(), whole);
    }
}

/// Graph fails for ever for these rows of a sheet.
fn failing(rows: std::ops::Range<u32>) -> How {
    let tamper = Box::new(move |_, request: &http::Request<bytes::Bytes>| {
        let body: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
        let id: u32 = body["externalId"].as_str().expect("an id")[2..].parse().expect("a number");
        rows.contains(&id).then(|| Ok(reply(500, &[], "")))
    });
    How { tamper, ..How::default() }
}

#[test]
fn rows_that_always_fail_keep_no_run_from_its_end_wherever_they_are_and_however_often_it_is_gone_on_with() {
    for (bad, lines) in [(0..25, 1), (0..200, 1), (997..1000, 998), (975..1000, 976), (975..1000, 980)] {
        let text = sheet(1000);
        let place = Place::new();
        let sim = calm();
        in_virtual_time(async {
            let whole = Place::new();
            whole.run(&sim, &text, failing(bad.clone())).await;
            let whole = whole.result();
            fs::write(place.partial(), &whole[..ends_of_lines(&whole)[lines - 1]]).expect("a file");
            let ran = place.run(&sim, &text, failing(bad.clone())).await;
            assert_eq!(ran.complete.ok(), Some(true), "{bad:?} behind {lines}");
            let failed = ran.tally.count_of(|status| status == convoke::outcome::Status::Failed);
            assert_eq!(failed, bad.len() as u64, "{bad:?} behind {lines}: {}", ran.tally.in_words());
            assert!(ran.took < Duration::from_mins(15), "{bad:?} behind {lines}: {:?}", ran.took);
        });
    }
}

#[test]
fn lines_that_do_not_hold_any_more_stay_until_there_is_something_in_their_place() {
    let header = "externalId,organizerUserId,subject\n";
    let before = format!("{header}A,{0}\nB,{0},B\nC,{0},C\n", organizer(1));
    let after = before.replacen("\nB,", ",\nB,", 1);
    let (place, whole) = (Place::new(), Place::new());
    in_virtual_time(async {
        whole.run(&calm(), &before, How::default()).await;
        let written = whole.result();
        fs::write(place.partial(), &written).expect("a file");
        // The identity service is not to be reached, so that nothing is sent.
        let reason = Reason::Interrupted(Signal::Terminate);
        let down = How {
            tamper_login: Box::new(|| Some(Ok(reply(503, &[], "")))),
            stop_after: Some((Duration::from_secs(1), reason)),
            ..How::default()
        };
        place.run(&calm(), &after, down).await;
        assert_eq!(fs::read_to_string(place.partial()).expect("a file"), written);
        place.run(&calm(), &after, How::default()).await;
        assert_eq!(column(&place.result(), "status"), ["created"; 3]);
    });
}

#[test]
fn another_time_zone_than_the_run_was_begun_with_is_refused() {
    let text = format!(
        "externalId,organizerUserId,startDateTime,timeZone\nA,{},2027-02-03T09:00,Europe/Berlin\n",
        organizer(1)
    );
    let place = Place::new();
    in_virtual_time(place.run(&calm(), &text, How::default()));
    let began_so = place.result().replace("2027-02-03T08:00:00Z", "2027-02-03T09:00:00Z");
    assert!(misfit_of(&text, began_so.as_bytes()).contains("as if with another --time-zone"));
    // Graph may round.
    let rounded = place.result().replace("2027-02-03T08:00:00Z", "2027-02-03T08:00:00.5Z");
    fs::write(place.partial(), &rounded).expect("a file");
    in_virtual_time(place.run(&calm(), &text, How::default()));
    assert_eq!(place.result(), rounded);
}

/// The same as `misfit`, by the whole way that a run goes.
fn misfit_of(csv: &str, partial: &[u8]) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", csv);
    fs::write(directory.path().join("in.joined.csv.partial"), partial).expect("a file");
    let (status, _, stderr) = run(&mut convoke(["provision", &input, "--rehearse"]));
    assert_eq!(status, Some(2), "{stderr}");
    stderr
}
