//! Products of real links and those of a rehearsal, whose links lead nowhere, are kept apart: the second never take the
//! place of the first.
//!
//! What a product is of is read in it, where each has its links: in the text, of a workbook where its links are told, of
//! a sign in its description. Reports for programs and metrics have no links, and tell it in words. One in which there is
//! nothing of either, like that of a run without meetings, may be replaced by anything.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::{Result, bail};
use zip::ZipArchive;

use super::{Finished, Wanted};

/// How much is read at a draught.
const DRAUGHT: usize = 1 << 16;
/// What a link begins with that somebody can be given. Addresses that only name a form of XML begin otherwise.
const LINK: &[u8] = b"https://";
/// What a report of a rehearsal says of itself.
const REHEARSED: [&[u8]; 2] = [b"This was a rehearsal", b"\"rehearsal\": true"];
/// What a report for programs says of a real run; it has no links.
const RAN: &[u8] = b"\"rehearsal\": false";
/// What metrics tell the same by, with 0 for a real run.
const METRIC: &str = "convoke_rehearsal{";
/// What a workbook's links are told in.
const LINKS_OF_SHEETS: &str = "xl/worksheets/_rels/";
/// How a zip begins.
const ZIP: &[u8] = b"PK\x03\x04";

/// Fails when one of the products that are about to be written would take the place of real ones; `why` says what of the
/// new ones is make-believe, as all links are that begin with `make_believe`.
pub fn keep_products_apart(wanted: &Wanted, make_believe: &str, why: &str) -> Result<()> {
    let files = wanted.files().map(|(option, path)| {
        let is_real = if option == "--metrics" { real_metrics(path) } else { real_file(path, make_believe) };
        (option, path, is_real, "has")
    });
    let folders =
        wanted.folders().map(|(option, path)| (option, path, real_folder(path, make_believe), "has files with"));
    for (option, path, is_real, has) in files.chain(folders) {
        // What cannot be read is not known to be real; whoever writes there says what is wrong with it.
        if is_real.unwrap_or_default() {
            let what = match option {
                "--metrics" => "the figures of a real run",
                "--report" => "what became of real meetings",
                _ => "real links",
            };
            bail!("{option} {} {has} {what}, and {why}: name another place", path.display());
        }
    }
    Ok(())
}

impl Finished {
    /// Whether the meetings are those of a rehearsal; all of them are, or none.
    pub fn is_make_believe(&self, make_believe: &str) -> Result<bool> {
        for entry in self.entries()? {
            if let Some(meeting) = entry?.meeting() {
                return Ok(meeting.join_web_url.starts_with(make_believe));
            }
        }
        Ok(false)
    }
}

/// Whether there is a file that is a real product.
fn real_file(path: &Path, make_believe: &str) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut begin = Vec::new();
    (&mut file).take(ZIP.len() as u64).read_to_end(&mut begin)?;
    file.seek(SeekFrom::Start(0))?;
    if begin != ZIP {
        return is_real(file, make_believe);
    }
    let mut book = ZipArchive::new(file)?;
    for at in 0..book.len() {
        let part = book.by_index(at)?;
        if part.name()?.starts_with(LINKS_OF_SHEETS) && is_real(part, make_believe)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn real_metrics(path: &Path) -> io::Result<bool> {
    let metrics = fs::read_to_string(path)?;
    Ok(metrics.lines().any(|line| line.starts_with(METRIC) && line.ends_with(" 0")))
}

/// Whether there is a folder with a real product.
fn real_folder(path: &Path, make_believe: &str) -> io::Result<bool> {
    for file in fs::read_dir(path)? {
        let path = file?.path();
        if is_named_as_ours(&path) && real_file(&path, make_believe)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A name as [`Entry::file_stem`](super::Entry::file_stem) makes it: other files are not replaced.
fn is_named_as_ours(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    stem.rsplit_once('-').is_some_and(|(_, key)| key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether a text has links, or says that it is of a run, and nothing that is of a rehearsal.
fn is_real(mut text: impl Read, make_believe: &str) -> io::Result<bool> {
    let rehearsed = [&[make_believe.as_bytes()], &REHEARSED[..]].concat();
    let real = [LINK, RAN];
    let overlap = rehearsed.iter().chain(&real).map(|mark| mark.len()).max().unwrap_or_default();
    let (mut window, mut is_real) = (Vec::with_capacity(DRAUGHT + overlap), false);
    loop {
        let kept = window.len();
        (&mut text).take(DRAUGHT as u64).read_to_end(&mut window)?;
        if window.len() == kept {
            return Ok(is_real);
        }
        if rehearsed.iter().any(|mark| has(&window, mark)) {
            return Ok(false);
        }
        is_real = is_real || real.iter().any(|mark| has(&window, mark));
        window.drain(..window.len().saturating_sub(overlap));
    }
}

fn has(text: &[u8], mark: &[u8]) -> bool {
    text.windows(mark.len()).any(|there| there == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_real_when_it_has_links_and_none_of_them_is_make_believe() {
        let real = |text: &str| is_real(text.as_bytes(), "https://teams.example/").expect("it can be read");
        let far = "x".repeat(DRAUGHT - 5);
        assert!(real("a https://teams.microsoft.com/l/1"));
        assert!(real(&format!("{far}https://teams.microsoft.com/l/1")), "where two draughts meet");
        assert!(!real(&format!("https://a.example {far}https://teams.example/l/1")));
        assert!(!real(&format!("{far}https://teams.example/l/1")));
        assert!(!real("name,address\n") && !real("") && !real("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"));
        assert!(!real("https://graph.microsoft.com, This was a rehearsal: no meeting is real."));
        assert!(real("\"rehearsal\": false") && !real("\"rehearsal\": true, https://graph.microsoft.com"));
    }

    #[test]
    fn only_names_that_we_give_are_looked_into() {
        let ours = |name: &str| is_named_as_ours(Path::new(name));
        assert!(ours("a/MATH_1-88fb5db5132e.ics"));
        assert!(!ours("a/index.html") && !ours("a/MATH-1.html") && !ours("a/-"));
    }
}
