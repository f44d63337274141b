//! The checks of a request, in Graph's order: who is asking, on whose behalf, in what
//! form, for what.
//!
//! What passes is an order that Graph would carry out; what becomes of it is not decided here.

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use uuid::Uuid;

use super::error::Problem;
use super::meeting::Key;
use super::request::Wanted;
use super::world::Bearer;
use super::{Sim, TENANT_ID, USER_ID};

/// A request that Graph would carry out.
pub(super) struct Order {
    pub(super) key: Key,
    pub(super) wanted: Wanted,
    pub(super) version: &'static str,
    /// `Prefer: include-unknown-enum-members`
    pub(super) all_members: bool,
}

impl Order {
    pub(super) fn check(sim: &Sim, who: Option<&str>, parts: &Parts, body: &Bytes) -> Result<Self, Problem> {
        let bearer = sim.bearer(&parts.headers)?;
        let organizer = organizer(bearer, who)?;
        check_content_type(&parts.headers)?;
        let mut wanted = Wanted::read(body)?;
        // Graph finds the user by object ID only (microsoftgraph/msgraph-sdk-dotnet#1215).
        let organizer = guid(organizer).ok_or_else(Problem::no_such_organizer)?;
        wanted.check_times()?;
        let beta = parts.uri.path().starts_with("/beta/");
        if !beta {
            // The page of v1.0 does not have chatInfo; its metadata does.
            wanted.thread = None;
        }
        let key = Key { tenant: TENANT_ID, organizer, external_id: wanted.external_id.clone() };
        Ok(Self {
            key,
            wanted,
            version: if beta { "beta" } else { "v1.0" },
            all_members: prefers_all_members(&parts.headers),
        })
    }
}

fn organizer(bearer: Bearer, who: Option<&str>) -> Result<&str, Problem> {
    match (bearer, who) {
        (Bearer::App, Some(id)) => Ok(id),
        (Bearer::App, None) => {
            Err(Problem::bad_request("/me request is only valid with delegated authentication flow."))
        }
        (Bearer::User, None) => Ok(USER_ID),
        (Bearer::User, Some(id)) if id.eq_ignore_ascii_case(USER_ID) => Ok(id),
        (Bearer::User, Some(_)) => Err(Problem::forbidden()),
    }
}

fn guid(id: &str) -> Option<String> {
    // The parser also takes forms without hyphens and in braces, all of another length.
    let id = (id.len() == 36).then(|| Uuid::try_parse(id))?;
    id.ok().map(|id| id.to_string())
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let Some(given) = given else {
        return Err(Problem::bad_request("Empty Content-Type. JSON content expected."));
    };
    let media_type = given.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::bad_request(format!(
        "A supported MIME type could not be found that matches the content type of the request. \
         None of the supported type(s) 'application/json' matches the content type '{given}'."
    )))
}

fn prefers_all_members(headers: &HeaderMap) -> bool {
    headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split([',', ';']))
        .any(|preference| preference.trim().eq_ignore_ascii_case("include-unknown-enum-members"))
}
