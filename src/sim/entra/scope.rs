//! What a token is asked for: a resource, and for a user also the permissions there
//! (identity-platform/scopes-oidc).
//!
//! Whether a resource or a permission exists is not known here; there is no consent to be asked for.

use super::denial::Denial;

/// Graph, where a permission is named without its resource.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
const GRAPH_URL: &str = "https://graph.microsoft.com";
/// What everything that the user has consented to is.
const CONSENTED: [&str; 2] = ["OnlineMeetings.ReadWrite", "User.Read"];
const DEFAULT: &str = ".default";

/// The resource of an application's token.
pub(super) fn of_application(scope: &str) -> Result<&str, Denial> {
    let resource = |scope: &'_ str| scope.strip_suffix("/.default").is_some_and(|resource| !resource.is_empty());
    let mut asked = scope.split_ascii_whitespace();
    match (asked.next(), asked.next()) {
        (Some(only), None) if resource(only) => Ok(only.strip_suffix("/.default").unwrap_or_default()),
        // AzureAD/microsoft-authentication-library-for-js#6069
        (Some(_), Some(_)) if scope.split_ascii_whitespace().all(resource) => Err(Denial::invalid_scope(scope)),
        _ => Err(Denial::not_default(scope)),
    }
}

/// What a user's tokens are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Delegated {
    pub(super) resource: String,
    /// The permissions, without their resource: the claim `scp`.
    pub(super) permissions: String,
    /// The permissions as they were asked for: what the answer calls `scope`.
    pub(super) scope: String,
    /// Whether an ID token is wanted.
    pub(super) identity: bool,
    /// Whether a refresh token is wanted.
    pub(super) offline: bool,
}

impl Delegated {
    pub(super) fn read(asked: &str) -> Result<Self, Denial> {
        let mut resource: Option<&str> = None;
        let (mut identity, mut offline, mut all) = (false, false, false);
        let (mut permissions, mut about_user, mut scope) = (Vec::new(), Vec::new(), Vec::new());
        for word in asked.split_ascii_whitespace() {
            if word == "offline_access" {
                offline = true;
                continue;
            }
            scope.push(word.to_owned());
            if let "openid" | "profile" | "email" = word {
                identity |= word != "email";
                about_user.push(word);
                continue;
            }
            let (place, permission) = word.rsplit_once('/').unwrap_or((GRAPH, word));
            if place.is_empty() || permission.is_empty() {
                return Err(Denial::invalid_scope(asked));
            }
            match resource {
                Some(other) if !same(other, place) => return Err(Denial::more_than_one_resource(asked)),
                // The longer way to say it is the one that the token says.
                Some(other) if other != GRAPH => {}
                _ => resource = Some(place),
            }
            all |= permission == DEFAULT;
            permissions.push(permission);
        }
        if all && permissions.iter().any(|permission| *permission != DEFAULT) {
            return Err(Denial::default_among_others());
        }
        let resource = resource.unwrap_or(GRAPH);
        if all {
            permissions = CONSENTED.to_vec();
            scope.extend(CONSENTED.iter().map(|permission| format!("{resource}/{permission}")));
        }
        permissions.extend(about_user);
        if permissions.is_empty() {
            return Err(Denial::invalid_scope(asked));
        }
        let (resource, permissions, scope) = (resource.to_owned(), permissions.join(" "), scope.join(" "));
        Ok(Self { resource, permissions, scope, identity, offline })
    }
}

fn same(one: &str, other: &str) -> bool {
    let plain =
        |place: &str| if place == GRAPH { GRAPH_URL.to_owned() } else { place.trim_end_matches('/').to_owned() };
    plain(one).eq_ignore_ascii_case(&plain(other))
}
