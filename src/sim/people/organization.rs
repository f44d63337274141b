//! The tenant as Graph shows it (api/organization-list): a collection of one.
//!
//! It is made up, the same for everybody, and cannot be changed.

use serde_json::{Value, json};

use super::super::TENANT_ID;
use super::super::error::Problem;
use super::super::options::{Options, context};

/// The tenant's only domain.
pub(in crate::sim) const DOMAIN: &str = "contoso.example";

/// `GET /organization`
pub(in crate::sim) fn organization(root: &str, query: &[(String, String)]) -> Result<Value, Problem> {
    let options = Options::read(query)?;
    options.refuse(&["$filter", "$search", "$expand", "$skip", "$orderby", "$skiptoken"])?;
    let properties = properties();
    let property = |name: &str| properties.iter().map(|(own, _)| *own).find(|own| own.eq_ignore_ascii_case(name));
    let selected = options.select("microsoft.graph.organization", property)?;
    let is_shown = |name: &str| selected.as_ref().is_none_or(|names| names.contains(&name));
    let shown = properties.into_iter().filter(|(name, _)| is_shown(name));
    let shown: serde_json::Map<_, _> = shown.map(|(name, value)| (name.to_owned(), value)).collect();
    Ok(json!({
        "@odata.context": context(root, "organization", selected.as_deref(), ""),
        "value": [shown],
    }))
}

/// Those of resources/organization.
fn properties() -> [(&'static str, Value); 28] {
    let none = || Value::Null;
    let plan = "57ff2da0-773e-42df-b2af-ffb7a2317929";
    let created = "2024-01-08T09:00:00Z";
    [
        ("id", json!(TENANT_ID)),
        ("deletedDateTime", none()),
        ("businessPhones", json!(["+1 206-555-0100"])),
        ("city", none()),
        ("country", none()),
        ("countryLetterCode", json!("US")),
        ("createdDateTime", json!(created)),
        ("defaultUsageLocation", none()),
        ("displayName", json!("Contoso")),
        ("isMultipleDataLocationsForServicesEnabled", none()),
        ("marketingNotificationEmails", json!([])),
        ("onPremisesLastSyncDateTime", none()),
        ("onPremisesSyncEnabled", none()),
        ("partnerTenantType", none()),
        ("postalCode", none()),
        ("preferredLanguage", json!("en")),
        ("securityComplianceNotificationMails", json!([])),
        ("securityComplianceNotificationPhones", json!([])),
        ("state", none()),
        ("street", none()),
        ("technicalNotificationMails", json!(["admin@contoso.example"])),
        ("tenantType", json!("AAD")),
        ("directorySizeQuota", json!({ "used": 698, "total": 50000 })),
        ("privacyProfile", none()),
        (
            "assignedPlans",
            json!([{
                "assignedDateTime": created, "capabilityStatus": "Enabled", "service": "TeamspaceAPI",
                "servicePlanId": plan,
            }]),
        ),
        ("onPremisesSyncStatus", json!([])),
        ("provisionedPlans", json!([])),
        (
            "verifiedDomains",
            json!([{
                "capabilities": "Email, OfficeCommunicationsOnline", "isDefault": true, "isInitial": true,
                "name": DOMAIN, "type": "Managed",
            }]),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenant_is_a_collection_of_one() {
        let body = organization("https://graph.example/v1.0", &[]).expect("it is good");
        assert_eq!(body["@odata.context"], "https://graph.example/v1.0/$metadata#organization");
        assert_eq!(body["value"].as_array().map(Vec::len), Some(1));
        assert_eq!(body["value"][0]["id"], TENANT_ID);
        assert_eq!(body["value"][0]["verifiedDomains"][0]["name"], "contoso.example");
    }

    #[test]
    fn what_is_selected_is_shown() {
        let query = |names: &str| [("$select".to_owned(), names.to_owned())];
        let body = organization("https://graph.example/beta", &query("displayName,ID")).expect("it is good");
        assert_eq!(body["@odata.context"], "https://graph.example/beta/$metadata#organization(displayName,id)");
        assert_eq!(body["value"], json!([{ "displayName": "Contoso", "id": TENANT_ID }]));
        let problem = organization("https://graph.example/v1.0", &query("upn")).expect_err("a refusal");
        assert!(
            problem.message.ends_with("named 'upn' on type 'microsoft.graph.organization'."),
            "{}",
            problem.message
        );
    }
}
