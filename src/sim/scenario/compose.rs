//! The text of a scenario: `name,what=value,what=value`, read and written.
//!
//! It refuses what it cannot mean: a word that it does not know, a number out of its bounds, the same thing twice.

use std::fmt::{self, Display};
use std::str::FromStr;

use super::Scenario;
use super::term::{TERMS, Term};
use super::words::{nearest, shown};

/// How far the shares may exceed all for not being exact.
const ROUNDING: f64 = 1e-9;

impl FromStr for Scenario {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let items: Vec<&str> = text.split(',').map(str::trim).collect();
        let (first, rest) = items.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest));
        let (mut scenario, terms) = match Self::named(first) {
            Some(named) => (named, rest),
            None if first.contains('=') => (Self::calm(), &items[..]),
            None => return Err(no_name(first)),
        };
        let mut given: [Option<&str>; TERMS.len()] = [None; TERMS.len()];
        for item in terms {
            let (place, value) = find(item)?;
            if given[place].replace(value).is_some() {
                return Err(format!("{}: {} is there twice; leave one of them out", shown(item), TERMS[place].name));
            }
        }
        for (term, value) in TERMS.iter().zip(given) {
            if let Some(value) = value {
                let wrong = |why| format!("{}={}: {why}", term.name, shown(value));
                term.read(&mut scenario, value).map_err(wrong)?;
            }
        }
        let failing = scenario.failing();
        if failing > 1.0 + ROUNDING {
            let (text, percent) = (shown(text), (failing * 1e8).round() / 1e6);
            return Err(format!("{text}: the shares of what fails are {percent}% together; 100% at most"));
        }
        Ok(scenario)
    }
}

/// Which of the terms it is, and its value.
fn find(item: &str) -> Result<(usize, &str), String> {
    let (name, value) = item.split_once('=').map_or((item, None), |(name, value)| (name.trim(), Some(value.trim())));
    let shown = shown(item);
    match (TERMS.iter().position(|term| term.name == name), value) {
        (Some(place), Some(value)) if !value.is_empty() => Ok((place, value)),
        (Some(place), _) => Err(format!("{shown}: the value is missing; as in {}", example(&TERMS[place]))),
        (None, _) if Scenario::NAMES.contains(&name) => {
            Err(format!("{shown}: the name of a scenario goes first and alone, since it sets everything"))
        }
        (None, _) if item.is_empty() => Err("there is nothing before or after a comma; leave the comma out".to_owned()),
        (None, _) => {
            let names = TERMS.map(|term| term.name);
            let mend = match TERMS.iter().find(|term| nearest(name, names) == Some(term.name)) {
                Some(term) => format!("the nearest is {}", example(term)),
                None => format!("there are {}", names.join(", ")),
            };
            Err(format!("{shown}: a scenario has no such thing; {mend}"))
        }
    }
}

fn example(term: &Term) -> String {
    format!("{}={}", term.name, term.example)
}

/// What is said of a first item that is neither a name nor a term.
fn no_name(first: &str) -> String {
    if let Some(term) = TERMS.iter().find(|term| term.name == first) {
        return format!("{first}: the value is missing; as in {}", example(term));
    }
    let nearest = nearest(first, Scenario::NAMES).map(|name| format!("the nearest is {name}; ")).unwrap_or_default();
    let (first, names) = (shown(first), Scenario::NAMES.join(", "));
    format!(
        "no scenario is called '{first}'; {nearest}there are {names}, each alone or with terms like latency=40ms..250ms"
    )
}

impl Display for Scenario {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = Self::NAMES.iter().filter_map(|name| {
            let (mut own, mut base) = (self.clone(), Self::named(name)?);
            let others = TERMS.iter().filter_map(|term| {
                let value = term.show(&mut own);
                (value != term.show(&mut base)).then(|| format!(",{}={value}", term.name))
            });
            Some(format!("{name}{}", others.collect::<String>()))
        });
        out.write_str(&texts.min_by_key(String::len).unwrap_or_default())
    }
}
