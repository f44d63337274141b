//! Who is to join, as the directory has them: Graph stores an object id as it is given, so that a wrong one is a dead
//! invitation, and an address may be no user principal name (Graph, *onlineMeeting: createOrGet*; n8n-io/n8n#38850).

use tracing::{info, warn};

use super::{Directory, Person, Told};
use crate::cli::UnknownAttendees;
use crate::graph::{Exchange, LookUp};
use crate::input::{Absent, Row};
use crate::meeting::{Attendee, Meeting, Role, Who};
use crate::outcome::{Outcome, Remark, Trouble};
use crate::register::Register;

/// So many people are told one by one who are not in the directory; the summary has the number of rows.
const SHOWN_MAX: usize = 5;

/// What is sent for a meeting.
enum Attending {
    /// This, with what its author should know.
    As(Meeting, Option<Remark>),
    /// Nothing: these are not in the directory, or are more than one.
    Unknown(Vec<(Who, Absent)>),
    /// Nothing: somebody could not be looked up.
    Failed(Trouble, String),
}

impl<E: Exchange> Directory<'_, E> {
    /// What a row asks for, with those who are to join as the directory has them, and what its author should know; or how
    /// the row ends when that cannot be. `None` when the run is stopped first.
    pub async fn fill_in(
        &self,
        row: &Row,
        meeting: &Meeting,
        register: &Register,
    ) -> Option<Result<(Meeting, Option<Remark>), Outcome>> {
        Some(match self.attending(meeting).await? {
            Attending::As(meeting, remark) => Ok((meeting, remark)),
            Attending::Unknown(people) => {
                let absent = people.iter().map(|(who, why)| register.absent(row, who, *why));
                Err(Outcome::Invalid(absent.collect()))
            }
            Attending::Failed(trouble, gave_up) => Err(Outcome::Failed(trouble, gave_up)),
        })
    }

    /// Looks up who is to join; `None` when the run is stopped first.
    async fn attending(&self, meeting: &Meeting) -> Option<Attending> {
        let look_ups = meeting.attendees.iter().map(|attendee| match &attendee.who {
            Who::Id(id) | Who::User { id, .. } => LookUp::Id(id.clone()),
            Who::Upn(name) => LookUp::Name(name.clone()),
        });
        let told = self.find(look_ups).await?;
        let (mut there, mut absent, mut remark) = (Vec::<Attendee>::new(), Vec::new(), None);
        for (Attendee { who, role }, told) in meeting.attendees.iter().zip(told) {
            let person = match told {
                Told::Found(person) => person,
                Told::Failed(trouble, gave_up) => return Some(Attending::Failed(trouble, gave_up)),
            };
            let attendee = match (&*person, self.unknown, who) {
                (Person::One(id, upn), _, _) => {
                    Attendee { who: Who::User { id: id.clone(), upn: upn.clone() }, role: *role }
                }
                (person, unknown, _) if refuses(unknown, who, why(person)) => {
                    absent.push((who.clone(), why(person)));
                    continue;
                }
                (_, UnknownAttendees::Drop, _) => {
                    remark = Some(Remark::UnknownDropped);
                    self.show(who, UnknownAttendees::Drop);
                    continue;
                }
                _ => {
                    remark = remark.or(Some(Remark::OutsideKept));
                    self.show(who, UnknownAttendees::Keep);
                    // Nobody from outside can be more (Graph, *create onlineMeeting*, a caution there).
                    Attendee { who: who.clone(), role: Role::Attendee }
                }
            };
            // Two names of one person are one attendee.
            match there.iter_mut().find(|own| own.who == attendee.who) {
                Some(own) => own.role = own.role.max(attendee.role),
                None => there.push(attendee),
            }
        }
        if !absent.is_empty() {
            return Some(Attending::Unknown(absent));
        }
        there.sort_by_key(|attendee| attendee.role);
        Some(Attending::As(Meeting { attendees: there, ..meeting.clone() }, remark))
    }

    /// Says who is not in the directory, the first time and for the first of them.
    fn show(&self, who: &Who, done: UnknownAttendees) {
        let (mut told_of, who) = (self.told_of.borrow_mut(), who.as_str());
        if told_of.len() >= SHOWN_MAX || !told_of.insert(who.to_lowercase()) {
            return;
        }
        if done == UnknownAttendees::Drop {
            warn!("{who} is not in the directory, and is left out (--unknown-attendees)");
        } else {
            info!("{who} is not in the directory, and is kept as an address from outside (--unknown-attendees)");
        }
    }
}

/// Whether a row is not sent that names such a person: an object id or one of several is no address from outside.
pub fn refuses(unknown: UnknownAttendees, who: &Who, why: Absent) -> bool {
    match unknown {
        UnknownAttendees::Fail => true,
        UnknownAttendees::Keep => why == Absent::Several || !matches!(who, Who::Upn(_)),
        UnknownAttendees::Drop => false,
    }
}

/// Why it is nobody whom Graph could be told.
fn why(person: &Person) -> Absent {
    if matches!(person, Person::Several(_)) { Absent::Several } else { Absent::Nobody }
}
