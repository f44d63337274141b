//! What a second run, or an auditor, wants to know: options, versions and digests, folded.

use std::io::{self, Write};

use super::markup::{Text, number};
use crate::publish::report::{Facts, File};

/// The folded details.
pub(super) fn write(out: &mut impl Write, facts: &Facts) -> io::Result<()> {
    writeln!(out, "<details class=\"how\"><summary>Options, versions and digests</summary>\n<dl>")?;
    pair(out, "Version of convoke", env!("CARGO_PKG_VERSION"))?;
    if let Some(run) = &facts.run {
        pair(out, "Exit status", &run.exit_status.to_string())?;
        file(out, "Input", &run.input)?;
    }
    file(out, "Output", &facts.output)?;
    pair(out, "Requests that the rows took", &number(facts.attempts))?;
    for (name, value) in facts.run.iter().flat_map(|run| &run.options) {
        pair(out, name, value)?;
    }
    writeln!(out, "</dl></details>")
}

fn file(out: &mut impl Write, what: &str, file: &File) -> io::Result<()> {
    pair(out, what, &file.name)?;
    if !file.sha256.is_empty() {
        pair(out, &format!("{what}, length"), &format!("{} bytes", number(file.bytes)))?;
        pair(out, &format!("{what}, SHA-256"), &file.sha256)?;
    }
    Ok(())
}

fn pair(out: &mut impl Write, name: &str, value: &str) -> io::Result<()> {
    if value.is_empty() {
        return Ok(());
    }
    writeln!(out, "<div><dt><bdi>{}</bdi></dt><dd><bdi>{}</bdi></dd></div>", Text(name), Text(value))
}
