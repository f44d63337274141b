//! What cells say of a meeting's settings, and `--set` for all rows that say nothing.
//!
//! A value comes out as Graph spells it, or it is told what Graph has in its place. What only looks like a value that Graph
//! has is never taken for it.

mod names;

use std::ops::Range;

use anyhow::{Context as _, Result, bail, ensure};

use super::flaw::{Wrong, shown};
use super::fold::fold;
use super::names::{Column, Word, word};
use super::nearest::nearest_word;
use super::people::{is_blank, object_id};
use crate::meeting::{Kind, Setting};

pub(super) use self::names::entry;

const NO_TRUTH: &str = "a setting that is neither yes nor no";
const NO_CHOICE: &str = "a setting with a value that Graph does not have";
const NO_ROLE: &str = "a setting with a role that Graph does not have";
const NO_TAG: &str = "a setting that is no tag of a language";
const NO_LABEL: &str = "a setting that is no id of a sensitivity label";
const TOO_LATE: &str = "a setting that can be had only when a meeting is made";

/// Yes in the languages that sheets come in, and what their spreadsheet programs make of it.
const YES: [&str; 12] = ["yes", "y", "true", "1", "on", "ja", "j", "wahr", "oui", "vrai", "si", "verdadero"];
const NO: [&str; 10] = ["no", "n", "false", "0", "off", "nein", "falsch", "non", "faux", "falso"];
/// Those of them that are offered where something else was written.
const TRUTHS: [&str; 6] = ["yes", "no", "true", "false", "on", "off"];
/// What a list of roles says that has none.
const NOBODY: &str = "none";
/// What may stand in a word beside its letters. Other signs say something: `!everyone`, `everyone?`.
const MARKS: &str = "_-./:()'\"";
/// More parts than a tag has for language, script, region and a few variants are no tag.
const TAG_PARTS_MAX: usize = 6;

/// Reads what stands in a cell that is not empty.
pub(super) fn read(setting: Setting, text: &str) -> Result<String, Vec<Wrong>> {
    match setting.kind() {
        Kind::Truth => {
            truth(text).ok_or_else(|| vec![Wrong::new(NO_TRUTH, mend(setting, text)).saying(none(setting, text))])
        }
        Kind::Choice(all) => {
            let no_choice = || vec![Wrong::new(NO_CHOICE, mend(setting, text)).saying(none(setting, text))];
            spelt(text, all).map(str::to_owned).ok_or_else(no_choice)
        }
        Kind::Some(all) => several(setting, text, all),
        Kind::Text if setting == Setting::SensitivityLabelId => {
            let what = || format!("'{}' is no id of a sensitivity label, which is a GUID", shown(text));
            let no_label = || vec![Wrong::new(NO_LABEL, allowed(setting)).saying(what())];
            object_id(text).map(str::to_ascii_lowercase).ok_or_else(no_label)
        }
        Kind::Text => {
            let what = || format!("'{}' is no tag of a language (BCP 47)", shown(text));
            tag(text).ok_or_else(|| vec![Wrong::new(NO_TAG, allowed(setting)).saying(what())])
        }
    }
}

/// What is wrong with a setting that no update can change, where meetings are not made by a plain create.
pub(super) fn at_creation_only(setting: Setting) -> Wrong {
    let mend = "make the meetings with --plain-create, which can set it, or empty the cell";
    Wrong::new(TOO_LATE, mend)
        .saying(format!("Graph takes {} only when a meeting is made, and createOrGet does not take it", setting.name()))
}

/// Reads what was typed for `--set`: `NAME=VALUE`, where the name is any of the table's.
pub fn parse_set(text: &str, plain_create: bool) -> Result<(Setting, String)> {
    let (name, value) = text.split_once('=').with_context(|| {
        format!("--set '{text}' must be NAME=VALUE, like recordAutomatically=yes: a setting, then what it is to be")
    })?;
    let (name, value) = (name.trim_matches(is_blank), value.trim_matches(is_blank));
    let Some(Word::Clear(Column::Setting(setting)) | Word::Vague(Column::Setting(setting))) = word(name) else {
        let names = Setting::ALL.map(Setting::name);
        let nearest = nearest_word(name, &names).map(|near| format!("; the nearest is {near}")).unwrap_or_default();
        bail!("--set '{text}': '{name}' is none of the settings, which are {}{nearest}", names.join(", "));
    };
    let own = setting.name();
    ensure!(!value.is_empty(), "--set '{text}' says nothing after the =: {}", allowed(setting));
    let value = read(setting, value).map_err(|wrongs| {
        let wrongs = wrongs.into_iter().map(|wrong| format!("{}; {}", wrong.what.unwrap_or_default(), wrong.mend));
        anyhow::anyhow!("--set {own}={}: {}", shown(value), wrongs.collect::<Vec<_>>().join("; "))
    })?;
    ensure!(
        plain_create || setting.is_updatable(),
        "--set {own}: Graph takes it only when a meeting is made, and createOrGet does not take it: say --plain-create \
         too, or leave it out"
    );
    Ok((setting, value))
}

/// What may be written for a setting.
fn allowed(setting: Setting) -> String {
    match setting.kind() {
        Kind::Truth => "write yes or no (or true or false, 1 or 0, on or off)".to_owned(),
        Kind::Choice(all) => format!("write {}", or(all)),
        Kind::Some(all) => format!("write one or more of {}, or {NOBODY}", or(all)),
        Kind::Text if setting == Setting::SensitivityLabelId => {
            "write the label's id as Microsoft Purview has it, like 6b1e0000-0000-4000-8000-000000000001".to_owned()
        }
        Kind::Text => "write one like de-DE, pt-BR or ja".to_owned(),
    }
}

fn truth(text: &str) -> Option<String> {
    // Not even punctuation: -1 is not 1. An accent may stand apart from its letter.
    if !text.chars().all(|c| c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}')) {
        return None;
    }
    let folded = fold(text);
    let yes = YES.contains(&folded.as_str()).then_some("true");
    yes.or_else(|| NO.contains(&folded.as_str()).then_some("false")).map(str::to_owned)
}

/// The one of the words that it is but for case, spaces and punctuation, in Graph's spelling.
fn spelt(text: &str, all: &[&'static str]) -> Option<&'static str> {
    let is_plain = |c: char| c.is_alphanumeric() || is_blank(c) || MARKS.contains(c);
    let folded = text.chars().all(is_plain).then(|| fold(text))?;
    all.iter().copied().find(|word| fold(word) == folded)
}

/// A list, in Graph's order and without repetitions.
fn several(setting: Setting, text: &str, all: &[&'static str]) -> Result<String, Vec<Wrong>> {
    if spelt(text, &[NOBODY]).is_some() {
        return Ok(String::new());
    }
    let (mut found, mut wrongs) = (Vec::new(), Vec::new());
    let no_role = |text| Wrong::new(NO_ROLE, mend(setting, text)).saying(none(setting, text));
    for part in parts(text) {
        match spelt(&text[part.clone()], all) {
            Some(word) => found.push(word),
            None => wrongs.push(no_role(&text[part.clone()]).of_part(part)),
        }
    }
    if found.is_empty() && wrongs.is_empty() {
        wrongs.push(no_role(text));
    }
    let found = all.iter().copied().filter(|word| found.contains(word)).collect::<Vec<_>>();
    if wrongs.is_empty() { Ok(found.join(",")) } else { Err(wrongs) }
}

/// What stands between semicolons, commas, tabs and line breaks, without the space around it.
fn parts(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut next = 0;
    let pieces = text.split([';', ',', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let places = pieces.map(move |piece| {
        let own = piece.trim_start_matches(is_blank);
        let begin = next + piece.len() - own.len();
        next += piece.len() + 1;
        begin..begin + own.trim_end_matches(is_blank).len()
    });
    places.filter(|place| !place.is_empty())
}

/// A tag of a language (BCP 47), in the case in which such tags are written: `de-DE`, `zh-Hant-TW`.
fn tag(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('-').collect();
    let is_part = |part: &&str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_language = matches!(parts[0].len(), 2 | 3) && parts[0].bytes().all(|byte| byte.is_ascii_alphabetic());
    let ends_well = parts.len() == 1 || parts[parts.len() - 1].len() > 1;
    if !is_language || !ends_well || parts.len() > TAG_PARTS_MAX || !parts.iter().all(is_part) {
        return None;
    }
    let cased = parts.iter().enumerate().map(|(place, part)| match part.len() {
        2 if place > 0 => part.to_ascii_uppercase(),
        4 if place > 0 => part[..1].to_ascii_uppercase() + &part[1..].to_ascii_lowercase(),
        _ => part.to_ascii_lowercase(),
    });
    Some(cased.collect::<Vec<_>>().join("-"))
}

/// That this is none of the words that Graph has.
fn none(setting: Setting, text: &str) -> String {
    format!("Graph has no '{}' for {}", shown(text), setting.name())
}

/// What may be written in place of a word, and which is the nearest.
fn mend(setting: Setting, text: &str) -> String {
    let words = match setting.kind() {
        Kind::Choice(all) | Kind::Some(all) => all,
        Kind::Truth | Kind::Text => &TRUTHS,
    };
    let nearest = nearest_word(text, words).map(|near| format!("; the nearest is {near}")).unwrap_or_default();
    format!("{}{nearest}", allowed(setting))
}

/// `a, b or c`.
fn or(words: &[&str]) -> String {
    match words {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        words => words.concat(),
    }
}

#[cfg(test)]
mod tests;
