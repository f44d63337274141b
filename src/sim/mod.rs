//! An embedded Microsoft Graph that makes believe: `onlineMeeting: createOrGet`, and the
//! token endpoint before it, for rehearsals and tests.
//!
//! It is a second reading of Graph's documentation. So it shares no type and no constant
//! with the client, and a member that the client misspells is misspelt here by nobody. It
//! answers nothing but createOrGet, keeps nothing when it ends, and hands out no link that
//! leads anywhere.
//!
//! Fate is a hash of (seed, key, attempt), not a random generator or the clock: two runs
//! over the same rows meet the same answers, in whatever order they come.
//!
//! - `scenario`: what kind of day it is; `fate`: what that means for one attempt; `quota`: how many are let through
//! - `order`: the checks of a call; `call`: what becomes of it; `token`: both, for tokens
//! - `request` (of `attendee`, `member`, `edm`), `meeting`, `error`: Graph's words;
//!   `receipt`: its headers; `denial`: Entra's words
//! - `world`: what is remembered; `clock`: what time it is; `hash`: the one source of chance
//! - `serve`: the simulator on a socket

mod attendee;
mod call;
mod clock;
mod denial;
mod edm;
mod error;
mod fate;
mod hash;
mod journal;
mod meeting;
mod member;
mod order;
mod quota;
mod receipt;
mod request;
mod scenario;
mod serve;
#[cfg(test)]
mod tests;
mod token;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use http::request::Parts;

use clock::Clock;
use error::Problem;
use hash::Hash;
use receipt::Receipt;
use world::{Bearer, World};

pub use quota::{Limit, Quota};
pub use receipt::Dropped;
pub use scenario::Scenario;
pub use serve::serve;
pub use world::Report;

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
    world: Mutex<World>,
}

impl Sim {
    /// A tenant in which no meeting has been made yet.
    pub fn new(scenario: Scenario) -> Self {
        Self(Arc::new(Inner { scenario, clock: Clock::start(), world: Mutex::default() }))
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

    async fn answer(&self, request: Request) -> Response {
        let path = request.uri().path().to_owned();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        match segments.as_slice() {
            [tenant, "oauth2", "v2.0", "token"] => token::issue(self, tenant, request).await,
            ["v1.0" | "beta", "me", "onlineMeetings", "createOrGet"] => call::create_or_get(self, None, request).await,
            ["v1.0" | "beta", "users", id, "onlineMeetings", "createOrGet"] => {
                call::create_or_get(self, Some(id), request).await
            }
            ["v1.0" | "beta", rest @ ..] => {
                let unknown = unknown_segment(rest).map(Problem::unknown_segment);
                let problem = unknown.unwrap_or_else(Problem::not_found);
                self.refuse(&request.into_parts().0, &[], &problem)
            }
            _ => self.refuse(&request.into_parts().0, &[], &Problem::not_found()),
        }
    }

    /// Refuses a request that has no meeting's key: its id is a hash of what was sent, and
    /// of how often that was.
    fn refuse(&self, parts: &Parts, body: &[u8], problem: &Problem) -> Response {
        let asked = Hash::seeded(self.scenario().seed).text(parts.method.as_str()).text(parts.uri.path()).bytes(body);
        let count = self.world().count(asked.finish());
        let receipt = Receipt::new(asked.number(count).guid(), &parts.headers);
        receipt.problem(self.clock(), problem)
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

/// The first segment that Graph's metadata does not have, as far as this tree knows it.
fn unknown_segment<'a>(segments: &[&'a str]) -> Option<&'a str> {
    match segments {
        [] | ["users"] => None,
        ["me", rest @ ..] | ["users", _, rest @ ..] => match rest {
            ["onlineMeetings", "createOrGet", extra, ..] => Some(extra),
            ["onlineMeetings", ..] | [] => None,
            [other, ..] => Some(other),
        },
        [other, ..] => Some(other),
    }
}
