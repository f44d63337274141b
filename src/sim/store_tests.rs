//! A store on a disk: after whatever was done to it and to its file, it is the same when it is opened again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::sim::meeting::attendee::{Attendee, Role};

const SEED: u64 = 7;
const LINKS: &str = "http://127.0.0.1:1/";

/// What can be done. The numbers choose among a few keys or origins, or among the meetings that there are.
#[derive(Clone, Debug)]
enum Step {
    CreateOrGet(usize, Box<Wanted>),
    Create(u64, bool),
    Change(usize, Option<String>),
    Remove(usize),
    /// The program ends and begins again.
    Restart,
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 0..most)
}

fn step() -> impl Strategy<Value = Step> {
    let text = || prop::option::of(".{0,12}");
    let time = prop::option::of((-62_135_596_800_i64..253_402_300_800, 0..10_000_000_u32));
    let channel = prop::option::of(Just("19:general@thread.tacv2".to_owned()));
    let wanted =
        (text(), time, prop::collection::vec(text(), 0..3), channel).prop_map(|(subject, time, ids, thread)| {
            let start = time.and_then(|(seconds, tick)| DateTime::from_timestamp(seconds, tick * 100));
            let attendee = |id: Option<String>| Attendee { upn: id.clone(), id, role: Role::Producer };
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

fn key(number: usize) -> Key {
    let external_id = ["A", "", "A\n喂\"\\", "\u{0}"][number];
    Key { organizer: Uuid::from_u128(number as u128 / 3), external_id: external_id.into() }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 123_456_789).expect("a time")
}

fn created(origin: u64, has_settings: bool) -> Meeting {
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
struct Place {
    folder: TempDir,
    store: Store,
    live: Vec<Arc<Meeting>>,
    made: BTreeMap<String, u64>,
    /// All ids that were ever given out.
    ids: BTreeSet<String>,
}

fn id(meeting: &Meeting) -> String {
    Coordinates::of(meeting).id()
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let store = Store::open(&folder.path().join("state"), SEED, LINKS.to_owned()).expect("a store");
        Self { folder, store, live: Vec::new(), made: BTreeMap::new(), ids: BTreeSet::new() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn of(steps: Vec<Step>) -> Self {
        let mut place = Self::new();
        for step in steps {
            place.take(step);
            place.check(&place.store);
        }
        place
    }

    fn take(&mut self, step: Step) {
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

    fn restart(&mut self) {
        // The file is the old store's until that is gone.
        self.store = Store::default();
        self.store = Store::open(&self.path(), SEED, LINKS.to_owned()).expect("a store");
    }

    /// All that can be seen of a store, against what should be.
    fn check(&self, store: &Store) {
        assert_eq!(store.count(), self.live.len() as u64);
        assert_eq!(store.made().collect::<BTreeMap<_, _>>(), self.made);
        for meeting in &self.live {
            assert_eq!(store.find(&Coordinates::of(meeting)), Some(meeting));
            assert_eq!(store.with_code(meeting.code), Some(meeting));
        }
        let by_key = |store: &Store, key: &Key| store.by_key.get(key).and_then(|made| store.at(made.slot?)).cloned();
        for key in (0..4).map(key) {
            assert_eq!(by_key(store, &key).as_ref(), self.live.iter().find(|there| there.key().as_ref() == Some(&key)));
        }
        let live: BTreeSet<String> = self.live.iter().map(|meeting| id(meeting)).collect();
        for gone in self.ids.difference(&live) {
            assert_eq!(store.find(&Coordinates::of_id(gone).expect("an id")), None);
        }
    }

    fn lines(&self) -> usize {
        fs::read_to_string(self.path()).expect("a file").lines().count()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_is_done_to_it_it_is_the_same_when_it_is_opened_again(steps in steps(40)) {
        let mut place = Place::of(steps);
        place.restart();
        place.check(&place.store);
    }

    #[test]
    fn what_was_compacted_is_the_same_and_is_not_compacted_again(steps in steps(40)) {
        let mut place = Place::of(steps);
        let records: Vec<Record> = place.store.records().collect();
        prop_assert_eq!(records.len(), place.store.needed());
        place.store.journal.as_mut().expect("a journal").rewrite(records).expect("it is written");
        // No other may take its place.
        let file = fs::File::open(place.path()).expect("a file");
        place.restart();
        place.check(&place.store);
        #[cfg(unix)]
        prop_assert_eq!(std::os::unix::fs::MetadataExt::nlink(&file.metadata().expect("it is open")), 1);
        drop(file);
        place.take(Step::Create(0, true));
        place.take(Step::Remove(0));
        place.restart();
        place.check(&place.store);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn cut_anywhere_in_the_last_record_it_is_as_before_that(steps in steps(12), last in step()) {
        let mut place = Place::of(steps);
        let before = fs::read(place.path()).expect("a file");
        let (live, made) = (place.live.clone(), place.made.clone());
        place.take(last);
        let after = fs::read(place.path()).expect("a file");
        (place.live, place.made) = (live, made);
        let torn = tempfile::tempdir().expect("a directory");
        for len in before.len()..after.len() {
            let path = torn.path().join(len.to_string());
            fs::write(&path, &after[..len]).expect("a file");
            place.check(&Store::open(&path, SEED, LINKS.to_owned()).expect("a store"));
        }
    }

    #[test]
    fn what_cannot_be_written_is_not_done(steps in steps(12)) {
        let mut place = Place::of(steps);
        let before = fs::read(place.path()).expect("a file");
        place.store.journal.as_mut().expect("a journal").protect(true);
        for number in 0..4 {
            let is_there = place.live.iter().any(|meeting| meeting.key() == Some(key(number)));
            let wanted = Wanted::read(br#"{"externalId":"A"}"#).expect("a body");
            let answer = place.store.create_or_get(SEED, &key(number), wanted, now());
            prop_assert_eq!(answer.is_ok(), is_there);
        }
        prop_assert!(place.store.create(created(0, true)).is_err());
        for meeting in &place.live {
            let changed = Meeting { subject: Some("changed".into()), ..Meeting::clone(meeting) };
            prop_assert!(place.store.change(changed).is_err());
            prop_assert!(place.store.remove(&Coordinates::of(meeting)).is_err());
        }
        place.check(&place.store);
        prop_assert_eq!(&fs::read(place.path()).expect("a file"), &before);
        // The disk has room again.
        place.store.journal.as_mut().expect("a journal").protect(false);
        place.take(Step::Create(0, false));
        place.take(Step::Change(0, Some("changed".into())));
        place.restart();
        place.check(&place.store);
    }
}

#[test]
fn the_same_request_to_create_makes_another_meeting_in_the_next_run_too() {
    let mut place = Place::new();
    place.take(Step::Create(0, false));
    place.take(Step::Restart);
    place.take(Step::Create(0, false));
    place.take(Step::Remove(0));
    place.take(Step::Restart);
    place.take(Step::Create(0, false));
    place.check(&place.store);
    assert_eq!((place.live.len(), place.ids.len()), (2, 3));
}

#[test]
fn what_is_of_no_more_use_is_not_read_twice() {
    let mut place = Place::new();
    for _ in 0..30 {
        place.take(Step::CreateOrGet(0, Box::new(Wanted::read(br#"{"externalId":"A"}"#).expect("a body"))));
        place.take(Step::Change(0, None));
        place.take(Step::Remove(0));
    }
    assert_eq!(place.lines(), 1 + 1 + 90);
    place.restart();
    assert_eq!(place.lines(), 1 + 1 + 1, "of a key is left how often it was made");
    place.check(&place.store);
}

#[test]
fn a_link_stays_as_it_was_given_out_wherever_the_simulator_is_next() {
    let folder = TempDir::new().expect("a folder");
    let open = |links: &str| Store::open(&folder.path().join("state"), SEED, links.to_owned()).expect("a store");
    let begins = |store: &Store, number: usize| {
        let slot = store.by_key[&key(number)].slot.expect("it is there");
        store.links()[usize::from(store.at(slot).expect("it is there").link)].clone()
    };
    for (turn, links) in ["http://a/", "http://b/", "http://a/", "http://c/"].into_iter().enumerate() {
        let mut store = open(links);
        let wanted = Wanted {
            external_id: String::new(),
            subject: None,
            start: None,
            end: None,
            attendees: Vec::new(),
            thread: None,
        };
        store.create_or_get(SEED, &key(turn), wanted, now()).expect("it is written");
        // Enough changes for the file to be written anew when it is opened next.
        let slot = store.by_key[&key(turn)].slot.expect("it is there");
        for _ in 0..9 {
            let meeting = Meeting::clone(store.at(slot).expect("it is there"));
            store.change(meeting).expect("it is written");
        }
    }
    let store = open("http://b/");
    let all: Vec<String> = (0..4).map(|number| begins(&store, number)).collect();
    assert_eq!(all, ["http://a/", "http://b/", "http://a/", "http://c/"]);
    assert_eq!(store.links().len(), 3);
}
