//! The settings of a meeting that a sheet may ask for: what Graph calls them, what they may be, and when they can be set.
//!
//! createOrGet takes none of them (microsoftgraph/msgraph-sdk-dotnet#1121): most are set by an update (Graph, *update
//! onlineMeeting*), and some by a plain create alone (Graph, *create onlineMeeting*, *joinMeetingIdSettings*).

use std::fmt;

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "Graph's documentation of onlineMeeting explains each, and the README's table says what it holds"
)]
pub enum Setting {
    LobbyBypassScope,
    IsDialInBypassEnabled,
    AllowedLobbyAdmitters,
    AllowedPresenters,
    RecordAutomatically,
    AllowRecording,
    AllowTranscription,
    AllowMeetingChat,
    IsEntryExitAnnounced,
    AllowAttendeeToEnableCamera,
    AllowAttendeeToEnableMic,
    AllowBreakoutRooms,
    AllowCopyingAndSharingMeetingContent,
    AllowLiveShare,
    AllowPowerPointSharing,
    AllowTeamworkReactions,
    AllowWhiteboard,
    AnonymizeIdentityForRoles,
    WatermarkForContentSharing,
    WatermarkForVideo,
    RequirePasscode,
    AllowParticipantsToChangeName,
    IsEndToEndEncryptionEnabled,
    MeetingSpokenLanguageTag,
    ShareMeetingChatHistoryDefault,
    AllowTextOnly,
    SensitivityLabelId,
}

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Truth,
    /// One of these, in Graph's spelling.
    Choice(&'static [&'static str]),
    /// Any of these, or none.
    Some(&'static [&'static str]),
    /// Any text.
    Text,
}

struct Entry {
    name: &'static str,
    /// Where it is in Graph's resource.
    path: &'static [&'static str],
    kind: Kind,
    /// Whether an update can change it; what cannot be changed needs a plain create.
    updatable: bool,
}

const fn updatable(name: &'static str, path: &'static [&'static str], kind: Kind) -> Entry {
    Entry { name, path, kind, updatable: true }
}

const fn at_creation(name: &'static str, path: &'static [&'static str], kind: Kind) -> Entry {
    Entry { name, path, kind, updatable: false }
}

/// Graph, `lobbyBypassScope`.
const SCOPES: &[&str] =
    &["organizer", "organization", "organizationAndFederated", "everyone", "invited", "organizationExcludingGuests"];
/// Graph, `onlineMeetingPresenters`.
const PRESENTERS: &[&str] = &["everyone", "organization", "roleIsPresenter", "organizer"];
/// Graph, `allowedLobbyAdmitterRoles`.
const ADMITTERS: &[&str] = &["organizerAndCoOrganizersAndPresenters", "organizerAndCoOrganizers"];
/// Graph, `onlineMeetingRole`.
const ROLES: &[&str] = &["attendee", "presenter", "coorganizer", "producer"];

/// In the order of [`Setting::ALL`].
const TABLE: [Entry; Setting::ALL.len()] = [
    updatable("lobbyBypassScope", &["lobbyBypassSettings", "scope"], Kind::Choice(SCOPES)),
    updatable("isDialInBypassEnabled", &["lobbyBypassSettings", "isDialInBypassEnabled"], Kind::Truth),
    updatable("allowedLobbyAdmitters", &["allowedLobbyAdmitters"], Kind::Choice(ADMITTERS)),
    updatable("allowedPresenters", &["allowedPresenters"], Kind::Choice(PRESENTERS)),
    updatable("recordAutomatically", &["recordAutomatically"], Kind::Truth),
    updatable("allowRecording", &["allowRecording"], Kind::Truth),
    updatable("allowTranscription", &["allowTranscription"], Kind::Truth),
    // Graph, `meetingChatMode`.
    updatable("allowMeetingChat", &["allowMeetingChat"], Kind::Choice(&["enabled", "disabled", "limited"])),
    updatable("isEntryExitAnnounced", &["isEntryExitAnnounced"], Kind::Truth),
    updatable("allowAttendeeToEnableCamera", &["allowAttendeeToEnableCamera"], Kind::Truth),
    updatable("allowAttendeeToEnableMic", &["allowAttendeeToEnableMic"], Kind::Truth),
    updatable("allowBreakoutRooms", &["allowBreakoutRooms"], Kind::Truth),
    updatable("allowCopyingAndSharingMeetingContent", &["allowCopyingAndSharingMeetingContent"], Kind::Truth),
    // Graph, `meetingLiveShareOptions`.
    updatable("allowLiveShare", &["allowLiveShare"], Kind::Choice(&["enabled", "disabled"])),
    updatable("allowPowerPointSharing", &["allowPowerPointSharing"], Kind::Truth),
    updatable("allowTeamworkReactions", &["allowTeamworkReactions"], Kind::Truth),
    updatable("allowWhiteboard", &["allowWhiteboard"], Kind::Truth),
    updatable("anonymizeIdentityForRoles", &["anonymizeIdentityForRoles"], Kind::Some(ROLES)),
    updatable("watermarkForContentSharing", &["watermarkProtection", "isEnabledForContentSharing"], Kind::Truth),
    updatable("watermarkForVideo", &["watermarkProtection", "isEnabledForVideo"], Kind::Truth),
    at_creation("requirePasscode", &["joinMeetingIdSettings", "isPasscodeRequired"], Kind::Truth),
    at_creation("allowParticipantsToChangeName", &["allowParticipantsToChangeName"], Kind::Truth),
    at_creation("isEndToEndEncryptionEnabled", &["isEndToEndEncryptionEnabled"], Kind::Truth),
    at_creation("meetingSpokenLanguageTag", &["meetingSpokenLanguageTag"], Kind::Text),
    // Graph, `meetingChatHistoryDefaultMode`.
    at_creation("shareMeetingChatHistoryDefault", &["shareMeetingChatHistoryDefault"], Kind::Choice(&["none", "all"])),
    at_creation("allowTextOnly", &["chatRestrictions", "allowTextOnly"], Kind::Truth),
    at_creation("sensitivityLabelId", &["sensitivityLabelAssignment", "sensitivityLabelId"], Kind::Text),
];

impl Setting {
    /// All of them, those first that are asked for most.
    pub const ALL: [Self; 27] = [
        Self::LobbyBypassScope,
        Self::IsDialInBypassEnabled,
        Self::AllowedLobbyAdmitters,
        Self::AllowedPresenters,
        Self::RecordAutomatically,
        Self::AllowRecording,
        Self::AllowTranscription,
        Self::AllowMeetingChat,
        Self::IsEntryExitAnnounced,
        Self::AllowAttendeeToEnableCamera,
        Self::AllowAttendeeToEnableMic,
        Self::AllowBreakoutRooms,
        Self::AllowCopyingAndSharingMeetingContent,
        Self::AllowLiveShare,
        Self::AllowPowerPointSharing,
        Self::AllowTeamworkReactions,
        Self::AllowWhiteboard,
        Self::AnonymizeIdentityForRoles,
        Self::WatermarkForContentSharing,
        Self::WatermarkForVideo,
        Self::RequirePasscode,
        Self::AllowParticipantsToChangeName,
        Self::IsEndToEndEncryptionEnabled,
        Self::MeetingSpokenLanguageTag,
        Self::ShareMeetingChatHistoryDefault,
        Self::AllowTextOnly,
        Self::SensitivityLabelId,
    ];

    fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
    }

    /// What the sheet calls it: Graph's name, or for a member of a group one that stands alone.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// Where it is in Graph's resource, by names of members.
    pub fn path(self) -> &'static [&'static str] {
        self.entry().path
    }

    /// What it may be.
    pub fn kind(self) -> Kind {
        self.entry().kind
    }

    /// Whether two values of it are one: words and texts know no case, and lists no order.
    pub fn is_same(self, one: &str, other: &str) -> bool {
        let parts = |value: &str| -> Vec<String> {
            let mut parts: Vec<String> = value.split(',').map(str::to_ascii_lowercase).collect();
            parts.sort_unstable();
            parts
        };
        match self.kind() {
            Kind::Some(_) => parts(one) == parts(other),
            Kind::Truth | Kind::Choice(_) | Kind::Text => one.eq_ignore_ascii_case(other),
        }
    }

    /// Whether an update can change it. What cannot be changed is set by a plain create or not at all.
    pub fn is_updatable(self) -> bool {
        self.entry().updatable
    }
}

/// The settings that a meeting is to have, or has; each once, in the order of [`Setting::ALL`]. A value is as it stands in
/// Graph's JSON: `true` or `false`, a word, a text; those of a list are separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(Vec<(Setting, String)>);

impl Settings {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What one of them is, if it is among them.
    pub fn get(&self, setting: Setting) -> Option<&str> {
        let place = self.0.binary_search_by_key(&setting, |(own, _)| *own).ok()?;
        Some(&self.0[place].1)
    }

    /// Sets one of them, whatever it was.
    pub fn set(&mut self, setting: Setting, value: String) {
        match self.0.binary_search_by_key(&setting, |(own, _)| *own) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (setting, value)),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (Setting, &str)> {
        self.0.iter().map(|(setting, value)| (*setting, value.as_str()))
    }
}

impl FromIterator<(Setting, String)> for Settings {
    fn from_iter<T: IntoIterator<Item = (Setting, String)>>(all: T) -> Self {
        let mut settings = Self::default();
        all.into_iter().for_each(|(setting, value)| settings.set(setting, value));
        settings
    }
}

/// As one cell has them: `lobbyBypassScope=everyone; recordAutomatically=true`.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.iter().map(|(setting, value)| format!("{}={value}", setting.name())).collect();
        f.write_str(&all.join("; "))
    }
}

impl Settings {
    /// Reads what [`Display`](fmt::Display) wrote; what is not known is left out.
    pub fn of_cell(cell: &str) -> Self {
        let read = |part: &str| {
            let (name, value) = part.split_once('=')?;
            let setting = Setting::ALL.into_iter().find(|setting| setting.name() == name.trim())?;
            Some((setting, value.to_owned()))
        };
        cell.split("; ").filter_map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_one_whatever_their_case_and_lists_whatever_their_order() {
        assert!(Setting::AnonymizeIdentityForRoles.is_same("presenter,attendee", "attendee,Presenter"));
        assert!(!Setting::AnonymizeIdentityForRoles.is_same("", "attendee"));
        assert!(Setting::MeetingSpokenLanguageTag.is_same("de-DE", "de-de"));
        assert!(!Setting::LobbyBypassScope.is_same("organizer", "organization"));
    }

    #[test]
    fn each_setting_is_where_the_table_has_it_and_its_cell_is_read_back() {
        for (place, setting) in Setting::ALL.into_iter().enumerate() {
            assert_eq!(setting as usize, place);
            let one: Settings = [(setting, "x".to_owned())].into_iter().collect();
            assert_eq!(Settings::of_cell(&one.to_string()), one);
        }
        let all: Settings = Setting::ALL.into_iter().rev().map(|setting| (setting, "a,b".to_owned())).collect();
        assert_eq!(Settings::of_cell(&all.to_string()), all);
        assert_eq!(all.iter().map(|(setting, _)| setting).collect::<Vec<_>>(), Setting::ALL);
    }
}
