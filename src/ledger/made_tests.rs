//! What is known, what is in doubt, and what is not passed over.

use std::fs;

use super::*;
use crate::input::{Reading, Rows, Source};

const HEADER: &str =
    "externalId,organizerUserId,status,joinWebUrl,meetingId,organizerId,organizedBy,madeBy,error,attempts,record\n";

fn parser() -> Parser {
    Rows::open(Source::of("externalId,organizerUserId\n"), Reading::default()).expect("a header").parser().clone()
}

fn read(lines: &str) -> Result<Made> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("out.csv");
    fs::write(&path, format!("{HEADER}{lines}")).expect("a file");
    let mut made = Made::new(Trouble { cause: "torn".into(), ..Trouble::default() });
    made.read(&path, &parser()).map(|is_there| {
        assert!(is_there);
        made
    })
}

fn key(id: &str, organizer: Organizer) -> (Organizer, ExternalId) {
    (organizer, ExternalId::new(id).expect("an id"))
}

fn status(made: &mut Made, id: &str, organizer: Organizer) -> Option<Status> {
    made.find(&key(id, organizer)).expect("a file").map(|has| has.outcome.status())
}

#[test]
fn a_meeting_is_found_by_every_name_of_its_organizer_and_goes_before_doubt() {
    let lines = "A,Ada@a.example,uncertain,,,,,,nobody knows,1,1\n\
                 A,ada@a.example,created,https://l/a,m,6B1E,ada@b.example,create,,1,2\n\
                 B,o,uncertain,,,,,,nobody knows,1,3\n\
                 C,o,refused,,,,,,no,1,4\nD,o,gone,https://l/d,m,,,create,,1,5\n,,,,,,,,,,\n";
    let mut made = read(lines).expect("an output");
    let named = |name: &str| Organizer::Named(name.to_owned());
    for organizer in [named("ada@a.example"), named("ada@b.example"), Organizer::User("6b1e".into())] {
        assert_eq!(status(&mut made, "A", organizer), Some(Status::Created));
    }
    for (id, has) in [("B", Some(Status::Uncertain)), ("C", None), ("D", None), ("E", None)] {
        assert_eq!(status(&mut made, id, named("o")), has, "{id}");
    }
    assert_eq!(status(&mut made, "A", named("o")), None, "it is another's");
}

#[test]
fn a_line_that_is_torn_is_in_doubt_at_the_end_and_refused_before_it() {
    let whole = "A,o,created,https://teams.example/a,m,6b1e,,create,,1,1\n";
    for cut in 1..whole.len() {
        let mut made = read(&whole[..cut]).expect("an output");
        let has = status(&mut made, "A", Organizer::Named("o".into()));
        let want = match cut {
            0..=3 => None,
            cut if cut > whole.find("1,1").expect("attempts") => Some(Status::Created),
            _ => Some(Status::Uncertain),
        };
        assert_eq!(has, want, "{}", &whole[..cut]);
        if cut < whole.find(",https").expect("a link") {
            assert!(read(&format!("{}\n{whole}", &whole[..cut])).is_err(), "{cut}");
        }
    }
}

#[test]
fn what_tells_of_a_meeting_and_not_of_whose_is_refused_and_so_is_what_is_no_output() {
    assert!(read(",o,created,https://l/a,m,,,create,,1,1\n").is_err());
    assert!(read("A,,uncertain,,,,,,nobody knows,1,1\n").is_err());
    assert!(read(",,invalid,,,,,,flaws,0,1\n").is_ok());
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("out.csv");
    let mut made = Made::new(Trouble::default());
    assert!(!made.read(&path, &parser()).expect("no file"));
    fs::write(&path, "externalId,organizerUserId\nA,o\n").expect("a file");
    assert!(made.read(&path, &parser()).is_err());
}

#[test]
fn a_row_in_doubt_is_so_under_every_name_that_may_be_its_organizers() {
    let id = "6b1e2f00-0000-4000-8000-000000000001";
    let other = Organizer::User("6b1e2f00-0000-4000-8000-000000000002".into());
    let named = |name: &str| Organizer::Named(name.to_owned());
    let lines = format!(
        "A,ada@a.example,uncertain,,,,,,nobody knows,1,1\nA,bo@a.example,refused,,,,,,no,1,2\n\
         B,{id},uncertain,,,,,,nobody knows,1,3\n"
    );
    let mut made = read(&lines).expect("an output");
    for (name, organizer, has) in [
        ("A", Organizer::User(id.into()), Some(Status::Uncertain)),
        ("A", named("lovelace@a.example"), Some(Status::Uncertain)),
        ("A", named("bo@a.example"), None),
        ("B", named("ada@a.example"), Some(Status::Uncertain)),
        ("B", other, None),
        ("C", named("ada@a.example"), None),
    ] {
        assert_eq!(status(&mut made, name, organizer.clone()), has, "{name} {organizer:?}");
    }
}

#[test]
fn a_meeting_that_is_gone_in_one_line_is_gone_and_one_that_could_not_be_looked_at_is_there() {
    let named = |name: &str| Organizer::Named(name.to_owned());
    let lines = "A,o,created,https://l/a,m,,,create,,1,1\nB,o,created,https://l/b,m,,,create,,1,2\n\
                 A,o,cancelled,https://l/a,m,,,create,,1,3\nC,o,refused,https://l/c,m,,,create,no,1,4\n\
                 D,o,failed,https://l/d,m,,,create,no,1,5\nE,o,failed,,,,,,no,1,6\n";
    let mut made = read(lines).expect("an output");
    let there = Some(Status::Differs);
    for (id, has) in [("A", None), ("B", Some(Status::Created)), ("C", there), ("D", there), ("E", None)] {
        assert_eq!(status(&mut made, id, named("o")), has, "{id}");
    }
}
