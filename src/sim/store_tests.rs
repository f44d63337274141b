//! A store on a disk: after whatever was done to it and to its file, it is the same when it is opened again.

use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use self::model::{LINKS, Place, SEED, Step, created, key, now, step, steps};
use super::*;

#[path = "store_model.rs"]
mod model;

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
        let meeting = store.by_key[&key(number)].meeting.as_ref().expect("it is there");
        store.links()[usize::from(meeting.link)].clone()
    };
    for (turn, links) in ["http://a/", "http://b/", "http://a/", "http://c/"].into_iter().enumerate() {
        let mut store = open(links);
        let wanted = Wanted::read(br#"{"externalId":"A"}"#).expect("a body");
        let (_, meeting) = store.create_or_get(SEED, &key(turn), wanted, now()).expect("it is written");
        // Enough changes for the file to be written anew when it is opened next.
        for _ in 0..9 {
            store.change(Meeting::clone(&meeting)).expect("it is written");
        }
    }
    let store = open("http://b/");
    let all: Vec<String> = (0..4).map(|number| begins(&store, number)).collect();
    assert_eq!(all, ["http://a/", "http://b/", "http://a/", "http://c/"]);
    assert_eq!(store.links().len(), 3);
}
