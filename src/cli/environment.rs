//! What the environment says that is no option's twin. It is read once, and nothing below this module does.

use std::time::SystemTime;

use chrono::{DateTime, Utc};

use super::Variables;

/// What is taken from the environment because it must not be seen in a process list, or because it is not ours.
#[derive(Debug, Default)]
pub struct Environment {
    /// `AZURE_AUTHORITY_HOST`, the identity service's root for Azure's own tools.
    pub authority_host: Option<String>,
    /// `NO_PROXY`, the hosts that no proxy is asked for, as curl and others have it.
    pub no_proxy: Option<String>,
    /// Of signing in.
    pub sign_in: Variables,
    /// When the program was started.
    pub now: DateTime<Utc>,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
}

impl Environment {
    /// Reads it, once; nothing below this module does.
    pub fn read() -> Self {
        let text = |name| std::env::var(name).ok().filter(|text: &String| !text.trim().is_empty());
        Self {
            authority_host: text("AZURE_AUTHORITY_HOST"),
            no_proxy: text("NO_PROXY").or_else(|| text("no_proxy")),
            sign_in: Variables::read(),
            now: SystemTime::now().into(),
            no_color: text("NO_COLOR").is_some(),
        }
    }
}
