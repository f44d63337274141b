//! The one source of chance: FNV-1a over what identifies a thing, then the
//! finaliser of splitmix64.
//!
//! Identifiers and fates come from here, so a run depends on its rows alone. It
//! refuses to be random, and it is not the standard library's hasher, whose
//! values may change with the compiler. It protects nothing.

use serde::{Deserialize, Serialize};
use uuid::Builder;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// A hash in the making: what has been said so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hash(u64);

impl Hash {
    pub(super) fn seeded(seed: u64) -> Self {
        Self(FNV_OFFSET).number(seed)
    }

    pub(super) fn number(self, number: u64) -> Self {
        self.feed(&number.to_le_bytes())
    }

    /// The end is marked, so that "ab", "c" is not "a", "bc".
    pub(super) fn text(self, text: &str) -> Self {
        // 0xff occurs in no UTF-8 text.
        self.feed(text.as_bytes()).feed(&[0xff])
    }

    /// The end is not marked, so this comes last.
    pub(super) fn bytes(self, bytes: &[u8]) -> Self {
        self.feed(bytes)
    }

    fn feed(self, bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(self.0, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME)))
    }

    /// FNV leaves the high bits of short texts alike; splitmix64 mixes them.
    pub(super) fn finish(self) -> u64 {
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Evenly in `0..1`.
    pub(super) fn share(self) -> f64 {
        let upper_half = u32::try_from(self.finish() >> 32).unwrap_or(u32::MAX);
        f64::from(upper_half) / (f64::from(u32::MAX) + 1.0)
    }

    /// Evenly in `0..bound`; 0 for a bound of 0.
    pub(super) fn below(self, bound: u64) -> u64 {
        self.finish() % bound.max(1)
    }

    /// One of a few.
    pub(super) fn pick<T: Copy, const N: usize>(self, choices: [T; N]) -> T {
        const { assert!(N > 0, "a choice needs something to choose from") }
        let turn = usize::try_from(self.finish() >> 32).unwrap_or(0);
        choices[turn % N]
    }

    /// In the shape of a random GUID.
    pub(super) fn guid(self) -> String {
        let halves = [self.number(1).finish(), self.number(2).finish()];
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&halves[0].to_be_bytes());
        bytes[8..].copy_from_slice(&halves[1].to_be_bytes());
        Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// A decimal number of exactly this many digits, at most 18.
    pub(super) fn digits(self, count: u32) -> String {
        let least = 10_u64.pow(count.clamp(1, 18) - 1);
        (least + self.below(9 * least)).to_string()
    }

    /// Letters and digits, without those that are mistaken for one another.
    pub(super) fn letters(self, count: u64) -> String {
        const ALPHABET: &[u8; 56] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
        (0..count).map(|place| char::from(self.number(place).pick(*ALPHABET))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Hash;

    #[test]
    fn the_hash_is_the_same_in_every_build() {
        // Reckoned by another program. A change here changes every rehearsal that anybody has kept.
        assert_eq!(Hash::seeded(1).text("MATH101").finish(), 7_698_980_307_057_348_282);
        assert_eq!(Hash::seeded(1).text("MATH101").guid(), "9a73d260-5010-4106-a224-c3e399506d38");
    }

    #[test]
    fn where_one_text_ends_and_the_next_begins_matters() {
        let one = Hash::seeded(1).text("ab").text("c").finish();
        let other = Hash::seeded(1).text("a").text("bc").finish();
        assert_ne!(one, other);
    }

    #[test]
    fn digits_are_as_many_as_asked_for() {
        for count in 1..=18 {
            let digits = Hash::seeded(7).number(u64::from(count)).digits(count);
            assert_eq!(u32::try_from(digits.len()), Ok(count));
        }
    }

    #[test]
    fn shares_are_spread_evenly() {
        let low = (0..10_000).filter(|n| Hash::seeded(3).number(*n).share() < 0.25).count();
        assert!((2_350..2_650).contains(&low), "{low}");
    }
}
