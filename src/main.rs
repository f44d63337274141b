//! Parses, plans, wires, runs, and maps the end of the run to an exit status.

use std::cell::{Cell, RefCell};
use std::io::{self, BufWriter, IsTerminal, stderr, stdin, stdout};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Datelike as _, Utc};
use convoke::ask::Service;
use convoke::cancel as cancelling;
use convoke::check::Check;
use convoke::cli::{self, Cli, Command, Environment, LogFormat};
use convoke::closing::{self, Known, close};
use convoke::conclude::{at_once, complete, go_on, sum_up};
use convoke::consent::consent;
use convoke::directory::{self, Directory};
use convoke::doctor::Doctor;
use convoke::exit::{self, Ended};
use convoke::forecast::forecast;
use convoke::gate::Gate;
use convoke::graph::{Graph, Http};
use convoke::input::{Source, feed};
use convoke::ledger::{Ledger, unexpected};
use convoke::log;
use convoke::outcome::Status;
use convoke::picture::{Scene, WIDTH};
use convoke::pipeline::{Failure, Shared, run};
use convoke::plan::{Plan, Publication, Refusal};
use convoke::prepare::{Sheet, choose, greet, rejects, resume, sheet, take_over, tell_unseen};
use convoke::progress::{Progress, bar};
use convoke::register::Register;
use convoke::rehearsal::{JOIN_URL_START, endpoint};
use convoke::show;
use convoke::signals::Signals;
#[cfg(feature = "sim")]
use convoke::simulate::simulate;
use convoke::stop::{Reason, Stop};
use convoke::tally::{Cost, Tally, clock};
use futures::StreamExt as _;
use indicatif::ProgressBar;
use terminal_size::terminal_size;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::{Instant, sleep_until};
use tracing::error;

fn main() -> ExitCode {
    let (command, environment) = (Cli::read().command, Environment::read());
    let terminal = stderr().is_terminal();
    let messages = command.messages();
    // Results on the same terminal would run through the bar.
    let to_stdout = match &command {
        Command::Cancel(args) if args.yes => Some(false),
        Command::Provision(args) => Some(args.writes_to_stdout()),
        Command::Verify(args) => Some(args.writes_to_stdout()),
        _ => None,
    };
    let bar = bar(to_stdout.is_some_and(|to| terminal && !messages.quiet && !(to && stdout().is_terminal())));
    // Programs get a flaw as an event, and people get it as a picture.
    let pictures = (messages.log_format == LogFormat::Human).then(|| width(&stderr()).unwrap_or(WIDTH));
    let now = environment.now;
    let subscriber =
        log::subscriber(messages.log_format, log::level(messages), terminal && !environment.no_color, bar.clone());
    tracing::subscriber::set_global_default(subscriber).expect("nobody else sets one");
    let ended = match runtimes().context("the runtime cannot be started") {
        Ok((runtime, aside)) => {
            let run_rows = |plan| runtime.block_on(rows(plan, now, pictures, bar, aside.handle()));
            let ended = match command {
                Command::Cancel(args) => match cancelling::planned(*args, environment, JOIN_URL_START) {
                    Ok(plan) if plan.yes => run_rows(Ok(plan)),
                    Ok(plan) => cancelling::preview(&plan, &mut BufWriter::new(stdout().lock())),
                    Err(ended) => Err(ended),
                },
                Command::Check(args) => check(*args, &environment),
                Command::Doctor(args) => runtime.block_on(doctor(*args, environment)),
                Command::Plan(args) => runtime.block_on(forecast(*args, environment, width(&stdout()))),
                Command::Provision(args) => run_rows(Plan::from_args(*args, environment)),
                Command::Publish(args) => publish(*args, &environment),
                #[cfg(feature = "sim")]
                Command::Simulate(args) => runtime.block_on(simulate(*args)),
                Command::Columns(_) => show::columns(width(&stdout())),
                Command::Template(args) => show::sheet(&args, now.year()),
                Command::Verify(args) => run_rows(Plan::of_verification(*args, environment)),
            };
            // A disk that is slow to sync keeps nobody waiting: what had to be safe is.
            runtime.shutdown_background();
            aside.shutdown_background();
            ended
        }
        Err(error) => Err(Ended(exit::STOPPED, error)),
    };
    let status = ended.unwrap_or_else(|Ended(status, error)| {
        error!(status, "{error:#}");
        status
    });
    ExitCode::from(status)
}

fn check(args: cli::Check, environment: &Environment) -> Result<u8, Ended> {
    let mut out = BufWriter::new(stdout().lock());
    Check::from_args(args, environment)?.run(&mut out, width(&stdout()))
}

async fn doctor(args: cli::Doctor, environment: Environment) -> Result<u8, Ended> {
    let width = width(&stdout());
    Doctor::from_args(args, environment)?.run(&mut stdout(), width).await
}

fn publish(args: cli::Publish, environment: &Environment) -> Result<u8, Ended> {
    let publication = Publication::from_args(args, environment).map_err(|error| Ended(exit::USAGE, error))?;
    closing::publish(publication, JOIN_URL_START, environment.now)
}

/// How wide a terminal is, in columns; `None` when it is none.
fn width(to: &impl IsTerminal) -> Option<usize> {
    let size = if to.is_terminal() { terminal_size() } else { None };
    size.map(|(width, _)| width.0.into())
}

/// Two threads: the run is on this one with all its connections, since to hand each answer from one thread to another
/// costs more than to read it. What must get a word in though the run be blocked, or is no part of it, is aside.
fn runtimes() -> io::Result<(Runtime, Runtime)> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let aside = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    Ok((runtime, aside))
}

/// Does with the rows what was planned.
async fn rows(
    plan: Result<Plan, Refusal>,
    now: DateTime<Utc>,
    pictures: Option<usize>,
    bar: ProgressBar,
    aside: &Handle,
) -> Result<u8, Ended> {
    let begun = Instant::now();
    // Who watches over jobs is told of one that has lost its secret, too.
    let (plan, refused) = match plan {
        Ok(plan) => (plan, None),
        Err(Refusal::Credentials(error, Some(plan))) => (*plan, Some(Ended(exit::CREDENTIALS, error))),
        Err(Refusal::Credentials(error, None)) => return Err(Ended(exit::CREDENTIALS, error)),
        Err(Refusal::Usage(error)) => return Err(Ended(exit::USAGE, error)),
    };
    let mut known = Known::default();
    let told = plan.ping.as_ref().map(|ping| ping.start(aside));
    let ended = match refused {
        Some(ended) => Err(ended),
        None => Box::pin(rows_to_lines(&plan, begun, pictures, bar, aside, &mut known)).await,
    };
    known.cost.took = begun.elapsed();
    let ended = close(&plan, &known, ended, now, JOIN_URL_START);
    if let (Some(ping), Some(told)) = (&plan.ping, told) {
        let (status, summary) = known.told(&ended);
        ping.end(aside, told, status, &summary).await;
    }
    ended
}

/// Reads the input, asks for its meetings and writes the output; what is known of all this by the time it ends is left in
/// `known`.
async fn rows_to_lines(
    plan: &Plan,
    begun: Instant,
    pictures: Option<usize>,
    bar: ProgressBar,
    aside: &Handle,
    known: &mut Known,
) -> Result<u8, Ended> {
    let mut sheet = sheet(plan, pictures, &mut known.input)?;
    let rejects = rejects(plan, sheet.rows.parser())?;
    let endpoint = endpoint(plan, aside)?;
    let http = Http::open(&plan.network.connections, endpoint.is_secure());
    let http = http.map_err(|error| Ended(exit::STOPPED, error))?;
    let graph = Graph::new(http, endpoint).map_err(|error| Ended(exit::USAGE, error))?;
    let (gate, stop) = (Gate::new(plan.concurrency, plan.rate), Arc::new(Stop::new()));
    listen(&stop, begun, plan.deadline, aside).map_err(|error| Ended(exit::STOPPED, error))?;

    let anew = || exit::status(Ok(false), stop.reason(), &Tally::default(), false, "run the same command again");
    let columns = sheet.rows.parser().columns().clone();
    let Some(ledger) = take_over(plan, &columns, JOIN_URL_START, &stop).await? else { return anew() };
    let service = Service { graph: &graph, gate: &gate, stop: &stop, resumes: Cell::new(false) };
    let directory_gate = directory::gate(plan.rate);
    let directory = plan.unknown_attendees.map(|what| Directory::new(&graph, &directory_gate, &stop, what));
    let Some(ledger) = sheet.know(plan, &service, directory.as_ref(), pictures, ledger).await? else { return anew() };
    let (ledger, (choice, action)) = choose(plan, sheet.rows.parser(), ledger)?;
    let person = stdin().is_terminal() && stderr().is_terminal();
    let Some(ledger) = consent(plan, person, &sheet.rows, &action, (&stop, &bar), ledger).await? else { return anew() };
    let unknown = plan.unknown_attendees;
    let refuses = move |who: &_, why| unknown.is_some_and(|unknown| directory::refuses(unknown, who, why));
    let register = action.registering(Register::new(sheet.rows.parser().clone()).refusing(refuses));
    let shared = Shared {
        service: &service,
        action: &action,
        choice: &choice,
        directory: directory.as_ref(),
        register: &register,
        max_errors: plan.max_errors,
        rejects: rejects.as_ref(),
    };
    let scene = pictures.map(|width| Scene::of(&plan.input, &sheet.rows, width, false));
    let progress = Progress::new(bar, Some(sheet.rows.about().records), plan.target.is_rehearsal()).drawing(scene);
    let parser = sheet.rows.parser().clone();
    let Some(ran) = send(plan, sheet, ledger, &shared, &progress).await? else { return anew() };
    tell_unseen(&choice.unseen.borrow());
    let look_ups = directory.as_ref().map_or(0, Directory::look_ups);
    let cost = cost(&gate, look_ups, directory_gate.held(), begun, ran.resumed);
    let complete = matches!(ran.whole, Ok(true));
    let summary = sum_up(plan, &ran.tally, &cost, complete);
    let (input, measured, lines) = (known.input.take(), gate.meter().measured(), ran.tally.rows());
    *known = Known { input, output: ran.written, parser: Some(parser), lines, complete, cost, measured, summary };
    let go_on = go_on(plan, ran.tally.rows());
    let is_good = ran.tally.all(|status| action.is_good(status));
    exit::status(ran.whole, stop.reason(), &ran.tally, is_good, &go_on)
}

/// What came of the rows.
struct Ran {
    tally: Tally,
    /// How many had their line before.
    resumed: u64,
    /// The bytes of the output.
    written: Option<Source>,
    /// Whether every one has its line.
    whole: Result<bool, Failure>,
}

/// Sends the rows that have no line yet, and gives the output its name when they all have one; `None` when the run was
/// stopped while it looked for those.
async fn send(
    plan: &Plan,
    sheet: Sheet,
    mut ledger: Ledger,
    shared: &Shared<'_, Http>,
    progress: &Progress,
) -> Result<Option<Ran>, Ended> {
    let Sheet { rows, watch, .. } = sheet;
    let Service { graph, gate, stop, resumes } = shared.service;
    let (columns, about) = (rows.parser().columns().clone(), rows.about().clone());
    let mut tally = Tally::default();
    let again = rows.anew().map_err(|error| Ended(exit::INPUT, error.into()))?;
    let rows = feed(rows).map(|row| row.map(|row| shared.action.prepared(row)));
    let rows = pin!(rows.take_until(stop.raised()));
    let rows = match resume(&mut ledger, rows, shared.choice, shared.register, &mut tally, shared.rejects).await {
        Err(_) if stop.reason().is_some() => return Ok(None),
        rows => rows?,
    };
    shared.action.changed_before(tally.of(Status::Updated));
    greet(plan, &unexpected(&columns), &about, &ledger, shared.choice.has_earlier());
    graph.begin(ledger.begun());
    resumes.set(ledger.resumes());
    let resumed = ledger.lines();
    progress.resume(resumed);
    let ledger = RefCell::new(ledger);
    let ran = match shared.service.sign_in().await {
        Some(()) => run(rows, shared, &ledger, &mut tally, progress).await,
        None => Ok(false),
    };
    progress.finish(&tally);
    let mut ledger = ledger.into_inner();
    let written = ledger.source().ok();
    let settled = ledger.settle().await.map_err(|error| Failure::Output(error.into()));
    let whole = match settled.and(ran) {
        Ok(true) => complete(plan, again, JOIN_URL_START, watch.as_deref(), ledger, shared.rejects).map(|()| true),
        ran => ran.and(ledger.leave(gate.starts() > 0).map(|()| false).map_err(|error| Failure::Output(error.into()))),
    };
    Ok(Some(Ran { tally, resumed, written, whole }))
}

fn cost(gate: &Gate, look_ups: u64, directory_held: Duration, begun: Instant, resumed: u64) -> Cost {
    let (requests, throttled, limit) = (gate.starts(), gate.throttles(), gate.limit());
    Cost { requests, look_ups, directory_held, throttled, limit, took: begun.elapsed(), held: gate.held(), resumed }
}

/// Raises `stop` at a signal and at the deadline; ends the process at a second signal, whatever it is doing.
fn listen(stop: &Arc<Stop>, begun: Instant, deadline: Option<Duration>, aside: &Handle) -> Result<()> {
    let _entered = aside.enter();
    let signals = Signals::listen().context("signals cannot be received")?;
    let raises = stop.clone();
    aside.spawn(async move {
        let signal = signals.obey(&raises).await;
        end_process(at_once(signal));
    });
    if let Some(length) = deadline {
        let stop = stop.clone();
        aside.spawn(async move {
            sleep_until(begun + length).await;
            stop.raise(Reason::Deadline(clock(length)));
        });
    }
    Ok(())
}

#[expect(clippy::exit, reason = "the main task may be blocked, on a pipe that nobody reads or a disk that hangs")]
fn end_process(status: u8) -> ! {
    std::process::exit(status.into())
}
