//! What the token permits, by its own word, against what the run needs (Graph, *permissions reference*; *onlineMeeting:
//! createOrGet*, *list users*, Permissions).

use super::Doctor;
use super::access::Access;
use super::advice::Advice;
use super::report::{Line, Report, parted};
use crate::exit::Ended;
use crate::graph::{Exchange, Graph, Identity};

const STEP: &str = "permissions";

/// A permission of Graph's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Permission {
    pub(super) name: &'static str,
    /// Its id, by which the Azure CLI knows it.
    pub(super) id: &'static str,
    /// Whether it is an app's own (a role); otherwise a signed-in user delegates it (a scope).
    pub(super) is_role: bool,
    /// Others that permit the same, and more.
    stronger: &'static [&'static str],
}

const MEETINGS_OF_ALL: Permission = Permission {
    name: "OnlineMeetings.ReadWrite.All",
    id: "b8bb2037-6e08-44ac-a4ea-4674e010e2a4",
    is_role: true,
    stronger: &[],
};
const OWN_MEETINGS: Permission = Permission {
    name: "OnlineMeetings.ReadWrite",
    id: "a65f2972-a4f8-4f5e-afd7-69ccb046d5dc",
    is_role: false,
    stronger: &[],
};
const PEOPLE_FOR_APP: Permission = Permission {
    name: "User.Read.All",
    id: "df021288-bdef-4463-88db-98f22de89214",
    is_role: true,
    stronger: &["User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
};
const PEOPLE_FOR_USER: Permission = Permission {
    name: "User.ReadBasic.All",
    id: "b340eb25-3456-403f-be2f-af7a0d370277",
    is_role: false,
    stronger: &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
};

impl Permission {
    fn is_in(self, identity: &Identity) -> bool {
        identity.has(&[self.name]) || identity.has(self.stronger)
    }

    /// Its kind, as the portal calls it.
    pub(super) fn kind(self) -> &'static str {
        if self.is_role { "Application permissions" } else { "Delegated permissions" }
    }
}

/// Whether the token says that it may look for meetings.
pub(super) fn reads_meetings(identity: &Identity) -> bool {
    identity.has(&[MEETINGS_OF_ALL.name, OWN_MEETINGS.name])
}

/// Tells each permission that is needed; those that are missing come into the advice.
pub(super) fn tell<E: Exchange>(
    doctor: &Doctor,
    graph: &Graph<E>,
    access: &Access,
    reads_people: bool,
    report: &mut Report<'_>,
    advice: &mut Advice,
) -> Result<(), Ended> {
    let Some(bearer) = &access.bearer else {
        return report.tell(&Line::skipped(STEP, "permissions", access.why_none));
    };
    let Some(identity) = &access.identity else {
        let found = "this token cannot be read here, so that nobody knows before Graph is asked";
        return report.tell(&Line::unknown(STEP, "permissions", found, "look at what follows"));
    };
    if let Some(line) = wrong_kind(doctor.reading.me, identity) {
        report.tell(&line)?;
    }
    let (meetings, people) =
        if identity.is_users { (OWN_MEETINGS, PEOPLE_FOR_USER) } else { (MEETINGS_OF_ALL, PEOPLE_FOR_APP) };
    let needed = [Some(meetings), reads_people.then_some(people)];
    for permission in needed.into_iter().flatten() {
        let what = format!("permission {}", permission.name);
        if permission.is_in(identity) {
            report.tell(&Line::ok(STEP, what, "in the token"))?;
            continue;
        }
        let has = if identity.permissions.is_empty() {
            "no permission at all".to_owned()
        } else {
            identity.permissions.join(", ")
        };
        let mend = match graph.lacks(bearer).filter(|_| permission == meetings) {
            Some(trouble) => parted(&trouble.cause).1,
            None => format!(
                "give the app {} of Microsoft Graph with admin consent (Entra admin centre, App registrations, this app, \
                 API permissions), or do without look-ups: --lookup off, with object ids for the organizers",
                permission.name
            ),
        };
        advice.permissions.push(permission);
        report.tell(&Line::failed(STEP, what, format!("missing; the token has {has}"), mend))?;
    }
    Ok(())
}

/// An app cannot make meetings of its own, and a user makes no others.
fn wrong_kind(me: bool, identity: &Identity) -> Option<Line> {
    match (me, identity.is_users) {
        (true, false) => Some(Line::failed(
            STEP,
            "--me",
            "the token is an app's, and --me makes the meetings of a signed-in user",
            "leave --me out and name the organizers in the sheet, or sign in as yourself with --auth device-code",
        )),
        (false, true) => Some(Line::failed(
            STEP,
            "no --me",
            "the token is a signed-in user's, who can make meetings of their own only",
            "add --me, or sign in as an app (with AZURE_CLIENT_SECRET or a certificate) to make meetings for organizers",
        )),
        _ => None,
    }
}
