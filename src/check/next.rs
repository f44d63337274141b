//! What to do after a check, with the command for it as a shell takes it.

use std::path::Path;

use super::count::Counts;
use crate::cli::{Check as Args, Dates, Sheet};
use crate::input::{Input, Reading, delimiter_name, delimiter_named};
use crate::picture::{visible, wrapped};

/// The rate that `provision` has when none is given.
const RATE: &str = "10";

/// The command that makes the meetings of a sheet, with all that was said about the sheet.
pub(super) fn command(args: &Args) -> String {
    let mut words = sheet_words(&args.input, &args.sheet);
    if args.rate != RATE {
        words.push(format!("--rate {}", quoted(&args.rate)));
    }
    visible(&format!("convoke provision {}", words.join(" ")))
}

/// A sheet and all that was said about it, for a shell.
pub(crate) fn sheet_words(input: &Path, sheet: &Sheet) -> Vec<String> {
    let mut words = vec![path_word(input)];
    let mut option = |name: &str, value: &str| words.push(format!("--{name} {}", quoted(value)));
    if let Some(order) = sheet.dates {
        option("dates", if order == Dates::Dmy { "dmy" } else { "mdy" });
    }
    if let Some(delimiter) = &sheet.delimiter {
        // By its name, which needs no quotation marks.
        option("delimiter", delimiter_named(delimiter).map_or(delimiter.as_str(), |named| delimiter_name(named)));
    }
    let named = [("encoding", &sheet.encoding), ("sheet", &sheet.sheet), ("time-zone", &sheet.time_zone)];
    for (name, value) in named {
        if let Some(value) = value {
            option(name, value);
        }
    }
    for map in &sheet.map {
        option("map", map);
    }
    for set in &sheet.set {
        option("set", set);
    }
    for (name, is_on) in [("--me", sheet.me), ("--plain-create", sheet.plain_create)] {
        words.extend(is_on.then(|| name.to_owned()));
    }
    words
}

/// A path that is not taken for an option.
pub(crate) fn path_word(path: &Path) -> String {
    let text = path.display().to_string();
    if text.starts_with('-') && text != "-" { quoted(&format!("./{text}")) } else { quoted(&text) }
}

/// A sheet for a shell, with what says which of its columns mean what.
pub(crate) fn reading_words(input: &Input, reading: &Reading) -> String {
    let path = match input {
        Input::File(path) => path_word(path),
        Input::Stdin => "-".to_owned(),
    };
    let mut words = vec![path];
    let maps = reading.map.iter().map(|(column, own)| quoted(&format!("{}={own}", column.name())));
    words.extend(maps.map(|map| format!("--map {map}")));
    words.extend(reading.me.then(|| "--me".to_owned()));
    words.extend(reading.form.sheet.as_ref().map(|sheet| format!("--sheet {}", quoted(sheet))));
    words.join(" ")
}

/// One word for a shell: in the marks that all shells know, unless one of them would see more than a text in it.
pub(crate) fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:+=,".contains(c) || cfg!(windows) && c == '\\';
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else if text.contains(['"', '$', '`', '!', '%']) || text.contains('\\') && !cfg!(windows) {
        format!("'{}'", text.replace('\'', "'\\''"))
    } else {
        format!("\"{text}\"")
    }
}

/// The words, and below them the command, which is never broken, so that it can be copied. `hides`: there are flaws that
/// are not shown.
pub(super) fn next(command: &str, counts: &Counts, hides: bool, width: usize) -> String {
    let all = if hides { " To see every flaw, add --all." } else { "" };
    let these = |flawed| if flawed == 1 { "this row".to_owned() } else { format!("these {flawed} rows") };
    let words = match (counts.ready(), counts.flawed) {
        (0, 0) => "There is nothing to do: write a row for each meeting below the header.".to_owned(),
        (_, 0) => {
            let so =
                if counts.warns() { "No row has a flaw. If what is warned of is meant" } else { "Nothing is wrong" };
            let comma = if counts.warns() { "," } else { ":" };
            return format!("{}\n\n  {command}", wrapped("", &format!("{so}{comma} this makes the meetings:"), width));
        }
        (0, flawed) => format!("Mend {} and run the same command again.{all}", these(flawed)),
        (ready, flawed) => format!(
            "Mend {} and run the same command again; provision would send the other {ready} only.{all}",
            these(flawed)
        ),
    };
    wrapped("", &words, width)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    fn shown(args: &[&str]) -> String {
        let typed = Cli::try_parse_from(["convoke", "check"].iter().chain(args)).expect("options");
        let Command::Check(args) = typed.command else { panic!("it is a check") };
        command(&args).strip_prefix("convoke provision ").expect("the command").to_owned()
    }

    #[test]
    fn the_command_is_what_was_typed_about_the_sheet_quoted_for_a_shell() {
        for (typed, wanted) in [
            (&["course.csv"][..], "course.csv"),
            (&["-"], "-"),
            (&["it's mine.csv"], "\"it's mine.csv\""),
            (&["$5 isn't.csv"], "'$5 isn'\\''t.csv'"),
            (&["--", "-x.csv"], "./-x.csv"),
            (&["a;b.csv", "--all", "--format", "json", "-q", "--rate", "10"], "\"a;b.csv\""),
            (&["a.csv", "--delimiter", "\t", "--dates", "mdy", "--me"], "a.csv --dates mdy --delimiter tab --me"),
            (
                &["a.csv", "--time-zone", "W. Europe Standard Time", "--encoding", "windows-1250", "--rate", "auto"],
                "a.csv --encoding windows-1250 --time-zone \"W. Europe Standard Time\" --rate auto",
            ),
            (
                &["a.xlsx", "--sheet", "Term 2", "--map", "subject=Session title;externalId=\"No.\""],
                "a.xlsx --sheet \"Term 2\" --map \"subject=Session title\" --map 'externalId=\"No.\"'",
            ),
            (
                &["a.csv", "--plain-create", "--set", "requirePasscode=yes;chat=off", "--set", "lobby=only me"],
                "a.csv --set requirePasscode=yes --set chat=off --set \"lobby=only me\" --plain-create",
            ),
            (&["a\u{1b}[31m.csv"], "\"a\\u{1b}[31m.csv\""),
        ] {
            assert_eq!(shown(typed), wanted, "{typed:?}");
        }
    }
}
