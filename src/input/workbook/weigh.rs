//! What a workbook is about to become, before anything of it is held: a zip of a few thousand bytes can inflate to
//! terabytes, and a part of it can claim a size that no memory has.
//!
//! Every part is inflated once, to nothing, which also shows damage before a single row is read (each part has a
//! checksum). This module refuses what is no workbook in the format of `.xlsx`, what is damaged, and what is beyond its
//! bounds; it understands no cells.

use std::io::{BufReader, Read, Seek};

use anyhow::{Result, ensure};
use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;
use zip::result::ZipError;

use super::{damaged, refusal};

/// All parts together. A sheet with each of Excel's 1,048,576 rows and thirty columns has some two billion bytes.
const INFLATED_MOST: u64 = 4 << 30;
/// The table of texts, which is held while the sheet is read: a million texts of 200 bytes have room.
const TEXTS_MOST: u64 = 256 << 20;
/// A part that is held otherwise (styles, names of sheets): the largest that Excel makes, with 64,000 formats, are half
/// of this.
const HELD_MOST: u64 = 16 << 20;
/// Any element of what is held may be kept together with a copy of any other, so that this bounds the longest element
/// times their number. Workbooks as bloated as Excel allows stay below a third.
const COPIED_MOST: u64 = 1 << 30;
/// How many parts there may be; Excel makes a handful for each sheet.
const PARTS_MOST: usize = 65_536;
/// An element of the table of texts has at least this many bytes, `<si/>`: no table has more texts than that.
const TEXT_LEAST: u64 = 5;

/// What the parts that are held look like.
#[derive(Default)]
pub(super) struct Elements {
    count: u64,
    longest: u64,
}

/// Inflates every part, and fails when one is damaged or too large.
pub(super) fn weigh(workbook: &mut (impl Read + Seek)) -> Result<()> {
    let mut archive = ZipArchive::new(workbook).map_err(damaged)?;
    let names = archive.file_names().map(|name| name.map(|name| name.to_ascii_lowercase()));
    let names: Vec<String> = names.collect::<Result<_, _>>().map_err(damaged)?;
    ensure!(
        names.len() <= PARTS_MOST,
        "the workbook has {} parts, and {PARTS_MOST} are the most: {TOO_LARGE}",
        names.len()
    );
    refusal::unless_xlsx(&names)?;
    let (mut left, mut elements) = (INFLATED_MOST, Elements::default());
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(unpackable)?;
        let name = part.name().map_err(damaged)?.replace('\\', "/").to_ascii_lowercase();
        let is_texts = name.ends_with("sharedstrings.xml");
        let is_held =
            [".rels", "styles.xml", "workbook.xml"].iter().any(|end| name.ends_with(end)) || name.contains("theme/");
        let most = if is_texts { TEXTS_MOST } else { left }.min(if is_held { HELD_MOST } else { left });
        let length = inflate(part, most, is_held.then_some(&mut elements))?;
        left = left.saturating_sub(length);
        if is_texts {
            let claimed = claimed_texts(archive.by_index(at).map_err(unpackable)?);
            ensure!(
                claimed <= length / TEXT_LEAST,
                damaged("its table of texts claims more texts than it has room for")
            );
        }
    }
    Ok(())
}

const TOO_LARGE: &str = "copy the sheet of meetings into a new workbook and save that";

/// Reads a part to its end, where its checksum is compared.
pub(super) fn inflate(mut part: impl Read, most: u64, mut elements: Option<&mut Elements>) -> Result<u64> {
    let (mut buffer, mut length, mut run) = (vec![0; 1 << 16], 0, 0);
    loop {
        let read = part.read(&mut buffer).map_err(damaged)?;
        if read == 0 {
            return Ok(length);
        }
        length += read as u64;
        ensure!(length <= most, "the workbook unfolds to more than {} million bytes: {TOO_LARGE}", most >> 20);
        if let Some(elements) = elements.as_deref_mut() {
            for &byte in &buffer[..read] {
                run = if byte == b'<' { 0 } else { run + 1 };
                elements.count += u64::from(byte == b'<');
                elements.longest = elements.longest.max(run);
            }
            let copied = elements.count.saturating_mul(elements.longest);
            ensure!(copied <= COPIED_MOST, "the workbook has too many styles or names: {TOO_LARGE}");
        }
    }
}

/// How many texts the table says that it has: that many are made room for at once, on the word of the file.
fn claimed_texts(part: impl Read) -> u64 {
    let mut reader = Reader::from_reader(BufReader::new(part));
    let config = reader.config_mut();
    (config.check_end_names, config.check_comments, config.expand_empty_elements) = (false, false, true);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) if element.local_name().as_ref() == "sst" => {
                let said = element.attributes().flatten();
                let said = said.filter(|said| said.key.as_ref() == "uniqueCount");
                return said.map(|said| said.value.trim().parse().unwrap_or(0)).max().unwrap_or(0);
            }
            // What is wrong with it is told by whoever reads the texts.
            Ok(Event::Eof) | Err(_) => return 0,
            Ok(_) => {}
        }
    }
}

fn unpackable(why: ZipError) -> anyhow::Error {
    match why {
        ZipError::UnsupportedArchive(why) if why.contains("assword") => refusal::password(),
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            anyhow::anyhow!(
                "the workbook is packed in a way that Excel does not use: open it in Excel and save it again"
            )
        }
        why => damaged(why),
    }
}
