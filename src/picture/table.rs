//! The row of a flaw as a small table: across when one cell is meant, down when the record does not fit its header.

use std::fmt::Write as _;
use std::ops::Range;

use super::glyphs::{Fitted, fit, width};
use super::{Scene, part};
use crate::input::{Cells, Flaw};

/// What stands before each line.
const INDENT: &str = "  ";
/// What stands between two cells.
const BAR: &str = " │ ";
/// Columns that are left out.
const GAP: &str = "…";
/// How wide a cell beside the flawed one may be.
const SIDE_MAX: usize = 20;
/// The same for the one by which the row is known.
const ID_MAX: usize = 26;
/// With less room than this the flawed cell drives its neighbours out.
const FLAWED_MIN: usize = 24;
/// How many columns are shown of a record that does not fit its header: those at the beginning, and those around the end
/// of what fits.
const TOP: usize = 8;
const BEFORE_END: usize = 4;
const AFTER_END: usize = 4;
/// How wide their names may be.
const NAME_MAX: usize = 30;

/// One column of the table.
struct Shown {
    head: Fitted,
    cell: Fitted,
    width: usize,
}

impl Shown {
    fn of(head: &str, text: &str, part: Range<usize>, room: usize) -> Self {
        let (head, cell) = (fit(head, 0..0, room), fit(text, part, room));
        let width = head.width.max(cell.width).max(1);
        Self { head, cell, width }
    }
}

fn pad(shown: &str, to: usize) -> String {
    format!("{shown}{}", " ".repeat(to.saturating_sub(width(shown))))
}

/// Header and row, two lines, with the flawed cell, its neighbours and the externalId; and a line of marks below.
pub(super) fn across(scene: &Scene, cells: &Cells, flaw: &Flaw) -> String {
    let count = scene.names.len().max(cells.0.len());
    let flawed = flaw.cell.filter(|cell| *cell < count);
    let centre = flawed.or(scene.id).unwrap_or_default().min(count.saturating_sub(1));
    let id = scene.id.filter(|id| *id < count).unwrap_or(centre);
    let last = count.saturating_sub(1);
    let (before, after) = (centre.saturating_sub(1), (centre + 1).min(last));
    // The externalId is its own neighbour.
    let further = if centre == id { (centre + 2).min(last) } else { after };
    let mut choices =
        [vec![id, before, centre, after, further], vec![id, centre, after], vec![id, centre], vec![centre]].into_iter();
    let (places, room) = loop {
        let mut places = choices.next().unwrap_or_else(|| vec![centre]);
        places.sort_unstable();
        places.dedup();
        let room = room(scene, cells, &places, centre, id);
        let wanted = column(scene, cells, flaw, centre, scene.width).width.min(FLAWED_MIN);
        if places.len() == 1 || room.is_some_and(|room| room >= wanted) {
            break (places, room.unwrap_or(FLAWED_MIN));
        }
    };
    let (mut heads, mut texts, mut mark) = (Vec::new(), Vec::new(), String::new());
    let mut at = INDENT.len();
    let mut next = 0;
    for &place in &places {
        if place > next {
            heads.push(GAP.to_owned());
            texts.push(GAP.to_owned());
            at += 1 + width(BAR);
        }
        let room = if place == centre { room } else { side(place, id) };
        let shown = column(scene, cells, flaw, place, room);
        if flawed == Some(place) {
            let Range { start, end } = shown.cell.mark;
            mark = format!("{}{}\n", " ".repeat(at + start), scene.paint.mark(&"^".repeat(end - start)));
        }
        heads.push(pad(&shown.head.shown, shown.width));
        texts.push(pad(&shown.cell.shown, shown.width));
        at += shown.width + width(BAR);
        next = place + 1;
    }
    if next < count {
        heads.push(GAP.to_owned());
        texts.push(GAP.to_owned());
    }
    let head = scene.paint.dim(heads.join(BAR).trim_end());
    format!("{INDENT}{head}\n{INDENT}{}\n{mark}", texts.join(BAR).trim_end())
}

fn side(place: usize, id: usize) -> usize {
    if place == id { ID_MAX } else { SIDE_MAX }
}

fn column(scene: &Scene, cells: &Cells, flaw: &Flaw, place: usize, room: usize) -> Shown {
    let text = cells.text(place);
    let part = if flaw.cell == Some(place) { part(flaw, &text) } else { 0..0 };
    Shown::of(scene.names.get(place).map_or("", String::as_str), &text, part, room)
}

/// How wide the flawed cell may be when these columns are shown; `None` when they do not fit.
fn room(scene: &Scene, cells: &Cells, places: &[usize], centre: usize, id: usize) -> Option<usize> {
    let count = scene.names.len().max(cells.0.len());
    let mut gaps = usize::from(places.first().is_some_and(|first| *first > 0));
    gaps += usize::from(places.last().is_some_and(|last| last + 1 < count));
    gaps += places.windows(2).filter(|pair| pair[0] + 1 < pair[1]).count();
    let sides = places.iter().filter(|place| **place != centre).map(|&place| {
        let head = scene.names.get(place).map_or("", String::as_str);
        Shown::of(head, &cells.text(place), 0..0, side(place, id)).width
    });
    let sides: usize = sides.sum();
    let bars = width(BAR) * (places.len() + gaps - 1);
    scene.width.checked_sub(INDENT.len() + sides + gaps + bars)
}

/// Each column's name beside its cell, one to a line, so that it is seen where they slipped; a mark under the first that
/// has no partner, or under the last cell if it is that one that is wrong.
pub(super) fn down(scene: &Scene, cells: &Cells, is_last: bool) -> String {
    let (names, count) = (&scene.names, scene.names.len().max(cells.0.len()));
    let fitting = names.len().min(cells.0.len());
    let places = (0..count).filter(|&place| {
        count <= TOP + BEFORE_END + AFTER_END
            || place < TOP
            || (place + BEFORE_END >= fitting && place < fitting + AFTER_END)
    });
    // The cells get half of the width at the least.
    let names_max = NAME_MAX.min((scene.width - INDENT.len() - width(BAR)) / 2);
    let head = |place: usize| names.get(place).map_or("(no column)", String::as_str);
    let rows: Vec<(usize, Fitted)> = places.map(|place| (place, fit(head(place), 0..0, names_max))).collect();
    let heads = rows.iter().map(|(_, head)| head.width).max().unwrap_or_default();
    let room = scene.width.saturating_sub(INDENT.len() + heads + width(BAR));
    let (mut lines, mut next) = (String::new(), 0);
    for (place, head) in rows {
        if place > next {
            let _ = writeln!(lines, "{INDENT}{GAP}");
        }
        let cell = cells.0.get(place).map(|_| cells.text(place));
        let cell = cell.as_deref().unwrap_or("(no cell)");
        let fitted = fit(cell, 0..cell.len(), room);
        let line = format!("{}{BAR}{}", scene.paint.dim(&pad(&head.shown, heads)), fitted.shown);
        let _ = writeln!(lines, "{INDENT}{}", line.trim_end());
        let marked = if is_last { cells.0.len().saturating_sub(1) } else { fitting };
        if place == marked && place < count {
            let before = " ".repeat(INDENT.len() + heads + width(BAR));
            let _ = writeln!(lines, "{before}{}", scene.paint.mark(&"^".repeat(fitted.mark.len())));
        }
        next = place + 1;
    }
    if next < count {
        let _ = writeln!(lines, "{INDENT}{GAP}");
    }
    lines
}
