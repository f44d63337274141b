//! The token endpoint as a thing of HTTP: how a client says who it is, and what every answer carries.

use base64::engine::general_purpose::STANDARD;

use super::*;

fn token_path() -> String {
    format!("/{TENANT_ID}/oauth2/v2.0/token")
}

#[tokio::test(start_paused = true)]
async fn a_secret_may_stand_in_the_header() {
    let sim = Sim::new(Scenario::calm());
    let form = "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.example%2F.default";
    let with_id = format!("{form}&client_id={CLIENT_ID}");
    let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
    let good = basic(&format!("{CLIENT_ID}:{}", CLIENT_SECRET.replace('-', "%2d")));
    for form in [form, &with_id] {
        let reply = post(&sim, &token_path(), &[("authorization", &good)], form).await;
        assert_eq!(reply.status, 200, "{}", reply.json());
    }
    for (header, code) in [
        (basic(&format!("{CLIENT_ID}:wrong")), 7_000_215),
        (basic(&format!("{CLIENT_ID}:")), 7_000_218),
        (basic(&format!("{TENANT_ID}:{CLIENT_SECRET}")), 700_016),
        (basic("no colon"), 9_002_313),
        (basic("%:%"), 9_002_313),
        ("Basic §".to_owned(), 9_002_313),
        ("Basic !!!".to_owned(), 9_002_313),
        ("Bearer x".to_owned(), 9_002_313),
    ] {
        let reply = post(&sim, &token_path(), &[("authorization", &header)], form).await;
        assert_eq!(denied(&reply).2, code, "{header}");
        let challenge = (reply.status == 401).then_some("Basic");
        assert_eq!(reply.header("www-authenticate"), challenge);
    }
}

#[tokio::test(start_paused = true)]
async fn every_answer_carries_what_support_asks_for() {
    let sim = Sim::new(Scenario::calm());
    let own = "0c8de3b6-6a1e-4a0b-9d0c-0123456789ab";
    let mut ids = std::collections::HashSet::new();
    for form in [&*good_form(), "", &good_form(), ""] {
        let reply = post(&sim, &token_path(), &[("client-request-id", own)], form).await;
        assert_eq!(reply.header("client-request-id"), Some(own));
        assert_eq!((reply.header("cache-control"), reply.header("pragma")), (Some("no-store"), Some("no-cache")));
        assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
        let id = reply.header("x-ms-request-id").expect("there is one").to_owned();
        if reply.status != 200 {
            let denial = reply.json();
            assert_eq!((&denial["correlation_id"], &denial["trace_id"]), (&json!(own), &json!(id)));
            assert_eq!(denial["error_uri"], "https://login.microsoftonline.com/error?code=900144");
        }
        assert!(ids.insert(id), "no two are the same");
    }
    let reply = post(&sim, &token_path(), &[("client-request-id", "mine")], "").await;
    assert_eq!(reply.header("client-request-id"), Some("mine"));
    assert_ne!(reply.json()["correlation_id"], "mine", "only a GUID goes into the text");
}

#[tokio::test(start_paused = true)]
async fn no_field_may_be_repeated() {
    let sim = Sim::new(Scenario::calm());
    for more in ["&client_secret=wrong", "&scope=", "&unknown=1&unknown=1"] {
        let reply = ask_for_token(&sim, TENANT_ID, &format!("{}{more}", good_form())).await;
        assert_eq!(denied(&reply), (400, "invalid_request".to_owned(), 9_000_411), "{more}");
        let field = more[1..].split('=').next().expect("a name");
        assert!(text(&reply.json(), "/error_description").contains(&format!("'{field}'")), "{}", reply.json());
    }
    let reply = get(&sim, "/common/discovery/instance?api-version=1.0&api-version=1.1").await;
    assert_eq!(denied(&reply).2, 9_000_411);
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_of_identity_is_counted_by_its_path_alone() {
    let sim = Sim::new(Scenario::calm());
    for form in [good_form(), good_form(), String::new()] {
        ask_for_token(&sim, TENANT_ID, &form).await;
    }
    post(&sim, "/common/oauth2/v2.0/devicecode", &[], &format!("client_id={CLIENT_ID}&scope=openid")).await;
    get(&sim, "/common/oauth2/v2.0/token").await;
    get(&sim, "/common/discovery/v2.0/keys").await;
    let by_path = [
        ("GET /{tenant}/discovery/v2.0/keys", [(200, 1)].into()),
        ("GET /{tenant}/oauth2/v2.0/token", [(400, 1)].into()),
        ("POST /{tenant}/oauth2/v2.0/devicecode", [(200, 1)].into()),
        ("POST /{tenant}/oauth2/v2.0/token", [(200, 2), (400, 1)].into()),
    ];
    let by_path = by_path.map(|(path, statuses)| (path.to_owned(), statuses)).into();
    assert_eq!(sim.report(), Report { by_path, tokens_issued: 2, ..Report::default() });
}

#[tokio::test(start_paused = true)]
async fn each_endpoint_is_for_its_method_alone() {
    let sim = Sim::new(Scenario::calm());
    for (path, good) in [
        ("common/oauth2/v2.0/token", "POST"),
        ("common/oauth2/v2.0/devicecode", "POST"),
        ("common/v2.0/.well-known/openid-configuration", "GET"),
        ("common/discovery/v2.0/keys", "GET"),
        ("common/discovery/instance", "GET"),
        ("devicelogin", "GET"),
    ] {
        for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PURR"].into_iter().filter(|method| *method != good) {
            let request = Request::builder().method(method).uri(format!("/{path}")).body(Body::empty());
            let reply = ask(&sim, request.expect("a request")).await;
            assert_eq!(denied(&reply), (400, "invalid_request".to_owned(), 900_561), "{method} {path}");
            assert_eq!(reply.header("allow"), Some(good));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_asks_for_all_of_one_resource() {
    let sim = Sim::new(Scenario::calm());
    for (scope, audience) in [
        ("https://graph.microsoft.com/.default", "https://graph.microsoft.com"),
        ("https://graph.microsoft.com//.default", "https://graph.microsoft.com/"),
        ("00000003-0000-0000-c000-000000000000/.default", "00000003-0000-0000-c000-000000000000"),
    ] {
        let form = good_form().replace("https%3A%2F%2Fgraph.example%2F.default", &escaped(scope));
        let reply = ask_for_token(&sim, TENANT_ID, &form).await.json();
        let token = reply["access_token"].as_str().expect("a text");
        assert_eq!((&claims(token)["aud"], &reply["refresh_token"]), (&json!(audience), &Value::Null));
    }
    for (scope, code) in [
        ("https://graph.microsoft.com/User.Read", 1_002_012),
        ("/.default", 1_002_012),
        (".default", 1_002_012),
        ("   ", 1_002_012),
        ("https://graph.microsoft.com/.default openid", 1_002_012),
        ("https://graph.microsoft.com/.default https://vault.azure.net/.default", 70_011),
    ] {
        let form = good_form().replace("https%3A%2F%2Fgraph.example%2F.default", &escaped(scope));
        let reply = ask_for_token(&sim, TENANT_ID, &form).await;
        assert_eq!(denied(&reply), (400, "invalid_scope".to_owned(), code), "{scope}");
    }
    for resource in ["https://vault.azure.net", "https://graph.microsoft.us", "api://x", "graph"] {
        let form = good_form().replace("https%3A%2F%2Fgraph.example", &escaped(resource));
        let reply = ask_for_token(&sim, TENANT_ID, &form).await;
        assert_eq!(denied(&reply), (400, "invalid_resource".to_owned(), 500_011), "{resource}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_by_itself_has_a_tenant() {
    let sim = Sim::new(Scenario::calm());
    for alias in ["common", "organizations"] {
        let reply = ask_for_token(&sim, alias, &good_form()).await;
        assert_eq!(denied(&reply), (400, "invalid_request".to_owned(), 90_002));
    }
}

#[tokio::test(start_paused = true)]
async fn a_registration_is_what_it_was_said_to_be() {
    let registration = Registration {
        tenant_id: "11111111-0000-4000-8000-000000000001".to_owned(),
        client_id: "11111111-0000-4000-8000-000000000002".to_owned(),
        client_secret: "open".to_owned(),
        ..Registration::default()
    };
    let sim = Sim::registered(Scenario::calm(), registration.clone());
    assert_eq!(denied(&ask_for_token(&sim, TENANT_ID, &good_form()).await).2, 90_002);
    assert_eq!(denied(&ask_for_token(&sim, &registration.tenant_id, &good_form()).await).2, 700_016);
    let form = good_form().replace(CLIENT_ID, &registration.client_id).replace(CLIENT_SECRET, "open");
    let reply = ask_for_token(&sim, &registration.tenant_id, &form).await.json();
    let claims = claims(reply["access_token"].as_str().expect("a text"));
    assert_eq!((&claims["tid"], &claims["appid"]), (&json!(registration.tenant_id), &json!(registration.client_id)));
}
