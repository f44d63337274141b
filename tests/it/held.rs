//! How secrets are held in the source: in types that cannot be printed, and opened in few places.

use crate::measure::code;
use crate::measure::items;
use crate::tidy::{File, each, none, strays};

/// Where secrets are opened, to be sent, read or measured; nowhere else is anything done with one.
const OPENERS: [&str; 6] = [
    "src/graph/claims.rs",
    "src/graph/hide.rs",
    "src/graph/ping.rs",
    "src/graph/proxy.rs",
    "src/graph/token/",
    "src/plan/settings.rs",
];
/// How a member is named that is a secret.
const NAMES: [&str; 6] = ["secret", "token", "password", "assertion", "refresh", "credential"];
/// What text may be held in.
const TEXTS: [&str; 6] = ["String", "str", "Vec<u8>", "[u8]", "Bytes", "OsString"];

/// The members of structs in a file that are secrets by their names and could be printed.
fn bare(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for item in items(&file.code, "struct") {
        let before = &file.code[..item.begin];
        let attributes = &before[before.rfind([';', '}']).map_or(0, |at| at + 1)..];
        // The embedded Graph holds what it has made up itself; its one secret is told in its help.
        let is_sim = file.path.starts_with("src/sim/");
        if is_sim && !attributes.contains("Debug") {
            continue;
        }
        let mut at = item.begin;
        for line in file.code[item.begin..item.end].split_inclusive('\n') {
            if is_bare(line) && !(is_sim && line.contains("client_secret")) {
                found.push(file.at(at, "hold it in a SecretString, which cannot be printed"));
            }
            at += line.len();
        }
    }
    found
}

/// Whether a line declares such a member.
fn is_bare(line: &str) -> bool {
    let Some((name, kind)) = line.split_once(':') else { return false };
    let name = name.split_whitespace().last().unwrap_or_default();
    let words = |text: &str| text.split(|char: char| !char.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
    let is_text = TEXTS.iter().any(|text| {
        if text.contains(['<', '[']) { kind.contains(text) } else { words(kind).contains(&(*text).to_owned()) }
    });
    is_text && NAMES.iter().any(|own| name.ends_with(own))
}

#[test]
fn secrets_are_opened_in_few_places() {
    let what_to_do = "hand the SecretString on to who sends it, or make this one of the few (tests/it/held.rs)";
    none(
        ["expose_secret", "expose_secret_mut"]
            .iter()
            .flat_map(|name| strays(&["src"], name, &OPENERS, what_to_do))
            .collect(),
    );
}

#[test]
fn no_struct_holds_a_secret_as_text() {
    none(each(&["src"], bare));
}

#[test]
fn a_secret_that_is_held_as_text_is_seen() {
    let bare =
        |path: &str, text: &str| bare(&File { path: path.to_owned(), text: text.to_owned(), code: code(text) }).len();
    for member in ["token: String", "pub(super) refresh_token: Option<String>", "password: &'a str", "secret: Vec<u8>"]
    {
        let plain = format!("struct A<'a> {{\n    number: u8,\n    {member},\n}}\n");
        assert_eq!((bare("src/a.rs", &plain), bare("src/sim/a.rs", &plain)), (1, 0), "{member}");
        let printed = format!("/// A.\n#[derive(Clone, Debug)]\npub {plain}");
        assert_eq!((bare("src/a.rs", &printed), bare("src/sim/a.rs", &printed)), (1, 1), "{member}");
    }
    for member in [
        "token: SecretString",
        "token_file: PathBuf",
        "tokens: u64",
        "secret: Option<SecretString>",
        "// token: String",
    ] {
        assert_eq!(bare("src/a.rs", &format!("#[derive(Debug)]\nstruct A {{\n    {member},\n}}\n")), 0, "{member}");
    }
}
