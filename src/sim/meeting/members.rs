//! The members of an onlineMeeting that are no settings, and the parameters of createOrGet, each with its type
//! (resources/onlinemeeting, resources/onlinemeetingbase and what they lead to; metadata of 2026-08).
//!
//! What a client may do with them is not decided here.

use super::super::typed::{Choice, Kind, Type, choice, complex, many, text, texts, time, truth};
use super::settings;

/// What Graph calls a meeting.
pub(in crate::sim) const ONLINE_MEETING: &str = "microsoft.graph.onlineMeeting";

/// The parameters of createOrGet.
pub(super) const CREATE_OR_GET: Type = Type {
    names: &[],
    members: &[
        text("externalId"),
        text("subject"),
        time("startDateTime"),
        time("endDateTime"),
        complex("chatInfo", &CHAT_INFO),
        complex("participants", &PARTICIPANTS),
    ],
};

/// An onlineMeeting but for its settings. `joinUrl` and `meetingCode` are undocumented.
pub(super) const MEMBERS: Type = Type {
    names: &["onlineMeeting"],
    members: &[
        many("attendanceReports", "Collection(meetingAttendanceReport)", &Kind::Complex(&REPORT)),
        text("attendeeReport"),
        complex("audioConferencing", &AUDIO_CONFERENCING),
        complex("broadcastSettings", &BROADCAST_SETTINGS),
        complex("chatInfo", &CHAT_INFO),
        complex("cloudVideoInteropInfo", &CLOUD_VIDEO_INTEROP_INFO),
        time("creationDateTime"),
        time("endDateTime"),
        time("expiryDateTime"),
        text("externalId"),
        text("id"),
        truth("isBroadcast"),
        complex("joinInformation", &ITEM_BODY),
        complex("joinMeetingIdSettings", &JOIN_MEETING_ID_SETTINGS),
        text("joinUrl"),
        text("joinWebUrl"),
        text("meetingCode"),
        text("meetingOptionsWebUrl"),
        text("meetingTemplateId"),
        choice("meetingType", MEETING_TYPE),
        complex("participants", &PARTICIPANTS),
        many("recordings", "Collection(callRecording)", &Kind::Complex(&RECORDING)),
        time("startDateTime"),
        text("subject"),
        many("transcripts", "Collection(callTranscript)", &Kind::Complex(&TRANSCRIPT)),
        text("videoTeleconferenceId"),
    ],
};

/// A member of an onlineMeeting, as Graph spells it; case does not matter.
pub(in crate::sim) fn property(name: &str) -> Option<&'static str> {
    let own = MEMBERS.members.iter().map(|member| member.name);
    own.chain(settings::names()).find(|own| own.eq_ignore_ascii_case(name))
}

const REPORT: Type = Type { names: &["meetingAttendanceReport"], members: &[] };
const RECORDING: Type = Type { names: &["callRecording"], members: &[] };
const TRANSCRIPT: Type = Type { names: &["callTranscript"], members: &[] };

pub(in crate::sim) const CHAT_INFO: Type =
    Type { names: &["chatInfo"], members: &[text("messageId"), text("replyChainMessageId"), text("threadId")] };

pub(in crate::sim) const IDENTITY_SET: Type = Type {
    names: &["identitySet", "communicationsIdentitySet"],
    members: &[complex("application", &IDENTITY), complex("device", &IDENTITY), complex("user", &IDENTITY)],
};

/// `tenantId` and `identityProvider` are undocumented, and sent back by clients that have read them.
const IDENTITY: Type = Type {
    names: &["identity", "communicationsUserIdentity", "teamworkUserIdentity"],
    members: &[text("displayName"), text("id"), text("identityProvider"), text("tenantId")],
};

const PARTICIPANT: Type = Type {
    names: &["meetingParticipantInfo"],
    members: &[complex("identity", &IDENTITY_SET), choice("role", ROLE), text("upn")],
};

pub(super) const ROLE: Choice =
    Choice { name: "onlineMeetingRole", members: &["attendee", "presenter"], newer: &["producer", "coorganizer"] };

const PARTICIPANTS: Type = Type {
    names: &["meetingParticipants"],
    members: &[
        many("attendees", "Collection(meetingParticipantInfo)", &Kind::Complex(&PARTICIPANT)),
        complex("organizer", &PARTICIPANT),
    ],
};

const AUDIO_CONFERENCING: Type = Type {
    names: &["audioConferencing"],
    members: &[
        text("conferenceId"),
        text("dialinUrl"),
        text("tollFreeNumber"),
        texts("tollFreeNumbers"),
        text("tollNumber"),
        texts("tollNumbers"),
    ],
};

const BROADCAST_SETTINGS: Type = Type {
    names: &["broadcastMeetingSettings"],
    members: &[
        choice("allowedAudience", AUDIENCE),
        complex("captions", &CAPTIONS),
        truth("isAttendeeReportEnabled"),
        truth("isQuestionAndAnswerEnabled"),
        truth("isRecordingEnabled"),
        truth("isVideoOnDemandEnabled"),
    ],
};

const AUDIENCE: Choice =
    Choice { name: "broadcastMeetingAudience", members: &["roleIsAttendee", "organization", "everyone"], newer: &[] };

const CAPTIONS: Type = Type {
    names: &["broadcastMeetingCaptionSettings"],
    members: &[truth("isCaptionEnabled"), text("spokenLanguage"), texts("translationLanguages")],
};

const CLOUD_VIDEO_INTEROP_INFO: Type = Type {
    names: &["cloudVideoInteropInfo"],
    members: &[text("moreInfoWebUrl"), text("tenantKey"), text("videoTeleconferenceId")],
};

const ITEM_BODY: Type = Type { names: &["itemBody"], members: &[text("content"), choice("contentType", BODY_TYPE)] };

const BODY_TYPE: Choice = Choice { name: "bodyType", members: &["text", "html"], newer: &[] };

const JOIN_MEETING_ID_SETTINGS: Type = Type {
    names: &["joinMeetingIdSettings"],
    members: &[truth("isPasscodeRequired"), text("joinMeetingId"), text("passcode")],
};

const MEETING_TYPE: Choice = Choice {
    name: "onlineMeetingType",
    members: &["adhoc", "scheduled", "recurring", "broadcast", "meetnow"],
    newer: &[],
};

/// `chatRestrictions`, which is a setting.
pub(super) const CHAT_RESTRICTIONS: Type = Type { names: &["chatRestrictions"], members: &[truth("allowTextOnly")] };

/// `sensitivityLabelAssignment`, which is a setting.
pub(super) const SENSITIVITY_LABEL: Type =
    Type { names: &["onlineMeetingSensitivityLabelAssignment"], members: &[text("sensitivityLabelId")] };
