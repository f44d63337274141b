//! `POST /$batch`: up to 20 requests in one (concepts/json-batching).
//!
//! Each is answered for itself and counts for itself; the batch has no fate of its own. The answers come in another
//! order than the requests, as they may.

use std::collections::{HashMap, HashSet};

use futures::future::join_all;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::answer::{Answer, End, Reply};
use super::asked::Asked;
use super::call::Came;
use super::error::Problem;
use super::hash::Hash;
use super::member::{Object, mistyped, object, text, whole};
use super::order::check_content_type;
use super::permission::Granted;
use super::{Sim, call};

/// No batch may have more.
const MOST: usize = 20;

/// All of it came when it did.
pub(super) async fn answer(sim: &Sim, granted: &Granted, came: &Came, asked: &Asked<'_>) -> End {
    let items = match check_content_type(asked.headers).and_then(|()| read(asked.body)) {
        Ok(items) => items,
        Err(problem) => return call::turn_away(sim, asked, &problem),
    };
    let mut done: HashMap<&str, Reply> = HashMap::new();
    while done.len() < items.len() {
        let ready = |item: &&Item| {
            !done.contains_key(item.id.as_str()) && item.depends_on.iter().all(|id| done.contains_key(id.as_str()))
        };
        let wave: Vec<&Item> = items.iter().filter(ready).collect();
        let replies = join_all(wave.iter().map(async |item| {
            let inner = Asked::in_batch(asked.version, &item.method, &item.url, &item.headers, &item.body);
            if item.depends_on.iter().any(|id| failed(&done, id)) {
                return sim.receipt(&inner).problem(sim.clock(), &Problem::failed_dependency());
            }
            call::in_batch(sim, granted, came, &inner).await
        }))
        .await;
        done.extend(wave.iter().map(|item| item.id.as_str()).zip(replies));
    }
    let mut responses: Vec<(u64, Value)> = done
        .into_iter()
        .map(|(id, reply)| (Hash::seeded(sim.scenario().seed).text(id).finish(), shown(id, reply)))
        .collect();
    responses.sort_by_key(|(place, _)| *place);
    let responses: Vec<Value> = responses.into_iter().map(|(_, response)| response).collect();
    let answer = Answer::ok(&json!({ "responses": responses }));
    End::Told(sim.receipt(asked).answer(sim.clock(), answer))
}

/// One request of a batch.
struct Item {
    id: String,
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Vec<u8>,
    depends_on: Vec<String>,
}

/// Whether the request of that id has failed.
fn failed(done: &HashMap<&str, Reply>, id: &str) -> bool {
    done.get(id).is_none_or(|reply| reply.status.as_u16() >= 400)
}

fn shown(id: &str, reply: Reply) -> Value {
    let headers: Map<String, Value> = reply
        .headers
        .iter()
        .map(|(name, value)| (canonical(name), Value::from(value.to_str().unwrap_or_default())))
        .collect();
    let mut response = json!({ "id": id, "status": reply.status.as_u16(), "headers": headers });
    if reply.status != StatusCode::NO_CONTENT
        && let Some(body) = reply.body
    {
        response["body"] = serde_json::from_str(&body).unwrap_or(Value::Null);
    }
    response
}

/// `Retry-After`, as the page writes it: what comes in JSON is found by clients in just this case.
fn canonical(name: &HeaderName) -> String {
    if name == "odata-version" {
        return "OData-Version".to_owned();
    }
    let mut upper = true;
    if name.as_str() == "request-id" || name.as_str() == "client-request-id" || name.as_str().starts_with("x-") {
        return name.as_str().to_owned();
    }
    let raise = |letter: char| {
        let raised = if upper { letter.to_ascii_uppercase() } else { letter };
        upper = letter == '-';
        raised
    };
    name.as_str().chars().map(raise).collect()
}

fn read(body: &[u8]) -> Result<Vec<Item>, Problem> {
    let body = whole(body)?;
    let Some(Value::Array(requests)) = body.get("requests") else {
        return Err(mistyped("requests", "a collection of requests"));
    };
    if requests.is_empty() {
        return Err(Problem::bad_request("A batch must contain at least one request."));
    }
    if requests.len() > MOST {
        return Err(Problem::bad_request(format!("Number of batch request steps exceeds the max value of {MOST}.")));
    }
    let items = requests.iter().map(item).collect::<Result<Vec<_>, _>>()?;
    let mut ids = HashSet::new();
    for item in &items {
        // Ids are compared without case.
        if !ids.insert(item.id.to_lowercase()) {
            return Err(Problem::bad_request(format!("Request id '{}' has to be unique in a batch.", item.id)));
        }
    }
    ordered(&items)?;
    Ok(items)
}

/// Whether what they wait for can come.
fn ordered(items: &[Item]) -> Result<(), Problem> {
    let mut free: HashSet<&str> = HashSet::new();
    loop {
        let before = free.len();
        let waiting = items.iter().filter(|item| item.depends_on.iter().all(|id| free.contains(id.as_str())));
        let next: Vec<&str> = waiting.map(|item| item.id.as_str()).collect();
        free.extend(next);
        if free.len() == items.len() {
            return Ok(());
        }
        if free.len() == before {
            return Err(Problem::bad_request(
                "A 'dependsOn' names no request of the batch, or goes round in a circle.",
            ));
        }
    }
}

fn item(request: &Value) -> Result<Item, Problem> {
    let Value::Object(request) = request else { return Err(mistyped("requests", "a collection of requests")) };
    let needed = |name: &str| {
        let value = text(request, name)?.filter(|value| !value.is_empty());
        value.ok_or_else(|| Problem::bad_request(format!("A request of the batch has no '{name}'.")))
    };
    let (id, method, url) = (needed("id")?, needed("method")?, needed("url")?);
    let method = Method::from_bytes(method.to_uppercase().as_bytes())
        .map_err(|_| Problem::bad_request(format!("Request {id} has a method that is none.")))?;
    let headers = headers(request)?;
    let body = request.get("body").filter(|body| !body.is_null());
    let writes = [Method::POST, Method::PATCH, Method::PUT].contains(&method);
    if (writes || body.is_some()) && !(headers.contains_key(CONTENT_TYPE) && body.is_some()) {
        let message = format!("Write request id : {id} does not contain Content-Type header or body.");
        return Err(Problem::bad_request(message));
    }
    Ok(Item {
        depends_on: depends_on(request)?,
        body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
        id,
        method,
        url,
        headers,
    })
}

fn headers(request: &Object) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    for (name, value) in object(request, "headers")?.into_iter().flatten() {
        let read = || Some((HeaderName::try_from(name).ok()?, HeaderValue::from_str(value.as_str()?).ok()?));
        let (name, value) = read().ok_or_else(|| mistyped("headers", "names and values of headers"))?;
        headers.insert(name, value);
    }
    Ok(headers)
}

fn depends_on(request: &Object) -> Result<Vec<String>, Problem> {
    let wrong = || mistyped("dependsOn", "Collection(Edm.String)");
    match request.get("dependsOn") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(ids)) => ids.iter().map(|id| id.as_str().map(str::to_owned).ok_or_else(wrong)).collect(),
        Some(_) => Err(wrong()),
    }
}
