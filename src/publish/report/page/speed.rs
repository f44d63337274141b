//! How fast it went, and when it was told to wait: plots over time, drawn by hand.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use super::markup::{counted, number};
use crate::meter::{Latency, Measured, OverTime, Span};
use crate::publish::report::Run;
use crate::tally::clock;

/// How high a plot is in its own units; its width is the number of spans.
const HIGH: f64 = 100.0;

/// The plots, or why there are none.
pub(super) fn write(out: &mut impl Write, run: Option<&Run>, attempts: u64) -> io::Result<()> {
    writeln!(out, "<section aria-labelledby=\"h-spd\">\n<h2 id=\"h-spd\">Speed, and being told to wait</h2>")?;
    match run {
        None => writeln!(
            out,
            "<p>The rows took {}. How fast they went is not known: this page was made from the finished lines alone.</p>",
            counted(attempts, "request")
        )?,
        Some(run) if run.measured.requests == 0 => {
            writeln!(out, "<p>No request was sent for a meeting, so there is no speed to tell.</p>")?;
        }
        Some(run) => measured(out, run)?,
    }
    writeln!(out, "</section>")
}

fn measured(out: &mut impl Write, run: &Run) -> io::Result<()> {
    let Measured { requests, retries, throttled, latency, over_time } = &run.measured;
    write!(out, "<p>{} in {}", counted(*requests, "request"), clock(run.took))?;
    if *retries > 0 {
        write!(out, ", {} of them repetitions", number(*retries))?;
    }
    match throttled {
        0 => write!(out, ". Microsoft never asked to wait.")?,
        1 => write!(out, ". Microsoft asked to wait once")?,
        times => write!(out, ". Microsoft asked to wait {} times", number(*times))?,
    }
    if *throttled > 0 {
        write!(out, "; everybody stood still for {} in all.", clock(run.held))?;
    }
    if let Some(limit) = run.limit_per_s {
        write!(out, " It seemed to allow {limit:.1} requests per second.")?;
    }
    if run.look_ups > 0 {
        write!(out, " {} in the directory", counted(run.look_ups, "look-up"))?;
        if run.directory_held.is_zero() {
            write!(out, ".")?;
        } else {
            write!(out, ", which stood still for {}.", clock(run.directory_held))?;
        }
    }
    writeln!(out, "</p>\n<div class=\"plots\">")?;
    plots(out, over_time)?;
    percentiles(out, latency)?;
    writeln!(out, "</div>")
}

fn plots(out: &mut impl Write, over_time: &OverTime) -> io::Result<()> {
    let OverTime { span, spans } = over_time;
    if spans.is_empty() || span.is_zero() {
        return Ok(());
    }
    let total = span.saturating_mul(u32::try_from(spans.len()).unwrap_or(u32::MAX));
    let plot = |out: &mut dyn Write, class: &str, title: &str, of: fn(&Span) -> u64| {
        let values: Vec<f64> = spans.iter().map(|span_| per_second(of(span_), *span)).collect();
        let most = values.iter().copied().fold(0.0, f64::max);
        let all: u64 = spans.iter().map(of).sum();
        let caption = if all == 0 { "none".to_owned() } else { format!("{} in all, at most {most:.1}/s", number(all)) };
        write!(
            out,
            "<figure class=\"{class}\"><figcaption>{title} <small>{caption}</small></figcaption>\
             <svg viewBox=\"0 0 {wide} {HIGH}\" preserveAspectRatio=\"none\" role=\"img\" \
             aria-label=\"{title} over time: {caption}\"><path d=\"{path}\"/></svg>\
             <p class=\"axis\" aria-hidden=\"true\"><span>start</span><span>{}</span><span>{}</span></p></figure>",
            clock(total / 2),
            clock(total),
            wide = spans.len(),
            path = steps(&values, most),
        )
    };
    plot(out, "all", "Requests", |span| span.requests)?;
    plot(out, "wait", "Told to wait", |span| span.throttled)?;
    plot(out, "bad", "Failed, tried again", |span| span.failed)
}

#[expect(clippy::cast_precision_loss, reason = "a plot is some hundred pixels high")]
fn per_second(count: u64, span: Duration) -> f64 {
    count as f64 / span.as_secs_f64()
}

/// What is below the values, each as wide as its span.
fn steps(values: &[f64], most: f64) -> String {
    let mut path = format!("M0 {HIGH}");
    if most > 0.0 {
        for (at, value) in values.iter().enumerate() {
            let _ = write!(path, "V{:.1}H{}", HIGH - value / most * HIGH, at + 1);
        }
    }
    let _ = write!(path, "V{HIGH}Z");
    path
}

fn percentiles(out: &mut impl Write, latency: &Latency) -> io::Result<()> {
    writeln!(out, "<table class=\"lat\"><caption>How long Microsoft took to answer</caption><tbody>")?;
    let Latency { p50, p90, p95, p99, max } = latency;
    for (name, took) in [
        ("Half of the answers came within", p50),
        ("90 in 100 within", p90),
        ("95 in 100 within", p95),
        ("99 in 100 within", p99),
        ("The slowest took", max),
    ] {
        let took = if took.as_secs() == 0 {
            format!("{} ms", took.as_millis())
        } else {
            format!("{:.1} s", took.as_secs_f64())
        };
        writeln!(out, "<tr><th scope=\"row\">{name}</th><td>{took}</td></tr>")?;
    }
    writeln!(out, "</tbody></table>")
}
