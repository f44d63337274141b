//! The report for programs: one JSON object per line, each with all members. The README says what they are.

use std::io::{self, Write};

use serde::Serialize;

use super::advice::Block;
use super::report::{Line, State};

#[derive(Serialize)]
struct Item<'a> {
    step: &'a str,
    state: &'static str,
    what: &'a str,
    found: &'a str,
    mend: Option<&'a str>,
    commands: Vec<Commands<'a>>,
}

/// What is to be typed in one place.
#[derive(Serialize)]
struct Commands<'a> {
    shell: &'static str,
    why: &'a str,
    lines: &'a [String],
}

pub(super) fn line(out: &mut dyn Write, line: &Line) -> io::Result<()> {
    end(out, line, &[])
}

pub(super) fn end(mut out: &mut dyn Write, line: &Line, blocks: &[Block]) -> io::Result<()> {
    let Line { step, state, what, found, mend } = line;
    let state = match state {
        State::Ok => "ok",
        State::Failed => "failed",
        State::Unknown => "unknown",
    };
    let commands = blocks.iter().map(|Block { shell, why, lines }| Commands { shell, why, lines }).collect();
    let item = Item { step, state, what, found, mend: mend.as_deref(), commands };
    serde_json::to_writer(&mut out, &item).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()
}
