//! The report for people: one page that needs nothing else, neither a network nor a program but a browser.
//!
//! It is written as the lines are read, so that it takes no more memory for more rows. Everything in it that comes from
//! outside goes through [`markup`]; no value goes into the script, which reads the finished page. It counts nothing: that is
//! done in [`Facts`].

mod attention;
mod details;
mod heading;
mod markup;
mod meetings;
mod speed;
mod table;

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context as _, Result};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use self::markup::Text;
use super::{Facts, Run};
use crate::input::Parser;
use crate::publish::{Draft, Entry, Finished, Made};

/// How the page looks.
const STYLE: &str = include_str!("page.css");
/// The search in the table. Without it everything is there but the search.
const SCRIPT: &str = include_str!("page.js");

/// When a meeting is, as finished text in the zone that people are told it in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// The day.
    pub day: String,
    /// From when to when, and in which zone.
    pub time: String,
}

/// Writes the page. `when` says when a meeting is; it is asked for each line, with what the lines are read by.
pub fn page(
    finished: &Finished,
    facts: &Facts,
    path: &Path,
    when: impl FnMut(&Entry, &Parser) -> When,
) -> Result<Made> {
    let at_path = || format!("the report {} cannot be written", path.display());
    let mut draft = Draft::private(path).with_context(at_path)?;
    above(&mut draft, facts).with_context(at_path)?;
    let lines = table::write(&mut draft, finished, facts, when)?;
    below(&mut draft, facts).with_context(at_path)?;
    draft.finish().with_context(at_path)?;
    Ok(Made { lines, notices: Vec::new() })
}

/// What stands before the table.
fn above(out: &mut impl Write, facts: &Facts) -> io::Result<()> {
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    let title = heading::title(facts);
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; \
         script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        hash(STYLE),
        hash(SCRIPT),
        Text(&title),
    )?;
    writeln!(out, "<a class=\"jump\" href=\"#rows\">To the table of all rows</a>")?;
    heading::write(out, facts)?;
    writeln!(out, "<main>")?;
    heading::came_out(out, facts)?;
    attention::write(out, facts)?;
    meetings::write(out, facts)?;
    speed::write(out, facts.run.as_ref(), facts.attempts)?;
    details::write(out, facts)
}

/// What stands after the table.
fn below(out: &mut impl Write, facts: &Facts) -> io::Result<()> {
    let rehearsal = if is_rehearsal(facts.run.as_ref()) { " This was a rehearsal: no meeting is real." } else { "" };
    writeln!(
        out,
        "</main>\n<footer><p>Made by convoke {}. Whoever has a link can ask to be let in: pass this page on with \
         care.{rehearsal}</p></footer>\n<script>{SCRIPT}</script>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION"),
    )
}

fn is_rehearsal(run: Option<&Run>) -> bool {
    run.is_some_and(|run| run.rehearsal)
}

#[cfg(test)]
mod tests;
