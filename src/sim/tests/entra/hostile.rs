//! Whatever is sent, there is an answer, and it is a denial unless the request was good.

use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};

use super::key::{KEY, form_with, good_claims};
use super::*;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
}

/// A part of a JWT, or something like one.
fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<Vec<u8>>().prop_map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
        "[A-Za-z0-9_=+/.-]{0,40}",
        r#"\{"(alg|aud|exp|x5t)":("[a-zA-Z0-9]*"|[0-9.e+-]{1,6}|\[\]|null)\}"#
            .prop_map(|json| URL_SAFE_NO_PAD.encode(json)),
        Just(URL_SAFE_NO_PAD.encode(KEY.header().to_string())),
        Just(URL_SAFE_NO_PAD.encode(good_claims(&Sim::new(Scenario::calm())).to_string())),
        Just(URL_SAFE_NO_PAD.encode(format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000)))),
    ]
}

/// A field that means something, or one that does not.
fn field() -> impl Strategy<Value = (String, String)> {
    let name = prop::sample::select(vec![
        "grant_type",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "scope",
        "device_code",
        "refresh_token",
        "client_info",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "client_credentials",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            CLIENT_ID,
            "https://graph.microsoft.com/.default",
            "a/.default b/.default",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
        part(),
    ];
    (name.prop_map(str::to_owned), value)
}

proptest! {
    #[test]
    fn no_assertion_that_is_made_up_is_good(parts in prop::collection::vec(part(), 0..5)) {
        let sim = KEY.sim();
        let reply = runtime().block_on(ask_for_token(&sim, TENANT_ID, &form_with(&escaped(&parts.join(".")))));
        prop_assert!(reply.status.is_client_error());
        prop_assert!(reply.json()["error"].is_string());
    }

    #[test]
    fn no_token_that_is_made_up_is_good(parts in prop::collection::vec(part(), 0..5)) {
        let client = Client { sim: KEY.sim(), token: parts.join(".") };
        prop_assert_eq!(runtime().block_on(client.meet("A")).status, 401);
    }

    #[test]
    fn no_form_without_a_proof_gets_a_token(fields in prop::collection::vec(field(), 0..8), path in "(token|devicecode)") {
        let sim = KEY.sim();
        let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let path = format!("/{TENANT_ID}/oauth2/v2.0/{path}");
        let reply = runtime().block_on(post(&sim, &path, &[], &form.join("&")));
        prop_assert!(reply.status.is_client_error() || path.ends_with("devicecode"));
        prop_assert_eq!(sim.report().tokens_issued, 0);
    }

    #[test]
    fn no_body_and_no_header_makes_it_fall_over(body: Vec<u8>, header: Vec<u8>) {
        let sim = KEY.sim();
        for path in ["common/oauth2/v2.0/token", "common/oauth2/v2.0/devicecode"] {
            let request = Request::builder().method("POST").uri(format!("/{path}"));
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let value = http::HeaderValue::from_bytes(&header).unwrap_or(http::HeaderValue::from_static(""));
            let request = ["authorization", "client-request-id", "host"]
                .into_iter()
                .fold(request, |request, name| request.header(name, value.clone()));
            let reply = runtime().block_on(ask(&sim, request.body(Body::from(body.clone())).expect("a request")));
            prop_assert!(reply.status.is_client_error());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_too_long_is_no_form_and_ends_the_connection() {
    let sim = KEY.sim();
    let long = "a".repeat(3 << 20);
    for form in [form_with(&long), form_with(&format!("{long}.{long}.{long}"))] {
        let reply = ask_for_token(&sim, TENANT_ID, &form).await;
        assert_eq!(denied(&reply), (413, "invalid_request".to_owned(), 9_002_313));
        assert_eq!(reply.header("connection"), Some("close"));
    }
}
