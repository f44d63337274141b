//! A QR code of each meeting's link as a picture (SVG), for a sign on a door (`--qr-dir`).
//!
//! What is read from it is the link, byte for byte. Below it stands for people what it leads to: the subject, which is cut
//! where it is too long, the day and the time; for programs and who cannot see it, the link is in its description. Nothing in the picture is fetched or run.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use fast_qr::{ECL, Mode, QRBuilder, QRCode};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::markup::escaped;
use super::text::clean;
use super::words::{Texts, Words};
use super::{Draft, Finished, Made, make_folder, settle};

/// The white around a code, in modules (ISO/IEC 18004).
const QUIET: usize = 4;
/// How many columns of characters have room in a line; with more, the letters are smaller.
const LINE_COLUMNS: u32 = 40;
/// A longer name is cut.
const NAME_COLUMNS: usize = 72;
/// How wide a column is, in parts of the height of the letters. Few letters are wider.
const COLUMN_WIDTH: f64 = 0.6;

/// Writes a picture for each meeting, by the name of the meeting's files.
pub fn directory(finished: &Finished, dir: &Path, words: &Words) -> Result<Made> {
    make_folder(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    let (mut lines, mut too_long) = (0, 0_u64);
    let mut entries = finished.entries()?;
    while let Some(entry) = entries.next().transpose()? {
        let Some(meeting) = entry.meeting().filter(|_| entry.is_first) else { continue };
        let Some(code) = code(&meeting.join_web_url) else {
            too_long += 1;
            continue;
        };
        let own = entry.own_zone(entries.parser().zones());
        let own = own.as_ref().map(|(name, zone)| (name.as_str(), zone));
        let when = entry.start().map(|start| words.texts(start, entry.end(), own)).unwrap_or_default();
        let subject = clean(entry.subject());
        let name = if subject.trim().is_empty() { clean(entry.external_id()) } else { subject };
        let path = dir.join(format!("{}.svg", entry.file_stem()));
        let cannot = || format!("cannot write {}", path.display());
        let mut draft = Draft::private(&path).with_context(cannot)?;
        draft.write_all(picture(&code, &meeting.join_web_url, &cut(&name), &when).as_bytes()).with_context(cannot)?;
        draft.finish_in_folder().with_context(cannot)?;
        lines += 1;
    }
    settle(dir).with_context(|| format!("the files in {} cannot be kept safe", dir.display()))?;
    let mut notices = Vec::new();
    if too_long > 0 {
        let meetings = if too_long == 1 { "meeting has" } else { "meetings have" };
        notices.push(format!(
            "{too_long} {meetings} no QR code, because the link is longer than a QR code can hold (2,953 bytes)"
        ));
    }
    Ok(Made { lines, notices })
}

/// A code that can still be read when 15 % of it cannot be seen, or 7 % where the link is too long for that; `None` where
/// it is too long for any.
fn code(link: &str) -> Option<QRCode> {
    let at = |level| QRBuilder::new(link).mode(Mode::Byte).ecl(level).build().ok();
    at(ECL::M).or_else(|| at(ECL::L))
}

/// Black on white, with the white around it, one unit to a module, and the text below.
fn picture(code: &QRCode, link: &str, name: &str, when: &Texts) -> String {
    let Texts { date, start, end, zone, .. } = when;
    let until = if end.is_empty() { String::new() } else { format!(" – {end}") };
    let time = if start.is_empty() { String::new() } else { format!("{start}{until}, {zone}") };
    let width = f64::from(u32::try_from(code.size + 2 * QUIET).unwrap_or(u32::MAX));
    let letter = width * 0.92 / (COLUMN_WIDTH * f64::from(LINE_COLUMNS));
    let height = width + letter * 5.0;
    let mut svg = String::with_capacity(1 << 14);
    let _ = write!(
        svg,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height:.2}\" role=\"img\">\n\
         <title>{}</title>\n<desc>{}</desc>\n<path fill=\"#fff\" d=\"M0 0H{width}V{height:.2}H0z\"/>\n\
         <path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"",
        escaped(name),
        escaped(link)
    );
    modules(code, &mut svg);
    svg.push_str("\"/>\n");
    for (text, line, weight) in [(name, 1.0, "bold"), (date, 2.5, "normal"), (&time, 4.0, "normal")] {
        let columns = u32::try_from(text.width()).unwrap_or(u32::MAX).max(LINE_COLUMNS);
        let size = letter * f64::from(LINE_COLUMNS) / f64::from(columns);
        let _ = writeln!(
            svg,
            "<text x=\"50%\" y=\"{:.2}\" font-size=\"{size:.2}\" font-weight=\"{weight}\" fill=\"#000\" \
             font-family=\"system-ui, 'Segoe UI', sans-serif\" text-anchor=\"middle\">{}</text>",
            width + letter * line,
            escaped(text)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// The black modules, each run of them in a row as one box.
fn modules(code: &QRCode, svg: &mut String) {
    for y in 0..code.size {
        let mut x = 0;
        while x < code.size {
            let run = (x..code.size).take_while(|&x| code[y][x].value()).count();
            if run > 0 {
                let _ = write!(svg, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
}

/// So much of a name as has room.
fn cut(name: &str) -> Cow<'_, str> {
    if name.width() <= NAME_COLUMNS {
        return Cow::Borrowed(name);
    }
    let mut columns = 0;
    let fits = |c: &char| {
        columns += c.width().unwrap_or(0);
        columns < NAME_COLUMNS
    };
    let begin: String = name.chars().take_while(fits).collect();
    Cow::Owned(format!("{}…", begin.trim_end()))
}

#[cfg(test)]
#[path = "qr_tests.rs"]
mod tests;
