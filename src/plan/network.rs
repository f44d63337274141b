//! The network as it was asked for, checked: whom the run talks to and how it gets there. Nothing is sent.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use http::Uri;

use super::cloud::{Cloud, check_authority, check_graph};
use super::values::{address, timeout};
use crate::cli::{self, Environment};
use crate::graph::{Connections, Proxies, Proxy, authorities, is_local};

/// Azure's own variable for the identity service's root.
const AUTHORITY_HOST: &str = "AZURE_AUTHORITY_HOST";
/// Where a value comes from that nobody has set.
const DEFAULT: &str = "default";
/// Where the proxy comes from that is not named.
const SYSTEM: &str = "the system's proxy settings";
/// All authorities of a system are a quarter of a megabyte; more than this is another file.
const CA_FILE_MAX: u64 = 16 * 1024 * 1024;

/// A value, and where it comes from: an option, a variable of the environment, or `default`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub source: String,
}

impl<T> Sourced<T> {
    fn new(value: T, source: impl Into<String>) -> Self {
        Self { value, source: source.into() }
    }
}

/// Where Graph and its identity service are, and how they are reached.
#[derive(Clone, Debug)]
pub struct Network {
    /// The cloud whose addresses are taken where none is given.
    pub cloud: Sourced<Cloud>,
    /// Graph's root.
    pub graph_url: Sourced<String>,
    /// The identity service's root.
    pub login_url: Sourced<String>,
    /// The proxy that Graph is reached through, without a user name and a password: the one that was named or the
    /// system's; `None` where there is none for it.
    pub proxy: Option<Sourced<String>>,
    /// The file whose authorities are trusted beside the system's.
    pub ca_file: Option<Sourced<PathBuf>>,
    /// How connections are made.
    pub connections: Connections,
}

impl Network {
    /// Checks what was typed, and reads the file of authorities.
    pub fn from_args(args: &cli::Network, environment: &Environment) -> Result<Self> {
        let source = |option| args.sources.of(option);
        let cloud = match &args.cloud {
            Some(name) => Sourced::new(Cloud::named(name)?, source("--cloud")),
            None => Sourced::new(Cloud::Global, DEFAULT),
        };
        let graph_url = match &args.graph_url {
            Some(url) => Sourced::new(address("--graph-url", url)?, source("--graph-url")),
            None => Sourced::new(cloud.value.graph_url().to_owned(), cloud.source.clone()),
        };
        let login_url = match (&args.login_url, &environment.authority_host) {
            (Some(url), _) => Sourced::new(address("--login-url", url)?, source("--login-url")),
            (None, Some(host)) if args.cloud.is_none() => Sourced::new(authority(host)?, AUTHORITY_HOST),
            (None, _) => Sourced::new(cloud.value.login_url().to_owned(), cloud.source.clone()),
        };
        let host = |url: &Sourced<String>| {
            let uri: Option<Uri> = url.value.parse().ok();
            uri.and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default()
        };
        if args.cloud.is_none() && args.graph_url.is_none() {
            check_authority(&login_url.source, &host(&login_url))?;
        }
        check_graph(&graph_url.source, &host(&graph_url), login_url.source == DEFAULT)?;
        let no_proxy = environment.no_proxy.as_deref().unwrap_or_default();
        let named = args.proxy.as_ref().map(|address| Proxy::new(address, no_proxy));
        let named = named.transpose().map_err(|why| anyhow!("{} {why}", source("--proxy")))?;
        let proxy = named.as_ref().map(|proxy| (proxy, source("--proxy")));
        let proxy = via(proxy, &[&graph_url.value, &login_url.value])?;
        let (authorities, ca_file) = match &args.ca_file {
            None => (Vec::new(), None),
            Some(path) => {
                let found = read(path).and_then(|file| authorities(&file));
                let found = found.with_context(|| format!("--ca-file {}", path.display()))?;
                (found, Some(Sourced::new(path.clone(), source("--ca-file"))))
            }
        };
        let connections = Connections {
            connect_timeout: timeout("--connect-timeout", args.connect_timeout)?,
            request_timeout: timeout("--request-timeout", args.request_timeout)?,
            proxy: named,
            authorities,
        };
        Ok(Self { cloud, graph_url, login_url, proxy, ca_file, connections })
    }
}

/// The identity service as Azure's own tools have it: they take a host alone for https, too.
fn authority(text: &str) -> Result<String> {
    let text = text.trim();
    if text.contains("://") {
        address(AUTHORITY_HOST, text)
    } else {
        address(AUTHORITY_HOST, &format!("https://{text}"))
    }
}

/// Which proxy the first of these addresses is reached through; fails when any is reached through one that cannot be
/// used.
fn via(named: Option<(&Proxy, String)>, urls: &[&str]) -> Result<Option<Sourced<String>>> {
    let proxies = Proxies::of(named.as_ref().map(|(proxy, _)| *proxy));
    let mut found = Vec::new();
    for url in urls.iter().filter(|url| !is_local(url)) {
        let via = url.parse::<Uri>().ok().and_then(|uri| proxies.via(&uri));
        ensure!(
            !via.as_ref().is_some_and(|via| via.shown.starts_with("socks")),
            "{SYSTEM} (HTTPS_PROXY, ALL_PROXY) name a SOCKS proxy, which this program does not speak: name an HTTP proxy \
             with --proxy, or set NO_PROXY='*'"
        );
        found.push(via);
    }
    let shown = found.into_iter().next().flatten().map(|via| via.shown);
    let source = named.map_or_else(|| SYSTEM.to_owned(), |(_, source)| source);
    Ok(shown.map(|shown| Sourced::new(shown, source)))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path).context("it cannot be read")?;
    file.take(CA_FILE_MAX + 1).read_to_end(&mut bytes).context("it cannot be read")?;
    ensure!(bytes.len() as u64 <= CA_FILE_MAX, "it is too long to be a file of certificates");
    Ok(bytes)
}

#[cfg(test)]
#[path = "network_tests.rs"]
mod tests;
