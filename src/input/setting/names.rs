//! The columns of settings: what each holds, and what else it may be called.
//!
//! A setting's place in Graph's resource is a name of it, too. What a sheet may say of a room or a handout (`recording`,
//! `whiteboard`, `chat`) is left out.

use crate::input::names::Entry;
use crate::meeting::Setting;

/// What there is to say about the column of a setting.
pub(in crate::input) fn entry(setting: Setting) -> &'static Entry {
    &TABLE[setting as usize]
}

const fn says(name: &'static str, holds: &'static str, clear: &'static str) -> Entry {
    Entry { name, needed: "", holds, clear, vague: "" }
}

/// In the order of [`Setting::ALL`].
const TABLE: [Entry; Setting::ALL.len()] = [
    Entry {
        name: "lobbyBypassScope",
        needed: "",
        holds: "Who passes the lobby: `organizer`, `organization`, `organizationAndFederated`, `everyone`, `invited` or \
                `organizationExcludingGuests`.",
        clear: "lobbyBypassSettings.scope, lobby bypass, who bypasses lobby, who bypasses the lobby, who can bypass the \
                lobby",
        vague: "lobby",
    },
    says(
        "isDialInBypassEnabled",
        "Whether those who dial in pass the lobby.",
        "lobbyBypassSettings.isDialInBypassEnabled, dial-in bypass, callers bypass the lobby, people dialing in can bypass \
         the lobby",
    ),
    says(
        "allowedLobbyAdmitters",
        "Who lets people in from the lobby: `organizerAndCoOrganizersAndPresenters` or `organizerAndCoOrganizers`.",
        "lobby admitters, who can admit from lobby, who can admit from the lobby",
    ),
    says(
        "allowedPresenters",
        "Who may present: `everyone`, `organization`, `roleIsPresenter` (those in `presenters`) or `organizer`.",
        "who can present, who may present",
    ),
    says(
        "recordAutomatically",
        "Whether it is recorded from its beginning.",
        "automatic recording, auto record, recorded automatically",
    ),
    says("allowRecording", "Whether it may be recorded.", "recording allowed"),
    says("allowTranscription", "Whether it may be transcribed.", "transcription allowed"),
    says(
        "allowMeetingChat",
        "The chat: `enabled`, `disabled` or `limited` (while the meeting lasts).",
        "meeting chat, meeting chat mode",
    ),
    says(
        "isEntryExitAnnounced",
        "Whether it is announced when callers join or leave.",
        "announce entry and exit, announce when callers join or leave",
    ),
    says(
        "allowAttendeeToEnableCamera",
        "Whether attendees may switch their cameras on.",
        "allow camera for attendees, attendee camera",
    ),
    says(
        "allowAttendeeToEnableMic",
        "Whether attendees may switch their microphones on.",
        "allow mic for attendees, attendee mic, attendee microphone",
    ),
    says("allowBreakoutRooms", "Whether there may be breakout rooms.", "breakout rooms allowed"),
    says(
        "allowCopyingAndSharingMeetingContent",
        "Whether what is written in the meeting may be copied and passed on.",
        "copying and sharing allowed",
    ),
    says("allowLiveShare", "Live Share in apps of the meeting: `enabled` or `disabled`.", "live share"),
    says("allowPowerPointSharing", "Whether PowerPoint Live may be used.", "PowerPoint sharing"),
    says("allowTeamworkReactions", "Whether there are reactions.", "allow reactions, reactions allowed"),
    says("allowWhiteboard", "Whether there may be a whiteboard.", "whiteboard allowed"),
    says(
        "anonymizeIdentityForRoles",
        "Whose names are hidden: one or more of `attendee`, `presenter`, `coorganizer` and `producer`, separated by `;`, \
         commas or line breaks; or `none`.",
        "anonymized roles, anonymised roles",
    ),
    says(
        "watermarkForContentSharing",
        "Whether shared content has a watermark.",
        "watermarkProtection.isEnabledForContentSharing, isEnabledForContentSharing, watermark for content",
    ),
    says(
        "watermarkForVideo",
        "Whether video has a watermark.",
        "watermarkProtection.isEnabledForVideo, isEnabledForVideo, watermark video",
    ),
    says(
        "requirePasscode",
        "Whether joining by meeting id takes a passcode. Only with `--plain-create`.",
        "joinMeetingIdSettings.isPasscodeRequired, isPasscodeRequired, passcode required",
    ),
    says(
        "allowParticipantsToChangeName",
        "Whether participants may change the names they are shown by. Only with `--plain-create`.",
        "participants can change their name",
    ),
    says(
        "isEndToEndEncryptionEnabled",
        "Whether it is encrypted from end to end. Only with `--plain-create`.",
        "end-to-end encryption, E2EE",
    ),
    says(
        "meetingSpokenLanguageTag",
        "The language that is spoken, as a tag like `de-DE`. Only with `--plain-create`.",
        "meeting spoken language",
    ),
    says(
        "shareMeetingChatHistoryDefault",
        "Which of the chat's history those see who are added: `none` or `all`. Only with `--plain-create`.",
        "share chat history",
    ),
    says(
        "allowTextOnly",
        "Whether the chat takes nothing but text. Only with `--plain-create`.",
        "chatRestrictions.allowTextOnly, text-only chat",
    ),
    says(
        "sensitivityLabelId",
        "The id of a sensitivity label, a GUID. Only with `--plain-create`.",
        "sensitivityLabelAssignment.sensitivityLabelId, sensitivity label",
    ),
];
