//! What the make-believe application may have of Graph: the permissions that are registered for it, to which an
//! administrator has consented for everybody (identity-platform/permissions-consent-overview).
//!
//! A token has all of them, whichever were asked for: asking is for consent, and what has it is in the token
//! (AzureAD/microsoft-authentication-library-for-dotnet#1713). What is asked for and has none is refused, since there is
//! nobody here who could consent; whether Graph has such a permission at all is not known. Graph is the only resource of
//! the tenant, and the Graph of this cloud the only one: those of the others take no tokens of it
//! (concepts/deployments).

use http::Uri;

use super::super::Sim;
use super::denial::Denial;
use super::scope::Delegated;

/// What a user's token permits of Graph unless something else is chosen.
pub(super) const DELEGATED: [&str; 3] = ["OnlineMeetings.ReadWrite", "User.Read", "User.ReadBasic.All"];
/// What it permits besides, always. `offline_access` is consented to as well, and is in no token.
const OPENID: [&str; 3] = ["openid", "profile", "email"];
/// What the application's own token permits unless something else is chosen: the claim `roles`.
pub(super) const APPLICATION: [&str; 4] =
    ["OnlineMeetings.ReadWrite.All", "User.Read.All", "Calls.JoinGroupCalls.All", "Organization.Read.All"];

/// Graph, by its application ID.
pub(super) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// Graph in the global cloud, and in this repository's examples.
const GRAPH_HOSTS: [&str; 2] = ["graph.microsoft.com", "graph.example"];

/// What an application's token permits.
pub(super) fn of_application(sim: &Sim) -> Vec<&str> {
    sim.entra().registration.granted.iter().map(String::as_str).collect()
}

/// What a user's token permits: the claim `scp`.
pub(super) fn of_user(sim: &Sim) -> Vec<&str> {
    sim.entra().registration.delegated.iter().map(String::as_str).chain(OPENID).collect()
}

/// Whether there is such a resource in the tenant.
pub(super) fn check_resource(sim: &Sim, resource: &str) -> Result<(), Denial> {
    let registration = &sim.entra().registration;
    if is_graph(resource, registration.public_url.as_deref()) {
        return Ok(());
    }
    Err(Denial::unknown_resource(resource, &registration.tenant_id))
}

/// Whether the user may have what is asked for.
pub(super) fn check(sim: &Sim, asked: &Delegated) -> Result<(), Denial> {
    check_resource(sim, &asked.resource)?;
    if asked.permissions.iter().all(|permission| has_consent(sim, permission)) {
        return Ok(());
    }
    Err(Denial::no_consent(&sim.entra().registration.client_id))
}

/// What an answer calls `scope`: what was asked for, in those words, since clients look for them; and after it what the
/// token has besides.
pub(super) fn scope(sim: &Sim, asked: &Delegated) -> String {
    let is_new = |permission: &&str| !asked.permissions.iter().any(|own| own.eq_ignore_ascii_case(permission));
    let more = of_user(sim).into_iter().filter(is_new).map(|permission| match permission {
        _ if asked.resource == GRAPH || OPENID.contains(&permission) => permission.to_owned(),
        _ => format!("{}/{permission}", asked.resource),
    });
    asked.words.iter().cloned().chain(more).collect::<Vec<_>>().join(" ")
}

fn has_consent(sim: &Sim, permission: &str) -> bool {
    of_user(sim).into_iter().any(|own| own.eq_ignore_ascii_case(permission))
}

/// Whether a resource is Graph: the real one, or this one.
pub(super) fn is_graph(resource: &str, public_url: Option<&str>) -> bool {
    if resource.eq_ignore_ascii_case(GRAPH) {
        return true;
    }
    let Ok(uri) = resource.parse::<Uri>() else { return false };
    let host = |uri: &Uri| uri.host().map(str::to_ascii_lowercase);
    let (Some(scheme), Some(name)) = (uri.scheme_str(), host(&uri)) else { return false };
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return false;
    }
    let own = public_url.and_then(|url| url.parse::<Uri>().ok()).and_then(|uri| host(&uri));
    let here = matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]") || own.is_some_and(|own| own == name);
    here || scheme == "https" && GRAPH_HOSTS.contains(&name.as_str())
}

impl Denial {
    fn unknown_resource(resource: &str, tenant: &str) -> Self {
        let message = format!(
            "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the \
             application has not been installed by the administrator of the tenant or consented to by any user in the \
             tenant. You might have sent your authentication request to the wrong tenant."
        );
        Self::bad_request("invalid_resource", 500_011, message)
    }
}
