//! Whether the directory can be read, and whether the organizers of the sheet are in it.

use std::cell::RefCell;

use super::Doctor;
use super::access::Access;
use super::patience::{STEP_MAX, patiently};
use super::report::{Line, Report, State};
use super::sheet::Sheet;
use crate::directory::{Presence, roll_call};
use crate::exit::Ended;
use crate::graph::{Exchange, Graph, LookUp, User};
use crate::meeting::Organizer;
use crate::outcome::Trouble;
use crate::tally::plural;
use tokio::time::timeout;

const DIRECTORY: &str = "directory";
const ORGANIZER: &str = "organizer";
/// So many are looked up; it takes some 20 seconds.
const LOOK_UPS_MAX: usize = 2000;
/// Somebody who need not be there.
const ANYBODY: &str = "somebody@convoke.example";

/// What became of an organizer.
pub(super) struct Found {
    pub(super) who: Organizer,
    pub(super) presence: Option<Presence>,
}

impl Found {
    /// The object id, as far as it is known.
    pub(super) fn id(&self) -> Option<&str> {
        match (&self.presence, &self.who) {
            (Some(Presence::There { id, .. }), _) | (None, Organizer::User(id)) => Some(id),
            _ => None,
        }
    }

    /// What the sheet calls them.
    pub(super) fn shown(&self) -> &str {
        match &self.who {
            Organizer::Me => "me",
            Organizer::User(name) | Organizer::Named(name) => name,
        }
    }
}

/// Whether the directory can be read, by looking up the organizers or anybody.
pub(super) async fn look<E: Exchange>(
    doctor: &Doctor,
    graph: &Graph<E>,
    access: &Access,
    sheet: Option<&Sheet>,
    is_needed: bool,
) -> (Line, Vec<Found>) {
    let organizers = sheet.filter(|_| !doctor.reading.me).map_or(&[][..], |sheet| &sheet.organizers);
    let unknown = || organizers.iter().map(|who| Found { who: who.clone(), presence: None }).collect();
    if access.bearer.is_none() {
        return (Line::skipped(DIRECTORY, "directory", access.why_none), unknown());
    }
    if organizers.is_empty() && !is_needed {
        return (Line::ok(DIRECTORY, "directory", "not needed: nobody has to be looked up"), Vec::new());
    }
    let mut wanted: Vec<LookUp> = organizers.iter().take(LOOK_UPS_MAX).map(look_up).collect();
    let is_anybody = wanted.is_empty();
    if is_anybody {
        let user = access.identity.as_ref().and_then(|identity| identity.user.clone());
        wanted.push(LookUp::Name(user.unwrap_or_else(|| ANYBODY.to_owned())));
    }
    let called = timeout(STEP_MAX, roll_call(&wanted, async |names: &[LookUp]| ask(graph, names).await)).await;
    let late = |_| Err(Trouble { cause: "it took more than a minute; try again later".into(), ..Trouble::default() });
    match called.unwrap_or_else(late) {
        Ok(present) => {
            let number = plural(wanted.len() as u64, "name");
            let line = Line::ok(DIRECTORY, "directory", format!("can be read ({number} looked up)"));
            let mut present = present.into_iter().filter(|_| !is_anybody);
            (line, organizers.iter().map(|who| Found { who: who.clone(), presence: present.next() }).collect())
        }
        Err(trouble) => {
            let mut line = Line::trouble(DIRECTORY, "directory", &trouble);
            if !is_needed && trouble.http_status == Some(403) {
                line.state = State::Unknown;
                line.found.push_str("; the run does not need it, but who is there cannot be told");
            }
            (line, unknown())
        }
    }
}

fn look_up(who: &Organizer) -> LookUp {
    match who {
        Organizer::User(id) => LookUp::Id(id.clone()),
        Organizer::Named(name) => LookUp::Name(name.clone()),
        Organizer::Me => LookUp::Name(ANYBODY.to_owned()),
    }
}

/// One batch.
async fn ask<E: Exchange>(graph: &Graph<E>, names: &[LookUp]) -> Result<Vec<Vec<User>>, Trouble> {
    let found = RefCell::new(vec![None; names.len()]);
    patiently(async || match graph.any_bearer().await {
        Ok(bearer) => graph.look_up(names, &found, &bearer).await,
        Err(verdict) => verdict.map(|_| unreachable!("the identity service has nobody")),
    })
    .await?;
    Ok(found.into_inner().into_iter().map(Option::unwrap_or_default).collect())
}

/// Tells of each organizer.
pub(super) fn tell(
    doctor: &Doctor,
    sheet: Option<&Sheet>,
    found: &[Found],
    report: &mut Report<'_>,
) -> Result<(), Ended> {
    let what = "organizers";
    if doctor.reading.me {
        return Ok(());
    }
    if doctor.input.is_none() {
        let (found, mend) = ("no sheet names any", "name the sheet, too: convoke doctor INPUT");
        return report.tell(&Line::unknown(ORGANIZER, what, found, mend));
    }
    if sheet.is_none() {
        return report.tell(&Line::skipped(ORGANIZER, what, "the sheet cannot be read"));
    }
    if !found.is_empty() && found.iter().all(|found| found.presence.is_none()) {
        return report.tell(&Line::skipped(ORGANIZER, what, "the directory was not read"));
    }
    let lines: Vec<Line> = found.iter().map(|found| line(doctor, found)).collect();
    report.crowd(&lines, |well, all| Line::ok(ORGANIZER, what, format!("{well} of {all} are in the directory")))
}

fn line(doctor: &Doctor, found: &Found) -> Line {
    let what = format!("organizer {}", found.shown());
    let named = matches!(found.who, Organizer::Named(_));
    let line = match &found.presence {
        Some(Presence::There { id, name }) if named => Line::ok(ORGANIZER, what, format!("is {name}, {id}")),
        Some(Presence::There { name, .. }) => Line::ok(ORGANIZER, what, format!("is {name}")),
        Some(Presence::Several(owners)) => {
            let mend = format!("write the name with which the organizer signs in: {}", owners.join(" or "));
            Line::failed(ORGANIZER, what, "the mail address of more than one user", mend)
        }
        Some(Presence::Nobody(near)) => {
            let near =
                near.as_ref().map(|near| format!("write {near} if that is meant; otherwise ")).unwrap_or_default();
            let mend = format!(
                "{near}write the name with which the organizer signs in, their mail address, or their object id"
            );
            Line::failed(ORGANIZER, what, "nobody in the directory has that name, mail address or object id", mend)
        }
        None => Line::skipped(ORGANIZER, what, "there are more organizers than are looked up here"),
    };
    // Graph's path takes object ids (microsoftgraph/msgraph-sdk-dotnet#1215).
    if named && !doctor.looks_up && line.state == State::Ok {
        let found = format!("{}, but --lookup off sends the name, which Graph does not take", line.found);
        return Line::failed(
            ORGANIZER,
            line.what,
            found,
            "leave --lookup off out, or write the object id into the sheet",
        );
    }
    line
}
