//! Meetings as Graph has them now, read by their ids. Nothing is changed, and of those who are to join nobody is looked up
//! unless the names alone do not tell whether they are the same.

use super::compare::{Field, with_graph};
use super::item::{Case, Item};
use crate::ask::{End, Service};
use crate::cli::UnknownAttendees;
use crate::directory::Directory;
use crate::graph::Exchange;
use crate::input::{Flaw, Row};
use crate::ledger::Was;
use crate::meeting::{Meeting, Organizer};
use crate::outcome::{Extra, Member, OnlineMeeting, Outcome};
use crate::refusals::Refusals;
use crate::register::Register;
use crate::tries::Tries;

const DELETED: &str = "the meeting of the earlier output is not there any more: somebody has deleted it, and a run makes \
                       it anew, with another link";
const NO_ID: &str = "the earlier output does not say the meeting's id, without which it cannot be read";

/// What meetings are read with.
pub(super) struct Reader<'a, E> {
    pub(super) service: Service<'a, E>,
    pub(super) directory: Option<Directory<'a, E>>,
    pub(super) unknown_attendees: Option<UnknownAttendees>,
    pub(super) register: Register,
    pub(super) refusals: Refusals,
    pub(super) extra: Extra,
}

/// What there is of a meeting: it, or nothing; or why nobody knows.
type Found = Result<Option<OnlineMeeting>, String>;

impl<E: Exchange> Reader<'_, E> {
    /// What a run would do with a row whose meeting an earlier run has made; `None` when this one is stopped first.
    pub(super) async fn judge(&self, row: Row, was: Was) -> Option<Item> {
        let Ok(meeting) = &row.meeting else { return Some(Item::of(Case::Invalid, row)) };
        let about = |case, row| Item { was: Some(was.clone()), ..Item::of(case, row) };
        let found = match self.found(row.record, meeting, &was).await? {
            Ok(Some(found)) => found,
            Ok(None) => return Some(about(Case::New, row).saying(DELETED)),
            Err(why) => return Some(about(Case::Unknown, row).saying(why)),
        };
        let fields = with_graph(meeting, &found, self.extra);
        let is_clear = self.unknown_attendees.is_none_or(|what| what == UnknownAttendees::Keep);
        let is_known = is_clear && fields.iter().all(is_of_no_person);
        let looks_up = !meeting.attendees.is_empty() && !is_known;
        let Some(directory) = self.directory.as_ref().filter(|_| looks_up) else {
            return Some(Item::compared(row, was, fields));
        };
        Some(match directory.fill_in(&row, meeting, &self.register).await? {
            Ok((meeting, _)) => Item::compared(row, was, with_graph(&meeting, &found, self.extra)),
            Err(Outcome::Invalid(flaws)) => {
                let why = flaws.iter().map(Flaw::to_string).collect();
                Item { why, ..about(Case::Invalid, row) }
            }
            Err(outcome) => {
                let why = match &outcome {
                    Outcome::Failed(trouble, gave_up) => format!("{gave_up}; the last time: {}", trouble.error()),
                    other => other.status().as_str().to_owned(),
                };
                about(Case::Unknown, row).saying(format!("its attendees could not be looked up: {why}"))
            }
        })
    }

    /// A meeting whose row is gone, if it is still there or nobody knows; the outer `None` when this run is stopped first.
    pub(super) async fn gone(&self, number: u64, was: Was) -> Option<Option<Item>> {
        Some(match self.found(number, &was.asked, &was).await? {
            Ok(Some(_)) => Some(Item::gone(was)),
            Ok(None) => None,
            Err(why) => Some(Item::gone(was).saying(format!("it could not be read: {why}"))),
        })
    }

    /// Reads a meeting; `None` when the run is stopped first.
    async fn found(&self, number: u64, meeting: &Meeting, was: &Was) -> Option<Found> {
        let answer = was.meeting();
        let Some((answer, id)) = answer.and_then(|answer| Some((answer, answer.meeting.id.as_ref()?))) else {
            return Some(Err(NO_ID.to_owned()));
        };
        // Graph's path takes object ids only, and the line has it.
        let organizer = match (&meeting.organizer, &answer.meeting.organizer_id) {
            (Organizer::Named(_), Some(id)) => Organizer::User(id.clone()),
            (own, _) => own.clone(),
        };
        let meeting = Meeting { organizer, ..meeting.clone() };
        let call = match self.service.graph.get(&meeting, id) {
            Ok(call) => call,
            Err(error) => return Some(Err(format!("{error:#}"))),
        };
        let (mut tries, asker) = (Tries::default(), self.refusals.asker(&meeting, number));
        let send = async |bearer: &_| self.service.graph.found(&call, bearer).await;
        Some(match self.service.until(number, &mut tries, Some(&asker), send).await? {
            End::Ready(found) => Ok(found.map(|answer| answer.meeting)),
            End::Refused(trouble) | End::Uncertain(trouble) => Err(trouble.error()),
            End::Failed(trouble, gave_up) => Err(format!("{gave_up}; the last time: {}", trouble.error())),
        })
    }
}

fn is_of_no_person(field: &Field) -> bool {
    !matches!(field.member, Member::Attendees | Member::Role(_))
}
