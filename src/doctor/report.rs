//! What was looked at and what was found: line by line, as it is known. It decides nothing but how that looks.

use std::io::{self, Write};

use anyhow::Error;

use super::advice::Block;
use super::json;
use crate::cli::Form;
use crate::exit::{Ended, STOPPED};
use crate::outcome::Trouble;
use crate::picture::wrapped;

/// How many of many are told one by one.
const TOLD_MAX: usize = 10;

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// As it must be.
    Ok,
    /// Not as it must be.
    Failed,
    /// Nobody here can say.
    Unknown,
}

impl State {
    fn glyph(self) -> &'static str {
        match self {
            Self::Ok => "✓ ",
            Self::Failed => "✗ ",
            Self::Unknown => "? ",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Which of the steps it belongs to; programs know these words.
    pub(super) step: &'static str,
    pub(super) state: State,
    pub(super) what: String,
    pub(super) found: String,
    pub(super) mend: Option<String>,
}

impl Line {
    pub(super) fn ok(step: &'static str, what: impl Into<String>, found: impl Into<String>) -> Self {
        Self { step, state: State::Ok, what: what.into(), found: found.into(), mend: None }
    }

    pub(super) fn failed(
        step: &'static str,
        what: impl Into<String>,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self { state: State::Failed, mend: Some(mend.into()), ..Self::ok(step, what, found) }
    }

    pub(super) fn unknown(
        step: &'static str,
        what: impl Into<String>,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self { state: State::Unknown, ..Self::failed(step, what, found, mend) }
    }

    /// What rests on something that is not there.
    pub(super) fn skipped(step: &'static str, what: impl Into<String>, why: &str) -> Self {
        Self { state: State::Unknown, ..Self::ok(step, what, format!("not looked at, since {why}")) }
    }

    /// What went wrong, with its mend.
    pub(super) fn trouble(step: &'static str, what: impl Into<String>, trouble: &Trouble) -> Self {
        let said = if trouble.said.is_empty() { String::new() } else { format!(" (Graph said: {})", trouble.said) };
        let (found, mend) = parted(trouble.cause.strip_prefix("no access token: ").unwrap_or(&trouble.cause));
        Self::failed(step, what, format!("{found}{said}"), mend)
    }
}

/// What the words of an error find, and what they say to do about it. What somebody said, and what stands in parentheses at
/// the end, is found.
pub(super) fn parted(text: &str) -> (String, String) {
    const SAID: &str = " (the identity service said: ";
    let mut text = text.to_owned();
    let last = text.ends_with(')').then(|| (0..text.len()).find(|&at| is_whole(&text, at))).flatten();
    let said: String = match text.find(SAID).or(last) {
        Some(begin) => {
            let length = closing(&text[begin + 1..]).unwrap_or(text.len() - begin - 1);
            text.drain(begin..=begin + length).collect()
        }
        None => String::new(),
    };
    let mut depth = 0_i32;
    let place = text.char_indices().find(|&(at, char)| {
        depth += nesting(char);
        depth == 0 && matches!(char, ':' | ';') && text[at + 1..].starts_with(' ')
    });
    match place {
        Some((at, _)) => (format!("{}{said}", &text[..at]), text[at + 2..].to_owned()),
        None => (format!("{text}{said}"), "if that does not say enough, run it again with --verbose".to_owned()),
    }
}

/// Whether there begins a parenthesis that ends with the text.
fn is_whole(text: &str, at: usize) -> bool {
    text.is_char_boundary(at) && text[at..].starts_with(" (") && closing(&text[at + 1..]) == Some(text.len() - at - 1)
}

/// Where the parenthesis ends that the text begins with.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    text.char_indices().find_map(|(at, char)| {
        depth += nesting(char);
        (depth == 0).then_some(at + 1)
    })
}

fn nesting(char: char) -> i32 {
    match char {
        '(' => 1,
        ')' => -1,
        _ => 0,
    }
}

/// Writes the lines, and keeps count.
pub(super) struct Report<'a> {
    out: &'a mut dyn Write,
    form: Form,
    width: usize,
    pub(super) failed: u64,
    pub(super) unknown: u64,
}

impl<'a> Report<'a> {
    pub(super) fn new(out: &'a mut dyn Write, form: Form, width: usize) -> Self {
        Self { out, form, width, failed: 0, unknown: 0 }
    }

    pub(super) fn tell(&mut self, line: &Line) -> Result<(), Ended> {
        match line.state {
            State::Ok => {}
            State::Failed => self.failed += 1,
            State::Unknown => self.unknown += 1,
        }
        let Self { out, form, width, .. } = self;
        written(match form {
            Form::Json => json::line(out, line),
            Form::Text => text(out, line, *width),
        })
    }

    /// Many of one kind: each, if they are few; otherwise how many are well, by these words, and the first of the rest.
    pub(super) fn crowd(&mut self, lines: &[Line], well: impl Fn(usize, usize) -> Line) -> Result<(), Ended> {
        if lines.len() <= TOLD_MAX {
            return lines.iter().try_for_each(|line| self.tell(line));
        }
        let (ok, rest): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| line.state == State::Ok);
        if !ok.is_empty() {
            self.tell(&well(ok.len(), lines.len()))?;
        }
        // What is wrong goes before what nobody knows.
        let (failed, unknown): (Vec<&Line>, Vec<&Line>) =
            rest.into_iter().partition(|line| line.state == State::Failed);
        for some in [failed, unknown] {
            some.iter().take(TOLD_MAX).try_for_each(|line| self.tell(line))?;
            if let Some(next) = some.get(TOLD_MAX) {
                let more = format!("{} more like these", some.len() - TOLD_MAX);
                self.tell(&Line { what: "and".to_owned(), found: more, ..(*next).clone() })?;
            }
        }
        Ok(())
    }

    /// The last words, and what is to be typed.
    pub(super) fn end(&mut self, words: &str, blocks: &[Block]) -> Result<(), Ended> {
        let state = match (self.failed, self.unknown) {
            (0, 0) => State::Ok,
            (0, _) => State::Unknown,
            _ => State::Failed,
        };
        let line = Line { state, ..Line::ok("next", "what to do", words) };
        let Self { out, form, width, .. } = self;
        let end = |out: &mut dyn Write| {
            writeln!(out, "\n{}", wrapped("", words, *width))?;
            for Block { why, lines, .. } in blocks {
                writeln!(out, "\n{}\n", wrapped("", &format!("{why}:"), *width))?;
                // They are never broken, so that they can be copied.
                lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
            }
            Ok(())
        };
        written(match form {
            Form::Json => json::end(out, &line, blocks),
            Form::Text => end(out),
        })?;
        written(self.out.flush())
    }
}

fn text(out: &mut dyn Write, line: &Line, width: usize) -> io::Result<()> {
    let Line { state, what, found, mend, .. } = line;
    writeln!(out, "{}", wrapped(state.glyph(), &format!("{what}: {found}"), width))?;
    if let Some(mend) = mend {
        writeln!(out, "{}", wrapped("  Mend: ", mend, width))?;
    }
    out.flush()
}

/// Whoever has seen enough, as `head` has, need not see the rest.
fn written(written: io::Result<()>) -> Result<(), Ended> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Ended(STOPPED, Error::new(error).context("the report cannot be written")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_error_are_parted_into_what_is_found_and_what_to_do() {
        for (text, found, mend) in [
            ("there is no such tenant; check it", "there is no such tenant", "check it"),
            (
                "the secret is wrong; take its value (the identity service said: AADSTS7000215: x (y))",
                "the secret is wrong (the identity service said: AADSTS7000215: x (y))",
                "take its value",
            ),
            (
                "it is unknown; upload it (there) (the identity service said: x); the thumbprint is A",
                "it is unknown (the identity service said: x)",
                "upload it (there); the thumbprint is A",
            ),
            (
                "no connection: check the proxy; then run again (refused (111))",
                "no connection (refused (111))",
                "check the proxy; then run again",
            ),
            ("it is not trusted (a: b); check it", "it is not trusted (a: b)", "check it"),
        ] {
            assert_eq!(parted(text), (found.to_owned(), mend.to_owned()), "{text}");
        }
        assert!(parted("it broke").1.contains("--verbose"));
    }
}
