//! The cells of one side of a meeting, its start or its end, put together. What two cells say must be the same.

use chrono::TimeDelta;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::moment::Moment;
use crate::input::flaw::Wrong;
use crate::input::names::Column;

/// What the cells for the start, or for the end, say together. Each part has the column that says it.
#[derive(Default)]
pub(super) struct Side {
    pub(super) date: Option<(Column, Date)>,
    pub(super) time: Option<(Column, Time)>,
    pub(super) offset: Option<Offset>,
    /// The first of its cells that is not empty.
    pub(super) given: Option<Column>,
    /// Whether something is wrong with one of them.
    pub(super) wrong: bool,
}

impl Side {
    /// Takes what one more cell says; where two say something, they must say the same.
    pub(super) fn add(&mut self, column: Column, moment: Moment) -> Result<(), Wrong> {
        let mend = "correct one of the two, or leave one of them empty";
        if let Some(date) = moment.date {
            match self.date {
                Some((_, own)) if own != date => {
                    return Err(Wrong::new("two dates that disagree", mend)
                        .saying(format!("the date is {date} here and {own} in the other cell")));
                }
                _ => self.date = Some((column, date)),
            }
        }
        if let Some(time) = moment.time {
            match self.time {
                Some((_, own)) if own != time => {
                    return Err(Wrong::new("two times of day that disagree", mend)
                        .saying(format!("the time is {time} here and {own} in the other cell")));
                }
                _ => self.time = Some((column, time)),
            }
        }
        match (self.offset, moment.offset) {
            (Some(own), Some(offset)) if own != offset => Err(Wrong::new("two offsets that disagree", mend)),
            (_, offset) => {
                self.offset = self.offset.or(offset);
                Ok(())
            }
        }
    }
}

/// The meeting takes so long that it is hardly meant.
pub(super) fn long(column: Column, length: TimeDelta) -> Wrong {
    let mend = match column {
        Column::Duration => "correct the duration if that is not meant",
        _ => "correct the date if that is not meant",
    };
    let rest = match length.num_minutes() % 60 {
        0 => String::new(),
        minutes => format!(" and {minutes} min"),
    };
    let what = format!("the meeting takes {} hours{rest}", length.num_hours());
    Wrong::new("a meeting longer than 24 hours", mend).saying(what)
}

/// The side has a day alone.
pub(super) fn without_time() -> Wrong {
    Wrong::new(
        "a date without a time of day",
        "write the time too, like 2027-02-03T09:00, or in the column of the time",
    )
    .saying("there is a date but no time of day")
}

/// The side has a time of day alone.
pub(super) fn without_date() -> Wrong {
    Wrong::new(
        "a time of day without a date",
        "write the date too, like 2027-02-03T09:00, or in the column of the date",
    )
    .saying("there is a time of day but no date")
}
