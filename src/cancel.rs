//! `cancel` before anything is deleted: the output is held to be one, and without `--yes` it is told which meetings would
//! be deleted. Nobody is asked for anything here.

use std::io::Write;

use anyhow::{Context as _, Error, Result, anyhow, ensure};
use tracing::info;

use crate::action::{Action, Cancel};
use crate::check::{path_word, reading_words};
use crate::choice::Choice;
use crate::cli;
use crate::exit::{ALL_AS_ASKED, CREDENTIALS, Ended, INPUT, STOPPED, USAGE};
use crate::graph::is_local;
use crate::input::{Input, Reading, Row, Rows, shown};
use crate::keys::{KeyHash, Keys};
use crate::ledger::{LineColumns, count_left, left};
use crate::meeting::{ExternalId, graph_time};
use crate::outcome::{Answer, OnlineMeeting};
use crate::plan::{Job, Plan, Refusal};
use crate::prepare::tell_unseen;
use crate::tally::plural;

/// What an output must have to be one whose meetings can be deleted.
const NEEDED: [&str; 4] = ["status", "joinWebUrl", "meetingId", "record"];

/// Makes a plan of what was typed, for an output that is one. Links that begin with `make_believe` are those of a
/// rehearsal.
pub fn planned(args: cli::Cancel, environment: cli::Environment, make_believe: &str) -> Result<Plan, Ended> {
    let plan = Plan::of_cancellation(args, environment).map_err(|refusal| match refusal {
        Refusal::Usage(error) => Ended(USAGE, error),
        Refusal::Credentials(error, _) => Ended(CREDENTIALS, error),
    })?;
    let plan = fitted(plan, make_believe)?;
    tell_left(&plan)?;
    Ok(plan)
}

/// Says that there are more whose rows have left the sheet, if there are: in earlier runs, and kept beside the output.
fn tell_left(plan: &Plan) -> Result<(), Ended> {
    let (Job::Cancel(meant), Input::File(output)) = (&plan.job, &plan.input) else { return Ok(()) };
    let (Some(sheet), false) = (&meant.missing_from, meant.left) else { return Ok(()) };
    let path = left(output);
    let reading = Reading { form: meant.form.clone(), ..plan.reading.clone() };
    let count = count_left(output).with_context(|| format!("{} cannot be read", path.display()));
    let count = count.map_err(|error| Ended(INPUT, error))?;
    if count > 0 {
        let (file, sheet) = (path_word(&path), reading_words(sheet, &reading));
        let whose = if count == 1 {
            "whose row left the sheet in an earlier run is"
        } else {
            "whose rows left the sheet in earlier runs are"
        };
        info!(
            left = count,
            "{} {whose} in {}; convoke cancel {file} --missing-from {sheet} shows what there is of them",
            plural(count, "meeting"),
            path.display(),
        );
    }
    Ok(())
}

/// The plan as it fits its output: whether that has organizers of its own, and invitations.
fn fitted(mut plan: Plan, make_believe: &str) -> Result<Plan, Ended> {
    let unreadable = |error: Error| Ended(INPUT, error.context(format!("{} is no output of convoke", plan.input)));
    let source = plan.input.open().map_err(|error| Ended(INPUT, error))?;
    let rows = match Rows::open(source.clone(), plan.reading.clone()) {
        Err(error) if !plan.reading.me => {
            // That of a run with --me has no organizers but those that Graph has told.
            plan.reading.me = true;
            Rows::open(source, plan.reading.clone()).map_err(|_| error)
        }
        rows => rows,
    };
    let rows = rows.map_err(unreadable)?;
    let places = LineColumns::of_header(rows.parser().columns().header());
    for name in NEEDED {
        if !places.has(name) {
            return Err(unreadable(anyhow!("the column {name} is missing")));
        }
    }
    plan.join_information = places.has("joinInformation");
    let is_local = is_local(&plan.network.graph_url.value);
    for row in rows {
        let row = row.map_err(unreadable)?;
        let (record, at) = (row.record, row.at);
        let read = places.line(&row.cells, Vec::new());
        let read = read.with_context(|| format!("record {record} ({at}) is no line of this program"));
        let (outcome, ..) = read.map_err(unreadable)?;
        let link = outcome.answer().map(|answer| answer.meeting.join_web_url.as_str());
        // Who only looks asks nobody, so that it does not matter which Graph that would be.
        link.filter(|_| plan.yes)
            .map_or(Ok(()), |link| leads_there(link, is_local, make_believe))
            .map_err(|why| Ended(USAGE, why.context(format!("{}, record {record} ({at})", plan.input))))?;
    }
    Ok(plan)
}

/// Fails when a link is make-believe, and the Graph that would be asked is not: there its meeting would seem to be gone.
fn leads_there(link: &str, is_local: bool, make_believe: &str) -> Result<()> {
    let is_make_believe = !link.is_empty() && (link.starts_with(make_believe) || !link.starts_with("https://"));
    let why = "the meeting is that of a rehearsal or of convoke simulate, and Graph never had it; give the simulator's \
               address with --graph-url";
    ensure!(is_local || !is_make_believe, why);
    Ok(())
}

/// Tells which meetings would be deleted: how many, each, and that none was.
pub fn preview(plan: &Plan, out: &mut dyn Write) -> Result<u8, Ended> {
    let usage = |error: Error| Ended(USAGE, error);
    let source = plan.input.open().map_err(|error| Ended(INPUT, error))?;
    let rows = Rows::open(source, plan.reading.clone()).map_err(|error| Ended(INPUT, error))?;
    let action = Action::of_plan(plan, rows.parser(), None).map_err(usage)?;
    let Action::Cancel(cancel) = action else { return Err(usage(anyhow!("there is nothing to cancel"))) };
    let unseen = plan.only.clone().unwrap_or_default().into();
    let choice = Choice { only: plan.only.clone(), unseen, chosen: Some(cancel.chosen.clone()), ..Choice::default() };
    let (mut meetings, mut refused) = (0, 0);
    let again = rows.anew().map_err(|error| Ended(INPUT, error.into()))?;
    each(again, &cancel, &choice, |_, line| {
        *(if line.is_ok() { &mut meetings } else { &mut refused }) += 1;
        Ok(())
    })?;
    let lines = rows.about().records;
    let begin = |out: &mut dyn Write| {
        writeln!(
            out,
            "{} would be deleted, of {} in {}",
            plural(meetings, "meeting"),
            plural(lines, "line"),
            plan.input
        )?;
        if refused > 0 {
            writeln!(out, "{} of the chosen would be left alone, as said beside it", plural(refused, "line"))?;
        }
        Ok(())
    };
    begin(out).map_err(unwritten)?;
    each(rows, &cancel, &choice, |row, line| tell(out, &cancel, row, line).map_err(unwritten))?;
    let end = match meetings {
        0 => "Nothing was deleted, and there is nothing to delete.",
        _ => "Nothing was deleted. Add --yes to the same command to delete them.",
    };
    writeln!(out, "{end}").and_then(|()| out.flush()).map_err(|error| unwritten(error.into()))?;
    tell_unseen(&choice.unseen.borrow());
    Ok(ALL_AS_ASKED)
}

fn unwritten(error: Error) -> Ended {
    Ended(STOPPED, error.context("what would be deleted cannot be written"))
}

/// Does something about every chosen line, of those that have one meeting the first alone.
fn each(
    rows: Rows,
    cancel: &Cancel,
    choice: &Choice,
    mut then: impl FnMut(&Row, Result<Answer, &'static str>) -> Result<(), Ended>,
) -> Result<(), Ended> {
    let mut seen = Keys::default();
    for row in rows {
        let row = row.map_err(|error| Ended(INPUT, error))?;
        if choice.skips(&row) {
            continue;
        }
        let line = cancel.line(&row);
        let meeting = line.as_ref().ok().and_then(|answer| cancel.chosen.entered_as(answer, &row.cells));
        if let Some(meeting) = meeting {
            let key = KeyHash::of(&meeting.key());
            if seen.place(key).is_some() {
                continue;
            }
            seen.put(key, row.record);
        }
        then(&row, line)?;
    }
    Ok(())
}

/// One line about one meeting.
fn tell(out: &mut dyn Write, cancel: &Cancel, row: &Row, line: Result<Answer, &'static str>) -> Result<()> {
    let name = shown(row.external_id.as_ref().map_or("(no externalId)", ExternalId::as_str));
    let record = row.record;
    let answer = match line {
        Ok(answer) => answer,
        Err(why) => return Ok(writeln!(out, "{name}  record {record}  left alone: {why}")?),
    };
    let subject = cancel.chosen.asked(&row.cells).and_then(|asked| asked.subject);
    let subject = subject.map_or("(no subject)".to_owned(), |subject| format!("'{}'", shown(&subject)));
    let begins = cancel.chosen.begins(row, &answer).map_or("(no start)".to_owned(), graph_time);
    let OnlineMeeting { organizer_upn, organizer_id, .. } = answer.meeting;
    let organizer = shown(&organizer_upn.or(organizer_id).unwrap_or_else(|| "(the signed-in user)".to_owned()));
    Ok(writeln!(out, "{name}  {subject}  {begins}  {organizer}  record {record}")?)
}
