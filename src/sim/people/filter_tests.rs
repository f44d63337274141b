//! Which users a filter matches, and which texts are no filter.

use proptest::prelude::*;

use super::*;

fn person() -> Person {
    Person {
        id: "6b1e0000-0000-4000-8000-000000000001".into(),
        upn: "ada@contoso.example".into(),
        display_name: "Ada O'Lind".into(),
        mail: Some("Ada.Lind@fabrikam.example".into()),
        licensed: true,
        policy: true,
    }
}

fn matches(filter: &str) -> bool {
    Filter::read(filter, false).unwrap_or_else(|why| panic!("{filter}: {}", why.message)).matches(&person())
}

fn refusal(filter: &str) -> (&'static str, String) {
    let problem = Filter::read(filter, false).expect_err(filter);
    assert_eq!(problem.status, 400, "{filter}");
    (problem.code, problem.message)
}

#[test]
fn what_is_so_is_matched() {
    for filter in [
        "mail eq 'ada.lind@FABRIKAM.example'",
        "userPrincipalName eq 'x@y.example' or mail eq 'Ada.Lind@fabrikam.example'",
        "id eq '6B1E0000-0000-4000-8000-000000000001'",
        "mail in ('a@b.example', 'ada.lind@fabrikam.example')",
        "id in('6b1e0000-0000-4000-8000-000000000001')",
        "startsWith(displayName,'ada o''l')",
        "startswith( userPrincipalName , 'ADA@' )",
        "displayName eq 'Ada O''Lind'",
        "((mail eq 'x') or (UserPrincipalName EQ 'ada@contoso.example'))",
        "accountEnabled eq true and userType eq 'Member'",
        "mail eq 'x' or mail eq 'y' and id eq 'z' or displayName eq 'ada o''lind'",
        "jobTitle eq null",
        "mailNickname eq 'ada'",
        "mail in ('x', null) or displayName eq 'ADA O''LIND'",
    ] {
        assert!(matches(filter), "{filter}");
    }
}

#[test]
fn case_does_not_matter_in_any_script() {
    let named = Person { display_name: "Çelik Ünal".into(), ..person() };
    for (filter, matches) in [("displayName eq 'çelik ünal'", true), ("displayName eq 'celik ünal'", false)] {
        assert_eq!(Filter::read(filter, false).expect("it is good").matches(&named), matches);
    }
}

#[test]
fn what_is_not_so_is_not_matched() {
    for filter in [
        "mail eq 'ada@contoso.example'",
        "mail eq ''",
        "mail eq null",
        "accountEnabled eq null",
        "startsWith(displayName,'Lind')",
        "startsWith(jobTitle,'')",
        "accountEnabled eq false",
        "(mail eq 'Ada.Lind@fabrikam.example' or id eq 'x') and userPrincipalName eq 'y'",
        "id in ('a','b')",
    ] {
        assert!(!matches(filter), "{filter}");
    }
}

#[test]
fn what_is_no_filter_is_refused() {
    for filter in [
        "mail",
        "mail eq",
        "mail eq ada",
        "mail eq 'a",
        "mail eq 'a' or",
        "(mail eq 'a'",
        "mail eq 'a')",
        "mail eq 'a' mail eq 'b'",
        "mail in ()",
        "mail in ('a' 'b')",
        "mail in 'a'",
        "'a' eq mail",
        "mail equals 'a'",
        "mail eq 5",
        "length(mail,'a')",
        "startsWith(displayName)",
        "startsWith(displayName,null)",
        "accountEnabled eq 'true'",
        "mail eq true",
        ",",
    ] {
        let (code, message) = refusal(filter);
        assert_eq!((code, message.as_str()), ("BadRequest", "Invalid filter clause"), "{filter}");
    }
}

#[test]
fn what_the_directory_cannot_look_for_is_refused_in_its_words() {
    let property = |name| {
        format!("Unsupported or invalid query filter clause specified for property '{name}' of resource 'User'.")
    };
    let operator = |name| format!("Unsupported property filter clause operator '{name}'.");
    for (filter, message) in [
        ("officeLocation eq 'x'", property("officeLocation")),
        ("displayName ge 'x'", property("displayName")),
        ("assignedLicenses/any(s:s/skuId eq 5)", property("assignedLicenses")),
        ("onPremisesExtensionAttributes/extensionAttribute1 eq 'x'", property("onPremisesExtensionAttributes")),
        ("mail ne 'x'", operator("NotEqualsMatch")),
        ("not(mail eq 'x')", operator("Not")),
        ("not mail eq 'x'", operator("Not")),
        ("contains(mail,'x')", operator("Contains")),
        ("endsWith(mail,'x')", operator("EndsWith")),
    ] {
        assert_eq!(refusal(filter), ("Request_UnsupportedQuery", message), "{filter}");
    }
    let message = "Invalid filter clause: Could not find a property named 'upn' on type 'microsoft.graph.user'.";
    assert_eq!(refusal("upn eq 'x'"), ("BadRequest", message.to_owned()));
}

#[test]
fn more_than_fifteen_are_too_many_unless_the_query_is_advanced() {
    let clauses = |count: usize| vec!["mail eq 'x'"; count].join(" or ");
    let values = |count: usize| format!("mail in ({})", vec!["'x'"; count].join(","));
    assert!(!matches(&clauses(15)) && !matches(&values(15)));
    let mixed = format!("({}) or {}", values(8), clauses(8));
    for filter in [clauses(16), values(16), mixed, format!("id eq 'x' and ({})", clauses(16))] {
        let message = "Too many child clauses specified in search filter expression containing 'OR' operators: 16. \
                       Max allowed: 15.";
        assert_eq!(refusal(&filter), ("Request_UnsupportedQuery", message.to_owned()), "{filter}");
        assert!(Filter::read(&filter, true).is_ok(), "{filter}");
    }
    assert!(!matches(&vec!["id eq 'x'"; 40].join(" and ")));
    assert!(Filter::read(&format!("mail eq '{}'", "x".repeat(121)), false).is_err());
    assert!(Filter::read(&format!("mail eq '{}'", "x".repeat(121)), true).is_ok());
}

#[test]
fn deep_nesting_is_refused_and_not_fallen_into() {
    let nested = |depth| format!("{}mail eq 'x'{}", "(".repeat(depth), ")".repeat(depth));
    assert!(!matches(&nested(DEPTH_MAX)));
    for depth in [DEPTH_MAX + 1, 1_000_000] {
        assert!(refusal(&nested(depth)).1.contains("depth"));
    }
}

proptest! {
    #[test]
    fn no_filter_is_too_odd(text in "(?s).{0,100}", advanced in any::<bool>()) {
        let _ = Filter::read(&text, advanced);
    }

    #[test]
    fn nor_is_one_of_the_right_words(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "mail", "id", "eq", "in", "or", "and", "not", "(", ")", ",", "'", "'x'", "''", "null", "true",
                "startsWith", "ne", "a/b", "é",
            ]),
            0..30,
        ),
    ) {
        if let Ok(filter) = Filter::read(&words.join(" "), true) {
            let _ = (filter.matches(&person()), filter.texts());
        }
    }

    #[test]
    fn any_text_can_be_looked_for(text in "(?s).{0,120}") {
        let filter = format!("displayName eq '{}'", text.replace('\'', "''"));
        let named = Person { display_name: text, ..person() };
        prop_assert!(Filter::read(&filter, false).expect("it is good").matches(&named));
    }
}
