//! Text that anybody may have written, for the eyes of others.
//!
//! It escapes nothing: each product does that in its own way, after this.

use std::borrow::Cow;

/// Text without what nobody sees: controls, marks that turn the direction of what follows, and characters of no width.
///
/// They are dropped and not shown in some other way, since what is left is the text as its author saw it; only who wanted
/// to mislead with them loses something. A line break in whatever form becomes a line feed and a tab a blank, lest two
/// words become one. The joiners stay where they join letters beyond ASCII: Persian words and families of emoji are
/// written with them.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(is_touched) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => cleaned.push('\n'),
            '\t' => cleaned.push(' '),
            '\u{200c}' | '\u{200d}' => {
                let joins = |c: Option<&char>| c.is_some_and(|c| !c.is_ascii() && !is_touched(*c));
                if joins(cleaned.chars().next_back().as_ref()) && joins(chars.peek()) {
                    cleaned.push(c);
                }
            }
            _ if is_touched(c) => {}
            _ => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

/// What [`clean`] looks at; a line feed among them.
fn is_touched(c: char) -> bool {
    // Most text has none of these, and most characters are below the first of them.
    match c {
        ' '..='~' | '\u{a0}'..='\u{ac}' => false,
        _ => c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || is_unseen(c),
    }
}

/// Whether nobody sees it, though it is no control: what turns the direction of text, has no width, tells programs
/// something, or is no character at all.
pub(super) fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{e0000}'..='\u{e007f}'
    ) || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a character does nothing but to turn the direction of the writing around it.
pub(super) fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_sees_is_dropped_and_what_is_seen_stays() {
        for (text, cleaned) in [
            ("plain", "plain"),
            ("Ünïçødé – 会議 😀", "Ünïçødé – 会議 😀"),
            ("a\u{202e}b\u{2066}c\u{2069}\u{200f}d\u{61c}", "abcd"),
            ("a\u{200b}b\u{feff}c\u{2060}d\u{200d}", "abcd"),
            ("\u{0}a\u{1b}[31mb\u{9b}c\u{7f}", "a[31mbc"),
            ("a\r\nb\rc\nd\u{2028}e\u{85}f", "a\nb\nc\nd\ne\nf"),
            ("a\tb", "a b"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}💻", "👩\u{200d}💻"),
            ("a\u{200d}=b", "a=b"),
            ("\u{fffe}\u{e0041}x", "x"),
        ] {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn clean_text_stays_as_it_is_and_has_nothing_unseen(text in any::<String>()) {
            let cleaned = clean(&text).into_owned();
            prop_assert_eq!(&clean(&cleaned), &cleaned);
            let joiner = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
            prop_assert!(!cleaned.contains(|c: char| c.is_control() && c != '\n' || is_unseen(c) && !joiner(c)));
        }
    }
}
