//! What a token is asked for: a resource, and for a user also the permissions there
//! (identity-platform/scopes-oidc).
//!
//! Whether it may be had is for `consent` to say.

use super::consent::GRAPH;
use super::denial::Denial;

/// Graph stands where a permission is named without its resource; this is the same.
const GRAPH_URL: &str = "https://graph.microsoft.com";
/// All that there is consent for.
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

/// What a user's tokens are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Delegated {
    /// What a refresh token is for: the scope as it was first asked for (RFC 6749, section 6).
    pub(super) asked: String,
    pub(super) resource: String,
    /// The permissions by name, without their resource; none of it for all that there are.
    pub(super) permissions: Vec<String>,
    /// All but `offline_access`, in the words in which it was asked for.
    pub(super) words: Vec<String>,
    /// Whether an ID token is wanted.
    pub(super) identity: bool,
    /// Whether a refresh token is wanted.
    pub(super) offline: bool,
}

impl Delegated {
    pub(super) fn read(asked: &str) -> Result<Self, Denial> {
        let mut resource: Option<&str> = None;
        let (mut identity, mut offline, mut all, mut some) = (false, false, false, false);
        let (mut permissions, mut words) = (Vec::new(), Vec::new());
        for word in asked.split_ascii_whitespace() {
            if word == "offline_access" {
                offline = true;
                continue;
            }
            words.push(word.to_owned());
            if let "openid" | "profile" | "email" = word {
                identity |= word != "email";
                permissions.push(word.to_owned());
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
            if permission == DEFAULT {
                all = true;
            } else {
                some = true;
                permissions.push(permission.to_owned());
            }
        }
        if all && some {
            return Err(Denial::default_among_others());
        }
        if words.is_empty() {
            return Err(Denial::invalid_scope(asked));
        }
        let resource = resource.unwrap_or(GRAPH).to_owned();
        Ok(Self { asked: asked.to_owned(), resource, permissions, words, identity, offline })
    }
}

fn same(one: &str, other: &str) -> bool {
    let plain =
        |place: &str| if place == GRAPH { GRAPH_URL.to_owned() } else { place.trim_end_matches('/').to_owned() };
    plain(one).eq_ignore_ascii_case(&plain(other))
}
