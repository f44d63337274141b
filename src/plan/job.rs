//! What is to be done with the rows.

use crate::choice::Meant;
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
    /// Those that are chosen lose theirs.
    Cancel(Meant),
}
