//! Looking people up: many names in one request, and what the answer says of each (Graph, *JSON batching*; *get user*;
//! *list users*).
//!
//! A name costs one look-up, whether it is a user principal name or a mail address. Each look-up of a batch is answered
//! for itself; those that came to nothing are asked again, alone.

use std::cell::RefCell;
use std::collections::HashMap;

use std::time::SystemTime;

use ::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri};
use anyhow::{Context as _, Result};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::hide::Hidden;
use super::{Bearer, Exchange, Graph, Verdict, explain, of_header, wire};

/// The most requests of a batch (Graph, *JSON batching*).
pub const BATCH_MAX: usize = 20;
/// What is shown of a user; with it a look-up costs less of the quota (Graph, *throttling limits*, identity).
const SELECT: &str = "$select=id,userPrincipalName,mail";
/// How many users are looked at who have the same mail address; more than one is one too many.
const SAME_MAX: usize = 5;
/// How many names are looked at for the nearest; it is for a message.
const ALIKE_MAX: usize = 50;

/// Whom to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookUp {
    /// Who has this object id.
    Id(String),
    /// Who has this user principal name or mail address.
    Name(String),
    /// Whose user principal name begins so.
    Beginning(String),
}

/// Somebody of the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The object id.
    pub id: String,
    /// The user principal name.
    pub user_principal_name: String,
    /// The mail address.
    #[serde(default)]
    pub mail: Option<String>,
}

impl LookUp {
    /// The address, from the version on. What a name has in it cannot end the literal or the query.
    fn url(&self) -> String {
        match self {
            Self::Id(id) => format!("/users/{}?{SELECT}", wire::path_segment(id)),
            Self::Name(name) => {
                let name = wire::path_segment(&name.replace('\'', "''"));
                let filter = format!("userPrincipalName%20eq%20'{name}'%20or%20mail%20eq%20'{name}'");
                format!("/users?$filter={filter}&{SELECT}&$top={SAME_MAX}")
            }
            Self::Beginning(beginning) => {
                let beginning = wire::path_segment(&beginning.replace('\'', "''"));
                format!("/users?$filter=startsWith(userPrincipalName,'{beginning}')&{SELECT}&$top={ALIKE_MAX}")
            }
        }
    }
}

#[derive(Serialize)]
struct Batch {
    requests: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    id: String,
    method: &'static str,
    url: String,
}

#[derive(Deserialize)]
struct Answers {
    responses: Vec<Answered>,
}

#[derive(Deserialize)]
struct Answered {
    id: String,
    status: u16,
    #[serde(default)]
    headers: HashMap<String, Value>,
    #[serde(default)]
    body: Value,
}

impl<E: Exchange> Graph<E> {
    /// Sends those look-ups once that have no answer yet, and puts down the answers that come: nobody, one, or several.
    /// It is ready when all have one.
    pub async fn look_up(
        &self,
        wanted: &[LookUp],
        found: &RefCell<Vec<Option<Vec<User>>>>,
        bearer: &Bearer,
    ) -> Verdict<()> {
        let open = |place: &usize| found.borrow()[*place].is_none();
        let requests = (0..wanted.len()).filter(open).map(|place| Item {
            id: place.to_string(),
            method: "GET",
            url: wanted[place].url(),
        });
        let body = serde_json::to_vec(&Batch { requests: requests.collect() }).expect("text has a JSON form");
        let request = self.request(Method::POST, &self.batch, &body.into(), bearer);
        self.send("look-up", request, bearer, |reply, now| {
            // A batch that succeeds may have refusals in it.
            let reply = reply.map(|reply| Hidden::new(of_header(&bearer.header())).cut_in(reply));
            let whole = Verdict::judge_as(reply, now, |reply| take(reply, &mut found.borrow_mut(), now));
            // Nobody's row is to blame for it.
            let whole = if let Verdict::Refused(trouble) = whole { Verdict::Broken(trouble) } else { whole };
            whole.with_trouble(explain::of_look_up)
        })
        .await
    }

    /// Where batches go.
    pub(super) fn batch_uri(root: &str) -> Result<Uri> {
        let uri = format!("{root}/v1.0/$batch");
        uri.parse().with_context(|| format!("{uri} is not an address"))
    }
}

/// Puts down what a batch has answered, and says what is to be done about the rest of it: the worst that is said of one,
/// after the longest wait (Graph, *throttling*: batches).
fn take(reply: &Response<Bytes>, found: &mut [Option<Vec<User>>], now: SystemTime) -> Verdict<()> {
    let Ok(Answers { responses }) = serde_json::from_slice(reply.body()) else {
        return Verdict::Again(explain::no_batch(reply));
    };
    let mut worst = Verdict::Ready(());
    for answered in responses {
        let Some(place) = answered.id.parse::<usize>().ok().filter(|place| *place < found.len()) else { continue };
        match users(answered, now) {
            // Of two answers to one question the first is taken.
            Verdict::Ready(users) => drop(found[place].get_or_insert(users)),
            verdict => worst = worse(worst, verdict.map(drop)),
        }
    }
    match worst {
        // Whatever else it says.
        _ if found.iter().all(Option::is_some) => Verdict::Ready(()),
        Verdict::Ready(()) => Verdict::Again(explain::no_batch(reply)),
        worst => worst,
    }
}

/// What one answer of a batch says.
fn users(answered: Answered, now: SystemTime) -> Verdict<Vec<User>> {
    let Answered { status, headers, body, .. } = answered;
    let mut reply = Response::new(Bytes::from(body.to_string()));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *reply.headers_mut() = in_map(&headers);
    match status {
        200 => match read(body) {
            Some(users) => Verdict::Ready(users),
            None => Verdict::Again(explain::no_batch(&reply)),
        },
        404 => Verdict::Ready(Vec::new()),
        403 if !explain::is_service_token(&reply) => Verdict::Broken(explain::directory_forbidden(&reply)),
        _ => match Verdict::judge_as(Ok(reply), now, |_| Verdict::Ready(Vec::new())) {
            // No name can do that: whatever it has in it is escaped.
            Verdict::Refused(trouble) => Verdict::Broken(trouble),
            verdict => verdict,
        },
    }
}

/// One user, or a page of them.
fn read(mut body: Value) -> Option<Vec<User>> {
    let users = match body.get_mut("value").map(Value::take) {
        Some(page) => page,
        None => Value::Array(vec![body]),
    };
    serde_json::from_value(users).ok()
}

fn in_map(given: &HashMap<String, Value>) -> HeaderMap {
    let header = |(name, value): (&String, &Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(text).ok()?))
    };
    given.iter().filter_map(header).collect()
}

/// Which of two says more of what is to be done.
fn worse(one: Verdict<()>, other: Verdict<()>) -> Verdict<()> {
    let rank = |verdict: &Verdict<()>| match verdict {
        Verdict::Ready(()) => (0, None),
        Verdict::Again(_) => (1, None),
        Verdict::Overloaded(after, _) => (2, Some(*after)),
        Verdict::Throttled(after, _) => (3, *after),
        Verdict::Refused(_) | Verdict::Broken(_) => (4, None),
    };
    if rank(&other) > rank(&one) { other } else { one }
}
