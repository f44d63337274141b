//! Whom the run talks to, by what was typed and what the environment says.

use super::*;
use crate::cli::{Cli, Command};
use clap::Parser as _;

fn network(rest: &str, authority_host: Option<&str>) -> Result<Network, String> {
    let line = format!("convoke provision a.csv {rest}");
    let args = match Cli::try_parse_from(line.split_whitespace()).expect("well-formed").command {
        Command::Provision(args) => args.network,
        _ => panic!("{line}"),
    };
    let environment = Environment { authority_host: authority_host.map(str::to_owned), ..Environment::default() };
    Network::from_args(&args, &environment).map_err(|error| format!("{error:#}"))
}

#[test]
fn a_cloud_sets_both_addresses_and_each_can_be_another() {
    let (com, us) = ("https://login.microsoftonline.com", "https://login.microsoftonline.us");
    let graph = "https://graph.microsoft.com";
    for (typed, authority_host, graph_url, graph_source, login_url, login_source) in [
        ("", None, graph, "default", com, "default"),
        ("--cloud global", None, graph, "--cloud", com, "--cloud"),
        ("--cloud us-gov-l4", None, "https://graph.microsoft.us", "--cloud", us, "--cloud"),
        ("--cloud US-Gov-L5", None, "https://dod-graph.microsoft.us", "--cloud", us, "--cloud"),
        (
            "--cloud us-gov-l5 --login-url https://l.example/",
            None,
            "https://dod-graph.microsoft.us",
            "--cloud",
            "https://l.example",
            "--login-url",
        ),
        ("--cloud us-gov-l5 --graph-url https://g.example", None, "https://g.example", "--graph-url", us, "--cloud"),
        ("", Some("https://l.example/"), graph, "default", "https://l.example", "AZURE_AUTHORITY_HOST"),
        ("", Some("l.example"), graph, "default", "https://l.example", "AZURE_AUTHORITY_HOST"),
        ("--cloud us-gov-l4", Some("https://l.example"), "https://graph.microsoft.us", "--cloud", us, "--cloud"),
        (
            "--login-url https://m.example",
            Some("https://l.example"),
            graph,
            "default",
            "https://m.example",
            "--login-url",
        ),
        ("--graph-url https://g.example", Some(us), "https://g.example", "--graph-url", us, "AZURE_AUTHORITY_HOST"),
    ] {
        let network = network(typed, authority_host).expect(typed);
        assert_eq!(network.graph_url, Sourced::new(graph_url.to_owned(), graph_source), "{typed}");
        assert_eq!(network.login_url, Sourced::new(login_url.to_owned(), login_source), "{typed}");
        let is_named = typed.contains("--cloud");
        assert_eq!(network.cloud.source, if is_named { "--cloud" } else { "default" });
    }
}

#[test]
fn a_cloud_that_has_no_meetings_or_another_name_is_refused_with_what_to_do() {
    for (typed, words) in [
        ("--cloud china", "has no createOrGet"),
        ("--cloud AzureChinaCloud", "has no createOrGet"),
        ("--cloud 21Vianet", "has no createOrGet"),
        ("--graph-url https://microsoftgraph.chinacloudapi.cn", "has no createOrGet"),
        ("--graph-url https://graph.microsoft.us", "--cloud us-gov-l4"),
        ("--graph-url https://DOD-graph.microsoft.us/", "--cloud us-gov-l5"),
        ("--cloud AzurePublicCloud", "--cloud global"),
        ("--cloud AzureUSGovernment", "us-gov-l4 (GCC High) or us-gov-l5"),
        ("--cloud GCC-High", "us-gov-l4"),
        ("--cloud DoD", "us-gov-l5"),
        ("--cloud mars", "global (also for GCC), us-gov-l4"),
    ] {
        let refusal = network(typed, None).expect_err(typed);
        assert!(refusal.contains(words), "{typed}: {refusal}");
    }
    for (typed, authority_host) in
        [("", Some("https://login.microsoftonline.us")), ("--login-url https://LOGIN.microsoftonline.us", None)]
    {
        let refusal = network(typed, authority_host).expect_err(typed);
        assert!(refusal.contains("name its Graph too"), "{refusal}");
    }
    assert!(network("", Some("https://login.chinacloudapi.cn")).expect_err("China").contains("createOrGet"));
    assert!(network("", Some("http://login.example")).expect_err("in the clear").contains("in the clear"));
}

#[test]
fn an_address_is_a_root_and_what_may_be_a_password_is_not_repeated() {
    for (url, words) in [
        ("https://graph.example/v1.0", "leave /v1.0 out"),
        ("https://graph.example/beta/", "leave /beta out"),
        ("https://graph.example#x", "without a query"),
        ("https://graph.example/?a=b", "without a query"),
        ("https://graph.example\\@evil.example", "without a user name"),
        ("https://ada:hush@graph.example", "without a user name"),
        ("https://", "'https://'"),
    ] {
        for option in ["--graph-url", "--login-url"] {
            let refusal = network(&format!("{option} {url}"), None).expect_err(url);
            assert!(refusal.contains(words) && refusal.contains(option), "{url}: {refusal}");
            assert!(!refusal.contains("hush"), "{refusal}");
        }
    }
    let network = network("--graph-url https://gateway.example/graph/", None).expect("a gateway");
    assert_eq!(network.graph_url.value, "https://gateway.example/graph");
}

#[test]
fn a_proxy_is_told_without_its_password_and_is_not_for_this_machine() {
    let named = network("--proxy http://ada:hush@proxy.example:8080", None).expect("a network");
    let told = Sourced::new("http://proxy.example:8080".to_owned(), "--proxy");
    assert_eq!(named.proxy, Some(told));
    assert!(!format!("{named:?}").contains("hush"));
    let local = "--graph-url https://localhost:1 --login-url https://localhost:1";
    assert_eq!(network(&format!("--proxy http://proxy.example {local}"), None).expect("a network").proxy, None);
    let refusal = network("--proxy http://ada:hush@proxy.example:8080/a", None).expect_err("a path");
    assert!(refusal.starts_with("--proxy is not the address of a proxy") && !refusal.contains("hush"), "{refusal}");
}

#[test]
fn a_file_of_authorities_that_is_none_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("ca.pem");
    let refusal = || network(&format!("--ca-file {}", path.display()), None).expect_err("no authority");
    assert!(refusal().contains("ca.pem: it cannot be read"), "{}", refusal());
    std::fs::write(&path, "").expect("a file");
    assert!(refusal().contains("ca.pem: it is empty"), "{}", refusal());
}
