//! What is told of each row, kept in an unnamed file until the totals are known, which come first.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek as _, Write};

use anyhow::{Context as _, Result};

use super::item::{Case, Item, Totals};
use super::{json, next, text};
use crate::cli::Form;
use crate::input::Parser;
use crate::picture::{Paint, WIDTH, visible};
use crate::plan::Forecast;
use crate::tally::plural;

/// A report that is being made.
pub(super) struct Report {
    form: Form,
    items: BufWriter<File>,
    parser: Parser,
    paint: Paint,
    width: usize,
    pub(super) totals: Totals,
}

/// What there is beside the rows.
pub(super) struct Circumstances {
    /// The earlier output is there.
    pub(super) has_earlier: bool,
    /// What an interrupted run has left, if it is there.
    pub(super) interrupted: Option<String>,
    /// How many lines of the earlier output cannot be read.
    pub(super) illegible: u64,
}

impl Report {
    /// For a terminal of that width, if it is one.
    pub(super) fn new(plan: &Forecast, parser: Parser, terminal: Option<usize>) -> Result<Self> {
        let items = BufWriter::new(tempfile::tempfile().context("a temporary file cannot be made")?);
        let (paint, width) = (Paint(plan.color && terminal.is_some()), terminal.unwrap_or(WIDTH));
        Ok(Self { form: plan.form, items, parser, paint, width, totals: Totals::default() })
    }

    /// One more row, or meeting.
    pub(super) fn tell(&mut self, item: &Item) -> Result<()> {
        self.totals.count(item.case);
        self.totals.unread |= item.case == Case::Gone && !item.why.is_empty();
        self.totals.unmendable |= item.fields.iter().any(|field| !field.is_mendable());
        if item.case == Case::Changed {
            let is_unfinished = item.is_unfinished();
            self.totals.unfinished |= is_unfinished;
            self.totals.needs_update |= !is_unfinished;
        }
        let told = match self.form {
            Form::Text => text::item(&mut self.items, item, &mut self.parser, self.paint),
            Form::Json => json::item(&mut self.items, item),
        };
        told.context("a temporary file cannot be written")
    }

    /// Writes all of it.
    pub(super) fn write(self, out: &mut dyn Write, plan: &Forecast, found: &Circumstances) -> Result<Totals> {
        let Self { form, items, paint, width, totals, .. } = self;
        let mut items = items.into_inner().map_err(io::IntoInnerError::into_error)?;
        items.rewind()?;
        let is_listed = totals.rows() != totals.of(Case::Unchanged) || totals.of(Case::Gone) > 0;
        let write = |out: &mut dyn Write| {
            match form {
                Form::Json => json::totals(out, plan, &totals, found)?,
                Form::Text => {
                    writeln!(out, "{}", paint.bold(&text::totals(&totals)))?;
                    for what in circumstances(plan, found) {
                        writeln!(out, "{}", visible(&what))?;
                    }
                    writeln!(out)?;
                }
            }
            io::copy(&mut BufReader::new(items), out)?;
            if form == Form::Text {
                let blank = if is_listed { "\n" } else { "" };
                writeln!(out, "{blank}{}", next::next(plan, &totals, found.interrupted.is_some(), width))?;
            }
            out.flush()
        };
        match write(out) {
            // Whoever reads it has seen enough, as `head` has.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(totals),
            written => written.map(|()| totals).context("the report cannot be written"),
        }
    }
}

/// What was held against what, one line each.
fn circumstances(plan: &Forecast, found: &Circumstances) -> Vec<String> {
    let against = match (&plan.earlier, found.has_earlier, &plan.reads) {
        (Some(earlier), true, None) => format!("against {}; nobody was asked", earlier.path.display()),
        (Some(earlier), true, Some(_)) => format!("against {} and what Graph has now", earlier.path.display()),
        (Some(earlier), false, _) => format!("there is no {} yet, so every row is new", earlier.path.display()),
        (None, ..) => "no earlier output was named, so every row is new".to_owned(),
    };
    let mut told = vec![format!("{}: {against}", plan.input)];
    let interrupted = found.interrupted.as_ref();
    told.extend(interrupted.map(|path| format!("an earlier run was interrupted: {path} is not read here")));
    if found.illegible > 0 {
        let lines = plural(found.illegible, "line");
        told.push(format!(
            "{lines} of the earlier output cannot be read, and a row that seems new may have its meeting there"
        ));
    }
    told
}
