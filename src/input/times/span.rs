//! The cells of one row that are about time, put together to a [`Span`]. Cells that say the same thing must agree, and
//! nothing is rolled over to another day.

use chrono::{DateTime, TimeDelta, Utc};
use jiff::civil::{DateTime as Local, Time};
use jiff::tz::{Offset, TimeZone};

use super::side::{Side, long, without_date, without_time};
use super::zones::{ZoneId, Zones};
use super::{Cells, Rules, Spanned, duration, local, moment};
use crate::input::flaw::Wrong;
use crate::input::names::Column;
use crate::meeting::Span;

/// A meeting that is longer has probably a wrong date.
const LONG: TimeDelta = TimeDelta::hours(24);

/// A side as an instant.
#[derive(Clone, Copy)]
struct At {
    instant: DateTime<Utc>,
    column: Column,
    /// Whether the day was written, and not taken from the start.
    dated: bool,
    /// The offset of its own, if it has one.
    offset: Option<Offset>,
}

impl Zones {
    /// What the cells of one row say about time, or all that is wrong with them.
    pub(in crate::input) fn span(&mut self, cells: &Cells<'_>, rules: &Rules) -> Spanned {
        let out = Spanned { span: None, zone: None, offset: None, wrongs: Vec::new(), warnings: Vec::new() };
        let mut row = Row { zones: self, rules, zone_cell: given(cells.time_zone), zone: None, asked: false, out };
        row.read(cells);
        row.out
    }
}

/// The text of a cell that is not empty.
fn given(cell: Option<&str>) -> Option<&str> {
    cell.filter(|text| !text.is_empty())
}

struct Row<'a> {
    zones: &'a mut Zones,
    rules: &'a Rules,
    zone_cell: Option<&'a str>,
    /// The zone of local times once it has been asked for; what is wrong with it is told the first time.
    zone: Option<ZoneId>,
    asked: bool,
    out: Spanned,
}

impl Row<'_> {
    fn wrong(&mut self, column: Column, wrong: Wrong) {
        self.out.wrongs.push((column, wrong));
    }

    fn read(&mut self, cells: &Cells<'_>) {
        let start_cells = [
            (Column::StartDate, cells.start_date),
            (Column::StartTime, cells.start_time),
            (Column::StartDateTime, cells.start_date_time),
        ];
        let end_cells = [
            (Column::EndDate, cells.end_date),
            (Column::EndTime, cells.end_time),
            (Column::EndDateTime, cells.end_date_time),
        ];
        let start_side = self.side(start_cells);
        let start = self.start(&start_side);
        let end_side = self.side(end_cells);
        let duration = given(cells.duration).map(duration::read);
        if start_side.given.is_none() {
            let mend = "write the start too, or leave this cell empty as well";
            if let Some(column) = end_side.given {
                self.wrong(column, Wrong::new("an end without a start", mend));
            } else if duration.is_some() {
                self.wrong(Column::Duration, Wrong::new("a duration without a start", mend));
            }
        }
        let end = self.end(&end_side, start, duration.is_some());
        let duration = match duration {
            Some(Ok(duration)) => Some(duration),
            Some(Err(wrong)) => {
                self.wrong(Column::Duration, wrong);
                None
            }
            None => None,
        };
        let end = self.with_duration(start, end, duration, &end_side);
        if start_side.wrong && self.zone_cell.is_some() {
            // That the zone is none is told now, and not only when the start has been mended.
            self.zone_at(Column::TimeZone);
        }
        self.conclude(start, end);
    }

    /// What the cells of one side say together.
    fn side(&mut self, cells: [(Column, Option<&str>); 3]) -> Side {
        let mut side = Side::default();
        for (column, text) in cells {
            let Some(text) = given(text) else { continue };
            side.given = side.given.or(Some(column));
            let points = matches!(column, Column::StartTime | Column::EndTime);
            match moment::read(text, self.rules.orders.of(column), points) {
                Ok(mut moment) => {
                    // In a column of dates midnight is what programs write when there is no time of day.
                    let of_dates = matches!(column, Column::StartDate | Column::EndDate);
                    let midnight = moment.time == Some(Time::midnight()) && moment.offset.is_none();
                    moment.time = moment.time.filter(|_| !(of_dates && midnight));
                    if let Err(wrong) = side.add(column, moment) {
                        side.wrong = true;
                        self.wrong(column, wrong);
                    }
                }
                Err(wrong) => {
                    side.wrong = true;
                    self.wrong(column, wrong);
                }
            }
        }
        side
    }

    fn start(&mut self, side: &Side) -> Option<At> {
        if side.wrong {
            return None;
        }
        match (side.date, side.time) {
            (Some((_, date)), Some((column, time))) => {
                let instant = self.instant(date.to_datetime(time), side.offset, column)?;
                self.out.zone = self.zone.filter(|_| side.offset.is_none());
                self.out.offset = side.offset;
                Some(At { instant, column, dated: true, offset: side.offset })
            }
            (Some((column, _)), None) => self.refuse(column, without_time()),
            (None, Some((column, _))) => self.refuse(column, without_date()),
            (None, None) => None,
        }
    }

    fn end(&mut self, side: &Side, start: Option<At>, has_duration: bool) -> Option<At> {
        if side.wrong {
            return None;
        }
        let (column, time) = match (side.date, side.time) {
            (_, Some(time)) => time,
            // It is held against the duration.
            (Some(_), None) if has_duration => return None,
            (Some((column, _)), None) => return self.refuse(column, without_time()),
            (None, None) => return None,
        };
        let date = if let Some((_, date)) = side.date {
            date
        } else {
            // On the day of the start, as the clock of the end has it.
            let clock = self.clock(side.offset, column)?;
            local::date(&clock, start?.instant)
        };
        let instant = self.instant(date.to_datetime(time), side.offset, column)?;
        Some(At { instant, column, dated: side.date.is_some(), offset: side.offset })
    }

    fn refuse(&mut self, column: Column, wrong: Wrong) -> Option<At> {
        self.wrong(column, wrong);
        None
    }

    /// The instant of a local time in the row's zone, or at its own offset.
    fn instant(&mut self, local: Local, offset: Option<Offset>, column: Column) -> Option<DateTime<Utc>> {
        let instant = if let Some(offset) = offset {
            local::at_offset(local, offset)
        } else {
            let id = self.zone_at(column)?;
            local::in_zone(local, self.zones.time_zone(id), self.zones.name(id))
        };
        instant.map_err(|wrong| self.wrong(column, wrong)).ok()
    }

    /// The clock at an offset of its own, or else of the row's zone.
    fn clock(&mut self, offset: Option<Offset>, column: Column) -> Option<TimeZone> {
        match offset {
            Some(offset) => Some(TimeZone::fixed(offset)),
            None => self.zone_at(column).map(|id| self.zones.time_zone(id).clone()),
        }
    }

    /// The zone of local times. That there is none is the flaw of the first cell that needs it.
    fn zone_at(&mut self, column: Column) -> Option<ZoneId> {
        if self.asked {
            return self.zone;
        }
        self.zone = match self.zone_cell.map(|name| self.zones.zone(name)) {
            Some(Ok(id)) => {
                let doubt = self.zones.doubt(id);
                self.out.warnings.extend(doubt.map(|doubt| (Column::TimeZone, doubt)));
                Some(id)
            }
            Some(Err(wrong)) => {
                self.wrong(Column::TimeZone, wrong);
                None
            }
            None => {
                if self.rules.default_zone.is_none() {
                    self.wrong(column, no_zone());
                }
                self.rules.default_zone
            }
        };
        self.asked = true;
        self.zone
    }

    /// The end by the duration, or held against it.
    fn with_duration(
        &mut self,
        start: Option<At>,
        end: Option<At>,
        duration: Option<TimeDelta>,
        side: &Side,
    ) -> Option<At> {
        let (Some(start), Some(duration)) = (start, duration) else { return end };
        let Some(instant) = start.instant.checked_add_signed(duration) else {
            let wrong = Wrong::new("a duration that is too long", "write how long the meeting takes, like 90 or 1:30");
            return self.refuse(Column::Duration, wrong);
        };
        if side.wrong || end.is_none() && side.time.is_some() {
            return end;
        }
        let disagree = |what: String| {
            Wrong::new("an end and a duration that disagree", "correct one of the two, or leave one of them empty")
                .saying(what)
        };
        match (end, side.date) {
            (Some(end), _) if end.instant != instant => {
                let minutes = (end.instant - start.instant).num_minutes();
                let what = format!(
                    "from start to end there are {minutes} min, and the duration is {} min",
                    duration.num_minutes()
                );
                self.refuse(Column::Duration, disagree(what))
            }
            (None, Some((column, date))) => {
                let zone = self.clock(start.offset, start.column)?;
                let own = local::date(&zone, instant);
                if own != date {
                    return self
                        .refuse(column, disagree(format!("by its duration the meeting ends on {own}, not on {date}")));
                }
                Some(At { instant, column, dated: true, offset: start.offset })
            }
            (Some(end), _) => Some(end),
            (None, None) => Some(At { instant, column: Column::Duration, dated: true, offset: start.offset }),
        }
    }

    fn conclude(&mut self, start: Option<At>, end: Option<At>) {
        if let (Some(start), Some(end)) = (start, end) {
            if !end.dated && end.instant <= start.instant {
                let mend = "correct one of the two; a meeting past midnight needs the date of its end too";
                let wrong = Wrong::new("the end is not after the start", mend)
                    .saying("the end has no date of its own, and on the day of the start it is not after the start");
                self.wrong(end.column, wrong);
            } else if end.instant < start.instant {
                let mend = "correct one of the two; a meeting past midnight ends on the next day";
                self.wrong(end.column, Wrong::new("the end is before the start", mend));
            } else if end.instant - start.instant > LONG {
                let wrong = long(end.column, end.instant - start.instant);
                self.out.warnings.push((end.column, wrong));
            }
        }
        if !self.out.wrongs.is_empty() {
            return;
        }
        self.out.span = Some(match (start, end) {
            (Some(start), Some(end)) => Span::Between(start.instant, end.instant),
            (Some(start), None) => Span::From(start.instant),
            _ => Span::Instant,
        });
        let past = end.or(start).filter(|last| self.rules.now.is_some_and(|now| last.instant < now));
        if let Some(last) = past {
            let wrong = Wrong::new("a meeting in the past", "correct the date if that is not meant");
            self.out.warnings.push((last.column, wrong));
        }
    }
}

/// The kind of flaw of a local time that nothing gives a zone.
pub(super) const NO_ZONE: &str = "a local time without a time zone";

fn no_zone() -> Wrong {
    Wrong::new(
        NO_ZONE,
        "name the zone in a column timeZone or with --time-zone, like Europe/Berlin, or add the offset, like +01:00",
    )
    .saying("nothing says in which time zone this is")
}
