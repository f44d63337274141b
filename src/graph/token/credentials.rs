//! How a token is come by, as it was asked for. It sends nothing; what is in files is read here to see that it can be,
//! and again by whoever signs in with it.

use std::path::PathBuf;
use std::time::SystemTime;

use ::http::Uri;
use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, Utc};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Certificate, DeviceCode, file};
use crate::graph::is_loopback;

/// How a token is come by.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A token from elsewhere. It cannot be renewed.
    AccessToken(SecretString),
    /// A token in a file, which is read again when Graph rejects the token or its end is near.
    TokenFile(PathBuf),
    /// What a command of the system's shell prints. It may have a secret in it.
    TokenCommand(SecretString),
    /// OAuth 2.0 client credentials: the app signs in as itself, by a secret.
    ClientSecret(ClientSecret),
    /// The same, with the secret in a file, which is read at each renewal.
    SecretFile(App, PathBuf),
    /// The same, by an assertion that is signed with a certificate's key; the file is read at each renewal.
    Certificate(App, CertificateFile),
    /// The same, by an assertion that somebody vouches for whom the app trusts, in a file that is read at each renewal
    /// (Microsoft identity platform, *workload identity federation*).
    Federated(App, PathBuf),
    /// A person signs in by a code.
    DeviceCode(DeviceCode),
    /// The identity that Azure App Service and Functions give to what runs there.
    AppService(AppService),
    /// The identity that Azure gives to a virtual machine.
    VirtualMachine(VirtualMachine),
    /// Whoever is signed in to the Azure CLI.
    AzureCli(AzureCli),
}

/// An app registration.
#[derive(Clone, Debug)]
pub struct App {
    /// The tenant's id or domain.
    pub tenant: String,
    /// The app's (client) id.
    pub client_id: String,
}

/// An app registration and its secret.
#[derive(Clone, Debug)]
pub struct ClientSecret {
    /// The tenant's id or domain.
    pub tenant: String,
    /// The app's (client) id.
    pub client_id: String,
    /// The secret's value.
    pub secret: SecretString,
}

/// A certificate and its key, in PEM or PKCS#12.
#[derive(Clone, Debug)]
pub struct CertificateFile {
    /// The file.
    pub path: PathBuf,
    /// What the key is locked with.
    pub password: Option<SecretString>,
}

impl CertificateFile {
    /// Reads it.
    pub fn read(&self) -> Result<Certificate> {
        let bytes = Zeroizing::new(file::bytes(&self.path, "the certificate (AZURE_CLIENT_CERTIFICATE_PATH)")?);
        let certificate = Certificate::read(&bytes, self.password.as_ref());
        certificate.with_context(|| format!("the certificate in {} is of no use", self.path.display()))
    }
}

/// Where App Service gives tokens (Azure App Service, *managed identities*, REST endpoint reference).
#[derive(Clone, Debug)]
pub struct AppService {
    /// `IDENTITY_ENDPOINT`.
    pub endpoint: String,
    /// `IDENTITY_HEADER`: it shows that the request comes from within.
    pub header: SecretString,
    /// The client id of an identity that a user has assigned; `None` for the one that the system has.
    pub client_id: Option<String>,
}

/// Where a virtual machine gets tokens (Microsoft Entra, *how to use managed identities on a VM to acquire a token*).
#[derive(Clone, Debug)]
pub struct VirtualMachine {
    /// The root of the metadata service, like `http://169.254.169.254`.
    pub host: String,
    /// The client id of an identity that a user has assigned; `None` for the one that the system has.
    pub client_id: Option<String>,
}

/// The Azure CLI.
#[derive(Clone, Debug)]
pub struct AzureCli {
    /// The program; `None` when it was not found on the PATH.
    pub program: Option<PathBuf>,
    /// The tenant's id or domain; `None` for the one that is signed in to.
    pub tenant: Option<String>,
}

impl Credentials {
    /// The tenant that is signed in to at the identity service; `None` for ways that do not go there themselves.
    pub fn tenant(&self) -> Option<&str> {
        match self {
            Self::ClientSecret(secret) => Some(&secret.tenant),
            Self::SecretFile(app, _) | Self::Certificate(app, _) | Self::Federated(app, _) => Some(&app.tenant),
            Self::DeviceCode(app) => Some(&app.tenant),
            _ => None,
        }
    }

    /// Whether Azure gives the identity to what runs there, so that it has no app registration.
    pub fn is_managed(&self) -> bool {
        matches!(self, Self::AppService(_) | Self::VirtualMachine(_))
    }

    /// Fails when what they name cannot be used at all: a file that is not there, an address that is none.
    pub fn check(&self) -> Result<()> {
        match self {
            Self::AccessToken(token) => ensure!(
                file::is_token(token.expose_secret()),
                "CONVOKE_ACCESS_TOKEN has characters that no token has: it must hold the token and nothing else, without \
                 quotes, without the word Bearer, and without a line break"
            ),
            Self::TokenFile(path) => drop(file::token(path)?),
            Self::SecretFile(_, path) => drop(file::secret(path, "the client secret")?),
            Self::Certificate(_, file) => {
                let ends = file.read()?.not_after();
                ensure!(
                    ends > DateTime::<Utc>::from(SystemTime::now()),
                    "the certificate in {} ended on {}, or this machine's clock is wrong: make a new one, and upload it in \
                     the app registration (Certificates & secrets, Certificates)",
                    file.path.display(),
                    ends.date_naive()
                );
            }
            Self::Federated(_, path) => drop(file::secret(path, "the federated token (AZURE_FEDERATED_TOKEN_FILE)")?),
            Self::AppService(service) => nearby("IDENTITY_ENDPOINT", &service.endpoint)?,
            Self::VirtualMachine(machine) => nearby("AZURE_POD_IDENTITY_AUTHORITY_HOST", &machine.host)?,
            Self::AzureCli(AzureCli { program: None, .. }) => bail!(
                "the Azure CLI is not installed: no program az is on the PATH; install it, or sign in another way than \
                 with --auth azure-cli"
            ),
            Self::TokenCommand(_) | Self::ClientSecret(_) | Self::AzureCli(_) | Self::DeviceCode(_) => {}
        }
        Ok(())
    }
}

/// A managed identity's tokens come over plain http, so its endpoint is on this machine or on the link beside it.
fn nearby(name: &str, address: &str) -> Result<()> {
    // With a user name there may be a password, which nobody is to see.
    ensure!(!address.contains('@'), "{name} must be a plain address, without a user name");
    let uri: Uri = address.parse().with_context(|| format!("{name} '{address}' is not an address"))?;
    let host = uri.host().with_context(|| format!("{name} '{address}' names no host"))?;
    ensure!(
        uri.scheme_str() == Some("http"),
        "{name} '{address}' is not http://, as the endpoints of App Service and of virtual machines are; Service Fabric \
         and Azure Arc are not supported"
    );
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_near = match bare.parse() {
        Ok(std::net::IpAddr::V4(ip)) => ip.is_loopback() || ip.is_link_local() || ip.is_private(),
        Ok(std::net::IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unique_local(),
        Err(_) => is_loopback(host),
    };
    ensure!(
        is_near,
        "{name} '{address}' is neither on this machine nor beside it: a token would cross the network in the clear"
    );
    Ok(())
}
