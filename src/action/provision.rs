//! A row gets its meeting: createOrGet, and then a change, if one is due. Without being told to, nothing is changed that
//! was there before; what createOrGet does not take is set when the meeting is made.

use std::cell::Cell;
use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::Task;
use crate::ask::{End, Service};
use crate::graph::Exchange;
use crate::keys::KeyHash;
use crate::meeting::{Meeting, graph_time};
use crate::outcome::{
    Answer, Change, Difference, Extra, Failure, MadeBy, Member, OnlineMeeting, Outcome, Trouble, differences, found,
    mended,
};
use crate::refusals::Asker;
use crate::stop::Reason;
use crate::tries::Tries;

/// What is to be told of a change that Graph accepted and did not make.
const NOT_TAKEN: &str = "Graph accepted the change, and the meeting is not so all the same; a policy of the tenant or of \
                         the organizer may not allow it";
const NOT_YET: &str = "Graph does not find the meeting that it has made a moment ago; run the same command again";
const DELETED: &str = "somebody deleted the meeting a moment ago; run the same command again";

/// createOrGet, and what follows.
#[derive(Default)]
pub struct Provision {
    /// Meetings that are not as their rows say are brought into line; what becomes of attendees whom the row does not
    /// name. `None` leaves all meetings as they are.
    pub update: Option<Extra>,
    /// Meetings that an earlier run made and could not set as asked, so that this run does.
    pub unfinished: HashSet<KeyHash>,
    /// When a run began whose output this one has discarded: of what was made since nobody knows whether it was set as asked.
    pub discarded: Option<DateTime<Utc>>,
    /// How many meetings that were there before may be changed before somebody has to be asked; `None` for any number.
    pub changes_left: Cell<Option<u64>>,
}

/// What createOrGet says of a row, and what is to follow.
struct Due {
    /// The meeting was made in this run.
    is_new: bool,
    /// In what it is not as the row says.
    found: Vec<Difference>,
    /// What of that is to be changed now.
    to_mend: Vec<Difference>,
    /// Nothing of that but what belongs to making the meeting, in this run or an earlier one.
    of_creation: bool,
}

impl Provision {
    /// Until there is an outcome; `None` when the run is stopped first.
    pub(super) async fn carry_out<E: Exchange>(
        &self,
        service: &Service<'_, E>,
        task: Task<'_>,
        tries: &mut Tries,
        asker: &Asker<'_>,
    ) -> Option<Outcome> {
        let Task { record, meeting, .. } = task;
        let call = match service.graph.create_or_get(meeting) {
            Ok(call) => call,
            Err(error) => return Some(Outcome::Refused(Trouble { cause: format!("{error:#}"), ..Trouble::default() })),
        };
        let send = async |bearer: &_| service.graph.meeting(&call, bearer).await;
        let mut answer = match service.until(record, tries, Some(asker), send).await? {
            End::Ready(answer) => *answer,
            End::Refused(trouble) => return Some(Outcome::Refused(trouble)),
            End::Failed(trouble, gave_up) => return Some(Outcome::Failed(trouble, gave_up)),
            End::Uncertain(trouble) => return Some(Outcome::Uncertain(trouble)),
        };
        answer.meeting.made_by = Some(MadeBy::CreateOrGet);
        let in_doubt = service.resumes.get() || tries.sent > 1;
        self.bring_into_line(service, task, tries, answer, in_doubt).await
    }

    /// What follows when the meeting is known: a change, if one is due. `in_doubt` says that it may be this run's own,
    /// though it was there.
    pub(super) async fn bring_into_line<E: Exchange>(
        &self,
        service: &Service<'_, E>,
        task: Task<'_>,
        tries: &mut Tries,
        answer: Answer,
        in_doubt: bool,
    ) -> Option<Outcome> {
        let meeting = task.meeting;
        let due = self.due(meeting, &answer, in_doubt);
        if due.to_mend.is_empty() {
            return Some(as_it_is(answer, &due));
        }
        if !due.is_new && !self.may_change() {
            service.stop.raise(Reason::TooManyChanges);
            return None;
        }
        self.change(service, task, tries, answer, due).await
    }

    /// What is to follow an answer.
    ///
    /// `in_doubt` says that the row may have been sent before and its answer lost. Graph answers 200 then, and the
    /// meeting is this run's own all the same if Graph made it since the run began. A 200 to a first attempt is never
    /// taken for that: somebody else made the meeting, be it a moment ago.
    fn due(&self, meeting: &Meeting, answer: &Answer, in_doubt: bool) -> Due {
        let is_created = answer.http_status == Some(201);
        let mut found = differences(meeting, &answer.meeting, self.update.unwrap_or_default());
        if is_created {
            // Graph made it of the row itself, and has its own way to write some things.
            found.retain(is_set_later);
        }
        if is_created || self.update.is_some() {
            found.extend(untold(meeting, &answer.meeting));
        }
        let is_new = is_created || in_doubt && answer.made_in_run && found.iter().all(is_set_later);
        let is_unfinished = is_new || self.is_unfinished(meeting, answer);
        let is_due = |one: &&Difference| self.update.is_some() || is_unfinished && is_set_later(one);
        // What can only be set at the beginning cannot be mended.
        let to_mend: Vec<_> = found.iter().filter(is_due).filter(|one| is_mendable(one)).cloned().collect();
        let of_creation = is_unfinished && to_mend.iter().all(is_set_later);
        Due { is_new, found, to_mend, of_creation }
    }

    /// Whether an earlier run has made the meeting and not set it as asked: its line says so, or the run was discarded before
    /// it had one.
    fn is_unfinished(&self, meeting: &Meeting, answer: &Answer) -> bool {
        let made = answer.meeting.creation;
        let is_discarded = self.discarded.is_some_and(|since| made.is_some_and(|made| made >= since));
        is_discarded || self.unfinished.contains(&KeyHash::of(&meeting.key()))
    }

    /// So many meetings that were there have been changed, by a run that this one goes on with.
    pub(super) fn changed_before(&self, meetings: u64) {
        self.changes_left.set(self.changes_left.get().map(|left| left.saturating_sub(meetings)));
    }

    /// Whether one more meeting that was there before may be changed.
    fn may_change(&self) -> bool {
        match self.changes_left.get() {
            None => true,
            Some(0) => false,
            Some(left) => {
                self.changes_left.set(Some(left - 1));
                true
            }
        }
    }

    async fn change<E: Exchange>(
        &self,
        service: &Service<'_, E>,
        Task { record, meeting, .. }: Task<'_>,
        tries: &mut Tries,
        answer: Answer,
        due: Due,
    ) -> Option<Outcome> {
        let extra = self.update.unwrap_or_default();
        let change = Change::of(meeting, &answer.meeting, &due.to_mend, extra);
        let id = answer.meeting.id.clone().unwrap_or_default();
        let failed = |failure| Some(not_changed(answer.clone(), &due, failure));
        let call = match service.graph.update(meeting, &id, &change) {
            Ok(call) if !id.is_empty() => call,
            _ => return failed(Failure::of("Graph did not tell the meeting's id, without which it cannot be changed")),
        };
        let mut own = Tries::following();
        let send = async |bearer: &_| service.graph.meeting(&call, bearer).await;
        // What is refused here is this change, and no reason to ask nothing more of the organizer.
        let ended = service.until(record, &mut own, None, send).await;
        tries.sent += own.sent;
        let changed = match ended? {
            End::Ready(changed) => changed.meeting,
            End::Refused(trouble) if trouble.http_status == Some(404) => {
                let cause = if due.is_new { NOT_YET } else { DELETED };
                return failed(Trouble { cause: cause.to_owned(), ..trouble }.into());
            }
            End::Refused(trouble) | End::Uncertain(trouble) => return failed(trouble.into()),
            End::Failed(trouble, gave_up) => return failed(Failure { gave_up, ..trouble.into() }),
        };
        let answer = Answer { meeting: put_over(answer.meeting.clone(), changed, change), ..answer };
        let left = differences(meeting, &answer.meeting, extra);
        if due.to_mend.iter().any(|one| left.iter().any(|left| left.member == one.member)) {
            let cause = format!("{NOT_TAKEN} ({})", found(&left));
            return Some(not_changed(answer, &Due { found: left, ..due }, Failure::of(&cause)));
        }
        Some(match (due.is_new, left.is_empty()) {
            (true, _) => Outcome::Created(answer),
            (false, true) => Outcome::Updated(answer, mended(&due.to_mend)),
            // Something else differs that was not to be changed, or that only this answer shows.
            (false, false) => Outcome::Differs(answer, format!("{}; {}", found(&left), mended(&due.to_mend))),
        })
    }
}

/// How a row ends of which nothing is to be changed.
fn as_it_is(answer: Answer, due: &Due) -> Outcome {
    match (due.is_new, due.found.is_empty()) {
        (true, true) => Outcome::Created(answer),
        (false, true) => Outcome::Existing(answer),
        (_, false) => Outcome::Differs(answer, found(&due.found)),
    }
}

/// How a row ends whose meeting could not be changed.
fn not_changed(answer: Answer, due: &Due, failure: Failure) -> Outcome {
    let of_creation = due.of_creation;
    let answer = Answer { unchanged: Some(Box::new(Failure { of_creation, ..failure })), ..answer };
    if due.is_new { Outcome::Created(answer) } else { Outcome::Differs(answer, found(&due.found)) }
}

/// The settings of a new meeting of which Graph did not say what they are.
fn untold<'a>(meeting: &'a Meeting, graph: &'a OnlineMeeting) -> impl Iterator<Item = Difference> + 'a {
    let untold = meeting.settings.iter().filter(|(setting, _)| graph.settings.get(*setting).is_none());
    untold.map(|(setting, asked)| Difference {
        member: Member::Setting(setting),
        has: "nothing that Graph told".to_owned(),
        asked: asked.to_owned(),
    })
}

/// Whether createOrGet does not take it, or is not known to (its page says nothing of roles).
fn is_set_later(one: &Difference) -> bool {
    matches!(one.member, Member::Setting(_) | Member::Role(_))
}

fn is_mendable(one: &Difference) -> bool {
    !matches!(one.member, Member::Setting(setting) if !setting.is_updatable())
}

/// What an update's answer says over what was known before. Where it does not say, what was sent holds.
fn put_over(before: OnlineMeeting, changed: OnlineMeeting, sent: Change) -> OnlineMeeting {
    let [start, end] =
        [sent.times.map(|(start, _)| start), sent.times.map(|(_, end)| end)].map(|time| time.map(graph_time));
    let kept = before.settings.iter().filter(|(setting, _)| sent.settings.get(*setting).is_none());
    OnlineMeeting {
        subject: changed.subject.or(sent.subject).or(before.subject),
        start: changed.start.or(start).or(before.start),
        end: changed.end.or(end).or(before.end),
        expiry: changed.expiry.or(before.expiry),
        attendees: changed.attendees.or(sent.attendees).or(before.attendees),
        join_information: changed.join_information.or(before.join_information),
        settings: kept.chain(changed.settings.iter()).map(|(one, value)| (one, value.to_owned())).collect(),
        ..before
    }
}
