//! What a look at a meeting tells, without anybody who is asked.

use super::*;
use crate::input::{Reading, Rows, Source};

const HEADER: &str = "externalId,organizerUserId,subject,startDateTime,endDateTime,status,joinWebUrl,meetingId,organizerId,\
                      settings,drift,httpStatus,errorCode,error,attempts,record";

/// A look at an output of these lines, at the beginning of 2027.
fn look(lines: &str) -> (Verify, Vec<Row>) {
    let rows = Rows::open(Source::of(format!("{HEADER}\n{lines}")), Reading::default()).expect("a header");
    let lines = LineColumns::of(rows.parser().columns());
    let now = "2027-01-01T00:00:00Z".parse().expect("a time");
    let verify = Verify { lines, me: false, now, within: TimeDelta::days(14), extra: Extra::default() };
    let rows = rows.map(|row| verify.prepared(row.expect("a row"))).collect();
    (verify, rows)
}

#[test]
fn a_line_without_a_meeting_ends_as_it_did_whatever_its_row_is_now() {
    let told = "record 5 (line 9): start '9': it is no time; write 09:00 | subject 'x': too long; cut it";
    let (verify, rows) = look(&format!(
        "A,o,,,,refused,,,,,,403,Forbidden,no policy; grant it (Graph said: no),1,1\n\
         B,o,,,,failed,,,,,,,timeout,gave up after 8 attempts in 12 s; the last time: no answer,8,2\n\
         C,o,,,,uncertain,,,,,,,,lost,1,3\n\
         D,o,,2027-02-03T09:00,,gone,https://a.example/d,m4,,,,404,,,1,4\n\
         E,o,,,,invalid,,,,,,,,\"{told}\",0,5\n\
         F,o,,,,skipped,,,,,,,,,0,6\n\
         G,o,,,,cancelled,https://a.example/g,m7,,,,204,,,1,7\n"
    ));
    let (mut statuses, mut errors) = (Vec::new(), Vec::new());
    for row in rows {
        let Known::Ends(outcome) = verify.known(&row) else { panic!("nobody is asked for {row:?}") };
        statuses.push(outcome.status().as_str());
        errors.push(crate::outcome::Line { row, outcome: *outcome, attempts: 0, remark: None }.error());
    }
    assert_eq!(statuses, ["refused", "failed", "uncertain", "gone", "invalid", "skipped", "cancelled"]);
    assert_eq!(errors[0], "no policy; grant it (Graph said: no)");
    assert_eq!(errors[1], "gave up after 8 attempts in 12 s; the last time: no answer");
    assert_eq!(errors[4], told.replace("line 9", "line 6"), "it is told where the line is now");
}

#[test]
fn what_came_to_nothing_keeps_the_meeting_of_its_line() {
    let had = OnlineMeeting { join_web_url: "https://a.example".to_owned(), ..OnlineMeeting::default() };
    for outcome in [Outcome::Refused(Trouble::default()), Outcome::Failed(Trouble::default(), String::new())] {
        let (Outcome::Refused(trouble) | Outcome::Failed(trouble, _)) = keeping(outcome, Some(&had)) else {
            panic!("it is what it was")
        };
        assert_eq!(trouble.own.had.as_deref(), Some(&had));
    }
    assert_eq!(keeping(Outcome::Skipped, Some(&had)), Outcome::Skipped);
}

#[test]
fn what_is_no_line_is_invalid_and_nobody_is_asked() {
    let (verify, rows) = look("A,o,,,,made,,m1,,,,,,,1,1\nB,o,,,,created,,m2,,,,,,,1,second\n");
    for row in rows {
        assert!(matches!(verify.known(&row), Known::Nothing));
        assert_eq!(row.meeting.expect_err("a flaw")[0].kind, NO_LINE);
    }
}

#[test]
fn a_row_is_looked_at_with_the_organizer_and_the_settings_that_its_line_has() {
    let (_, rows) = look(
        "A,ada@x.example,,,,created,https://a.example,m1,6B1E0000-0000-4000-8000-000000000001,recordAutomatically=true,,201,,,1,1\n\
         B,ada@x.example,,,,differs,https://a.example,m2,,recordAutomatically=true,x,200,,,1,2\n",
    );
    let [one, other] = [0, 1].map(|at| rows[at].meeting.as_ref().expect("no flaws"));
    assert_eq!(one.organizer, Organizer::User("6b1e0000-0000-4000-8000-000000000001".into()));
    assert_eq!(one.settings.to_string(), "recordAutomatically=true");
    assert_eq!(other.organizer, Organizer::Named("ada@x.example".into()));
    assert!(other.settings.is_empty(), "what a meeting has that is not as asked is not what was asked for");
}

#[test]
fn a_row_with_flaws_is_looked_at_if_it_is_known_whose_meeting_it_is() {
    let id = "6b1e0000-0000-4000-8000-000000000001";
    let (verify, rows) = look(&format!(
        "A,o,,2027-02-03T09:00,,created,https://a.example,m1,{id},,,201,,,1,1\n\
         B,o,,2027-02-03T09:00,,created,https://a.example,m2,,,,201,,,1,2\n"
    ));
    assert!(rows[0].meeting.is_ok() && matches!(verify.known(&rows[0]), Known::Meeting(_)));
    assert!(overlooked(&rows[0])[0].to_string().starts_with("startDateTime '2027-02-03T09:00': "));
    assert!(rows[1].meeting.is_err() && overlooked(&rows[1]).is_empty());
}

#[test]
fn the_end_of_a_link_is_graphs_or_sixty_days_after_the_end_of_the_meeting() {
    let told = |expiry: Option<&str>, start: Option<&str>, end: Option<&str>| {
        let [expiry, start, end] = [expiry, start, end].map(|text| text.map(str::to_owned));
        let told = super::expiry(&OnlineMeeting { start, end, expiry, ..OnlineMeeting::default() });
        told.map(|(time, reckoned)| (graph_time(time), reckoned))
    };
    let at = |text: &str, reckoned| Some((text.to_owned(), reckoned));
    let (start, end) = (Some("2027-02-03T08:00:00Z"), Some("2027-02-03T09:00:00Z"));
    assert_eq!(told(Some("2027-03-01T00:00:00Z"), start, end), at("2027-03-01T00:00:00Z", false));
    assert_eq!(told(None, start, end), at("2027-04-04T09:00:00Z", true));
    assert_eq!(told(Some("soon"), start, None), at("2027-04-04T08:00:00Z", true));
    assert_eq!(told(None, None, None), None);
}
