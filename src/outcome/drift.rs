//! A meeting as Graph has it, against what a row asks for.

use chrono::{DateTime, Utc};

use crate::meeting::{Attendee, Meeting, Role, Who, graph_time};

/// What Graph shows in place of a role that came later.
const HIDDEN_ROLE: &str = "unknownFutureValue";

/// A meeting as Graph describes it (Graph, *onlineMeeting resource type*). Members that Graph left out or null are
/// `None`; nothing is derived from the link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnlineMeeting {
    /// `joinWebUrl`, byte for byte: rewritten links can be blocked.
    pub join_web_url: String,
    /// `id`, opaque.
    pub id: Option<String>,
    /// `subject`.
    pub subject: Option<String>,
    /// `creationDateTime`, which is Graph's own.
    pub creation: Option<DateTime<Utc>>,
    /// `startDateTime` in UTC.
    pub start: Option<String>,
    /// `endDateTime` in UTC.
    pub end: Option<String>,
    /// `joinMeetingIdSettings.joinMeetingId`.
    pub join_meeting_id: Option<String>,
    /// `joinMeetingIdSettings.passcode`.
    pub passcode: Option<String>,
    /// `audioConferencing.tollNumber`.
    pub toll_number: Option<String>,
    /// `audioConferencing.tollFreeNumber`.
    pub toll_free_number: Option<String>,
    /// `audioConferencing.conferenceId`.
    pub conference_id: Option<String>,
    /// `audioConferencing.dialinUrl`.
    pub dialin_url: Option<String>,
    /// `participants.organizer.identity.user.id`.
    pub organizer_id: Option<String>,
    /// `participants.organizer.upn`.
    pub organizer_upn: Option<String>,
    /// `participants.organizer.identity.user.tenantId`.
    pub tenant_id: Option<String>,
    /// `chatInfo.threadId`.
    pub thread_id: Option<String>,
    /// `chatInfo.messageId`.
    pub message_id: Option<String>,
    /// `joinInformation.content`, decoded: the invitation in Graph's own words, as HTML.
    pub join_information: Option<String>,
    /// `participants.attendees`; `None` when Graph did not say.
    pub attendees: Option<Vec<Participant>>,
}

/// An attendee as Graph names one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Participant {
    /// `upn`.
    pub upn: Option<String>,
    /// `identity.user.id`.
    pub id: Option<String>,
    /// `role`, as Graph spells it.
    pub role: Option<String>,
}

impl Participant {
    /// Whether this is whom the row means.
    fn is(&self, who: &Who) -> bool {
        [&self.upn, &self.id].into_iter().flatten().any(|own| who.is(own))
    }

    fn name(&self) -> &str {
        self.upn.as_deref().or(self.id.as_deref()).unwrap_or("(unnamed)")
    }
}

/// Names each member in which the meeting at Graph is not what the row says, with what Graph has; `None` when there
/// is no difference.
///
/// createOrGet ignores the body when the meeting exists (microsoft-graph-docs-contrib#465), so a rescheduled row
/// would otherwise pass for done. What the row leaves empty it does not ask for, and what Graph leaves out is not
/// known to differ.
pub(super) fn drift(row: &Meeting, graph: &OnlineMeeting) -> Option<String> {
    let mut found = Vec::new();
    if let (Some(asked), Some(has)) = (&row.subject, &graph.subject)
        && asked.trim() != has.trim()
    {
        found.push(format!("subject: Graph has '{has}'"));
    }
    for (member, asked, has) in
        [("startDateTime", row.span.start(), &graph.start), ("endDateTime", row.span.end(), &graph.end)]
    {
        if let (Some(asked), Some(has)) = (asked, has)
            && graph_time(asked) != *has
        {
            found.push(format!("{member}: Graph has {has}"));
        }
    }
    if let Some(has) = &graph.attendees
        && !row.attendees.is_empty()
        && !same_people(row, has)
    {
        let names: Vec<&str> = has.iter().map(Participant::name).collect();
        let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
        found.push(format!("attendees: Graph has {names}"));
    }
    for asked in &row.attendees {
        if let Some(has) = other_role(asked, graph.attendees.as_deref().unwrap_or_default()) {
            found.push(format!("role of {}: Graph has {has}", asked.who.as_str()));
        }
    }
    (!found.is_empty()).then(|| found.join("; "))
}

fn same_people(row: &Meeting, graph: &[Participant]) -> bool {
    let unmet = row.attendees.iter().filter(|asked| !graph.iter().any(|has| has.is(&asked.who))).count();
    let mut extra = graph.iter().filter(|has| !row.attendees.iter().any(|asked| has.is(&asked.who))).peekable();
    // Whom Graph names by object id alone may be whom the row names by address: that is not known to differ.
    unmet == extra.clone().count() && (extra.peek().is_none() || extra.all(|has| has.upn.is_none() || has.id.is_none()))
}

/// The role that Graph has for somebody, when it is known not to be the one that the row asks for. A row that names
/// none asks for none, and `unknownFutureValue` is how Graph hides those that came later (Graph, *evolvable
/// enumerations*).
fn other_role<'a>(asked: &Attendee, graph: &'a [Participant]) -> Option<&'a str> {
    if asked.role == Role::Attendee {
        return None;
    }
    let named = || graph.iter().filter(|has| has.is(&asked.who));
    let roles = || named().map(|has| has.role.as_deref().unwrap_or(HIDDEN_ROLE));
    let differs = |role: &str| role != HIDDEN_ROLE && !role.eq_ignore_ascii_case(asked.role.as_str());
    roles().next().filter(|_| roles().all(differs))
}

#[cfg(test)]
#[path = "drift_tests.rs"]
mod tests;
