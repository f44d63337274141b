//! What is done before the first request: everything that can be known to go wrong goes wrong here, and nothing has
//! been sent.

mod claim;

pub use self::claim::take_over;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Error, Result};
use futures::{Stream, StreamExt as _, stream};
use tracing::{info, warn};

use crate::action::{Action, cut_off, earlier, keep_input_apart};
use crate::ask::Service;
use crate::check::refuse_any_flaw;
use crate::choice::{Carries, Choice};
use crate::directory::{Directory, ORGANIZERS_MAX};
use crate::exit::{Ended, INPUT, MAKE_ROOM, STOPPED, USAGE};
use crate::graph::Exchange;
use crate::input::{About, Parser, Reading, Row, Rows, Source, Watch};
use crate::ledger::{Earlier, Ledger, LineColumns, Misfit, Output, Rejects, Stand, check_room, partial};
use crate::outcome::Outcome;
use crate::plan::{Job, Plan};
use crate::register::Register;
use crate::tally::{Tally, plural};

/// Which rows are sent. An earlier output that is not there yet carries nothing over: so the first night's command is
/// that of every other night.
fn choice(plan: &Plan, parser: &Parser) -> Result<Choice> {
    let once = if let Job::Create { update } = plan.job { Some(earlier(plan, parser, update)?) } else { None };
    let carry = match &plan.carry {
        Some(path) if once.is_none() => {
            let earlier = Earlier::open(path, parser, plan.layout());
            let earlier = earlier.with_context(|| format!("--carry {}", path.display()))?;
            earlier.map(RefCell::new)
        }
        _ => None,
    };
    let unseen = RefCell::new(plan.only.clone().unwrap_or_default());
    let lines = plan.job.is_about_lines().then(|| LineColumns::of(parser.columns()));
    Ok(Choice {
        limit: plan.limit,
        only: plan.only.clone(),
        unseen,
        carry,
        lines,
        plain: once.map(RefCell::new),
        ..Choice::default()
    })
}

/// Where the rows without a meeting go, if anywhere.
pub fn rejects(plan: &Plan, parser: &Parser) -> Result<Option<RefCell<Rejects>>, Ended> {
    let rejects = plan.rejects.as_ref().map(|path| {
        let rejects = Rejects::open(path, parser).with_context(|| format!("--rejects {}", path.display()));
        rejects.map(RefCell::new)
    });
    rejects.transpose().map_err(ends(USAGE))
}

/// An input whose header has been read.
pub struct Sheet {
    /// Its rows.
    pub rows: Rows,
    /// Tells whether it is still what it was.
    pub watch: Option<Arc<Watch>>,
    /// Its bytes.
    pub source: Source,
}

/// Opens the input, be it a sheet or not, and finds out whether there is room for its answer. Flaws are drawn `pictures` wide.
pub fn sheet(plan: &Plan, pictures: Option<usize>, opened: &mut Option<Source>) -> Result<Sheet, Ended> {
    let source = opened.insert(plan.input.open().map_err(ends(INPUT))?).clone();
    let (length, watch) = (source.length, source.watch.clone());
    let rows = match Rows::open(source.clone(), plan.reading.clone()) {
        // That of a run with --me has no organizers but those that Graph has told.
        Err(error) if plan.job.is_about_lines() && !plan.reading.me => {
            Rows::open(source.clone(), Reading { me: true, ..plan.reading.clone() }).map_err(|_| error)
        }
        rows => rows,
    };
    let rows = rows.with_context(|| format!("{} cannot be read as a spreadsheet of meetings", plan.input));
    let rows = rows.map_err(ends(INPUT))?;
    if plan.strict {
        refuse_any_flaw(plan, source.clone(), plan.reading.clone(), pictures).map_err(ends(INPUT))?;
    }
    let about_lines = plan.job.check(rows.parser().columns());
    about_lines
        .with_context(|| format!("{} cannot be read as an output of convoke", plan.input))
        .map_err(ends(INPUT))?;
    keep_input_apart(plan, &rows).map_err(ends(USAGE))?;
    let total = rows.about().records;
    if let Output::File(path) = &plan.output {
        let room = check_room(path, length, total);
        room.with_context(|| format!("the output {} cannot be written", plan.output)).map_err(ends(USAGE))?;
    }
    Ok(Sheet { rows, watch, source })
}

/// Opens what else there is of earlier runs, which another may have written until the output was this run's own.
pub fn choose(plan: &Plan, parser: &Parser, ledger: Ledger) -> Result<(Ledger, (Choice, Action)), Ended> {
    let choice = choice(plan, parser).and_then(|choice| {
        let action = Action::of_plan(plan, parser, ledger.discarded())?;
        Ok((Choice { chosen: action.chosen(), ..choice }, action))
    });
    or_leave(USAGE, ledger, choice)
}

/// An output that this run has not written to is left as it was when the run ends here.
fn or_leave<T>(status: u8, ledger: Ledger, done: Result<T>) -> Result<(Ledger, T), Ended> {
    match done {
        Ok(done) => Ok((ledger, done)),
        Err(error) => {
            ledger.leave(false).map_err(|error| Ended(STOPPED, error.into()))?;
            Err(Ended(status, error))
        }
    }
}

impl Sheet {
    /// Looks up the organizers of the rows that may be sent, where they are not named by object id, so that an unknown
    /// one is known before anything is sent. `None` when the run is stopped first.
    pub async fn know<E: Exchange>(
        &mut self,
        plan: &Plan,
        service: &Service<'_, E>,
        directory: Option<&Directory<'_, E>>,
        pictures: Option<usize>,
        ledger: Ledger,
    ) -> Result<Option<Ledger>, Ended> {
        let Some(directory) = directory else { return Ok(Some(ledger)) };
        let wanted = |record, id: &str| {
            let is_chosen = plan.limit.is_none_or(|limit| record <= limit);
            // What an earlier output has is kept for rows that are not chosen, too.
            plan.carry.is_some()
                || matches!(plan.job, Job::Create { .. })
                || is_chosen && plan.only.as_ref().is_none_or(|only| only.contains(id))
        };
        let names = self.rows.organizer_names(ORGANIZERS_MAX, wanted);
        let (ledger, names) = or_leave(INPUT, ledger, names)?;
        if names.is_empty() {
            return Ok(Some(ledger));
        }
        info!("looking up {} in the directory", plural(names.len() as u64, "organizer"));
        let found = match service.sign_in().await {
            Some(()) => directory.organizers(names).await,
            None => None,
        };
        let Some(organizers) = found else {
            ledger.leave(false).map_err(|error| Ended(STOPPED, error.into()))?;
            return Ok(None);
        };
        self.rows.know(organizers.clone());
        if !plan.strict {
            return Ok(Some(ledger));
        }
        let reading = Reading { organizers, ..plan.reading.clone() };
        let strict = refuse_any_flaw(plan, self.source.clone(), reading, pictures);
        or_leave(INPUT, ledger, strict).map(|(ledger, ())| Some(ledger))
    }
}

/// Goes on where an earlier run stopped: counts its lines and enters their meetings. Gives the rows that are left.
pub async fn resume<S: Stream<Item = Result<Row>> + Unpin>(
    ledger: &mut Ledger,
    mut rows: S,
    choice: &Choice,
    register: &Register,
    tally: &mut Tally,
    rejects: Option<&RefCell<Rejects>>,
) -> Result<impl Stream<Item = Result<Row>> + use<S>, Ended> {
    if choice.is_once() {
        ledger.keep_torn(cut_off());
    }
    let mut left = 0_u64;
    let walked = ledger.resume(&mut rows, |ledger, line, place, error| {
        let is_torn = choice.is_once() && error.is_empty() && matches!(line.outcome, Outcome::Uncertain(_));
        if is_torn && !matches!(choice.carries(&line.row)?, Carries::Nothing) {
            return Ok(Stand::Cut);
        }
        let skips = choice.skips(&line.row);
        // It may have been skipped for an option that is gone: it is sent now, and so are those that follow.
        let is_sent_now = matches!(line.outcome, Outcome::Skipped) && !skips;
        let stand = if is_sent_now { Stand::Cut } else { register.recall(line, error, place, ledger)? };
        // What follows would be forgotten with it, and made a second time.
        let stand = match stand {
            Stand::Cut if choice.is_once() => {
                left += 1;
                Stand::Stands
            }
            stand => stand,
        };
        if stand == Stand::Stands {
            tally.count(line);
            rejects.map(|rejects| rejects.borrow_mut().take(line)).transpose()?;
        }
        Ok(stand)
    });
    let given_back = walked.await.map_err(|misfit| match misfit {
        Misfit::Input(error) => Ended(INPUT, error),
        Misfit::Output(error) => Ended(STOPPED, error.context(MAKE_ROOM)),
        Misfit::Other(error) => Ended(USAGE, error),
    })?;
    if left > 0 {
        warn!(
            "{} that an earlier run has skipped or found invalid would be sent now, but the lines after must not be lost: \
             run the same command once more when it has finished",
            plural(left, "row")
        );
    }
    Ok(stream::iter(given_back.map(Ok)).chain(rows))
}

/// Says what is about to happen; that it goes on with an earlier run, before all else.
pub fn greet(plan: &Plan, columns_replaced: &[String], about: &About, ledger: &Ledger, carries: bool) {
    let total = about.records;
    match (ledger.resumes(), ledger.lines()) {
        (false, _) => {}
        (true, lines) if ledger.is_shortened() => info!(
            resumed = lines,
            "going on with an earlier run at record {0}: that was invalid or skipped and is not now, so it and all that \
             follow are answered anew; {lines} of {total} records keep their line",
            lines + 1
        ),
        (true, 0) => info!("an earlier run was stopped before it had finished a record: beginning at record 1"),
        (true, lines) => info!(
            resumed = lines,
            "going on with an earlier run at record {}: {lines} of {total} records have their line in {}",
            lines + 1,
            match &plan.output {
                Output::File(path) => partial(path).display().to_string(),
                Output::Stdout => plan.output.to_string(),
            }
        ),
    }
    if plan.target.is_rehearsal() {
        info!("This is a rehearsal: nothing real is made, and the links will lead nowhere.");
    }
    info!("{} ({}) to {}", plan.input, plural(total, "row"), plan.output);
    for notice in &about.notices {
        warn!("{notice}");
    }
    if let (Some(carry), false) = (&plan.carry, carries) {
        warn!("--carry: there is no {} yet, so every row is sent", carry.display());
    }
    if !columns_replaced.is_empty() {
        let names = columns_replaced.join(", ");
        warn!("the input already has columns of this program's own, which are replaced: {names}");
    }
}

/// Warns when externalIds were named that no row has.
pub fn tell_unseen(unseen: &BTreeSet<String>) {
    if !unseen.is_empty() {
        let ids: Vec<&str> = unseen.iter().map(String::as_str).collect();
        warn!("--only: no row has the externalId {}", ids.join(", "));
    }
}

/// An error that ends the run before it began.
fn ends(status: u8) -> impl Fn(Error) -> Ended {
    move |error| Ended(status, error)
}
