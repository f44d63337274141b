//! Requests about one meeting: made or found by its externalId, made anew, read, changed or deleted by its id.
//!
//! Each is built once per row and sent as often as it takes. What follows from an answer is not known here.

use ::http::{Method, Uri};
use anyhow::{Context as _, Result};
use bytes::Bytes;

use super::answer::Wanted;
use super::{Bearer, Exchange, Graph, Verdict, body, explain, wire};
use crate::meeting::{ExternalId, Meeting, Organizer, Setting};
use crate::outcome::{Answer, Change};

/// A request about a meeting.
#[derive(Clone, Debug)]
pub struct Call {
    /// What the row calls the meeting, for the log.
    external_id: ExternalId,
    method: Method,
    uri: Uri,
    body: Bytes,
    /// The settings that are read of the answer.
    settings: Vec<Setting>,
}

impl<E: Exchange> Graph<E> {
    /// Writes the request that makes a meeting or finds it.
    ///
    /// The path takes the organizer's object id; `chatInfo` is documented on the beta page alone, so meetings in a
    /// channel go there (Graph, *onlineMeeting: createOrGet*, v1.0 and beta).
    pub fn create_or_get(&self, meeting: &Meeting) -> Result<Call> {
        let version = if meeting.chat_thread_id.is_some() { "beta" } else { "v1.0" };
        let path = format!("{version}/{}/createOrGet", collection(&meeting.organizer));
        self.call(meeting, Method::POST, &path, wire::create_or_get(meeting))
    }

    /// Writes the request that makes a meeting, and another each time it is sent (Graph, *create onlineMeeting*).
    pub fn create(&self, meeting: &Meeting) -> Result<Call> {
        let path = format!("v1.0/{}", collection(&meeting.organizer));
        self.call(meeting, Method::POST, &path, body::create(meeting))
    }

    /// Writes the request that reads the meeting with this id (Graph, *get onlineMeeting*).
    pub fn get(&self, meeting: &Meeting, id: &str) -> Result<Call> {
        self.call(meeting, Method::GET, &by_id(meeting, id), Bytes::new())
    }

    /// Writes the request that changes the meeting with this id (Graph, *update onlineMeeting*).
    pub fn update(&self, meeting: &Meeting, id: &str, change: &Change) -> Result<Call> {
        self.call(meeting, Method::PATCH, &by_id(meeting, id), body::update(change))
    }

    /// Writes the request that deletes the meeting with this id (Graph, *delete onlineMeeting*).
    pub fn delete(&self, meeting: &Meeting, id: &str) -> Result<Call> {
        self.call(meeting, Method::DELETE, &by_id(meeting, id), Bytes::new())
    }

    fn call(&self, meeting: &Meeting, method: Method, path: &str, body: Bytes) -> Result<Call> {
        let uri = format!("{}/{path}", self.root);
        let uri = uri.parse().with_context(|| format!("{uri} is not an address"))?;
        let settings = meeting.settings.iter().map(|(setting, _)| setting).collect();
        Ok(Call { external_id: meeting.external_id.clone(), method, uri, body, settings })
    }

    /// Sends a call once that is answered with a meeting, and says what the answer means.
    pub async fn meeting(&self, call: &Call, bearer: &Bearer) -> Verdict {
        let request = self.request(call.method.clone(), &call.uri, &call.body, bearer);
        let judge = |reply, now| Verdict::judge(reply, now, self.wanted(call));
        self.send(call.external_id.as_str(), request, bearer, judge).await.map(|answer| self.dated(answer))
    }

    /// The same for a call that reads a meeting, which may not be there any more.
    pub async fn found(&self, call: &Call, bearer: &Bearer) -> Verdict<Option<Box<Answer>>> {
        let request = self.request(call.method.clone(), &call.uri, &call.body, bearer);
        let judge = |reply, now| Verdict::judge_found(reply, now, self.wanted(call));
        let found = self.send(call.external_id.as_str(), request, bearer, judge).await;
        found.with_trouble(|trouble| explain::of_meeting(trouble, false))
    }

    /// The same for a call that deletes a meeting: whether it was there.
    pub async fn deleted(&self, call: &Call, bearer: &Bearer) -> Verdict<bool> {
        let request = self.request(call.method.clone(), &call.uri, &call.body, bearer);
        let deleted = self.send(call.external_id.as_str(), request, bearer, Verdict::judge_deleted).await;
        deleted.with_trouble(|trouble| explain::of_meeting(trouble, true))
    }

    fn wanted<'a>(&self, call: &'a Call) -> Wanted<'a> {
        Wanted { invitations: self.invitations, settings: &call.settings }
    }

    fn dated(&self, mut answer: Box<Answer>) -> Box<Answer> {
        answer.made_in_run = answer.meeting.creation.is_some_and(|time| self.clock.made_in_run(time));
        answer
    }
}

fn collection(organizer: &Organizer) -> String {
    match organizer {
        Organizer::Me => "me/onlineMeetings".to_owned(),
        Organizer::User(name) | Organizer::Named(name) => format!("users/{}/onlineMeetings", wire::path_segment(name)),
    }
}

fn by_id(meeting: &Meeting, id: &str) -> String {
    format!("v1.0/{}/{}", collection(&meeting.organizer), wire::path_segment(id))
}
