//! Where each meeting is, for programs that join it (`--coordinates`): JSON Lines, in Graph's names.
//!
//! Among them is the body of a call into the meeting (Graph, *Create call*). Nothing is derived from the link, and nobody
//! is called. The lines hold passcodes, as the output does.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde_json::{Value, json};

use super::text::is_bidi;
use super::{Draft, Entry, Finished, Made};
use crate::meeting::graph_time;
use crate::outcome::OnlineMeeting;

/// Where Graph is to call back the bot that joins: an address of nobody's, which the bot puts its own in place of.
pub const CALLBACK: &str = "https://replace-with-your-bot.example/api/calls";

/// The first message of a chat, which is where meetings are.
const FIRST_MESSAGE: &str = "0";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Coordinates<'a> {
    external_id: &'a str,
    id: Option<&'a str>,
    subject: Option<&'a str>,
    start_date_time: Option<String>,
    end_date_time: Option<String>,
    join_web_url: &'a str,
    participants: Value,
    chat_info: Option<Value>,
    join_meeting_id_settings: Option<Value>,
    audio_conferencing: Option<Value>,
    tenant_id: Option<&'a str>,
    call: Option<Value>,
}

/// Writes a line for each meeting.
pub fn coordinates(finished: &Finished, path: &Path) -> Result<Made> {
    let cannot = || format!("cannot write {}", path.display());
    let mut draft = Draft::private(path).with_context(cannot)?;
    let (mut lines, mut without) = (0, 0_u64);
    for entry in finished.entries()? {
        let entry = entry?;
        let Some(meeting) = entry.meeting().filter(|_| entry.is_first) else { continue };
        let coordinates = of(&entry, meeting);
        without += u64::from(coordinates.call.is_none());
        let line = without_bidi(&serde_json::to_string(&coordinates)?);
        writeln!(draft, "{line}").with_context(cannot)?;
        lines += 1;
    }
    draft.finish().with_context(cannot)?;
    let mut notices = Vec::new();
    if without > 0 {
        let meetings = if without == 1 { "meeting has" } else { "meetings have" };
        notices.push(format!(
            "{without} {meetings} no call, because the output lacks what one needs: tenantId, and threadId with \
             organizerId, or else joinMeetingId"
        ));
    }
    Ok(Made { lines, notices })
}

fn of<'a>(entry: &'a Entry, meeting: &'a OnlineMeeting) -> Coordinates<'a> {
    let OnlineMeeting { thread_id, message_id, join_meeting_id, passcode, .. } = meeting;
    let audio = [
        ("conferenceId", &meeting.conference_id),
        ("tollNumber", &meeting.toll_number),
        ("tollFreeNumber", &meeting.toll_free_number),
        ("dialinUrl", &meeting.dialin_url),
    ];
    let user = json!({ "id": entry.organizer_id(), "tenantId": meeting.tenant_id });
    Coordinates {
        external_id: entry.external_id(),
        id: meeting.id.as_deref(),
        subject: Some(entry.subject()).filter(|subject| !subject.is_empty()),
        start_date_time: entry.start().map(graph_time),
        end_date_time: entry.end().map(graph_time),
        join_web_url: &meeting.join_web_url,
        participants: json!({
            "organizer": { "upn": entry.organizer_address(), "identity": { "user": user } },
        }),
        chat_info: members([("threadId", thread_id), ("messageId", message_id)]),
        join_meeting_id_settings: members([("joinMeetingId", join_meeting_id), ("passcode", passcode)]),
        audio_conferencing: members(audio),
        tenant_id: meeting.tenant_id.as_deref(),
        call: call(entry.organizer_id(), meeting),
    }
}

/// An object; `None` when none of it is known.
fn members<const N: usize>(members: [(&str, &Option<String>); N]) -> Option<Value> {
    let is_known = members.iter().any(|(_, value)| value.is_some());
    is_known.then(|| members.into_iter().map(|(name, value)| (name, json!(value))).collect())
}

/// The body that Graph's `POST /communications/calls` takes: by chat and organizer, or by the meeting's number where one
/// of these is not known. `None` when neither will do.
fn call(organizer: Option<&str>, meeting: &OnlineMeeting) -> Option<Value> {
    let tenant = meeting.tenant_id.as_deref()?;
    let mut call = json!({
        "@odata.type": "#microsoft.graph.call",
        "callbackUri": CALLBACK,
        "requestedModalities": ["audio"],
        "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" },
        "tenantId": tenant,
    });
    if let (Some(thread), Some(organizer)) = (&meeting.thread_id, organizer) {
        call["chatInfo"] = json!({
            "@odata.type": "#microsoft.graph.chatInfo",
            "threadId": thread,
            "messageId": meeting.message_id.as_deref().unwrap_or(FIRST_MESSAGE),
        });
        call["meetingInfo"] = json!({
            "@odata.type": "#microsoft.graph.organizerMeetingInfo",
            "organizer": {
                "@odata.type": "#microsoft.graph.identitySet",
                "user": { "@odata.type": "#microsoft.graph.identity", "id": organizer, "tenantId": tenant },
            },
            "allowConversationWithoutHost": true,
        });
    } else {
        let mut info = json!({
            "@odata.type": "#microsoft.graph.joinMeetingIdMeetingInfo",
            "joinMeetingId": meeting.join_meeting_id.as_deref()?,
        });
        if let Some(passcode) = &meeting.passcode {
            info["passcode"] = json!(passcode);
        }
        call["meetingInfo"] = info;
    }
    Some(call)
}

/// The same JSON, in which no character turns the writing of what stands around it.
fn without_bidi(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_bidi(c) || matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}') {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Reading, Source};

    const HEADER: &str = "externalId,organizerUserId,subject,startDateTime,endDateTime,status,joinWebUrl,joinMeetingId,\
        passcode,organizerId,tenantId,threadId,messageId,attempts,record\n";
    const ORGANIZER: &str = "6b1e0000-0000-4000-8000-000000000001";

    fn made_of(lines: &str) -> (Made, Vec<Value>, String) {
        let finished = Finished::open(Source::of(format!("{HEADER}{lines}")), Reading::default()).expect("an output");
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("coordinates.jsonl");
        let made = coordinates(&finished, &path).expect("a file");
        let text = std::fs::read_to_string(path).expect("text");
        let lines = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        (made, lines, text)
    }

    #[test]
    fn each_meeting_has_one_line_with_all_that_is_known_of_it_and_the_body_of_a_call() {
        let row = |id: &str| {
            format!(
                "{id},{ORGANIZER},S,2027-02-03T09:00+01:00,,created,https://teams.example/{id}?a=%7b,398,Kp,{ORGANIZER},t,19:x@thread.v2,0"
            )
        };
        let (made, lines, _) = made_of(&format!("{},1,1\n{},0,2\n{},1,3\n", row("A"), row("A"), row("B")));
        assert_eq!(made, Made { lines: 2, notices: vec![] });
        assert_eq!(
            lines[0],
            json!({
                "externalId": "A", "id": null, "subject": "S", "startDateTime": "2027-02-03T08:00:00Z",
                "endDateTime": null, "joinWebUrl": "https://teams.example/A?a=%7b", "tenantId": "t",
                "participants": { "organizer": { "upn": null, "identity": { "user": { "id": ORGANIZER, "tenantId": "t" } } } },
                "chatInfo": { "threadId": "19:x@thread.v2", "messageId": "0" },
                "joinMeetingIdSettings": { "joinMeetingId": "398", "passcode": "Kp" },
                "audioConferencing": null,
                "call": {
                    "@odata.type": "#microsoft.graph.call", "callbackUri": CALLBACK, "requestedModalities": ["audio"],
                    "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" },
                    "chatInfo": { "@odata.type": "#microsoft.graph.chatInfo", "threadId": "19:x@thread.v2", "messageId": "0" },
                    "meetingInfo": {
                        "@odata.type": "#microsoft.graph.organizerMeetingInfo",
                        "organizer": {
                            "@odata.type": "#microsoft.graph.identitySet",
                            "user": { "@odata.type": "#microsoft.graph.identity", "id": ORGANIZER, "tenantId": "t" },
                        },
                        "allowConversationWithoutHost": true,
                    },
                    "tenantId": "t",
                },
            })
        );
    }

    #[test]
    fn without_a_thread_the_call_goes_by_number_and_without_that_there_is_none_and_it_is_counted() {
        let (made, lines, _) = made_of(&format!(
            "A,{ORGANIZER},,,,created,https://t.example/a,398,Kp,,t,,,1,1\n\
             B,{ORGANIZER},,,,created,https://t.example/b,399,,,t,,,1,2\n\
             C,{ORGANIZER},,,,created,https://t.example/c,398,Kp,,,,,1,3\n\
             D,{ORGANIZER},,,,refused,,,,,,,,1,4\n"
        ));
        let info = |line: &Value| line["call"]["meetingInfo"].clone();
        let kind = "#microsoft.graph.joinMeetingIdMeetingInfo";
        assert_eq!(info(&lines[0]), json!({ "@odata.type": kind, "joinMeetingId": "398", "passcode": "Kp" }));
        assert_eq!(info(&lines[1]), json!({ "@odata.type": kind, "joinMeetingId": "399" }));
        assert_eq!((lines.len(), &lines[2]["call"]), (3, &Value::Null));
        assert!(made.notices[0].starts_with("1 meeting has no call"), "{:?}", made.notices);
    }

    #[test]
    fn a_subject_breaks_no_line_and_turns_no_writing_and_is_read_back_as_it_was() {
        let odd = "=1+1 \u{202e}<b>\u{2028}\\\u{85}é'";
        let (_, lines, text) =
            made_of(&format!("A,{ORGANIZER},\"{odd}\n\"\"x\",,,created,https://t.example/a,,,,,,,1,1\n"));
        assert_eq!(lines[0]["subject"], format!("{odd}\n\"x"));
        assert_eq!(text.lines().count(), 1);
        assert!(!text.contains(['\u{202e}', '\u{2028}', '\u{85}']));
    }
}
