//! Chosen: which meetings of an output are meant, when what is to be done is about those and not about rows.
//!
//! A mistake here deletes somebody's meeting: what is in doubt is not chosen.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::io;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};
use tracing::warn;

use super::kept::{Kept, Stand};
use crate::input::{AskedForm, Cells, Input, Mapped, Parser, Row, Rows, shown};
use crate::keys::{KeyHash, Keys};
use crate::ledger::LineColumns;
use crate::meeting::{ExternalId, Meeting, Organizer};
use crate::outcome::{Answer, Status};
use crate::tally::plural;

/// How many meetings are told one by one that are in doubt.
const DOUBTS_TOLD: u64 = 10;

/// Which meetings of an output are meant. What is `None` leaves all of them; of several, all must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meant {
    /// Those with these externalIds.
    pub only: Option<BTreeSet<String>>,
    /// Those whose lines have one of these.
    pub statuses: Option<Vec<Status>>,
    /// Those that begin before this.
    pub before: Option<DateTime<Utc>>,
    /// Those that this sheet has no row for.
    pub missing_from: Option<Input>,
    /// The form of that sheet, as far as it was said.
    pub form: AskedForm,
    /// Which of its columns was said to mean what.
    pub map: Vec<Mapped>,
    /// The output has the meetings whose rows have left, so that the sheet has none of them as a rule.
    pub left: bool,
    /// They are the signed-in user's, and asked for as such.
    pub me: bool,
}

/// The meetings of an output that are chosen.
pub struct Chosen {
    meant: Meant,
    places: LineColumns,
    parser: RefCell<Parser>,
    /// What the sheet still has, if those are meant that it has not.
    kept: Option<RefCell<Kept>>,
    /// The ids of meetings that lines have under different names.
    disputed: HashSet<KeyHash>,
}

impl Chosen {
    /// Walks the output from end to end, and before it the sheet that meetings are to be missing from. Fails when that
    /// sheet cannot be relied on.
    pub fn open(meant: &Meant, output: Rows) -> Result<Self> {
        let parser = output.parser().clone();
        let places = LineColumns::of_header(parser.columns().header());
        let kept = match &meant.missing_from {
            None => None,
            Some(sheet) => {
                Some(RefCell::new(Kept::open(sheet, &parser, &meant.form, &meant.map).context("--missing-from")?))
            }
        };
        let disputed = disputed(output.anew()?, &places)?;
        if let Some(only) = &meant.only {
            tell_unfit(output.anew()?, &places, only)?;
        }
        let chosen = Self { meant: meant.clone(), places, parser: RefCell::new(parser), kept, disputed };
        if let Some(sheet) = &meant.missing_from {
            chosen.check(output, &sheet.to_string())?;
        }
        Ok(chosen)
    }

    /// Whether a row's meeting is chosen. One without a meeting never is.
    pub fn has(&self, row: &Row) -> bool {
        let Some((status, answer)) = self.places.meeting(&row.cells) else { return false };
        self.may_have(row, status, &answer) && self.stand(row, &answer).is_ok_and(|stand| stand == Stand::Missing)
    }

    /// By all but what the sheet still has.
    fn may_have(&self, row: &Row, status: Status, answer: &Answer) -> bool {
        let Meant { only, statuses, before, .. } = &self.meant;
        let name = row.external_id.as_ref().map(ExternalId::as_str);
        only.as_ref().is_none_or(|only| name.is_some_and(|name| only.contains(name)))
            && statuses.as_ref().is_none_or(|statuses| statuses.contains(&status))
            && before.is_none_or(|before| self.begins(row, answer).is_some_and(|begins| begins < before))
    }

    fn stand(&self, row: &Row, answer: &Answer) -> io::Result<Stand> {
        match (&self.kept, &row.external_id) {
            (None, _) => Ok(Stand::Missing),
            (Some(_), None) => Ok(Stand::There),
            (Some(kept), Some(id)) => kept.borrow_mut().stand(self.organizer(&row.cells).as_ref(), id, answer),
        }
    }

    /// When a meeting begins: as Graph had it, or else as the row says.
    pub fn begins(&self, row: &Row, answer: &Answer) -> Option<DateTime<Utc>> {
        let graph = answer.meeting.start.as_deref().and_then(|text| text.parse().ok());
        graph.or_else(|| self.asked(&row.cells)?.span.start())
    }

    /// What a record asks for, if nothing is wrong with it.
    pub fn asked(&self, cells: &Cells) -> Option<Meeting> {
        self.parser.borrow_mut().meeting(cells).ok()
    }

    /// The meeting of a line that people can join, if it can be asked for.
    pub fn meeting(&self, cells: &Cells) -> Option<Answer> {
        self.places.meeting(cells).map(|(_, answer)| answer)
    }

    /// Whom a record's cell names as organizer.
    pub fn organizer(&self, cells: &Cells) -> Option<Organizer> {
        self.parser.borrow().organizer(cells)
    }

    /// Whose a meeting is for Graph: the signed-in user's, or that of the object id that Graph told.
    pub fn owner(&self, answer: &Answer) -> Option<Organizer> {
        let id = || Some(Organizer::User(answer.meeting.organizer_id.as_ref()?.to_ascii_lowercase()));
        if self.meant.me { Some(Organizer::Me) } else { id() }
    }

    /// What tells a line's meeting from all others: whose it is, its id, and what the line calls it. So lines that have one
    /// meeting are told from those that only have its id.
    pub fn entered_as(&self, answer: &Answer, cells: &Cells) -> Option<Meeting> {
        let name = self.parser.borrow().external_id(cells)?;
        let id = ExternalId::new(&format!("{}\n{}", answer.meeting.id.as_deref()?, name.as_str()))?;
        Some(Meeting::of_key((self.owner(answer)?, id)))
    }

    /// Whether lines have this meeting's id under different names, so that nobody knows whose it was when it is gone.
    pub fn is_disputed(&self, answer: &Answer) -> bool {
        by_id(answer).is_some_and(|id| self.disputed.contains(&id))
    }

    /// Tells what is in doubt. Fails when the sheet has none of the meetings: it is another's, as a rule.
    fn check(&self, output: Rows, sheet: &str) -> Result<()> {
        let (mut meetings, mut missing, mut doubts) = (0, 0, 0);
        for row in output {
            let row = row?;
            let Some((status, answer)) = self.places.meeting(&row.cells) else { continue };
            meetings += 1;
            match self.stand(&row, &answer)? {
                Stand::Missing => missing += 1,
                Stand::Doubtful(name) if self.may_have(&row, status, &answer) => {
                    doubts += 1;
                    if doubts <= DOUBTS_TOLD {
                        tell_doubt(&row, &name, sheet);
                    }
                }
                Stand::There | Stand::Doubtful(_) => {}
            }
        }
        if doubts > DOUBTS_TOLD {
            warn!("and so are {} more, whom {sheet} may have under another name", doubts - DOUBTS_TOLD);
        }
        ensure!(
            meetings == 0 || missing < meetings || self.meant.left,
            "--missing-from {sheet} has not one of the {} in the output, so that it is probably another sheet; if all are \
             to go, choose them with --status or --only",
            plural(meetings, "meeting")
        );
        Ok(())
    }
}

/// Says of the lines that were named one by one which of them have nothing to delete.
fn tell_unfit(output: Rows, places: &LineColumns, only: &BTreeSet<String>) -> Result<()> {
    for row in output {
        let row = row?;
        let Some(id) = row.external_id.as_ref().map(ExternalId::as_str).filter(|id| only.contains(*id)) else {
            continue;
        };
        if places.meeting(&row.cells).is_some() {
            continue;
        }
        let Some((outcome, ..)) = places.line(&row.cells, Vec::new()) else { continue };
        let status = outcome.status();
        let lacks = if status.has_meeting() { ", and without its meetingId or its link" } else { "" };
        let (record, id) = (row.record, shown(id));
        warn!(record, external_id = id, "{id} has no meeting that can be deleted ({}{lacks})", status.as_str());
    }
    Ok(())
}

/// Says of a meeting that is not chosen how it can be.
fn tell_doubt(row: &Row, name: &str, sheet: &str) {
    let id = row.external_id.as_ref().map_or("", ExternalId::as_str);
    let (record, id, name) = (row.record, shown(id), shown(name));
    warn!(
        record,
        external_id = id,
        "record {record} ({id}) is not chosen: {sheet} has its externalId under the organizer '{name}', who may be the \
         same person; if its meeting is to go, choose it with --only {id} and without --missing-from"
    );
}

fn by_id(answer: &Answer) -> Option<KeyHash> {
    let id = ExternalId::new(answer.meeting.id.as_deref()?)?;
    Some(KeyHash::of(&(Organizer::Me, id)))
}

/// The ids that lines have for meetings of different organizers or with different externalIds: somebody has changed them.
fn disputed(output: Rows, places: &LineColumns) -> Result<HashSet<KeyHash>> {
    let (mut names, mut disputed) = (Keys::default(), HashSet::new());
    for row in output {
        let row = row?;
        let Some((_, answer)) = places.meeting(&row.cells) else { continue };
        let Some(id) = by_id(&answer) else { continue };
        let mut name = DefaultHasher::new();
        let organizer = answer.meeting.organizer_id.as_deref().map(str::to_ascii_lowercase);
        (organizer, &row.external_id).hash(&mut name);
        names.put(id, name.finish());
        if names.place(id) != Some(name.finish()) {
            disputed.insert(id);
        }
    }
    Ok(disputed)
}
