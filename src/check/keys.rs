//! The meetings asked for, in 16 bytes each: by which record first, and with what subject, times and
//! settings.
//!
//! It holds hashes and not the keys themselves. Two keys are taken for one when 64 bits agree (32 under one externalId for
//! that whose organizer came first), and two rows of one key for the same when 32 more do; whoever must be certain reads the
//! first row again.

use crate::meeting::{ExternalId, Meeting, Organizer};

/// Says in an entry that no other key with this externalId came before.
const HEAD: u64 = 1 << 63;
/// So full may the table be, in sevenths of eighths: beyond it looking takes long.
const FULL: (usize, usize) = (7, 8);
/// How many entries a table begins with at the least.
const ENTRIES_MIN: usize = 1 << 10;
/// More records than this cannot be told apart in an entry.
pub(super) const RECORDS_MAX: u64 = (1 << 31) - 1;

/// The lower half of a hash.
const LOWER: u64 = u32::MAX as u64;

/// Odd numbers without a pattern, of the digits of pi.
const MIX: [u64; 3] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7345, 0xa409_3822_299f_31d1];

/// What became of a key that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It is new. Another key with the same externalId, of another organizer, may have come before.
    New(Option<u64>),
    /// This record asked first, with the same subject, times and settings.
    Same(u64),
    /// This record asked first, and what it asked was not the same.
    Other(u64),
}

/// The hashes of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyHash {
    /// Of the whole.
    key: u64,
    /// In the upper half of the externalId, in the lower of the whole.
    head: u64,
    /// Of its organizer.
    pub(super) organizer: u64,
}

impl KeyHash {
    pub(super) fn of(organizer: &Organizer, id: &ExternalId) -> Self {
        let organizer = match organizer {
            Organizer::Me => 0,
            Organizer::User(name) | Organizer::Named(name) => hash(MIX[1], name.as_bytes()),
        };
        let id = hash(MIX[0], id.as_str().as_bytes());
        let key = fold(id ^ fold(organizer, MIX[2]), MIX[1]);
        Self { key, head: id & !LOWER | key & LOWER, organizer }
    }
}

/// Subject, start, end and settings, in 32 bits.
pub(super) fn details(meeting: &Meeting) -> u32 {
    let subject = meeting.subject.as_ref().map_or(MIX[2], |subject| hash(MIX[1], subject.as_bytes()));
    let [start, end] = [meeting.span.start(), meeting.span.end()].map(|time| {
        time.map_or(MIX[0], |time| {
            fold(time.timestamp().cast_unsigned() ^ MIX[1], MIX[2]) ^ u64::from(time.timestamp_subsec_nanos())
        })
    });
    let told = fold(fold(subject ^ start, MIX[0]) ^ end, MIX[1]);
    let settings = meeting
        .settings
        .iter()
        .fold(told, |all, (setting, value)| fold(all ^ hash(MIX[2] ^ setting as u64, value.as_bytes()), MIX[1]));
    u32::try_from(settings >> 32).unwrap_or_default()
}

/// A number that is another for other bytes, as good as always. It is quick, and no defence against malice: who made the
/// sheet would deceive himself.
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = seed ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = fold(hash ^ u64::from_le_bytes(word), MIX[0]);
    }
    fold(hash, MIX[1])
}

/// All bits of both numbers go into each bit of the result.
pub(super) fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    let [low, high] =
        [product, product >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or_default());
    low ^ high
}

/// Keys, each where its hash says or in the next place that was free. The first key with an externalId is where the hash
/// of that alone says, so that the others find it.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// The key's hash; then [`HEAD`], the record and the details. 0 is no entry, since records count from 1.
    entries: Vec<[u64; 2]>,
    taken: usize,
}

impl Keys {
    /// With room for so many keys from the start, so that no more memory is taken than they need.
    pub(super) fn with_room(keys: u64) -> Self {
        let keys = usize::try_from(keys.min(RECORDS_MAX)).unwrap_or(usize::MAX);
        Self { entries: vec![[0; 2]; (keys / FULL.0 + 2) * FULL.1], taken: 0 }
    }

    /// Enters a key, unless it is there.
    pub(super) fn ask(&mut self, key: KeyHash, record: u64, details: u32) -> Found {
        if self.taken >= self.entries.len() / FULL.1 * FULL.0 {
            self.grow();
        }
        let entry = record << 32 | u64::from(details);
        let is_head = |[other, entry]: [u64; 2]| entry & HEAD != 0 && other & !LOWER == key.head & !LOWER;
        let head = match self.find(start_of_head(key.head), is_head) {
            Err(free) => {
                self.put(free, [key.head, entry | HEAD]);
                return Found::New(None);
            }
            Ok(head) => self.entries[head],
        };
        if head[0] == key.head {
            return found(head[1], details);
        }
        match self.find(start_of_key(key.key), |[other, entry]| entry & HEAD == 0 && other == key.key) {
            Ok(place) => found(self.entries[place][1], details),
            Err(free) => {
                self.put(free, [key.key, entry]);
                Found::New(Some(record_of(head[1])))
            }
        }
    }

    /// The entry that is it, or else the place for it.
    fn find(&self, start: u64, is_it: impl Fn([u64; 2]) -> bool) -> Result<usize, usize> {
        let length = self.entries.len();
        let scaled = (u128::from(start) * length as u128) >> 64;
        let mut place = usize::try_from(scaled).unwrap_or_default();
        loop {
            let entry = self.entries[place];
            if entry[1] == 0 {
                return Err(place);
            }
            if is_it(entry) {
                return Ok(place);
            }
            place = if place + 1 == length { 0 } else { place + 1 };
        }
    }

    fn put(&mut self, place: usize, entry: [u64; 2]) {
        self.entries[place] = entry;
        self.taken += 1;
    }

    fn grow(&mut self) {
        let length = (2 * self.entries.len()).max(ENTRIES_MIN);
        for entry in std::mem::replace(&mut self.entries, vec![[0; 2]; length]) {
            if entry[1] != 0 {
                let start = if entry[1] & HEAD == 0 { start_of_key(entry[0]) } else { start_of_head(entry[0]) };
                if let Err(free) = self.find(start, |_| false) {
                    self.entries[free] = entry;
                }
            }
        }
    }
}

fn start_of_head(head: u64) -> u64 {
    fold(head & !LOWER ^ MIX[1], MIX[0])
}

fn start_of_key(key: u64) -> u64 {
    fold(key ^ MIX[0], MIX[2])
}

fn record_of(entry: u64) -> u64 {
    (entry & !HEAD) >> 32
}

fn found(entry: u64, asked: u32) -> Found {
    let first = record_of(entry);
    if entry & u64::from(u32::MAX) == u64::from(asked) { Found::Same(first) } else { Found::Other(first) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(organizer: &str, id: usize) -> KeyHash {
        KeyHash::of(&Organizer::User(organizer.to_owned()), &ExternalId::new(&id.to_string()).expect("an id"))
    }

    #[test]
    fn every_key_is_found_again_with_its_first_record_however_many_there_are() {
        for room in [0, 50_000] {
            let mut keys = Keys::with_room(room);
            for (record, id) in (1_u64..).zip(0..50_000) {
                assert_eq!(keys.ask(key("a", id), record, 7), Found::New(None));
                assert_eq!(keys.ask(key("a", id / 2), record, 7), Found::Same(id as u64 / 2 + 1));
                assert_eq!(keys.ask(key("a", id), record + 1, 8), Found::Other(record));
            }
            let bytes = keys.entries.len() * 16;
            assert!(room == 0 || bytes < 50_000 * 20, "{bytes} bytes");
        }
    }

    #[test]
    fn one_external_id_under_many_organizers_is_found_quickly_and_names_the_first() {
        let mut keys = Keys::default();
        for organizer in 0..50_000_u64 {
            let found = keys.ask(key(&format!("user {organizer}"), 5), organizer + 1, 0);
            assert_eq!(found, Found::New((organizer > 0).then_some(1)));
        }
        assert_eq!(keys.ask(key("user 777", 5), 60_000, 0), Found::Same(778));
    }

    #[test]
    fn hashes_of_texts_that_are_much_alike_differ() {
        let texts = (0..200_000).map(|id| format!("MATH101-2027-{id:06}"));
        let mut hashes: Vec<u64> = texts.map(|text| hash(MIX[0], text.as_bytes())).collect();
        hashes.extend(["", "\0", "\0\0"].map(|text| hash(MIX[0], text.as_bytes())));
        let mut high: Vec<u64> = hashes.iter().map(|hash| hash >> 24).collect();
        high.sort_unstable();
        high.dedup();
        assert_eq!(high.len(), hashes.len());
    }
}
