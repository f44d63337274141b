//! The people of a meeting, as the client names them (resources/meetingparticipantinfo).
//!
//! It looks nobody up.

use serde_json::Value;

use super::error::Problem;
use super::member::{Object, mistyped, object, text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attendee {
    pub(super) id: Option<String>,
    pub(super) upn: Option<String>,
    pub(super) role: Role,
}

/// `onlineMeetingRole`, without the sentinel that clients must not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Attendee,
    Presenter,
    Producer,
    Coorganizer,
}

pub(super) fn attendees(participants: &Object) -> Result<Vec<Attendee>, Problem> {
    if let Some(organizer) = object(participants, "organizer")? {
        // The organizer is the user in the path, whatever the body says.
        participant(organizer)?;
    }
    let attendees = match participants.get("attendees") {
        None => return Ok(Vec::new()),
        Some(Value::Array(attendees)) => attendees,
        Some(_) => return Err(mistyped("attendees", "Collection(meetingParticipantInfo)")),
    };
    attendees
        .iter()
        .map(|attendee| match attendee {
            Value::Object(attendee) => participant(attendee).and_then(known),
            _ => Err(mistyped("attendees", "Collection(meetingParticipantInfo)")),
        })
        .collect()
}

fn participant(info: &Object) -> Result<Attendee, Problem> {
    let user = match object(info, "identity")? {
        Some(identity) => object(identity, "user")?,
        None => None,
    };
    let id = match user {
        Some(user) => text(user, "id")?,
        None => None,
    };
    Ok(Attendee {
        id: id.filter(|id| !id.is_empty()),
        upn: text(info, "upn")?.filter(|upn| !upn.is_empty()),
        role: match text(info, "role")? {
            None => Role::Attendee,
            Some(role) => Role::read(&role)?,
        },
    })
}

fn known(attendee: Attendee) -> Result<Attendee, Problem> {
    if attendee.id.is_none() && attendee.upn.is_none() {
        return Err(Problem::bad_request("An attendee has neither 'upn' nor 'identity.user.id'."));
    }
    Ok(attendee)
}

impl Role {
    fn read(name: &str) -> Result<Self, Problem> {
        match name {
            "attendee" => Ok(Self::Attendee),
            "presenter" => Ok(Self::Presenter),
            "producer" => Ok(Self::Producer),
            "coorganizer" => Ok(Self::Coorganizer),
            _ => Err(Problem::bad_request(format!("Requested value '{name}' was not found in 'onlineMeetingRole'."))),
        }
    }

    /// Members that came after `unknownFutureValue` are shown only to those who ask with
    /// `Prefer: include-unknown-enum-members` (resources/meetingparticipantinfo).
    pub(super) fn shown(self, all_members: bool) -> &'static str {
        match self {
            Self::Attendee => "attendee",
            Self::Presenter => "presenter",
            Self::Producer if all_members => "producer",
            Self::Coorganizer if all_members => "coorganizer",
            Self::Producer | Self::Coorganizer => "unknownFutureValue",
        }
    }
}
