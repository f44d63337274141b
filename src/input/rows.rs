//! The rows of an input, one after the other.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use csv::ByteRecord;

use super::encoding::Encoding;
use super::form;
use super::organizer::{self, Organizers};
use super::people::is_blank;
use super::records::{Form, Records};
use super::scan::Begin;
use super::store::Store;
use super::survey::Survey;
use super::workbook::{Transcript, is_workbook, transcribe};
use super::{About, Again, AskedForm, Column, Parser, Reading, Row, Source};
use crate::meeting::Organizer;

/// How much of an input shows whether it is a workbook.
const HEAD: usize = 8;

/// An input as records of text.
struct Shape {
    store: Store,
    form: Form,
    /// Whether the encoding is certain.
    is_certain: bool,
    sheet: Option<String>,
    notices: Vec<String>,
}

impl Shape {
    fn of(store: Store, reading: &Reading) -> Result<Self> {
        let is_workbook = is_workbook(&store.head(HEAD).context("the input cannot be read")?);
        if is_workbook {
            return Self::of_workbook(&store, reading);
        }
        let (form, is_certain) = form::of_text(&store, reading)?;
        if let Some(sheet) = &reading.form.sheet {
            bail!("--sheet '{sheet}' is for workbooks, and the input is text: leave it out");
        }
        Ok(Self { store, form, is_certain, sheet: None, notices: Vec::new() })
    }

    fn of_workbook(store: &Store, reading: &Reading) -> Result<Self> {
        let AskedForm { encoding, delimiter, sheet: asked } = &reading.form;
        let asked = asked.as_deref();
        for (option, is_given) in [("--delimiter", delimiter.is_some()), ("--encoding", encoding.is_some())] {
            ensure!(!is_given, "{option} is for text, and the input is a workbook: leave it out");
        }
        let Transcript { file, sheet, others, uncalculated, .. } = transcribe(store.from(0), asked)?;
        let mut notices = Vec::new();
        if asked.is_none() && !others.is_empty() {
            let others = others.join("', '");
            notices.push(format!("sheet '{sheet}' is read, and not '{others}', which --sheet can name"));
        }
        if let Some((cell, count)) = uncalculated {
            notices.push(format!(
                "sheet '{sheet}' has formulas that were never calculated ({count}; the first in cell {cell}): open the \
                 workbook in Excel and save it"
            ));
        }
        let begin = Begin { line: 1, offset: 0 };
        let form = Form { encoding: Encoding::Utf8, delimiter: b',', begin, is_workbook: true };
        let store = Store::File(Arc::new(file), None);
        Ok(Self { store, form, is_certain: true, sheet: Some(sheet), notices })
    }
}

/// The rows of a spreadsheet, read one after the other in bounded memory.
pub struct Rows {
    records: Records,
    again: Again,
    about: About,
    record: u64,
}

impl Rows {
    /// Finds out in which form the input is, reads its header, and walks it once from end to end.
    ///
    /// Fails when it is no spreadsheet, when there is no header, when a required column is missing, or when two columns
    /// have one meaning.
    pub fn open(source: Source, reading: Reading) -> Result<Self> {
        let Shape { store, mut form, is_certain, sheet, mut notices } = Shape::of(source.store, &reading)?;
        let Some(header) = form::header(&store, &form)? else {
            bail!(
                "the input is empty: the first line must name the columns, at least externalId{}",
                if reading.me { "" } else { " and organizerUserId" }
            );
        };
        let header = if is_certain { header } else { form::as_text(&header) };
        let asked = reading.clone();
        let mut parser = match Parser::of_header(&header, reading) {
            Ok(parser) => parser,
            Err(why) => {
                return Err(match form::header_below(&store, &form, &asked)? {
                    Some(below) => anyhow!(below),
                    // It is said which other sheets there are.
                    None if form.is_workbook && !notices.is_empty() => why.context(notices.swap_remove(0)),
                    None if header.len() > 1 => why,
                    None if form.is_workbook || asked.me => why.context(form::one_column(&header, &form)),
                    None => anyhow!(form::one_column(&header, &form)),
                });
            }
        };
        let survey = Survey::of(&store, &form, &parser.columns).context("the input cannot be read")?;
        if !is_certain {
            let (encoding, notice) = survey.encoding();
            form.encoding = encoding;
            notices.extend(notice);
        }
        if parser.reading.dates.is_none() {
            let (orders, told) = survey.orders(&parser.columns);
            notices.extend(told);
            parser.rules.orders = orders;
        }
        let doubt = parser.rules.default_zone.and_then(|zone| parser.zones.doubt(zone));
        let name = parser.reading.default_zone.clone().unwrap_or_default();
        notices.extend(doubt.map(|wrong| wrong.in_cell(None, "--time-zone", 0, &name).to_string()));
        parser.delimiter = (!form.is_workbook).then_some(form.delimiter);
        let Form { encoding, delimiter, .. } = form;
        let about = About { records: survey.records, encoding, delimiter, sheet, notices };
        let mut records = Records::from(&store, &form, form.begin);
        records.read(&mut ByteRecord::new()).context("the input cannot be read")?;
        Ok(Self { records, again: Again { store, form, parser }, about, record: 0 })
    }

    /// The rows of an output that this program has written, read as those of the input that it answers.
    pub fn of_output(source: Source, input: &Parser) -> Result<Self> {
        let form = AskedForm { encoding: Some(Encoding::Utf8), delimiter: Some(b','), sheet: None };
        let mut rows = Self::open(source, Reading { form, ..input.reading.clone() })?;
        rows.again.parser.rules.orders = input.rules.orders;
        Ok(rows)
    }

    /// The same from the first row on, without another survey.
    pub fn anew(&self) -> io::Result<Self> {
        let Again { store, form, .. } = &self.again;
        let mut records = Records::from(store, form, form.begin);
        records.read(&mut ByteRecord::new())?;
        Ok(Self { records, again: self.again.clone(), about: self.about.clone(), record: 0 })
    }

    /// What its records are understood by.
    pub fn parser(&self) -> &Parser {
        &self.again.parser
    }

    /// The organizers whom its rows name otherwise than by object id, each once, in the order of the sheet; of those
    /// rows that are `wanted`, by their record and externalId. Fails with more than `most`.
    pub fn organizer_names(&self, most: usize, wanted: impl Fn(u64, &str) -> bool) -> Result<Vec<String>> {
        let Again { store, form, parser } = &self.again;
        let (mut names, mut seen) = (Vec::new(), HashSet::new());
        if parser.reading.me {
            return Ok(names);
        }
        let mut records = Records::from(store, form, form.begin);
        let mut cells = ByteRecord::new();
        records.read(&mut cells)?;
        for record in 1.. {
            if records.read(&mut cells)?.is_none() {
                break;
            }
            let text = |column| std::str::from_utf8(parser.columns.cell(column, &cells)).unwrap_or_default();
            let text = |column| text(column).trim_matches(is_blank);
            let Ok(Organizer::Named(name)) = organizer::named(text(Column::OrganizerUserId)) else { continue };
            if seen.contains(&name) || !wanted(record, text(Column::ExternalId)) {
                continue;
            }
            ensure!(
                names.len() < most,
                "more than {most} different organizers are named otherwise than by object id: give object ids, or split \
                 the sheet"
            );
            seen.insert(name.clone());
            names.push(name);
        }
        Ok(names)
    }

    /// Takes note of what the directory has of them, before the first row is read.
    pub fn know(&mut self, organizers: Organizers) {
        self.again.parser.reading.organizers = organizers;
    }

    /// How the input was read.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// A second look at places of the input.
    pub fn again(&self) -> Again {
        self.again.clone()
    }

    fn read(&mut self) -> Result<Option<Row>> {
        let mut cells = ByteRecord::new();
        let record = self.record + 1;
        let found = self.records.read(&mut cells).with_context(|| format!("record {record} cannot be read"))?;
        let Some(found) = found else { return Ok(None) };
        self.record = record;
        Ok(Some(self.again.parser.row(record, &found, cells)))
    }
}

impl Iterator for Rows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
