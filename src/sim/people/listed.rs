//! Those whom a file lists: a CSV with a line for each user.
//!
//! All that is wrong with it is told at once, by line and column. Columns that mean nothing here are passed over, so
//! that what the admin centre exports need not be cut; nothing is guessed for a cell that is empty.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use csv::{ReaderBuilder, StringRecord};
use tracing::warn;

use super::directory::{Person, guid, is_upn};

/// The columns, the first four of which must be there.
const COLUMNS: [&str; 6] = ["id", "userPrincipalName", "displayName", "mail", "licensed", "policy"];
const REQUIRED: usize = 4;
/// So many complaints are enough to see what is wrong.
const TOLD_MAX: usize = 10;
/// So much of a cell is enough to find it.
const SHOWN_MAX: usize = 60;

#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Listed {
    /// In the order of the file; never empty.
    people: Vec<Person>,
    by_id: HashMap<String, usize>,
    /// By what is in lower case here.
    by_upn: HashMap<String, usize>,
}

impl Listed {
    pub(in crate::sim) fn read(path: &Path) -> Result<Self> {
        let read = || {
            let bytes = fs::read(path)?;
            let Ok(text) = str::from_utf8(&bytes) else {
                let good = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
                bail!("line {}: it is not UTF-8 text; save it as CSV UTF-8", line_at(&bytes, good));
            };
            Self::of_text(text)
        };
        read().with_context(|| format!("the directory {}", path.display()))
    }

    fn of_text(text: &str) -> Result<Self> {
        // Of a CSV that says so itself.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let columns = Columns::of_header(reader.headers()?)?;
        let (mut list, mut wrong) = (Entries::default(), Vec::new());
        for record in reader.records() {
            let record = record?;
            let at = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
            let line = line_at(text.as_bytes(), at);
            if !columns.fit(&record) {
                let (own, header) = (record.len(), columns.width);
                let mend = "write a cell that has a comma between quotes, and an empty one as a comma";
                wrong.push(format!("line {line}: the header has {header} cells, and this has {own}; {mend}"));
                continue;
            }
            match columns.person(&record) {
                Ok(person) => wrong.extend(list.enter(person, line).err()),
                Err(why) => wrong.extend(why.into_iter().map(|why| format!("line {line}, {why}"))),
            }
        }
        if !wrong.is_empty() {
            let more = wrong.len().saturating_sub(TOLD_MAX);
            wrong.truncate(TOLD_MAX);
            wrong.extend((more > 0).then(|| format!("and {more} more")));
            bail!("{}", wrong.join("\n"));
        }
        ensure!(!list.listed.people.is_empty(), "it lists nobody; add a line for each user");
        Ok(list.listed)
    }

    pub(in crate::sim) fn people(&self) -> &[Person] {
        &self.people
    }

    pub(in crate::sim) fn by_id(&self, id: &str) -> Option<&Person> {
        self.by_id.get(id).map(|place| &self.people[*place])
    }

    pub(in crate::sim) fn by_upn(&self, upn: &str) -> Option<&Person> {
        self.by_upn.get(&upn.to_lowercase()).map(|place| &self.people[*place])
    }

    /// The first who can hold meetings, else the first.
    pub(in crate::sim) fn signed_in(&self) -> &Person {
        self.people.iter().find(|person| person.licensed).unwrap_or(&self.people[0])
    }
}

/// What has been read so far.
#[derive(Default)]
struct Entries {
    listed: Listed,
    /// Where each is in the file.
    lines: Vec<usize>,
}

impl Entries {
    fn enter(&mut self, person: Person, line: usize) -> Result<(), String> {
        let Listed { people, by_id, by_upn } = &mut self.listed;
        let upn = person.upn.to_lowercase();
        for (column, known, value) in [("id", &*by_id, &person.id), ("userPrincipalName", by_upn, &upn)] {
            if let Some(place) = known.get(value) {
                let (first, value) = (self.lines[*place], shown(value));
                return Err(format!("line {line}, {column} '{value}': line {first} has it, too; remove one of them"));
            }
        }
        by_id.insert(person.id.clone(), people.len());
        by_upn.insert(upn, people.len());
        people.push(person);
        self.lines.push(line);
        Ok(())
    }
}

/// What the header says.
struct Columns {
    /// Where each of [`COLUMNS`] is.
    places: [Option<usize>; COLUMNS.len()],
    /// How many cells it has.
    width: usize,
}

impl Columns {
    /// Names are compared without regard to case, spaces, `_` and `-`.
    fn of_header(header: &StringRecord) -> Result<Self> {
        let fold = |name: &str| name.replace([' ', '_', '-'], "").to_lowercase();
        let names: Vec<String> = header.iter().map(fold).collect();
        let mut places = [None; COLUMNS.len()];
        for (place, column) in places.iter_mut().zip(COLUMNS) {
            let mut found = (0..names.len()).filter(|&at| names[at] == fold(column));
            *place = found.next();
            ensure!(found.next().is_none(), "line 1: there are two columns {column}; remove one");
        }
        let missing: Vec<&str> = (0..REQUIRED).filter(|&at| places[at].is_none()).map(|at| COLUMNS[at]).collect();
        ensure!(
            missing.is_empty(),
            "line 1: there is no column {}; the header has '{}', and the columns must be separated by commas",
            missing.join(", "),
            shown(&header.iter().collect::<Vec<_>>().join(","))
        );
        let passed_over = (0..names.len()).filter(|at| !places.contains(&Some(*at)));
        let passed_over: Vec<String> = passed_over.map(|at| shown(&header[at])).collect();
        if !passed_over.is_empty() {
            warn!("the directory has columns that mean nothing here: {}", passed_over.join(", "));
        }
        Ok(Self { places, width: header.len() })
    }

    /// Whether a line has a cell for each of the header's; at the end those may lack that can be left out at all.
    fn fit(&self, record: &StringRecord) -> bool {
        let can_lack = |at| self.places[REQUIRED..].contains(&Some(at));
        record.len() <= self.width && (record.len()..self.width).all(can_lack)
    }

    fn cell<'a>(&self, column: usize, record: &'a StringRecord) -> &'a str {
        self.places[column].and_then(|place| record.get(place)).unwrap_or_default().trim()
    }

    /// Or all that is wrong with the line.
    fn person(&self, record: &StringRecord) -> Result<Person, Vec<String>> {
        let cells: [&str; COLUMNS.len()] = std::array::from_fn(|column| self.cell(column, record));
        let [id, upn, name, mail, ..] = cells;
        let mut wrong = Vec::new();
        let mut refuse = |column: usize, mend: &str| {
            wrong.push(format!("{} '{}': {mend}", COLUMNS[column], shown(cells[column])));
        };
        let id = guid(id);
        if id.is_none() {
            refuse(0, "write an object id, like 6b1e0000-0000-4000-8000-000000000001");
        }
        if !is_upn(upn) {
            refuse(1, "write a name with one @, like ada@contoso.example");
        }
        if name.is_empty() {
            refuse(2, "write what the user is called");
        }
        if !mail.is_empty() && !is_upn(mail) {
            refuse(3, "write an address with one @, or nothing");
        }
        let [licensed, policy] = [4, 5].map(|column| {
            yes_or_no(cells[column]).unwrap_or_else(|| {
                refuse(column, "write true or false");
                true
            })
        });
        let Some(id) = id.filter(|_| wrong.is_empty()) else { return Err(wrong) };
        let mail = Some(mail.to_owned()).filter(|mail| !mail.is_empty());
        Ok(Person { id, upn: upn.to_owned(), display_name: name.to_owned(), mail, licensed, policy })
    }
}

/// An empty cell is a yes.
fn yes_or_no(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "" | "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

fn shown(cell: &str) -> String {
    let mut shown: String = cell.chars().take(SHOWN_MAX).flat_map(char::escape_debug).collect();
    if cell.chars().nth(SHOWN_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// The line in which the first record begins that is there or after, counted from 1.
fn line_at(bytes: &[u8], at: usize) -> usize {
    let (before, rest) = bytes.split_at(at.min(bytes.len()));
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    1 + before.iter().chain(blank).filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
#[path = "listed_tests.rs"]
mod tests;
