//! A user as Graph shows one (resources/user).
//!
//! What this simulator does not know of a user is null or empty, as it is for a user of whom nobody has entered it. A
//! name that is no property of the type is no property here.

use serde_json::{Map, Value, json};

use super::directory::Person;

/// `type` in Graph's metadata.
pub(in crate::sim) const TYPE: &str = "microsoft.graph.user";

/// Shown unless others are asked for (api/user-get).
const DEFAULT: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// Shown when they are asked for.
const OTHERS: [&str; 58] = [
    "accountEnabled",
    "ageGroup",
    "assignedLicenses",
    "assignedPlans",
    "authorizationInfo",
    "city",
    "companyName",
    "consentProvidedForMinor",
    "country",
    "createdDateTime",
    "creationType",
    "customSecurityAttributes",
    "deletedDateTime",
    "department",
    "deviceEnrollmentLimit",
    "employeeHireDate",
    "employeeId",
    "employeeLeaveDateTime",
    "employeeOrgData",
    "employeeType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "faxNumber",
    "identities",
    "identityParentId",
    "imAddresses",
    "isManagementRestricted",
    "isResourceAccount",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "licenseAssignmentStates",
    "mailNickname",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesExtensionAttributes",
    "onPremisesImmutableId",
    "onPremisesLastSyncDateTime",
    "onPremisesProvisioningErrors",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "onPremisesUserPrincipalName",
    "otherMails",
    "passwordPolicies",
    "passwordProfile",
    "postalCode",
    "preferredDataLocation",
    "provisionedPlans",
    "proxyAddresses",
    "securityIdentifier",
    "serviceProvisioningErrors",
    "showInAddressList",
    "signInActivity",
    "signInSessionsValidFromDateTime",
    "state",
    "streetAddress",
    "usageLocation",
    "userType",
];

/// Only of a single user (api/user-list).
const SINGLE: [&str; 11] = [
    "aboutMe",
    "birthday",
    "hireDate",
    "interests",
    "mailboxSettings",
    "mySite",
    "pastProjects",
    "preferredName",
    "responsibilities",
    "schools",
    "skills",
];

/// Office 365 E3, and its service plan for Teams (Entra, licensing service plan reference).
const LICENCE: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";
const PLAN: &str = "57ff2da0-773e-42df-b2af-ffb7a2317929";
/// When everybody came, and was given a licence.
const CREATED: &str = "2024-01-08T09:00:00Z";

/// A property's name as the type spells it.
pub(in crate::sim) fn property(name: &str) -> Option<&'static str> {
    let mut known = DEFAULT.into_iter().chain(OTHERS).chain(SINGLE);
    known.find(|known| known.eq_ignore_ascii_case(name))
}

/// Whether it cannot be asked of several at once.
pub(in crate::sim) fn is_of_one_only(property: &str) -> bool {
    SINGLE.contains(&property)
}

/// A user with the properties that were selected.
pub(in crate::sim) fn show(person: &Person, selected: Option<&[&str]>) -> Map<String, Value> {
    let names = selected.unwrap_or(&DEFAULT);
    names.iter().map(|name| ((*name).to_owned(), value(person, name))).collect()
}

/// What a user has for a property of the type that is a text, as far as it is known.
pub(in crate::sim) fn text<'a>(person: &'a Person, property: &str) -> Option<&'a str> {
    match property {
        "id" => Some(&person.id),
        "userPrincipalName" => Some(&person.upn),
        "displayName" => Some(&person.display_name),
        "mail" => person.mail.as_deref(),
        "mailNickname" => person.upn.split('@').next(),
        "userType" => Some(if person.upn.contains("#EXT#") { "Guest" } else { "Member" }),
        _ => None,
    }
}

fn value(person: &Person, property: &str) -> Value {
    let if_licensed = |value: Value| if person.licensed { json!([value]) } else { json!([]) };
    match property {
        "accountEnabled" => json!(true),
        "createdDateTime" => json!(CREATED),
        // The two that are never null, and Intune's own default.
        "birthday" | "hireDate" => json!("0001-01-01T00:00:00Z"),
        "deviceEnrollmentLimit" => json!(5),
        "identities" => {
            let (_, issuer) = person.upn.split_once('@').unwrap_or_default();
            json!([{ "signInType": "userPrincipalName", "issuer": issuer, "issuerAssignedId": person.upn }])
        }
        "proxyAddresses" => json!(person.mail.iter().map(|mail| format!("SMTP:{mail}")).collect::<Vec<_>>()),
        "assignedLicenses" => if_licensed(json!({ "disabledPlans": [], "skuId": LICENCE })),
        "assignedPlans" => if_licensed(json!({
            "assignedDateTime": CREATED,
            "capabilityStatus": "Enabled",
            "service": "TeamspaceAPI",
            "servicePlanId": PLAN,
        })),
        "businessPhones"
        | "imAddresses"
        | "interests"
        | "licenseAssignmentStates"
        | "onPremisesProvisioningErrors"
        | "otherMails"
        | "pastProjects"
        | "provisionedPlans"
        | "responsibilities"
        | "schools"
        | "serviceProvisioningErrors"
        | "skills" => json!([]),
        _ => text(person, property).into(),
    }
}
