//! What a sheet still has of an output's meetings.
//!
//! Of each row 16 bytes are kept. It errs on one side alone: what may be there is not missing.

use std::io;

use anyhow::{Context as _, Result, bail};

use crate::input::{Again, AskedForm, Input, Mapped, Parser, Reading, Row, Rows};
use crate::keys::{KeyHash, Keys};
use crate::meeting::{ExternalId, Organizer};
use crate::outcome::Answer;

/// How many rows of one externalId are looked at; with more it is in doubt.
const NAMESAKES_MAX: usize = 64;

/// Whether a sheet has a row for a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// It has.
    There,
    /// It has one under a name that may be another for the same person.
    Doubtful(String),
    /// It has not.
    Missing,
}

/// The meetings that the rows of a sheet ask for.
pub(super) struct Kept {
    /// Where the first row is for each.
    keys: Keys,
    parser: Parser,
    again: Again,
}

impl Kept {
    /// Walks a sheet that is read as the rows of the output were. Fails when a row's externalId cannot be read: the row
    /// may be that of any meeting.
    pub(super) fn open(sheet: &Input, output: &Parser, form: &AskedForm, map: &[Mapped]) -> Result<Self> {
        let reading = Reading { form: form.clone(), map: map.to_vec(), ..output.reading().clone() };
        let rows = Rows::open(sheet.open()?, reading);
        Self::of_rows(rows.with_context(|| format!("{sheet} cannot be read as a spreadsheet of meetings"))?)
            .with_context(|| sheet.to_string())
    }

    pub(super) fn of_rows(rows: Rows) -> Result<Self> {
        let mut kept = Self { keys: Keys::default(), parser: rows.parser().clone(), again: rows.again() };
        for row in rows {
            let row = row?;
            let id = readable(&row)?;
            // Who cannot be read may be anybody.
            let organizer = kept.parser.organizer(&row.cells).unwrap_or_else(anybody);
            kept.keys.put(KeyHash::of(&(organizer, id)), row.offset);
        }
        Ok(kept)
    }

    /// Whether there is a row for a meeting, which its line has under this organizer and externalId.
    pub(super) fn stand(&mut self, own: Option<&Organizer>, id: &ExternalId, has: &Answer) -> io::Result<Stand> {
        let lower = |text: &String| text.to_ascii_lowercase();
        let by_id = has.meeting.organizer_id.as_ref().map(|id| Organizer::User(lower(id)));
        let by_name = has.meeting.organizer_upn.as_ref().map(|name| Organizer::Named(lower(name)));
        let is_told = by_id.is_some() || matches!(own, Some(Organizer::User(_)));
        let names = [own.cloned(), by_id, by_name, Some(Organizer::Me), Some(anybody())];
        let place = |name: Organizer| self.keys.place(KeyHash::of(&(name, id.clone())));
        if names.into_iter().flatten().any(|name| place(name).is_some()) {
            return Ok(Stand::There);
        }
        let places = self.keys.others(KeyHash::of(&(anybody(), id.clone())));
        let places: Vec<u64> = places.take(NAMESAKES_MAX + 1).collect();
        if places.len() > NAMESAKES_MAX {
            return Ok(Stand::Doubtful("of many".to_owned()));
        }
        for place in places {
            let Some(row) = self.again.row(place, 0, 0)? else { continue };
            if row.external_id.as_ref() != Some(id) {
                continue;
            }
            match self.parser.organizer(&row.cells) {
                Some(Organizer::Named(name)) => return Ok(Stand::Doubtful(name)),
                Some(Organizer::User(id)) if !is_told => return Ok(Stand::Doubtful(id)),
                _ => {}
            }
        }
        Ok(Stand::Missing)
    }
}

/// In place of an organizer who cannot be read.
fn anybody() -> Organizer {
    Organizer::Named(String::new())
}

/// What a row calls its meeting, whatever else is wrong with it. Fails when that cannot be told: of a record whose cells may
/// stand in other columns than theirs, nothing can.
fn readable(row: &Row) -> Result<ExternalId> {
    let (record, at) = (row.record, row.at);
    let flaws = row.meeting.as_ref().err().map(Vec::as_slice).unwrap_or_default();
    let of_record = flaws.iter().find(|flaw| flaw.cell.is_none() && flaw.column.is_empty());
    match (&row.external_id, of_record) {
        (Some(id), None) => Ok(id.clone()),
        (_, Some(flaw)) => {
            bail!("which meeting record {record} ({at}) is for cannot be told, so that nothing is deleted: {flaw}")
        }
        (None, None) => {
            let why = flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
            bail!("the externalId of record {record} ({at}) cannot be read, so that nothing is deleted: {why}")
        }
    }
}
