//! What is taken for what.

use proptest::prelude::*;

use super::*;

#[test]
fn what_a_formula_begins_with_is_guarded_also_behind_what_is_not_seen() {
    for text in [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        " =1",
        "\u{a0}=1",
        "\u{3000}=1",
        "\u{200b}=1",
        "\u{202e}=1",
        "\u{feff}@x",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\u{0}=1",
        "\n=1",
        "\r=1",
        "\t=1",
        "=HYPERLINK(\"https://x.example\")",
        "-",
        "+49x",
    ] {
        assert!(guarded(text).starts_with('\''), "{text:?}");
    }
    for (text, written) in [("\tx", "' x"), ("\rx", "'\nx"), ("\nx", "'\nx"), ("\t", " "), ("", ""), (" x", " x")] {
        assert_eq!(guarded(text), written, "{text:?}");
    }
    for text in ["Maths", "a=b", "1-2", "'=1", "ada@contoso.example", "\"=1\"", "é"] {
        assert_eq!(guarded(text), text);
    }
}

#[test]
fn links_ids_and_telephone_numbers_are_known_by_their_form() {
    for link in
        ["https://teams.microsoft.com/l/x%3a/0?context=%7b%7d", "https://teams.example/meet/1?p=a#b", "http://x"]
    {
        assert!(is_link(link), "{link}");
    }
    for other in
        ["", "https://", "https:// x", "javascript:alert(1)", "https://x/\"y", "https://x/\u{202e}", " https://x"]
    {
        assert!(!is_link(other), "{other}");
    }
    for id in ["398120445571234", "Kp7Ws2", "19:meeting_Q2Fz@thread.v2", "MSo2YjFl==", "398 120 445"] {
        assert!(is_id(id), "{id}");
    }
    for other in ["", "=1+1", "+1", "-1", "@x", " 1", "a\"b", "a\nb", "a'b", "a!b", "ä"] {
        assert!(!is_id(other), "{other}");
    }
    for phone in ["+12065550100", "+1 206-555-0100", "(206) 555.0100", "+49 (0)30/1234", "112"] {
        assert!(is_phone(phone), "{phone}");
    }
    for other in ["", "+", "+1+2", "-12345", "=123", "+49 30 1234 ext 5", "12", "+\"123\"", "+49\n301", "/123"] {
        assert!(!is_phone(other), "{other}");
    }
}

#[test]
fn in_a_column_of_any_kind_dates_and_amounts_stay_what_they_are() {
    for phone in ["+49 30 1234", "+12065550100", "(206) 555-0100", "0049 30 1234", "020 7946 0958"] {
        assert!(looks_like_phone(phone), "{phone}");
    }
    for other in ["2027-02-03", "03/02/2027", "03.02.2027", "12.50", "-5", "90", "1-2", "206-555-0100", "+1"] {
        assert!(!looks_like_phone(other), "{other}");
    }
    for id in ["398120445571", "0042", "00", "1E5", "12e10", " 0042 "] {
        assert!(looks_like_id(id), "{id}");
    }
    for other in ["", "0", "42", "39812044557", "1.5", "E5", "1E", "e", "MATH101", "2027-02-03"] {
        assert!(!looks_like_id(other), "{other}");
    }
    for id in ["512004417", "1E5", "3-4", "MAR1", "2sept", "true", "398 120 445"] {
        assert!(would_change(id), "{id}");
    }
    for other in ["Kp7Ws2", "19:meeting_1@thread.v2", "", "March", "MATH101"] {
        assert!(!would_change(other), "{other}");
    }
}

proptest! {
    #[test]
    fn guarded_text_never_begins_with_a_trigger(text in any::<String>(), begin in "[ \t\r\n\u{200b}\u{202e}=+@＝-]{0,3}") {
        let text = format!("{begin}{text}");
        prop_assert!(!is_trigger(&guarded(&text)) || guarded(&text).trim().is_empty());
    }

    #[test]
    fn what_has_a_form_has_no_quotation_mark_and_nothing_unseen(text in "[-+=0-9a-zE/:. \"'\n\u{200b}@()]{0,9}") {
        if is_link(&text) || is_id(&text) || is_phone(&text) || looks_like_phone(&text) || looks_like_id(&text) {
            let is_odd = |c: char| c == '"' || c == '\n' || is_unseen(c);
            prop_assert!(!text.contains(is_odd) && !text.starts_with(['=', '-', '@']));
        }
    }
}
