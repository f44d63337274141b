//! `check`: reads a whole spreadsheet, calls nobody, and tells what `provision` would do with it and what is wrong.
//!
//! `--strict` is the same walk before a run. Nothing here is written but the report, and memory does not grow with the
//! sheet but for its keys ([`keys`]).

mod count;
mod firsts;
mod group;
mod json;
mod keys;
mod organizers;
mod report;
mod summary;
#[cfg(test)]
mod tests;

use std::io::Write;

use anyhow::{Context as _, Error, Result, ensure};
use tracing::{info, warn};

use self::count::{Counts, Severity, Told, walk};
use self::json::Json;
use self::report::Report;
use self::summary::{over, summary};
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
            input: input(args.input),
            reading: reading(args.sheet, environment.now).map_err(usage)?,
            rate: rate(&args.rate).map_err(usage)?,
            form: args.format,
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
            Form::Text => self.text(&mut rows, scene, out)?,
            Form::Json => self.json(&mut rows, scene, out)?,
        };
        out.flush().context(WRITING).map_err(|error| Ended(STOPPED, error))?;
        Ok(if counts.flawed == 0 { ALL_AS_ASKED } else { SOME_NOT })
    }

    fn text(&self, rows: &mut Rows, scene: Scene, out: &mut dyn Write) -> Result<Counts, Ended> {
        let (file, width) = (scene.file().to_owned(), scene.width());
        let mut report = Report::new(scene, self.all);
        let counts = walked(rows, &mut report)?;
        let mut write = || {
            writeln!(out, "{}\n", summary(&file, &counts, rows, self.rate, width))?;
            report.write(Severity::Flaw, out)?;
            report.write(Severity::Warning, out)?;
            let (named, unnamed) = counts.over();
            for (kind, what, mend) in named.iter().map(over) {
                let (kind, what) = (wrapped("", kind, width), wrapped("  ", &what, width));
                writeln!(out, "{kind}\n\n{what}\n{}\n", wrapped("  Mend: ", mend, width))?;
            }
            if unnamed > 0 {
                writeln!(out, "and {} like these\n", plural(unnamed, "more organizer or month"))?;
            }
            writeln!(out, "{}", wrapped("", &self.next(&counts), width))
        };
        write().context(WRITING).map_err(|error| Ended(STOPPED, error))?;
        Ok(counts)
    }

    fn json(&self, rows: &mut Rows, scene: Scene, out: &mut dyn Write) -> Result<Counts, Ended> {
        let (file, columns, again) = (scene.file().to_owned(), rows.parser().columns().clone(), rows.again());
        let mut json = Json { out, scene, columns, again };
        let counts = walked(rows, &mut json)?;
        for (kind, what, mend) in counts.over().0.iter().map(over) {
            json.of_sheet(kind, &what, mend).map_err(|error| Ended(STOPPED, error))?;
        }
        info!(
            rows = counts.rows,
            ready = counts.ready(),
            flawed = counts.flawed,
            meetings = counts.meetings,
            organizers = counts.organizers(),
            repeated = counts.repeated,
            conflicting = counts.conflicting,
            "{}\n{}",
            summary(&file, &counts, rows, self.rate, WIDTH),
            self.next(&counts)
        );
        Ok(counts)
    }

    /// What to do next.
    fn next(&self, counts: &Counts) -> String {
        let input = match &self.input {
            Input::File(path) => path.display().to_string(),
            Input::Stdin => "-".to_owned(),
        };
        let is_plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
        let input = if input.chars().all(is_plain) { input } else { format!("'{input}'") };
        let these = |flawed| if flawed == 1 { "this row".to_owned() } else { format!("these {flawed} rows") };
        match (counts.ready(), counts.flawed) {
            (0, 0) => "There is nothing to do: write a row for each meeting below the header.".to_owned(),
            (_, 0) => format!(
                "Nothing is wrong; this makes the meetings, with the same options about the sheet as here: convoke \
                 provision {input}"
            ),
            (0, flawed) => format!("Mend {} and run the same command again.", these(flawed)),
            (ready, flawed) => format!(
                "Mend {} and run the same command again; provision would send the other {ready} only.",
                these(flawed)
            ),
        }
    }
}

/// The same as [`walk`], with what it means for the process when it fails.
fn walked(rows: &mut Rows, told: &mut dyn Told) -> Result<Counts, Ended> {
    walk(rows, told).map_err(|error| {
        let is_ours = error.to_string() == WRITING;
        Ended(if is_ours { STOPPED } else { INPUT }, error)
    })
}

fn open(input: &Input, reading: &Reading) -> Result<Rows> {
    let rows = Rows::open(input.open()?, reading.clone());
    rows.with_context(|| format!("{input} cannot be read as a spreadsheet of meetings"))
}

/// Reads the whole input before a run, and fails when any row of it is invalid; what is wrong is told first, in pictures
/// of that width or, without one, as an event for each flaw.
pub fn refuse_any_flaw(plan: &Plan, source: Source, pictures: Option<usize>) -> Result<()> {
    let mut rows = Rows::open(source, plan.reading.clone())?;
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
    ensure!(flawed == 0, "--strict: {} of {} invalid; nothing was sent", plural(flawed, "row"), plan.input);
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
