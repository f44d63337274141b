//! The members of a call, each with its type (resources/call and what it leads to; metadata of 2026-08).
//!
//! What a client may do with them is not decided here.

use super::super::meeting::members::{CHAT_INFO, IDENTITY_SET};
use super::super::typed::{Choice, Kind, Type, choice, complex, many, number, text, time, truth};

pub(super) const CALL: Type = Type {
    names: &["call"],
    members: &[
        text("callbackUri"),
        text("callChainId"),
        complex("callOptions", &CALL_OPTIONS),
        many("callRoutes", "Collection(callRoute)", &Kind::Complex(&CALL_ROUTE)),
        complex("chatInfo", &CHAT_INFO),
        choice("direction", DIRECTION),
        text("id"),
        complex("incomingContext", &INCOMING_CONTEXT),
        complex("mediaConfig", &MEDIA_CONFIG),
        complex("mediaState", &CALL_MEDIA_STATE),
        complex("meetingInfo", &MEETING_INFO),
        text("myParticipantId"),
        many("requestedModalities", "Collection(modality)", &Kind::Choice(MODALITY)),
        complex("resultInfo", &RESULT_INFO),
        complex("source", &PARTICIPANT_INFO),
        choice("state", STATE),
        text("subject"),
        many("targets", "Collection(invitationParticipantInfo)", &Kind::Complex(&INVITATION)),
        text("tenantId"),
        complex("toneInfo", &TONE_INFO),
        complex("transcription", &TRANSCRIPTION),
    ],
};

const CALL_OPTIONS: Type = Type {
    names: &["outgoingCallOptions", "incomingCallOptions"],
    members: &[
        truth("hideBotAfterEscalation"),
        truth("isContentSharingNotificationEnabled"),
        truth("isDeltaRosterEnabled"),
        truth("isInteractiveRosterEnabled"),
    ],
};

const CALL_ROUTE: Type = Type {
    names: &["callRoute"],
    members: &[complex("final", &IDENTITY_SET), complex("original", &IDENTITY_SET), choice("routingType", ROUTING)],
};

const INCOMING_CONTEXT: Type = Type {
    names: &["incomingContext"],
    members: &[
        text("observedParticipantId"),
        complex("onBehalfOf", &IDENTITY_SET),
        text("sourceParticipantId"),
        complex("transferor", &IDENTITY_SET),
    ],
};

/// Both that there are; the base is abstract.
const MEDIA_CONFIG: Type = Type {
    names: &["appHostedMediaConfig", "serviceHostedMediaConfig"],
    members: &[text("blob"), many("preFetchMedia", "Collection(mediaInfo)", &Kind::Complex(&MEDIA_INFO))],
};

const MEDIA_INFO: Type = Type { names: &["mediaInfo"], members: &[text("resourceId"), text("uri")] };

const CALL_MEDIA_STATE: Type = Type { names: &["callMediaState"], members: &[choice("audio", MEDIA_STATE)] };

/// All three that there are; the base is abstract.
const MEETING_INFO: Type = Type {
    names: &["joinMeetingIdMeetingInfo", "organizerMeetingInfo", "tokenMeetingInfo"],
    members: &[
        truth("allowConversationWithoutHost"),
        text("joinMeetingId"),
        complex("organizer", &IDENTITY_SET),
        text("passcode"),
        text("token"),
    ],
};

const RESULT_INFO: Type =
    Type { names: &["resultInfo"], members: &[number("code"), text("message"), number("subcode")] };

const PARTICIPANT_INFO: Type = Type {
    names: &["participantInfo"],
    members: &[
        text("countryCode"),
        choice("endpointType", ENDPOINT),
        complex("identity", &IDENTITY_SET),
        text("languageId"),
        text("participantId"),
        text("region"),
    ],
};

const INVITATION: Type = Type {
    names: &["invitationParticipantInfo"],
    members: &[
        truth("hidden"),
        complex("identity", &IDENTITY_SET),
        text("participantId"),
        truth("removeFromDefaultAudioRoutingGroup"),
        text("replacesCallId"),
    ],
};

const TONE_INFO: Type = Type { names: &["toneInfo"], members: &[number("sequenceId"), choice("tone", TONE)] };

const TRANSCRIPTION: Type = Type {
    names: &["callTranscriptionInfo"],
    members: &[time("lastModifiedDateTime"), choice("state", TRANSCRIPTION_STATE)],
};

const fn one_of(name: &'static str, members: &'static [&'static str]) -> Choice {
    Choice { name, members, newer: &[] }
}

const MODALITY: Choice = one_of("modality", &["audio", "video", "videoBasedScreenSharing", "data"]);
const DIRECTION: Choice = one_of("callDirection", &["incoming", "outgoing"]);
const ROUTING: Choice = one_of("routingType", &["forwarded", "lookup", "selfFork"]);
const MEDIA_STATE: Choice = one_of("mediaState", &["active", "inactive"]);
const TRANSCRIPTION_STATE: Choice = one_of("callTranscriptionState", &["notStarted", "active", "inactive"]);
const ENDPOINT: Choice =
    one_of("endpointType", &["default", "voicemail", "skypeForBusiness", "skypeForBusinessVoipPhone"]);
const STATE: Choice = one_of(
    "callState",
    &[
        "incoming",
        "establishing",
        "established",
        "hold",
        "transferring",
        "transferAccepted",
        "redirecting",
        "terminating",
        "terminated",
    ],
);
const TONE: Choice = one_of(
    "tone",
    &[
        "tone0", "tone1", "tone2", "tone3", "tone4", "tone5", "tone6", "tone7", "tone8", "tone9", "star", "pound", "a",
        "b", "c", "d", "flash",
    ],
);
