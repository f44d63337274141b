//! Who has been told of which meeting already, in bounded memory.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use crate::publish::Key;

/// So many are known; with all they take some 35 MB at the most. Beyond, whoever comes is told, be it again.
const KNOWN_MAX: usize = 1_000_000;

/// Those who were told, by hash.
#[derive(Default)]
pub(super) struct Told {
    known: HashSet<u64>,
    hasher: RandomState,
    /// There were more than are known.
    pub(super) is_full: bool,
}

impl Told {
    /// Whether somebody is told of a meeting for the first time, as far as is known. Neither user principal names nor
    /// object ids know case.
    pub(super) fn is_first(&mut self, meeting: Key, address: &str) -> bool {
        let hash = self.hasher.hash_one((meeting, address.to_ascii_lowercase()));
        if self.known.contains(&hash) {
            return false;
        }
        if self.known.len() < KNOWN_MAX {
            self.known.insert(hash);
        } else {
            self.is_full = true;
        }
        true
    }
}
