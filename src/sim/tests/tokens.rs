//! The token endpoint, and how long its tokens last.

use std::time::Duration;

use super::*;

#[tokio::test(start_paused = true)]
async fn good_credentials_get_a_token_of_their_own() {
    let sim = Sim::new(Scenario::calm());
    let reply = ask_for_token(&sim, &TENANT_ID.to_uppercase(), &good_form()).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let granted = reply.json();
    assert_eq!(granted["token_type"], "Bearer");
    assert_eq!(granted["expires_in"], 3599);
    assert_eq!(granted["ext_expires_in"], 3599);
    let token = granted["access_token"].as_str().expect("a text");
    assert_ne!(token, application_token(&sim).await);
    assert_eq!(sim.report().tokens_issued, 2);

    let claims = claims(token);
    assert_eq!((&claims["aud"], &claims["tid"]), (&json!("https://graph.example"), &json!(TENANT_ID)));
    assert_eq!((&claims["appid"], &claims["ver"]), (&json!(CLIENT_ID), &json!("1.0")));
    assert!(claims["roles"].as_array().is_some_and(|roles| roles.contains(&json!("OnlineMeetings.ReadWrite.All"))));
    assert_eq!((&claims["scp"], &claims["oid"]), (&Value::Null, &claims["sub"]));
    let seconds = |name: &str| claims[name].as_u64().expect("a time");
    assert_eq!((seconds("nbf"), seconds("exp")), (seconds("iat"), seconds("iat") + 3599));

    let claims = claims_of_user(&sim);
    assert_eq!(claims["scp"], "OnlineMeetings.ReadWrite User.Read User.ReadBasic.All openid profile email");
    assert_eq!((&claims["roles"], &claims["oid"]), (&Value::Null, &json!(USER_ID)));
}

fn claims_of_user(sim: &Sim) -> Value {
    claims(&sim.delegated_token())
}

#[tokio::test(start_paused = true)]
async fn bad_credentials_get_the_number_that_entra_has_for_them() {
    let sim = Sim::new(Scenario::calm());
    let good = good_form();
    for (written, instead, code, error) in [
        (CLIENT_SECRET, "wrong", 7_000_215, "invalid_client"),
        (CLIENT_SECRET, "", 7_000_218, "invalid_client"),
        (CLIENT_ID, TENANT_ID, 700_016, "unauthorized_client"),
        ("client_id", "id", 900_144, "invalid_request"),
        ("client_credentials", "password", 70_003, "unsupported_grant_type"),
        ("grant_type", "grant", 900_144, "invalid_request"),
        ("scope", "resource", 900_144, "invalid_request"),
        (".default", "User.Read", 1_002_012, "invalid_scope"),
        (&good, "", 900_144, "invalid_request"),
        (&good, "%ff%", 900_144, "invalid_request"),
    ] {
        let form = good.replace(written, instead);
        let reply = ask_for_token(&sim, TENANT_ID, &form).await;
        let denial = reply.json();
        let status = if error == "invalid_client" { 401 } else { 400 };
        assert_eq!((reply.status.as_u16(), &denial["error"]), (status, &json!(error)), "{form}");
        assert_eq!(denial["error_codes"], json!([code]));
        let description = denial["error_description"].as_str().expect("a text");
        assert!(description.starts_with(&format!("AADSTS{code}: ")), "{description}");
        assert!(description.contains("\r\nTrace ID: "), "{description}");
        for member in ["timestamp", "trace_id", "correlation_id"] {
            assert!(denial[member].is_string(), "{member}");
        }
    }
    let reply = ask_for_token(&sim, "fabrikam.example", &good).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["error_codes"]), (400, &json!([90_002])));
    assert_eq!(sim.report().tokens_issued, 0);
}

#[tokio::test(start_paused = true)]
async fn a_token_must_be_asked_for_with_post_and_a_form() {
    let client = Client::calm().await;
    let path = format!("/{TENANT_ID}/oauth2/v2.0/token");
    for (method, content_type, code) in
        [("GET", "application/x-www-form-urlencoded", 900_561), ("POST", "application/json", 900_144)]
    {
        let request = Request::builder().method(method).uri(&path).header("content-type", content_type);
        let reply = client.send(request, good_form()).await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.json()["error_codes"], json!([code]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_works_until_it_expires() {
    let brief = Scenario { token_lifetime: Duration::from_mins(10), ..Scenario::calm() };
    let mut client = Client::new(brief).await;
    tokio::time::advance(Duration::from_secs(599)).await;
    assert_eq!(client.meet("A").await.status, 201);
    tokio::time::advance(Duration::from_secs(1)).await;
    let (status, code, message) = client.meet("A").await.problem();
    assert_eq!((status, code.as_str()), (401, "InvalidAuthenticationToken"));
    assert!(message.contains("expired"));
    client.token = application_token(&client.sim).await;
    assert_eq!(client.meet("A").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_stops_working_before_it_says() {
    let revoked = Scenario { token_revoked_after: Some(Duration::from_secs(10)), ..Scenario::calm() };
    let client = Client::new(revoked).await;
    tokio::time::advance(Duration::from_secs(9)).await;
    assert_eq!(client.meet("A").await.status, 201);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(client.meet("A").await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_second_counts() {
    let part = Duration::from_millis(50);
    for scenario in [
        Scenario { token_lifetime: part, ..Scenario::calm() },
        Scenario { token_revoked_after: Some(part), ..Scenario::calm() },
    ] {
        let client = Client::new(scenario).await;
        tokio::time::advance(Duration::from_millis(48)).await;
        assert_eq!(client.meet("A").await.status, 201);
        tokio::time::advance(Duration::from_millis(3)).await;
        assert_eq!(client.meet("A").await.status, 401);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_outlives_the_simulator_that_gave_it_out_but_not_its_seed() {
    let before = Client::calm().await;
    let after = Client { sim: Sim::new(Scenario::calm()), ..before };
    assert_eq!(after.meet("A").await.status, 201);
    let elsewhere = Client { sim: Sim::new(Scenario { seed: 2, ..Scenario::calm() }), ..after };
    assert_eq!(elsewhere.meet("A").await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_changed_is_unknown() {
    let mut client = Client::calm().await;
    let good = client.token.clone();
    let [header, claims, tag] = *good.split('.').collect::<Vec<_>>() else { panic!("three parts") };
    let unsigned = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"none"}"#);
    for bad in [
        format!("{good}x"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        format!("{unsigned}.{claims}."),
        format!("{unsigned}.{claims}.{tag}"),
        format!("{claims}.{header}.{tag}"),
        "..".to_owned(),
        "sesame".to_owned(),
    ] {
        client.token = bad;
        let (status, code, message) = client.meet("A").await.problem();
        assert_eq!((status, code.as_str()), (401, "InvalidAuthenticationToken"));
        assert!(message.starts_with("IDX14100"), "{message}");
    }
    client.token = good;
    assert_eq!(client.meet("A").await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn graph_takes_only_tokens_for_graph() {
    let mut client = Client::calm().await;
    for (resource, good) in [
        ("00000003-0000-0000-c000-000000000000", true),
        ("https://graph.microsoft.com", true),
        ("https://graph.microsoft.com/", true),
        ("https://GRAPH.microsoft.com", true),
        ("https://graph.microsoft.us", false),
        ("https://microsoftgraph.chinacloudapi.cn", false),
        ("https://localhost:8443", true),
        ("http://127.0.0.1:1234", true),
        ("https://[::1]:1234/", true),
        ("http://graph.microsoft.com", false),
        ("https://graph.microsoft.com/v1.0", false),
        ("https://graph.microsoft.com.example", false),
        ("https://vault.azure.net", false),
        ("graph", false),
        ("", false),
    ] {
        client.token = client.sim.issue(Bearer::App, resource);
        let reply = client.meet("A").await;
        if good {
            assert!(reply.status.is_success(), "{resource}");
        } else {
            let (status, code, message) = reply.problem();
            assert_eq!((status, code.as_str()), (401, "InvalidAuthenticationToken"), "{resource}");
            assert_eq!(message, "Invalid audience.");
        }
    }
}
