//! Simulate: the embedded Graph on a socket, for other programs, until a signal ends it.
//!
//! Standard output gets one line, where clients reach it. It refuses to listen where other machines reach it unless that is asked
//! for, since the app's secret is in the help.

use std::fs;
use std::io::{Write as _, stdout};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::{Context as _, Error, Result, bail, ensure};
use tokio::net::TcpListener;
use tracing::info;

use crate::cli::Simulate;
use crate::exit::{ALL_AS_ASKED, Ended, STOPPED, USAGE};
use crate::signals::Signals;
use crate::sim::{self, Federated, Report, Scenario, Setup, Sim, Tls};

/// Serves as was typed, and gives the exit status.
pub async fn simulate(args: Simulate) -> Result<u8, Ended> {
    let signals = Signals::listen().context("signals cannot be received").map_err(ends(STOPPED))?;
    let place = Place::read(&args.listen, args.allow_remote).map_err(ends(USAGE))?;
    let tls = tls(args.certificate.as_deref(), args.key.as_deref()).map_err(ends(USAGE))?;
    let scenario: Scenario = args.scenario.parse().map_err(|why: String| Ended(USAGE, Error::msg(why)))?;
    let client_certificates = client_certificates(&args.client_certificate).map_err(ends(USAGE))?;
    let federated = federated(&args.federated).map_err(ends(USAGE))?;
    let granted = args.grant.map(|names| permissions("--grant", &names)).transpose().map_err(ends(USAGE))?;
    let delegated = args.grant_delegated.map(|names| permissions("--grant-delegated", &names));
    let delegated = delegated.transpose().map_err(ends(USAGE))?;
    let public_url = args.public_url.as_deref().map(public_url).transpose().map_err(ends(USAGE))?;
    let (listener, own_url) = place.listen(tls.is_some()).await.map_err(ends(STOPPED))?;
    let is_told = public_url.is_some();
    let public_url = public_url.unwrap_or_else(|| own_url.clone());
    let setup = Setup {
        scenario,
        state: args.state,
        directory: args.directory,
        client_certificates,
        federated,
        granted,
        delegated,
        public_url: public_url.clone(),
    };
    let sim = Sim::open(setup).map_err(ends(USAGE))?;
    info!("a make-believe Graph: nothing real is made here; Ctrl-C ends it");
    if is_told {
        info!("it listens on {own_url}");
    } else if !place.address.ip().is_loopback() {
        info!("links say {own_url}; if other machines reach it elsewhere, --public-url says where");
    }
    // Who has closed standard output did not want to know.
    let _ = writeln!(stdout(), "{public_url}").and_then(|()| stdout().flush());
    let stop = async {
        signals.first().await;
    };
    let served = match tls {
        None => sim::serve(listener, sim.clone(), stop).await,
        Some(tls) => sim::serve_tls(listener, tls, sim.clone(), stop).await,
    };
    info!("{}", told(&sim.report()));
    served.context("the simulator cannot listen").map_err(ends(STOPPED))?;
    Ok(ALL_AS_ASKED)
}

fn ends(status: u8) -> impl Fn(Error) -> Ended {
    move |error| Ended(status, error)
}

/// Where to listen.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    address: SocketAddr,
    /// Whether the name `localhost` may stand for it: certificates are made for that as a rule.
    is_localhost: bool,
}

impl Place {
    fn read(text: &str, allow_remote: bool) -> Result<Self> {
        let text = text.trim();
        let host_and_port = text.rsplit_once(':').filter(|(host, _)| host.eq_ignore_ascii_case("localhost"));
        let port = host_and_port.map_or(text, |(_, port)| port);
        if let Ok(port) = port.parse::<u16>() {
            return Ok(Self { address: (Ipv4Addr::LOCALHOST, port).into(), is_localhost: true });
        }
        let Ok(address) = text.parse::<SocketAddr>() else {
            bail!("--listen '{text}' is none of a port, localhost:PORT and ADDRESS:PORT, like 127.0.0.1:8365");
        };
        ensure!(
            allow_remote || address.ip().is_loopback(),
            "--listen {address} can be reached from other machines, and everybody there could sign in, since the \
             secret is no secret; if that is meant, add --allow-remote"
        );
        Ok(Self { address, is_localhost: false })
    }

    /// Listens, and gives the address as clients write it.
    async fn listen(&self, is_https: bool) -> Result<(TcpListener, String)> {
        let in_words = || format!("{} cannot be listened on; --listen names another port", self.address);
        let listener = TcpListener::bind(self.address).await.with_context(in_words)?;
        let address = listener.local_addr().with_context(in_words)?;
        Ok((listener, self.url(address, is_https)))
    }

    fn url(&self, address: SocketAddr, is_https: bool) -> String {
        let scheme = if is_https { "https" } else { "http" };
        let ip = match address.ip() {
            // It means every address of this machine and is none itself.
            ip if ip.is_unspecified() => IpAddr::from(Ipv4Addr::LOCALHOST),
            ip => ip,
        };
        if is_https && (self.is_localhost || address.ip().is_unspecified()) {
            return format!("{scheme}://localhost:{}", address.port());
        }
        format!("{scheme}://{}", SocketAddr::new(ip, address.port()))
    }
}

fn public_url(text: &str) -> Result<String> {
    sim::bare_url(text.trim()).with_context(|| {
        let example = "https://graph.example:8365";
        format!("--public-url '{text}' is no http or https address without path, query and user, like {example}")
    })
}

fn tls(certificate: Option<&Path>, key: Option<&Path>) -> Result<Option<Tls>> {
    let (certificate_file, key_file) = match (certificate, key) {
        (None, None) => return Ok(None),
        (Some(certificate), Some(key)) => (certificate, key),
        _ => bail!("--certificate and --key go together: https needs both"),
    };
    let (certificate, key) = (read("--certificate", certificate_file)?, read("--key", key_file)?);
    let tls = Tls::from_pem(&certificate, &key).map_err(Error::msg);
    let in_words = || format!("--certificate {} and --key {}", certificate_file.display(), key_file.display());
    tls.with_context(in_words).map(Some)
}

fn client_certificates(files: &[impl AsRef<Path>]) -> Result<Vec<Vec<u8>>> {
    let mut certificates = Vec::new();
    for file in files {
        let pem = read("--client-certificate", file.as_ref())?;
        let found = sim::client_certificates(&pem).map_err(Error::msg);
        certificates.extend(found.with_context(|| format!("--client-certificate {}", file.as_ref().display()))?);
    }
    Ok(certificates)
}

fn federated(files: &[impl AsRef<Path>]) -> Result<Vec<Federated>> {
    let one = |file: &Path| {
        let trust = Federated::from_json(&read("--federated", file)?).map_err(Error::msg);
        trust.with_context(|| format!("--federated {}", file.display()))
    };
    files.iter().map(|file| one(file.as_ref())).collect()
}

/// Names of permissions; of an empty text there are none.
fn permissions(option: &str, names: &[String]) -> Result<Vec<String>> {
    let names: Vec<&str> = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    let is_name = |name: &str| name.chars().all(|char| char.is_ascii_alphanumeric() || "._-".contains(char));
    if let Some(strange) = names.iter().find(|name| !is_name(name)) {
        bail!("{option} '{strange}' is not the name of a permission, like User.Read.All");
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

fn read(option: &str, file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("{option} {} cannot be read", file.display()))
}

/// What was asked and made in this run, in one line.
fn told(report: &Report) -> String {
    let requests: u64 = report.by_status.values().sum();
    let by_status = report.by_status.iter().map(|(status, count)| match status {
        0 => format!("{count} without an answer"),
        status => format!("{count} with {status}"),
    });
    let by_status: Vec<String> = by_status.collect();
    let of_which = if by_status.is_empty() { String::new() } else { format!(" ({})", by_status.join(", ")) };
    let (meetings, tokens) = (report.meetings_made, report.tokens_issued);
    format!("requests: {requests}{of_which}; meetings made in this run: {meetings}; tokens given out: {tokens}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str, is_https: bool) -> String {
        let place = Place::read(text, true).expect("a place");
        place.url(place.address, is_https)
    }

    #[test]
    fn a_port_and_localhost_and_an_address_are_places() {
        for (text, http, https) in [
            ("80", "http://127.0.0.1:80", "https://localhost:80"),
            ("localhost:80", "http://127.0.0.1:80", "https://localhost:80"),
            ("LOCALHOST:80", "http://127.0.0.1:80", "https://localhost:80"),
            ("127.0.0.2:80", "http://127.0.0.2:80", "https://127.0.0.2:80"),
            ("[::1]:80", "http://[::1]:80", "https://[::1]:80"),
            ("0.0.0.0:80", "http://127.0.0.1:80", "https://localhost:80"),
        ] {
            assert_eq!((url(text, false).as_str(), url(text, true).as_str()), (http, https), "{text}");
        }
    }

    #[test]
    fn what_is_no_place_is_refused_and_so_is_what_others_reach() {
        for text in ["", "localhost", "65536", "graph.example:80", "::1", "127.0.0.1", "-1", ":80"] {
            assert!(Place::read(text, true).is_err(), "{text}");
        }
        for text in ["0.0.0.0:80", "[::]:80", "192.0.2.1:80"] {
            let error = Place::read(text, false).expect_err(text);
            assert!(error.to_string().contains("--allow-remote"), "{text}: {error}");
        }
    }

    #[test]
    fn a_public_url_is_an_address_and_nothing_after_it() {
        for (text, want) in [
            ("https://graph.example", "https://graph.example"),
            (" http://192.0.2.1:8365/ ", "http://192.0.2.1:8365"),
            ("HTTP://[2001:db8::1]:80", "http://[2001:db8::1]:80"),
        ] {
            assert_eq!(public_url(text).expect(text), want);
        }
        for text in [
            "",
            "graph.example",
            "graph.example:80",
            "ftp://graph.example",
            "https://",
            "https://graph.example/v1.0",
            "https://graph.example?a",
            "https://graph.example/#a",
            "https://user@graph.example",
            "https://graph.example:65536",
            "https://graph.example:",
        ] {
            let error = public_url(text).expect_err(text);
            assert!(error.to_string().contains("--public-url"), "{text}: {error}");
        }
    }

    #[test]
    fn what_was_answered_is_told_in_one_line() {
        let mut report = Report::default();
        assert_eq!(told(&report), "requests: 0; meetings made in this run: 0; tokens given out: 0");
        report.by_status.extend([(0, 1), (201, 12)]);
        (report.meetings_made, report.tokens_issued) = (12, 2);
        let line =
            "requests: 13 (1 without an answer, 12 with 201); meetings made in this run: 12; tokens given out: 2";
        assert_eq!(told(&report), line);
    }
}
