//! What is counted, and what the summary says.

use super::*;
use crate::input::{Flaw, Row};
use crate::meeting::Organizer;
use crate::outcome::Trouble;

fn line(record: u64, outcome: Outcome) -> Line {
    let row = Row::blank(record);
    Line { row, outcome, attempts: 2, remark: None }
}

fn invalid(kind: &'static str) -> Outcome {
    let flaw =
        Flaw { cell: Some(0), part: 0..1, column: "c".into(), value: "v".into(), kind, what: None, mend: "m".into() };
    Outcome::Invalid(vec![flaw.clone(), flaw])
}

fn refused(cause: &str) -> Outcome {
    Outcome::Refused(Trouble { cause: cause.into(), ..Trouble::default() })
}

#[test]
fn causes_are_grouped_with_their_rows_and_the_first_record() {
    let mut tally = Tally::default();
    for (record, outcome) in
        [(1, invalid("empty")), (2, refused("no policy")), (3, refused("no policy")), (4, Outcome::Skipped)]
    {
        tally.count(&line(record, outcome));
    }
    assert!(!tally.all(Status::is_as_asked));
    let cost = Cost {
        look_ups: 3,
        directory_held: Duration::from_secs(12),
        requests: 8,
        throttled: 2,
        limit: Some(29.0),
        took: Duration::from_secs(75),
        held: Duration::from_millis(1500),
        resumed: 0,
    };
    assert_eq!(
        tally.summary(&cost, "out.csv", true),
        "4 rows: 1 invalid · 2 refused · 1 skipped\n  \
           refused (2 rows, first record 2): no policy\n  \
           invalid (1 row, record 1): empty\n\
         8 requests in 1 min 15 s, of which 1.5 s held because Graph asked to wait, and 3 look-ups of names, held \
           12 s because the directory asked to wait\n  \
           2 requests told to wait; Graph seems to allow about 29.0 per second\n\
         output: out.csv\n\
         This was a rehearsal: nothing real was made, and the links lead nowhere."
    );
}

#[test]
fn what_is_remarked_is_summed_up_with_the_first_of_it() {
    let mut tally = Tally::default();
    for record in 1..=3 {
        let remark = (record > 1).then_some(Remark::SameIdOtherOrganizer(1));
        tally.count(&Line { remark, ..line(record, Outcome::Skipped) });
    }
    let summary = tally.summary(&Cost::default(), "out.csv", false);
    assert!(summary.contains("\n  warning (2 rows, first record 2, see record 1): the externalId"), "{summary}");
}

#[test]
fn warnings_of_rows_are_summed_up_by_kind() {
    let mut tally = Tally::default();
    let Outcome::Invalid(warnings) = invalid("a meeting in the past") else { return };
    for record in 1..=3 {
        let line = line(record, Outcome::Skipped);
        let row = Row { warnings: if record > 1 { warnings.clone() } else { Vec::new() }, ..line.row };
        tally.count(&Line { row, ..line });
    }
    let summary = tally.summary(&Cost::default(), "out.csv", false);
    assert!(summary.contains("\n  warning (2 rows, first record 2): a meeting in the past\n"), "{summary}");
}

#[test]
fn a_cause_is_told_row_by_row_only_while_it_is_rare() {
    let mut tally = Tally::default();
    let mut told = |outcome: &Outcome| (1..=50).filter(|&record| tally.count(&line(record, outcome.clone()))).count();
    assert_eq!([told(&refused("no policy")) as u64, told(&invalid("empty")) as u64], [TOLD_MAX, TOLD_INVALID_MAX]);
}

#[test]
fn a_cause_that_is_an_organizers_is_told_once_for_each_of_them_with_the_number_of_rows() {
    let mut tally = Tally::default();
    let cause = "no application access policy lets this app make meetings for the organizer (there is none, it is not in \
                 effect yet, or another policy of the organizer's has taken its place: each user has one): mend it";
    let mut told = Vec::new();
    for record in 1..=9 {
        let organizer = if record % 3 == 0 { "b" } else { ["A", "a"][usize::from(record > 4)] };
        let Outcome::Refused(mut trouble) = refused(cause) else { return };
        trouble.own.paste = crate::graph::cmdlets(Some("app"), &[&organizer.to_lowercase()]);
        let trouble = if record > 4 { trouble.unasked(1) } else { trouble };
        let meeting = Meeting::blank(Organizer::User(organizer.to_owned()), "x");
        let line = line(record, Outcome::Refused(trouble));
        let line = Line { row: Row { meeting: Ok(meeting), ..line.row }, ..line };
        told.extend(tally.count(&line).then_some(record));
    }
    assert_eq!(told, [1, 3]);
    let summary = tally.summary(&Cost::default(), "out.csv", false);
    let expected = format!(
        "  refused (9 rows, first record 1): {cause}\n    \
             organizer A: 6 rows, first record 1, 3 of them not asked again after three identical answers\n    \
             organizer b: 3 rows, first record 3, 2 of them not asked again after three identical answers\n    \
             in Teams PowerShell: {}\n",
        crate::graph::cmdlets(Some("app"), &["a", "b"])
    );
    assert!(summary.contains(&expected), "{summary}");
}

#[test]
fn ever_new_causes_do_not_fill_memory() {
    let mut tally = Tally::default();
    for record in 1..=1000 {
        tally.count(&line(record, refused(&format!("cause {record}"))));
    }
    assert_eq!(tally.causes().len(), CAUSES_MAX + 1);
    assert_eq!(tally.causes()[0].rows, 900);
}
