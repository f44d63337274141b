//! How many meetings each organizer has, and in which month they begin.
//!
//! It keeps hashes, in 16 bytes for an organizer and as many for each of his months, and names only of those who have
//! more than Graph allows.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use chrono::{DateTime, Datelike as _, Utc};

use super::keys::fold;
use crate::meeting::Organizer;

/// Microsoft's published limit: 2,000 meetings per user each month (Graph, *service-specific throttling limits*,
/// cloud communication).
pub(super) const A_MONTH_MAX: u32 = 2000;
/// How many are named who have more.
const NAMED_MAX: usize = 50;

/// A year and a month of it, in UTC.
type Month = (i32, u32);

/// The counts of all organizers.
#[derive(Default)]
pub(super) struct Organizers {
    all: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
    months: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
    /// Those with too many: who, under which hash it is counted, and in which month.
    over: Vec<(Organizer, u64, Option<Month>)>,
    unnamed: u64,
}

/// An organizer with more meetings than Graph allows in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Over {
    pub(super) organizer: Organizer,
    /// Year and month in UTC; `None` when it is the whole sheet that has so many.
    pub(super) month: Option<Month>,
    pub(super) meetings: u32,
}

impl Organizers {
    /// One more meeting of an organizer.
    pub(super) fn count(&mut self, organizer: &Organizer, hash: u64, start: Option<DateTime<Utc>>) {
        let all = self.all.entry(hash).or_default();
        *all = all.saturating_add(1);
        let is_over = *all == A_MONTH_MAX + 1;
        if let Some(start) = start {
            let month = (start.year(), start.month());
            let hash = of_month(hash, month);
            let count = self.months.entry(hash).or_default();
            *count = count.saturating_add(1);
            if *count == A_MONTH_MAX + 1 {
                self.name(organizer, hash, Some(month));
            }
        }
        if is_over {
            self.name(organizer, hash, None);
        }
    }

    fn name(&mut self, organizer: &Organizer, hash: u64, month: Option<Month>) {
        if self.over.len() < NAMED_MAX {
            self.over.push((organizer.clone(), hash, month));
        } else {
            self.unnamed += 1;
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Those who have more than Graph allows in a month, and how many more of them there are than are named. Whose sheet
    /// has too many in one month is not told that the whole has, too. In the order of the months.
    pub(super) fn over(&self) -> (Vec<Over>, u64) {
        let of_month = |own: u64, month: Option<Month>| month.and_then(|_| self.months.get(&own));
        let has_month =
            |organizer: &Organizer| self.over.iter().any(|(own, _, month)| own == organizer && month.is_some());
        let over = self.over.iter().filter(|(organizer, _, month)| month.is_some() || !has_month(organizer));
        let mut over: Vec<Over> = over
            .map(|(organizer, hash, month)| {
                let meetings = of_month(*hash, *month).or_else(|| self.all.get(hash)).copied().unwrap_or_default();
                Over { organizer: organizer.clone(), month: *month, meetings }
            })
            .collect();
        over.sort_by_key(|over| (over.month.is_none(), over.month));
        (over, self.unnamed)
    }
}

fn of_month(hash: u64, (year, month): Month) -> u64 {
    fold(hash ^ u64::from(month) << 32 ^ u64::from(year.cast_unsigned()), 0x9e37_79b9_7f4a_7c15)
}

/// For what is a hash already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only numbers are hashed");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
