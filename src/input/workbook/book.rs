//! Workbooks for tests, made by hand so that each says no more than it has to.

use std::io::{Cursor, Read as _, Write as _};

use anyhow::Result;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::super::{Transcript, transcribe};

pub(super) const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A zip of these parts.
pub(super) fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, options).expect("a part");
        zip.write_all(text.as_bytes()).expect("its text");
    }
    zip.finish().expect("a zip").into_inner()
}

/// A workbook with these sheets (name, attributes, kind of part, XML), these texts and the number formats of these codes,
/// of which the first is style 1.
pub(super) struct Book<'a> {
    pub(super) sheets: Vec<(&'a str, &'a str, &'a str, String)>,
    pub(super) properties: &'a str,
    pub(super) texts: String,
    pub(super) formats: &'a [&'a str],
}

/// A workbook whose only sheet, `Plan`, has these rows.
pub(super) fn plan(rows: &str) -> Book<'_> {
    let sheet = format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#);
    let sheets = vec![("Plan", "", "worksheet", sheet)];
    Book {
        sheets,
        properties: "",
        texts: String::new(),
        formats: &["dd.mm.yyyy hh:mm", "dd.mm.yyyy", "hh:mm", "[h]:mm"],
    }
}

impl Book<'_> {
    pub(super) fn parts(&self) -> Vec<(String, String)> {
        let sheets = self.sheets.iter().enumerate();
        let named = sheets.clone().map(|(at, (name, attributes, ..))| {
            format!(r#"<sheet name="{name}" sheetId="{at}" {attributes} r:id="rId{at}"/>"#)
        });
        let related = sheets.clone().map(|(at, (_, _, kind, _))| {
            format!(r#"<Relationship Id="rId{at}" Type="{RELATIONS}/{kind}" Target="{kind}s/sheet{at}.xml"/>"#)
        });
        let formats = self.formats.iter().enumerate().map(|(at, code)| (164 + at, code));
        let codes = formats.clone().map(|(id, code)| format!(r#"<numFmt numFmtId="{id}" formatCode="{code}"/>"#));
        let styles = formats.map(|(id, _)| format!(r#"<xf numFmtId="{id}"/>"#));
        let all = |elements: &mut dyn Iterator<Item = String>| elements.collect::<Vec<_>>().concat();
        let (named, related) = (all(&mut { named }), all(&mut { related }));
        let (codes, styles, properties, texts) =
            (all(&mut { codes }), all(&mut { styles }), self.properties, &self.texts);
        let office = format!(r#"<Relationship Id="a" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>"#);
        let styles = format!("<numFmts>{codes}</numFmts><cellXfs><xf numFmtId=\"0\"/>{styles}</cellXfs>");
        let workbook = format!(
            r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{properties}<sheets>{named}</sheets></workbook>"#
        );
        let parts = sheets.map(|(at, (_, _, kind, xml))| (format!("xl/{kind}s/sheet{at}.xml"), xml.clone()));
        let others = [
            ("[Content_Types].xml", "<Types/>".to_owned()),
            ("_rels/.rels", format!("<Relationships>{office}</Relationships>")),
            ("xl/workbook.xml", workbook),
            ("xl/_rels/workbook.xml.rels", format!("<Relationships>{related}</Relationships>")),
            ("xl/styles.xml", format!(r#"<styleSheet xmlns="{MAIN}">{styles}</styleSheet>"#)),
            ("xl/sharedStrings.xml", format!(r#"<sst xmlns="{MAIN}">{texts}</sst>"#)),
        ];
        parts.chain(others.map(|(name, text)| (name.to_owned(), text))).collect()
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let parts = self.parts();
        zipped(&parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
    }
}

pub(super) fn told(book: &Book<'_>, sheet: Option<&str>) -> Result<(String, Transcript)> {
    let mut transcript = transcribe(Cursor::new(book.bytes()), sheet)?;
    let mut text = String::new();
    transcript.file.read_to_string(&mut text)?;
    Ok((text, transcript))
}

pub(super) fn text(rows: &str) -> String {
    told(&plan(rows), None).expect("a sheet").0
}

pub(super) fn refusal(bytes: &[u8], sheet: Option<&str>) -> String {
    format!("{:#}", transcribe(Cursor::new(bytes), sheet).expect_err("a refusal"))
}

/// A cell with a text in it.
pub(super) fn inline(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#)
}

pub(super) fn header(row: u32, names: &[&str]) -> String {
    let cells = names.iter().zip('A'..).map(|(name, column)| inline(&format!("{column}{row}"), name));
    format!(r#"<row r="{row}">{}</row>"#, cells.collect::<String>())
}
