//! The whole table, asked in full.

use super::*;
use http::HeaderValue;

const MEETING: &str = r#"{"joinWebUrl":"https://teams.example/x"}"#;

fn reply(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> Response<Bytes> {
    let mut reply = Response::new(Bytes::from_static(body.as_bytes()));
    *reply.status_mut() = StatusCode::from_u16(status).expect("a status");
    for (name, value) in headers {
        reply.headers_mut().insert(*name, HeaderValue::from_static(value));
    }
    reply
}

fn judge(reply: Response<Bytes>) -> Verdict {
    Verdict::judge(Ok(reply), SystemTime::UNIX_EPOCH, Wanted::default())
}

/// The kinds of verdict, without what they carry.
fn kind<T>(verdict: &Verdict<T>) -> &'static str {
    match verdict {
        Verdict::Ready(_) => "ready",
        Verdict::Again(_) => "again",
        Verdict::Throttled(..) => "throttled",
        Verdict::Overloaded(..) => "overloaded",
        Verdict::Refused(_) => "refused",
        Verdict::Broken(_) => "broken",
    }
}

#[test]
fn every_status_has_its_verdict() {
    for status in 100..=599 {
        let expected = match status {
            200 | 201 => "ready",
            429 => "throttled",
            401 | 408 | 500..=599 => "again",
            _ => "refused",
        };
        let verdict = judge(reply(status, &[("request-id", "r-1")], MEETING));
        assert_eq!(kind(&verdict), expected, "{status}");
        match verdict {
            Verdict::Ready(answer) => assert_eq!(answer.http_status, Some(status)),
            Verdict::Again(trouble)
            | Verdict::Throttled(_, trouble)
            | Verdict::Overloaded(_, trouble)
            | Verdict::Refused(trouble) => {
                assert_eq!(trouble.http_status, Some(status));
                assert_eq!(trouble.own.request_id.as_deref(), Some("r-1"));
                assert!(!trouble.cause.is_empty());
            }
            Verdict::Broken(_) => unreachable!("no single answer dooms a run"),
        }
    }
}

#[test]
fn a_success_without_a_meeting_is_tried_again() {
    for status in [200, 201] {
        for body in ["", r#"{"joinWebUrl":"https://teams.ex"#, "<html>proxy</html>", "null", r#"{"id":"x"}"#] {
            assert_eq!(kind(&judge(reply(status, &[], body))), "again", "{status} {body}");
        }
    }
}

#[test]
fn a_server_that_is_not_trusted_ends_the_run() {
    let judged = Verdict::judge(Err(Lost::Untrusted("expired".into())), SystemTime::UNIX_EPOCH, Wanted::default());
    assert!(matches!(judged, Verdict::Broken(trouble) if trouble.code == "certificateNotTrusted"));
}

#[test]
fn a_lost_answer_is_tried_again_and_says_how_it_was_lost() {
    for (lost, code) in [
        (Lost::Connect("refused".into()), "connectionFailed"),
        (Lost::Timeout, "timeout"),
        (Lost::Broken("reset".into()), "connectionBroken"),
    ] {
        let Verdict::Again(trouble) = Verdict::judge(Err(lost), SystemTime::UNIX_EPOCH, Wanted::default()) else {
            panic!("{code} is to be tried again")
        };
        assert_eq!((trouble.code.as_str(), trouble.http_status), (code, None));
    }
}

#[test]
fn retry_after_is_read_in_all_its_forms() {
    let date = ("date", "Wed, 03 Feb 2027 08:00:00 GMT");
    for (value, seconds) in [
        ("10", Some(10)),
        (" 7 ", Some(7)),
        ("2.128", Some(3)),
        ("0.2", Some(1)),
        ("0", None),
        ("-5", None),
        ("NaN", None),
        ("inf", None),
        ("1e300", None),
        ("99999999999999999999", Some(86_400)),
        ("soon", None),
        ("", None),
        ("Wed, 03 Feb 2027 08:00:41 GMT", Some(41)),
        ("Wed, 03 Feb 2027 07:59:00 GMT", None),
        ("Sun, 03 Feb 2047 08:00:00 GMT", Some(86_400)),
    ] {
        let Verdict::Throttled(wait, _) = judge(reply(429, &[date, ("retry-after", value)], "")) else {
            panic!("{value}: a 429 throttles")
        };
        assert_eq!(wait, seconds.map(Duration::from_secs), "{value}");
    }
    assert!(matches!(judge(reply(429, &[], "")), Verdict::Throttled(None, _)));
}

#[test]
fn without_a_date_of_its_own_an_answer_is_measured_by_our_clock() {
    let now = httpdate::parse_http_date("Wed, 03 Feb 2027 08:00:00 GMT").expect("a date") + Duration::from_millis(400);
    let reply = reply(429, &[("retry-after", "Wed, 03 Feb 2027 08:00:05 GMT")], "");
    let Verdict::Throttled(wait, _) = Verdict::judge(Ok(reply), now, Wanted::default()) else {
        panic!("a 429 throttles")
    };
    assert_eq!(wait, Some(Duration::from_secs(5)), "4.6 s, rounded up");
}

#[test]
fn a_503_with_a_time_to_come_back_is_for_everybody() {
    let verdict = judge(reply(503, &[("retry-after", "2")], ""));
    assert!(matches!(verdict, Verdict::Overloaded(wait, _) if wait == Duration::from_secs(2)));
    assert_eq!(kind(&judge(reply(503, &[], ""))), "again");
}

#[test]
fn refusals_say_what_to_do() {
    let policy = r#"{"error":{"code":"Forbidden","message":"No application access policy found for this app"}}"#;
    let older = r#"{"error":{"code":"Unauthorized","message":"App 1 is not authorized to Create meeting on behalf of user 2"}}"#;
    let me =
        r#"{"error":{"code":"BadRequest","message":"/me request is only valid with delegated authentication flow."}}"#;
    for (status, body, words) in [
        (403, policy, vec!["New-CsApplicationAccessPolicy", "Grant-CsApplicationAccessPolicy", "30 minutes"]),
        (401, older, vec!["New-CsApplicationAccessPolicy", "Grant-CsApplicationAccessPolicy", "30 minutes"]),
        (403, "", vec!["OnlineMeetings.ReadWrite.All", "New-CsApplicationAccessPolicy"]),
        (404, "", vec!["object id", "licence", "tenant"]),
        (400, me, vec!["--me"]),
        (302, "", vec!["redirect", "--graph-url"]),
    ] {
        let Verdict::Refused(trouble) = judge(reply(status, &[], body)) else { panic!("{status} is final") };
        for word in words {
            assert!(trouble.cause.contains(word), "{status}: {}", trouble.cause);
        }
    }
}

fn found(reply: Response<Bytes>) -> Verdict<Option<Box<Answer>>> {
    Verdict::judge_found(Ok(reply), SystemTime::UNIX_EPOCH, Wanted::default())
}

fn deleted(reply: Response<Bytes>) -> Verdict<bool> {
    Verdict::judge_deleted(Ok(reply), SystemTime::UNIX_EPOCH)
}

#[test]
fn only_graphs_own_404_about_a_meeting_says_that_it_is_gone() {
    for (body, expected) in [
        (r#"{"error":{"code":"NotFound","message":"3004: Specified meeting is not found"}}"#, "ready"),
        (r#"{"error":{"code":"UnknownError","message":""}}"#, "ready"),
        (r#"{"error":{"code":"","message":"Item not found"}}"#, "ready"),
        (r#"{"error":{"code":"ResourceNotFound","message":"Meeting not found for the user"}}"#, "ready"),
        (r#"{"error":{"code":"Request_ResourceNotFound","message":"User not found"}}"#, "refused"),
        (r#"{"error":{"code":"Request_ResourceNotFound","message":"Resource 'x' does not exist"}}"#, "refused"),
        (r#"{"error":{"code":"NotFound","message":"The user has no licence"}}"#, "refused"),
        (
            r#"{"error":{"code":"BadRequest","message":"Resource not found for the segment 'onlineMeetings'."}}"#,
            "refused",
        ),
        ("", "again"),
        ("{}", "again"),
        ("null", "again"),
        (r#"{"error":"not found"}"#, "again"),
        (r#"{"error":{"code":404,"message":"no route"}}"#, "again"),
        ("<html><title>404 Not Found</title></html>", "again"),
    ] {
        let (read, gone) = (found(reply(404, &[], body)), deleted(reply(404, &[], body)));
        assert_eq!((kind(&read), kind(&gone)), (expected, expected), "{body}");
        assert!(matches!(read, Verdict::Ready(None)) == (expected == "ready"), "{body}");
        assert!(matches!(gone, Verdict::Ready(false)) == (expected == "ready"), "{body}");
        if let Verdict::Again(trouble) = gone {
            assert!(trouble.cause.contains("proxy") && trouble.http_status == Some(404), "{}", trouble.cause);
        }
    }
}

#[test]
fn nothing_but_204_says_that_a_meeting_was_deleted() {
    for status in 200..=299 {
        let verdict = deleted(reply(status, &[("content-type", "text/html")], "<html>signed in</html>"));
        let expected = if status == 204 { "ready" } else { "again" };
        assert_eq!(kind(&verdict), expected, "{status}");
        assert!(status != 204 || matches!(verdict, Verdict::Ready(true)));
    }
}
