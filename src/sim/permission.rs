//! What a token must permit for what is asked, as the pages of the API say under "Permissions": one of these, and other
//! ones for an application than for a user.
//!
//! It is asked before anything else is looked at. Whether the token may speak for whom the path names is not decided
//! here; `order` does.

use std::sync::Arc;

use http::Method;

use super::Sim;
use super::error::Problem;
use super::route::Route;

/// Any of these.
type Names = &'static [&'static str];

/// On whose behalf a token speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bearer {
    App,
    User,
}

/// What a token says of who asks. Clones share the names.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub(super) bearer: Bearer,
    permissions: Arc<[String]>,
}

impl Granted {
    pub(super) fn new(bearer: Bearer, permissions: impl IntoIterator<Item = String>) -> Self {
        Self { bearer, permissions: permissions.into_iter().collect() }
    }

    /// Refuses what the token does not permit, in the words of whoever is behind the path.
    pub(super) fn check(&self, sim: &Sim, route: &Route<'_>, method: &Method) -> Result<(), Problem> {
        let needed = match self.bearer {
            Bearer::App => of_application(route, method),
            Bearer::User => of_user(sim, route, method),
        };
        let has = |name: &&str| self.permissions.iter().any(|own| own == name);
        if needed.is_none_or(|needed| needed.iter().any(has)) {
            return Ok(());
        }
        Err(match route {
            Route::Me | Route::User(_) | Route::Users | Route::Organization => Problem::insufficient_privileges(),
            _ => Problem::forbidden(),
        })
    }
}

/// `None`: no permission is asked for. A batch needs what its requests need, and on `/me` an application is told that it
/// is nobody.
fn of_application(route: &Route<'_>, method: &Method) -> Option<Names> {
    match route {
        Route::Meetings(_) | Route::Meeting(..) if method == Method::GET => {
            Some(&["OnlineMeetings.Read.All", "OnlineMeetings.ReadWrite.All"])
        }
        Route::CreateOrGet(_) | Route::Meetings(_) | Route::Meeting(..) => Some(&["OnlineMeetings.ReadWrite.All"]),
        Route::User(_) | Route::Users => Some(&["User.Read.All"]),
        Route::Organization => Some(&["Organization.Read.All"]),
        Route::Calls => Some(&["Calls.JoinGroupCalls.All"]),
        Route::Me | Route::Batch => None,
    }
}

/// A call is for applications only (api/application-post-calls): none is enough.
fn of_user(sim: &Sim, route: &Route<'_>, method: &Method) -> Option<Names> {
    const ONESELF: Names = &["User.Read", "User.ReadBasic.All", "User.Read.All"];
    const OTHERS: Names = &["User.ReadBasic.All", "User.Read.All"];
    match route {
        Route::Meetings(_) | Route::Meeting(..) if method == Method::GET => {
            Some(&["OnlineMeetings.Read", "OnlineMeetings.ReadWrite"])
        }
        Route::CreateOrGet(_) | Route::Meetings(_) | Route::Meeting(..) => Some(&["OnlineMeetings.ReadWrite"]),
        Route::Me => Some(ONESELF),
        Route::User(name) => Some(if is_signed_in(sim, name) { ONESELF } else { OTHERS }),
        Route::Users => Some(OTHERS),
        Route::Organization => Some(&["User.Read", "Organization.Read.All"]),
        Route::Calls => Some(&[]),
        Route::Batch => None,
    }
}

fn is_signed_in(sim: &Sim, name: &str) -> bool {
    let own = sim.people().signed_in();
    [own.id, own.upn].iter().any(|own| own.eq_ignore_ascii_case(name))
}
