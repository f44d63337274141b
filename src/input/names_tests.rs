//! The table of names: no word means two things, and every word is found however it is written.

use proptest::prelude::*;

use super::*;
use crate::input::Columns;
use crate::ledger::COLUMNS;

fn all_names(column: Column) -> impl Iterator<Item = &'static str> {
    column.clear_names().chain(column.vague_aliases())
}

fn every_name() -> Vec<(Column, &'static str)> {
    Column::ALL.into_iter().flat_map(|column| all_names(column).map(move |name| (column, name))).collect()
}

/// Which column a header of this one name has.
fn found(name: &str) -> Option<Column> {
    // The two columns that are needed are given by names that nobody has, so that any name may stand alone.
    let mut header = vec!["§1", "§2", name];
    let map: Vec<_> = [(Column::ExternalId, "§1"), (Column::OrganizerUserId, "§2")]
        .into_iter()
        .filter(|(column, _)| !all_names(*column).any(|own| fold(own) == fold(name)))
        .map(|(column, own)| (column, own.to_owned()))
        .collect();
    header.retain(|own| *own == name || map.iter().any(|(_, mapped)| mapped == own));
    let columns = Columns::of_header(&csv::ByteRecord::from(header), false, &map).expect("a header");
    columns.read().find(|(_, own)| *own == name.trim()).map(|(column, _)| column)
}

/// A time of day without a column for the date is read as date and time.
fn without_date(column: Column) -> Column {
    match column {
        Column::StartTime => Column::StartDateTime,
        Column::EndTime => Column::EndDateTime,
        column => column,
    }
}

#[test]
fn the_table_is_in_the_order_of_the_columns() {
    for (place, column) in Column::ALL.into_iter().enumerate() {
        assert_eq!(column.place(), place);
        let of_name = match column {
            Column::Setting(setting) => format!("{setting:?}"),
            own => format!("{own:?}"),
        };
        assert_eq!(column.name().to_lowercase(), of_name.to_lowercase());
        assert!(!column.holds().is_empty());
    }
}

#[test]
fn no_word_means_two_things_or_stands_twice() {
    let mut words: Vec<(String, Column)> =
        every_name().into_iter().map(|(column, name)| (fold(name), column)).collect();
    words.sort_by(|a, b| a.0.cmp(&b.0));
    for pair in words.windows(2) {
        assert!(pair[0].0 != pair[1].0, "{pair:?}");
    }
    assert!(words.iter().all(|(word, _)| word.len() > 1), "{words:?}");
}

#[test]
fn no_result_of_this_program_is_taken_for_a_meaning_nor_for_a_slip() {
    for name in COLUMNS.into_iter().chain(["reason"]) {
        assert_eq!(word(name), None, "{name}");
        let header = csv::ByteRecord::from(vec!["external id", name]);
        let columns = Columns::of_header(&header, true, &[]).expect("a header");
        assert_eq!(columns.doubtful(), [], "{name}");
    }
}

#[test]
fn what_would_be_a_guess_means_nothing() {
    for name in ["", "#", "no.", "day", "user id", "user email", "email", "lecturer", "minutes", "optional attendees"] {
        assert_eq!(word(name), None, "{name}");
    }
}

#[test]
fn a_duration_may_name_its_unit_if_that_is_minutes() {
    for name in ["Duration (min)", "duration [minutes]", "DURATION (hh:mm)", "Dauer (Min.)", "Length in minutes"] {
        let is_duration = matches!(word(name), Some(Word::Clear(Column::Duration) | Word::Vague(Column::Duration)));
        assert!(is_duration, "{name}");
    }
    for name in ["Duration (hours)", "Duration (h)", "Dauer (Std.)", "Length in hours"] {
        assert_eq!(word(name), Some(Word::Hours), "{name}");
    }
    for name in ["Subject (min)", "Start (h)", "Title minutes"] {
        assert_eq!(word(name), None, "{name}");
    }
}

#[test]
fn accents_may_be_lost_or_written_apart() {
    for name in ["Début", "debut", "DÉBUT", "De\u{301}but"] {
        assert_eq!(word(name), Some(Word::Clear(Column::StartDateTime)), "{name}");
    }
}

/// The same name as somebody else may write it.
fn rewritten(name: &str, noise: &[(bool, &'static str)]) -> String {
    let mut noise = noise.iter().cycle();
    let mut text = String::new();
    for c in name.chars().filter(|c| c.is_alphanumeric()) {
        let (upper, before) = noise.next().expect("it goes round");
        text.push_str(before);
        if *upper { text.extend(c.to_uppercase()) } else { text.extend(c.to_lowercase()) }
    }
    text
}

proptest! {
    #[test]
    fn every_name_is_found_alone_whatever_its_case_spaces_and_punctuation(
        noise in prop::collection::vec(
            (any::<bool>(), prop::sample::select(vec!["", "", " ", "_", "-", ".", "/", " (", "\u{a0}", ": ", "'"])),
            1..20,
        )
    ) {
        for (column, name) in every_name() {
            let name = rewritten(name, &noise);
            prop_assert_eq!(found(&name), Some(without_date(column)), "{}", name);
        }
    }

    #[test]
    fn no_header_makes_it_panic_and_no_column_has_two_meanings(
        header in prop::collection::vec(
            prop_oneof![
                prop::sample::select(every_name()).prop_map(|(_, name)| name.to_owned()),
                ".{0,12}",
            ],
            0..12,
        )
    ) {
        let header = csv::ByteRecord::from(header);
        if let Ok(columns) = Columns::of_header(&header, true, &[]) {
            let mut places: Vec<_> = Column::ALL.into_iter().filter_map(|column| columns.index(column)).collect();
            places.sort_unstable();
            let all = places.len();
            places.dedup();
            prop_assert_eq!(places.len(), all);
            prop_assert!(columns.doubtful().iter().all(|(_, column)| columns.index(*column).is_none()));
        }
    }
}
