//! Who was looked up, by name, as many as are worth their memory: those that were asked for last.

use std::collections::HashMap;
use std::mem::take;
use std::rc::Rc;

use super::Person;

/// How many make a generation, of which two are kept: some 10 MB in all. A university's people are fewer, and of more
/// some are looked up again.
const GENERATION: usize = 25_000;

/// People by name, in lower case.
#[derive(Default)]
pub(super) struct Known {
    young: HashMap<String, Rc<Person>>,
    old: HashMap<String, Rc<Person>>,
}

impl Known {
    pub(super) fn get(&mut self, name: &str) -> Option<Rc<Person>> {
        if let Some(person) = self.young.get(name) {
            return Some(person.clone());
        }
        let (name, person) = self.old.remove_entry(name)?;
        self.young.insert(name, person.clone());
        self.make_room();
        Some(person)
    }

    pub(super) fn put(&mut self, name: String, person: Person) -> Rc<Person> {
        let person = Rc::new(person);
        self.young.insert(name, person.clone());
        self.make_room();
        person
    }

    fn make_room(&mut self) {
        if self.young.len() >= GENERATION {
            self.old = take(&mut self.young);
        }
    }

    /// The names by which those who were found sign in.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.young.values().chain(self.old.values()).filter_map(|person| match &**person {
            Person::One(_, name) => Some(name.as_str()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_asked_for_last_are_kept_and_the_rest_is_bounded() {
        let mut known = Known::default();
        let one = |n: usize| Person::One(n.to_string(), format!("{n}@contoso.example"));
        for n in 0..10 * GENERATION {
            known.put(n.to_string(), one(n));
            assert!(known.get("0").is_some(), "it is asked for all the time");
            assert!(known.young.len() + known.old.len() <= 2 * GENERATION);
        }
        assert!(known.get("1").is_none());
        assert_eq!(known.get(&(10 * GENERATION - 1).to_string()).as_deref(), Some(&one(10 * GENERATION - 1)));
    }
}
