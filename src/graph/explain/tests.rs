//! Every line of what was seen in practice, and what is said of it.

use http::HeaderValue;

use super::super::answer::Wanted;
use super::super::verdict::Verdict;
use super::*;

fn reply(status: u16, code: &str, message: &str) -> Response<Bytes> {
    let mut reply = Response::new(Bytes::from(format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#)));
    *reply.status_mut() = StatusCode::from_u16(status).expect("a status");
    reply
}

#[test]
fn every_error_that_was_seen_is_taken_for_its_cause() {
    let policy = &table::ACCESS_POLICY;
    for (status, code, message, cause) in [
        (403, "Forbidden", "No application access policy found for this app.", policy),
        (403, "General", "No Application Access Policy found for this app on the user.", policy),
        (401, "Unauthorized", "App 1 is not authorized to Create meeting on behalf of user 2", policy),
        (403, "Unauthorized", "App 1 is not authorized to Create meeting on behalf of user 2", policy),
        (
            403,
            "Forbidden",
            "Application is not allowed to perform operations on the user '2', neither is allowed access through RSC \
             permission evaluation.",
            policy,
        ),
        (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", &table::PERMISSION),
        (403, "Forbidden", "", &table::FORBIDDEN),
        (403, "Forbidden", "Invalid S2S auth token", &table::SERVICE_TOKEN),
        (401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.", &table::TOKEN),
        (401, "AuthenticationError", "Error authenticating with resource", &table::ACCOUNT),
        (403, "AuthenticationError", "Error authenticating with resource", &table::ACCOUNT),
        (404, "UnknownError", "", &table::NO_ORGANIZER),
        (404, "NotFound", "3004: Specified meeting is not found.", &table::NO_ORGANIZER),
        (403, "ODataError", "The user has no license for this.", &table::LICENCE),
        (400, "BadRequest", "/me request is only valid with delegated authentication flow.", &table::ME_WITHOUT_USER),
        (400, "BadRequest", "An error has occurred.", &table::UNEXPLAINED),
        (400, "BadRequest", "1026: An error has occurred.", &table::UNEXPLAINED),
        (400, "BadRequest", "Resource not found for the segment 'onlineMeetings'.", &table::ADDRESS),
        (400, "BadRequest", "The end is before the start.", &table::DETAILS),
        (405, "MethodNotAllowed", "An error has occurred.", &table::ADDRESS),
        (407, "", "", &table::PROXY),
        (409, "", "", &table::CONFLICT),
        (418, "", "", &table::UNKNOWN),
        (429, "UnknownError", "", &table::THROTTLED),
        (408, "", "", &table::OVERLOADED),
        (500, "InternalServerError", "", &table::INTERNAL),
        (502, "BadGateway", "Failed to execute backend request.", &table::OVERLOADED),
        (503, "", "", &table::OVERLOADED),
        (504, "", "", &table::OVERLOADED),
        (200, "", "", &table::NO_MEETING),
    ] {
        let judged =
            Verdict::judge(Ok(reply(status, code, message)), std::time::SystemTime::UNIX_EPOCH, Wanted::default());
        let mut text = None;
        let _ = judged.with_trouble(|trouble| text = Some(trouble.clone()));
        let trouble = text.expect("none of them is a success");
        assert_eq!(trouble.cause, format!("{} (HTTP {status})", cause.text()), "{status} {message}");
        assert_eq!(is_of_organizer(&trouble), cause.reach == Reach::Organizer);
        let said = if status == 200 { "" } else { message };
        assert_eq!(trouble.said, said);
    }
}

#[test]
fn every_cause_says_what_it_means_what_to_do_how_long_it_takes_and_whether_to_run_again() {
    for cause in CAUSES {
        let text = cause.text();
        assert_eq!(text.split("; ").filter(|part| part.contains("run")).count().min(1), 1, "{text}");
        assert!(!cause.means.is_empty() && !cause.mend.is_empty(), "{text}");
        assert!(!text.contains(['\n', '|']) && !text.contains("  ") && !text.contains("(Graph said: "), "{text}");
        let known =
            CAUSES.iter().filter(|other| text.starts_with(other.means) && other.means.len() >= cause.means.len());
        assert_eq!(known.count(), 1, "another begins with the same words: {text}");
    }
}

#[test]
fn a_line_that_is_read_back_is_known_for_its_cause() {
    let refused = refused(&reply(404, "UnknownError", ""));
    assert!(is_of_organizer(&Trouble::of_error(&refused.error())));
    assert!(!is_of_organizer(&Trouble::of_error("no policy, in the words of another version")));
}

#[test]
fn the_ids_are_the_headers_or_else_those_of_the_inner_error() {
    let body = r#"{"error":{"code":"Forbidden","message":"no","innererror":{"innerError":{"date":"2026-11-20T09:14:07","request-id":"r-2"}}}}"#;
    let mut reply = Response::new(Bytes::from_static(body.as_bytes()));
    *reply.status_mut() = StatusCode::FORBIDDEN;
    let trouble = refused(&reply);
    assert_eq!(
        [trouble.own.request_id.as_deref(), trouble.own.date.as_deref()],
        [Some("r-2"), Some("2026-11-20T09:14:07")]
    );
    reply.headers_mut().insert("request-id", HeaderValue::from_static("r-1"));
    reply.headers_mut().insert("date", HeaderValue::from_static("Wed, 03 Feb 2027 08:00:00 GMT"));
    let trouble = refused(&reply);
    let ids = [trouble.own.request_id.as_deref(), trouble.own.date.as_deref()];
    assert_eq!(ids, [Some("r-1"), Some("Wed, 03 Feb 2027 08:00:00 GMT")]);
}

#[test]
fn only_a_missing_policy_is_filled_in_and_with_what_can_be_read() {
    let policy = || refused(&reply(403, "Forbidden", "No application access policy found for this app"));
    let path = "/v1.0/users/6b1e/onlineMeetings/createOrGet";
    let mut trouble = policy();
    fill_in(&mut trouble, path, "opaque");
    assert_eq!(trouble.own.paste, cmdlets(None, &["6b1e"]));
    let mut trouble = policy();
    fill_in(&mut trouble, "/v1.0/me/onlineMeetings/createOrGet", "opaque");
    assert_eq!(trouble.own.paste, cmdlets(None, &[]));
    let mut trouble = refused(&reply(404, "UnknownError", ""));
    fill_in(&mut trouble, path, "opaque");
    assert_eq!(trouble.own.paste, "");
}
