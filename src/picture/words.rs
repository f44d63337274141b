//! Words on lines of a terminal, and their colours.

use super::glyphs::{visible, width};

/// Whether there are colours.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Paint(pub(crate) bool);

impl Paint {
    fn paint(self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.paint("31", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) fn mark(self, text: &str) -> String {
        self.paint("1;31", text)
    }
}

/// A text in lines of at most so many columns, the first one begun with `lead` and the others indented as far. A word that
/// is longer than a line is broken.
pub(crate) fn wrapped(lead: &str, text: &str, columns: usize) -> String {
    let indent = width(lead);
    let room = columns.saturating_sub(indent).max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in visible(text).split(' ').filter(|word| !word.is_empty()) {
        let mut word = word.to_owned();
        if used > 0 && used + 1 + width(&word) <= room {
            word.insert(0, ' ');
        } else if used > 0 {
            lines.push(String::new());
            used = 0;
        }
        for c in word.chars() {
            let columns = width(c.encode_utf8(&mut [0; 4]));
            if used + columns > room && used > 0 {
                lines.push(String::new());
                used = 0;
            }
            lines.last_mut().expect("there is one").push(c);
            used += columns;
        }
    }
    format!("{lead}{}", lines.join(&format!("\n{}", " ".repeat(indent))))
}
