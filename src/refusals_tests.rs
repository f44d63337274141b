//! When an organizer is asked no more, in a model.

use futures::FutureExt as _;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// The beginning of a cause that is the organizer's.
const GONE: &str = "Graph does not find the organizer: who?";

fn meeting(organizer: &str) -> Meeting {
    Meeting::blank(Organizer::User(organizer.to_owned()), "A")
}

fn gone(said: &str) -> Trouble {
    Trouble { http_status: Some(404), cause: GONE.into(), said: said.into(), ..Trouble::default() }
}

#[test]
fn three_answers_alike_close_an_organizer_in_whatever_case_and_one_good_one_opens_it_again() {
    let (refusals, small, large, other) = (Refusals::default(), meeting("a"), meeting("A"), meeting("b"));
    let waits = refusals.asker(&large, 9);
    let mut waiting = Box::pin(waits.or(std::future::pending::<()>()));
    for record in [7, 5, 6] {
        assert!((&mut waiting).now_or_never().is_none());
        refusals.asker(&small, record).refused(&gone("id 6b1e0000-0000-4000-8000-000000000001"));
        refusals.asker(&other, 1).refused(&Trouble { cause: "the row's own".into(), ..gone("") });
    }
    let Some(Err(Shut::Refused(trouble))) = waiting.now_or_never() else { panic!("it is not asked") };
    assert_eq!((trouble.own.unasked, trouble.http_status), (Some(5), None));
    assert!(refusals.asker(&other, 8).shut().is_none());
    refusals.asker(&small, 8).succeeded();
    assert!(refusals.asker(&small, 9).shut().is_none());
}

#[test]
fn while_more_of_its_answers_are_on_the_way_an_organizer_is_in_doubt_and_a_good_one_clears_it() {
    for good in [true, false] {
        let (refusals, meeting) = (Refusals::default(), meeting("a"));
        let (asker, waits) = (refusals.asker(&meeting, 4), refusals.asker(&meeting, 5));
        let on_wire = asker.sends();
        for record in 1..=3 {
            refusals.asker(&meeting, record).refused(&gone("no"));
        }
        let mut settled = Box::pin(waits.settled());
        assert!((&mut settled).now_or_never().is_none());
        assert!(matches!(waits.shut(), Some(Shut::Doubtful)));
        drop(on_wire);
        if good {
            asker.succeeded();
        }
        assert!(settled.now_or_never().is_some());
        assert_eq!(matches!(waits.shut(), Some(Shut::Refused(_))), !good);
        assert!(refusals.on_wire.borrow().is_empty());
    }
}

#[test]
fn ids_in_the_words_make_no_difference_and_words_do() {
    let [one, two] = ["6b1e0000-0000-4000-8000-000000000001", "6b1e0000-0000-4000-8000-000000000002"];
    assert!(are_alike(&gone(&format!("no user '{one}'.")), &gone(&format!("no user '{two}'."))));
    assert!(!are_alike(&gone("no user"), &gone("no users")));
    assert!(!are_alike(&gone("no"), &Trouble { http_status: Some(403), ..gone("no") }));
    assert!(!are_alike(&gone("no"), &Trouble { code: "X".into(), ..gone("no") }));
}

#[test]
fn ever_new_organizers_do_not_fill_memory() {
    let refusals = Refusals::default();
    for number in 0..ORGANIZERS_MAX + 10 {
        refusals.asker(&meeting(&number.to_string()), 1).refused(&gone("no"));
    }
    assert_eq!(refusals.standing.borrow().len(), ORGANIZERS_MAX);
}

proptest! {
    #[test]
    fn an_organizer_is_closed_when_its_last_three_answers_are_alike(answers in vec((0..3_usize, 0..4_u8), 0..60)) {
        let refusals = Refusals::default();
        let mut last: [Vec<u8>; 3] = Default::default();
        for (record, (organizer, answer)) in (1..).zip(answers) {
            let meeting = meeting(&organizer.to_string());
            let asker = refusals.asker(&meeting, record);
            match answer {
                0 => asker.succeeded(),
                1 => asker.refused(&Trouble { cause: "the row's own".into(), ..gone("no") }),
                _ => asker.refused(&gone(if answer == 2 { "two" } else { "three" })),
            }
            if answer != 1 {
                last[organizer].push(answer);
            }
            let alike = last[organizer].iter().rev().take(3).filter(|own| **own == answer && answer > 1).count();
            let expected = match answer {
                1 => asker.shut().is_some(),
                _ => alike == 3,
            };
            prop_assert_eq!(asker.shut().is_some(), expected);
        }
    }
}
