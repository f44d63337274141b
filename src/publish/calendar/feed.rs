//! One calendar with all meetings.
//!
//! It is written beside its place, one event after the other, and takes its name only if it says something new.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use aws_lc_rs::digest::{Context as Digest, SHA256};
use uuid::Uuid;

use super::super::Draft;
use super::event::Event;
use super::published::{Before, Known};
use super::{Calendars, Method, head, tail};

/// The feed while it is being written.
pub(super) struct Feed {
    path: PathBuf,
    before: HashMap<Uuid, Known>,
    /// The digest of the octets that are there.
    there: Option<[u8; 32]>,
    draft: Draft,
    digest: Digest,
    events: u64,
}

impl Feed {
    /// `None` when what is there has to stay.
    pub(super) fn open(path: &Path, made: &mut Calendars) -> Result<Option<Self>> {
        let before = Before::at(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let (before, there) = match before {
            Before::Nothing => (HashMap::new(), None),
            Before::Ours(events, digest) => (events, Some(digest)),
            Before::Other(why) => {
                made.leave(path, why);
                return Ok(None);
            }
        };
        let draft = Draft::private(path).with_context(|| format!("{} cannot be written", path.display()))?;
        let digest = Digest::new(&SHA256);
        let mut feed = Self { path: path.to_owned(), before, there, draft, digest, events: 0 };
        feed.write(&head(Method::Publish))?;
        Ok(Some(feed))
    }

    /// What was published.
    pub(super) fn before(&self, event: &Event) -> Option<Known> {
        self.before.get(&event.uid).copied()
    }

    fn write(&mut self, octets: &[u8]) -> Result<()> {
        self.digest.update(octets);
        self.draft.write_all(octets).with_context(|| format!("{} cannot be written", self.path.display()))
    }

    /// Takes the lines of one more event.
    pub(super) fn put(&mut self, event: &[u8]) -> Result<()> {
        self.events += 1;
        self.write(event)
    }

    /// It has all of them. A calendar of nothing is none (RFC 5545, 3.6), so that the one that is there stays.
    pub(super) fn finish(mut self, made: &mut Calendars) -> Result<()> {
        made.feed = Some(self.events);
        if self.events == 0 {
            return Ok(());
        }
        self.write(&tail())?;
        let Self { path, draft, digest, there, .. } = self;
        if there.is_some_and(|there| there == digest.finish().as_ref()) {
            return Ok(());
        }
        let finish: io::Result<()> = draft.finish();
        finish.with_context(|| format!("{} cannot be written", path.display()))
    }
}
