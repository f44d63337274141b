//! An embedded Microsoft Graph that makes believe: online meetings, the people and the identity service around them,
//! for rehearsals and tests.
//!
//! It is a second reading of Graph's documentation. So it shares no type and no constant
//! with the client, and a member that the client misspells is misspelt here by nobody. It
//! makes no calls, sends no mail, and a link that it hands out leads to itself or nowhere.
//!
//! Fate is a hash of (seed, key, attempt), not a random generator or the clock: two runs
//! over the same rows meet the same answers, in whatever order they come.
//!
//! - `scenario`: what kind of day it is; `fate`: what that means for one attempt; `quota`: how many are let through;
//!   `retry_after`: how long the others are told to wait
//! - `door`: whose a request is; `asked`, `options`, `route`: what is asked for; `permission`, `order`: the checks of
//!   it; `call`: what becomes of it; `batch`: many at once
//! - `carry`: the effect, on a `meeting` in the `store`; `joining`: a call into one; `people`: who is in the tenant
//! - `member`, `single`, `typed`, `edm`, `error`: Graph's words; `answer`, `receipt`: what goes back; `entra`: who may ask
//! - `world`: what is remembered; `report`: what was seen; `clock`: what time it is; `hash`: the one source of chance
//! - `page`: what a person sees who follows a join link
//! - `setup`: what it is opened with; `serve`: the simulator on a socket, `tls`: with https

mod answer;
mod asked;
mod batch;
mod call;
mod carry;
mod clock;
mod door;
mod edm;
mod entra;
mod error;
mod fate;
mod hash;
mod joining;
mod journal;
mod meeting;
mod member;
mod options;
mod order;
mod page;
mod people;
mod permission;
mod quota;
mod receipt;
mod report;
mod retry_after;
mod route;
mod scenario;
mod serve;
mod setup;
mod single;
mod store;
#[cfg(test)]
mod tests;
mod tls;
mod typed;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::Request;
use http::Method;

use asked::Asked;
use clock::Clock;
use entra::Entra;
use meeting::members::{ONLINE_MEETING, property};
use meeting::{Language, View};
use options::Options;
use permission::Bearer;
use store::Store;
use world::World;

pub use entra::{Federated, IssuerKey, Registration};
pub use people::Directory;
pub use quota::{Limit, Quota};
pub use receipt::Dropped;
pub use report::{Report, Second};
pub use retry_after::RetryAfter;
pub use scenario::{Latency, Scenario};
pub use serve::{serve, serve_tls};
pub use setup::{Setup, bare_url};
pub use tls::{Tls, client_certificates};

/// What every join link begins with: a host that nobody can have (RFC 2606), so that no link is taken for a real one.
pub const JOIN_URL_START: &str = "https://teams.example/";

/// The make-believe tenant.
pub const TENANT_ID: &str = "5150c0de-0000-4000-8000-000000000001";
/// The application that is registered in it.
pub const CLIENT_ID: &str = "5150c0de-0000-4000-8000-000000000002";
/// The application's secret, which protects nothing.
pub const CLIENT_SECRET: &str = "make-believe-secret";

/// The user who is signed in on `/me`.
const USER_ID: &str = "5150c0de-0000-4000-8000-000000000003";

/// A make-believe Graph. Clones are the same one.
#[derive(Clone)]
pub struct Sim(Arc<Inner>);

struct Inner {
    scenario: Scenario,
    clock: Clock,
    entra: Entra,
    world: Mutex<World>,
    people: Directory,
    /// Where Graph says that it is, without a slash at the end.
    graph_url: String,
    /// What links begin with, by the store's order.
    links: Vec<String>,
    /// Whether each request is told in the log. In a rehearsal, whoever asks does that.
    tells: bool,
    /// The object ID of the person on `/me`.
    signed_in: String,
}

impl Sim {
    /// A tenant in which no meeting has been made yet.
    pub fn new(scenario: Scenario) -> Self {
        Self::registered(scenario, Registration::default())
    }

    /// The same, for an application that is registered so.
    pub fn registered(scenario: Scenario, registration: Registration) -> Self {
        let people = Directory::anyone(scenario.seed);
        let store = Store::new(registration.links());
        Self::with(scenario, registration, people, store, false)
    }

    fn with(scenario: Scenario, registration: Registration, people: Directory, store: Store, tells: bool) -> Self {
        Self(Arc::new(Inner {
            signed_in: people.signed_in().id,
            graph_url: registration.root().unwrap_or("https://graph.example").to_owned(),
            links: store.links().to_vec(),
            clock: Clock::start(scenario.skew),
            entra: Entra::new(scenario.seed, registration),
            world: Mutex::new(World::with(store)),
            scenario,
            people,
            tells,
        }))
    }

    /// Everything that can be asked, for use without a socket. A response that carries
    /// [`Dropped`] stands for a lost connection.
    pub fn router(&self) -> Router {
        let sim = self.clone();
        Router::new().fallback(|request: Request| async move { sim.answer(request).await })
    }

    /// What has been seen and done up to now.
    pub fn report(&self) -> Report {
        self.world().report()
    }

    /// An access token of the signed-in user, for `/me`. Applications get theirs from the
    /// token endpoint.
    pub fn delegated_token(&self) -> String {
        self.issue(Bearer::User, "https://graph.example")
    }

    /// How a meeting is shown to who asks. The language is that of create and get; of createOrGet no page says that
    /// it has one. What is made is shown in whole.
    fn view<'a>(&'a self, asked: &'a Asked) -> View<'a> {
        View {
            seed: self.scenario().seed,
            root: self.root(asked),
            links: self.links(),
            all_members: asked.prefers_all_members(),
            language: Language::accepted(asked.headers),
            select: if asked.method == Method::POST { None } else { selected(asked) },
            people: self.people(),
        }
    }

    /// Where Graph says that it is, with the version that is asked.
    fn root(&self, asked: &Asked) -> String {
        format!("{}/{}", self.0.graph_url, asked.version.name())
    }

    /// What links begin with, by the store's order.
    fn links(&self) -> &[String] {
        &self.0.links
    }

    fn people(&self) -> &Directory {
        &self.0.people
    }

    fn entra(&self) -> &Entra {
        &self.0.entra
    }

    /// The object ID of who is signed in.
    fn signed_in(&self) -> &str {
        &self.0.signed_in
    }

    fn scenario(&self) -> &Scenario {
        &self.0.scenario
    }

    fn clock(&self) -> &Clock {
        &self.0.clock
    }

    fn world(&self) -> MutexGuard<'_, World> {
        // Nothing panics while it holds the lock; if it did, the counts are still good.
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The members that `$select` names; `order` has refused those that there are not.
fn selected(asked: &Asked) -> Option<Vec<&'static str>> {
    Options::read(&asked.query).and_then(|options| options.select(ONLINE_MEETING, property)).ok().flatten()
}
