//! The schemas pass what Graph and Entra would answer, and refuse the same with one thing wrong, naming the place.

mod sound;

use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::schema::{Asked, judge};
use sound::{
    Exchange, GUID, ROOT, batch, call, configuration, created, denial, device_code, found, header, meeting,
    organization, problem, token, user, users,
};

#[test]
fn what_graph_and_entra_would_answer_passes() {
    let deleted = Exchange { body: None, ..Exchange::new("DELETE", "/v1.0/me/onlineMeetings/MSo2", 204, json!(null)) };
    let context = format!("{ROOT}users('{GUID}')/onlineMeetings(subject)/$entity");
    let selected = json!({ "@odata.context": context, "subject": null });
    let one =
        json!({ "@odata.context": format!("{ROOT}users(mail,userType)/$entity"), "mail": null, "userType": null });
    for exchange in [
        created(),
        created().with_status(200),
        created().with("/audioConferencing", Value::Null),
        created().with("/participants/attendees", json!([])),
        created().with("/participants/attendees/0/identity/user/id", json!("kept as it came")),
        created().with("/@odata.context", json!(format!("{ROOT}users('x')/onlineMeetings/$entity"))),
        found(),
        found().with("/value", json!([])),
        Exchange::new("GET", "/v1.0/me/onlineMeetings/MSo2?$select=subject", 200, selected),
        problem(),
        problem().with("/error/innerError/innerError", json!({ "code": "429", "status": "429" })),
        problem().with_status(429).with_header("retry-after", "41"),
        problem().with_status(429).with_header("retry-after", "2.128"),
        problem().with_status(503).with_header("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
        user(),
        users(),
        Exchange::new("GET", "/v1.0/me?$select=Mail,%20userType", 200, one),
        Exchange { headers: HeaderMap::new(), ..Exchange::new("GET", "/sim/report", 200, json!({ "requests": 1 })) },
        organization(),
        call(),
        batch(),
        token(),
        denial(),
        device_code(),
        configuration(),
        deleted.without_header("content-type"),
    ] {
        assert_eq!(exchange.judge(), Ok(()));
    }
}

/// Each is refused, with these words in the message.
fn refused(spoilt: impl IntoIterator<Item = (Exchange, &'static str)>) {
    for (exchange, words) in spoilt {
        let wrong = exchange.judge().expect_err(words);
        let first = wrong.lines().next().unwrap_or_default();
        assert!(first.contains(words), "{words} is not in: {first}");
        let (method, path) = (exchange.request.method(), exchange.request.uri());
        assert!(first.starts_with(&format!("{method} {path} was answered {}", exchange.status)), "{first}");
    }
}

#[test]
fn a_spoilt_meeting_is_refused_with_its_place() {
    refused([
        (created().without("/id"), "'id'"),
        (created().without("/@odata.context"), "'@odata.context'"),
        (created().without("/externalId"), "'externalId'"),
        (created().without("/participants/organizer"), "'/participants'"),
        (created().with("/id", json!(7)), "'/id'"),
        (created().with("/allowRecording", json!("true")), "'/allowRecording'"),
        (created().with("/allowedPresenters", json!("nobody")), "'/allowedPresenters'"),
        (created().with("/meetingType", json!("Scheduled")), "'/meetingType'"),
        (created().with("/startDateTime", json!("2027-02-03T08:00:00+01:00")), "'/startDateTime'"),
        (created().with("/startDateTime", json!("2027-02-03T08:00:00.12345678Z")), "'/startDateTime'"),
        (created().with("/endDateTime", json!("2027-02-03 09:30:00Z")), "'/endDateTime'"),
        (created().with("/endDateTime", Value::Null), "'/endDateTime'"),
        (created().with("/joinWebUrl", json!("teams.example/l/x")), "'/joinWebUrl'"),
        (created().with("/joinWebURL", json!("https://teams.example/l/x")), "'joinWebURL'"),
        (created().with("/chatInfo/threadID", json!("19:x")), "'/chatInfo'"),
        (created().with("/joinInformation/contentType", json!("HTML")), "'/joinInformation/contentType'"),
        (created().with("/participants/attendees/0/role", json!("boss")), "'/participants/attendees/0/role'"),
        (created().with("/participants/attendees/0/role", json!("coorganizer")), "include-unknown-enum-members"),
        (created().with("/lobbyBypassSettings/scope", json!("invited")), "'/lobbyBypassSettings/scope'"),
        (
            created().with("/participants/organizer/identity/user/id", json!("ada@contoso.example")),
            "'/participants/organizer/identity/user/id'",
        ),
        (created().with("/participants/organizer/identity/user/tenantId", json!("contoso")), "tenantId'"),
        (created().with("/@odata.context", json!("https://graph.example/beta/$metadata#x")), "'/@odata.context'"),
        (
            created()
                .with("/@odata.context", json!("https://graph.example/beta/$metadata#microsoft.graph.onlineMeeting")),
            "is not of v1.0",
        ),
        (found().with("/value/0/subject", json!(["x"])), "'/value/0/subject'"),
        (found().without("/value"), "'value'"),
        (found().with("/value", meeting()), "'/value'"),
    ]);
}

#[test]
fn a_body_in_the_place_of_another_is_refused() {
    refused([
        (Exchange { body: problem().body, ..created() }, "'error'"),
        (Exchange { body: created().body, ..problem() }, "'error'"),
        (Exchange { body: None, ..created() }, "the body is no JSON"),
        (Exchange { body: found().body, ..created() }, "'value'"),
        (found().with_status(204), "there is a body"),
        (created().with_status(202), "the status is not one of [200, 201]"),
        (Exchange { body: problem().body, ..token().with_status(400) }, "no Denial"),
        (Exchange { body: denial().body, ..problem() }, "no Problem"),
        (Exchange::new("GET", "/v1.0/me/events", 200, json!({})), "no schema is written for this answer"),
    ]);
}

#[test]
fn a_spoilt_problem_is_refused_with_its_place() {
    refused([
        (problem().without("/error/code"), "at '/error'"),
        (problem().without("/error/message"), "'message'"),
        (problem().without("/error/innerError"), "'innerError'"),
        (problem().with("/error/code", json!(404)), "'/error/code'"),
        (problem().with("/error/innererror", json!({})), "'innererror'"),
        (problem().with("/error/innerError/date", json!("Sun, 06 Nov 1994")), "'/error/innerError/date'"),
        (
            problem().with("/error/innerError/request-id", json!(GUID.replace('6', "7"))),
            "'/error/innerError/request-id'",
        ),
        (problem().with("/error/innerError/client-request-id", json!("yours")), "client-request-id'"),
        (problem().with("/Error", json!({})), "'Error'"),
    ]);
}

#[test]
fn spoilt_people_calls_and_batches_are_refused_with_their_place() {
    refused([
        (user().without("/mail"), "'mail'"),
        (user().with("/id", json!("ada")), "'/id'"),
        (user().with("/accountEnabled", json!(true)), "it has 'accountEnabled', which was not selected"),
        (user().with("/businessPhones", Value::Null), "'/businessPhones'"),
        (user().with("/userprincipalname", json!("ada")), "'userprincipalname'"),
        (users().without("/value/0/mail"), "'/value/0'"),
        (users().with("/value/0/surname", json!("x")), "it has 'surname', which was not selected"),
        (organization().without("/value/0/displayName"), "'/value/0'"),
        (organization().with("/value", json!([])), "'/value'"),
        (call().without("/state"), "'state'"),
        (call().with("/state", json!("ringing")), "'/state'"),
        (call().with("/requestedModalities/0", json!("Audio")), "'/requestedModalities/0'"),
        (call().with("/meetingInfo/organizer/user/ID", json!("x")), "'/meetingInfo/organizer/user'"),
        (batch().without("/responses/0/status"), "'/responses/0'"),
        (batch().with("/responses/1/id", json!(1)), "'/responses/1/id'"),
        (batch().with("/responses/1/id", json!("2")), "'/responses/1/id'"),
        (batch().with("/responses/1/body/id", json!(1)), "in '/responses/1': it is no CreateOrGet: at '/id'"),
        (batch().with("/responses/1/status", json!(404)), "in '/responses/1'"),
        (batch().with("/responses/0/headers/Retry-After", json!("soon")), "in '/responses/0': retry-after"),
        (batch().with("/responses/2/body", json!({})), "in '/responses/2': there is a body"),
        (batch().with("/responses", json!([])), "at '/responses': there is no answer to \"1\""),
    ]);
}

#[test]
fn a_spoilt_answer_of_entra_is_refused_with_its_place() {
    refused([
        (token().without("/access_token"), "'access_token'"),
        (token().with("/expires_in", json!("3599")), "'/expires_in'"),
        (token().with("/token_type", json!("bearer")), "'/token_type'"),
        (token().with("/expires_on", json!("1")), "'expires_on'"),
        (token().without_header("cache-control"), "cache-control"),
        (denial().with("/error", json!("pending")), "'/error'"),
        (denial().with("/error_codes", json!(["70016"])), "'/error_codes/0'"),
        (denial().with("/error_description", json!("wait")), "'/error_description'"),
        (denial().with("/timestamp", json!("2026-11-20T09:14:07Z")), "'/timestamp'"),
        (denial().without("/trace_id"), "'trace_id'"),
        (device_code().with("/verification_url", json!("https://login.example")), "'verification_url'"),
        (device_code().without("/interval"), "'interval'"),
        (configuration().without("/token_endpoint"), "'token_endpoint'"),
        (configuration().with("/jwks_uri", json!("/keys")), "'/jwks_uri'"),
    ]);
}

#[test]
fn a_spoilt_header_is_refused_by_its_name() {
    refused([
        (created().without_header("request-id"), "request-id: it is missing"),
        (created().with_header("request-id", "1"), "request-id: it is there twice"),
        (created().without_header("client-request-id"), "client-request-id: it is missing"),
        (created().without_header("date").with_header("date", "Sun, 6 Nov 1994 08:49:37 GMT"), "date: "),
        (created().without_header("date").with_header("date", "2026-11-20T09:14:07Z"), "date: "),
        (created().without_header("x-ms-ags-diagnostic"), "x-ms-ags-diagnostic: "),
        (
            created().without_header("x-ms-ags-diagnostic").with_header("x-ms-ags-diagnostic", "{}"),
            "x-ms-ags-diagnostic: it is no Diagnostic: at ''",
        ),
        (created().without_header("odata-version"), "odata-version: "),
        (created().without_header("content-type").with_header("content-type", "text/plain"), "content-type: "),
        (problem().with_status(429).with_header("retry-after", "-1"), "retry-after: "),
        (problem().with_status(429).with_header("retry-after", "2,5"), "retry-after: "),
        (problem().with_status(429).with_header("retry-after", "PT5S"), "retry-after: "),
        (problem().with_status(401), "www-authenticate: "),
        (problem().with_status(405), "allow: "),
        (call().with_header("location", "/v1.0/communications/calls/1"), "location: "),
    ]);
    let mut other = created();
    other.request.headers_mut().insert("client-request-id", HeaderValue::from_static("yours"));
    refused([(other, "client-request-id: \"mine\" is not \"yours\"")]);
}

#[test]
fn a_page_and_a_body_that_broke_off_are_passed_over_and_nothing_else() {
    let asked = Asked::of(&created().request);
    let page: HeaderMap = [header("content-type", "text/html; charset=utf-8")].into_iter().collect();
    assert_eq!(judge(&asked, StatusCode::OK, &page, Some(b"<!DOCTYPE html>")), Ok(()));
    let half = br#"{"@odata.context":"#;
    assert_eq!(judge(&asked, StatusCode::CREATED, &created().headers, None), Ok(()));
    assert!(judge(&asked, StatusCode::CREATED, &created().headers, Some(half)).is_err());
    assert!(judge(&asked, StatusCode::CREATED, &HeaderMap::new(), None).is_err());
}
