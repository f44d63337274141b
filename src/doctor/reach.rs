//! Whether the identity service and Graph are there. No secret and no token is sent for it.

use std::cell::Cell;

use chrono::TimeDelta;

use super::Doctor;
use super::patience::patiently;
use super::report::{Line, State};
use crate::graph::{Authority, Exchange, Graph, Greeting, NO_LOGIN, NO_TENANT};
use crate::plan::Cloud;

/// Any tenant, where none is named.
const ANY_TENANT: &str = "organizations";
/// A login host that has no such tenant has an answer all the same.
const NO_SUCH_TENANT: &str = "the identity service does not have the tenant";

/// What came of asking the identity service.
pub(super) struct Login {
    /// The host, and the tenant if there is something to say of it.
    pub(super) lines: Vec<Line>,
    /// Why nobody can sign in there.
    pub(super) obstacle: Option<&'static str>,
    /// Something else seems to answer: if there is a token all the same, it is none of our business.
    pub(super) is_doubtful: bool,
    pub(super) ahead: Option<TimeDelta>,
}

/// What came of asking Graph.
pub(super) struct Greeted {
    pub(super) line: Line,
    pub(super) is_there: bool,
    /// Something else seems to answer: if it knows people all the same, it will do.
    pub(super) is_doubtful: bool,
    pub(super) ahead: Option<TimeDelta>,
}

/// Asks the identity service for what it tells everybody of the tenant, if the way to sign in goes there.
pub(super) async fn login<E: Exchange>(doctor: &Doctor, graph: &Graph<E>) -> Login {
    const STEP: &str = "login";
    let (what, url) = ("login host", doctor.network.login_url.value.as_str());
    let tenant = match &doctor.sign_in {
        Ok(sign_in) => sign_in.credentials.tenant(),
        Err(_) => Some(doctor.tenant.as_deref().unwrap_or(ANY_TENANT)),
    };
    let Some(tenant) = tenant else {
        let line = Line::ok(STEP, what, "not needed: this way to sign in does not go there");
        return Login { lines: vec![line], obstacle: None, is_doubtful: false, ahead: None };
    };
    let ahead = Cell::new(None);
    let asked = patiently(async || {
        let heard = graph.authority(url, tenant).await;
        ahead.set(heard.ahead.or(ahead.get()));
        heard.verdict
    });
    let answers = Line::ok(STEP, what, format!("{url} answers"));
    let asked = asked.await;
    let is_doubtful = asked.as_ref().is_err_and(|trouble| trouble.code == NO_LOGIN);
    let (lines, obstacle) = match asked {
        Ok(authority) => {
            let line = wrong_cloud(doctor, tenant, &authority);
            let obstacle = line.as_ref().map(|_| "the tenant is in another cloud");
            (std::iter::once(answers).chain(line).collect(), obstacle)
        }
        Err(trouble) if trouble.code == NO_TENANT => {
            let line = Line::trouble("tenant", format!("tenant {tenant}"), &trouble);
            (vec![answers, line], Some(NO_SUCH_TENANT))
        }
        Err(trouble) => {
            let line = Line::trouble(STEP, format!("{what} {url}"), &trouble);
            (vec![line], (!is_doubtful).then_some("the login host was not reached"))
        }
    };
    Login { lines, obstacle, is_doubtful, ahead: ahead.get() }
}

/// A tenant whose Graph is that of another of Microsoft's clouds: a token of one does not work in another.
fn wrong_cloud(doctor: &Doctor, tenant: &str, authority: &Authority) -> Option<Line> {
    let clouds = [Cloud::Global, Cloud::UsGovL4, Cloud::UsGovL5];
    let of_host = |host: &str| clouds.into_iter().find(|cloud| cloud.graph_url().ends_with(&format!("://{host}")));
    let own = clouds.into_iter().find(|cloud| cloud.graph_url() == doctor.network.graph_url.value)?;
    let its = of_host(authority.graph_host.as_deref()?).filter(|its| *its != own)?;
    let found = format!("its Graph is {}, and not {}", its.graph_url(), own.graph_url());
    Some(Line::failed("tenant", format!("tenant {tenant}"), found, format!("give --cloud {}", its.name())))
}

/// Asks Graph's root: an answer of any status shows that it is there.
pub(super) async fn graph<E: Exchange>(doctor: &Doctor, graph: &Graph<E>) -> Greeted {
    const STEP: &str = "graph";
    let (url, ahead) = (&doctor.network.graph_url.value, Cell::new(None));
    let asked = patiently(async || {
        let heard = graph.greet().await;
        ahead.set(heard.ahead.or(ahead.get()));
        heard.verdict
    });
    let line = match asked.await {
        Ok(Greeting { is_graphs: true, .. }) => Line::ok(STEP, "Graph", format!("{url} answers")),
        Ok(Greeting { status, .. }) => Line::unknown(
            STEP,
            "Graph",
            format!("{url} answers with HTTP {status}, and without the request-id that Graph's answers have"),
            "see that no proxy answers in Graph's place, and that --graph-url is right",
        ),
        Err(trouble) => Line::trouble(STEP, format!("Graph {url}"), &trouble),
    };
    let (is_there, is_doubtful) = (line.state != State::Failed, line.state == State::Unknown);
    Greeted { is_there, is_doubtful, line, ahead: ahead.get() }
}
