//! How the run signs in: by what is configured, in a fixed order, unless `--auth` says otherwise; and why.
//!
//! The order: `CONVOKE_ACCESS_TOKEN`, `--token-file`, `--token-command`, `--client-secret-file` or `AZURE_CLIENT_SECRET`,
//! `AZURE_CLIENT_CERTIFICATE_PATH`, `AZURE_FEDERATED_TOKEN_FILE`, App Service's `IDENTITY_ENDPOINT`; with `--me` and none
//! of these, `AZURE_CLIENT_ID` alone is for a device code. The Azure CLI and a virtual machine's identity are only taken
//! when they are asked for: that they are there is no configuration.

use std::ffi::OsStr;
use std::path::PathBuf;

use anyhow::{Result, anyhow, bail, ensure};

use super::settings::Missing;
use crate::cli::{Auth, SignIn as Options, Variables};
use crate::graph::{App, AppService, AzureCli, CertificateFile, ClientSecret, Credentials, DeviceCode, VirtualMachine};

/// Where a virtual machine's metadata service is.
const METADATA_HOST: &str = "http://169.254.169.254";

/// How the run signs in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// How a token is come by.
    pub credentials: Credentials,
    /// The same in words, with the reason and without secrets.
    pub words: String,
}

impl SignIn {
    /// The same for a run that looks people up: who signs in by a code is asked for that as well.
    #[must_use]
    pub fn looking_up(mut self, looks_up: bool) -> Self {
        if let Credentials::DeviceCode(app) = &mut self.credentials {
            app.looks_up = looks_up;
        }
        self
    }
}

/// One of the ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Variable,
    File,
    Command,
    SecretFile,
    Secret,
    Certificate,
    Federated,
    AppService,
    Machine,
    AzureCli,
    DeviceCode,
}

impl Way {
    /// Those that configuration alone chooses, in order.
    const ORDER: [Self; 8] = [
        Self::Variable,
        Self::File,
        Self::Command,
        Self::SecretFile,
        Self::Secret,
        Self::Certificate,
        Self::Federated,
        Self::AppService,
    ];

    fn is_configured(self, options: &Options, variables: &Variables) -> bool {
        match self {
            Self::Variable => variables.access_token.is_some(),
            Self::File => options.token_file.is_some(),
            Self::Command => options.token_command.is_some(),
            Self::SecretFile => options.client_secret_file.is_some(),
            Self::Secret => variables.client_secret.is_some(),
            Self::Certificate => variables.certificate_path.is_some(),
            Self::Federated => variables.federated_token_file.is_some(),
            Self::AppService => variables.identity_endpoint.is_some() || variables.identity_header.is_some(),
            Self::Machine | Self::AzureCli | Self::DeviceCode => false,
        }
    }

    /// Whether Graph knows a person by its tokens, or may.
    fn is_persons(self) -> bool {
        matches!(self, Self::Variable | Self::File | Self::Command | Self::AzureCli | Self::DeviceCode)
    }

    /// What it is, and where that comes from.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Variable => ("an access token", "CONVOKE_ACCESS_TOKEN"),
            Self::File => ("an access token in a file", "--token-file"),
            Self::Command => ("an access token that a command prints", "--token-command"),
            Self::SecretFile => ("a client secret in a file", "--client-secret-file"),
            Self::Secret => ("a client secret", "AZURE_CLIENT_SECRET"),
            Self::Certificate => ("a certificate", "AZURE_CLIENT_CERTIFICATE_PATH"),
            Self::Federated => ("a federated token", "AZURE_FEDERATED_TOKEN_FILE"),
            Self::AppService => ("the managed identity of App Service", "IDENTITY_ENDPOINT"),
            Self::Machine => ("the managed identity of this virtual machine", "--auth managed-identity"),
            Self::AzureCli => ("the Azure CLI", "--auth azure-cli"),
            Self::DeviceCode => ("a device code", "AZURE_CLIENT_ID and --me"),
        }
    }
}

/// Finds out how to sign in. The error says what is missing, and where it would come from.
pub fn sign_in(options: Options, variables: Variables, me: bool) -> Result<SignIn> {
    let way = match options.auth {
        Some(auth) => asked_for(auth, &options, &variables)?,
        None => configured(&options, &variables, me)?,
    };
    if me && !way.is_persons() {
        let (what, from) = way.words();
        bail!(
            "--me needs a token of a signed-in user, and {what} ({from}) signs an app in, which Graph refuses there: sign \
             in as yourself with --auth device-code, or give a user's token with CONVOKE_ACCESS_TOKEN, --token-file or \
             --token-command"
        );
    }
    ensure!(
        me || way != Way::DeviceCode,
        "--auth device-code signs a person in, who can make meetings of their own only: add --me"
    );
    let (what, from) = way.words();
    let whom = whom(way, &variables);
    let why = match options.auth {
        Some(auth) if !from.starts_with("--auth") => format!("{from}, as --auth {auth} asks"),
        _ => from.to_owned(),
    };
    let credentials = credentials(way, options, variables)?;
    credentials.check()?;
    Ok(SignIn { credentials, words: format!("signing in with {what} ({why}){whom}") })
}

fn configured(options: &Options, variables: &Variables, me: bool) -> Result<Way> {
    let mut ways = Way::ORDER.into_iter().filter(|way| way.is_configured(options, variables));
    if let Some(way) = ways.next() {
        return Ok(way);
    }
    match (me, &variables.client_id, &variables.tenant_id) {
        (true, Some(_), _) => Ok(Way::DeviceCode),
        (true, None, _) => bail!(
            "--me needs a signed-in user: set AZURE_CLIENT_ID (the Application (client) ID of an app registration that \
             allows public client flows) to sign in with a device code, or give a user's token with \
             CONVOKE_ACCESS_TOKEN, --token-file or --token-command; or rehearse without an account: --rehearse"
        ),
        (false, None, None) => bail!(
            "nothing to sign in with: set AZURE_TENANT_ID and AZURE_CLIENT_ID, and AZURE_CLIENT_SECRET (or \
             --client-secret-file), AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE; or give a token with \
             CONVOKE_ACCESS_TOKEN, --token-file or --token-command; or name a way that needs none of these: --auth \
             managed-identity or azure-cli; or rehearse without an account: --rehearse"
        ),
        // An app is named, and nothing that proves it.
        (false, ..) => Ok(Way::Secret),
    }
}

fn asked_for(auth: Auth, options: &Options, variables: &Variables) -> Result<Way> {
    let first = |ways: &[Way]| ways.iter().copied().find(|way| way.is_configured(options, variables));
    match auth {
        Auth::Secret => Ok(first(&[Way::SecretFile]).unwrap_or(Way::Secret)),
        Auth::Certificate => Ok(Way::Certificate),
        Auth::Federated => Ok(Way::Federated),
        Auth::ManagedIdentity => Ok(first(&[Way::AppService]).unwrap_or(Way::Machine)),
        Auth::AzureCli => Ok(Way::AzureCli),
        Auth::DeviceCode => Ok(Way::DeviceCode),
        Auth::Token => first(&Way::ORDER[..3]).ok_or_else(|| {
            anyhow!("--auth token needs a token: give one with CONVOKE_ACCESS_TOKEN, --token-file or --token-command")
        }),
    }
}

/// As whom, as far as that is known before.
fn whom(way: Way, variables: &Variables) -> String {
    let (client_id, tenant) = (variables.client_id.as_deref(), variables.tenant_id.as_deref());
    match way {
        Way::SecretFile | Way::Secret | Way::Certificate | Way::Federated => {
            format!(", as app {} in tenant {}", client_id.unwrap_or_default(), tenant.unwrap_or_default())
        }
        Way::AppService | Way::Machine => match client_id {
            Some(id) => format!(", as the user-assigned identity {id} (AZURE_CLIENT_ID)"),
            None => ", as the system-assigned identity".to_owned(),
        },
        Way::AzureCli => tenant.map(|tenant| format!(", in tenant {tenant} (AZURE_TENANT_ID)")).unwrap_or_default(),
        Way::DeviceCode => format!(", to app {}", client_id.unwrap_or_default()),
        Way::Variable | Way::File | Way::Command => String::new(),
    }
}

fn credentials(way: Way, options: Options, variables: Variables) -> Result<Credentials> {
    let mut missing = Missing::for_way(way.words().0);
    let client_id = variables.client_id.clone();
    let app = |missing: &mut Missing| App {
        tenant: missing.take("AZURE_TENANT_ID", variables.tenant_id.clone()),
        client_id: missing.take("AZURE_CLIENT_ID", variables.client_id.clone()),
    };
    let credentials = match way {
        Way::Variable => Credentials::AccessToken(missing.take("CONVOKE_ACCESS_TOKEN", variables.access_token)),
        Way::File => Credentials::TokenFile(missing.take("--token-file", options.token_file)),
        Way::Command => Credentials::TokenCommand(missing.take("--token-command", options.token_command)),
        Way::SecretFile => {
            let app = app(&mut missing);
            Credentials::SecretFile(app, missing.take("--client-secret-file", options.client_secret_file))
        }
        Way::Secret => {
            let App { tenant, client_id } = app(&mut missing);
            let secret = missing.take("AZURE_CLIENT_SECRET", variables.client_secret);
            Credentials::ClientSecret(ClientSecret { tenant, client_id, secret })
        }
        Way::Certificate => {
            let app = app(&mut missing);
            let path = missing.take("AZURE_CLIENT_CERTIFICATE_PATH", variables.certificate_path);
            Credentials::Certificate(app, CertificateFile { path, password: variables.certificate_password })
        }
        Way::Federated => {
            let app = app(&mut missing);
            Credentials::Federated(app, missing.take("AZURE_FEDERATED_TOKEN_FILE", variables.federated_token_file))
        }
        Way::AppService => {
            let endpoint = missing.take("IDENTITY_ENDPOINT", variables.identity_endpoint);
            let header = missing.take("IDENTITY_HEADER", variables.identity_header);
            Credentials::AppService(AppService { endpoint, header, client_id })
        }
        Way::Machine => {
            let host = variables.identity_host.unwrap_or_else(|| METADATA_HOST.to_owned());
            Credentials::VirtualMachine(VirtualMachine { host, client_id })
        }
        Way::AzureCli => {
            let program = variables.path.as_deref().and_then(azure_cli);
            Credentials::AzureCli(AzureCli { program, tenant: variables.tenant_id })
        }
        Way::DeviceCode => Credentials::DeviceCode(DeviceCode {
            // Whichever tenant the person is of.
            tenant: variables.tenant_id.unwrap_or_else(|| "organizations".to_owned()),
            client_id: missing.take("AZURE_CLIENT_ID", variables.client_id),
            looks_up: false,
            keep: options.keep_sign_in,
            asks: variables.has_person,
        }),
    };
    missing.check()?;
    Ok(credentials)
}

/// The Azure CLI on the PATH; not one in the folder that the run happens to be started in.
fn azure_cli(path: &OsStr) -> Option<PathBuf> {
    let names: &[&str] = if cfg!(windows) { &["az.cmd", "az.exe"] } else { &["az"] };
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    let mut places = folders.flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    places.find(|place| place.is_file())
}

#[cfg(test)]
#[path = "credentials_tests.rs"]
mod tests;
