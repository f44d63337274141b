//! What every answer carries beside its body.
//!
//! Headers that Graph does not promise may be there or not; if they are, they have to be right.

use http::{HeaderMap, StatusCode};

use super::Asked;
use super::book::{Name, judge as judge_json};
use super::route::Service;

/// Whether it is a page, of a proxy or for people, and none of Graph's answers.
pub(super) fn is_html(headers: &HeaderMap) -> bool {
    let given = headers.get("content-type").and_then(|value| value.to_str().ok());
    given.is_some_and(|given| media_type(given) == "text/html")
}

pub(super) fn judge(asked: &Asked, service: Service, status: StatusCode, headers: &HeaderMap) -> Result<(), String> {
    if status != StatusCode::NO_CONTENT {
        judge_content_type(one(headers, "content-type")?)?;
    }
    match service {
        Service::Graph => judge_graph(asked, status, headers)?,
        Service::Entra => judge_entra(asked, headers)?,
        Service::Simulator => {}
    }
    let wait = optional(headers, "retry-after")?;
    if let Some(wait) = wait.filter(|wait| !is_wait(wait)) {
        return Err(format!("retry-after: '{wait}' is neither seconds nor a date"));
    }
    match optional(headers, "location")? {
        Some(place) if !place.starts_with("http://") && !place.starts_with("https://") => {
            Err(format!("location: '{place}' is no whole address"))
        }
        _ => Ok(()),
    }
}

fn judge_graph(asked: &Asked, status: StatusCode, headers: &HeaderMap) -> Result<(), String> {
    let id = one(headers, "request-id")?;
    if !is_guid(id) {
        return Err(format!("request-id: '{id}' is no GUID"));
    }
    let (own, given) = (&asked.client_request_id, headers.get("client-request-id"));
    let given = given.ok_or("client-request-id: it is missing")?;
    match own {
        Some(own) if own != given => return Err(format!("client-request-id: {given:?} is not {own:?}, as asked")),
        None if !given.to_str().is_ok_and(is_guid) => return Err(format!("client-request-id: {given:?} is no GUID")),
        _ => {}
    }
    let date = one(headers, "date")?;
    if !is_fixdate(date) {
        return Err(format!("date: '{date}' is no IMF-fixdate"));
    }
    let diagnostic = one(headers, "x-ms-ags-diagnostic")?;
    let json = serde_json::from_str(diagnostic).map_err(|why| format!("x-ms-ags-diagnostic: {why}"))?;
    judge_json(Name::Diagnostic, &json).map_err(|wrong| format!("x-ms-ags-diagnostic: {wrong}"))?;
    if status != StatusCode::NO_CONTENT {
        let version = one(headers, "odata-version")?;
        if !matches!(version, "4.0" | "4.01") {
            return Err(format!("odata-version: '{version}' is not 4.0"));
        }
    }
    match status {
        StatusCode::UNAUTHORIZED if !one(headers, "www-authenticate")?.starts_with("Bearer ") => {
            Err("www-authenticate: it does not ask for a Bearer token".to_owned())
        }
        StatusCode::METHOD_NOT_ALLOWED => one(headers, "allow").map(|_| ()),
        _ => Ok(()),
    }
}

fn judge_entra(asked: &Asked, headers: &HeaderMap) -> Result<(), String> {
    // RFC 6749, section 5.1: nobody may keep a token, nor what leads to one.
    if asked.target.is_secret() && !one(headers, "cache-control")?.contains("no-store") {
        return Err("cache-control: it is not no-store".to_owned());
    }
    let id = optional(headers, "x-ms-request-id")?;
    match id {
        Some(id) if !is_guid(id) => Err(format!("x-ms-request-id: '{id}' is no GUID")),
        _ => Ok(()),
    }
}

/// The headers of one answer in a batch: those of the service are on the batch as a whole.
pub(super) fn judge_item(headers: &HeaderMap) -> Result<(), String> {
    if let Some(given) = optional(headers, "content-type")? {
        judge_content_type(given)?;
    }
    match optional(headers, "retry-after")? {
        Some(wait) if !is_wait(wait) => Err(format!("retry-after: '{wait}' is neither seconds nor a date")),
        _ => Ok(()),
    }
}

fn judge_content_type(given: &str) -> Result<(), String> {
    let charset = given.split(';').find_map(|part| part.trim().strip_prefix("charset="));
    if media_type(given) == "application/json" && charset.is_none_or(|set| set.eq_ignore_ascii_case("utf-8")) {
        return Ok(());
    }
    Err(format!("content-type: '{given}' is not JSON in UTF-8"))
}

fn media_type(given: &str) -> String {
    given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, String> {
    optional(headers, name)?.ok_or_else(|| format!("{name}: it is missing"))
}

fn optional<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, String> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(format!("{name}: it is there twice"));
    }
    let text = first.map(|value| value.to_str().map_err(|_| format!("{name}: {value:?} is no text")));
    text.transpose()
}

/// Seconds, whole or with a fraction (Graph's samples have had both), or a date.
fn is_wait(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole) && digits(fraction) || is_fixdate(text)
}

fn is_fixdate(text: &str) -> bool {
    httpdate::parse_http_date(text).is_ok_and(|time| httpdate::fmt_http_date(time) == text)
}

pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}
