//! What a run has written of its meetings leads into them: by call, by link and by the link in a QR code.

use axum::body::Body;
use convoke::input::{Reading, Source};
use convoke::publish::words::Words;
use convoke::publish::{Finished, coordinates, qr};
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, JOIN_URL_START, Scenario, Sim, TENANT_ID};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::harness::{How, column, provision_now, sheet};

/// The status and the body of an answer.
async fn ask(sim: &Sim, request: Request<Body>) -> (StatusCode, String) {
    let answer = sim.router().oneshot(request).await.expect("a router always answers");
    let (status, body) = (answer.status(), answer.into_body().collect().await.expect("it is whole").to_bytes());
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// A token of the application.
async fn token(sim: &Sim) -> String {
    let form = format!(
        "grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}&scope=https%3A%2F%2Fgraph.example%2F.default"
    );
    let request = Request::post(format!("/{TENANT_ID}/oauth2/v2.0/token"))
        .header("host", "login.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .expect("a request");
    let (status, body) = ask(sim, request).await;
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    body["access_token"].as_str().expect("a token").to_owned()
}

#[test]
fn each_meeting_can_be_called_and_its_link_leads_to_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let sim = Sim::new(Scenario::calm());
        let ran = provision_now(&sim, &sheet(30), How::default()).await;
        let finished = Finished::open(Source::of(ran.output.clone()), Reading::default()).expect("an output");
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("meetings.jsonl");
        let made = coordinates::coordinates(&finished, &path).expect("a file");
        assert_eq!((made.lines, &made.notices[..]), (30, &[][..]));
        let token = token(&sim).await;
        let text = std::fs::read_to_string(&path).expect("text");
        for (line, link) in text.lines().zip(column(&ran.output, "joinWebUrl")) {
            let line: Value = serde_json::from_str(line).expect("JSON");
            let by_number = {
                let mut call = line["call"].clone();
                call["meetingInfo"] = line["joinMeetingIdSettings"].clone();
                call["meetingInfo"]["@odata.type"] = "#microsoft.graph.joinMeetingIdMeetingInfo".into();
                call
            };
            for call in [&line["call"], &by_number] {
                let request = Request::post("/v1.0/communications/calls")
                    .header("authorization", format!("Bearer {token}"))
                    .header("content-type", "application/json")
                    .body(Body::from(call.to_string()))
                    .expect("a request");
                let (status, body) = ask(&sim, request).await;
                assert_eq!(status, 201, "{body}: {call}");
            }
            assert_eq!(line["joinWebUrl"], link);
            let path = link.strip_prefix(JOIN_URL_START).expect("a link of the simulator's");
            let (status, page) =
                ask(&sim, Request::get(format!("/{path}")).body(Body::empty()).expect("a request")).await;
            let subject = line["subject"].as_str().expect("a subject");
            assert!(status == 200 && page.contains(subject), "{status}: {link}");
        }
    });
}

#[test]
fn each_meeting_has_a_sign() {
    let sim = Sim::new(Scenario::calm());
    let ran = crate::harness::provision(&sim, &sheet(30), How::default());
    let finished = Finished::open(Source::of(ran.output.clone()), Reading::default()).expect("an output");
    let dir = tempfile::tempdir().expect("a folder");
    let words = Words::new(None, None).expect("words");
    let made = qr::directory(&finished, dir.path(), &words).expect("pictures");
    assert_eq!((made.lines, &made.notices[..]), (30, &[][..]));
    assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 30);
}
