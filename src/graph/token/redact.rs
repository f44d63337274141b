//! What another program said on standard error, fit to be shown: its last lines, and nothing in them that looks like a
//! token or a secret. What only might be one is cut, too.

use super::child::Ran;

/// So many characters of it are enough to know what was wrong.
const SHOWN_MAX: usize = 400;
/// Random text of this length may be part of a token or a secret; a client secret of Entra's has 40 characters.
const RANDOM_MIN: usize = 20;
/// Names before values that nobody may see.
const NAMES: [&str; 6] = ["secret", "password", "token", "bearer", "key", "assertion"];
const CUT: &str = "(cut)";

/// What a program said beside what it printed, as far as that may be shown.
pub(super) fn said(ran: &Ran) -> String {
    let said = shown(&ran.stderr, &String::from_utf8_lossy(&ran.stdout));
    if said.is_empty() { "it said nothing".to_owned() } else { format!("it said: {said}") }
}

/// The end of what was said, in one line. `printed` is what was printed beside it, of which nothing is shown either.
fn shown(said: &str, printed: &str) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let lines = lines[lines.len().saturating_sub(4)..].join(" / ");
    let lines =
        printed.split_whitespace().filter(|word| word.len() >= 4).fold(lines, |lines, word| lines.replace(word, CUT));
    let (mut text, mut after_name) = (String::new(), false);
    let is_of_word = |char: char| char.is_ascii_alphanumeric() || "-._~+/=%".contains(char);
    let mut rest = lines.as_str();
    while !rest.is_empty() {
        let word = &rest[..rest.find(|char| !is_of_word(char)).unwrap_or(rest.len())];
        if word.is_empty() {
            let end = rest.find(is_of_word).unwrap_or(rest.len());
            text.extend(rest[..end].chars().map(|char| if char.is_control() { ' ' } else { char }));
            rest = &rest[end..];
            continue;
        }
        rest = &rest[word.len()..];
        let has_value = rest.starts_with([':', ' ', '"', '\'']);
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let is_name = NAMES.iter().any(|own| name.to_ascii_lowercase().ends_with(own));
        if is_name && !value.is_empty() {
            text.extend([name, "=", CUT]);
        } else if is_random(word) || after_name && !is_plain(word) {
            text.push_str(CUT);
        } else {
            text.push_str(word);
        }
        after_name = is_name && has_value;
    }
    let keep = text.chars().count().saturating_sub(SHOWN_MAX);
    if keep == 0 { text } else { format!("… {}", text.chars().skip(keep).collect::<String>()) }
}

/// Long, and of letters and digits as no word is; an id or a date is none.
fn is_random(word: &str) -> bool {
    let has = |is: fn(&u8) -> bool| word.bytes().any(|byte| is(&byte));
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
        || has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    word.len() >= RANDOM_MIN && is_mixed && uuid::Uuid::try_parse(word.trim_end_matches('.')).is_err()
}

/// A word of a language.
fn is_plain(word: &str) -> bool {
    word.trim_end_matches('.').bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_token_is_cut_and_the_rest_is_shown() {
        let jwt = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwcyJ9.c2lnbmF0dXJl";
        for (said, expected) in [
            ("ERROR: Please run 'az login' to setup account.\r\n", "ERROR: Please run 'az login' to setup account."),
            (jwt, "(cut)"),
            (&format!("got '{jwt}', and?"), "got '(cut)', and?"),
            ("id 5150c0de-0000-4000-8000-000000000001.", "id 5150c0de-0000-4000-8000-000000000001."),
            ("client_secret=s3cret", "client_secret=(cut)"),
            ("password: Hunter2!", "password: (cut)!"),
            ("Authorization: Bearer abc1", "Authorization: Bearer (cut)"),
            ("the token has expired", "the token has expired"),
            ("one\ntwo\n\nthree\nfour\nfive", "two / three / four / five"),
            ("\u{1b}[31mred", " [31mred"),
        ] {
            assert_eq!(shown(said, ""), expected, "{said}");
        }
        assert_eq!(shown("it was hush-hush", "hush-hush\n"), "it was (cut)");
        assert!(shown(&"word ".repeat(500), "").chars().count() <= SHOWN_MAX + 2);
    }
}
