//! Which schema an answer has to keep, by the method, the path and the status.
//!
//! A success for which none is written is refused: what is served is also described.

use http::{Method, StatusCode};

use super::book::Name;

/// Who answers at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Graph,
    Entra,
    /// What the simulator tells of itself, below `/sim`: no service of Microsoft's.
    Simulator,
}

/// What a body has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Nothing,
    Body(Name),
}

/// A path and its query, taken apart.
#[derive(Clone, Debug)]
pub(super) struct Target {
    segments: Vec<String>,
    /// The members that `$select` names.
    pub(super) select: Option<Vec<String>>,
}

impl Target {
    pub(super) fn of(path_and_query: &str) -> Self {
        let plain = path_and_query.replace("%24", "$").replace("%2C", ",").replace("%2c", ",").replace("%20", " ");
        let (path, query) = plain.split_once('?').unwrap_or((&plain, ""));
        let select = query.split('&').find_map(|pair| pair.trim_start_matches('$').strip_prefix("select="));
        Self {
            segments: path.trim_matches('/').split('/').map(str::to_owned).collect(),
            select: select
                .filter(|names| !matches!(*names, "" | "*"))
                .map(|names| names.split(',').map(|name| name.trim_matches([' ', '+']).to_owned()).collect()),
        }
    }

    /// `v1.0` or `beta`.
    pub(super) fn version(&self) -> Option<&str> {
        self.segments.first().map(String::as_str).filter(|first| matches!(*first, "v1.0" | "beta"))
    }

    pub(super) fn service(&self) -> Service {
        let segments: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["sim", ..] => Service::Simulator,
            ["devicelogin"] | [_, "oauth2" | "discovery", ..] | [_, "v2.0", ".well-known", _] => Service::Entra,
            _ => Service::Graph,
        }
    }

    /// Whether the answer is a token, or what leads to one.
    pub(super) fn is_secret(&self) -> bool {
        matches!(self.entra(), Some(Name::Token | Name::DeviceCode))
    }

    /// What an answer of this status has to be.
    pub(super) fn expected(&self, method: &Method, status: StatusCode) -> Result<Expected, String> {
        if status == StatusCode::NO_CONTENT {
            return Ok(Expected::Nothing);
        }
        if status.is_client_error() || status.is_server_error() {
            let denial = self.service() == Service::Entra;
            return Ok(Expected::Body(if denial { Name::Denial } else { Name::Problem }));
        }
        let (name, successes): (_, &[u16]) = match self.entra() {
            Some(name) => (Some(name), &[200]),
            None => self.graph(method),
        };
        let name = name.ok_or("no schema is written for this answer (tests/it/schema/route.rs)")?;
        if successes.contains(&status.as_u16()) {
            return Ok(Expected::Body(name));
        }
        Err(format!("the status is not one of {successes:?}"))
    }

    fn entra(&self) -> Option<Name> {
        let segments: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            [_, "oauth2", "v2.0", "token"] => Some(Name::Token),
            [_, "oauth2", "v2.0", "devicecode"] => Some(Name::DeviceCode),
            [_, "v2.0", ".well-known", "openid-configuration"] => Some(Name::Configuration),
            [_, "discovery", "v2.0", "keys"] => Some(Name::Keys),
            ["common", "discovery", "instance"] => Some(Name::Instances),
            _ => None,
        }
    }

    /// The schema, and the statuses of a success.
    fn graph(&self, method: &Method) -> (Option<Name>, &'static [u16]) {
        let mut segments: Vec<&str> = self.segments.iter().skip(1).map(String::as_str).collect();
        if segments.first() == Some(&"me") {
            segments.insert(0, "users");
        }
        let (name, successes): (_, &[u16]) = match (method.as_str(), segments.as_slice()) {
            ("POST", ["users", _, "onlineMeetings", "createOrGet" | "microsoft.graph.createOrGet"]) => {
                (Name::CreateOrGet, &[200, 201])
            }
            ("POST", ["users", _, "onlineMeetings"]) => (Name::Meeting, &[201]),
            ("GET", ["users", _, "onlineMeetings"] | ["communications", "onlineMeetings"]) => {
                (self.either(Name::Meetings, Name::MeetingsSelected), &[200])
            }
            ("GET" | "PATCH", ["users", _, "onlineMeetings", _]) => {
                (self.either(Name::Meeting, Name::MeetingSelected), &[200])
            }
            ("POST", ["communications", "calls"]) => (Name::Call, &[201]),
            ("GET", ["communications", "calls", _]) => (Name::Call, &[200]),
            ("GET", ["users", _]) => (Name::User, &[200]),
            ("GET", ["users"]) => (Name::Users, &[200]),
            ("GET", ["organization"]) => (self.either(Name::Organizations, Name::OrganizationsSelected), &[200]),
            ("POST", ["$batch"]) => (Name::Batch, &[200]),
            _ => return (None, &[]),
        };
        (Some(name), successes)
    }

    fn either(&self, whole: Name, selected: Name) -> Name {
        if self.select.is_some() { selected } else { whole }
    }
}
