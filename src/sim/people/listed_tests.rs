//! Which files are directories.

use super::*;

const HEADER: &str = "id,userPrincipalName,displayName,mail,licensed,policy\n";

fn id(number: u64) -> String {
    format!("6b1e0000-0000-4000-8000-00000000000{number:x}")
}

fn refusal(text: &str) -> String {
    Listed::of_text(text).expect_err("a refusal").to_string()
}

#[test]
fn users_are_read_with_the_columns_in_any_order() {
    let text = format!(
        "\u{feff}Mail,department, display name ,User_Principal_Name,ID,Policy\r\n\
         Ada@x.example,Math,\"Lind, Ada\",ada@contoso.example,{},no\r\n,,Bo,bo@contoso.example,{},\r\n",
        id(1).to_uppercase(),
        id(2)
    );
    let listed = Listed::of_text(&text).expect("it is good");
    let ada = Person {
        id: id(1),
        upn: "ada@contoso.example".into(),
        display_name: "Lind, Ada".into(),
        mail: Some("Ada@x.example".into()),
        licensed: true,
        policy: false,
    };
    assert_eq!(listed.people()[0], ada);
    assert_eq!((listed.people()[1].mail.as_deref(), listed.people()[1].policy), (None, true));
    assert_eq!(listed.by_id(&id(1)), Some(&ada));
    assert_eq!(listed.by_upn("ADA@contoso.example"), Some(&ada));
    assert_eq!(listed.by_upn("ada@x.example"), None, "a mail address is no name");
}

#[test]
fn the_first_with_a_licence_is_signed_in() {
    for (licensed, expected) in [(["no", "YES", "1"], 2), (["0", "false", "no"], 1)] {
        let line = |(at, licensed): (usize, &str)| {
            let number = at as u64 + 1;
            format!("{},u{number}@contoso.example,U,,{licensed},\n", id(number))
        };
        let text: String = licensed.into_iter().enumerate().map(line).collect();
        let listed = Listed::of_text(&format!("{HEADER}{text}")).expect("it is good");
        assert_eq!(listed.signed_in().id, id(expected));
    }
}

#[test]
fn all_that_is_wrong_is_told_by_line_and_column() {
    let text = format!(
        "{HEADER}\r\n{},ada@contoso.example,Ada,,,\r\n5,ada,,x,perhaps,2\r\n{},ADA@contoso.example,A,,,\r\n\
         {},b@contoso.example,\"B\nB\",,,\r\n{},c@contoso.example\r\n",
        id(1),
        id(2),
        id(1).to_uppercase(),
        id(3)
    );
    let told = refusal(&text);
    let lines: Vec<&str> = told.lines().collect();
    for (line, begins) in lines.iter().zip([
        "line 4, id '5': write an object id",
        "line 4, userPrincipalName 'ada': ",
        "line 4, displayName '': ",
        "line 4, mail 'x': ",
        "line 4, licensed 'perhaps': write true or false",
        "line 4, policy '2': ",
        "line 5, userPrincipalName 'ada@contoso.example': line 3 has it, too",
        "line 6, id '6b1e0000-0000-4000-8000-000000000001': line 3 has it, too",
        "line 8: the header has 6 cells, and this has 2; ",
    ]) {
        assert!(line.starts_with(begins), "{told}");
    }
    assert_eq!(lines.len(), 9, "{told}");
    let many = refusal(&format!("{HEADER}{}", "x,a@b.example,A,,,\n".repeat(25)));
    assert!(many.ends_with("\nand 15 more"), "{many}");
}

#[test]
fn a_line_has_a_cell_for_each_of_the_header() {
    let (id, header) = (id(1), "id,userPrincipalName,displayName,mail,licensed,policy");
    for (header, line, told) in [
        (header, "ada@contoso.example,Lind, Ada,,,", "line 2: the header has 6 cells, and this has 7; "),
        (header, "ada@contoso.example,Ada,,,,", "line 2: the header has 6 cells, and this has 7; "),
        (header, "ada@contoso.example,Ada", "line 2: the header has 6 cells, and this has 3; "),
        (header, "ada@contoso.example,Ada,,true", ""),
        (header, "ada@contoso.example,Ada,", ""),
        ("id,userPrincipalName,displayName,policy,mail,licensed", "ada@contoso.example,Ada,no,", ""),
        ("id,userPrincipalName,displayName,policy,mail,licensed", "ada@contoso.example,Ada,no", "line 2: "),
        ("id,userPrincipalName,displayName,mail,department", "ada@contoso.example,Ada,", "line 2: "),
    ] {
        let read = Listed::of_text(&format!("{header}\n{id},{line}\n"));
        match read.map_err(|error| error.to_string()) {
            Ok(_) => assert!(told.is_empty(), "{line}"),
            Err(error) => assert!(!told.is_empty() && error.starts_with(told), "{line}: {error}"),
        }
    }
}

#[test]
fn what_is_no_directory_is_refused_in_words() {
    for (text, words) in [
        ("", "there is no column id, userPrincipalName"),
        ("id;userPrincipalName;displayName;mail", "separated by commas"),
        ("id,userPrincipalName,mail", "there is no column displayName;"),
        ("id,userPrincipalName,displayName,mail,ID\n", "two columns id"),
        (HEADER, "it lists nobody"),
    ] {
        let told = refusal(text);
        assert!(told.contains(words), "{told}");
    }
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("people.csv");
    let told = || format!("{:#}", Listed::read(&path).expect_err("a refusal"));
    assert!(told().contains("people.csv"), "{}", told());
    fs::write(&path, b"id,userPrincipalName\nA,\xe4@b.example\n").expect("a file");
    assert!(told().contains("line 2: it is not UTF-8 text"), "{}", told());
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_odd(text in "(?s).{0,200}") {
        let _ = Listed::of_text(&text);
        let _ = Listed::of_text(&format!("{HEADER}{text}"));
    }
}
