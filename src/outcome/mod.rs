//! How a row ended: the words of the `status` column and what stands behind each.
//!
//! A row's failure is data and lives here; nothing here ends a run.

mod drift;
mod status;
mod trouble;

pub use self::drift::{OnlineMeeting, Participant};
pub use self::status::Status;
pub use self::trouble::{Own, Trouble};

use chrono::{DateTime, TimeDelta, Utc};

use self::drift::drift;
use crate::input::{Flaw, Row};
use crate::meeting::Meeting;

/// What stands between how a row was given up and what went wrong the last time.
const THE_LAST_TIME: &str = "; the last time: ";

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
}

impl Answer {
    /// The same for a row for which nobody was asked.
    fn at_second_hand(&self) -> Self {
        Self { http_status: None, request_id: None, ..self.clone() }
    }
}

/// How a row ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The meeting is new: Graph answered 201, or a first answer was lost and Graph made the meeting in this run.
    Created(Answer),
    /// The meeting was there, and is as the row says.
    Existing(Answer),
    /// An earlier output has the meeting, for the same row; nobody was asked.
    Carried(Answer),
    /// Graph answered 200 and the meeting is not as the row says; the text names each difference.
    Differs(Answer, String),
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
    /// Compares what Graph answered with what the row asked for.
    ///
    /// `in_doubt` says that the row may have been sent before and its answer lost. Graph answers 200 then, and the
    /// meeting is this run's own all the same if Graph made it since the run began. A 200 to a first attempt is never
    /// taken for that: somebody else made the meeting, be it a moment ago.
    pub fn of_answer(meeting: &Meeting, answer: Answer, in_doubt: bool) -> Self {
        if answer.http_status == Some(201) {
            return Self::Created(answer);
        }
        match drift(meeting, &answer.meeting) {
            Some(drift) => Self::Differs(answer, drift),
            None if in_doubt && answer.made_in_run => Self::Created(answer),
            None => Self::Existing(answer),
        }
    }

    /// An earlier output's meeting for this row; `None` if it is not as the row says now.
    pub fn carried(meeting: &Meeting, answer: Answer) -> Option<Self> {
        drift(meeting, &answer.meeting).is_none().then_some(Self::Carried(answer))
    }

    /// The same for a later row that asks for the same meeting, for which nobody was asked.
    #[must_use]
    pub fn repeated(&self) -> Self {
        match self {
            Self::Created(answer) | Self::Existing(answer) | Self::Carried(answer) => {
                Self::Existing(answer.at_second_hand())
            }
            Self::Differs(answer, drift) => Self::Differs(answer.at_second_hand(), drift.clone()),
            Self::Refused(trouble) => Self::Refused(trouble.at_second_hand()),
            Self::Failed(trouble, gave_up) => Self::Failed(trouble.at_second_hand(), gave_up.clone()),
            Self::Invalid(_) | Self::Skipped => self.clone(),
        }
    }

    /// The meeting, if the row has it as asked.
    pub fn as_asked(&self) -> Option<&Answer> {
        match self {
            Self::Created(answer) | Self::Existing(answer) | Self::Carried(answer) => Some(answer),
            _ => None,
        }
    }

    /// When a meeting begins that is said to be as the row asks, if that is another time: a minute away or more, since
    /// Graph may round.
    pub fn other_start(&self, meeting: &Meeting) -> Option<&str> {
        let has = self.as_asked()?.meeting.start.as_deref()?;
        let away = meeting.span.start()? - has.parse::<DateTime<Utc>>().ok()?;
        (away.abs() >= TimeDelta::minutes(1)).then_some(has)
    }

    /// Tried and gave up, as the `error` column tells it.
    pub fn of_failure(error: &str) -> (Trouble, String) {
        let (gave_up, error) = error.split_once(THE_LAST_TIME).unwrap_or(("", error));
        (Trouble::of_error(error), gave_up.to_owned())
    }

    /// The word for it.
    pub fn status(&self) -> Status {
        match self {
            Self::Created(_) => Status::Created,
            Self::Existing(_) => Status::Existing,
            Self::Carried(_) => Status::Carried,
            Self::Differs(..) => Status::Differs,
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
            Outcome::Created(_)
            | Outcome::Existing(_)
            | Outcome::Carried(_)
            | Outcome::Differs(..)
            | Outcome::Skipped => String::new(),
            Outcome::Invalid(flaws) => {
                let flaws: Vec<String> = flaws.iter().map(Flaw::to_string).collect();
                format!("record {} ({}): {}", self.row.record, self.row.at, flaws.join(" | "))
            }
            Outcome::Refused(trouble) => trouble.error(),
            Outcome::Failed(trouble, gave_up) => format!("{gave_up}{THE_LAST_TIME}{}", trouble.error()),
        }
    }
}
