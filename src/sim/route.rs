//! The paths of Graph that are simulated, and which methods each takes.
//!
//! It checks nothing of what the path names.

use http::Method;

use super::error::Problem;

/// What a path is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    CreateOrGet(Who<'a>),
    Meetings(Who<'a>),
    Meeting(Who<'a>, &'a str),
    Me,
    User(&'a str),
    Users,
    Organization,
    Calls,
    Batch,
}

/// In whose name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who<'a> {
    Me,
    User(&'a str),
}

impl<'a> Route<'a> {
    /// The path after the version.
    pub(super) fn find(segments: &'a [String]) -> Result<Self, Problem> {
        let names: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (who, rest) = match names.as_slice() {
            [] => return Err(Problem::not_found()),
            ["$batch"] => return Ok(Self::Batch),
            ["organization"] => return Ok(Self::Organization),
            ["communications", "calls"] => return Ok(Self::Calls),
            ["users"] => return Ok(Self::Users),
            ["me"] => return Ok(Self::Me),
            ["users", id] => return Ok(Self::User(id)),
            ["me", rest @ ..] => (Who::Me, rest),
            ["users", id, rest @ ..] => (Who::User(id), rest),
            ["communications" | "organization" | "$batch", other, ..] | [other, ..] => {
                return Err(Problem::unknown_segment(other));
            }
        };
        match rest {
            ["onlineMeetings"] => Ok(Self::Meetings(who)),
            // A bound action may be called by its qualified name (OData 4.0, part 2, section 4.5.4).
            ["onlineMeetings", "createOrGet" | "microsoft.graph.createOrGet"] => Ok(Self::CreateOrGet(who)),
            ["onlineMeetings", id] => Ok(Self::Meeting(who, id)),
            ["onlineMeetings", _, other, ..] | [other, ..] => Err(Problem::unknown_segment(other)),
            [] => Err(Problem::not_found()),
        }
    }

    /// Whose meetings it is about.
    pub(super) fn who(&self) -> Option<Who<'a>> {
        match self {
            Self::CreateOrGet(who) | Self::Meetings(who) | Self::Meeting(who, _) => Some(*who),
            Self::Me | Self::User(_) | Self::Users | Self::Organization | Self::Calls | Self::Batch => None,
        }
    }

    pub(super) fn methods(&self) -> &'static [Method] {
        match self {
            Self::CreateOrGet(_) | Self::Calls | Self::Batch => &[Method::POST],
            Self::Meetings(_) => &[Method::GET, Method::POST],
            Self::Meeting(..) => &[Method::GET, Method::PATCH, Method::DELETE],
            Self::Me | Self::User(_) | Self::Users | Self::Organization => &[Method::GET],
        }
    }

    /// The path as the documentation writes it.
    pub(super) fn template(&self) -> &'static str {
        match self {
            Self::CreateOrGet(Who::Me) => "/me/onlineMeetings/createOrGet",
            Self::CreateOrGet(Who::User(_)) => "/users/{id}/onlineMeetings/createOrGet",
            Self::Meetings(Who::Me) => "/me/onlineMeetings",
            Self::Meetings(Who::User(_)) => "/users/{id}/onlineMeetings",
            Self::Meeting(Who::Me, _) => "/me/onlineMeetings/{id}",
            Self::Meeting(Who::User(_), _) => "/users/{id}/onlineMeetings/{id}",
            Self::Me => "/me",
            Self::User(_) => "/users/{id}",
            Self::Users => "/users",
            Self::Organization => "/organization",
            Self::Calls => "/communications/calls",
            Self::Batch => "/$batch",
        }
    }
}
