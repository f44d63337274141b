//! The people of a meeting, as the client names them (resources/meetingparticipantinfo).
//!
//! It looks nobody up.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::error::Problem;
use super::super::member::{Object, mistyped, object, text};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sim) struct Attendee {
    pub(in crate::sim) id: Option<Box<str>>,
    pub(in crate::sim) upn: Option<Box<str>>,
    pub(in crate::sim) role: Role,
}

/// `onlineMeetingRole`, without the sentinel that clients must not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sim) enum Role {
    Attendee,
    Presenter,
    Producer,
    Coorganizer,
}

/// `None`: it does not say.
pub(in crate::sim) fn attendees(participants: &Object) -> Result<Option<Vec<Attendee>>, Problem> {
    let attendees = match participants.get("attendees") {
        None => return Ok(None),
        Some(Value::Array(attendees)) => attendees,
        Some(_) => return Err(mistyped("attendees", "Collection(meetingParticipantInfo)")),
    };
    let read = |attendee: &Value| match attendee {
        Value::Object(attendee) => participant(attendee).and_then(known),
        _ => Err(mistyped("attendees", "Collection(meetingParticipantInfo)")),
    };
    // They are kept: not a byte more than they take.
    let mut given = Vec::with_capacity(attendees.len());
    for attendee in attendees {
        given.push(read(attendee)?);
    }
    Ok(Some(given))
}

/// Whom the body calls the organizer.
pub(in crate::sim) fn organizer(participants: &Object) -> Result<Option<Attendee>, Problem> {
    object(participants, "organizer")?.map(participant).transpose()
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
        id: id.filter(|id| !id.is_empty()).map(Into::into),
        upn: text(info, "upn")?.filter(|upn| !upn.is_empty()).map(Into::into),
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
            _ => Err(Problem::unknown_member(name, "onlineMeetingRole")),
        }
    }

    /// Members that came after `unknownFutureValue` are shown only to those who ask with
    /// `Prefer: include-unknown-enum-members` (resources/meetingparticipantinfo).
    pub(in crate::sim) fn shown(self, all_members: bool) -> &'static str {
        match self {
            Self::Attendee => "attendee",
            Self::Presenter => "presenter",
            Self::Producer if all_members => "producer",
            Self::Coorganizer if all_members => "coorganizer",
            Self::Producer | Self::Coorganizer => "unknownFutureValue",
        }
    }
}
