//! One call of createOrGet: given its fate, carried out, and answered.
//!
//! The effect comes first, then the time it takes, then the answer: so a client that lost
//! the answer has its meeting all the same. It refuses nothing itself but a wrong method.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode};
use tokio::time::Instant;

use super::Sim;
use super::error::Problem;
use super::fate::{Fate, Loss, Refusal, THROTTLE_CODES, Wait, latency};
use super::hash::Hash;
use super::meeting::{Key, Meeting};
use super::order::Order;
use super::receipt::{Dropped, Receipt, dropped, proxy_page};
use super::request::Wanted;

/// Graph takes no request body over 4 MB (concepts/errors: 413).
const LARGEST_BODY: usize = 4 << 20;

/// Tokio's timer has whole milliseconds and rounds up: half of one less, and it is right on average.
const HALF_A_TICK: Duration = Duration::from_micros(500);

/// `who` is the user in the path; `None` stands for `me`.
pub(super) async fn create_or_get(sim: &Sim, who: Option<&str>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST {
        return sim.refuse(&parts, &[], &Problem::method_not_allowed());
    }
    let visit = Visit::begin(sim);
    let body = axum::body::to_bytes(body, LARGEST_BODY).await;
    let checked = match &body {
        Ok(body) => Order::check(sim, who, &parts, body),
        Err(_) => Err(Problem::too_large()),
    };
    let response = match checked {
        Ok(order) => fulfil(sim, order, &parts.headers).await,
        Err(problem) => sim.refuse(&parts, &body.unwrap_or_default(), &problem),
    };
    visit.end(&response);
    response
}

/// Counts a request as in flight for as long as it lives, also when its client goes away.
struct Visit<'a>(&'a Sim);

impl<'a> Visit<'a> {
    fn begin(sim: &'a Sim) -> Self {
        sim.world().arrive(Instant::now());
        Self(sim)
    }

    fn end(self, response: &Response) {
        let lost = response.extensions().get::<Dropped>().is_some();
        let status = if lost { 0 } else { response.status().as_u16() };
        self.0.world().answer(status);
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.0.world().leave();
    }
}

/// What has become of an order by the time its latency begins.
enum Outcome {
    Refused(Refusal),
    Done { made: bool, meeting: Arc<Meeting>, loss: Option<Loss> },
}

async fn fulfil(sim: &Sim, order: Order, headers: &HeaderMap) -> Response {
    let Order { key, wanted, version, all_members } = order;
    let seed = sim.scenario().seed;
    let hash = key.hash(seed);
    let (attempt, outcome) = decide(sim, hash, key, wanted);
    let latency = latency(sim.scenario(), hash, attempt);
    // Sleeping for nothing would last until the timer's next tick, a millisecond.
    if !latency.is_zero() {
        tokio::time::sleep(latency.saturating_sub(HALF_A_TICK)).await;
    }

    let receipt = Receipt::new(hash.text("request").number(attempt).guid(), headers);
    let clock = sim.clock();
    let (made, meeting, loss) = match outcome {
        Outcome::Refused(refusal) => return refused(sim, &receipt, refusal),
        Outcome::Done { made, meeting, loss } => (made, meeting, loss),
    };
    let status = if made { StatusCode::CREATED } else { StatusCode::OK };
    let meeting = meeting.show(seed, version, all_members);
    match loss {
        None => receipt.meeting(clock, status, &meeting),
        Some(Loss::CutOff) => receipt.cut_off(clock, status, &meeting),
        Some(Loss::ProxyPage) => proxy_page(),
        Some(Loss::Dropped) => dropped(),
        Some(Loss::Unavailable) => receipt.problem(clock, &Problem::unavailable()),
        Some(Loss::GatewayTimeout) => receipt.problem(clock, &Problem::gateway_timeout()),
    }
}

/// Counts the attempt, asks the quota and fate, and makes the meeting if it is to be made.
fn decide(sim: &Sim, hash: Hash, key: Key, wanted: Wanted) -> (u64, Outcome) {
    let now = sim.clock().now();
    let scenario = sim.scenario();
    let mut world = sim.world();
    let attempt = world.count(hash.finish());
    let over = scenario.quota.and_then(|quota| world.charge(Instant::now(), quota));
    let fate = match over {
        Some(end) => Fate::Refused(Refusal::Throttled {
            wait: if scenario.quota.is_some_and(|quota| quota.retry_after) { Wait::Until(end) } else { Wait::Unsaid },
            code: hash.number(attempt).text("code").pick(THROTTLE_CODES),
        }),
        None => Fate::of(scenario, hash, attempt),
    };
    let loss = match fate {
        Fate::Refused(refusal) => return (attempt, Outcome::Refused(refusal)),
        Fate::Kept => None,
        Fate::Lost(loss) => Some(loss),
    };
    let (made, meeting) = world.create_or_get(key, |key| Meeting::new(key, wanted, now));
    (attempt, Outcome::Done { made, meeting, loss })
}

fn refused(sim: &Sim, receipt: &Receipt, refusal: Refusal) -> Response {
    let clock = sim.clock();
    match refusal {
        Refusal::Throttled { wait, code } => {
            let retry_after = hold(sim, wait);
            receipt.throttled(clock, &Problem::throttled(code), retry_after.as_deref())
        }
        Refusal::InternalError => receipt.problem(clock, &Problem::internal_error()),
        Refusal::BadGateway => receipt.problem(clock, &Problem::bad_gateway()),
        Refusal::Unavailable => receipt.problem(clock, &Problem::unavailable()),
        Refusal::Dropped => dropped(),
    }
}

/// The value of Retry-After. The hold begins now, with the answer: nobody can know of it
/// earlier.
fn hold(sim: &Sim, wait: Wait) -> Option<String> {
    let now = Instant::now();
    let (value, until) = match wait {
        Wait::Unsaid => return None,
        Wait::Seconds(seconds) => (seconds.to_string(), now + Duration::from_secs(seconds)),
        Wait::Tenths(tenths) => {
            let value = format!("{}.{}", tenths / 10, tenths % 10);
            (value, now + Duration::from_millis(100 * tenths))
        }
        Wait::Date => sim.clock().next_date(),
        Wait::Until(end) => {
            let left = end.saturating_duration_since(now);
            let seconds = (left.as_secs() + u64::from(left.subsec_nanos() > 0)).max(1);
            (seconds.to_string(), now + Duration::from_secs(seconds))
        }
    };
    sim.world().hold(until);
    Some(value)
}
