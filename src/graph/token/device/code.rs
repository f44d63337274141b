//! A code to sign in with, as the identity service gives it out, and how the person learns of it.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use tracing::info;

use super::wire;
use crate::graph::TO_PERSON;

/// How long between questions where the answer does not say (RFC 8628, section 3.2).
const INTERVAL_DEFAULT: Duration = Duration::from_secs(5);
/// What a longer interval is taken for: nobody wants to wait so long for what has happened.
pub(super) const INTERVAL_MAX: Duration = Duration::from_mins(1);
/// How long a code is good where the answer does not say (*device authorization request*).
const CODE_DEFAULT: Duration = Duration::from_mins(15);
/// What a longer time is taken for.
const CODE_MAX: Duration = Duration::from_hours(1);

/// A code, and where to go with it.
pub(super) struct Code {
    pub(super) itself: SecretString,
    /// What the person enters.
    user: String,
    /// The page to enter it on.
    page: String,
    message: String,
    pub(super) interval: Duration,
    pub(super) lifetime: Duration,
}

impl Code {
    /// *Device authorization response*.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let text = |name| wire::text(&body, &[name]);
        let seconds = |name| text(name).and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let (user, page) = (text("user_code")?, text("verification_uri")?);
        let message = text("message").unwrap_or_else(|| format!("To sign in, open {page} and enter {user}"));
        Some(Self {
            itself: text("device_code")?.into(),
            interval: seconds("interval").unwrap_or(INTERVAL_DEFAULT).clamp(Duration::from_secs(1), INTERVAL_MAX),
            lifetime: seconds("expires_in").unwrap_or(CODE_DEFAULT).min(CODE_MAX),
            user,
            page,
            message,
        })
    }

    pub(super) fn tell(&self) {
        let Self { user, page, message, .. } = self;
        info!(target: TO_PERSON, user_code = user, verification_uri = page, "{message}");
    }
}
