//! Which proxy a request goes through, and what is wrong when it does not let it through.
//!
//! Only https goes through a proxy, in a tunnel that CONNECT opens: a proxy sees which host is meant, and neither a
//! token nor a row, unless it opens TLS and its authority is trusted. What may go by plain http stays on this machine, or
//! is the metadata service of a virtual machine, and no proxy gets to see it. A user name and a password are sent as
//! Basic, to the proxy alone, and are in no message.

use std::error::Error;

use ::http::Uri;
use anyhow::{Context as _, Result, bail, ensure};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Lost, untrusted};

/// A proxy that was named is for other hosts than this machine, as curl's is with these in `NO_PROXY`.
const THIS_MACHINE: &str = "localhost,127.0.0.0/8,::1";
/// What hyper-util's errors about a tunnel begin with; their type has no name that could be used here.
const TUNNEL: &str = "tunnel error: ";
/// How one of them ends, for a 407.
const ASKED: &str = "authorization required";
/// How another ends, for any other answer than 200.
const REFUSED: &str = "unsuccessful";
/// What to do about an address that is none. It is never shown, since it may have a password in it.
const ADDRESS: &str = "is not the address of a proxy, like http://proxy.example:8080; in a user name and a password, \
    characters such as @ : / ? # % are written %40 %3A %2F %3F %23 %25";

/// A proxy that was named.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// With the user name and the password, if there are any.
    address: SecretString,
    /// Without them.
    shown: String,
    /// The hosts that it is not for, in the way of `NO_PROXY`.
    not_for: String,
}

impl Proxy {
    /// Reads an address as people write it; without a scheme it is http, as curl has it. `no_proxy` lists the hosts that
    /// it is not for, as curl takes `NO_PROXY` into account beside its `--proxy`. The error does not say what was read.
    pub fn new(text: &SecretString, no_proxy: &str) -> Result<Self> {
        let text = text.expose_secret().trim();
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let scheme = scheme.to_ascii_lowercase();
        ensure!(
            !scheme.starts_with("socks"),
            "is a SOCKS proxy, which this program does not speak: name an HTTP proxy, which most SOCKS proxies are beside"
        );
        let (userinfo, host) = match rest.rsplit_once('@') {
            Some((userinfo, host)) => (Some(userinfo), host),
            None => (None, rest),
        };
        let uri: Uri = format!("{scheme}://{host}").parse().ok().context(ADDRESS)?;
        let is_bare = matches!(uri.path(), "" | "/") && uri.query().is_none() && !host.contains('#');
        let is_http = matches!(scheme.as_str(), "http" | "https");
        let is_clean = userinfo.is_none_or(|userinfo| !userinfo.contains(['/', '?', '#', '@', ' ', '\\']));
        let Some(authority) = uri.authority().filter(|_| is_bare && is_http && is_clean) else { bail!(ADDRESS) };
        let has_port = authority.port_u16().is_some() || authority.as_str() == authority.host();
        ensure!(!authority.host().is_empty() && has_port, ADDRESS);
        let shown = format!("{scheme}://{authority}");
        let address = userinfo.map_or_else(|| shown.clone(), |userinfo| format!("{scheme}://{userinfo}@{authority}"));
        ensure!(address.parse::<Uri>().is_ok(), ADDRESS);
        Ok(Self { address: address.into(), shown, not_for: format!("{THIS_MACHINE},{no_proxy}") })
    }

    /// Its address, without a user name and a password.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What the network is told.
    pub(super) fn address(&self) -> &str {
        self.address.expose_secret()
    }

    /// The hosts that it is not for.
    pub(super) fn not_for(&self) -> &str {
        &self.not_for
    }
}

/// Who asks which proxy.
#[derive(Debug)]
pub struct Proxies {
    matcher: Matcher,
    /// Whether it is the one that was named.
    is_named: bool,
}

/// The proxy that a request goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// Its address, without a user name and a password.
    pub shown: String,
    /// Whether it was named with `--proxy`, and is not the system's.
    pub is_named: bool,
    /// Whether a user name is sent to it.
    pub signs_in: bool,
}

impl Proxies {
    /// The proxy that was named, or else the system's: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, and the settings of macOS
    /// and Windows.
    pub fn of(proxy: Option<&Proxy>) -> Self {
        match proxy {
            Some(proxy) => {
                let matcher = Matcher::builder().https(proxy.address()).no(proxy.not_for()).build();
                Self { matcher, is_named: true }
            }
            None => Self { matcher: Matcher::from_system(), is_named: false },
        }
    }

    /// Which proxy a request to this address goes through, if any.
    pub fn via(&self, uri: &Uri) -> Option<Via> {
        let is_https = uri.scheme() == Some(&::http::uri::Scheme::HTTPS);
        let found = self.matcher.intercept(uri).filter(|_| is_https)?;
        Some(Via { shown: shown(&found), is_named: self.is_named, signs_in: found.basic_auth().is_some() })
    }
}

fn shown(found: &Intercept) -> String {
    let uri = found.uri();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    format!("{}://{authority}", uri.scheme_str().unwrap_or("http"))
}

/// What became of a connection through a proxy, when it was the proxy that failed; `None` when it was not.
pub(super) fn lost(via: &Via, target: &str, error: &(dyn Error + 'static)) -> Option<Lost> {
    let chain = || chain(error);
    let tunnel = chain().map(ToString::to_string).find(|text| text.starts_with(TUNNEL))?;
    let innermost = chain().last()?;
    let proxy = &via.shown;
    if let Some(why) = untrusted::why(innermost) {
        return Some(Lost::Untrusted(format!("the proxy {proxy}: {why}")));
    }
    let (why, is_final) = if tunnel.ends_with(ASKED) {
        (asked(via), true)
    } else if tunnel.ends_with(REFUSED) {
        let words = "does not let this program through to";
        (format!("the proxy {proxy} {words} {target}: ask its administrator to allow CONNECT to that host"), false)
    } else if innermost.to_string().starts_with(TUNNEL) {
        (format!("the proxy {proxy} went away without an answer: is it a proxy for HTTP? {}", via.check()), false)
    } else {
        (format!("the proxy {proxy} cannot be reached ({innermost}): {}", via.check()), false)
    };
    Some(Lost::Proxy { why, is_final })
}

/// An error and what is behind it, the innermost last.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The same, when it took too long.
pub(super) fn late(via: &Via) -> Lost {
    let why = format!("the proxy {} made no connection in time: {}", via.shown, via.check());
    Lost::Proxy { why, is_final: false }
}

fn asked(via: &Via) -> String {
    let proxy = &via.shown;
    if via.signs_in {
        return format!(
            "the proxy {proxy} does not accept the user name and the password (HTTP 407): {}",
            if via.is_named {
                "mend them in CONVOKE_PROXY or --proxy"
            } else {
                "mend them in HTTPS_PROXY or ALL_PROXY"
            }
        );
    }
    format!(
        "the proxy {proxy} asks for a user name and a password (HTTP 407): put its address with them into \
         CONVOKE_PROXY, like http://NAME:PASSWORD@proxy.example:8080"
    )
}

impl Via {
    /// What to look at.
    fn check(&self) -> &'static str {
        if self.is_named {
            "check --proxy (CONVOKE_PROXY)"
        } else {
            "check HTTPS_PROXY, ALL_PROXY and NO_PROXY or the system's proxy settings, or name another with --proxy"
        }
    }
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
