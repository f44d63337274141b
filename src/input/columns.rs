//! Which column means what.

use anyhow::{Result, bail};
use csv::ByteRecord;

use super::flaw::{MISSHAPEN, shown};

/// How alike two names must be (Jaro-Winkler, 0 to 1) for one to be offered in place of the other.
const ALIKE_MIN: f64 = 0.75;

/// The columns that have a meaning, in Graph's spelling where Graph has the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the README's table of columns explains each")]
pub enum Column {
    ExternalId,
    OrganizerUserId,
    Subject,
    StartDateTime,
    StartDate,
    StartTime,
    EndDateTime,
    EndDate,
    EndTime,
    Duration,
    TimeZone,
    Attendees,
    Presenters,
    Coorganizers,
    ChatThreadId,
}

impl Column {
    const ALL: [Self; 15] = [
        Self::ExternalId,
        Self::OrganizerUserId,
        Self::Subject,
        Self::StartDateTime,
        Self::StartDate,
        Self::StartTime,
        Self::EndDateTime,
        Self::EndDate,
        Self::EndTime,
        Self::Duration,
        Self::TimeZone,
        Self::Attendees,
        Self::Presenters,
        Self::Coorganizers,
        Self::ChatThreadId,
    ];

    /// The canonical name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ExternalId => "externalId",
            Self::OrganizerUserId => "organizerUserId",
            Self::Subject => "subject",
            Self::StartDateTime => "startDateTime",
            Self::StartDate => "startDate",
            Self::StartTime => "startTime",
            Self::EndDateTime => "endDateTime",
            Self::EndDate => "endDate",
            Self::EndTime => "endTime",
            Self::Duration => "duration",
            Self::TimeZone => "timeZone",
            Self::Attendees => "attendees",
            Self::Presenters => "presenters",
            Self::Coorganizers => "coorganizers",
            Self::ChatThreadId => "chatThreadId",
        }
    }
}

/// What was asked for about columns.
pub(super) struct Asked {
    me: bool,
}

impl Asked {
    pub(super) fn of(reading: &super::Reading) -> Self {
        Self { me: reading.me }
    }
}

/// How many cells of a header have a meaning.
pub(super) fn score(header: &ByteRecord, _asked: &Asked) -> usize {
    let is_known =
        |name: &&[u8]| Column::ALL.iter().any(|own| fold(own.name()) == fold(&String::from_utf8_lossy(name)));
    header.iter().filter(is_known).count()
}

/// The columns of one spreadsheet.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The header as it stands in the file.
    header: ByteRecord,
    /// The same as text, for messages.
    names: Vec<String>,
    /// Where each meaning is, in the order of [`Column::ALL`].
    places: [Option<usize>; Column::ALL.len()],
}

impl Columns {
    /// Finds the meanings in a header, names compared without regard to case, spaces, `_` and `-`.
    pub(super) fn of_header(header: &ByteRecord, asked: &Asked) -> Result<Self> {
        let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
        let mut places = [None; Column::ALL.len()];
        for (place, column) in places.iter_mut().zip(Column::ALL) {
            let mut found = (0..folded.len()).filter(|&i| folded[i] == fold(column.name()));
            *place = found.next();
            if let (Some(first), Some(second)) = (*place, found.next()) {
                bail!(
                    "columns {} ('{}') and {} ('{}') both mean {}: rename or remove one",
                    first + 1,
                    shown(&names[first]),
                    second + 1,
                    shown(&names[second]),
                    column.name()
                );
            }
        }
        let columns = Self { header: header.clone(), names, places };
        let otherwise = " (or use --me to make every meeting the signed-in user's)";
        let required = [(Column::ExternalId, ""), (Column::OrganizerUserId, otherwise)];
        let required = if asked.me { &required[..1] } else { &required[..] };
        let missing = required.iter().filter(|(column, _)| columns.place(*column).is_none());
        let missing: Vec<String> =
            missing.map(|(column, otherwise)| format!("{}{otherwise}", columns.missing(*column))).collect();
        if let (Some(delimiter), false) = (columns.other_delimiter(), missing.is_empty()) {
            bail!(
                "there is no column externalId: the header '{}' looks as if it were separated by {delimiter:?}, and the \
                 columns must be separated by commas",
                shown(&columns.names[0])
            );
        }
        if !missing.is_empty() {
            bail!("{}", missing.join("; "));
        }
        Ok(columns)
    }

    /// What separates the columns, when there is only one and it is plainly not a comma.
    fn other_delimiter(&self) -> Option<char> {
        let [only] = self.names.as_slice() else { return None };
        [';', '\t', '|'].into_iter().find(|&delimiter| only.contains(delimiter))
    }

    fn missing(&self, column: Column) -> String {
        let name = column.name();
        let nearest = self.names.iter().map(|own| (strsim::jaro_winkler(&fold(own), &fold(name)), own));
        let hint = match nearest.max_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((alike, own)) if alike >= ALIKE_MIN => format!("the nearest is '{}': rename it", shown(own)),
            _ => format!("the header has {}: add it", shown(&self.names.join(", "))),
        };
        format!("there is no column {name}; {hint}")
    }

    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize]
    }

    /// How many columns there are, without empty ones at the end.
    pub(super) fn len(&self) -> usize {
        self.names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1)
    }

    /// The name that the sheet has for a column.
    pub(super) fn name(&self, column: Column) -> &str {
        self.place(column).map_or(column.name(), |place| &self.names[place])
    }

    /// A record's cell for a column; empty where the sheet has no such column.
    pub(super) fn cell<'a>(&self, column: Column, cells: &'a ByteRecord) -> &'a [u8] {
        self.place(column).and_then(|place| cells.get(place)).unwrap_or_default()
    }

    /// Whether the sheet is an earlier output and says that this record is invalid because its cells did not fit.
    pub(super) fn was_misshapen(&self, cells: &ByteRecord) -> bool {
        let cell = |name| self.names.iter().position(|own| own == name).and_then(|place| cells.get(place));
        let (Some(b"invalid"), Some(error)) = (cell("status"), cell("error")) else { return false };
        let error = String::from_utf8_lossy(error);
        MISSHAPEN.iter().any(|reason| error.contains(reason))
    }

    /// The header as it stands in the file.
    pub(crate) fn header(&self) -> &ByteRecord {
        &self.header
    }
}

/// Whether a header is that of a sheet of meetings.
pub(crate) fn is_sheet(header: &ByteRecord) -> bool {
    Columns::of_header(header, &Asked { me: true }).is_ok()
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &[&str], me: bool) -> Result<Columns> {
        Columns::of_header(&ByteRecord::from(header), &Asked { me })
    }

    #[test]
    fn names_match_without_case_spaces_underscores_and_hyphens() {
        let columns = columns(&[" External_ID", "Organizer User-Id", "SUBJECT", "room"], false).expect("a header");
        assert_eq!(columns.place(Column::ExternalId), Some(0));
        assert_eq!(columns.place(Column::OrganizerUserId), Some(1));
        assert_eq!(columns.place(Column::Subject), Some(2));
        assert_eq!(columns.place(Column::Attendees), None);
        assert_eq!(columns.name(Column::ExternalId), "External_ID");
    }

    #[test]
    fn a_header_that_cannot_work_is_refused_in_words_that_help() {
        for (header, me, message) in [
            (
                vec!["externalld", "organizerUserId"],
                false,
                "there is no column externalId; the nearest is 'externalld': rename it",
            ),
            (vec!["a", "b"], true, "there is no column externalId; the header has a, b: add it"),
            (
                vec!["externalld", "organizer_userid_"],
                true,
                "there is no column externalId; the nearest is 'externalld': rename it",
            ),
            (
                vec!["externalld", "b"],
                false,
                "there is no column externalId; the nearest is 'externalld': rename it; there is no column \
                 organizerUserId; the header has externalld, b: add it (or use --me to make every meeting the \
                 signed-in user's)",
            ),
            (
                vec!["externalId", "who"],
                false,
                "there is no column organizerUserId; the header has externalId, who: add it (or use --me to make \
                 every meeting the signed-in user's)",
            ),
            (
                vec!["externalId;organizerUserId"],
                false,
                "there is no column externalId: the header 'externalId;organizerUserId' looks as if it were separated \
                 by ';', and the columns must be separated by commas",
            ),
            (
                vec!["externalId", "External ID"],
                true,
                "columns 1 ('externalId') and 2 ('External ID') both mean externalId: rename or remove one",
            ),
        ] {
            assert_eq!(columns(&header, me).expect_err("a refusal").to_string(), message);
        }
    }
}
