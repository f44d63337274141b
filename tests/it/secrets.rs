//! Tokens and secrets are in nothing that the program says or writes, however much it is told to say: every way of
//! signing in, with each way that it can end.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, Scenario, Sim, TENANT_ID};
use tempfile::TempDir;

use crate::binary::{convoke, convoke_at, kill, run, sample, under_way, write};
use crate::harness::{column, sheet};
use crate::leaks::{Course, Secrets, echo, files, percent, token};
use crate::network::Private;
use crate::proxy::Rule;

use crate::server::Server;

/// With all that has to be escaped somewhere.
const SECRET: &str = r#"hush~8Q/s+e&c=r'e"t\ %41<x>"#;
const PASSWORD: &str = "öpen sesame";

/// The ways to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Secret,
    SecretFile,
    Pem,
    Pfx,
    Federated,
    AppService,
    Machine,
    AzureCli,
    TokenFile,
    TokenCommand,
    AccessToken,
    KeptSignIn,
}

const WAYS: [Way; 12] = [
    Way::Secret,
    Way::SecretFile,
    Way::Pem,
    Way::Pfx,
    Way::Federated,
    Way::AppService,
    Way::Machine,
    Way::AzureCli,
    Way::TokenFile,
    Way::TokenCommand,
    Way::AccessToken,
    Way::KeptSignIn,
];

const COURSES: [Course; 5] = [Course::Renewed, Course::NoToken, Course::Rejected, Course::Refused, Course::NoDirectory];

/// One run: what it is given, what it makes, and what nobody may find.
struct Stage {
    given: TempDir,
    made: TempDir,
    secrets: Secrets,
    server: Server,
    way: Way,
    course: Course,
}

impl Stage {
    fn new(way: Way, course: Course) -> Self {
        let [given, made] = [(); 2].map(|()| tempfile::tempdir().expect("a directory"));
        let secrets = Secrets::of(&[SECRET, PASSWORD]);
        // The one token that cannot be renewed has to last.
        let server = echo(course, way == Way::AccessToken, given.path(), &secrets);
        Self { given, made, secrets, server, way, course }
    }

    fn give(&self, name: &str, text: &str) -> String {
        let path = write(self.given.path(), name, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("permissions");
        path
    }

    /// The program, told how to sign in.
    fn convoke(&self, format: &str) -> Command {
        let one = "\"ada@contoso.example\",Algebra,2027-02-03T08:00:00Z,bob@contoso.example\n";
        let bad = "a b,,soon,\n";
        let rows: Vec<String> =
            (0..).zip([one, one, one, bad, one]).map(|(row, rest)| format!("S-{row},{rest}")).collect();
        let rows = rows.concat();
        let input = self.give("in.csv", &format!("externalId,organizerUserId,subject,startDateTime,attendees\n{rows}"));
        let made = |name: &str| self.made.path().join(name).display().to_string();
        let mut command = convoke(["provision", &input, "-o", &made("out.csv"), "--rejects", &made("rejects.csv")]);
        command.args(["-v", "-c1", "--rate=max", "--log-format", format]);
        command.args(["--graph-url", &self.server.url, "--login-url", &self.server.url]);
        if self.course != Course::NoDirectory {
            command.arg("--lookup=off");
        }
        command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
        command.env("PATH", format!("{}:/usr/bin:/bin", self.given.path().display()));
        self.sign_in(&mut command);
        command
    }

    fn sign_in(&self, command: &mut Command) {
        match self.way {
            Way::Secret => _ = command.env("AZURE_CLIENT_SECRET", SECRET),
            Way::SecretFile => _ = command.args(["--client-secret-file", &self.give("secret", SECRET)]),
            Way::Pem | Way::Pfx => self.certificate(command),
            Way::Federated => {
                _ = command.env("AZURE_FEDERATED_TOKEN_FILE", self.give("federated", &token(&self.secrets)));
            }
            Way::AppService => {
                let header = "hush-8a1c64-header";
                self.secrets.add(header);
                let endpoint = format!("{}/msi/token", self.server.url);
                _ = command.env("IDENTITY_ENDPOINT", endpoint).env("IDENTITY_HEADER", header);
            }
            Way::Machine => {
                _ = command.arg("--auth=managed-identity").env("AZURE_POD_IDENTITY_AUTHORITY_HOST", &self.server.url);
            }
            Way::AzureCli => {
                self.give("az", &format!("#!/bin/sh\n{}\n", self.script()));
                // What it does not need it does not get, and could not tell.
                _ = command.arg("--auth=azure-cli").env("AZURE_CLIENT_SECRET", SECRET);
            }
            Way::TokenCommand => {
                command.env("AZURE_CLIENT_CERTIFICATE_PASSWORD", PASSWORD).env("AZURE_CLIENT_SECRET", SECRET);
                _ = command.env("CONVOKE_TOKEN_COMMAND", self.script());
            }
            Way::TokenFile => {
                let text = token(&self.secrets) + if self.course == Course::NoToken { " and more" } else { "\n" };
                _ = command.args(["--token-file", &self.give("token", &text)]);
            }
            Way::AccessToken => {
                let text = token(&self.secrets) + if self.course == Course::NoToken { " and more" } else { "" };
                _ = command.env("CONVOKE_ACCESS_TOKEN", text);
            }
            Way::KeptSignIn => {
                let kept = self.made.path().join("kept.json");
                let (login, refresh_token) = (&self.server.url, token(&self.secrets));
                let what = "a sign-in kept by convoke";
                let text = serde_json::json!({
                    "what": what, "login": login, "tenant": TENANT_ID, "client_id": CLIENT_ID,
                    "refresh_token": refresh_token,
                });
                fs::write(&kept, text.to_string()).expect("a file");
                fs::set_permissions(&kept, fs::Permissions::from_mode(0o600)).expect("permissions");
                _ = command.args(["--auth=device-code", "--keep-sign-in"]).arg(kept);
                _ = command.arg("--me");
            }
        }
    }

    fn certificate(&self, command: &mut Command) {
        let from = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name);
        let text = |name| fs::read_to_string(from(name)).expect("a certificate");
        let key = text("app.key");
        self.secrets.add(key.lines().filter(|line| !line.starts_with('-')).collect::<String>().as_str());
        self.secrets.add(&key);
        if self.way == Way::Pem {
            command.env("AZURE_CLIENT_CERTIFICATE_PATH", self.give("app.pem", &(text("app.pem") + &key)));
        } else {
            command.env("AZURE_CLIENT_CERTIFICATE_PATH", from("app.pfx"));
            command.env("AZURE_CLIENT_CERTIFICATE_PASSWORD", PASSWORD);
        }
    }

    /// What prints a token, another each time, or says all that it knows and fails.
    fn script(&self) -> String {
        for number in 1..9 {
            self.give(&format!("token-{number}"), &token(&self.secrets));
        }
        let given = self.given.path().display();
        match self.course {
            Course::NoToken => format!("env >&2; cat {given}/token-1 >&2; cat {given}/token-2; exit 1"),
            _ => format!("cd {given}; echo >>asked; cat token-$(($(wc -l <asked)))"),
        }
    }

    /// Runs it, and looks everywhere.
    fn check(&self, format: &str) {
        let (status, stdout, stderr) = run(&mut self.convoke(format));
        let about = format!("{:?}, {:?}, {format}", self.way, self.course);
        let expected = match self.course {
            Course::Renewed | Course::Refused => 1,
            Course::NoToken | Course::Rejected | Course::NoDirectory => 4,
        };
        assert_eq!(status, Some(expected), "{about}: {stderr}");
        none(&self.secrets, &about, &[&stdout, &stderr], &made(self.made.path()));
    }
}

/// What is in each of the files that were made; of a kept sign-in all but the refresh token, for which it is made.
fn made(folder: &Path) -> Vec<(PathBuf, String)> {
    let read = |path: PathBuf| {
        let text = String::from_utf8_lossy(&fs::read(&path).expect("a file")).into_owned();
        let Some((before, after)) = text.split_once(r#""refresh_token""#) else { return (path, text) };
        let after = after.split_once(['}', ',']).map_or("", |(_, after)| after);
        (path, format!("{before}{after}"))
    };
    files(folder).into_iter().map(read).collect()
}

#[track_caller]
fn none(secrets: &Secrets, about: &str, said: &[&str], made: &[(PathBuf, String)]) {
    let made = made.iter().map(|(path, text)| (path.display().to_string(), text.as_str()));
    for (place, text) in said.iter().map(|text| ("what is said".to_owned(), *text)).chain(made) {
        let found = secrets.found_in(text);
        assert!(found.is_none(), "{about}: {place} has {found:?}: {text}");
    }
}

#[test]
fn no_way_of_signing_in_tells_a_secret_whatever_comes_of_it() {
    std::thread::scope(|scope| {
        for way in WAYS {
            scope.spawn(move || {
                for course in COURSES {
                    for format in ["human", "json"] {
                        Stage::new(way, course).check(format);
                    }
                }
            });
        }
    });
}

#[test]
fn doctor_tells_no_secret_either_whatever_it_finds() {
    std::thread::scope(|scope| {
        for way in WAYS {
            scope.spawn(move || {
                for (course, format) in
                    [(Course::NoToken, "text"), (Course::Refused, "json"), (Course::Rejected, "text")]
                {
                    let stage = Stage::new(way, course);
                    let mut command = convoke(["doctor", "-v", "--format", format]);
                    command.args(["--graph-url", &stage.server.url, "--login-url", &stage.server.url]);
                    command.env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
                    command.env("PATH", format!("{}:/usr/bin:/bin", stage.given.path().display()));
                    stage.sign_in(&mut command);
                    let (status, stdout, stderr) = run(&mut command);
                    assert_eq!(status, Some(4), "{way:?}, {course:?}: {stdout}{stderr}");
                    none(
                        &stage.secrets,
                        &format!("doctor, {way:?}, {course:?}"),
                        &[&stdout, &stderr],
                        &made(stage.made.path()),
                    );
                }
            });
        }
    });
}

#[test]
fn no_password_of_a_proxy_is_told_and_no_token_behind_it() {
    let private = Private::start("calm,token-lifetime=1s");
    let sent = BASE64_STANDARD.encode("ada:hush@proxy");
    let secrets = Secrets::of(&["hush@proxy", "ada:hush@proxy", CLIENT_SECRET, &sent]);
    for (rule, status) in [(Rule::SignIn("Basic YWRhOmh1c2hAcHJveHk="), 0), (Rule::SignIn("Basic other"), 4)] {
        for variable in ["CONVOKE_PROXY", "HTTPS_PROXY"] {
            let proxy = private.proxy(rule.clone());
            let mut command = private.convoke(20, &["--rate=20", "-v", "--restart"]);
            command.env(variable, format!("http://ada:hush%40proxy@{}", proxy.address));
            let (code, stdout, stderr) = run(&mut command);
            assert_eq!(code, Some(status), "{stderr}");
            let made: Vec<_> = made(private.directory.path());
            let made = made.into_iter().filter(|(path, _)| path.extension().is_some_and(|end| end != "pem"));
            none(&secrets, variable, &[&stdout, &stderr], &made.collect::<Vec<_>>());
        }
    }
    let mut command = private.convoke(3, &["--restart", "--rate=max"]);
    let named = "http://ada:hush%40proxy@127.0.0.1:9";
    let (mut child, mut stderr) = under_way(command.env("CONVOKE_PROXY", named), "cannot be reached");
    kill("TERM", &child);
    let mut said = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut said).expect("text");
    child.wait().expect("it ends");
    none(&secrets, "a proxy that is down", &[&said], &[]);
}

#[test]
fn no_other_command_and_no_help_tells_a_secret() {
    let secrets = Secrets::of(&[SECRET, PASSWORD, "hush-token-hush"]);
    let directory = tempfile::tempdir().expect("a directory");
    let (bad, out) = (sample("awkward.csv"), directory.path().join("out.csv").display().to_string());
    for args in [
        &["check", &bad, "-v"][..],
        &["check", &bad, "-v", "--format=json"],
        &["columns"],
        &["template"],
        &["provision", &bad, "--rehearse", "-v", "-o", &out],
        &["provision", &bad, "--rehearse=stormy,throttled=0", "-v", "--log-format=json", "-o", &out, "--rate=max"],
        &["provision", &bad, "-v", "--client-secret", SECRET],
        &["provision", &bad, "-v", "--client-secret=x", "-o", "-"],
        &["provision", "--help"],
        &["provision", "-h"],
        &["simulate", "--help"],
        &["check", "--help"],
        &["--help"],
    ] {
        let mut command = convoke(args);
        command.env("AZURE_CLIENT_SECRET", SECRET).env("AZURE_CLIENT_CERTIFICATE_PASSWORD", PASSWORD);
        command.env("CONVOKE_ACCESS_TOKEN", "hush-token-hush").env("IDENTITY_HEADER", "hush-token-hush");
        command.env("CONVOKE_TOKEN_COMMAND", "echo hush-token-hush");
        command.env("CONVOKE_PROXY", "http://ada:hush-token-hush@proxy.example:1");
        let (_, stdout, stderr) = run(&mut command);
        assert!(!stdout.is_empty() || !stderr.is_empty(), "{args:?}");
        none(&secrets, &format!("{args:?}"), &[&stdout, &stderr], &made(directory.path()));
    }
}

#[test]
fn the_simulator_tells_and_keeps_no_token() {
    let (directory, secrets) = (tempfile::tempdir().expect("a directory"), Secrets::default());
    secrets.add(CLIENT_SECRET);
    let (state, report) = (directory.path().join("state"), directory.path().join("said"));
    let mut command = convoke(["simulate", "--listen=127.0.0.1:0", "-v"]);
    command.arg("--state").arg(&state).stdout(Stdio::piped()).stderr(fs::File::create(&report).expect("a file"));
    let mut child = command.spawn().expect("it runs");
    let mut line = String::new();
    let mut told = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    std::io::BufRead::read_line(&mut told, &mut line).expect("a line");
    let url = line.split_whitespace().find(|word| word.starts_with("http")).expect("its address").trim_end_matches('/');
    let sheet = write(directory.path(), "in.csv", &sheet(5));
    let mut command = convoke(["provision", &sheet, "-v", "--rate=max", "--graph-url", url, "--login-url", url]);
    command
        .env("AZURE_TENANT_ID", TENANT_ID)
        .env("AZURE_CLIENT_ID", CLIENT_ID)
        .env("AZURE_CLIENT_SECRET", CLIENT_SECRET);
    let (_, stdout, stderr) = run(&mut command);
    let (_, refused, why) = run(command.args(["-o", "-"]).env("AZURE_CLIENT_SECRET", SECRET));
    secrets.add(SECRET);
    kill("TERM", &child);
    std::io::Read::read_to_string(&mut told, &mut line).expect("text");
    child.wait().expect("it ends");
    let made = made(directory.path());
    assert!(made.iter().any(|(path, text)| *path == report && text.contains("/oauth2/v2.0/token: 200")), "{made:?}");
    none(&secrets, "simulate", &[&stdout, &stderr, &refused, &why, &line], &made);
}

#[test]
fn a_child_is_told_no_secret_and_its_command_line_is_not_for_everybody() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::of_sim(Sim::new(Scenario::calm()));
    let told = directory.path().join("told");
    let mut command = convoke_at(&server, &[&sample("event.csv"), "-o", "-"]);
    let line =
        format!("{{ env; tr '\\0' ' ' </proc/$$/cmdline; echo; echo $HOME; }} >{}; exit 1 # hush-line", told.display());
    command.env("CONVOKE_TOKEN_COMMAND", line).env("AZURE_CLIENT_SECRET", SECRET).env("HOME", "/home/ada");
    command.env("CONVOKE_PROXY", "http://ada:hush-line@proxy.example:1").env("PATH", "/usr/bin:/bin");
    command.env("AZURE_CLIENT_CERTIFICATE_PASSWORD", PASSWORD);
    let (status, _, stderr) = run(&mut command);
    assert_eq!(status, Some(4), "{stderr}");
    let told = fs::read_to_string(told).expect("it was run");
    assert!(told.contains("HOME=/home/ada") && told.contains("/bin/sh -c"), "{told}");
    let secrets = Secrets::of(&[SECRET, PASSWORD, "hush-line"]);
    none(&secrets, "a token command", &[&told, &stderr], &[]);
}

#[test]
fn what_is_planted_is_found() {
    let stage = Stage::new(Way::Secret, Course::Refused);
    run(&mut stage.convoke("human"));
    let output = stage.made.path().join("out.csv");
    let lines = fs::read_to_string(&output).expect("the output");
    assert!(
        column(&lines, "error").iter().any(|error| error.contains("said (cut)")),
        "it repeats what it was sent: {lines}"
    );
    fs::write(&output, lines + &percent(SECRET)).expect("the output");
    let planted = std::panic::catch_unwind(|| none(&stage.secrets, "planted", &[], &made(stage.made.path())));
    assert!(planted.is_err());
}
