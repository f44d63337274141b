//! Whom a token stands for, by its own word: for a person to see that it is the right tenant and the right app.
//!
//! It is for being told and decides nothing about a request: what a token permits in truth is Graph's to say. Nothing of
//! the token itself gets out.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;

use super::{Bearer, claims, wire};

/// What a token says (Microsoft identity platform, *access token claims*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The tenant's id.
    pub tenant: String,
    /// For whom the token is: Graph, by an address or an id.
    pub audience: String,
    /// The app's (client) id.
    pub app_id: Option<String>,
    /// What the app is called.
    pub app_name: Option<String>,
    /// The object id of the app's service principal or of the user.
    pub object_id: Option<String>,
    /// The name with which the user signs in; `None` for an app.
    pub user: Option<String>,
    /// Whether it stands for a signed-in user.
    pub is_users: bool,
    /// The roles of an app, or the scopes of a user.
    pub permissions: Vec<String>,
    /// When it ends.
    pub ends: Option<DateTime<Utc>>,
}

impl Identity {
    /// `None` when the token cannot be read.
    pub(super) fn of(bearer: &Bearer) -> Option<Self> {
        let header = bearer.header();
        let token = header.to_str().ok()?.strip_prefix("Bearer ")?;
        let claims = claims::claims(token)?;
        let text = |name| wire::text(&claims, &[name]);
        let scopes = text("scp");
        let roles = claims.get("roles").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let permissions = match &scopes {
            Some(scopes) => scopes.split_whitespace().map(str::to_owned).collect(),
            None => roles.map(str::to_owned).collect(),
        };
        Some(Self {
            tenant: text("tid")?,
            audience: text("aud")?,
            // Tokens of version 1.0 have the one, those of 2.0 the other.
            app_id: text("appid").or_else(|| text("azp")),
            app_name: text("app_displayname"),
            object_id: text("oid"),
            user: text("upn").or_else(|| text("preferred_username")).or_else(|| text("unique_name")),
            is_users: scopes.is_some(),
            permissions,
            ends: claims::ends(&SecretString::from(token)).map(DateTime::from),
        })
    }

    /// Whether it has one of these permissions.
    pub fn has(&self, any: &[&str]) -> bool {
        self.permissions.iter().any(|own| any.iter().any(|name| own.eq_ignore_ascii_case(name)))
    }
}
