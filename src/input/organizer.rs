//! The organizer of a row: an object id, or a name that the directory knows somebody by, and what it has said of it.
//!
//! Nobody is asked here. What was found out is put in before the rows are read ([`Rows::know`](super::Rows::know)), so
//! that every row, line and earlier output is read with the same organizers; without it a name stays a name.

use std::collections::HashMap;
use std::sync::Arc;

use super::flaw::{Wrong, shown};
use super::people::{ALMOST, is_almost_object_id, is_blank, object_id, user_name};
use crate::meeting::Organizer;

/// The kind of flaw of an organizer whom the directory does not have.
pub(crate) const UNKNOWN: &str = "an organizer whom the directory does not have";
/// How many of those whom a name may mean are told.
const SEVERAL_TOLD: usize = 3;

/// What the directory has of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Their object id.
    Id(String),
    /// It is the mail address of more than one, by their user principal names.
    Several(Vec<String>),
    /// Nobody has it; the nearest name that somebody has, if one is near.
    Nobody(Option<String>),
}

/// Organizers by name, in lower case. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Organizers(Arc<HashMap<String, Known>>);

impl Organizers {
    /// These.
    pub fn new(known: HashMap<String, Known>) -> Self {
        Self(Arc::new(known))
    }

    /// The organizer whom a cell names, without the space around it.
    pub(super) fn read(&self, text: &str) -> Result<Organizer, Wrong> {
        match named(text)? {
            Organizer::Named(name) => self.of(name),
            other => Ok(other),
        }
    }

    fn of(&self, name: String) -> Result<Organizer, Wrong> {
        match self.0.get(&name) {
            None => Ok(Organizer::Named(name)),
            Some(Known::Id(id)) => Ok(Organizer::User(id.to_ascii_lowercase())),
            Some(Known::Several(names)) => {
                let told: Vec<&str> = names.iter().take(SEVERAL_TOLD).map(String::as_str).collect();
                let mend = format!("write the name with which the organizer signs in: {}", told.join(" or "));
                let what = format!("'{}' is the mail address of more than one user", shown(&name));
                Err(Wrong::new("an organizer whom the directory has more than once", mend).saying(what))
            }
            Some(Known::Nobody(near)) => {
                let near = near.as_ref().map(|near| format!("write {near} if that is meant; otherwise "));
                let mend = format!(
                    "{}write the name with which the organizer signs in, their mail address, or their object id",
                    near.unwrap_or_default()
                );
                let what = format!("nobody in the directory has the name or mail address '{}'", shown(&name));
                Err(Wrong::new(UNKNOWN, mend).saying(what))
            }
        }
    }
}

/// Object ids and names know no case: two spellings of one are one organizer, here and wherever a key is compared.
pub(super) fn named(text: &str) -> Result<Organizer, Wrong> {
    const KIND: &str = "an organizer that is neither an object id nor a name";
    let mend = "write the name with which the organizer signs in, like ada@contoso.example, or the object id that Entra \
                shows for the user";
    if text.is_empty() {
        return Err(Wrong::new("the organizer is empty", mend));
    }
    if let Some(id) = object_id(text) {
        return Ok(Organizer::User(id.to_ascii_lowercase()));
    }
    if is_almost_object_id(text) {
        return Err(Wrong::new(KIND, mend).saying(ALMOST));
    }
    if text.contains('@') {
        let begin = text.rfind('<').filter(|_| text.ends_with('>')).map_or(0, |open| open + 1);
        let end = if begin > 0 { text.len() - 1 } else { text.len() };
        return Ok(Organizer::Named(user_name(text, begin..end)?.to_ascii_lowercase()));
    }
    if text.contains(|c: char| is_blank(c) || c.is_control()) {
        let what = "nobody can be found by a name like this: more than one may have it";
        return Err(Wrong::new(KIND, mend).saying(what));
    }
    Ok(Organizer::Named(text.to_ascii_lowercase()))
}
