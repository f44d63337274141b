//! `check`: reads a whole spreadsheet, calls nobody, and tells what `provision` would do with it and what is wrong.
//!
//! `--strict` is the same walk before a run. Nothing here is written but the report, and memory does not grow with the
//! sheet but for its keys (`keys`).

mod count;
mod firsts;
mod group;
mod json;
mod keys;
mod next;
mod organizers;
mod report;
mod summary;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use anyhow::{Context as _, Error, Result, ensure};
use tracing::{info, warn};

use self::count::{Counts, Severity, Told, walk};
pub(crate) use self::firsts::Firsts;
use self::json::Json;
use self::next::{command, next};
pub(crate) use self::next::{path_word, quoted, reading_words, sheet_words};
use self::report::Report;
use self::summary::{doubts, over, summary};
use crate::cli::{Check as Args, Environment, Form};
use crate::exit::{ALL_AS_ASKED, Ended, INPUT, SOME_NOT, STOPPED, USAGE};
use crate::input::{Flaw, Input, Reading, Row, Rows, Source};
use crate::pace::Rate;
use crate::picture::{Scene, WIDTH, wrapped};
use crate::plan::{Plan, input, rate, reading};
use crate::tally::plural;

/// What an error is about when the report has nowhere to go.
const WRITING: &str = "the report cannot be written";

/// What will be checked, and how it is told.
#[derive(Debug)]
pub struct Check {
    input: Input,
    /// The command that makes the meetings.
    command: String,
    reading: Reading,
    rate: Rate,
    form: Form,
    all: bool,
    color: bool,
}

impl Check {
    /// Checks what was typed.
    pub fn from_args(args: Args, environment: &Environment) -> Result<Self, Ended> {
        let usage = |error: Error| Ended(USAGE, error);
        Ok(Self {
            command: command(&args),
            input: input(args.input),
            reading: reading(args.sheet, environment.now).map_err(usage)?,
            rate: rate(&args.rate).map_err(usage)?,
            form: args.report.format,
            all: args.all,
            color: !environment.no_color,
        })
    }

    /// Reads everything and writes what came of it to `out`, as a terminal of that width shows it, if it is one; the exit
    /// status.
    pub fn run(&self, out: &mut dyn Write, terminal: Option<usize>) -> Result<u8, Ended> {
        let mut rows = open(&self.input, &self.reading).map_err(|error| Ended(INPUT, error))?;
        let color = self.color && terminal.is_some();
        let scene = Scene::of(&self.input, &rows, terminal.unwrap_or(WIDTH), color);
        let counts = match self.form {
            Form::Text => Some(self.text(&mut rows, scene, out)?),
            Form::Json => self.json(&mut rows, scene, out)?,
        };
        let Some(counts) = counts else { return Ok(STOPPED) };
        written(out.flush())?;
        Ok(if counts.flawed == 0 { ALL_AS_ASKED } else { SOME_NOT })
    }

    fn text(&self, rows: &mut Rows, scene: Scene, out: &mut dyn Write) -> Result<Counts, Ended> {
        let (file, width, paint) = (scene.file().to_owned(), scene.width(), scene.paint());
        let mut report = Report::new(scene, self.all);
        let counts = walked(rows, &mut report)?;
        let mut write = || {
            writeln!(out, "{}\n", summary(&file, &counts, rows, self.rate, width))?;
            report.write(Severity::Flaw, out)?;
            report.write(Severity::Warning, out)?;
            let (named, unnamed) = counts.over();
            let mut last = "";
            for (kind, what, mend) in doubts(rows).into_iter().chain(named.iter().map(over)) {
                if kind != last {
                    writeln!(out, "{}\n", paint.bold(&wrapped("", &format!("Warning: {kind}"), width)))?;
                    last = kind;
                }
                writeln!(out, "{}\n{}\n", wrapped("  ", &what, width), wrapped("  Mend: ", &mend, width))?;
            }
            if unnamed > 0 {
                writeln!(out, "and {unnamed} more like these\n")?;
            }
            writeln!(out, "{}", next(&self.command, &counts, report.hides(), width))
        };
        written(write())?;
        Ok(counts)
    }

    /// `None` when whoever reads it has seen enough before all was read.
    fn json(&self, rows: &mut Rows, scene: Scene, out: &mut dyn Write) -> Result<Option<Counts>, Ended> {
        let (file, columns, again) = (scene.file().to_owned(), rows.parser().columns().clone(), rows.again());
        let mut json = Json { out, scene, columns, again };
        let counts = match walked(rows, &mut json) {
            Err(Ended(_, error)) if is_enough(&error) => return Ok(None),
            counts => counts?,
        };
        for (kind, what, mend) in doubts(rows).into_iter().chain(counts.over().0.iter().map(over)) {
            match json.of_sheet(kind, &what, &mend) {
                Err(error) if is_enough(&error) => return Ok(None),
                done => done.map_err(|error| Ended(STOPPED, error))?,
            }
        }
        info!(
            rows = counts.rows,
            ready = counts.ready(),
            flawed = counts.flawed,
            meetings = counts.meetings,
            organizers = counts.organizers(),
            repeated = counts.repeated,
            conflicting = counts.conflicting,
            warnings = counts.warnings,
            "{}\n{}",
            summary(&file, &counts, rows, self.rate, WIDTH),
            next(&self.command, &counts, false, WIDTH)
        );
        Ok(Some(counts))
    }
}

/// Whether it is only that whoever reads the report has seen enough, as `head` has.
fn is_enough(error: &Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// What it means that the report was written, or was not.
fn written(written: io::Result<()>) -> Result<(), Ended> {
    match written.context(WRITING) {
        Err(error) if !is_enough(&error) => Err(Ended(STOPPED, error)),
        _ => Ok(()),
    }
}

/// The same as [`walk`], with what it means for the process when it fails.
fn walked(rows: &mut Rows, told: &mut dyn Told) -> Result<Counts, Ended> {
    let mut counts = walk(rows, told).map_err(|error| {
        let is_ours = error.to_string() == WRITING;
        Ended(if is_ours { STOPPED } else { INPUT }, error)
    })?;
    counts.warnings += doubts(rows).len() as u64;
    Ok(counts)
}

fn open(input: &Input, reading: &Reading) -> Result<Rows> {
    let rows = Rows::open(input.open()?, reading.clone());
    rows.with_context(|| format!("{input} cannot be read as a spreadsheet of meetings"))
}

/// Reads the whole input before a run, and fails when any row of it is invalid; what is wrong is told first, in pictures
/// of that width or, without one, as an event for each flaw.
pub fn refuse_any_flaw(plan: &Plan, source: Source, reading: Reading, pictures: Option<usize>) -> Result<()> {
    let mut rows = Rows::open(source, reading)?;
    let flawed = match pictures {
        Some(width) => {
            let mut report = Report::new(Scene::of(&plan.input, &rows, width, false), false);
            let counts = walk(&mut rows, &mut report)?;
            for text in report.texts(Severity::Flaw)? {
                warn!("{text}");
            }
            counts.flawed
        }
        None => walk(&mut rows, &mut Events::default())?.flawed,
    };
    let (are, them) = if flawed == 1 { ("is", "it") } else { ("are", "them") };
    ensure!(
        flawed == 0,
        "--strict: {} of {} {are} invalid, so nothing was sent; mend {them}, or leave --strict out to send the others",
        plural(flawed, "row"),
        plan.input
    );
    Ok(())
}

/// How many flaws of one kind are told by an event of its own.
const EVENTS_MAX: u64 = 20;

/// Tells each flaw by an event, as a run does.
#[derive(Default)]
struct Events {
    told: std::collections::HashMap<&'static str, u64>,
}

impl Told for Events {
    fn is_shown(&self, kind: &'static str) -> bool {
        self.told.get(kind).is_none_or(|told| *told < EVENTS_MAX)
    }

    fn tell(&mut self, severity: Severity, row: &Row, flaw: &Flaw) -> Result<()> {
        if severity == Severity::Flaw {
            *self.told.entry(flaw.kind).or_default() += 1;
            tell_flaw(row, flaw);
        }
        Ok(())
    }

    fn count(&mut self, _: Severity, _: &Row, _: &'static str) {}
}

/// One flaw as an event for programs.
pub fn tell_flaw(row: &Row, flaw: &Flaw) {
    let (record, at, column, value) = (row.record, row.at, &flaw.column, &flaw.value);
    warn!(record, line = at.number(), status = "invalid", column, value, "record {record} ({at}): {flaw}");
}
