//! A meeting of an earlier output is deleted: it is read first, and left alone unless it is the one of its line.
//!
//! Nothing is deleted by a name or a link: by its id alone, under its organizer, when Graph says that it is theirs and has
//! the externalId of the line. What has no such line is nobody's to delete here.

use std::cell::Cell;
use std::rc::Rc;

use super::verify::keeping;
use super::{Known, Task};
use crate::ask::{End, Service};
use crate::choice::Chosen;
use crate::graph::{Exchange, Verdict};
use crate::input::{Cells, Row};
use crate::meeting::{ExternalId, Meeting, Organizer};
use crate::outcome::{Answer, MadeBy, OnlineMeeting, Outcome, Own, Trouble};
use crate::refusals::Asker;
use crate::tries::Tries;

/// The code of a meeting that is not that of its line.
const NOT_THIS_MEETING: &str = "notThisMeeting";
const OTHER: &str = "nothing was deleted: Graph has another meeting under the line's meetingId than the line says; look \
                     whether the line was changed, and delete the meeting by its own line";
const NO_ORGANIZER: &str = "nothing was deleted: the line has no organizerId, so that it cannot be told whose the meeting \
                            is; run provision again, and choose from its output";
const NO_NAME: &str = "nothing was deleted: the line's externalId cannot be read, so that it cannot be told whether the \
                       meeting is the line's; mend the cell";
const TWO_ORGANIZERS: &str = "nothing was deleted: the line has one organizer in the sheet's own column and another in \
                              organizerId; look which of them was changed";
const DISPUTED: &str = "nothing was deleted: Graph has no meeting with this meetingId, and other lines have the same under \
                        another organizer or externalId, so that it cannot be told whose it was";

/// The chosen meetings of an output are deleted.
pub struct Cancel {
    /// Which they are.
    pub chosen: Rc<Chosen>,
}

impl Cancel {
    /// The row as one that asks for the meeting of its line. What is odd about its cells was told when they were sent.
    pub(super) fn prepared(&self, row: Row) -> Row {
        let meeting = self.chosen.meeting(&row.cells).and_then(|answer| self.chosen.entered_as(&answer, &row.cells));
        Row { meeting: meeting.map_or(row.meeting, Ok), warnings: Vec::new(), ..row }
    }

    /// The meeting of a row's line, or why it cannot be deleted.
    pub(super) fn known(&self, row: &Row) -> Known {
        if !self.chosen.has(row) {
            return Known::Ends(Box::new(Outcome::Skipped));
        }
        match self.line(row) {
            Ok(answer) => Known::Meeting(Box::new(answer)),
            Err(cause) => {
                let had = self.chosen.meeting(&row.cells).map(|answer| answer.meeting);
                Known::Ends(Box::new(keeping(Outcome::Refused(not_this(cause)), had.as_ref())))
            }
        }
    }

    /// The meeting of a row's line with the externalId that it must have; or why nobody is asked for it.
    pub fn line(&self, row: &Row) -> Result<Answer, &'static str> {
        let Some(answer) = self.chosen.meeting(&row.cells) else { return Err(NO_ORGANIZER) };
        if self.chosen.owner(&answer).is_none() {
            return Err(NO_ORGANIZER);
        }
        let Some(id) = &row.external_id else { return Err(NO_NAME) };
        if let (Some(Organizer::User(named)), Some(told)) =
            (self.chosen.organizer(&row.cells), &answer.meeting.organizer_id)
            && !named.eq_ignore_ascii_case(told)
        {
            return Err(TWO_ORGANIZERS);
        }
        let meeting = OnlineMeeting { external_id: Some(id.as_str().to_owned()), ..answer.meeting };
        Ok(Answer { http_status: None, request_id: None, made_in_run: false, meeting, unchanged: None })
    }

    /// Until there is an outcome; `None` when the run is stopped first. A line whose meeting was not deleted keeps it.
    pub(super) async fn carry_out<E: Exchange>(
        &self,
        service: &Service<'_, E>,
        task: Task<'_>,
        tries: &mut Tries,
        asker: &Asker<'_>,
    ) -> Option<Outcome> {
        let outcome = self.delete(service, task, tries, asker).await?;
        Some(keeping(outcome, task.known.map(|line| &line.meeting)))
    }

    async fn delete<E: Exchange>(
        &self,
        service: &Service<'_, E>,
        task: Task<'_>,
        tries: &mut Tries,
        asker: &Asker<'_>,
    ) -> Option<Outcome> {
        let Task { record, meeting, known, .. } = task;
        let is_whole = |answer: &&Answer| answer.meeting.id.is_some() && answer.meeting.external_id.is_some();
        let Some(line) = known.filter(is_whole) else { return Some(Outcome::Refused(not_this(NO_NAME))) };
        let (id, name) = (line.meeting.id.as_deref()?, ExternalId::new(line.meeting.external_id.as_deref()?)?);
        let own = Meeting::of_key((meeting.organizer.clone(), name));
        let (read, delete) = match (service.graph.get(&own, id), service.graph.delete(&own, id)) {
            (Ok(read), Ok(delete)) => (read, delete),
            (Err(error), _) | (_, Err(error)) => {
                return Some(Outcome::Refused(Trouble { cause: format!("{error:#}"), ..Trouble::default() }));
            }
        };
        let send = async |bearer: &_| service.graph.found(&read, bearer).await;
        let found = match service.until(record, tries, Some(asker), send).await? {
            End::Ready(Some(found)) => found,
            End::Ready(None) if self.chosen.is_disputed(line) => return Some(Outcome::Refused(not_this(DISPUTED))),
            End::Ready(None) => return Some(Outcome::Gone(ended(line, 404))),
            End::Refused(trouble) | End::Uncertain(trouble) => return Some(Outcome::Refused(trouble)),
            End::Failed(trouble, gave_up) => return Some(Outcome::Failed(trouble, gave_up)),
        };
        if !is_lines(&found.meeting, &line.meeting) {
            return Some(Outcome::Refused(other(*found)));
        }
        let (mut repeats, may_be_done) = (Tries::following(), Cell::new(false));
        let send = async |bearer: &_| {
            let verdict = service.graph.deleted(&delete, bearer).await;
            // An answer that was lost may have been that it is done; an overloaded service may have done it.
            may_be_done.set(may_be_done.get() || matches!(verdict, Verdict::Again(_) | Verdict::Overloaded(..)));
            verdict
        };
        let deleted = service.until(record, &mut repeats, None, send).await;
        tries.sent += repeats.sent;
        Some(match deleted? {
            End::Ready(true) => Outcome::Cancelled(ended(line, 204)),
            End::Ready(false) if may_be_done.get() => Outcome::Cancelled(ended(line, 404)),
            End::Ready(false) => Outcome::Gone(ended(line, 404)),
            End::Refused(trouble) | End::Uncertain(trouble) => Outcome::Refused(trouble),
            End::Failed(trouble, gave_up) => Outcome::Failed(trouble, gave_up),
        })
    }

    /// What a line is about that was written, for a later row that has the same meeting.
    pub(super) fn entered_as(&self, outcome: &Outcome, cells: &Cells) -> Option<Meeting> {
        self.chosen.entered_as(outcome.answer()?, cells)
    }
}

/// The line's own meeting, so that one sees which link works no more.
fn ended(line: &Answer, http_status: u16) -> Answer {
    Answer { http_status: Some(http_status), ..line.clone() }
}

/// Whether what Graph has is what the line says: its organizer's, and called as there. Of a meeting that was made by a plain
/// create Graph knows no externalId; its link is its own then. So it is where a line does not tell whose it is.
fn is_lines(graph: &OnlineMeeting, line: &OnlineMeeting) -> bool {
    let is_of = |has: &String| line.organizer_id.as_ref().is_none_or(|told| told.eq_ignore_ascii_case(has));
    let is_called = match line.made_by {
        Some(MadeBy::Create) => graph.external_id.is_none(),
        Some(MadeBy::CreateOrGet) | None => graph.external_id.is_some() && graph.external_id == line.external_id,
    };
    let needs_link = line.made_by == Some(MadeBy::Create) || line.organizer_id.is_none();
    let is_linked = !needs_link || graph.join_web_url == line.join_web_url;
    graph.organizer_id.as_ref().is_some_and(is_of) && is_called && is_linked
}

fn not_this(cause: &str) -> Trouble {
    Trouble { code: NOT_THIS_MEETING.to_owned(), cause: cause.to_owned(), ..Trouble::default() }
}

/// What Graph has in place of the line's meeting.
fn other(found: Answer) -> Trouble {
    let Answer { http_status, request_id, meeting, .. } = found;
    let of = |text: Option<String>, no: &str| text.unwrap_or_else(|| no.to_owned());
    let name = of(meeting.external_id.map(|id| format!("'{id}'")), "(none)");
    let said = format!(
        "organizer {}, externalId {name}, joinWebUrl {}",
        of(meeting.organizer_id, "(none)"),
        meeting.join_web_url
    );
    let own = Box::new(Own { request_id, ..Own::default() });
    Trouble { http_status, said, own, ..not_this(OTHER) }
}

#[cfg(test)]
#[path = "cancel_tests.rs"]
mod tests;
