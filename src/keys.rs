//! Keys: for each meeting asked for, where its line is, in 16 bytes a key.
//!
//! It holds hashes and not the keys themselves, so whoever finds a place here looks there and compares.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::mem::take;

use crate::meeting::{ExternalId, Organizer};

/// How many entries are kept in a tree before they are merged into the list. A tree takes some 40 bytes an entry and a
/// list 16; a merge goes through the whole list, at a million keys 16 times in all.
const RECENT_MAX: usize = 1 << 16;
/// The bits of a hash that are of the whole key; those above are of its externalId, so that the keys that share one lie
/// together.
const KEY_BITS: u32 = 32;

/// A key's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyHash(u64);

impl KeyHash {
    /// Of an organizer and an externalId.
    pub fn of(key: &(Organizer, ExternalId)) -> Self {
        let id = hash(&key.1) >> KEY_BITS << KEY_BITS;
        Self(id | hash(key) >> (64 - KEY_BITS))
    }

    /// The hashes of all keys with this externalId, and of few others.
    fn neighbours(self) -> std::ops::RangeInclusive<Self> {
        let of_key = u64::MAX >> (64 - KEY_BITS);
        Self(self.0 & !of_key)..=Self(self.0 | of_key)
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Places by key.
#[derive(Debug, Default)]
pub struct Keys {
    recent: BTreeMap<KeyHash, u64>,
    /// In order.
    merged: Vec<(KeyHash, u64)>,
}

impl Keys {
    /// Puts a key at a place, unless it has one.
    pub fn put(&mut self, hash: KeyHash, place: u64) {
        if self.place(hash).is_some() {
            return;
        }
        self.recent.insert(hash, place);
        if self.recent.len() >= RECENT_MAX {
            self.merged.reserve_exact(self.recent.len());
            self.merged.extend(take(&mut self.recent));
            // Two runs that are in order each: a stable sort merges them.
            self.merged.sort();
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.recent.is_empty() && self.merged.is_empty()
    }

    /// Where this key is, if it is not another of the same hash.
    pub fn place(&self, hash: KeyHash) -> Option<u64> {
        let merged = || self.merged.binary_search_by_key(&hash, |(hash, _)| *hash).ok();
        self.recent.get(&hash).copied().or_else(|| Some(self.merged[merged()?].1))
    }

    /// Where other keys are that seem to have the same externalId.
    pub fn others(&self, hash: KeyHash) -> impl Iterator<Item = u64> {
        let range = hash.neighbours();
        let first = self.merged.partition_point(|(other, _)| other < range.start());
        let end = *range.end();
        let merged = self.merged[first..].iter().take_while(move |(other, _)| *other <= end);
        let recent = self.recent.range(range).map(|(other, place)| (*other, *place));
        recent.chain(merged.copied()).filter(move |(other, _)| *other != hash).map(|(_, place)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(organizer: &str, id: usize) -> KeyHash {
        let id = ExternalId::new(&id.to_string()).expect("an id");
        KeyHash::of(&(Organizer::User(organizer.to_owned()), id))
    }

    #[test]
    fn every_key_is_found_again_however_many_there_are_and_keeps_its_first_place() {
        let mut keys = Keys::default();
        let count = 3 * RECENT_MAX + 100;
        for id in 0..count {
            keys.put(key("a", id), id as u64);
            keys.put(key("a", id / 2), 7);
        }
        assert!((0..count).all(|id| keys.place(key("a", id)) == Some(id as u64)));
        assert_eq!(keys.place(key("a", count)), None);
        assert_eq!(keys.merged.capacity(), keys.merged.len(), "16 bytes a key and no more");
    }

    #[test]
    fn the_same_external_id_under_other_organizers_is_found() {
        let mut keys = Keys::default();
        for id in 0..RECENT_MAX {
            keys.put(key("a", id), id as u64);
        }
        keys.put(key("b", 5), 1_000_000);
        let others = |organizer, id| keys.others(key(organizer, id)).collect::<Vec<_>>();
        assert_eq!(others("c", 5), [1_000_000, 5]);
        assert_eq!(others("a", 5), [1_000_000]);
        assert_eq!(others("a", 6), [0; 0]);
    }
}
