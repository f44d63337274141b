//! Text in HTML and XML. It makes text safe to stand there, and never reads any.

use super::text::is_bidi;

/// A text that is nothing but text in an element or an attribute, in HTML as in XML 1.0, which has no word for most
/// control characters.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' | '\r' => out.push(' '),
            c if c.is_control() || is_bidi(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_end_the_element_or_the_attribute_that_it_stands_in() {
        let odd = "a<b>&amp;\"'\u{0}\u{b}\u{ffff}\u{202e}\n]]>é";
        assert_eq!(escaped(odd), "a&lt;b&gt;&amp;amp;&quot;&#39; ]]&gt;é");
    }
}
