//! The settings of a meeting that a client may give: their names, types and defaults
//! (resources/onlinemeetingbase; api/onlinemeeting-update says which may be changed later).
//!
//! What is read is a tree of what was asked for; what is shown is that over the defaults. It applies no tenant's
//! policy: every setting is allowed.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::super::error::Problem;
use super::super::member::{Object, object, text, truth};
use super::super::typed::{self, Choice};
use super::members::{CHAT_RESTRICTIONS, ROLE, SENSITIVITY_LABEL};

/// What was asked for, by name.
pub(in crate::sim) type Settings = Object;

/// One setting.
struct Setting {
    name: &'static str,
    kind: Kind,
    /// Whether it may be changed once there is a meeting.
    updatable: bool,
}

enum Kind {
    /// And its default.
    Truth(bool),
    Choice(Choice),
    /// And its type.
    Group(&'static str, &'static [Setting]),
    /// What was given, or null.
    Given(typed::Kind),
    /// `Collection(onlineMeetingRole)`; none by default.
    Roles,
}

const fn yes(name: &'static str) -> Setting {
    Setting { name, kind: Kind::Truth(true), updatable: true }
}

const fn no(name: &'static str) -> Setting {
    Setting { name, kind: Kind::Truth(false), updatable: true }
}

const fn at_creation(name: &'static str) -> Setting {
    Setting { name, kind: Kind::Truth(false), updatable: false }
}

const fn choice(name: &'static str, choice: Choice) -> Setting {
    Setting { name, kind: Kind::Choice(choice), updatable: true }
}

const fn group(name: &'static str, type_name: &'static str, settings: &'static [Setting]) -> Setting {
    Setting { name, kind: Kind::Group(type_name, settings), updatable: true }
}

const fn given(name: &'static str, kind: typed::Kind) -> Setting {
    Setting { name, kind: Kind::Given(kind), updatable: false }
}

/// Their names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|setting| setting.name)
}

const SETTINGS: [Setting; 24] = [
    yes("allowAttendeeToEnableCamera"),
    yes("allowAttendeeToEnableMic"),
    yes("allowBreakoutRooms"),
    yes("allowCopyingAndSharingMeetingContent"),
    choice(
        "allowedLobbyAdmitters",
        Choice {
            name: "allowedLobbyAdmitterRoles",
            members: &["organizerAndCoOrganizersAndPresenters", "organizerAndCoOrganizers"],
            newer: &[],
        },
    ),
    choice(
        "allowedPresenters",
        Choice {
            name: "onlineMeetingPresenters",
            members: &["everyone", "organization", "roleIsPresenter", "organizer"],
            newer: &[],
        },
    ),
    choice("allowLiveShare", Choice { name: "meetingLiveShareOptions", members: &["enabled", "disabled"], newer: &[] }),
    choice(
        "allowMeetingChat",
        Choice { name: "meetingChatMode", members: &["enabled", "disabled", "limited"], newer: &[] },
    ),
    at_creation("allowParticipantsToChangeName"),
    yes("allowPowerPointSharing"),
    yes("allowRecording"),
    yes("allowTeamworkReactions"),
    yes("allowTranscription"),
    yes("allowWhiteboard"),
    Setting { name: "anonymizeIdentityForRoles", kind: Kind::Roles, updatable: true },
    given("chatRestrictions", typed::Kind::Complex(&CHAT_RESTRICTIONS)),
    at_creation("isEndToEndEncryptionEnabled"),
    no("isEntryExitAnnounced"),
    group(
        "lobbyBypassSettings",
        "lobbyBypassSettings",
        &[
            choice(
                "scope",
                Choice {
                    name: "lobbyBypassScope",
                    members: &["organization", "organizer", "organizationAndFederated", "everyone"],
                    newer: &["invited", "organizationExcludingGuests"],
                },
            ),
            no("isDialInBypassEnabled"),
        ],
    ),
    given("meetingSpokenLanguageTag", typed::Kind::Text),
    no("recordAutomatically"),
    given("sensitivityLabelAssignment", typed::Kind::Complex(&SENSITIVITY_LABEL)),
    Setting {
        name: "shareMeetingChatHistoryDefault",
        kind: Kind::Choice(Choice { name: "meetingChatHistoryDefaultMode", members: &["none", "all"], newer: &[] }),
        updatable: false,
    },
    group(
        "watermarkProtection",
        "watermarkProtectionValues",
        &[no("isEnabledForContentSharing"), no("isEnabledForVideo")],
    ),
];

/// Why settings are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Purpose {
    Creation,
    Update,
}

/// What a body asks for; each known member has its type.
pub(in crate::sim) fn read(body: &Object, purpose: Purpose) -> Result<Settings, Problem> {
    read_group(&SETTINGS, body, purpose)
}

fn read_group(settings: &[Setting], body: &Object, purpose: Purpose) -> Result<Settings, Problem> {
    let mut asked = Settings::new();
    for Setting { name, kind, updatable } in settings {
        let value = match kind {
            Kind::Truth(_) => truth(body, name)?.map(Value::Bool),
            Kind::Choice(choice) => chosen(body, name, choice)?,
            Kind::Group(type_name, settings) => match object(body, name)? {
                Some(group) => {
                    typed::check_name(group, &[type_name])?;
                    Some(Value::Object(read_group(settings, group, purpose)?))
                }
                None => None,
            },
            Kind::Given(kind) => typed_value(body, name, kind)?,
            Kind::Roles => typed_value(body, name, &ROLES)?,
        };
        let Some(value) = value else { continue };
        if purpose == Purpose::Update && !updatable {
            return Err(Problem::read_only(name));
        }
        asked.insert((*name).to_owned(), value);
    }
    Ok(asked)
}

fn chosen(body: &Object, name: &str, choice: &Choice) -> Result<Option<Value>, Problem> {
    let Some(value) = text(body, name)? else { return Ok(None) };
    choice.check(&value)?;
    Ok(Some(Value::String(value)))
}

const ROLES: typed::Kind = typed::Kind::Many("Collection(onlineMeetingRole)", &typed::Kind::Choice(ROLE));

fn typed_value(body: &Object, name: &str, kind: &typed::Kind) -> Result<Option<Value>, Problem> {
    let Some(value) = body.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    kind.check(name, value)?;
    Ok(Some(value.clone()))
}

/// Puts what is asked for over what was; a group keeps the members that are not named.
pub(in crate::sim) fn merge(settings: &mut Settings, asked: Settings) {
    for (name, value) in asked {
        match (settings.get_mut(&name), value) {
            (Some(Value::Object(group)), Value::Object(asked)) => merge(group, asked),
            (_, value) => {
                settings.insert(name, value);
            }
        }
    }
}

/// Every setting, as an onlineMeeting shows it.
pub(super) struct Shown<'a> {
    pub(super) settings: Option<&'a Settings>,
    pub(super) all_members: bool,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Group { table: &SETTINGS, settings: self.settings, all_members: self.all_members }.serialize(serializer)
    }
}

struct Group<'a> {
    table: &'static [Setting],
    settings: Option<&'a Settings>,
    all_members: bool,
}

impl Group<'_> {
    fn shown<'a>(&self, choice: &Choice, value: &'a str) -> &'a str {
        if !self.all_members && choice.newer.contains(&value) { "unknownFutureValue" } else { value }
    }
}

impl Serialize for Group<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.table.len()))?;
        for Setting { name, kind, .. } in self.table {
            let given = self.settings.and_then(|settings| settings.get(*name));
            match kind {
                Kind::Truth(default) => {
                    map.serialize_entry(name, &given.and_then(Value::as_bool).unwrap_or(*default))?;
                }
                Kind::Choice(choice) => {
                    let value = given.and_then(Value::as_str).unwrap_or(choice.members[0]);
                    map.serialize_entry(name, self.shown(choice, value))?;
                }
                Kind::Group(_, table) => {
                    let settings = given.and_then(Value::as_object);
                    map.serialize_entry(name, &Group { table, settings, all_members: self.all_members })?;
                }
                Kind::Given(_) => map.serialize_entry(name, &given)?,
                Kind::Roles => {
                    let roles = given.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
                    let roles: Vec<&str> = roles.map(|role| self.shown(&ROLE, role)).collect();
                    map.serialize_entry(name, &roles)?;
                }
            }
        }
        map.end()
    }
}
