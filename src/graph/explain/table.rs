//! The causes that are known, each with all that somebody who meets it must be told.
//!
//! The words that Graph was seen to say are in [`super`]; here is what they mean. An entry cannot lack any part: what
//! is not known is said to be so.

/// One cause.
#[derive(Debug)]
pub(in crate::graph) struct Cause {
    /// What Graph's answer means here. No two causes begin with the same words.
    pub(super) means: &'static str,
    /// What to do about it.
    pub(super) mend: &'static str,
    /// How long that takes.
    pub(super) takes: Takes,
    /// Whether running again helps.
    pub(super) rerun: Rerun,
    /// Which other rows meet the same.
    pub(super) reach: Reach,
}

/// How long a mend takes to come into effect.
#[derive(Clone, Copy, Debug)]
pub(super) enum Takes {
    NoTime,
    /// Graph, *configure application access to online meetings*; users report hours
    /// (microsoftgraph/microsoft-graph-docs#16801).
    HalfAnHour,
    Minutes,
    Unknown,
}

/// Whether running again helps.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rerun {
    Helps,
    OnceMended,
    OnlyChanged,
    Unknown,
}

/// Which rows meet a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// This one, as far as is known.
    Row,
    /// All of its organizer's, at the least.
    Organizer,
}

impl Cause {
    /// The text that rows of this cause have in common.
    pub(super) fn text(&self) -> String {
        let takes = match self.takes {
            Takes::NoTime => "no waiting is needed",
            Takes::HalfAnHour => "it takes up to 30 minutes to come into effect, at times hours",
            Takes::Minutes => "it passes within minutes as a rule, at times hours",
            Takes::Unknown => "how long that takes is not known here",
        };
        let rerun = match self.rerun {
            Rerun::Helps => "running again later finishes the row",
            Rerun::OnceMended => "then run again",
            Rerun::OnlyChanged => "to run again unchanged does not help",
            Rerun::Unknown => "whether it helps to run again is not known here",
        };
        format!("{}: {}; {takes}; {rerun}", self.means, self.mend)
    }
}

/// The entries, each a constant, and all of them in a list.
macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident: $reach:ident, $takes:ident, $rerun:ident, $means:literal, $mend:literal;)+) => {
        $($(#[$doc])* pub(in crate::graph) const $name: Cause = Cause {
            means: $means,
            mend: $mend,
            takes: Takes::$takes,
            rerun: Rerun::$rerun,
            reach: Reach::$reach,
        };)+

        /// All of them.
        pub(super) const CAUSES: &[&Cause] = &[$(&$name),+];
    };
}

causes! {
    /// msgraph-sdk-dotnet#2350; Graph, *configure application access to online meetings*.
    ACCESS_POLICY: Organizer, HalfAnHour, OnceMended,
        "no application access policy lets this app make meetings for the organizer (there is none, it is not in effect \
         yet, or another policy of the organizer's has taken its place: each user has one)",
        "an administrator runs New-CsApplicationAccessPolicy (with the app's client id) and \
         Grant-CsApplicationAccessPolicy (for the organizer, or -Global) in Teams PowerShell";
    /// Graph, *onlineMeeting: createOrGet*, Permissions; *JSON batching* has the code in its sample.
    PERMISSION: Organizer, NoTime, OnceMended,
        "the app lacks the permission to make meetings",
        "in the Entra admin centre, App registrations, this app, API permissions, add the Microsoft Graph application \
         permission OnlineMeetings.ReadWrite.All (for --me the delegated OnlineMeetings.ReadWrite) and grant admin \
         consent; a token that was issued before does not have it, and each run fetches a new one";
    FORBIDDEN: Organizer, HalfAnHour, OnceMended,
        "Graph does not allow it, and does not say why",
        "see that the app has the permission OnlineMeetings.ReadWrite.All with admin consent (Entra admin centre, App \
         registrations, this app, API permissions; no waiting) and an application access policy for the organizer \
         (New-CsApplicationAccessPolicy, Grant-CsApplicationAccessPolicy)";
    /// n8n-io/n8n#38320; Graph, *list users*, Permissions.
    DIRECTORY: Row, NoTime, OnceMended,
        "Graph does not let the directory be read, so that names cannot be looked up",
        "in the Entra admin centre, App registrations, this app, API permissions, add the Microsoft Graph application \
         permission User.Read.All and grant admin consent (a signed-in user needs User.ReadBasic.All); a token that was \
         issued before does not have it, and each run fetches a new one; or send what the sheet says, with --lookup off \
         and object ids for the organizers";
    /// techcommunity.microsoft.com, officegraph 3912375: it looked like a fault of the service.
    SERVICE_TOKEN: Row, Minutes, Helps,
        "Graph's own services did not believe each other (Invalid S2S auth token), whose cause Microsoft has not told",
        "nothing here is known to be wrong";
    TOKEN: Row, NoTime, OnceMended,
        "Graph rejects the access token",
        "it has expired, or was made for another service, tenant or cloud, or this machine's clock is wrong";
    /// microsoft-graph-docs-contrib#3204.
    ACCOUNT: Organizer, Unknown, OnlyChanged,
        "Graph does not recognize the account",
        "personal Microsoft accounts cannot have such meetings; take a user of an organization who has Teams";
    /// msgraph-sdk-java#1836.
    LICENCE: Organizer, Unknown, OnceMended,
        "the organizer has no licence for Teams, as it seems from Graph's words",
        "an administrator gives the user one in the Microsoft 365 admin centre, or the row gets another organizer";
    /// msgraph-sdk-dotnet#1215; with a POST a 404 can only mean the organizer (n8n).
    NO_ORGANIZER: Organizer, NoTime, OnlyChanged,
        "Graph does not find the organizer",
        "see that the organizer is a user of this tenant who has a Teams licence; with --lookup off organizerUserId must be \
         the object id, not a user principal name or address";
    /// learn.microsoft.com/answers/questions/551652
    ME_WITHOUT_USER: Organizer, NoTime, OnlyChanged,
        "--me needs a token of a signed-in user, and this is an app's token",
        "leave --me out and give organizerUserId, or sign in as a user";
    /// learn.microsoft.com/answers/questions/1351438
    ADDRESS: Row, NoTime, OnceMended,
        "there is no such call at this address",
        "check --graph-url: it is Graph's root alone, like https://graph.microsoft.com, with nothing after it; a proxy in \
         between may change addresses, too";
    /// microsoft-graph-docs-contrib#1176; Teams-Transcript-Summariser-Open-AI#2 for the number.
    UNEXPLAINED: Row, Unknown, Unknown,
        "Graph does not accept the row's details, and does not say which",
        "check its times and its attendees; a row that passes without attendees shows that it is one of these";
    DETAILS: Row, NoTime, OnlyChanged,
        "Graph does not accept the row's details",
        "mend what it names and send the row again";
    CONFLICT: Row, Minutes, Helps,
        "Graph refuses the row because something else is changing the same meeting",
        "see that no other program makes the same meetings at the same time";
    PROXY: Row, NoTime, OnceMended,
        "a proxy wants to know who asks",
        "give it the user's name and password that it wants, in the address of the proxy";
    THROTTLED: Row, Minutes, Helps,
        "Graph asks to wait (429)",
        "nothing, or send with a lower --rate";
    /// microsoft-graph-docs-contrib#771 for the attendees.
    INTERNAL: Row, Minutes, Helps,
        "Graph has a passing fault",
        "if this row alone fails again and again, check its attendees: Graph was seen to fail so for one that was given by \
         object id without a user principal name";
    /// microsoft-graph-docs-contrib#5543 for 502; Graph, *best practices*, for 503 and 504.
    OVERLOADED: Row, Minutes, Helps,
        "Graph has a passing fault, or too much to do",
        "nothing; the meeting may have been made all the same, and is found then";
    NO_MEETING: Row, Unknown, OnceMended,
        "Graph's answer is not a meeting",
        "something between here and Graph, like a proxy, may have answered in its place";
    NOT_READ: Row, NoTime, OnlyChanged,
        "Graph refuses to read the meeting",
        "see that meetingId and organizerId of the line are as the output had them";
    NOT_DELETED: Row, NoTime, OnlyChanged,
        "Graph refuses to delete the meeting",
        "see that meetingId and organizerId of the line are as the output had them";
    NOT_NOW: Row, Minutes, Helps,
        "Graph refuses because something else is changing the meeting",
        "see that nobody works on it at the same time";
    UNREADABLE: Row, Unknown, OnceMended,
        "the answer is not Graph's to what it was asked",
        "something between here and Graph, like a proxy, may have answered in its place";
    NO_BATCH: Row, Unknown, OnceMended,
        "Graph's answer to a look-up of names cannot be read",
        "something between here and Graph, like a proxy, may have answered in its place";
    LOOK_UP_FAULT: Row, Minutes, Helps,
        "the directory did not answer a look-up of names",
        "nothing; until it answers, no meeting is asked for that needs it";
    LOOK_UP_REFUSED: Row, Unknown, Unknown,
        "Graph refuses to look names up, and why is not known here",
        "ask Microsoft's support, who find the request by its request-id; or send what the sheet says, with --lookup off \
         and object ids for the organizers";
    CONNECT: Row, NoTime, OnceMended,
        "no connection to Graph",
        "check the network, the proxy and --graph-url";
    UNTRUSTED: Row, NoTime, OnceMended,
        "nothing was sent, since the server is not trusted",
        "if it is the wrong one, check the proxy and --graph-url";
    TIMEOUT: Row, Minutes, Helps,
        "Graph did not answer in time",
        "nothing as a rule; the meeting may have been made all the same, and is found then";
    BROKEN: Row, Minutes, Helps,
        "the connection broke before the whole answer had come",
        "nothing as a rule; the meeting may have been made all the same, and is found then";
    UNKNOWN: Row, Unknown, Unknown,
        "Graph refuses the row, and why is not known here",
        "ask Microsoft's support, who find the request by its requestId, clientRequestId and requestDate";
}
