//! Whether an application access policy lets the app make meetings for each organizer, as far as one harmless read shows.

use std::collections::HashSet;

use tokio::time::Instant;

use super::Doctor;
use super::access::Access;
use super::advice::Advice;
use super::patience::{STEP_MAX, patiently};
use super::people::Found;
use super::permissions::reads_meetings;
use super::report::{Line, Report, State};
use crate::exit::Ended;
use crate::graph::{Exchange, Graph, Policy};
use crate::outcome::Trouble;
use crate::tally::plural;

const STEP: &str = "policy";
const WHAT: &str = "access policy";
/// So many organizers are tried.
const TRIED_MAX: usize = 20;

/// Tries it, and tells; those who have none come into the advice.
pub(super) async fn look<E: Exchange>(
    doctor: &Doctor,
    graph: &Graph<E>,
    access: &Access,
    found: &[Found],
    report: &mut Report<'_>,
    advice: &mut Advice,
) -> Result<(), Ended> {
    if doctor.reading.me {
        return report.tell(&own(graph, access).await);
    }
    // Two names of one organizer are one.
    let (identity, mut seen) = (access.identity.as_ref(), HashSet::new());
    let ids = found.iter().filter_map(|found| Some((found, found.id()?)));
    let ids: Vec<(&Found, &str)> = ids.filter(|(_, id)| seen.insert(id.to_ascii_lowercase())).collect();
    let obstacle = if access.bearer.is_none() {
        Some(access.why_none)
    } else if identity.is_some_and(|identity| identity.is_users) {
        Some("the token is a signed-in user's")
    } else if identity.is_some_and(|identity| !reads_meetings(identity)) {
        Some("the token does not permit to look for meetings")
    } else if found.is_empty() {
        Some("no organizer is named")
    } else if ids.is_empty() {
        Some("no organizer is found")
    } else {
        None
    };
    if let Some(obstacle) = obstacle {
        return report.tell(&Line::skipped(STEP, WHAT, obstacle));
    }
    let (begun, mut lines, mut given_up) = (Instant::now(), Vec::new(), false);
    for (found, id) in ids.iter().take(TRIED_MAX) {
        if given_up || begun.elapsed() > STEP_MAX {
            break;
        }
        let tried = try_one(graph, Some(id)).await;
        given_up = tried.is_err();
        lines.push(line(found.shown(), id, tried, advice));
    }
    let tried = lines.len();
    report.crowd(&lines, |well, all| {
        Line::ok(STEP, WHAT, format!("there for {well} of {all} organizers that were tried"))
    })?;
    let rest = ids.len() - tried;
    if rest > 0 {
        let found = format!("not tried for {} more", plural(rest as u64, "organizer"));
        let mend = "grant it to all of them at once with -Global, or split the sheet to have others tried";
        report.tell(&Line::unknown(STEP, WHAT, found, mend))?;
    }
    Ok(())
}

/// A signed-in user's own meetings take no policy; but the same read shows that Graph takes the token.
async fn own<E: Exchange>(graph: &Graph<E>, access: &Access) -> Line {
    let not_needed = "not needed: a signed-in user's own meetings take none";
    if access.bearer.is_none() || access.identity.as_ref().is_some_and(|identity| !identity.is_users) {
        return Line::ok(STEP, WHAT, not_needed);
    }
    match try_one(graph, None).await {
        Ok(Policy::There) => Line::ok(STEP, WHAT, format!("{not_needed}; Graph lets this user look for their own")),
        Ok(Policy::Missing(trouble) | Policy::Unknown(trouble)) => {
            Line { state: State::Unknown, ..Line::trouble(STEP, "own meetings", &trouble) }
        }
        Err(trouble) => Line::trouble(STEP, "own meetings", &trouble),
    }
}

async fn try_one<E: Exchange>(graph: &Graph<E>, id: Option<&str>) -> Result<Policy, Trouble> {
    patiently(async || match graph.any_bearer().await {
        Ok(bearer) => graph.policy(id, &bearer).await,
        Err(verdict) => verdict.map(|_| unreachable!("the identity service has no meetings")),
    })
    .await
}

fn line(shown: &str, id: &str, tried: Result<Policy, Trouble>, advice: &mut Advice) -> Line {
    let what = format!("{WHAT} for {shown}");
    match tried {
        Ok(Policy::There) => Line::ok(STEP, what, "there: Graph lets this app look for the organizer's meetings"),
        Ok(Policy::Missing(trouble)) => {
            advice.organizers.push(id.to_owned());
            let found = format!("missing, or not in effect yet (Graph said: {})", trouble.said);
            let mend = "an administrator grants it with the cmdlets below; it takes up to 30 minutes to come into effect, at \
                        times hours; a user has one such policy, so that granting this one replaces another";
            Line::failed(STEP, what, found, mend)
        }
        Ok(Policy::Unknown(trouble)) => {
            let status = trouble.http_status.map(|status| format!("HTTP {status}")).unwrap_or_default();
            let said = Some(&trouble.said).filter(|said| !said.is_empty()).map(|said| format!(", {said}"));
            let found = format!("not known: Graph's answer does not say ({status}{})", said.unwrap_or_default());
            let mend = match trouble.http_status {
                Some(404) => "see that the organizer has a licence for Teams; Graph does not find those who have none",
                Some(403) => {
                    "it may be the policy, which an administrator grants (Grant-CsApplicationAccessPolicy); send one \
                              row to see, with --limit 1"
                }
                _ => "send one row to see, with --limit 1",
            };
            Line::unknown(STEP, what, found, mend)
        }
        Err(trouble) => {
            let Line { found, mend, .. } = Line::trouble(STEP, "", &trouble);
            Line::unknown(STEP, what, format!("not known: {found}"), mend.unwrap_or_default())
        }
    }
}
