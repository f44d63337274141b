//! The options about signing in, and what the environment says of it in the names that Azure's own tools have. No option
//! takes a secret: options are in process lists.

use std::ffi::OsString;
use std::fmt;
use std::io::{IsTerminal as _, stderr, stdin};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use secrecy::SecretString;

/// The options about signing in.
#[derive(Debug, Default, Args)]
pub struct SignIn {
    /// How to sign in: secret, certificate, federated, managed-identity, azure-cli, device-code or token [default: by what is configured, in the order below]
    #[arg(long, value_name = "WAY", value_enum, hide_possible_values = true, env = "CONVOKE_AUTH")]
    pub auth: Option<Auth>,

    /// The file with the app's client secret; it is read again at each renewal [default: none]
    #[arg(long, value_name = "FILE", env = "CONVOKE_CLIENT_SECRET_FILE")]
    pub client_secret_file: Option<PathBuf>,

    /// Keep a sign-in by device code in this file, readable by its owner only, so that the next run asks nobody [default: forget it at the end]
    #[arg(long, value_name = "FILE", env = "CONVOKE_KEEP_SIGN_IN")]
    pub keep_sign_in: Option<PathBuf>,

    /// Take the access token that this command prints, alone or in JSON as az does; the system's shell runs it, again for each renewal [default: none]
    #[arg(long, value_name = "COMMAND", env = "CONVOKE_TOKEN_COMMAND", hide_env_values = true)]
    pub token_command: Option<SecretString>,

    /// Take the access token in this file; it is read again when the token nears its end or Graph rejects it [default: none]
    #[arg(long, value_name = "FILE", env = "CONVOKE_TOKEN_FILE")]
    pub token_file: Option<PathBuf>,
}

/// The ways to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Auth {
    /// As an app, with a client secret.
    Secret,
    /// As an app, with a certificate.
    Certificate,
    /// As an app, with a token of somebody whom it trusts.
    Federated,
    /// As the identity that Azure gives to what runs there.
    ManagedIdentity,
    /// As whoever is signed in to the Azure CLI.
    AzureCli,
    /// As a person, who enters a code in a browser.
    DeviceCode,
    /// With a token from elsewhere.
    Token,
}

impl fmt::Display for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// What the environment says of signing in. What is set and empty counts as not set.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// `CONVOKE_ACCESS_TOKEN`.
    pub access_token: Option<SecretString>,
    /// `AZURE_TENANT_ID`.
    pub tenant_id: Option<String>,
    /// `AZURE_CLIENT_ID`.
    pub client_id: Option<String>,
    /// `AZURE_CLIENT_SECRET`.
    pub client_secret: Option<SecretString>,
    /// `AZURE_CLIENT_CERTIFICATE_PATH`.
    pub certificate_path: Option<PathBuf>,
    /// `AZURE_CLIENT_CERTIFICATE_PASSWORD`.
    pub certificate_password: Option<SecretString>,
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    pub federated_token_file: Option<PathBuf>,
    /// `IDENTITY_ENDPOINT`, as App Service and Functions set it.
    pub identity_endpoint: Option<String>,
    /// `IDENTITY_HEADER`.
    pub identity_header: Option<SecretString>,
    /// `AZURE_POD_IDENTITY_AUTHORITY_HOST`.
    pub identity_host: Option<String>,
    /// Somebody is there who can be asked: standard input or standard error is a terminal.
    pub has_person: bool,
    /// `PATH`, where the Azure CLI is looked for.
    pub path: Option<OsString>,
}

impl Variables {
    /// Reads them.
    pub(super) fn read() -> Self {
        let whole = |name| std::env::var(name).ok().filter(|text: &String| !text.trim().is_empty());
        let text = |name| whole(name).map(|text| text.trim().to_owned());
        let secret = |name| text(name).map(SecretString::from);
        let is_blank = |path: &OsString| path.to_str().is_some_and(|path| path.trim().is_empty());
        let path = |name| std::env::var_os(name).filter(|path| !is_blank(path));
        Self {
            access_token: secret("CONVOKE_ACCESS_TOKEN"),
            tenant_id: text("AZURE_TENANT_ID"),
            client_id: text("AZURE_CLIENT_ID"),
            client_secret: secret("AZURE_CLIENT_SECRET"),
            certificate_path: path("AZURE_CLIENT_CERTIFICATE_PATH").map(PathBuf::from),
            certificate_password: whole("AZURE_CLIENT_CERTIFICATE_PASSWORD").map(SecretString::from),
            federated_token_file: path("AZURE_FEDERATED_TOKEN_FILE").map(PathBuf::from),
            identity_endpoint: text("IDENTITY_ENDPOINT"),
            identity_header: secret("IDENTITY_HEADER"),
            identity_host: text("AZURE_POD_IDENTITY_AUTHORITY_HOST"),
            has_person: stdin().is_terminal() || stderr().is_terminal(),
            path: path("PATH"),
        }
    }
}
