//! The names of organizers, as an earlier output has them: what the sheet called them then, and what Graph calls them. So a
//! meeting is found again though its organizer is spelt otherwise now. Nobody is asked here.

use std::collections::HashMap;

use crate::meeting::{ExternalId, Meeting, Organizer};
use crate::outcome::Answer;

/// Object ids by name, both in lower case.
#[derive(Debug, Default)]
pub(super) struct Aliases(HashMap<String, String>);

impl Aliases {
    /// Takes note of what a line says of its organizer.
    pub(super) fn learn(&mut self, asked: &Meeting, answer: &Answer) {
        let id = match (&asked.organizer, &answer.meeting.organizer_id) {
            (Organizer::Me, _) | (Organizer::Named(_), None) => return,
            (Organizer::User(id), _) | (Organizer::Named(_), Some(id)) => id.to_ascii_lowercase(),
        };
        let upn = answer.meeting.organizer_upn.as_ref().map(|upn| upn.to_ascii_lowercase());
        let name = match &asked.organizer {
            Organizer::Named(name) => Some(name.to_ascii_lowercase()),
            _ => None,
        };
        for name in [upn, name].into_iter().flatten() {
            self.0.entry(name).or_insert_with(|| id.clone());
        }
    }

    /// Whether somebody has the name, which is in lower case.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What Graph keys a meeting by, with the organizer's object id where that is known.
    pub(super) fn key(&self, meeting: &Meeting) -> (Organizer, ExternalId) {
        let (organizer, external_id) = meeting.key();
        let organizer = match organizer {
            Organizer::Named(name) => match self.0.get(&name) {
                Some(id) => Organizer::User(id.clone()),
                None => Organizer::Named(name),
            },
            other => other,
        };
        (organizer, external_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organizer_is_the_same_by_the_sheets_name_by_graphs_and_by_object_id() {
        let named = |name: &str| Meeting::blank(Organizer::Named(name.into()), "A");
        let id = |id: &str| Meeting::blank(Organizer::User(id.into()), "A");
        let mut aliases = Aliases::default();
        let mut answer = Answer::default();
        answer.meeting.organizer_id = Some("AB".into());
        answer.meeting.organizer_upn = Some("Ada@contoso.example".into());
        aliases.learn(&named("ada.l@contoso.example"), &answer);
        let known = aliases.key(&id("ab"));
        for name in ["ADA@contoso.example", "ada.l@contoso.example"] {
            assert_eq!(aliases.key(&named(name)), known);
        }
        assert_ne!(aliases.key(&named("bo@contoso.example")), known);
        assert_ne!(aliases.key(&Meeting::blank(Organizer::Me, "A")), known);
        // What the sheet says goes before what Graph says of an object id.
        answer.meeting.organizer_upn = Some("cy@contoso.example".into());
        aliases.learn(&id("CD"), &answer);
        assert_eq!(aliases.key(&named("Cy@contoso.example")), aliases.key(&id("cd")));
    }
}
