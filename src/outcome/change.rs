//! What of a meeting is to be changed, so that it is as a row says, under Graph's rules (Graph, *update onlineMeeting*):
//! start and end go together, attendees are the whole list, and what is not named stays as it is.

use chrono::{DateTime, Utc};

use super::drift::{Difference, Member, OnlineMeeting, Participant};
use crate::meeting::{Meeting, Role, Settings, Who};

/// What becomes of attendees whom Graph has and a row does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extra {
    /// They are a difference, and a change takes them out.
    #[default]
    Removed,
    /// They stay, and are no difference.
    Kept,
}

/// What is changed; what is `None` or empty stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The title.
    pub subject: Option<String>,
    /// Start and end.
    pub times: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// All who are to join.
    pub attendees: Option<Vec<Participant>>,
    /// Settings.
    pub settings: Settings,
}

impl Change {
    /// What brings a meeting into line with a row, given in what it differs.
    pub fn of(row: &Meeting, graph: &OnlineMeeting, differences: &[Difference], extra: Extra) -> Self {
        let is_in = |wanted: fn(&Member) -> bool| differences.iter().any(|one| wanted(&one.member));
        let settings = differences.iter().filter_map(|one| match one.member {
            Member::Setting(setting) if setting.is_updatable() => {
                Some((setting, row.settings.get(setting)?.to_owned()))
            }
            _ => None,
        });
        Self {
            subject: row.subject.clone().filter(|_| is_in(|one| matches!(one, Member::Subject))),
            times: row.span.times().filter(|_| is_in(|one| matches!(one, Member::Start | Member::End))),
            attendees: is_in(|one| matches!(one, Member::Attendees | Member::Role(_)))
                .then(|| attendees(row, graph.attendees.as_deref().unwrap_or_default(), extra)),
            settings: settings.collect(),
        }
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The whole list: whom the row names, each by all names that are known, and those beside who stay.
fn attendees(row: &Meeting, graph: &[Participant], extra: Extra) -> Vec<Participant> {
    let names_roles = row.names_roles();
    let own = row.attendees.iter().map(|asked| {
        let has = graph.iter().find(|has| has.is(&asked.who));
        let (upn, id) = match &asked.who {
            Who::Upn(upn) => (Some(upn.clone()), has.and_then(|has| has.id.clone())),
            Who::Id(id) => (has.and_then(|has| has.upn.clone()), Some(id.clone())),
            Who::User { id, upn } => (Some(upn.clone()), Some(id.clone())),
        };
        let role = if names_roles {
            Some(asked.role).filter(|role| *role != Role::Attendee).map(|role| role.as_str().to_owned())
        } else {
            has.and_then(Participant::known_role).map(str::to_owned)
        };
        Participant { upn, id, role }
    });
    let others = graph.iter().filter(|has| extra == Extra::Kept && !row.attendees.iter().any(|one| has.is(&one.who)));
    own.chain(others.cloned().map(Participant::without_hidden_role)).collect()
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
