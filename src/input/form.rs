//! In which form the bytes are: encoding, delimiter, a line `sep=;`. It is found out from the first bytes; what they do
//! not tell (a stray byte far down that is no UTF-8) the survey finds.

use anyhow::{Context as _, Result, bail, ensure};
use csv::ByteRecord;

use super::columns::score;
use super::encoding::Encoding;
use super::records::{Form, Records};
use super::scan::Begin;
use super::store::Store;
use super::{At, Reading, foreign, shown};

/// How much of the beginning is looked at; a header is shorter.
const HEAD: usize = 1 << 16;
/// How much is read at a draught: more than most headers have.
const DRAUGHT: usize = 1 << 12;
/// The most bytes of a header. To make sense of one takes some copies of it.
const HEADER_MAX: usize = 1 << 18;
/// What may stand between two cells, and the word for it; a comma where nothing tells them apart.
pub(super) const DELIMITERS: [(u8, &str); 4] = [(b',', "comma"), (b';', "semicolon"), (b'\t', "tab"), (b'|', "bar")];

/// How many records are looked at for a header that stands below a title.
const TITLES_MOST: usize = 20;

/// What was asked for about the form of an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedForm {
    /// `--encoding`.
    pub encoding: Option<Encoding>,
    /// `--delimiter`.
    pub delimiter: Option<u8>,
    /// `--sheet`, of a workbook.
    pub sheet: Option<String>,
}

/// The form of a text, and whether its encoding is certain.
pub(super) fn of_text(store: &Store, reading: &Reading) -> Result<(Form, bool)> {
    let asked = &reading.form;
    let head = store.head(HEAD).context("the input cannot be read")?;
    foreign::refuse(&head)?;
    let (encoding, mark) = Encoding::decide(asked.encoding, &head)?;
    let is_certain = encoding.is_some();
    let encoding = encoding.unwrap_or(Encoding::Utf8);
    let text = encoding.text(&head[mark..]);
    let mut begin = Begin { line: 1, offset: mark as u64 };
    let said = separator(&text)?;
    if let Some((_, length)) = said {
        begin =
            Begin { line: 2, offset: begin.offset + text.bytes().take(length).map(|b| encoding.width(b)).sum::<u64>() };
    }
    let form = |delimiter| Form { encoding, delimiter, begin, is_workbook: false };
    let delimiter = match (asked.delimiter, said) {
        (Some(asked), _) => asked,
        (None, Some((said, _))) => said,
        (None, None) => {
            let (mut best, mut wrong) = ((b',', None), None);
            for (delimiter, _) in DELIMITERS {
                let header = match header(store, &form(delimiter)) {
                    Ok(Some(header)) => header,
                    Ok(None) => continue,
                    Err(error) => {
                        wrong.get_or_insert(error);
                        continue;
                    }
                };
                let scored = Some((score(&as_text(&header), reading.me, &reading.map), header.len()));
                if scored > best.1 {
                    best = (delimiter, scored);
                }
            }
            let makes_sense = best.1.is_some_and(|(score, _)| score.is_complete);
            match wrong {
                // What cannot be a header when it is split so is told when no other way makes sense.
                Some(wrong) if !makes_sense => return Err(wrong),
                _ => best.0,
            }
        }
    };
    Ok((form(delimiter), is_certain))
}

/// The first record, as text; `None` when there is none.
pub(super) fn header(store: &Store, form: &Form) -> Result<Option<ByteRecord>> {
    let mut header = ByteRecord::new();
    let mut records = Records::with_draught(store, form, form.begin, DRAUGHT);
    let found = records.read(&mut header).context("the input cannot be read")?;
    let Some(found) = found else { return Ok(None) };
    ensure!(
        !found.is_unclosed,
        "the first line opens a quotation mark that is never closed, so that the whole file reads as one header cell: \
         close it"
    );
    ensure!(
        header.as_slice().len() <= HEADER_MAX,
        "the first line has {} bytes, and no header is so long: the input has no line ends, or is no sheet",
        header.as_slice().len()
    );
    Ok(Some(header))
}

/// What to say of a first line that names no meetings, where one that does comes after it.
pub(super) fn header_below(store: &Store, form: &Form, reading: &Reading) -> Result<Option<String>> {
    let own = reading.form.delimiter.is_some() || form.is_workbook;
    let delimiters = if own { vec![form.delimiter] } else { DELIMITERS.map(|(delimiter, _)| delimiter).to_vec() };
    for delimiter in delimiters {
        if let Some(at) = complete(store, &Form { delimiter, ..*form }, reading)? {
            return Ok(Some(format!("the header must come first, and it is in {at}: remove what stands above it")));
        }
    }
    Ok(None)
}

/// Where the first record below the first line is that makes sense as a header, if it is near.
fn complete(store: &Store, form: &Form, reading: &Reading) -> Result<Option<At>> {
    let (mut records, mut cells) = (Records::from(store, form, form.begin), ByteRecord::new());
    for number in 0..=TITLES_MOST {
        let Some(found) = records.read(&mut cells).context("the input cannot be read")? else { break };
        let is_short = cells.as_slice().len() <= HEADER_MAX;
        if is_short && score(&as_text(&cells), reading.me, &reading.map).is_complete {
            return Ok((number > 0).then_some(found.at));
        }
    }
    Ok(None)
}

/// What to say of a header of one cell in which too little is found.
pub(super) fn one_column(header: &ByteRecord, form: &Form) -> String {
    if form.is_workbook {
        return format!("the header has one column only, '{}'", shown(String::from_utf8_lossy(&header[0]).trim()));
    }
    let (name, by) = (String::from_utf8_lossy(&header[0]).into_owned(), delimiter_name(form.delimiter));
    let first = shown(name.trim());
    let others = DELIMITERS.iter().filter(|(delimiter, _)| *delimiter != form.delimiter);
    if let Some((_, other)) = others.into_iter().find(|(delimiter, _)| header[0].contains(delimiter)) {
        return format!(
            "the first line, '{first}', is one column when the columns are separated by {by}s; it looks as if they are \
             separated by {other}s: read it with --delimiter {other}, or correct the line sep= if there is one"
        );
    }
    format!(
        "the first line, '{first}', is one column when the columns are separated by {by}s: it must name the columns, \
         separated by commas, semicolons, tabs or bars (|)"
    )
}

/// The cells in UTF-8, whatever older encoding some of them have.
pub(super) fn as_text(cells: &ByteRecord) -> ByteRecord {
    let text = |cell| match std::str::from_utf8(cell) {
        Ok(_) => cell.to_vec(),
        Err(_) => Encoding::FALLBACK.text(cell).into_bytes(),
    };
    cells.iter().map(text).collect()
}

/// What a first line `sep=;` says, as Excel takes it, and how long that line is in bytes.
fn separator(text: &str) -> Result<Option<(u8, usize)>> {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    let unquoted = line.trim_matches('"');
    let Some(rest) = unquoted.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| &unquoted[4..])
    else {
        return Ok(None);
    };
    // A spreadsheet program may have filled the line up to the width of the sheet.
    let mut rest = rest.chars();
    let Some(delimiter) = rest.next().filter(|delimiter| rest.all(|c| c == *delimiter)) else {
        bail!("the first line, '{line}', does not say what separates the columns: write sep=; or remove it");
    };
    let delimiter = delimiter_named(&delimiter.to_string()).with_context(|| format!("the first line is '{line}'"))?;
    let after = &text[line.len()..];
    let end = if after.starts_with("\r\n") { 2 } else { usize::from(!after.is_empty()) };
    Ok(Some((delimiter, line.len() + end)))
}

/// A delimiter as it is typed: itself, its name, or `\t`.
pub fn delimiter_named(text: &str) -> Result<u8> {
    let typed = text.to_ascii_lowercase();
    let find = |(delimiter, name): &&(u8, &str)| {
        typed.as_bytes() == [*delimiter] || typed == *name || (*delimiter == b'\t' && typed == "\\t")
    };
    match DELIMITERS.iter().find(find) {
        Some((delimiter, _)) => Ok(*delimiter),
        None => bail!("the columns may be separated by a comma, semicolon, tab or bar (|), and not by '{text}'"),
    }
}

/// The word for a delimiter.
pub fn delimiter_name(delimiter: u8) -> &'static str {
    DELIMITERS.iter().find(|(own, _)| *own == delimiter).map_or("comma", |(_, name)| name)
}
