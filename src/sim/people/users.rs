//! The users of the tenant as Graph answers about them: one, or those that a filter matches (api/user-get,
//! api/user-list).
//!
//! They can be read and not written. `$search`, `$expand` and `$skip` are refused; Graph has the first two and not the
//! last. `root` is where Graph says that it is, with its version.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::super::error::Problem;
use super::super::options::{Options, context};
use super::directory::{Directory, Person};
use super::filter::Filter;
use super::profile;

/// How many are on a page unless `$top` says it, and the most that it may say (concepts/paging).
const PAGE: usize = 100;
const PAGE_MAX: usize = 999;

/// `GET /users/{id | userPrincipalName}`
pub(in crate::sim) fn one(
    directory: &Directory,
    root: &str,
    who: &str,
    query: &[(String, String)],
) -> Result<Value, Problem> {
    let person = directory.look_up(who);
    let person = person.ok_or_else(|| Problem::no_such_resource(who));
    shown(root, query, || person)
}

/// `GET /me`
pub(in crate::sim) fn me(directory: &Directory, root: &str, query: &[(String, String)]) -> Result<Value, Problem> {
    shown(root, query, || Ok(Cow::Owned(directory.signed_in())))
}

/// The query is looked at first.
fn shown<'a>(
    root: &str,
    query: &[(String, String)],
    person: impl FnOnce() -> Result<Cow<'a, Person>, Problem>,
) -> Result<Value, Problem> {
    let options = Options::read(query)?;
    options.refuse(&["$expand"])?;
    let selected = options.select(profile::TYPE, profile::property)?;
    let mut body = Map::new();
    body.insert("@odata.context".into(), context(root, "users", selected.as_deref(), "/$entity").into());
    body.extend(profile::show(&*person()?, selected.as_deref()));
    Ok(Value::Object(body))
}

/// `GET /users`
pub(in crate::sim) fn list(
    directory: &Directory,
    root: &str,
    query: &[(String, String)],
    eventual: bool,
) -> Result<Value, Problem> {
    let options = Options::read(query)?;
    options.refuse(&["$search", "$expand", "$skip"])?;
    let selected = options.select(profile::TYPE, profile::property)?;
    if selected.iter().flatten().any(|property| profile::is_of_one_only(property)) {
        return Err(Problem::not_implemented());
    }
    let counts = eventual && options.get("$count").is_some_and(|count| count.eq_ignore_ascii_case("true"));
    let filter = options.get("$filter").map(|filter| Filter::read(filter, counts)).transpose()?;
    let (page, begin) = (page(&options)?, begin(&options)?);

    let mut people = directory.shown(&filter.as_ref().map(Filter::texts).unwrap_or_default());
    people.retain(|person| filter.as_ref().is_none_or(|filter| filter.matches(person)));
    if let Some(order) = options.get("$orderby") {
        if filter.is_some() && !counts {
            return Err(Problem::unsupported_query("Sorting not supported for current query."));
        }
        sort(&mut people, order)?;
    }

    let mut body = Map::new();
    body.insert("@odata.context".into(), context(root, "users", selected.as_deref(), "").into());
    // On the first page only (known issue 13635).
    if counts && begin == 0 {
        body.insert("@odata.count".into(), json!(people.len()));
    }
    let end = begin.saturating_add(page);
    if end < people.len() {
        body.insert("@odata.nextLink".into(), next_link(root, query, end).into());
    }
    let shown = people.iter().skip(begin).take(page).map(|person| profile::show(person, selected.as_deref()).into());
    body.insert("value".into(), Value::Array(shown.collect()));
    Ok(Value::Object(body))
}

fn page(options: &Options<'_>) -> Result<usize, Problem> {
    let Some(top) = options.get("$top") else { return Ok(PAGE) };
    let number = top.bytes().all(|byte| byte.is_ascii_digit()).then(|| top.parse().unwrap_or(usize::MAX));
    match number {
        None => Err(Problem::bad_request(format!(
            "Invalid value '{top}' for $top query option found. The $top query option requires a non-negative \
             integer value."
        ))),
        Some(page @ 1..=PAGE_MAX) => Ok(page),
        Some(_) => Err(Problem::unsupported_query(format!(
            "Invalid page size specified: '{top}'. Must be between 1 and {PAGE_MAX} inclusive."
        ))),
    }
}

/// By two properties, the first of which is the only one that the page shows (api/user-list).
fn sort(people: &mut [Cow<'_, Person>], order: &str) -> Result<(), Problem> {
    let mut words = order.split_whitespace();
    let property = words.next().and_then(profile::property);
    let key = |person: &Person| match property {
        Some("userPrincipalName") => person.upn.to_lowercase(),
        _ => person.display_name.to_lowercase(),
    };
    let sorts = matches!(property, Some("displayName" | "userPrincipalName"));
    match (words.next(), words.next()) {
        (None | Some("asc"), None) if sorts => people.sort_by_cached_key(|person| key(person)),
        (Some("desc"), None) if sorts => people.sort_by_cached_key(|person| std::cmp::Reverse(key(person))),
        _ => return Err(Problem::unsupported_query("Sorting not supported for current query.")),
    }
    Ok(())
}

/// What a token says, which no client may read.
const TOKEN: &str = "users after ";

fn begin(options: &Options<'_>) -> Result<usize, Problem> {
    let Some(token) = options.get("$skiptoken") else { return Ok(0) };
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        str::from_utf8(&bytes).ok()?.strip_prefix(TOKEN)?.parse().ok()
    };
    read().ok_or_else(Problem::expired_page)
}

/// What is escaped in a query: all but what it may have as it is, so that `$` stays.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'$')
    .remove(b',')
    .remove(b'(')
    .remove(b')')
    .remove(b'\'')
    .remove(b'@')
    .remove(b':')
    .remove(b'/');

fn next_link(root: &str, query: &[(String, String)], end: usize) -> String {
    let token = URL_SAFE_NO_PAD.encode(format!("{TOKEN}{end}"));
    let kept = query.iter().filter(|(name, _)| !name.trim_start_matches('$').eq_ignore_ascii_case("skiptoken"));
    let encoded = |text| utf8_percent_encode(text, ESCAPED);
    let kept = kept.map(|(name, value)| format!("{}={}&", encoded(name), encoded(value)));
    format!("{root}/users?{}$skiptoken={token}", kept.collect::<String>())
}

#[cfg(test)]
#[path = "users_tests.rs"]
mod tests;
