//! Settings from the sheet to Graph and back, through the real program.

use std::sync::atomic::{AtomicBool, Ordering};

use convoke::sim::{Scenario, Sim};
use http::Method;

use crate::binary::{convoke_at, run, write};
use crate::harness::{column, reply};
use crate::server::Server;

const SHEET: &str = "externalId,organizerUserId,subject,recordAutomatically\n\
    A,6b1e0000-0000-4000-8000-000000000001,Talk,yes\n";

/// A Graph that makes meetings and, the first time, lets nobody change one.
fn reluctant() -> Server {
    let (made, refused, records) = (AtomicBool::new(false), AtomicBool::new(false), AtomicBool::new(false));
    Server::start(move |request| {
        let status = match *request.method() {
            Method::PATCH if !refused.swap(true, Ordering::SeqCst) => {
                return reply(403, &[], r#"{"error":{"code":"Forbidden","message":"not yet"}}"#);
            }
            Method::PATCH => {
                records.store(true, Ordering::SeqCst);
                200
            }
            _ if made.swap(true, Ordering::SeqCst) => 200,
            _ => 201,
        };
        let records = records.load(Ordering::SeqCst);
        let meeting = format!(
            r#"{{"id":"m","joinWebUrl":"https://teams.example/x","subject":"Talk","recordAutomatically":{records}}}"#
        );
        reply(status, &[], &meeting)
    })
}

#[test]
fn a_meeting_whose_settings_failed_is_finished_by_the_next_run_and_by_no_other() {
    for carry in [false, true] {
        let (server, directory) = (reluctant(), tempfile::tempdir().expect("a directory"));
        let input = write(directory.path(), "in.csv", SHEET);
        let output = directory.path().join("in.joined.csv");
        let path = output.to_str().expect("UTF-8");
        let options: &[&str] = if carry { &["--carry", path, "-o", path] } else { &[] };
        let patches = || server.seen().iter().filter(|request| request.method() == Method::PATCH).count();
        let again = || {
            let mut command = convoke_at(&server, &[&[input.as_str()], options].concat());
            let (status, _, stderr) = run(command.env("CONVOKE_ACCESS_TOKEN", "t"));
            let text = std::fs::read_to_string(&output).expect("a result");
            let [word, error, drift] = ["status", "error", "drift"].map(|name| column(&text, name).remove(0));
            (status, word, error, drift, stderr)
        };
        let (status, word, error, _, stderr) = again();
        assert_eq!((status, word.as_str(), patches()), (Some(1), "created", 1), "{stderr}");
        assert!(
            error.starts_with("the meeting is there, but could not be set as asked: ") && error.contains("not yet")
        );
        assert!(stderr.contains("created (1 row, record 1)"), "{stderr}");
        let (status, word, error, drift, stderr) = again();
        assert_eq!((status, word.as_str(), patches()), (Some(0), "updated", 2), "{stderr}");
        assert_eq!((error.as_str(), drift.as_str()), ("", "recordAutomatically: was false, is now true"));
        let (status, word, ..) = again();
        assert_eq!((status, word.as_str(), patches()), (Some(0), if carry { "carried" } else { "existing" }, 2));
    }
}

#[test]
fn a_change_that_failed_is_not_made_by_a_run_that_was_not_told_to_change() {
    let (server, directory) = (reluctant(), tempfile::tempdir().expect("a directory"));
    let input = write(directory.path(), "in.csv", &SHEET.replace("yes", ""));
    let again = |options: &[&str]| {
        let mut command = convoke_at(&server, &[&[input.as_str()], options].concat());
        let (_, _, stderr) = run(command.env("CONVOKE_ACCESS_TOKEN", "t"));
        let text = std::fs::read_to_string(directory.path().join("in.joined.csv")).expect("a result");
        let patches = server.seen().iter().filter(|request| request.method() == Method::PATCH).count();
        (column(&text, "status").remove(0), patches, stderr)
    };
    assert_eq!(again(&[]).0, "created");
    write(directory.path(), "in.csv", &SHEET.replace("Talk", "Lecture"));
    let (status, patches, stderr) = again(&["--update"]);
    assert_eq!((status.as_str(), patches), ("differs", 1), "{stderr}");
    let (status, patches, stderr) = again(&[]);
    assert_eq!((status.as_str(), patches), ("differs", 1), "{stderr}");
}

#[test]
fn a_row_is_not_carried_from_a_line_that_does_not_tell_a_setting_that_is_asked_for_now() {
    let (server, directory) = (Server::of_sim(Sim::new(Scenario::calm())), tempfile::tempdir().expect("a directory"));
    let input = write(directory.path(), "in.csv", &SHEET.replace("yes", ""));
    let output = directory.path().join("in.joined.csv");
    let carry = format!("--carry={}", output.display());
    let night = |options: &[&str]| {
        let (_, _, stderr) = run(&mut convoke_at(&server, &[&[input.as_str(), &carry], options].concat()));
        let text = std::fs::read_to_string(&output).unwrap_or_else(|error| panic!("{error}: {stderr}"));
        column(&text, "status").remove(0)
    };
    let set = "--set=recordAutomatically=yes";
    assert_eq!([night(&[]), night(&[])], ["created", "carried"]);
    assert_eq!([night(&[set]), night(&[set, "--update"]), night(&[set])], ["differs", "updated", "carried"]);
}

#[test]
fn what_the_row_says_goes_before_what_is_set_for_all_and_a_word_that_graph_does_not_have_is_a_flaw() {
    let (server, directory) = (Server::of_sim(Sim::new(Scenario::calm())), tempfile::tempdir().expect("a directory"));
    let header = "externalId,organizerUserId,lobbyBypassScope\n";
    let row = |scope| format!("{scope}-,6b1e0000-0000-4000-8000-000000000001,{scope}\n");
    let rows = ["everyone", "", "anybody"].map(row).concat();
    let input = write(directory.path(), "in.csv", &format!("{header}{rows}"));
    let (status, _, stderr) = run(&mut convoke_at(&server, &[&input, "--set", "lobbyBypassScope=invited"]));
    assert_eq!(status, Some(1), "{stderr}");
    let text = std::fs::read_to_string(directory.path().join("in.joined.csv")).expect("a result");
    assert_eq!(column(&text, "status"), ["created", "created", "invalid"]);
    assert_eq!(column(&text, "settings"), ["lobbyBypassScope=everyone", "lobbyBypassScope=invited", ""]);
    let all =
        ["organizer", "organization", "organizationAndFederated", "everyone", "invited", "organizationExcludingGuests"];
    assert!(all.into_iter().all(|word| column(&text, "error")[2].contains(word)), "{text}");
    let (status, _, stderr) = run(&mut convoke_at(&server, &[&input, "--set", "lobbyBypassScope=nobody"]));
    assert!(status == Some(2) && all.into_iter().all(|word| stderr.contains(word)), "{stderr}");
}
