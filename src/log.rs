//! The form of messages: `warning: …` for people, or one JSON object per line; always on standard error, above the
//! bar and never through it.

use std::fmt;
use std::io;

use indicatif::ProgressBar;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, registry};

use crate::cli::{LogFormat, Messages};
use crate::graph::TO_PERSON;

/// Makes what receives the messages of this program; those of its libraries are not for its users. What a person has to
/// do is shown at every level.
pub fn subscriber(
    format: LogFormat,
    level: LevelFilter,
    color: bool,
    bar: ProgressBar,
) -> impl Subscriber + Send + Sync {
    let layer = tracing_subscriber::fmt::layer().with_writer(AboveBar(bar)).with_ansi(color);
    // Whoever reads standard error may have gone; that is no reason to end.
    let layer = layer.log_internal_errors(false);
    let layer = match format {
        LogFormat::Human => layer.event_format(Human).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_target(false).boxed(),
    };
    registry().with(layer.with_filter(shown(level)))
}

/// How much is told.
pub fn level(messages: &Messages) -> LevelFilter {
    match (messages.quiet, messages.verbose) {
        (true, _) => LevelFilter::ERROR,
        (_, true) => LevelFilter::DEBUG,
        _ => LevelFilter::INFO,
    }
}

/// What is shown at a level.
fn shown(level: LevelFilter) -> Targets {
    Targets::new().with_target("convoke", level).with_target(TO_PERSON, level.max(LevelFilter::INFO))
}

/// A message as a person reads it: the level where it matters, then the text.
struct Human;

impl<S, N> FormatEvent<S, N> for Human
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let (word, color) = match *event.metadata().level() {
            Level::ERROR => ("error: ", "31"),
            Level::WARN => ("warning: ", "33"),
            Level::INFO => ("", "0"),
            Level::DEBUG | Level::TRACE => ("", "2"),
        };
        let mut text = Text(String::new());
        event.record(&mut text);
        // What a cell or a service says may not steer the terminal.
        let text = Text(text.0.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}"));
        if writer.has_ansi_escapes() && color != "0" {
            let (lead, rest) = if word.is_empty() { (text.0.as_str(), "") } else { (word, text.0.as_str()) };
            return writeln!(writer, "\u{1b}[{color}m{lead}\u{1b}[0m{rest}");
        }
        writeln!(writer, "{word}{}", text.0)
    }
}

/// The text of a message without its fields, which say the same for programs.
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

#[derive(Clone)]
struct AboveBar(ProgressBar);

impl<'a> MakeWriter<'a> for AboveBar {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl io::Write for AboveBar {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write_all(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_has_to_do_is_shown_though_all_else_is_quiet() {
        let quiet = shown(LevelFilter::ERROR);
        assert!(quiet.would_enable(TO_PERSON, &Level::INFO));
        assert!(!quiet.would_enable("convoke::graph", &Level::WARN) && !quiet.would_enable("hyper", &Level::ERROR));
        assert!(shown(LevelFilter::DEBUG).would_enable(TO_PERSON, &Level::DEBUG));
    }
}
