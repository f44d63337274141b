//! The words of the `status` column.

/// The words of the `status` column, one for each [`Outcome`](super::Outcome).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is explained at the outcome of the same name")]
pub enum Status {
    Created,
    Updated,
    Existing,
    Carried,
    Differs,
    Expiring,
    Expired,
    Gone,
    Cancelled,
    Uncertain,
    Invalid,
    Refused,
    Failed,
    Skipped,
}

impl Status {
    /// Every status, in the order in which summaries list them.
    pub const ALL: [Self; 14] = [
        Self::Created,
        Self::Updated,
        Self::Existing,
        Self::Carried,
        Self::Differs,
        Self::Expiring,
        Self::Expired,
        Self::Gone,
        Self::Cancelled,
        Self::Uncertain,
        Self::Invalid,
        Self::Refused,
        Self::Failed,
        Self::Skipped,
    ];

    /// The word as it stands in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Existing => "existing",
            Self::Carried => "carried",
            Self::Differs => "differs",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::Gone => "gone",
            Self::Cancelled => "cancelled",
            Self::Uncertain => "uncertain",
            Self::Invalid => "invalid",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Whether the record has its meeting as asked.
    pub fn is_as_asked(self) -> bool {
        matches!(self, Self::Created | Self::Updated | Self::Existing | Self::Carried)
    }

    /// Whether the record has a meeting that people can join, be it not as asked or not for long.
    pub fn has_meeting(self) -> bool {
        self.is_as_asked() || matches!(self, Self::Differs | Self::Expiring)
    }

    /// Whether the record was to have a meeting and has none that is known, whoever is to blame.
    pub fn is_error(self) -> bool {
        matches!(self, Self::Uncertain | Self::Invalid | Self::Refused | Self::Failed)
    }

    /// Whether it is certain that there is no meeting.
    pub fn is_without_meeting(self) -> bool {
        matches!(self, Self::Gone | Self::Cancelled | Self::Invalid | Self::Refused | Self::Failed | Self::Skipped)
    }

    /// Whether there was a meeting, and is none any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Gone | Self::Cancelled)
    }

    /// The status that is called so.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}
