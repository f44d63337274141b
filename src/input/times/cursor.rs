//! A place in the text of one cell, and what can be read from there. It knows no date and no clock.

use std::ops::Range;

/// A place in a text. Whatever is read, the place stays on the border of a character.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// A run of digits, and where it is.
pub(super) struct Number<'a> {
    pub(super) text: &'a str,
    pub(super) part: Range<usize>,
}

impl Number<'_> {
    /// How many digits it has.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Its value; of a number that no date has, the greatest there is.
    pub(super) fn value(&self) -> u32 {
        self.text.parse().unwrap_or(u32::MAX)
    }
}

/// A run of letters, and where it is.
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) part: Range<usize>,
}

impl Word<'_> {
    pub(super) fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn is_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The text from the place on.
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The bytes from an earlier place up to here.
    pub(super) fn since(&self, begin: usize) -> Range<usize> {
        begin..self.at
    }

    /// The bytes from here to the end.
    pub(super) fn ahead(&self) -> Range<usize> {
        self.at..self.text.len()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Passes over white space, of which Unicode has much; says whether there was any.
    pub(super) fn space(&mut self) -> bool {
        let rest = self.rest().trim_start();
        let begin = self.at;
        self.at = self.text.len() - rest.len();
        self.at > begin
    }

    /// Takes one of these characters if it is next.
    pub(super) fn eat(&mut self, chars: &[char]) -> Option<char> {
        let next = self.peek().filter(|next| chars.contains(next))?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn number(&mut self) -> Option<Number<'a>> {
        let (text, part) = self.run(|c| c.is_ascii_digit())?;
        Some(Number { text, part })
    }

    pub(super) fn word(&mut self) -> Option<Word<'a>> {
        let (text, part) = self.run(char::is_alphabetic)?;
        Some(Word { text, part })
    }

    /// The next word if it is one of these, in any case; otherwise nothing is taken.
    pub(super) fn eat_word(&mut self, words: &[&str]) -> Option<Word<'a>> {
        let mut ahead = self.clone();
        let word = ahead.word().filter(|word| word.is_one_of(words))?;
        *self = ahead;
        Some(word)
    }

    fn run(&mut self, is: impl Fn(char) -> bool) -> Option<(&'a str, Range<usize>)> {
        let rest = self.rest();
        let end = rest.find(|c| !is(c)).unwrap_or(rest.len());
        let begin = self.at;
        self.at += end;
        (end > 0).then(|| (&rest[..end], begin..self.at))
    }
}
