//! The page behind the join link of a rehearsal: whose meeting it is, what it is about, and when, so that a person who
//! follows the link sees what a run would have made.
//!
//! It is no Teams client: nobody can join anything here. It fetches nothing, stores nothing, and runs no script but its
//! own, which puts the times into the visitor's time zone; without it they stand there in UTC. It looks up no meeting.

mod link;
#[cfg(test)]
mod tests;
mod text;

use axum::body::Body;
use axum::response::Response;
use chrono::{DateTime, Utc};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, StatusCode, Uri};
use uuid::Uuid;

use super::meeting::attendee::Attendee;
use super::meeting::{AudioConferencing, Coordinates, Meeting, passcode};
use super::{Sim, TENANT_ID};
use link::Link;
use text::{Text, in_threes};

const STYLE: &str = include_str!("style.css");
/// The one script: it reads `<time datetime>` and writes text, never markup.
const SCRIPT: &str = include_str!("times.js");

/// Nothing is loaded, sent or framed; the style and the script are those above, by the SHA-256 of their bytes. A test
/// reckons them anew.
const POLICY: &str = "default-src 'none'; style-src 'sha256-Z0WRgxPZc/aIn99q/5da4sVfDI9n6tbdPY793mgY58A='; \
                      script-src 'sha256-YMffZlMIP1X++xCEUBJJH08jNmP/nFq+6E1J9g/EGeU='; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CACHE_CONTROL, "no-store"),
];

const NO_SUBJECT: &str = "Meeting without a subject";
/// Above so many characters a heading in the largest type would be a wall.
const LONG_SUBJECT: usize = 80;

/// What the page of a meeting shows.
pub(super) struct Shown<'a> {
    /// The display name, or else the object ID.
    pub(super) organizer: &'a str,
    pub(super) subject: Option<&'a str>,
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
    pub(super) attendees: Vec<Person<'a>>,
    /// `joinMeetingId`: digits, without spaces.
    pub(super) meeting_id: &'a str,
    pub(super) passcode: Option<&'a str>,
    /// `None`: the organizer has no audio conferencing.
    pub(super) dial_in: Option<DialIn<'a>>,
    /// `lobbyBypassSettings.scope`, in Graph's word.
    pub(super) lobby: Option<&'a str>,
}

/// An attendee.
pub(super) struct Person<'a> {
    /// The UPN, or else the id.
    pub(super) name: &'a str,
    /// `onlineMeetingRole`, in Graph's word.
    pub(super) role: &'a str,
}

impl<'a> Person<'a> {
    fn of(attendee: &'a Attendee) -> Self {
        Self {
            name: attendee.upn.as_deref().or(attendee.id.as_deref()).unwrap_or_default(),
            role: attendee.role.shown(true),
        }
    }
}

/// What to dial, and what to say then.
pub(super) struct DialIn<'a> {
    /// `tollNumber`, as it is to be read.
    pub(super) number: &'a str,
    /// `conferenceId`: digits, without spaces.
    pub(super) conference_id: &'a str,
}

/// Who follows a link is shown the meeting that it leads to.
pub(super) fn visit(sim: &Sim, uri: &Uri) -> Response {
    let named = Link::read(uri).filter(|link| link.tenant.as_deref() == Some(TENANT_ID)).and_then(|link| {
        let organizer = Uuid::try_parse(&link.organizer?).ok()?;
        Some(Coordinates { organizer, thread: link.thread, message: link.message })
    });
    let found = named.and_then(|coordinates| sim.world().store.find(&coordinates).cloned());
    match found {
        Some(found) => response(StatusCode::OK, of(sim, &found)),
        None => response(StatusCode::NOT_FOUND, no_meeting()),
    }
}

fn of(sim: &Sim, found: &Meeting) -> String {
    let organizer = found.organizer.to_string();
    let person = sim.people().by_id(&organizer);
    let audio = AudioConferencing::of(found, sim.scenario().seed);
    let scope =
        found.settings.as_ref().and_then(|settings| settings.get("lobbyBypassSettings")?.get("scope")?.as_str());
    meeting(&Shown {
        organizer: person.as_ref().map_or(&organizer, |person| &person.display_name),
        subject: found.subject.as_deref(),
        start: found.start,
        end: found.end,
        attendees: found.attendees.iter().map(Person::of).collect(),
        meeting_id: &found.code.to_string(),
        passcode: passcode(found).as_deref(),
        dial_in: audio.as_ref().map(|audio| DialIn { number: &audio.toll_number, conference_id: &audio.conference_id }),
        lobby: Some(scope.unwrap_or("organization")),
    })
}

/// The page of a meeting.
pub(super) fn meeting(shown: &Shown) -> String {
    let subject = shown.subject.filter(|subject| !subject.trim().is_empty()).unwrap_or(NO_SUBJECT);
    let size = if subject.chars().count() > LONG_SUBJECT { " class=\"long\"" } else { "" };
    let code = |text: &str| format!("<code>{}</code>", Text(text));
    let dial_in = shown.dial_in.as_ref();
    let facts = [
        ("When", Some(when(shown.start, shown.end))),
        ("Meeting ID", Some(code(&in_threes(shown.meeting_id)))),
        ("Passcode", shown.passcode.map(code)),
        ("Dial in", dial_in.map(|dial_in| code(dial_in.number))),
        ("Conference ID", dial_in.map(|dial_in| code(&format!("{}#", in_threes(dial_in.conference_id))))),
        ("Lobby", shown.lobby.map(lobby)),
        ("Attendees", attendees(&shown.attendees)),
    ];
    let facts: String = facts
        .into_iter()
        .filter_map(|(name, fact)| Some(format!("<div>\n<dt>{name}</dt>\n<dd>{}</dd>\n</div>\n", fact?)))
        .collect();
    let body = format!(
        "<p class=\"notice\"><strong>This is a rehearsal.</strong> Nobody will be there: this link was made for \
         practice and is no real Teams link.</p>\n\
         <h1 dir=\"auto\"{size}>{}</h1>\n\
         <p class=\"whose\">A rehearsal meeting of <bdi>{}</bdi></p>\n\
         <dl>\n{facts}</dl>\n\
         <script>{SCRIPT}</script>\n",
        Text(subject),
        Text(shown.organizer),
    );
    page(subject, &body)
}

/// The page of a link that no meeting has.
pub(super) fn no_meeting() -> String {
    let title = "No rehearsal meeting has this link";
    let body = format!(
        "<p class=\"notice\"><strong>This was a rehearsal.</strong> The link was made for practice and is no real Teams \
         link.</p>\n\
         <h1>{title}</h1>\n\
         <p>The meeting was deleted or has expired, or the rehearsal that made it is over. Nothing real is lost.</p>\n"
    );
    page(title, &body)
}

/// The page as an answer, with the headers that keep it to itself.
pub(super) fn response(status: StatusCode, html: String) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n\
         <html lang=\"en\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n\
         <style>{STYLE}</style>\n\
         </head>\n\
         <body>\n<main>\n{body}</main>\n</body>\n\
         </html>\n",
        Text(title),
    )
}

/// In UTC, and said to be so, for the script to read and to write anew; the second date only where it is another.
/// A line break in the text is one on the page.
fn when(start: DateTime<Utc>, end: DateTime<Utc>) -> String {
    let time = |time: DateTime<Utc>, form: &str| {
        let exact = time.format("%Y-%m-%dT%H:%M:%SZ");
        format!("<time datetime=\"{exact}\">{}</time>", time.format(form))
    };
    let when = if start.date_naive() == end.date_naive() {
        format!("{} to {}", time(start, "%A %-d %B %Y\n%H:%M"), time(end, "%H:%M"))
    } else {
        let full = "%A %-d %B %Y, %H:%M";
        format!("{}\nto {}", time(start, full), time(end, full))
    };
    format!("<div id=\"when\"><p>{when}</p><p class=\"zone\">Coordinated Universal Time (UTC)</p></div>")
}

/// A scope that came after this was written is shown in Graph's word.
fn lobby(scope: &str) -> String {
    let at_once = match scope {
        "everyone" => return "Everyone gets in at once".to_owned(),
        "invited" => "People who were invited get",
        "organization" => "People in the organization and guests get",
        "organizationAndFederated" => "People in the organization, in trusted ones, and guests get",
        "organizationExcludingGuests" => "People in the organization get",
        "organizer" => "The organizer gets",
        other => return Text(other).to_string(),
    };
    format!("{at_once} in at once; everyone else waits")
}

/// Nothing where nobody was named.
fn attendees(attendees: &[Person]) -> Option<String> {
    let attendee = |Person { name, role }: &Person| {
        let role = if *role == "attendee" { String::new() } else { format!(" ({})", Text(role)) };
        format!("<li><bdi>{}</bdi>{role}</li>\n", Text(name))
    };
    let items: String = attendees.iter().map(attendee).collect();
    (!items.is_empty()).then(|| format!("\n<ul>\n{items}</ul>\n"))
}
