//! Where tokens come from: one of the ways, and one token from it. It keeps none.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ::http::HeaderValue;
use anyhow::{Context as _, Result};
use tracing::warn;

use super::azure_cli::Cli;
use super::device::{self, Device};
use super::login::{Login, Proof, login_trouble, secret_header};
use super::managed::Managed;
use super::shell::Shell;
use super::{App, ClientSecret, Credentials, LIFETIME_MAX, file};
use crate::graph::{Exchange, Verdict, claims};

/// A token, and how long it lasts; `None` when nobody knows.
pub(super) struct Fetched {
    pub(super) header: HeaderValue,
    pub(super) lifetime: Option<Duration>,
}

impl Fetched {
    /// The token without what is before it in the header.
    pub(super) fn token(&self) -> &str {
        self.header.to_str().unwrap_or_default().trim_start_matches("Bearer ")
    }
}

/// One of the ways, ready to be gone.
pub(super) enum Source {
    Given(HeaderValue),
    File(PathBuf),
    Shell(Shell),
    Login(Login),
    Managed(Managed),
    Cli(Cli),
    Device(Box<Device>),
}

impl Source {
    pub(super) fn new(login_url: &str, graph_url: &str, credentials: Credentials) -> Result<Self> {
        let login = |app, proof| Login::new(login_url, graph_url, app, proof).map(Self::Login);
        match credentials {
            Credentials::AccessToken(token) => {
                let header = secret_header(&token).context("the access token has characters that no token has")?;
                Ok(Self::Given(header))
            }
            Credentials::TokenFile(path) => Ok(Self::File(path)),
            Credentials::TokenCommand(line) => Ok(Self::Shell(Shell::new(line))),
            Credentials::ClientSecret(ClientSecret { tenant, client_id, secret }) => {
                login(App { tenant, client_id }, Proof::Secret(secret))
            }
            Credentials::SecretFile(app, path) => login(app, Proof::SecretFile(path)),
            Credentials::Certificate(app, file) => login(app, Proof::Certificate(file)),
            Credentials::Federated(app, path) => login(app, Proof::Federated(path)),
            Credentials::AppService(service) => Managed::of_app_service(service, graph_url).map(Self::Managed),
            Credentials::VirtualMachine(machine) => Managed::of_machine(&machine, graph_url).map(Self::Managed),
            Credentials::DeviceCode(app) => {
                let scope = device::scope(graph_url, app.looks_up);
                Ok(Self::Device(Box::new(Device::new(login_url, scope, app)?)))
            }
            Credentials::AzureCli(cli) => Ok(Self::Cli(Cli::new(cli, graph_url))),
        }
    }

    pub(super) async fn fetch(&self, exchange: &impl Exchange) -> Result<Fetched, Verdict> {
        match self {
            Self::Given(header) => Ok(Fetched { header: header.clone(), lifetime: None }),
            Self::File(path) => of_file(path),
            Self::Shell(shell) => shell.fetch().await,
            Self::Login(login) => login.fetch(exchange).await,
            Self::Managed(managed) => managed.fetch(exchange).await,
            Self::Cli(cli) => cli.fetch().await,
            Self::Device(device) => {
                let (header, lifetime) = device.fetch(exchange).await?;
                Ok(Fetched { header, lifetime: Some(lifetime) })
            }
        }
    }

    /// What to do when a token is rejected that cannot be renewed.
    pub(super) fn never_renewed(&self) -> Option<&'static str> {
        matches!(self, Self::Given(_)).then_some("put a new one into CONVOKE_ACCESS_TOKEN")
    }

    /// What it means that Graph rejects one token after the other.
    pub(super) fn rejected_again(&self) -> String {
        match self {
            Self::File(path) => {
                format!("{} was read again, and its token was rejected again: put a new one into it", path.display())
            }
            Self::Shell(_) => "the command of --token-command was run again, and its token was rejected like the one \
                               before it"
                .to_owned(),
            _ => "a token issued just now was rejected like the one before it".to_owned(),
        }
    }

    /// What else there is to say of a token that lacks the permission.
    pub(super) fn lacks_permission(&self, token: &str) -> &'static str {
        match self {
            // Consent between two of Microsoft's own cannot be given by others (AADSTS65002).
            Self::Cli(_) if claims::is_users(token) => {
                "; the Azure CLI signs people in as an app of Microsoft's own, to which nobody can give it: sign in to az \
                 as an app (az login --service-principal), or as yourself with --me --auth device-code"
            }
            _ => "",
        }
    }
}

fn of_file(path: &Path) -> Result<Fetched, Verdict> {
    let token = file::token(path).map_err(|why| Verdict::Broken(login_trouble(None, &format!("{why:#}"))))?;
    let ends = claims::ends(&token);
    let now = SystemTime::now();
    let lifetime = ends.and_then(|ends| ends.duration_since(now).ok()).map(|rest| rest.min(LIFETIME_MAX));
    // This machine's clock may be the one that is wrong, so that the token is Graph's to reject.
    if ends.is_some() && lifetime.is_none() {
        warn!("the token in {} has expired, or this machine's clock is wrong", path.display());
    }
    let header = secret_header(&token);
    let header = header.ok_or_else(|| Verdict::Broken(login_trouble(None, "the token file holds no token")))?;
    Ok(Fetched { header, lifetime })
}
