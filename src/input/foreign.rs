//! What is no text of a sheet and begins like something else, said by its name and not as a header without columns.

use anyhow::{Result, bail};

/// What a file begins with (small letters), what it is then, and what to do.
const BEGINNINGS: [(&[u8], &str, &str); 14] = [
    (b"%pdf", "a PDF", SHEET),
    (b"\xff\xd8\xff", "a picture (JPEG)", SHEET),
    (b"\x89png", "a picture (PNG)", SHEET),
    (b"gif8", "a picture (GIF)", SHEET),
    (b"<!doctype html", "a web page", PAGE),
    (b"<html", "a web page", PAGE),
    (b"<?xml", "an XML file", SHEET),
    (b"{\\rtf", "a text document (RTF)", "copy its table into a sheet of Excel, and save that"),
    (b"begin:vcalendar", "a calendar (iCalendar)", SHEET),
    (b"\x1f\x8b", "a compressed file (gzip)", "unpack it, and name the sheet that is in it"),
    (b"7z\xbc\xaf", "a compressed file (7-Zip)", "unpack it, and name the sheet that is in it"),
    (b"rar!", "a compressed file (RAR)", "unpack it, and name the sheet that is in it"),
    (b"sqlite format 3", "a database (SQLite)", SHEET),
    (b"\x7felf", "a program", SHEET),
];
const SHEET: &str = "name the sheet itself, saved as \"CSV UTF-8\" or as .xlsx";
const PAGE: &str = "perhaps a sign-in page was saved in place of the sheet: open it in a browser to see, and fetch the \
                    sheet again; a table that is saved as a web page has to be saved as .xlsx";

/// Refuses what begins like something that is no sheet.
pub(super) fn refuse(head: &[u8]) -> Result<()> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |with: &[u8]| text.get(..with.len()).is_some_and(|own| own.eq_ignore_ascii_case(with));
    if let Some((_, what, mend)) = BEGINNINGS.iter().find(|(with, ..)| begins(with)) {
        bail!("the input is {what} and not a sheet: {mend}");
    }
    let after = |sign: u8| text.strip_prefix(&[sign]).and_then(|rest| rest.trim_ascii_start().first().copied());
    if after(b'{') == Some(b'"') || matches!(after(b'['), Some(b'{' | b'[')) {
        bail!("the input is JSON and not a sheet: {SHEET}");
    }
    Ok(())
}
