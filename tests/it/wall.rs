//! The wall around the simulator: nothing under `src/sim` uses what is outside.
//!
//! What a name leads to the compiler knows best: `tests/apart` builds `src/sim` where there is nothing else. Here is what
//! it would not see, a file of ours that is taken in by its path; and the names once more, for a failure that says what
//! to do, and for the simulator's tests, which are not built there.

use std::path::Path;

use crate::measure::{code, items, tokens};
use crate::tidy::{File, each, files, none, root};

/// The only files from outside: what the simulator's tests have in common with the others, as the schema that answers
/// are held against.
const SHARED: [&str; 2] = [r#""../../../tests/it/schema/mod.rs""#, r#""../../../../tests/it/der.rs""#];

/// Where a file under `src/sim` leads out of it, as far as words can tell.
fn ways_out(file: &File) -> Vec<usize> {
    let tokens = tokens(&file.code);
    let word = |at: usize| tokens.get(at).map_or("", |(_, word)| word);
    let is = |at: usize, words: &[&str]| words.iter().enumerate().all(|(next, wanted)| word(at + next) == *wanted);
    let leads_out = |at: usize| match word(at) {
        "convoke" | "include" | "macro_use" => true,
        "crate" if at > 0 && is(at - 1, &["(", "crate", ")"]) => false,
        "crate" => !is(at + 1, &[":", ":", "sim"]),
        // Of one path only the first counts.
        "super" if at > 2 && is(at - 3, &["super", ":", ":"]) => false,
        "super" => {
            let further = (at + 1..tokens.len()).step_by(3).take_while(|&up| is(up, &[":", ":", "super"]));
            1 + further.count() > depth(file, tokens[at].0)
        }
        "include_str" | "include_bytes" => !is(at + 1, &["!", "("]) || !is_beside(literal(file, tokens[at + 2].0 + 1)),
        "path" if word(at + 1) == "=" && word(at + 2) != "=" => {
            let value = literal(file, tokens[at + 1].0 + 1);
            let is_variable = at > 0 && ["let", "mut"].contains(&word(at - 1));
            let is_text = ["\"", "r\"", "r#"].iter().any(|quote| value.starts_with(quote));
            let is_attribute = is_text || word(at + 2) == "$" || at > 0 && word(at - 1) == "[";
            !is_variable && is_attribute && !is_beside(value) && !SHARED.contains(&value)
        }
        _ => false,
    };
    (0..tokens.len()).filter(|&at| leads_out(at)).map(|at| tokens[at].0).collect()
}

/// How many modules there are between the one that the place is in and the root of the crate.
fn depth(file: &File, at: usize) -> usize {
    let below = file.path.trim_start_matches("src/sim/").trim_end_matches("mod.rs");
    let inline = items(&file.code, "mod").into_iter().filter(|module| (module.begin..module.end).contains(&at));
    below.split('/').filter(|name| !name.is_empty()).count() + inline.count()
}

/// The source from the place on, up to where a quoted text, or else a word, ends.
fn literal(file: &File, at: usize) -> &str {
    let text = file.text[at..].trim_start();
    let quoted = text.strip_prefix('"').and_then(|rest| rest.find('"')).map(|end| end + 2);
    let end = quoted.or_else(|| text.find([')', ']', ',', ';', '\n'])).unwrap_or(text.len());
    &text[..end]
}

/// Whether it is the name of a file, in quotes and without a folder.
fn is_beside(literal: &str) -> bool {
    let name = literal.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
    name.is_some_and(|name| !name.contains(['/', '\\']) && Path::new(name).extension().is_some())
}

#[test]
fn sim_uses_nothing_of_ours() {
    let what_to_do = "sim is a second reading of Graph: write out what it needs in src/sim";
    none(each(&["src/sim"], |file| ways_out(file).into_iter().map(|at| file.at(at, what_to_do)).collect()));
}

#[test]
fn no_file_of_sim_is_another_by_a_link() {
    let linked = files(&["src/sim"], "").into_iter().filter(|file| {
        let mut folders = Path::new(&file.path).ancestors().map(|path| root().join(path));
        folders.any(|path| path.is_symlink())
    });
    none(linked.map(|file| file.at(0, "it is a link; write a file of its own")).collect());
}

#[test]
fn every_way_out_of_sim_is_seen() {
    let ways_out = |text: &str| {
        let (text, code) = (text.to_owned(), code(text));
        ways_out(&File { path: "src/sim/people/listed.rs".to_owned(), text, code }).len()
    };
    for way in [
        "use convoke::keys;",
        "use crate as ours; use ours::keys;",
        "use crate::keys;",
        "use crate :: keys;",
        "use crate::/* sim */keys;",
        "use crate::{keys};",
        "fn a() { crate::object!() }",
        "use super::super::super::keys;",
        "use super :: super ::\n    super :: keys;",
        "mod a { use super::super::super::super::keys; }",
        "extern crate self as whole;",
        "#[macro_use] mod a;",
        "include!(\"a.rs\");",
        "use std::include as take;",
        "const A: &str = include_str!(\"../../keys.rs\");",
        "const A: &str = include_str! ( \"\\x2e./keys.rs\" );",
        "const A: &[u8] = include_bytes!(concat!(\"..\", \"/keys.rs\"));",
        "const A: &[u8] = include_bytes![\"../../keys.rs\"];",
        "use std::include_str as take;",
        "#[path = \"../../keys.rs\"] mod stolen;",
        "# [ path=\"../../keys.rs\" ] mod stolen;",
        "#[cfg_attr(all(), path = \"../../keys.rs\")] mod stolen;",
        "#[path = r\"../../keys.rs\"] mod stolen;",
        "#[path = \"..\"] mod a { mod keys; }",
        "macro_rules! a { ($path:literal) => { #[path = $path] mod a; } }",
        "macro_rules! a { ($path:literal) => { #[cfg_attr(all(), path = $path)] mod a; } }",
        "taken!(path = \"../../keys.rs\");",
    ] {
        assert_eq!(ways_out(way), 1, "{way}");
    }
    for inside in [
        "pub(crate) fn a() { crate::sim::hash(super::super::b()) } // crate::keys",
        "mod tests { use super::super::super::hash; }",
        "#[path = \"listed_tests.rs\"] mod tests;",
        "const A: &str = include_str!(\"style.css\");",
        "let path = \"/v1.0\"; let mut path = r\"/\"; if path == \"/v1.0\" {} debug!(path = request.path());",
        "extern \"C\" {}",
    ] {
        assert_eq!(ways_out(inside), 0, "{inside}");
    }
}
