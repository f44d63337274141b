//! What differs between a row and its line, field by field.

use super::*;
use crate::meeting::{Attendee, Organizer, Role, Setting, Span, Who};
use crate::outcome::{Answer, Failure, Outcome, found};

fn row(subject: &str, start: &str, people: &[&str]) -> Meeting {
    let attendee = |name: &&str| Attendee { who: Who::Upn((*name).to_owned()), role: Role::Attendee };
    Meeting {
        subject: (!subject.is_empty()).then(|| subject.to_owned()),
        span: if start.is_empty() { Span::Instant } else { Span::From(start.parse().expect("a time")) },
        attendees: people.iter().map(attendee).collect(),
        ..Meeting::blank(Organizer::Me, "A")
    }
}

fn with(mut row: Meeting, setting: Setting, value: &str) -> Meeting {
    row.settings.set(setting, value.to_owned());
    row
}

/// A line whose row asked for this and got it.
fn line(asked: Meeting) -> Was {
    let mut answer = Answer::default();
    answer.meeting.join_web_url = "https://x".into();
    answer.meeting.start = Some(asked.span.start().map_or("2027-01-01T00:00:00Z".into(), graph_time));
    answer.meeting.settings = asked.settings.clone();
    Was { record: 1, asked, outcome: Outcome::Created(answer) }
}

fn told(row: &Meeting, was: &Was) -> Vec<String> {
    let told = |field: Field| format!("{}: {} → {}", field.member, field.from.as_deref().unwrap_or("?"), field.to);
    with_line(row, was, Extra::Removed).into_iter().map(told).collect()
}

const START: &str = "2027-02-03T08:00:00Z";

#[test]
fn a_row_is_held_against_what_was_asked_and_answered() {
    let own = row("S", START, &["ada@a", "bo@a"]);
    for (now, was, wanted) in [
        (own.clone(), own.clone(), &[][..]),
        (row("", "", &[]), own.clone(), &[]),
        (row("S", START, &["BO@a", "Ada@a"]), own.clone(), &[]),
        (row("T", START, &["ada@a", "bo@a"]), own.clone(), &["subject: S → T"]),
        (
            row("S", "2027-02-03T09:30:00Z", &["ada@a"]),
            own.clone(),
            &["startDateTime: 2027-02-03T08:00:00Z → 2027-02-03T09:30:00Z", "attendees: ada@a, bo@a → ada@a"],
        ),
        (
            own.clone(),
            row("", "", &[]),
            &[
                "startDateTime: 2027-01-01T00:00:00Z → 2027-02-03T08:00:00Z",
                "subject: ? → S",
                "attendees: ? → ada@a, bo@a",
            ],
        ),
        (
            with(own.clone(), Setting::AllowRecording, "true"),
            with(own.clone(), Setting::AllowRecording, "false"),
            &["allowRecording: false → true"],
        ),
        (with(own.clone(), Setting::AllowRecording, "true"), own.clone(), &["allowRecording: ? → true"]),
        (own.clone(), with(own.clone(), Setting::AllowRecording, "true"), &[]),
    ] {
        assert_eq!(told(&now, &line(was)), wanted);
    }
}

#[test]
fn what_an_earlier_run_could_not_change_is_to_be_changed_still() {
    let own = with(row("S", START, &[]), Setting::AllowRecording, "true");
    let mut was = line(own.clone());
    let Outcome::Created(answer) = &mut was.outcome else { panic!("it is created") };
    answer.unchanged = Some(Box::new(Failure::of("no")));
    assert_eq!(told(&own, &was), [""; 0], "it is so all the same");
    let Outcome::Created(answer) = &mut was.outcome else { panic!("it is created") };
    answer.meeting.settings = [(Setting::AllowRecording, "false".to_owned())].into_iter().collect();
    assert_eq!(told(&own, &was), ["allowRecording: false → true"]);
    let Outcome::Created(answer) = &mut was.outcome else { panic!("it is created") };
    answer.meeting.settings = crate::meeting::Settings::default();
    assert_eq!(told(&own, &was), ["allowRecording: ? → true"]);
}

#[test]
fn a_meeting_that_differed_is_unchanged_when_the_row_asks_for_what_it_has() {
    let (old, new) = (row("Old", START, &[]), row("New", START, &[]));
    let mut was = line(new.clone());
    let Outcome::Created(answer) = was.outcome.clone() else { panic!("it is created") };
    let has = OnlineMeeting { subject: Some("Old".into()), ..OnlineMeeting::default() };
    was.outcome = Outcome::Differs(answer, found(&differences(&new, &has, Extra::Removed)));
    assert_eq!(told(&new, &was), ["subject: Old → New"]);
    assert_eq!(told(&old, &was), [""; 0]);
    assert_eq!(told(&row("", "", &[]), &was), [""; 0]);
}

#[test]
fn people_are_others_unless_one_was_named_by_address_and_the_other_is_by_object_id() {
    let [one, two] = ["6b1e0000-0000-4000-8000-0000000000ab", "6b1e0000-0000-4000-8000-0000000000cd"];
    let named = |people: &[&str]| {
        let mut meeting = row("S", START, people);
        for one in &mut meeting.attendees {
            let name = one.who.as_str().to_owned();
            one.who = if name.contains('@') { Who::Upn(name) } else { Who::Id(name) };
        }
        meeting
    };
    for (was, now, removed, kept) in [
        (&["ada@a"][..], &["bo@a"][..], true, true),
        (&[one], &[two], true, true),
        (&["ada@a"], &[one], false, false),
        (&[one], &["ada@a"], false, false),
        (&["ada@a", one], &["bo@a", two], false, false),
        (&["ada@a", "bo@a"], &["cy@a", one], true, true),
        (&["ada@a", "bo@a"], &["ada@a", one], false, false),
        (&["ada@a", "bo@a"], &[one, two], false, false),
        (&["ada@a", "bo@a"], &["Ada@a"], true, false),
        (&["ada@a"], &["ada@a", "bo@a"], true, true),
        (&["ada@a"], &["ada@a", one], true, true),
    ] {
        for (extra, is_other) in [(Extra::Removed, removed), (Extra::Kept, kept)] {
            let fields = with_line(&named(now), &line(named(was)), extra);
            let wanted = Field { member: Member::Attendees, from: Some(was.join(", ")), to: now.join(", ") };
            assert_eq!(fields, is_other.then_some(wanted).into_iter().collect::<Vec<_>>(), "{was:?} {now:?} {extra:?}");
        }
    }
}

#[test]
fn a_setting_of_nobody_is_an_empty_text_for_programs() {
    let setting = Setting::AnonymizeIdentityForRoles;
    let [some, none] = ["attendee", ""].map(|value| with(row("S", START, &[]), setting, value));
    assert_eq!(told(&none, &line(none.clone())), [""; 0]);
    assert_eq!(told(&none, &line(some.clone())), ["anonymizeIdentityForRoles: attendee → "]);
    assert_eq!(told(&some, &line(none.clone())), ["anonymizeIdentityForRoles:  → attendee"]);
    let mut was = line(none.clone());
    let Outcome::Created(mut answer) = was.outcome.clone() else { panic!("it is created") };
    let has = answer.meeting.clone();
    answer.meeting.settings = crate::meeting::Settings::default();
    was.outcome = Outcome::Differs(answer, found(&differences(&some, &has, Extra::Removed)));
    assert_eq!(told(&none, &was), [""; 0]);
}
