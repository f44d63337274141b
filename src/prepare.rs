//! What is done before the first request: everything that can be known to go wrong goes wrong here, and nothing has
//! been sent.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::io::Read;
use std::time::Duration;

use anyhow::{Context as _, Error, Result, anyhow, bail, ensure};
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use crate::choice::Choice;
use crate::exit::{Ended, INPUT, LOCKED, STOPPED, USAGE};
use crate::input::{Columns, Row, Rows};
use crate::keys::{KeyHash, Keys};
use crate::ledger::{Earlier, Ledger, Misfit, Opened, Output, has_links_not_of, has_links_of, partial};
use crate::meeting::Meeting;
use crate::outcome::{Line, Outcome};
use crate::plan::Plan;
use crate::progress::{Progress, bar};
use crate::register::Register;
use crate::stop::Stop;
use crate::tally::{Tally, clock, plural};

/// How often it is looked whether another run has ended.
const LOCK_AGAIN: Duration = Duration::from_millis(250);

/// Real links and those of a rehearsal never come into one file: `make_believe` is how the latter begin, and
/// `is_real` says that the run talks to Graph itself.
pub fn keep_links_apart(plan: &Plan, make_believe: &str, is_real: bool) -> Result<()> {
    if let (Output::File(path), true) = (&plan.output, plan.target.is_rehearsal()) {
        for path in [path.clone(), partial(path)] {
            let shown = path.display();
            ensure!(
                !has_links_not_of(&path, make_believe) || plan.restart && path == partial(&path),
                "{shown} has real links, and this is a rehearsal: name another output, like -o rehearsal.csv"
            );
        }
    }
    if !is_real {
        return Ok(());
    }
    if let Some(carry) = plan.carry.as_ref().filter(|carry| has_links_of(carry, make_believe)) {
        bail!("--carry {}: it is the result of a rehearsal, and its links lead nowhere", carry.display());
    }
    match &plan.output {
        Output::File(path) if !plan.restart && has_links_of(&partial(path), make_believe) => bail!(
            "{} was left by a rehearsal, and its links lead nowhere: discard it with --restart",
            partial(path).display()
        ),
        _ => Ok(()),
    }
}

/// Which rows are sent. An earlier output that is not there yet carries nothing over: so the first night's command is
/// that of every other night.
pub fn choice(plan: &Plan) -> Result<Choice> {
    let carry = match &plan.carry {
        None => None,
        Some(path) => {
            let earlier = Earlier::open(path, plan.reading.clone());
            let earlier = earlier.with_context(|| format!("--carry {}", path.display()))?;
            if earlier.is_none() {
                warn!("--carry: there is no {} yet, so every row is sent", path.display());
            }
            earlier.map(RefCell::new)
        }
    };
    let unseen = RefCell::new(plan.only.clone().unwrap_or_default());
    Ok(Choice { limit: plan.limit, only: plan.only.clone(), unseen, carry })
}

/// Reads the whole input and fails when any row of it is invalid; each that is, is told.
pub fn refuse_any_flaw(plan: &Plan) -> Result<()> {
    let rows = Rows::open(plan.input.open()?.bytes, plan.reading.clone())?;
    let (mut tally, progress) = (Tally::default(), Progress::new(bar(false), None, false));
    let (mut keys, mut asked) = (Keys::default(), Vec::new());
    for row in rows {
        let row = row?;
        let flaws = match &row.meeting {
            Err(flaws) => flaws.len(),
            Ok(meeting) => {
                let hash = KeyHash::of(&meeting.key());
                let details = details(meeting);
                match keys.place(hash).and_then(|place| asked.get(usize::try_from(place).ok()?)) {
                    Some((first, had)) if is_conflict(details, *had) => {
                        let record = row.record;
                        warn!(
                            record,
                            "record {record} (line {}): it asks for the meeting of record {first} with another subject \
                             or other times; make them the same, or give it an externalId of its own",
                            row.line
                        );
                        tally.count(&invalid(row));
                        continue;
                    }
                    Some(_) => {}
                    None => {
                        keys.put(hash, asked.len() as u64);
                        asked.push((row.record, details));
                    }
                }
                0
            }
        };
        if flaws > 0 {
            let line = invalid(row);
            let tell = tally.count(&line);
            progress.line(&line, tell, &tally);
        }
    }
    let invalid = tally.rows();
    ensure!(invalid == 0, "--strict: {} of {} invalid; nothing was sent", plural(invalid, "row"), plan.input);
    Ok(())
}

fn invalid(row: Row) -> Line {
    let outcome = Outcome::Invalid(row.meeting.as_ref().err().cloned().unwrap_or_default());
    Line { row, outcome, attempts: 0, remark: None }
}

/// Subject, start and end, as hashes: 32 bits each are enough to tell two rows of one key apart. 0 is for what a row
/// leaves empty and so does not ask for.
fn details(meeting: &Meeting) -> [u32; 3] {
    fn short(value: Option<impl Hash>) -> u32 {
        let Some(value) = value else { return 0 };
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        u32::try_from(hasher.finish() >> 32).unwrap_or_default().max(1)
    }
    [short(meeting.subject.as_ref()), short(meeting.span.start()), short(meeting.span.end())]
}

fn is_conflict(asked: [u32; 3], had: [u32; 3]) -> bool {
    asked.iter().zip(had).any(|(asked, had)| *asked != 0 && *asked != had)
}

/// Opens the output for this run alone, waiting for another that writes it for as long as was asked; `None` when the
/// run is stopped first.
pub async fn claim(plan: &Plan, columns: &Columns, stop: &Stop) -> Result<Option<Ledger>, Ended> {
    let (until, mut told) = (Instant::now() + plan.lock_wait, false);
    loop {
        let opened = Ledger::open(&plan.output, columns, plan.restart);
        let opened = opened.with_context(|| format!("the output {} cannot be created", plan.output));
        let by = match opened.map_err(|error| Ended(USAGE, error))? {
            Opened::Ledger(ledger) => return Ok(Some(*ledger)),
            Opened::Held(by) => by,
        };
        let rest = until.saturating_duration_since(Instant::now());
        if rest.is_zero() {
            let mend = "wait until it has ended, or let this one wait, with --lock-wait 10m";
            return Err(Ended(LOCKED, anyhow!("another run is writing {} ({by}); {mend}", plan.output)));
        }
        if !told {
            info!("another run is writing {} ({by}); waiting for it, {} at most", plan.output, clock(rest));
            told = true;
        }
        if stop.or(sleep(LOCK_AGAIN.min(rest))).await.is_none() {
            return Ok(None);
        }
    }
}

/// Goes on where an earlier run stopped: counts its lines and enters their meetings.
pub fn resume<R: Read>(
    ledger: &mut Ledger,
    rows: &mut Rows<R>,
    choice: &Choice,
    register: &Register,
    tally: &mut Tally,
) -> Result<(), Ended> {
    let walked = ledger.resume(rows, |ledger, line, place| {
        let skips = choice.skips(&line.row);
        if matches!(line.outcome, Outcome::Skipped) && !skips {
            // It was skipped for an option that is gone: it is sent now, and so are those that follow.
            return Ok(false);
        }
        line.remark = register.recall(line, place, ledger)?;
        tally.count(line);
        Ok(true)
    });
    walked.map_err(|misfit| match misfit {
        Misfit::Input(error) => Ended(INPUT, error),
        Misfit::Output(error) => Ended(STOPPED, error),
        Misfit::Other(error) => Ended(USAGE, error),
    })
}

/// Says what is about to happen; that it goes on with an earlier run, before all else.
pub fn greet(plan: &Plan, columns_replaced: &[String], total: Option<u64>, ledger: &Ledger) {
    let of = total.map(|rows| format!(" of {rows}")).unwrap_or_default();
    match (ledger.resumes(), ledger.lines()) {
        (false, _) => {}
        (true, 0) => info!("an earlier run was stopped before it had finished a record: beginning at record 1"),
        (true, lines) => info!(
            resumed = lines,
            "going on with an earlier run at record {}: {lines}{of} records have their line in {}",
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
    let total = total.map(|rows| format!(" ({})", plural(rows, "row"))).unwrap_or_default();
    info!("{}{total} to {}", plan.input, plan.output);
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
pub fn ends(status: u8) -> impl Fn(Error) -> Ended {
    move |error| Ended(status, error)
}
