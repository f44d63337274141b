//! Device codes and refresh tokens.

use std::time::Duration;

use tokio::time::advance;

use super::*;

/// What every access token of a user permits.
const CONSENTED: &str = "OnlineMeetings.ReadWrite User.Read User.ReadBasic.All openid profile email";
const SCOPE: &str = "OnlineMeetings.ReadWrite User.Read openid profile offline_access";

fn token_path(tenant: &str) -> String {
    format!("/{tenant}/oauth2/v2.0/token")
}

async fn begin(sim: &Sim, tenant: &str, scope: &str) -> Reply {
    let form = format!("client_id={CLIENT_ID}&scope={}", escaped(scope));
    post(sim, &format!("/{tenant}/oauth2/v2.0/devicecode"), &[("host", "login.example")], &form).await
}

async fn poll(sim: &Sim, tenant: &str, device_code: &str) -> Reply {
    // Both names of the grant are in use.
    let grant = if tenant == "common" { "device_code" } else { "urn:ietf:params:oauth:grant-type:device_code" };
    let form = format!("grant_type={grant}&client_id={CLIENT_ID}&device_code={device_code}&client_info=1");
    post(sim, &token_path(tenant), &[("host", "login.example")], &form).await
}

async fn refresh(sim: &Sim, refresh_token: &str, more: &str) -> Reply {
    let form = format!("grant_type=refresh_token&client_id={CLIENT_ID}&refresh_token={refresh_token}{more}");
    post(sim, &token_path("common"), &[], &form).await
}

fn text(reply: &Reply, member: &str) -> String {
    reply.json()[member].as_str().unwrap_or_else(|| panic!("no {member}: {}", reply.json())).to_owned()
}

/// The answer to who has signed in by a device code.
async fn signed_in(sim: &Sim, scope: &str) -> Reply {
    let code = text(&begin(sim, "common", scope).await, "device_code");
    advance(Duration::from_secs(2)).await;
    poll(sim, "common", &code).await
}

#[tokio::test(start_paused = true)]
async fn a_user_signs_in_by_a_device_code() {
    for tenant in [TENANT_ID, "organizations", "common"] {
        let sim = Sim::new(Scenario::calm());
        let begun = begin(&sim, tenant, SCOPE).await;
        assert_eq!((begun.status.as_u16(), &begun.json()["expires_in"]), (200, &json!(900)));
        assert_eq!(begun.json()["interval"], 5);
        let (page, user_code) = (text(&begun, "verification_uri"), text(&begun, "user_code"));
        assert_eq!(page, "http://login.example/devicelogin");
        assert_eq!(get(&sim, "/devicelogin").await.status, 200);
        let message = text(&begun, "message");
        assert!(message.contains(&page) && message.contains(&user_code), "{message}");

        let device_code = text(&begun, "device_code");
        let pending = (400, "authorization_pending".to_owned(), 70_016);
        assert_eq!(denied(&poll(&sim, tenant, &device_code).await), pending);
        advance(Duration::from_millis(1_990)).await;
        assert_eq!(denied(&poll(&sim, tenant, &device_code).await), pending);
        advance(Duration::from_millis(10)).await;
        let reply = poll(&sim, tenant, &device_code).await;
        assert_eq!((reply.status.as_u16(), text(&reply, "token_type")), (200, "Bearer".to_owned()));
        assert_eq!(text(&reply, "scope"), "OnlineMeetings.ReadWrite User.Read openid profile User.ReadBasic.All email");
        let access = claims(&text(&reply, "access_token"));
        assert_eq!(access["scp"], CONSENTED);
        assert_eq!((&access["oid"], &access["aud"]), (&json!(USER_ID), &json!("00000003-0000-0000-c000-000000000000")));
        let identity = claims(&text(&reply, "id_token"));
        let me = sim.people().signed_in();
        assert_eq!((&identity["oid"], &identity["name"]), (&json!(me.id), &json!(me.display_name)));
        assert_eq!(identity["preferred_username"], me.upn);
        assert_eq!((&identity["aud"], &identity["ver"]), (&json!(CLIENT_ID), &json!("2.0")));
        assert_eq!(identity["iss"], format!("http://login.example/{TENANT_ID}/v2.0"));
        let info = URL_SAFE_NO_PAD.decode(text(&reply, "client_info")).expect("base64");
        assert_eq!(serde_json::from_slice::<Value>(&info).expect("JSON"), json!({ "uid": USER_ID, "utid": TENANT_ID }));

        let client = Client { token: text(&reply, "access_token"), sim };
        let path = "/v1.0/me/onlineMeetings/createOrGet";
        assert_eq!(client.send(client.request().uri(path), r#"{"externalId":"A"}"#).await.status, 201);
        assert_eq!(client.sim.report().tokens_issued, 1);
        let again = poll(&client.sim, tenant, &device_code).await;
        assert_eq!(denied(&again), (400, "invalid_grant".to_owned(), 54_005));
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_code_expires_and_no_other_is_one() {
    let sim = Sim::new(Scenario::calm());
    let device_code = text(&begin(&sim, TENANT_ID, SCOPE).await, "device_code");
    advance(Duration::from_mins(15)).await;
    let reply = poll(&sim, TENANT_ID, &device_code).await;
    assert_eq!(denied(&reply), (400, "expired_token".to_owned(), 70_020));
    for bad in ["sesame", &format!("{device_code}x"), &application_token(&sim).await] {
        let reply = poll(&sim, TENANT_ID, bad).await;
        assert_eq!(denied(&reply), (400, "bad_verification_code".to_owned(), 70_018));
    }
    assert_eq!(denied(&poll(&sim, TENANT_ID, "").await), (400, "invalid_request".to_owned(), 900_144));
    assert_eq!(denied(&begin(&sim, TENANT_ID, "").await), (400, "invalid_request".to_owned(), 900_144));
    assert_eq!(denied(&begin(&sim, "fabrikam.example", SCOPE).await), (400, "invalid_request".to_owned(), 90_002));
}

#[tokio::test(start_paused = true)]
async fn two_device_codes_of_one_moment_are_two() {
    let sim = Sim::new(Scenario::calm());
    let (one, other) = (begin(&sim, "common", SCOPE).await, begin(&sim, "common", SCOPE).await);
    for member in ["device_code", "user_code"] {
        assert_ne!(text(&one, member), text(&other, member));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_gives_a_new_pair() {
    let sim = Sim::new(Scenario::calm());
    let first = signed_in(&sim, SCOPE).await;
    // Also in another run.
    let sim = Sim::new(Scenario::calm());
    let second = refresh(&sim, &text(&first, "refresh_token"), "").await;
    assert_eq!(second.status, 200);
    assert_eq!(text(&second, "scope"), text(&first, "scope"));
    for member in ["access_token", "refresh_token"] {
        assert_ne!(text(&second, member), text(&first, member));
    }
    let scope = escaped("https://graph.microsoft.com/User.Read");
    let third = refresh(&sim, &text(&second, "refresh_token"), &format!("&scope={scope}")).await;
    let access = claims(&text(&third, "access_token"));
    assert_eq!((&access["scp"], &access["aud"]), (&json!(CONSENTED), &json!("https://graph.microsoft.com")));
    assert_eq!((&third.json()["id_token"], &third.json()["client_info"]), (&Value::Null, &Value::Null));
    // The new one is for what the first was for (RFC 6749, section 6).
    let fourth = refresh(&sim, &text(&third, "refresh_token"), "").await;
    assert_eq!(text(&fourth, "scope"), text(&first, "scope"));
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_for_as_default_is_refreshed_without_a_scope() {
    let sim = Sim::new(Scenario::calm());
    let first = signed_in(&sim, "https://graph.microsoft.com/.default offline_access openid").await;
    let second = refresh(&sim, &text(&first, "refresh_token"), "").await;
    assert_eq!(second.status, 200, "{}", second.json());
    for reply in [&first, &second] {
        assert_eq!(claims(&text(reply, "access_token"))["scp"], CONSENTED);
        assert!(reply.json()["id_token"].is_string());
    }
    assert_eq!(text(&second, "scope"), text(&first, "scope"));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_or_old_refresh_token_is_an_invalid_grant() {
    let sim = Sim::new(Scenario::calm());
    let good = text(&signed_in(&sim, SCOPE).await, "refresh_token");
    for bad in ["sesame", &format!("{good}x"), &sim.delegated_token()] {
        let reply = refresh(&sim, bad, "").await;
        assert_eq!(denied(&reply), (400, "invalid_grant".to_owned(), 9_002_313));
    }
    let reply = refresh(&sim, &good, "&client_secret=wrong").await;
    assert_eq!(denied(&reply), (401, "invalid_client".to_owned(), 7_000_215));
    advance(Duration::from_hours(90 * 24)).await;
    assert_eq!(denied(&refresh(&sim, &good, "").await), (400, "invalid_grant".to_owned(), 700_082));
}

#[tokio::test(start_paused = true)]
async fn what_is_granted_is_all_that_has_consent_after_what_was_asked_for() {
    let sim = Sim::new(Scenario::calm());
    let all = "https://graph.microsoft.com/.default";
    let long = "https://graph.microsoft.com/OnlineMeetings.ReadWrite https://graph.microsoft.com/User.Read \
                https://graph.microsoft.com/User.ReadBasic.All openid profile email";
    let mixed = "User.Read https://graph.microsoft.com/OnlineMeetings.ReadWrite";
    for (asked, scope) in [
        ("user.read", "user.read OnlineMeetings.ReadWrite User.ReadBasic.All openid profile email".to_owned()),
        (all, format!("{all} {long}")),
        ("openid", "openid OnlineMeetings.ReadWrite User.Read User.ReadBasic.All profile email".to_owned()),
        (mixed, format!("{mixed} https://graph.microsoft.com/User.ReadBasic.All openid profile email")),
    ] {
        let reply = signed_in(&sim, asked).await;
        assert_eq!((reply.status.as_u16(), text(&reply, "scope")), (200, scope));
        assert_eq!(claims(&text(&reply, "access_token"))["scp"], CONSENTED);
        assert_eq!(reply.json()["id_token"].is_string(), asked == "openid");
        assert_eq!(reply.json()["refresh_token"], Value::Null);
    }
    for (asked, code) in [
        ("https://vault.azure.net/x User.Read", 28_000),
        ("https://graph.microsoft.com/.default User.Read", 70_011),
        ("/User.Read", 70_011),
        ("offline_access", 70_011),
    ] {
        assert_eq!(denied(&begin(&sim, "common", asked).await), (400, "invalid_scope".to_owned(), code), "{asked}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_nobody_has_consented_to_is_refused_when_the_user_has_signed_in() {
    let sim = Sim::new(Scenario::calm());
    let refresh_token = text(&signed_in(&sim, SCOPE).await, "refresh_token");
    for (scope, error, code) in [
        ("Mail.Read", "invalid_grant", 65_001),
        ("https://graph.microsoft.com/Mail.Read User.Read", "invalid_grant", 65_001),
        ("api://x/y openid", "invalid_resource", 500_011),
        ("https://graph.microsoft.us/.default", "invalid_resource", 500_011),
    ] {
        let more = format!("&scope={}", escaped(scope));
        for reply in [signed_in(&sim, scope).await, refresh(&sim, &refresh_token, &more).await] {
            assert_eq!(denied(&reply), (400, error.to_owned(), code), "{scope}");
            let suberror = if code == 65_001 { json!("consent_required") } else { Value::Null };
            assert_eq!(reply.json()["suberror"], suberror);
        }
    }
}
