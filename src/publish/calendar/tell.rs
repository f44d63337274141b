//! What came of it, told to people.

use std::path::Path;

use super::super::Made;

/// What was made, and what could not be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendars {
    /// How many meetings have a file of their own in the folder.
    pub files: u64,
    /// How many of these files were there already, and are as they were.
    pub unchanged: u64,
    /// How many meetings are in the feed; `None` when there is none.
    pub feed: Option<u64>,
    /// Files that were not written, since what is there has to stay.
    pub left: u64,
    /// The first of them, and why.
    pub(super) first_left: String,
    /// Meetings of which nobody knows when they are.
    pub(super) without_start: u64,
    /// Meetings that are no requests, since nobody knows their organizer's address.
    pub(super) without_organizer: u64,
    /// Meetings that are no requests, since nobody is asked.
    pub(super) without_attendees: u64,
    /// Attendees of requests who are not named by address.
    pub(super) without_address: u64,
}

impl Calendars {
    /// Something is there that has to stay.
    pub(super) fn leave(&mut self, path: &Path, why: &str) {
        if self.left == 0 {
            self.first_left = format!("{} {why}", path.display());
        }
        self.left += 1;
    }

    /// What whoever asked for it should know: what is missing, why, and what to do.
    pub fn notices(&self) -> Vec<String> {
        let mut notices = Vec::new();
        if self.left > 0 {
            let others = if self.left > 1 { format!(", and {} more like it", self.left - 1) } else { String::new() };
            notices.push(format!(
                "calendar files that were left as they are: {}{others}; move them away to have them made anew, with \
                 SEQUENCE from 0",
                self.first_left
            ));
        }
        if self.feed == Some(0) {
            notices.push("the calendar feed is not written: there is no meeting that could be in it".to_owned());
        }
        for (count, what) in [
            (self.without_start, "meetings that are in no calendar, since their start is not known; give them a start"),
            (
                self.without_organizer,
                "calendar files that are news and no request, since the organizer's address is not known; name the \
                 organizer by address",
            ),
            (
                self.without_attendees,
                "calendar files that are news and no request, since their row names no attendee with an address",
            ),
            (self.without_address, "attendees who are in no request, since their row names them by object id alone"),
        ] {
            if count > 0 {
                notices.push(format!("{what}: {count}"));
            }
        }
        notices
    }
}

impl From<Calendars> for Made {
    fn from(calendars: Calendars) -> Self {
        let lines = calendars.files.max(calendars.feed.unwrap_or_default());
        Self { lines, notices: calendars.notices() }
    }
}
