//! What is no workbook that can be read, said so that whoever has it knows what it is and what to do.

use std::io::{Read, Seek, SeekFrom};

use anyhow::{Error, Result, anyhow, bail};

/// What the old format of Office begins with, and with it a workbook under a password.
pub(super) const OLE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// What a zip begins with, and with it a workbook.
pub(super) const ZIP: [u8; 4] = *b"PK\x03\x04";

/// How much of an old file is searched for what it is: its table of contents may be anywhere.
const SEARCHED_MOST: u64 = 256 << 20;
const XLSX: &str = "open it in Excel and save it as \"Excel Workbook (*.xlsx)\"";

/// Fails when the names of the parts (in small letters) are not those of an `.xlsx`.
pub(super) fn unless_xlsx(names: &[String]) -> Result<()> {
    let has = |part: &str| names.iter().any(|name| name.starts_with(part) || name.ends_with(part));
    if has("/workbook.bin") {
        bail!("the input is a binary workbook (.xlsb): {XLSX}");
    }
    if has("/workbook.xml") || has("/worksheets/sheet1.xml") {
        return Ok(());
    }
    for (part, what) in
        [("/document.xml", "a Word document (.docx)"), ("/presentation.xml", "a PowerPoint file (.pptx)")]
    {
        if has(part) {
            bail!("the input is {what} and not a workbook: copy its table into a sheet of Excel, and save that");
        }
    }
    if has("index/document.iwa") || has("index.zip") {
        bail!("the input is a file of Apple's Numbers: in Numbers, choose File > Export To > Excel");
    }
    if has("content.xml") && has("mimetype") {
        bail!("the input is an OpenDocument file (.ods): open it and save it as \"Excel Workbook (*.xlsx)\"");
    }
    if has("[content_types].xml") {
        // A workbook may have its parts under any name; what is missing is told when it is looked for.
        return Ok(());
    }
    bail!("the input is a zip file and not a workbook: unpack it, and name the sheet that is in it");
}

/// What is to be said of a file in the old format of Office.
pub(super) fn old(workbook: &mut (impl Read + Seek)) -> Result<Error> {
    let marks = [("EncryptedPackage", 0), ("WordDocument", 1), ("PowerPoint Document", 2)];
    let marks = marks.map(|(name, what)| (name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(), what));
    workbook.seek(SeekFrom::Start(0))?;
    let mut rest = workbook.take(SEARCHED_MOST);
    let (mut window, mut kept) = (vec![0; 1 << 16], 0);
    let overlap = 64;
    loop {
        let read = rest.read(&mut window[kept..])?;
        if read == 0 {
            return Ok(anyhow!("the input is a workbook of Excel 97 to 2003 (.xls): {XLSX}"));
        }
        let seen = &window[..kept + read];
        let found = marks.iter().find(|(mark, _)| seen.windows(mark.len()).any(|part| part == mark.as_slice()));
        match found.map(|(_, what)| what) {
            Some(0) => return Ok(password()),
            Some(1) => return Ok(anyhow!("the input is a Word document (.doc) and not a workbook: {COPY}")),
            Some(_) => return Ok(anyhow!("the input is a PowerPoint file (.ppt) and not a workbook: {COPY}")),
            None => {}
        }
        let end = kept + read;
        let begin = end.saturating_sub(overlap);
        window.copy_within(begin..end, 0);
        kept = end - begin;
    }
}

const COPY: &str = "copy its table into a sheet of Excel, and save that";

/// A workbook that only its password opens.
pub(super) fn password() -> Error {
    anyhow!(
        "the workbook is protected by a password, so that it cannot be read: open it in Excel, choose File > Info > \
         Protect Workbook > Encrypt with Password, empty the box, and save it"
    )
}
