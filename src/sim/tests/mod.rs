//! The simulator as a client sees it: requests through the router under a paused clock,
//! and a few over a real socket. Every answer is held against Graph's schema (`tests/it/schema`).

mod batch;
mod calls;
mod checks;
mod contract;
mod create;
mod delete;
mod entra;
mod find;
mod links;
mod meetings;
mod people;
mod permissions;
mod routes;
#[path = "../../../tests/it/schema/mod.rs"]
mod schema;
mod sequences;
mod skew;
mod socket;
mod tenant;
mod throttling;
mod tokens;
mod update;
mod weather;

use axum::body::Body;
use axum::extract::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::request::Builder;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;

const ORGANIZER: &str = "6b1e0000-0000-4000-8000-000000000001";

/// A client with the token of an application.
struct Client {
    sim: Sim,
    token: String,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    /// `None`: it broke off.
    body: Option<Bytes>,
    dropped: bool,
}

impl Client {
    async fn new(scenario: Scenario) -> Self {
        let sim = Sim::new(scenario);
        let token = application_token(&sim).await;
        Self { sim, token }
    }

    async fn calm() -> Self {
        Self::new(Scenario::calm()).await
    }

    fn request(&self) -> Builder {
        Request::builder()
            .method("POST")
            .uri(path_of(ORGANIZER))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
    }

    async fn send(&self, request: Builder, body: impl Into<Body>) -> Reply {
        let request = request.body(body.into()).expect("the test writes a valid request");
        ask(&self.sim, request).await
    }

    async fn post(&self, body: Value) -> Reply {
        self.send(self.request(), body.to_string()).await
    }

    async fn meet(&self, external_id: &str) -> Reply {
        self.post(json!({ "externalId": external_id })).await
    }

    /// The same Graph, asked by the user who is signed in.
    fn signed_in(&self) -> Self {
        Self { sim: self.sim.clone(), token: self.sim.delegated_token() }
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(self.request().method("GET").uri(path), "").await
    }

    async fn delete(&self, path: &str) -> Reply {
        self.send(self.request().method("DELETE").uri(path), "").await
    }

    async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(self.request().method("PATCH").uri(path), body.to_string()).await
    }

    async fn post_to(&self, path: &str, body: Value) -> Reply {
        self.send(self.request().uri(path), body.to_string()).await
    }
}

impl Reply {
    fn json(&self) -> Value {
        let body = self.body.as_ref().expect("the body is whole");
        serde_json::from_slice(body).expect("the body is JSON")
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Status, code and message of a refusal.
    #[track_caller]
    fn problem(&self) -> (u16, String, String) {
        let error = &self.json()["error"];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        assert!(error["innerError"]["date"].is_string());
        assert_eq!(error["innerError"]["request-id"].as_str(), self.header("request-id"));
        (self.status.as_u16(), text(&error["code"]), text(&error["message"]))
    }
}

/// A body with everything in it that matters.
fn full() -> Value {
    json!({
        "externalId": "MATH101-2027-02-03-A",
        "subject": "MATH101 week 5",
        "startDateTime": "2027-02-03T09:00:00.0000000+01:00",
        "endDateTime": "2027-02-03T09:30:00.5Z",
        "participants": { "attendees": [
            { "upn": "S.Lind@contoso.example", "role": "presenter" },
            { "upn": "s.lind@contoso.example" },
            { "identity": { "user": { "id": "No GUID" } }, "role": "coorganizer" },
            { "upn": "k@contoso.example", "identity": { "user": { "id": "9C44" } }, "role": "producer" },
        ]},
    })
}

fn path_of(organizer: &str) -> String {
    format!("/v1.0/users/{organizer}/onlineMeetings/createOrGet")
}

/// Where the meetings of an organizer are.
fn meetings_of(organizer: &str) -> String {
    format!("/v1.0/users/{organizer}/onlineMeetings")
}

/// Where one of them is.
fn path_to(organizer: &str, meeting: &Value) -> String {
    let id = text(meeting, "/id").replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("{}/{id}", meetings_of(organizer))
}

#[track_caller]
fn text(value: &Value, pointer: &str) -> String {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("there is no text at {pointer} of {value}")).to_owned()
}

async fn ask(sim: &Sim, request: Request) -> Reply {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.expect("the test sends it all").to_bytes();
    let request = http::Request::from_parts(parts, body);
    let asked = schema::Asked::of(&request);
    let response = sim.router().oneshot(request.map(Body::from)).await.expect("a router never fails");
    let (parts, body) = response.into_parts();
    let reply = Reply {
        status: parts.status,
        dropped: parts.extensions.get::<Dropped>().is_some(),
        headers: parts.headers,
        body: body.collect().await.ok().map(http_body_util::Collected::to_bytes),
    };
    if !reply.dropped {
        schema::check(&asked, reply.status, &reply.headers, reply.body.as_deref());
    }
    reply
}

async fn ask_for_token(sim: &Sim, tenant: &str, form: &str) -> Reply {
    let request = Request::builder()
        .method("POST")
        .uri(format!("/{tenant}/oauth2/v2.0/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .expect("the test writes a valid request");
    ask(sim, request).await
}

fn good_form() -> String {
    format!(
        "grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}\
         &scope=https%3A%2F%2Fgraph.example%2F.default"
    )
}

/// What a token says.
#[track_caller]
fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).expect("three parts");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64");
    serde_json::from_slice(&claims).expect("JSON")
}

async fn application_token(sim: &Sim) -> String {
    let reply = ask_for_token(sim, TENANT_ID, &good_form()).await;
    let token = reply.json()["access_token"].as_str().map(str::to_owned);
    token.expect("good credentials get a token")
}
