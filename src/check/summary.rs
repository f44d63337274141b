//! What `provision` would do with a sheet, in words.

use std::fmt::Write as _;
use std::time::Duration;

use super::count::{Counts, Days};
use super::organizers::{A_MONTH_MAX, Over};
use crate::input::{Column, Rows, delimiter_name, shown};
use crate::meeting::Organizer;
use crate::pace::Rate;
use crate::picture::wrapped;
use crate::tally::{clock, plural};

/// How many zones are named; sheets have one or two.
const ZONES_MAX: usize = 12;
/// Where the words begin, after the label.
const LABEL: usize = 12;
/// How a row is in conflict.
const OTHERWISE: &str = "with another subject, other times or other settings";
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The summary: how many rows, and then a paragraph for everything that is worth a label.
pub(super) fn summary(file: &str, counts: &Counts, rows: &Rows, rate: Rate, width: usize) -> String {
    let count = match (counts.rows, counts.flawed) {
        (0, _) => "no rows, only a header".to_owned(),
        (rows, 0) => format!("{}, all ready", plural(rows, "row")),
        (rows, flawed) => format!("{}: {} ready, {flawed} with flaws", plural(rows, "row"), counts.ready()),
    };
    let mut text = wrapped("", &format!("{file}: {count}"), width);
    let mut paragraph = |label: &str, lines: &[String]| {
        for (place, line) in lines.iter().enumerate() {
            let label = if place == 0 { label } else { "" };
            let _ = write!(text, "\n{}", wrapped(&format!("  {label:<LABEL$}"), line, width));
        }
    };
    paragraph("meetings", &meetings(counts));
    paragraph("organizers", &[counts.organizers().to_string()]);
    paragraph("dates", &dates(&counts.days(rows)));
    if counts.meetings > 0 {
        paragraph("time", &[time(counts.meetings, rate)]);
    }
    paragraph("read as", &read_as(rows));
    text
}

fn meetings(counts: &Counts) -> Vec<String> {
    let mut lines = vec![match counts.repeated {
        0 => counts.meetings.to_string(),
        1 => format!("{}; 1 row asks for the meeting of an earlier row", counts.meetings),
        rows => format!("{}; {rows} rows ask for the meeting of an earlier row", counts.meetings),
    }];
    match counts.conflicting {
        0 => {}
        1 => lines.push(format!("1 row with flaws asks for an earlier row's meeting {OTHERWISE}")),
        rows => lines.push(format!("{rows} of the rows with flaws ask for an earlier row's meeting {OTHERWISE}")),
    }
    if counts.instant > 0 {
        lines.push(format!(
            "{} without a time: Graph makes {} from the moment of the call, for one hour",
            counts.instant,
            if counts.instant == 1 { "it" } else { "them" }
        ));
    }
    lines
}

fn dates(days: &[Days]) -> Vec<String> {
    let line = |Days { zone, first, last, rows }: &Days| {
        let days = if first == last { first.to_string() } else { format!("{first} to {last}") };
        let zone = match zone {
            Some(zone) => format!("in {zone}"),
            None => "in UTC, of times with an offset of their own".to_owned(),
        };
        format!("{days} {zone} ({})", plural(*rows, "row"))
    };
    let mut lines: Vec<String> = days.iter().take(ZONES_MAX).map(line).collect();
    if days.len() > ZONES_MAX {
        lines.push(format!("and in {} more", plural((days.len() - ZONES_MAX) as u64, "zone")));
    }
    lines
}

fn time(meetings: u64, rate: Rate) -> String {
    match rate {
        Rate::PerSecond(rate) => {
            // A count is far below what is exact in a float, and nothing depends on the last digit.
            #[expect(clippy::cast_precision_loss, reason = "an estimate")]
            let seconds = meetings as f64 / rate;
            let took = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
            format!("about {} at {rate} meetings per second (--rate)", clock(took))
        }
        Rate::Auto => "depends on what Graph allows (--rate auto)".to_owned(),
        Rate::Max => "depends on how fast Graph answers (--rate max)".to_owned(),
    }
}

fn read_as(rows: &Rows) -> Vec<String> {
    let (about, columns) = (rows.about(), rows.parser().columns());
    let mut lines = vec![match &about.sheet {
        Some(sheet) => format!("the sheet '{sheet}' of a workbook"),
        None => format!("{}, with a {} between two cells", about.encoding.name(), delimiter_name(about.delimiter)),
    }];
    let names = columns.header().iter().map(|name| String::from_utf8_lossy(name).trim().to_owned());
    for (place, name) in names.enumerate() {
        if let Some(column) = columns.meaning(place).map(Column::name).filter(|column| *column != name) {
            lines.push(format!("'{name}' is {column}"));
        }
    }
    lines.extend(about.notices.iter().cloned());
    lines
}

/// Columns that are not read, and are called almost like one that would be.
pub(super) fn doubts(rows: &Rows) -> Vec<(&'static str, String, String)> {
    let doubtful = rows.parser().columns().doubtful();
    let doubt = |(own, column): (&str, Column)| {
        let (own, name) = (shown(own), column.name());
        (
            "a column that is not read, and is called almost like one that is",
            format!("nothing in column '{own}' is read, and there is no column {name}"),
            format!("if it is {name}, rename it, or say --map {name}=\"{own}\""),
        )
    };
    doubtful.into_iter().map(doubt).collect()
}

/// What is to be known about one organizer, and what to do.
pub(super) fn over(Over { organizer, month, meetings }: &Over) -> (&'static str, String, String) {
    let who = match organizer {
        Organizer::Me => "the signed-in user",
        Organizer::User(name) | Organizer::Named(name) => name,
    };
    match month {
        Some((year, month)) => {
            let month = usize::try_from(*month).ok().and_then(|month| MONTHS.get(month.checked_sub(1)?)).unwrap_or(&"");
            (
                "more meetings of one organizer in a month than Microsoft allows",
                format!(
                    "{meetings} meetings of {who} begin in {month} {year} (UTC); Microsoft's limit is {A_MONTH_MAX} \
                         meetings per user each month"
                ),
                "give some of them to another organizer".to_owned(),
            )
        }
        None => (
            "more meetings of one organizer than Microsoft allows in a month",
            format!(
                "{who} has {meetings} meetings in this sheet, which are all made at once; Microsoft's limit is \
                     {A_MONTH_MAX} meetings per user each month, and whether that is the month in which they begin is not said"
            ),
            "if Graph refuses the last of them, send the sheet again in the next month, or give some to another organizer"
                .to_owned(),
        ),
    }
}
