//! People by name: each looked up once, twenty to a request, and what becomes of those whom the directory has not.

use std::fmt::Write as _;
use std::time::Duration;

use convoke::cli::UnknownAttendees;
use convoke::sim::{Scenario, Setup, Sim};
use convoke::stop::Reason;
use serde_json::{Value, json};

use crate::harness::{How, Ran, organizer, provision, reply};

/// A tenant with so many people, `user0@contoso.example` and on, whose mail is `Mail.0@mail.example`.
pub(crate) fn tenant(people: usize, more: &str) -> Sim {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = String::from("id,userPrincipalName,displayName,mail\n");
    for n in 0..people {
        let _ = writeln!(text, "{},user{n}@contoso.example,User {n},Mail.{n}@mail.example", organizer(n));
    }
    let file = folder.path().join("people.csv");
    std::fs::write(&file, text + more).expect("room");
    let setup = Setup {
        scenario: Scenario::calm(),
        state: None,
        directory: Some(file),
        client_certificates: vec![],
        federated: vec![],
        granted: None,
        delegated: None,
        public_url: "https://graph.example".into(),
    };
    Sim::open(setup).expect("a tenant")
}

fn looking(what: UnknownAttendees) -> How {
    How { unknown_attendees: Some(what), ..How::default() }
}

fn sheet(rows: impl IntoIterator<Item = (String, String)>) -> String {
    let mut text = String::from("externalId,organizerUserId,attendees\n");
    for (n, (organizer, attendees)) in rows.into_iter().enumerate() {
        let _ = writeln!(text, "A-{n},{organizer},{attendees}");
    }
    text
}

fn attendees(ran: &Ran) -> Value {
    let body: Value = serde_json::from_slice(ran.witness.requests.borrow()[0].body()).expect("JSON");
    body["participants"]["attendees"].clone()
}

fn one(attendees: &str) -> String {
    sheet([(organizer(1), attendees.to_owned())])
}

#[test]
fn five_thousand_rows_with_two_hundred_organizers_by_name_cost_two_hundred_look_ups_in_ten_batches() {
    for order in [|row: usize| row % 200, |row: usize| row / 25] {
        let name = |row| match row % 3 {
            0 => format!("user{}@contoso.example", order(row)),
            1 => format!("USER{}@Contoso.example", order(row)),
            _ => format!("User {0} <user{0}@contoso.example>", order(row)),
        };
        let csv = sheet((0..5000).map(|row| (name(row), String::new())));
        let ran = provision(&tenant(200, ""), &csv, looking(UnknownAttendees::Keep));
        assert!(ran.column("status").iter().all(|status| status == "created"));
        assert_eq!((ran.look_ups, ran.witness.batches.borrow().len()), (200, 10));
        let wanted: Vec<String> = (0..5000).map(|row| organizer(order(row))).collect();
        assert!(ran.column("organizerId") == wanted, "each meeting is its organizer's");
    }
}

#[test]
fn graph_gets_the_id_and_the_user_principal_name_of_those_who_are_found() {
    let csv =
        one(&format!("mail.2@MAIL.example; presenter:USER3@contoso.example; {}; user2@contoso.example", organizer(4)));
    let ran = provision(&tenant(9, ""), &csv, looking(UnknownAttendees::Fail));
    assert_eq!(ran.column("status"), ["created"], "{}", ran.output);
    let user =
        |n: usize| json!({ "upn": format!("user{n}@contoso.example"), "identity": { "user": { "id": organizer(n) } } });
    let mut presenter = user(3);
    presenter["role"] = "presenter".into();
    assert_eq!(attendees(&ran), json!([user(2), user(4), presenter]), "two names of one are one");
    assert_eq!((ran.look_ups, ran.witness.batches.borrow().len()), (4, 1));
}

#[test]
fn those_whom_the_directory_does_not_have_are_kept_or_dropped_or_keep_their_row_from_being_sent() {
    let people = "presenter:guest@elsewhere.example; user2@contoso.example";
    let user = json!({ "upn": "user2@contoso.example", "identity": { "user": { "id": organizer(2) } } });
    let guest = json!({ "upn": "guest@elsewhere.example" });
    let ran = provision(&tenant(9, ""), &one(people), looking(UnknownAttendees::Keep));
    assert_eq!(attendees(&ran), json!([user, guest]), "nobody from outside is a presenter: in the order of the sheet");
    let ran = provision(&tenant(9, ""), &one(people), looking(UnknownAttendees::Drop));
    assert_eq!(attendees(&ran), json!([user]));
    let ran = provision(&tenant(9, ""), &one(people), looking(UnknownAttendees::Fail));
    assert_eq!((ran.column("status"), ran.witness.requests.borrow().len()), (vec!["invalid".to_owned()], 0));
    let error = &ran.column("error")[0];
    assert!(error.contains("attendees 'guest@elsewhere.example': the directory does not have"), "{error}");
}

#[test]
fn an_object_id_that_nobody_has_is_never_sent_as_an_invitation() {
    let people = format!("user2@contoso.example; {}", organizer(77));
    for what in [UnknownAttendees::Keep, UnknownAttendees::Fail] {
        let ran = provision(&tenant(9, ""), &one(&people), looking(what));
        assert_eq!((ran.column("status"), ran.witness.requests.borrow().len()), (vec!["invalid".to_owned()], 0));
    }
}

#[test]
fn an_unknown_organizer_is_invalid_before_anything_is_sent_with_the_nearest_known_name() {
    let organizers = ["user1@contoso.example", "okafro.t@contoso.example", "zzz@contoso.example", "both@mail.example"];
    let csv = sheet(organizers.map(|name| (name.to_owned(), String::new())));
    let more = format!(
        "{},okafor.t@contoso.example,Tunde,\n{},a@contoso.example,A,both@mail.example\n{},b@contoso.example,B,both@mail.example\n",
        organizer(20),
        organizer(21),
        organizer(22)
    );
    let ran = provision(&tenant(2, &more), &csv, looking(UnknownAttendees::Keep));
    assert_eq!(ran.column("status"), ["created", "invalid", "invalid", "invalid"], "{}", ran.output);
    assert_eq!(ran.witness.requests.borrow().len(), 1);
    let errors = ran.column("error");
    assert!(errors[1].contains("organizerUserId 'okafro.t@contoso.example': nobody in the directory"), "{}", errors[1]);
    assert!(errors[1].contains("write okafor.t@contoso.example if that is meant"), "{}", errors[1]);
    assert!(!errors[2].contains("if that is meant"), "{}", errors[2]);
    assert!(errors[3].contains("more than one user") && errors[3].contains("a@contoso.example or b@"), "{}", errors[3]);
}

#[test]
fn a_meeting_is_one_whether_its_organizer_is_named_by_id_by_name_or_by_mail() {
    let csv =
        format!("externalId,organizerUserId\nA,{}\nA,user1@contoso.example\nA,mail.1@mail.example\n", organizer(1));
    let ran = provision(&tenant(2, ""), &csv, looking(UnknownAttendees::Keep));
    assert_eq!(ran.column("status"), ["created", "existing", "existing"]);
    assert_eq!(ran.witness.requests.borrow().len(), 1);
}

#[test]
fn a_directory_that_may_not_be_read_stops_the_run_and_names_the_permission() {
    let denied = |_| {
        let body = r#"{"responses":[{"id":"0","status":403,"headers":{},"body":{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}}]}"#;
        Some(Ok(reply(200, &[], body)))
    };
    let csv = sheet([("user1@contoso.example".to_owned(), String::new())]);
    let how = How { tamper_batch: Box::new(denied), ..looking(UnknownAttendees::Keep) };
    let ran = provision(&tenant(2, ""), &csv, how);
    let Some(Reason::Broken(trouble)) = ran.reason else { panic!("{:?}", ran.reason) };
    let error = trouble.error();
    assert!(
        error.contains("User.Read.All") && error.contains("--lookup off") && error.contains("Insufficient"),
        "{error}"
    );
    assert!(ran.witness.requests.borrow().is_empty());
}

#[test]
fn look_ups_that_are_told_to_wait_are_asked_again_alone_after_the_longest_wait() {
    let first = |number| {
        let user = |n: usize| json!({ "id": organizer(n), "userPrincipalName": format!("user{n}@contoso.example") });
        let body = json!({ "responses": [
            { "id": "2", "status": 429, "headers": { "Retry-After": "7" }, "body": { "error": { "code": "TooManyRequests" } } },
            { "id": "0", "status": 200, "body": { "value": [user(0)] } },
            { "id": "1", "status": 429, "headers": { "Retry-After": 3 }, "body": null },
        ] });
        (number == 0).then(|| Ok(reply(200, &[], &body.to_string())))
    };
    let csv = sheet((0..3).map(|n| (format!("user{n}@contoso.example"), String::new())));
    let how = How { tamper_batch: Box::new(first), ..looking(UnknownAttendees::Keep) };
    let ran = provision(&tenant(3, ""), &csv, how);
    assert_eq!(ran.column("status"), ["created"; 3]);
    let batches = ran.witness.batches.borrow();
    let asked = |n: usize| -> Value { serde_json::from_slice(batches[n].body()).expect("JSON") };
    let ids: Vec<Value> =
        asked(1)["requests"].as_array().expect("a list").iter().map(|own| own["id"].clone()).collect();
    assert_eq!((batches.len(), ids), (2, vec![json!("1"), json!("2")]));
    assert!(ran.took >= Duration::from_secs(7), "{:?}", ran.took);
}

#[test]
fn what_a_name_has_in_it_cannot_end_the_question() {
    let csv = one("o'brien@contoso.example; a#ext#@contoso.example");
    let more = format!("{},o'brien@contoso.example,O,\n", organizer(30));
    let ran = provision(&tenant(2, &more), &csv, looking(UnknownAttendees::Keep));
    let obrien = json!({ "upn": "o'brien@contoso.example", "identity": { "user": { "id": organizer(30) } } });
    assert_eq!(attendees(&ran), json!([obrien, { "upn": "a#ext#@contoso.example" }]), "{}", ran.output);
}

#[test]
fn a_directory_that_fails_for_good_fails_the_rows_that_need_it_and_no_other() {
    let broken = |_| Some(Ok(reply(500, &[], "")));
    let csv = sheet([(organizer(1), "user1@contoso.example".into()), (organizer(1), String::new())]);
    let how = How { tamper_batch: Box::new(broken), ..looking(UnknownAttendees::Keep) };
    let ran = provision(&tenant(2, ""), &csv, how);
    assert_eq!(ran.column("status"), ["failed", "created"], "{}", ran.output);
}

#[test]
fn a_later_row_for_the_meeting_of_one_that_names_somebody_unknown_says_so_near_and_far() {
    let near = format!("A,{0},nobody@contoso.example\nA,{0},user2@contoso.example\n", organizer(1));
    let far: Vec<String> = (0..1500).map(|n| format!("Z-{n},{},\n", organizer(1))).collect();
    for between in [String::new(), far.concat()] {
        let csv = format!("externalId,organizerUserId,attendees\n{near}{between}A,{},\n", organizer(1));
        let ran = provision(&tenant(9, ""), &csv, looking(UnknownAttendees::Fail));
        let (statuses, errors) = (ran.column("status"), ran.column("error"));
        for row in [1, statuses.len() - 1] {
            assert_eq!(statuses[row], "invalid");
            assert!(errors[row].contains("record 1 asks for the same meeting first"), "{}", errors[row]);
        }
    }
}

#[test]
fn what_is_wrong_with_a_look_up_is_not_said_of_a_row() {
    let whole = |status, code: &str| (status, json!({ "error": { "code": code, "message": "No." } }));
    let one = |status, code: &str| {
        let (_, body) = whole(status, code);
        (200, json!({ "responses": [{ "id": "0", "status": status, "headers": {}, "body": body }] }))
    };
    for ((status, body), words) in [
        (one(400, "Request_BadRequest"), "refuses to look names up"),
        (one(403, "Authorization_RequestDenied"), "User.Read.All"),
        (whole(403, "Authorization_RequestDenied"), "User.Read.All"),
        (whole(400, "BadRequest"), "refuses to look names up"),
        (whole(404, "UnknownError"), "no such call at this address"),
    ] {
        let tamper = Box::new(move |_| Some(Ok(reply(status, &[], &body.to_string()))));
        let csv = sheet([("user1@contoso.example".to_owned(), String::new())]);
        let how = How { tamper_batch: tamper, ..looking(UnknownAttendees::Keep) };
        let ran = provision(&tenant(2, ""), &csv, how);
        let Some(Reason::Broken(trouble)) = ran.reason else { panic!("{words}: {:?}", ran.reason) };
        let error = trouble.error();
        assert!(error.contains(words) && !error.contains(" row") && !error.contains("ReadWrite"), "{error}");
    }
    let csv = sheet([(organizer(1), "user1@contoso.example".to_owned())]);
    let how = How { tamper_batch: Box::new(|_| Some(Ok(reply(500, &[], "")))), ..looking(UnknownAttendees::Keep) };
    let error = provision(&tenant(2, ""), &csv, how).column("error").remove(0);
    assert!(
        error.contains("the directory did not answer a look-up") && !error.contains("check its attendees"),
        "{error}"
    );
}

#[test]
fn a_directory_that_never_answers_for_one_name_ends_the_run_within_the_hour() {
    let csv = sheet((0..40).map(|n| (format!("user{n}@contoso.example"), String::new())));
    // The first batch lacks an answer for ever, the second is as it ought to be.
    let lacking = |number| (number != 1).then(|| Ok(reply(200, &[], r#"{"responses":[]}"#)));
    let how = How { tamper_batch: Box::new(lacking), ..looking(UnknownAttendees::Keep) };
    let ran = provision(&tenant(40, ""), &csv, how);
    assert!(matches!(ran.reason, Some(Reason::Outage(..) | Reason::Broken(_))), "{:?}", ran.reason);
    assert!(ran.took <= Duration::from_hours(1), "{:?}", ran.took);
    let batches = ran.witness.batches.borrow().len();
    assert!(batches < 200 && ran.witness.requests.borrow().is_empty(), "{batches}");
}

#[test]
fn of_two_answers_to_one_look_up_the_first_is_taken_whatever_the_second_says() {
    let twice = |number| {
        let user = json!({ "id": organizer(1), "userPrincipalName": "user1@contoso.example" });
        let body = json!({ "responses": [
            { "id": "0", "status": 200, "body": { "value": [user] } },
            { "id": "0", "status": 200, "body": { "value": [] } },
            { "id": "0", "status": 429 },
            { "id": "7", "status": 200, "body": { "value": [] } },
            { "id": "none", "status": 500 },
        ] });
        (number == 0).then(|| Ok(reply(200, &[], &body.to_string())))
    };
    let csv = sheet([("user1@contoso.example".to_owned(), String::new())]);
    let how = How { tamper_batch: Box::new(twice), ..looking(UnknownAttendees::Keep) };
    let ran = provision(&tenant(2, ""), &csv, how);
    assert_eq!((ran.column("organizerId"), ran.witness.batches.borrow().len()), (vec![organizer(1)], 1));
}
