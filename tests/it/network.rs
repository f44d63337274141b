//! The way to Graph: through a proxy that demands CONNECT, to servers that a private authority vouches for.

use std::collections::BTreeSet;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;

use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Sim, TENANT_ID, Tls, serve_tls};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::authority::Authority;
use crate::binary::{convoke, convoke_at, kill, run, under_way, write};
use crate::harness::{column, sheet};
use crate::proxy::{Proxy, Rule};
use crate::server::Server;

/// Names that only the proxy knows.
const GRAPH: &str = "graph.example:443";
const LOGIN: &str = "login.example:443";

/// The embedded Graph and its identity service behind TLS, with a private authority.
pub(crate) struct Private {
    sim: Sim,
    at: SocketAddr,
    authority: String,
    pub(crate) directory: TempDir,
    _runtime: Runtime,
}

impl Private {
    pub(crate) fn start(scenario: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a port");
        let at = listener.local_addr().expect("an address");
        let authority = Authority::new("Contoso");
        let (certificate, key) = authority.certify(&["graph.example", "login.example", "localhost"]);
        let tls = Tls::from_pem(certificate.as_bytes(), key.as_bytes()).expect("a certificate and its key");
        let sim = Sim::new(scenario.parse().expect("a scenario"));
        runtime.spawn(serve_tls(listener, tls, sim.clone(), std::future::pending()));
        let directory = tempfile::tempdir().expect("a directory");
        let authority = write(directory.path(), "authority.pem", &authority.pem());
        Self { sim, at, authority, directory, _runtime: runtime }
    }

    /// A proxy that knows it by its names.
    pub(crate) fn proxy(&self, rule: Rule) -> Proxy {
        Proxy::start(rule, &[(GRAPH, self.at), (LOGIN, self.at)])
    }

    /// The program pointed at it by its names, with so many rows.
    pub(crate) fn convoke(&self, rows: usize, args: &[&str]) -> Command {
        let input = write(self.directory.path(), "in.csv", &sheet(rows));
        let mut command = convoke(["provision", &input, "--ca-file", &self.authority]);
        command.args(["--graph-url=https://graph.example", "--login-url=https://login.example"]).args(args);
        signing_in(&mut command);
        command
    }

    fn output(&self) -> String {
        result(self.directory.path())
    }
}

fn signing_in(command: &mut Command) {
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET);
}

fn result(directory: &Path) -> String {
    fs::read_to_string(directory.join("in.joined.csv")).expect("the run is complete")
}

/// What tunnels are asked for.
fn names() -> BTreeSet<String> {
    BTreeSet::from([GRAPH, LOGIN].map(str::to_owned))
}

/// A port that nobody listens on.
fn nobody() -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}

#[test]
fn a_run_through_a_proxy_to_a_private_server_with_a_token_renewed_in_mid_run_ends_like_the_plain_one() {
    const ROWS: usize = 70;
    let plain = Server::of_sim(Sim::new("calm".parse().expect("a scenario")));
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(ROWS));
    let (status, _, stderr) = run(&mut convoke_at(&plain, &[&input]));
    assert_eq!(status, Some(0), "{stderr}");
    // The token is renewed after 3 s, and the rows take longer.
    let private = Private::start("calm,token-lifetime=4s");
    let proxy = private.proxy(Rule::SignIn("Basic YWRhOmh1c2gtcHJveHk="));
    let named = format!("http://ada:hush-proxy@{}", proxy.address);
    let (status, _, stderr) = run(private.convoke(ROWS, &["--rate=18", "-v"]).env("CONVOKE_PROXY", named));
    assert_eq!(status, Some(0), "{stderr}");
    assert!(!stderr.contains("hush"), "{stderr}");
    assert!(private.sim.report().tokens_issued >= 2, "{:?}", private.sim.report());
    assert_eq!(private.output(), result(directory.path()));
    assert_eq!((BTreeSet::from_iter(proxy.tunnels()), proxy.others()), (names(), Vec::new()));
}

#[test]
fn the_proxy_of_the_environment_is_used_as_well_and_one_that_is_named_goes_before_it() {
    let private = Private::start("calm");
    for variable in ["HTTPS_PROXY", "ALL_PROXY"] {
        let proxy = private.proxy(Rule::Open);
        let mut command = private.convoke(3, &["--rate=max"]);
        let (status, _, stderr) = run(command.env(variable, format!("http://{}", proxy.address)));
        assert_eq!(status, Some(0), "{stderr}");
        assert_eq!(BTreeSet::from_iter(proxy.tunnels()), names());
    }
    let [proxy, other] = [private.proxy(Rule::Open), private.proxy(Rule::Refuse(403))];
    let named = format!("--proxy={}", proxy.address);
    let mut command = private.convoke(3, &["--rate=max", &named]);
    let (status, _, stderr) = run(command.env("HTTPS_PROXY", format!("http://{}", other.address)));
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!((BTreeSet::from_iter(proxy.tunnels()), other.tunnels()), (names(), Vec::new()));
}

#[test]
fn this_machine_is_reached_without_a_proxy_and_so_is_what_no_proxy_names() {
    let private = Private::start("calm");
    let name = format!("localhost:{}", private.at.port());
    let url = format!("https://{name}");
    let local = |environment: &[(&str, &str)], args: &[&str]| {
        let input = write(private.directory.path(), "in.csv", &sheet(3));
        let mut command = convoke(["provision", &input, "--rate=max", "--ca-file", &private.authority]);
        command.args(["--graph-url", &url, "--login-url", &url]).args(args).envs(environment.iter().copied());
        signing_in(&mut command);
        let (status, _, stderr) = run(&mut command);
        assert_eq!(status, Some(0), "{stderr}");
    };
    let proxy = Proxy::start(Rule::Open, &[(&name, private.at)]);
    let address = format!("http://{}", proxy.address);
    local(&[], &["--proxy", &address]);
    local(&[("HTTPS_PROXY", &address), ("NO_PROXY", "localhost")], &[]);
    assert_eq!(proxy.tunnels().len(), 0);
    local(&[("HTTPS_PROXY", &address)], &[]);
    let tunnels = proxy.tunnels();
    assert!(!tunnels.is_empty() && tunnels.iter().all(|to| *to == name), "the system's goes for this machine, too");
    // What goes by http goes by no proxy, whoever names it.
    let plain = Server::of_sim(Sim::new("calm".parse().expect("a scenario")));
    let input = write(private.directory.path(), "plain.csv", &sheet(3));
    let mut command = convoke_at(&plain, &[&input, "--proxy", &address]);
    let (status, _, stderr) = run(command.env("HTTP_PROXY", &address).env("ALL_PROXY", &address));
    assert_eq!((status, proxy.tunnels().len(), proxy.others().len()), (Some(0), tunnels.len(), 0), "{stderr}");
}

#[test]
fn a_proxy_that_wants_another_name_and_password_ends_the_run_and_says_so() {
    let private = Private::start("calm");
    let proxy = private.proxy(Rule::SignIn("Basic YWRhOmh1c2gtcHJveHk="));
    let address = proxy.address;
    for (variable, userinfo, words) in [
        ("CONVOKE_PROXY", "", "into CONVOKE_PROXY, like http://NAME"),
        ("HTTPS_PROXY", "", "into CONVOKE_PROXY, like http://NAME"),
        ("CONVOKE_PROXY", "ada:hush@", "mend them in CONVOKE_PROXY"),
        ("HTTPS_PROXY", "ada:hush@", "mend them in HTTPS_PROXY"),
    ] {
        let mut command = private.convoke(3, &["--rate=max", "-v"]);
        let (status, _, stderr) = run(command.env(variable, format!("http://{userinfo}{address}")));
        assert_eq!(status, Some(4), "{stderr}");
        for words in [words, "(HTTP 407)", &format!("the proxy http://{address} ")] {
            assert!(stderr.contains(words), "{words}: {stderr}");
        }
        assert!(!stderr.contains("hush"), "{stderr}");
    }
    assert_eq!(private.sim.report().tokens_issued, 0);
}

#[test]
fn a_proxy_that_is_down_or_lets_nobody_through_is_named_at_once() {
    let private = Private::start("calm");
    let [refuses, hangs_up] = [private.proxy(Rule::Refuse(403)), private.proxy(Rule::HangUp)];
    for (address, words) in [
        (nobody(), "cannot be reached (Connection refused"),
        (refuses.address, "does not let this program through to login.example: ask its administrator"),
        (hangs_up.address, "went away without an answer: is it a proxy for HTTP? check --proxy"),
    ] {
        let named = format!("http://ada:hush@{address}");
        let mut command = private.convoke(3, &["--rate=max"]);
        let (mut child, _) = under_way(command.env("CONVOKE_PROXY", named), &format!("http://{address} {words}"));
        kill("TERM", &child);
        assert_eq!(child.wait().expect("it ends").code(), Some(143));
    }
}

#[test]
fn a_server_of_an_authority_that_is_not_trusted_gets_nothing_and_the_mend_is_a_file_of_it() {
    let private = Private::start("calm");
    let proxy = private.proxy(Rule::Open);
    let named = format!("--proxy={}", proxy.address);
    let mut command = private.convoke(3, &["--rate=max", &named]);
    let stranger = write(private.directory.path(), "stranger.pem", &Authority::new("Fabrikam").pem());
    let (status, _, stderr) = run(command.env("CONVOKE_CA_FILE", &stranger).env("SSL_CERT_FILE", &stranger));
    assert_eq!(status, Some(0), "what is typed goes before the environment: {stderr}");
    fs::copy(&stranger, &private.authority).expect("a file");
    let (status, _, stderr) = run(&mut private.convoke(3, &["--rate=max", &named]));
    assert_eq!(status, Some(4), "{stderr}");
    assert!(stderr.contains("login.example") && stderr.contains("with --ca-file"), "{stderr}");
    assert_eq!(private.sim.report().tokens_issued, 1);
}

#[test]
fn where_the_system_has_no_authorities_those_of_the_file_do() {
    let private = Private::start("calm");
    let proxy = private.proxy(Rule::Open);
    let empty = write(private.directory.path(), "empty.pem", "");
    let mut command = private.convoke(3, &["--rate=max", &format!("--proxy={}", proxy.address)]);
    let (status, _, stderr) = run(command.env("SSL_CERT_FILE", &empty));
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&private.output(), "status"), ["created"; 3]);
}

#[test]
fn a_file_of_authorities_that_is_none_ends_the_run_before_anything_is_sent() {
    let private = Private::start("calm");
    for (text, words) in [
        (Some(""), "it is empty"),
        (Some("hello"), "there is no certificate in it"),
        (Some("-----BEGIN CERTIFICATE-----\nAAAA\n"), "cut off"),
        (None, "it cannot be read: No such file"),
    ] {
        match text {
            Some(text) => fs::write(&private.authority, text),
            None => fs::remove_file(&private.authority),
        }
        .expect("a file");
        let (status, _, stderr) = run(&mut private.convoke(3, &[]));
        assert_eq!(status, Some(2), "{stderr}");
        assert!(
            stderr.contains(words) || stderr.contains("cannot be read: No such file") && text.is_none(),
            "{stderr}"
        );
        assert!(stderr.contains("--ca-file") && stderr.contains("authority.pem"), "{stderr}");
    }
    assert_eq!(private.sim.report().tokens_issued, 0);
}

#[test]
fn a_proxy_of_the_environment_that_is_none_is_told_by_its_variable_and_never_shown() {
    let private = Private::start("calm");
    let address = "ftp://ada:hush@proxy.example";
    let (status, _, stderr) = run(private.convoke(3, &[]).env("CONVOKE_PROXY", address));
    assert_eq!(status, Some(2), "{stderr}");
    assert!(stderr.contains("CONVOKE_PROXY is not the address of a proxy") && !stderr.contains("hush"), "{stderr}");
    let (_, help, _) = run(convoke(["provision", "--help"]).env("CONVOKE_PROXY", address));
    assert!(help.contains("--proxy") && !help.contains("hush"), "{help}");
}
