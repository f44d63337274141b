//! What can be done to a store, and what should then be in it: the model that its tests hold it against.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;
use uuid::Uuid;

use crate::sim::meeting::attendee::{Attendee, Role};
use crate::sim::store::*;

pub(super) const SEED: u64 = 7;
pub(super) const LINKS: &str = "http://127.0.0.1:1/";

/// What can be done. The numbers choose among a few keys or origins, or among the meetings that there are.
#[derive(Clone, Debug)]
pub(super) enum Step {
    CreateOrGet(usize, Box<Wanted>),
    Create(u64, bool),
    Change(usize, Option<String>),
    Remove(usize),
    /// The program ends and begins again.
    Restart,
}

pub(super) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 0..most)
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let text = || prop::option::of(".{0,12}");
    let time = prop::option::of((-62_135_596_800_i64..253_402_300_800, 0..10_000_000_u32));
    let channel = prop::option::of(Just("19:general@thread.tacv2".to_owned()));
    let wanted =
        (text(), time, prop::collection::vec(text(), 0..3), channel).prop_map(|(subject, time, ids, thread)| {
            let start = time.and_then(|(seconds, tick)| DateTime::from_timestamp(seconds, tick * 100));
            let attendee = |id: Option<String>| {
                let id: Option<Box<str>> = id.map(Into::into);
                Attendee { upn: id.clone(), id, role: Role::Producer }
            };
            let attendees = ids.into_iter().map(attendee).collect();
            Box::new(Wanted { external_id: String::new(), subject, start, end: None, attendees, thread })
        });
    prop_oneof![
        4 => (0..4_usize, wanted).prop_map(|(key, wanted)| Step::CreateOrGet(key, wanted)),
        2 => (0..2_u64, any::<bool>()).prop_map(|(origin, settings)| Step::Create(origin, settings)),
        3 => (any::<usize>(), text()).prop_map(|(turn, subject)| Step::Change(turn, subject)),
        3 => any::<usize>().prop_map(Step::Remove),
        1 => Just(Step::Restart),
    ]
}

pub(super) fn key(number: usize) -> Key {
    let external_id = ["A", "", "A\n喂\"\\", "\u{0}"][number];
    Key { organizer: Uuid::from_u128(number as u128 / 3), external_id: external_id.into() }
}

pub(super) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 123_456_789).expect("a time")
}

pub(super) fn created(origin: u64, has_settings: bool) -> Meeting {
    let settings =
        serde_json::json!({ "allowedPresenters": "organizer", "lobbyBypassSettings": { "scope": "invited" } });
    let origin = Hash::seeded(SEED).number(origin);
    Meeting {
        organizer: Uuid::from_u128(9),
        external_id: None,
        origin,
        code: code(origin),
        link: 0,
        passcode_required: has_settings,
        subject: None,
        created: now(),
        start: now(),
        end: now(),
        attendees: Box::default(),
        channel: None,
        settings: settings.as_object().filter(|_| has_settings).cloned().map(Box::new),
    }
}

/// A store with a file, and what should be in it.
pub(super) struct Place {
    pub(super) folder: TempDir,
    pub(super) store: Store,
    pub(super) live: Vec<Arc<Meeting>>,
    pub(super) made: BTreeMap<String, u64>,
    /// All ids that were ever given out.
    pub(super) ids: BTreeSet<String>,
}

fn id(meeting: &Meeting) -> String {
    Coordinates::of(meeting).id()
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let store = Store::open(&folder.path().join("state"), SEED, LINKS.to_owned()).expect("a store");
        Self { folder, store, live: Vec::new(), made: BTreeMap::new(), ids: BTreeSet::new() }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub(super) fn of(steps: Vec<Step>) -> Self {
        let mut place = Self::new();
        for step in steps {
            place.take(step);
            place.check(&place.store);
        }
        place
    }

    pub(super) fn take(&mut self, step: Step) {
        match step {
            Step::CreateOrGet(number, wanted) => {
                let (is_new, meeting) =
                    self.store.create_or_get(SEED, &key(number), *wanted, now()).expect("it is written");
                let there = self.live.iter().find(|there| there.key() == meeting.key());
                assert_eq!(there, (!is_new).then_some(&meeting), "the first to ask has made it");
                if is_new {
                    *self.made.entry(key(number).to_string()).or_default() += 1;
                    self.add(meeting);
                }
            }
            Step::Create(origin, has_settings) => {
                let meeting = self.store.create(created(origin, has_settings)).expect("it is written");
                self.add(meeting);
            }
            Step::Change(turn, subject) if !self.live.is_empty() => {
                let at = turn % self.live.len();
                let meeting = Meeting { subject: subject.map(Into::into), ..Meeting::clone(&self.live[at]) };
                self.live[at] = self.store.change(meeting).expect("it is written");
            }
            Step::Remove(turn) if !self.live.is_empty() => {
                let meeting = self.live.swap_remove(turn % self.live.len());
                self.store.remove(&Coordinates::of(&meeting)).expect("it is written");
                assert_eq!(
                    (self.store.find(&Coordinates::of(&meeting)), self.store.with_code(meeting.code)),
                    (None, None)
                );
            }
            Step::Change(..) | Step::Remove(_) => {}
            Step::Restart => self.restart(),
        }
    }

    fn add(&mut self, meeting: Arc<Meeting>) {
        assert!(self.ids.insert(id(&meeting)), "an id is given out once: {meeting:?}");
        self.live.push(meeting);
    }

    pub(super) fn restart(&mut self) {
        // The file is the old store's until that is gone.
        self.store = Store::default();
        self.store = Store::open(&self.path(), SEED, LINKS.to_owned()).expect("a store");
    }

    /// All that can be seen of a store, against what should be.
    pub(super) fn check(&self, store: &Store) {
        assert_eq!(store.count(), self.live.len() as u64);
        assert_eq!(store.made().collect::<BTreeMap<_, _>>(), self.made);
        for meeting in &self.live {
            assert_eq!(store.find(&Coordinates::of(meeting)), Some(meeting));
            assert_eq!(store.with_code(meeting.code), Some(meeting));
        }
        let by_key = |store: &Store, key: &Key| store.by_key.get(key).and_then(|made| made.meeting.clone());
        for key in (0..4).map(key) {
            assert_eq!(by_key(store, &key).as_ref(), self.live.iter().find(|there| there.key().as_ref() == Some(&key)));
        }
        let live: BTreeSet<String> = self.live.iter().map(|meeting| id(meeting)).collect();
        for gone in self.ids.difference(&live) {
            assert_eq!(store.find(&Coordinates::of_id(gone).expect("an id")), None);
        }
    }

    pub(super) fn lines(&self) -> usize {
        fs::read_to_string(self.path()).expect("a file").lines().count()
    }
}
