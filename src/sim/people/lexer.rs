//! What a filter is made of: words, texts in quotes, and marks. What they mean is not decided here.

#[derive(Debug, PartialEq)]
pub(in crate::sim) enum Token<'a> {
    Word(&'a str),
    Text(String),
    Mark(char),
}

/// Or nothing, when a quote is not closed.
pub(in crate::sim) fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let (mut tokens, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let len = match first {
            '(' | ')' | ',' => {
                tokens.push(Token::Mark(first));
                1
            }
            '\'' => {
                let (value, len) = quoted(rest)?;
                tokens.push(Token::Text(value));
                len
            }
            _ => {
                let odd = |char: char| char.is_whitespace() || matches!(char, '(' | ')' | ',' | '\'');
                let len = rest.find(odd).unwrap_or(rest.len());
                tokens.push(Token::Word(&rest[..len]));
                len
            }
        };
        rest = rest[len..].trim_start();
    }
    Some(tokens)
}

/// What is between quotes, a doubled one for one, and how long it is with them.
fn quoted(text: &str) -> Option<(String, usize)> {
    let (mut value, mut at) = (String::new(), 1);
    loop {
        let end = at + text[at..].find('\'')?;
        value.push_str(&text[at..end]);
        at = end + 1;
        if !text[at..].starts_with('\'') {
            return Some((value, at));
        }
        value.push('\'');
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_texts_and_marks_are_told_apart() {
        let text = |text: &str| Token::Text(text.into());
        let (word, mark) = (Token::Word, Token::Mark);
        for (filter, expected) in [
            ("", vec![]),
            (" id  eq 'a'", vec![word("id"), word("eq"), text("a")]),
            ("id in('a','b')", vec![word("id"), word("in"), mark('('), text("a"), mark(','), text("b"), mark(')')]),
            ("'it''s' ''''''", vec![text("it's"), text("''")]),
            ("a/b:c ne 1", vec![word("a/b:c"), word("ne"), word("1")]),
            ("'喂 (,'", vec![text("喂 (,")]),
        ] {
            assert_eq!(tokens(filter), Some(expected), "{filter}");
        }
        assert_eq!((tokens("'a"), tokens("a '''"), tokens("'a''")), (None, None, None));
    }
}
