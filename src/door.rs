//! A door that lets in one at a time, of those who wait whoever has the lowest number: rows come in the order of the sheet
//! though some be held up on their way.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use tokio::sync::oneshot;

/// Who waits: by number, and by when they came.
type Place = (u64, u64);

/// The door.
#[derive(Default)]
pub struct Door(Rc<Inner>);

#[derive(Default)]
struct Inner {
    is_taken: Cell<bool>,
    came: Cell<u64>,
    waiting: RefCell<BTreeMap<Place, oneshot::Sender<Pass>>>,
}

/// Whoever has it is in the door; dropping it lets the next one in.
pub struct Pass(Rc<Inner>);

/// Whoever has it waits; dropping it gives the place up.
struct Waiting<'a>(&'a Inner, Place);

impl Door {
    /// Waits until nobody is in it and nobody with a lower number waits.
    pub async fn pass(&self, number: u64) -> Pass {
        let Self(inner) = self;
        if !inner.is_taken.replace(true) {
            return Pass(inner.clone());
        }
        let place = (number, inner.came.replace(inner.came.get() + 1));
        // A pass that is given to somebody who has gone is dropped with the channel, and so goes to the next.
        let (give, given) = oneshot::channel();
        inner.waiting.borrow_mut().insert(place, give);
        let _waiting = Waiting(inner, place);
        given.await.expect("it is kept until it is used or its place is given up")
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let Self(inner) = self;
        let next = inner.waiting.borrow_mut().pop_first();
        match next {
            Some((_, give)) => drop(give.send(Self(inner.clone()))),
            None => inner.is_taken.set(false),
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let Self(inner, place) = self;
        inner.waiting.borrow_mut().remove(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;
    use proptest::prelude::*;

    #[test]
    fn whoever_gives_up_stands_in_nobodys_way() {
        let door = Door::default();
        let inside = door.pass(0).now_or_never().expect("nobody is there");
        let (mut first, mut second) = (Box::pin(door.pass(1)), Box::pin(door.pass(2)));
        assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
        drop(inside);
        // It was given the pass, and has not taken it.
        drop(first);
        let inside = second.now_or_never().expect("it is the next");
        let gone = door.pass(3).now_or_never();
        assert!(gone.is_none());
        drop(inside);
        assert!(door.pass(4).now_or_never().is_some(), "nobody waits");
    }

    proptest! {
        #[test]
        fn of_those_who_wait_the_lowest_number_is_next(numbers in proptest::collection::vec(0_u64..20, 1..20)) {
            let door = Door::default();
            let mut inside = door.pass(0).now_or_never();
            let mut waiting: Vec<_> = numbers.iter().map(|number| (*number, Box::pin(door.pass(*number)))).collect();
            for (_, one) in &mut waiting {
                prop_assert!(one.as_mut().now_or_never().is_none());
            }
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            for number in sorted {
                drop(inside.take());
                let mut passed = waiting.iter_mut().enumerate().filter_map(|(place, (_, one))| {
                    Some((place, one.as_mut().now_or_never()?))
                });
                let (place, pass) = passed.next().expect("somebody is next");
                prop_assert!(passed.next().is_none());
                drop(passed);
                inside = Some(pass);
                prop_assert_eq!(waiting.remove(place).0, number);
            }
        }
    }
}
