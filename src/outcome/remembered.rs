//! A meeting as an earlier line tells of it: what Graph answered, and what the row asked for where the line says of nothing
//! else. Nobody is asked, so that it is what was, and need not be what is.

use super::drift::{Member, OnlineMeeting, Participant};
use super::{Outcome, Status};
use crate::meeting::{Meeting, Setting, Who, graph_time};

/// What stands between a member and what Graph has, in the `drift` column.
const HAS: &str = ": Graph has ";
const ROLE: &str = "role of ";
/// What stands for nothing where there could be names.
const NOBODY: &str = "nobody";

/// The meeting of a line whose row asked for this; `None` when it has none.
pub fn remembered(asked: &Meeting, outcome: &Outcome) -> Option<OnlineMeeting> {
    let answer = outcome.answer()?;
    // What was changed is as asked, whatever it was.
    let drift = if outcome.status() == Status::Updated { "" } else { outcome.drift() };
    let mut meeting = answer.meeting.clone();
    meeting.subject = meeting.subject.or_else(|| asked.subject.clone());
    let (mut start, mut end) = (meeting.start.take(), meeting.end.take());
    // Graph has everybody as an attendee of whom nothing else is said.
    let own = asked.attendees.iter().map(|one| {
        let (upn, id) = match &one.who {
            Who::Upn(upn) => (Some(upn.clone()), None),
            Who::Id(id) => (None, Some(id.clone())),
            Who::User { id, upn } => (Some(upn.clone()), Some(id.clone())),
        };
        Participant { upn, id, role: Some(one.role.as_str().to_owned()) }
    });
    meeting.attendees = meeting.attendees.or_else(|| (!asked.attendees.is_empty()).then(|| own.collect()));
    for (member, has) in told(drift) {
        match member {
            Member::Subject => meeting.subject = Some(unquoted(has).to_owned()),
            // A column of its own knows better than a text, in which a subject may say anything.
            Member::Start => _ = start.get_or_insert_with(|| has.to_owned()),
            Member::End => _ = end.get_or_insert_with(|| has.to_owned()),
            Member::Attendees => {
                meeting.attendees = Some(people(has, meeting.attendees.as_deref().unwrap_or_default()));
            }
            Member::Role(who) => {
                let all = meeting.attendees.iter_mut().flatten();
                all.filter(|one| one.is(&Who::Upn(who.clone()))).for_each(|one| one.role = Some(has.to_owned()));
            }
            Member::Setting(setting) if answer.meeting.settings.get(setting).is_some() => {}
            Member::Setting(setting) => meeting.settings.set(setting, if has == NOBODY { "" } else { has }.to_owned()),
        }
    }
    meeting.start = start.or_else(|| asked.span.start().map(graph_time));
    meeting.end = end.or_else(|| asked.span.end().map(graph_time));
    Some(meeting)
}

/// What Graph has of each member, by the text of the `drift` column.
fn told(drift: &str) -> Vec<(Member, &str)> {
    let mut found: Vec<(Member, &str)> = Vec::new();
    let mut rest = drift;
    // Parts that begin with no member belong to the one before: a subject may hold anything, up to its quotation mark.
    while !rest.is_empty() {
        let is_subject = matches!(part(rest), Some((Member::Subject, _)));
        let is_end = |at: &usize| part(&rest[at + 2..]).is_some() && (!is_subject || rest[..*at].ends_with('\''));
        let end = rest.match_indices("; ").map(|(at, _)| at).find(is_end);
        let (own, others) = end.map_or((rest, ""), |at| (&rest[..at], &rest[at + 2..]));
        found.extend(part(own));
        rest = others;
    }
    found
}

/// The member that a text begins with, and the rest.
fn part(text: &str) -> Option<(Member, &str)> {
    let (name, has) = text.split_once(HAS)?;
    let member = match name {
        "subject" => Member::Subject,
        "startDateTime" => Member::Start,
        "endDateTime" => Member::End,
        "attendees" => Member::Attendees,
        name => match name.strip_prefix(ROLE) {
            Some(who) => Member::Role(who.to_owned()),
            None => Member::Setting(Setting::ALL.into_iter().find(|setting| setting.name() == name)?),
        },
    };
    Some((member, has))
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text)
}

/// Those who are named, with what is known of them.
fn people(names: &str, known: &[Participant]) -> Vec<Participant> {
    let all = names.split(", ").filter(|name| *name != NOBODY);
    all.map(|name| {
        let own = known.iter().find(|one| one.is(&Who::Upn(name.to_owned()))).cloned();
        own.unwrap_or_else(|| {
            let (upn, id) =
                if name.contains('@') { (Some(name.to_owned()), None) } else { (None, Some(name.to_owned())) };
            Participant { upn, id, role: None }
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Answer, Difference, Extra, differences, found};
    use super::*;
    use crate::meeting::{Attendee, Organizer, Role, Span};

    fn asked() -> Meeting {
        let time = |text: &str| text.parse().expect("a time");
        let attendee = |name: &str, role| Attendee { who: Who::Upn(name.into()), role };
        Meeting {
            subject: Some("New; title".into()),
            span: Span::Between(time("2027-02-03T08:00:00Z"), time("2027-02-03T09:00:00Z")),
            attendees: vec![attendee("ada@a.example", Role::Attendee), attendee("bo@a.example", Role::Presenter)],
            settings: [(Setting::AllowRecording, "true".to_owned())].into_iter().collect(),
            ..Meeting::blank(Organizer::Me, "A")
        }
    }

    #[test]
    fn what_differs_from_what_is_remembered_is_what_differed_from_what_graph_had() {
        let whole = asked();
        let named = |name: &str, role: &str| Participant { upn: Some(name.into()), id: None, role: Some(role.into()) };
        let people = |one: &str| Some(vec![named("ada@a.example", "attendee"), named("bo@a.example", one)]);
        let had = OnlineMeeting {
            subject: whole.subject.clone(),
            start: Some("2027-02-03T08:00:00Z".into()),
            end: Some("2027-02-03T09:00:00Z".into()),
            attendees: people("presenter"),
            settings: whole.settings.clone(),
            ..OnlineMeeting::default()
        };
        let other = [(Setting::AllowRecording, "false".to_owned())].into_iter().collect();
        for had in [
            had.clone(),
            OnlineMeeting { subject: Some("Old; attendees; it's".into()), ..had.clone() },
            OnlineMeeting { subject: Some(String::new()), end: Some("2027-02-03T10:00:00Z".into()), ..had.clone() },
            OnlineMeeting { attendees: people("attendee"), settings: other, ..had.clone() },
            OnlineMeeting { attendees: Some(vec![named("cy@a.example", "attendee")]), ..had.clone() },
            OnlineMeeting { attendees: Some(vec![]), ..had.clone() },
        ] {
            let differed = differences(&whole, &had, Extra::Removed);
            // A line does not have these.
            let line = OnlineMeeting { subject: None, attendees: None, ..had };
            let answer = Answer { meeting: line, ..Answer::default() };
            let outcome = if differed.is_empty() {
                Outcome::Existing(answer)
            } else {
                Outcome::Differs(answer, found(&differed))
            };
            let meeting = remembered(&whole, &outcome).expect("a meeting");
            assert_eq!(differences(&whole, &meeting, Extra::Removed), differed);
        }
    }

    #[test]
    fn a_column_of_its_own_knows_better_than_what_a_subject_seems_to_say() {
        let whole = asked();
        let had = "Old'; startDateTime: Graph has 2001-01-01T00:00:00Z; endDateTime: Graph has 2001-01-01T01:00:00Z; \
                   allowRecording: Graph has maybe";
        let difference = Difference { member: Member::Subject, has: format!("'{had}'"), asked: String::new() };
        let mut answer = Answer::default();
        answer.meeting.start = Some("2027-02-03T08:00:00Z".into());
        answer.meeting.end = Some("2027-02-03T09:00:00Z".into());
        answer.meeting.settings.set(Setting::AllowRecording, "true".into());
        let outcome = Outcome::Differs(answer.clone(), found(&[difference]));
        let meeting = remembered(&whole, &outcome).expect("a meeting");
        assert_eq!((meeting.start, meeting.end), (answer.meeting.start, answer.meeting.end));
        assert_eq!(meeting.settings, answer.meeting.settings);
    }

    #[test]
    fn a_setting_of_nothing_is_told_as_nobody_and_is_nothing_again() {
        let setting = Setting::AnonymizeIdentityForRoles;
        let (mut whole, mut had) = (asked(), OnlineMeeting::default());
        whole.settings.set(setting, "attendee".into());
        had.settings.set(setting, String::new());
        let outcome = Outcome::Differs(Answer::default(), found(&differences(&whole, &had, Extra::Removed)));
        let meeting = remembered(&whole, &outcome).expect("a meeting");
        assert_eq!(meeting.settings.get(setting), Some(""));
        whole.settings.set(setting, String::new());
        let of_setting = |one: &Difference| one.member == Member::Setting(setting);
        assert!(!differences(&whole, &meeting, Extra::Removed).iter().any(of_setting));
    }

    #[test]
    fn what_was_changed_is_as_it_was_asked() {
        let whole = asked();
        let answer = Answer::default();
        let difference = Difference { member: Member::Subject, has: "'Old'".into(), asked: "'New'".into() };
        let drift = super::super::mended(&[difference]);
        let meeting = remembered(&whole, &Outcome::Updated(answer, drift)).expect("a meeting");
        assert_eq!(meeting.subject, whole.subject);
    }
}
