//! Rows that ask for one meeting must ask for the same.

use chrono::{DateTime, Utc};

use super::flaw::{Flaw, Wrong, shown};
use super::names::Column;
use super::{Parser, Row, Zones};
use crate::meeting::{Meeting, Setting};

/// The kind of flaw that is found here.
pub const CONFLICT: &str = "a row asks for the meeting of an earlier record with other details";

/// What the words of each flaw end with.
pub(super) const SAME_KEY: &str = ", with the same organizer and externalId";

impl Parser {
    /// A moment as a row's clocks have it, or in UTC where its times have an offset of their own.
    pub fn shown(&mut self, row: &Row, time: DateTime<Utc>) -> String {
        let zone = row.zone.and_then(|_| self.zone_of(&row.cells));
        zone.map_or_else(|| Zones::in_utc(time), |zone| self.zones.shown(zone, time))
    }

    /// A moment for people where there is no row.
    pub fn in_utc(time: DateTime<Utc>) -> String {
        Zones::in_utc(time)
    }
}

/// What is wrong with a row that asks for the meeting of an earlier record with another subject, other times or other
/// settings; nothing if it does not. What a row leaves empty it does not ask for, even if `--set` does.
pub fn conflicts(row: &Row, first: &Meeting, first_record: u64, parser: &mut Parser) -> Vec<Flaw> {
    let zone = row.zone.and_then(|_| parser.zone_of(&row.cells));
    let (columns, zones) = (&parser.columns, &parser.zones);
    let Ok(meeting) = &row.meeting else { return Vec::new() };
    let mut flaws = Vec::new();
    let mut compare = |named: &[Column], asked: Option<String>, had: Option<String>| {
        let Some(asked) = asked.filter(|asked| had.as_ref() != Some(asked)) else { return };
        let had = had.map_or("nothing".to_owned(), |had| shown(&had));
        let mend = format!(
            "make it the same, or give this row an externalId of its own (each date of a series needs one): record \
             {first_record} asked for this meeting first, and Graph keeps one for each organizer and externalId"
        );
        let wrong = Wrong::new(CONFLICT, mend)
            .saying(format!("record {first_record} has {had} here and this row {}{SAME_KEY}", shown(&asked)));
        // The first of the columns that says it.
        let column = named.iter().copied().find(|column| !columns.cell(*column, &row.cells.0).trim_ascii().is_empty());
        let column = column.unwrap_or(named[0]);
        let cell = String::from_utf8_lossy(columns.cell(column, &row.cells.0));
        let before = cell.len() - cell.trim_start().len();
        flaws.push(wrong.in_cell(columns.index(column), columns.name(column), before, cell.trim()));
    };
    let quoted = |subject: &Option<String>| subject.as_ref().map(|subject| format!("'{subject}'"));
    compare(&[Column::Subject], quoted(&meeting.subject), quoted(&first.subject));
    // As the row has it, and not in UTC.
    let time = |time: Option<DateTime<Utc>>| {
        time.map(|time| zone.map_or_else(|| Zones::in_utc(time), |zone| zones.shown(zone, time)))
    };
    let start = [Column::StartDateTime, Column::StartTime, Column::StartDate];
    compare(&start, time(meeting.span.start()), time(first.span.start()));
    let end = [Column::EndDateTime, Column::EndTime, Column::EndDate, Column::Duration];
    compare(&end, time(meeting.span.end()), time(first.span.end()));
    for setting in Setting::ALL {
        let column = Column::Setting(setting);
        if columns.says(column, &row.cells) {
            let value = |meeting: &Meeting| meeting.settings.get(setting).map(|value| format!("'{value}'"));
            compare(&[column], value(meeting), value(first));
        }
    }
    flaws
}
