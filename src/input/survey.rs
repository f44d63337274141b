//! The first walk over an input, before any row is taken: how many records there are, whether all of it is UTF-8, and
//! which order of day and month the dates of each column admit.

use anyhow::Result;
use csv::ByteRecord;

use super::At;
use super::columns::Columns;
use super::encoding::Encoding;
use super::names::Column;
use super::records::{Form, Records};
use super::store::Store;
use super::times::{DateOrder, Orders, admits};

/// The columns in which dates are looked at.
const DATES: [Column; 4] = [Column::StartDateTime, Column::StartDate, Column::EndDateTime, Column::EndDate];

/// What the walk has found.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) records: u64,
    /// Whether there is text beyond ASCII that is UTF-8.
    has_utf8: bool,
    /// The first cell that is no UTF-8, and where.
    other: Option<(At, Vec<u8>)>,
    dates: [Evidence; DATES.len()],
}

/// For each order the first record with a date that only it can read, and that date.
#[derive(Clone, Debug, Default)]
struct Evidence {
    day_first: Option<(u64, String)>,
    month_first: Option<(u64, String)>,
}

impl Survey {
    /// Walks from the header to the end.
    pub(super) fn of(store: &Store, form: &Form, columns: &Columns) -> Result<Self> {
        let mut survey = Self::default();
        let mut records = Records::from(store, form, form.begin);
        let mut cells = ByteRecord::new();
        if let Some(found) = records.read(&mut cells)? {
            survey.text(&cells, found.at);
        }
        while let Some(found) = records.read(&mut cells)? {
            survey.records += 1;
            if !cells.as_slice().is_ascii() {
                survey.text(&cells, found.at);
            }
            for (evidence, column) in survey.dates.iter_mut().zip(DATES) {
                let cell = columns.cell(column, &cells);
                if cell.len() < 6 {
                    continue;
                }
                let Ok(text) = std::str::from_utf8(cell) else { continue };
                let Some(admits) = admits(text.trim()) else { continue };
                let only = match (admits.day_first, admits.month_first) {
                    (true, false) => &mut evidence.day_first,
                    (false, true) => &mut evidence.month_first,
                    _ => continue,
                };
                only.get_or_insert_with(|| (survey.records, text.trim().to_owned()));
            }
        }
        Ok(survey)
    }

    fn text(&mut self, cells: &ByteRecord, at: At) {
        for cell in cells.iter().filter(|cell| !cell.is_ascii()) {
            match std::str::from_utf8(cell) {
                Ok(_) => self.has_utf8 = true,
                Err(_) => _ = self.other.get_or_insert_with(|| (at, cell.to_vec())),
            }
        }
    }

    /// The encoding, where the first bytes left it open, and what is to be said about it. Where some text is UTF-8 the
    /// rest is damaged, and not in another encoding.
    pub(super) fn encoding(&self) -> (Encoding, Option<String>) {
        let Some((at, cell)) = self.other.as_ref().filter(|_| !self.has_utf8) else { return (Encoding::Utf8, None) };
        let fallback = Encoding::FALLBACK;
        let example = fallback.text(cell);
        let notice = format!(
            "the input is not UTF-8 and is read as {}, so that {at} has '{}'; if that is wrong, save the sheet as \"CSV \
             UTF-8\", or name its encoding, like --encoding windows-1250",
            fallback.name(),
            super::shown(example.trim())
        );
        (fallback, Some(notice))
    }

    /// The order of day and month in each column that admits one only, and what is to be said about it.
    pub(super) fn orders(&self, columns: &Columns) -> (Orders, Vec<String>) {
        let (mut orders, mut notices) = (Orders::default(), Vec::new());
        for (evidence, column) in self.dates.iter().zip(DATES) {
            let name = super::shown(columns.name(column));
            let (order, words, (record, date)) = match (&evidence.day_first, &evidence.month_first) {
                (Some((first, day_first)), Some((second, month_first))) => {
                    notices.push(format!(
                        "the dates of column '{name}' are in two orders: '{day_first}' in record {first} can be read day \
                         first only, and '{month_first}' in record {second} month first only; those that can be read \
                         either way are flaws"
                    ));
                    continue;
                }
                (Some(only), None) => (DateOrder::DayFirst, "day first (dmy)", only),
                (None, Some(only)) => (DateOrder::MonthFirst, "month first (mdy)", only),
                (None, None) => continue,
            };
            orders.set(column, order);
            notices.push(format!(
                "the dates of column '{name}' are read {words}: all of them can be read so, and '{date}' in record \
                 {record} only so"
            ));
        }
        (orders, notices)
    }
}
