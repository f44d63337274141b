//! The organizers of a sheet, looked up all together before its first row is sent: so a batch is full, and an unknown
//! one is known before anything is sent.

use std::collections::HashMap;

use tracing::warn;

use crate::graph::{BATCH_MAX, Exchange, LookUp, User};
use crate::input::{Known, Organizers};
use crate::stop::Reason;
use crate::tally::plural;

use super::{Directory, Person, Told};

/// How many organizers may be named otherwise than by object id: some 10 MB of names.
pub const ORGANIZERS_MAX: usize = 100_000;
/// How often those are asked for again whose look-up was given up. An outage is not given up but sat out; this is a
/// directory that answers others.
const ROUNDS_MAX: usize = 5;
/// For so many unknown names the nearest is looked for: each is held against all that are known.
const NEAREST_MAX: usize = 1_000;
/// How alike two names must be (Jaro-Winkler, 0 to 1) for one to be offered in place of the other.
const ALIKE_MIN: f64 = 0.9;
/// At least so many letters of a name are kept when others are looked for that begin alike.
const BEGINNING_MIN: usize = 2;

impl<E: Exchange> Directory<'_, E> {
    /// Looks these names up; `None` when the run is stopped first, as it is when the directory does not answer.
    pub async fn organizers(&self, names: Vec<String>) -> Option<Organizers> {
        let mut known = HashMap::with_capacity(names.len());
        let (mut open, mut rounds) = (names, 0);
        while !open.is_empty() {
            let told = self.find(open.iter().cloned().map(LookUp::Name)).await?;
            let (mut again, mut failed) = (Vec::new(), None);
            for (name, told) in open.into_iter().zip(told) {
                let person = match told {
                    Told::Found(person) => person,
                    // Without organizers there is nothing to send.
                    Told::Failed(trouble, _) => {
                        failed = Some(trouble);
                        again.push(name);
                        continue;
                    }
                };
                let known_as = match &*person {
                    Person::One(id, _) => Known::Id(id.clone()),
                    Person::Several(names) => Known::Several(names.clone()),
                    Person::Nobody => Known::Nobody(None),
                };
                known.insert(name, known_as);
            }
            if let Some(trouble) = failed {
                let organizers = plural(again.len() as u64, "organizer");
                warn!("{organizers} could not be looked up yet: {}; trying again", trouble.error());
                rounds += 1;
                if rounds > ROUNDS_MAX {
                    self.service.stop.raise(Reason::Broken(trouble));
                    return None;
                }
            }
            open = again;
        }
        let is_unknown = |(name, known): (&String, &Known)| (*known == Known::Nobody(None)).then(|| name.clone());
        let mut unknown: Vec<String> = known.iter().filter_map(is_unknown).collect();
        unknown.sort_unstable();
        unknown.truncate(NEAREST_MAX);
        let names = self.known.borrow().names().map(str::to_lowercase).collect();
        let near = nearest(&unknown, names, async |beginnings| match self.send(beginnings).await {
            Some(Ok(found)) => found.into_iter().flatten().flatten().collect(),
            _ => Vec::new(),
        });
        let near = self.service.stop.or(near).await?;
        known.extend(unknown.into_iter().zip(near).map(|(name, near)| (name, Known::Nobody(near))));
        Some(Organizers::new(known))
    }
}

/// For each name that nobody has, the one most like it, if one is like it: of these `names`, in lower case, and for the
/// first of them of those in the directory that begin alike. `ask` looks those up; it is for a hint, and without an answer
/// there is none.
pub(super) async fn nearest(
    unknown: &[String],
    mut names: Vec<String>,
    ask: impl AsyncFn(&[LookUp]) -> Vec<User>,
) -> Vec<Option<String>> {
    let beginnings: Vec<LookUp> = unknown.iter().filter_map(|name| beginning(name)).take(BATCH_MAX).collect();
    if !beginnings.is_empty() {
        names.extend(ask(&beginnings).await.into_iter().map(|user| user.user_principal_name.to_lowercase()));
    }
    names.sort_unstable();
    let most_like = |name: &String| {
        let alike = names.iter().map(|own| (strsim::jaro_winkler(own, name), own));
        let best = alike.filter(|(alike, _)| *alike >= ALIKE_MIN).max_by(|a, b| a.0.total_cmp(&b.0));
        best.map(|(_, near)| near.clone())
    };
    unknown.iter().map(most_like).collect()
}

/// Who begins as the first half of this name does.
fn beginning(name: &str) -> Option<LookUp> {
    let letters: Vec<char> = name.split('@').next().unwrap_or_default().chars().collect();
    let kept = letters.len().div_ceil(2).max(BEGINNING_MIN);
    (letters.len() >= BEGINNING_MIN).then(|| LookUp::Beginning(letters[..kept].iter().collect()))
}
