//! What a run would do with one row, or with a meeting whose row is gone.

use super::compare::Field;
use crate::input::Row;
use crate::ledger::Was;
use crate::outcome::Member;

/// What a run would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Case {
    /// It would make a meeting.
    New,
    /// With `--update` it would change the meeting.
    Changed,
    /// Nothing: the meeting is as the row says, or another row has asked for it before.
    Unchanged,
    /// Nothing: the row asks for an earlier row's meeting with other details.
    Conflict,
    /// Nothing: the row has flaws.
    Invalid,
    /// Nothing: an earlier run has sent it, and nobody knows what came of that.
    Doubtful,
    /// The meeting could not be read.
    Unknown,
    /// Nothing: the meeting has no row any more.
    Gone,
}

impl Case {
    /// All there are, in the order in which totals have them.
    pub(super) const ALL: [Self; 8] = [
        Self::New,
        Self::Changed,
        Self::Unchanged,
        Self::Conflict,
        Self::Invalid,
        Self::Doubtful,
        Self::Unknown,
        Self::Gone,
    ];

    /// The word that programs know.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Conflict => "conflict",
            Self::Invalid => "invalid",
            Self::Doubtful => "doubtful",
            Self::Unknown => "unknown",
            Self::Gone => "gone",
        }
    }
}

/// One row, or a meeting whose row is gone.
pub(super) struct Item {
    pub(super) case: Case,
    /// The row, but for a meeting that is gone from the sheet.
    pub(super) row: Option<Row>,
    /// What an earlier run has left of it.
    pub(super) was: Option<Was>,
    /// What is to change.
    pub(super) fields: Vec<Field>,
    /// What else there is to say, one sentence each.
    pub(super) why: Vec<String>,
}

impl Item {
    pub(super) fn of(case: Case, row: Row) -> Self {
        Self { case, row: Some(row), was: None, fields: Vec::new(), why: Vec::new() }
    }

    /// The meeting of a row, which is to change in these.
    pub(super) fn compared(row: Row, was: Was, fields: Vec<Field>) -> Self {
        let case = if fields.is_empty() { Case::Unchanged } else { Case::Changed };
        Self { was: Some(was), fields, ..Self::of(case, row) }
    }

    pub(super) fn gone(was: Was) -> Self {
        Self { case: Case::Gone, row: None, was: Some(was), fields: Vec::new(), why: Vec::new() }
    }

    /// Whether what is to change is what an earlier run was to set and could not, so that any run finishes it.
    pub(super) fn is_unfinished(&self) -> bool {
        let is_set_later = |field: &Field| matches!(field.member, Member::Setting(_) | Member::Role(_));
        let has_failed = self.was.as_ref().is_some_and(|was| was.outcome.unchanged().is_some());
        has_failed && self.fields.iter().all(is_set_later)
    }

    pub(super) fn saying(mut self, why: impl Into<String>) -> Self {
        self.why.push(why.into());
        self
    }
}

/// How many there are of each.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is something else that was seen on the way")]
pub(super) struct Totals {
    counts: [u64; Case::ALL.len()],
    /// A meeting could not be read whose row is gone.
    pub(super) unread: bool,
    /// Something is to change that only `--plain-create` can set.
    pub(super) unmendable: bool,
    /// Something is to change that only `--update` changes.
    pub(super) needs_update: bool,
    /// Something is to change that an earlier run was to set and could not, which any run finishes.
    pub(super) unfinished: bool,
    /// Some row is about a meeting of the earlier output.
    pub(super) is_known: bool,
    /// Rows whose externalId cannot be read, so that nobody knows which meetings are theirs.
    pub(super) nameless: u64,
}

impl Totals {
    pub(super) fn count(&mut self, case: Case) {
        self.counts[case as usize] += 1;
    }

    pub(super) fn of(&self, case: Case) -> u64 {
        self.counts[case as usize]
    }

    pub(super) fn rows(&self) -> u64 {
        self.counts.iter().sum::<u64>() - self.of(Case::Gone)
    }

    /// Whether some meeting could not be read.
    pub(super) fn lack(&self) -> bool {
        self.unread || self.of(Case::Unknown) > 0
    }

    /// Whether no row is anything but unchanged, and none is gone.
    pub(super) fn are_all_unchanged(&self) -> bool {
        self.rows() == self.of(Case::Unchanged) && self.of(Case::Gone) == 0
    }
}
