//! Opening: the first answers of a run, which tell whether any row can succeed.
//!
//! When they are all refused for one cause, that is not the rows' fault: the policy is missing, or the app is another's.
//! They are held back until one ends otherwise, so that no row is marked for it and all are sent again when it is mended.

use std::collections::HashSet;
use std::mem::take;

use crate::meeting::{ExternalId, Organizer};
use crate::outcome::{Line, Outcome, Trouble};

/// How many rows must be refused for one cause before it is held to be everybody's.
pub const REFUSED: usize = 20;
/// How many lines are held back at the most, those between that were never sent included: some 20 MB.
const HELD_MAX: usize = 8192;
/// When so many lines are held, so few refusals must do: hundreds of rows may ask for one meeting.
const REFUSED_FEW: usize = 3;

/// The first answers.
#[derive(Debug)]
pub struct Opening {
    held: Vec<Line>,
    refused: usize,
    /// Whose meetings they were.
    organizers: HashSet<Organizer>,
    /// Which meetings they were, of those that were not asked for again: each counts once, as if it had been.
    unasked: HashSet<(Organizer, ExternalId)>,
    trouble: Option<Trouble>,
    over: bool,
}

impl Opening {
    /// Watches for them, or not at all.
    pub fn new(watches: bool) -> Self {
        Self {
            held: Vec::new(),
            refused: 0,
            organizers: HashSet::new(),
            unasked: HashSet::new(),
            trouble: None,
            over: !watches,
        }
    }

    /// Takes the next line and gives those that may be written now. Fails, with the cause, when no row can succeed.
    /// `others` tells whether rows of other organizers than this are under way: one who has left the university is no
    /// reason to stop for all.
    pub fn take(&mut self, line: Line, others: impl FnOnce(&Organizer) -> bool) -> Result<Vec<Line>, Trouble> {
        if self.over {
            return Ok(vec![line]);
        }
        let sent = line.attempts > 0 && !matches!(line.outcome, Outcome::Carried(_));
        let counts = sent || self.is_unasked_first(&line);
        match (&line.outcome, &self.trouble) {
            (Outcome::Refused(trouble), own) if counts && own.as_ref().is_none_or(|own| own.cause == trouble.cause) => {
                self.refused += 1;
                self.organizers.extend(line.row.meeting.as_ref().map(|meeting| meeting.key().0));
                if sent || self.trouble.is_none() {
                    self.trouble = Some(trouble.clone());
                }
            }
            // Of a row that was not sent nothing can be learnt.
            _ if !counts => {}
            _ => self.over = true,
        }
        self.held.push(line);
        let is_full = self.held.len() >= HELD_MAX;
        let enough = if is_full { REFUSED_FEW } else { REFUSED };
        if let (Some(trouble), false) = (&self.trouble, self.over || self.refused < enough) {
            let of_all = match self.organizers.iter().next() {
                Some(organizer) if self.organizers.len() == 1 => !others(organizer),
                _ => true,
            };
            if of_all {
                self.held.clear();
                return Err(trouble.clone());
            }
        }
        let none_yet = self.refused == 0;
        Ok(if self.over || none_yet || is_full { self.rest() } else { Vec::new() })
    }

    /// Whether the row would have been sent, had not others of its organizer been refused three times in the same words.
    /// Later rows for the same meeting would not have been.
    fn is_unasked_first(&mut self, line: &Line) -> bool {
        let is_unasked = matches!(&line.outcome, Outcome::Refused(trouble) if trouble.own.unasked.is_some());
        is_unasked && line.row.meeting.as_ref().is_ok_and(|meeting| self.unasked.insert(meeting.key()))
    }

    /// The lines that are still held back: the run ends, or there are so many that it is over.
    pub fn rest(&mut self) -> Vec<Line> {
        self.over |= self.refused > 0;
        take(&mut self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Row;
    use crate::meeting::Meeting;
    use crate::outcome::Answer;

    fn take(opening: &mut Opening, line: Line) -> Result<Vec<Line>, Trouble> {
        opening.take(line, |_| false)
    }

    fn line(outcome: Outcome) -> Line {
        let row = Row::blank(1);
        let attempts = u32::from(matches!(outcome, Outcome::Refused(_) | Outcome::Created(_)));
        Line { row, outcome, attempts, remark: None }
    }

    fn refused(cause: &str) -> Line {
        line(Outcome::Refused(Trouble { cause: cause.into(), ..Trouble::default() }))
    }

    #[test]
    fn the_first_rows_refused_for_one_cause_doom_the_run_and_none_is_written() {
        let mut opening = Opening::new(true);
        assert_eq!(
            take(&mut opening, line(Outcome::Skipped)).expect("no doom").len(),
            1,
            "nothing is held for nothing"
        );
        for _ in 1..REFUSED {
            assert!(take(&mut opening, refused("no policy")).expect("not yet").is_empty());
            assert!(take(&mut opening, line(Outcome::Skipped)).expect("not yet").is_empty());
        }
        assert_eq!(take(&mut opening, refused("no policy")).expect_err("doom").cause, "no policy");
        assert!(opening.rest().is_empty());
    }

    #[test]
    fn one_organizers_refusals_are_not_everybodys_while_others_are_under_way() {
        let of = |organizer: &str| {
            let line = refused("gone");
            let meeting = Meeting::blank(Organizer::User(organizer.to_owned()), "A");
            Line { row: Row { meeting: Ok(meeting), ..line.row }, ..line }
        };
        let mut opening = Opening::new(true);
        for _ in 0..2 * REFUSED {
            assert!(opening.take(of("a"), |own| *own == Organizer::User("a".into())).expect("not yet").is_empty());
        }
        assert!(opening.take(of("b"), |_| true).is_err(), "two of them are refused for it");
        let mut opening = Opening::new(true);
        for _ in 1..REFUSED {
            assert!(opening.take(of("a"), |_| false).expect("not yet").is_empty());
        }
        assert!(opening.take(of("a"), |_| false).is_err(), "there is nobody else");
    }

    #[test]
    fn rows_that_were_not_asked_again_count_as_if_they_had_been_but_once_for_each_meeting() {
        let of = |id: usize| {
            let line = refused("gone");
            let meeting = Meeting::blank(Organizer::Me, &id.to_string());
            let Outcome::Refused(trouble) = line.outcome else { unreachable!("it is refused") };
            let trouble = Trouble { http_status: Some(403), ..trouble };
            let (outcome, attempts) =
                if id < 3 { (Outcome::Refused(trouble), 1) } else { (Outcome::Refused(trouble.unasked(1)), 0) };
            Line { row: Row { meeting: Ok(meeting), ..line.row }, outcome, attempts, ..line }
        };
        let mut opening = Opening::new(true);
        for id in 0..REFUSED - 1 {
            assert!(take(&mut opening, of(id)).expect("not yet").is_empty());
            assert!(id < 3 || take(&mut opening, of(id)).expect("the same meeting").is_empty());
        }
        let trouble = take(&mut opening, of(REFUSED)).expect_err("doom");
        assert_eq!((trouble.http_status, trouble.own.unasked), (Some(403), None), "it is that of a row that was asked");
    }

    #[test]
    fn any_other_end_among_them_sets_them_free() {
        for other in [refused("another"), line(Outcome::Created(Answer::default()))] {
            let mut opening = Opening::new(true);
            for _ in 1..REFUSED {
                assert!(take(&mut opening, refused("no policy")).expect("not yet").is_empty());
            }
            assert_eq!(take(&mut opening, other).expect("no doom").len(), REFUSED);
            for _ in 0..2 * REFUSED {
                assert_eq!(take(&mut opening, refused("no policy")).expect("it is over").len(), 1);
            }
        }
    }

    #[test]
    fn when_many_rows_ask_for_each_meeting_few_refusals_must_do() {
        let mut opening = Opening::new(true);
        let skipped = || line(Outcome::Skipped);
        for _ in 0..REFUSED_FEW {
            assert!(take(&mut opening, refused("no policy")).expect("not yet").is_empty());
        }
        for _ in REFUSED_FEW..HELD_MAX - 1 {
            assert!(take(&mut opening, skipped()).expect("not yet").is_empty());
        }
        assert_eq!(take(&mut opening, skipped()).expect_err("no more can be held").cause, "no policy");
    }

    #[test]
    fn what_is_held_back_when_the_run_ends_is_given() {
        let mut opening = Opening::new(true);
        for _ in 1..REFUSED {
            assert!(take(&mut opening, refused("no policy")).expect("not yet").is_empty());
        }
        assert_eq!(opening.rest().len(), REFUSED - 1);
    }

    #[test]
    fn who_sets_another_bound_is_not_watched() {
        let mut opening = Opening::new(false);
        assert!((0..2 * REFUSED).all(|_| take(&mut opening, refused("no policy")).expect("no doom").len() == 1));
    }
}
