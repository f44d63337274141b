//! A row gets its meeting by a plain create, which makes another each time it is sent.
//!
//! So each is sent once, and again only when it is certain that nothing was made. Before it is sent its line is on the
//! disk, as that of a row of which nobody knows; what is known then is written over it.

use std::cell::Cell;

use super::{Provision, Task};
use crate::ask::{End, Service};
use crate::graph::{Exchange, Verdict, parts};
use crate::meeting::Meeting;
use crate::outcome::{
    Answer, Extra, Failure, Line, MadeBy, Member, OnlineMeeting, Outcome, Trouble, differences, found,
};
use crate::refusals::Asker;
use crate::stop::Reason;
use crate::tries::Tries;

/// So many rows in a row of which nobody knows end the run, so that an outage does not make a whole sheet of them.
pub const UNCERTAIN_MAX: u32 = 3;

/// What is to be done about a row of which nobody knows.
const LOOK: &str = "look for it in Teams, or ask the organizer; it is not sent again by itself: if there is none, --only \
                    with its externalId sends it again";
const NOT_TAKEN: &str = "Graph made the meeting, and not all of it is as asked";
const NAMELESS: &str = "Graph told no id of it, so that neither --update nor cancel can reach it: change it in Teams";
const IN_CHANNEL: &str = "a meeting in a channel (chatThreadId) cannot be made by a plain create: empty the cell, or leave \
                          --plain-create out; then run again";

/// A plain create, and the changes of meetings that are known.
#[derive(Default)]
pub struct Create {
    /// What is done about meetings that an earlier output has.
    pub provision: Provision,
    /// How many rows in a row were sent of which nobody knows.
    uncertain: Cell<u32>,
}

impl Create {
    /// With this being done about meetings that are there.
    pub fn new(provision: Provision) -> Self {
        Self { provision, uncertain: Cell::new(0) }
    }

    /// Until there is an outcome; `None` when the run is stopped first.
    pub(super) async fn carry_out<E: Exchange>(
        &self,
        service: &Service<'_, E>,
        task: Task<'_>,
        tries: &mut Tries,
        asker: &Asker<'_>,
    ) -> Option<Outcome> {
        match task.known {
            Some(known) => self.look_again(service, task, tries, known).await,
            None => self.create(service, task, tries, asker).await,
        }
    }

    async fn create<E: Exchange>(
        &self,
        service: &Service<'_, E>,
        task: Task<'_>,
        tries: &mut Tries,
        asker: &Asker<'_>,
    ) -> Option<Outcome> {
        let Task { record, meeting, .. } = task;
        let refused = |cause: String| Some(Outcome::Refused(Trouble { cause, ..Trouble::default() }));
        if meeting.chat_thread_id.is_some() {
            return refused(IN_CHANNEL.to_owned());
        }
        let call = match service.graph.create(meeting) {
            Ok(call) => call,
            Err(error) => return refused(format!("{error:#}")),
        };
        let send = async |bearer: &_| {
            let pending = Line { row: task.row.clone(), outcome: unanswered(), attempts: 1, remark: None };
            let safe = task.ledger.borrow_mut().pend(&pending);
            if let Err(error) = safe {
                return unwritable(service, &error);
            }
            let verdict = service.graph.meeting(&call, bearer).await;
            if is_nothing_done(&verdict)
                && let Err(error) = task.ledger.borrow_mut().take_back()
            {
                return unwritable(service, &error);
            }
            verdict
        };
        tries.once = true;
        match service.until(record, tries, Some(asker), send).await? {
            End::Ready(answer) => {
                self.uncertain.set(0);
                Some(made(meeting, *answer))
            }
            End::Refused(trouble) => {
                self.uncertain.set(0);
                Some(Outcome::Refused(trouble))
            }
            End::Failed(trouble, gave_up) => Some(Outcome::Failed(trouble, gave_up)),
            End::Uncertain(trouble) => {
                let trouble = in_doubt(trouble);
                self.uncertain.set(self.uncertain.get() + 1);
                if self.uncertain.get() >= UNCERTAIN_MAX {
                    service.stop.raise(Reason::Uncertain(trouble.clone()));
                }
                Some(Outcome::Uncertain(trouble))
            }
        }
    }

    /// Reads a meeting that an earlier output has, and changes it if that is due.
    async fn look_again<E: Exchange>(
        &self,
        service: &Service<'_, E>,
        task: Task<'_>,
        tries: &mut Tries,
        known: &Answer,
    ) -> Option<Outcome> {
        let Task { record, meeting, .. } = task;
        let not_read = |failure| {
            let differences = differences(meeting, &known.meeting, Extra::default());
            Some(Outcome::Differs(Answer { unchanged: Some(Box::new(failure)), ..known.clone() }, found(&differences)))
        };
        let id = known.meeting.id.as_deref().unwrap_or_default();
        let call = match service.graph.get(meeting, id) {
            Ok(call) if !id.is_empty() => call,
            _ => return not_read(Failure::of("the earlier output has no meetingId for it")),
        };
        let send = async |bearer: &_| service.graph.found(&call, bearer).await;
        let answer = match service.until(record, tries, None, send).await? {
            End::Ready(Some(answer)) => *answer,
            End::Ready(None) => return Some(Outcome::Gone(known.clone())),
            End::Refused(trouble) | End::Uncertain(trouble) => {
                return not_read(trouble.into());
            }
            End::Failed(trouble, gave_up) => return not_read(Failure { gave_up, ..trouble.into() }),
        };
        let meeting = OnlineMeeting { made_by: known.meeting.made_by, ..answer.meeting };
        let answer = Answer { meeting, ..answer };
        self.provision.bring_into_line(service, task, tries, answer, false).await
    }
}

/// How a row ends whose meeting was made.
fn made(meeting: &Meeting, mut answer: Answer) -> Outcome {
    answer.meeting.made_by = Some(MadeBy::Create);
    let mut left = differences(meeting, &answer.meeting, Extra::default());
    // Graph made it of the row itself, and has its own way to write the rest.
    left.retain(|one| matches!(one.member, Member::Setting(_) | Member::Role(_)));
    let not_taken = (!left.is_empty()).then(|| format!("{NOT_TAKEN} ({})", found(&left)));
    let nameless = answer.meeting.id.is_none().then(|| NAMELESS.to_owned());
    let why: Vec<String> = [not_taken, nameless].into_iter().flatten().collect();
    if !why.is_empty() {
        answer.unchanged = Some(Box::new(Failure::of(&why.join("; "))));
    }
    Outcome::Created(answer)
}

/// Whether it is certain that nothing was made.
fn is_nothing_done<T>(verdict: &Verdict<T>) -> bool {
    match verdict {
        Verdict::Ready(_) => false,
        Verdict::Again(trouble)
        | Verdict::Throttled(_, trouble)
        | Verdict::Overloaded(_, trouble)
        | Verdict::Refused(trouble)
        | Verdict::Broken(trouble) => trouble.own.nothing_done,
    }
}

/// The run ends: without its line on the disk nothing may be sent.
fn unwritable<E, T>(service: &Service<'_, E>, error: &std::io::Error) -> Verdict<T> {
    service.stop.raise(Reason::Unwritable(format!("a line cannot be written: {error}")));
    Verdict::Again(Trouble::default().nothing_done())
}

/// How a row ended that was sent and not answered.
fn in_doubt(trouble: Trouble) -> Trouble {
    let why = parts(&trouble.cause).map_or_else(|| trouble.cause.clone(), |(means, _)| means);
    Trouble {
        cause: format!("it was sent once, and no answer says whether a meeting was made ({why}): {LOOK}"),
        ..trouble
    }
}

/// What is known of a row while its request is on the wire.
fn unanswered() -> Outcome {
    Outcome::Uncertain(cut_off())
}

/// What is known of a row that was sent by a run that ended before it had an answer.
pub fn cut_off() -> Trouble {
    let why = "it was sent by a run that ended before it had an answer";
    Trouble { cause: format!("{why}, and nobody knows whether a meeting was made: {LOOK}"), ..Trouble::default() }
}
