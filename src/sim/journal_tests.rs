//! A journal on a disk: what is in it after whatever happened to it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const HEADER: Header = Header { version: 1, seed: 7 };

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    key: String,
    number: u64,
    more: BTreeMap<String, Option<String>>,
}

fn record(key: &str) -> Record {
    let more = [("line\nbreak", Some("\u{2028}\r\n\"\\")), ("none", None), ("喂", Some("\u{0}"))];
    let more = more.map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)));
    Record { key: key.into(), number: u64::MAX, more: more.into() }
}

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("state")
    }

    fn open(&self) -> (Journal<Record>, Vec<Record>) {
        let mut records = Vec::new();
        let journal = Journal::open(&self.path(), &HEADER, |record| records.push(record)).expect("a journal");
        (journal, records)
    }

    fn refusal(&self) -> String {
        format!("{:#}", Journal::<Record>::open(&self.path(), &HEADER, drop).expect_err("a refusal"))
    }

    fn of_records(records: &[Record]) -> Self {
        let place = Self::new();
        let (mut journal, _) = place.open();
        for record in records {
            journal.append(record).expect("it is written");
        }
        place
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).expect("a file")
    }

    fn write(&self, bytes: &[u8]) {
        fs::write(self.path(), bytes).expect("a file");
    }
}

#[test]
fn what_is_written_is_read_back_and_goes_on_where_it_ended() {
    let place = Place::new();
    let (mut journal, records) = place.open();
    assert_eq!(records, []);
    journal.append(&record("A")).expect("it is written");
    drop(journal);
    let (mut journal, records) = place.open();
    assert_eq!(records, [record("A")]);
    journal.append(&record("B")).expect("it is written");
    // Nothing is kept back until the journal is closed: a killed program closes nothing.
    assert_eq!(place.bytes().split_inclusive(|byte| *byte == b'\n').count(), 3);
    drop(journal);
    assert_eq!(place.open().1, [record("A"), record("B")]);
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |place: &Place| fs::metadata(place.path()).expect("a file").permissions().mode() & 0o777;
    let place = Place::of_records(&[record("A")]);
    assert_eq!(mode(&place), 0o600);
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o644)).expect("it is ours");
    let (mut journal, _) = place.open();
    assert_eq!(mode(&place), 0o600);
    journal.rewrite([record("B")]).expect("it is written");
    assert_eq!(mode(&place), 0o600);
}

#[test]
fn torn_anywhere_in_its_last_line_it_has_the_records_before() {
    let place = Place::of_records(&[record("A")]);
    let before = place.bytes().len();
    let whole = Place::of_records(&[record("A"), record("B")]).bytes();
    for len in before..whole.len() {
        place.write(&whole[..len]);
        let (mut journal, records) = place.open();
        assert_eq!(records, [record("A")], "{len}");
        assert_eq!(place.bytes(), whole[..before], "{len}");
        journal.append(&record("B")).expect("it is written");
        assert_eq!(place.bytes(), whole, "{len}");
    }
}

#[test]
fn a_last_line_of_something_else_is_cut_off() {
    let whole = Place::of_records(&[record("A")]).bytes();
    for tail in [&b"\0\0\0\0"[..], b"\n", b"00000000 {}\n", b"0000000", b"\xff\xfe\n"] {
        let place = Place::new();
        place.write(&[&whole, tail].concat());
        assert_eq!(place.open().1, [record("A")]);
        assert_eq!(place.bytes(), whole);
    }
}

#[test]
fn damage_before_the_last_line_is_refused_and_left_as_it_is() {
    let whole = Place::of_records(&[record("A"), record("B"), record("C")]).bytes();
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let (first, second) = (lines[0].len(), lines[0].len() + lines[1].len());
    for (at, number) in [(first, 2), (first + 8, 2), (second - 2, 2), (second + 20, 3)] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        let place = Place::new();
        place.write(&damaged);
        let refusal = place.refusal();
        assert!(refusal.contains(&format!("line {number} is damaged, and it is not the last")), "{refusal}");
        assert_eq!(place.bytes(), damaged);
    }
}

#[test]
fn a_whole_line_of_something_else_is_refused_and_left_as_it_is() {
    let mut bytes = Place::of_records(&[record("A")]).bytes();
    bytes.extend(line(&["no record"]).expect("JSON"));
    let place = Place::new();
    place.write(&bytes);
    let refusal = place.refusal();
    assert!(refusal.contains("line 3 is no record of this version"), "{refusal}");
    assert_eq!(place.bytes(), bytes);
}

#[test]
fn a_file_that_is_not_ours_is_refused_and_left_as_it_is() {
    let place = Place::new();
    for (bytes, words) in [
        (&b"\n"[..], "not a state file"),
        (b"name,mail\n", "not a state file"),
        (b"\x7fELF\0\0", "not a state file"),
        (&[b'x'; 5000], "not a state file"),
        (b"{\"file\":\"another\",\"version\":1,\"seed\":7}\n", "not a state file"),
        (b"{\"file\":\"convoke simulate\",\"version\":1,\"seed\":8}", "not a state file"),
        (b"{\"file\":\"convoke simulate\",\"version\":2,\"seed\":7}\n", "a newer version"),
        (b"{\"file\":\"convoke simulate\",\"version\":0,\"seed\":7}\n", "an older version"),
        (b"{\"file\":\"convoke simulate\",\"version\":1,\"seed\":8}\n", "give it the seed 8"),
    ] {
        place.write(bytes);
        let refusal = place.refusal();
        assert!(refusal.contains(words) && refusal.contains("state: "), "{refusal}");
        assert_eq!(place.bytes(), bytes);
    }
    let directory = Place::new();
    fs::create_dir(directory.path()).expect("a directory");
    assert!(directory.refusal().contains("it is a directory"));
    let nowhere = Journal::<Record>::open(&place.path().join("x"), &HEADER, drop).expect_err("a refusal");
    assert!(format!("{nowhere:#}").contains("it cannot be opened"), "{nowhere:#}");
}

#[cfg(unix)]
#[test]
fn a_link_or_a_device_is_refused() {
    let place = Place::new();
    std::os::unix::fs::symlink(place.0.path().join("elsewhere"), place.path()).expect("a link");
    assert!(place.refusal().contains("no ordinary file"));
    assert!(!place.0.path().join("elsewhere").exists());
    let null = Journal::<Record>::open(Path::new("/dev/null"), &HEADER, drop).expect_err("a refusal");
    assert!(format!("{null:#}").contains("no ordinary file"));
}

#[test]
fn a_file_that_was_left_while_it_was_begun_is_begun_again() {
    let whole = Place::of_records(&[]).bytes();
    for len in 0..whole.len() {
        let place = Place::new();
        place.write(&whole[..len]);
        assert_eq!(place.open().1, []);
        assert_eq!(place.bytes(), whole);
    }
}

#[test]
fn one_simulator_at_a_time_has_it() {
    let place = Place::new();
    let (mut journal, _) = place.open();
    assert!(place.refusal().contains("another simulator is using it"));
    journal.rewrite([record("A")]).expect("it is written");
    assert!(place.refusal().contains("another simulator is using it"), "the new file is locked, too");
    drop(journal);
    assert_eq!(place.open().1, [record("A")]);
}

#[test]
fn a_rewrite_leaves_what_it_was_given_and_no_other_file() {
    let place = Place::of_records(&[record("A"), record("B")]);
    let (mut journal, mut records) = place.open();
    records.remove(0);
    journal.rewrite(&records).expect("it is written");
    journal.append(&record("C")).expect("it is written");
    drop(journal);
    assert_eq!(place.open().1, [record("B"), record("C")]);
    assert_eq!(fs::read_dir(place.0.path()).expect("a directory").count(), 1);
}

#[test]
fn a_rewrite_that_fails_changes_nothing() {
    let place = Place::of_records(&[record("A")]);
    let (mut journal, _) = place.open();
    journal.path = place.0.path().join("gone").join("state");
    let refusal = journal.rewrite([record("B")]).expect_err("there is no such directory");
    assert!(format!("{refusal:#}").contains("cannot be written anew"), "{refusal:#}");
    journal.append(&record("C")).expect("it is written");
    drop(journal);
    assert_eq!(place.open().1, [record("A"), record("C")]);
}

#[test]
fn half_a_record_is_cut_off_before_the_next_is_written() {
    let place = Place::of_records(&[record("A")]);
    let (mut journal, _) = place.open();
    // As after a write that failed half-way, and could not be undone.
    let half = line(&record("B")).expect("JSON");
    journal.file.write_all(&half[..20]).expect("it is written");
    journal.torn = true;
    journal.append(&record("C")).expect("it is written");
    assert_eq!(place.bytes(), Place::of_records(&[record("A"), record("C")]).bytes());
}

#[test]
fn a_record_that_cannot_be_written_is_an_error_and_the_file_is_as_before() {
    let place = Place::of_records(&[record("A")]);
    let before = place.bytes();
    let (mut journal, _) = place.open();
    journal.file = File::open(place.path()).expect("it can be read");
    assert!(journal.append(&record("B")).is_err());
    assert!(journal.append(&record("B")).is_err(), "and so is the next");
    assert_eq!(place.bytes(), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let place = Place::of_records(&[]);
    let (mut journal, _) = place.open();
    journal.file = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    assert_eq!(journal.append(&record("A")).expect_err("full").kind(), io::ErrorKind::StorageFull);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_records_are_read_back(keys in prop::collection::vec((".*", any::<u64>(), prop::option::of("(?s).*")), 0..8)) {
        let records: Vec<Record> = keys
            .into_iter()
            .map(|(key, number, more)| Record { key: key.clone(), number, more: [(key, more)].into() })
            .collect();
        let place = Place::of_records(&records);
        prop_assert_eq!(place.open().1, records);
    }

    #[test]
    fn no_file_is_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..200), own in any::<bool>()) {
        let place = Place::new();
        let header = if own { Place::of_records(&[record("A")]).bytes() } else { Vec::new() };
        place.write(&[header, bytes].concat());
        let _ = Journal::<Record>::open(&place.path(), &HEADER, drop);
    }
}
