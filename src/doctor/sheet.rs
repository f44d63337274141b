//! The sheet, as far as it says who has to be there. What is wrong with its rows is `check`'s to tell.

use std::collections::HashSet;

use anyhow::{Context as _, Result};

use super::Doctor;
use super::report::{Line, Report, parted};
use crate::directory::ORGANIZERS_MAX;
use crate::exit::Ended;
use crate::input::{Input, Reading, Rows};
use crate::meeting::Organizer;
use crate::tally::plural;

const STEP: &str = "sheet";

/// What there is to know of a sheet.
pub(super) struct Sheet {
    rows: u64,
    flawed: u64,
    /// Each once, in the order of the sheet.
    pub(super) organizers: Vec<Organizer>,
    /// Somebody is to join.
    has_attendees: bool,
}

impl Sheet {
    pub(super) fn read(input: &Input, reading: &Reading) -> Result<Self> {
        let rows = input.open().and_then(|source| Rows::open(source, reading.clone()));
        let rows = rows.with_context(|| format!("{input} cannot be read as a spreadsheet of meetings"))?;
        let mut sheet = Self { rows: 0, flawed: 0, organizers: Vec::new(), has_attendees: false };
        let mut seen = HashSet::new();
        for row in rows {
            sheet.rows += 1;
            let Ok(meeting) = row?.meeting else {
                sheet.flawed += 1;
                continue;
            };
            sheet.has_attendees |= !meeting.attendees.is_empty();
            if !seen.contains(&meeting.organizer) && seen.len() < ORGANIZERS_MAX {
                seen.insert(meeting.organizer.clone());
                sheet.organizers.push(meeting.organizer);
            }
        }
        Ok(sheet)
    }

    /// Whether a run has to look anybody up.
    pub(super) fn names_people(&self, me: bool) -> bool {
        self.has_attendees || !me && self.organizers.iter().any(|who| matches!(who, Organizer::Named(_)))
    }
}

/// Tells whether it can be read.
pub(super) fn tell(doctor: &Doctor, sheet: Option<&Result<Sheet>>, report: &mut Report<'_>) -> Result<(), Ended> {
    let (what, name) = ("sheet", doctor.sheet_name());
    let sheet = match sheet {
        None => return Ok(()),
        Some(Ok(sheet)) => sheet,
        Some(Err(error)) => {
            let words = format!("{error:#}");
            // What cannot be read names itself; the rest says why.
            let (found, mend) = match words.split_once(": ") {
                Some((_, why)) if why.contains("; ") => parted(why),
                _ => (words.clone(), format!("look at it with: convoke check {name}")),
            };
            return report.tell(&Line::failed(STEP, format!("{what} {name}"), found, mend));
        }
    };
    let mut found = plural(sheet.rows, "row");
    if !doctor.reading.me {
        found = format!("{found}, {}", plural(sheet.organizers.len() as u64, "organizer"));
    }
    report.tell(&Line::ok(STEP, format!("{what} {name}"), found))?;
    if sheet.flawed > 0 {
        let found = format!("{} with flaws would not be sent", plural(sheet.flawed, "row"));
        report.tell(&Line::unknown(STEP, "rows", found, format!("see them with: convoke check {name}")))?;
    }
    Ok(())
}
