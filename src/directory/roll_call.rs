//! Whether these people are there, asked outside a run: nobody waits for a gate, and nothing is kept.

use super::Person;
use super::organizers::nearest;
use crate::graph::{BATCH_MAX, LookUp, User};

/// What the directory has of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Somebody.
    There {
        /// The object id.
        id: String,
        /// The user principal name.
        name: String,
    },
    /// It is the mail address of these.
    Several(Vec<String>),
    /// Nobody; the nearest name that somebody has, if one is near.
    Nobody(Option<String>),
}

/// Looks these up, in their order, in as few batches as can be. `ask` asks for one batch.
pub async fn roll_call<T>(
    wanted: &[LookUp],
    ask: impl AsyncFn(&[LookUp]) -> Result<Vec<Vec<User>>, T>,
) -> Result<Vec<Presence>, T> {
    let (mut present, mut names) = (Vec::with_capacity(wanted.len()), Vec::new());
    for batch in wanted.chunks(BATCH_MAX) {
        for (look_up, users) in batch.iter().zip(ask(batch).await?) {
            present.push(match Person::of(look_up, users) {
                Person::One(id, name) => {
                    names.push(name.to_lowercase());
                    Presence::There { id, name }
                }
                Person::Several(names) => Presence::Several(names),
                Person::Nobody => Presence::Nobody(None),
            });
        }
    }
    let absent = |(at, present): (usize, &Presence)| match (&wanted[at], present) {
        (LookUp::Name(name), Presence::Nobody(_)) => Some((at, name.to_lowercase())),
        _ => None,
    };
    let (places, absent): (Vec<usize>, Vec<String>) = present.iter().enumerate().filter_map(absent).unzip();
    let ask = async |beginnings: &[LookUp]| ask(beginnings).await.unwrap_or_default().into_iter().flatten().collect();
    for (at, near) in places.into_iter().zip(nearest(&absent, names, ask).await) {
        present[at] = Presence::Nobody(near);
    }
    Ok(present)
}
