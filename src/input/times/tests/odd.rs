//! Text of any kind: nothing panics, and what is marked is in the text.

use proptest::prelude::*;

use super::*;

fn odd_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "2027",
        "02",
        "3",
        "13",
        "31",
        "0",
        "24",
        "99",
        "00000000",
        "-",
        "/",
        ".",
        ":",
        ",",
        " ",
        "T",
        "Z",
        "W",
        "+",
        "\u{2212}",
        "+01:00",
        "UTC",
        "PM",
        "a.m.",
        "noon",
        "Feb",
        "M\u{e4}rz",
        "Wed",
        "h",
        "min",
        "PT",
        "[",
        "]",
        "\u{a0}",
        "\u{130}",
        "\u{df}",
        "99999999999",
        "46056",
        "Europe/Berlin",
        "CET",
        "standard time",
        "th",
        "(UTC",
        "(GM\u{e9}",
    ]);
    let pieces = prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat());
    prop_oneof![3 => pieces, 1 => any::<String>()]
}

fn parts_are_inside(cells: &Cells<'_>, spanned: &Spanned) -> Result<(), TestCaseError> {
    prop_assert!(spanned.span.is_some() == spanned.wrongs.is_empty());
    for (column, wrong) in spanned.wrongs.iter().chain(&spanned.warnings) {
        let text = match column {
            Column::StartDateTime => cells.start_date_time,
            Column::StartDate => cells.start_date,
            Column::StartTime => cells.start_time,
            Column::EndDateTime => cells.end_date_time,
            Column::EndDate => cells.end_date,
            Column::EndTime => cells.end_time,
            Column::Duration => cells.duration,
            _ => cells.time_zone,
        };
        if let Some(part) = &wrong.part {
            let marked = text.and_then(|text| text.get(part.clone()));
            prop_assert!(marked.is_some_and(|marked| !marked.is_empty()), "{:?} {:?} {:?}", column, text, wrong);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn whatever_the_text_what_is_marked_is_a_part_of_it(
        texts in prop::array::uniform8(odd_text()),
        given in any::<u8>(),
        order in prop::sample::select(vec![None, Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)]),
    ) {
        let text = |at: usize| (given >> at & 1 == 1).then(|| texts[at].trim());
        let cells = Cells {
            start_date_time: text(0),
            start_date: text(1),
            start_time: text(2),
            end_date_time: text(3),
            end_date: text(4),
            end_time: text(5),
            duration: text(6),
            time_zone: text(7),
        };
        let orders = order.map_or_else(Orders::default, Orders::all);
        let mut zones = Zones::new();
        let default_zone = zones.zone("UTC").ok();
        let spanned = zones.span(&cells, &Rules { default_zone, orders, now: None });
        parts_are_inside(&cells, &spanned)?;
        let _ = admits(&texts[0]);
    }
}
