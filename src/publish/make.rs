//! Makes what is wanted, one product after the other. One that cannot be made keeps none of the others back.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use chrono::{DateTime, NaiveDate, Utc};
use jiff::tz::TimeZone;

use super::calendar::{Asked, Method, calendar};
use super::coordinates::coordinates;
use super::join_information;
use super::metrics::metrics;
use super::qr;
use super::report::{Facts, File, Run, When, json, page};
use super::sheet::{RecipientsForm, excel, recipients, workbook};
use super::words::{Labels, Texts, Words};
use super::{Entry, Finished, Made, Wanted};
use crate::input::{Parser, Zones};

/// What came of one product.
#[derive(Debug)]
pub struct Done {
    /// The option that asked for it.
    pub option: &'static str,
    /// Where it is, or was to be.
    pub path: PathBuf,
    /// What is in it, or why it could not be made.
    pub made: Result<Made>,
}

/// How products are worded.
pub struct Wording {
    words: Words,
    labels: &'static Labels,
    /// The zone of all times, if one was asked for.
    zone: Option<TimeZone>,
}

impl Wording {
    /// In the language and the zone that were asked for. Fails when the language is none.
    pub fn new(wanted: &Wanted) -> Result<Self> {
        let language = wanted.language.as_deref();
        let zone = wanted.zone.as_deref().and_then(|name| Zones::new().named(name));
        let asked = zone.as_ref().map(|(_, zone)| zone.clone());
        let words = Words::new(language, zone).context("--language")?;
        Ok(Self { words, labels: Labels::of(language), zone: asked })
    }

    /// Whether there is data of the language; if not, it is English.
    pub fn is_known(&self) -> bool {
        self.words.is_known()
    }

    fn texts(&self, entry: &Entry, zones: &Zones) -> Texts {
        let Some(start) = entry.start() else { return Texts::default() };
        let own = entry.own_zone(zones);
        self.words.texts(start, entry.end(), own.as_ref().map(|(name, zone)| (name.as_str(), zone)))
    }

    fn when(&self, entry: &Entry, zones: &Zones) -> When {
        let Texts { date, start, end, zone, .. } = self.texts(entry, zones);
        let time = if end.is_empty() { start } else { format!("{start} – {end}") };
        let time = if zone.is_empty() { time } else { format!("{time} {zone}") };
        When { day: date, time }
    }

    /// The day on which a meeting begins, where people are told of it.
    fn day(&self, entry: &Entry, zones: &Zones) -> Option<NaiveDate> {
        let own = || entry.own_zone(zones).map(|(_, zone)| zone);
        let zone = self.zone.clone().or_else(own).unwrap_or(TimeZone::UTC);
        let start = entry.start()?;
        let date = jiff::Timestamp::new(start.timestamp(), 0).ok()?.to_zoned(zone).date();
        NaiveDate::from_ymd_opt(
            date.year().into(),
            date.month().unsigned_abs().into(),
            date.day().unsigned_abs().into(),
        )
    }
}

/// Makes a product, if it is wanted.
fn made(option: &'static str, path: Option<&PathBuf>, make: impl FnOnce(&Path) -> Result<Made>) -> Option<Done> {
    let path = path?;
    Some(Done { option, path: path.clone(), made: make(path) })
}

/// Makes what is made of a whole output.
pub fn products(finished: &Finished, wanted: &Wanted, wording: &Wording, now: DateTime<Utc>) -> Vec<Done> {
    let form = RecipientsForm { excel: wanted.excel.is_some().then_some(wanted.delimiter) };
    let texts = |entry: &Entry, zones: &Zones| wording.texts(entry, zones);
    let people = |path: &Path| recipients(finished, path, form, wanted.only_new, texts);
    let tables = [
        made("--recipients", wanted.recipients.as_ref(), people),
        made("--excel", wanted.excel.as_ref(), |path| excel(finished, path, wanted.delimiter)),
        made("--xlsx", wanted.workbook.as_ref(), |path| workbook(finished, path)),
    ];
    let calendars = calendars(finished, wanted, wording, now);
    let others = [
        made("--html-dir", wanted.html_dir.as_ref(), |path| join_information::directory(finished, path)),
        made("--coordinates", wanted.coordinates.as_ref(), |path| coordinates(finished, path)),
        made("--qr-dir", wanted.qr_dir.as_ref(), |path| qr::directory(finished, path, &wording.words)),
    ];
    tables.into_iter().flatten().chain(calendars).chain(others.into_iter().flatten()).collect()
}

/// Makes both calendars in one walk, so that they agree; if that fails, each by itself, so that one harms not the other.
fn calendars(finished: &Finished, wanted: &Wanted, wording: &Wording, now: DateTime<Utc>) -> Vec<Done> {
    let method = if wanted.ics_requests { Method::Request } else { Method::Publish };
    let (dir, feed) = (wanted.ics_dir.as_deref(), wanted.ics_feed.as_deref());
    let make = |dir, feed| calendar(finished, &Asked { dir, feed, method }, wording.labels, now);
    let done = |option, path: &Path, made| Done { option, path: path.to_owned(), made };
    if let (Some(dir), Some(feed)) = (dir, feed)
        && let Ok(both) = make(Some(dir), Some(feed))
    {
        let lines = both.feed.unwrap_or_default();
        let of_feed = Made { lines, notices: Vec::new() };
        let of_dir = Made { lines: both.files, notices: both.notices() };
        return vec![done("--ics-dir", dir, Ok(of_dir)), done("--ics-feed", feed, Ok(of_feed))];
    }
    let own = dir.map(|dir| done("--ics-dir", dir, make(Some(dir), None).map(Made::from)));
    let feed = feed.map(|feed| done("--ics-feed", feed, make(None, Some(feed)).map(Made::from)));
    own.into_iter().chain(feed).collect()
}

/// Makes what tells people and programs how it went; there is something to tell of lines that are not all there are, too.
pub fn reports(finished: &Finished, wanted: &Wanted, wording: &Wording, facts: &Facts) -> Vec<Done> {
    let when = |entry: &Entry, parser: &Parser| wording.when(entry, parser.zones());
    let reports = [
        made("--report", wanted.json.as_ref(), |path| json(facts, path)),
        made("--report", wanted.page.as_ref(), |path| page(finished, facts, path, when)),
    ];
    reports.into_iter().flatten().collect()
}

/// Makes what tells monitoring how it went, which has the last word: so it knows what else could not be made.
pub fn figures(wanted: &Wanted, facts: &Facts) -> Option<Done> {
    made("--metrics", wanted.metrics.as_ref(), |path| metrics(facts, path))
}

/// Gathers what reports tell, if there is to be one.
pub fn facts(finished: &Finished, wording: &Wording, output: File, run: Option<Run>) -> Result<Facts> {
    Facts::gather(finished, output, run, |parser, entry| wording.day(entry, parser.zones()))
}
