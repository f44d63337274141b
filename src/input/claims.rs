//! Which columns of a header claim which meaning, by `--map` or by their names, and which of them has it.
//!
//! Nothing here chooses between two columns that say the same equally well.

use anyhow::{Context as _, Result, bail};

use super::flaw::shown;
use super::fold::fold;
use super::names::{Column, Word, word};
use super::nearest::{nearest_name, nearest_word};

/// What `--map` says of one column: what it means, and what the sheet calls it.
pub type Mapped = (Column, String);

/// A column that may have a meaning.
pub(super) struct Claim {
    pub(super) place: usize,
    pub(super) column: Column,
    pub(super) is_vague: bool,
    pub(super) is_mapped: bool,
}

/// Reads what was typed for `--map`: `NAME=COLUMN`, where the name is any of the table's.
pub fn parse_map(text: &str) -> Result<Mapped> {
    let (name, own) = text.split_once('=').with_context(|| {
        format!(
            "--map '{text}' must be NAME=COLUMN, like subject=\"Session title\": what the column means, then the \
             sheet's own name for it"
        )
    })?;
    let (name, own) = (name.trim(), own.trim());
    let Some(Word::Clear(column) | Word::Vague(column)) = word(name) else {
        let nearest = nearest_word(name, &Column::ALL.map(Column::name));
        let nearest = nearest.map(|near| format!("; the nearest is {near}")).unwrap_or_default();
        bail!(
            "--map '{text}': '{name}' is none of the columns that have a meaning, which are {}, and the settings, which \
             convoke columns shows{nearest}",
            Column::OWN.map(Column::name).join(", ")
        );
    };
    if own.is_empty() {
        bail!("--map '{text}' names no column: write the sheet's own name after the =");
    }
    Ok((column, own.to_owned()))
}

/// What may not come from two columns. When a meeting begins is said by a date-time, or by a time of day.
const MEANINGS: [&[Column]; Column::OWN.len() - 2] = [
    &[Column::ExternalId],
    &[Column::OrganizerUserId],
    &[Column::Subject],
    &[Column::StartDateTime, Column::StartTime],
    &[Column::StartDate],
    &[Column::EndDateTime, Column::EndTime],
    &[Column::EndDate],
    &[Column::Duration],
    &[Column::TimeZone],
    &[Column::Attendees],
    &[Column::Presenters],
    &[Column::Coorganizers],
    &[Column::ChatThreadId],
];

/// The same with those of the settings, each of which is by itself.
pub(super) fn meanings() -> impl Iterator<Item = &'static [Column]> {
    const ALL: &[Column] = &Column::ALL;
    MEANINGS.into_iter().chain(ALL[Column::OWN.len()..].chunks(1))
}

/// The columns that `map` names and, of the others, those whose names say something; and what is wrong with `map`.
pub(super) fn claims(names: &[String], map: &[Mapped]) -> (Vec<Claim>, Vec<String>) {
    let (mut claims, mut problems) = (Vec::<Claim>::new(), Vec::new());
    for (at, (column, own)) in map.iter().enumerate() {
        if map[..at].iter().any(|(other, _)| other == column) {
            problems.push(format!("--map names two columns for {}: leave one out", column.name()));
            continue;
        }
        match find(names, own) {
            Ok(place) => claims.push(Claim { place, column: *column, is_vague: false, is_mapped: true }),
            Err(why) => problems.push(format!("--map {}=\"{}\": {why}", column.name(), shown(own))),
        }
    }
    let mapped = claims.len();
    for (place, name) in names.iter().enumerate() {
        let (column, is_vague) = match word(name) {
            Some(Word::Clear(column)) => (column, false),
            Some(Word::Vague(column)) => (column, true),
            _ => continue,
        };
        if claims[..mapped].iter().all(|one| one.place != place) {
            claims.push(Claim { place, column, is_vague, is_mapped: false });
        }
    }
    (claims, problems)
}

/// Where the column of this name is: by its very name or else by one that differs in case, spaces or punctuation.
fn find(names: &[String], own: &str) -> Result<usize, String> {
    let alike = |is: &dyn Fn(&String) -> bool| (0..names.len()).filter(|&place| is(&names[place])).collect::<Vec<_>>();
    let mut found = alike(&|name| name == own);
    if found.is_empty() && !fold(own).is_empty() {
        found = alike(&|name| fold(name) == fold(own));
    }
    match found[..] {
        [place] => Ok(place),
        [] => Err(format!("the sheet has no such column; {}", nearest_name(own, names))),
        [first, second, ..] => Err(format!("columns {} and {} are both called so: rename one", first + 1, second + 1)),
    }
}

/// Those of the claims that say it best: what was typed, or else what is clear, or else what is vague.
pub(super) fn best<'a>(claims: &'a [Claim], meaning: &[Column]) -> Vec<&'a Claim> {
    let claim = || claims.iter().filter(|one| meaning.contains(&one.column));
    let those = |is: &dyn Fn(&Claim) -> bool| claim().filter(|one| is(one)).collect::<Vec<_>>();
    let tiers = [those(&|one| one.is_mapped), those(&|one| !one.is_vague), those(&|_| true)];
    tiers.into_iter().find(|tier| !tier.is_empty()).unwrap_or_default()
}

/// Several columns claim one meaning.
pub(super) fn ambiguous(several: &[&Claim], names: &[String]) -> String {
    let column = several[0].column;
    let what = match column {
        _ if several.iter().all(|one| one.column == column) => format!("mean {}", column.name()),
        Column::StartDateTime | Column::StartTime => "say when it begins".to_owned(),
        _ => "say when it ends".to_owned(),
    };
    let first = &names[several[0].place];
    let mend = if several[0].is_mapped {
        "leave out the --map of all but one".to_owned()
    } else if several[1..].iter().any(|one| fold(&names[one.place]) == fold(first)) {
        "rename or remove one".to_owned()
    } else {
        let example = format!("--map {}=\"{}\"", column.name(), shown(first));
        format!("rename or remove one, or say which is meant, like {example}")
    };
    let places: Vec<String> =
        several.iter().map(|one| format!("{} ('{}')", one.place + 1, shown(&names[one.place]))).collect();
    let (last, others) = places.split_last().expect("there are several");
    let both = if others.len() == 1 { "both" } else { "all" };
    format!("columns {} and {last} {both} {what}: {mend}", others.join(", "))
}
