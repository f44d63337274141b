//! What is sent so that a meeting is as its row says.

use super::*;
use crate::meeting::{Attendee, Meeting, Organizer, Setting, Span};
use crate::outcome::differences;

fn upn(name: &str, role: Role) -> Attendee {
    Attendee { who: Who::Upn(name.into()), role }
}

fn graph(people: &[(&str, &str, Option<&str>)]) -> OnlineMeeting {
    let one = |(upn, id, role): &(&str, &str, Option<&str>)| Participant {
        upn: Some((*upn).to_owned()),
        id: Some((*id).to_owned()),
        role: role.map(str::to_owned),
    };
    OnlineMeeting { attendees: Some(people.iter().map(one).collect()), ..OnlineMeeting::default() }
}

fn change(row: &Meeting, graph: &OnlineMeeting, extra: Extra) -> Change {
    Change::of(row, graph, &differences(row, graph, extra), extra)
}

/// Who is sent, as `upn/id/role`.
fn people(row: &[Attendee], graph: &OnlineMeeting, extra: Extra) -> Option<Vec<String>> {
    let row = Meeting { attendees: row.to_vec(), ..Meeting::blank(Organizer::Me, "A") };
    let told = |one: Participant| [one.upn, one.id, one.role].map(|text| text.unwrap_or_else(|| "-".into())).join("/");
    Some(change(&row, graph, extra).attendees?.into_iter().map(told).collect())
}

#[test]
fn start_and_end_go_together_whichever_of_them_differs() {
    let time = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
    let (start, end) = (time("2027-02-03T08:00:00Z"), time("2027-02-03T09:30:00Z"));
    let row = Meeting { span: Span::Between(start, end), ..Meeting::blank(Organizer::Me, "A") };
    for (has_start, has_end) in
        [("2027-02-03T07:00:00Z", "2027-02-03T09:30:00Z"), ("2027-02-03T08:00:00Z", "2027-02-03T10:00:00Z")]
    {
        let graph =
            OnlineMeeting { start: Some(has_start.into()), end: Some(has_end.into()), ..OnlineMeeting::default() };
        let sent = change(&row, &graph, Extra::Removed);
        assert_eq!(sent, Change { times: Some((start, end)), ..Change::default() });
    }
    let alone = Meeting { span: Span::From(start), ..row };
    let graph = OnlineMeeting { start: Some("2027-02-03T07:00:00Z".into()), ..OnlineMeeting::default() };
    let hour = Some((start, time("2027-02-03T09:00:00Z")));
    assert_eq!(change(&alone, &graph, Extra::Removed).times, hour, "a start alone lasts one hour");
}

#[test]
fn attendees_are_the_whole_list_of_the_row_each_with_all_names_that_are_known() {
    let has = graph(&[("ada@x.example", "1", Some("presenter")), ("eve@x.example", "9", None)]);
    let row = [upn("ADA@x.example", Role::Attendee), upn("bo@x.example", Role::Attendee)];
    let sent = |extra| people(&row, &has, extra).expect("a list");
    // The row says nothing of roles, so that the one that somebody gave Ada stays.
    assert_eq!(sent(Extra::Removed), ["ADA@x.example/1/presenter", "bo@x.example/-/-"]);
    assert_eq!(sent(Extra::Kept), ["ADA@x.example/1/presenter", "bo@x.example/-/-", "eve@x.example/9/-"]);
}

#[test]
fn who_is_there_beside_is_a_difference_unless_they_are_to_be_kept() {
    let has = graph(&[("ada@x.example", "1", None), ("eve@x.example", "9", None)]);
    let row = [upn("ada@x.example", Role::Attendee)];
    assert_eq!(people(&row, &has, Extra::Kept), None);
    assert_eq!(people(&row, &has, Extra::Removed).expect("a list"), ["ada@x.example/1/-"]);
    assert_eq!(people(&[], &has, Extra::Removed), None, "a row that names nobody asks for nobody");
}

#[test]
fn a_row_that_names_roles_is_sent_with_its_own() {
    let has = graph(&[("ada@x.example", "1", Some("presenter")), ("bo@x.example", "2", Some("attendee"))]);
    let row = [upn("ada@x.example", Role::Attendee), upn("bo@x.example", Role::Presenter)];
    let sent = people(&row, &has, Extra::Removed).expect("a list");
    assert_eq!(sent, ["ada@x.example/1/-", "bo@x.example/2/presenter"]);
    let hidden = graph(&[("ada@x.example", "1", Some("unknownFutureValue")), ("eve@x.example", "9", None)]);
    let sent = people(&[upn("ada@x.example", Role::Attendee)], &hidden, Extra::Removed).expect("a list");
    assert_eq!(sent, ["ada@x.example/1/-"], "what is hidden is nothing that can be sent");
}

#[test]
fn only_the_settings_that_differ_and_can_be_changed_are_sent() {
    let settings = |all: &[(Setting, &str)]| -> Settings {
        all.iter().map(|(setting, value)| (*setting, (*value).to_owned())).collect()
    };
    let asked = settings(&[
        (Setting::LobbyBypassScope, "everyone"),
        (Setting::RecordAutomatically, "true"),
        (Setting::AllowedPresenters, "organizer"),
        (Setting::RequirePasscode, "true"),
    ]);
    let has = settings(&[
        (Setting::LobbyBypassScope, "organization"),
        (Setting::RecordAutomatically, "true"),
        (Setting::RequirePasscode, "false"),
    ]);
    let row = Meeting { settings: asked, ..Meeting::blank(Organizer::Me, "A") };
    let graph = OnlineMeeting { settings: has, ..OnlineMeeting::default() };
    let sent = change(&row, &graph, Extra::Removed);
    assert_eq!(sent.settings, settings(&[(Setting::LobbyBypassScope, "everyone")]));
    assert!(!sent.is_empty() && change(&row, &OnlineMeeting::default(), Extra::Removed).is_empty());
}
