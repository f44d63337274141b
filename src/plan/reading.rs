//! How a spreadsheet is read, as it was asked for.

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};

use crate::cli::{Dates, Sheet};
use crate::input::{AskedForm, DateOrder, Reading, Zones, delimiter_named, parse_encoding};

/// Checks what was asked for. What lies before `now` is past.
pub fn reading(args: Sheet, now: DateTime<Utc>) -> Result<Reading> {
    if let Some(zone) = &args.time_zone {
        ensure!(
            Zones::new().has(zone),
            "--time-zone '{zone}' is not a time zone: use an IANA name like Europe/Berlin or America/New_York"
        );
    }
    let dates = args.dates.map(|order| match order {
        Dates::Dmy => DateOrder::DayFirst,
        Dates::Mdy => DateOrder::MonthFirst,
    });
    let delimiter = args.delimiter.as_deref().map(delimiter_named).transpose().context("--delimiter")?;
    let form =
        AskedForm { encoding: args.encoding.as_deref().map(parse_encoding).transpose()?, delimiter, sheet: args.sheet };
    Ok(Reading { me: args.me, default_zone: args.time_zone, dates, form, now: Some(now) })
}
