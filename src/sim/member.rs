//! Members of a JSON object, each with the type that Graph's metadata gives it.
//!
//! Absent and null are the same here. It knows no member by name.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::edm;
use super::error::Problem;
use super::single::Single;

pub(super) type Object = Map<String, Value>;

/// A body that is one object, in which no name stands twice.
pub(super) fn whole(body: &[u8]) -> Result<Object, Problem> {
    match serde_json::from_slice::<Single>(body) {
        Ok(Single(Value::Object(body))) => Ok(body),
        Ok(_) => Err(Problem::unreadable()),
        Err(error) => Err(Problem::unreadable_by(&error)),
    }
}

pub(super) fn object<'a>(parent: &'a Object, name: &str) -> Result<Option<&'a Object>, Problem> {
    match parent.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(mistyped(name, "an object")),
    }
}

pub(super) fn text(parent: &Object, name: &str) -> Result<Option<String>, Problem> {
    match parent.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(mistyped(name, "Edm.String")),
    }
}

pub(super) fn truth(parent: &Object, name: &str) -> Result<Option<bool>, Problem> {
    match parent.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(truth)) => Ok(Some(*truth)),
        Some(_) => Err(mistyped(name, "Edm.Boolean")),
    }
}

pub(super) fn time(parent: &Object, name: &str) -> Result<Option<DateTime<Utc>>, Problem> {
    match text(parent, name)? {
        None => Ok(None),
        Some(text) => match edm::read(&text) {
            Some(time) => Ok(Some(time)),
            None => Err(mistyped(name, "Edm.DateTimeOffset")),
        },
    }
}

pub(super) fn mistyped(name: &str, expected: &str) -> Problem {
    Problem::bad_request(format!("Cannot convert the value of '{name}' to the expected type '{expected}'."))
}
