//! Each way of signing in, through the real program: against the embedded Graph, or against a stand-in of the endpoint
//! written from its documentation.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Federated, IssuerKey, Registration, Scenario, Sim, TENANT_ID};
use http::{Request, Response};
use tempfile::TempDir;

use crate::binary::{convoke, run, write};
use crate::harness::{column, reply, sheet};
use crate::server::Server;

const MEETING: &str = r#"{"id":"m","joinWebUrl":"https://teams.example/l/x"}"#;
const REJECTED: &str = r#"{"error":{"code":"InvalidAuthenticationToken","message":"Access token has expired."}}"#;

/// The program with a sheet of so many rows, pointed at a server and told nothing of how to sign in.
fn convoke_at(server: &Server, rows: usize, args: &[&str]) -> (Command, TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(rows));
    let mut command = convoke(["provision", &input, "-c1", "-o", "-", "-v"]);
    command.args(["--graph-url", &server.url, "--login-url", &server.url]).args(args);
    command.env("CONVOKE_RATE", "max").env("CONVOKE_LOOKUP", "off");
    (command, directory)
}

/// Runs it, and finds all rows created and none of these secrets anywhere.
fn succeeds(command: &mut Command, rows: usize, secrets: &[&str]) -> String {
    let (status, stdout, stderr) = run(command);
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&stdout, "status"), vec!["created"; rows], "{stderr}");
    for secret in secrets {
        assert!(!stdout.contains(secret) && !stderr.contains(secret), "{secret}: {stderr}");
    }
    stderr
}

/// Runs it, and finds that it ends with status 4 and these words, and none of these secrets.
fn fails(command: &mut Command, words: &[&str], secrets: &[&str]) {
    let (status, stdout, stderr) = run(command);
    assert_eq!(status, Some(4), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "{word}: {stderr}");
    }
    for secret in secrets {
        assert!(!stdout.contains(secret) && !stderr.contains(secret), "{secret}: {stderr}");
    }
}

fn simulator(scenario: Scenario) -> (Server, Sim) {
    let sim = Sim::new(scenario);
    (Server::of_sim(sim.clone()), sim)
}

/// A stand-in: `tokens` answers who asks for one, and Graph takes the tokens that `is_good`.
fn stand_in(
    tokens: impl Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    is_good: impl Fn(&str) -> bool + Send + Sync + 'static,
) -> Server {
    Server::start(move |request| {
        if !request.uri().path().ends_with("/createOrGet") {
            return tokens(request);
        }
        let token = request.headers()["authorization"].to_str().expect("text").trim_start_matches("Bearer ");
        if is_good(token) { reply(201, &[], MEETING) } else { reply(401, &[], REJECTED) }
    })
}

/// Each token is good for so many calls, and is rejected after that; the first is `token-1-hush`.
fn good_for(calls: usize) -> impl Fn(&str) -> bool + Send + Sync {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    move |token| {
        let mut seen = seen.lock().expect("no panic");
        seen.push(token.to_owned());
        token.starts_with("token-") && seen.iter().filter(|other| *other == token).count() <= calls
    }
}

/// A program that prints what the script says, on a PATH of its own.
fn program(directory: &Path, name: &str, script: &str) -> String {
    let path = write(directory, name, &format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
    path
}

fn query(request: &Request<Bytes>) -> Vec<String> {
    request.uri().query().unwrap_or_default().split('&').map(str::to_owned).collect()
}

#[test]
fn a_client_secret_in_a_file_is_read_at_each_renewal() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = write(directory.path(), "secret", "first-hush\r\n");
    let (shared, number) = (file.clone(), Mutex::new(0));
    let tokens = move |request: &Request<Bytes>| {
        let mut number = number.lock().expect("no panic");
        let expected = ["first-hush", "second-hush"][*number];
        *number += 1;
        let body = String::from_utf8_lossy(request.body()).into_owned();
        assert!(body.contains(&format!("client_secret={expected}&")), "{body}");
        fs::write(&shared, "second-hush").expect("a file");
        reply(200, &[], &format!(r#"{{"expires_in":3599,"access_token":"token-{number}-hush"}}"#))
    };
    let server = stand_in(tokens, good_for(3));
    let (mut command, _directory) = convoke_at(&server, 5, &["--client-secret-file", &file]);
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    let said = succeeds(&mut command, 5, &["hush"]);
    let words = format!("(--client-secret-file), as app {CLIENT_ID} in tenant {TENANT_ID}");
    assert!(said.contains(&words), "{said}");
}

#[test]
fn a_client_secret_passes_at_the_simulator_and_is_explained_when_it_does_not() {
    let (server, sim) = simulator(Scenario::calm());
    let directory = tempfile::tempdir().expect("a directory");
    for (secret, is_good) in [(CLIENT_SECRET, true), ("not-the-secret", false)] {
        let file = write(directory.path(), "secret", secret);
        let (mut command, _directory) = convoke_at(&server, 3, &["--client-secret-file", &file]);
        command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
        if is_good {
            succeeds(&mut command, 3, &[secret]);
        } else {
            fails(&mut command, &["AADSTS7000215", "not its id", "trace id", "correlation id"], &[secret]);
        }
    }
    assert_eq!(sim.report().tokens_issued, 1);
}

#[test]
fn a_certificate_passes_at_the_simulator_which_knows_it_and_at_no_other() {
    let certificates = format!("{}/tests/certificates", env!("CARGO_MANIFEST_DIR"));
    let der = fs::read(format!("{certificates}/app.der")).expect("a certificate");
    for (known, is_good) in [(vec![der], true), (Vec::new(), false)] {
        let brief = Scenario { token_lifetime: std::time::Duration::from_secs(1), ..Scenario::calm() };
        let sim = Sim::registered(brief, Registration { certificates: known, ..Registration::default() });
        let server = Server::of_sim(sim.clone());
        let directory = tempfile::tempdir().expect("a directory");
        let [certificate, key] =
            ["app.pem", "app.key"].map(|name| fs::read_to_string(format!("{certificates}/{name}")));
        let both = format!("{}{}", certificate.expect("a certificate"), key.expect("a key"));
        let file = write(directory.path(), "both.pem", &both);
        let (mut command, _directory) = convoke_at(&server, 30, &[]);
        command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID).env("CONVOKE_RATE", "20");
        command.env("AZURE_CLIENT_CERTIFICATE_PATH", &file);
        if is_good {
            let said = succeeds(&mut command, 30, &["eyJ"]);
            assert!(said.contains("a certificate (AZURE_CLIENT_CERTIFICATE_PATH), as app"), "{said}");
            assert!(sim.report().tokens_issued >= 2);
        } else {
            fails(&mut command, &["AADSTS700027", "upload the certificate", "thumbprint is "], &["eyJ"]);
        }
    }
}

#[test]
fn a_federated_token_is_read_at_each_renewal_and_sent_as_an_assertion() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = write(directory.path(), "federated", "hush-1\n");
    let (shared, number) = (file.clone(), Mutex::new(0));
    let tokens = move |request: &Request<Bytes>| {
        let mut number = number.lock().expect("no panic");
        *number += 1;
        assert_eq!(
            String::from_utf8_lossy(request.body()),
            format!(
                "client_id=app&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&\
                 client_assertion=hush-{number}&scope={}&grant_type=client_credentials",
                format!("http://{}/.default", request.headers()["host"].to_str().expect("text"))
                    .replace(':', "%3A")
                    .replace('/', "%2F")
            )
        );
        fs::write(&shared, format!("hush-{}", *number + 1)).expect("a file");
        reply(200, &[], &format!(r#"{{"expires_in":3599,"access_token":"token-{number}-hush"}}"#))
    };
    let server = stand_in(tokens, good_for(2));
    let (mut command, _directory) = convoke_at(&server, 5, &[]);
    command.env("AZURE_TENANT_ID", "t").env("AZURE_CLIENT_ID", "app").env("AZURE_FEDERATED_TOKEN_FILE", &file);
    succeeds(&mut command, 5, &["hush"]);
}

#[test]
fn a_federated_token_passes_at_the_simulator_if_the_app_trusts_its_subject() {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    // What the DER of a public key has after one head each.
    let (n, e) = (key.public_key().as_ref()[9..265].to_vec(), key.public_key().as_ref()[267..].to_vec());
    let (issuer, subject) = ("https://issuer.example/".to_owned(), "convoke".to_owned());
    let audiences = vec!["api://AzureADTokenExchange".to_owned()];
    let trust = Federated { issuer, subject, audiences, keys: vec![IssuerKey { id: None, n, e }] };
    let registration = Registration { federated: vec![trust], ..Registration::default() };
    let server = Server::of_sim(Sim::registered(Scenario::calm(), registration));
    for (subject, is_good) in [("convoke", true), ("another", false)] {
        let claims = format!(
            r#"{{"iss":"https://issuer.example/","sub":"{subject}","aud":"api://AzureADTokenExchange","exp":4102444800}}"#
        );
        let signed = [r#"{"alg":"RS256","typ":"JWT"}"#, &claims].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).expect("it signs");
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        let directory = tempfile::tempdir().expect("a directory");
        let file = write(directory.path(), "federated", &token);
        let (mut command, _directory) = convoke_at(&server, 3, &[]);
        command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
        command.env("AZURE_FEDERATED_TOKEN_FILE", &file);
        if is_good {
            succeeds(&mut command, 3, &["eyJ"]);
        } else {
            fails(&mut command, &["AADSTS700213", "does not trust this workload"], &["eyJ"]);
        }
    }
}

#[test]
fn app_service_gives_a_token_to_what_runs_there() {
    let number = Mutex::new(0);
    let tokens = move |request: &Request<Bytes>| {
        assert_eq!((request.uri().path(), request.method().as_str()), ("/msi/token", "GET"));
        assert_eq!(request.headers()["x-identity-header"], "header-hush");
        let host = request.headers()["host"].to_str().expect("text").replace(':', "%3A");
        let resource = format!("resource=http%3A%2F%2F{host}");
        assert_eq!(query(request), ["api-version=2019-08-01", &resource, "client_id=own"]);
        let mut number = number.lock().expect("no panic");
        *number += 1;
        let body = format!(
            r#"{{"access_token":"token-{number}-hush","expires_on":"4102444800","resource":"r","token_type":"Bearer"}}"#
        );
        reply(200, &[], &body)
    };
    let server = stand_in(tokens, good_for(2));
    let (mut command, _directory) = convoke_at(&server, 5, &[]);
    command.env("IDENTITY_ENDPOINT", format!("{}/msi/token", server.url)).env("IDENTITY_HEADER", "header-hush");
    // It is not for a proxy to see.
    command.env("HTTP_PROXY", "http://127.0.0.1:9").env("ALL_PROXY", "http://127.0.0.1:9");
    let said = succeeds(command.env("AZURE_CLIENT_ID", "own"), 5, &["hush"]);
    assert!(said.contains("the managed identity of App Service (IDENTITY_ENDPOINT), as the user-assigned"), "{said}");
}

/// A machine whose metadata service answers like this, in turn, and the last one again and again.
fn machine(replies: &'static [(u16, &'static str)]) -> Server {
    let number = Mutex::new(0);
    let tokens = move |request: &Request<Bytes>| {
        assert_eq!(request.uri().path(), "/metadata/identity/oauth2/token");
        assert_eq!(request.headers()["metadata"], "true");
        assert_eq!(query(request)[0], "api-version=2018-02-01");
        let mut number = number.lock().expect("no panic");
        let (status, body) = replies[(*number).min(replies.len() - 1)];
        *number += 1;
        reply(status, &[], body)
    };
    stand_in(tokens, good_for(3))
}

#[test]
fn a_virtual_machine_gets_its_token_from_the_metadata_service_when_that_is_asked_for() {
    const TOKENS: [&str; 2] = [
        r#"{"access_token":"token-1-hush","expires_in":"86399","expires_on":"4102444800","token_type":"Bearer"}"#,
        r#"{"access_token":"token-2-hush","expires_in":86399,"expires_on":4102444800}"#,
    ];
    // While it is being updated it says 404 and 410.
    static REPLIES: [(u16, &str); 5] = [(404, ""), (410, ""), (503, ""), (200, TOKENS[0]), (200, TOKENS[1])];
    let server = machine(&REPLIES);
    let (mut command, _directory) = convoke_at(&server, 5, &["--auth", "managed-identity"]);
    let said = succeeds(command.env("AZURE_POD_IDENTITY_AUTHORITY_HOST", &server.url), 5, &["hush"]);
    assert!(said.contains("this virtual machine (--auth managed-identity), as the system-assigned"), "{said}");
    assert!(said.contains("passing fault (HTTP 404)"), "{said}");
}

#[test]
fn a_machine_without_an_identity_is_told_so() {
    static REPLIES: [(u16, &str); 1] =
        [(400, r#"{"error":"invalid_request","error_description":"Identity not found"}"#)];
    let server = machine(&REPLIES);
    for (client_id, words) in [("", "no identity is assigned here"), ("own", "the client id own is assigned")] {
        let (mut command, _directory) = convoke_at(&server, 5, &["--auth=managed-identity"]);
        command.env("AZURE_POD_IDENTITY_AUTHORITY_HOST", &server.url).env("AZURE_CLIENT_ID", client_id);
        fails(&mut command, &[words, "HTTP 400", "Identity not found"], &[]);
    }
    let (mut command, _directory) = convoke_at(&server, 5, &["--auth=managed-identity"]);
    command.env("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9");
    fails(&mut command, &["only a virtual machine in Azure has one"], &[]);
}

#[test]
fn the_azure_cli_is_asked_without_a_shell_and_again_when_graph_rejects_its_token() {
    let server = stand_in(|_| reply(500, &[], ""), good_for(3));
    let (mut command, directory) = convoke_at(&server, 5, &["--auth", "azure-cli"]);
    let script = "cd \"$(dirname \"$0\")\"; echo x >>asked; n=$(($(wc -l <asked))); echo \"$@\" >arguments\n\
         echo '{\"accessToken\":\"token-'$n'-hush\",\"expires_on\":4102444800,\"expiresOn\":\"2020-01-01 00:00:00.0\"}'";
    program(directory.path(), "az", script);
    let path = format!("{}:{}", directory.path().display(), std::env::var("PATH").expect("a path"));
    succeeds(command.env("PATH", &path).env("AZURE_TENANT_ID", "my; tenant"), 5, &["hush"]);
    let asked = fs::read_to_string(directory.path().join("arguments")).expect("it was asked");
    let expected = format!("account get-access-token --resource {} --output json --tenant my; tenant\n", server.url);
    assert_eq!(asked, expected);
}

#[test]
fn what_the_azure_cli_says_is_told_in_words_of_ours() {
    let server = stand_in(|_| reply(500, &[], ""), |_| false);
    for (script, words) in [
        (
            "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1",
            &["nobody is signed in", "az login --tenant t"][..],
        ),
        ("echo 'ERROR: AADSTS50076: x' >&2; exit 1", &["second factor", "AADSTS50076"]),
        ("echo 'AADSTS1: run az login' >&2; exit 1", &["nobody is signed in", "AADSTS1"]),
        ("echo 'Max retries exceeded: certificate verify failed' >&2; exit 1", &["REQUESTS_CA_BUNDLE"]),
        (
            "echo 'hush5 eyJ0eXAiOiJKV1QiLCJub25jZSI6' >&2; echo hush5; exit 3",
            &["the Azure CLI failed", "exit status: 3", "(cut)"],
        ),
        ("echo '{}'", &["printed no token"]),
    ] {
        let (mut command, directory) = convoke_at(&server, 5, &["--auth", "azure-cli"]);
        program(directory.path(), "az", script);
        let command = command.env("PATH", directory.path()).env("AZURE_TENANT_ID", "t");
        fails(command, words, &["hush5", "eyJ0eXAi"]);
    }
    let (mut command, _directory) = convoke_at(&server, 5, &["--auth", "azure-cli"]);
    fails(command.env("PATH", "/nowhere"), &["the Azure CLI is not installed"], &[]);
}

#[test]
fn a_token_file_is_read_again_when_graph_rejects_its_token() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = write(directory.path(), "token", "token-1-hush\n");
    let (shared, is_good) = (file.clone(), good_for(3));
    let server = stand_in(
        |_| reply(500, &[], ""),
        move |token| {
            fs::write(&shared, "token-2-hush").expect("a file");
            is_good(token)
        },
    );
    succeeds(&mut convoke_at(&server, 5, &["--token-file", &file]).0, 5, &["hush"]);
    // Now both have been used up.
    let (mut command, _directory) = convoke_at(&server, 5, &["--token-file", &file]);
    fails(&mut command, &["was read again, and its token was rejected again", &file], &["hush"]);
}

#[test]
fn a_token_command_is_run_by_the_shell_again_for_each_renewal() {
    let server = stand_in(|_| reply(500, &[], ""), good_for(2));
    let directory = tempfile::tempdir().expect("a directory");
    let asked = directory.path().join("asked");
    let line = format!(
        "read none && exit 9; echo x >>'{0}'; n=$(($(wc -l <'{0}'))); echo warned >&2; echo \"token-$n-hush\" | cat",
        asked.display()
    );
    let (mut command, _directory) = convoke_at(&server, 5, &["--token-command", &line]);
    let path = std::env::var("PATH").expect("a path");
    let said = succeeds(command.env("PATH", &path), 5, &["hush"]);
    assert!(said.contains("that a command prints (--token-command)"), "{said}");
    assert_eq!(fs::read_to_string(asked).expect("it was run").lines().count(), 3);
}

#[test]
fn a_token_command_that_fails_is_told_without_what_it_printed() {
    let server = stand_in(|_| reply(500, &[], ""), |_| false);
    for (line, words) in [
        ("echo half-hush; echo no agent, half-hush >&2; exit 7", &["exit status: 7", "no agent, (cut)"][..]),
        ("echo two hush", &["printed no token", "it said nothing"]),
        ("echo '{\"access_token\":null,\"x\":\"hush\"}'", &["printed no token"]),
        ("nosuchcommand-hush", &["exit status: 127"]),
        ("echo token-1-hush", &["rejected like the one before it"]),
    ] {
        let (mut command, _directory) = convoke_at(&server, 5, &[]);
        fails(command.env("CONVOKE_TOKEN_COMMAND", line), words, &["half-hush", "two hush", "token-1-hush"]);
    }
}

#[test]
fn tokens_of_a_short_life_are_renewed_ahead_of_time_while_the_run_goes_on() {
    let brief = Scenario { token_lifetime: std::time::Duration::from_secs(1), ..Scenario::calm() };
    let (server, sim) = simulator(brief);
    let directory = tempfile::tempdir().expect("a directory");
    let file = write(directory.path(), "secret", CLIENT_SECRET);
    let (mut command, _directory) = convoke_at(&server, 40, &["--client-secret-file", &file]);
    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID).env("CONVOKE_RATE", "20");
    let (status, stdout, stderr) = run(&mut command);
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&stdout, "status"), ["created"; 40]);
    assert!(sim.report().tokens_issued >= 2, "{}", sim.report().tokens_issued);
}
