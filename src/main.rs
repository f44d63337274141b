//! Parses, plans, wires, runs, and maps the end of the run to an exit status.

use std::cell::RefCell;
use std::future::pending;
use std::io::{IsTerminal as _, stderr, stdout};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Error, Result};
use convoke::ask::Service;
use convoke::cli::{Cli, Command, Environment, Provision};
use convoke::conclude::{at_once, complete, go_on, sum_up};
use convoke::exit::{self, Ended};
use convoke::graph::{ClientSecret, Credentials, Endpoint, Graph, Http, is_local};
use convoke::input::{Rows, feed};
use convoke::ledger::{Output, check_room, unexpected};
use convoke::pace::Pace;
use convoke::pipeline::{Failure, Shared, run};
use convoke::plan::{Plan, Refusal, Target};
use convoke::prepare::{choice, claim, ends, greet, keep_links_apart, refuse_any_flaw, resume, tell_unseen};
use convoke::progress::{Progress, bar};
use convoke::register::Register;
use convoke::signals::Signals;
use convoke::stop::{Reason, Stop};
use convoke::tally::{Cost, Tally, clock};
use convoke::{log, sim};
use indicatif::ProgressBar;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep_until};
use tracing::error;
use tracing::level_filters::LevelFilter;

fn main() -> ExitCode {
    let Command::Provision(args) = Cli::read().command;
    let environment = Environment::read();
    let terminal = stderr().is_terminal();
    // Results on the same terminal would run through the bar.
    let bar = bar(terminal && !args.quiet && !(args.writes_to_stdout() && stdout().is_terminal()));
    let level = match (args.quiet, args.verbose) {
        (true, _) => LevelFilter::ERROR,
        (_, true) => LevelFilter::DEBUG,
        _ => LevelFilter::INFO,
    };
    let subscriber = log::subscriber(args.log_format, level, terminal && !environment.no_color, bar.clone());
    tracing::subscriber::set_global_default(subscriber).expect("nobody else sets one");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = match runtime.context("the runtime cannot be started") {
        Ok(runtime) => {
            let ended = runtime.block_on(provision(*args, environment, bar));
            // A disk that is slow to sync keeps nobody waiting: what had to be safe is.
            runtime.shutdown_background();
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

async fn provision(args: Provision, environment: Environment, bar: ProgressBar) -> Result<u8, Ended> {
    let begun = Instant::now();
    let plan = Plan::from_args(args, environment).map_err(|refusal| match refusal {
        Refusal::Usage(error) => Ended(exit::USAGE, error),
        Refusal::Credentials(error) => Ended(exit::CREDENTIALS, error),
    })?;
    let source = plan.input.open().map_err(ends(exit::INPUT))?;
    let (total, watch) = (source.records, source.watch);
    let rows = Rows::open(source.bytes, plan.reading.clone());
    let rows = rows.with_context(|| format!("{} cannot be read as a spreadsheet of meetings", plan.input));
    let mut rows = rows.map_err(ends(exit::INPUT))?;
    if plan.strict {
        refuse_any_flaw(&plan).map_err(ends(exit::INPUT))?;
    }
    let is_real = !plan.target.is_rehearsal() && !is_local(&plan.graph_url);
    keep_links_apart(&plan, sim::JOIN_URL_START, is_real).map_err(ends(exit::USAGE))?;
    if let (Output::File(path), Some(bytes), Some(records)) = (&plan.output, source.length, total) {
        let room = check_room(path, bytes, records);
        room.with_context(|| format!("the output {} cannot be written", plan.output)).map_err(ends(exit::USAGE))?;
    }
    let choice = choice(&plan).map_err(ends(exit::USAGE))?;
    let endpoint = endpoint(&plan).await?;
    let http = Http::open(plan.connect_timeout, plan.request_timeout, endpoint.is_secure());
    let graph = Graph::new(http.map_err(ends(exit::STOPPED))?, endpoint).map_err(ends(exit::USAGE))?;
    let (pace, stop) = (Pace::new(plan.concurrency, plan.rate), Arc::new(Stop::new()));
    listen(&stop, begun, plan.deadline).map_err(ends(exit::STOPPED))?;

    let mut tally = Tally::default();
    let Some(mut ledger) = claim(&plan, rows.parser().columns(), &stop).await? else {
        return exit::status(Ok(false), stop.reason(), &tally, &go_on(&plan.output, 0));
    };
    let register = Register::new(rows.parser().clone());
    resume(&mut ledger, &mut rows, &choice, &register, &mut tally)?;
    greet(&plan, &unexpected(rows.parser().columns()), total, &ledger);
    ledger.begun().into_iter().for_each(|begun| graph.count_from(begun));
    let resumed = ledger.lines();
    let service = Service { graph: &graph, pace: &pace, stop: &stop, resumes: ledger.resumes() };
    let ledger = RefCell::new(ledger);
    let shared = Shared { service: &service, choice: &choice, register: &register, max_errors: plan.max_errors };
    let progress = Progress::new(bar, total, plan.target.is_rehearsal());
    progress.resume(resumed);
    let ran = match service.sign_in().await {
        Some(()) => run(feed(rows), &shared, &ledger, &mut tally, &progress).await,
        None => Ok(false),
    };
    progress.finish();
    let (ledger, lines) = (ledger.into_inner(), tally.rows());
    let ran = match ran {
        Ok(true) => complete(&plan, watch.as_deref(), ledger).map(|()| true),
        ran => ran.and(ledger.leave(pace.starts() > 0).map(|()| false).map_err(|error| Failure::Output(error.into()))),
    };
    tell_unseen(&choice.unseen.borrow());
    let cost = Cost { requests: pace.starts(), took: begun.elapsed(), held: pace.held(), resumed };
    sum_up(&plan, &tally, &cost, matches!(ran, Ok(true)));
    exit::status(ran, stop.reason(), &tally, &go_on(&plan.output, lines))
}

/// Raises `stop` at a signal and at the deadline; ends the process at a second signal, whatever it is doing.
fn listen(stop: &Arc<Stop>, begun: Instant, deadline: Option<Duration>) -> Result<()> {
    let signals = Signals::listen().context("signals cannot be received")?;
    let raises = stop.clone();
    tokio::spawn(async move {
        let signal = signals.obey(&raises).await;
        end_process(at_once(signal));
    });
    if let Some(length) = deadline {
        let stop = stop.clone();
        tokio::spawn(async move {
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

/// Where the run talks to. This is the only place that knows that a rehearsal is one.
async fn endpoint(plan: &Plan) -> Result<Endpoint, Ended> {
    let language = plan.language.clone();
    match plan.target.clone() {
        Target::Real(credentials) => {
            let (graph_url, login_url) = (plan.graph_url.clone(), plan.login_url.clone());
            Ok(Endpoint { graph_url, login_url, credentials, language })
        }
        Target::Rehearsal(scenario) => {
            let scenario = scenario.parse().map_err(|why: String| Ended(exit::USAGE, Error::msg(why)))?;
            let sim = sim::Sim::new(scenario);
            let credentials = if plan.reading.me {
                Credentials::AccessToken(sim.delegated_token().into())
            } else {
                Credentials::ClientSecret(ClientSecret {
                    tenant: sim::TENANT_ID.to_owned(),
                    client_id: sim::CLIENT_ID.to_owned(),
                    secret: sim::CLIENT_SECRET.into(),
                })
            };
            let url = rehearsal(sim).await.context("the rehearsal finds no port on this machine");
            let url = url.map_err(ends(exit::STOPPED))?;
            Ok(Endpoint { graph_url: url.clone(), login_url: url, credentials, language })
        }
    }
}

/// Puts the embedded Graph on a socket of this machine.
async fn rehearsal(sim: sim::Sim) -> Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(sim::serve(listener, sim, pending()));
    Ok(url)
}
