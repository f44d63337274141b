//! Where a run talks to: a Graph that is there, or in a rehearsal the embedded one, on a socket of this machine. A build
//! without that has words for it.

use anyhow::{Error, anyhow};
use tokio::runtime::Handle;

use crate::exit::{CREDENTIALS, Ended, USAGE};
use crate::graph::Endpoint;
use crate::plan::{Plan, Target};

#[cfg(feature = "sim")]
pub use sim::JOIN_URL_START;
#[cfg(feature = "sim")]
use {
    crate::exit::STOPPED,
    crate::graph::{ClientSecret, Credentials},
    crate::sim::{self, Sim},
    anyhow::{Context as _, Result},
    std::future::pending,
    tokio::net::TcpListener,
};

/// What the links of a rehearsal begin with. A build that makes none knows them all the same when it sees them.
#[cfg(not(feature = "sim"))]
pub const JOIN_URL_START: &str = "https://teams.example/";

/// Where the run talks to; a rehearsal's Graph is started on `aside`. This is the only place that knows that a rehearsal is
/// one.
pub fn endpoint(plan: &Plan, aside: &Handle) -> Result<Endpoint, Ended> {
    let language = plan.language.clone();
    let endpoint = match plan.target.clone() {
        Target::Real(sign_in) => {
            let credentials = sign_in.credentials;
            let (graph_url, login_url) = (plan.network.graph_url.value.clone(), plan.network.login_url.value.clone());
            Endpoint { graph_url, login_url, credentials, language, invitations: false }
        }
        Target::Rehearsal(scenario) => rehearsal(&scenario, plan.reading.me, language, aside)?,
        Target::Nobody => return Err(Ended(CREDENTIALS, anyhow!("there is nothing to sign in with"))),
    };
    Ok(Endpoint { invitations: plan.join_information, ..endpoint })
}

/// Starts a Graph on `aside`, on such a day, for an app or for a signed-in user.
#[cfg(feature = "sim")]
fn rehearsal(scenario: &str, me: bool, language: Option<String>, aside: &Handle) -> Result<Endpoint, Ended> {
    let scenario = scenario.parse().map_err(|why: String| Ended(USAGE, Error::msg(why)))?;
    let sim = Sim::new(scenario);
    let credentials = if me {
        Credentials::AccessToken(sim.delegated_token().into())
    } else {
        Credentials::ClientSecret(ClientSecret {
            tenant: sim::TENANT_ID.to_owned(),
            client_id: sim::CLIENT_ID.to_owned(),
            secret: sim::CLIENT_SECRET.into(),
        })
    };
    let url = on_a_socket(sim, aside).context("the rehearsal finds no port on this machine");
    let url = url.map_err(|error| Ended(STOPPED, error))?;
    Ok(Endpoint { graph_url: url.clone(), login_url: url, credentials, language, invitations: false })
}

/// Refuses.
#[cfg(not(feature = "sim"))]
fn rehearsal(_: &str, _: bool, _: Option<String>, _: &Handle) -> Result<Endpoint, Ended> {
    let why = "this build has no Graph to rehearse against: it was made without the feature `sim`";
    Err(Ended(USAGE, Error::msg(why)))
}

#[cfg(feature = "sim")]
fn on_a_socket(sim: Sim, aside: &Handle) -> Result<String> {
    let _entered = aside.enter();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    aside.spawn(sim::serve(TcpListener::from_std(listener)?, sim, pending()));
    Ok(url)
}
