//! Who is in the tenant, as far as a run has asked: each name is looked up once, twenty to a request, at a gate of its
//! own kind and pace, since Graph's directory has another quota than its meetings.
//!
//! It decides nothing about rows; what is sent of those who are to join is in `attending`, and who is an organizer is the
//! parser's to say, which gets what was found here before it reads a row.

mod attending;
mod known;
mod organizers;
mod roll_call;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;

pub use self::attending::refuses;
use self::known::Known;
pub use self::organizers::ORGANIZERS_MAX;
pub use self::roll_call::{Presence, roll_call};
use crate::ask::{End, Service};
use crate::cli::UnknownAttendees;
use crate::gate::Gate;
use crate::graph::{BATCH_MAX, Exchange, Graph, LookUp, User};
use crate::outcome::Trouble;
use crate::pace::Rate;
use crate::stop::Stop;
use crate::tries::Tries;

/// How many batches are on the wire at once.
const SLOTS: usize = 4;
/// How many batches start per second: 200 look-ups, where the smallest tenants are allowed 350 (Graph, *throttling
/// limits*, identity: 3,500 units in 10 seconds, of which one costs one).
const BATCHES_PER_SECOND: f64 = 10.0;
/// How long a batch that is not full waits for more names: rows come in by the hundred.
const LINGER: Duration = Duration::from_millis(20);

/// What came of a look-up.
#[derive(Clone, Debug)]
enum Told {
    Found(Rc<Person>),
    /// It came to nothing, after so much trouble.
    Failed(Trouble, String),
}

/// Who has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Person {
    Nobody,
    /// Their object id and user principal name.
    One(String, String),
    /// It is the mail address of these.
    Several(Vec<String>),
}

impl Person {
    /// Who it is whose name was looked up: whoever signs in with it, or else whoever gets mail by it.
    fn of(look_up: &LookUp, users: Vec<User>) -> Self {
        let (LookUp::Id(name) | LookUp::Name(name) | LookUp::Beginning(name)) = look_up;
        let own = |user: &User| user.user_principal_name.eq_ignore_ascii_case(name);
        let place = users.iter().position(own).or((users.len() == 1).then_some(0));
        match place.map(|place| &users[place]) {
            Some(user) => Self::One(user.id.clone(), user.user_principal_name.clone()),
            None if users.is_empty() => Self::Nobody,
            None => Self::Several(users.into_iter().map(|user| user.user_principal_name).collect()),
        }
    }
}

/// A look-up under way, or done.
type Slot = Rc<OnceCell<Told>>;

/// The directory.
pub struct Directory<'a, E> {
    service: Service<'a, E>,
    known: RefCell<Known>,
    /// Names that wait or are on the wire, in lower case.
    under_way: RefCell<HashMap<String, Slot>>,
    queue: RefCell<VecDeque<(LookUp, Slot)>>,
    /// The turns to send a batch.
    leads: Semaphore,
    told: watch::Sender<()>,
    batches: Cell<u64>,
    look_ups: Cell<u64>,
    unknown: UnknownAttendees,
    /// Those who are not in it and were told of; they are few.
    told_of: RefCell<HashSet<String>>,
}

/// The gate before the directory, where the run's own is paced so.
pub fn gate(rate: Rate) -> Gate {
    Gate::new(SLOTS, if rate == Rate::Max { Rate::Max } else { Rate::PerSecond(BATCHES_PER_SECOND) })
}

impl<'a, E: Exchange> Directory<'a, E> {
    /// Nobody has been looked up yet.
    pub fn new(graph: &'a Graph<E>, gate: &'a Gate, stop: &'a Stop, unknown: UnknownAttendees) -> Self {
        Self {
            service: Service { graph, gate, stop, resumes: Cell::new(false) },
            known: RefCell::default(),
            under_way: RefCell::default(),
            queue: RefCell::default(),
            leads: Semaphore::new(SLOTS),
            told: watch::Sender::new(()),
            batches: Cell::new(0),
            look_ups: Cell::new(0),
            unknown,
            told_of: RefCell::default(),
        }
    }

    /// How many names were looked up.
    pub fn look_ups(&self) -> u64 {
        self.look_ups.get()
    }

    /// What becomes of these look-ups, in their order; `None` when the run is stopped first.
    async fn find(&self, look_ups: impl IntoIterator<Item = LookUp>) -> Option<Vec<Told>> {
        let slots: Vec<Slot> = look_ups.into_iter().map(|look_up| self.slot(look_up)).collect();
        let stop = self.service.stop;
        let mut told = self.told.subscribe();
        while slots.iter().any(|slot| slot.get().is_none()) {
            told.mark_unchanged();
            if self.queue.borrow().is_empty() {
                // They are on the wire.
                stop.or(told.changed()).await?.expect("the sender lives as long as self");
                continue;
            }
            let turn = async {
                tokio::select! {
                    biased;
                    _ = told.changed() => None,
                    turn = self.leads.acquire() => turn.ok(),
                }
            };
            if let Some(_turn) = stop.or(turn).await? {
                self.lead().await?;
            }
        }
        Some(slots.iter().filter_map(|slot| slot.get().cloned()).collect())
    }

    /// Where the answer to a look-up will be, or is.
    fn slot(&self, look_up: LookUp) -> Slot {
        let (LookUp::Id(name) | LookUp::Name(name) | LookUp::Beginning(name)) = &look_up;
        let name = name.to_lowercase();
        if let Some(person) = self.known.borrow_mut().get(&name) {
            return Rc::new(OnceCell::from(Told::Found(person)));
        }
        let mut under_way = self.under_way.borrow_mut();
        let slot = under_way.entry(name).or_insert_with(|| {
            let slot = Slot::default();
            self.queue.borrow_mut().push_back((look_up, slot.clone()));
            slot
        });
        slot.clone()
    }

    /// Sends the next batch, for all whose names are in it.
    async fn lead(&self) -> Option<()> {
        let is_full = || self.queue.borrow().len() >= BATCH_MAX;
        if !is_full() {
            self.service.stop.or(sleep(LINGER)).await?;
        }
        let (look_ups, slots): (Vec<LookUp>, Vec<Slot>) = {
            let mut queue = self.queue.borrow_mut();
            let most = queue.len().min(BATCH_MAX);
            queue.drain(..most).unzip()
        };
        if look_ups.is_empty() {
            return Some(());
        }
        self.look_ups.set(self.look_ups.get() + look_ups.len() as u64);
        let (found, failed) = match self.send(&look_ups).await? {
            Ok(found) => (found, None),
            Err((trouble, gave_up)) => (vec![None; look_ups.len()], Some(Told::Failed(trouble, gave_up))),
        };
        for ((look_up, slot), users) in look_ups.iter().zip(slots).zip(found) {
            let (LookUp::Id(name) | LookUp::Name(name) | LookUp::Beginning(name)) = look_up;
            let name = name.to_lowercase();
            self.under_way.borrow_mut().remove(&name);
            let told = match users {
                Some(users) => Told::Found(self.known.borrow_mut().put(name, Person::of(look_up, users))),
                None => failed.clone().expect("all have an answer, or the batch has failed"),
            };
            slot.set(told).expect("each is answered once");
        }
        self.told.send_replace(());
        Some(())
    }

    /// Sends look-ups until every one has its answer; the inner error is that of a batch that was given up.
    async fn send(&self, look_ups: &[LookUp]) -> Option<Result<Vec<Option<Vec<User>>>, (Trouble, String)>> {
        let number = self.batches.get();
        self.batches.set(number + 1);
        let found = RefCell::new(vec![None; look_ups.len()]);
        let once = async |bearer: &_| self.service.graph.look_up(look_ups, &found, bearer).await;
        let ended = self.service.until(number, &mut Tries::default(), None, once).await?;
        Some(match ended {
            End::Ready(()) => Ok(found.into_inner()),
            End::Refused(trouble) | End::Uncertain(trouble) => Err((trouble, String::new())),
            End::Failed(trouble, gave_up) => Err((trouble, gave_up)),
        })
    }
}
