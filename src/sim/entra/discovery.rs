//! Where everything is: the documents that a client reads before it asks for a token
//! (identity-platform/v2-protocols-oidc).
//!
//! They name all that Entra's do, also what is not here: there is nobody to sign in on a page, and so none.

use axum::extract::Request;
use http::Uri;
use http::uri::Authority;
use serde_json::{Value, json};

use super::denial::Denial;
use super::form::Form;
use super::reply::Desk;
use super::token::{check_tenant, is_alias};

pub(super) fn configuration(desk: &Desk<'_>, tenant: &str) -> Result<Value, Denial> {
    check_tenant(desk, tenant).map_err(Denial::about_a_document)?;
    let (root, tenant) = (&desk.root, canonical(desk, tenant));
    let oauth2 = format!("{root}/{tenant}/oauth2/v2.0");
    let mut document = json!({
        "token_endpoint": format!("{oauth2}/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{root}/{tenant}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer(desk, tenant),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": format!("{root}/oidc/userinfo"),
        "authorization_endpoint": format!("{oauth2}/authorize"),
        "device_authorization_endpoint": format!("{oauth2}/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{oauth2}/logout"),
        "claims_supported": [
            "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
            "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash",
            "c_hash", "email",
        ],
    });
    document["kerberos_endpoint"] = json!(format!("{root}/{tenant}/kerberos"));
    document["tenant_region_scope"] = if is_alias(tenant) { Value::Null } else { json!("EU") };
    document["cloud_instance_name"] = json!(desk.host());
    document["cloud_graph_host_name"] = json!(desk.host());
    document["msgraph_host"] = json!(desk.host());
    document["rbac_url"] = json!(root);
    Ok(document)
}

pub(super) fn keys(desk: &Desk<'_>, tenant: &str) -> Result<Value, Denial> {
    check_tenant(desk, tenant).map_err(Denial::about_a_document)?;
    Ok(json!({ "keys": [desk.sim.entra().signing().publish(&issuer(desk, tenant))] }))
}

/// Whether an authority is known, and by which names.
pub(super) async fn instance(desk: &Desk<'_>, request: Request) -> Result<Value, Denial> {
    let query = Form::read(request).await?;
    let endpoint = query.needed("authorization_endpoint")?;
    // MSAL leaves out the port.
    let name = |authority: &Authority| authority.host().to_ascii_lowercase();
    let own = desk.host().parse::<Authority>().ok().map(|own| name(&own));
    let Some((host, tenant)) = authority(endpoint).filter(|(host, _)| own == Some(name(host))) else {
        return Err(Denial::unknown_instance());
    };
    let host = host.as_str();
    let version = query.given("api-version").unwrap_or("1.0");
    let mut document = json!({
        "tenant_discovery_endpoint": format!("{}/{tenant}/v2.0/.well-known/openid-configuration", desk.root),
        "api-version": version,
    });
    if version != "1.0" {
        document["metadata"] = json!([{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }]);
    }
    Ok(document)
}

/// Who issues ID tokens. Of an alias it says that the tenant is still to be put in.
pub(super) fn issuer(desk: &Desk<'_>, tenant: &str) -> String {
    let tenant = if is_alias(tenant) { "{tenantid}" } else { canonical(desk, tenant) };
    format!("{}/{tenant}/v2.0", desk.root)
}

/// Who asks by the tenant's domain is told its id.
fn canonical<'a>(desk: &'a Desk<'_>, tenant: &'a str) -> &'a str {
    if is_alias(tenant) { tenant } else { &desk.sim.entra().registration.tenant_id }
}

/// The host and the tenant of an authorization endpoint.
fn authority(endpoint: &str) -> Option<(Authority, String)> {
    let uri = endpoint.parse::<Uri>().ok()?;
    let tenant = uri.path().split('/').nth(1).filter(|tenant| !tenant.is_empty())?;
    Some((uri.authority()?.clone(), tenant.to_owned()))
}
