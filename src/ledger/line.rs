//! One line: what this program adds to the cells of a record, written and read back.

use std::borrow::Cow;
use std::sync::LazyLock;

use csv::WriterBuilder;

use super::layout::Fields;
use crate::input::Flaw;
use crate::meeting::Settings;
use crate::outcome::{Answer, Failure, Line, MadeBy, OnlineMeeting, Outcome, Own, Status, Trouble};

/// Writes a line.
pub(super) fn fields<'a>(line: &'a Line) -> Fields<Cow<'a, str>> {
    static NO_ANSWER: LazyLock<Answer> = LazyLock::new(Answer::default);
    static NO_TROUBLE: LazyLock<Trouble> = LazyLock::new(Trouble::default);
    let answer = line.outcome.answer().unwrap_or(&NO_ANSWER);
    let unchanged = answer.unchanged.as_ref().map(|failure| &failure.trouble);
    let trouble = match &line.outcome {
        Outcome::Refused(trouble) | Outcome::Failed(trouble, _) | Outcome::Uncertain(trouble) => trouble,
        _ => unchanged.unwrap_or(&NO_TROUBLE),
    };
    let meeting = trouble.own.had.as_deref().filter(|_| line.outcome.answer().is_none()).unwrap_or(&answer.meeting);
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
        text(&meeting.organizer_upn),
        text(&meeting.tenant_id),
        text(&meeting.thread_id),
        text(&meeting.message_id),
        text(&meeting.start),
        text(&meeting.end),
        text(&meeting.expiry),
        meeting.settings.to_string().into(),
        meeting.made_by.map(MadeBy::as_str).unwrap_or_default().into(),
        text(&meeting.join_information),
        line.outcome.drift().into(),
        http_status.map(|status| status.to_string()).unwrap_or_default().into(),
        trouble.code.as_str().into(),
        line.error().into(),
        text(if trouble.own.request_id.is_some() { &trouble.own.request_id } else { &answer.request_id }),
        text(&trouble.own.client_request_id),
        text(&trouble.own.date),
        line.attempts.to_string().into(),
        line.row.record.to_string().into(),
    ]
}

/// A line read back: how its row ended, and how many requests that took. `flaws` are those of the row, which the line
/// has as text alone. `None` when it is no line of this program.
pub(super) fn outcome(fields: Fields, flaws: Vec<Flaw>) -> Option<(Outcome, u32)> {
    let mut fields = fields.into_iter();
    let mut next = || fields.next().unwrap_or_default();
    let status = next();
    let meeting = meeting(&mut next);
    let [drift, http_status, code, error, request_id, client_request_id, date, attempts] =
        std::array::from_fn(|_| next());
    let (http_status, request_id) = (http_status.parse().ok(), text(request_id));
    let (client_request_id, date) = (text(client_request_id), text(date));
    let status = Status::of_name(&status)?;
    let is_had = matches!(status, Status::Refused | Status::Failed) && !meeting.join_web_url.is_empty();
    let had = is_had.then(|| Box::new(meeting.clone()));
    let whole = |trouble: Trouble| {
        let own = Own { request_id: request_id.clone(), client_request_id, date, had, ..*trouble.own };
        Trouble { http_status, code, own: Box::new(own), ..trouble }
    };
    let outcome = match status {
        Status::Invalid => Outcome::Invalid(flaws),
        Status::Refused => Outcome::Refused(whole(Trouble::of_error(&error))),
        Status::Uncertain => Outcome::Uncertain(whole(Trouble::of_error(&error))),
        Status::Failed => {
            let Failure { trouble, gave_up, .. } = Outcome::of_failure(&error);
            Outcome::Failed(whole(trouble), gave_up)
        }
        Status::Skipped => Outcome::Skipped,
        has_answer => {
            let unchanged = (!error.is_empty()).then(|| {
                let failure = Outcome::of_failure(&error);
                Box::new(Failure { trouble: whole(failure.trouble), ..failure })
            });
            let answer = Answer { http_status, request_id, made_in_run: false, meeting, unchanged };
            with_answer(has_answer, answer, drift)?
        }
    };
    Some((outcome, attempts.parse().ok()?))
}

/// How a row ended that has, or had, a meeting.
fn with_answer(status: Status, answer: Answer, drift: String) -> Option<Outcome> {
    Some(match status {
        Status::Created => Outcome::Created(answer),
        Status::Updated => Outcome::Updated(answer, drift),
        Status::Existing => Outcome::Existing(answer),
        Status::Carried => Outcome::Carried(answer),
        Status::Differs => Outcome::Differs(answer, drift),
        Status::Expiring => Outcome::Expiring(answer, drift),
        Status::Expired => Outcome::Expired(answer, drift),
        Status::Gone => Outcome::Gone(answer),
        Status::Cancelled => Outcome::Cancelled(answer),
        Status::Uncertain | Status::Invalid | Status::Refused | Status::Failed | Status::Skipped => return None,
    })
}

fn text(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// The meeting of a line, of which `next` gives one field after the other, in the order of the columns.
fn meeting(mut next: impl FnMut() -> String) -> OnlineMeeting {
    OnlineMeeting {
        join_web_url: next(),
        id: text(next()),
        join_meeting_id: text(next()),
        passcode: text(next()),
        toll_number: text(next()),
        toll_free_number: text(next()),
        conference_id: text(next()),
        dialin_url: text(next()),
        organizer_id: text(next()),
        organizer_upn: text(next()),
        tenant_id: text(next()),
        thread_id: text(next()),
        message_id: text(next()),
        start: text(next()),
        end: text(next()),
        expiry: text(next()),
        settings: Settings::of_cell(&next()),
        made_by: Some(next()).and_then(|word| MadeBy::ALL.into_iter().find(|own| own.as_str() == word)),
        join_information: text(next()),
        ..OnlineMeeting::default()
    }
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
        // Each member is another, so that none can be taken for one beside it.
        let mut number = 0;
        let meeting = meeting(|| {
            number += 1;
            match number {
                17 => "lobbyBypassScope=everyone; recordAutomatically=true".to_owned(),
                18 => "create".to_owned(),
                other => format!("<{other}>\n"),
            }
        });
        assert_eq!((number, meeting.join_web_url.as_str()), (19, "<1>\n"));
        assert!(meeting.settings.iter().count() == 2 && meeting.made_by == Some(MadeBy::Create));
        let (id, made_in_run) = (Some("r".to_owned()), false);
        let answer = Answer { http_status: Some(200), request_id: id.clone(), made_in_run, meeting, unchanged: None };
        let second_hand = Answer { http_status: None, request_id: None, ..answer.clone() };
        let own = Own {
            paste: "Grant-It -Identity \"o\"".into(),
            unasked: None,
            request_id: id,
            client_request_id: Some("c".into()),
            date: Some("Wed, 03 Feb 2027 08:00:00 GMT".into()),
            had: None,
            nothing_done: false,
        };
        let trouble = Trouble {
            http_status: Some(403),
            code: "Forbidden".into(),
            cause: "no policy".into(),
            said: "go (away)".into(),
            own: Box::new(own),
        };
        let gave_up = "gave up after 8 attempts in 12 s".to_owned();
        let why = Failure { trouble: trouble.clone(), gave_up, of_creation: true };
        // Both are about the change: when and by which request the meeting was made is known from an earlier line.
        let unchanged = Answer { http_status: Some(403), unchanged: Some(Box::new(why)), ..answer.clone() };
        let unasked = Outcome::Refused(trouble.unasked(7));
        let had = trouble.clone().with_meeting(answer.meeting.clone());
        let silent = Trouble { cause: "no answer".into(), code: "timeout".into(), ..Trouble::default() };
        for outcome in [
            Outcome::Created(answer.clone()),
            Outcome::Existing(second_hand),
            Outcome::Carried(answer.clone()),
            Outcome::Differs(answer.clone(), "subject: Graph has 'x; y'".into()),
            Outcome::Differs(unchanged.clone(), "subject: Graph has 'x'".into()),
            Outcome::Created(unchanged),
            Outcome::Updated(answer.clone(), "subject: was 'x', is now 'y'".into()),
            Outcome::Expiring(answer.clone(), "expiryDateTime: 2027".into()),
            Outcome::Expired(answer.clone(), "expiryDateTime: 2026".into()),
            Outcome::Gone(answer.clone()),
            Outcome::Cancelled(answer),
            Outcome::Refused(had.clone()),
            Outcome::Failed(had, "gave up after 8 attempts in 12 s".into()),
            Outcome::Uncertain(trouble.clone()),
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
