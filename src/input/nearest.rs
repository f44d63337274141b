//! The name that may have been meant, for messages. Nothing is read by it.

use super::flaw::shown;
use super::fold::fold;
use super::names::Column;

/// How alike two names must be (Jaro-Winkler, 0 to 1) for one to be offered in place of the other.
const ALIKE_MIN: f64 = 0.8;
/// Longer texts, in bytes, are no names that somebody has mistyped; to compare them takes the square of their length.
const NAME_MOST: usize = 256;
/// Shorter names are other words when one letter is changed.
const LETTERS_MIN: usize = 5;
/// From so many letters on, two mistakes are one word still.
const LETTERS_FOR_TWO: usize = 9;

/// Several required columns are missing, and none of the names is like one of them.
pub(super) fn all_missing(lacking: &[Column], unread: &[&str], names: &[String]) -> Option<String> {
    let is_like = |own: &&str, column: &Column| {
        column.clear_names().any(|name| strsim::jaro_winkler(&fold(own), &fold(name)) >= ALIKE_MIN)
    };
    if lacking.len() < 2 || unread.iter().any(|own| lacking.iter().any(|column| is_like(own, column))) {
        return None;
    }
    let name = |column: &Column| column.name();
    let maps: Vec<String> = lacking.iter().map(|column| format!("--map {}=…", column.name())).collect();
    Some(format!(
        "there is no column {}; the first line must name the columns, and it has {}: add the two, or say with {} which \
         they are (or use --me to make every meeting the signed-in user's, which needs no organizers)",
        lacking.iter().map(name).collect::<Vec<_>>().join(" and no column "),
        listed(names),
        maps.join(" and ")
    ))
}

/// A required column is missing: says which of those that mean nothing may be it, or what there is.
pub(super) fn missing(column: Column, unread: &[&str], names: &[String]) -> String {
    let name = column.name();
    let alike =
        |own: &str| column.clear_names().map(|name| strsim::jaro_winkler(&fold(own), &fold(name))).fold(0.0, f64::max);
    let nearest = unread.iter().filter(|own| own.len() <= NAME_MOST).map(|own| (alike(own), own));
    let nearest = nearest.max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = match nearest {
        Some((alike, own)) if alike >= ALIKE_MIN => {
            format!("the nearest is '{0}': rename it, or say --map {name}=\"{0}\"", shown(own))
        }
        _ => format!("the header has {}: add it, or say which of these it is with --map {name}=…", listed(names)),
    };
    let otherwise = match column {
        Column::OrganizerUserId => " (or use --me to make every meeting the signed-in user's)",
        _ => "",
    };
    format!("there is no column {name}; {hint}{otherwise}")
}

/// Which of the sheet's names is nearest to one that was typed, or what there is.
pub(super) fn nearest_name(typed: &str, names: &[String]) -> String {
    let names_proper = names.iter().filter(|own| own.len() <= NAME_MOST && typed.len() <= NAME_MOST);
    let nearest = names_proper.map(|own| (strsim::jaro_winkler(&fold(own), &fold(typed)), own));
    match nearest.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((alike, own)) if alike >= ALIKE_MIN => format!("the nearest is '{}'", shown(own)),
        _ => format!("the header has {}", listed(names)),
    }
}

/// Which of the words that can be typed is nearest to the one that was.
pub(super) fn nearest_word(typed: &str, words: &[&'static str]) -> Option<&'static str> {
    let words = words.iter().filter(|_| typed.len() <= NAME_MOST);
    let alike = words.map(|word| (strsim::jaro_winkler(&fold(word), &fold(typed)), *word));
    let nearest = alike.max_by(|a, b| a.0.total_cmp(&b.0));
    nearest.filter(|(alike, _)| *alike >= ALIKE_MIN).map(|(_, word)| word)
}

fn listed(names: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    shown(&names.join(", "))
}

/// Which of the names that mean nothing are a slip of the finger away from one that would mean one of `columns`.
pub(super) fn doubtful<'a>(unread: &[&'a str], columns: &[Column]) -> Vec<(&'a str, Column)> {
    let slips = |own: &str, name: &str| {
        let (own, name) = (fold(own), fold(name));
        let letters = name.chars().count().min(own.chars().count());
        let most = if letters >= LETTERS_FOR_TWO { 2 } else { 1 };
        let slips = strsim::osa_distance(&own, &name);
        (letters >= LETTERS_MIN && slips <= most).then_some(slips)
    };
    let meant = |own: &str| {
        let all = columns.iter().flat_map(|&column| column.clear_names().map(move |name| (column, name)));
        let near = all.filter_map(|(column, name)| Some((slips(own, name)?, column)));
        near.min_by_key(|(slips, _)| *slips).map(|(_, column)| column)
    };
    let unread = unread.iter().filter(|own| own.len() <= NAME_MOST);
    unread.filter_map(|&own| Some((own, meant(own)?))).collect()
}
