//! Names of time zones: IANA's, Windows', and offsets. A name that is none of them is refused with the nearest that is,
//! and an abbreviation with the reason why it is not enough.

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, U32Deserializer};
use windows_timezones::WindowsTimezone;

use super::cursor::Cursor;
use super::offset;
use crate::input::flaw::Wrong;

/// The kind of a zone that is not known.
pub(super) const UNKNOWN_ZONE: &str = "an unknown time zone";
/// How alike a name must be (Jaro-Winkler, 0 to 1) to be offered.
const ALIKE_MIN: f64 = 0.88;

/// Names of the database that are no places: clocks that nobody has.
const NO_PLACES: [&str; 2] = ["Etc/Unknown", "Factory"];

/// Names that Windows has given up, and what it says to use instead.
const RETIRED: [(&str, &str); 1] = [("Kamchatka Standard Time", "Asia/Kamchatka")];

/// Abbreviations that are no names, each with what it may mean.
const ABBREVIATIONS: [(&str, &str); 20] = [
    ("PST", "America/Los_Angeles (its time in winter), or Asia/Manila"),
    ("PDT", "America/Los_Angeles (its time in summer)"),
    ("PT", "America/Los_Angeles"),
    ("MDT", "America/Denver (its time in summer)"),
    ("MT", "America/Denver"),
    ("CST", "America/Chicago (its time in winter), Asia/Shanghai or America/Havana"),
    ("CDT", "America/Chicago (its time in summer), or America/Havana"),
    ("CT", "America/Chicago"),
    ("EDT", "America/New_York (its time in summer)"),
    ("ET", "America/New_York"),
    ("AST", "America/Halifax (its time in winter), or Asia/Riyadh"),
    ("BST", "Europe/London (its time in summer), Asia/Dhaka or Pacific/Bougainville"),
    ("IST", "Asia/Kolkata, Europe/Dublin (its time in summer), or Asia/Jerusalem"),
    ("CEST", "Europe/Berlin or another of Central Europe (its time in summer)"),
    ("EEST", "Europe/Helsinki or another of Eastern Europe (its time in summer)"),
    ("MSK", "Europe/Moscow"),
    ("JST", "Asia/Tokyo"),
    ("AEST", "Australia/Sydney (its time in winter), or Australia/Brisbane"),
    ("MEZ", "Europe/Berlin"),
    ("MESZ", "Europe/Berlin (its time in summer)"),
];

/// A zone and the name that it goes by.
pub(super) struct Known {
    pub(super) name: String,
    pub(super) zone: TimeZone,
    /// Why it may not be what was meant.
    pub(super) doubt: Option<Wrong>,
}

/// Finds the zone of a name in any case.
pub(super) fn find(text: &str, database: &TimeZoneDatabase) -> Result<Known, Wrong> {
    let place =
        |name: &str| database.get(name).ok().filter(|_| !NO_PLACES.iter().any(|no| no.eq_ignore_ascii_case(name)));
    if let Some(zone) = place(text) {
        let name = zone.iana_name().unwrap_or(text).to_owned();
        let doubt = doubt(&name);
        return Ok(Known { name, zone, doubt });
    }
    if let Some(offset) = fixed(text) {
        let name = super::local::clock_offset(offset);
        return Ok(Known { name, zone: TimeZone::fixed(offset), doubt: None });
    }
    if let Some((name, zone)) = windows(text).and_then(|name| Some((name, place(name)?))) {
        return Ok(Known { name: zone.iana_name().unwrap_or(name).to_owned(), zone, doubt: None });
    }
    Err(unknown(text, database))
}

/// `Z`, `+01:00`, `UTC+1`
fn fixed(text: &str) -> Option<Offset> {
    let mut cursor = Cursor::new(text);
    let offset = offset::read(&mut cursor, true).ok()?;
    offset.filter(|_| cursor.is_at_end())
}

/// All that Windows has. They are numbered, and the crate has no list of them but by reading a number as serde would.
pub(super) fn all_of_windows() -> impl Iterator<Item = WindowsTimezone> {
    (0_u32..).map_while(|number| {
        let number: U32Deserializer<Error> = number.into_deserializer();
        WindowsTimezone::deserialize(number).ok()
    })
}

/// The IANA name for a name that Windows keeps or shows, like `(UTC+01:00) Amsterdam, Berlin, Bern, …`.
fn windows(text: &str) -> Option<&'static str> {
    let retired = RETIRED.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, iana)| *iana);
    // Outlook and older versions of Windows write GMT.
    let after_gmt = text.get(..4).filter(|begin| begin.eq_ignore_ascii_case("(GMT")).map(|_| &text[4..]);
    let is = |zone: &WindowsTimezone| {
        let shown = zone.description();
        let bare = shown.split_once(") ").map_or(shown, |(_, bare)| bare);
        let names = [zone.name(), shown, bare];
        names.iter().any(|name| name.eq_ignore_ascii_case(text))
            || after_gmt.is_some_and(|rest| shown[4..].eq_ignore_ascii_case(rest))
    };
    retired.or_else(|| all_of_windows().find(is).map(WindowsTimezone::tzdb_id))
}

/// Three names of the database are clocks without summer time, whatever people mean by them.
fn doubt(name: &str) -> Option<Wrong> {
    let (without, with) = match name {
        "EST" => ("America/Panama", "America/New_York"),
        "MST" => ("America/Phoenix", "America/Denver"),
        "HST" => {
            return Some(
                Wrong::new(ABBREVIATED, "write Pacific/Honolulu to be plain")
                    .saying("HST is the time of Hawaii, which has no summer time"),
            );
        }
        _ => return None,
    };
    Some(
        Wrong::new(ABBREVIATED, format!("write {with} if the clocks are put forward there, or else {without}"))
            .saying(format!("{name} is read as a time without summer time, all year the same")),
    )
}

const ABBREVIATED: &str = "an abbreviated time zone without summer time";

fn unknown(text: &str, database: &TimeZoneDatabase) -> Wrong {
    let wrong = |mend: String| Wrong::new(UNKNOWN_ZONE, mend);
    let usual = "use an IANA name like Europe/Berlin or America/New_York";
    if let Some((name, means)) = ABBREVIATIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        let means = means.replace("(its", &format!("({name} is its"));
        let mend = format!("write the name of the zone that is meant: {means}");
        let what =
            format!("{name} is an abbreviation, which is not enough: one stands for several zones, or for half a year");
        return wrong(mend).saying(what);
    }
    if (2..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let letters = |text: &str| {
            let mut letters = text.as_bytes().to_vec();
            letters.sort_unstable();
            letters
        };
        let swapped = ["UTC", "GMT", "CET", "EET", "WET"].into_iter().find(|name| letters(name) == letters(text));
        let usual =
            swapped.map_or(usual.to_owned(), |name| format!("write {name} if that is meant; otherwise {usual}"));
        let what =
            "it looks like an abbreviation, which is not enough: one stands for several zones, or for half a year";
        return wrong(usual).saying(format!("'{text}' is not in the zone database; {what}"));
    }
    let bare = bare_offset(text);
    if let Some(offset) = bare.as_ref().and_then(|offset| fixed(&format!("UTC{offset}"))) {
        return wrong(format!("write {} if that is meant", super::local::clock_offset(offset)));
    }
    let is_offset = ["utc", "gmt", "etc/"]
        .iter()
        .any(|name| text.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name)));
    if is_offset && text.contains(['+', '-']) {
        return wrong(format!("{usual}, or an offset like +01:00"))
            .saying("this is no offset from UTC that can be read");
    }
    // What is most like an offset would be another, and hours away.
    if bare.is_some() {
        return wrong(usual.to_owned());
    }
    match nearest(text, database) {
        Some(near) => wrong(format!("write {near} if that is meant; otherwise {usual}")),
        None => wrong(usual.to_owned()),
    }
}

/// The sign and the digits of what was meant for an offset, like `+1`, `UTC +1` and `(UTC+01:00)`.
fn bare_offset(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')')).collect();
    let named = text.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("utc") || name.eq_ignore_ascii_case("gmt"));
    let offset = &text[if named { 3 } else { 0 }..];
    let digits = offset.strip_prefix(['+', '-', '\u{2212}'])?;
    digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b':').then(|| offset.to_owned())
}

/// The name that is most like this one, or that ends in this city.
fn nearest(text: &str, database: &TimeZoneDatabase) -> Option<String> {
    let fold = |text: &str| text.replace([' ', '-'], "_").to_lowercase();
    let wanted = fold(text);
    // What is so long is not a name with a slip of the pen, and comparing it takes its time.
    if wanted.is_empty() || wanted.len() > 70 {
        return None;
    }
    let names = || database.available().map(|name| name.to_string()).filter(|name| !NO_PLACES.contains(&name.as_str()));
    let city_of = |name: &str| fold(name.rsplit('/').next().unwrap_or(name));
    let city = names().find(|name| name.contains('/') && city_of(name) == city_of(&wanted));
    let all = names().chain(all_of_windows().flat_map(|zone| [zone.name().to_owned(), zone.description().to_owned()]));
    let alike = || all.map(|name| (strsim::jaro_winkler(&fold(&name), &wanted), name));
    city.or_else(|| {
        let best = alike().max_by(|a, b| a.0.total_cmp(&b.0));
        best.filter(|(alike, _)| *alike >= ALIKE_MIN).map(|(_, name)| name)
    })
}
