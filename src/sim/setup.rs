//! What a simulator is opened with. It reads no command line and no environment: that is its user's affair.

use std::path::PathBuf;

use http::Uri;

use super::store::Store;
use super::{Directory, Federated, Registration, Scenario, Sim};

/// All that can be chosen about a simulator.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What kind of day it is.
    pub scenario: Scenario,
    /// The file that keeps what has been made, from one start to the next.
    pub state: Option<PathBuf>,
    /// The file that says who is in the tenant.
    pub directory: Option<PathBuf>,
    /// Certificates that the application may sign in with, in DER.
    pub client_certificates: Vec<Vec<u8>>,
    /// Whose tokens are good in place of the application's secret.
    pub federated: Vec<Federated>,
    /// The application permissions that there is consent for; `None` for those that everything here needs.
    pub granted: Option<Vec<String>>,
    /// The delegated ones, likewise.
    pub delegated: Option<Vec<String>>,
    /// Where clients reach it, like `http://127.0.0.1:8365`, without a slash at the end.
    pub public_url: String,
}

impl Sim {
    /// Opens a simulator as chosen. The error is for people: it says what is wrong with which file.
    pub fn open(setup: Setup) -> anyhow::Result<Self> {
        let Setup { scenario, state, directory, client_certificates: certificates, federated, .. } = setup;
        let people = directory.map(|file| Directory::read(&file)).transpose()?;
        let people = people.unwrap_or_else(|| Directory::anyone(scenario.seed));
        let usual = Registration::default();
        let granted = setup.granted.unwrap_or(usual.granted);
        let delegated = setup.delegated.unwrap_or(usual.delegated);
        let public_url = Some(setup.public_url);
        let registration =
            Registration { certificates, federated, granted, delegated, public_url, ..Registration::default() };
        let store = match state {
            Some(file) => Store::open(&file, scenario.seed, registration.links())?,
            None => Store::new(registration.links()),
        };
        Ok(Self::with(scenario, registration, people, store, true))
    }
}

/// A URL that has a scheme, http or https, and a host, perhaps a port, and nothing else; without a slash at the end.
pub fn bare_url(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let is_port_good = authority.port_u16().is_some() || authority.as_str() == authority.host();
    let is_bare = uri.path() == "/" && uri.query().is_none() && !text.contains(['@', '#', '?']);
    let is_good = ["http", "https"].contains(&scheme) && !authority.host().is_empty() && is_port_good && is_bare;
    is_good.then(|| format!("{scheme}://{authority}"))
}
