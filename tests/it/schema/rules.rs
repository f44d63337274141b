//! What no schema can say of a body: where it depends on the request or on the headers.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;

use super::book::Name;
use super::route::Expected;
use super::{Asked, headers, judge_json};

/// Members of Graph's enumerations that came after `unknownFutureValue`: by the member that has them.
const NEWER: [(&str, &[&str]); 2] =
    [("role", &["producer", "coorganizer"]), ("scope", &["invited", "organizationExcludingGuests"])];

pub(super) fn wants_all_members(prefer: &str) -> bool {
    prefer.split([',', ';']).any(|own| own.trim().eq_ignore_ascii_case("include-unknown-enum-members"))
}

/// The context is that of the version that was asked.
pub(super) fn judge_version(asked: &Asked, body: &Value) -> Result<(), String> {
    let (Some(version), Some(context)) = (asked.target.version(), body["@odata.context"].as_str()) else {
        return Ok(());
    };
    if context.contains(&format!("/{version}/$metadata")) {
        return Ok(());
    }
    Err(format!("at '/@odata.context': '{context}' is not of {version}"))
}

/// Newer members of an enumeration are `unknownFutureValue` to those who did not ask for them.
pub(super) fn judge_members(asked: &Asked, body: &Value) -> Result<(), String> {
    if asked.all_members {
        return Ok(());
    }
    match newer(body, "") {
        None => Ok(()),
        Some(place) => Err(format!("at '{place}': the request did not prefer include-unknown-enum-members")),
    }
}

fn newer(value: &Value, place: &str) -> Option<String> {
    match value {
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let place = format!("{place}/{name}");
            let is_newer =
                |(of, values): &(&str, &[&str])| of == name && value.as_str().is_some_and(|own| values.contains(&own));
            if NEWER.iter().any(is_newer) { Some(place) } else { newer(value, &place) }
        }),
        Value::Array(items) => items.iter().enumerate().find_map(|(at, item)| newer(item, &format!("{place}/{at}"))),
        _ => None,
    }
}

/// What a user is shown with unless others are selected.
const USER: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

/// `$select` gives what it names, in any case, and nothing else but the id.
pub(super) fn judge_selection(asked: &Asked, name: Name, body: &Value) -> Result<(), String> {
    let select = match &asked.target.select {
        Some(select) => select.clone(),
        None if matches!(name, Name::User | Name::Users) => USER.map(str::to_owned).into(),
        None => return Ok(()),
    };
    let resources: Vec<(String, &Value)> = match name {
        Name::User | Name::MeetingSelected => vec![(String::new(), body)],
        Name::Users | Name::MeetingsSelected | Name::OrganizationsSelected => {
            let value = body["value"].as_array().into_iter().flatten();
            value.enumerate().map(|(at, item)| (format!("/value/{at}"), item)).collect()
        }
        _ => return Ok(()),
    };
    for (place, resource) in resources {
        let names: Vec<&String> = resource.as_object().into_iter().flat_map(serde_json::Map::keys).collect();
        let has = |name: &&String| names.iter().any(|own| own.eq_ignore_ascii_case(name));
        if let Some(missing) = select.iter().find(|name| !has(name)) {
            return Err(format!("at '{place}': it is without '{missing}', which was selected"));
        }
        let selected = |name: &str| {
            name == "id" || name.starts_with("@odata.") || select.iter().any(|own| own.eq_ignore_ascii_case(name))
        };
        if let Some(extra) = names.iter().find(|name| !selected(name)) {
            return Err(format!("at '{place}': it has '{extra}', which was not selected"));
        }
    }
    Ok(())
}

/// What a problem says of its request is what its headers say.
pub(super) fn judge_ids(headers: &HeaderMap, body: &Value) -> Result<(), String> {
    let inner = &body["error"]["innerError"];
    for name in ["request-id", "client-request-id"] {
        let header = headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
        if inner[name].as_str() != header.as_deref() {
            return Err(format!("at '/error/innerError/{name}': {} is not {header:?}, as in the header", inner[name]));
        }
    }
    Ok(())
}

/// A batch answers each of its requests once, and each as that request's own address would.
pub(super) fn judge_items(asked: &Asked, body: &Value) -> Result<(), String> {
    let sent: Value =
        serde_json::from_slice(&asked.body).map_err(|why| format!("a batch was asked in no JSON: {why}"))?;
    let mut requests: Vec<&Value> = sent["requests"].as_array().into_iter().flatten().collect();
    let responses = body["responses"].as_array().into_iter().flatten();
    for (at, response) in responses.enumerate() {
        let place = format!("/responses/{at}");
        let id = response["id"].as_str().unwrap_or_default();
        let own = |request: &&Value| request["id"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(id));
        let number = requests.iter().position(own);
        let number =
            number.ok_or_else(|| format!("at '{place}/id': nothing was asked as '{id}', or it is answered"))?;
        judge_item(asked, requests.remove(number), response).map_err(|wrong| format!("in '{place}': {wrong}"))?;
    }
    match requests.first() {
        None => Ok(()),
        Some(request) => Err(format!("at '/responses': there is no answer to {}", request["id"])),
    }
}

fn judge_item(asked: &Asked, request: &Value, response: &Value) -> Result<(), String> {
    let version = asked.target.version().unwrap_or_default();
    let path = format!("/{version}/{}", request["url"].as_str().unwrap_or_default().trim_start_matches('/'));
    let method = request["method"].as_str().unwrap_or_default().to_ascii_uppercase();
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| format!("'{method}' is no method"))?;
    let of = |part: &Value| -> HeaderMap {
        let headers = part["headers"].as_object().into_iter().flatten();
        let pair = |(name, value): (&String, &Value)| -> Option<(HeaderName, HeaderValue)> {
            Some((name.parse().ok()?, value.as_str()?.parse().ok()?))
        };
        headers.filter_map(pair).collect()
    };
    let prefer = of(request).get("prefer").and_then(|value| value.to_str().ok()).is_some_and(wants_all_members);
    let item = Asked { all_members: prefer, ..Asked::plain(method, &path) };
    headers::judge_item(&of(response))?;
    let status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok()).ok_or("'/status' is none")?;
    match (item.target.expected(&item.method, status)?, response.get("body")) {
        (Expected::Nothing, None | Some(Value::Null)) => Ok(()),
        (Expected::Nothing, Some(_)) => Err("there is a body".to_owned()),
        (Expected::Body(_), None) => Err("there is no body".to_owned()),
        (Expected::Body(name), Some(body)) => judge_json(&item, name, body),
    }
}
