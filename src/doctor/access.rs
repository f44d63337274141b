//! The token: whether there is one, whom it stands for, and whether the clocks agree by which it is judged.

use chrono::{DateTime, TimeDelta, Utc};

use super::Doctor;
use super::advice::Advice;
use super::patience::{patiently, thrice};
use super::reach::{Greeted, Login};
use super::report::{Line, Report, State};
use crate::exit::Ended;
use crate::graph::{Bearer, Credentials, Exchange, Graph, Identity, Verdict};
use crate::plan::{Cloud, SignIn};

/// Microsoft's services put up with clocks that differ by less (Microsoft identity platform, *access tokens*).
const SKEW_MAX: TimeDelta = TimeDelta::minutes(5);
/// Beyond this it is worth a word.
const SKEW_NOTED: TimeDelta = TimeDelta::minutes(1);
/// Graph, by its application id.
const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";

/// What there is to ask Graph with.
pub(super) struct Access {
    pub(super) bearer: Option<Bearer>,
    pub(super) identity: Option<Identity>,
    /// Why there is no token.
    pub(super) why_none: &'static str,
}

impl Access {
    pub(super) fn none(why_none: &'static str) -> Self {
        Self { bearer: None, identity: None, why_none }
    }
}

/// Signs in, and tells of the identity service, the token, the clocks and whom the token stands for.
pub(super) async fn look<E: Exchange>(
    doctor: &Doctor,
    graph: &Graph<E>,
    mut login: Login,
    greeted: &Greeted,
    report: &mut Report<'_>,
    advice: &mut Advice,
) -> Result<Access, Ended> {
    let ahead = login.ahead.or(greeted.ahead);
    let clock = clock(ahead);
    let (access, token) = match (&doctor.sign_in, login.obstacle) {
        (Err(_), _) => skipped("there is nothing to sign in with"),
        (Ok(_), Some(obstacle)) => skipped(obstacle),
        (Ok(sign_in), None) => sign_in_now(graph, sign_in, advice).await,
    };
    if let Some(line) = login.lines.first_mut().filter(|_| login.is_doubtful && token.state == State::Ok) {
        line.state = State::Unknown;
    }
    login.lines.iter().try_for_each(|line| report.tell(line))?;
    // A token that a wrong clock has cost is told after the clock.
    let is_cause = clock.state == State::Failed && token.state == State::Failed;
    let lines = if is_cause { [clock, token] } else { [token, clock] };
    lines.iter().try_for_each(|line| report.tell(line))?;
    for line in whom(doctor, &access, ahead.unwrap_or_default()) {
        report.tell(&line)?;
    }
    if let Some(identity) = &access.identity {
        advice.know(identity);
    }
    Ok(access)
}

fn skipped(why: &'static str) -> (Access, Line) {
    (Access::none(why), Line::skipped("token", "token", why))
}

async fn sign_in_now<E: Exchange>(graph: &Graph<E>, sign_in: &SignIn, advice: &mut Advice) -> (Access, Line) {
    let once = async || match graph.any_bearer().await {
        Ok(bearer) => Verdict::Ready(bearer),
        Err(verdict) => verdict.map(|_| unreachable!("the identity service has no meetings")),
    };
    let got = match sign_in.credentials {
        // A person takes their time.
        Credentials::DeviceCode(_) => thrice(once).await,
        _ => patiently(once).await,
    };
    match got {
        Ok(bearer) => {
            let identity = graph.identity(&bearer);
            (Access { bearer: Some(bearer), identity, why_none: "" }, Line::ok("token", "token", "got one"))
        }
        Err(trouble) => {
            advice.heed(&trouble.cause);
            (Access::none("there is no token"), Line::trouble("token", "token", &trouble))
        }
    }
}

/// How far the clocks are apart.
fn clock(ahead: Option<TimeDelta>) -> Line {
    const STEP: &str = "clock";
    let Some(ahead) = ahead else {
        return Line::skipped(STEP, "clock", "nobody has told what time it is");
    };
    let seconds = ahead.num_seconds().unsigned_abs();
    let apart = match seconds {
        0 => return Line::ok(STEP, "clock", "as Microsoft's"),
        1..120 => format!("{seconds} s"),
        120..7170 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h {} min", (seconds + 30) / 3600, (seconds + 30) / 60 % 60),
    };
    let which = if ahead > TimeDelta::zero() { "behind" } else { "ahead of" };
    let found = format!("this machine's clock is {apart} {which} Microsoft's");
    let mend = "set this machine's clock and keep it set (Linux: sudo timedatectl set-ntp true; Windows: w32tm /resync; \
                macOS: sudo sntp -sS time.apple.com)";
    match ahead.abs() {
        apart if apart >= SKEW_MAX => Line::failed(
            STEP,
            "clock",
            format!("{found}, so that tokens and assertions are not valid when they are used"),
            mend,
        ),
        apart if apart > SKEW_NOTED => {
            Line::unknown(STEP, "clock", format!("{found}; five minutes are too many"), mend)
        }
        _ => Line::ok(STEP, "clock", found),
    }
}

/// The tenant and the app, by the token's own word.
fn whom(doctor: &Doctor, access: &Access, ahead: TimeDelta) -> Vec<Line> {
    const STEP: &str = "identity";
    let what = "tenant and app";
    let Some(identity) = &access.identity else {
        return vec![match access.bearer {
            None => Line::skipped(STEP, what, access.why_none),
            Some(_) => Line::unknown(
                STEP,
                what,
                "this token cannot be read here, which says nothing against it",
                "nothing, if what follows is well; whoever issued the token knows whom it stands for",
            ),
        }];
    };
    let app = identity.app_id.as_ref().map(|app| {
        let name = identity.app_name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        format!(", app {app}{name}")
    });
    let who = identity.user.as_ref().or(identity.object_id.as_ref()).map_or("a user", String::as_str);
    let user = identity.is_users.then(|| format!(", signed in as {who}"));
    let ends = identity.ends.map(|ends| format!(", until {}", ends.format("%Y-%m-%d %H:%M:%S UTC")));
    let rest: String = [app, user, ends].into_iter().flatten().collect();
    let found = format!("tenant {}{rest}", identity.tenant);
    let mut lines = vec![Line::ok(STEP, what, found)];
    lines.extend(doubts(doctor, identity, ahead));
    lines
}

/// What of a token seems to be somebody else's.
fn doubts(doctor: &Doctor, identity: &Identity, ahead: TimeDelta) -> Vec<Line> {
    const STEP: &str = "identity";
    let mut lines = Vec::new();
    // By the clock of those who judge it, if that is known.
    let now = doctor.reading.now.unwrap_or_default() + ahead;
    if let Some(ends) = identity.ends.filter(|ends| *ends <= now) {
        let (found, mend) = (ended(now, ends), "get a new one");
        lines.push(Line::failed(STEP, "token", found, mend));
    }
    let is_id = |text: &&String| text.len() == 36 && !text.contains('.');
    if let Some(tenant) = doctor.tenant.as_ref().filter(is_id).filter(|own| !own.eq_ignore_ascii_case(&identity.tenant))
    {
        let found = format!("the token is of tenant {}, and AZURE_TENANT_ID says {tenant}", identity.tenant);
        lines.push(Line::unknown(STEP, "tenant", found, "sign in to the tenant that is meant"));
    }
    let audience = identity.audience.trim_end_matches('/');
    let clouds = [Cloud::Global, Cloud::UsGovL4, Cloud::UsGovL5].map(Cloud::graph_url);
    let is_graph = audience == GRAPH_ID || audience == doctor.network.graph_url.value || clouds.contains(&audience);
    if !is_graph {
        let found = format!("the token is for {audience}, which does not look like Graph");
        let mend = format!("get one for {}", doctor.network.graph_url.value);
        lines.push(Line::unknown(STEP, "token", found, mend));
    }
    lines
}

fn ended(now: DateTime<Utc>, ends: DateTime<Utc>) -> String {
    let ago = (now - ends).num_minutes();
    format!("it ended {ago} min ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_minutes_between_two_clocks_are_too_many_and_one_is_worth_a_word() {
        for (seconds, state, words) in [
            (0, State::Ok, "as Microsoft's"),
            (45, State::Ok, "45 s behind"),
            (-60, State::Ok, "60 s ahead of"),
            (90, State::Unknown, "90 s behind"),
            (-299, State::Unknown, "5 min ahead of"),
            (300, State::Failed, "5 min behind"),
            (-90_000, State::Failed, "25 h 0 min ahead of"),
        ] {
            let line = clock(Some(TimeDelta::seconds(seconds)));
            assert!(line.state == state && line.found.contains(words), "{seconds}: {line:?}");
        }
        assert_eq!(clock(None).state, State::Unknown);
    }
}
