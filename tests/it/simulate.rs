//! `convoke simulate`: the embedded Graph as other programs meet it, through the real program and real sockets.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use axum::body::Body;
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Scenario, Sim, TENANT_ID, Tls, serve_tls};
use http::{Request, StatusCode, Version};
use http_body_util::BodyExt as _;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, from_slice};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::binary::{convoke, kill, run, sample, write};
use crate::harness::column;
use crate::host::{certificate, pem};

/// A simulator; it ends when it is dropped, or as told.
pub(crate) struct Simulator {
    pub(crate) child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) url: String,
}

impl Simulator {
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::start_with(&[&["--listen", "0"], args].concat())
    }

    fn start_with(args: &[&str]) -> Self {
        let mut command = convoke([&["simulate"], args].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        let (mut stdout, mut url) = (BufReader::new(child.stdout.take().expect("a pipe")), String::new());
        stdout.read_line(&mut url).expect("a line");
        Self { child, stdout, url: url.trim_end().to_owned() }
    }

    /// The program pointed at it.
    fn provision(&self) -> Command {
        let (event, url) = (sample("event.csv"), self.url.as_str());
        let mut command =
            convoke(["provision", &event, "--rate=max", "-o", "-", "--graph-url", url, "--login-url", url]);
        command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
        command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET);
        command
    }

    /// Ends it by a signal, and gives its exit status, the rest of standard output, and standard error.
    pub(crate) fn end(mut self, signal: &str) -> (Option<i32>, String, String) {
        kill(signal, &self.child);
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).expect("UTF-8");
        self.child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("UTF-8");
        (self.child.wait().expect("it ends").code(), stdout, stderr)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The files of a certificate for localhost and of its key, in a folder that goes with the last value.
fn certificate_files() -> (String, String, TempDir) {
    let (directory, (certificate, key)) = (tempfile::tempdir().expect("a directory"), certificate(1));
    let certificate = write(directory.path(), "certificate.pem", &pem("CERTIFICATE", &certificate));
    (certificate, write(directory.path(), "key.pem", &pem("PRIVATE KEY", &key)), directory)
}

#[test]
fn it_says_its_address_in_one_line_answers_there_and_ends_with_a_signal() {
    for signal in ["INT", "TERM"] {
        let simulator = Simulator::start(&[]);
        let port = simulator.url.strip_prefix("http://127.0.0.1:").expect("an address of this machine");
        assert_ne!(port.parse(), Ok(0_u16));
        let (status, stdout, stderr) = run(&mut simulator.provision());
        assert_eq!(status, Some(0), "{stderr}");
        assert_eq!(column(&stdout, "joinWebUrl").len(), 28);
        let (status, stdout, stderr) = simulator.end(signal);
        assert_eq!((status, stdout.as_str()), (Some(0), ""), "{stderr}");
        assert!(stderr.contains("28 with 201") && stderr.contains("meetings made in this run: 28"), "{stderr}");
    }
}

#[test]
fn with_a_certificate_it_speaks_https() {
    let (certificate, key, _directory) = certificate_files();
    let simulator = Simulator::start(&["--certificate", &certificate, "--key", &key]);
    assert!(simulator.url.starts_with("https://localhost:"), "{}", simulator.url);
    let (status, stdout, stderr) = run(simulator.provision().env("SSL_CERT_FILE", &certificate));
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&stdout, "status"), ["created"; 28]);
    let (status, stdout, stderr) = run(simulator.provision().env("SSL_CERT_FILE", &certificate));
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&stdout, "status"), ["existing"; 28]);
    let (status, _, stderr) = simulator.end("TERM");
    assert!(status == Some(0) && stderr.contains(" with 200, 28 with 201"), "{stderr}");
}

#[test]
fn a_permission_that_is_not_granted_is_told_before_anything_is_asked_for() {
    for grant in ["--grant=User.Read.All", "--grant="] {
        let simulator = Simulator::start(&[grant]);
        let (status, _, stderr) = run(&mut simulator.provision());
        assert!(status == Some(4) && stderr.contains("OnlineMeetings.ReadWrite.All"), "{grant}: {stderr}");
        let (_, _, stderr) = simulator.end("TERM");
        assert!(stderr.contains("meetings made in this run: 0; tokens given out: 1"), "{stderr}");
    }
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_served() {
    let (certificate, key, directory) = certificate_files();
    let (other, _, _other_directory) = certificate_files();
    let empty = write(directory.path(), "empty.pem", "");
    for (args, words) in [
        (vec!["--listen=0.0.0.0:0"], "--allow-remote"),
        (vec!["--listen=graph.example:80"], "localhost:PORT"),
        (vec!["--listen=0", "--certificate", &certificate], "go together"),
        (vec!["--listen=0", "--key", &key], "go together"),
        (vec!["--listen=0", "--certificate", &other, "--key", &key], "not that of the certificate"),
        (vec!["--listen=0", "--certificate", &key, "--key", &key], "no certificate"),
        (vec!["--listen=0", "--certificate", &certificate, "--key", &empty], "no private key"),
        (vec!["--listen=0", "--certificate", "/nowhere/a.pem", "--key", &key], "/nowhere/a.pem cannot be read"),
        (vec!["--listen=0", "--client-certificate", &empty], "no certificate"),
        (vec!["--listen=0", "--federated", &empty], "empty.pem: it is no federated credential"),
        (vec!["--listen=0", "--federated", "/nowhere/a.json"], "/nowhere/a.json cannot be read"),
        (vec!["--listen=0", "--grant=User.Read.All,Mail Send"], "--grant 'Mail Send' is not the name of a permission"),
        (vec!["--listen=0", "--grant-delegated=a/b"], "--grant-delegated 'a/b'"),
        (vec!["--listen=0", "--scenario=windy"], "stormy"),
        (vec!["--listen=0", "--public-url=https://graph.example/v1.0"], "without path"),
    ] {
        let (status, stdout, stderr) = run(&mut convoke([&["simulate"], &args[..]].concat()));
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{args:?}: {stderr}");
        assert!(stderr.contains(words), "{args:?}: {stderr}");
    }
}

#[test]
fn a_file_that_is_no_certificate_or_key_is_refused_with_what_to_do() {
    let (certificate_file, key_file, directory) = certificate_files();
    let (der, key_der) = certificate(2);
    let whole = pem("CERTIFICATE", &der);
    let named = |label: &str| pem(label, &key_der);
    let headed = named("RSA PRIVATE KEY").replacen("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n\n", 1);
    let pkcs12 = [0x30, 0x82, 9, 9, 2, 1, 3, 0x30];
    for (option, bytes, words) in [
        ("--key", named("ENCRYPTED PRIVATE KEY").as_bytes(), "has a passphrase; remove it with: openssl pkey -in"),
        ("--key", headed.as_bytes(), "has a passphrase; remove it with: openssl pkey -in"),
        ("--key", &named("PRIVATE KEY").as_bytes()[..90], "the key's file is cut off"),
        ("--key", &key_der, "is DER, not PEM; convert it with: openssl pkey -inform DER"),
        ("--certificate", &whole.as_bytes()[..90], "the certificate's file is cut off"),
        ("--certificate", &der, "is DER, not PEM; convert it with: openssl x509 -inform DER"),
        ("--certificate", &pkcs12, "is PKCS #12, not PEM; convert it with: openssl pkcs12"),
        ("--certificate", whole.replace('M', "!").as_bytes(), "no Base64"),
        ("--certificate", pem("CERTIFICATE", &der[..99]).as_bytes(), "is no certificate"),
        ("--client-certificate", pem("CERTIFICATE", b"hello").as_bytes(), "is no certificate"),
        ("--client-certificate", named("ENCRYPTED PRIVATE KEY").as_bytes(), "there is no certificate in"),
        ("--client-certificate", &der, "openssl x509 -inform DER"),
        ("--client-certificate", b"-----BEGIN CERTIFICATE\n", "must end with -----"),
    ] {
        let file = directory.path().join("spoilt.pem");
        std::fs::write(&file, bytes).expect("a file");
        let spoilt = file.to_str().expect("UTF-8");
        let args = match option {
            "--key" => vec!["--certificate", &certificate_file, "--key", spoilt],
            "--certificate" => vec!["--certificate", spoilt, "--key", &key_file],
            option => vec![option, spoilt],
        };
        let (status, stdout, stderr) = run(&mut convoke([&["simulate", "--listen=0"], &args[..]].concat()));
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{option}: {stderr}");
        assert!(stderr.contains(words) && !stderr.contains("[4"), "{option}, {words}: {stderr}");
    }
}

#[test]
fn a_port_that_is_taken_is_told_and_exits_5() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let (status, stdout, stderr) = run(convoke(["simulate"]).env("CONVOKE_LISTEN", &port));
    assert_eq!((status, stdout.as_str()), (Some(5), ""), "{stderr}");
    assert!(stderr.contains(&format!("127.0.0.1:{port} cannot be listened on")), "{stderr}");
}

#[test]
fn quiet_leaves_the_address_and_nothing_else() {
    let simulator = Simulator::start(&["--quiet"]);
    assert!(simulator.url.starts_with("http://"), "{}", simulator.url);
    assert_eq!(simulator.end("TERM"), (Some(0), String::new(), String::new()));
}

#[test]
fn every_request_is_told_if_that_is_asked_for_and_no_secret_with_it() {
    let simulator = Simulator::start(&["-v"]);
    assert_eq!(run(&mut simulator.provision()).0, Some(0));
    let (_, _, stderr) = simulator.end("TERM");
    let told: Vec<&str> = stderr.lines().filter(|line| line.contains("/createOrGet: 201, request-id ")).collect();
    assert_eq!(told.len(), 28, "{stderr}");
    assert!(told.iter().all(|line| line.starts_with("POST /")), "{stderr}");
    assert!(stderr.contains(&format!("POST /{TENANT_ID}/oauth2/v2.0/token: 200")), "{stderr}");
    assert!(!stderr.contains(CLIENT_SECRET) && !stderr.contains("externalId"), "{stderr}");
    let rehearsed = run(&mut convoke(["provision", &sample("event.csv"), "--rehearse", "--rate=max", "-v", "-o", "-"]));
    assert!(!rehearsed.2.contains("/createOrGet: "), "who asks tells it, and not the simulator too: {}", rehearsed.2);
}

#[test]
fn what_it_says_of_itself_is_the_public_url() {
    let simulator = Simulator::start(&["--public-url=https://graph.example:8443/"]);
    assert_eq!(simulator.url, "https://graph.example:8443");
    let (_, _, stderr) = simulator.end("TERM");
    assert!(stderr.contains("it listens on http://127.0.0.1:"), "{stderr}");
    for (args, advised) in [(&["--allow-remote", "--listen=0.0.0.0:0"][..], true), (&["--listen=127.0.0.1:0"], false)] {
        let simulator = Simulator::start_with(args);
        let (_, _, stderr) = simulator.end("TERM");
        assert_eq!(stderr.contains("--public-url says where"), advised, "{stderr}");
    }
}

#[test]
fn the_help_has_what_signing_in_takes() {
    let (status, stdout, _) = run(&mut convoke(["simulate", "--help"]));
    assert_eq!(status, Some(0));
    for word in [TENANT_ID, CLIENT_ID, CLIENT_SECRET, "/v1.0", "--graph-url"] {
        assert!(stdout.contains(word), "{word}: {stdout}");
    }
}

/// A connection to a simulator with TLS that speaks these versions of HTTP, with the simulator behind it.
async fn secure(scenario: Scenario, versions: &[&str]) -> TlsStream<TcpStream> {
    let (certificate, key) = certificate(1);
    let tls = Tls::from_pem(pem("CERTIFICATE", &certificate).as_bytes(), pem("PRIVATE KEY", &key).as_bytes());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve_tls(
        listener,
        tls.expect("a certificate and its key"),
        Sim::new(scenario),
        std::future::pending(),
    ));
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(certificate)).expect("a certificate");
    let mut client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    client.alpn_protocols = versions.iter().map(|version| version.as_bytes().to_vec()).collect();
    let socket = TcpStream::connect(address).await.expect("it accepts");
    let name = "localhost".try_into().expect("a name");
    TlsConnector::from(Arc::new(client)).connect(name, socket).await.expect("it trusts the certificate")
}

fn token_request() -> Request<Body> {
    let app = format!("client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}");
    let form = format!("grant_type=client_credentials&{app}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default");
    let request = Request::post(format!("https://localhost/{TENANT_ID}/oauth2/v2.0/token"));
    request.header("content-type", "application/x-www-form-urlencoded").body(Body::from(form)).expect("a request")
}

#[tokio::test]
async fn a_lost_http2_request_takes_none_of_the_others_on_its_connection_along() {
    let stream = secure(Scenario { dropped_before: 1.0, ..Scenario::calm() }, &["h2", "http/1.1"]).await;
    let connection = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
    let (mut client, connection) = connection.expect("it speaks HTTP/2");
    tokio::spawn(connection);
    let answer = client.send_request(token_request()).await.expect("an answer");
    assert_eq!((answer.status(), answer.version()), (StatusCode::OK, Version::HTTP_2));
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    let token: Value = from_slice(&body).expect("JSON");
    let request =
        Request::post("https://localhost/v1.0/users/6b1e0000-0000-4000-8000-000000000001/onlineMeetings/createOrGet")
            .header("authorization", format!("Bearer {}", token["access_token"].as_str().expect("a token")))
            .header("content-type", "application/json");
    let request = request.body(Body::from(r#"{"externalId":"A"}"#)).expect("a request");
    let lost = client.send_request(request).await.expect_err("it is dropped");
    assert!(format!("{lost:?}").contains("Reset"), "{lost:?}");
    let answer = client.send_request(token_request()).await.expect("the connection goes on");
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_speaks_only_http1_is_answered_over_tls_too() {
    for versions in [&[] as &[&str], &["http/1.1"]] {
        let stream = secure(Scenario::calm(), versions).await;
        let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await.expect("it speaks HTTP/1.1");
        tokio::spawn(connection);
        let answer = client.send_request(token_request()).await.expect("an answer");
        assert_eq!((answer.status(), answer.version()), (StatusCode::OK, Version::HTTP_11));
    }
}
