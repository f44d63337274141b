//! What is to change of a meeting, member by member. What counts as a difference is [`differences`]' to say.

use crate::ledger::Was;
use crate::meeting::{Meeting, Who, graph_time};
use crate::outcome::{Difference, Extra, Member, OnlineMeeting, Participant, differences, remembered};

/// What stands for nobody in a difference's words for people.
const NOBODY: &str = "nobody";

/// One member that is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) member: Member,
    /// What the meeting has; `None` when nobody has asked for it before, so that it is not known.
    pub(super) from: Option<String>,
    /// What the row asks for.
    pub(super) to: String,
}

impl Field {
    fn of(difference: Difference) -> Self {
        let Difference { member, has, asked } = difference;
        let [from, to] = [has, asked].map(|text| plain(&member, text));
        Self { member, from: Some(from), to }
    }

    /// Whether an update can change it.
    pub(super) fn is_mendable(&self) -> bool {
        !matches!(self.member, Member::Setting(setting) if !setting.is_updatable())
    }
}

/// The value without what makes it a word for people.
fn plain(member: &Member, text: String) -> String {
    match member {
        Member::Subject => text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).map(str::to_owned),
        Member::Attendees | Member::Setting(_) if text == NOBODY => Some(String::new()),
        _ => None,
    }
    .unwrap_or(text)
}

/// What a row asks for against the meeting as Graph has it.
pub(super) fn with_graph(row: &Meeting, found: &OnlineMeeting, extra: Extra) -> Vec<Field> {
    differences(row, found, extra).into_iter().map(Field::of).collect()
}

/// The same against what an earlier line tells of it. What nobody asked for then is not known, and is to change.
pub(super) fn with_line(row: &Meeting, was: &Was, extra: Extra) -> Vec<Field> {
    let Some(known) = remembered(&was.asked, &was.outcome) else { return Vec::new() };
    let mut fields = with_graph(row, &known, extra);
    // Graph may name people otherwise than a row does, and a line's row named them as this one does.
    fields.retain(|field| field.member != Member::Attendees);
    if let Some(had) = known.attendees.as_ref().filter(|had| !row.attendees.is_empty() && are_others(row, had, extra)) {
        let before = |field: &Field| matches!(field.member, Member::Subject | Member::Start | Member::End);
        let place = fields.iter().position(|field| !before(field)).unwrap_or(fields.len());
        let had: Vec<&str> = had.iter().map(name).collect();
        let field = Field { member: Member::Attendees, from: Some(had.join(", ")), to: names(row) };
        fields.insert(place, field);
    }
    let mut unknown = |member, to| fields.push(Field { member, from: None, to });
    if let (None, Some(subject)) = (&known.subject, &row.subject) {
        unknown(Member::Subject, subject.clone());
    }
    for (member, asked, has) in
        [(Member::Start, row.span.start(), &known.start), (Member::End, row.span.end(), &known.end)]
    {
        if let (Some(asked), None) = (asked, has) {
            unknown(member, graph_time(asked));
        }
    }
    if known.attendees.is_none() && !row.attendees.is_empty() {
        unknown(Member::Attendees, names(row));
    }
    let is_unfinished = was.outcome.unchanged().is_some();
    for (setting, asked) in row.settings.iter().filter(|(setting, _)| known.settings.get(*setting).is_none()) {
        if is_unfinished || was.asked.settings.get(setting) != Some(asked) {
            unknown(Member::Setting(setting), asked.to_owned());
        }
    }
    fields
}

/// Those whom the row names.
fn names(row: &Meeting) -> String {
    let names: Vec<&str> = row.attendees.iter().map(|one| one.who.as_str()).collect();
    names.join(", ")
}

fn name(one: &Participant) -> &str {
    one.upn.as_deref().or(one.id.as_deref()).unwrap_or("(unnamed)")
}

/// Whether those who are to join are known not to be those who were. Who was named by address and is named by object id
/// may be the same.
fn are_others(row: &Meeting, had: &[Participant], extra: Extra) -> bool {
    let is = |who: &Who, one: &Participant| [&one.upn, &one.id].into_iter().flatten().any(|name| who.is(name));
    let new: Vec<&Who> = row.attendees.iter().map(|one| &one.who).collect();
    let left: Vec<&Participant> = had.iter().filter(|one| !new.iter().any(|who| is(who, one))).collect();
    let new: Vec<&Who> = new.into_iter().filter(|who| !had.iter().any(|one| is(who, one))).collect();
    let upns = new.iter().filter(|who| matches!(who, Who::Upn(_))).count();
    let ids = new.iter().filter(|who| matches!(who, Who::Id(_))).count();
    let left_ids = left.iter().filter(|one| one.upn.is_none()).count();
    let left_upns = left.iter().filter(|one| one.id.is_none()).count();
    let may_be_left = upns + ids == new.len() && upns <= left_ids && ids <= left_upns;
    !may_be_left || extra == Extra::Removed && new.len() != left.len()
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
