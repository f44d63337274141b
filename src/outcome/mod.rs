//! How a row ended: the words of the `status` column and what stands behind each.
//!
//! A row's failure is data and lives here; nothing here ends a run.

mod change;
mod drift;
mod remembered;
mod status;
mod trouble;

pub use self::change::{Change, Extra};
pub use self::drift::{Difference, MadeBy, Member, OnlineMeeting, Participant, differences, found, mended};
pub use self::remembered::remembered;
pub use self::status::Status;
pub use self::trouble::{Own, Trouble};

use chrono::{DateTime, TimeDelta, Utc};

use crate::input::{Flaw, Row};
use crate::meeting::Meeting;

/// What stands between how a row was given up and what went wrong the last time.
const THE_LAST_TIME: &str = "; the last time: ";
/// What stands before why a meeting could not be changed.
const NOT_CHANGED: &str = "the meeting is there, but could not be changed: ";
/// The same of what belongs to its creation, so that the next run does it whatever else it may change.
const NOT_SET: &str = "the meeting is there, but could not be set as asked: ";

/// A meeting that a row has, and how it was come by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// 201 for a new meeting, 200 for one that was there; `None` when nobody was asked for this row.
    pub http_status: Option<u16>,
    /// Graph's `request-id`.
    pub request_id: Option<String>,
    /// Whether Graph made the meeting since the run began, by its own clock.
    pub made_in_run: bool,
    /// The meeting.
    pub meeting: OnlineMeeting,
    /// It was to be changed, and that came to nothing.
    pub unchanged: Option<Box<Failure>>,
}

/// Why something that was asked for was not done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong, the last time.
    pub trouble: Trouble,
    /// How often and how long it was tried; empty when Graph said no for good.
    pub gave_up: String,
    /// It was part of making the meeting: what createOrGet does not take.
    pub of_creation: bool,
}

/// Graph said no for good.
impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, ..Self::default() }
    }
}

impl Failure {
    /// Of a cause that is told whole.
    pub fn of(cause: &str) -> Self {
        Trouble { cause: cause.to_owned(), ..Trouble::default() }.into()
    }

    /// As the `error` column tells it.
    fn error(&self) -> String {
        let Self { trouble, gave_up, .. } = self;
        if gave_up.is_empty() { trouble.error() } else { format!("{gave_up}{THE_LAST_TIME}{}", trouble.error()) }
    }
}

impl Answer {
    /// The same for a row for which nobody was asked.
    fn at_second_hand(&self) -> Self {
        let unchanged = self
            .unchanged
            .as_ref()
            .map(|failure| Box::new(Failure { trouble: failure.trouble.at_second_hand(), ..Failure::clone(failure) }));
        Self { http_status: None, request_id: None, unchanged, ..self.clone() }
    }
}

/// How a row ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The meeting is new: Graph answered 201, or a first answer was lost and Graph made the meeting in this run. What
    /// createOrGet does not take has been set, unless the answer says why not.
    Created(Answer),
    /// The meeting was there, was not as the row says, and is now; the text tells what was changed from what.
    Updated(Answer, String),
    /// The meeting was there, and is as the row says.
    Existing(Answer),
    /// An earlier output has the meeting, for the same row; nobody was asked.
    Carried(Answer),
    /// The meeting was there, and is not as the row says; the text names each difference. If it was to be changed, the
    /// answer says why it was not.
    Differs(Answer, String),
    /// The meeting is there as the row says, and will not be for long; the text says until when.
    Expiring(Answer, String),
    /// Graph has the meeting, and its link works no more; the text says since when, and in what it is not as the row says.
    Expired(Answer, String),
    /// Graph does not have the meeting any more.
    Gone(Answer),
    /// The meeting was deleted.
    Cancelled(Answer),
    /// It was sent once, and no answer came that says what was made. It is never sent again by itself.
    Uncertain(Trouble),
    /// The row has flaws and was never sent.
    Invalid(Vec<Flaw>),
    /// Graph said no for good.
    Refused(Trouble),
    /// Tried and gave up; the text says how often and how long.
    Failed(Trouble, String),
    /// Not among those to be sent.
    Skipped,
}

impl Outcome {
    /// An earlier output's meeting for this row; `None` if it is not as the row says now.
    pub fn carried(meeting: &Meeting, answer: Answer) -> Option<Self> {
        differences(meeting, &answer.meeting, Extra::default()).is_empty().then_some(Self::Carried(answer))
    }

    /// The same for a later row that asks for the same meeting, for which nobody was asked.
    #[must_use]
    pub fn repeated(&self) -> Self {
        match self {
            Self::Created(answer) | Self::Updated(answer, _) | Self::Existing(answer) | Self::Carried(answer) => {
                Self::Existing(answer.at_second_hand())
            }
            Self::Differs(answer, drift) => Self::Differs(answer.at_second_hand(), drift.clone()),
            Self::Expiring(answer, when) => Self::Expiring(answer.at_second_hand(), when.clone()),
            Self::Expired(answer, when) => Self::Expired(answer.at_second_hand(), when.clone()),
            Self::Gone(answer) => Self::Gone(answer.at_second_hand()),
            Self::Cancelled(answer) => Self::Cancelled(answer.at_second_hand()),
            Self::Uncertain(trouble) => Self::Uncertain(trouble.at_second_hand()),
            Self::Refused(trouble) => Self::Refused(trouble.at_second_hand()),
            Self::Failed(trouble, gave_up) => Self::Failed(trouble.at_second_hand(), gave_up.clone()),
            Self::Invalid(_) | Self::Skipped => self.clone(),
        }
    }

    /// What Graph has, or had, for the row.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Created(answer)
            | Self::Updated(answer, _)
            | Self::Existing(answer)
            | Self::Carried(answer)
            | Self::Differs(answer, _)
            | Self::Expiring(answer, _)
            | Self::Expired(answer, _)
            | Self::Gone(answer)
            | Self::Cancelled(answer) => Some(answer),
            Self::Uncertain(_) | Self::Invalid(_) | Self::Refused(_) | Self::Failed(..) | Self::Skipped => None,
        }
    }

    /// The text of the `drift` column.
    pub fn drift(&self) -> &str {
        match self {
            Self::Updated(_, text) | Self::Differs(_, text) | Self::Expiring(_, text) | Self::Expired(_, text) => text,
            _ => "",
        }
    }

    /// The meeting, if the row has it as asked.
    pub fn as_asked(&self) -> Option<&Answer> {
        self.answer().filter(|answer| self.status().is_as_asked() && answer.unchanged.is_none())
    }

    /// Why the meeting is not as asked though it was to be made so.
    pub fn unchanged(&self) -> Option<&Failure> {
        self.answer()?.unchanged.as_deref()
    }

    /// When a meeting begins that is said to be as the row asks, if that is another time: a minute away or more, since
    /// Graph may round.
    pub fn other_start(&self, meeting: &Meeting) -> Option<&str> {
        let has = self.as_asked()?.meeting.start.as_deref()?;
        let away = meeting.span.start()? - has.parse::<DateTime<Utc>>().ok()?;
        (away.abs() >= TimeDelta::minutes(1)).then_some(has)
    }

    /// Tried and gave up, as the `error` column tells it.
    pub fn of_failure(error: &str) -> Failure {
        let of_creation = error.starts_with(NOT_SET);
        let error = error.strip_prefix(NOT_CHANGED).or(error.strip_prefix(NOT_SET)).unwrap_or(error);
        let (gave_up, error) = error.split_once(THE_LAST_TIME).unwrap_or(("", error));
        Failure { trouble: Trouble::of_error(error), gave_up: gave_up.to_owned(), of_creation }
    }

    /// The word for it.
    pub fn status(&self) -> Status {
        match self {
            Self::Created(_) => Status::Created,
            Self::Updated(..) => Status::Updated,
            Self::Existing(_) => Status::Existing,
            Self::Carried(_) => Status::Carried,
            Self::Differs(..) => Status::Differs,
            Self::Expiring(..) => Status::Expiring,
            Self::Expired(..) => Status::Expired,
            Self::Gone(_) => Status::Gone,
            Self::Cancelled(_) => Status::Cancelled,
            Self::Uncertain(_) => Status::Uncertain,
            Self::Invalid(_) => Status::Invalid,
            Self::Refused(_) => Status::Refused,
            Self::Failed(..) => Status::Failed,
            Self::Skipped => Status::Skipped,
        }
    }
}

/// One record of the output: a row and how it ended.
#[derive(Clone, Debug)]
pub struct Line {
    /// The input record.
    pub row: Row,
    /// How it ended.
    pub outcome: Outcome,
    /// How many requests were sent for it, throttled ones included.
    pub attempts: u32,
    /// What else its author should know; it is told in the summary and not in the file.
    pub remark: Option<Remark>,
}

/// Something about a row that is no flaw, but that its author should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// An earlier record has the externalId under another organizer, and so another meeting.
    SameIdOtherOrganizer(
        /// The earlier record.
        u64,
    ),
    /// It names attendees, or a channel, that the first row for its meeting does not; only the first was sent.
    OtherAttendees(
        /// The first record.
        u64,
    ),
    /// The directory does not have some of its attendees, who were sent by their address.
    OutsideKept,
    /// The directory does not have some of its attendees, who were left out.
    UnknownDropped,
}

impl Line {
    /// What is wrong with it, for the `error` column and the log; empty when nothing is.
    pub fn error(&self) -> String {
        match &self.outcome {
            Outcome::Invalid(flaws) => {
                let flaws: Vec<String> = flaws.iter().map(Flaw::to_string).collect();
                format!("record {} ({}): {}", self.row.record, self.row.at, flaws.join(" | "))
            }
            Outcome::Refused(trouble) | Outcome::Uncertain(trouble) => trouble.error(),
            Outcome::Failed(trouble, gave_up) => format!("{gave_up}{THE_LAST_TIME}{}", trouble.error()),
            other => {
                let told =
                    |why: &Failure| format!("{}{}", if why.of_creation { NOT_SET } else { NOT_CHANGED }, why.error());
                other.unchanged().map(told).unwrap_or_default()
            }
        }
    }
}
