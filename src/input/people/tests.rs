//! Who is found in a cell, and what is said of those who are not.

use super::address::object_id;
use super::*;

pub(super) const ID: &str = "9C440000-0000-4000-8000-000000000002";

pub(super) fn read(cells: &[(&str, Option<Role>)]) -> Result<Vec<Attendee>, Vec<(Column, Wrong)>> {
    let mut people = People::default();
    for (text, role) in cells {
        people.read(text, Column::Attendees, *role);
    }
    people.finish()
}

/// Who is in a cell, written as `presenter:ada@x.example`.
fn found(cells: &[(&str, Option<Role>)]) -> Vec<String> {
    let people = read(cells).unwrap_or_else(|wrongs| panic!("{cells:?}: {wrongs:?}"));
    let written = |one: Attendee| match one.role {
        Role::Attendee => one.who.as_str().to_owned(),
        role => format!("{}:{}", role.as_str(), one.who.as_str()),
    };
    people.into_iter().map(written).collect()
}

#[test]
fn a_list_of_people_is_read_in_all_its_forms() {
    let ada = "ada@contoso.example";
    let bob = "bob@x.example";
    for (text, people) in [
        ("", vec![]),
        (" ;\u{a0}; ,\n", vec![]),
        ("\"\"", vec![]),
        ("ada@contoso.example", vec![ada]),
        ("Ada Lind <ada@contoso.example>; bob@x.example;", vec![ada, bob]),
        ("ada@contoso.example,bob@x.example", vec![ada, bob]),
        ("ada@contoso.example\r\nbob@x.example\r\n", vec![ada, bob]),
        ("ada@contoso.example\rbob@x.example", vec![ada, bob]),
        ("ada@contoso.example\tbob@x.example", vec![ada, bob]),
        ("Lind, Ada <ada@contoso.example>; Bob <bob@x.example>", vec![ada, bob]),
        ("Lind, Ada <ada@contoso.example>, Berg, Bob <bob@x.example>", vec![ada, bob]),
        ("bob@x.example, Lind, Ada <ada@contoso.example>", vec![bob, ada]),
        ("\"Lind, Ada; Dr\" <ada@contoso.example>, bob@x.example", vec![ada, bob]),
        ("'Lind, Ada' <ada@contoso.example>", vec![ada]),
        ("“Lind, Ada” <ada@contoso.example>", vec![ada]),
        ("\"ada@contoso.example\"; 'bob@x.example'", vec![ada, bob]),
        ("‘ada@contoso.example’;“bob@x.example”", vec![ada, bob]),
        ("\"Ada Lind <ada@contoso.example>; bob@x.example\"", vec![ada, bob]),
        ("'ada@contoso.example' <ada@contoso.example>", vec![ada]),
        ("ada@contoso.example <mailto:ada@contoso.example>", vec![ada]),
        ("mailto:ada@contoso.example;MailTo:bob@x.example", vec![ada, bob]),
        ("Ada <'ada@contoso.example'>, <bob@x.example>", vec![ada, bob]),
        ("\u{feff}ada@contoso.example\u{a0};\u{202f}bob@x.example\u{200b}", vec![ada, bob]),
        ("Ada @ Home <ada@contoso.example>", vec![ada]),
        ("24\" screen <ada@contoso.example>; 30\" screen <bob@x.example>", vec![ada, bob]),
        (ID, vec![ID]),
        ("{9C440000-0000-4000-8000-000000000002}, Ada <9c440000-0000-4000-8000-000000000002>", vec![ID]),
        ("ada@contoso.example;ADA@Contoso.example", vec![ada]),
        ("guest_x.example#EXT#@contoso.example", vec!["guest_x.example#EXT#@contoso.example"]),
        ("o'neil@x.example; a+b@x.example", vec!["o'neil@x.example", "a+b@x.example"]),
    ] {
        assert_eq!(found(&[(text, None)]), people, "{text}");
    }
}

#[test]
fn roles_stand_before_a_name_or_come_with_the_column() {
    let (presenter, coorganizer) = (Some(Role::Presenter), Some(Role::Coorganizer));
    for (cells, people) in [
        (vec![("presenter:ada@x.example", None)], "presenter:ada@x.example"),
        (vec![("Presenter : Lind, Ada <ada@x.example>", None)], "presenter:ada@x.example"),
        (vec![("co-organizer: \"Lind, Ada\" <ada@x.example>", None)], "coorganizer:ada@x.example"),
        (vec![("CoOrganizer:mailto:ada@x.example", None)], "coorganizer:ada@x.example"),
        (vec![("presenter:\"ada@x.example\"", None)], "presenter:ada@x.example"),
        (vec![("attendee:ada@x.example", None)], "ada@x.example"),
        (vec![("attendee:ada@x.example", presenter)], "ada@x.example"),
        (vec![("ada@x.example", presenter)], "presenter:ada@x.example"),
        (vec![("presenter:ada@x.example;bob@x.example", None)], "bob@x.example presenter:ada@x.example"),
        (vec![("ada@x.example;bob@x.example;presenter:ADA@x.example", None)], "bob@x.example presenter:ada@x.example"),
        (vec![("bob@x.example", coorganizer), ("bob@x.example", None)], "coorganizer:bob@x.example"),
        (
            vec![
                ("a@x.example,b@x.example", None),
                ("c@x.example,a@x.example", presenter),
                ("d@x.example", coorganizer),
            ],
            "b@x.example presenter:c@x.example presenter:a@x.example coorganizer:d@x.example",
        ),
        (
            vec![("coorganizer:d@x.example\nb@x.example\npresenter:c@x.example\npresenter:a@x.example", None)],
            "b@x.example presenter:c@x.example presenter:a@x.example coorganizer:d@x.example",
        ),
    ] {
        assert_eq!(found(&cells).join(" "), people, "{cells:?}");
    }
}

#[test]
fn whatever_is_wrong_is_marked_where_it_is_and_said() {
    let long = format!("{}@x.example", "a".repeat(120));
    for (text, flaws) in [
        ("Ada", vec![("Ada", "neither")]),
        ("Ada, Bob, Carol", vec![("Ada, Bob, Carol", "neither")]),
        ("Ada, bob@x.example", vec![("Ada", "neither")]),
        (
            "Ada; ada@x.example bob@x.example; Bob <bob@x.example; a@b..example; c@d.example",
            vec![
                ("Ada", "neither"),
                ("ada@x.example bob@x.example", "nothing between"),
                ("<bob@x.example", "never closed"),
                ("..", "a dot"),
            ],
        ),
        ("Ada Lind ada@x.example", vec![("Ada Lind ada@x.example", "run together")]),
        ("Ada Lind (ada@x.example)", vec![("Ada Lind (ada@x.example)", "run together")]),
        ("ada @x.example", vec![(" ", "a space")]),
        ("ada@x@y.example", vec![("@", "one @")]),
        ("ada＠x.example", vec![("＠", "＠")]),
        ("ada(AT)x.example, Bob <bob@x.example>", vec![("(AT)", "(at)")]),
        ("ada@contoso,example", vec![(",", "comma")]),
        ("Ada <ada@contoso>", vec![("contoso", "no dot")]),
        ("ada@x.example.", vec![(".", "a dot")]),
        ("ada.@x.example;.bob@x.example;c@.x.example", vec![(".", "a dot"), (".", "a dot"), (".", "a dot")]),
        ("@x.example; ada@", vec![("@", "before the @"), ("@", "after the @")]),
        ("ädä@x.example", vec![("ä", "a to z")]),
        ("ada@münchen.example", vec![("ü", "a to z")]),
        ("o’neil@x.example", vec![("’", "’")]),
        ("a\u{200b}da@x.example", vec![("\u{200b}", "U+200B")]),
        ("'ada@x.example", vec![("'", "quotation mark")]),
        ("ada@x_y.example", vec![("_", "no domain")]),
        ("ada@-x.example", vec![("-x.example", "no domain")]),
        (&long, vec![(&long, "130 characters")]),
        ("Ada <>; Bob < >", vec![("<>", "between"), ("< >", "between")]),
        ("<ada@x.example> Bob <bob@x.example>", vec![("Bob <bob@x.example>", "more text")]),
        ("ada@x.example Bob <bob@x.example>", vec![("ada@x.example Bob", "one person or two")]),
        ("\"Ada <ada@x.example>; \"Bob <bob@x.example>", vec![("\"Ada <ada@x.example>; \"Bob", "one person or two")]),
        ("\"Lind, Ada\", Bob <bob@x.example>", vec![("Lind, Ada", "neither")]),
        (
            "9C440000-0000-4000-8000-000000000002 Bob <bob@x.example>",
            vec![("9C440000-0000-4000-8000-000000000002 Bob", "one person or two")],
        ),
        ("Ada, Bob, Carol <c@x.example>", vec![("Ada, Bob, Carol", "commas")]),
        ("presenter:", vec![("presenter:", "nobody after")]),
        ("presenter: ; bob@x.example", vec![("presenter:", "nobody after")]),
        ("host:ada@x.example", vec![("host", "a role that there is not")]),
        (":ada@x.example", vec![(":", "a role that there is not")]),
        ("presenter:coorganizer:ada@x.example", vec![("coorganizer", "presenter and coorganizer")]),
        (
            "presenter:ada@x.example\nco-organizer:Ada <ADA@x.example>",
            vec![("co-organizer:Ada <ADA@x.example>", "presenter and as coorganizer")],
        ),
        ("+49 (30) 123-456, Ada <ada@x.example>", vec![("+49 (30) 123-456", "telephone")]),
        ("https://x.example/ada; www.x.example", vec![("https://x.example/ada", "web"), ("www.x.example", "web")]),
        ("9C440000000040008000000000000002", vec![("9C440000000040008000000000000002", "almost an object id")]),
    ] {
        let wrongs = read(&[(text, None)]).expect_err(text);
        let said: Vec<_> = wrongs.iter().map(|(_, wrong)| wrong.what.as_deref().unwrap_or(wrong.kind)).collect();
        let parts: Vec<_> = wrongs.iter().map(|(_, wrong)| &text[wrong.part.clone().expect("a place")]).collect();
        assert_eq!(parts, flaws.iter().map(|(part, _)| *part).collect::<Vec<_>>(), "{text}: {said:?}");
        assert!(said.iter().zip(&flaws).all(|(said, (_, word))| said.contains(word)), "{text}: {said:?}");
    }
}

#[test]
fn a_flaw_is_told_in_the_column_that_it_is_in_with_its_mend() {
    let mut people = People::default();
    people.read("presenter:ada@x.example", Column::Attendees, None);
    people.read("Ada <ada@x.example>", Column::Subject, Some(Role::Coorganizer));
    let wrongs = people.finish().expect_err("two roles");
    let [(Column::Subject, wrong)] = wrongs.as_slice() else { panic!("{wrongs:?}") };
    assert_eq!(wrong.kind, "somebody with two roles");
    assert_eq!(wrong.what.as_deref(), Some("ada@x.example is named as presenter and as coorganizer"));
    let wrongs = read(&[("ada@contoso,example; Ada Lind ada@x.example", None)]).expect_err("flaws");
    let mends: Vec<_> = wrongs.iter().map(|(_, wrong)| wrong.mend.as_str()).collect();
    assert_eq!(mends[0], "write a dot in its place: ada@contoso.example");
    assert_eq!(mends[1], "put < and > around the address: <ada@x.example>");
}

#[test]
fn of_a_cell_that_is_no_list_a_hundred_flaws_are_told_and_the_others_counted() {
    let wrongs = read(&[(&"x;".repeat(1000), None)]).expect_err("flaws");
    assert_eq!(wrongs.len(), TOLD_MAX + 1);
    assert!(wrongs[TOLD_MAX].1.what.as_deref().is_some_and(|what| what.starts_with("900 more")));
}

#[test]
fn an_object_id_is_found_with_what_stands_around_it() {
    for text in ["", " ", "\u{a0}", "{", "}", "\"", "{}"] {
        assert_eq!(object_id(text), None);
    }
    let forms = [
        ID.to_owned(),
        format!("\u{a0}{ID} \u{200b}"),
        format!("{{{ID}}}"),
        format!("\"{ID}\""),
        format!(" '{{ {ID} }}' "),
    ];
    for text in forms {
        assert_eq!(object_id(&text), Some(ID), "{text}");
    }
    for text in [&ID[1..], "ada@x.example", &format!("{{{ID}"), &ID.replace('-', "_")] {
        assert_eq!(object_id(text), None, "{text}");
    }
}

#[test]
fn the_work_grows_with_the_text_and_not_with_its_square() {
    let many: Vec<String> = (0..20_000).map(|n| format!("ada{n}@x.example;ADA{n}@x.example,")).collect();
    assert_eq!(found(&[(&many.concat(), None)]).len(), 20_000);
    // With the square these would take minutes.
    for odd in [
        "\"",
        " \"",
        "<",
        "a,",
        "<a",
        "\"\" ",
        "\"\"\" ",
        "a:",
        "@",
        "ada@x,",
        "'",
        "presenter:",
        "\u{200b}",
        "\"a@x.example\" ",
    ] {
        let _ = read(&[(&odd.repeat(20_000), None)]);
    }
}
