//! Meetings found again in an earlier output, whatever their organizers are called.

use super::*;
use crate::input::{Reading, Rows, Source};

const HEADER: &str =
    "externalId,organizerUserId,subject,status,joinWebUrl,meetingId,organizerId,organizedBy,attempts,record\n";

fn history(lines: &str) -> History {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("out.csv");
    std::fs::write(&path, format!("{HEADER}{lines}")).expect("a file");
    let rows = Rows::open(Source::of("externalId,organizerUserId\n"), Reading::default()).expect("a header");
    History::open(&path, rows.parser()).expect("an output").expect("it is there")
}

fn found(history: &mut History, organizer: &Organizer, id: &str) -> Option<u64> {
    let was = history.find(&Meeting::blank(organizer.clone(), id)).expect("a file");
    was.map(|was| was.record)
}

const ID: &str = "6b1e0000-0000-4000-8000-0000000000ab";

#[test]
fn a_meeting_is_found_by_any_name_of_its_organizer_and_what_has_none_is_not() {
    let id = ID.to_uppercase();
    let mut history = history(&format!(
        "A,ada.l@contoso.example,S,created,https://x,m,{id},Ada@contoso.example,1,1\n\
         B,{id},S,refused,,,,,1,2\n\
         C,{id},S,existing,https://y,n,{id},ada@contoso.example,1,3\n\
         D,{id},S,gone,https://z,o,{id},ada@contoso.example,1,4\n\
         E,cy,S,uncertain,,,,,1,5\n\
         A,{ID},S,existing,https://x,m,{id},ada@contoso.example,0,6\n\
         torn\n"
    ));
    let names = [
        Organizer::User(ID.into()),
        Organizer::Named("ADA@contoso.example".into()),
        Organizer::Named("ada.l@contoso.example".into()),
    ];
    for name in &names {
        let at = ["A", "B", "C", "D", "E"].map(|id| found(&mut history, name, id));
        assert_eq!(at, [Some(1), None, Some(3), None, None], "{name:?}");
    }
    assert_eq!(found(&mut history, &Organizer::Named("Cy".into()), "E"), Some(5));
    let places = history.places(|_, _| true).expect("a file");
    let all = places.into_iter().map(|place| history.at(place).expect("a file").expect("a line").record);
    assert_eq!(all.collect::<Vec<_>>(), [1, 3, 5], "each meeting once");
    assert_eq!(history.illegible(), 1, "the torn one");
}

#[test]
fn what_is_no_output_is_refused_and_what_is_not_there_is_none() {
    let rows = Rows::open(Source::of("externalId,organizerUserId\n"), Reading::default()).expect("a header");
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "externalId,organizerUserId\nA,o\n").expect("a file");
    assert!(History::open(file.path(), rows.parser()).is_err());
    let path = file.path().with_extension("nowhere");
    assert!(History::open(&path, rows.parser()).expect("no file").is_none());
}

#[test]
fn a_line_has_its_meeting_though_what_its_row_asked_for_cannot_be_read_any_more() {
    let header = "externalId,organizerUserId,subject,startDateTime,timeZone,attendees,status,joinWebUrl,meetingId,\
                  organizerId,meetingStart,error,attempts,record";
    let start = "2027-02-03T08:00:00Z";
    let why = "\"the meeting is there, but could not be set as asked: no\"";
    // No zone is said of the first, the second says not whose it is, and the third not what it is called.
    let lines = format!(
        "A,ada@a.example,S,2027-02-03 09:00,,bo@a.example,created,https://x,m,{ID},{start},{why},1,1\n\
         B,,T,2027-02-03 09:00,,,created,https://x,m,{ID},{start},,1,2\n\
         ,ada@a.example,T,,,,created,https://x,m,{ID},{start},,1,3\n\
         ,ada@a.example,T,,,,invalid,,,,,no externalId,0,4\n\
         E,ada@a.example,T,,,,crea\n"
    );
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), format!("{header}\n{lines}")).expect("a file");
    let rows = Rows::open(Source::of("externalId,organizerUserId\n"), Reading::default()).expect("a header");
    let mut history = History::open(file.path(), rows.parser()).expect("an output").expect("it is there");
    let (ada, id) = (Organizer::Named("ada@a.example".into()), Organizer::User(ID.into()));
    let first = history.find(&Meeting::blank(ada, "A")).expect("a file").expect("a line");
    assert_eq!((first.asked.subject.as_deref(), first.asked.span.start()), (Some("S"), None));
    assert_eq!(first.asked.attendees.len(), 1);
    assert_eq!(first.outcome.answer().and_then(|answer| answer.meeting.start.as_deref()), Some(start));
    assert_eq!(found(&mut history, &id, "B"), Some(2));
    assert_eq!(history.illegible(), 2, "that without a name and the torn one; what has flaws has no meeting");
    let unfinished = super::super::unfinished(file.path(), rows.parser()).expect("a file");
    assert!(unfinished.contains(&KeyHash::of(&Meeting::blank(id, "A").key())));
}
