//! What is to be done with the rows.

use anyhow::{Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};

use crate::choice::Meant;
use crate::input::Columns;
use crate::ledger::{LineColumns, Output};
use crate::outcome::Extra;

/// What is to be done with the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Each gets its meeting.
    Provision {
        /// Meetings that are not as their rows say are brought into line, and this becomes of attendees whom the row does
        /// not name.
        update: Option<Extra>,
    },
    /// Each gets its meeting by a plain create, which makes another each time it is sent.
    Create {
        /// As above, of meetings that an earlier output has.
        update: Option<Extra>,
    },
    /// Those that are chosen lose theirs.
    Cancel(Meant),
    /// The meeting of each line of an output is looked at.
    Verify {
        /// When this is.
        now: DateTime<Utc>,
        /// A link that stops working in so much time is told.
        within: TimeDelta,
        /// Whether attendees whom the row does not name are as it was to be.
        extra: Extra,
    },
}

impl Job {
    /// Whether the rows are the lines of an output of this program.
    pub fn is_about_lines(&self) -> bool {
        match self {
            Self::Provision { .. } | Self::Create { .. } | Self::Cancel(_) => false,
            Self::Verify { .. } => true,
        }
    }

    /// Fails when it is about the lines of an output, and these are the columns of none.
    pub fn check(&self, columns: &Columns) -> Result<()> {
        let places = LineColumns::of(columns);
        let lacking = ["status", "joinWebUrl", "meetingId", "record"].into_iter().find(|name| !places.has(name));
        ensure!(
            !self.is_about_lines() || lacking.is_none(),
            "it is no output of this program: the column {} is missing; name the file that provision wrote",
            lacking.unwrap_or_default()
        );
        Ok(())
    }
}

/// A plain create, which needs a file: only its own output knows what was made.
pub(super) fn create(update: Option<Extra>, output: &Output) -> Result<Job> {
    ensure!(
        *output != Output::Stdout,
        "--plain-create needs a file for its output, since nothing else knows which meetings it has made, and a second run \
         would make them again: name one with -o"
    );
    Ok(Job::Create { update })
}
