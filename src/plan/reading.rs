//! How a spreadsheet is read, as it was asked for.

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, Utc};

use crate::cli::{Dates, Sheet};
use crate::input::{
    AskedForm, DateOrder, Mapped, Organizers, Reading, Zones, delimiter_named, parse_encoding, parse_map, parse_set,
};
use crate::ledger::is_ours;
use crate::meeting::Settings;

/// Checks what was asked for. What lies before `now` is past.
pub fn reading(args: Sheet, now: DateTime<Utc>) -> Result<Reading> {
    if let Some(why) = args.time_zone.as_ref().and_then(|zone| Zones::new().refusal("--time-zone", zone)) {
        bail!("{why}");
    }
    let dates = args.dates.map(|order| match order {
        Dates::Dmy => DateOrder::DayFirst,
        Dates::Mdy => DateOrder::MonthFirst,
    });
    let delimiter = args.delimiter.as_deref().map(delimiter_named).transpose().context("--delimiter")?;
    let map = args.map.iter().map(|text| parse_map(text)).collect::<Result<Vec<Mapped>>>()?;
    if let Some((column, own)) = map.iter().find(|(_, own)| is_ours(own.trim().as_bytes())) {
        let name = column.name();
        bail!(
            "--map {name}=\"{own}\": a column of that name holds a result, and the output writes it anew; rename it in the sheet"
        );
    }
    let settings = settings(&args)?;
    let form =
        AskedForm { encoding: args.encoding.as_deref().map(parse_encoding).transpose()?, delimiter, sheet: args.sheet };
    let organizers = Organizers::default();
    Ok(Reading {
        me: args.me,
        default_zone: args.time_zone,
        map,
        dates,
        form,
        now: Some(now),
        organizers,
        settings,
        plain_create: args.plain_create,
    })
}

/// What was said for the rows that say nothing.
fn settings(args: &Sheet) -> Result<Settings> {
    let mut settings = Settings::default();
    for text in &args.set {
        let (setting, value) = parse_set(text, args.plain_create)?;
        let is_new = settings.get(setting).is_none();
        ensure!(is_new, "--set says twice what {} is: leave one out", setting.name());
        settings.set(setting, value);
    }
    Ok(settings)
}
