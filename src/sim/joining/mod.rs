//! `POST /communications/calls`: the second way into a meeting, by what `chatInfo` and `participants.organizer` say
//! of it or by its number (api/application-post-calls, examples 5 and 6; resources/joinmeetingidmeetinginfo).
//!
//! A call is told to be establishing, and that is the last that is heard of it: nobody is called back.

mod members;

use http::Uri;
use serde_json::{Value, json};
use uuid::Uuid;

use self::members::CALL;
use super::TENANT_ID;
use super::error::Problem;
use super::hash::Hash;
use super::meeting::Coordinates;
use super::member::{Object, mistyped, object, text, whole};
use super::typed::{check, known};

/// A call into a meeting.
pub(super) struct Joining {
    pub(super) into: Into,
    body: Object,
}

/// Which meeting it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Into {
    Coordinates(Coordinates),
    Number { code: String, passcode: Option<String> },
}

impl Joining {
    pub(super) fn read(body: &[u8]) -> Result<Self, Problem> {
        let body = whole(body)?;
        check(&body, &CALL)?;
        let callback = needed_text(&body, "callbackUri")?;
        let uri = callback.parse::<Uri>().ok();
        if uri.is_none_or(|uri| !matches!(uri.scheme_str(), Some("https" | "http")) || uri.host().is_none()) {
            return Err(mistyped("callbackUri", "an absolute URI"));
        }
        if body.get("requestedModalities").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            return Err(missing("requestedModalities"));
        }
        let media = needed(&body, "mediaConfig")?;
        known_type(media, &["#microsoft.graph.serviceHostedMediaConfig", "#microsoft.graph.appHostedMediaConfig"])?;
        let tenant = needed_text(&body, "tenantId")?;
        let info = needed(&body, "meetingInfo")?;
        let organizer_info = "#microsoft.graph.organizerMeetingInfo";
        let number_info = "#microsoft.graph.joinMeetingIdMeetingInfo";
        let target = if known_type(info, &[organizer_info, number_info])? == number_info {
            Into::Number { code: needed_text(info, "joinMeetingId")?, passcode: text(info, "passcode")? }
        } else {
            Into::Coordinates(coordinates(&body, info)?)
        };
        if !tenant.eq_ignore_ascii_case(TENANT_ID) {
            return Err(Problem::no_such_call());
        }
        Ok(Self { into: target, body })
    }

    /// The call, in the first of its states.
    pub(super) fn call(&self, hash: Hash, context: &str) -> Value {
        let body = known(&self.body, &CALL);
        let mut call = json!({
            "@odata.type": "#microsoft.graph.call",
            "@odata.context": context,
            "id": hash.text("call").guid(),
            "state": "establishing",
            "direction": "outgoing",
            "callChainId": hash.text("chain").guid(),
            "myParticipantId": hash.text("participant").guid(),
            "callRoutes": [],
            "targets": [],
            "resultInfo": null,
        });
        for member in ["callbackUri", "requestedModalities", "mediaConfig", "chatInfo", "meetingInfo", "tenantId"] {
            if let Some(value) = body.get(member) {
                call[member] = value.clone();
            }
        }
        call
    }
}

fn coordinates(body: &Object, info: &Object) -> Result<Coordinates, Problem> {
    let chat = needed(body, "chatInfo")?;
    let organizer = needed(needed(info, "organizer")?, "user")?;
    let id = needed_text(organizer, "id")?;
    // What is no GUID is nobody's, and then there is no such meeting.
    let nobody = text(organizer, "tenantId")?.is_some_and(|tenant| !tenant.eq_ignore_ascii_case(TENANT_ID));
    let organizer = Uuid::try_parse(&id).ok().filter(|_| !nobody).ok_or_else(Problem::no_such_call)?;
    let message = text(chat, "messageId")?.unwrap_or_else(|| "0".to_owned());
    Ok(Coordinates { organizer, thread: needed_text(chat, "threadId")?, message })
}

fn known_type<'a>(object: &'a Object, types: &[&str]) -> Result<&'a str, Problem> {
    let given = object.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
    if types.contains(&given) {
        return Ok(given);
    }
    Err(Problem::bad_request(format!("The '@odata.type' is '{given}' where one of {} is expected.", types.join(", "))))
}

fn needed<'a>(parent: &'a Object, name: &str) -> Result<&'a Object, Problem> {
    object(parent, name)?.ok_or_else(|| missing(name))
}

fn needed_text(parent: &Object, name: &str) -> Result<String, Problem> {
    text(parent, name)?.filter(|text| !text.is_empty()).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Problem {
    Problem::bad_request(format!("The required property '{name}' is missing or empty."))
}
