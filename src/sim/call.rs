//! One request of Graph: checked, given its fate, carried out, and answered.
//!
//! The effect comes first, then the time it takes, then the answer: so a client that lost
//! the answer has its meeting all the same. What is refused by a check is refused at once, and costs no attempt; whoever
//! is signed in has it taken off the app's quota.

use std::future::pending;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http_body_util::LengthLimitError;
use tokio::time::Instant;
use uuid::Uuid;

use super::answer::{Answer, End, Reply, Silence};
use super::asked::Asked;
use super::error::Problem;
use super::fate::{Fate, Loss, Refusal, THROTTLE_CODES, latency};
use super::hash::Hash;
use super::order::Order;
use super::permission::Granted;
use super::receipt::Receipt;
use super::report::{Holds, method_name};
use super::retry_after::Wait;
use super::route::{Route, Who};
use super::world::Over;
use super::{Sim, batch};

/// Graph takes no request body over 4 MB (concepts/errors: 413).
const LARGEST_BODY: usize = 4 << 20;

/// Tokio's timer has whole milliseconds and rounds up: half of one less, and it is right on average.
const HALF_A_TICK: Duration = Duration::from_micros(500);

/// A request that came alone, or a `$batch` of them.
pub(super) async fn answer(sim: &Sim, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST_BODY).await.map_err(|error| unread(&error));
    let (body, unread) = match body {
        Ok(body) => (body, None),
        Err(problem) => (Bytes::new(), Some(problem)),
    };
    let Some(asked) = Asked::alone(&parts, &body) else {
        return sim.not_here(&parts);
    };
    let route = Route::find(&asked.segments);
    let visit = Visit::begin(sim, &asked, route.as_ref().ok(), None);
    let granted = sim.bearer(&parts.headers);
    let route = match (route.and_then(|route| admitted(route, &asked, unread)), &granted) {
        (Ok(route), _) => route,
        (Err(problem), Ok(_)) => return visit.end(turn_away(sim, &asked, &problem)),
        (Err(problem), Err(_)) => return visit.end(sim.refuse(&asked, &problem)),
    };
    let granted = match granted {
        Ok(granted) => granted,
        Err(problem) => return visit.end(sim.refuse(&asked, &problem)),
    };
    match route {
        Route::Batch => {
            let end = batch::answer(sim, &granted, &Came::now(sim), &asked).await;
            visit.end(end)
        }
        route => visit.end(carry(sim, &granted, &route, &asked).await),
    }
}

/// A request of a `$batch`, which came when that did.
pub(super) async fn in_batch(sim: &Sim, granted: &Granted, came: &Came, asked: &Asked<'_>) -> Reply {
    let route = Route::find(&asked.segments);
    let visit = Visit::begin(sim, asked, route.as_ref().ok(), Some(came));
    let end = match route.and_then(|route| admitted(route, asked, None)) {
        Ok(route) => carry(sim, granted, &route, asked).await,
        Err(problem) => turn_away(sim, asked, &problem),
    };
    // Between a batch and its requests there is Graph's own gateway, which says when it has not heard.
    let reply = match end {
        End::Told(reply) => reply,
        End::Untold(..) => sim.receipt(asked).problem(sim.clock(), &Problem::bad_gateway()),
    };
    visit.count(reply.status.as_u16());
    let path = asked.target.split('?').next().unwrap_or_default();
    sim.tell(asked.method, path, reply.status.as_u16(), &reply.headers);
    reply
}

/// What is wrong with a body that could not be read.
fn unread(error: &axum::Error) -> Problem {
    match std::error::Error::source(error) {
        Some(cause) if cause.is::<LengthLimitError>() => Problem::too_large(),
        _ => Problem::unreadable(),
    }
}

fn admitted<'a>(route: Route<'a>, asked: &Asked, unread: Option<Problem>) -> Result<Route<'a>, Problem> {
    if !route.methods().contains(asked.method) {
        return Err(Problem::method_not_allowed(route.methods()));
    }
    unread.map_or(Ok(route), Err)
}

/// When a batch came, and who should not have come then. What one of it is told, no other can know.
pub(super) struct Came {
    at: Instant,
    holds: Holds,
}

impl Came {
    fn now(sim: &Sim) -> Self {
        Self { at: Instant::now(), holds: sim.world().counts.holds().clone() }
    }
}

/// Counts a request as in flight for as long as it lives, also when its client goes away.
struct Visit<'a> {
    sim: &'a Sim,
    method: &'static str,
    path: &'static str,
    /// Of the answer; 0 until there is one.
    status: u16,
}

impl<'a> Visit<'a> {
    fn begin(sim: &'a Sim, asked: &Asked, route: Option<&Route>, came: Option<&Came>) -> Self {
        let user = route.and_then(Route::who).and_then(|who| match who {
            Who::Me => Uuid::try_parse(sim.signed_in()).ok(),
            Who::User(id) => Uuid::try_parse(id).ok(),
        });
        let (mut world, now) = (sim.world(), Instant::now());
        let held = came.map_or_else(|| world.counts.holds().is_on(user, now), |came| came.holds.is_on(user, came.at));
        world.counts.arrive(held, now);
        Self { sim, method: method_name(asked.method), path: route.map_or("(unknown)", Route::template), status: 0 }
    }

    fn end(self, end: End) -> Response {
        self.count(end.status());
        end.into_response()
    }

    fn count(mut self, status: u16) {
        self.status = status;
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let mut world = self.sim.world();
        world.counts.answer(Instant::now(), self.method, self.path, self.status);
        world.counts.leave();
    }
}

/// Refuses by one of the checks, who is signed in: at once, and without a fate.
pub(super) fn turn_away(sim: &Sim, asked: &Asked, problem: &Problem) -> End {
    let over = sim.world().charge(None, Instant::now(), sim.scenario());
    match over {
        None => sim.refuse(asked, problem),
        Some(over) => refused(sim, &sim.receipt(asked), throttled(over, asked.hash(sim.scenario().seed))),
    }
}

fn throttled(Over { until, form, user }: Over, hash: Hash) -> Refusal {
    Refusal::Throttled { wait: Wait::Until(until, form), code: hash.text("code").pick(THROTTLE_CODES), user }
}

/// What has become of an order by the time its latency begins.
enum Outcome {
    Refused(Refusal),
    Done(Result<Answer, Problem>, Option<Loss>),
}

async fn carry(sim: &Sim, granted: &Granted, route: &Route<'_>, asked: &Asked<'_>) -> End {
    let permitted = granted.check(sim, route, asked.method);
    let order = match permitted.and_then(|()| Order::check(sim, granted.bearer, route, asked)) {
        Ok(order) => order,
        Err(problem) => return turn_away(sim, asked, &problem),
    };
    let hash = order.hash(sim.scenario().seed, asked);
    let (attempt, outcome) = decide(sim, hash, order, asked);
    let latency = latency(sim.scenario(), hash, attempt);
    // Sleeping for nothing would last until the timer's next tick, a millisecond.
    if !latency.is_zero() {
        tokio::time::sleep(latency.saturating_sub(HALF_A_TICK)).await;
    }

    let receipt = Receipt::new(hash.text("request").number(attempt).guid(), asked.headers);
    let clock = sim.clock();
    let (answer, loss) = match outcome {
        Outcome::Refused(refusal) => return refused(sim, &receipt, refusal),
        Outcome::Done(answer, loss) => (answer, loss),
    };
    let reply = match answer {
        Ok(answer) => receipt.answer(clock, answer),
        Err(problem) => receipt.problem(clock, &problem),
    };
    match loss {
        None => End::Told(reply),
        Some(Loss::CutOff) => End::Untold(Silence::CutOff, reply),
        Some(Loss::ProxyPage) => End::Untold(Silence::ProxyPage, reply),
        Some(Loss::Dropped) => End::Untold(Silence::Dropped, reply),
        Some(Loss::Unavailable) => End::Told(receipt.problem(clock, &Problem::unavailable())),
        Some(Loss::Never) => pending().await,
        Some(Loss::GatewayTimeout) => End::Told(receipt.problem(clock, &Problem::gateway_timeout())),
    }
}

/// Counts the attempt, asks the quota and fate, and carries the order out if it is to be.
fn decide(sim: &Sim, hash: Hash, order: Order, asked: &Asked) -> (u64, Outcome) {
    let scenario = sim.scenario();
    let (attempt, over) = {
        let mut world = sim.world();
        let attempt = world.count(hash.finish());
        (attempt, world.charge(order.user(), Instant::now(), scenario))
    };
    let fate = match over {
        Some(over) => Fate::Refused(throttled(over, hash.number(attempt))),
        None => Fate::of(scenario, hash, attempt),
    };
    let loss = match fate {
        Fate::Refused(refusal) => return (attempt, Outcome::Refused(refusal)),
        Fate::Kept => None,
        Fate::Lost(loss) => Some(loss),
    };
    (attempt, Outcome::Done(order.carry_out(sim, asked, hash.number(attempt)), loss))
}

fn refused(sim: &Sim, receipt: &Receipt, refusal: Refusal) -> End {
    let clock = sim.clock();
    let problem = match refusal {
        Refusal::Throttled { wait, code, user } => {
            let retry_after = hold(sim, user, wait);
            return End::Told(receipt.throttled(clock, &Problem::throttled(code), retry_after.as_deref()));
        }
        Refusal::InternalError => Problem::internal_error(),
        Refusal::BadGateway => Problem::bad_gateway(),
        Refusal::Unavailable | Refusal::Dropped => Problem::unavailable(),
    };
    let reply = receipt.problem(clock, &problem);
    if refusal == Refusal::Dropped { End::Untold(Silence::Dropped, reply) } else { End::Told(reply) }
}

/// The value of Retry-After. The hold begins now, with the answer: nobody can know of it
/// earlier.
fn hold(sim: &Sim, user: Option<Uuid>, wait: Wait) -> Option<String> {
    let (value, until) = wait.told(Instant::now(), sim.clock().unix())?;
    sim.world().counts.hold(user, until);
    Some(value)
}
