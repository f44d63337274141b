//! What is known of a row whose meeting may be made once only: whatever an earlier output has for it stands, and no row
//! with a meeting is sent to be made again.

use std::io;
use std::path::Path;

use anyhow::Result;

use crate::input::{Flaw, Parser, Row};
use crate::ledger::{Has, Layout, Lines, Made};
use crate::meeting::{Attendee, Meeting, Who};
use crate::outcome::{Answer, Extra, Member, OnlineMeeting, Outcome, Participant, Trouble, differences, found};

use super::Carries;

/// What the earlier outputs of a plain create have, and what is to be done about it.
pub struct Plain {
    made: Made,
    parser: Parser,
    /// The rows are lines of an earlier output themselves.
    lines: Option<Lines>,
    /// Meetings are brought into line, and this becomes of attendees whom the row does not name.
    update: Option<Extra>,
    layout: Layout,
    /// There is an earlier output.
    any: bool,
}

impl Plain {
    /// Nothing is known so far; `torn` is how a row ended whose line is not whole.
    pub fn new(parser: &Parser, update: Option<Extra>, layout: Layout, torn: Trouble) -> Self {
        let lines = Lines::of_input(parser);
        Self { made: Made::new(torn), parser: parser.clone(), any: lines.is_some(), lines, update, layout }
    }

    /// Reads an earlier output; says whether there is one.
    pub fn read(&mut self, path: &Path) -> Result<bool> {
        let is_there = self.made.read(path, &self.parser)?;
        self.any |= is_there;
        Ok(is_there)
    }

    /// Whether there is an earlier output.
    pub fn any(&self) -> bool {
        self.any
    }

    /// What is known of a row, which is sent or not (`skips`), and may be named one by one (`insists`).
    pub(super) fn carries(&mut self, row: &Row, skips: bool, insists: bool) -> io::Result<Carries> {
        let key = match &row.meeting {
            Ok(meeting) => Some(meeting.key()),
            Err(_) => self.parser.organizer(&row.cells).zip(row.external_id.clone()),
        };
        let found = key.map(|key| self.made.find(&key)).transpose()?.flatten();
        let Some(has) = self.known(row, found) else { return Ok(Carries::Nothing) };
        let Some(answer) = has.outcome.answer().cloned() else {
            // Nobody knows whether it has its meeting: a person who does may send it again, by its name.
            let is_sent = insists && !skips && row.meeting.is_ok();
            return Ok(if is_sent { Carries::Nothing } else { Carries::Ends(Box::new(has.outcome), has.attempts) });
        };
        Ok(match &row.meeting {
            // Whether it is still there is asked for those who are named.
            Ok(_) if insists && !skips => Carries::Asks(Box::new(answer)),
            Ok(meeting) => self.with_meeting(meeting, &has, answer, skips),
            Err(flaws) => Carries::Ends(Box::new(Outcome::Differs(answer, invalid(flaws))), has.attempts),
        })
    }

    /// What the other outputs have for a row, or else the row itself.
    fn known(&mut self, row: &Row, found: Option<Has>) -> Option<Has> {
        let Some(lines) = &mut self.lines else { return found };
        let gone = lines.gone(&row.cells);
        let link = |has: &Has| has.outcome.answer().map(|answer| answer.meeting.join_web_url.clone());
        let found = found.filter(|has| gone.is_none() || link(has) != gone);
        if found.as_ref().is_some_and(|has| link(has).is_some()) {
            return found;
        }
        let own = self.made.own(lines, &row.cells);
        if own.as_ref().is_some_and(|has| link(has).is_some()) { own } else { found.or(own) }
    }

    fn with_meeting(&self, meeting: &Meeting, has: &Has, answer: Answer, skips: bool) -> Carries {
        let is_as_asked = has.outcome.as_asked().is_some();
        let asked = has.asked.as_ref().filter(|_| is_as_asked);
        let found_now = differences(meeting, &as_known(&answer, asked), self.update.unwrap_or_default());
        let is_same = asked.is_some_and(|asked| is_same(asked, meeting)) && found_now.is_empty();
        let is_mendable = |member: &Member| matches!(member, Member::Setting(setting) if setting.is_updatable());
        let is_unfinished = has.outcome.unchanged().is_some() && found_now.iter().any(|one| is_mendable(&one.member));
        if !skips && (self.update.is_some() && !is_same || is_unfinished || self.lacks(meeting, &answer)) {
            return Carries::Asks(Box::new(answer));
        }
        let outcome = match (found_now.is_empty(), has.outcome.drift()) {
            (true, _) if is_as_asked => Outcome::Carried(answer),
            (true, "") => Outcome::Carried(answer),
            (true, drift) => Outcome::Differs(answer, drift.to_owned()),
            (false, _) => Outcome::Differs(answer, found(&found_now)),
        };
        Carries::Ends(Box::new(outcome), has.attempts)
    }

    /// Whether the line does not say what the row asks for now, so that Graph must be asked.
    fn lacks(&self, meeting: &Meeting, answer: &Answer) -> bool {
        let has = &answer.meeting;
        self.layout.join_information && has.join_information.is_none()
            || meeting.settings.iter().any(|(setting, _)| has.settings.get(setting).is_none())
    }
}

/// Why a row is not as it was to be that has its meeting and is invalid now.
fn invalid(flaws: &[Flaw]) -> String {
    let flaws: Vec<String> = flaws.iter().map(Flaw::to_string).collect();
    format!("the row is invalid now, and its meeting as it was: {}", flaws.join(" | "))
}

/// Whether two rows ask for the same, whatever the organizer is called.
fn is_same(asked: &Meeting, now: &Meeting) -> bool {
    Meeting { organizer: now.organizer.clone(), ..asked.clone() } == *now
}

/// A meeting as an earlier output knows it: of a row that had it as asked, the row says what its line does not.
fn as_known(answer: &Answer, asked: Option<&Meeting>) -> OnlineMeeting {
    let Some(asked) = asked else { return answer.meeting.clone() };
    let attendees = asked.attendees.iter().map(participant).collect();
    OnlineMeeting { subject: asked.subject.clone(), attendees: Some(attendees), ..answer.meeting.clone() }
}

fn participant(one: &Attendee) -> Participant {
    let (id, upn) = match &one.who {
        Who::Upn(upn) => (None, Some(upn.clone())),
        Who::Id(id) => (Some(id.clone()), None),
        Who::User { id, upn } => (Some(id.clone()), Some(upn.clone())),
    };
    Participant { upn, id, role: Some(one.role.as_str().to_owned()) }
}
