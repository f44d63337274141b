//! A meeting as Graph has it, against what a row asks for.

use std::fmt;

use chrono::{DateTime, Utc};

use super::change::Extra;
use crate::meeting::{Attendee, Meeting, Setting, Settings, Who, graph_time};

/// What Graph shows in place of a word that came later.
const HIDDEN: &str = "unknownFutureValue";

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
    /// `externalId`, which only createOrGet gives.
    pub external_id: Option<String>,
    /// `expiryDateTime` in UTC: until then the link works.
    pub expiry: Option<String>,
    /// Those of its settings that were looked for.
    pub settings: Settings,
    /// By which of Graph's calls it was made.
    pub made_by: Option<MadeBy>,
}

/// Which of Graph's calls made a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeBy {
    /// *onlineMeeting: createOrGet*: Graph knows its externalId.
    CreateOrGet,
    /// *create onlineMeeting*: Graph knows nothing of an externalId.
    Create,
}

impl MadeBy {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::CreateOrGet, Self::Create];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreateOrGet => "createOrGet",
            Self::Create => "create",
        }
    }
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
    pub(super) fn is(&self, who: &Who) -> bool {
        [&self.upn, &self.id].into_iter().flatten().any(|own| who.is(own))
    }

    /// The role, unless it is hidden.
    pub(super) fn known_role(&self) -> Option<&str> {
        self.role.as_deref().filter(|role| *role != HIDDEN)
    }

    /// The same, to be sent back: nobody may be given a role that is hidden.
    pub(super) fn without_hidden_role(self) -> Self {
        let role = self.known_role().map(str::to_owned);
        Self { role, ..self }
    }

    fn name(&self) -> &str {
        self.upn.as_deref().or(self.id.as_deref()).unwrap_or("(unnamed)")
    }
}

/// What a row and a meeting can differ in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// `subject`.
    Subject,
    /// `startDateTime`.
    Start,
    /// `endDateTime`.
    End,
    /// Who is to join.
    Attendees,
    /// As what somebody of that name is to join.
    Role(String),
    /// A setting.
    Setting(Setting),
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject => f.write_str("subject"),
            Self::Start => f.write_str("startDateTime"),
            Self::End => f.write_str("endDateTime"),
            Self::Attendees => f.write_str("attendees"),
            Self::Role(who) => write!(f, "role of {who}"),
            Self::Setting(setting) => f.write_str(setting.name()),
        }
    }
}

/// One thing in which a meeting is not as a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is in.
    pub member: Member,
    /// What the meeting has.
    pub has: String,
    /// What the row asks for.
    pub asked: String,
}

impl Difference {
    /// With the words for people: a subject stands in quotation marks.
    fn new(member: Member, has: &str, asked: &str) -> Self {
        let [has, asked] = [has, asked].map(|text| match member {
            Member::Subject => format!("'{text}'"),
            _ if text.is_empty() => "nobody".to_owned(),
            _ => text.to_owned(),
        });
        Self { member, has, asked }
    }
}

/// The text of the `drift` column for a meeting that is not as its row says.
pub fn found(differences: &[Difference]) -> String {
    let found = differences.iter().map(|Difference { member, has, .. }| format!("{member}: Graph has {has}"));
    found.collect::<Vec<_>>().join("; ")
}

/// The text of the `drift` column for a meeting that was brought into line.
pub fn mended(differences: &[Difference]) -> String {
    let told = |Difference { member, has, asked }: &Difference| format!("{member}: was {has}, is now {asked}");
    differences.iter().map(told).collect::<Vec<_>>().join("; ")
}

/// Each member in which the meeting at Graph is not what the row says.
///
/// createOrGet ignores the body when the meeting exists (microsoft-graph-docs-contrib#465), so a rescheduled row
/// would otherwise pass for done. What the row leaves empty it does not ask for, and what Graph leaves out is not
/// known to differ.
pub fn differences(row: &Meeting, graph: &OnlineMeeting, extra: Extra) -> Vec<Difference> {
    let mut found = Vec::new();
    if let (Some(asked), Some(has)) = (&row.subject, &graph.subject)
        && asked.trim() != has.trim()
    {
        found.push(Difference::new(Member::Subject, has, asked));
    }
    for (member, asked, has) in
        [(Member::Start, row.span.start(), &graph.start), (Member::End, row.span.end(), &graph.end)]
    {
        if let (Some(asked), Some(has)) = (asked.map(graph_time), has)
            && asked != *has
        {
            found.push(Difference::new(member, has, &asked));
        }
    }
    if let Some(has) = &graph.attendees
        && !row.attendees.is_empty()
        && !same_people(row, has, extra)
    {
        let names: Vec<&str> = has.iter().map(Participant::name).collect();
        let mut asked: Vec<&str> = row.attendees.iter().map(|one| one.who.as_str()).collect();
        let is_extra = |one: &&Participant| !row.attendees.iter().any(|asked| one.is(&asked.who));
        asked.extend(has.iter().filter(|one| extra == Extra::Kept && is_extra(one)).map(Participant::name));
        found.push(Difference::new(Member::Attendees, &names.join(", "), &asked.join(", ")));
    }
    for asked in row.attendees.iter().filter(|_| row.names_roles()) {
        if let Some(has) = other_role(asked, graph.attendees.as_deref().unwrap_or_default()) {
            let who = asked.who.as_str().to_owned();
            found.push(Difference::new(Member::Role(who), has, asked.role.as_str()));
        }
    }
    for (setting, asked) in row.settings.iter() {
        if let Some(has) = graph.settings.get(setting)
            && !setting.is_same(has, asked)
            && !has.contains(HIDDEN)
        {
            found.push(Difference::new(Member::Setting(setting), has, asked));
        }
    }
    found
}

/// Whether these are known to be other people. Whom Graph names by object id alone may be whom the row names by address, and
/// the other way round; two who are named in the same way, or by both names, are two.
fn same_people(row: &Meeting, graph: &[Participant], beside: Extra) -> bool {
    let unmet = || row.attendees.iter().filter(|asked| !graph.iter().any(|has| has.is(&asked.who)));
    let extra = || graph.iter().filter(|has| !row.attendees.iter().any(|asked| has.is(&asked.who)));
    if unmet().next().is_none() && (beside == Extra::Kept || extra().next().is_none()) {
        return true;
    }
    let asked = |is: fn(&Who) -> bool| unmet().filter(|one| is(&one.who)).count();
    let has = |upn: bool, id: bool| extra().filter(|one| one.upn.is_some() == upn && one.id.is_some() == id).count();
    let by_address = asked(|who| matches!(who, Who::Upn(_))).saturating_sub(has(false, true));
    let by_id = asked(|who| matches!(who, Who::Id(_))).saturating_sub(has(true, false));
    let by_both = asked(|who| matches!(who, Who::User { .. }));
    has(true, true) == 0 && unmet().count() == extra().count() && by_address + by_id + by_both <= has(false, false)
}

/// The role that Graph has for somebody, when it is known not to be the one that the row asks for: `unknownFutureValue` is
/// how Graph hides those that came later (Graph, *evolvable enumerations*). A row that names no role at all asks for none.
fn other_role<'a>(asked: &Attendee, graph: &'a [Participant]) -> Option<&'a str> {
    let named = || graph.iter().filter(|has| has.is(&asked.who));
    let roles = || named().map(|has| has.role.as_deref().unwrap_or(HIDDEN));
    let differs = |role: &str| role != HIDDEN && !role.eq_ignore_ascii_case(asked.role.as_str());
    roles().next().filter(|_| roles().all(differs))
}

#[cfg(test)]
#[path = "drift_tests.rs"]
mod tests;
