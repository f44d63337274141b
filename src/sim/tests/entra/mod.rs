//! The identity service as a client sees it.

mod assertions;
#[path = "../../../../tests/it/der.rs"]
mod der;
mod devices;
mod discovery;
mod endpoint;
mod federated;
mod granted;
mod hostile;
mod key;

use super::*;

/// Asks for a document.
async fn get(sim: &Sim, path: &str) -> Reply {
    let request = Request::builder().uri(path).header("host", "login.example:8443");
    ask(sim, request.body(Body::empty()).expect("the test writes a valid request")).await
}

/// Sends a form, with these headers.
async fn post(sim: &Sim, path: &str, headers: &[(&str, &str)], form: &str) -> Reply {
    let content = "application/x-www-form-urlencoded";
    let request = Request::builder().method("POST").uri(path).header("content-type", content);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    ask(sim, request.body(Body::from(form.to_owned())).expect("the test writes a valid request")).await
}

/// The error and the number of a denial.
#[track_caller]
fn denied(reply: &Reply) -> (u16, String, u64) {
    let denial = reply.json();
    let code = denial["error_codes"][0].as_u64().expect("a number");
    let description = denial["error_description"].as_str().expect("a text");
    assert!(description.starts_with(&format!("AADSTS{code}: ")), "{description}");
    let error = denial["error"].as_str().expect("a text");
    (reply.status.as_u16(), error.to_owned(), code)
}

/// What a form makes of a value.
fn escaped(value: &str) -> String {
    value.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))
}
