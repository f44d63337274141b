//! Somebody with the name that the sheet has for them, which is for people: Graph never gets it.

use super::address::{is_blank, without_scheme};
use crate::meeting::Attendee;

/// Somebody who is to join, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// What the sheet calls them, as in `Ada Lind <ada@contoso.example>`, without quotation marks around it.
    pub name: Option<String>,
    /// Who it is, and as what.
    pub attendee: Attendee,
}

/// Quotation marks that are put around names.
const PAIRS: [(char, char); 7] = [('"', '"'), ('\'', '\''), ('“', '”'), ('„', '“'), ('‘', '’'), ('‚', '‘'), ('«', '»')];

/// What stands before `<address>`, as a name; `None` if nothing does, or an address.
pub(super) fn called(text: &str) -> Option<String> {
    let text = text.trim_matches(is_blank);
    let inside = |(open, close)| text.strip_prefix(open)?.strip_suffix(close);
    let inside: Option<&str> = PAIRS.into_iter().find_map(inside);
    let name = inside.unwrap_or(text).trim_matches(is_blank);
    // A quotation mark within quotation marks is doubled.
    let name = if inside.is_some() { name.replace("\"\"", "\"") } else { name.to_owned() };
    // Some programs put the address in both places.
    let is_address = without_scheme(&name).contains('@') && !name.contains(is_blank);
    (!name.is_empty() && !is_address).then_some(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::input::{Column, people::People};

    fn names(text: &str) -> Vec<(Option<String>, String)> {
        let mut people = People::default();
        people.read(text, Column::Attendees, None);
        let recipients = people.recipients().unwrap_or_default().into_iter();
        recipients.map(|one| (one.name, one.attendee.who.as_str().to_owned())).collect()
    }

    #[test]
    fn people_are_called_what_the_sheet_calls_them() {
        let ada = "ada@contoso.example";
        for (text, name) in [
            ("ada@contoso.example", None),
            ("<ada@contoso.example>", None),
            ("Ada Lind <ada@contoso.example>", Some("Ada Lind")),
            ("Lind, Ada <ada@contoso.example>", Some("Lind, Ada")),
            ("\"Lind, Ada; Dr\" <ada@contoso.example>", Some("Lind, Ada; Dr")),
            ("“Lind, Ada” <ada@contoso.example>", Some("Lind, Ada")),
            ("'Ada' <ada@contoso.example>", Some("Ada")),
            ("\"Ada \"\"the\"\" Lind\" <ada@contoso.example>", Some("Ada \"the\" Lind")),
            ("'ada@contoso.example' <ada@contoso.example>", None),
            ("presenter: Ada Lind <ada@contoso.example>", Some("Ada Lind")),
            ("ada@contoso.example; Ada <ADA@contoso.example>", Some("Ada")),
            ("\u{a0}Ada Lind\u{a0} <ada@contoso.example>", Some("Ada Lind")),
            ("Ada Líndström-O’Neil <ada@contoso.example>", Some("Ada Líndström-O’Neil")),
        ] {
            assert_eq!(names(text), [(name.map(str::to_owned), ada.to_owned())], "{text}");
        }
        assert_eq!(names("Ada <ada@contoso.example>; nobody"), []);
    }

    proptest! {
        #[test]
        fn those_who_are_called_are_those_who_are_asked_for(text in "[a-c@.<>\",; ':]{0,30}") {
            let read = || {
                let mut people = People::default();
                people.read(&text, Column::Attendees, None);
                people
            };
            let called: Vec<_> = read().recipients().unwrap_or_default().into_iter().map(|one| one.attendee).collect();
            prop_assert_eq!(called, read().finish().unwrap_or_default());
        }
    }
}
