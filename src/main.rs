//! Parses, plans, wires, runs, and maps the end of the run to an exit status.

use std::future::pending;
use std::io::{IsTerminal as _, Read, stderr, stdout};
use std::process::ExitCode;

use anyhow::{Context as _, Error, Result, bail};
use convoke::cli::{Cli, Command, Environment, Provision};
use convoke::exit::{self, Ended};
use convoke::graph::{ClientSecret, Credentials, Endpoint, Graph, Http};
use convoke::input::{Rows, feed};
use convoke::ledger::{Ledger, Output, has_links_not_of, partial, unexpected};
use convoke::outcome::Status;
use convoke::pace::Pace;
use convoke::pipeline::{Shared, run};
use convoke::plan::{Plan, Refusal, Target};
use convoke::progress::{Progress, bar};
use convoke::signals::Signals;
use convoke::stop::Stop;
use convoke::tally::{Cost, Tally, plural};
use convoke::{log, sim};
use indicatif::ProgressBar;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tracing::level_filters::LevelFilter;
use tracing::{error, info, warn};

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
        Ok(runtime) => runtime.block_on(provision(*args, environment, bar)),
        Err(error) => Err(Ended(exit::STOPPED, error)),
    };
    let status = ended.unwrap_or_else(|Ended(status, error)| {
        error!(status, "{error:#}");
        status
    });
    ExitCode::from(status)
}

async fn provision(args: Provision, environment: Environment, bar: ProgressBar) -> Result<u8, Ended> {
    let ends = |status| move |error: Error| Ended(status, error);
    let plan = Plan::from_args(args, environment).map_err(|refusal| match refusal {
        Refusal::Usage(error) => Ended(exit::USAGE, error),
        Refusal::Credentials(error) => Ended(exit::CREDENTIALS, error),
    })?;
    let (input, total) = plan.input.open().map_err(ends(exit::INPUT))?;
    let rows = Rows::open(input, plan.reading.clone());
    let rows = rows.with_context(|| format!("{} cannot be read as a spreadsheet of meetings", plan.input));
    let rows = rows.map_err(ends(exit::INPUT))?;
    spare_real_links(&plan).map_err(ends(exit::USAGE))?;
    let endpoint = endpoint(&plan).await?;
    let http = Http::open(plan.connect_timeout, plan.request_timeout, endpoint.is_secure());
    let graph = Graph::new(http.map_err(ends(exit::STOPPED))?, endpoint).map_err(ends(exit::USAGE))?;
    let signals = Signals::listen().context("signals cannot be received").map_err(ends(exit::STOPPED))?;
    let ledger = Ledger::create(&plan.output, rows.columns());
    let ledger = ledger.with_context(|| format!("the output {} cannot be created", plan.output));
    let ledger = ledger.map_err(ends(exit::USAGE))?;
    greet(&plan, &rows, total);

    let (pace, stop, begun) = (Pace::new(plan.concurrency, plan.rate), Stop::new(), Instant::now());
    let shared = Shared { graph: &graph, pace: &pace, stop: &stop, limit: plan.limit };
    let (mut tally, progress) = (Tally::default(), Progress::new(bar, total, plan.target.is_rehearsal()));
    let ran = tokio::select! {
        ran = run(feed(rows), &shared, ledger, &mut tally, &progress) => Some(ran),
        () = signals.obey(&stop) => None,
    };
    progress.finish();
    sum_up(&plan, &tally, &pace, begun, matches!(ran, Some(Ok(true))));
    exit::status(ran, stop.reason(), &tally)
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
            let url = url.map_err(|error| Ended(exit::STOPPED, error))?;
            Ok(Endpoint { graph_url: url.clone(), login_url: url, credentials, language })
        }
    }
}

/// A rehearsal does not put make-believe links in the place of real ones.
fn spare_real_links(plan: &Plan) -> Result<()> {
    match &plan.output {
        Output::File(path) if plan.target.is_rehearsal() && has_links_not_of(path, sim::JOIN_URL_START) => bail!(
            "{} has real links, and this is a rehearsal: name another output, like -o rehearsal.csv",
            path.display()
        ),
        _ => Ok(()),
    }
}

/// Puts the embedded Graph on a socket of this machine.
async fn rehearsal(sim: sim::Sim) -> Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(sim::serve(listener, sim, pending()));
    Ok(url)
}

fn greet<R: Read>(plan: &Plan, rows: &Rows<R>, total: Option<u64>) {
    if plan.target.is_rehearsal() {
        info!("This is a rehearsal: nothing real is made, and the links will lead nowhere.");
    }
    let total = total.map(|rows| format!(" ({})", plural(rows, "row"))).unwrap_or_default();
    info!("{}{total} to {}", plan.input, plan.output);
    let replaced = unexpected(rows.columns());
    if !replaced.is_empty() {
        warn!("the input already has columns of this program's own, which are replaced: {}", replaced.join(", "));
    }
}

fn sum_up(plan: &Plan, tally: &Tally, pace: &Pace, begun: Instant, complete: bool) {
    let output = match &plan.output {
        Output::File(path) if !complete => format!("{} (not complete)", partial(path).display()),
        output => output.to_string(),
    };
    let rehearsal = plan.target.is_rehearsal();
    let cost = Cost { requests: pace.starts(), took: begun.elapsed(), held: pace.held() };
    info!(
        output,
        rehearsal,
        rows = tally.rows(),
        requests = cost.requests,
        took_s = cost.took.as_secs_f64(),
        held_s = cost.held.as_secs_f64(),
        created = tally.of(Status::Created),
        existing = tally.of(Status::Existing),
        differs = tally.of(Status::Differs),
        invalid = tally.of(Status::Invalid),
        refused = tally.of(Status::Refused),
        failed = tally.of(Status::Failed),
        skipped = tally.of(Status::Skipped),
        "{}",
        tally.summary(&cost, &output, rehearsal)
    );
}
