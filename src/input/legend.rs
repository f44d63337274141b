//! The table of columns for a person at a terminal; it says what the README says.

use super::names::Column;

/// Where the text of each column begins.
const INDENT: usize = 17;

const FIRST: &str = "\
The columns that are read, each with what it holds and what else it may be called. Case, spaces, punctuation and accents \
do not matter, nor does the order. All other columns pass through untouched. Names after \"Vaguely\" count only where no other \
column has that meaning.";
const LAST: &str = "\
Two columns for one meaning are refused. \
--map subject=\"Session title\" says what a column means, whatever it is called.";

/// All columns with all their names, in lines of at most `width` characters.
pub fn legend(width: usize) -> String {
    let mut text = wrapped(FIRST, "", 0, width);
    for column in Column::ALL {
        let needed = match column.needed() {
            "" => String::new(),
            needed => format!("Needed{}. ", needed.trim_start_matches("yes")),
        };
        let holds = format!("{needed}{}", column.holds()).replace('`', "");
        text.push('\n');
        let mut name = format!("{:INDENT$}", column.name());
        if column.name().len() >= INDENT {
            text.push_str(column.name());
            text.push('\n');
            name = " ".repeat(INDENT);
        }
        text.push_str(&wrapped(&holds, &name, INDENT, width));
        let names = [
            ("Also called: ", column.aliases().collect::<Vec<_>>()),
            ("Vaguely: ", column.vague_aliases().collect::<Vec<_>>()),
        ];
        for (label, names) in names.into_iter().filter(|(_, names)| !names.is_empty()) {
            // A name is not torn apart at the end of a line.
            let names = names.join(", ").replace(' ', "\u{a0}").replace(",\u{a0}", ", ");
            text.push_str(&wrapped(&names, &format!("{:INDENT$}{label}", ""), INDENT, width).replace('\u{a0}', " "));
        }
    }
    text.push('\n');
    text.push_str(&wrapped(LAST, "", 0, width));
    text
}

/// A paragraph in lines: `before` stands before the first, and as much space as `indent` before the others.
fn wrapped(paragraph: &str, before: &str, indent: usize, width: usize) -> String {
    let (mut lines, mut line) = (String::new(), before.to_owned());
    let mut begun = false;
    for word in paragraph.split(' ') {
        // A label stays alone where a long name has no room beside it.
        if (begun || line.chars().count() > indent) && line.chars().count() + 1 + word.chars().count() > width {
            lines.push_str(line.trim_end());
            lines.push('\n');
            line = " ".repeat(indent);
            begun = false;
        }
        if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    lines + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_there_whole_and_no_line_is_too_long() {
        for width in [60, 80, 100] {
            let text = legend(width);
            // A name is not torn apart, however long it is.
            let fits = |line: &str| line.chars().count() <= width || !line.trim_start().contains(' ');
            assert!(text.lines().all(|line| fits(line) && line == line.trim_end()), "{text}");
            for column in Column::ALL {
                assert!(text.lines().any(|line| line.split(' ').next() == Some(column.name())), "{text}");
                for name in column.aliases().chain(column.vague_aliases()) {
                    assert!(text.lines().any(|line| line.contains(name)), "{name}:\n{text}");
                }
            }
        }
    }
}
