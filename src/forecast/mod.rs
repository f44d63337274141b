//! Forecast: what a run would do with each row of a sheet, against what an earlier run has made, before it is done.
//!
//! It makes, changes and deletes nothing, here or at Graph, and writes nothing but its report. Memory does not grow with the
//! sheet but for 16 bytes a row and a meeting. What counts as a difference is `outcome`'s to say, so that it is what a run
//! finds.

mod compare;
mod item;
mod json;
mod next;
mod read;
mod report;
mod text;
mod walk;

use std::cell::Cell;
use std::io::{BufWriter, stdout};
use std::pin::pin;

use anyhow::{Context as _, Error, Result, anyhow, ensure};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use tokio::task::yield_now;
use tracing::info;

use self::compare::with_line;
use self::item::{Item, Totals};
use self::read::Reader;
use self::report::{Circumstances, Report};
pub use self::walk::changes;
use self::walk::{Sorted, Walk};
use crate::ask::Service;
use crate::cli::{self, Environment};
use crate::directory::{self, Directory, ORGANIZERS_MAX};
use crate::exit::{self, Ended, of_signal};
use crate::gate::Gate;
use crate::graph::{Endpoint, Exchange, Graph, Http};
use crate::input::Rows;
use crate::ledger::{History, partial};
use crate::outcome::Extra;
use crate::plan::{Forecast, Reads};
use crate::refusals::Refusals;
use crate::register::Register;
use crate::signals::Signals;
use crate::stop::Stop;
use crate::tally::{Tally, plural};

/// There is nothing to do.
const NOTHING: u8 = 0;
/// Something went wrong, or not all is known.
const WRONG: u8 = 1;
/// There is something to do.
const CHANGES: u8 = 2;
/// After so many rows it is looked whether a signal has come.
const BREATH: u64 = 64;

/// Looks, and tells what was found on standard output, as a terminal of that width shows it, if it is one; the exit status.
pub async fn forecast(args: cli::Forecast, environment: Environment, terminal: Option<usize>) -> Result<u8, Ended> {
    let wrong = |error: Error| Ended(WRONG, error);
    let words = next::words(&args);
    let plan = Forecast::from_args(args, words, environment).map_err(wrong)?;
    let signals = Signals::listen().context("signals cannot be received").map_err(wrong)?;
    tokio::select! {
        biased;
        // There is nothing to finish.
        signal = signals.first() => Err(Ended(of_signal(signal), anyhow!("stopped; nothing was changed"))),
        looked = look(&plan, terminal) => looked.map_err(|Ended(status, error)| match status {
            exit::INTERRUPTED | exit::TERMINATED => Ended(status, error),
            _ => Ended(WRONG, error),
        }),
    }
}

async fn look(plan: &Forecast, terminal: Option<usize>) -> Result<u8, Ended> {
    let wrong = |error: Error| Ended(WRONG, error);
    let (rows, history) = open(plan).map_err(wrong)?;
    let left = plan.earlier.as_ref().map(|earlier| partial(&earlier.path)).filter(|left| left.exists());
    let interrupted = left.map(|left| left.display().to_string());
    let illegible = history.as_ref().map_or(0, History::illegible);
    let found = Circumstances { has_earlier: history.is_some(), interrupted, illegible };
    let has_meetings = history.as_ref().is_some_and(|history| !history.is_empty());
    let report = if let Some(reads) = plan.reads.as_ref().filter(|_| has_meetings) {
        Box::pin(read(plan, reads, rows, history, terminal)).await?
    } else {
        let walk = Walk::new(&rows, history);
        let report = Report::new(plan, rows.parser().clone(), terminal).map_err(wrong)?;
        let told = all::<Http>(plan.extra, rows, walk, None, report).await.map_err(wrong)?;
        told.ok_or_else(|| {
            Ended(WRONG, anyhow!("it was stopped though nobody was asked; this is a defect of convoke"))
        })?
    };
    let is_interrupted = found.interrupted.is_some();
    let totals = report.write(&mut BufWriter::new(stdout().lock()), plan, &found).map_err(wrong)?;
    Ok(status(&totals, is_interrupted))
}

fn status(totals: &Totals, interrupted: bool) -> u8 {
    match totals {
        totals if totals.lack() => WRONG,
        totals if totals.are_all_unchanged() && !interrupted => NOTHING,
        _ => CHANGES,
    }
}

/// Opens the sheet and the earlier output.
fn open(plan: &Forecast) -> Result<(Rows, Option<History>)> {
    let rows = Rows::open(plan.input.open()?, plan.reading.clone());
    let rows = rows.with_context(|| format!("{} cannot be read as a spreadsheet of meetings", plan.input))?;
    let Some(earlier) = &plan.earlier else { return Ok((rows, None)) };
    let shown = earlier.path.display();
    let option = if earlier.is_named { "--against " } else { "the earlier output " };
    let history = History::open(&earlier.path, rows.parser()).with_context(|| format!("{option}{shown}"))?;
    ensure!(history.is_some() || !earlier.is_named, "--against {shown}: there is no such file");
    Ok((rows, history))
}

/// The same with what Graph has now.
async fn read(
    plan: &Forecast,
    reads: &Reads,
    mut rows: Rows,
    mut history: Option<History>,
    terminal: Option<usize>,
) -> Result<Report, Ended> {
    let wrong = |error: Error| Ended(WRONG, error);
    let Reads { sign_in, network, concurrency, rate, unknown_attendees } = reads;
    let count = history.as_mut().map(History::meetings).transpose().map_err(wrong)?.unwrap_or_default();
    info!("{}; reading {} at Graph, nothing is changed", sign_in.words, plural(count, "meeting"));
    let (graph_url, login_url) = (network.graph_url.value.clone(), network.login_url.value.clone());
    let endpoint =
        Endpoint { graph_url, login_url, credentials: sign_in.credentials.clone(), language: None, invitations: false };
    let http = Http::open(&network.connections, endpoint.is_secure()).map_err(wrong)?;
    let graph = Graph::new(http, endpoint).map_err(wrong)?;
    let (gate, stop) = (Gate::new(*concurrency, *rate), Stop::new());
    let directory_gate = directory::gate(*rate);
    let directory = unknown_attendees.map(|what| Directory::new(&graph, &directory_gate, &stop, what));
    let service = Service { graph: &graph, gate: &gate, stop: &stop, resumes: Cell::new(false) };
    let stopped = || {
        let again = "run the same command again; nothing was changed";
        let ended = exit::status(Ok(false), stop.reason(), &Tally::default(), false, again);
        ended.err().unwrap_or_else(|| Ended(WRONG, anyhow!(again)))
    };
    service.sign_in().await.ok_or_else(stopped)?;
    if let Some(directory) = &directory {
        // Those whom the earlier output knows need not be looked up.
        let names = rows.organizer_names(ORGANIZERS_MAX, |_, _| true).map_err(wrong)?;
        let is_new = |name: &String| history.as_ref().is_none_or(|history| !history.knows(name));
        let names: Vec<String> = names.into_iter().filter(is_new).collect();
        if !names.is_empty() {
            rows.know(directory.organizers(names).await.ok_or_else(stopped)?);
        }
    }
    let register = Register::new(rows.parser().clone());
    let (refusals, extra, unknown_attendees) = (Refusals::default(), plan.extra, *unknown_attendees);
    let reader = Reader { service, directory, unknown_attendees, register, refusals, extra };
    let walk = Walk::new(&rows, history);
    let report = Report::new(plan, rows.parser().clone(), terminal).map_err(wrong)?;
    let told = all(plan.extra, rows, walk, Some((&reader, *concurrency)), report).await.map_err(wrong)?;
    told.ok_or_else(stopped)
}

/// Tells of all rows, and then of the meetings whose rows are gone; `None` when it is stopped first.
async fn all<E: Exchange>(
    extra: Extra,
    rows: Rows,
    mut walk: Walk,
    reader: Option<(&Reader<'_, E>, usize)>,
    mut report: Report,
) -> Result<Option<Report>> {
    let (reader, at_once) = reader.map_or((None, 1), |(reader, at_once)| (Some(reader), at_once));
    let total = rows.about().records;
    {
        let sorted = stream::iter(rows).map(|row| walk.take(row?));
        let items = sorted.map_ok(async |sorted| judged(extra, reader, sorted).await).try_buffered(at_once);
        if tell(items, &mut report).await?.is_none() {
            return Ok(None);
        }
    }
    report.totals.nameless = walk.nameless;
    let gone = walk.gone()?;
    report.totals.is_known = walk.is_known;
    let gone = stream::iter(gone).map(|place| walk.at(place)).zip(stream::iter(total + 1..));
    let items = gone.map(|(was, number)| Ok((was?, number))).map_ok(async |(was, number)| match (was, reader) {
        (Some(was), Some(reader)) => Ok(reader.gone(number, was).await),
        (was, _) => Ok(Some(was.map(Item::gone))),
    });
    let told = tell(items.try_buffered(at_once), &mut report).await?;
    Ok(told.map(|()| report))
}

/// What a run would do with a row; the outer `None` when this one is stopped first.
async fn judged<E: Exchange>(
    extra: Extra,
    reader: Option<&Reader<'_, E>>,
    sorted: Sorted,
) -> Result<Option<Option<Item>>> {
    Ok(match (sorted, reader) {
        (Sorted::As(item), _) => {
            if item.row.as_ref().is_some_and(|row| row.record.is_multiple_of(BREATH)) {
                yield_now().await;
            }
            Some(Some(item))
        }
        (Sorted::About(row, was), Some(reader)) => reader.judge(row, was).await.map(Some),
        (Sorted::About(row, was), None) => {
            if row.record.is_multiple_of(BREATH) {
                yield_now().await;
            }
            let fields = row.meeting.as_ref().map(|meeting| with_line(meeting, &was, extra)).unwrap_or_default();
            Some(Some(Item::compared(row, was, fields)))
        }
    })
}

/// Tells of each; `None` when it is stopped first.
async fn tell(items: impl Stream<Item = Result<Option<Option<Item>>>>, report: &mut Report) -> Result<Option<()>> {
    let mut items = pin!(items);
    while let Some(item) = items.next().await {
        match item? {
            None => return Ok(None),
            Some(Some(item)) => report.tell(&item)?,
            Some(None) => {}
        }
    }
    Ok(Some(()))
}
