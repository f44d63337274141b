//! One line: what this program adds to the cells of a record, written and read back.

use std::borrow::Cow;
use std::sync::LazyLock;

use csv::{ByteRecord, WriterBuilder};

use crate::input::{Cells, Flaw};
use crate::outcome::{Answer, Line, OnlineMeeting, Outcome, Own, Status, Trouble};

/// The columns that every output has after those of the input. `record` is last and a bare number, so that a torn
/// line can be told from a whole one.
pub const COLUMNS: [&str; 24] = [
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
    "tenantId",
    "threadId",
    "messageId",
    "meetingStart",
    "meetingEnd",
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

/// Where the error is.
pub(super) const ERROR: usize = 18;
const _: () = assert!(matches!(COLUMNS[ERROR].as_bytes(), b"error"));

/// Those of them that outputs of the first versions do not have.
pub(super) const LATER_COLUMNS: [&str; 2] = ["clientRequestId", "requestDate"];

/// Where an output has our columns, whoever has saved it since.
#[derive(Clone, Debug)]
pub struct LineColumns([Option<usize>; COLUMNS.len()]);

impl LineColumns {
    /// Those of a header; in any order, and not all of them need be there.
    pub fn of_header(header: &ByteRecord) -> Self {
        Self(COLUMNS.map(|name| header.iter().position(|own| own.trim_ascii() == name.as_bytes())))
    }

    /// Whether a column is there.
    pub fn has(&self, name: &str) -> bool {
        COLUMNS.iter().zip(self.0).any(|(own, place)| *own == name && place.is_some())
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

/// What a line has in [`COLUMNS`], in their order.
pub(super) type Fields<T = String> = [T; COLUMNS.len()];

/// Whether a column of the input has the name of one of ours.
pub(crate) fn is_ours(name: &[u8]) -> bool {
    COLUMNS.iter().any(|own| own.as_bytes() == name.trim_ascii())
}

/// Writes a line.
pub(super) fn fields<'a>(line: &'a Line) -> Fields<Cow<'a, str>> {
    static NO_ANSWER: LazyLock<Answer> = LazyLock::new(Answer::default);
    static NO_TROUBLE: LazyLock<Trouble> = LazyLock::new(Trouble::default);
    let (answer, drift, trouble) = match &line.outcome {
        Outcome::Created(answer) | Outcome::Existing(answer) | Outcome::Carried(answer) => (answer, "", &*NO_TROUBLE),
        Outcome::Differs(answer, drift) => (answer, drift.as_str(), &*NO_TROUBLE),
        Outcome::Refused(trouble) | Outcome::Failed(trouble, _) => (&*NO_ANSWER, "", trouble),
        Outcome::Invalid(_) | Outcome::Skipped => (&*NO_ANSWER, "", &*NO_TROUBLE),
    };
    let meeting = &answer.meeting;
    let text = |member: &'a Option<String>| Cow::Borrowed(member.as_deref().unwrap_or_default());
    let http_status = trouble.http_status.or(answer.http_status);
    [
        line.outcome.status().as_str().into(),
        meeting.join_web_url.as_str().into(),
        text(&meeting.id),
        text(&meeting.join_meeting_id),
        text(&meeting.passcode),
        text(&meeting.toll_number),
        text(&meeting.toll_free_number),
        text(&meeting.conference_id),
        text(&meeting.dialin_url),
        text(&meeting.organizer_id),
        text(&meeting.tenant_id),
        text(&meeting.thread_id),
        text(&meeting.message_id),
        text(&meeting.start),
        text(&meeting.end),
        drift.into(),
        http_status.map(|status| status.to_string()).unwrap_or_default().into(),
        trouble.code.as_str().into(),
        line.error().into(),
        text(if answer.request_id.is_some() { &answer.request_id } else { &trouble.own.request_id }),
        text(&trouble.own.client_request_id),
        text(&trouble.own.date),
        line.attempts.to_string().into(),
        line.row.record.to_string().into(),
    ]
}

/// A line read back: how its row ended, and how many requests that took. `flaws` are those of the row, which the line
/// has as text alone. `None` when it is no line of this program.
pub(super) fn outcome(fields: Fields, flaws: Vec<Flaw>) -> Option<(Outcome, u32)> {
    let text = |text: String| Some(text).filter(|text| !text.is_empty());
    let [
        status,
        join_web_url,
        id,
        join_meeting_id,
        passcode,
        toll_number,
        toll_free_number,
        conference_id,
        dialin_url,
        organizer_id,
        tenant_id,
        thread_id,
        message_id,
        start,
        end,
        drift,
        http_status,
        code,
        error,
        request_id,
        client_request_id,
        date,
        attempts,
        _,
    ] = fields;
    let (http_status, request_id) = (http_status.parse().ok(), text(request_id));
    let meeting = OnlineMeeting {
        join_web_url,
        id: text(id),
        join_meeting_id: text(join_meeting_id),
        passcode: text(passcode),
        toll_number: text(toll_number),
        toll_free_number: text(toll_free_number),
        conference_id: text(conference_id),
        dialin_url: text(dialin_url),
        organizer_id: text(organizer_id),
        tenant_id: text(tenant_id),
        thread_id: text(thread_id),
        message_id: text(message_id),
        start: text(start),
        end: text(end),
        ..OnlineMeeting::default()
    };
    let answer = Answer { http_status, request_id: request_id.clone(), made_in_run: false, meeting };
    let (client_request_id, date) = (text(client_request_id), text(date));
    let whole = |trouble: Trouble| {
        let own = Box::new(Own { request_id, client_request_id, date, ..*trouble.own });
        Trouble { http_status, code, own, ..trouble }
    };
    let outcome = match Status::of_name(&status)? {
        Status::Created => Outcome::Created(answer),
        Status::Existing => Outcome::Existing(answer),
        Status::Carried => Outcome::Carried(answer),
        Status::Differs => Outcome::Differs(answer, drift),
        Status::Invalid => Outcome::Invalid(flaws),
        Status::Refused => Outcome::Refused(whole(Trouble::of_error(&error))),
        Status::Failed => {
            let (trouble, gave_up) = Outcome::of_failure(&error);
            Outcome::Failed(whole(trouble), gave_up)
        }
        Status::Skipped => Outcome::Skipped,
    };
    Some((outcome, attempts.parse().ok()?))
}

/// Our columns of a whole line, which are its last.
pub(super) fn last_fields(record: &ByteRecord) -> Option<Fields> {
    let first = record.len().checked_sub(COLUMNS.len())?;
    Some(std::array::from_fn(|i| String::from_utf8_lossy(&record[first + i]).into_owned()))
}

/// Most lines are shorter. A longer one is written in several draughts, to memory.
const ROOM: usize = 1024;

/// A record as it stands in the file.
pub(super) fn written(cells: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    // The writer has a buffer of its own, which is cleared at its birth: the usual 8 kB would be each time.
    let mut writer = WriterBuilder::new().buffer_capacity(ROOM).from_writer(Vec::with_capacity(ROOM));
    writer.write_record(cells).expect("memory takes everything");
    writer.into_inner().expect("memory takes everything")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Row;

    fn line(outcome: Outcome) -> Line {
        let row = Row::blank(7);
        Line { row, outcome, attempts: 3, remark: None }
    }

    #[test]
    fn every_line_is_read_back_as_it_was_written() {
        let meeting = OnlineMeeting {
            join_web_url: "https://teams.example/l/x?a=%7b".into(),
            id: Some("m".into()),
            passcode: Some("p".into()),
            end: Some("2027-02-03T08:00:00Z".into()),
            ..OnlineMeeting::default()
        };
        let (id, made_in_run) = (Some("r".to_owned()), false);
        let answer = Answer { http_status: Some(200), request_id: id.clone(), made_in_run, meeting };
        let second_hand = Answer { http_status: None, request_id: None, ..answer.clone() };
        let own = Own {
            paste: "Grant-It -Identity \"o\"".into(),
            unasked: None,
            request_id: id,
            client_request_id: Some("c".into()),
            date: Some("Wed, 03 Feb 2027 08:00:00 GMT".into()),
        };
        let trouble = Trouble {
            http_status: Some(403),
            code: "Forbidden".into(),
            cause: "no policy".into(),
            said: "go (away)".into(),
            own: Box::new(own),
        };
        let unasked = Outcome::Refused(trouble.unasked(7));
        let silent = Trouble { cause: "no answer".into(), code: "timeout".into(), ..Trouble::default() };
        for outcome in [
            Outcome::Created(answer.clone()),
            Outcome::Existing(second_hand),
            Outcome::Carried(answer.clone()),
            Outcome::Differs(answer, "subject: Graph has 'x; y'".into()),
            Outcome::Refused(trouble.clone()),
            unasked,
            Outcome::Failed(trouble, "gave up after 8 attempts in 12 s".into()),
            Outcome::Failed(silent, "gave up after 8 attempts in 1 min 2 s".into()),
            Outcome::Skipped,
        ] {
            let line = line(outcome);
            let (outcome, attempts) =
                super::outcome(fields(&line).map(Cow::into_owned), vec![]).expect("a line of ours");
            assert_eq!((&outcome, attempts), (&line.outcome, 3));
        }
    }

    #[test]
    fn a_record_of_any_length_is_written_whole() {
        for length in [1, ROOM / 2 - 2, ROOM / 2 - 1, ROOM / 2, ROOM - 8, ROOM - 1, ROOM, 5 * ROOM] {
            let (plain, quotes) = ("x".repeat(length), "\"".repeat(length));
            let lines = format!("{plain},\"{quotes}{quotes}\",,\"a\nb\"\n");
            assert!(written([plain.as_str(), &quotes, "", "a\nb"]) == lines.as_bytes(), "{length}");
        }
    }

    #[test]
    fn what_is_no_line_of_ours_is_not_read_as_one() {
        let line = line(Outcome::Skipped);
        let mut fields = fields(&line).map(Cow::into_owned);
        fields[0] = "done".into();
        assert!(outcome(fields, vec![]).is_none());
    }
}
