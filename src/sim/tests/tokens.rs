//! The token endpoint, and how long its tokens last.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

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

    let claims = token.split('.').nth(1).expect("three parts");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64");
    let claims = serde_json::from_slice::<Value>(&claims).expect("JSON");
    assert_eq!(claims["aud"], "https://graph.example");
    assert_eq!(claims["roles"], json!(["OnlineMeetings.ReadWrite.All"]));
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
    let reply = ask_for_token(&sim, "contoso.example", &good).await;
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
async fn tokens_of_another_simulator_are_unknown() {
    let other = Client::new(Scenario { seed: 2, ..Scenario::calm() }).await;
    let mut client = Client::calm().await;
    client.token = format!("{}x", other.token);
    assert_eq!(client.meet("A").await.status, 401);
}
