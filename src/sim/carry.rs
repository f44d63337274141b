//! Carries out an order: what it does to the meetings, and what is said then.
//!
//! It knows no fault and no delay; those are of `call`.

use std::io;
use std::sync::Arc;

use http::{HeaderValue, StatusCode};
use serde_json::json;
use uuid::Uuid;

use super::Sim;
use super::answer::Answer;
use super::asked::Asked;
use super::error::Problem;
use super::hash::Hash;
use super::joining::{Into, Joining};
use super::meeting::attendee::Attendee;
use super::meeting::by::By;
use super::meeting::given::{Creation, Subject, Update};
use super::meeting::settings::merge;
use super::meeting::{Coordinates, Meeting, People, code, passcode, times};
use super::order::Order;
use super::people::{organization, users};

impl Order {
    /// `occasion` is the hash of what is asked and of how often it was.
    pub(super) fn carry_out(self, sim: &Sim, asked: &Asked, occasion: Hash) -> Result<Answer, Problem> {
        let view = sim.view(asked);
        match self {
            Self::CreateOrGet(key, wanted) => {
                let now = sim.clock().now();
                let mut world = sim.world();
                let made = world.store.create_or_get(sim.scenario().seed, &key, wanted, now);
                let (made, meeting) = made.map_err(|error| unwritten(&error))?;
                if made {
                    world.counts.made();
                }
                drop(world);
                let status = if made { StatusCode::CREATED } else { StatusCode::OK };
                Ok(Answer { status, body: Some(meeting.show(&view)) })
            }
            Self::Create(organizer, creation) => {
                let meeting = create(sim, organizer, creation, occasion).map_err(|error| unwritten(&error))?;
                Ok(Answer { status: StatusCode::CREATED, body: Some(meeting.show(&view)) })
            }
            Self::Find(organizer, by) => {
                let meeting = find(sim, organizer, &by).ok_or_else(Problem::no_such_meeting)?;
                let context = format!("{}/$metadata#users('{organizer}')/onlineMeetings", sim.root(asked));
                Ok(Answer::ok(&json!({ "@odata.context": context, "value": [meeting.item(&view)] })))
            }
            Self::Get(user, coordinates) => {
                let found = sim.world().store.find(&coordinates).cloned();
                let found = found.filter(|meeting| meeting.organizer == user || invited(sim, meeting, user));
                let meeting = found.ok_or_else(Problem::no_such_meeting)?;
                Ok(Answer { status: StatusCode::OK, body: Some(meeting.show(&view)) })
            }
            Self::Update(coordinates, update) => {
                let meeting = change(sim, &coordinates, *update)?;
                Ok(Answer { status: StatusCode::OK, body: Some(meeting.show(&view)) })
            }
            Self::Delete(coordinates) => {
                let mut world = sim.world();
                world.store.find(&coordinates).ok_or_else(Problem::no_such_meeting)?;
                world.store.remove(&coordinates).map_err(|error| unwritten(&error))?;
                Ok(Answer::no_content())
            }
            Self::Me => users::me(sim.people(), &sim.root(asked), &asked.query).map(|me| Answer::ok(&me)),
            Self::Person(who) => {
                users::one(sim.people(), &sim.root(asked), &who, &asked.query).map(|user| Answer::ok(&user))
            }
            Self::People => {
                let level = asked.headers.get("consistencylevel").map(HeaderValue::as_bytes);
                let eventual = level.is_some_and(|level| level.eq_ignore_ascii_case(b"eventual"));
                users::list(sim.people(), &sim.root(asked), &asked.query, eventual).map(|users| Answer::ok(&users))
            }
            Self::Organization => {
                organization::organization(&sim.root(asked), &asked.query).map(|tenant| Answer::ok(&tenant))
            }
            Self::Join(joining) => join(sim, asked, &joining, occasion),
        }
    }
}

/// What cannot be kept is not made.
fn unwritten(error: &io::Error) -> Problem {
    tracing::error!(%error, "the state cannot be written");
    Problem::internal_error()
}

fn create(sim: &Sim, organizer: Uuid, creation: Creation, occasion: Hash) -> io::Result<Arc<Meeting>> {
    let (origin, now) = (occasion.text("made"), sim.clock().now());
    let (start, end) = times(creation.start, creation.end, now);
    let meeting = Meeting {
        organizer,
        external_id: None,
        origin,
        code: code(origin),
        link: 0,
        passcode_required: creation.passcode_required,
        subject: creation.subject.map(std::convert::Into::into),
        created: now,
        start,
        end,
        attendees: creation.attendees.into(),
        channel: None,
        settings: (!creation.settings.is_empty()).then(|| Box::new(creation.settings)),
    };
    let mut world = sim.world();
    let meeting = world.store.create(meeting)?;
    world.counts.made();
    Ok(meeting)
}

/// Only among those that the user organizes (api/onlinemeeting-get).
fn find(sim: &Sim, organizer: Uuid, by: &By) -> Option<Arc<Meeting>> {
    let world = sim.world();
    let found = match by {
        By::JoinWebUrl(link) => {
            let named = sim.links().iter().find_map(|links| Coordinates::of_link(link, links))?;
            world.store.find(&named)
        }
        By::JoinMeetingId(code) => world.store.with_code(number(code)?),
    };
    found.filter(|meeting| meeting.organizer == organizer).cloned()
}

/// People read it aloud in groups, and type it so; Graph has it without spaces.
fn number(code: &str) -> Option<u64> {
    code.parse().ok().filter(|number: &u64| number.to_string() == code)
}

fn invited(sim: &Sim, meeting: &Meeting, user: Uuid) -> bool {
    let user = user.to_string();
    let people: &dyn People = sim.people();
    meeting.attendees.iter().any(|attendee| match (&attendee.id, &attendee.upn) {
        (Some(id), _) => id.eq_ignore_ascii_case(&user),
        (None, Some(upn)) => people.id(upn).is_some_and(|id| id == user),
        (None, None) => false,
    })
}

fn change(sim: &Sim, coordinates: &Coordinates, update: Update) -> Result<Arc<Meeting>, Problem> {
    let mut world = sim.world();
    let found = world.store.find(coordinates).ok_or_else(Problem::no_such_meeting)?;
    let mut meeting = Meeting::clone(found);
    if let Some(Attendee { id, upn, .. }) = update.organizer {
        let id = id.or_else(|| upn.map(|upn| sim.people().id(&upn).unwrap_or_default().into()));
        if id.is_some_and(|id| !id.eq_ignore_ascii_case(&meeting.organizer.to_string())) {
            return Err(Problem::read_only("participants/organizer"));
        }
    }
    if let Subject::ChangedTo(subject) = update.subject {
        meeting.subject = subject.map(std::convert::Into::into);
    }
    if let Some((start, end)) = update.times {
        (meeting.start, meeting.end) = (start, end);
    }
    if let Some(attendees) = update.attendees {
        meeting.attendees = attendees.into();
    }
    if !update.settings.is_empty() {
        merge(meeting.settings.get_or_insert_default(), update.settings);
    }
    world.store.change(meeting).map_err(|error| unwritten(&error))
}

fn join(sim: &Sim, asked: &Asked, joining: &Joining, occasion: Hash) -> Result<Answer, Problem> {
    let world = sim.world();
    let found = match &joining.into {
        Into::Coordinates(coordinates) => world.store.find(coordinates),
        Into::Number { code, passcode: given } => number(code)
            .and_then(|code| world.store.with_code(code))
            .filter(|meeting| passcode(meeting).is_none_or(|needed| given.as_ref() == Some(&needed))),
    };
    found.ok_or_else(Problem::no_such_call)?;
    let context = format!("{}/$metadata#communications/calls/$entity", sim.root(asked));
    Ok(Answer::of(StatusCode::CREATED, &joining.call(occasion, &context)))
}
