//! The zones that a sheet names, each looked up once. They come from the zone database that is built into the program
//! (jiff's), so that the answer does not depend on the machine. Names that are none are not kept, but for the last.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::local;
use super::names::{self, Known};
use crate::input::flaw::Wrong;

/// In how many spellings names are remembered, lest a sheet of odd ones fills memory.
const SPELLINGS_MAX: usize = 2_000;

/// A zone that was found, by its place in [`Zones`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ZoneId(usize);

#[derive(Clone)]
struct Zone {
    name: Box<str>,
    clock: TimeZone,
    doubt: Option<Wrong>,
}

/// The built-in zones, each that is named looked up once.
#[derive(Clone)]
pub struct Zones {
    database: TimeZoneDatabase,
    /// Only zones that exist, one for each.
    table: Vec<Zone>,
    /// What was written, and which zone it is.
    spellings: HashMap<Box<str>, ZoneId>,
    /// The name that was unknown last: a sheet has one mistake many times, and to say what is nearest takes long.
    unknown: Option<(Box<str>, Wrong)>,
}

impl Zones {
    /// All zones of the built-in database.
    #[expect(clippy::new_without_default, reason = "a database is opened, not defaulted")]
    pub fn new() -> Self {
        Self { database: TimeZoneDatabase::bundled(), table: Vec::new(), spellings: HashMap::new(), unknown: None }
    }

    /// Whether this names a zone: by IANA or by Windows, in any case, or by an offset like `+01:00`.
    #[cfg(test)]
    pub(super) fn has(&mut self, name: &str) -> bool {
        self.zone(name).is_ok()
    }

    /// What is wrong with a name of a zone that stands in `place`; `None` when nothing is.
    pub fn refusal(&mut self, place: &str, name: &str) -> Option<String> {
        self.zone(name).err().map(|wrong| wrong.in_cell(None, place, 0, name).to_string())
    }

    /// The zone of this name, or what is wrong with the name.
    pub(in crate::input) fn zone(&mut self, name: &str) -> Result<ZoneId, Wrong> {
        if let Some(id) = self.spellings.get(name) {
            return Ok(*id);
        }
        if let Some((_, wrong)) = self.unknown.as_ref().filter(|(unknown, _)| **unknown == *name) {
            return Err(wrong.clone());
        }
        let Known { name: own, zone, doubt } = names::find(name, &self.database).inspect_err(|wrong| {
            self.unknown = Some((name.into(), wrong.clone()));
        })?;
        let known = self.table.iter().position(|zone| *zone.name == *own);
        let id = ZoneId(known.unwrap_or(self.table.len()));
        if known.is_none() {
            self.table.push(Zone { name: own.into(), clock: zone, doubt });
        }
        if self.spellings.len() >= SPELLINGS_MAX {
            self.spellings.clear();
        }
        self.spellings.insert(name.into(), id);
        Ok(id)
    }

    /// What the zone of this name is called in the database, and its clocks; `None` when there is none.
    pub fn named(&mut self, name: &str) -> Option<(String, TimeZone)> {
        let id = self.zone(name).ok()?;
        Some((self.name(id).to_owned(), self.time_zone(id).clone()))
    }

    /// What the zone is called in the database; an offset as RFC 3339 writes it.
    pub fn name(&self, id: ZoneId) -> &str {
        &self.table[id.0].name
    }

    /// On which day an instant is there.
    pub fn local(&self, id: ZoneId, instant: DateTime<Utc>) -> NaiveDate {
        local::day(self.time_zone(id), instant)
    }

    /// A moment as the clocks there have it, and the name of the zone.
    pub(in crate::input) fn shown(&self, id: ZoneId, instant: DateTime<Utc>) -> String {
        let at = Timestamp::new(instant.timestamp(), 0).map(|at| self.time_zone(id).to_datetime(at));
        at.map_or_else(|_| Self::in_utc(instant), |at| format!("{} ({})", local::minutes(at), self.name(id)))
    }

    /// A moment in UTC, in the same way.
    pub(in crate::input) fn in_utc(instant: DateTime<Utc>) -> String {
        let shown = instant.format("%Y-%m-%d %H:%M:%S%.f UTC").to_string();
        shown.replacen(":00 UTC", " UTC", 1)
    }

    /// Why the zone may not be what was meant, if there is a reason.
    pub(in crate::input) fn doubt(&self, id: ZoneId) -> Option<Wrong> {
        self.table[id.0].doubt.clone()
    }

    /// The clocks there.
    pub fn time_zone(&self, id: ZoneId) -> &TimeZone {
        &self.table[id.0].clock
    }

    /// How many zones and spellings are kept.
    #[cfg(test)]
    pub(super) fn kept(&self) -> (usize, usize) {
        (self.table.len(), self.spellings.len())
    }
}
