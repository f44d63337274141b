//! The members of an onlineMeeting that are no settings, and the parameters of createOrGet, each with its type
//! (resources/onlinemeeting, resources/onlinemeetingbase and what they lead to; metadata of 2026-08).
//!
//! What a client may do with them is not decided here.

use super::super::typed::{Choice, Kind, Member, choice, complex, text, texts, time, truth};

/// The parameters of createOrGet.
pub(super) const CREATE_OR_GET: [Member; 6] = [
    text("externalId"),
    text("subject"),
    time("startDateTime"),
    time("endDateTime"),
    complex("chatInfo", &CHAT_INFO),
    complex("participants", &PARTICIPANTS),
];

/// The members of an onlineMeeting but for its settings.
pub(super) const ONLINE_MEETING: [Member; 24] = [
    text("attendeeReport"),
    complex("audioConferencing", &AUDIO_CONFERENCING),
    complex("broadcastSettings", &BROADCAST_SETTINGS),
    complex("chatInfo", &CHAT_INFO),
    complex("chatRestrictions", &[truth("allowTextOnly")]),
    time("creationDateTime"),
    time("endDateTime"),
    time("expiryDateTime"),
    text("externalId"),
    text("id"),
    truth("isBroadcast"),
    complex("joinInformation", &[text("content"), choice("contentType", BODY_TYPE)]),
    complex("joinMeetingIdSettings", &[truth("isPasscodeRequired"), text("joinMeetingId"), text("passcode")]),
    text("joinUrl"),
    text("joinWebUrl"),
    text("meetingOptionsWebUrl"),
    text("meetingSpokenLanguageTag"),
    text("meetingTemplateId"),
    choice("meetingType", MEETING_TYPE),
    complex("participants", &PARTICIPANTS),
    complex("sensitivityLabelAssignment", &[text("sensitivityLabelId")]),
    time("startDateTime"),
    text("subject"),
    text("videoTeleconferenceId"),
];

pub(in crate::sim) const CHAT_INFO: [Member; 3] = [text("messageId"), text("replyChainMessageId"), text("threadId")];

pub(in crate::sim) const IDENTITY_SET: [Member; 3] =
    [complex("application", &IDENTITY), complex("device", &IDENTITY), complex("user", &IDENTITY)];

/// `tenantId` and `identityProvider` are undocumented, and sent back by clients that have read them.
const IDENTITY: [Member; 4] = [text("displayName"), text("id"), text("identityProvider"), text("tenantId")];

const PARTICIPANT: [Member; 3] = [complex("identity", &IDENTITY_SET), choice("role", ROLE), text("upn")];

pub(super) const ROLE: Choice =
    Choice { name: "onlineMeetingRole", members: &["attendee", "presenter"], newer: &["producer", "coorganizer"] };

const PARTICIPANTS: [Member; 2] = [
    Member { name: "attendees", kind: Kind::Many("Collection(meetingParticipantInfo)", &Kind::Complex(&PARTICIPANT)) },
    complex("organizer", &PARTICIPANT),
];

const AUDIO_CONFERENCING: [Member; 6] = [
    text("conferenceId"),
    text("dialinUrl"),
    text("tollFreeNumber"),
    texts("tollFreeNumbers"),
    text("tollNumber"),
    texts("tollNumbers"),
];

const BROADCAST_SETTINGS: [Member; 6] = [
    choice(
        "allowedAudience",
        Choice {
            name: "broadcastMeetingAudience",
            members: &["roleIsAttendee", "organization", "everyone"],
            newer: &[],
        },
    ),
    complex("captions", &[truth("isCaptionEnabled"), text("spokenLanguage"), texts("translationLanguages")]),
    truth("isAttendeeReportEnabled"),
    truth("isQuestionAndAnswerEnabled"),
    truth("isRecordingEnabled"),
    truth("isVideoOnDemandEnabled"),
];

const BODY_TYPE: Choice = Choice { name: "bodyType", members: &["text", "html"], newer: &[] };

const MEETING_TYPE: Choice = Choice {
    name: "onlineMeetingType",
    members: &["adhoc", "scheduled", "recurring", "broadcast", "meetnow"],
    newer: &[],
};
