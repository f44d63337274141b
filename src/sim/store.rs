//! The meetings that there are, and where each is found: by key, by id and link, and by number.
//!
//! A meeting is in the file, if there is one, before anybody can see it. An id that was given out is never given to
//! another meeting, also not in a later run. It knows no request and no answer.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::hash::Hash;
use super::journal::{Header, Journal};
use super::meeting::wanted::Wanted;
use super::meeting::{Coordinates, Key, Meeting, code, times};

#[derive(Default)]
pub(super) struct Store {
    by_key: HashMap<Key, Made>,
    /// By the hash of the coordinates: all that there are.
    by_place: HashMap<u64, Arc<Meeting>>,
    /// Their places.
    by_code: HashMap<u64, u64>,
    /// The places of meetings that are gone. Those with a key are counted there instead.
    left: HashSet<u64>,
    /// What links begin with: here, and where the simulator was reached before.
    links: Vec<String>,
    /// Which of them those begin with that are made now.
    link: u16,
    journal: Option<Journal<Record>>,
}

/// What there is of a key.
#[derive(Default)]
struct Made {
    meeting: Option<Arc<Meeting>>,
    /// How often a meeting was made for it: more than once only if it was deleted in between.
    times: u32,
}

/// What happens to the meetings, one at a time.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Record {
    /// A meeting as it is from now on; if it is new and has a key, so often was one made for that.
    Kept { meeting: Meeting, times: u32 },
    /// By its place.
    Gone(u64),
    /// What is left of a key whose meeting is gone.
    Made { key: Key, times: u32 },
    /// What the links of all meetings that follow begin with.
    Links(String),
}

/// The version of the records.
const VERSION: u32 = 1;

impl Store {
    /// The meetings that the file holds, and from now on there too.
    pub(super) fn open(file: &Path, seed: u64, links: String) -> Result<Self> {
        let (mut store, mut found) = (Self::default(), 0);
        let mut journal = Journal::open(file, &Header { version: VERSION, seed }, |record| {
            found += 1;
            store.apply(record);
        })?;
        // A third of it is about what has changed since.
        if 2 * found > 3 * store.needed() {
            journal.rewrite(store.records())?;
        }
        store.journal = Some(journal);
        store.lead_to(links)?;
        Ok(store)
    }

    /// Without a file.
    pub(super) fn new(links: String) -> Self {
        Self { links: vec![links], ..Self::default() }
    }

    /// From now on links begin so; those that were made before stay as they are.
    fn lead_to(&mut self, links: String) -> io::Result<()> {
        if self.links.get(usize::from(self.link)) != Some(&links) {
            let record = Record::Links(links);
            self.write(&record)?;
            self.apply(record);
        }
        Ok(())
    }

    /// What links begin with, by [`Meeting::link`].
    pub(super) fn links(&self) -> &[String] {
        &self.links
    }

    /// The last is what links begin with now.
    fn links_in_turn(&self) -> impl Iterator<Item = &String> {
        let now = self.links.get(usize::from(self.link));
        self.links.iter().chain(now.filter(|now| self.links.last() != Some(now)))
    }

    /// How many records say all there is to be said of it.
    fn needed(&self) -> usize {
        let gone = self.by_key.values().filter(|made| made.meeting.is_none());
        self.links_in_turn().count() + self.by_place.len() + gone.count() + self.left.len()
    }

    /// All there is to be said of it.
    fn records(&self) -> impl Iterator<Item = Record> {
        let times =
            |meeting: &Meeting| meeting.key().map_or(0, |key| self.by_key.get(&key).map_or(0, |made| made.times));
        let kept = self.by_place.values();
        let kept = kept.map(move |meeting| Record::Kept { times: times(meeting), meeting: Meeting::clone(meeting) });
        let gone = self.by_key.iter().filter(|(_, made)| made.meeting.is_none());
        let made = gone.map(|(key, made)| Record::Made { key: key.clone(), times: made.times });
        self.links_in_turn()
            .map(|links| Record::Links(links.clone()))
            .chain(kept)
            .chain(made)
            .chain(self.left.iter().map(|place| Record::Gone(*place)))
    }

    fn write(&mut self, record: &Record) -> io::Result<()> {
        self.journal.as_mut().map_or(Ok(()), |journal| journal.append(record))
    }

    /// Whether it was made just now, and the meeting.
    pub(super) fn create_or_get(
        &mut self,
        seed: u64,
        key: &Key,
        wanted: Wanted,
        now: DateTime<Utc>,
    ) -> io::Result<(bool, Arc<Meeting>)> {
        let made = self.by_key.get(key);
        if let Some(meeting) = made.and_then(|made| made.meeting.as_ref()) {
            return Ok((false, Arc::clone(meeting)));
        }
        let times_made = made.map_or(0, |made| made.times).saturating_add(1);
        let origin = match times_made {
            1 => key.hash(seed),
            again => key.hash(seed).text("again").number(again.into()),
        };
        let (start, end) = times(wanted.start, wanted.end, now);
        let meeting = Meeting {
            organizer: key.organizer,
            external_id: Some(key.external_id.clone()),
            origin,
            code: code(origin),
            link: 0,
            passcode_required: true,
            subject: wanted.subject.map(Into::into),
            created: now,
            start,
            end,
            attendees: wanted.attendees.into(),
            channel: wanted.thread.map(Into::into),
            settings: None,
        };
        Ok((true, self.begin(meeting, times_made)?))
    }

    pub(super) fn has(&self, key: &Key) -> bool {
        self.by_key.get(key).is_some_and(|made| made.meeting.is_some())
    }

    /// Keeps a new meeting without a key.
    pub(super) fn create(&mut self, meeting: Meeting) -> io::Result<Arc<Meeting>> {
        self.begin(meeting, 0)
    }

    /// Keeps a new meeting; if another has its id or its number, by the next one that is free. The same request to
    /// create can come in two runs, and what is made up for it is then the same.
    fn begin(&mut self, mut meeting: Meeting, times: u32) -> io::Result<Arc<Meeting>> {
        let (origin, mut turn) = (meeting.origin, 0);
        while self.is_taken(place(&Coordinates::of(&meeting))) {
            turn += 1;
            meeting.origin = origin.text("other").number(turn);
        }
        meeting.code = self.free_code(meeting.origin);
        meeting.link = self.link;
        self.keep(meeting, times)
    }

    fn is_taken(&self, place: u64) -> bool {
        self.by_place.contains_key(&place) || self.left.contains(&place)
    }

    /// A number that no other meeting has.
    fn free_code(&self, origin: Hash) -> u64 {
        let first = code(origin);
        let others = (1..).map(|turn| code(origin.number(turn)));
        let mut codes = std::iter::once(first).chain(others);
        codes.find(|code| !self.by_code.contains_key(code)).unwrap_or(first)
    }

    /// Keeps a meeting that has changed, in the place of what it was.
    pub(super) fn change(&mut self, meeting: Meeting) -> io::Result<Arc<Meeting>> {
        self.keep(meeting, 0)
    }

    fn keep(&mut self, meeting: Meeting, times: u32) -> io::Result<Arc<Meeting>> {
        let record = Record::Kept { meeting, times };
        self.write(&record)?;
        match self.apply(record) {
            Some(meeting) => Ok(meeting),
            None => unreachable!("what is kept is there"),
        }
    }

    pub(super) fn remove(&mut self, coordinates: &Coordinates) -> io::Result<()> {
        let record = Record::Gone(place(coordinates));
        self.write(&record)?;
        self.apply(record);
        Ok(())
    }

    fn apply(&mut self, record: Record) -> Option<Arc<Meeting>> {
        match record {
            Record::Kept { meeting, times } => Some(self.set(meeting, times)),
            Record::Made { key, times } => {
                self.by_key.insert(key, Made { meeting: None, times });
                None
            }
            Record::Links(links) => {
                let there = self.links.iter().position(|other| *other == links);
                let link = there.unwrap_or(self.links.len());
                if there.is_none() {
                    self.links.push(links);
                }
                self.link = u16::try_from(link).unwrap_or(u16::MAX);
                None
            }
            Record::Gone(place) => {
                self.leave(place);
                None
            }
        }
    }

    fn leave(&mut self, place: u64) {
        let meeting = self.by_place.remove(&place);
        if let Some(meeting) = &meeting {
            self.by_code.remove(&meeting.code);
        }
        match meeting.and_then(|meeting| meeting.key()).and_then(|key| self.by_key.get_mut(&key)) {
            Some(made) => made.meeting = None,
            None => {
                self.left.insert(place);
            }
        }
    }

    fn set(&mut self, meeting: Meeting, times: u32) -> Arc<Meeting> {
        let (place, meeting) = (place(&Coordinates::of(&meeting)), Arc::new(meeting));
        if let Some(key) = meeting.key() {
            let made = self.by_key.entry(key).or_default();
            made.meeting = Some(Arc::clone(&meeting));
            // A change makes no other.
            made.times = made.times.max(times);
        }
        self.by_code.insert(meeting.code, place);
        self.by_place.insert(place, Arc::clone(&meeting));
        meeting
    }

    pub(super) fn find(&self, coordinates: &Coordinates) -> Option<&Arc<Meeting>> {
        let found = self.by_place.get(&place(coordinates));
        found.filter(|meeting| Coordinates::of(meeting) == *coordinates)
    }

    pub(super) fn with_code(&self, code: u64) -> Option<&Arc<Meeting>> {
        self.by_code.get(&code).and_then(|place| self.by_place.get(place))
    }

    pub(super) fn count(&self) -> u64 {
        self.by_place.len() as u64
    }

    /// How often a meeting was made for each key.
    pub(super) fn made(&self) -> impl Iterator<Item = (String, u64)> {
        self.by_key.iter().map(|(key, made)| (key.to_string(), made.times.into()))
    }
}

/// Where a meeting is found by its coordinates.
fn place(coordinates: &Coordinates) -> u64 {
    let (upper, lower) = coordinates.organizer.as_u64_pair();
    let hash = Hash::seeded(0).number(upper).number(lower);
    hash.text(&coordinates.message).text(&coordinates.thread).finish()
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
