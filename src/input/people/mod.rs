//! The people of a row: who is to join, and as what, however the sheet writes it.
//!
//! Nobody is looked up. Nobody is left out in silence either: what could be a person and cannot be read as one is a
//! flaw, with the place of it in its cell.

mod address;
mod list;
mod person;
mod recipient;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;

use crate::meeting::{Attendee, Role, Who};

pub(super) use self::address::{ALMOST, is_almost_object_id, is_blank, object_id, read as user_name};
pub use self::recipient::Recipient;
use super::flaw::Wrong;
use super::names::Column;

/// So many are looked through for somebody who is named again; beyond, there is an index of them.
const LOOKED_THROUGH_MAX: usize = 32;

/// So many flaws of a row's people are told. Beyond, the cell is no list of people, and each flaw takes a hundred times
/// the bytes that it is about.
const TOLD_MAX: usize = 100;

/// The people of one row, gathered from its cells. Who is named twice is one person.
#[derive(Default)]
pub(super) struct People {
    found: Vec<Found>,
    index: Option<Index>,
    /// How often somebody was named, or named with a role for the first time.
    mentions: usize,
    wrongs: Vec<(Column, Wrong)>,
    /// How many flaws there are besides.
    untold: usize,
}

struct Found {
    who: Who,
    /// What the sheet calls them, if anything.
    name: Option<String>,
    /// `None` while nothing was said of it.
    role: Option<Role>,
    /// When somebody was named as this.
    mention: usize,
}

impl People {
    /// Reads a cell. `role` is what its column makes of those of whom the cell itself says nothing. The text must be
    /// that of the cell as it stands in the sheet: flaws tell places in it.
    pub(super) fn read(&mut self, text: &str, column: Column, role: Option<Role>) {
        if !text.is_empty() {
            list::read(self, text, column, role);
        }
    }

    /// Everybody: attendees, then presenters, then coorganizers, each in the order of the sheet, so that a sheet with
    /// columns of their own and one without ask for the same. Or everything that is wrong, in the order of reading.
    pub(super) fn finish(self) -> Result<Vec<Attendee>, Vec<(Column, Wrong)>> {
        self.recipients().map(|all| all.into_iter().map(|one| one.attendee).collect())
    }

    /// The same with their names.
    pub(super) fn recipients(mut self) -> Result<Vec<Recipient>, Vec<(Column, Wrong)>> {
        if let (Some((column, _)), true) = (self.wrongs.last(), self.untold > 0) {
            let what = format!("{} more flaws of the people in this row are not told", self.untold);
            let wrong = Wrong::new("more flaws than can be told", "mend those that are told first").saying(what);
            self.wrongs.push((*column, wrong));
        }
        if !self.wrongs.is_empty() {
            return Err(self.wrongs);
        }
        if self.found.iter().any(|found| found.role.is_some()) {
            self.found.sort_by_key(|found| (found.role.unwrap_or_default(), found.mention));
        }
        let recipient = |Found { who, name, role, .. }| Recipient {
            name,
            attendee: Attendee { who, role: role.unwrap_or_default() },
        };
        Ok(self.found.into_iter().map(recipient).collect())
    }

    fn wrong(&mut self, column: Column, wrong: Wrong) {
        if self.wrongs.len() < TOLD_MAX {
            self.wrongs.push((column, wrong));
        } else {
            self.untold += 1;
        }
    }

    /// Enters somebody who is named in this part of a cell. A role goes before none, and so does what they are `called`.
    fn enter(&mut self, name: &str, called: Option<String>, role: Option<Role>, column: Column, part: Range<usize>) {
        self.mentions += 1;
        let Some(place) = self.place(name) else {
            if let Some(index) = &mut self.index {
                index.enter(name, self.found.len());
            }
            let who = if name.contains('@') { Who::Upn(name.to_owned()) } else { Who::Id(name.to_owned()) };
            self.found.push(Found { who, name: called, role, mention: self.mentions });
            return;
        };
        let found = &mut self.found[place];
        if found.name.is_none() {
            found.name = called;
        }
        match (found.role, role) {
            (None, Some(_)) => (found.role, found.mention) = (role, self.mentions),
            (Some(old), Some(new)) if old != new => {
                let what = format!("{name} is named as {} and as {}", old.as_str(), new.as_str());
                let wrong = Wrong::new("somebody with two roles", "leave one of the two: a person has one role")
                    .saying(what)
                    .of_part(part);
                self.wrong(column, wrong);
            }
            _ => {}
        }
    }

    /// Where somebody is who was named before. Neither user principal names nor object ids know case in Entra.
    fn place(&mut self, name: &str) -> Option<usize> {
        if self.found.len() > LOOKED_THROUGH_MAX {
            let index = self.index.get_or_insert_with(|| Index::of(&self.found));
            let place = index.place(name)?;
            if self.found[place].is(name) {
                return Some(place);
            }
        }
        self.found.iter().position(|found| found.is(name))
    }
}

impl Found {
    fn is(&self, name: &str) -> bool {
        self.who.as_str().eq_ignore_ascii_case(name)
    }
}

/// Where each of many people is, by a hash of the name.
#[derive(Default)]
struct Index {
    places: HashMap<u64, usize>,
    hasher: RandomState,
}

impl Index {
    fn of(found: &[Found]) -> Self {
        let mut index = Self::default();
        for (place, found) in found.iter().enumerate() {
            index.enter(found.who.as_str(), place);
        }
        index
    }

    fn hash(&self, name: &str) -> u64 {
        self.hasher.hash_one(name.to_ascii_lowercase())
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.places.get(&self.hash(name)).copied()
    }

    fn enter(&mut self, name: &str, place: usize) {
        self.places.entry(self.hash(name)).or_insert(place);
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
