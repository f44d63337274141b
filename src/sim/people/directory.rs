//! Who is in the tenant: everybody, or those whom a file lists.
//!
//! With no list, whoever is asked for is there, as long as the id is a GUID or the name has the form of one; all else
//! about them is a hash. It knows nothing of requests, and changes nobody.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::super::USER_ID;
use super::super::hash::Hash;
use super::super::meeting::People;
use super::listed::Listed;

/// A user, as far as this simulator knows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Person {
    /// A GUID in lower case.
    pub(in crate::sim) id: String,
    /// `userPrincipalName`, in the case in which it was given.
    pub(in crate::sim) upn: String,
    pub(in crate::sim) display_name: String,
    pub(in crate::sim) mail: Option<String>,
    /// Whether there is a licence for Teams.
    pub(in crate::sim) licensed: bool,
    /// Whether an application access policy lets the app make meetings for this user.
    pub(in crate::sim) policy: bool,
}

/// Who is in the tenant.
#[derive(Clone, Debug)]
pub struct Directory(Who);

impl People for Directory {
    fn name(&self, id: &str) -> Option<String> {
        self.by_id(id).map(|person| person.upn.clone())
    }

    fn id(&self, name: &str) -> Option<String> {
        self.by_upn(name).map(|person| person.id.clone())
    }
}

#[derive(Clone, Debug)]
enum Who {
    Anyone {
        seed: u64,
        /// The names by which people were looked up, by their ids: so they are called from then on.
        met: Arc<Mutex<HashMap<String, String>>>,
    },
    Listed(Listed),
}

impl Directory {
    /// Reads a list of users: a CSV with the columns id, userPrincipalName, displayName and mail, and, if some lack
    /// them, licensed and policy.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        Listed::read(path).map(|listed| Self(Who::Listed(listed)))
    }

    /// Everybody, each with a licence and a policy.
    pub(in crate::sim) fn anyone(seed: u64) -> Self {
        Self(Who::Anyone { seed, met: Arc::default() })
    }

    /// The one with this object id, in whatever case.
    pub(in crate::sim) fn by_id(&self, id: &str) -> Option<Cow<'_, Person>> {
        let id = guid(id)?;
        match &self.0 {
            Who::Anyone { seed, met } => {
                let met = met.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
                let upn = met.unwrap_or_else(|| format!("{}@{DOMAIN}", id.replace('-', "")));
                Some(Cow::Owned(made_up(*seed, id, upn)))
            }
            Who::Listed(listed) => listed.by_id(&id).map(Cow::Borrowed),
        }
    }

    /// The one with this user principal name, in whatever case.
    pub(in crate::sim) fn by_upn(&self, upn: &str) -> Option<Cow<'_, Person>> {
        match &self.0 {
            Who::Anyone { seed, .. } => {
                let id =
                    named_by(upn).unwrap_or_else(|| Hash::seeded(*seed).text("user").text(&upn.to_lowercase()).guid());
                is_upn(upn).then(|| Cow::Owned(made_up(*seed, id, upn.to_owned())))
            }
            Who::Listed(listed) => listed.by_upn(upn).map(Cow::Borrowed),
        }
    }

    /// The one who is looked up by this object id or user principal name, and is called by that from then on.
    pub(in crate::sim) fn look_up(&self, who: &str) -> Option<Cow<'_, Person>> {
        let person = self.by_id(who).or_else(|| self.by_upn(who))?;
        if let Who::Anyone { met, .. } = &self.0 {
            let mut met = met.lock().unwrap_or_else(PoisonError::into_inner);
            if met.len() < MOST_MET {
                met.insert(person.id.clone(), person.upn.clone());
            }
        }
        Some(person)
    }

    /// The user of `/me`.
    pub(in crate::sim) fn signed_in(&self) -> Person {
        match &self.0 {
            Who::Anyone { .. } => self.by_id(USER_ID).map(Cow::into_owned).expect("it is a GUID"),
            Who::Listed(listed) => listed.signed_in().clone(),
        }
    }

    /// Those whom a list shows, which is all whom the file lists, in its order. Nobody can list everybody: with no file
    /// it is the one who is signed in, and those who are asked for by one of these ids, names or addresses.
    pub(in crate::sim) fn shown(&self, asked_for: &[&str]) -> Vec<Cow<'_, Person>> {
        let Who::Listed(listed) = &self.0 else {
            let mut shown: Vec<Cow<'_, Person>> = vec![Cow::Owned(self.signed_in())];
            for name in asked_for {
                let person = self.look_up(name);
                shown.extend(person.filter(|new| shown.iter().all(|old| old.id != new.id)));
            }
            return shown;
        };
        listed.people().iter().map(Cow::Borrowed).collect()
    }
}

/// So many names are remembered where everybody is there.
const MOST_MET: usize = 100_000;

/// The domain of the tenant.
const DOMAIN: &str = "contoso.example";

/// The id that a made-up name consists of.
fn named_by(upn: &str) -> Option<String> {
    let (name, domain) = upn.split_once('@')?;
    (name.len() == 32 && domain.eq_ignore_ascii_case(DOMAIN))
        .then(|| Uuid::try_parse(name).ok())?
        .map(|id| id.to_string())
}

fn made_up(seed: u64, id: String, upn: String) -> Person {
    const GIVEN_NAMES: [&str; 16] = [
        "Ada", "Bao", "Chidi", "Dana", "Emre", "Farah", "Goran", "Hana", "Ines", "Jorge", "Kemi", "Lars", "Mina",
        "Noor", "Olek", "Priya",
    ];
    const SURNAMES: [&str; 16] = [
        "Abara", "Berg", "Costa", "Demir", "Eriksen", "Fofana", "Gruber", "Haddad", "Ito", "Jansen", "Kaya", "Lind",
        "Moreau", "Novak", "Okafor", "Petrov",
    ];
    let name = Hash::seeded(seed).text("name").text(&id);
    let (given, surname) = (name.text("given").pick(GIVEN_NAMES), name.text("surname").pick(SURNAMES));
    let mail = Some(upn.clone());
    Person { id, upn, display_name: format!("{given} {surname}"), mail, licensed: true, policy: true }
}

/// An object id in lower case, if the text is one.
pub(in crate::sim) fn guid(text: &str) -> Option<String> {
    // The parser also takes forms without hyphens and in braces, all of another length.
    let id = (text.len() == 36).then(|| Uuid::try_parse(text))?;
    id.ok().map(|id| id.to_string())
}

/// Whether the text has the form of a user principal name: one @, and on both sides something that a name can have.
pub(in crate::sim) fn is_upn(text: &str) -> bool {
    let odd = |char: char| char.is_whitespace() || char.is_control() || r#"@"(),:;<>[\]/?"#.contains(char);
    let Some((name, domain)) = text.split_once('@') else { return false };
    !name.is_empty() && !name.contains(odd) && !domain.contains(odd) && domain.split('.').all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_who_has_it_and_is_theirs() {
        let anyone = Directory::anyone(7);
        let id = "6b1e0000-0000-4000-8000-000000000001";
        let name = anyone.by_id(id).expect("anyone").upn.clone();
        assert_eq!(anyone.by_upn(&name.to_uppercase()).expect("anyone").id, id);
        let ada = anyone.look_up("Ada@contoso.example").expect("anyone").into_owned();
        assert_eq!(anyone.by_id(&ada.id).expect("anyone").into_owned(), ada);
    }

    #[test]
    fn everybody_with_a_guid_or_a_name_is_there_and_always_the_same() {
        let anyone = Directory::anyone(7);
        let by_upn = anyone.by_upn("Ada.Lind@contoso.example").expect("anyone");
        assert_eq!(by_upn.id, anyone.by_upn("ADA.LIND@contoso.example").expect("anyone").id);
        assert_eq!(by_upn.upn, "Ada.Lind@contoso.example");
        assert_eq!(by_upn.id, Hash::seeded(7).text("user").text("ada.lind@contoso.example").guid());
        assert!(by_upn.licensed && by_upn.policy);
        let by_id = anyone.by_id("9C440000-0000-4000-8000-00000000000A").expect("anyone");
        assert_eq!(by_id.id, "9c440000-0000-4000-8000-00000000000a");
        assert!(by_id.upn.ends_with("@contoso.example") && by_id.upn == by_id.upn.to_lowercase());
        assert_eq!(by_id.mail.as_deref(), Some(by_id.upn.as_str()));
        assert_ne!(by_id.id, Directory::anyone(8).by_upn("ada.lind@contoso.example").expect("anyone").id);
        assert_eq!(anyone.signed_in().id, USER_ID);
    }

    #[test]
    fn what_is_neither_a_guid_nor_a_name_is_nobody() {
        let anyone = Directory::anyone(7);
        for text in
            ["", "ada", "@", "ada@", "@contoso.example", "a b@c.example", "a@b@c.example", "a@b..example", "a/@b"]
        {
            assert_eq!((anyone.by_id(text), anyone.by_upn(text)), (None, None), "{text}");
        }
        for text in ["9c44000000004000800000000000000a", "{9c440000-0000-4000-8000-00000000000a}"] {
            assert_eq!(anyone.by_id(text), None, "{text}");
        }
        assert!(anyone.by_upn("guest_fabrikam.example#EXT#@contoso.example").is_some());
    }

    #[test]
    fn those_who_are_asked_for_are_shown_once_after_the_signed_in_user() {
        let anyone = Directory::anyone(7);
        let shown = anyone.shown(&["ada@contoso.example", "nobody", USER_ID, "ADA@contoso.example"]);
        let ids: Vec<&str> = shown.iter().map(|person| person.id.as_str()).collect();
        let ada = anyone.by_upn("ada@contoso.example").expect("anyone").id.clone();
        assert_eq!(ids, [USER_ID, &ada]);
    }
}
