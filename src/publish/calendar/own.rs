//! The file of one meeting, in the folder of all of them.
//!
//! It is written when it would be another than the one that is there, and only where that is ours.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::super::{Draft, Entry};
use super::event::{Event, NoRequest};
use super::published::{Before, Known};
use super::{Calendars, Method, Number, head, tail};
use crate::input::Recipient;

/// The file of one meeting, which is to be written.
pub(super) struct Own {
    path: PathBuf,
    event: Event,
    method: Method,
    before: Option<Known>,
}

impl Own {
    /// `None` when what is there has to stay.
    pub(super) fn of(
        dir: &Path,
        entry: &Entry,
        event: &Event,
        method: Method,
        people: &[Recipient],
        made: &mut Calendars,
    ) -> Result<Option<Self>> {
        let path = dir.join(format!("{}.ics", entry.file_stem()));
        let before = Before::at(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let before = match before {
            Before::Nothing => None,
            Before::Ours(events, _) if events.len() == 1 && events.contains_key(&event.uid) => {
                events.get(&event.uid).copied()
            }
            Before::Ours(..) => {
                made.leave(&path, "is a calendar of other meetings");
                return Ok(None);
            }
            Before::Other(why) => {
                made.leave(&path, why);
                return Ok(None);
            }
        };
        let (event, method) = match method {
            Method::Publish => (event.clone(), method),
            Method::Request => match event.request(entry, people) {
                Ok((event, without)) => {
                    made.without_address += without;
                    (event, method)
                }
                Err(why) => {
                    match why {
                        NoRequest::Organizer => made.without_organizer += 1,
                        NoRequest::Attendees => made.without_attendees += 1,
                    }
                    (event.clone(), Method::Publish)
                }
            },
        };
        Ok(Some(Self { path, event, method, before }))
    }

    /// What was published.
    pub(super) fn before(&self) -> Option<Known> {
        self.before
    }

    /// What it is now.
    pub(super) fn event(&self) -> &Event {
        &self.event
    }

    /// Writes it, if it has changed.
    pub(super) fn write(self, number: Number, made: &mut Calendars) -> Result<()> {
        let whole = [head(self.method), number.event(&self.event), tail()].concat();
        made.files += 1;
        if self.before.is_some() && fs::read(&self.path).is_ok_and(|there| there == whole) {
            made.unchanged += 1;
            return Ok(());
        }
        put(&self.path, &whole).with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

fn put(path: &Path, whole: &[u8]) -> io::Result<()> {
    let mut draft = Draft::private(path)?;
    draft.write_all(whole)?;
    draft.finish_in_folder()
}
