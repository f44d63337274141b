//! The checks of a request, in Graph's order: who is asking, on whose behalf, in what
//! form, for what.
//!
//! What passes is an order that Graph would carry out; what becomes of it is not decided here.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use uuid::Uuid;

use super::Sim;
use super::asked::{Asked, Version};
use super::error::Problem;
use super::hash::Hash;
use super::joining::Joining;
use super::meeting::by::By;
use super::meeting::given::{Creation, Update};
use super::meeting::members::{ONLINE_MEETING, property};
use super::meeting::wanted::{Wanted, check_times};
use super::meeting::{Coordinates, Key};
use super::options::Options;
use super::permission::Bearer;
use super::route::{Route, Who};

/// A request that Graph would carry out.
pub(super) enum Order {
    CreateOrGet(Key, Wanted),
    Create(Uuid, Creation),
    Find(Uuid, By),
    /// Of the organizer, or of an attendee.
    Get(Uuid, Coordinates),
    Update(Coordinates, Box<Update>),
    Delete(Coordinates),
    Me,
    /// By object ID or user principal name.
    Person(String),
    People,
    Organization,
    Join(Joining),
}

impl Order {
    pub(super) fn check(sim: &Sim, bearer: Bearer, route: &Route, asked: &Asked) -> Result<Self, Problem> {
        let options = Options::read(&asked.query)?;
        if matches!(route, Route::Meetings(_) | Route::Meeting(..)) {
            options.select(ONLINE_MEETING, property)?;
        }
        match (route, asked.method) {
            (Route::CreateOrGet(who), _) => create_or_get(sim, bearer, *who, asked),
            (Route::Meetings(who), &Method::POST) => {
                let user = named(sim, bearer, *who)?;
                check_content_type(asked.headers)?;
                let creation = Creation::read(asked.body)?;
                Ok(Self::Create(organizer(sim, bearer, user)?, creation))
            }
            (Route::Meetings(who), _) => {
                let user = named(sim, bearer, *who)?;
                let by = By::read(options.get("$filter"))?;
                Ok(Self::Find(organizer(sim, bearer, user)?, by))
            }
            (Route::Meeting(who, id), &Method::GET) => {
                let user = organizer(sim, bearer, named(sim, bearer, *who)?)?;
                Ok(Self::Get(user, coordinates(id)?))
            }
            (Route::Meeting(who, id), &Method::PATCH) => {
                let user = named(sim, bearer, *who)?;
                check_content_type(asked.headers)?;
                let update = Update::read(asked.body)?;
                let found = own(organizer(sim, bearer, user)?, id)?;
                Ok(Self::Update(found, Box::new(update)))
            }
            (Route::Meeting(who, id), _) => {
                let user = organizer(sim, bearer, named(sim, bearer, *who)?)?;
                Ok(Self::Delete(own(user, id)?))
            }
            (Route::Me, _) => named(sim, bearer, Who::Me).map(|_| Self::Me),
            (Route::User(id), _) => Ok(Self::Person((*id).to_owned())),
            (Route::Users, _) => Ok(Self::People),
            (Route::Organization, _) => Ok(Self::Organization),
            (Route::Calls, _) => {
                check_content_type(asked.headers)?;
                Joining::read(asked.body).map(Self::Join)
            }
            (Route::Batch, _) => Err(Problem::bad_request("A batch cannot contain a batch.")),
        }
    }

    /// Whose meetings it is about: who has a quota of their own.
    pub(super) fn user(&self) -> Option<Uuid> {
        match self {
            Self::CreateOrGet(Key { organizer, .. }, _) | Self::Create(organizer, _) | Self::Find(organizer, _) => {
                Some(*organizer)
            }
            Self::Get(user, _) => Some(*user),
            Self::Update(coordinates, _) | Self::Delete(coordinates) => Some(coordinates.organizer),
            Self::Me | Self::Person(_) | Self::People | Self::Organization | Self::Join(_) => None,
        }
    }

    /// What decides over its fate: the key of its meeting, or else all of what is asked.
    pub(super) fn hash(&self, seed: u64, asked: &Asked) -> Hash {
        match self {
            Self::CreateOrGet(key, _) => key.hash(seed),
            _ => asked.hash(seed),
        }
    }
}

fn create_or_get(sim: &Sim, bearer: Bearer, who: Who, asked: &Asked) -> Result<Order, Problem> {
    let user = named(sim, bearer, who)?;
    check_content_type(asked.headers)?;
    let mut wanted = Wanted::read(asked.body)?;
    let organizer = organizer(sim, bearer, user)?;
    if asked.version == Version::V1 {
        // The page of v1.0 does not have chatInfo; its metadata does.
        wanted.thread = None;
    }
    let key = Key { organizer, external_id: wanted.external_id.as_str().into() };
    if !sim.world().store.has(&key) {
        // To a meeting that there is, they do not matter.
        check_times(wanted.start, wanted.end)?;
    }
    Ok(Order::CreateOrGet(key, wanted))
}

/// The user in the path, if the token may speak for them.
fn named<'a>(sim: &'a Sim, bearer: Bearer, who: Who<'a>) -> Result<&'a str, Problem> {
    match (bearer, who) {
        (Bearer::App, Who::User(id)) => Ok(id),
        (Bearer::App, Who::Me) => {
            Err(Problem::bad_request("/me request is only valid with delegated authentication flow."))
        }
        (Bearer::User, Who::Me) => Ok(sim.signed_in()),
        (Bearer::User, Who::User(id)) if id.eq_ignore_ascii_case(sim.signed_in()) => Ok(id),
        (Bearer::User, Who::User(id)) if Uuid::try_parse(id).is_err() => Err(Problem::no_such_organizer()),
        (Bearer::User, Who::User(_)) => Err(Problem::forbidden()),
    }
}

/// Graph finds the user by object ID only (microsoftgraph/msgraph-sdk-dotnet#1215), and only one who has a licence.
fn organizer(sim: &Sim, bearer: Bearer, id: &str) -> Result<Uuid, Problem> {
    let person = sim.people().by_id(id).filter(|person| person.licensed).ok_or_else(Problem::no_such_organizer)?;
    if bearer == Bearer::App && !person.policy {
        return Err(Problem::no_access_policy());
    }
    Uuid::try_parse(&person.id).map_err(|_| Problem::no_such_organizer())
}

fn coordinates(id: &str) -> Result<Coordinates, Problem> {
    // microsoftgraph/microsoft-graph-docs-contrib#1597
    Coordinates::of_id(id).ok_or_else(|| Problem::bad_request("Meeting Id is corrupted."))
}

/// Only who organizes a meeting may change it.
fn own(organizer: Uuid, id: &str) -> Result<Coordinates, Problem> {
    let coordinates = coordinates(id)?;
    if coordinates.organizer != organizer {
        return Err(Problem::no_such_meeting());
    }
    Ok(coordinates)
}

pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
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
