//! The types that Graph's metadata gives to the members of what clients send, and whether a body keeps them.
//!
//! A member that it does not know may be anything, as Graph's open types have it, and so may an annotation; null is of
//! every type but a collection's. It knows no resource; `meeting::members` and `joining` do.

use serde_json::Value;

use super::edm;
use super::error::Problem;
use super::member::{Object, mistyped};

/// A member of a complex type.
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Text,
    Truth,
    Time,
    Choice(Choice),
    Complex(&'static [Member]),
    /// A collection, and what its type is called.
    Many(&'static str, &'static Kind),
}

/// An enumeration of Graph's.
pub(super) struct Choice {
    pub(super) name: &'static str,
    /// The first is the default, where there is one.
    pub(super) members: &'static [&'static str],
    /// Those after `unknownFutureValue`, shown only to those who ask for them.
    pub(super) newer: &'static [&'static str],
}

pub(super) const fn texts(name: &'static str) -> Member {
    Member { name, kind: Kind::Many("Collection(Edm.String)", &Kind::Text) }
}

pub(super) const fn text(name: &'static str) -> Member {
    Member { name, kind: Kind::Text }
}

pub(super) const fn truth(name: &'static str) -> Member {
    Member { name, kind: Kind::Truth }
}

pub(super) const fn time(name: &'static str) -> Member {
    Member { name, kind: Kind::Time }
}

pub(super) const fn complex(name: &'static str, members: &'static [Member]) -> Member {
    Member { name, kind: Kind::Complex(members) }
}

pub(super) const fn choice(name: &'static str, choice: Choice) -> Member {
    Member { name, kind: Kind::Choice(choice) }
}

impl Choice {
    /// The sentinel is nobody's to send.
    pub(super) fn check(&self, value: &str) -> Result<(), Problem> {
        if self.members.iter().chain(self.newer).any(|member| *member == value) {
            return Ok(());
        }
        Err(Problem::unknown_member(value, self.name))
    }
}

/// Whether each member that is known has its type.
pub(super) fn check(object: &Object, members: &[Member]) -> Result<(), Problem> {
    for Member { name, kind } in members {
        match object.get(*name) {
            None => {}
            Some(Value::Null) => {
                if let Kind::Many(called, _) = kind {
                    return Err(mistyped(name, called));
                }
            }
            Some(value) => kind.check(name, value)?,
        }
    }
    Ok(())
}

impl Kind {
    fn check(&self, name: &str, value: &Value) -> Result<(), Problem> {
        match (self, value) {
            (Self::Text, Value::String(_)) | (Self::Truth, Value::Bool(_)) => Ok(()),
            (Self::Time, Value::String(text)) if edm::read(text).is_some() => Ok(()),
            (Self::Choice(choice), Value::String(text)) => choice.check(text),
            (Self::Complex(members), Value::Object(object)) => check(object, members),
            (Self::Many(_, kind), Value::Array(values)) => values.iter().try_for_each(|value| kind.check(name, value)),
            _ => Err(mistyped(name, self.called())),
        }
    }

    fn called(&self) -> &'static str {
        match self {
            Self::Text => "Edm.String",
            Self::Truth => "Edm.Boolean",
            Self::Time => "Edm.DateTimeOffset",
            Self::Choice(choice) => choice.name,
            Self::Complex(_) => "an object",
            Self::Many(called, _) => called,
        }
    }
}
