//! The values that signing in rests on: where each comes from, and what is missing. No secret is shown.

use std::path::Path;

use anyhow::{Result, bail};
use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::{SignIn as Options, Variables};

/// A value, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What it is.
    pub name: &'static str,
    /// The value, or so much of it as may be seen.
    pub shown: String,
    /// The variable or the option.
    pub from: &'static str,
}

/// The values that are there, whether or not they are enough.
pub fn settings(options: &Options, variables: &Variables) -> Vec<Setting> {
    let text = |value: &Option<String>| value.clone();
    let path = |value: Option<&Path>| value.map(|path| path.display().to_string());
    let secret = |value: &Option<SecretString>| value.as_ref().map(masked);
    let all = [
        ("way to sign in", options.auth.map(|auth| auth.to_string()), "--auth or CONVOKE_AUTH"),
        ("access token", secret(&variables.access_token), "CONVOKE_ACCESS_TOKEN"),
        ("token file", path(options.token_file.as_deref()), "--token-file or CONVOKE_TOKEN_FILE"),
        ("token command", secret(&options.token_command), "--token-command or CONVOKE_TOKEN_COMMAND"),
        ("tenant", text(&variables.tenant_id), "AZURE_TENANT_ID"),
        ("app", text(&variables.client_id), "AZURE_CLIENT_ID"),
        (
            "client secret file",
            path(options.client_secret_file.as_deref()),
            "--client-secret-file or CONVOKE_CLIENT_SECRET_FILE",
        ),
        ("client secret", secret(&variables.client_secret), "AZURE_CLIENT_SECRET"),
        ("certificate", path(variables.certificate_path.as_deref()), "AZURE_CLIENT_CERTIFICATE_PATH"),
        ("certificate's password", secret(&variables.certificate_password), "AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        ("federated token file", path(variables.federated_token_file.as_deref()), "AZURE_FEDERATED_TOKEN_FILE"),
        ("identity endpoint", text(&variables.identity_endpoint), "IDENTITY_ENDPOINT"),
        ("identity header", secret(&variables.identity_header), "IDENTITY_HEADER"),
        ("metadata service", text(&variables.identity_host), "AZURE_POD_IDENTITY_AUTHORITY_HOST"),
        ("kept sign-in", path(options.keep_sign_in.as_deref()), "--keep-sign-in or CONVOKE_KEEP_SIGN_IN"),
    ];
    all.into_iter().filter_map(|(name, shown, from)| shown.map(|shown| Setting { name, shown, from })).collect()
}

/// That it is there, and how long it is, which tells a secret's value from its id; nothing of what it is.
fn masked(secret: &SecretString) -> String {
    format!("(hidden, {} characters)", secret.expose_secret().chars().count())
}

/// What is missing for one way to sign in.
pub(super) struct Missing {
    way: &'static str,
    names: Vec<&'static str>,
}

impl Missing {
    pub(super) fn for_way(way: &'static str) -> Self {
        Self { way, names: Vec::new() }
    }

    /// The value, or any other where it is missing, which [`check`](Self::check) tells.
    pub(super) fn take<T: Empty>(&mut self, name: &'static str, value: Option<T>) -> T {
        value.unwrap_or_else(|| {
            self.names.push(name);
            T::empty()
        })
    }

    /// Fails when something was missing.
    pub(super) fn check(self) -> Result<()> {
        if self.names.is_empty() {
            return Ok(());
        }
        let from: Vec<String> = self.names.iter().map(|name| format!("{name} is {}", meaning(name))).collect();
        bail!("to sign in with {}, {} must be set too: {}", self.way, self.names.join(" and "), from.join("; "))
    }
}

/// What stands in for a value that is missing, until that is told.
pub(super) trait Empty {
    fn empty() -> Self;
}

impl Empty for String {
    fn empty() -> Self {
        Self::new()
    }
}

impl Empty for SecretString {
    fn empty() -> Self {
        "".into()
    }
}

impl Empty for std::path::PathBuf {
    fn empty() -> Self {
        Self::new()
    }
}

/// What a value is, and where it is found.
fn meaning(name: &str) -> &'static str {
    match name {
        "AZURE_TENANT_ID" => {
            "the Directory (tenant) ID on the Overview of the app registration (Entra admin centre, App registrations)"
        }
        "AZURE_CLIENT_ID" => {
            "the Application (client) ID on the Overview of the app registration (Entra admin centre, App registrations)"
        }
        "AZURE_CLIENT_SECRET" => {
            "the value of a client secret (its Certificates & secrets), which may also be in the file of \
             --client-secret-file; in place of a secret, AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE \
             will do"
        }
        "AZURE_CLIENT_CERTIFICATE_PATH" => {
            "the file of a certificate that the app registration has, with its private key, in PEM or PKCS#12"
        }
        "AZURE_FEDERATED_TOKEN_FILE" => {
            "the file of a token that the app trusts; Kubernetes sets it with Azure's workload identity webhook"
        }
        "IDENTITY_ENDPOINT" | "IDENTITY_HEADER" => {
            "set by App Service and Functions together with the other, where a managed identity is switched on; elsewhere \
             unset both"
        }
        _ => "an option or its twin in the environment",
    }
}
