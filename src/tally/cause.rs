//! What kept rows from having their meeting, how often, and whose rows they were.

use std::fmt::Write as _;

use super::plural;
use crate::meeting::{Meeting, Organizer};
use crate::outcome::{Status, Trouble};

/// How many organizers of one cause are kept apart; the rows of others are counted together.
const ORGANIZERS_MAX: usize = 100;

/// Something that kept rows from having their meeting, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// How these rows ended.
    pub status: Status,
    /// What it was.
    pub text: String,
    /// How many rows it concerns.
    pub rows: u64,
    /// The first of them, by record number.
    pub first_record: u64,
    /// Whose rows they are, if the cause is the organizer's.
    pub organizers: Vec<Hit>,
}

/// An organizer whose rows met a cause that is the organizer's, and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hit {
    /// Who it is.
    pub organizer: String,
    /// How many rows.
    pub rows: u64,
    /// How many of them were not asked again, since others had got the same answer.
    pub unasked: u64,
    /// The first of them, by record number.
    pub first_record: u64,
    /// What is to be typed to mend it, if that is known.
    pub paste: String,
}

impl Hit {
    /// In one line, without the cause.
    pub fn in_words(&self) -> String {
        let Self { organizer, rows, unasked, first_record, .. } = self;
        let not_asked = match unasked {
            0 => String::new(),
            _ => format!(", {unasked} of them not asked again after three identical answers"),
        };
        format!("organizer {organizer}: {}, first record {first_record}{not_asked}", plural(*rows, "row"))
    }
}

impl Cause {
    /// Counts a row of an organizer's, whose first row alone is to be told: the rest would say the same.
    pub(super) fn hit(&mut self, trouble: &Trouble, meeting: &Meeting, record: u64) -> bool {
        let organizer = match &meeting.organizer {
            Organizer::Me => "of the token",
            Organizer::User(name) | Organizer::Named(name) => name,
        };
        let organizers = &mut self.organizers;
        let place = organizers.iter().position(|hit| hit.organizer.eq_ignore_ascii_case(organizer));
        if place.is_none() && organizers.len() >= ORGANIZERS_MAX {
            return false;
        }
        let place = place.unwrap_or_else(|| {
            let (organizer, paste) = (organizer.to_owned(), trouble.own.paste.clone());
            organizers.push(Hit { organizer, paste, first_record: record, ..Hit::default() });
            organizers.len() - 1
        });
        let hit = &mut organizers[place];
        hit.rows += 1;
        hit.unasked += u64::from(trouble.own.unasked.is_some());
        hit.rows == 1
    }

    /// Whose rows they are, line by line, and what is to be typed for all of them, if that is known.
    pub(super) fn of_whom(&self) -> String {
        let mut text = String::new();
        for hit in &self.organizers {
            let _ = writeln!(text, "    {}", hit.in_words());
        }
        let listed: u64 = self.organizers.iter().map(|hit| hit.rows).sum();
        if !self.organizers.is_empty() && listed < self.rows {
            let _ = writeln!(text, "    other organizers: {}", plural(self.rows - listed, "row"));
        }
        // The policy is made once, however many it is granted to.
        let mut cmdlets: Vec<&str> = Vec::new();
        for cmdlet in self.organizers.iter().flat_map(|hit| hit.paste.split("; ")).filter(|cmdlet| !cmdlet.is_empty()) {
            if !cmdlets.contains(&cmdlet) {
                cmdlets.push(cmdlet);
            }
        }
        if !cmdlets.is_empty() {
            let _ = writeln!(text, "    in Teams PowerShell: {}", cmdlets.join("; "));
        }
        text
    }
}
