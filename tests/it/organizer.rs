//! An organizer whose rows are all refused for one cause is asked three times, and others as ever.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use convoke::choice::MaxErrors;
use convoke::exit;
use convoke::outcome::Status;
use convoke::pace::Rate;
use convoke::sim::{CLIENT_ID, Scenario, Sim};
use convoke::stop::Reason;
use convoke::tally::Cost;
use http::Request;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::harness::{How, Ran, organizer, provision, reply};

const POLICY: &str = r#"{"error":{"code":"Forbidden","message":"No application access policy found for this app",
    "innerError":{"date":"2026-11-20T09:14:07","request-id":"inner"}}}"#;

/// Rows of these organizers, in this order.
fn rows_of(organizers: impl IntoIterator<Item = usize>) -> String {
    let rows = organizers.into_iter().enumerate();
    let rows = rows.map(|(row, number)| format!("R-{row},{}\n", organizer(number)));
    format!("externalId,organizerUserId\n{}", rows.collect::<String>())
}

fn is_of(request: &Request<Bytes>, number: usize) -> bool {
    request.uri().path().contains(&organizer(number))
}

/// A run in which the organizer 1 is refused so, and which goes on whatever is refused.
fn refusing(text: &str, slots: usize, rate: Rate, body: impl Fn(u32) -> Option<(u16, String)> + 'static) -> Ran {
    let seen = std::cell::Cell::new(0);
    let tamper = Box::new(move |_, request: &Request<Bytes>| {
        if !is_of(request, 1) {
            return None;
        }
        seen.set(seen.get() + 1);
        body(seen.get()).map(|(status, body)| Ok(reply(status, &[], &body)))
    });
    let how = How { slots, rate, tamper, max_errors: Some(MaxErrors::Percent(100.0)), ..How::default() };
    provision(&Sim::new(Scenario::calm()), text, How { pause: Duration::from_millis(200), ..how })
}

fn asked(ran: &Ran, number: usize) -> usize {
    ran.witness.requests.borrow().iter().filter(|request| is_of(request, number)).count()
}

#[test]
fn an_organizer_is_asked_three_times_and_what_was_on_the_wire_and_others_as_ever() {
    let text = rows_of((0..400).map(|row| row % 4));
    for (slots, rate) in [(1, Rate::Max), (16, Rate::Max), (64, Rate::Max), (16, Rate::PerSecond(5.0))] {
        let run = || refusing(&text, slots, rate, |_| Some((403, POLICY.to_owned())));
        let ran = run();
        assert_eq!(ran.complete.as_ref().ok(), Some(&true));
        let asked = asked(&ran, 1);
        assert!((3..=3 + slots).contains(&asked), "{asked} requests with {slots} slots");
        assert_eq!((ran.tally.of(Status::Created), ran.tally.of(Status::Refused)), (300, 100));
        let [statuses, attempts, errors] = ["status", "attempts", "error"].map(|name| ran.column(name));
        let unasked: Vec<usize> = (0..400).filter(|&row| statuses[row] == "refused" && attempts[row] == "0").collect();
        assert_eq!(unasked.len(), 100 - asked);
        for row in unasked {
            assert!(
                errors[row].contains("not asked again after three identical answers, the first of them for record 2 ")
            );
            assert!(errors[row].contains("Grant-CsApplicationAccessPolicy") && errors[row].contains("(Graph said: "));
            assert_eq!(ran.column("httpStatus")[row], "");
        }
        let summary = ran.tally.summary(&Cost::default(), "out.csv", false);
        let of_it = format!("organizer {}: 100 rows, first record 2, {} of them", organizer(1), 100 - asked);
        assert_eq!(summary.matches(&of_it).count(), 1, "{summary}");
        assert_eq!(summary.matches("no application access policy lets").count(), 1, "{summary}");
        let (again, told) = (run(), ["status", "attempts", "error", "httpStatus"]);
        assert!(told.iter().all(|name| ran.column(name) == again.column(name)), "the same run ends the same");
    }
}

#[test]
fn a_refusal_has_the_ids_that_support_asks_for_and_the_cmdlets_that_mend_it() {
    let ran = refusing(&rows_of([0, 1]), 1, Rate::Max, |_| Some((403, POLICY.to_owned())));
    let sent = &ran.witness.requests.borrow()[1];
    let own = sent.headers()["client-request-id"].to_str().expect("a GUID").to_owned();
    assert_eq!(ran.column("clientRequestId"), [String::new(), own]);
    assert_eq!(
        (ran.column("requestId")[1].as_str(), ran.column("requestDate")[1].as_str()),
        ("inner", "2026-11-20T09:14:07")
    );
    let error = &ran.column("error")[1];
    for words in [
        format!("New-CsApplicationAccessPolicy -Identity convoke -AppIds \"{CLIENT_ID}\""),
        format!("Grant-CsApplicationAccessPolicy -PolicyName convoke -Identity \"{}\"", organizer(1)),
        "30 minutes".into(),
        "then run again".into(),
    ] {
        assert!(error.contains(&words), "{words} is not in {error}");
    }
    assert!(error.ends_with(" (Graph said: No application access policy found for this app)"), "{error}");
}

#[test]
fn an_answer_that_is_good_or_in_other_words_begins_the_count_anew() {
    let text = rows_of([1; 40]);
    // Two refusals and a success, again and again.
    let ran = refusing(&text, 1, Rate::Max, |number| (number % 3 != 0).then(|| (403, POLICY.to_owned())));
    assert_eq!(asked(&ran, 1), 40);
    let other = |number: u32| Some((403, POLICY.replace("found", ["found", "seen"][number as usize % 2])));
    assert_eq!(asked(&refusing(&text, 1, Rate::Max, other), 1), 40);
    // What is the row's own is never taken for the organizer's, and what passes for no answer.
    let details = |_| Some((400, r#"{"error":{"code":"BadRequest","message":"bad"}}"#.to_owned()));
    assert_eq!(asked(&refusing(&text, 1, Rate::Max, details), 1), 40);
    let ids = |number: u32| {
        Some((404, format!(r#"{{"error":{{"code":"X","message":"not 6b1e0000-0000-4000-8000-{number:012}"}}}}"#)))
    };
    assert_eq!(asked(&refusing(&text, 1, Rate::Max, ids), 1), 3, "ids are no words");
}

#[test]
fn a_sheet_of_one_organizer_without_a_policy_ends_with_the_cause_and_no_row_marked() {
    for organizers in [1, 2] {
        for slots in [1, 16] {
            let text = rows_of((0..100).map(|row| row % organizers));
            let tamper = Box::new(|_, _: &_| Some(Ok(reply(403, &[], POLICY))));
            let ran = provision(&Sim::new(Scenario::calm()), &text, How { slots, tamper, ..How::default() });
            let Some(Reason::Doomed(trouble)) = &ran.reason else { panic!("{:?}", ran.reason) };
            assert_eq!((trouble.http_status, trouble.own.unasked), (Some(403), None));
            assert_eq!((ran.tally.rows(), ran.output.lines().count()), (0, 1));
            assert!(ran.witness.requests.borrow().len() <= 3 * organizers + slots);
            let ended = exit::status(Ok(false), ran.reason, &ran.tally, false, "again").expect_err("it is stopped");
            assert_eq!(ended.0, exit::CREDENTIALS);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_row_has_its_line_and_only_bad_organizers_are_spared(
        organizers in vec(0..6_usize, 1..150),
        bad in vec(0..4_u8, 6),
        slots in 1..20_usize,
    ) {
        let bodies = bad.clone();
        let tamper = Box::new(move |_, request: &Request<Bytes>| {
            let number = (0..6).find(|&number| is_of(request, number)).expect("an organizer of the sheet");
            match bodies[number] {
                0 => Some(Ok(reply(403, &[], POLICY))),
                1 => Some(Ok(reply(404, &[], ""))),
                2 => Some(Ok(reply(400, &[], ""))),
                _ => None,
            }
        });
        let how = How { slots, tamper, max_errors: Some(MaxErrors::Percent(100.0)), ..How::default() };
        let ran = provision(&Sim::new(Scenario::calm()), &rows_of(organizers.iter().copied()), how);
        let statuses = ran.column("status");
        prop_assert_eq!(statuses.len(), organizers.len());
        let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
        for (status, number) in statuses.iter().zip(&organizers) {
            prop_assert_eq!(status, if bad[*number] < 3 { "refused" } else { "created" });
            *rows.entry(*number).or_default() += 1;
        }
        for (number, rows) in rows {
            let asked = asked(&ran, number);
            let (least, most) = if bad[number] < 2 { (rows.min(3), rows.min(3 + slots)) } else { (rows, rows) };
            prop_assert!((least..=most).contains(&asked), "{asked} of {rows}");
        }
    }
}
