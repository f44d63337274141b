//! The documents that a client finds everything by.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

use super::*;

#[tokio::test(start_paused = true)]
async fn the_configuration_says_where_everything_is() {
    let sim = Sim::new(Scenario::calm());
    for (tenant, issued_for) in [(TENANT_ID, TENANT_ID), ("common", "{tenantid}"), ("organizations", "{tenantid}")] {
        let reply = get(&sim, &format!("/{tenant}/v2.0/.well-known/openid-configuration")).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        let document = reply.json();
        let root = "http://login.example:8443";
        assert_eq!(document["issuer"], format!("{root}/{issued_for}/v2.0"));
        assert_eq!(document["token_endpoint"], format!("{root}/{tenant}/oauth2/v2.0/token"));
        assert_eq!(document["device_authorization_endpoint"], format!("{root}/{tenant}/oauth2/v2.0/devicecode"));
        assert_eq!(document["authorization_endpoint"], format!("{root}/{tenant}/oauth2/v2.0/authorize"));
        assert_eq!(document["jwks_uri"], format!("{root}/{tenant}/discovery/v2.0/keys"));
        assert_eq!(document["msgraph_host"], "login.example:8443");
    }
    for path in ["v2.0/.well-known/openid-configuration", "discovery/v2.0/keys"] {
        let reply = get(&sim, &format!("/fabrikam.example/{path}")).await;
        assert_eq!(denied(&reply), (400, "invalid_tenant".to_owned(), 90_002));
    }
}

#[tokio::test(start_paused = true)]
async fn a_tenant_goes_by_its_domain_too_and_says_its_id() {
    let sim = Sim::new(Scenario::calm());
    let document =
        async |tenant: &str| get(&sim, &format!("/{tenant}/v2.0/.well-known/openid-configuration")).await.json();
    assert_eq!(document("Contoso.example").await, document(TENANT_ID).await);
    assert_eq!(get(&sim, "/contoso.example/discovery/v2.0/keys").await.status, 200);
    let reply = ask_for_token(&sim, "contoso.example", &good_form()).await;
    assert_eq!(claims(&text(&reply.json(), "/access_token"))["tid"], TENANT_ID);
    let form = format!("client_id={CLIENT_ID}&scope=openid");
    assert_eq!(post(&sim, "/contoso.example/oauth2/v2.0/devicecode", &[], &form).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn urls_begin_as_the_simulator_was_reached_or_as_it_was_told() {
    let told = Registration { public_url: Some("https://sim.example/".to_owned()), ..Registration::default() };
    let told = Sim::registered(Scenario::calm(), told);
    let path = format!("/{TENANT_ID}/v2.0/.well-known/openid-configuration");
    let plain = Request::builder().uri(&path);
    let whole = Request::builder().uri(format!("https://login.example{path}"));
    let tls = Request::builder().uri(&path).header("host", "localhost:1").extension(http::uri::Scheme::HTTPS);
    let odd = Request::builder().uri(&path).header("host", "a b\"c");
    let sim = Sim::new(Scenario::calm());
    for (sim, request, root) in [
        (&sim, plain, "http://localhost"),
        (&sim, whole, "https://login.example"),
        (&sim, tls, "https://localhost:1"),
        (&sim, odd, "http://localhost"),
        (&told, Request::builder().uri(&path).header("host", "localhost:1"), "https://sim.example"),
    ] {
        let reply = ask(sim, request.body(Body::empty()).expect("a request")).await;
        assert_eq!(reply.json()["token_endpoint"], format!("{root}/{TENANT_ID}/oauth2/v2.0/token"));
    }
    let client = Client { token: told.issue(Bearer::App, "https://sim.example"), sim: told };
    assert_eq!(client.meet("A").await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn an_authority_is_known_if_it_is_this_one() {
    let sim = Sim::new(Scenario::calm());
    let ask_about = |host: &str, version: &str| {
        let endpoint = escaped(&format!("https://{host}/{TENANT_ID}/oauth2/v2.0/authorize"));
        format!("/common/discovery/instance?{version}authorization_endpoint={endpoint}")
    };
    let root = format!("http://login.example:8443/{TENANT_ID}/v2.0/.well-known/openid-configuration");
    let reply = get(&sim, &ask_about("LOGIN.example:8443", "api-version=1.1&")).await.json();
    assert_eq!((&reply["tenant_discovery_endpoint"], &reply["api-version"]), (&json!(root), &json!("1.1")));
    assert_eq!(reply["metadata"][0]["aliases"], json!(["LOGIN.example:8443"]));
    let reply = get(&sim, &ask_about("login.example", "api-version=1.0&")).await.json();
    assert_eq!((&reply["tenant_discovery_endpoint"], &reply["metadata"]), (&json!(root), &Value::Null));
    for unknown in ["login.microsoftonline.com", "", ":", "%20"] {
        let reply = get(&sim, &ask_about(unknown, "")).await;
        assert_eq!(denied(&reply), (400, "invalid_instance".to_owned(), 50_049), "{unknown}");
    }
    let reply = get(&sim, "/common/discovery/instance").await;
    assert_eq!(denied(&reply), (400, "invalid_request".to_owned(), 900_144));
}

#[tokio::test(start_paused = true)]
async fn an_id_token_is_signed_with_a_published_key() {
    let sim = Sim::new(Scenario::calm());
    let form = format!("client_id={CLIENT_ID}&scope=openid");
    let begun = post(&sim, "/common/oauth2/v2.0/devicecode", &[], &form).await.json();
    tokio::time::advance(std::time::Duration::from_secs(2)).await;
    let grant = escaped("urn:ietf:params:oauth:grant-type:device_code");
    let code = begun["device_code"].as_str().expect("a text");
    let form = format!("grant_type={grant}&client_id={CLIENT_ID}&device_code={code}");
    let token = post(&sim, "/common/oauth2/v2.0/token", &[], &form).await.json()["id_token"].clone();
    let (signed, signature) = token.as_str().and_then(|token| token.rsplit_once('.')).expect("a token");

    let keys = get(&sim, "/common/discovery/v2.0/keys").await.json()["keys"].clone();
    let bytes = |text: &Value| URL_SAFE_NO_PAD.decode(text.as_str().expect("a text")).expect("base64");
    let header = URL_SAFE_NO_PAD.decode(signed.split('.').next().expect("a header")).expect("base64");
    let header = serde_json::from_slice::<Value>(&header).expect("JSON");
    assert_eq!((&header["alg"], &header["kid"]), (&json!("RS256"), &keys[0]["kid"]));
    let key = RsaPublicKeyComponents { n: bytes(&keys[0]["n"]), e: bytes(&keys[0]["e"]) };
    let good = key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &bytes(&json!(signature)));
    assert!(good.is_ok());
}
