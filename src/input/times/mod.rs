//! What a row says about time, to a [`Span`]: without a guess. A local time needs a zone, a date in numbers an order,
//! and what the clocks skip or repeat is refused with both readings.
//!
//! A cell is read to what it says ([`moment`], by [`date`], [`clock`] and [`offset`]); the cells of a row are put
//! together ([`span`]); and only then is a local time an instant ([`local`], in one of the [`zones`]).

mod clock;
mod cursor;
mod date;
mod duration;
mod local;
mod moment;
mod named;
mod names;
mod offset;
mod side;
mod span;
#[cfg(test)]
mod tests;
mod zones;

use chrono::{DateTime, Utc};
use jiff::tz::Offset;

use crate::meeting::Span;

use super::flaw::Wrong;
use super::names::Column;

pub(super) use self::date::admits;
pub use self::zones::{ZoneId, Zones};

/// The most fractional digits that Graph takes (`Edm.DateTimeOffset`).
const FRACTION_DIGITS_MAX: usize = 7;

/// The kinds of flaws that say that something is missing.
pub(super) const LACKS: [&str; 5] = [
    span::NO_ZONE,
    "an end without a start",
    "a duration without a start",
    "a date without a time of day",
    "a time of day without a date",
];

/// What a row says about time, without the space around it; `None` where the sheet has no such column.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cells<'a> {
    pub(super) start_date_time: Option<&'a str>,
    pub(super) start_date: Option<&'a str>,
    pub(super) start_time: Option<&'a str>,
    pub(super) end_date_time: Option<&'a str>,
    pub(super) end_date: Option<&'a str>,
    pub(super) end_time: Option<&'a str>,
    pub(super) duration: Option<&'a str>,
    pub(super) time_zone: Option<&'a str>,
}

/// What holds for all rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rules {
    /// The zone of local times in rows that name none.
    pub(super) default_zone: Option<ZoneId>,
    /// What comes first in dates like `03/02/2027`.
    pub(super) orders: Orders,
    /// What ends before this is in the past.
    pub(super) now: Option<DateTime<Utc>>,
}

/// What was understood of a row's times.
#[derive(Debug)]
pub(super) struct Spanned {
    /// `None` when something is wrong.
    pub(super) span: Option<Span>,
    /// The zone that the start is read in; `None` when it has an offset of its own, or there is no start.
    pub(super) zone: Option<ZoneId>,
    /// The start's own offset, if it has one.
    pub(super) offset: Option<Offset>,
    /// What is wrong, and in which column.
    pub(super) wrongs: Vec<(Column, Wrong)>,
    /// What may be wrong.
    pub(super) warnings: Vec<(Column, Wrong)>,
}

/// What comes first in a date in numbers that does not begin with the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// `03/02/2027` is 3 February.
    DayFirst,
    /// `03/02/2027` is 2 March.
    MonthFirst,
}

/// The order of dates in each column, where it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Orders([Option<DateOrder>; 6]);

impl Orders {
    /// The same for all columns.
    pub(super) fn all(order: DateOrder) -> Self {
        Self([Some(order); 6])
    }

    /// Says it of one column; of one that has no dates there is nothing to say.
    pub(super) fn set(&mut self, column: Column, order: DateOrder) {
        if let Some(place) = Self::place(column) {
            self.0[place] = Some(order);
        }
    }
}

impl Orders {
    fn of(self, column: Column) -> Option<DateOrder> {
        self.0[Self::place(column)?]
    }

    fn place(column: Column) -> Option<usize> {
        let columns = [
            Column::StartDateTime,
            Column::StartDate,
            Column::StartTime,
            Column::EndDateTime,
            Column::EndDate,
            Column::EndTime,
        ];
        columns.iter().position(|own| *own == column)
    }
}
