//! A meeting as Graph has it, against what a row asks for.

use chrono::{DateTime, Utc};

use crate::meeting::{Meeting, graph_time};

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
    /// `participants.organizer.identity.user.tenantId`.
    pub tenant_id: Option<String>,
    /// `chatInfo.threadId`.
    pub thread_id: Option<String>,
    /// `chatInfo.messageId`.
    pub message_id: Option<String>,
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
}

impl Participant {
    /// Whether this is the one that the row calls `name` (a user principal name or an object id; neither is
    /// sensitive to case in Entra).
    fn is(&self, name: &str) -> bool {
        [&self.upn, &self.id].into_iter().flatten().any(|own| own.eq_ignore_ascii_case(name))
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
    (!found.is_empty()).then(|| found.join("; "))
}

fn same_people(row: &Meeting, graph: &[Participant]) -> bool {
    let unmet = row.attendees.iter().filter(|asked| !graph.iter().any(|has| has.is(asked.as_str()))).count();
    let mut extra = graph.iter().filter(|has| !row.attendees.iter().any(|asked| has.is(asked.as_str()))).peekable();
    // Whom Graph names by object id alone may be whom the row names by address: that is not known to differ.
    unmet == extra.clone().count() && (extra.peek().is_none() || extra.all(|has| has.upn.is_none() || has.id.is_none()))
}

#[cfg(test)]
#[path = "drift_tests.rs"]
mod tests;
