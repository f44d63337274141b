//! One walk through all rows: what `provision` would do with each, counted, and each flaw handed on as it is met.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use anyhow::{Result, ensure};
use chrono::{DateTime, NaiveDate, Utc};

use super::firsts::Firsts;
use super::keys::{Found, KeyHash, Keys, RECORDS_MAX, details};
use super::organizers::{Organizers, Over};
use crate::input::{CONFLICT, Column, Columns, Flaw, Row, Rows, ZoneId, shown};
use crate::meeting::{Meeting, Setting};

/// The kind of warning about two meetings under one externalId.
const NAMESAKE: &str = "the externalId is an earlier row's under another organizer; to Graph that is a second meeting";
/// So many rows are read again to be certain that they have the same externalId. Where there are more, that is no accident
/// of hashes, of which there is one in a million rows.
const NAMESAKES_READ_MAX: u64 = 10_000;

/// Whether something is wrong or should only be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    Flaw,
    Warning,
}

/// Where flaws and warnings go.
pub(super) trait Told {
    /// Whether the next of this kind is shown; if not, it is enough to count it.
    fn is_shown(&self, kind: &'static str) -> bool;
    /// One is met.
    fn tell(&mut self, severity: Severity, row: &Row, flaw: &Flaw) -> Result<()>;
    /// One is met of a kind that is not shown.
    fn count(&mut self, severity: Severity, row: &Row, kind: &'static str);
}

/// What came of it.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) rows: u64,
    pub(super) flawed: u64,
    pub(super) meetings: u64,
    /// Rows that ask for the meeting of an earlier row, and for nothing else.
    pub(super) repeated: u64,
    /// Those that ask for something else.
    pub(super) conflicting: u64,
    pub(super) warnings: u64,
    /// Meetings without a time.
    pub(super) instant: u64,
    organizers: Organizers,
    spans: HashMap<Option<ZoneId>, Span>,
}

/// The first and the last start in a zone, and of how many rows.
struct Span {
    first: DateTime<Utc>,
    last: DateTime<Utc>,
    rows: u64,
}

/// The days on which the meetings of one zone begin.
pub(super) struct Days {
    /// `None` for times that have their offset with them; the days are UTC's then.
    pub(super) zone: Option<String>,
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    pub(super) rows: u64,
}

impl Counts {
    pub(super) fn ready(&self) -> u64 {
        self.rows - self.flawed
    }

    pub(super) fn organizers(&self) -> usize {
        self.organizers.len()
    }

    pub(super) fn over(&self) -> (Vec<Over>, u64) {
        self.organizers.over()
    }

    /// Whether there is something to be known though no row is flawed by it.
    pub(super) fn warns(&self) -> bool {
        self.warnings > 0 || !self.over().0.is_empty()
    }

    /// The zone with most rows first.
    pub(super) fn days(&self, rows: &Rows) -> Vec<Days> {
        let zones = rows.parser().zones();
        let mut days: Vec<Days> = self
            .spans
            .iter()
            .map(|(zone, span)| {
                let day = |time: DateTime<Utc>| zone.map_or_else(|| time.date_naive(), |zone| zones.local(zone, time));
                let name = zone.map(|zone| zones.name(zone).to_owned());
                Days { zone: name, first: day(span.first), last: day(span.last), rows: span.rows }
            })
            .collect();
        days.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.zone.cmp(&b.zone)));
        days
    }

    fn ready_row(&mut self, row: &Row, meeting: &Meeting) {
        let Some(start) = meeting.span.start() else { return };
        match self.spans.entry(row.zone) {
            Entry::Vacant(free) => {
                free.insert(Span { first: start, last: start, rows: 1 });
            }
            Entry::Occupied(mut span) => {
                let span = span.get_mut();
                span.first = span.first.min(start);
                span.last = span.last.max(start);
                span.rows += 1;
            }
        }
    }
}

/// Reads all rows. Fails when they cannot be read to the end.
pub(super) fn walk(rows: &mut Rows, told: &mut dyn Told) -> Result<Counts> {
    let records = rows.about().records;
    ensure!(records <= RECORDS_MAX, "{records} rows are more than this program can check: divide the sheet");
    let columns = rows.parser().columns().clone();
    let (firsts, keys) = (Firsts::new(rows.again()), Keys::with_room(records));
    let mut walk = Walk { counts: Counts::default(), keys, firsts, columns, told, namesakes: 0 };
    for row in rows {
        walk.row(&row?)?;
    }
    Ok(walk.counts)
}

struct Walk<'a> {
    counts: Counts,
    keys: Keys,
    firsts: Firsts,
    columns: Columns,
    told: &'a mut dyn Told,
    /// How many were read again.
    namesakes: u64,
}

impl Walk<'_> {
    fn row(&mut self, row: &Row) -> Result<()> {
        self.counts.rows += 1;
        self.firsts.pass(row);
        let is_ready = match &row.meeting {
            Ok(meeting) => self.ask(row, meeting)?,
            Err(flaws) => {
                self.tell(Severity::Flaw, row, flaws)?;
                false
            }
        };
        match &row.meeting {
            Ok(meeting) if is_ready => self.counts.ready_row(row, meeting),
            _ => self.counts.flawed += 1,
        }
        self.tell(Severity::Warning, row, &row.warnings)
    }

    fn tell(&mut self, severity: Severity, row: &Row, flaws: &[Flaw]) -> Result<()> {
        self.counts.warnings += if severity == Severity::Warning { flaws.len() as u64 } else { 0 };
        for flaw in flaws {
            if self.told.is_shown(flaw.kind) {
                self.told.tell(severity, row, flaw)?;
            } else {
                self.told.count(severity, row, flaw.kind);
            }
        }
        Ok(())
    }

    /// Enters what a row asks for; says whether it would be sent.
    fn ask(&mut self, row: &Row, meeting: &Meeting) -> Result<bool> {
        let key = KeyHash::of(&meeting.organizer, &meeting.external_id);
        let first = match self.keys.ask(key, row.record, details(meeting)) {
            Found::New(namesake) => {
                self.meeting(meeting, key);
                if let Some(first) = namesake {
                    self.namesake(row, meeting, first)?;
                }
                return Ok(true);
            }
            Found::Same(_) => {
                self.counts.repeated += 1;
                return Ok(true);
            }
            Found::Other(first) => first,
        };
        // What a row leaves empty it does not ask for; if it leaves nothing empty, it asks for something else.
        let settings = Setting::ALL.map(Column::Setting).into_iter();
        let mut settings = settings.filter(|column| self.columns.index(*column).is_some());
        let leaves_nothing = meeting.subject.is_some()
            && meeting.span.end().is_some()
            && settings.all(|column| self.columns.says(column, &row.cells));
        if leaves_nothing && !self.told.is_shown(CONFLICT) {
            self.counts.conflicting += 1;
            self.told.count(Severity::Flaw, row, CONFLICT);
            return Ok(false);
        }
        let Some(had) = self.firsts.meeting(first)?.filter(|had| had.key() == meeting.key()) else {
            // Two keys of one hash.
            self.meeting(meeting, key);
            return Ok(true);
        };
        let flaws = self.firsts.conflicts(row, &had, first);
        let is_ready = flaws.is_empty();
        *(if is_ready { &mut self.counts.repeated } else { &mut self.counts.conflicting }) += 1;
        self.tell(Severity::Flaw, row, &flaws)?;
        Ok(is_ready)
    }

    /// One more meeting.
    fn meeting(&mut self, meeting: &Meeting, key: KeyHash) {
        self.counts.meetings += 1;
        self.counts.instant += u64::from(meeting.span.start().is_none());
        self.counts.organizers.count(&meeting.organizer, key.organizer, meeting.span.start());
    }

    fn namesake(&mut self, row: &Row, meeting: &Meeting, first: u64) -> Result<()> {
        if self.namesakes < NAMESAKES_READ_MAX {
            self.namesakes += 1;
            let had = self.firsts.meeting(first)?;
            if had.is_none_or(|had| had.external_id != meeting.external_id) {
                return Ok(());
            }
        }
        self.counts.warnings += 1;
        if !self.told.is_shown(NAMESAKE) {
            self.told.count(Severity::Warning, row, NAMESAKE);
            return Ok(());
        }
        let cell = self.columns.index(Column::ExternalId);
        let length = cell.and_then(|cell| row.cells.0.get(cell)).map_or(0, <[u8]>::len);
        let warning = Flaw {
            cell,
            part: 0..length,
            column: self.columns.name(Column::ExternalId).to_owned(),
            value: shown(meeting.external_id.as_str()),
            kind: NAMESAKE,
            what: Some(format!(
                "record {first} has this externalId too, with another organizer; that is a second meeting"
            )),
            mend: "nothing, if two meetings are meant; else write the same organizer in both rows".to_owned(),
        };
        self.told.tell(Severity::Warning, row, &warning)
    }
}
