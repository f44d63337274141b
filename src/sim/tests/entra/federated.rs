//! Tokens of an issuer that the application trusts, in place of a secret.

use super::key::{KEY, form_with, good_claims};
use super::*;
use crate::sim::{Federated, IssuerKey};

const ISSUER: &str = "https://issuer.example/cluster/";
const SUBJECT: &str = "system:serviceaccount:meetings:convoke";
const AUDIENCE: &str = "api://AzureADTokenExchange";

fn trust() -> Federated {
    let (n, e) = KEY.numbers();
    let (issuer, subject, audiences) = (ISSUER.to_owned(), SUBJECT.to_owned(), vec![AUDIENCE.to_owned()]);
    Federated { issuer, subject, audiences, keys: vec![IssuerKey { id: Some("1".to_owned()), n, e }] }
}

/// A simulator in which this is trusted, and another workload of the same issuer.
fn sim() -> Sim {
    let other = Federated { subject: "other".to_owned(), audiences: vec!["api://other".to_owned()], ..trust() };
    Sim::registered(Scenario::calm(), Registration { federated: vec![other, trust()], ..Registration::default() })
}

fn header() -> Value {
    json!({ "alg": "RS256", "kid": "1" })
}

fn claims_of(sim: &Sim) -> Value {
    let now = sim.clock().unix().as_secs();
    json!({ "iss": ISSUER, "sub": SUBJECT, "aud": [AUDIENCE], "iat": now, "nbf": now, "exp": now + 3600 })
}

async fn answer(sim: &Sim, header: &Value, claims: &Value) -> Reply {
    ask_for_token(sim, TENANT_ID, &form_with(&KEY.assert(header, claims))).await
}

#[tokio::test(start_paused = true)]
async fn the_token_of_a_trusted_issuer_is_as_good_as_a_secret() {
    let sim = sim();
    for (member, value) in [("aud", json!(AUDIENCE)), ("aud", json!([AUDIENCE, "x"])), ("nbf", Value::Null)] {
        let mut good = claims_of(&sim);
        good[member] = value;
        for header in [header(), json!({ "alg": "RS256", "typ": "JWT" }), json!({ "alg": "RS256", "x5t": "eA" })] {
            let reply = answer(&sim, &header, &good).await;
            assert_eq!(reply.status, 200, "{good}: {}", reply.json());
            let token = reply.json()["access_token"].as_str().expect("a text").to_owned();
            assert_eq!(claims(&token)["appidacr"], "2");
            let client = Client { sim: sim.clone(), token };
            assert!(client.meet("A").await.status.is_success());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_match_the_trust_gets_the_number_that_entra_has_for_it() {
    let sim = sim();
    let now = sim.clock().unix().as_secs();
    for (member, value, code, words) in [
        ("iss", json!(ISSUER.trim_end_matches('/')), 700_211, "assertion issuer 'https://issuer.example/cluster'"),
        ("iss", json!(ISSUER.to_uppercase()), 700_211, "assertion issuer"),
        ("sub", json!(SUBJECT.to_uppercase()), 700_213, "assertion subject 'SYSTEM:"),
        ("sub", json!("other"), 700_212, "assertion audience 'api://AzureADTokenExchange'"),
        ("aud", json!("https://kubernetes.default.svc"), 700_212, "audience 'https://kubernetes.default.svc'"),
        ("aud", json!([]), 700_212, "assertion audience ''"),
        ("exp", json!(now - 301), 700_024, "valid time range"),
        ("nbf", json!(now + 302), 700_024, "valid time range"),
    ] {
        let mut bad = claims_of(&sim);
        bad[member] = value;
        let reply = answer(&sim, &header(), &bad).await;
        assert_eq!(denied(&reply), (401, "invalid_client".to_owned(), code), "{bad}");
        let description = reply.json()["error_description"].to_string();
        assert!(description.contains(words), "{description}");
    }
    for member in ["iss", "sub", "aud", "exp"] {
        let mut bad = claims_of(&sim);
        bad[member] = Value::Null;
        assert_eq!(denied(&answer(&sim, &header(), &bad).await).2, 50_027, "{member}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_issuers_own_key_signs_for_it() {
    let sim = sim();
    let good = claims_of(&sim);
    let unknown = answer(&sim, &json!({ "alg": "RS256", "kid": "2" }), &good).await;
    assert_eq!(denied(&unknown), (401, "invalid_client".to_owned(), 7_000_272));
    for alg in ["PS256", "HS256", "none"] {
        assert_eq!(denied(&answer(&sim, &json!({ "alg": alg, "kid": "1" }), &good).await).2, 50_027, "{alg}");
    }
    let token = KEY.assert(&header(), &good);
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let mut other = good.clone();
    other["jti"] = json!("2");
    let other = KEY.assert(&header(), &other);
    let (other, _) = other.rsplit_once('.').expect("three parts");
    for bad in [format!("{other}.{signature}"), format!("{signed}."), format!("{signed}.AA")] {
        let reply = ask_for_token(&sim, TENANT_ID, &form_with(&bad)).await;
        assert_eq!(denied(&reply), (401, "invalid_client".to_owned(), 700_027), "{bad}");
    }
}

#[tokio::test(start_paused = true)]
async fn whom_nobody_trusts_is_told_so_and_the_clients_own_assertion_stays_what_it_is() {
    let nobody = Sim::new(Scenario::calm());
    assert_eq!(denied(&answer(&nobody, &header(), &claims_of(&nobody)).await).2, 700_211);
    let sim = sim();
    assert_eq!(denied(&answer(&sim, &KEY.header(), &good_claims(&sim)).await).2, 700_027);
    assert_eq!(denied(&answer(&sim, &header(), &good_claims(&sim)).await).2, 50_027);
}

#[test]
fn a_trust_is_read_as_azure_writes_it_with_the_keys_of_its_issuer() {
    let (n, e) = KEY.numbers();
    let [n, e] = [n, e].map(|number| URL_SAFE_NO_PAD.encode(number));
    let good = json!({
        "name": "convoke", "issuer": ISSUER, "subject": SUBJECT, "audiences": [AUDIENCE], "description": "",
        "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": n, "e": e }],
    });
    assert_eq!(Federated::from_json(good.to_string().as_bytes()), Ok(trust()));
    for (pointer, value, words) in [
        ("/issuer", Value::Null, "issuer, subject, audiences and keys"),
        ("/subject", json!(""), "is empty"),
        ("/audiences", json!([]), "api://AzureADTokenExchange"),
        ("/audiences/0", json!(""), "is empty"),
        ("/keys", json!([]), "base64url"),
        ("/keys/0/kty", json!("EC"), "base64url"),
        ("/keys/0/n", json!("%"), "base64url"),
        ("/keys/0/e", Value::Null, "base64url"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).expect("a member") = value;
        let why = Federated::from_json(bad.to_string().as_bytes()).expect_err(pointer);
        assert!(why.contains(words), "{pointer}: {why}");
    }
}
