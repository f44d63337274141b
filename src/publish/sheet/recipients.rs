//! One record for each recipient of each meeting, for a mail merge: everything that a letter needs, as finished text.
//!
//! Nobody is made up and nobody is left out in silence: whoever is told of a meeting is named in a row that has it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::Result;

use super::book::{Book, COLUMNS_MAX};
use super::dialect::{Dialect, Kind};
use super::people::Told;
use super::text_file::TextFile;
use super::{Column, Sheet, columns, is_workbook};
use crate::input::{Column as Meaning, Recipient, Zones};
use crate::meeting::Who;
use crate::outcome::Status;
use crate::publish::words::Texts;
use crate::publish::{Entry, Finished, Made};
use crate::tally::plural;

/// The columns before those of the input.
const OWN: [(&str, Kind); 16] = [
    ("name", Kind::Free),
    ("address", Kind::Free),
    ("role", Kind::Free),
    ("subject", Kind::Any),
    ("date", Kind::Free),
    ("start", Kind::Free),
    ("end", Kind::Free),
    ("timeZone", Kind::Free),
    ("duration", Kind::Free),
    ("joinWebUrl", Kind::Link),
    ("joinMeetingId", Kind::Id),
    ("passcode", Kind::Id),
    ("tollNumber", Kind::Phone),
    ("tollFreeNumber", Kind::Phone),
    ("conferenceId", Kind::Id),
    ("organizer", Kind::Free),
];
/// The name of the sheet in a workbook.
const NAME: &str = "Recipients";

/// For which program the records are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecipientsForm {
    /// For Excel, with this delimiter; without it for mail merges, with commas, and numbers bare. A workbook has neither.
    pub excel: Option<u8>,
}

/// What is told when all records are written.
#[derive(Default)]
struct Counts {
    /// Rows with a meeting and nobody to invite.
    alone: u64,
    /// People of whom nothing but the object id is known.
    by_id: u64,
    /// Meetings whose link stops working soon.
    expiring: u64,
    /// Somebody who is named in two rows of a meeting.
    repeated: u64,
}

/// Writes one record for each recipient of each meeting; with `only_new`, of those that were made in the run. `texts` has
/// the times of an entry in words; the zones are those that its row was read with.
pub fn recipients(
    finished: &Finished,
    path: &Path,
    form: RecipientsForm,
    only_new: bool,
    mut texts: impl FnMut(&Entry, &Zones) -> Texts,
) -> Result<Made> {
    let ours: Vec<bool> = finished.names().into_iter().map(|(_, is_ours)| is_ours).collect();
    let mut kept: Vec<Column> = columns(finished).into_iter().filter(|column| !ours[column.place]).collect();
    let room = if is_workbook(path) { COLUMNS_MAX - OWN.len() } else { usize::MAX };
    let left_out = kept.len().saturating_sub(room);
    kept.truncate(room);
    let mut sheet = begin(path, form, &kept)?;
    let (mut told, mut counts) = (Told::default(), Counts::default());
    let subject = finished.columns().index(Meaning::Subject);
    let mut entries = finished.entries()?;
    while let Some(entry) = entries.next().transpose()? {
        let Some(meeting) = entry.meeting().filter(|_| !only_new || entry.is_new) else { continue };
        let recipients = entries.parser().recipients(&entry.row.cells);
        if recipients.is_empty() {
            counts.alone += 1;
            continue;
        }
        counts.expiring += u64::from(entry.status() == Status::Expiring && entry.is_first);
        let texts = texts(&entry, entries.parser().zones());
        let subject = subject.map(|place| entry.row.cells.text(place)).unwrap_or_default();
        let text = |member: &'_ Option<String>| member.clone().unwrap_or_default();
        let toll_number =
            text(if meeting.toll_number.is_some() { &meeting.toll_number } else { &meeting.toll_free_number });
        let of_meeting = [
            subject.trim().to_owned(),
            texts.date,
            texts.start,
            texts.end,
            texts.zone,
            texts.duration,
            meeting.join_web_url.clone(),
            text(&meeting.join_meeting_id),
            text(&meeting.passcode),
            toll_number,
            text(&meeting.toll_free_number),
            text(&meeting.conference_id),
            entry.organizer().to_owned(),
        ];
        let cells: Vec<_> = kept.iter().map(|column| (entry.row.cells.text(column.place), column.kind)).collect();
        let key = entry.key();
        for Recipient { name, attendee } in recipients {
            let address = attendee.who.as_str();
            if !told.is_first(key, address) {
                counts.repeated += 1;
                continue;
            }
            counts.by_id += u64::from(matches!(attendee.who, Who::Id(_)));
            let of_person = [name.as_deref().unwrap_or(address), address, attendee.role.as_str()];
            let own = of_person.into_iter().chain(of_meeting.iter().map(String::as_str));
            let own = own.zip(OWN.map(|(_, kind)| kind));
            sheet.add(own.chain(cells.iter().map(|(text, kind)| (&**text, *kind))))?;
        }
    }
    let mut made = sheet.finish()?;
    if left_out > 0 {
        let columns = plural(left_out as u64, "column");
        made.notices.push(format!("the last {columns} left out: Excel takes 16,384; a file of text has them all"));
    }
    made.notices.extend(counts.notices(told.is_full));
    Ok(made)
}

fn begin(path: &Path, form: RecipientsForm, kept: &[Column]) -> Result<Sheet> {
    let names = names(kept);
    if is_workbook(path) {
        let mut book = Book::new(path)?;
        let kinds = OWN.iter().map(|(_, kind)| *kind).chain(kept.iter().map(|column| column.kind));
        book.begin(NAME, names.into_iter().zip(kinds).collect())?;
        return Ok(Sheet::Book(Box::new(book)));
    }
    let dialect = form.excel.map_or(Dialect::Plain, |delimiter| Dialect::Excel { delimiter });
    Ok(Sheet::Text(Box::new(TextFile::new(path, dialect, names.iter().map(String::as_str))?)))
}

/// The names of all columns, each another: a mail merge knows a column by its name, whatever its case.
pub(super) fn names(kept: &[Column]) -> Vec<String> {
    let mut names: Vec<String> = OWN.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut taken: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    // The number that the last of its name got; so that many of one name are no work.
    let mut numbers: HashMap<String, u64> = HashMap::new();
    for column in kept {
        let name = column.name.trim();
        let mut name = if name.is_empty() { format!("column{}", column.place + 1) } else { name.to_owned() };
        if taken.contains(&name.to_lowercase()) {
            let number = numbers.entry(name.to_lowercase()).or_insert(1);
            name = loop {
                *number += 1;
                let name = format!("{name}{number}");
                if !taken.contains(&name.to_lowercase()) {
                    break name;
                }
            };
        }
        taken.insert(name.to_lowercase());
        names.push(name);
    }
    names
}

impl Counts {
    fn notices(&self, told_is_full: bool) -> Vec<String> {
        let mut notices = Vec::new();
        if self.expiring > 0 {
            let meetings = plural(self.expiring, "meeting");
            notices.push(format!("the links of {meetings} stop working soon; the output's column drift tells when"));
        }
        if self.alone > 0 {
            let rows = plural(self.alone, "row");
            notices.push(format!(
                "{rows} with a meeting named nobody to invite: fill in the column attendees, presenters or coorganizers"
            ));
        }
        if self.by_id > 0 {
            let (people, is) = (plural(self.by_id, "recipient"), if self.by_id == 1 { "is" } else { "are" });
            notices.push(format!("{people} {is} known by object id only, which stands in place of name and address"));
        }
        if self.repeated > 0 {
            let records = plural(self.repeated, "record");
            notices.push(format!(
                "{records} left out: the same person is named in another row for the same meeting, and is written to once"
            ));
        }
        if told_is_full {
            notices.push(
                "there are more than 1,000,000 recipients; who is named in two rows for one meeting may be written to twice"
                    .to_owned(),
            );
        }
        notices
    }
}
