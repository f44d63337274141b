//! Text as a terminal shows it: how wide each character is, what stands for one that is not seen, and which part of a long
//! text is shown. It never prints a character that steers the terminal or turns its direction.

use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;

/// How many marks above and below one letter are shown as they are; no language has more.
const MARKS_MAX: usize = 4;
/// Narrower than this a text cannot be cut: the longest stand-in is `\u{10ffff}`, between two `…`.
pub(super) const ROOM_MIN: usize = 12;

/// What is shown in one place, and for which bytes of the text.
#[derive(Debug)]
struct Glyph {
    from: usize,
    to: usize,
    shown: String,
    width: usize,
    /// Marks may be put upon it.
    takes_marks: bool,
}

/// A text in the room that there is for it, in columns of the terminal.
#[derive(Debug, Default)]
pub(super) struct Fitted {
    pub(super) shown: String,
    pub(super) width: usize,
    /// Where the part is, at least one column.
    pub(super) mark: Range<usize>,
}

/// Shows so much of a text around one part of it as there is room for. What is left out is an `…`.
pub(super) fn fit(text: &str, part: Range<usize>, room: usize) -> Fitted {
    let room = room.max(ROOM_MIN);
    // No more is looked at than can be shown: a cell may hold the rest of a file.
    let start = text[..part.start].char_indices().rev().take(room).last().map_or(part.start, |(at, _)| at);
    let length = text[part.start..].char_indices().nth(2 * room).map_or(text.len() - part.start, |(at, _)| at);
    let end = part.start + length;
    let glyphs = glyphs(&text[start..end], start);
    let first = glyphs.iter().position(|glyph| glyph.to > part.start).unwrap_or(glyphs.len());
    let last = first + glyphs[first..].iter().take_while(|glyph| glyph.from < part.end).count();
    let window = window(&glyphs, first..last, (start > 0, end < text.len()), room);
    let columns = |range: Range<usize>| glyphs[range].iter().map(|glyph| glyph.width).sum::<usize>();
    let (before, after) = (window.start > 0 || start > 0, window.end < glyphs.len() || end < text.len());
    let mut shown = String::new();
    shown.extend(before.then_some('…'));
    shown.extend(glyphs[window.clone()].iter().map(|glyph| glyph.shown.as_str()));
    shown.extend(after.then_some('…'));
    let width = columns(window.clone()) + usize::from(before) + usize::from(after);
    let begin = columns(window.start..first) + usize::from(before);
    let is_cut = last > window.end || part.end > end;
    let marked = columns(first..last.min(window.end)) + usize::from(is_cut);
    Fitted { shown, width, mark: begin..begin + marked.max(1) }
}

/// Which glyphs are shown: the marked ones first, and then what is around them, on both sides alike.
fn window(glyphs: &[Glyph], marked: Range<usize>, cut: (bool, bool), room: usize) -> Range<usize> {
    let total: usize = glyphs.iter().map(|glyph| glyph.width).sum();
    // A mark after the last character needs a column of its own.
    let total = total + usize::from(marked.start == glyphs.len());
    if total <= room && cut == (false, false) {
        return 0..glyphs.len();
    }
    let (mut window, mut room) = (marked.start..marked.start, room - 2);
    let mut take = |place: usize| {
        let fits = glyphs.get(place).is_some_and(|glyph| glyph.width <= room);
        room -= if fits { glyphs[place].width } else { 0 };
        fits
    };
    while window.end < marked.end && take(window.end) {
        window.end += 1;
    }
    let (mut left, mut right) = (true, window.end >= marked.end);
    while left || right {
        left = left && window.start > 0 && take(window.start - 1);
        window.start -= usize::from(left);
        right = right && take(window.end);
        window.end += usize::from(right);
    }
    window
}

/// A text on one line in which everything is seen and nothing steers the terminal.
pub(crate) fn visible(text: &str) -> String {
    glyphs(text, 0).into_iter().map(|glyph| glyph.shown).collect()
}

/// How many columns a visible text takes.
pub(super) fn width(visible: &str) -> usize {
    visible.chars().map(|c| c.width().unwrap_or_default()).sum()
}

fn glyphs(text: &str, base: usize) -> Vec<Glyph> {
    let mut glyphs: Vec<Glyph> = Vec::new();
    for (at, c) in text.char_indices() {
        let (from, to) = (base + at, base + at + c.len_utf8());
        let columns = c.width().unwrap_or_default();
        let before = glyphs.last_mut();
        let (shown, takes_marks) = match c {
            // The second half of one line end.
            '\n' if text[..at].ends_with('\r') => {
                if let Some(glyph) = before {
                    glyph.to = to;
                }
                continue;
            }
            '\n' | '\r' => ("↵".to_owned(), false),
            '\t' => ("⇥".to_owned(), false),
            ' ' => (" ".to_owned(), true),
            _ if c.is_control() || is_unseen(c) => (format!("\\u{{{:x}}}", u32::from(c)), false),
            _ if c.is_whitespace() => ("␣".to_owned(), false),
            // How a picture is drawn, in colour or not.
            '\u{fe00}'..='\u{fe0f}' if before.is_some() => {
                if let Some(glyph) = before {
                    glyph.to = to;
                }
                continue;
            }
            _ if columns == 0 => match before {
                Some(glyph) if glyph.takes_marks && glyph.shown.chars().count() <= MARKS_MAX => {
                    glyph.shown.push(c);
                    glyph.to = to;
                    continue;
                }
                Some(glyph) if glyph.takes_marks => (format!("\\u{{{:x}}}", u32::from(c)), false),
                _ => (format!("◌{c}"), true),
            },
            _ => (c.to_string(), true),
        };
        let width = width(&shown);
        glyphs.push(Glyph { from, to, shown, width, takes_marks });
    }
    glyphs
}

/// Whether nothing is seen of a character, or only what it does to others: turning their direction, or joining them.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
