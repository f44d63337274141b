//! Assertions in place of a secret.

use super::key::{KEY, Key, form_with, good_claims};
use super::*;

/// The answer to a request with an assertion of these parts.
async fn answer(sim: &Sim, header: &Value, claims: &Value) -> Reply {
    ask_for_token(sim, TENANT_ID, &form_with(&KEY.assert(header, claims))).await
}

#[tokio::test(start_paused = true)]
async fn an_assertion_is_as_good_as_a_secret() {
    let sim = KEY.sim();
    for header in [
        KEY.header(),
        json!({ "alg": "RS256", "typ": "JWT", "x5t": KEY.x5t() }),
        json!({ "alg": "PS256", "x5t": KEY.x5t(), "x5t#S256": KEY.x5t_s256(), "x5c": ["ignored"] }),
        json!({ "alg": "RS256", "typ": "jwt", "x5t": format!("{}=", KEY.x5t()) }),
    ] {
        let reply = answer(&sim, &header, &good_claims(&sim)).await;
        assert_eq!(reply.status, 200, "{header}: {}", reply.json());
        let token = reply.json()["access_token"].as_str().expect("a text").to_owned();
        assert_eq!(claims(&token)["appidacr"], "2");
        let client = Client { sim: sim.clone(), token };
        assert!(client.meet("A").await.status.is_success());
    }
}

#[tokio::test(start_paused = true)]
async fn every_name_of_the_token_endpoint_is_an_audience() {
    let sim = KEY.sim();
    for (audience, good) in [
        (format!("http://127.0.0.1:80/{TENANT_ID}/oauth2/v2.0/token"), true),
        (format!("https://login.microsoftonline.com/{TENANT_ID}/v2.0"), true),
        (format!("https://login.example/{}/v2.0/", TENANT_ID.to_uppercase()), true),
        (format!("https://login.example/{TENANT_ID}"), false),
        (format!("https://login.example/{CLIENT_ID}/v2.0"), false),
        (format!("ftp://login.example/{TENANT_ID}/v2.0"), false),
        (format!("/{TENANT_ID}/v2.0"), false),
        (String::new(), false),
    ] {
        let mut claims = good_claims(&sim);
        claims["aud"] = json!(audience);
        let reply = answer(&sim, &KEY.header(), &claims).await;
        if good {
            assert_eq!(reply.status, 200, "{audience}");
        } else {
            assert_eq!(denied(&reply), (401, "invalid_client".to_owned(), 700_023), "{audience}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn bad_claims_get_the_number_that_entra_has_for_them() {
    let sim = KEY.sim();
    let now = sim.clock().unix().as_secs();
    for (claim, value, code) in [
        ("iss", json!(TENANT_ID), 700_021),
        ("sub", json!(TENANT_ID), 700_021),
        ("sub", Value::Null, 50_027),
        ("exp", json!(now - 301), 700_024),
        ("exp", json!(-1), 50_027),
        ("exp", json!(1e300), 50_027),
        ("exp", json!("soon"), 50_027),
        ("exp", Value::Null, 50_027),
        ("nbf", json!(now + 302), 700_024),
        ("nbf", json!(9e18), 700_024),
        ("jti", Value::Null, 50_027),
        ("jti", json!(""), 50_027),
        ("aud", json!([good_claims(&sim)["aud"]]), 50_027),
    ] {
        let mut claims = good_claims(&sim);
        claims[claim] = value;
        let reply = answer(&sim, &KEY.header(), &claims).await;
        let (status, error) = if code == 50_027 { (400, "invalid_request") } else { (401, "invalid_client") };
        assert_eq!(denied(&reply), (status, error.to_owned(), code), "{claims}");
    }
    for (claim, value) in [("exp", json!(now - 298)), ("nbf", json!(now + 298)), ("nbf", Value::Null)] {
        let mut claims = good_claims(&sim);
        claims[claim] = value;
        assert_eq!(answer(&sim, &KEY.header(), &claims).await.status, 200, "{claims}");
    }
}

#[tokio::test(start_paused = true)]
async fn bad_headers_get_the_number_that_entra_has_for_them() {
    let sim = KEY.sim();
    for (member, value, code) in [
        ("alg", json!("none"), 50_027),
        ("alg", json!("HS256"), 50_027),
        ("alg", json!("RS384"), 50_027),
        ("alg", Value::Null, 50_027),
        ("alg", json!("RS256"), 0),
        ("typ", json!("JWE"), 5_002_727),
        ("x5t#S256", Value::Null, 50_027),
        ("x5t#S256", json!("%"), 50_027),
        ("x5t#S256", json!(KEY.x5t()), 700_027),
        ("x5t", json!(KEY.x5t_s256()), 700_027),
    ] {
        let mut header = KEY.header();
        header[member] = value;
        let reply = answer(&sim, &header, &good_claims(&sim)).await;
        match code {
            0 => assert_eq!(reply.status, 200, "{header}"),
            _ => assert_eq!(denied(&reply).2, code, "{header}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_signature_is_good_for_what_was_signed_alone() {
    let sim = KEY.sim();
    let good = KEY.assert(&KEY.header(), &good_claims(&sim));
    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let mut other = good_claims(&sim);
    other["jti"] = json!("0002");
    let other = KEY.assert(&KEY.header(), &other);
    let (other, _) = other.rsplit_once('.').expect("three parts");
    // Signed in the way that the header does not say.
    let rs256 = KEY.assert(&json!({ "alg": "RS256", "x5t": KEY.x5t() }), &good_claims(&sim));
    let (_, rs256) = rs256.rsplit_once('.').expect("three parts");
    for bad in
        [format!("{other}.{signature}"), format!("{signed}.{rs256}"), format!("{signed}."), format!("{signed}.AA")]
    {
        let reply = ask_for_token(&sim, TENANT_ID, &form_with(&bad)).await;
        assert_eq!(denied(&reply), (401, "invalid_client".to_owned(), 700_027), "{bad}");
        let description = reply.json()["error_description"].to_string();
        assert!(description.contains("signature"), "{description}");
    }
    assert_eq!(ask_for_token(&sim, TENANT_ID, &form_with(&good)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn without_a_certificate_no_assertion_is_good() {
    let sim = Sim::new(Scenario::calm());
    let reply = answer(&sim, &KEY.header(), &good_claims(&sim)).await;
    assert_eq!(denied(&reply), (401, "invalid_client".to_owned(), 700_027));
    let description = reply.json()["error_description"].to_string();
    assert!(description.contains("No certificate is registered"), "{description}");
}

#[tokio::test(start_paused = true)]
async fn the_type_of_an_assertion_must_be_given() {
    let sim = KEY.sim();
    let good = form_with(&KEY.assert(&KEY.header(), &good_claims(&sim)));
    for bad in [good.replace("client_assertion_type", "type"), good.replace("%6A%77%74", "%73%61%6D%6C")] {
        assert_ne!(bad, good);
        let reply = ask_for_token(&sim, TENANT_ID, &bad).await;
        assert_eq!(denied(&reply), (400, "invalid_request".to_owned(), 900_144));
    }
}

#[tokio::test(start_paused = true)]
async fn a_certificate_is_good_in_its_time_alone() {
    for (begin, end, good) in [
        (b"20250101000000Z", b"99991231235959Z", true),
        (b"20000101000000Z", b"20200101000000Z", false),
        (b"98000101000000Z", b"99991231235959Z", false),
    ] {
        let key = Key::lasting(begin, end);
        let sim = key.sim();
        let assertion = key.assert(&key.header(), &good_claims(&sim));
        let reply = ask_for_token(&sim, TENANT_ID, &form_with(&assertion)).await;
        if good {
            assert_eq!(reply.status, 200);
        } else {
            assert_eq!(denied(&reply), (401, "invalid_client".to_owned(), 1_000_502));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_assertion_may_come_again_until_it_ends() {
    let sim = KEY.sim();
    let form = form_with(&KEY.assert(&KEY.header(), &good_claims(&sim)));
    for _ in 0..2 {
        assert_eq!(ask_for_token(&sim, TENANT_ID, &form).await.status, 200);
    }
}
