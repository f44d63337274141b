//! Meetings by day and by organizer, as bars.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{Datelike as _, NaiveDate};

use super::markup::{Text, counted, hundredths, number};
use crate::publish::report::Facts;

/// Of more days than this the months are shown, and the days folded.
const DAYS_SHOWN: usize = 31;
/// How many organizers are named; the rest are told together.
const ORGANIZERS_SHOWN: usize = 20;

/// Both lists, side by side where there is room.
pub(super) fn write(out: &mut impl Write, facts: &Facts) -> io::Result<()> {
    if facts.days.is_empty() && facts.organizers.is_empty() {
        return Ok(());
    }
    writeln!(out, "<div class=\"two\">")?;
    if !facts.days.is_empty() {
        writeln!(out, "<section aria-labelledby=\"h-day\">\n<h2 id=\"h-day\">Meetings by day</h2>")?;
        by_day(out, &facts.days)?;
        writeln!(out, "</section>")?;
    }
    if !facts.organizers.is_empty() {
        writeln!(out, "<section aria-labelledby=\"h-org\">\n<h2 id=\"h-org\">Meetings by organizer</h2>")?;
        by_organizer(out, &facts.organizers)?;
        writeln!(out, "</section>")?;
    }
    writeln!(out, "</div>")
}

fn by_day(out: &mut impl Write, days: &BTreeMap<NaiveDate, u64>) -> io::Result<()> {
    let day = |(day, count): (&NaiveDate, &u64)| (day.format("%a %-d %b %Y").to_string(), *count);
    if days.len() <= DAYS_SHOWN {
        return bars(out, "Day", days.iter().map(day));
    }
    let mut months: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    for (day, count) in days {
        *months.entry(day.with_day(1).unwrap_or(*day)).or_default() += count;
    }
    bars(out, "Month", months.iter().map(|(month, count)| (month.format("%B %Y").to_string(), *count)))?;
    writeln!(out, "<details><summary>Each of the {}</summary>", counted(days.len() as u64, "day"))?;
    bars(out, "Day", days.iter().map(day))?;
    writeln!(out, "</details>")
}

fn by_organizer(out: &mut impl Write, organizers: &[(String, u64)]) -> io::Result<()> {
    let (shown, rest) = organizers.split_at(organizers.len().min(ORGANIZERS_SHOWN));
    let name = |name: &str| if name.is_empty() { "(not named)".to_owned() } else { name.to_owned() };
    bars(out, "Organizer", shown.iter().map(|(organizer, count)| (name(organizer), *count)))?;
    if !rest.is_empty() {
        let meetings: u64 = rest.iter().map(|(_, count)| count).sum();
        let have = if rest.len() == 1 { "has" } else { "have" };
        let others = counted(rest.len() as u64, "other");
        writeln!(out, "<p class=\"rest\">{others} {have} {} together.</p>", counted(meetings, "meeting"))?;
    }
    Ok(())
}

/// One bar below the other, each with its name and its count.
fn bars(out: &mut impl Write, what: &str, bars: impl Iterator<Item = (String, u64)> + Clone) -> io::Result<()> {
    let most = bars.clone().map(|(_, count)| count).max().unwrap_or_default();
    writeln!(
        out,
        "<table class=\"bars\"><thead><tr><th scope=\"col\">{what}</th><th scope=\"col\">Meetings</th></tr></thead><tbody>"
    )?;
    for (name, count) in bars {
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td><svg viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" \
             aria-hidden=\"true\"><rect width=\"{:.1}\" height=\"1\"/></svg><span>{}</span></td></tr>",
            Text(&name),
            hundredths(count, most),
            number(count),
        )?;
    }
    writeln!(out, "</tbody></table>")
}
