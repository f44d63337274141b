//! The end of a run, however it ended: lists, calendars and reports are made of what is finished. Nothing here changes
//! what became of a row, and nobody is asked for anything.

use anyhow::{Context as _, Error, Result};
use chrono::{DateTime, Utc};
use tracing::{error, info, warn};

use crate::exit::{ALL_AS_ASKED, Ended, INPUT, STOPPED, USAGE};
use crate::input::{Parser, Rows, Source};
use crate::ledger::{Output, partial};
use crate::meter::Measured;
use crate::plan::{Plan, Publication, told};
use crate::publish::report::{Facts, File, Run};
use crate::publish::{Done, Finished, Made, Wanted, Wording, facts, figures, keep_products_apart, products, reports};
use crate::tally::Cost;

/// What a run knows of itself at its end, however early that comes.
#[derive(Default)]
pub struct Known {
    /// What was read, if it could be.
    pub input: Option<Source>,
    /// The bytes of the output, so far as they are written.
    pub output: Option<Source>,
    /// What the rows were read by.
    pub parser: Option<Parser>,
    /// How many of them have their line.
    pub lines: u64,
    /// Every record has its line.
    pub complete: bool,
    /// What it took.
    pub cost: Cost,
    /// What was measured.
    pub measured: Measured,
    /// The summary, as a person was told it.
    pub summary: String,
}

impl Known {
    /// The lines that are finished, read as their rows were.
    fn finished(&self) -> Result<Finished> {
        let (Some(output), Some(parser)) = (&self.output, &self.parser) else { return Finished::nothing() };
        let rows = Rows::of_output(output.clone(), parser).context("the finished lines cannot be read back")?;
        Ok(Finished::of_rows(rows)?.first(self.lines))
    }

    /// The exit status, and how the run went, for whoever watches over it.
    pub fn told(&self, ended: &Result<u8, Ended>) -> (u8, String) {
        match ended {
            Ok(status) => (*status, self.summary.clone()),
            Err(Ended(status, error)) => (*status, format!("{error:#}\n{}", self.summary)),
        }
    }
}

/// Makes what was asked for beside the output, and says how the run ended: as it did, unless something that was asked for
/// could not be made. A rehearsal leaves products of real links alone; their links do not begin with `make_believe`.
pub fn close(
    plan: &Plan,
    known: &Known,
    ended: Result<u8, Ended>,
    began: DateTime<Utc>,
    make_believe: &str,
) -> Result<u8, Ended> {
    let is_apart = || !plan.target.is_rehearsal() || keep_products_apart(&plan.wanted, make_believe, "").is_ok();
    if plan.wanted.is_empty() || !is_apart() {
        return ended;
    }
    let (exit_status, why) = match &ended {
        Ok(status) => (*status, String::new()),
        Err(Ended(status, error)) => (*status, format!("{error:#}")),
    };
    let now = began + known.cost.took;
    let run = Run {
        began,
        took: known.cost.took,
        complete: known.complete,
        exit_status,
        why,
        rehearsal: plan.target.is_rehearsal(),
        resumed: known.cost.resumed,
        measured: known.measured.clone(),
        held: known.cost.held,
        directory_held: known.cost.directory_held,
        look_ups: known.cost.look_ups,
        limit_per_s: known.cost.limit,
        options: told(plan),
        input: digest(plan.input.to_string(), known.input.as_ref()),
        job: plan.output.to_string(),
    };
    let output = output(plan, known);
    let failed =
        known.finished().and_then(|finished| make(&finished, &plan.wanted, output, Some(run), known.complete, now));
    match (ended, failed) {
        (Ok(_), Err(why)) => Err(Ended(STOPPED, why.context(not_all_made(&plan.output.to_string())))),
        (ended, failed) => {
            if let Err(why) = failed {
                error!("{why:#}");
            }
            ended
        }
    }
}

/// What is said of an output that is complete when something that was to be made of it could not be.
fn not_all_made(output: &str) -> String {
    format!("{output} is complete, but not all that was to be made of it is")
}

/// The file that has the lines: as long as some are missing it has not got its name.
fn output(plan: &Plan, known: &Known) -> File {
    let name = match &plan.output {
        Output::File(path) if !known.complete => Some(partial(path)).filter(|partial| partial.exists()),
        _ => None,
    };
    match (name, known.complete || plan.output == Output::Stdout) {
        (Some(name), _) => digest(name.display().to_string(), known.output.as_ref()),
        (None, true) => digest(plan.output.to_string(), known.output.as_ref()),
        // There is none, or another run's.
        (None, false) => digest(plan.output.to_string(), None),
    }
}

/// Makes what was asked for of the output of a run that has ended; links that begin with `make_believe` are those of a
/// rehearsal.
pub fn publish(publication: Publication, make_believe: &str, now: DateTime<Utc>) -> Result<u8, Ended> {
    let Publication { output, reading, wanted } = publication;
    let opened = output.open().and_then(|source| Ok((source.clone(), Finished::open(source, reading)?)));
    let opened = opened.with_context(|| format!("{output} cannot be read as an output of convoke"));
    let (source, finished) = opened.map_err(|error| Ended(INPUT, error))?;
    if finished.is_make_believe(make_believe).map_err(|error| Ended(INPUT, error))? {
        let why = format!("{output} is the result of a rehearsal, whose links lead nowhere");
        keep_products_apart(&wanted, make_believe, &why).map_err(|error| Ended(USAGE, error))?;
    }
    let file = digest(output.to_string(), Some(&source));
    make(&finished, &wanted, file, None, true, now).map(|()| ALL_AS_ASKED).map_err(|why| Ended(STOPPED, why))
}

/// Makes lists and calendars, if all lines are there, and reports in any case.
fn make(
    finished: &Finished,
    wanted: &Wanted,
    output: File,
    run: Option<Run>,
    complete: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let wording = Wording::new(wanted)?;
    if !wording.is_known() {
        let language = wanted.language.as_deref().unwrap_or_default();
        warn!("--language {language}: there are no dates and labels in this language here, and so they are in English");
    }
    let mut done = if complete { products(finished, wanted, &wording, now) } else { Vec::new() };
    if wanted.has_reports() {
        let facts = facts(finished, &wording, output, run).context("the finished lines cannot be read back")?;
        let facts = spoilt(facts, &done);
        done.extend(reports(finished, wanted, &wording, &facts));
        let facts = spoilt(facts, &done);
        done.extend(figures(wanted, &facts));
    }
    if !complete && wanted.has_products() {
        info!("lists and calendars are made when every record has its line");
    }
    tell(done)
}

/// What could not be made is told as the process will end, by reports and metrics, too.
fn spoilt(mut facts: Facts, done: &[Done]) -> Facts {
    let failed = done.iter().find_map(|done| Some((done, done.made.as_ref().err()?)));
    if let (Some(run), Some((Done { option, path, .. }, why))) = (&mut facts.run, failed)
        && run.why.is_empty()
    {
        run.exit_status = STOPPED;
        run.why = format!("{}: {option} {}: {why:#}", not_all_made(&run.job), path.display());
    }
    facts
}

/// Says what was made, and fails when something was not.
fn tell(done: Vec<Done>) -> Result<()> {
    let mut failed: Option<Error> = None;
    for Done { option, path, made } in done {
        let shown = path.display();
        match made {
            Ok(Made { lines, notices }) => {
                info!(product = option, path = %shown, lines, "{option}: {shown} ({lines})");
                for notice in notices {
                    warn!("{option}: {notice}");
                }
            }
            Err(why) => {
                let why = why.context(format!("{option} {shown}"));
                if let Some(before) = failed.replace(why) {
                    error!("{before:#}");
                }
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// A file of which the digest cannot be told, since it is gone, is told by its name.
fn digest(name: String, source: Option<&Source>) -> File {
    let file = source.and_then(|source| File::of_reader(name.clone(), source.bytes()).ok());
    file.unwrap_or(File { name, ..File::default() })
}
