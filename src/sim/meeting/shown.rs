//! The onlineMeeting that a meeting is shown as (resources/onlinemeeting, resources/onlinemeetingbase).
//!
//! `joinUrl`, `meetingCode`, `anonymizeIdentityForRoles` and two members of an identity are undocumented; Graph has
//! been seen to send them. It shows no navigation property.

use chrono::TimeDelta;
use serde::Serialize;
use serde_json::{Map, Value};

use super::super::TENANT_ID;
use super::super::edm;
use super::attendee::Attendee;
use super::language::Language;
use super::made_up::{AudioConferencing, Coordinates, passcode, percent_encoded};
use super::{Meeting, settings};

/// For whom a meeting is shown, and how.
pub(in crate::sim) struct View<'a> {
    pub(in crate::sim) seed: u64,
    /// Where Graph is, with its version.
    pub(in crate::sim) root: String,
    /// What links begin with, by [`Meeting::link`].
    pub(in crate::sim) links: &'a [String],
    /// Whether members of enumerations that came later are shown.
    pub(in crate::sim) all_members: bool,
    pub(in crate::sim) language: Language,
    /// The members asked for with `$select`.
    pub(in crate::sim) select: Option<Vec<&'static str>>,
    /// Who has an object ID, by name; and whose name it is.
    pub(in crate::sim) people: &'a dyn People,
}

/// Who is who.
pub(in crate::sim) trait People {
    /// The user principal name.
    fn name(&self, id: &str) -> Option<String>;
    /// The object ID.
    fn id(&self, name: &str) -> Option<String>;
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OnlineMeeting<'a> {
    #[serde(rename = "@odata.context", skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    id: String,
    external_id: Option<&'a str>,
    subject: Option<&'a str>,
    creation_date_time: String,
    start_date_time: String,
    end_date_time: String,
    expiry_date_time: String,
    join_url: &'a str,
    join_web_url: &'a str,
    meeting_code: &'a str,
    meeting_type: &'static str,
    meeting_options_web_url: String,
    is_broadcast: bool,
    /// Of live events, which there are no more.
    broadcast_settings: Option<()>,
    /// For who has bought it.
    cloud_video_interop_info: Option<()>,
    video_teleconference_id: Option<&'a str>,
    meeting_template_id: Option<&'a str>,
    #[serde(flatten)]
    settings: settings::Shown<'a>,
    join_meeting_id_settings: JoinMeetingIdSettings<'a>,
    audio_conferencing: Option<AudioConferencing>,
    chat_info: ChatInfo<'a>,
    join_information: ItemBody,
    participants: Participants<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JoinMeetingIdSettings<'a> {
    is_passcode_required: bool,
    join_meeting_id: &'a str,
    passcode: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "they are Graph's")]
struct ChatInfo<'a> {
    thread_id: &'a str,
    message_id: &'a str,
    reply_chain_message_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemBody {
    content: String,
    content_type: &'static str,
}

#[derive(Serialize)]
struct Participants<'a> {
    organizer: Participant<'a>,
    attendees: Vec<Participant<'a>>,
}

#[derive(Serialize)]
struct Participant<'a> {
    upn: Option<std::borrow::Cow<'a, str>>,
    role: &'static str,
    identity: Option<IdentitySet>,
}

#[derive(Serialize)]
struct IdentitySet {
    user: Identity,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "they are Graph's")]
struct Identity {
    id: String,
    display_name: Option<String>,
    tenant_id: &'static str,
    identity_provider: &'static str,
}

impl Meeting {
    /// The JSON of one meeting, as Graph answers a request for it.
    pub(in crate::sim) fn show(&self, view: &View) -> String {
        let context = format!("{}/$metadata#microsoft.graph.onlineMeeting", view.root);
        let show = |meeting: &OnlineMeeting| match &view.select {
            None => serde_json::to_string(meeting),
            Some(names) => selected(meeting, names).map(|chosen| Value::Object(chosen).to_string()),
        };
        self.present(view, Some(context), show).unwrap_or_default()
    }

    /// The same as an item of a collection, which says its context once.
    pub(in crate::sim) fn item(&self, view: &View) -> Value {
        let show = |meeting: &OnlineMeeting| match &view.select {
            None => serde_json::to_value(meeting),
            Some(names) => selected(meeting, names).map(Value::Object),
        };
        self.present(view, None, show).unwrap_or_default()
    }

    fn present<T>(&self, view: &View, context: Option<String>, show: impl FnOnce(&OnlineMeeting) -> T) -> T {
        let coordinates = Coordinates::of(self);
        let links = view.links.get(usize::from(self.link)).map_or("", String::as_str);
        let (link, code, passcode) = (coordinates.link(links), self.code.to_string(), passcode(self));
        show(&OnlineMeeting {
            context,
            id: coordinates.id(),
            external_id: self.external_id.as_deref(),
            subject: self.subject.as_deref(),
            creation_date_time: edm::write_full(self.created),
            start_date_time: edm::write(self.start),
            end_date_time: edm::write(self.end),
            // 60 days after the end (Teams/limits-specifications-teams).
            expiry_date_time: edm::write(edm::later(self.end, TimeDelta::days(60))),
            join_url: &link,
            join_web_url: &link,
            meeting_code: &code,
            meeting_type: "scheduled",
            meeting_options_web_url: self.options_link(links, &coordinates),
            is_broadcast: false,
            broadcast_settings: None,
            cloud_video_interop_info: None,
            video_teleconference_id: None,
            meeting_template_id: None,
            settings: settings::Shown { settings: self.settings.as_deref(), all_members: view.all_members },
            join_meeting_id_settings: JoinMeetingIdSettings {
                is_passcode_required: self.passcode_required,
                join_meeting_id: &code,
                passcode: passcode.as_deref(),
            },
            audio_conferencing: AudioConferencing::of(self, view.seed),
            chat_info: ChatInfo {
                thread_id: &coordinates.thread,
                message_id: &coordinates.message,
                reply_chain_message_id: None,
            },
            join_information: Self::invitation(view, &link, &code, passcode.as_deref()),
            participants: self.participants(view),
        })
    }

    fn options_link(&self, links: &str, coordinates: &Coordinates) -> String {
        let (organizer, thread) = (self.organizer, percent_encoded(&coordinates.thread));
        let message = &coordinates.message;
        format!(
            "{links}meetingOptions/?organizerId={organizer}&tenantId={TENANT_ID}&threadId={thread}&messageId={message}"
        )
    }

    /// Form encoding, with '+' for a space (api/application-post-onlinemeetings).
    fn invitation(view: &View, link: &str, code: &str, passcode: Option<&str>) -> ItemBody {
        let Language { title, join, meeting_id, passcode: word, .. } = view.language;
        let passcode = passcode.map(|passcode| format!(" {word}: {passcode}")).unwrap_or_default();
        let html = format!(
            "<div><p>{title}</p><p><a href=\"{link}\">{join}</a></p><p>{meeting_id}: {code}{passcode}</p></div>"
        );
        let escaped = percent_encoded(&html).replace("%20", "+");
        ItemBody { content: format!("data:text/html,{escaped}"), content_type: "html" }
    }

    fn participants(&self, view: &View) -> Participants<'_> {
        let attendee = |attendee: &'_ Attendee| {
            let upn = attendee.upn.as_deref();
            // An id is kept as it came, be it wrong; it is looked up only for a lone upn
            // (n8n-io/n8n#38850; pnp/cli-microsoft365, meeting-add).
            attendee.id.as_deref().map(str::to_owned).or_else(|| view.people.id(upn.unwrap_or_default()))
        };
        let organizer = self.organizer.to_string();
        Participants {
            organizer: Participant {
                upn: view.people.name(&organizer).map(Into::into),
                role: "presenter",
                identity: Some(IdentitySet::of(organizer)),
            },
            attendees: self
                .attendees
                .iter()
                .map(|given| Participant {
                    upn: given.upn.as_deref().map(Into::into),
                    role: given.role.shown(view.all_members),
                    identity: attendee(given).map(IdentitySet::of),
                })
                .collect(),
        }
    }
}

impl IdentitySet {
    fn of(id: String) -> Self {
        Self { user: Identity { id, display_name: None, tenant_id: TENANT_ID, identity_provider: "AAD" } }
    }
}

/// The members that are asked for, null if there is nothing in them, under a context that says so.
fn selected(meeting: &OnlineMeeting, names: &[&str]) -> serde_json::Result<Map<String, Value>> {
    let Value::Object(mut whole) = serde_json::to_value(meeting)? else { return Ok(Map::new()) };
    whole.retain(|member, _| member.starts_with('@') || names.contains(&member.as_str()));
    for name in names {
        whole.entry(*name).or_insert(Value::Null);
    }
    if let Some(Value::String(context)) = whole.get_mut("@odata.context") {
        *context = format!("{context}({})", names.join(","));
    }
    Ok(whole)
}
