//! What holds for every list of people, and for every text.

use proptest::prelude::*;

use super::tests::{ID, read};
use super::*;

/// A name that may stand before an address.
const NAMES: [&str; 8] =
    ["", "Ada", "Lind, Ada", "\"Lind; Ada, Dr\"", "'Ada O. Lind'", "Ädä (IT)", "李 娜", "A. L. @ Home"];

fn person() -> impl Strategy<Value = (String, String, Option<Role>)> {
    let address = prop_oneof![
        "[a-c]@x[.]example",
        "[a-c][.]o'neil_[a-c]@[a-c]-1[.]x[.]example",
        "[0-3]{8}-0000-4000-8000-00000000000[0-3]"
    ];
    let role = prop::option::of(prop::sample::select(Role::ALL.to_vec()));
    let name = prop::sample::select(NAMES.to_vec());
    (address, name, role, 0..6_u8, any::<bool>()).prop_map(|(address, name, role, form, capitals)| {
        let said = if capitals { address.to_uppercase() } else { address.clone() };
        let bare = match form {
            0 => format!("'{said}'"),
            1 => format!("mailto:{said}"),
            2 => format!("\u{a0}{said}\u{200b} "),
            _ => said,
        };
        let text = match (name, form) {
            ("", 3) => format!("\"{bare}\""),
            ("", _) => bare,
            _ => format!("{name} <{bare}>"),
        };
        let text = role.map_or(text.clone(), |role: Role| format!("{}: {text}", role.as_str().to_uppercase()));
        (text, address, role)
    })
}

proptest! {
    #[test]
    fn whoever_is_written_is_found_once_and_in_order(
        people in prop::collection::vec(person(), 0..50),
        separators in prop::collection::vec(prop::sample::select(vec![";", ",", "\n", "\r\n", "\r", "\t", " ; ", ",\u{a0}", ";;"]), 50),
    ) {
        let texts = people.iter().map(|(text, ..)| text.as_str());
        let text = texts.zip(separators).flat_map(|(text, separator)| [text, separator]).collect::<String>();
        let mut wanted: Vec<(String, Option<Role>)> = Vec::new();
        let mut contradicts = false;
        for (_, address, role) in &people {
            match wanted.iter().position(|(known, _)| known == address) {
                None => wanted.push((address.clone(), *role)),
                Some(place) => match (wanted[place].1, role) {
                    (None, Some(_)) => {
                        wanted.remove(place);
                        wanted.push((address.clone(), *role));
                    }
                    (Some(old), Some(new)) => contradicts |= old != *new,
                    (_, None) => {}
                },
            }
        }
        let found = read(&[(&text, None)]);
        if contradicts {
            let wrongs = found.expect_err("two roles");
            prop_assert!(wrongs.iter().all(|(_, wrong)| wrong.kind == "somebody with two roles"), "{text}: {wrongs:?}");
        } else {
            let found = found.map_err(|wrongs| TestCaseError::fail(format!("{text}: {wrongs:?}")))?;
            let found: Vec<_> = found.iter().map(|one| (one.who.as_str().to_lowercase(), one.role)).collect();
            let mut wanted: Vec<_> = wanted.into_iter().map(|(who, role)| (who, role.unwrap_or_default())).collect();
            wanted.sort_by_key(|(_, role)| *role);
            prop_assert_eq!(found, wanted, "{}", text);
        }
    }

    #[test]
    fn whatever_the_text_it_is_people_or_flaws_with_a_place_in_it(
        text in prop_oneof![
            any::<String>(),
            prop::collection::vec(prop::sample::select(vec![
                "\"", "'", "<", ">", "@", ":", ";", ",", "\n", "\t", " ", "\u{a0}", "\u{200b}", "ü", "’", "＠", ".", "a", "x.example",
                "ada@x.example", "presenter", "mailto:", "Lind", ID, "{", "}", "(at)", "://", "…",
            ]), 0..30).prop_map(|pieces| pieces.concat()),
        ],
        role in prop::option::of(prop::sample::select(Role::ALL.to_vec())),
    ) {
        match read(&[(&text, role)]) {
            Ok(people) => for one in people {
                prop_assert!(address::is_one(one.who.as_str()) && text.contains(one.who.as_str()));
            },
            Err(wrongs) => {
                prop_assert!(!wrongs.is_empty());
                for (_, wrong) in wrongs {
                    let part = wrong.part.and_then(|part| text.get(part));
                    prop_assert!(part.is_some_and(|part| !part.is_empty()), "{text:?}: {}", wrong.kind);
                }
            }
        }
    }
}
