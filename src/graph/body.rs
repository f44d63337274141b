//! The bodies of create and update, which are onlineMeetings (Graph, *create onlineMeeting*, *update onlineMeeting*): what
//! is asked for, and nothing else.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::wire::participants;
use crate::meeting::{Kind, Meeting, Setting, Settings, graph_time};
use crate::outcome::{Change, Participant};

/// A meeting to be made. Its externalId is not in it: Graph takes that for createOrGet alone
/// (microsoftgraph/msgraph-sdk-dotnet#1121).
pub(super) fn create(meeting: &Meeting) -> Bytes {
    let mut body = Map::new();
    put(&mut body, &["subject"], meeting.subject.clone());
    put(&mut body, &["startDateTime"], meeting.span.start().map(graph_time));
    put(&mut body, &["endDateTime"], meeting.span.times().map(|(_, end)| graph_time(end)));
    put(&mut body, &["participants"], (!meeting.attendees.is_empty()).then(|| participants(meeting)));
    settings(&mut body, &meeting.settings);
    written(body)
}

/// A change: start and end together, attendees as the whole list.
pub(super) fn update(change: &Change) -> Bytes {
    let mut body = Map::new();
    put(&mut body, &["subject"], change.subject.clone());
    put(&mut body, &["startDateTime"], change.times.map(|(start, _)| graph_time(start)));
    put(&mut body, &["endDateTime"], change.times.map(|(_, end)| graph_time(end)));
    let list = |people: &Vec<Participant>| people.iter().map(participant).collect::<Value>();
    put(&mut body, &["participants", "attendees"], change.attendees.as_ref().map(list));
    settings(&mut body, &change.settings);
    written(body)
}

fn participant(one: &Participant) -> Value {
    let mut body = Map::new();
    put(&mut body, &["upn"], one.upn.clone());
    put(&mut body, &["identity", "user", "id"], one.id.clone());
    put(&mut body, &["role"], one.role.clone());
    Value::Object(body)
}

fn settings(body: &mut Map<String, Value>, settings: &Settings) {
    for (setting, value) in settings.iter() {
        put(body, setting.path(), Some(typed(setting, value)));
    }
}

/// A setting's value as Graph's type has it.
fn typed(setting: Setting, value: &str) -> Value {
    match setting.kind() {
        Kind::Truth => json!(value == "true"),
        Kind::Choice(_) | Kind::Text => json!(value),
        Kind::Some(_) => json!(value.split(',').filter(|word| !word.is_empty()).collect::<Vec<_>>()),
    }
}

/// Puts a value where a path leads, if there is one.
fn put(body: &mut Map<String, Value>, path: &[&str], value: Option<impl Into<Value>>) {
    let (Some(value), [name, rest @ ..]) = (value, path) else { return };
    if rest.is_empty() {
        body.insert((*name).to_owned(), value.into());
    } else if let Value::Object(group) = body.entry(*name).or_insert_with(|| Value::Object(Map::new())) {
        put(group, rest, Some(value));
    }
}

fn written(body: Map<String, Value>) -> Bytes {
    Value::Object(body).to_string().into()
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
