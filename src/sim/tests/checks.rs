//! What is refused before anything is made, and in which order.

use super::*;

async fn refusal(client: &Client, request: Builder, body: &str) -> (u16, String, String) {
    let reply = client.send(request, body.to_owned()).await;
    assert!(client.sim.report().meetings.is_empty(), "{body}");
    reply.problem()
}

const GOOD: &str = r#"{"externalId":"A"}"#;

#[tokio::test(start_paused = true)]
async fn without_a_good_token_it_is_401() {
    let client = Client::calm().await;
    for authorization in [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some("Bearer x.y.z"),
        Some("Basic dTpw"),
        Some("Bearer \u{e9}"),
        Some("x"),
    ] {
        let mut request = Request::builder().method("POST").uri(path_of(ORGANIZER));
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let reply = client.send(request, GOOD).await;
        let (status, code, message) = reply.problem();
        assert_eq!((status, code.as_str()), (401, "InvalidAuthenticationToken"));
        assert!(!message.is_empty());
        let challenge = reply.header("www-authenticate").expect("401 has a challenge");
        assert!(challenge.starts_with("Bearer "));
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_is_nobody_on_me() {
    let client = Client::calm().await;
    let request = client.request().uri("/v1.0/me/onlineMeetings/createOrGet");
    let message = "/me request is only valid with delegated authentication flow.";
    let expected = (400, "BadRequest".to_owned(), message.to_owned());
    assert_eq!(refusal(&client, request, GOOD).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_user_may_organize_in_their_own_name_only() {
    let mut client = Client::calm().await;
    client.token = client.sim.delegated_token();
    let (status, code, _) = refusal(&client, client.request(), GOOD).await;
    assert_eq!((status, code.as_str()), (403, "Forbidden"));
    let own = client.request().uri(path_of(&USER_ID.to_uppercase()));
    assert_eq!(client.send(own, GOOD).await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_not_called_json_is_400() {
    let client = Client::calm().await;
    for content_type in [None, Some("text/plain"), Some("application/jsonp"), Some(""), Some("\u{e9}")] {
        let mut request = Request::builder()
            .method("POST")
            .uri(path_of(ORGANIZER))
            .header("authorization", format!("Bearer {}", client.token));
        if let Some(value) = content_type {
            request = request.header("content-type", value);
        }
        let (status, code, message) = refusal(&client, request, GOOD).await;
        assert_eq!((status, code.as_str()), (400, "BadRequest"));
        assert!(message.to_lowercase().contains("content"), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_a_rule_is_400_and_told_which() {
    let client = Client::calm().await;
    for (body, word) in [
        ("[1]", "JSON"),
        ("{}", "externalId"),
        (r#"{"externalId":null}"#, "externalId"),
        (r#"{"externalId":""}"#, "externalId"),
        (r#"{"externalId":1}"#, "Edm.String"),
        (r#"{"externalId":"A","startDateTime":"2027-02-03T08:00:00"}"#, "Edm.DateTimeOffset"),
        (r#"{"externalId":"A","participants":{"attendees":[{"upn":"a","role":"boss"}]}}"#, "'boss'"),
        (r#"{"externalId":"A","endDateTime":"2027-02-03T08:00:00Z"}"#, "requires"),
        (
            r#"{"externalId":"A","startDateTime":"2027-02-03T08:00:00Z","endDateTime":"2027-02-03T08:59:59+01:00"}"#,
            "earlier",
        ),
    ] {
        let (status, code, message) = refusal(&client, client.request(), body).await;
        assert_eq!((status, code.as_str()), (400, "BadRequest"), "{body}");
        assert!(message.contains(word), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_organizer_who_is_no_guid_is_404_without_a_word() {
    let client = Client::calm().await;
    for who in [
        "t.okafor@contoso.example",
        "Tola",
        "6b1e0000000040008000000000000001",
        "{6b1e0000-0000-4000-8000-000000000001}",
        "6b1e0000-0000-4000-8000-00000000000g",
        "%20",
    ] {
        let request = client.request().uri(path_of(who));
        let expected = (404, "UnknownError".to_owned(), String::new());
        assert_eq!(refusal(&client, request, GOOD).await, expected, "{who}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_check_that_fails_is_the_one_that_is_told() {
    let client = Client::calm().await;
    let someone = path_of("Tola");
    let late = r#"{"externalId":"A","endDateTime":"2027-02-03T08:00:00Z"}"#;
    let nobody = Request::builder().method("POST").uri(&someone);
    assert_eq!(refusal(&client, nobody, "{").await.0, 401);
    let untyped =
        Request::builder().method("POST").uri(&someone).header("authorization", format!("Bearer {}", client.token));
    assert!(refusal(&client, untyped, "{").await.2.contains("Content-Type"));
    assert_eq!(refusal(&client, client.request().uri(&someone), "{").await.0, 400);
    assert_eq!(refusal(&client, client.request().uri(&someone), late).await.0, 404);
    assert_eq!(refusal(&client, client.request(), late).await.0, 400);
}

#[tokio::test(start_paused = true)]
async fn a_body_over_four_megabytes_is_413() {
    let client = Client::calm().await;
    let body = format!(r#"{{"externalId":"A","subject":"{}"}}"#, "x".repeat(4 << 20));
    assert_eq!(refusal(&client, client.request(), &body).await.0, 413);
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_costs_no_attempt() {
    // So what a row meets does not depend on whether its token was still good.
    let client = Client::calm().await;
    let first = client.meet("A").await;
    let other = Client::calm().await;
    let nobody = Request::builder().method("POST").uri(path_of(ORGANIZER));
    assert_eq!(other.send(nobody, GOOD).await.status, 401);
    let second = other.meet("A").await;
    assert_eq!(first.header("request-id"), second.header("request-id"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn no_request_is_too_odd(
        path in "/(v1\\.0|beta|[a-z%]{0,9})(/(me|users|[ -~&&[^?# ]]{0,40}|onlineMeetings|createOrGet)){0,6}",
        body in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
        value in proptest::collection::vec(0x20_u8..0x7f, 0..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time().start_paused(true).build().expect("a runtime without a socket");
        runtime.block_on(async {
            let client = Client::new(Scenario::stormy()).await;
            for request in [client.request(), client.request().uri(&path)] {
                let value = http::HeaderValue::from_bytes(&value).expect("printable");
                let request = request.header("prefer", &value).header("client-request-id", &value);
                if let Ok(request) = request.body(Body::from(body.clone())) {
                    ask(&client.sim, request).await;
                }
            }
        });
    }
}
