//! What is answered about users.

use proptest::prelude::*;

use super::*;
use crate::sim::USER_ID;

const ASKING: bool = false;
const EVENTUAL: bool = true;
const V1: &str = "https://graph.example/v1.0";
const BETA: &str = "https://graph.example/beta";

fn query(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

/// A directory of so many, read from a file; each third has no mail address.
fn listed(count: usize) -> Directory {
    let line = |n: usize| {
        let mail = if n.is_multiple_of(3) { String::new() } else { format!("U{n}@fabrikam.example") };
        format!("6b1e0000-0000-4000-8000-{n:012},u{n}@contoso.example,User {n:03},{mail},{}\n", n % 2)
    };
    let text: String = (0..count).map(line).collect();
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("people.csv");
    std::fs::write(&path, format!("id,userPrincipalName,displayName,mail,licensed\n{text}")).expect("a file");
    Directory::read(&path).expect("a directory")
}

fn names(body: &Value) -> Vec<String> {
    let users = body["value"].as_array().expect("a collection");
    users.iter().map(|user| user["displayName"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn one_user_is_found_by_id_and_by_name_with_the_usual_properties() {
    let directory = listed(3);
    for who in ["6B1E0000-0000-4000-8000-000000000001", "U1@Contoso.example"] {
        let body = one(&directory, V1, who, &[]).expect("a user");
        let expected = json!({
            "@odata.context": "https://graph.example/v1.0/$metadata#users/$entity",
            "businessPhones": [],
            "displayName": "User 001",
            "givenName": null,
            "jobTitle": null,
            "mail": "U1@fabrikam.example",
            "mobilePhone": null,
            "officeLocation": null,
            "preferredLanguage": null,
            "surname": null,
            "userPrincipalName": "u1@contoso.example",
            "id": "6b1e0000-0000-4000-8000-000000000001",
        });
        assert_eq!(body, expected);
    }
}

#[test]
fn one_user_has_the_properties_that_are_selected() {
    let select = query(&[("$select", "Mail, id,assignedLicenses,id,aboutMe")]);
    let body = one(&listed(2), BETA, "u0@contoso.example", &select).expect("a user");
    let expected = json!({
        "@odata.context": "https://graph.example/beta/$metadata#users(mail,id,assignedLicenses,aboutMe)/$entity",
        "mail": null,
        "id": "6b1e0000-0000-4000-8000-000000000000",
        "assignedLicenses": [],
        "aboutMe": null,
    });
    assert_eq!(body, expected);
}

#[test]
fn what_is_never_null_is_not() {
    let select = query(&[("$select", "birthday,hireDate,deviceEnrollmentLimit,skills,proxyAddresses,assignedPlans")]);
    let body = one(&listed(2), V1, "u1@contoso.example", &select).expect("a user");
    assert!(body.as_object().expect("a user").values().all(|value| !value.is_null()), "{body}");
    assert_eq!(body["proxyAddresses"], json!(["SMTP:U1@fabrikam.example"]));
    assert_eq!(body["assignedPlans"][0]["capabilityStatus"], "Enabled");
}

#[test]
fn nobody_is_404_in_graphs_words() {
    for who in ["u9@contoso.example", "U1@fabrikam.example", "6b1e0000-0000-4000-8000-000000000009", "x", ""] {
        let problem = one(&listed(2), V1, who, &[]).expect_err(who);
        assert_eq!((problem.status.as_u16(), problem.code), (404, "Request_ResourceNotFound"));
        assert!(problem.message.starts_with(&format!("Resource '{who}' does not exist or")), "{}", problem.message);
    }
}

#[test]
fn me_is_who_is_signed_in() {
    assert_eq!(me(&Directory::anyone(1), V1, &[]).expect("a user")["id"], USER_ID);
    let body = me(&listed(2), V1, &query(&[("select", "displayName")])).expect("a user");
    assert_eq!(body["displayName"], "User 001", "the first has no licence");
}

#[test]
fn a_property_that_there_is_not_is_refused() {
    for names in ["upn", "id,", "id mail", "photo/id"] {
        let select = query(&[("$select", names)]);
        for problem in [
            one(&listed(1), V1, "u0@contoso.example", &select).expect_err(names),
            list(&listed(1), V1, &select, ASKING).expect_err(names),
        ] {
            assert_eq!((problem.status.as_u16(), problem.code), (400, "BadRequest"));
            assert!(problem.message.contains("Could not find a property named '"), "{}", problem.message);
            assert!(problem.message.ends_with("' on type 'microsoft.graph.user'."), "{}", problem.message);
        }
    }
    let problem = list(&listed(1), V1, &query(&[("$select", "skills")]), ASKING).expect_err("of one only");
    assert_eq!((problem.status.as_u16(), problem.code), (501, "NotImplemented"));
}

#[test]
fn a_filter_finds_those_whom_it_matches() {
    let filter = "mail eq 'u1@FABRIKAM.example' or userPrincipalName eq 'u3@contoso.example' or mail eq 'u9@x.example'";
    let filter = query(&[("$filter", filter), ("$select", "id,displayName")]);
    let body = list(&listed(5), V1, &filter, ASKING).expect("a list");
    assert_eq!(body["@odata.context"], "https://graph.example/v1.0/$metadata#users(id,displayName)");
    assert_eq!(names(&body), ["User 001", "User 003"]);
    assert_eq!(body.get("@odata.nextLink"), None);
    let nobody = list(&listed(5), V1, &query(&[("$filter", "id eq 'x'")]), ASKING).expect("a list");
    assert_eq!(nobody["value"], json!([]));
}

#[test]
fn where_everybody_is_there_a_filter_finds_whom_it_names() {
    let anyone = Directory::anyone(1);
    let find = |filter: &str| list(&anyone, V1, &query(&[("$filter", filter)]), ASKING).expect("a list");
    let found = find("mail in ('ada@x.example','bo@x.example')");
    assert_eq!(found["value"].as_array().map(Vec::len), Some(2));
    assert_eq!(found["value"][1]["id"], anyone.by_upn("bo@x.example").expect("anyone").id);
    assert_eq!(find("id eq '6B1E0000-0000-4000-8000-000000000001'")["value"].as_array().map(Vec::len), Some(1));
    assert_eq!(find("displayName eq 'Nobody'")["value"], json!([]));
    let all = list(&anyone, V1, &[], ASKING).expect("a list");
    assert_eq!(all["value"][0]["id"], USER_ID);
}

/// The query of a link, decoded.
fn query_of(link: &str) -> Vec<(String, String)> {
    let (_, query) = link.split_once('?').expect("a query");
    let decoded = |text: &str| {
        let mut parts = text.split('%');
        let first = parts.next().unwrap_or_default().as_bytes().to_vec();
        let bytes = parts.fold(first, |mut bytes, part| {
            bytes.push(u8::from_str_radix(&part[..2], 16).expect("two digits"));
            bytes.extend(&part.as_bytes()[2..]);
            bytes
        });
        String::from_utf8(bytes).expect("UTF-8")
    };
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

#[test]
fn all_are_listed_page_by_page() {
    for (count, top, pages) in [(0, None, 1), (100, None, 1), (101, None, 2), (250, None, 3), (5, Some("2"), 3)] {
        let directory = if count == 0 { Directory::anyone(1) } else { listed(count) };
        let mut asked = query(&[("$filter", "startsWith(userPrincipalName,'u') and accountEnabled eq true")]);
        asked.extend(top.map(|top| ("$top".into(), top.into())));
        let (mut found, mut seen) = (Vec::new(), 0);
        loop {
            let body = list(&directory, V1, &asked, ASKING).expect("a list");
            found.extend(names(&body));
            seen += 1;
            let Some(link) = body.get("@odata.nextLink").and_then(Value::as_str) else { break };
            assert!(link.starts_with("https://graph.example/v1.0/users?$"), "{link}");
            asked = query_of(link);
        }
        if count > 0 {
            assert_eq!(found, (0..count).map(|n| format!("User {n:03}")).collect::<Vec<_>>());
        }
        assert_eq!(seen, pages);
    }
}

#[test]
fn a_page_that_cannot_be_is_refused() {
    for (pair, code, words) in [
        (("$top", "0"), "Request_UnsupportedQuery", "'0'. Must be between 1 and 999 inclusive."),
        (("$top", "1000"), "Request_UnsupportedQuery", "Invalid page size specified: '1000'."),
        (("$top", "99999999999999999999"), "Request_UnsupportedQuery", "Invalid page size"),
        (("$top", "-1"), "BadRequest", "Invalid value '-1' for $top"),
        (("$top", "x"), "BadRequest", "non-negative integer"),
        (("$skiptoken", "x"), "Directory_ExpiredPageToken", "expired"),
        (("$skip", "1"), "Request_UnsupportedQuery", "'$skip' is not supported"),
        (("$search", "x"), "Request_UnsupportedQuery", "'$search' is not supported"),
        (("$orderby", "mail"), "Request_UnsupportedQuery", "Sorting not supported for current query."),
    ] {
        let problem = list(&listed(1), V1, &query(&[pair]), ASKING).expect_err(pair.1);
        assert_eq!((problem.status.as_u16(), problem.code), (400, code));
        assert!(problem.message.contains(words), "{}", problem.message);
    }
}

#[test]
fn an_advanced_query_is_counted_and_sorted() {
    let asked = query(&[
        ("$filter", "startsWith(displayName,'user')"),
        ("$orderby", "userPrincipalName desc"),
        ("$count", "true"),
        ("$top", "2"),
    ]);
    let body = list(&listed(3), V1, &asked, EVENTUAL).expect("a list");
    assert_eq!((&body["@odata.count"], names(&body)), (&json!(3), vec!["User 002".into(), "User 001".into()]));
    let next = query_of(body["@odata.nextLink"].as_str().expect("a link"));
    let next = list(&listed(3), V1, &next, EVENTUAL).expect("a list");
    assert_eq!((next.get("@odata.count"), names(&next)), (None, vec!["User 000".into()]));
    assert!(list(&listed(3), V1, &asked, ASKING).is_err());
    let plain = list(&listed(3), V1, &query(&[("$count", "true"), ("$orderby", "displayName")]), ASKING);
    assert_eq!(plain.expect("a list").get("@odata.count"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_query_is_too_odd(
        query in prop::collection::vec(("\\$?(select|filter|top|count|orderby|skiptoken|.{0,3})", "(?s).{0,40}"), 0..4),
        who in "(?s).{0,40}",
    ) {
        let anyone = Directory::anyone(1);
        let _ = (list(&anyone, V1, &query, ASKING), one(&anyone, V1, &who, &query), me(&anyone, V1, &query));
    }
}
