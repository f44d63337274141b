//! What differs and what does not.

use super::*;

fn drift(row: &Meeting, graph: &OnlineMeeting) -> Option<String> {
    Some(found(&differences(row, graph, Extra::Removed))).filter(|text| !text.is_empty())
}
use crate::meeting::{Attendee, ExternalId, Organizer, Role, Span, Who};

fn attendee(who: Who) -> Attendee {
    Attendee { who, role: Role::Attendee }
}

fn row() -> Meeting {
    Meeting {
        external_id: ExternalId::new("A").expect("an id"),
        organizer: Organizer::Me,
        subject: Some("Algebra".into()),
        span: Span::Between(
            "2027-02-03T08:00:00Z".parse().expect("a time"),
            "2027-02-03T09:30:00Z".parse().expect("a time"),
        ),
        attendees: vec![attendee(Who::Upn("Ada@contoso.example".into())), attendee(Who::Id("9C44".into()))],
        chat_thread_id: None,
        settings: Settings::default(),
    }
}

fn same() -> OnlineMeeting {
    let ada = Participant { upn: Some("ada@contoso.example".into()), id: Some("1".into()), role: None };
    let bob = Participant { upn: Some("bob@contoso.example".into()), id: Some("9c44".into()), role: None };
    OnlineMeeting {
        subject: Some("Algebra".into()),
        start: Some("2027-02-03T08:00:00Z".into()),
        end: Some("2027-02-03T09:30:00Z".into()),
        attendees: Some(vec![bob, ada]),
        ..OnlineMeeting::default()
    }
}

#[test]
fn the_same_meeting_does_not_differ() {
    assert_eq!(drift(&row(), &same()), None);
}

#[test]
fn what_graph_leaves_out_and_what_the_row_leaves_empty_do_not_differ() {
    assert_eq!(drift(&row(), &OnlineMeeting::default()), None);
    let empty = Meeting { subject: None, span: Span::Instant, attendees: vec![], ..row() };
    assert_eq!(drift(&empty, &same()), None);
}

#[test]
fn every_difference_is_named_with_what_graph_has() {
    let graph = OnlineMeeting {
        subject: Some("Geometry".into()),
        start: Some("2027-02-04T08:00:00Z".into()),
        end: Some("2027-02-04T09:30:00Z".into()),
        attendees: Some(vec![]),
        ..OnlineMeeting::default()
    };
    assert_eq!(
        drift(&row(), &graph).expect("a difference"),
        "subject: Graph has 'Geometry'; startDateTime: Graph has 2027-02-04T08:00:00Z; \
         endDateTime: Graph has 2027-02-04T09:30:00Z; attendees: Graph has nobody"
    );
}

#[test]
fn somebody_whom_graph_names_in_another_way_is_not_known_to_differ() {
    let mut other = same();
    other.attendees.as_mut().expect("a list")[1].upn = None;
    assert_eq!(drift(&row(), &other), None);
    other.attendees.as_mut().expect("a list").pop();
    assert!(drift(&row(), &other).is_some());
}

#[test]
fn somebody_in_place_of_another_differs_unless_each_is_named_in_another_way() {
    let [upn, id] = [|name: &str| Who::Upn(name.into()), |name: &str| Who::Id(name.into())];
    let both = |upn: &str, id: &str| Who::User { id: id.into(), upn: upn.into() };
    let has = |upn: Option<&str>, id: Option<&str>| Participant {
        upn: upn.map(str::to_owned),
        id: id.map(str::to_owned),
        role: None,
    };
    for (asked, graph, differs) in [
        (upn("a@x.example"), has(Some("b@x.example"), None), true),
        (upn("a@x.example"), has(Some("b@x.example"), Some("2")), true),
        (upn("a@x.example"), has(None, Some("2")), false),
        (id("1"), has(None, Some("2")), true),
        (id("1"), has(Some("b@x.example"), None), false),
        (id("1"), has(None, None), false),
        (both("a@x.example", "1"), has(Some("b@x.example"), None), true),
        (both("a@x.example", "1"), has(None, Some("2")), true),
        (both("a@x.example", "1"), has(None, Some("1")), false),
        (both("a@x.example", "1"), has(None, None), false),
    ] {
        let shown = format!("{asked:?} {graph:?}");
        let row = Meeting { attendees: vec![Attendee { who: asked, role: Role::Attendee }], ..row() };
        let graph = OnlineMeeting { attendees: Some(vec![graph]), ..same() };
        assert_eq!(drift(&row, &graph).is_some(), differs, "{shown}");
    }
}

#[test]
fn one_attendee_more_on_either_side_differs() {
    let mut more = same();
    more.attendees.as_mut().expect("a list").push(Participant {
        upn: Some("eve@x.example".into()),
        id: None,
        role: None,
    });
    assert!(drift(&row(), &more).expect("a difference").contains("eve@x.example"));
    let mut fewer = same();
    fewer.attendees.as_mut().expect("a list").pop();
    assert!(drift(&row(), &fewer).is_some());
}

#[test]
fn a_role_differs_when_the_row_names_one_and_graph_shows_another() {
    for (asked, has, differs) in [
        (Role::Presenter, Some("attendee"), true),
        (Role::Presenter, Some("presenter"), false),
        (Role::Presenter, Some("coorganizer"), true),
        (Role::Coorganizer, Some("Coorganizer"), false),
        (Role::Coorganizer, Some("unknownFutureValue"), false),
        (Role::Presenter, Some("unknownFutureValue"), false),
        (Role::Coorganizer, None, false),
        (Role::Attendee, Some("presenter"), false),
    ] {
        let (mut row, mut graph) = (row(), same());
        row.attendees[0].role = asked;
        graph.attendees.as_mut().expect("a list")[1].role = has.map(str::to_owned);
        let said = drift(&row, &graph);
        let wanted = differs.then(|| format!("role of Ada@contoso.example: Graph has {}", has.unwrap_or_default()));
        assert_eq!(said, wanted, "{asked:?} {has:?}");
    }
}
