//! The schemas, compiled once, and what one of them has against a value.
//!
//! They are written from Graph's documentation, one resource after the other, and are closed: a member that is neither
//! documented nor known to be sent is refused.

use std::collections::HashMap;
use std::sync::LazyLock;

use boon::{Compiler, Draft, SchemaIndex, Schemas, ValidationError};
use serde_json::Value;

const FILES: [(&str, &str); 6] = [
    ("edm.json", include_str!("edm.json")),
    ("meeting.json", include_str!("meeting.json")),
    ("call.json", include_str!("call.json")),
    ("directory.json", include_str!("directory.json")),
    ("envelope.json", include_str!("envelope.json")),
    ("entra.json", include_str!("entra.json")),
];

/// A schema of a whole body, or of a header that is JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Name {
    CreateOrGet,
    Meeting,
    MeetingSelected,
    Meetings,
    MeetingsSelected,
    Call,
    User,
    Users,
    Organizations,
    OrganizationsSelected,
    Problem,
    Batch,
    Diagnostic,
    Token,
    DeviceCode,
    Denial,
    Configuration,
    Keys,
    Instances,
}

const PLACES: [(Name, &str); 19] = [
    (Name::CreateOrGet, "meeting.json#/$defs/createOrGet"),
    (Name::Meeting, "meeting.json#/$defs/answer"),
    (Name::MeetingSelected, "meeting.json#/$defs/selected"),
    (Name::Meetings, "meeting.json#/$defs/wholes"),
    (Name::MeetingsSelected, "meeting.json#/$defs/collection"),
    (Name::Call, "call.json#/$defs/answer"),
    (Name::User, "directory.json#/$defs/answer"),
    (Name::Users, "directory.json#/$defs/users"),
    (Name::Organizations, "directory.json#/$defs/wholeOrganizations"),
    (Name::OrganizationsSelected, "directory.json#/$defs/organizations"),
    (Name::Problem, "envelope.json#/$defs/problem"),
    (Name::Batch, "envelope.json#/$defs/batch"),
    (Name::Diagnostic, "envelope.json#/$defs/diagnostic"),
    (Name::Token, "entra.json#/$defs/token"),
    (Name::DeviceCode, "entra.json#/$defs/deviceCode"),
    (Name::Denial, "entra.json#/$defs/denial"),
    (Name::Configuration, "entra.json#/$defs/configuration"),
    (Name::Keys, "entra.json#/$defs/keys"),
    (Name::Instances, "entra.json#/$defs/instances"),
];

struct Book {
    schemas: Schemas,
    places: HashMap<Name, SchemaIndex>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let url = |file: &str| format!("https://schema.example/{file}");
    let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
    compiler.set_default_draft(Draft::V2020_12);
    for (file, text) in FILES {
        let schema = serde_json::from_str(text).unwrap_or_else(|why| panic!("{file} is no JSON: {why}"));
        compiler.add_resource(&url(file), schema).unwrap_or_else(|why| panic!("{file}: {why:#}"));
    }
    let mut compile = |(name, place)| {
        let schema = compiler.compile(&url(place), &mut schemas);
        (name, schema.unwrap_or_else(|why| panic!("{place}: {why:#}")))
    };
    let places = PLACES.map(&mut compile).into();
    Book { schemas, places }
});

/// What is wrong with the value, each with its place as a JSON pointer.
pub(super) fn judge(name: Name, value: &Value) -> Result<(), String> {
    let Err(error) = BOOK.schemas.validate(value, BOOK.places[&name]) else {
        return Ok(());
    };
    let mut wrong = Vec::new();
    leaves(&error, &mut wrong);
    wrong.dedup();
    Err(format!("it is no {name:?}: {}", wrong.join("; ")))
}

/// The causes that have no further cause: the others only tell which schema led there.
fn leaves(error: &ValidationError<'_, '_>, wrong: &mut Vec<String>) {
    if error.causes.is_empty() {
        wrong.push(format!("at '{}': {}", error.instance_location, error.kind));
    }
    error.causes.iter().for_each(|cause| leaves(cause, wrong));
}
