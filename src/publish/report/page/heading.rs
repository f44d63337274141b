//! The top of the page: what was asked, when, whether it counts, and what came out as one bar.

use std::io::{self, Write};

use super::markup::{Text, class, counted, hundredths, number};
use crate::outcome::Status;
use crate::publish::report::{Facts, Run};
use crate::tally::clock;

/// A segment of the bar is never narrower than this, in hundredths: one row among thousands can be seen, too.
const SEGMENT_MIN: f64 = 0.8;

/// How many rows have a status.
pub(super) fn count(facts: &Facts, wanted: impl Fn(Status) -> bool) -> u64 {
    Status::ALL.into_iter().zip(facts.counts).filter(|(status, _)| wanted(*status)).map(|(_, count)| count).sum()
}

/// What came out, in one sentence.
fn sentence(facts: &Facts) -> String {
    let [asked, good] = [count(facts, |status| status != Status::Skipped), count(facts, Status::is_as_asked)];
    match (facts.rows(), facts.run.as_ref().is_some_and(|run| !run.complete)) {
        (0, true) => return "The run ended before any row was finished".to_owned(),
        (1, true) if good == 1 => {
            return "The run ended early: the one finished row has its meeting as asked".to_owned();
        }
        (1, true) => return "The run ended early: the one finished row has no meeting as asked".to_owned(),
        (rows, true) => {
            let rows = counted(rows, "finished row");
            return format!("The run ended early: {} of {rows} have their meeting as asked", number(good));
        }
        (_, false) => {}
    }
    match (asked, asked - good) {
        (0, _) => "No row was asked for".to_owned(),
        (1, 0) => "The one row has its meeting".to_owned(),
        (_, 0) => format!("All {} have their meeting", counted(asked, "row")),
        (1, _) => "The one row has no meeting as asked".to_owned(),
        _ => format!("{} of {} have their meeting as asked", number(good), counted(asked, "row")),
    }
}

/// The last part of a path: the whole of it is in the details.
fn short(name: &str) -> &str {
    name.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(name)
}

/// What the window is called.
pub(super) fn title(facts: &Facts) -> String {
    let name = short(&facts.output.name);
    let rehearsal = if super::is_rehearsal(facts.run.as_ref()) { "Rehearsal: " } else { "" };
    format!("{rehearsal}{}{}{name}", sentence(facts), if name.is_empty() { "" } else { " · " })
}

/// The heading, and what the reader must know before anything else.
pub(super) fn write(out: &mut impl Write, facts: &Facts) -> io::Result<()> {
    writeln!(out, "<header>\n<p class=\"over\">Teams meetings from a spreadsheet</p>\n<h1>{}</h1>", sentence(facts))?;
    write!(out, "<p class=\"sub\">")?;
    let output = short(&facts.output.name);
    if let Some(run) = &facts.run {
        write!(
            out,
            "<bdi>{}</bdi> <span aria-label=\"became\">→</span> <bdi>{}</bdi> <span class=\"dot\">·</span> \
             <time datetime=\"{}\">{}</time> <span class=\"dot\">·</span> took {}",
            Text(short(&run.input.name)),
            Text(output),
            run.began.format("%Y-%m-%dT%H:%M:%SZ"),
            run.began.format("%A %-d %B %Y, %H:%M UTC"),
            clock(run.took),
        )?;
        if run.resumed > 0 {
            let were = if run.resumed == 1 { "was" } else { "were" };
            write!(
                out,
                " <span class=\"dot\">·</span> {} {were} there already, from a run that this one went on with",
                counted(run.resumed, "row")
            )?;
        }
    } else {
        write!(out, "<bdi>{}</bdi> <span class=\"dot\">·</span> made from its finished lines", Text(output))?;
    }
    writeln!(out, "</p>")?;
    if let Some(run) = &facts.run {
        banners(out, facts, run)?;
    }
    writeln!(out, "</header>")
}

fn banners(out: &mut impl Write, facts: &Facts, run: &Run) -> io::Result<()> {
    if run.rehearsal {
        writeln!(
            out,
            "<p class=\"banner\"><strong>This was a rehearsal.</strong> Nothing real was made, and the links below lead \
             to no meeting. Run it without rehearsing to make the meetings.</p>"
        )?;
    }
    // Why it ended says what to do, too.
    let why = Text(run.why.trim_end_matches('.'));
    match (run.complete, facts.rows()) {
        (true, _) if run.why.is_empty() => Ok(()),
        (true, _) => {
            writeln!(out, "<p class=\"banner bad\"><strong>Something could not be made.</strong> {why}.</p>")
        }
        (false, rows) => {
            let has = match rows {
                0 => "No row was finished".to_owned(),
                1 => "This page has the one row that was finished".to_owned(),
                _ => format!("This page has the {} that were finished", counted(rows, "row")),
            };
            writeln!(out, "<p class=\"banner bad\"><strong>The run ended early.</strong> {why}. {has}.</p>")
        }
    }
}

/// What is meant by a status.
pub(super) fn meaning(status: Status) -> &'static str {
    match status {
        Status::Created => "new meeting",
        Status::Updated => "meeting was there and is now as asked",
        Status::Existing => "meeting was there, as asked",
        Status::Carried => "taken over from an earlier output",
        Status::Differs => "meeting was there, but not as asked",
        Status::Expiring => "the link stops working soon",
        Status::Expired => "the link has stopped working",
        Status::Gone => "the meeting is there no more",
        Status::Cancelled => "the meeting was deleted",
        Status::Uncertain => "sent once, and no answer came",
        Status::Invalid => "the row has a mistake and was not sent",
        Status::Refused => "Microsoft said no",
        Status::Failed => "tried and given up",
        Status::Skipped => "not chosen, not sent",
    }
}

/// What came out, as one bar with its legend.
pub(super) fn came_out(out: &mut impl Write, facts: &Facts) -> io::Result<()> {
    let total: u64 = facts.counts.iter().sum();
    let present = || Status::ALL.into_iter().zip(facts.counts).filter(|(_, count)| *count > 0);
    writeln!(out, "<section aria-labelledby=\"h-out\">\n<h2 id=\"h-out\">What was asked, and what came out</h2>")?;
    writeln!(out, "<svg class=\"whole\" viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")?;
    let wide: f64 = present().map(|(_, count)| hundredths(count, total).max(SEGMENT_MIN)).sum();
    let mut left = 0.0;
    for (status, count) in present() {
        let width = hundredths(count, total).max(SEGMENT_MIN) * 100.0 / wide;
        writeln!(
            out,
            "<a href=\"#rows\" data-s=\"{class}\" tabindex=\"-1\"><rect class=\"{class}\" x=\"{left:.2}\" \
             width=\"{width:.2}\" height=\"1\"><title>{}: {status}</title></rect></a>",
            number(count),
            class = class(status),
            status = status.as_str(),
        )?;
        left += width;
    }
    writeln!(out, "</svg>\n<ul class=\"legend\">")?;
    for (status, count) in present() {
        writeln!(
            out,
            "<li><a href=\"#rows\" data-s=\"{class}\"><b class=\"{class}\">{}</b> <span class=\"word\">{}</span> \
             <small>{}</small></a></li>",
            number(count),
            status.as_str(),
            meaning(status),
            class = class(status),
        )?;
    }
    writeln!(out, "</ul>\n</section>")
}
