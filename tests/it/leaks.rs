//! What looks for secrets in whatever a program has said and written, in every spelling; and an identity service and a
//! Graph that refuse with the whole of what they were sent.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{Request, Response};

use crate::harness::reply;
use crate::server::Server;

/// How many calls Graph takes a token for; then it is rejected, in the midst of a run.
const CALLS: usize = 2;
/// What every token begins with, here and at the simulator.
pub(crate) const TOKEN: &str = "eyJ";

/// What nobody may find.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Arc<Mutex<BTreeSet<String>>>);

impl Secrets {
    pub(crate) fn of(texts: &[&str]) -> Self {
        let secrets = Self::default();
        for text in texts {
            secrets.add(text);
        }
        secrets
    }

    pub(crate) fn add(&self, text: &str) {
        self.0.lock().expect("no panic").insert(text.to_owned());
    }

    /// The first spelling of a secret that is there.
    pub(crate) fn found_in(&self, text: &str) -> Option<String> {
        let secrets = self.0.lock().expect("no panic");
        let mut spellings = secrets.iter().flat_map(|secret| spellings(secret)).chain([TOKEN.to_owned()]);
        spellings.find(|spelling| text.contains(spelling.as_str()))
    }
}

/// So may a secret be written, each line and each part of a JWT for itself, too.
fn spellings(secret: &str) -> Vec<String> {
    let parts = secret.split(['.', '\n']).filter(|part| part.len() >= 12).chain([secret]);
    let mut all = Vec::new();
    for part in parts {
        let json = serde_json::Value::from(part).to_string();
        all.extend([part.to_owned(), percent(part), percent(part).to_lowercase(), percent(part).replace("%20", "+")]);
        all.extend([json[1..json.len() - 1].to_owned(), escaped(part), percent(&percent(part))]);
        all.extend([BASE64_STANDARD_NO_PAD.encode(part), BASE64_URL_SAFE_NO_PAD.encode(part)]);
    }
    all
}

/// As forms have it.
pub(crate) fn percent(text: &str) -> String {
    let one = |byte: u8| {
        let plain = byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        if plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(one).collect()
}

/// As JSON may have it, all in escapes.
fn escaped(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |text, unit| text + &format!("\\u{unit:04x}"))
}

/// All the files in a folder, and in those in it.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What comes of signing in and of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// All is well, but that each token is rejected after some calls.
    Renewed,
    /// Nobody gets a token.
    NoToken,
    /// Graph rejects every token.
    Rejected,
    /// Graph refuses every row.
    Refused,
    /// Graph refuses to look anybody up, in a batch that succeeds.
    NoDirectory,
}

/// The stand-in: it gives out tokens, remembers them and whatever was sent to get them, and says all of it aloud.
pub(crate) fn echo(course: Course, lasts: bool, given: &Path, secrets: &Secrets) -> Server {
    let (given, secrets, calls) = (given.to_owned(), secrets.clone(), Mutex::new(Vec::<String>::new()));
    Server::start(move |request| {
        let path = request.uri().path();
        let is_graph = path.starts_with("/v1.0/");
        if !is_graph && course != Course::NoToken {
            return granted(&secrets);
        }
        note(request, &secrets);
        if !is_graph {
            return refusal(400, "invalid_client", request);
        }
        let mut calls = calls.lock().expect("no panic");
        calls.push(sent(request).join(" "));
        let is_spent = calls.iter().filter(|other| Some(*other) == calls.last()).count() > CALLS;
        match course {
            Course::NoDirectory => batch(request),
            Course::Refused => refusal(403, "Forbidden", request),
            Course::Rejected => refusal(401, "InvalidAuthenticationToken", request),
            _ if is_spent && !lasts => {
                // Whoever keeps tokens in a file has a new one by then.
                fs::write(given.join("token"), token(&secrets)).expect("a file");
                refusal(401, "InvalidAuthenticationToken", request)
            }
            _ => reply(201, &[], r#"{"id":"m","joinWebUrl":"https://teams.example/l/x"}"#),
        }
    })
}

/// A new token, which nobody may find.
pub(crate) fn token(secrets: &Secrets) -> String {
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let number = fastrand::u64(..);
    let token = format!(
        "{}.{}.{}",
        part(r#"{"alg":"PS256"}"#),
        part(&format!(r#"{{"n":{number}}}"#)),
        part(&format!("hush {number}"))
    );
    secrets.add(&token);
    token
}

fn granted(secrets: &Secrets) -> Response<Bytes> {
    let [access, refresh] = [token(secrets), token(secrets)];
    let body = serde_json::json!({"access_token": access, "refresh_token": refresh, "expires_in": 3600});
    // An answer that is good has more in it than anybody asked for.
    reply(200, &[("request-id", &access)], &body.to_string())
}

/// Takes down what was sent to prove something.
fn note(request: &Request<Bytes>, secrets: &Secrets) {
    for text in sent(request) {
        secrets.add(&text);
    }
}

/// What was sent that is a secret: the values of forms that are long, and of headers.
fn sent(request: &Request<Bytes>) -> Vec<String> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let headers = ["authorization", "x-identity-header"].into_iter().filter_map(header);
    let headers = headers.map(|text| text.trim_start_matches("Bearer ").to_owned());
    let form = form_urlencoded::parse(request.body()).filter(|(name, _)| {
        ["client_secret", "client_assertion", "refresh_token", "device_code"].contains(&name.as_ref())
    });
    headers.chain(form.map(|(_, value)| value.into_owned())).collect()
}

/// A refusal as the worst of services would put it.
fn refusal(status: u16, code: &str, request: &Request<Bytes>) -> Response<Bytes> {
    let (body, headers) = told(code, request);
    let headers = [("request-id", headers.as_str()), ("x-ms-ags-diagnostic", &headers), ("www-authenticate", &headers)];
    reply(status, &headers, &body)
}

/// What it says, and what stands in its headers.
fn told(code: &str, request: &Request<Bytes>) -> (String, String) {
    let sent = sent(request).join(" ");
    let form = String::from_utf8_lossy(request.body()).replace(['"', '\\'], "");
    let base64 = BASE64_STANDARD_NO_PAD.encode(format!("app:{sent}"));
    let double = serde_json::Value::from(sent.as_str()).to_string().replace(['"', '\\'], "");
    let said = format!("{} {} {} {form} {base64} {double}", escaped(&sent), percent(&sent), percent(&percent(&sent)));
    let inner = format!(r#"{{"request-id":"{said}","date":"{said}"}}"#);
    let json = format!(r#"{{"error":{{"code":"{code}","message":"said {said}","innerError":{inner}}}}}"#);
    let ids = format!(r#""trace_id":"{said}","correlation_id":"{said}","timestamp":"{said}""#);
    let description = format!(r"AADSTS7000215: said {said}\r\nTrace ID: {said}");
    let entra = format!(r#"{{"error":"{code}","error_description":"{description}",{ids}}}"#);
    let is_graph = request.uri().path().starts_with("/v1.0/");
    (if is_graph { json } else { entra }, format!("{} {base64} {form}", percent(&sent)))
}

/// A batch in which every look-up is refused so.
fn batch(request: &Request<Bytes>) -> Response<Bytes> {
    let (body, _) = told("Authorization_RequestDenied", request);
    let asked: serde_json::Value = serde_json::from_slice(request.body()).expect("a batch");
    let ids = asked["requests"].as_array().expect("requests").iter().map(|item| &item["id"]);
    let answers: Vec<String> =
        ids.map(|id| format!(r#"{{"id":{id},"status":403,"headers":{{}},"body":{body}}}"#)).collect();
    reply(200, &[], &format!(r#"{{"responses":[{}]}}"#, answers.join(",")))
}

#[test]
fn a_secret_that_is_there_is_found_in_every_spelling() {
    let secrets = Secrets::default();
    secrets.add(r#"h/u s"h+~\x"#);
    for text in [
        r#"x h/u s"h+~\x"#,
        r#"h/u s\"h+~\\x"#,
        "h%2Fu%20s%22h%2B~%5Cx",
        "h%2fu%20s%22h%2b~%5cx",
        "h%2Fu+s%22h%2B~%5Cx",
        "h%252Fu%2520s%2522h%252B~%255Cx",
        r"\u0068\u002f\u0075\u0020\u0073\u0022\u0068\u002b\u007e\u005c\u0078",
        "aC91IHMiaCt+XHg",
        "aC91IHMiaCt-XHg=",
        "eyJ0",
    ] {
        assert!(secrets.found_in(text).is_some(), "{text}");
    }
    secrets.add("a.b.signature-of-it");
    assert_eq!(secrets.found_in("... signature-of-it"), Some("signature-of-it".into()));
    assert_eq!(secrets.found_in("h/u s, and no more"), None);
}
