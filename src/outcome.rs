//! How a row ended: the words of the `status` column and what stands behind each.
//!
//! A row's failure is data and lives here; nothing here ends a run.

use crate::input::{Flaw, Row};
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

/// What went wrong with an attempt or a row, in words for a person and in Graph's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The HTTP status; `None` when no answer came.
    pub http_status: Option<u16>,
    /// Graph's `error.code`, or a word of ours when there was no answer.
    pub code: String,
    /// The same for all rows that fail for this cause: what it means and what to do.
    pub cause: String,
    /// What Graph said about this row, if it said anything.
    pub said: String,
    /// Graph's `request-id`, which Microsoft's support asks for.
    pub request_id: Option<String>,
}

impl Trouble {
    /// The text of the `error` column.
    pub fn error(&self) -> String {
        if self.said.is_empty() { self.cause.clone() } else { format!("{} (Graph said: {})", self.cause, self.said) }
    }
}

/// A successful answer of createOrGet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 201 for a new meeting, 200 for one that was there.
    pub http_status: u16,
    /// Graph's `request-id`.
    pub request_id: Option<String>,
    /// The meeting.
    pub meeting: OnlineMeeting,
}

/// How a row ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Graph answered 201: the meeting is new.
    Created(Answer),
    /// Graph answered 200: the meeting was there, and is as the row says.
    Existing(Answer),
    /// Graph answered 200 and the meeting is not as the row says; the text names each difference.
    Differs(Answer, String),
    /// The row has flaws and was never sent.
    Invalid(Vec<Flaw>),
    /// Graph said no for good.
    Refused(Trouble),
    /// Tried and gave up; the text says how often and how long.
    Failed(Trouble, String),
    /// Beyond `--limit`: never sent.
    Skipped,
}

/// The words of the `status` column, one for each [`Outcome`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is explained at the outcome of the same name")]
pub enum Status {
    Created,
    Existing,
    Differs,
    Invalid,
    Refused,
    Failed,
    Skipped,
}

impl Status {
    /// Every status, in the order in which summaries list them.
    pub const ALL: [Self; 7] =
        [Self::Created, Self::Existing, Self::Differs, Self::Invalid, Self::Refused, Self::Failed, Self::Skipped];

    /// The word as it stands in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Existing => "existing",
            Self::Differs => "differs",
            Self::Invalid => "invalid",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Whether the record has its meeting as asked.
    pub fn is_as_asked(self) -> bool {
        matches!(self, Self::Created | Self::Existing)
    }
}

impl Outcome {
    /// Compares what Graph answered with what the row asked for.
    pub fn of_answer(meeting: &Meeting, answer: Answer) -> Self {
        if answer.http_status == 201 {
            return Self::Created(answer);
        }
        match drift(meeting, &answer.meeting) {
            None => Self::Existing(answer),
            Some(drift) => Self::Differs(answer, drift),
        }
    }

    /// The word for it.
    pub fn status(&self) -> Status {
        match self {
            Self::Created(_) => Status::Created,
            Self::Existing(_) => Status::Existing,
            Self::Differs(..) => Status::Differs,
            Self::Invalid(_) => Status::Invalid,
            Self::Refused(_) => Status::Refused,
            Self::Failed(..) => Status::Failed,
            Self::Skipped => Status::Skipped,
        }
    }
}

/// One record of the output: a row and how it ended.
#[derive(Clone, Debug)]
pub struct Line {
    /// The input record.
    pub row: Row,
    /// How it ended.
    pub outcome: Outcome,
    /// How many requests were sent for it, throttled ones included.
    pub attempts: u32,
}

impl Line {
    /// What is wrong with it, for the `error` column and the log; empty when nothing is.
    pub fn error(&self) -> String {
        match &self.outcome {
            Outcome::Created(_) | Outcome::Existing(_) | Outcome::Differs(..) | Outcome::Skipped => String::new(),
            Outcome::Invalid(flaws) => {
                let flaws: Vec<String> = flaws.iter().map(Flaw::to_string).collect();
                format!("record {} (line {}): {}", self.row.record, self.row.line, flaws.join(" | "))
            }
            Outcome::Refused(trouble) => trouble.error(),
            Outcome::Failed(trouble, gave_up) => format!("{gave_up}; the last time: {}", trouble.error()),
        }
    }
}

/// Names each member in which the meeting at Graph is not what the row says, with what Graph has; `None` when there
/// is no difference.
///
/// createOrGet ignores the body when the meeting exists (microsoft-graph-docs-contrib#465), so a rescheduled row
/// would otherwise pass for done. What the row leaves empty it does not ask for, and what Graph leaves out is not
/// known to differ.
fn drift(row: &Meeting, graph: &OnlineMeeting) -> Option<String> {
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
#[path = "outcome_tests.rs"]
mod tests;
