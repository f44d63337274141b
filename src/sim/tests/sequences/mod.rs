//! No sequence of requests, good or bad, makes the simulator panic, answer what Graph would not, or break its promise:
//! one meeting for each key.
//!
//! - `plan`: what is to be asked; `sheet`: the requests; `model`: what must be so of the answers

mod model;
mod plan;
mod sheet;

use std::time::Duration;

use futures::future::join_all;
use proptest::prelude::*;

use super::*;
use model::Model;
use plan::{Act, Sent, Turn, turns};
use sheet::Sheet;

/// Clients do not wait for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request, the status of its answer or 0, and the body if it came.
type Heard = (Sheet, u16, Option<Value>);

/// Sends one request; `None`: it cannot even be written.
async fn send(client: &Client, sent: &Sent, sheet: &Sheet) -> Option<(u16, Option<Value>)> {
    let version = if sent.beta { "/beta" } else { "/v1.0" };
    let mut request = Request::builder().method(sheet.method.as_str()).uri(format!("{version}{}", sheet.path));
    if sheet.headers.iter().all(|(name, _)| *name != "authorization") {
        let user = sent.signed_in.then(|| client.sim.delegated_token());
        let token = user.as_ref().unwrap_or(&client.token);
        request = request.header("authorization", format!("Bearer {token}"));
    }
    for (name, value) in &sheet.headers {
        request = request.header(*name, value);
    }
    let request = request.body(Body::from(sheet.body.clone().unwrap_or_default())).ok()?;
    let Ok(reply) = tokio::time::timeout(PATIENCE, ask(&client.sim, request)).await else { return Some((0, None)) };
    let body = reply.body.as_deref().and_then(|body| serde_json::from_slice(body).ok());
    Some((if reply.dropped { 0 } else { reply.status.as_u16() }, body))
}

async fn act(client: &Client, turn: &Turn, model: &Model) -> Vec<Heard> {
    tokio::time::sleep(Duration::from_millis(turn.delay)).await;
    match &turn.act {
        Act::One(sent) => {
            let sheet = Sheet::of(sent, model);
            let answer = send(client, sent, &sheet).await;
            answer.into_iter().map(|(status, body)| (sheet.clone(), status, body)).collect()
        }
        Act::Batch { items, as_sent, twins } => {
            let sheets: Vec<Sheet> = items.iter().map(|sent| Sheet::of(sent, model)).collect();
            batch(client, items, as_sent, *twins, sheets).await
        }
    }
}

async fn batch(client: &Client, items: &[Sent], as_sent: &Sent, twins: bool, sheets: Vec<Sheet>) -> Vec<Heard> {
    let name = |at: usize| if twins { format!("{}", at / 2) } else { format!("n{at}") };
    let requests = sheets.iter().zip(items).enumerate().map(|(at, (sheet, sent))| {
        let mut item = sheet.item(&name(at));
        if sent.waits && at > 0 {
            item["dependsOn"] = json!([name(at - 1)]);
        }
        item
    });
    let body = json!({ "requests": requests.collect::<Vec<_>>() });
    let whole = Sheet {
        method: "POST".to_owned(),
        path: "/$batch".to_owned(),
        headers: vec![("content-type", "application/json".to_owned())],
        body: Some(body.to_string()),
        about: None,
        finds: false,
    };
    let answer = send(client, as_sent, &whole).await.expect("a batch can be written");
    let (status, batch) = &answer;
    let responses = batch.as_ref().and_then(|batch| batch["responses"].as_array());
    let told = |at: usize| {
        let Some(responses) = responses else { return (*status, None) };
        let own = responses.iter().find(|response| response["id"] == name(at)).expect("the schema has seen to that");
        let status = own["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        (status.expect("and to that"), own.get("body").cloned())
    };
    let told = |(at, sheet)| {
        let (status, body) = told(at);
        (sheet, status, body)
    };
    sheets.into_iter().enumerate().map(told).collect()
}

/// Whether each meeting that was ever seen is there, from whom it is that can know.
async fn look(client: &mut Client, model: &Model) -> Vec<bool> {
    client.token = application_token(&client.sim).await;
    let mut there = Vec::new();
    for known in model.all() {
        let path = path_to(&known.organizer, &known.body);
        let mut tries = 0;
        there.push(loop {
            let request = client.request().method("GET").uri(&path);
            let reply = tokio::time::timeout(PATIENCE, client.send(request, "")).await;
            match reply.map(|reply| (reply.status.as_u16(), reply.body.is_some_and(|body| body.starts_with(b"{")))) {
                Ok((200, true)) => break true,
                Ok((404, _)) => break false,
                _ => tokio::time::sleep(Duration::from_secs(10)).await,
            }
            tries += 1;
            assert!(tries < 20, "{path} is never answered");
        });
    }
    there
}

async fn run(scenario: Scenario, turns: &[Turn], calm: bool) {
    let mut client = Client::new(scenario).await;
    let mut model = Model::new(calm);
    for (number, group) in turns.chunk_by(|_, next| !next.first).enumerate() {
        let heard = join_all(group.iter().map(|turn| act(&client, turn, &model))).await;
        model.learn(number, &heard.concat());
    }
    let report = client.sim.report();
    let there = look(&mut client, &model).await;
    model.hold(&there, &report);
    assert_eq!(client.sim.world().counts.in_flight(), 0, "all have been answered or have gone");
    let counted = |statuses: &std::collections::BTreeMap<u16, u64>| statuses.values().sum::<u64>();
    let beside = ["oauth2", "discovery", ".well-known", "devicelogin", "(elsewhere)"];
    let of_graph = report.by_path.iter().filter(|(path, _)| !beside.iter().any(|other| path.contains(other)));
    assert_eq!(counted(&report.by_status), of_graph.map(|(_, statuses)| counted(statuses)).sum::<u64>());
    assert_eq!(report.seconds.values().map(|second| second.requests).sum::<u64>(), report.requests);
    assert!(counted(&report.by_status) <= report.requests && (!calm || counted(&report.by_status) == report.requests));
}

fn block_on(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without a socket").block_on(work);
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2000, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn no_sequence_of_requests_breaks_a_promise_on_a_calm_day(turns in turns()) {
        block_on(run(Scenario::calm(), &turns, true));
    }

    #[test]
    fn no_sequence_of_requests_breaks_a_promise_in_a_storm(turns in turns(), seed in 0..1000_u64) {
        let text = format!("stormy,seed={seed},quota=40/10s,user-quota=25/10s,throttled=4%,never=2%,reset-after=8%");
        block_on(run(text.parse().expect("a scenario"), &turns, false));
    }
}
