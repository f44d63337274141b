//! Lists of people in one cell.

use crate::meeting::Attendee;

use super::flaw::Wrong;

/// Reads a list separated by `;`: each a user principal name, an object id, or `Name <upn>`. Repetitions are merged
/// without regard to case. Everything that is wrong is returned, not the first.
pub(super) fn attendees(text: &str) -> Result<Vec<Attendee>, Vec<Wrong>> {
    let (mut people, mut wrongs) = (Vec::<Attendee>::new(), Vec::new());
    for entry in text.split(';').map(str::trim).filter(|entry| !entry.is_empty()) {
        match attendee(entry) {
            Ok(new) if people.iter().any(|old| old.as_str().eq_ignore_ascii_case(new.as_str())) => {}
            Ok(new) => people.push(new),
            Err(wrong) => {
                let start = entry.as_ptr() as usize - text.as_ptr() as usize;
                wrongs.push(wrong.of_part(start..start + entry.len()));
            }
        }
    }
    if wrongs.is_empty() { Ok(people) } else { Err(wrongs) }
}

fn attendee(entry: &str) -> Result<Attendee, Wrong> {
    let address = match entry.split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').map(str::trim).ok_or_else(|| {
            no_person("an address that opens with < must end with >, like 'Ada Lind <ada@contoso.example>'")
        })?,
        None => entry,
    };
    if is_object_id(address) {
        Ok(Attendee::Id(address.to_owned()))
    } else if is_user_principal_name(address) {
        Ok(Attendee::Upn(address.to_owned()))
    } else if address.matches('@').count() > 1 {
        Err(no_person("separate the people by semicolons (;)"))
    } else {
        Err(no_person("write a user principal name like ada@contoso.example, or an object id"))
    }
}

fn no_person(mend: &str) -> Wrong {
    Wrong::new("an attendee that cannot be one", mend).saying("this is neither a user principal name nor an object id")
}

/// Whether the text has the shape of an Entra object id: a GUID in its usual form.
pub(super) fn is_object_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, byte)| match i {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether the text can be a user principal name: one `@` with something on both sides, nothing that no address has.
fn is_user_principal_name(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let no_address =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '<' | '>' | ',' | '"' | '(' | ')');
    !name.is_empty()
        && !text.contains("..")
        && !name.contains(no_address)
        && !domain.contains(no_address)
        && domain.split('.').all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "9C440000-0000-4000-8000-000000000002";

    #[test]
    fn a_list_of_people_is_read_in_all_its_forms() {
        let upn = |text: &str| Attendee::Upn(text.into());
        for (text, people) in [
            ("", vec![]),
            (" ; ", vec![]),
            ("ada@contoso.example", vec![upn("ada@contoso.example")]),
            ("Ada Lind <ada@contoso.example>; bob@x.example;", vec![upn("ada@contoso.example"), upn("bob@x.example")]),
            (ID, vec![Attendee::Id(ID.into())]),
            ("ada@x.example;ADA@x.example", vec![upn("ada@x.example")]),
            ("guest_x.example#EXT#@contoso.example", vec![upn("guest_x.example#EXT#@contoso.example")]),
        ] {
            assert_eq!(attendees(text).as_ref(), Ok(&people), "{text}");
        }
    }

    #[test]
    fn everybody_who_cannot_be_an_attendee_is_named() {
        let text = "Ada; ada@x.example, bob@x.example; Bob <bob@x.example; a@b..example; c@d.example";
        let wrongs = attendees(text).expect_err("flaws");
        let parts: Vec<_> = wrongs.into_iter().filter_map(|wrong| text.get(wrong.part?)).collect();
        assert_eq!(parts, ["Ada", "ada@x.example, bob@x.example", "Bob <bob@x.example", "a@b..example"]);
    }
}
