//! A meeting of an earlier output is looked at: whether it is there, whether it is as its row and its line say, and for how
//! long its link works. It is read by its id, and nothing is made or changed.
//!
//! A line without a meeting keeps its outcome, and nobody is asked. A row that cannot be read is no reason not to look: that
//! the link works is worth knowing, and in what the meeting is not compared is told with it.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Known, Task};
use crate::ask::{End, Service};
use crate::graph::Exchange;
use crate::input::{Flaw, Row, kind_told};
use crate::ledger::LineColumns;
use crate::meeting::{Meeting, Organizer, graph_time};
use crate::outcome::{Answer, Extra, OnlineMeeting, Outcome, Status, Trouble, differences, found};
use crate::refusals::Asker;
use crate::tries::Tries;

/// How long a meeting lives after its end (Graph, *onlineMeeting resource type*).
const LIFE_DAYS: i64 = 60;
/// The kind of what is wrong with a row whose meeting is looked at all the same.
const UNREAD: &str =
    "the row cannot be read, so only whether its meeting is there was looked at; the column drift tells why";
/// The kind of flaw of a line that is none.
const NO_LINE: &str = "the record is no line of this program";
/// The kind of flaw of a line that was invalid, of which the words alone are left.
const WAS_INVALID: &str = "the row had a flaw when it was to be sent";
const NO_ID: &str = "the line has no meetingId, by which alone a meeting can be read; provision the sheet again, which \
                     finds the meeting";
const NO_ORGANIZER: &str = "Graph has no such meeting of an organizer of this name; its path takes object ids, so that this \
                            says nothing: keep the column organizerId, or leave --lookup on";

/// What a line says of a meeting, against what Graph says.
#[derive(Clone, Debug)]
pub struct Verify {
    /// Where the input, which is an output, has this program's columns.
    pub lines: LineColumns,
    /// All meetings are the signed-in user's.
    pub me: bool,
    /// When this is.
    pub now: DateTime<Utc>,
    /// A link that stops working in so much time is told.
    pub within: TimeDelta,
    /// Whether attendees whom the row does not name are as it was to be.
    pub extra: Extra,
}

/// Whether the meeting of a line that ended so is looked at.
fn is_looked_at(status: Status) -> bool {
    status.has_meeting() || status == Status::Expired
}

impl Verify {
    /// A row as its meeting is to be looked at: with the organizer that Graph has told, and with the settings that the
    /// meeting was given.
    pub(super) fn prepared(&self, mut row: Row) -> Row {
        let Some((outcome, _, error, _)) = self.lines.line(&row.cells, Vec::new()) else {
            row.meeting = Err(vec![no_line()]);
            return row;
        };
        let was_unasked = |trouble: &Trouble| trouble.own.unasked.is_some();
        match &outcome {
            // What was wrong need not show in the row alone. And what another run left out tells nothing of this one.
            Outcome::Invalid(_) if !is_as_told(&row, &error) => row.meeting = Err(as_told(&error)),
            Outcome::Refused(trouble) if was_unasked(trouble) => row.meeting = Err(as_told(&error)),
            _ => {}
        }
        let Some(answer) = outcome.answer().filter(|_| is_looked_at(outcome.status())) else { return row };
        let organizer = match &answer.meeting.organizer_id {
            _ if self.me => Some(Organizer::Me),
            Some(id) => Some(Organizer::User(id.to_ascii_lowercase())),
            None => None,
        };
        match (&mut row.meeting, &row.external_id, organizer) {
            (Ok(meeting), _, organizer) => {
                if let Some(organizer) = organizer {
                    meeting.organizer = organizer;
                }
                if outcome.as_asked().is_some() {
                    let given = answer.meeting.settings.iter().chain(meeting.settings.iter());
                    meeting.settings = given.map(|(setting, value)| (setting, value.to_owned())).collect();
                }
            }
            (Err(flaws), Some(id), Some(organizer)) => {
                row.warnings.extend(flaws.drain(..).map(unread));
                row.meeting = Ok(Meeting::of_key((organizer, id.clone())));
            }
            (Err(_), ..) => {}
        }
        row
    }

    /// What the line has; a line without a meeting ends as it did.
    pub(super) fn known(&self, row: &Row) -> Known {
        let flaws = row.meeting.as_ref().err().cloned().unwrap_or_default();
        let Some((outcome, ..)) = self.lines.line(&row.cells, flaws) else { return Known::Nothing };
        match outcome.answer().filter(|_| is_looked_at(outcome.status())) {
            Some(answer) => Known::Meeting(Box::new(answer.clone())),
            None => Known::Ends(Box::new(outcome)),
        }
    }

    /// Reads it, until there is an outcome; `None` when the run is stopped first. A line whose meeting could not be read
    /// keeps it.
    pub(super) async fn carry_out<E: Exchange>(
        &self,
        service: &Service<'_, E>,
        task: Task<'_>,
        tries: &mut Tries,
        asker: &Asker<'_>,
    ) -> Option<Outcome> {
        let outcome = self.look(service, task, tries, asker).await?;
        Some(keeping(outcome, task.known.map(|line| &line.meeting)))
    }

    async fn look<E: Exchange>(
        &self,
        service: &Service<'_, E>,
        task: Task<'_>,
        tries: &mut Tries,
        asker: &Asker<'_>,
    ) -> Option<Outcome> {
        let refused = |cause: &str| Outcome::Refused(Trouble { cause: cause.to_owned(), ..Trouble::default() });
        let Some((line, id)) = task.known.and_then(|line| Some((line, line.meeting.id.as_deref()?))) else {
            return Some(refused(NO_ID));
        };
        let call = match service.graph.get(task.meeting, id) {
            Ok(call) => call,
            Err(error) => return Some(refused(&format!("{error:#}"))),
        };
        let send = async |bearer: &_| service.graph.found(&call, bearer).await;
        Some(match service.until(task.record, tries, Some(asker), send).await? {
            End::Ready(Some(answer)) => self.compared(task, line, *answer),
            End::Ready(None) if matches!(task.meeting.organizer, Organizer::Named(_)) => refused(NO_ORGANIZER),
            End::Ready(None) => {
                Outcome::Gone(Answer { http_status: Some(404), request_id: None, unchanged: None, ..line.clone() })
            }
            End::Refused(trouble) | End::Uncertain(trouble) => Outcome::Refused(trouble),
            End::Failed(trouble, gave_up) => Outcome::Failed(trouble, gave_up),
        })
    }

    /// What Graph answers, against what the line and the row say.
    fn compared(&self, task: Task<'_>, line: &Answer, mut answer: Answer) -> Outcome {
        let Task { meeting: asked, flaws, .. } = task;
        let has = &mut answer.meeting;
        let mut drift = Vec::new();
        if !flaws.is_empty() {
            let flaws: Vec<String> = flaws.iter().map(Flaw::to_string).collect();
            drift.push(format!("the row cannot be read, and was not compared ({})", flaws.join(" | ")));
        }
        drift.extend(others(asked, &line.meeting, has));
        drift.extend(Some(found(&differences(asked, has, self.extra))).filter(|text| !text.is_empty()));
        has.made_by = line.meeting.made_by;
        // Without these nobody could look again.
        has.id = has.id.take().or_else(|| line.meeting.id.clone());
        has.organizer_id = has.organizer_id.take().or_else(|| line.meeting.organizer_id.clone());
        let Some((expiry, reckoned)) = expiry(has) else { return as_it_is(answer, &drift) };
        let reckoned =
            if reckoned { format!(" (Graph does not say; {LIFE_DAYS} days past its end)") } else { String::new() };
        let expiry_text = graph_time(expiry);
        if expiry <= self.now {
            drift.insert(0, format!("expired on {expiry_text}{reckoned}"));
            Outcome::Expired(answer, drift.join("; "))
        } else if expiry <= self.now + self.within {
            let expires = format!("expires on {expiry_text}{reckoned}");
            if drift.is_empty() {
                return Outcome::Expiring(answer, expires);
            }
            drift.push(expires);
            Outcome::Differs(answer, drift.join("; "))
        } else {
            as_it_is(answer, &drift)
        }
    }
}

/// An outcome that has no meeting, with the one that its line had: what came to nothing takes no link from anybody.
pub(super) fn keeping(mut outcome: Outcome, had: Option<&OnlineMeeting>) -> Outcome {
    if let (Outcome::Refused(trouble) | Outcome::Failed(trouble, _), Some(had)) = (&mut outcome, had) {
        trouble.own.had = Some(Box::new(had.clone()));
    }
    outcome
}

/// How a row ends whose link works for long.
fn as_it_is(answer: Answer, drift: &[String]) -> Outcome {
    if drift.is_empty() { Outcome::Existing(answer) } else { Outcome::Differs(answer, drift.join("; ")) }
}

/// In what Graph has another meeting than the line: what Graph or the line leaves out is not known to differ. Byte for byte,
/// since rewritten links can be blocked; object ids know no case.
fn others(asked: &Meeting, line: &OnlineMeeting, has: &OnlineMeeting) -> Vec<String> {
    let mut others = Vec::new();
    if !line.join_web_url.is_empty() && line.join_web_url != has.join_web_url {
        others.push(format!("joinWebUrl: Graph has {}", has.join_web_url));
    }
    if let (Some(own), Some(has)) = (&line.organizer_id, &has.organizer_id)
        && !own.eq_ignore_ascii_case(has)
    {
        others.push(format!("organizer: Graph has {has}"));
    }
    if let Some(has) = has.external_id.as_ref().filter(|has| asked.external_id.as_str() != has.as_str()) {
        others.push(format!("externalId: Graph has '{has}'"));
    }
    others
}

/// Until when its link works, and whether that was reckoned because Graph does not say.
fn expiry(meeting: &OnlineMeeting) -> Option<(DateTime<Utc>, bool)> {
    let time = |text: &Option<String>| text.as_ref()?.parse::<DateTime<Utc>>().ok();
    let told = time(&meeting.expiry).map(|expiry| (expiry, false));
    let ends = || time(&meeting.end).or_else(|| time(&meeting.start));
    told.or_else(|| Some((ends()?.checked_add_signed(TimeDelta::days(LIFE_DAYS))?, true)))
}

/// A flaw of a row whose meeting is looked at all the same.
fn unread(flaw: Flaw) -> Flaw {
    let what = flaw.what.or_else(|| Some(flaw.kind.to_owned()));
    Flaw { kind: UNREAD, what, ..flaw }
}

/// What keeps a row from being compared.
pub(super) fn overlooked(row: &Row) -> Vec<Flaw> {
    row.warnings.iter().filter(|warning| warning.kind == UNREAD).cloned().collect()
}

fn of_record(kind: &'static str, what: Option<String>, mend: &str) -> Flaw {
    Flaw { cell: None, part: 0..0, column: String::new(), value: String::new(), kind, what, mend: mend.to_owned() }
}

fn no_line() -> Flaw {
    of_record(NO_LINE, None, "take the output as convoke wrote it; if it is lost, provision the sheet again")
}

/// What a line tells of the flaws of its row, without where that was.
fn without_place(error: &str) -> &str {
    error.split_once("): ").filter(|(before, _)| before.starts_with("record ")).map_or(error, |(_, told)| told)
}

/// Whether the row shows the flaws that its line tells of, so that it can be seen where they are.
fn is_as_told(row: &Row, error: &str) -> bool {
    let flaws = row.meeting.as_ref().err().map(|flaws| flaws.iter().map(Flaw::to_string).collect::<Vec<_>>());
    flaws.is_some_and(|flaws| flaws.join(" | ") == without_place(error))
}

/// The flaws of a row as its line tells them.
fn as_told(error: &str) -> Vec<Flaw> {
    let flaw = |told: &str| {
        let (what, mend) = told.split_once("; ").unwrap_or((told, "mend it in the sheet, and provision that again"));
        let what = if what.is_empty() { WAS_INVALID } else { what };
        of_record(kind_told(what).unwrap_or(WAS_INVALID), Some(what.to_owned()), mend)
    };
    without_place(error).split(" | ").map(flaw).collect()
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
