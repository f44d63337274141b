//! What the answers to harmless questions mean.

use super::*;

fn reply(status: u16, body: &'static str) -> Response<Bytes> {
    let mut reply = Response::new(Bytes::from_static(body.as_bytes()));
    *reply.status_mut() = StatusCode::from_u16(status).expect("a status");
    reply
}

#[test]
fn whoever_is_told_that_there_is_no_such_meeting_was_let_in_and_nobody_else_is_taken_to_be() {
    let kind = |status, body| match judge_policy(Ok(reply(status, body)), SystemTime::UNIX_EPOCH) {
        Verdict::Ready(Policy::There) => "there",
        Verdict::Ready(Policy::Missing(_)) => "missing",
        Verdict::Ready(Policy::Unknown(_)) => "unknown",
        Verdict::Again(_) => "again",
        _ => "another",
    };
    for (status, body, expected) in [
        (200, r#"{"value":[]}"#, "there"),
        (404, r#"{"error":{"code":"NotFound","message":"3004: Specified meeting is not found."}}"#, "there"),
        (404, r#"{"error":{"code":"UnknownError","message":""}}"#, "unknown"),
        (404, "", "unknown"),
        (
            403,
            r#"{"error":{"code":"Forbidden","message":"No application access policy found for this app."}}"#,
            "missing",
        ),
        (401, r#"{"error":{"message":"App 1 is not authorized to Read meeting on behalf of user 2"}}"#, "missing"),
        (403, r#"{"error":{"code":"Forbidden","message":""}}"#, "unknown"),
        (400, r#"{"error":{"code":"BadRequest","message":"1026: An error has occurred."}}"#, "unknown"),
        (401, r#"{"error":{"code":"InvalidAuthenticationToken","message":""}}"#, "again"),
        (503, "", "again"),
    ] {
        assert_eq!(kind(status, body), expected, "{status} {body}");
    }
}

#[test]
fn a_clock_is_ahead_or_behind_by_what_cannot_be_the_way_of_the_answer() {
    let at = |seconds: i64| DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time");
    let date = |seconds: i64| {
        let date = httpdate::fmt_http_date(at(seconds).into());
        HeaderMap::from_iter([(header::DATE, HeaderValue::try_from(date).expect("a date"))])
    };
    for (shown, begun, ended, expected) in
        [(0, 0, 0, 0), (3, 1, 5, 0), (4, 5, 6, 0), (300, 0, 2, 298), (-300, 0, 2, -299)]
    {
        let ahead = ahead(&date(shown), at(begun), at(ended)).expect("a date");
        assert_eq!(ahead.num_seconds(), expected, "{shown} between {begun} and {ended}");
    }
    assert_eq!(ahead(&HeaderMap::new(), at(0), at(1)), None);
}

#[test]
fn a_tenant_is_known_by_the_issuer_of_its_tokens() {
    let id = "5150c0de-0000-4000-8000-000000000001";
    let body = format!(
        r#"{{"token_endpoint":"https://login.example/x","issuer":"https://login.example/{id}/v2.0","msgraph_host":"g"}}"#
    );
    let known = read(&serde_json::from_str(&body).expect("JSON")).expect("a tenant");
    assert_eq!(known, Authority { tenant: Some(id.to_owned()), graph_host: Some("g".to_owned()) });
    let of_anybody = r#"{"token_endpoint":"x","issuer":"https://login.example/{tenantid}/v2.0"}"#;
    assert_eq!(read(&serde_json::from_str(of_anybody).expect("JSON")), Some(Authority::default()));
    assert_eq!(read(&serde_json::json!({ "issuer": id })), None);
}
