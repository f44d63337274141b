//! The types that Graph's metadata gives to the members of what clients send, and whether a body keeps them.
//!
//! A member that it does not know may be anything, as Graph's open types have it; null is of every type but a
//! collection's. It knows no resource; `meeting::members` and `joining::members` do.

use serde_json::Value;

use super::edm;
use super::error::Problem;
use super::member::{Object, mistyped};

/// A complex type, or one with those that are derived from it.
pub(super) struct Type {
    /// As in `@odata.type`, after `#microsoft.graph.`.
    pub(super) names: &'static [&'static str],
    pub(super) members: &'static [Member],
}

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
    Number,
    Complex(&'static Type),
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

pub(super) const fn number(name: &'static str) -> Member {
    Member { name, kind: Kind::Number }
}

pub(super) const fn complex(name: &'static str, of: &'static Type) -> Member {
    Member { name, kind: Kind::Complex(of) }
}

/// A collection; `called` is what its type is called.
pub(super) const fn many(name: &'static str, called: &'static str, kind: &'static Kind) -> Member {
    Member { name, kind: Kind::Many(called, kind) }
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
pub(super) fn check(object: &Object, of: &Type) -> Result<(), Problem> {
    check_name(object, of.names)?;
    for Member { name, kind } in of.members {
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

/// Whether an object that says what it is is one of these.
pub(super) fn check_name(object: &Object, names: &[&str]) -> Result<(), Problem> {
    let Some(given) = object.get("@odata.type").filter(|given| !given.is_null()) else { return Ok(()) };
    if names.is_empty() {
        // The parameters of an action are of no type.
        return Ok(());
    }
    let name = given.as_str().and_then(|given| given.strip_prefix("#microsoft.graph."));
    if name.is_some_and(|name| names.contains(&name)) {
        return Ok(());
    }
    let given = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
    let expected = names.join(" or ");
    Err(Problem::bad_request(format!("The '@odata.type' is '{given}' where '{expected}' is expected.")))
}

/// What of an object is known and not null, with the annotation that says its type. What else a client sends is not
/// said back to it.
pub(super) fn known(object: &Object, of: &Type) -> Object {
    let annotation = object.get_key_value("@odata.type").filter(|(_, value)| !value.is_null());
    let mut known: Object = annotation.map(|(name, value)| (name.clone(), value.clone())).into_iter().collect();
    for Member { name, kind } in of.members {
        let value = match (object.get(*name), kind) {
            (None | Some(Value::Null), _) => continue,
            (Some(Value::Object(inner)), Kind::Complex(of)) => Value::Object(self::known(inner, of)),
            (Some(value), _) => value.clone(),
        };
        known.insert((*name).to_owned(), value);
    }
    known
}

impl Kind {
    pub(super) fn check(&self, name: &str, value: &Value) -> Result<(), Problem> {
        match (self, value) {
            (Self::Text, Value::String(_)) | (Self::Truth, Value::Bool(_)) => Ok(()),
            (Self::Number, Value::Number(number)) if number.is_i64() => Ok(()),
            (Self::Time, Value::String(text)) if edm::read(text).is_some() => Ok(()),
            (Self::Choice(choice), Value::String(text)) => choice.check(text),
            (Self::Complex(of), Value::Object(object)) => check(object, of),
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
            Self::Number => "Edm.Int32",
            Self::Complex(_) => "an object",
            Self::Many(called, _) => called,
        }
    }
}
