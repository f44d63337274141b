//! What is gathered, of the lines of an output.

use super::*;
use crate::input::{Reading, Source};

const HEADER: &str =
    "externalId,organizerUserId,startDateTime,endDateTime,status,joinWebUrl,organizerId,drift,error,attempts,record\n";
const ANNE: &str = "11111111-1111-4111-8111-111111111111";

/// The facts of an output of these lines, each without what every line begins with.
fn facts(lines: &str) -> Facts {
    let finished = Finished::open(Source::of(format!("{HEADER}{lines}")), Reading::default()).expect("an output");
    Facts::gather(&finished, File::default(), None, |_, entry| Some(entry.start()?.date_naive())).expect("its lines")
}

fn line(record: u64, id: &str, rest: &str) -> String {
    format!("{id},{ANNE},2027-02-03T08:00:00Z,2027-02-03T09:00:00Z,{rest},{record}\n")
}

#[test]
fn a_meeting_counts_once_for_its_day_and_its_organizer_and_a_row_each_time_for_the_rest() {
    let facts = facts(
        &[
            line(1, "a", "created,https://x.example/a,,,,2"),
            line(2, "a", "existing,https://x.example/a,,,,0"),
            line(3, "b", "existing,https://x.example/b,,,,1"),
            line(4, "c", "skipped,,,,,0"),
        ]
        .concat(),
    );
    assert_eq!((facts.counts, facts.attempts, facts.rows()), ([1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 3, 4));
    assert_eq!(facts.organizers, [(ANNE.to_owned(), 2)]);
    assert_eq!(facts.days.into_iter().collect::<Vec<_>>(), [("2027-02-03".parse().expect("a day"), 2)]);
    assert!(facts.causes.is_empty(), "{:?}", facts.causes);
}

#[test]
fn causes_are_told_apart_with_their_mend_and_the_most_frequent_first() {
    let policy = "no application access policy lets this app make meetings for the organizer (there is none, it is not in \
        effect yet, or another policy of the organizer's has taken its place: each user has one): an administrator acts; \
        then run again (HTTP 403)";
    let facts = facts(&[
        line(1, "a", "differs,https://x.example/a,,subject: Graph has 'x'; endDateTime: Graph has 2027,,1"),
        line(2, "b", "differs,https://x.example/b,,subject: Graph has 'x',,1"),
        line(3, "c", &format!("refused,,,,\"{policy}; in Teams PowerShell: Grant-It 1; Grant-It 2\",1")),
        line(4, "d", &format!("refused,,,,\"{policy}; in Teams PowerShell: Grant-It 1; Grant-It 3\",1")),
        line(5, "e", &format!("refused,,,,\"{policy}\",1")),
        "f,nobody at all,yesterday,,invalid,,,,\"record 6 (line 7): it is wrong; mend it\",0,6\n".to_owned(),
        line(7, "g", "invalid,,,,\"record 7 (line 8): startDateTime 'x': it is odd; make it even\",0"),
        line(8, "h", "failed,,,,\"gave up after 8 attempts in 1 min; the last time: no connection to Graph: check it (refused)\",8"),
    ].concat());
    let told: Vec<_> = facts.causes.iter().map(|cause| (cause.status, cause.what.as_str(), cause.rows)).collect();
    assert_eq!(told[0].2, 3);
    assert!(told[0].1.starts_with("no application access policy"), "{told:?}");
    assert_eq!(facts.causes[0].paste, "Grant-It 1; Grant-It 2; Grant-It 3");
    assert!(facts.causes[0].mend.starts_with("an administrator acts"), "{}", facts.causes[0].mend);
    assert_eq!(facts.causes[0].records, [3, 4, 5]);
    assert_eq!(told[1], (Status::Differs, "the subject at Graph is not the row's", 2));
    assert!(told.contains(&(Status::Invalid, "it is odd", 1)), "{told:?}");
    assert!(told.contains(&(Status::Failed, "no connection to Graph", 1)), "{told:?}");
    assert!(facts.causes.iter().all(|cause| !cause.mend.is_empty()), "{:?}", facts.causes);
}

#[test]
fn a_thousand_causes_and_organizers_are_bounded() {
    let lines =
        (1..=1500).map(|record| line(record, &record.to_string(), &format!("refused,,,,odd {record}; do {record},1")));
    let facts = facts(&lines.collect::<String>());
    assert_eq!(facts.causes.len(), 101);
    assert_eq!((facts.causes[0].what.as_str(), facts.causes[0].rows), ("other causes", 1400));
    assert_eq!(facts.causes[0].records.len(), 1000);
    let mut organizers = Organizers::default();
    for number in 0..ORGANIZERS_MAX + 7 {
        organizers.count(&format!("A{number}@x.example"));
    }
    organizers.count("a3@x.example");
    let told = organizers.told();
    assert_eq!((told.len(), &told[0]), (ORGANIZERS_TOLD + 1, &("A3@x.example".to_owned(), 2)));
    assert_eq!(told.iter().map(|(_, meetings)| meetings).sum::<u64>(), ORGANIZERS_MAX as u64 + 8);
}

#[test]
fn a_file_is_known_by_its_digest() {
    let file = File::of_reader("a".into(), &b"abc"[..]).expect("it can be read");
    assert_eq!(
        (file.bytes, file.sha256.as_str()),
        (3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    );
}
