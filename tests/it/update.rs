//! `--update`: what changed in the sheet is changed at Graph, that and nothing else. The simulator's report is the witness.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use convoke::action::{Action, Provision};
use convoke::choice::Choice;
use convoke::graph::Lost;
use convoke::input::{Reading, Rows, Source};
use convoke::meeting::{Setting, Settings};
use convoke::outcome::{Extra, Status};
use convoke::pace::Rate;
use convoke::sim::{Scenario, Sim};
use convoke::stop::{Reason, Signal};
use http::Method;
use tokio::time::sleep;

use crate::harness::{How, Ran, organizer, provision_now, provision_rows, reply};

const HEADER: &str = "externalId,organizerUserId,subject,startDateTime,endDateTime,attendees,presenters\n";

/// Runs in one world and virtual time.
fn within<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(test)
}

/// A row of a term.
fn row(number: usize, subject: &str, hour: usize) -> String {
    let day = 1 + number % 28;
    format!(
        "S-{number},{},{subject} {number},2027-02-{day:02}T{hour:02}:00:00Z,2027-02-{day:02}T{hour:02}:45:00Z,,\n",
        organizer(number % 20)
    )
}

/// The term as it was, and as it is when 40 rows are rescheduled, 10 renamed, 5 cancelled and 12 new.
pub(crate) fn term() -> [String; 2] {
    let was: String = (0..300).map(|number| row(number, "Lecture", 9)).collect();
    let is: String = (0..312)
        .filter(|number| !(50..55).contains(number))
        .map(|number| match number {
            0..40 => row(number, "Lecture", 11),
            40..50 => row(number, "Seminar", 9),
            _ => row(number, "Lecture", 9),
        })
        .collect();
    [was, is].map(|rows| format!("{HEADER}{rows}"))
}

fn updating() -> How {
    updating_with(Provision { update: Some(Extra::Removed), ..Provision::default() })
}

fn updating_with(provision: Provision) -> How {
    How { action: Action::Provision(provision), ..How::default() }
}

/// How many requests of each method were sent.
fn methods(ran: &Ran) -> BTreeMap<String, usize> {
    let mut methods = BTreeMap::new();
    for request in ran.witness.requests.borrow().iter() {
        *methods.entry(request.method().to_string()).or_default() += 1;
    }
    methods
}

fn counts(ran: &Ran) -> Vec<(Status, u64)> {
    Status::ALL.into_iter().map(|status| (status, ran.tally.of(status))).filter(|(_, count)| *count > 0).collect()
}

#[test]
fn a_term_that_has_changed_is_brought_into_line_by_exactly_its_changes_and_a_second_run_makes_none() {
    within(async {
        let (sim, [was, is]) = (Sim::new(Scenario::calm()), term());
        provision_now(&sim, &was, How::default()).await;
        let left_alone = provision_now(&sim, &is, How::default()).await;
        assert_eq!(methods(&left_alone), [("POST".to_owned(), 307)].into(), "without a word nothing is changed");
        assert_eq!(counts(&left_alone), [(Status::Created, 12), (Status::Existing, 245), (Status::Differs, 50)]);
        let ran = provision_now(&sim, &is, updating()).await;
        assert_eq!(methods(&ran), [("PATCH".to_owned(), 50), ("POST".to_owned(), 307)].into());
        assert_eq!(counts(&ran), [(Status::Updated, 50), (Status::Existing, 257)]);
        let drift = ran.column("drift");
        assert_eq!(
            drift[3],
            "startDateTime: was 2027-02-04T09:00:00Z, is now 2027-02-04T11:00:00Z; \
             endDateTime: was 2027-02-04T09:45:00Z, is now 2027-02-04T11:45:00Z"
        );
        assert_eq!(drift[45], "subject: was 'Lecture 45', is now 'Seminar 45'");
        assert_eq!(ran.column("meetingStart")[3], "2027-02-04T11:00:00Z");
        assert_eq!((ran.column("attempts")[3].as_str(), ran.column("attempts")[200].as_str()), ("2", "1"));
        let again = provision_now(&sim, &is, updating()).await;
        assert_eq!(methods(&again), [("POST".to_owned(), 307)].into());
        assert_eq!(counts(&again), [(Status::Existing, 307)]);
        let report = sim.report();
        assert_eq!((report.meetings_kept, report.meetings_made), (312, 312), "nothing was made twice or deleted");
    });
}

#[test]
fn answers_that_are_lost_and_days_that_are_busy_change_nothing_about_the_end() {
    let links = |scenario: Scenario| {
        within(async {
            let (sim, [was, is]) = (Sim::new(scenario), term());
            provision_now(&sim, &was, How::default()).await;
            let ran = provision_now(&sim, &is, updating()).await;
            assert_eq!(ran.tally.of(Status::Updated), 50, "{}", ran.tally.in_words());
            assert!(ran.tally.all(Status::is_as_asked), "{}", ran.tally.in_words());
            // What was made a moment before a run began may have been made in it, by clocks that show seconds.
            sleep(Duration::from_mins(1)).await;
            let after = provision_now(&sim, &is, How::default()).await;
            assert_eq!(counts(&after), [(Status::Existing, 307)]);
            ["joinWebUrl", "meetingStart", "meetingEnd", "meetingId"].map(|name| after.column(name))
        })
    };
    assert_eq!(links(Scenario::calm()), links(Scenario { throttled: 0.1, ..Scenario::stormy() }));
}

#[test]
fn changes_are_paced_and_held_like_all_requests() {
    within(async {
        let (sim, [was, is]) = (Sim::new(Scenario::calm()), term());
        provision_now(&sim, &was, How::default()).await;
        let ran = provision_now(&sim, &is, How { rate: Rate::PerSecond(10.0), ..updating() }).await;
        assert_eq!(ran.witness.starts.borrow().len(), 357);
        let mut starts = ran.witness.starts.borrow().clone();
        starts.sort();
        let second = Duration::from_secs(1);
        assert!(starts.windows(11).all(|eleven| eleven[10] >= eleven[0] + second), "more than ten in a second");
        let busy = "busy,quota=20/1s".parse().expect("a scenario");
        let sim = Sim::new(busy);
        provision_now(&sim, &was, How { rate: Rate::Auto, ..How::default() }).await;
        let ran = provision_now(&sim, &is, How { rate: Rate::Auto, ..updating() }).await;
        assert!(ran.tally.all(Status::is_as_asked), "{}", ran.tally.in_words());
        let report = sim.report();
        assert!(report.by_status[&429] > 0 && report.in_hold == 0, "{report:?}");
    });
}

#[test]
fn a_run_that_is_stopped_while_it_changes_leaves_a_prefix_and_the_next_finishes() {
    within(async {
        let (sim, [was, is]) = (Sim::new(Scenario::calm()), term());
        provision_now(&sim, &was, How::default()).await;
        for tenths in [1, 7, 20] {
            let stop = Some((Duration::from_millis(100 * tenths), Reason::Interrupted(Signal::Interrupt)));
            let ran =
                provision_now(&sim, &is, How { rate: Rate::PerSecond(10.0), stop_after: stop, ..updating() }).await;
            let lines = ran.column("record");
            assert!(lines.iter().enumerate().all(|(place, record)| *record == (place + 1).to_string()));
            assert!(lines.len() < 40 && ran.reason.is_some(), "{}", lines.len());
        }
        provision_now(&sim, &is, updating()).await;
        let after = provision_now(&sim, &is, updating()).await;
        assert_eq!((counts(&after), methods(&after).len()), (vec![(Status::Existing, 307)], 1));
    });
}

#[test]
fn attendees_are_the_full_list_of_the_row_or_are_only_added() {
    let sheet =
        |people: &str| format!("{HEADER}A,{0},Talk,2027-02-03T08:00:00Z,2027-02-03T09:00:00Z,{people}\n", organizer(1));
    let invited = |people: &str, extra| {
        let how = updating_with(Provision { update: Some(extra), ..Provision::default() });
        (sheet(people), how)
    };
    within(async {
        let sim = Sim::new(Scenario::calm());
        provision_now(&sim, &sheet("ada@x.example;bo@x.example,"), How::default()).await;
        let (csv, how) = invited("bo@x.example;cy@x.example,", Extra::Kept);
        let ran = provision_now(&sim, &csv, how).await;
        let was = "attendees: was ada@x.example, bo@x.example, is now bo@x.example, cy@x.example, ada@x.example";
        assert_eq!(ran.column("drift"), [was]);
        let (csv, how) = invited("bo@x.example,", Extra::Kept);
        let ran = provision_now(&sim, &csv, how).await;
        assert_eq!((methods(&ran).len(), ran.column("status")), (1, vec!["existing".to_owned()]), "they all stay");
        let (csv, how) = invited("cy@x.example,bo@x.example", Extra::Removed);
        let ran = provision_now(&sim, &csv, how).await;
        let drift = ran.column("drift").remove(0);
        assert!(drift.contains("role of bo@x.example: was attendee, is now presenter"), "{drift}");
        assert!(drift.starts_with("attendees: was bo@x.example, cy@x.example, ada@x.example"), "{drift}");
        let (csv, how) = invited("cy@x.example,bo@x.example", Extra::Removed);
        let ran = provision_now(&sim, &csv, how).await;
        assert_eq!(ran.column("status"), ["existing"], "{:?}", ran.column("drift"));
        let (csv, how) = invited("bo@x.example,cy@x.example", Extra::Removed);
        let drift = provision_now(&sim, &csv, how).await.column("drift").remove(0);
        let both = [
            "role of bo@x.example: was presenter, is now attendee",
            "role of cy@x.example: was attendee, is now presenter",
        ];
        assert!(both.iter().all(|one| drift.contains(one)), "{drift}");
    });
}

/// Every setting that an update can change, with a value that is not what Graph has by default.
fn settings() -> Settings {
    let other = |setting: &Setting| match setting.kind() {
        convoke::meeting::Kind::Truth => {
            let by_default = ["allow", "isDial"].iter().any(|word| setting.name().starts_with(word));
            if by_default && *setting != Setting::IsDialInBypassEnabled { "false" } else { "true" }
        }
        convoke::meeting::Kind::Choice(all) if *setting == Setting::LobbyBypassScope => all[4],
        convoke::meeting::Kind::Choice(all) => all[1],
        convoke::meeting::Kind::Some(_) => "attendee,presenter",
        convoke::meeting::Kind::Text => "text",
    };
    let all = Setting::ALL.iter().filter(|setting| setting.is_updatable());
    all.map(|setting| (*setting, other(setting).to_owned())).collect()
}

fn rows(settings: &Settings, subject: &str) -> Rows {
    let csv = format!("{HEADER}A,{},{subject},2027-02-03T08:00:00Z,2027-02-03T09:00:00Z,,\n", organizer(1));
    let reading = Reading { settings: settings.clone(), ..Reading::default() };
    Rows::open(Source::of(csv), reading).expect("a header")
}

#[test]
fn every_setting_is_applied_when_the_meeting_is_made_and_compared_on_later_runs() {
    within(async {
        let (sim, all) = (Sim::new(Scenario::calm()), settings());
        assert_eq!(all.iter().count(), 20);
        let ran = provision_rows(&sim, rows(&all, "Talk"), How::default()).await;
        assert_eq!(methods(&ran), [("PATCH".to_owned(), 1), ("POST".to_owned(), 1)].into());
        assert_eq!((ran.column("status"), ran.column("settings")), (vec!["created".to_owned()], vec![all.to_string()]));
        let ran = provision_rows(&sim, rows(&all, "Talk"), updating()).await;
        assert_eq!((methods(&ran), ran.column("status")), ([("POST".to_owned(), 1)].into(), vec!["existing".into()]));
        // One after the other is asked for otherwise, and is the only one that is changed.
        for (setting, value) in all.iter() {
            let other = match setting.kind() {
                convoke::meeting::Kind::Truth if value == "true" => "false",
                convoke::meeting::Kind::Truth => "true",
                convoke::meeting::Kind::Choice(words) => words[0],
                _ => "attendee",
            };
            let mut asked = all.clone();
            asked.set(setting, other.to_owned());
            let ran = provision_rows(&sim, rows(&asked, "Talk"), How::default()).await;
            assert_eq!(ran.column("drift"), [format!("{}: Graph has {value}", setting.name())]);
            let ran = provision_rows(&sim, rows(&asked, "Talk"), updating()).await;
            assert_eq!(ran.column("drift"), [format!("{}: was {value}, is now {other}", setting.name())]);
            assert_eq!(ran.column("settings"), [asked.to_string()], "the others stay");
            let back = provision_rows(&sim, rows(&all, "Talk"), updating()).await;
            assert_eq!(back.column("status"), ["updated"]);
        }
    });
}

#[test]
fn a_meeting_whose_settings_failed_is_created_with_the_failure_told() {
    let refuses = |status: u16| How {
        tamper: Box::new(move |_, request| {
            let body = r#"{"error":{"code":"Forbidden","message":"not for you"}}"#;
            (request.method() == Method::PATCH).then(|| Ok(reply(status, &[], body)))
        }),
        ..How::default()
    };
    within(async {
        for (status, words) in [(403, "Graph said: not for you"), (500, "gave up after 8 attempts")] {
            let sim = Sim::new(Scenario::calm());
            let ran = provision_rows(&sim, rows(&settings(), "Talk"), refuses(status)).await;
            assert_eq!(ran.column("status"), ["created"]);
            let error = ran.column("error").remove(0);
            assert!(
                error.starts_with("the meeting is there, but could not be set as asked: ") && error.contains(words),
                "{error}"
            );
            assert!(!ran.column("joinWebUrl")[0].is_empty() && !ran.tally.all(Status::is_as_asked));
            // Nobody knows that it was never set but the line, so that without it nothing is changed.
            let ran = provision_rows(&sim, rows(&settings(), "Talk"), How::default()).await;
            assert_eq!((ran.column("status"), methods(&ran).len()), (vec!["differs".to_owned()], 1));
        }
    });
}

#[test]
fn what_graph_accepts_and_does_not_do_is_told() {
    let how = || How {
        tamper: Box::new(|_, request| {
            let body = r#"{"id":"m","joinWebUrl":"https://teams.example/x","recordAutomatically":false}"#;
            (request.method() == Method::PATCH).then(|| Ok(reply(200, &[], body)))
        }),
        ..updating()
    };
    let settings = Settings::from_iter([(Setting::RecordAutomatically, "true".to_owned())]);
    within(async {
        let sim = Sim::new(Scenario::calm());
        for status in ["created", "differs"] {
            let ran = provision_rows(&sim, rows(&settings, "Talk"), how()).await;
            assert_eq!(ran.column("status"), [status]);
            let error = ran.column("error").remove(0);
            assert!(error.contains("policy") && error.contains("recordAutomatically: Graph has false"), "{error}");
        }
    });
}

/// Runs one row with `--update` against a Graph that answers so.
async fn against(settings: &Settings, post: &'static str, patch: &'static str) -> Ran {
    let how = How {
        tamper: Box::new(move |_, request| {
            Some(Ok(reply(200, &[], if request.method() == Method::PATCH { patch } else { post })))
        }),
        ..updating()
    };
    Box::pin(provision_rows(&Sim::new(Scenario::calm()), rows(settings, "Talk"), how)).await
}

#[test]
fn what_only_the_answer_to_a_change_shows_is_told_and_what_it_leaves_out_is_not_held_against_it() {
    within(async {
        let old = r#"{"id":"m","joinWebUrl":"https://teams.example/x","subject":"Old"}"#;
        let later = r#"{"id":"m","joinWebUrl":"https://teams.example/x","subject":"Talk","startDateTime":"2027-02-03T09:00:00Z"}"#;
        let ran = against(&Settings::default(), old, later).await;
        assert_eq!(ran.column("status"), ["differs"]);
        let drift = "startDateTime: Graph has 2027-02-03T09:00:00Z; subject: was 'Old', is now 'Talk'";
        assert_eq!(ran.column("drift"), [drift]);
        // A setting of which Graph does not say what it is is set, and it need not say so afterwards either.
        let settings = Settings::from_iter([(Setting::RecordAutomatically, "true".to_owned())]);
        let silent = r#"{"id":"m","joinWebUrl":"https://teams.example/x","recordAutomatically":null}"#;
        let ran = against(&settings, silent, silent).await;
        assert_eq!((ran.column("status"), methods(&ran)["PATCH"]), (vec!["updated".to_owned()], 1));
        assert_eq!(ran.column("drift"), ["recordAutomatically: was nothing that Graph told, is now true"]);
        let off = r#"{"id":"m","joinWebUrl":"https://teams.example/x","recordAutomatically":false}"#;
        let ran = against(&settings, off, silent).await;
        assert_eq!((ran.column("status"), ran.column("error")), (vec!["updated".to_owned()], vec![String::new()]));
    });
}

#[test]
fn a_run_that_may_change_so_many_stops_before_the_next_and_goes_on_when_it_is_allowed() {
    within(async {
        let (sim, [was, is]) = (Sim::new(Scenario::calm()), term());
        provision_now(&sim, &was, How::default()).await;
        let few = Provision { update: Some(Extra::Removed), changes_left: Some(7).into(), ..Provision::default() };
        let ran = provision_now(&sim, &is, How { slots: 1, ..updating_with(few) }).await;
        assert_eq!(ran.reason, Some(Reason::TooManyChanges));
        let changed = methods(&ran)["PATCH"];
        assert!((1..=7).contains(&changed), "{changed}");
        assert_eq!(ran.column("status"), vec!["updated"; changed], "each has its line");
        let ran = provision_now(&sim, &is, updating()).await;
        assert_eq!(methods(&ran)["PATCH"], 50 - changed);
    });
}

#[test]
fn a_meeting_that_is_deleted_between_the_two_requests_is_told_and_not_made_twice() {
    let how = How {
        tamper: Box::new(|_, request| {
            let body = r#"{"error":{"code":"NotFound","message":"3004: Specified meeting is not found"}}"#;
            (request.method() == Method::PATCH).then(|| Ok::<_, Lost>(reply(404, &[], body)))
        }),
        choice: Choice { limit: Some(1), ..Choice::default() },
        ..updating()
    };
    within(async {
        let (sim, [was, is]) = (Sim::new(Scenario::calm()), term());
        provision_now(&sim, &was, How::default()).await;
        let ran = provision_now(&sim, &is, how).await;
        assert_eq!(ran.column("status")[0], "differs");
        assert!(ran.column("error")[0].contains("deleted the meeting a moment ago; run the same command again"));
    });
}
