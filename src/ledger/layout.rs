//! Which columns an output has after those of its input, and where.

use csv::ByteRecord;

use super::line::outcome;
use crate::input::{Cells, Columns, Flaw};
use crate::outcome::{Answer, OnlineMeeting, Outcome, Status};

/// The columns that every output has after those of the input. `record` is last and a bare number, so that a torn
/// line can be told from a whole one.
pub const COLUMNS: [&str; 29] = [
    "status",
    "joinWebUrl",
    "meetingId",
    "joinMeetingId",
    "passcode",
    "tollNumber",
    "tollFreeNumber",
    "conferenceId",
    "dialinUrl",
    "organizerId",
    "organizedBy",
    "tenantId",
    "threadId",
    "messageId",
    "meetingStart",
    "meetingEnd",
    "meetingExpiry",
    "settings",
    "madeBy",
    "joinInformation",
    "drift",
    "httpStatus",
    "errorCode",
    "error",
    "requestId",
    "clientRequestId",
    "requestDate",
    "attempts",
    "record",
];

/// Where the status is.
const STATUS: usize = 0;
/// Where the link is.
const LINK: usize = 1;
const _: () = assert!(matches!(COLUMNS[LINK].as_bytes(), b"joinWebUrl"));
/// Where it is told by which of Graph's calls a meeting was made.
const MADE_BY: usize = 18;
const _: () = assert!(matches!((COLUMNS[STATUS].as_bytes(), COLUMNS[MADE_BY].as_bytes()), (b"status", b"madeBy")));
/// Where the error is.
const ERROR: usize = 23;
const _: () = assert!(matches!(COLUMNS[ERROR].as_bytes(), b"error"));

/// Those of them that outputs of the first versions do not have.
const LATER_COLUMNS: [&str; 7] =
    ["organizedBy", "meetingExpiry", "settings", "madeBy", JOIN_INFORMATION, "clientRequestId", "requestDate"];

/// The column that is there only when it is asked for: it is longer than all others together.
const JOIN_INFORMATION: &str = "joinInformation";

/// Which of our columns an output has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// `joinInformation`, too.
    pub join_information: bool,
}

impl Layout {
    fn has(self, name: &str) -> bool {
        self.join_information || name != JOIN_INFORMATION
    }

    /// The names of the columns.
    pub(super) fn columns(self) -> impl Iterator<Item = &'static str> {
        COLUMNS.into_iter().filter(move |name| self.has(name))
    }

    /// How many there are.
    pub(super) fn len(self) -> usize {
        self.columns().count()
    }

    /// Of all fields those that an output has.
    pub(super) fn kept<T>(self, fields: Fields<T>) -> impl Iterator<Item = T> {
        fields.into_iter().zip(COLUMNS).filter(move |(_, name)| self.has(name)).map(|(field, _)| field)
    }

    /// Our columns of a whole line, which are its last; that which an output has not is empty.
    pub(super) fn last_fields(self, record: &ByteRecord) -> Option<Fields> {
        let mut cells = record.iter().skip(record.len().checked_sub(self.len())?);
        Some(COLUMNS.map(|name| {
            let cell = if self.has(name) { cells.next() } else { None };
            String::from_utf8_lossy(cell.unwrap_or_default()).into_owned()
        }))
    }

    /// The error of a whole line.
    pub(super) fn error(self, record: &ByteRecord) -> String {
        self.last_fields(record).map(|fields| fields[ERROR].clone()).unwrap_or_default()
    }
}

/// Where an output has our columns, whoever has saved it since.
#[derive(Clone, Debug)]
pub struct LineColumns([Option<usize>; COLUMNS.len()]);

impl LineColumns {
    /// Those of a header; in any order, and not all of them need be there.
    pub fn of_header(header: &ByteRecord) -> Self {
        Self(COLUMNS.map(|name| header.iter().position(|own| own.trim_ascii() == name.as_bytes())))
    }

    /// Those of an input, which may be an earlier output.
    pub fn of(columns: &Columns) -> Self {
        Self::of_header(columns.header())
    }

    /// Whether a column is there.
    pub fn has(&self, name: &str) -> bool {
        COLUMNS.iter().zip(self.0).any(|(own, place)| *own == name && place.is_some())
    }

    /// The status of a line, or what stands in its place; nothing when the line ends before it.
    pub(super) fn status(&self, cells: &ByteRecord) -> Option<Result<Status, ()>> {
        let text = String::from_utf8_lossy(cells.get(self.0[STATUS]?)?);
        Some(Status::of_name(&text).ok_or(()))
    }

    /// By which of Graph's calls a line's meeting was made.
    pub(super) fn made_by(&self, cells: &ByteRecord) -> String {
        self.fields(cells)[MADE_BY].clone()
    }

    /// The link of a line.
    pub(super) fn link(&self, cells: &ByteRecord) -> String {
        self.fields(cells)[LINK].clone()
    }

    /// What a line has in them.
    pub(super) fn fields(&self, cells: &ByteRecord) -> Fields {
        self.0.map(|place| {
            place.and_then(|place| cells.get(place)).map(String::from_utf8_lossy).unwrap_or_default().into()
        })
    }

    /// A line read back: how its row ended, how many requests that took, its error, and which record it answers. `None`
    /// when it is no line of this program.
    pub fn line(&self, cells: &Cells, flaws: Vec<Flaw>) -> Option<(Outcome, u32, String, u64)> {
        let fields = self.fields(&cells.0);
        let (error, record) = (fields[ERROR].clone(), fields.last()?.parse().ok()?);
        let (outcome, attempts) = outcome(fields, flaws)?;
        Some((outcome, attempts, error, record))
    }
}

impl LineColumns {
    /// The meeting of a line that people can join, if it can be asked for: how its row ended, and what Graph had.
    pub fn meeting(&self, cells: &Cells) -> Option<(Status, Answer)> {
        let (outcome, ..) = self.line(cells, Vec::new())?;
        let status = Some(outcome.status()).filter(|status| status.has_meeting())?;
        let can_be_joined = |has: &OnlineMeeting| has.id.is_some() && !has.join_web_url.is_empty();
        let answer = outcome.answer().filter(|answer| can_be_joined(&answer.meeting))?;
        Some((status, answer.clone()))
    }
}

/// What a line has in [`COLUMNS`], in their order.
pub(super) type Fields<T = String> = [T; COLUMNS.len()];

/// Whether a column of the input has the name of one of ours.
pub(crate) fn is_ours(name: &[u8]) -> bool {
    COLUMNS.iter().any(|own| own.as_bytes() == name.trim_ascii())
}

/// The input's columns that have the names of ours, unless it has them all (but those that came later) and so is an
/// earlier output fed back in.
pub fn unexpected(columns: &Columns) -> Vec<String> {
    let ours: Vec<_> = columns.header().iter().filter(|name| is_ours(name)).collect();
    let has = |name: &&str| ours.iter().any(|own| own.trim_ascii() == name.as_bytes());
    let all = COLUMNS.iter().filter(|name| !LATER_COLUMNS.contains(name)).all(has);
    if all { Vec::new() } else { ours.into_iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_layout_keeps_of_the_fields_is_read_back_in_its_place() {
        let fields: Fields = std::array::from_fn(|place| place.to_string());
        for join_information in [false, true] {
            let layout = Layout { join_information };
            let input = ["cell".to_owned(), String::new()];
            let record: ByteRecord = input.into_iter().chain(layout.kept(fields.clone())).collect();
            assert_eq!(layout.columns().collect::<Vec<_>>().contains(&JOIN_INFORMATION), join_information);
            assert_eq!(layout.error(&record), fields[ERROR]);
            for (name, (read, written)) in
                COLUMNS.iter().zip(layout.last_fields(&record).expect("a line").iter().zip(&fields))
            {
                let is_there = join_information || *name != JOIN_INFORMATION;
                assert_eq!(read, if is_there { written } else { "" }, "{name}");
            }
        }
        assert_eq!(Layout::default().last_fields(&ByteRecord::from(vec!["too", "few"])), None);
    }
}
